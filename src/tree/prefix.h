/*
 * The precompiled prefix: headers that are parsed once for all jobs that begin with them.
 */
#ifndef HG_TREE_PREFIX_H
#define HG_TREE_PREFIX_H

#include "base/memory.h"
#include "frontend/clang/parse.h"

struct hg_prefix {
    int file;              /* in memory, inherited by all children; negative = there is none */
    const char *path;      /* of that */
    const char *directory; /* for the temporary file; NULL = there is none */
    bool is_ready;         /* it holds a prefix, and jobs can go on from it */
};

/* Prepares a file in memory; directory (NULL = none can be had) is empty and outlives the prefix.
 */
void hg_prefix_open(struct hg_prefix *prefix, const char *directory, struct hg_arena *arena);
void hg_prefix_close(struct hg_prefix *prefix);

/* What clang goes on from; NULL = the headers have to be parsed. */
const char *hg_prefix_path(const struct hg_prefix *prefix);

/* In the child that parses the prefix itself: parses, and precompiles where that is possible. */
HG_MUST_CHECK enum hg_status hg_prefix_parse(const struct hg_prefix *prefix,
                                             const struct hg_parse_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **ret, bool *was_precompiled);

#endif
