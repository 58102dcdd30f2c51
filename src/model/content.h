/*
 * Whether two types are the same definition, for merging models, for comparing them, and for BTF,
 * which has one type for each name.  content.c has the rule.
 *
 * `hdrgen diff` has another rule (src/diff/same.c): whether a program that reads memory would
 * notice the difference.
 */
#ifndef HG_MODEL_CONTENT_H
#define HG_MODEL_CONTENT_H

#include "base/strings.h"
#include "base/text.h"

#include <hdrgen/model.h>

/* A hash of 128 bits.  Types with equal hashes are taken for the same definition. */
struct hg_content {
    uint64_t low, high;
};

bool hg_same_content(struct hg_content a, struct hg_content b);

/* As hg_strings_number, with the content as the key. */
uint32_t *hg_content_number(struct hg_strings *strings, struct hg_content content);

/* As a definition or as a use; with or without locations: see content.c. */
enum { HG_CONTENT_TABLES = 4 };

/* Contents of a model's types, each computed at its first use. */
struct hg_contents {
    const struct hg_model *model;
    struct hg_content *tables[HG_CONTENT_TABLES]; /* by type id */
    bool *known[HG_CONTENT_TABLES];
    struct hg_text bytes;
};

/* The model is sealed and outlives the contents. */
void hg_contents_init(struct hg_contents *contents, const struct hg_model *model);
void hg_contents_deinit(struct hg_contents *contents);

/* The content of a definition: everything that it holds by value, and the names of the types that
 * it points to. */
struct hg_content hg_content_of(struct hg_contents *contents, hg_type_id id);

/* Whether the type is a record, enum or typedef with a name. */
bool hg_has_own_name(const struct hg_type *type);
/* The hash of only the kind and name of such a type. */
struct hg_content hg_name_content(const struct hg_type *type);

/* Whether `other` has each definition of `model` (records, enums, typedefs). */
bool hg_models_agree(const struct hg_model *model, const struct hg_model *other);

#endif
