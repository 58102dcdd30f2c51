/*
 * Declarations of types and functions as JSON, so that a page can show a program's beside a
 * kernel's:
 *
 *     {"declaration": "struct trace_event_raw_sched_switch", "size": 64, "members": [
 *        {"name": "prev_comm", "type": "char [16]", "offset": 8, "size": 16}, ...]}
 *     {"declaration": "int vfs_create(struct inode *dir)", "parameters": [
 *        {"name": "dir", "type": "struct inode *"}]}
 *
 * A kernel's record may have hundreds of members, of which a program reads a few.  Then only
 * members whose names are like the program's are listed, and their neighbours; "left_out" counts
 * the others.
 */
#include "surface/layout.h"

#include "base/json.h"
#include "core/kinds.h"
#include "model/describe.h"
#include "model/walk.h"
#include "surface/facts.h"
#include "surface/surface.h"

#include <string.h>

enum { LISTED_MAX = 48, LOOKED_AT_MAX = 64, NEIGHBOURS = 2 };

static void add_type(json_object *object, const struct hg_model *model, const struct hg_ref *ref)
{
    struct hg_text text = {0};
    hg_describe_ref(&text, model, ref);
    hg_json_add_string(object, "type", hg_text_string(&text));
    hg_text_deinit(&text);
}

/* --- which entries of a large type are listed --- */

static size_t entry_count(const struct hg_type *type)
{
    return type->kind == HG_ENUM ? type->enumerator_count : type->member_count;
}

static const char *entry_name(const struct hg_type *type, size_t index)
{
    return type->kind == HG_ENUM ? type->enumerators[index].name : type->members[index].name;
}

/* `state` and `__state` */
static bool is_alike(const char *a, const char *b)
{
    return a != NULL && b != NULL && (strstr(a, b) != NULL || strstr(b, a) != NULL);
}

static bool is_like_one_of(const char *name, const struct hg_type *other)
{
    for (size_t i = 0; i < entry_count(other) && i < LOOKED_AT_MAX; i++)
        if (is_alike(name, entry_name(other, i)))
            return true;
    return false;
}

/* By entry, from malloc; NULL = all are listed. */
static bool *find_listed(const struct hg_type *type, const struct hg_type *other)
{
    size_t count = entry_count(type);
    if (count <= LISTED_MAX)
        return NULL;
    bool *listed = hg_calloc(count, sizeof *listed);
    size_t left = LISTED_MAX;
    for (size_t i = 0; i < count && other != NULL && left > 0; i++) {
        if (!is_like_one_of(entry_name(type, i), other))
            continue;
        size_t end = i + NEIGHBOURS < count ? i + NEIGHBOURS : count - 1;
        for (size_t k = i < NEIGHBOURS ? 0 : i - NEIGHBOURS; k <= end && left > 0; k++) {
            left -= !listed[k];
            listed[k] = true;
        }
    }
    for (size_t i = 0; i < count && left == LISTED_MAX && i < LISTED_MAX / 2; i++)
        listed[i] = true;
    return listed;
}

/* --- entries --- */

static json_object *make_member(const struct hg_model *model, const struct hg_member *member)
{
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add_string(object, "name", member->name);
    add_type(object, model, &member->type);
    hg_json_add(object, "offset", hg_json_number(member->bit_offset / 8));
    if (member->bit_width != 0) {
        hg_json_add(object, "bit", hg_json_number(member->bit_offset % 8));
        hg_json_add(object, "bits", hg_json_number(member->bit_width));
    } else {
        hg_json_add(object, "size", hg_json_number(hg_type_size(model, member->type.id)));
    }
    return object;
}

static json_object *make_enumerator(const struct hg_type *type, size_t index)
{
    json_object *object = hg_json_must(json_object_new_object());
    uint64_t value = type->enumerators[index].value;
    hg_json_add_string(object, "name", type->enumerators[index].name);
    hg_json_add(object, "value",
                type->is_signed ? hg_json_must(json_object_new_int64((int64_t)value))
                                : hg_json_number(value));
    return object;
}

