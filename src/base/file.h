/* Files: reading one whole, and replacing one atomically. */
#ifndef HG_BASE_FILE_H
#define HG_BASE_FILE_H

#include <hdrgen/status.h>
#include <stddef.h>
#include <sys/types.h>

/* All that an open file holds, the caller's to free, and a NUL behind it that *size does not count;
 * NULL = it is not regular, is larger than limit bytes, or cannot be read: errno says which. */
char *hg_file_read_open(int descriptor, size_t limit, size_t *size);

/* Writes the bytes to path so that a reader sees the old file or the new one, never a part: a
 * temporary file in the same directory, then renamed.  Permissions follow the umask, or
 * the file that is replaced.  A path that is not a regular file (a device, a pipe) is written in
 * place. A symbolic link is followed and stays.  On failure the old file is untouched and no
 * temporary file is left. */
HG_MUST_CHECK enum hg_status hg_file_replace(const char *path, const void *bytes, size_t count,
                                             struct hg_diagnostics *diagnostics);

/* The permissions of a new file or directory under the umask.  It is read from /proc, for umask()
 * would change it for other threads; where there is no /proc, nobody but the owner gets any. */
mode_t hg_file_mode(mode_t wanted);

/* Writes the bytes to an open descriptor, whole; name is for messages. */
HG_MUST_CHECK enum hg_status hg_file_write_all(int descriptor, const char *name, const void *bytes,
                                               size_t count, struct hg_diagnostics *diagnostics);

#endif
