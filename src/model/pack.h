/*
 * Packing: a sealed model as bytes, for another process of the same program or for its next run.
 *
 * It is no format for other programs: the bytes begin with the version of their form, and only that
 * version is read.  They are not trusted, since a process that crashed or a damaged disk may have
 * written them: unpacking returns a verified model or an error.
 */
#ifndef HG_MODEL_PACK_H
#define HG_MODEL_PACK_H

#include "base/text.h"

#include <hdrgen/model.h>

/* The model must have no numbering, so it must not have been read from BTF. */
void hg_model_pack(const struct hg_model *model, struct hg_text *bytes);

/* On success *ret is the caller's, and no longer needs the bytes.  Linear in size. */
HG_MUST_CHECK enum hg_status hg_model_unpack(const void *bytes, size_t size,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **ret);

#endif
