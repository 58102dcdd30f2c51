/* Flattening of arrays of arrays, `int[2][3]` to `int[6]`, with exceptions. */
#ifndef HG_TRIM_FLATTEN_H
#define HG_TRIM_FLATTEN_H

#include <hdrgen/trim.h>

/* As hg_flatten_arrays, but an array with nested[id] set stays as it is; NULL = flatten all. */
HG_MUST_CHECK enum hg_status hg_flatten_arrays_but(const struct hg_model *model, const bool *nested,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **ret);

#endif
