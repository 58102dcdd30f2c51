/*
 * Checking an object against a target.
 *
 *     check.c    resolves the relocations one after the other, as libbpf and aya do
 *     patch.c    can the instruction hold the value?
 *     cilium.c   resolves relocations by the rules of cilium/ebpf
 *     reach.c    is a poisoned instruction ever reached?
 *     explain.c  why a relocation does not resolve, in words
 *     findings.c the findings on an object, for the API
 */
#ifndef HG_CORE_CHECK_H
#define HG_CORE_CHECK_H

#include "core/match.h"

/* The result of one relocation. */
struct outcome {
    enum hg_core_result result;
    struct value value; /* if RESOLVED; 0 if the relocation asks whether something is there */
    bool is_absent;     /* the target defines no type of that name */
    bool is_found;      /* some type of the target matched: found is the first one's access */
    struct access found;
    const char *why;  /* a literal: why it is not RESOLVED; NULL = see hg_core_explain */
    hg_type_id other; /* AMBIGUOUS: the candidate that differs from found */
    struct value other_value;
    uint64_t other_bit;
};

static inline void refuse(struct outcome *outcome, const char *why)
{
    outcome->result = HG_CORE_REFUSED;
    outcome->why = why;
}

/* For a type of the object that relocations name. */
struct root {
    hg_type_id *candidates; /* of the target */
    size_t count;
};

/* Takes the access on a type of the target that matches a relocation. */
typedef void match_fn(void *user, const struct record *record, const struct access *access);

struct checker {
    const struct hg_core_object *object;
    const struct hg_model *target;
    struct matcher matcher;
    struct hg_arena arena; /* scratch */
    match_fn *on_match;    /* called with each match, not only the first; may be NULL */
    void *user;
    unsigned suggestions;      /* how often all names were searched for one to suggest */
    struct name_group *groups; /* the names that the object asks for, sorted */
    size_t group_count;
    struct root **root_by_type; /* by the object's BTF id; NULL until first asked for */
};

/* Reports an object whose byte order is not the target's. */
HG_MUST_CHECK enum hg_status hg_core_check_order(const struct hg_core_object *object,
                                                 const struct hg_model *target,
                                                 struct hg_diagnostics *diagnostics);

void hg_core_checker_init(struct checker *checker, const struct hg_core_object *object,
                          const struct hg_model *target, enum hg_core_loader loader);
void hg_core_checker_deinit(struct checker *checker);

/* Resolves one relocation by the rules of libbpf or aya.  Call it for each record once, in their
 * order: libbpf forgets candidates that did not match an earlier one. */
void hg_core_relocate(struct checker *checker, const struct record *record, struct outcome *ret);

/* Resolves all relocations by the rules of the loader; calls take with each, in their order. */
typedef void outcome_fn(void *user, const struct record *record, const struct outcome *outcome);
void hg_core_relocate_all(struct checker *checker, outcome_fn *take, void *user);

/* Whether one of these types is more than a declaration. */
bool hg_core_some_defined(const struct hg_model *model, const hg_type_id *ids, size_t count);

/* The target's types with the essential name of a type of the object, whatever their kinds. */
const hg_type_id *hg_core_named(const struct checker *checker, hg_type_id local, size_t *ret);

/* cilium.c: resolves the relocations of one function that name one type of the object. */
void hg_core_cilium_relocate(struct checker *checker, const struct record *const *records,
                             size_t count, struct outcome *const *outcomes);

/* patch.c: changes *outcome if the instruction cannot hold its value.  local: the value on the
 * object's own types, which the instruction should hold now. */
void hg_core_check_patch(const struct checker *checker, const struct record *record,
                         const struct value *local, struct outcome *outcome);

/* --- reach.c --- */

/* What the loader puts into an instruction. */
struct patch {
    const struct record *record; /* NULL = the address of a symbol */
    uint32_t insn;               /* index in the function */
    bool is_poisoned;
    bool has_value;
    uint64_t value;
    bool is_address; /* of memory that is set outside of the program; value is its content */
    bool reached;    /* the result */
};

/* The branches that depend on unknown values from outside of the program. */
struct outside {
    HG_ARRAY(uint32_t) branches; /* result: the branching instructions; some more than once */
    bool is_forced;              /* whether the branch at `forced` goes one way: is it taken? */
    uint32_t forced;
    bool is_taken;
};

/* Finds which instructions of the function are reached: sets `reached` of each patch, and of each
 * instruction by its index, unless that array is NULL.  outside may be NULL. */
void hg_core_find_reached(const struct hg_core_object *object, const struct function *function,
                          struct patch *patches, size_t count, uint8_t *reached,
                          struct outside *outside);

/* explain.c: appends why the outcome is not RESOLVED. */
void hg_core_explain(struct hg_text *text, struct checker *checker, const struct record *record,
                     const struct outcome *outcome);

#endif
