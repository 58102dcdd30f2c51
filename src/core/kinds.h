/*
 * BTF's view of a model: the kinds that CO-RE compares, and sizes.
 *
 * A model that was read from BTF knows each type's kind there.  A type of any other model has the
 * kind that hdrgen would write: an incomplete record is a FWD, an enum is an ENUM64 if a value
 * needs more than 32 bits, a type that BTF cannot express is an ARRAY of bytes.
 */
#ifndef HG_CORE_KINDS_H
#define HG_CORE_KINDS_H

#include <hdrgen/core.h>

/* The numbers are BTF's. */
enum type_kind {
    KIND_VOID = 0,
    KIND_INT = 1,
    KIND_PTR = 2,
    KIND_ARRAY = 3,
    KIND_STRUCT = 4,
    KIND_UNION = 5,
    KIND_ENUM = 6,
    KIND_FWD = 7,
    KIND_TYPEDEF = 8,
    KIND_PROTO = 13,
    KIND_FLOAT = 16,
    KIND_ENUM64 = 19,
};

static inline bool kind_is_record(enum type_kind kind)
{
    return kind == KIND_STRUCT || kind == KIND_UNION;
}

static inline bool kind_is_enum(enum type_kind kind)
{
    return kind == KIND_ENUM || kind == KIND_ENUM64;
}

enum type_kind hg_core_kind_of(const struct hg_model *model, hg_type_id id);
/* The kind of the type that a typedef stands for. */
enum type_kind hg_core_resolved_kind(const struct hg_model *model, hg_type_id id);

/* Whether the kinds are equal, or both are enums. */
bool hg_core_same_kind(enum type_kind a, enum type_kind b);

/* The size of a type.  False for void, prototypes and FWD, which have none. */
bool hg_core_size_of(const struct hg_model *model, hg_type_id id, uint64_t *ret);

/* The size that a loader computes.  aya counts only the innermost dimension of an array of arrays;
 * for cilium/ebpf each pointer has eight bytes. */
bool hg_core_loader_size(const struct hg_model *model, enum hg_core_loader loader, hg_type_id id,
                         uint64_t *ret);

/* The length of a name without its flavour: libbpf cuts at the last `x___y`, aya at the first
 * `___`, cilium/ebpf at the last one. */
size_t hg_core_essential_length(const char *name, enum hg_core_loader loader);

/* Whether the names are equal without their flavours. */
bool hg_core_same_essential(const char *a, const char *b, enum hg_core_loader loader);

#endif
