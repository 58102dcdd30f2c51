/*
 * Packs groups into bytes: for the kernel itself and for each module, the lists of its types and
 * functions.  The bytes are stored with the model that the lists refer to.
 */
#ifndef HG_TREE_GROUPS_H
#define HG_TREE_GROUPS_H

#include "base/text.h"
#include "tree/sources.h"

struct hg_source_groups {
    const struct hg_source_group *items; /* the kernel's own first */
    size_t count;
};

/* Appends the groups to `bytes`. */
void hg_source_groups_pack(const struct hg_source_group *groups, size_t count,
                           struct hg_text *bytes);

/* Returns the groups that hg_source_groups_pack packed for the same model.  The bytes are not
 * trusted; NULL = they are not its output. */
struct hg_source_groups *hg_source_groups_unpack(const void *bytes, size_t size,
                                                 const struct hg_model *model);
/* NULL is fine. */
void hg_source_groups_destroy(struct hg_source_groups *groups);

#endif
