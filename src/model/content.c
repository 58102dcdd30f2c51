/*
 * Whether two types, of one model or of two, are the same definition.
 *
 *     struct a { struct b b; struct c *c; };
 *
 * is the same as another struct a if kind, name, size, alignment and members agree, if their
 * structs b are the same definition, and if both c point to a struct named c: through a pointer the
 * name is enough.  So every comparison ends, since containment by value has no cycles and cycles of
 * pointers pass through names (docs/model.md, rules 4 and 5).  Types without a name are compared by
 * content even through a pointer.
 *
 * Locations count only for records and enums without a name, by file name, line and column:
 *
 *     typedef struct { int x; } a_t;      two different types
 *     typedef struct { int x; } b_t;
 *
 * Inside a type with a name locations do not count: a copy of struct a in another header is the
 * same definition, and so are its anonymous members.
 *
 * The method: a type is represented by a hash of its own content and of the hashes of the types
 * that it refers to.  There are up to four hashes of a type: as a definition and as a use (through
 * a pointer), with and without locations.  Each is computed once, so the time is linear.
 */
#include "model/content.h"

#include "model/walk.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum view { VIEW_DEFINITION, VIEW_USE };

/* Which of a type's hashes is meant. */
struct aspect {
    enum view view;
    bool located; /* locations count */
};

bool hg_same_content(struct hg_content a, struct hg_content b)
{
    return a.low == b.low && a.high == b.high;
}

uint32_t *hg_content_number(struct hg_strings *strings, struct hg_content content)
{
    return hg_strings_number(strings, (const char *)&content, sizeof content);
}

static struct hg_content of_hash(XXH128_hash_t hash)
{
    return (struct hg_content){.low = hash.low64, .high = hash.high64};
}

bool hg_has_own_name(const struct hg_type *type)
{
    return type->name != NULL && hg_is_namable(type->kind);
}

struct hg_content hg_name_content(const struct hg_type *type)
{
    return of_hash(
        XXH3_128bits_withSeed(type->name, strlen(type->name), (XXH64_hash_t)type->kind + 1));
}

static size_t table_of(struct aspect aspect)
{
    return (size_t)aspect.view * 2 + aspect.located;
}

/* A type with a name of its own has the same hash with and without locations. */
static struct aspect aspect_of(const struct hg_type *type, struct aspect asked)
{
    asked.located = asked.located || hg_has_own_name(type);
    return asked;
}

/* Which hashes of the types that it refers to enter the hash of a type. */
static struct aspect inner_aspect(const struct hg_type *type, struct aspect aspect)
{
    return (struct aspect){
        .view = hg_reference_hold(type) == HG_BY_VALUE ? aspect.view : VIEW_USE,
        .located = aspect.located && !hg_has_own_name(type),
    };
}

static void put_number(struct hg_contents *contents, uint64_t value)
{
    hg_text_bytes(&contents->bytes, &value, sizeof value);
}

/* With the NUL, so that two lists of strings never give the same bytes.  NULL differs from "". */
static void put_string(struct hg_contents *contents, const char *string)
{
    put_number(contents, string != NULL);
    if (string != NULL)
        hg_text_bytes(&contents->bytes, string, strlen(string) + 1);
}

static void put_tags(struct hg_contents *contents, const struct hg_tags *tags)
{
    size_t count = tags == NULL ? 0 : tags->count;
    put_number(contents, count);
    for (size_t i = 0; i < count; i++) {
        put_string(contents, tags->names[i]);
        put_number(contents, tags->is_attribute != NULL && tags->is_attribute[i]);
    }
}

static void put_ref(struct hg_contents *contents, const struct hg_ref *ref, struct aspect aspect)
{
    aspect = aspect_of(hg_model_type(contents->model, ref->id), aspect);
    const struct hg_content *content = &contents->tables[table_of(aspect)][ref->id];
    put_number(contents, content->low);
    put_number(contents, content->high);
    put_number(contents, ref->qualifiers);
    put_tags(contents, ref->tags);
}

static void put_location(struct hg_contents *contents, const struct hg_location *where)
{
    put_string(contents, where->file == NULL ? NULL : hg_base_name(where->file));
    put_number(contents, where->line);
    put_number(contents, where->column);
}

static void put_members(struct hg_contents *contents, const struct hg_type *type)
{
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        put_string(contents, member->name);
        put_number(contents, member->bit_offset);
        put_number(contents, member->bit_width);
        put_tags(contents, member->tags);
    }
}

