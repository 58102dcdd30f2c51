/* What cilium.c and cilium_types.c share. */
#ifndef HG_CORE_CILIUM_H
#define HG_CORE_CILIUM_H

#include "core/match.h"

/* Typedefs taken off; the two sorts of enum are one. */
static inline enum type_kind cilium_kind(const struct hg_model *model, hg_type_id id)
{
    enum type_kind kind = hg_core_resolved_kind(model, id);
    return kind == KIND_ENUM64 ? KIND_ENUM : kind;
}

static inline const struct hg_type *cilium_resolved(const struct hg_model *model, hg_type_id id)
{
    return hg_model_type(model, hg_type_resolve(model, id, NULL));
}

extern const char hg_cilium_unsupported[];

enum match hg_cilium_members_compatible(struct matcher *matcher, hg_type_id local,
                                        hg_type_id target);
enum match hg_cilium_types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target);
enum match hg_cilium_types_match(struct matcher *matcher, hg_type_id local, hg_type_id target);

#endif
