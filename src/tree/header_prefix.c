/*
 * The prelude, parsed once for all units that begin with it.
 *
 * The worker that reads it makes a precompiled header and puts it into a file in memory that it and
 * all later workers inherit.  Where that cannot be had (no room for a temporary file, no /proc),
 * units parse the prelude themselves: the result is the same, only later.
 */
#include "tree/headers.h"

#include "base/diag.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *place_of_temporary_files(void)
{
    const char *place = getenv("TMPDIR");
    return place == NULL ? "/tmp" : place;
}

void hg_units_open_prelude(struct reading *reading)
{
    int file = memfd_create("hdrgen-prelude", MFD_CLOEXEC);
    if (file < 0)
        return;
    reading->prelude.file = file;
    struct hg_text path = {0};
    hg_text_printf(&path, "/proc/self/fd/%d", file);
    reading->prelude.path = hg_arena_string(&reading->arena, path.data, path.size);
    hg_text_deinit(&path);

    struct hg_text directory = {0};
    hg_text_printf(&directory, "%s/hdrgen-XXXXXX", place_of_temporary_files());
    if (access(reading->prelude.path, R_OK) == 0 && mkdtemp(directory.data) != NULL)
        reading->prelude.directory =
            hg_arena_string(&reading->arena, directory.data, directory.size);
    hg_text_deinit(&directory);
}

static void remove_directory(const char *path)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    rmdir(path);
}

void hg_units_end_prelude(struct reading *reading)
{
    if (reading->prelude.directory != NULL)
        remove_directory(reading->prelude.directory);
    if (reading->prelude.count > 0 && !reading->prelude.is_precompiled)
        hg_note(reading->diagnostics, NULL,
                "what all headers include is read again for each unit, which takes three to four "
                "times as long: in '%s' there is no room for a temporary file of 20 MB (TMPDIR "
                "names another directory)",
                place_of_temporary_files());
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
                                     const struct hg_parse_options *options,
                                     struct hg_diagnostics *diagnostics, struct hg_model **model,
                                     bool *is_precompiled)
{
    if (reading->prelude.directory == NULL)
        return hg_parse_headers(options, diagnostics, model);
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/prelude", reading->prelude.directory);
    struct hg_parse_options saved = *options;
    saved.precompile_to = hg_text_string(&path);
    enum hg_status status = hg_parse_headers(&saved, diagnostics, model);
    *is_precompiled = status == HG_OK && copy(saved.precompile_to, reading->prelude.file);
    hg_text_deinit(&path);
    return status == HG_ERROR_IO ? hg_parse_headers(options, diagnostics, model) : status;
}
