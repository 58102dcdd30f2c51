/*
 * Selection: turns names that the user asked for into an ordered list of the types to write.
 *
 * Roots are the types found by name.  A type that a selected one holds by value is selected in full
 * (HG_DEFINED); a record that is reached only through a pointer is declared or, on request,
 * defined.  Types are in ascending order of ids, except that a type comes after those that it holds
 * by value, as a language without forward references needs it.
 */
#ifndef HDRGEN_SELECT_H
#define HDRGEN_SELECT_H

#include <hdrgen/model.h>

HG_BEGIN_DECLARATIONS

enum hg_need {
    HG_NOT_NEEDED = 0,
    HG_DECLARED, /* a record or enum of which the name is enough, or that is not defined */
    HG_DEFINED,
};

/* Whether a writer leaves out the definition of a selected type. */
enum hg_withheld {
    HG_NOT_WITHHELD = 0,
    HG_PROVIDED, /* the user defines it: the output uses its name and may assert its size */
    HG_UNSEEN,   /* reached only through provided types: needed for layout, never named */
};

#define HG_FOLLOW_ALL UINT32_MAX

struct hg_select_options {
    size_t sz; /* sizeof(struct hg_select_options): see HG_OPTIONS */
    /* `task_struct`, `struct task_struct`, `union u`, `enum e`, `typedef t`, or a pattern with or
     * without such a prefix: of a shell (fnmatch), or, if it begins with ^, an extended regular
     * expression (regcomp).  A pattern matches only types that are defined.  An enum without a tag
     * is found by the name of any of its enumerators.
     * None = every defined type with a name, and every enum without a tag. */
    const char *const *names;
    size_t name_count;
    /* The first `optional_count` names may match nothing, which is a warning.  If no name matches
     * anything, that is still an error, unless the model has macros. */
    size_t optional_count;
    /* Select no types: the caller needs only the model's macros. */
    bool no_types;
    /* Number of pointers in a row to follow; 0 = records that pointers point to are only declared.
     */
    uint32_t pointer_depth;
    /* Without names: also select the types of functions and variables, but not as roots. */
    bool symbols;
    /* Types that the user defines elsewhere, written like `names`; see hg_selection.withheld.  One
     * that matches nothing is a warning, unless provided_quietly is set. */
    const char *const *provided;
    size_t provided_count;
    bool provided_quietly;
};

struct hg_selection {
    const hg_type_id *order; /* every needed type except void, once, in the order of writing */
    size_t count;
    const hg_type_id *roots; /* what the names match, in the order of the names, then by id */
    size_t root_count;
    const uint8_t *need; /* enum hg_need, indexed by type id */
    /* enum hg_withheld, indexed by type id; NULL = no type is withheld.  Only the writers of Rust
     * and C use it. */
    const uint8_t *withheld;
    /* Types that are needed as defined but that the model only declares: ascending ids, without
     * withheld ones.  Only hg_select fills it. */
    const hg_type_id *undefined;
    size_t undefined_count;
};

/* Selects types by name.  Errors, all of them reported: a name that is not found (with similar
 * names), a pattern that matches nothing, a bare name that several kinds share, a name that is only
 * declared.  A typedef whose target has a tag of the same name does not make that name ambiguous:
 * the tag is meant.  All types of one kind and name become roots.  On success *ret is the caller's;
 * destroy it (hg_selection_destroy) before the model. */
HG_MUST_CHECK enum hg_status hg_select(const struct hg_model *model,
                                       const struct hg_select_options *options,
                                       struct hg_diagnostics *diagnostics,
                                       struct hg_selection **ret);

/* Selects every type of the model, by ascending ids; types that the model only declares are
 * HG_DECLARED.  For models that hold only needed types, and outputs for which order does not
 * matter, such as BTF.  *ret is as from hg_select, without roots. */
void hg_select_all(const struct hg_model *model, struct hg_selection **ret);

/* Selects the listed types as roots, with all that they need: for example, from a model of a whole
 * kernel the types of vmlinux or of one module.  *ret is as from hg_select. */
void hg_select_ids(const struct hg_model *model, const hg_type_id *ids, size_t count,
                   struct hg_selection **ret);

void hg_selection_destroy(struct hg_selection *selection);

HG_END_DECLARATIONS

#endif
