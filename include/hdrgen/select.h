/*
 * Selection: from the names a user asked for to an ordered list of the types to write.
 *
 * Roots are found by name.  What a selected type holds by value is selected in full; a record
 * reached only through a pointer is declared or, on request, defined.  The order is the one a
 * language without forward references needs: ascending ids, each type right after what it holds by
 * value.
 */
#ifndef HDRGEN_SELECT_H
#define HDRGEN_SELECT_H

#include <hdrgen/model.h>

HG_BEGIN_DECLARATIONS

enum hg_need {
    HG_NOT_NEEDED = 0,
    HG_DECLARED, /* a record or enum whose name is enough, or that has no more than a name */
    HG_DEFINED,
};

/* A type of the selection that is not to be written all the same. */
enum hg_withheld {
    HG_NOT_WITHHELD = 0,
    HG_PROVIDED, /* the user has it: it is named and held, and its size can be asserted */
    HG_UNSEEN,   /* only what is provided holds it: its layout counts, nothing names it */
};

#define HG_FOLLOW_ALL UINT32_MAX

struct hg_select_options {
    size_t sz; /* sizeof(struct hg_select_options): see HG_OPTIONS */
    /* `task_struct`, `struct task_struct`, `union u`, `enum e`, `typedef t`, or a shell pattern
     * (fnmatch) with or without such a prefix; a pattern leaves out what is only declared.
     * An enum without a tag is found by the names of its enumerators.
     * None = every named type that is defined, and the anonymous enums (enumerators are names). */
    const char *const *names;
    size_t name_count;
    /* So many of the first names may stand for nothing, which is a warning; that all do and nothing
     * else is asked for remains an error. */
    size_t optional_count;
    /* No type at all: only the model's macros are wanted. */
    bool no_types;
    /* How many pointers in a row are followed: 0 = records behind pointers are only declared. */
    uint32_t pointer_depth;
    /* Without names: also the types of functions and variables.  They are not among the roots. */
    bool symbols;
    /* Types that the user has of their own, as names are given: hg_selection.withheld.  One that
     * nothing matches is a warning, unless provided_quietly. */
    const char *const *provided;
    size_t provided_count;
    bool provided_quietly;
};

struct hg_selection {
    const hg_type_id *order; /* every needed type but void, once */
    size_t count;
    const hg_type_id *roots; /* what the names stood for, in order of the names, then of ids */
    size_t root_count;
    const uint8_t *need; /* enum hg_need, indexed by type id */
    /* enum hg_withheld, indexed by type id; NULL = nothing is.  For the writers of Rust and C. */
    const uint8_t *withheld;
    /* What would be defined if the model did not only declare it; ascending, without what the user
     * has.  hg_select alone fills it. */
    const hg_type_id *undefined;
    size_t undefined_count;
};

/* On success *ret is the caller's, to be freed by hg_selection_destroy before the model.  Errors,
 * all of them reported: a name that is not found (with its nearest neighbours), a pattern that
 * nothing matches, a bare name that several kinds share (a typedef of the tag of its own name steps
 * back behind it), a name that is only declared.  Several types of one kind and name are all roots.
 */
HG_MUST_CHECK enum hg_status hg_select(const struct hg_model *model,
                                       const struct hg_select_options *options,
                                       struct hg_diagnostics *diagnostics,
                                       struct hg_selection **ret);

/* Every type of the model, by ascending ids; what is only declared as such.  For a model that holds
 * no more than is wanted, and outputs that do not care for order.  *ret as from hg_select; it has
 * no roots. */
void hg_select_all(const struct hg_model *model, struct hg_selection **ret);

/* The types of a list and what they need, as for roots that were found by name: what the kernel or
 * one of its modules has of a model of both.  *ret as from hg_select. */
void hg_select_ids(const struct hg_model *model, const hg_type_id *ids, size_t count,
                   struct hg_selection **ret);

void hg_selection_destroy(struct hg_selection *selection);

HG_END_DECLARATIONS

#endif
