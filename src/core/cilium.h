/* The loader cilium/ebpf: see cilium.c, cilium_fields.c and cilium_types.c. */
#ifndef HG_CORE_CILIUM_H
#define HG_CORE_CILIUM_H

#include "core/match.h"
#include "model/walk.h"

/* The kind of a type without its typedefs; ENUM64 counts as ENUM. */
static inline enum type_kind cilium_kind(const struct hg_model *model, hg_type_id id)
{
    enum type_kind kind = hg_core_resolved_kind(model, id);
    return kind == KIND_ENUM64 ? KIND_ENUM : kind;
}

/* The result of one relocation on one type of the target. */
struct fixup {
    const char *error; /* why the loader gives up; NULL = it does not */
    bool is_poison;
    bool skips_check;    /* the instruction need not hold `local` */
    uint64_t local;      /* the value on the program's types */
    uint64_t target;     /* the value on the target's */
    uint64_t right;      /* the correct value on the target's */
    const char *wrong;   /* why the program misreads although target is right; NULL = it does not */
    uint64_t local_size; /* of a load */
    uint64_t target_size;
    struct access found;
};

/* cilium.c: the candidate does not match the relocation. */
void hg_cilium_poison(enum hg_core_kind kind, struct fixup *fixup);

/* cilium_fields.c */
void hg_cilium_field_fixup(struct matcher *matcher, const struct record *record,
                           const struct access *local, hg_type_id candidate, struct fixup *fixup);

static inline bool hg_cilium_size_of(const struct hg_model *model, hg_type_id id, uint64_t *ret)
{
    return hg_core_loader_size(model, HG_CORE_CILIUM, id, ret);
}

/* --- cilium_types.c --- */

extern const char hg_cilium_unsupported[];

enum match hg_cilium_members_compatible(struct matcher *matcher, hg_type_id local,
                                        hg_type_id target);
enum match hg_cilium_types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target);
enum match hg_cilium_types_match(struct matcher *matcher, hg_type_id local, hg_type_id target);

#endif
