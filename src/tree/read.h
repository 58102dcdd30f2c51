/* Reading a tree in this process: hg_read_tree of programs that have no other threads, do not mind
 * its children and its handlers of signals, and want memory back at once. */
#ifndef HG_TREE_READ_H
#define HG_TREE_READ_H

#include "base/text.h"

#include <hdrgen/tree.h>

/* As hg_read_tree; options->headers is not NULL. */
HG_MUST_CHECK enum hg_status hg_read_tree_here(const struct hg_kernel *kernel,
                                               const struct hg_tree_options *options,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_model **ret,
                                               struct hg_tree_report **report);

/* A report as bytes, and back; NULL = they are damaged. */
void hg_tree_report_pack(const struct hg_tree_report *report, struct hg_text *bytes);
struct hg_tree_report *hg_tree_report_unpack(const void *bytes, size_t size);

/* How the tree was opened; strings live as long as it does. */
const struct hg_kernel_options *hg_kernel_options_of(const struct hg_kernel *kernel);

#endif
