/*
 * Notes on words that are right in another place.
 *
 *     --kernel DIR/include/linux/sched.h     is a file in the tree DIR: --kernel DIR --header ...
 *     hdrgen generate task_struct.pid        is a member: hdrgen show task_struct.pid
 *     hdrgen show 'task_struct->pid'         is written with a dot
 *
 * These notes are written only after the run failed.
 */
#include "cli.h"

#include "base/diag.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

/* --- a path within a tree --- */

static bool has(const char *directory, size_t length, const char *file)
{
    struct stat about;
    struct hg_text path = {0};
    hg_text_printf(&path, "%.*s/%s", (int)length, directory, file);
    bool is_there = stat(hg_text_string(&path), &about) == 0 && S_ISREG(about.st_mode);
    hg_text_deinit(&path);
    return is_there;
}

static bool is_tree(const char *directory, size_t length)
{
    return has(directory, length, "include/config/auto.conf") ||
           has(directory, length, "include/linux/kconfig.h");
}

/* The header's name in an #include; NULL = the path is no header of the tree. */
static const char *header_in(const char *inside)
{
    static const char *const roots[] = {"/include/uapi/", "/include/"};
    if (!hg_ends_with(inside, ".h"))
        return NULL;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (hg_begins_with(inside, roots[i]))
            return inside + strlen(roots[i]);
    return NULL;
}

void hint_at_tree(const struct source *source, struct hg_diagnostics *diagnostics)
{
    const char *path = source->kernel.directory;
    if (source->kind != SOURCE_KERNEL || path == NULL || is_tree(path, strlen(path)))
        return;
    for (size_t length = strlen(path); length > 1; length--) {
        if (path[length - 1] != '/' || !is_tree(path, length - 1))
            continue;
        const char *header = header_in(path + length - 1);
        if (!has(path, length - 1, "include/config/auto.conf")) {
            hg_note(diagnostics, NULL,
                    "it is in the kernel tree %.*s, which is not configured: --kernel names the "
                    "configured part",
                    (int)length - 1, path);
            return;
        }
        hg_note(diagnostics, NULL, "the kernel tree is %.*s: say --kernel %.*s%s%s",
                (int)length - 1, path, (int)length - 1, path, header == NULL ? "" : " --header ",
                header == NULL ? "" : header);
        return;
    }
}

/* --- a member in the place of a type --- */

static size_t name_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || text[length] == '_')
        length++;
    return isdigit((unsigned char)text[0]) ? 0 : length;
}

/* Whether `foo.h` is a file rather than the member h of foo. */
static bool looks_like_file(const char *name)
{
    static const char *const ends[] = {".h", ".c", ".o", ".rs", ".btf", ".json", ".ko"};
    const char *dot = strrchr(name, '.');
    return (dot != NULL && HG_IS_ONE_OF(dot, ends)) || strchr(name, '/') != NULL;
}

static void put_path(struct hg_text *text, const char *name)
{
    for (; *name != '\0'; name++) {
        bool is_arrow = name[0] == '-' && name[1] == '>';
        hg_text_bytes(text, is_arrow ? "." : name, 1);
        name += is_arrow;
    }
}

void hint_at_member(enum command command, const char *name, struct hg_diagnostics *diagnostics)
{
    size_t length = name_length(name);
    const char *rest = name + length;
    bool is_arrow = hg_begins_with(rest, "->");
    bool is_offset = rest[0] == '+' && isdigit((unsigned char)rest[1]);
    const char *member = rest + (is_arrow ? 2 : 1);
    if (looks_like_file(name)) {
        if (strchr(name, '/') == NULL)
            hg_note(diagnostics, NULL,
                    "there is no file '%s' here; files are named with --header, "
                    "--btf or --for",
                    name);
        return;
    }
    if (command == COMMAND_SHOW && strstr(name, "->") == NULL)
        return;
    if (length == 0 || !(is_arrow || is_offset || rest[0] == '.') ||
        (!is_offset && name_length(member) == 0))
        return;
    struct hg_text path = {0};
    put_path(&path, name);
    bool is_direct = !is_offset && member[name_length(member)] == '\0';
    if (command == COMMAND_SHOW)
        hg_note(diagnostics, NULL,
                "members follow a dot: `hdrgen show %s` (for a member of a type that a pointer "
                "refers to, name that type)",
                hg_text_string(&path));
    else if (command == COMMAND_GENERATE && is_direct)
        hg_note(diagnostics, NULL,
                "`hdrgen show %s` says where that is; `--fields %.*s=%s` writes the type with that "
                "member alone",
                hg_text_string(&path), (int)length, name, member);
    else
        hg_note(diagnostics, NULL, "a type is named here; `hdrgen show %s` says where that is",
                hg_text_string(&path));
    hg_text_deinit(&path);
}
