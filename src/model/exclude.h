/*
 * A model without what another one defines otherwise, and what goes with a definition that goes.
 */
#ifndef HG_MODEL_EXCLUDE_H
#define HG_MODEL_EXCLUDE_H

#include <hdrgen/model.h>
#include <stdbool.h>

/* Marks, by type id, each type that holds a marked one: through everything but pointers to records
 * and enums, of which they need the name alone.  Whether any was added. */
bool hg_mark_holders(const struct hg_model *model, bool *marked);

/* A copy of the model without definitions (records, enums, typedefs) of names that `other` defines,
 * but not like that, and without what holds one of these; records and enums among them are only
 * declared.  Symbols and macros are left out.  Both are sealed, and of one target.  On success *ret
 * is the caller's. */
HG_MUST_CHECK enum hg_status hg_exclude_others(const struct hg_model *model,
                                               const struct hg_model *other,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_model **ret);

#endif
