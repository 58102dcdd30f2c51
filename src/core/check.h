/*
 * Checking an object against a target.
 *
 *     check.c    the relocations one after the other, as a loader takes them
 *     patch.c    into the instruction: does it take the value?
 *     cilium.c   the same by the rules of cilium/ebpf
 *     reach.c    is a poisoned instruction ever reached?
 *     explain.c  why something does not resolve, in words
 *     findings.c all of an object, as the API has it
 */
#ifndef HG_CORE_CHECK_H
#define HG_CORE_CHECK_H

#include "core/match.h"

/* What becomes of one relocation. */
struct outcome {
    enum hg_core_result result;
    struct value value; /* RESOLVED; 0 where "missing" is an answer */
    bool is_absent;     /* no type of that name is defined in the target */
    bool is_found;      /* some type of the target matched: found is the first one's access */
    struct access found;
    const char *why;  /* literal, of REFUSED and MISMATCH */
    hg_type_id other; /* AMBIGUOUS: the candidate that differs, and how */
    struct value other_value;
    uint64_t other_bit;
};

static inline void refuse(struct outcome *outcome, const char *why)
{
    outcome->result = HG_CORE_REFUSED;
    outcome->why = why;
}

/* A type of the object that relocations are about. */
struct root {
    hg_type_id *candidates; /* of the target */
    size_t count;
};

/* A type of the target that answers to a relocation. */
typedef void match_fn(void *user, const struct record *record, const struct access *access);

struct checker {
    const struct hg_core_object *object;
    const struct hg_model *target;
    struct matcher matcher;
    struct hg_arena arena; /* scratch */
    match_fn *on_match;    /* called with each match, not only the first; NULL = nobody asks */
    void *user;
    unsigned suggestions;      /* passes over all names that were made to suggest one */
    struct name_group *groups; /* the names that are looked for, sorted */
    size_t group_count;
    struct root **root_by_type; /* by the object's BTF id; NULL until first asked for */
};

/* Programs are loaded by kernels of their own byte order; reports it when they are not. */
HG_MUST_CHECK enum hg_status hg_core_check_order(const struct hg_core_object *object,
                                                 const struct hg_model *target,
                                                 struct hg_diagnostics *diagnostics);

void hg_core_checker_init(struct checker *checker, const struct hg_core_object *object,
                          const struct hg_model *target, enum hg_core_loader loader);
void hg_core_checker_deinit(struct checker *checker);

/* Records must be asked for in their order, each once: a loader forgets candidates that did not
 * match before. */
void hg_core_relocate(struct checker *checker, const struct record *record, struct outcome *ret);

/* All of them; take is called with each, in their order. */
typedef void outcome_fn(void *user, const struct record *record, const struct outcome *outcome);
void hg_core_relocate_all(struct checker *checker, outcome_fn *take, void *user);

/* Whether one of those types is more than a declaration. */
bool hg_core_some_defined(const struct hg_model *model, const hg_type_id *ids, size_t count);

/* The target's types with the essential name of a type of the object, whatever their kinds. */
const hg_type_id *hg_core_named(const struct checker *checker, hg_type_id local, size_t *ret);

/* cilium.c: those of one function about one type of the object. */
void hg_core_cilium_relocate(struct checker *checker, const struct record *const *records,
                             size_t count, struct outcome *const *outcomes);

/* patch.c: puts the value in; what does not go changes *outcome. */
void hg_core_patch(const struct checker *checker, const struct record *record,
                   const struct value *local, struct outcome *outcome);

/* reach.c: which instructions of the function are reached: those of the patches, and, if reached is
 * not NULL, each one by its index.  outside may be NULL. */
struct patch {
    const struct record *record; /* NULL: the address of a symbol */
    uint32_t insn;               /* the record's, or the one that loads the address */
    bool is_poisoned;
    bool has_value;
    uint64_t value;
    bool
        is_address; /* of memory that is set outside of the program; value: its content, if known */
    bool reached;   /* the result */
};

/* Branches that depend on values which are set outside and not known: they are listed, and one of
 * them may be forced to go one way. */
struct outside {
    HG_ARRAY(uint32_t) branches; /* the branching instructions; each may be there more than once */
    bool is_forced;
    uint32_t forced;
    bool is_taken;
};

void hg_core_find_reached(const struct hg_core_object *object, const struct function *function,
                          struct patch *patches, size_t count, uint8_t *reached,
                          struct outside *outside);

/* explain.c: why the outcome is not RESOLVED. */
void hg_core_explain(struct hg_text *text, struct checker *checker, const struct record *record,
                     const struct outcome *outcome);

#endif
