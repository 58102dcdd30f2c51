/*
 * Copying types from a sealed model into one under construction: for passes that make a new model
 * out of others (merging, trimming).
 */
#ifndef HG_MODEL_COPY_H
#define HG_MODEL_COPY_H

#include "model/build.h"

/* A copy of *type that may be defined in `to`: everything it points to lives in to's arena, and a
 * reference to id i of its own model has become one to map[i].  Types of any kind, which a pass may
 * amend before it hands them to hg_model_define or hg_model_intern. */
struct hg_type hg_copy_type(struct hg_model *to, const struct hg_type *type, const hg_type_id *map);

/* A copy of a list of tags in to's arena; NULL gives NULL. */
const struct hg_tags *hg_copy_tags(struct hg_model *to, const struct hg_tags *tags);

/* Target, inputs and files of `from` added to `to`. */
void hg_copy_origin(struct hg_model *to, const struct hg_model *from);

/* Symbols and sections of `from` added to `to`, which has none yet. */
void hg_copy_symbols(struct hg_model *to, const struct hg_model *from, const hg_type_id *map);

/* Macros of `from` added to `to`. */
void hg_copy_macros(struct hg_model *to, const struct hg_model *from);

#endif
