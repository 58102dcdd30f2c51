/*
 * What makes two types of two models the same.
 *
 *     struct a { struct b b; struct c *c; };
 *
 * is the same as another struct a if kind, name, size, alignment and members agree, if their
 * structs b are the same in turn, and if both c point to a struct named c: behind a pointer a
 * name is enough.  So every comparison ends: what is held by value has no cycles, and cycles of
 * pointers pass through names (docs/model.md, rules 4 and 5).  Types without a name are looked into
 * wherever they are.  Places count only for records and enums without a name, by file name, line
 * and column: two of them that look alike are two types if they were written down twice.
 *
 * Each type gets two hashes, one as a definition and one as it looks from behind a pointer, made of
 * its own content and of the hashes of what it refers to.  Each is made once, so all of it is
 * linear.
 */
#include "tree/headers.h"

#include "model/walk.h"

#include <string.h>

enum view { VIEW_DEFINITION, VIEW_USE };

struct hashing {
    const struct hg_model *model;
    struct content *content;
    bool *known[2]; /* by view and id */
    struct hg_text bytes;
};

bool hg_has_own_name(const struct hg_type *type)
{
    return type->name != NULL && (type->kind == HG_STRUCT || type->kind == HG_UNION ||
                                  type->kind == HG_ENUM || type->kind == HG_TYPEDEF);
}

XXH128_hash_t hg_name_hash(const struct hg_type *type)
{
    return XXH3_128bits_withSeed(type->name, strlen(type->name), (XXH64_hash_t)type->kind + 1);
}

static void put_number(struct hashing *hashing, uint64_t value)
{
    hg_text_bytes(&hashing->bytes, &value, sizeof value);
}

/* With the NUL, so that no two lists of strings give the same bytes; NULL differs from "". */
static void put_string(struct hashing *hashing, const char *string)
{
    put_number(hashing, string != NULL);
    if (string != NULL)
        hg_text_bytes(&hashing->bytes, string, strlen(string) + 1);
}

static void put_tags(struct hashing *hashing, const struct hg_tags *tags)
{
    size_t count = tags == NULL ? 0 : tags->count;
    put_number(hashing, count);
    for (size_t i = 0; i < count; i++) {
        put_string(hashing, tags->names[i]);
        put_number(hashing, tags->is_attribute != NULL && tags->is_attribute[i]);
    }
}

/* How a type in this view sees what it refers to. */
static enum view view_of_referred(const struct hg_type *type, enum view view)
{
    return hg_reference_hold(type) == HG_BY_VALUE ? view : VIEW_USE;
}

static XXH128_hash_t *hash_of(const struct hashing *hashing, enum view view, hg_type_id id)
{
    return view == VIEW_USE ? &hashing->content->use[id] : &hashing->content->definition[id];
}

static void put_ref(struct hashing *hashing, const struct hg_ref *ref, enum view view)
{
    XXH128_hash_t hash = *hash_of(hashing, view, ref->id);
    put_number(hashing, hash.low64);
    put_number(hashing, hash.high64);
    put_number(hashing, ref->qualifiers);
    put_tags(hashing, ref->tags);
}

static void put_place(struct hashing *hashing, const struct hg_location *where)
{
    const char *slash = where->file == NULL ? NULL : strrchr(where->file, '/');
    put_string(hashing, slash == NULL ? where->file : slash + 1);
    put_number(hashing, where->line);
    put_number(hashing, where->column);
}

static void put_members(struct hashing *hashing, const struct hg_type *type, enum view view)
{
    put_number(hashing, type->member_count);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        put_string(hashing, member->name);
        put_number(hashing, member->bit_offset);
        put_number(hashing, member->bit_width);
        put_ref(hashing, &member->type, view);
        put_tags(hashing, member->tags);
    }
}

static void put_enumerators(struct hashing *hashing, const struct hg_type *type)
{
    put_number(hashing, type->enumerator_count);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        put_string(hashing, type->enumerators[i].name);
        put_number(hashing, type->enumerators[i].value);
    }
}

static void put_parameters(struct hashing *hashing, const struct hg_type *type, enum view view)
{
    put_number(hashing, type->parameter_count);
    for (size_t i = 0; i < type->parameter_count; i++) {
        put_string(hashing, type->parameters[i].name);
        put_ref(hashing, &type->parameters[i].type, view);
    }
}