static void add_entries(json_object *whole, const struct declared *of, const struct hg_type *type,
                        const struct hg_type *other)
{
    json_object *entries = hg_json_must(json_object_new_array());
    bool *listed = find_listed(type, other);
    size_t left_out = 0;
    for (size_t i = 0; i < entry_count(type); i++)
        if (listed != NULL && !listed[i])
            left_out++;
        else
            hg_json_append(entries, type->kind == HG_ENUM
                                        ? make_enumerator(type, i)
                                        : make_member(of->model, &type->members[i]));
    free(listed);
    hg_json_add(whole, "size", hg_json_number(hg_type_size(of->model, of->type)));
    hg_json_add(whole, type->kind == HG_ENUM ? "enumerators" : "members", entries);
    if (left_out > 0)
        hg_json_add(whole, "left_out", hg_json_number(left_out));
}

static void add_parameters(json_object *whole, const struct hg_model *model,
                           const struct hg_type *type)
{
    json_object *parameters = hg_json_must(json_object_new_array());
    for (size_t i = 0; i < type->parameter_count; i++) {
        json_object *parameter = hg_json_must(json_object_new_object());
        hg_json_add_string(parameter, "name", type->parameters[i].name);
        add_type(parameter, model, &type->parameters[i].type);
        hg_json_append(parameters, parameter);
    }
    hg_json_add(whole, "parameters", parameters);
}

/* The type, if it has members, enumerators or parameters; else NULL. */
static const struct hg_type *listed_type(const struct declared *of)
{
    if (of == NULL || of->type == HG_NO_TYPE)
        return NULL;
    const struct hg_type *type = hg_model_type(of->model, of->type);
    bool is_listed = hg_is_record(type) || type->kind == HG_ENUM || type->kind == HG_FUNCTION;
    return is_listed ? type : NULL;
}

const char *hg_layout_text(struct hg_arena *arena, const struct declared *of,
                           const struct declared *other)
{
    const struct hg_type *type = listed_type(of);
    const struct hg_type *beside = listed_type(other);
    if (type == NULL)
        return NULL;
    struct hg_text text = {0};
    json_object *whole = hg_json_must(json_object_new_object());
    struct hg_ref ref = {.id = of->type};
    if (of->name == NULL)
        hg_describe_ref(&text, of->model, &ref);
    else
        hg_describe_declaration(&text, of->model, &ref, of->name);
    hg_json_add_string(whole, "declaration", hg_text_string(&text));
    hg_text_deinit(&text);
    if (type->kind == HG_FUNCTION)
        add_parameters(whole, of->model, type);
    else
        add_entries(whole, of, type, beside != NULL && beside->kind != HG_FUNCTION ? beside : NULL);
    const char *string = json_object_to_json_string_ext(whole, JSON_C_TO_STRING_PLAIN);
    const char *copy = hg_arena_string(arena, string, strlen(string));
    json_object_put(whole);
    return copy;
}

/* --- relocations --- */

/* By type of the object: 1 + the first relocation about it; 0 = none yet. */
uint32_t *hg_layout_memo(const struct hg_surface *surface)
{
    return hg_calloc(hg_model_type_count(surface->object->types), sizeof(uint32_t));
}

uint32_t hg_layout_first(uint32_t *memo, const struct hg_surface *surface, uint32_t finding)
{
    hg_type_id root = surface->object->records.items[finding].root;
    if (root == HG_NO_TYPE)
        return finding;
    if (memo[root] == 0)
        memo[root] = finding + 1;
    return memo[root] - 1;
}

struct declared hg_layout_expected(const struct hg_surface *surface, size_t finding)
{
    const struct hg_model *model = surface->object->types;
    hg_type_id root = surface->object->records.items[finding].root;
    return (struct declared){
        .model = model,
        .type = root == HG_NO_TYPE ? root : hg_type_resolve(model, root, NULL),
    };
}

const char *hg_layout_found(struct hg_arena *arena, const struct hg_surface *surface,
                            const struct hg_kernel_facts *kernel, size_t finding)
{
    struct declared expected = hg_layout_expected(surface, finding);
    const struct hg_type *type = listed_type(&expected);
    if (type == NULL || type->name == NULL)
        return NULL;
    size_t length = hg_core_essential_length(type->name, HG_CORE_LIBBPF);
    struct declared found = {
        .model = kernel->model,
        .type = hg_facts_type(kernel, type->kind, hg_arena_string(arena, type->name, length)),
    };
    return hg_layout_text(arena, &found, &expected);
}
