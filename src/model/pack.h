/*
 * Packing: a sealed model as bytes, to hand it from one process to another of the same program.
 *
 * Not a file format: nothing in the bytes says which version of hdrgen wrote them.  They are not
 * trusted all the same, since a parser that went mad may have written them: whatever they are,
 * unpacking gives a model that was verified like any other, or an error.
 */
#ifndef HG_MODEL_PACK_H
#define HG_MODEL_PACK_H

#include "base/text.h"

#include <hdrgen/model.h>

/* Types, target, inputs and files; a model with symbols or sections (BTF's) cannot be packed. */
void hg_model_pack(const struct hg_model *model, struct hg_text *bytes);

/* On success *ret is the caller's, and needs the bytes no more.  Linear in size. */
HG_MUST_CHECK enum hg_status hg_model_unpack(const void *bytes, size_t size,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **ret);

#endif
