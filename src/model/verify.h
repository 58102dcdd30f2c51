/* Verification: the invariants of a sealed model, in the order that docs/model.md lists them. */
#ifndef HG_MODEL_VERIFY_H
#define HG_MODEL_VERIFY_H

#include <hdrgen/model.h>

/* How deep types may be nested by value (members, elements, typedefs), and how deep types that C
 * spells in one declaration (pointers, arrays, prototypes, typedefs and anonymous records, down to
 * a named record).  Passes over a sealed model may recurse along either of these. */
enum { HG_NESTING_MAX = 1024 };

/* hg_model_verify verifies the types.  If they are valid, hg_symbols_verify verifies functions,
 * variables and sections.  Both report the first fifty violations and the number of the others, and
 * return HG_ERROR_INPUT if there was any.  Linear in the model. */
HG_MUST_CHECK enum hg_status hg_model_verify(const struct hg_model *model,
                                             struct hg_diagnostics *diagnostics);
HG_MUST_CHECK enum hg_status hg_symbols_verify(const struct hg_model *model,
                                               struct hg_diagnostics *diagnostics);

/* Whether a name is a C identifier; whether it is identifiers with single spaces between them, like
 * the name of an arithmetic type, `long unsigned int`. */
bool hg_is_identifier(const char *name);
bool hg_is_words(const char *name);

#endif
