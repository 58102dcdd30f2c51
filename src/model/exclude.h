/*
 * Removing definitions from a model: those that differ from another model's, and the types that
 * hold a removed type.
 */
#ifndef HG_MODEL_EXCLUDE_H
#define HG_MODEL_EXCLUDE_H

#include <hdrgen/model.h>
#include <stdbool.h>

/* Marks, by type id, each type that refers to a marked one, directly or indirectly.  A pointer to a
 * record or enum does not count, since it needs only the name.  True = a type was marked. */
bool hg_mark_holders(const struct hg_model *model, bool *marked);

/* What a removed type becomes in the model: a declaration, or, if C cannot declare it, an opaque
 * type with the reason. */
struct hg_type hg_stand_in(struct hg_model *model, const struct hg_type *type, const char *reason);

/* Copies the model without the definitions (records, enums, typedefs) that `other` has under the
 * same name in another form, and without the types that hold one of these.  Removed records and
 * enums stay as declarations.  Symbols and macros are left out.  Both models are sealed and for one
 * target.  On success *ret is the caller's (hg_model_destroy). */
HG_MUST_CHECK enum hg_status hg_exclude_others(const struct hg_model *model,
                                               const struct hg_model *other,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_model **ret);

#endif
