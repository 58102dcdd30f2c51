/*
 * Building a model: for front ends, and for passes that make a new model.
 *
 * An id is declared first and defined later, so that types may refer to each other in cycles:
 *
 *     hg_type_id id = hg_model_declare(model);
 *     ... members may refer to id ...
 *     hg_model_define(model, id, &type);
 *
 * Basic types, and types without a name of their own (pointers, arrays, prototypes), are interned:
 * equal types get the same id.  hg_model_seal verifies the model; after it none of these functions
 * may be called.
 */
#ifndef HG_MODEL_BUILD_H
#define HG_MODEL_BUILD_H

#include "base/memory.h"

#include <hdrgen/model.h>

struct hg_model *hg_model_create(void);

/* The arena in which everything that a type points to must live: arrays of members, strings ... */
struct hg_arena *hg_model_arena(struct hg_model *model);

/* Gives memory from malloc to the model: it is freed with the model, and types may point into it as
 * into the arena. */
void hg_model_adopt(struct hg_model *model, void *memory);

/* The model's one copy of a string.  For hg_model_keep it ends with a NUL; NULL gives NULL. */
const char *hg_model_string(struct hg_model *model, const char *text, size_t length);
const char *hg_model_keep(struct hg_model *model, const char *string);

/* The model's one copy of a list of tags; NULL if count is 0. */
const struct hg_tags *hg_model_tags(struct hg_model *model, const char *const *names, size_t count);

hg_type_id hg_model_declare(struct hg_model *model);

/* Allocates room for count further types at once. */
void hg_model_reserve(struct hg_model *model, size_t count);

/* Defines a type that is only declared.  *type is copied, but not what it points to, which must
 * live in the model's arena. */
void hg_model_define(struct hg_model *model, hg_type_id id, const struct hg_type *type);

/* The definition of a type, to change it before sealing (a record that an error touched). */
struct hg_type *hg_model_amend(struct hg_model *model, hg_type_id id);

/* Returns the id of an equal type, or of a new one.  For all kinds but VOID, STRUCT, UNION, ENUM
 * and TYPEDEF.  Strings must come from hg_model_string, and lists of tags from hg_model_tags;
 * parameters may be anywhere, since they are copied. */
hg_type_id hg_model_intern(struct hg_model *model, const struct hg_type *type);

/* Strings need not be the model's. */
void hg_model_set_target(struct hg_model *model, const struct hg_target *target);
void hg_model_add_input(struct hg_model *model, const char *name, uint64_t hash);
void hg_model_add_file(struct hg_model *model, const char *name);

/* Copies *symbol or *section, but not what they point to, as hg_model_define does. */
void hg_model_add_symbol(struct hg_model *model, const struct hg_symbol *symbol);
void hg_model_add_section(struct hg_model *model, const struct hg_section *section);

/* Copies *numbering; what it points to must live in the model (hg_model_adopt). */
void hg_model_set_numbering(struct hg_model *model, const struct hg_numbering *numbering);

/* Copies *macro; strings need not be the model's. */
void hg_model_add_macro(struct hg_model *model, const struct hg_macro *macro);

/* States that the front end has checked the names of members, enumerators, parameters and symbols.
 * Sealing then checks them only if assertions are compiled in: hg_model_checks_names. */
void hg_model_vouch_for_names(struct hg_model *model);
bool hg_model_checks_names(const struct hg_model *model);

/* Verifies the model (model/verify.h) and makes it const.  On failure the violations are reported,
 * and the model can only be destroyed. */
HG_MUST_CHECK enum hg_status hg_model_seal(struct hg_model *model,
                                           struct hg_diagnostics *diagnostics);

#endif
