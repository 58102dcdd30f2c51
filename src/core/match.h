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
        MISMATCH_NO_MEMBER,   /* `type` has no such member */
        MISMATCH_NO_RECORD,   /* a member is wanted of `type`, which is none of struct and union */
        MISMATCH_MEMBER_TYPE, /* member of that name in `type`, of another sort */
        MISMATCH_NO_ARRAY,    /* an element is wanted of `type`, which is no array */
        MISMATCH_TOO_SHORT,   /* array `type` ends before it */
        MISMATCH_NO_ENUMERATOR, /* enum `type` has no such enumerator */
        MISMATCH_TYPE,          /* the types as a whole are different */
    } reason;
    unsigned step;
    hg_type_id type;
    hg_type_id local_type; /* MEMBER_TYPE: the member's in the program, and in the target */
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

/* Takes the steps from those that are left; false = too few are, which becomes the match's error. */
bool hg_core_spend(struct matcher *matcher, uint64_t steps);

enum match hg_core_match_error(struct matcher *matcher, const char *why);

/* Whether a member of one type may be taken for a member of the other. */
enum match hg_core_fields_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target);
/* For relocations about whole types. */
enum match hg_core_types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target);
enum match hg_core_types_match(struct matcher *matcher, hg_type_id local, hg_type_id target);

/* Whether the target has each enumerator of the program's enum, by a loader's comparison of names. */
typedef bool names_agree_fn(const struct matcher *matcher, const char *local, const char *target);
enum match hg_core_enumerators_match(struct matcher *matcher, const struct hg_type *local,
                                     const struct hg_type *target, names_agree_fn *agree);

/* Follows the program's access through the target's type.  Of type relocations *ret has no steps.
 */
enum match hg_core_match(struct matcher *matcher, enum hg_core_kind kind,
                         const struct access *local, hg_type_id candidate, struct access *ret);

/* --- value.c --- */

struct value {
    uint64_t value;
    uint64_t right;  /* what it should be */
    bool has_value;  /* false: the number of a type, in a model whose types have none */
    bool is_checked; /* the instruction must hold the value for the program's own types */
    /* BYTE_OFFSET, unless it is a bit-field: bytes that are loaded, and of which type */
    uint64_t size;
    hg_type_id type;
};

/* NULL, or why there is no value. */
const char *hg_core_value(const struct hg_model *model, bool big_endian, enum hg_core_loader loader,
                          enum hg_core_kind kind, const struct access *access, struct value *ret);

/* --- mark.c --- */

/* What is needed of a model. */
struct marks {
    const struct hg_model *model;
    /* By type id: a bit for each set of qualifiers with which it is needed (bit 0: as it is), and
     * above them those of mark.c; 0 = it is not needed. */
    uint16_t *types;
    bool *followed;   /* by type id of a pointer: what it points to is needed through it */
    uint8_t *members; /* by first_member of the record plus index */
    uint32_t *first_member;
};

void hg_core_marks_init(struct marks *marks, const struct hg_model *model);
void hg_core_marks_deinit(struct marks *marks);

/* Whether what a pointer refers to is needed, with just these qualifiers. */
bool hg_core_is_marked(const struct marks *marks, const struct hg_ref *ref);

void hg_core_mark(struct marks *marks, enum hg_core_kind kind, const struct access *access);

#endif
