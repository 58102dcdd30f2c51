/* Reading a tree in this process.  Only for programs without other threads, since it forks, sets
 * signal handlers and calls malloc_trim. */
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

/* Appends a summary to `bytes`. */
void hg_tree_summary_pack(const struct hg_tree_summary *report, struct hg_text *bytes);
/* Makes a summary of such bytes; NULL = they are damaged.  Free it with hg_tree_summary_destroy. */
struct hg_tree_summary *hg_tree_summary_unpack(const void *bytes, size_t size);

/* The options that hg_kernel_open was given; the strings live as long as the kernel. */
const struct hg_kernel_options *hg_kernel_options_of(const struct hg_kernel *kernel);

#endif
