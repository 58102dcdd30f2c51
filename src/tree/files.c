/*
 * Reads files of a tree, which is not trusted: only regular files (a FIFO would block), and none
 * larger than HG_KERNEL_FILE_LIMIT.
 */
#include "base/file.h"
#include "tree/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *hg_kernel_read_file(const char *path, size_t *size)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return NULL;
    size_t unused = 0;
    char *text = hg_file_read_open(descriptor, HG_KERNEL_FILE_LIMIT, size == NULL ? &unused : size);
    int error = errno;
    close(descriptor);
    errno = error;
    return text;
}

const char *hg_kernel_join(struct hg_arena *arena, const char *directory, const char *name)
{
    return hg_arena_printf(arena, "%s/%s", directory, name);
}

bool hg_kernel_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool hg_kernel_is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

const char *hg_kernel_find_file(struct hg_strings *known, const char *directory, size_t length,
                                const char *name)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%.*s/%s", (int)length, directory, name);
    const char *interned = hg_strings_intern(known, path.data, path.size);
    uint32_t *state = hg_strings_number(known, path.data, path.size);
    if (*state == 0)
        *state = hg_kernel_is_file(interned) ? 2 : 1;
    hg_text_deinit(&path);
    return *state == 2 ? interned : NULL;
}

static void enter(struct hg_stats *stats, const char *path, size_t length)
{
    if (stats->descriptor != 0)
        close(stats->descriptor - 1);
    hg_text_truncate(&stats->directory, 0);
    hg_text_bytes(&stats->directory, path, length);
    stats->descriptor =
        open(hg_text_string(&stats->directory), O_PATH | O_DIRECTORY | O_CLOEXEC) + 1;
}

int hg_stats_next(struct hg_stats *stats, const char *path, struct stat *ret)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path || slash[1] == '\0')
        return stat(path, ret);
    size_t length = (size_t)(slash - path);
    if (length != stats->directory.size || memcmp(path, stats->directory.data, length) != 0)
        enter(stats, path, length);
    return stats->descriptor == 0 ? stat(path, ret)
                                  : fstatat(stats->descriptor - 1, slash + 1, ret, 0);
}

void hg_stats_end(struct hg_stats *stats)
{
    if (stats->descriptor != 0)
        close(stats->descriptor - 1);
    hg_text_deinit(&stats->directory);
    *stats = (struct hg_stats){0};
}
