/*
 * Reads a kernel's configuration: .config, /boot/config-*, /proc/config.gz.
 *
 *     CONFIG_HZ=250
 *     # CONFIG_KPROBES is not set
 *
 * Comments and lines of any other form are ignored: an option without a value is not set.
 */
#include "surface/facts.h"

#include "base/diag.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { CONFIG_MAX = 16 * 1024 * 1024 };

static enum hg_status io_error(const char *path, const char *why,
                               struct hg_diagnostics *diagnostics)
{
    hg_error(diagnostics, NULL, "cannot read '%s': %s", path, why);
    return HG_ERROR_IO;
}

static enum hg_status read_all(gzFile file, const char *path, struct hg_diagnostics *diagnostics,
                               struct hg_text *text)
{
    char buffer[65536];
    for (;;) {
        int got = gzread(file, buffer, sizeof buffer);
        if (got < 0) {
            int number = 0;
            const char *why = gzerror(file, &number);
            return io_error(path, number == Z_ERRNO ? strerror(errno) : why, diagnostics);
        }
        if (got == 0)
            return HG_OK;
        hg_text_bytes(text, buffer, (size_t)got);
        if (text->size > CONFIG_MAX)
            return io_error(path, "it is larger than any configuration", diagnostics);
    }
}

/* Reads a whole file, plain or compressed by gzip.  *ret: its text, from malloc. */
static enum hg_status read_text(const char *path, struct hg_diagnostics *diagnostics, char **ret)
{
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return io_error(path, strerror(errno), diagnostics);
    bool is_regular = fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
    gzFile file = is_regular ? gzdopen(descriptor, "rb") : NULL;
    if (file == NULL) {
        close(descriptor);
        return io_error(path, is_regular ? "no memory" : "it is no regular file", diagnostics);
    }
    struct hg_text text = {0};
    enum hg_status status = read_all(file, path, diagnostics, &text);
    gzclose(file);
    if (status == HG_OK)
        *ret = text.data == NULL ? hg_calloc(1, 1) : text.data;
    else
        hg_text_deinit(&text);
    return status;
}

enum hg_status hg_facts_config_read(const char *path, struct hg_diagnostics *diagnostics,
                                    struct kernel_config *ret)
{
    enum hg_status status = read_text(path, diagnostics, &ret->text);
    if (status != HG_OK)
        return status;
    for (char *line = ret->text; *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        bool is_last = *end == '\0';
        *end = '\0';
        char *equals = strchr(line, '=');
        if (hg_begins_with(line, "CONFIG_") && equals != NULL) {
            *equals = '\0';
            hg_names_add(&ret->values, line, (uint32_t)(equals + 1 - ret->text));
        }
        line = is_last ? end : end + 1;
    }
    hg_names_sort(&ret->values);
    if (ret->values.entries.count > 0)
        return HG_OK;
    hg_error(diagnostics, NULL, "%s: there is no CONFIG_...=... in it", path);
    return HG_ERROR_INPUT;
}

const char *hg_facts_config_value(const struct kernel_config *config, const char *name)
{
    size_t count = 0;
    const struct index_entry *found = hg_names_find(&config->values, name, &count);
    return count == 0 ? NULL : config->text + found[count - 1].number;
}

void hg_facts_config_deinit(struct kernel_config *config)
{
    hg_names_deinit(&config->values);
    free(config->text);
}
