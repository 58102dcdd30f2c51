/* Merging: one model with the types of several, each type once. */
#ifndef HG_MODEL_MERGE_H
#define HG_MODEL_MERGE_H

#include "base/memory.h"

#include <hdrgen/model.h>

/* If a name has different definitions: to which one does a pointer to the name lead? */
enum hg_duplicate_names {
    HG_FIRST_KEEPS_NAME,            /* always to the first: for headers */
    HG_EVERY_DEFINITION_KEEPS_NAME, /* to that of the pointer's own model: for source files */
};

struct hg_merge_options {
    enum hg_duplicate_names duplicate_names;
    /* The name of the result's only input.  Its hash is origin_hash, combined with the hashes of
     * the models' inputs.  NULL = the result has the inputs of all models. */
    const char *origin;
    uint64_t origin_hash;
    /* NULL, or an element for each model.  On success it becomes an array that the caller frees: by
     * id in that model, the id in the result. */
    hg_type_id **maps;
};

/* Names that have several definitions. */
struct hg_name_conflicts {
    struct hg_name_conflict *items; /* from malloc; strings live in the models */
    size_t count, capacity;
};

/* Makes a sealed model from at least one sealed model; all are for one target.  Each different
 * definition stays, with its name; the second and later ones of a name are added to conflicts.
 * Symbols and macros are left out.  Errors are those of sealing.  *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_merge_models(struct hg_model *const *models, size_t count,
                                             const struct hg_merge_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_name_conflicts *conflicts,
                                             struct hg_model **ret);

#endif
