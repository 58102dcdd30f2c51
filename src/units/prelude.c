/*
 * The prelude, parsed once for all units that begin with it.
 *
 * A worker makes the precompiled header and puts it into a file in memory that it and all later
 * workers inherit.  Where that cannot be had (no room for a temporary file, no /proc, an error in
 * the prelude), units parse the prelude themselves: the result is the same, only later.
 */
#include "units/units.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

bool hg_units_open_precompiled(struct reading *reading)
{
    int file = memfd_create("hdrgen-prelude", MFD_CLOEXEC);
    char path[40];
    int length = snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (file >= 0 && access(path, R_OK) != 0) {
        close(file);
        file = -1;
    }
    reading->precompiled.file = file;
    reading->precompiled.path = hg_arena_string(&reading->arena, path, (size_t)length);
    return file >= 0;
}

void hg_units_close_precompiled(struct reading *reading)
{
    if (reading->precompiled.path != NULL && reading->precompiled.file >= 0)
        close(reading->precompiled.file);
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

enum hg_status hg_units_precompile(const struct reading *reading,
                                   const struct hg_header_options *options,
                                   struct hg_diagnostics *diagnostics)
{
    const char *place = getenv("TMPDIR");
    struct hg_text directory = {0};
    struct hg_text path = {0};
    hg_text_printf(&directory, "%s/hdrgen-XXXXXX", place == NULL ? "/tmp" : place);
    enum hg_status status = HG_ERROR_IO;
    if (mkdtemp(directory.data) != NULL) {
        hg_text_printf(&path, "%s/prelude", hg_text_string(&directory));
        status = hg_precompile_headers(options, diagnostics, hg_text_string(&path));
        if (status == HG_OK && !copy(hg_text_string(&path), reading->precompiled.file))
            status = HG_ERROR_IO;
        unlink(hg_text_string(&path));
        rmdir(hg_text_string(&directory));
    }
    hg_text_deinit(&directory);
    hg_text_deinit(&path);
    return status;
}
