/*
 * Groups as bytes: which types and functions are the kernel's own and which a module's, to be kept
 * with the model that they refer to.
 */
#ifndef HG_TREE_GROUPS_H
#define HG_TREE_GROUPS_H

#include "base/text.h"
#include "tree/sources.h"

struct hg_source_groups {
    const struct hg_source_group *items; /* the kernel's own first */
    size_t count;
};

/* Appends them. */
void hg_source_groups_pack(const struct hg_source_group *groups, size_t count,
                           struct hg_text *bytes);

/* What hg_source_groups_pack gave for that model; NULL = the bytes are none of that.  Nothing in
 * them is trusted. */
struct hg_source_groups *hg_source_groups_unpack(const void *bytes, size_t size,
                                                 const struct hg_model *model);
/* NULL is fine. */
void hg_source_groups_destroy(struct hg_source_groups *groups);

#endif
