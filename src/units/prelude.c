/*
 * The prelude, parsed once for all units that begin with it.
 *
 * A worker makes the precompiled header and sends its bytes, as it would send a model.  The process
 * that started it keeps them in memory, in a file without a name that all later workers inherit.
 * Where that cannot be had (no room for the temporary file, no /proc, an error in the prelude),
 * units parse the prelude themselves: the result is the same, only later.
 */
#include "units/units.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool read_file(const char *path, struct hg_text *bytes)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return false;
    char some[1 << 16];
    for (size_t count = 1; count > 0;) {
        count = fread(some, 1, sizeof some, file);
        hg_text_bytes(bytes, some, count);
    }
    bool is_whole = ferror(file) == 0;
    fclose(file);
    return is_whole;
}

enum hg_status hg_units_precompile(const struct hg_header_options *options,
                                   struct hg_diagnostics *diagnostics, struct hg_text *bytes)
{
    const char *place = getenv("TMPDIR");
    struct hg_text directory = {0};
    struct hg_text path = {0};
    hg_text_printf(&directory, "%s/hdrgen-XXXXXX", place == NULL ? "/tmp" : place);
    enum hg_status status = HG_ERROR_IO;
    if (mkdtemp(directory.data) != NULL) {
        hg_text_printf(&path, "%s/prelude", hg_text_string(&directory));
        status = hg_precompile_headers(options, diagnostics, hg_text_string(&path));
        if (status == HG_OK && !read_file(hg_text_string(&path), bytes))
            status = HG_ERROR_IO;
        unlink(hg_text_string(&path));
        rmdir(hg_text_string(&directory));
    }
    hg_text_deinit(&directory);
    hg_text_deinit(&path);
    return status;
}

static bool write_all(int file, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = write(file, bytes, size);
        if (count <= 0)
            return false;
        bytes += count;
        size -= (size_t)count;
    }
    return true;
}

void hg_units_keep_precompiled(struct reading *reading, const struct unit *unit, const void *bytes,
                               size_t size)
{
    int file = memfd_create("hdrgen-prelude", MFD_CLOEXEC);
    if (file < 0)
        return;
    char path[sizeof reading->precompiled.path];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (!write_all(file, bytes, size) || access(path, R_OK) != 0) {
        close(file);
        return;
    }
    hg_units_forget_precompiled(reading);
    reading->precompiled.file = file;
    memcpy(reading->precompiled.path, path, sizeof path);
    reading->precompiled.count = unit->prelude_count;
}

void hg_units_forget_precompiled(struct reading *reading)
{
    if (reading->precompiled.count > 0)
        close(reading->precompiled.file);
    reading->precompiled.count = 0;
}