static void put_inside(struct hashing *hashing, const struct hg_type *type, enum view view)
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
        put_ref(hashing, &type->ref, view);
        break;
    case HG_ARRAY:
        put_ref(hashing, &type->ref, view);
        put_number(hashing, type->count);
        break;
    case HG_FUNCTION:
        put_ref(hashing, &type->ref, view);
        put_parameters(hashing, type, view);
        break;
    case HG_STRUCT:
    case HG_UNION:
        put_members(hashing, type, view);
        break;
    case HG_ENUM:
        put_enumerators(hashing, type);
        break;
    case HG_OPAQUE:
        put_string(hashing, type->reason);
        break;
    }
}

static bool has_place(const struct hg_type *type)
{
    return type->name == NULL &&
           (type->kind == HG_STRUCT || type->kind == HG_UNION || type->kind == HG_ENUM);
}

/* What it refers to has been hashed. */
static XXH128_hash_t hash_type(struct hashing *hashing, const struct hg_type *type, enum view view)
{
    hg_text_truncate(&hashing->bytes, 0);
    put_number(hashing, type->kind);
    put_string(hashing, type->name);
    put_number(hashing, (uint64_t)type->complete | (uint64_t)type->is_signed << 1 |
                            (uint64_t)type->variadic << 2 | (uint64_t)type->is_vector << 3 |
                            (uint64_t)type->is_complex << 4);
    put_number(hashing, type->size);
    put_number(hashing, type->align);
    put_tags(hashing, type->tags);
    if (has_place(type))
        put_place(hashing, &type->where);
    put_inside(hashing, type, view_of_referred(type, view));
    return XXH3_128bits(hashing->bytes.data, hashing->bytes.size);
}

/* Recursion goes as deep as types without a name between are nested, which sealing has bounded. */
static void hash(struct hashing *hashing, hg_type_id id, enum view view)
{
    if (hashing->known[view][id])
        return;
    const struct hg_type *type = hg_model_type(hashing->model, id);
    XXH128_hash_t result;
    if (view == VIEW_USE && hg_has_own_name(type)) {
        result = hg_name_hash(type);
    } else {
        enum view inner = view_of_referred(type, view);
        for (size_t i = 0; i < hg_reference_count(type); i++)
            hash(hashing, hg_reference(type, i)->id, inner);
        result = hash_type(hashing, type, view);
    }
    *hash_of(hashing, view, id) = result;
    hashing->known[view][id] = true;
}

void hg_content_init(struct content *content, const struct hg_model *model)
{
    size_t count = hg_model_type_count(model);
    content->definition = hg_calloc(count, sizeof *content->definition);
    content->use = hg_calloc(count, sizeof *content->use);
    struct hashing hashing = {.model = model, .content = content};
    hashing.known[VIEW_DEFINITION] = hg_calloc(count, sizeof(bool));
    hashing.known[VIEW_USE] = hg_calloc(count, sizeof(bool));
    for (size_t id = 0; id < count; id++)
        hash(&hashing, (hg_type_id)id, VIEW_DEFINITION);
    free(hashing.known[VIEW_DEFINITION]);
    free(hashing.known[VIEW_USE]);
    hg_text_deinit(&hashing.bytes);
}

void hg_content_deinit(struct content *content)
{
    free(content->definition);
    free(content->use);
}

uint32_t *hg_content_number(struct hg_strings *strings, XXH128_hash_t hash)
{
    return hg_strings_number(strings, (const char *)&hash, sizeof hash);
}

/* Records, enums and typedefs, that is; other types are there for these, or for what is not read.
 */
static bool is_definition(const struct hg_type *type)
{
    return type->complete && (type->kind == HG_STRUCT || type->kind == HG_UNION ||
                              type->kind == HG_ENUM || type->kind == HG_TYPEDEF);
}

bool hg_models_agree(const struct hg_model *model, const struct hg_model *with)
{
    struct content content, other;
    struct hg_arena arena;
    struct hg_strings known;
    hg_content_init(&content, model);
    hg_content_init(&other, with);
    hg_arena_init(&arena);
    hg_strings_init(&known, &arena);
    for (size_t id = 1; id < hg_model_type_count(with); id++)
        *hg_content_number(&known, other.definition[id]) = 1;
    bool agree = true;
    for (size_t id = 1; id < hg_model_type_count(model) && agree; id++)
        agree = !is_definition(hg_model_type(model, (hg_type_id)id)) ||
                *hg_content_number(&known, content.definition[id]) != 0;
    hg_strings_deinit(&known);
    hg_arena_deinit(&arena);
    hg_content_deinit(&other);
    hg_content_deinit(&content);
    return agree;
}
