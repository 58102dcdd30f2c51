/*
 * Whether a type of the target matches what a program asks of its own type.
 *
 *     compat.c   types against types
 *     match.c    an access against a type
 *     value.c    from a matched access to the number that goes into the instruction
 *     mark.c     what a matched access needs of the target
 *
 * The rules are those of libbpf's relo_core.c, and of aya where it differs (cilium.c has those of
 * cilium/ebpf); docs/check.md lists them.
 */
#ifndef HG_CORE_MATCH_H
#define HG_CORE_MATCH_H

#include "core/kinds.h"
#include "core/object.h"

enum match { MATCH_NO, MATCH_YES, MATCH_ERROR };

static inline enum match match_if(bool yes)
{
    return yes ? MATCH_YES : MATCH_NO;
}

static inline bool same_parameter_count(const struct hg_type *a, const struct hg_type *b)
{
    return a->parameter_count == b->parameter_count && a->variadic == b->variadic;
}

/* Why a candidate does not match: how far the access led, and what was there. */
struct mismatch {
    enum {
        MISMATCH_NONE,
        MISMATCH_NO_MEMBER,     /* `type` has no such member */
        MISMATCH_NO_RECORD,     /* the access names a member of `type`, which is no record */
        MISMATCH_MEMBER_TYPE,   /* the member of that name in `type` has another sort of type */
        MISMATCH_NO_ARRAY,      /* the access names an element of `type`, which is no array */
        MISMATCH_TOO_SHORT,     /* the array `type` has fewer elements */
        MISMATCH_NO_ENUMERATOR, /* enum `type` has no such enumerator */
        MISMATCH_TYPE,          /* the types as a whole are different */
    } reason;
    unsigned step;
    hg_type_id type;
    hg_type_id local_type; /* MEMBER_TYPE: the type of the member in the program */
    hg_type_id target_type;
    const char *name; /* of the member or enumerator */
};

struct matcher {
    const struct hg_model *local;
    const struct hg_model *target;
    enum hg_core_loader loader;
    bool big_endian;     /* the target's byte order */
    uint64_t steps_left; /* work that may still be done; hostile types could ask for 2^64 */
    const char *error;   /* of the last MATCH_ERROR */
    struct mismatch mismatch;
};

/* Subtracts the steps from steps_left.  False = fewer are left; matcher->error says so. */
bool hg_core_spend(struct matcher *matcher, uint64_t steps);

/* Sets matcher->error; returns MATCH_ERROR. */
enum match hg_core_match_error(struct matcher *matcher, const char *why);

/* Whether a member of type `target` matches one of type `local`. */
enum match hg_core_fields_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target);
/* As bpf_core_type_exists and bpf_core_type_matches compare whole types. */
enum match hg_core_types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target);
enum match hg_core_types_match(struct matcher *matcher, hg_type_id local, hg_type_id target);

/* Whether the target has each enumerator of the program's enum; `agree` compares their names. */
typedef bool names_agree_fn(const struct matcher *matcher, const char *local, const char *target);
enum match hg_core_enumerators_match(struct matcher *matcher, const struct hg_type *local,
                                     const struct hg_type *target, names_agree_fn *agree);

/* Follows the program's access through the target's type.  For a relocation about a whole type,
 * *ret has no steps. */
enum match hg_core_match(struct matcher *matcher, enum hg_core_kind kind,
                         const struct access *local, hg_type_id candidate, struct access *ret);

/* --- value.c --- */

struct value {
    uint64_t value;
    uint64_t right;  /* the correct value */
    bool has_value;  /* false: it is a type's BTF id, and the model has none */
    bool is_checked; /* libbpf requires that the instruction holds the local value */
    /* BYTE_OFFSET, unless it is a bit-field: the size and type of what is loaded */
    uint64_t size;
    hg_type_id type;
};

/* Computes the value of the relocation for an access on the model.  Returns NULL, or why there is
 * no value. */
const char *hg_core_value(const struct hg_model *model, bool big_endian, enum hg_core_loader loader,
                          enum hg_core_kind kind, const struct access *access, struct value *ret);

/* The value of an enumerator as the loader reads it. */
uint64_t hg_core_enumerator_value(const struct hg_model *model, enum hg_core_loader loader,
                                  hg_type_id id, uint32_t index);

/* --- mark.c --- */

/* The types and members of a model that are needed. */
struct marks {
    const struct hg_model *model;
    /* By type id: bit N, below 8 = the type is needed with the set N of qualifiers; the bits above
     * are mark.c's.  0 = the type is not needed. */
    uint16_t *types;
    bool *followed;   /* by type id of a pointer: its target is needed through it */
    uint8_t *members; /* by first_member of the record plus the member's index */
    uint32_t *first_member;
};

void hg_core_marks_init(struct marks *marks, const struct hg_model *model);
void hg_core_marks_deinit(struct marks *marks);

/* Whether the type is needed with just the reference's qualifiers. */
bool hg_core_is_marked(const struct marks *marks, const struct hg_ref *ref);

/* Marks what a relocation of this kind needs, whose match on the model is `access`. */
void hg_core_mark(struct marks *marks, enum hg_core_kind kind, const struct access *access);

#endif
