/* Suggestions in messages about a type that is not found: "did you mean 'struct sk_buff'?" */
#ifndef HG_MODEL_NEAREST_H
#define HG_MODEL_NEAREST_H

#include "base/nearest.h"
#include "base/text.h"
#include "model/walk.h"

/* Appends "; did you mean 'struct a', 'struct b' or 'typedef c'?", or nothing if no name is near.
 * The ranks in *nearest are kinds; HG_VOID = show no kind (a member). */
void hg_put_nearest(struct hg_nearest *nearest, struct hg_text *text);

/* As hg_put_nearest, for the names of all types of a model. */
void hg_suggest_names(struct hg_text *text, const struct hg_model *model, const char *name);

#endif
