/*
 * Finds the package that holds the headers of a kernel whose /lib/modules/RELEASE/build is missing:
 *
 *     Debian, Ubuntu    apt install linux-headers-6.1.0-50-amd64
 *     Fedora, RHEL      dnf install kernel-devel-6.8.5-301.fc40.x86_64
 *     Arch              pacman -S linux-lts-headers               for 6.6.30-1-lts
 *     Alpine            apk add linux-virt-dev                    for 6.6.30-0-virt
 *     openSUSE, SLES    zypper install kernel-default-devel       for 6.4.0-150600.23-default
 *
 * os-release(5) names the distribution: ID, or the first of ID_LIKE that is known.  Neither that
 * file nor the release is trusted: the command holds nothing but plain words.
 */
#include "tree/distribution.h"

#include "tree/kernel.h"

#include <stdlib.h>
#include <string.h>

enum family { NONE, DEBIAN, FEDORA, ARCH, ALPINE, SUSE };

static enum family family_of(const char *id, size_t length)
{
    static const struct {
        const char *id;
        enum family family;
    } known[] = {
        {"debian", DEBIAN}, {"ubuntu", DEBIAN}, {"raspbian", DEBIAN}, {"fedora", FEDORA},
        {"rhel", FEDORA},   {"centos", FEDORA}, {"rocky", FEDORA},    {"almalinux", FEDORA},
        {"ol", FEDORA},     {"amzn", FEDORA},   {"arch", ARCH},       {"alpine", ALPINE},
        {"suse", SUSE},     {"opensuse", SUSE}, {"sles", SUSE},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].id) == length && memcmp(known[i].id, id, length) == 0)
            return known[i].family;
    return NONE;
}

/* The family of the first word of `key=value` or `key="several words"` that is known. */
static enum family family_by(const char *os_release, const char *key)
{
    size_t key_length = strlen(key);
    for (const char *line = os_release; line != NULL && *line != '\0';) {
        const char *end = strchr(line, '\n');
        if (strncmp(line, key, key_length) == 0) {
            const char *at = line + key_length;
            while (*at != '\0' && at != end) {
                size_t length = strcspn(at, " \"'\r\n");
                enum family family = family_of(at, length);
                if (family != NONE)
                    return family;
                at += length;
                at += *at != '\0' && at != end;
            }
        }
        line = end == NULL ? NULL : end + 1;
    }
    return NONE;
}

/* The part of the release after the last hyphen, such as lts of 6.6.30-1-lts; NULL = it has
 * none. */
static const char *flavour_of(const char *release)
{
    const char *hyphen = strrchr(release, '-');
    return hyphen == NULL || hyphen[1] == '\0' ? NULL : hyphen + 1;
}

bool hg_put_headers_package(const char *os_release, const char *release, struct hg_text *text)
{
    if (release[0] == '\0' || strlen(release) > 128 ||
        release[strspn(release, HG_ALPHANUMERIC "._+~-")] != '\0')
        return false;
    enum family family = family_by(os_release, "ID=");
    if (family == NONE)
        family = family_by(os_release, "ID_LIKE=");
    const char *flavour = flavour_of(release);
    bool has_flavour = flavour != NULL && flavour[0] >= 'a' && flavour[0] <= 'z';
    if (family == DEBIAN)
        hg_text_printf(text, "apt install linux-headers-%s", release);
    else if (family == FEDORA)
        hg_text_printf(text, "dnf install kernel-devel-%s", release);
    else if (family == ARCH && has_flavour)
        hg_text_printf(text, "pacman -S linux-%s-headers", flavour);
    else if (family == ARCH)
        hg_text_put(text, "pacman -S linux-headers");
    else if (family == ALPINE)
        hg_text_printf(text, "apk add linux-%s-dev", has_flavour ? flavour : "lts");
    else if (family == SUSE)
        hg_text_printf(text, "zypper install kernel-%s-devel", has_flavour ? flavour : "default");
    return family != NONE;
}

bool hg_put_package_of(const char *path, struct hg_text *text)
{
    static const char modules[] = "/lib/modules/";
    if (hg_begins_with(path, "/usr/lib/"))
        path += strlen("/usr");
    if (!hg_begins_with(path, modules))
        return false;
    path += strlen(modules);
    size_t length = strcspn(path, "/");
    const char *rest = path + length;
    if (length == 0 || (strcmp(rest, "/build") != 0 && !hg_begins_with(rest, "/build/")))
        return false;
    char *os_release = hg_kernel_read_file("/etc/os-release", NULL);
    if (os_release == NULL)
        os_release = hg_kernel_read_file("/usr/lib/os-release", NULL);
    char *release = strndup(path, length);
    bool is_known =
        os_release != NULL && release != NULL && hg_put_headers_package(os_release, release, text);
    free(os_release);
    free(release);
    return is_known;
}
