/*
 * A directory of BTF files, as /sys/kernel/btf is one, that is written as a whole or not at all.
 *
 *     hg_btf_directory_begin("out", diagnostics, &directory);
 *     hg_btf_directory_put(directory, "vmlinux", ...);      out is as it was
 *     hg_btf_directory_put(directory, "nf_conntrack", ...);
 *     hg_btf_directory_finish(directory, diagnostics);      now it has these two files
 *     hg_btf_directory_destroy(directory);
 */
#ifndef HG_TREE_DIRECTORY_H
#define HG_TREE_DIRECTORY_H

#include <hdrgen/status.h>
#include <stddef.h>

struct hg_btf_directory;

/* What is at the path must be nothing, an empty directory, or one of BTF files alone, which
 * hg_btf_directory_finish replaces: it may be an earlier output, and nothing else is lost.  Until
 * then files are kept in a directory beside it, which SIGINT, SIGTERM and SIGHUP remove.  On
 * success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_btf_directory_begin(const char *path,
                                                    struct hg_diagnostics *diagnostics,
                                                    struct hg_btf_directory **ret);

/* The name is that of a module: without a slash. */
HG_MUST_CHECK enum hg_status hg_btf_directory_put(struct hg_btf_directory *directory,
                                                  const char *name, const void *bytes, size_t size,
                                                  struct hg_diagnostics *diagnostics);

/* Puts all files in their place.  An earlier directory is exchanged in one step where the file
 * system can do that. */
HG_MUST_CHECK enum hg_status hg_btf_directory_finish(struct hg_btf_directory *directory,
                                                     struct hg_diagnostics *diagnostics);

/* Removes what is not finished.  NULL is fine. */
void hg_btf_directory_destroy(struct hg_btf_directory *directory);

#endif
