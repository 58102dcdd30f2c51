/*
 * The files of a store: see store_files.h.
 *
 *     ~/.cache/hdrgen/tree-0123456789abcdef          an entry
 *     ~/.cache/hdrgen/catalogue-0123456789abcdef     the catalogue of a tree
 *     ~/.cache/hdrgen/tree-0123456789abcdef.Xa81qz   an entry that is being written
 *
 * The directory and its files are private: hdrgen uses none that another user owns or may write to.
 * So under sudo, root leaves no files in a user's directory.
 */
#include "tree/store_files.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STALE_SECONDS = 3600, ENTRY_MAX = 1 << 30 };

static bool is_private(const struct stat *status)
{
    return status->st_uid == geteuid() && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool hg_store_is_ours(const char *directory)
{
    struct stat status;
    if (stat(directory, &status) != 0)
        return errno == ENOENT;
    return S_ISDIR(status.st_mode) && is_private(&status);
}

bool hg_store_load(const char *path, struct hg_text *ret)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (descriptor < 0)
        return false;
    struct stat status;
    size_t size = 0;
    char *bytes = NULL;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && is_private(&status))
        bytes = hg_file_read_open(descriptor, ENTRY_MAX, &size);
    if (bytes != NULL) {
        *ret = (struct hg_text){.data = bytes, .size = size, .capacity = size + 1};
        (void)futimens(descriptor, NULL);
    }
    close(descriptor);
    return bytes != NULL;
}

/* --- writing --- */

static bool make_directories(const char *path)
{
    HG_CLEANUP(hg_free_pointer) char *copy = strdup(path);
    if (copy == NULL)
        hg_out_of_memory();
    for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, S_IRWXU) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return mkdir(copy, S_IRWXU) == 0 || errno == EEXIST;
}

/* Drops a pending signal that our own write raised (SIGXFSZ, if the file exceeds a size limit).  A
 * signal that was pending `before` is left to the caller. */
static void drop_signal(int number, const sigset_t *before)
{
    sigset_t set;
    const struct timespec none = {0};
    if (sigismember(before, number))
        return;
    sigemptyset(&set);
    sigaddset(&set, number);
    while (sigtimedwait(&set, NULL, &none) < 0 && errno == EINTR)
        continue;
}

bool hg_store_write(const char *directory, const char *path, const void *bytes, size_t size)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ};
    if (!make_directories(directory) || !hg_store_is_ours(directory))
        return false;
    sigset_t waiting;
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(&blocked, numbers[i]);
    sigpending(&waiting);
    if (pthread_sigmask(SIG_BLOCK, &blocked, &before) != 0)
        return false;
    bool is_written =
        hg_file_replace(path, bytes, size, NULL) == HG_OK && chmod(path, S_IRUSR | S_IWUSR) == 0;
    drop_signal(SIGXFSZ, &waiting);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_written;
}

/* --- removing --- */

struct file {
    char *name;
    uint64_t size;
    struct timespec used;
};

struct files {
    struct file *items;
    size_t count, capacity;
    uint64_t size;
};

static int compare(const void *a, const void *b)
{
    const struct timespec *one = &((const struct file *)a)->used;
    const struct timespec *two = &((const struct file *)b)->used;
    if (one->tv_sec != two->tv_sec)
        return one->tv_sec < two->tv_sec ? -1 : 1;
    return one->tv_nsec < two->tv_nsec ? -1 : one->tv_nsec > two->tv_nsec;
}

static void note_file(struct files *files, int directory, const char *name)
{
    struct stat status;
    if (!(hg_begins_with(name, "tree-") || hg_begins_with(name, "catalogue-")) ||
        fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return;
    bool is_temporary = strchr(name, '.') != NULL;
    if (is_temporary && status.st_mtim.tv_sec + STALE_SECONDS < time(NULL))
        unlinkat(directory, name, 0);
    if (is_temporary)
        return;
    char *copy = strdup(name);
    if (copy == NULL)
        hg_out_of_memory();
    *HG_PUSH(files) =
        (struct file){.name = copy, .size = (uint64_t)status.st_size, .used = status.st_mtim};
    files->size += (uint64_t)status.st_size;
}

void hg_store_evict(const char *path, uint64_t limit)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return;
    struct files files = {0};
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        note_file(&files, dirfd(directory), entry->d_name);
    if (files.size > limit)
        qsort(files.items, files.count, sizeof *files.items, compare);
    for (size_t i = 0; i < files.count; i++) {
        if (files.size > limit && unlinkat(dirfd(directory), files.items[i].name, 0) == 0)
            files.size -= files.items[i].size;
        free(files.items[i].name);
    }
    free(files.items);
    closedir(directory);
}
