/*
 * The one meaning of "the same definition": merging models, comparing them, and BTF's one type for
 * each name all ask here.  content.c says what counts.
 *
 * `hdrgen diff` asks another question, with an answer of its own (src/diff/same.c): whether a
 * program that reads memory would notice.
 */
#ifndef HG_MODEL_CONTENT_H
#define HG_MODEL_CONTENT_H

#include "base/strings.h"
#include "base/text.h"

#include <hdrgen/model.h>

/* A hash of 128 bits, which is taken for the content itself. */
struct hg_content {
    uint64_t low, high;
};

bool hg_same_content(struct hg_content a, struct hg_content b);

/* The number kept with the content, as hg_strings_number. */
uint32_t *hg_content_number(struct hg_strings *strings, struct hg_content content);

/* How a type is looked at, and whether the location of records and enums without a name counts. */
enum { HG_CONTENT_TABLES = 4 };

/* Contents of a model's types, each made when it is first asked for. */
struct hg_contents {
    const struct hg_model *model;
    struct hg_content *tables[HG_CONTENT_TABLES]; /* by type id */
    bool *known[HG_CONTENT_TABLES];
    struct hg_text bytes;
};

/* The model is sealed and outlives the contents. */
void hg_contents_init(struct hg_contents *contents, const struct hg_model *model);
void hg_contents_deinit(struct hg_contents *contents);

/* All that the type holds by value; of what it points to the name. */
struct hg_content hg_content_of(struct hg_contents *contents, hg_type_id id);

/* A record, enum or typedef that has a name: those by which programs ask. */
bool hg_has_own_name(const struct hg_type *type);
/* Kind and name alone, of a type that has a name of its own. */
struct hg_content hg_name_content(const struct hg_type *type);

/* Whether each definition of `model` (records, enums, typedefs) is in `other`, the same.  The
 * function is called for each one that is not; NULL = none is. */
typedef void hg_difference_fn(void *user, const struct hg_type *type);
bool hg_models_agree(const struct hg_model *model, const struct hg_model *other,
                     hg_difference_fn *difference, void *user);

#endif
