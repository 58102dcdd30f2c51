/*
 * A directory of BTF files: see directory.h.
 *
 *     out.a8Xk2q/vmlinux ...      while it is written, beside `out`
 *     out  <->  out.a8Xk2q        exchanged; then the old one is removed
 *
 * A mistyped path must not cost a directory of sources.  So a directory that holds anything but
 * files with BTF's magic number is refused, before the work begins and again before the exchange.
 */
#include "tree/directory.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tree/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct hg_btf_directory {
    char *path;                /* without slashes at its end */
    struct hg_cleanup cleanup; /* has the directory that is being written */
};

/* Whether the file begins with the magic number, in either byte order.  False also for a file that
 * cannot be read. */
static bool is_btf(int directory, const char *name)
{
    unsigned char magic[2] = {0};
    int descriptor = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    struct stat status;
    bool is_read = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
                   read(descriptor, magic, sizeof magic) == sizeof magic;
    close(descriptor);
    return is_read &&
           ((magic[0] == 0x9f && magic[1] == 0xeb) || (magic[0] == 0xeb && magic[1] == 0x9f));
}

/* Reports what keeps the path from being replaced. */
static enum hg_status check_old(const char *path, struct hg_diagnostics *diagnostics)
{
    DIR *directory = opendir(path);
    if (directory == NULL && errno == ENOENT)
        return HG_OK;
    if (directory == NULL) {
        hg_error(diagnostics, NULL, "cannot replace the directory '%s': %s", path, strerror(errno));
        return HG_ERROR_IO;
    }
    enum hg_status status = HG_OK;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL && status == HG_OK;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            (entry->d_name[0] != '.' && is_btf(dirfd(directory), entry->d_name)))
            continue;
        hg_error(diagnostics, NULL,
                 "'%s' is not replaced, for it holds '%s', which is no BTF: name a directory that "
                 "is new, empty, or of BTF alone",
                 path, entry->d_name);
        status = HG_ERROR_IO;
    }
    closedir(directory);
    return status;
}

/* The path without slashes at its end, and without symbolic links, so that a link to a directory
 * stays. */
static char *resolve(const char *path)
{
    char *resolved = realpath(path, NULL);
    if (resolved != NULL)
        return resolved;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return memcpy(hg_calloc(length + 1, 1), path, length);
}

enum hg_status hg_btf_directory_begin(const char *path, struct hg_diagnostics *diagnostics,
                                      struct hg_btf_directory **ret)
{
    if (path[0] == '\0') {
        hg_error(diagnostics, NULL, "the name of a directory cannot be empty");
        return HG_ERROR_USAGE;
    }
    enum hg_status status = check_old(path, diagnostics);
    if (status != HG_OK)
        return status;
    struct hg_btf_directory *directory = hg_calloc(1, sizeof *directory);
    directory->path = resolve(path);
    struct hg_text beside = {0};
    hg_text_printf(&beside, "%s.XXXXXX", directory->path);
    hg_cleanup_begin(&directory->cleanup);
    bool is_made = hg_cleanup_directory_at(&directory->cleanup, beside.data) != NULL;
    int error = errno;
    hg_text_deinit(&beside);
    if (is_made) {
        *ret = directory;
        return HG_OK;
    }
    hg_error(diagnostics, NULL, "cannot make a directory beside '%s': %s", path, strerror(error));
    hg_btf_directory_destroy(directory);
    return HG_ERROR_IO;
}

enum hg_status hg_btf_directory_put(struct hg_btf_directory *directory, const char *name,
                                    const void *bytes, size_t size,
                                    struct hg_diagnostics *diagnostics)
{
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
        hg_error(diagnostics, NULL, "'%s' is no name of a module", name);
        return HG_ERROR_INPUT;
    }
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/%s", directory->cleanup.directory, name);
    enum hg_status status = HG_ERROR_IO;
    int descriptor = open(path.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0)
        hg_error(diagnostics, NULL, "cannot create '%s': %s", path.data, strerror(errno));
    else
        status = hg_file_write_all(descriptor, path.data, bytes, size, diagnostics);
    if (descriptor >= 0 && close(descriptor) != 0 && status == HG_OK) {
        hg_error(diagnostics, NULL, "cannot write '%s': %s", path.data, strerror(errno));
        status = HG_ERROR_IO;
    }
    hg_text_deinit(&path);
    return status;
}

/* For file systems that cannot exchange directories: moves the old one aside first. */
static bool replace_in_two_steps(const char *new, const char *path)
{
    struct hg_text old = {0};
    hg_text_printf(&old, "%s.XXXXXX", path);
    bool is_moved = mkdtemp(old.data) != NULL && rename(path, old.data) == 0;
    bool is_replaced = is_moved && rename(new, path) == 0;
    int error = errno;
    if (is_moved) /* then hg_cleanup_end removes the old one; on failure it goes back */
        (void)rename(old.data, is_replaced ? new : path);
    else
        rmdir(old.data);
    hg_text_deinit(&old);
    errno = error;
    return is_replaced;
}

enum hg_status hg_btf_directory_finish(struct hg_btf_directory *directory,
                                       struct hg_diagnostics *diagnostics)
{
    const char *new = directory->cleanup.directory;
    enum hg_status status = check_old(directory->path, diagnostics);
    if (status != HG_OK)
        return status;
    sigset_t kept;
    hg_cleanup_block(&kept);
    struct stat old;
    bool is_there = lstat(directory->path, &old) == 0;
    bool is_good = chmod(new, is_there ? old.st_mode & 07777 : hg_file_mode(0777)) == 0;
    if (is_good && !is_there)
        is_good = rename(new, directory->path) == 0;
    else if (is_good && renameat2(AT_FDCWD, new, AT_FDCWD, directory->path, RENAME_EXCHANGE) != 0)
        is_good =
            (errno == ENOSYS || errno == EINVAL) && replace_in_two_steps(new, directory->path);
    int error = errno;
    hg_cleanup_unblock(&kept);
    if (is_good)
        return HG_OK;
    hg_error(diagnostics, NULL, "cannot replace '%s': %s", directory->path, strerror(error));
    return HG_ERROR_IO;
}

void hg_btf_directory_destroy(struct hg_btf_directory *directory)
{
    if (directory == NULL)
        return;
    hg_cleanup_end(&directory->cleanup); /* removes the unfinished directory, or the old one */
    free(directory->path);
    free(directory);
}
