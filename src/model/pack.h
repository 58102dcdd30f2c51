/*
 * Packing: a sealed model as bytes, to hand it from one process to another of the same program or
 * to keep it for the next run.
 *
 * Not a format for others: the bytes begin with the version of their form, and no other one is
 * read. They are not trusted, since a parser that went mad or a damaged disk may have written them:
 * unpacking gives a model that was verified like any other, or an error.
 */
#ifndef HG_MODEL_PACK_H
#define HG_MODEL_PACK_H

#include "base/text.h"

#include <hdrgen/model.h>

/* Everything but a numbering: a model that was read from BTF has one and cannot be packed. */
void hg_model_pack(const struct hg_model *model, struct hg_text *bytes);

/* On success *ret is the caller's, and needs the bytes no more.  Linear in size. */
HG_MUST_CHECK enum hg_status hg_model_unpack(const void *bytes, size_t size,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **ret);

#endif
