/*
 * What makes two types of one model, or of two, the same definition.
 *
 *     struct a { struct b b; struct c *c; };
 *
 * is the same as another struct a if kind, name, size, alignment and members agree, if their
 * structs b are the same in turn, and if both c point to a struct named c: through a pointer a name
 * is enough.  So every comparison ends: what is held by value has no cycles, and cycles of pointers
 * pass through names (docs/model.md, rules 4 and 5).  Types without a name are looked into wherever
 * they are.
 *
 * Locations count only for records and enums without a name, by file name, line and column:
 *
 *     typedef struct { int x; } a_t;      two types that look alike
 *     typedef struct { int x; } b_t;
 *
 * Inside a type that has a name they do not: a copy of struct a in another header is the same
 * struct a, anonymous members and all.
 *
 * Each type gets up to two hashes, as a definition and as a use (seen through a pointer), made of
 * its own content and of the hashes of the types that it refers to.  Each is made once, so all of
 * them are linear.
 */
#include "model/content.h"

#include "model/walk.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum view { VIEW_DEFINITION, VIEW_USE };

/* What is asked of a type; indexes the tables. */
struct aspect {
    enum view view;
    bool located; /* locations of records and enums without a name count */
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
    return type->name != NULL &&
           (hg_is_record(type) || type->kind == HG_ENUM || type->kind == HG_TYPEDEF);
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

/* A type with a name of its own has one content, whether locations count or not. */
static struct aspect aspect_of(const struct hg_type *type, struct aspect asked)
{
    asked.located = asked.located || hg_has_own_name(type);
    return asked;
}

/* How a type sees what it refers to. */
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

/* With the NUL, so that no two lists of strings give the same bytes; NULL differs from "". */
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
    const char *slash = where->file == NULL ? NULL : strrchr(where->file, '/');
    put_string(contents, slash == NULL ? where->file : slash + 1);
    put_number(contents, where->line);
    put_number(contents, where->column);
}

static void put_members(struct hg_contents *contents, const struct hg_type *type,
                        struct aspect aspect)
{
    put_number(contents, type->member_count);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        put_string(contents, member->name);
        put_number(contents, member->bit_offset);
        put_number(contents, member->bit_width);
        put_ref(contents, &member->type, aspect);
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

static void put_parameters(struct hg_contents *contents, const struct hg_type *type,
                           struct aspect aspect)
{
    put_number(contents, type->parameter_count);
    for (size_t i = 0; i < type->parameter_count; i++) {
        put_string(contents, type->parameters[i].name);
        put_ref(contents, &type->parameters[i].type, aspect);
    }
}

static void put_inside(struct hg_contents *contents, const struct hg_type *type,
                       struct aspect aspect)
{
    switch (type->kind) {
    case HG_VOID:
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
        break;
    case HG_POINTER:
    case HG_TYPEDEF:
        put_ref(contents, &type->ref, aspect);
        break;
    case HG_ARRAY:
        put_ref(contents, &type->ref, aspect);
        put_number(contents, type->count);
        break;
    case HG_FUNCTION:
        put_ref(contents, &type->ref, aspect);
        put_parameters(contents, type, aspect);
        break;
    case HG_STRUCT:
    case HG_UNION:
        put_members(contents, type, aspect);
        break;
    case HG_ENUM:
        put_enumerators(contents, type);
        break;
    case HG_OPAQUE:
        put_string(contents, type->reason);
        break;
    }
}

static bool has_location(const struct hg_type *type)
{
    return type->name == NULL && (hg_is_record(type) || type->kind == HG_ENUM);
}

/* The types that it refers to have been hashed. */
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
    if (aspect.located && has_location(type))
        put_location(contents, &type->where);
    put_inside(contents, type, inner_aspect(type, aspect));
    return of_hash(XXH3_128bits(contents->bytes.data, contents->bytes.size));
}

/* Recursion goes as deep as types are nested by value, or without a name, which sealing has
 * bounded. */
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

/* Records, enums and typedefs, that is; other types are there for these, or for what is not read.
 */
static bool is_definition(const struct hg_type *type)
{
    return type->complete &&
           (hg_is_record(type) || type->kind == HG_ENUM || type->kind == HG_TYPEDEF);
}

bool hg_models_agree(const struct hg_model *model, const struct hg_model *other,
                     hg_difference_fn *difference, void *user)
{
    struct hg_contents contents, others;
    struct hg_arena arena;
    struct hg_strings known;
    hg_contents_init(&contents, model);
    hg_contents_init(&others, other);
    hg_arena_init(&arena);
    hg_strings_init(&known, &arena);
    for (size_t id = 1; id < hg_model_type_count(other); id++)
        *hg_content_number(&known, hg_content_of(&others, (hg_type_id)id)) = 1;
    bool agree = true;
    for (size_t id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        if (!is_definition(type) ||
            *hg_content_number(&known, hg_content_of(&contents, (hg_type_id)id)) != 0)
            continue;
        agree = false;
        if (difference != NULL)
            difference(user, type);
    }
    hg_strings_deinit(&known);
    hg_arena_deinit(&arena);
    hg_contents_deinit(&others);
    hg_contents_deinit(&contents);
    return agree;
}
