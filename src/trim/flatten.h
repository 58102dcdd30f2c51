/*
 * Flattening some arrays and not others.
 */
#ifndef HG_TRIM_FLATTEN_H
#define HG_TRIM_FLATTEN_H

#include <hdrgen/trim.h>

/* As hg_flatten_arrays, but for arrays with nested[id], by type id; NULL = all are flattened. */
HG_MUST_CHECK enum hg_status hg_flatten_arrays_but(const struct hg_model *model, const bool *nested,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **ret);

#endif