static void put_enumerators(struct hg_contents *contents, const struct hg_type *type)
{
    put_number(contents, type->enumerator_count);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        put_string(contents, type->enumerators[i].name);
        put_number(contents, type->enumerators[i].value);
    }
}

static void put_inside(struct hg_contents *contents, const struct hg_type *type,
                       struct aspect aspect)
{
    size_t references = hg_reference_count(type);
    put_number(contents, references);
    for (size_t i = 0; i < references; i++)
        put_ref(contents, hg_reference(type, i), aspect);
    if (hg_is_record(type))
        put_members(contents, type);
    if (type->kind == HG_ENUM)
        put_enumerators(contents, type);
    if (type->kind == HG_ARRAY)
        put_number(contents, type->count);
    for (size_t i = 0; type->kind == HG_FUNCTION && i < type->parameter_count; i++)
        put_string(contents, type->parameters[i].name);
    if (type->kind == HG_OPAQUE)
        put_string(contents, type->reason);
}

/* The types that it refers to must have been hashed. */
static struct hg_content hash_type(struct hg_contents *contents, const struct hg_type *type,
                                   struct aspect aspect)
{
    hg_text_truncate(&contents->bytes, 0);
    put_number(contents, type->kind);
    put_string(contents, type->name);
    put_number(contents, (uint64_t)type->complete | (uint64_t)type->is_signed << 1 |
                             (uint64_t)type->variadic << 2 | (uint64_t)type->is_vector << 3 |
                             (uint64_t)type->is_complex << 4 | (uint64_t)type->lacks_members << 5);
    put_number(contents, type->size);
    put_number(contents, type->align);
    put_tags(contents, type->tags);
    if (aspect.located && type->name == NULL && hg_can_have_tag(type))
        put_location(contents, &type->where);
    put_inside(contents, type, inner_aspect(type, aspect));
    return of_hash(XXH3_128bits(contents->bytes.data, contents->bytes.size));
}

/* Sealing has bounded the recursion: how deep types are nested by value or without names. */
static void hash(struct hg_contents *contents, hg_type_id id, struct aspect aspect)
{
    const struct hg_type *type = hg_model_type(contents->model, id);
    aspect = aspect_of(type, aspect);
    size_t table = table_of(aspect);
    if (contents->known[table][id])
        return;
    struct hg_content result;
    if (aspect.view == VIEW_USE && hg_has_own_name(type)) {
        result = hg_name_content(type);
    } else {
        struct aspect inner = inner_aspect(type, aspect);
        for (size_t i = 0; i < hg_reference_count(type); i++)
            hash(contents, hg_reference(type, i)->id, inner);
        result = hash_type(contents, type, aspect);
    }
    contents->tables[table][id] = result;
    contents->known[table][id] = true;
}

void hg_contents_init(struct hg_contents *contents, const struct hg_model *model)
{
    size_t count = hg_model_type_count(model);
    *contents = (struct hg_contents){.model = model};
    for (size_t i = 0; i < HG_CONTENT_TABLES; i++) {
        contents->tables[i] = hg_calloc(count, sizeof *contents->tables[i]);
        contents->known[i] = hg_calloc(count, sizeof *contents->known[i]);
    }
}

void hg_contents_deinit(struct hg_contents *contents)
{
    for (size_t i = 0; i < HG_CONTENT_TABLES; i++) {
        free(contents->tables[i]);
        free(contents->known[i]);
    }
    hg_text_deinit(&contents->bytes);
}

struct hg_content hg_content_of(struct hg_contents *contents, hg_type_id id)
{
    struct aspect aspect = {.view = VIEW_DEFINITION, .located = true};
    hash(contents, id, aspect);
    return contents->tables[table_of(aspect)][id];
}

bool hg_models_agree(const struct hg_model *model, const struct hg_model *other)
{
    struct hg_contents contents, others;
    struct hg_strings known = {0};
    hg_contents_init(&contents, model);
    hg_contents_init(&others, other);
    for (size_t id = 1; id < hg_model_type_count(other); id++)
        *hg_content_number(&known, hg_content_of(&others, (hg_type_id)id)) = 1;
    bool agree = true;
    for (hg_type_id id = 1; id < hg_model_type_count(model) && agree; id++) {
        const struct hg_type *type = hg_model_type(model, id);
        agree = !type->complete || !hg_is_namable(type->kind) ||
                *hg_content_number(&known, hg_content_of(&contents, id)) != 0;
    }
    hg_strings_deinit(&known);
    hg_contents_deinit(&others);
    hg_contents_deinit(&contents);
    return agree;
}
