/* Reading a tree in this process: hg_read_tree for programs without other threads, which accept its
 * child processes and signal handlers, and malloc_trim. */
#ifndef HG_TREE_READ_H
#define HG_TREE_READ_H

#include "base/text.h"

#include <hdrgen/tree.h>

/* As hg_read_tree, but options->headers must not be NULL. */
HG_MUST_CHECK enum hg_status hg_read_tree_here(const struct hg_kernel *kernel,
                                               const struct hg_tree_options *options,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_model **ret,
                                               struct hg_tree_summary **report);

/* Appends a report to `bytes`, and makes a report of such bytes again: NULL = they are damaged;
 * else the caller's (hg_tree_summary_destroy). */
void hg_tree_summary_pack(const struct hg_tree_summary *report, struct hg_text *bytes);
struct hg_tree_summary *hg_tree_summary_unpack(const void *bytes, size_t size);

/* The options that hg_kernel_open was given; the strings live as long as the kernel. */
const struct hg_kernel_options *hg_kernel_options_of(const struct hg_kernel *kernel);

#endif
