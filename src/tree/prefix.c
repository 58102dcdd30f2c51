/*
 * The precompiled prefix: see prefix.h.
 *
 * The child that parses it makes a precompiled header and puts it into a file in memory that it and
 * all later children inherit.  Where that is not possible (no room for a temporary file, no /proc),
 * each job parses these headers itself: the result is the same, only later.
 */
#include "tree/prefix.h"

#include "base/text.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

void hg_prefix_open(struct hg_prefix *prefix, const char *directory, struct hg_arena *arena)
{
    *prefix = (struct hg_prefix){.file = memfd_create("hdrgen-prefix", MFD_CLOEXEC)};
    if (prefix->file < 0)
        return;
    struct hg_text path = {0};
    hg_text_printf(&path, "/proc/self/fd/%d", prefix->file);
    prefix->path = hg_arena_string(arena, path.data, path.size);
    hg_text_deinit(&path);
    if (access(prefix->path, R_OK) == 0)
        prefix->directory = directory;
}

void hg_prefix_close(struct hg_prefix *prefix)
{
    if (prefix->file >= 0)
        close(prefix->file);
    prefix->file = -1;
    prefix->is_ready = false;
}

const char *hg_prefix_path(const struct hg_prefix *prefix)
{
    return prefix != NULL && prefix->is_ready ? prefix->path : NULL;
}

static bool copy(const char *path, int to)
{
    int from = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    bool is_open = from >= 0 && fstat(from, &status) == 0;
    off_t done = 0;
    while (is_open && done < status.st_size &&
           sendfile(to, from, &done, (size_t)(status.st_size - done)) > 0)
        ;
    if (from >= 0)
        close(from);
    return is_open && done == status.st_size;
}

enum hg_status hg_prefix_parse(const struct hg_prefix *prefix,
                               const struct hg_parse_options *options,
                               struct hg_diagnostics *diagnostics, struct hg_model **ret,
                               bool *was_precompiled)
{
    if (prefix->directory == NULL)
        return hg_parse_headers(options, diagnostics, ret);
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/prefix", prefix->directory);
    struct hg_parse_options saved = *options;
    saved.precompile_to = hg_text_string(&path);
    enum hg_status status = hg_parse_headers(&saved, diagnostics, ret);
    *was_precompiled = status == HG_OK && copy(saved.precompile_to, prefix->file);
    unlink(saved.precompile_to);
    hg_text_deinit(&path);
    return status == HG_ERROR_IO ? hg_parse_headers(options, diagnostics, ret) : status;
}
