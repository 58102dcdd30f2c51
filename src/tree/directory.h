/*
 * Writes a directory of BTF files, like /sys/kernel/btf, as a whole or not at all.
 *
 *     hg_btf_directory_begin("out", diagnostics, &directory);
 *     hg_btf_directory_put(directory, "vmlinux", ...);
 *     hg_btf_directory_put(directory, "nf_conntrack", ...);
 *     hg_btf_directory_finish(directory, diagnostics);      only now `out` changes: it has 2 files
 *     hg_btf_directory_destroy(directory);
 */
#ifndef HG_TREE_DIRECTORY_H
#define HG_TREE_DIRECTORY_H

#include <hdrgen/status.h>
#include <stddef.h>

struct hg_btf_directory;

/* Begins a directory that hg_btf_directory_finish puts at the path.  There must be nothing at the
 * path, or an empty directory, or one of BTF files alone (an earlier output), which is replaced.
 * Until then the files are in a directory beside it, which a signal that ends the process removes.
 * On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_btf_directory_begin(const char *path,
                                                    struct hg_diagnostics *diagnostics,
                                                    struct hg_btf_directory **ret);

/* Adds a file.  The name is that of a module, without a slash. */
HG_MUST_CHECK enum hg_status hg_btf_directory_put(struct hg_btf_directory *directory,
                                                  const char *name, const void *bytes, size_t size,
                                                  struct hg_diagnostics *diagnostics);

/* Puts the directory at its path, in exchange for an earlier one: in one step if the file system
 * can do that. */
HG_MUST_CHECK enum hg_status hg_btf_directory_finish(struct hg_btf_directory *directory,
                                                     struct hg_diagnostics *diagnostics);

/* Removes a directory that is not finished, else the earlier one.  NULL is fine. */
void hg_btf_directory_destroy(struct hg_btf_directory *directory);

#endif
