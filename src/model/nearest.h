/* Words for nearest names: what a name that is not found may have meant. */
#ifndef HG_MODEL_NEAREST_H
#define HG_MODEL_NEAREST_H

#include "base/nearest.h"
#include "base/text.h"

#include <hdrgen/model.h>

/* Appends "; did you mean 'struct a', 'struct b' or 'typedef c'?", or nothing.  Ranks are kinds;
 * HG_VOID: no kind is shown (a member). */
void hg_put_nearest(struct hg_nearest *nearest, struct hg_text *text);

/* A kind that names can be asked for with: struct, union, enum, typedef. */
bool hg_is_namable(enum hg_kind kind);

/* The same for all named types of a model. */
void hg_suggest_names(struct hg_text *text, const struct hg_model *model, const char *name);

#endif
