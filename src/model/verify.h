/* Verification: the invariants of a sealed model, in the order that docs/model.md lists them. */
#ifndef HG_MODEL_VERIFY_H
#define HG_MODEL_VERIFY_H

#include <hdrgen/model.h>

/* How deep types may be nested: what holds what by value (members, elements, typedefs), and what
 * has to be spelled out in one go (pointers, arrays, prototypes, typedefs and anonymous records,
 * down to a named record).  Passes over a sealed model may recurse along either that far. */
enum { HG_NESTING_MAX = 1024 };

/* Reports every violation, each with its type (after the first fifty only their number);
 * HG_ERROR_INPUT if there was any.  Linear in the model. */
HG_MUST_CHECK enum hg_status hg_model_verify(const struct hg_model *model,
                                             struct hg_diagnostics *diagnostics);

/* Whether a name is a C identifier; or identifiers with single spaces between them, as the name of
 * an arithmetic type: `long unsigned int`. */
bool hg_is_identifier(const char *name);
bool hg_is_words(const char *name);

#endif
