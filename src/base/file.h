/* Files: reading one whole, and replacing one atomically. */
#ifndef HG_BASE_FILE_H
#define HG_BASE_FILE_H

#include <hdrgen/status.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads the whole of an open file.  The result is the caller's (free) and ends with a NUL, which
 * *size does not count.  NULL = the file is not regular, is larger than `limit` bytes, or cannot be
 * read; errno has the reason. */
char *hg_file_read_open(int descriptor, size_t limit, size_t *size);

/* Replaces the file at `path` atomically, through a temporary file in the same directory: readers
 * see the old file or the new one, never a part.  The new file has the old one's permissions, or
 * 0666 without the bits of the umask.  A device or pipe is written in place.  A symbolic link is
 * followed and stays.  On failure the fault is reported, a regular file is untouched and no
 * temporary file is left. */
HG_MUST_CHECK enum hg_status hg_file_replace(const char *path, const void *bytes, size_t count,
                                             struct hg_diagnostics *diagnostics);

/* `wanted` without the bits of the umask.  The umask is read from /proc, since umask() would change
 * it for other threads; without /proc only the owner gets permissions. */
mode_t hg_file_mode(mode_t wanted);

/* Writes all bytes to an open descriptor, and reports faults; `name` is for messages. */
HG_MUST_CHECK enum hg_status hg_file_write_all(int descriptor, const char *name, const void *bytes,
                                               size_t count, struct hg_diagnostics *diagnostics);

#endif
