/*
 * Merging models: what each has, once.
 */
#ifndef HG_MODEL_MERGE_H
#define HG_MODEL_MERGE_H

#include "base/memory.h"

#include <hdrgen/model.h>

/* Of different definitions of one name, which one a pointer to that name leads to. */
enum hg_duplicate_names {
    HG_FIRST_KEEPS_NAME,            /* the first, in every model: headers */
    HG_EVERY_DEFINITION_KEEPS_NAME, /* the one of the pointer's own model: source files */
};

struct hg_merge_options {
    enum hg_duplicate_names duplicate_names;
    /* The result's one input: its name, and a hash that those of the models' inputs are folded
     * into.  NULL = the inputs of the models are its inputs. */
    const char *origin;
    uint64_t origin_hash;
    /* NULL, or for each model a place for a pointer, set on success to an array that is the
     * caller's to free: for each id of that model the id in the result. */
    hg_type_id **maps;
};

/* Names that have several definitions. */
struct hg_name_conflicts {
    struct hg_name_conflict *items; /* from malloc; strings live in the models */
    size_t count, capacity;
};

/* One sealed model of the types of all: count models (at least one), sealed, of one target.  Each
 * definition stays, with its name; one whose name an earlier one has is added to conflicts. Symbols
 * and macros are left out.  Errors are those of sealing.  On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_merge_models(struct hg_model *const *models, size_t count,
                                             const struct hg_merge_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_name_conflicts *conflicts,
                                             struct hg_model **ret);

#endif
