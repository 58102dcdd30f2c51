/*
 * Building a model: what front ends use.
 *
 * An id is declared first and defined later, so that types may refer to each other in cycles:
 *
 *     hg_type_id id = hg_model_declare(model);
 *     ... members may refer to id ...
 *     hg_model_define(model, id, &type);
 *
 * Types without a name of their own (pointers, arrays, prototypes) and the basic types are
 * interned: asking twice for the same one gives the same id.  hg_model_seal verifies and closes the
 * model; after it none of these functions may be called.
 */
#ifndef HG_MODEL_BUILD_H
#define HG_MODEL_BUILD_H

#include "base/memory.h"

#include <hdrgen/model.h>

struct hg_model *hg_model_create(void);

/* Where everything a type points to must live: arrays of members, strings ... */
struct hg_arena *hg_model_arena(struct hg_model *model);

/* Gives memory from malloc to the model: it is freed with the model, and types may point into it as
 * into the arena. */
void hg_model_adopt(struct hg_model *model, void *memory);

/* The model's one copy of a string. */
const char *hg_model_string(struct hg_model *model, const char *text, size_t length);

/* The model's one copy of a list of tags; NULL when count is 0. */
const struct hg_tags *hg_model_tags(struct hg_model *model, const char *const *names, size_t count);

hg_type_id hg_model_declare(struct hg_model *model);

/* Makes room for count further types, so that declaring them copies nothing. */
void hg_model_reserve(struct hg_model *model, size_t count);

/* Copies *type (not what it points to, which must live in the model's arena; the strings of types
 * that are interned must come from hg_model_string).  id must have been declared and not yet
 * defined. */
void hg_model_define(struct hg_model *model, hg_type_id id, const struct hg_type *type);

/* What hg_model_define was given for id, to amend before sealing (a record that an error touched).
 */
struct hg_type *hg_model_amend(struct hg_model *model, hg_type_id id);

/* For BOOL, INT, CHAR, FLOAT, POINTER, ARRAY, FUNCTION and OPAQUE without a name: an equal type's
 * id, or a new one.  The parameters of a FUNCTION may be anywhere: they are copied when it is new.
 */
hg_type_id hg_model_intern(struct hg_model *model, const struct hg_type *type);

/* Strings need not be the model's. */
void hg_model_set_target(struct hg_model *model, const struct hg_target *target);
void hg_model_add_input(struct hg_model *model, const char *name, uint64_t hash);
void hg_model_add_file(struct hg_model *model, const char *name);

/* Copies *symbol or *section (not what they point to, as with hg_model_define). */
void hg_model_add_symbol(struct hg_model *model, const struct hg_symbol *symbol);
void hg_model_add_section(struct hg_model *model, const struct hg_section *section);

/* Copies *numbering; what it points to must live in the model (hg_model_adopt). */
void hg_model_set_numbering(struct hg_model *model, const struct hg_numbering *numbering);

/* Copies *macro; strings need not be the model's. */
void hg_model_add_macro(struct hg_model *model, const struct hg_macro *macro);

/* The front end has checked each byte of the names of members, enumerators, parameters and symbols:
 * sealing does it again only where assertions are compiled in. */
void hg_model_vouch_for_names(struct hg_model *model);
bool hg_model_checks_names(const struct hg_model *model);

/* Verifies (model/verify.h, model/symbols.c) and closes.  On failure what is wrong has been
 * reported and the model can only be destroyed. */
HG_MUST_CHECK enum hg_status hg_model_seal(struct hg_model *model,
                                           struct hg_diagnostics *diagnostics);

#endif
