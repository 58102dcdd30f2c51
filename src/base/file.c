/* Files: see file.h. */
#include "base/file.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *hg_file_read_open(int descriptor, size_t limit, size_t *size)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return NULL;
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return NULL;
    }
    if (status.st_size > (off_t)limit) {
        errno = EFBIG;
        return NULL;
    }
    size_t wanted = (size_t)status.st_size;
    char *text = hg_malloc(wanted + 1);
    size_t count = 0;
    while (count < wanted) {
        ssize_t got = read(descriptor, text + count, wanted - count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(text);
            return NULL;
        }
        if (got == 0)
            break;
        count += (size_t)got;
    }
    text[count] = '\0';
    *size = count;
    return text;
}

enum hg_status hg_file_write_all(int descriptor, const char *name, const void *bytes, size_t count,
                                 struct hg_diagnostics *diagnostics)
{
    const char *at = bytes;
    while (count > 0) {
        ssize_t written = write(descriptor, at, count < SSIZE_MAX ? count : SSIZE_MAX);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            hg_error(diagnostics, NULL, "cannot write '%s': %s", name,
                     written < 0 ? strerror(errno) : "no progress");
            return HG_ERROR_IO;
        }
        at += written;
        count -= (size_t)written;
    }
    return HG_OK;
}

mode_t hg_file_mode(mode_t wanted)
{
    mode_t mask = 077;
    FILE *status = fopen("/proc/self/status", "re");
    char line[128];
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (hg_begins_with(line, "Umask:"))
            mask = (mode_t)strtoul(line + strlen("Umask:"), NULL, 8);
    if (status != NULL)
        fclose(status);
    return wanted & ~mask;
}

/* mode NULL = the file keeps its mode. */
static enum hg_status write_and_close(int descriptor, const char *path, const mode_t *mode,
                                      const void *bytes, size_t count,
                                      struct hg_diagnostics *diagnostics)
{
    enum hg_status status = hg_file_write_all(descriptor, path, bytes, count, diagnostics);
    if (status == HG_OK && mode != NULL && fchmod(descriptor, *mode) != 0) {
        hg_error(diagnostics, NULL, "cannot write '%s': %s", path, strerror(errno));
        status = HG_ERROR_IO;
    }
    if (close(descriptor) != 0 && status == HG_OK) {
        hg_error(diagnostics, NULL, "cannot write '%s': %s", path, strerror(errno));
        status = HG_ERROR_IO;
    }
    return status;
}

static enum hg_status write_in_place(const char *path, const void *bytes, size_t count,
                                     struct hg_diagnostics *diagnostics)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor >= 0)
        return write_and_close(descriptor, path, NULL, bytes, count, diagnostics);
    hg_error(diagnostics, NULL, "cannot open '%s' for writing: %s", path, strerror(errno));
    return HG_ERROR_IO;
}

/* The descriptor that /dev/stdout, /dev/stderr or /dev/fd/N names; -1 = another path.  Output goes
 * to the descriptor itself, since opening the path would truncate what other commands wrote. */
static int open_descriptor(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i]);
        size_t digits = strncmp(path, folders[i], length) == 0 ? strlen(path + length) : 0;
        enum { DIGITS_MAX = 6 };
        if (digits > 0 && digits <= DIGITS_MAX && strspn(path + length, "0123456789") == digits)
            return (int)strtol(path + length, NULL, 10);
    }
    return -1;
}

/* old: the regular file to replace; NULL = there is none yet. */
static enum hg_status replace_regular(const char *path, const struct stat *old, const void *bytes,
                                      size_t count, struct hg_diagnostics *diagnostics)
{
    HG_CLEANUP(hg_free_pointer) char *resolved = old != NULL ? realpath(path, NULL) : NULL;
    const char *destination = resolved != NULL ? resolved : path;
    struct hg_text temporary = {0};
    hg_text_printf(&temporary, "%s.XXXXXX", destination);
    int descriptor = mkstemp(temporary.data);
    if (descriptor < 0) {
        if (errno == EACCES)
            hg_error(diagnostics, NULL, "cannot write '%s': no permission in its directory", path);
        else if (errno == ENOENT)
            hg_error(diagnostics, NULL, "cannot write '%s': its directory does not exist", path);
        else
            hg_error(diagnostics, NULL, "cannot create a file beside '%s': %s", path,
                     strerror(errno));
        hg_text_deinit(&temporary);
        return HG_ERROR_IO;
    }
    mode_t mode = old != NULL ? old->st_mode & 07777 : hg_file_mode(0666);
    enum hg_status status = write_and_close(descriptor, path, &mode, bytes, count, diagnostics);
    if (status == HG_OK && rename(temporary.data, destination) != 0) {
        hg_error(diagnostics, NULL, "cannot replace '%s': %s", path, strerror(errno));
        status = HG_ERROR_IO;
    }
    if (status != HG_OK)
        unlink(temporary.data);
    hg_text_deinit(&temporary);
    return status;
}

/* Signals that end the program are blocked until the temporary file is renamed or removed.  They
 * are not blocked while a pipe or a device is written, which may take for ever. */
enum hg_status hg_file_replace(const char *path, const void *bytes, size_t count,
                               struct hg_diagnostics *diagnostics)
{
    static const int ending[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGPIPE,
                                 SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU};
    int open_already = open_descriptor(path);
    if (open_already >= 0)
        return hg_file_write_all(open_already, path, bytes, count, diagnostics);
    struct stat old;
    bool exists = stat(path, &old) == 0;
    if (exists && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode))
        return write_in_place(path, bytes, count, diagnostics);
    if (exists && (S_ISDIR(old.st_mode) || access(path, W_OK) != 0)) {
        hg_error(diagnostics, NULL, "cannot write '%s': %s", path,
                 S_ISDIR(old.st_mode) ? "it is a directory" : strerror(errno));
        return HG_ERROR_IO;
    }
    sigset_t set;
    sigset_t kept;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&set, ending[i]);
    pthread_sigmask(SIG_BLOCK, &set, &kept);
    enum hg_status status = replace_regular(path, exists ? &old : NULL, bytes, count, diagnostics);
    pthread_sigmask(SIG_SETMASK, &kept, NULL);
    return status;
}
