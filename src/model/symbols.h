/* Verification of symbols and sections: the part of verify.h that is about functions and variables.
 */
#ifndef HG_MODEL_SYMBOLS_H
#define HG_MODEL_SYMBOLS_H

#include <hdrgen/model.h>

/* Reports every violation (after the first fifty only their number); HG_ERROR_INPUT if there was
 * any.  The types must have been verified. */
HG_MUST_CHECK enum hg_status hg_symbols_verify(const struct hg_model *model,
                                               struct hg_diagnostics *diagnostics);

#endif
