/*
 * The prelude, parsed once for all units that begin with it.
 *
 * The worker that reads it makes a precompiled header and puts it into a file in memory that it and
 * all later workers inherit.  Where that cannot be had (no room for a temporary file, no /proc),
 * units parse the prelude themselves: the result is the same, only later.
 */
#include "units/units.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

void hg_units_open_prelude(struct reading *reading)
{
    int file = memfd_create("hdrgen-prelude", MFD_CLOEXEC);
    if (file < 0)
        return;
    char path[40];
    int length = snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (access(path, R_OK) != 0) {
        close(file);
        return;
    }
    reading->prelude.file = file;
    reading->prelude.path = hg_arena_string(&reading->arena, path, (size_t)length);
}

void hg_units_close_prelude(struct reading *reading)
{
    if (reading->prelude.path != NULL)
        close(reading->prelude.file);
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

enum hg_status hg_units_read_prelude(const struct reading *reading,
                                     const struct hg_header_options *options,
                                     struct hg_diagnostics *diagnostics, struct hg_model **model,
                                     bool *is_precompiled)
{
    const char *place = getenv("TMPDIR");
    struct hg_text directory = {0};
    struct hg_text path = {0};
    hg_text_printf(&directory, "%s/hdrgen-XXXXXX", place == NULL ? "/tmp" : place);
    enum hg_status status = HG_ERROR_IO;
    if (reading->prelude.path != NULL && mkdtemp(directory.data) != NULL) {
        hg_text_printf(&path, "%s/prelude", hg_text_string(&directory));
        struct hg_header_options saved = *options;
        saved.precompile_to = hg_text_string(&path);
        status = hg_read_headers(&saved, diagnostics, model);
        *is_precompiled = status == HG_OK && copy(saved.precompile_to, reading->prelude.file);
        unlink(saved.precompile_to);
        rmdir(hg_text_string(&directory));
    }
    hg_text_deinit(&directory);
    hg_text_deinit(&path);
    return status == HG_ERROR_IO ? hg_read_headers(options, diagnostics, model) : status;
}
