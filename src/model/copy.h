/*
 * Copying types from a sealed model into one under construction: for passes that make a new model
 * out of others (merging, trimming).
 */
#ifndef HG_MODEL_COPY_H
#define HG_MODEL_COPY_H

#include "model/build.h"

/* Returns a copy of *type for the model `to`: everything that it points to lives in that model's
 * arena, and each reference to an id becomes one to map[id].  The caller may change the copy, and
 * hands it to hg_model_define or hg_model_intern. */
struct hg_type hg_copy_type(struct hg_model *to, const struct hg_type *type, const hg_type_id *map);

/* Copies target, inputs and files. */
void hg_copy_origin(struct hg_model *to, const struct hg_model *from);

/* Copies symbols and sections to a model that has none yet. */
void hg_copy_symbols(struct hg_model *to, const struct hg_model *from, const hg_type_id *map);

void hg_copy_macros(struct hg_model *to, const struct hg_model *from);

#endif
