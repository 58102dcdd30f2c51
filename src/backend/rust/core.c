/*
 * What CO-RE relocations name: types and members as `hdrgen link` reads them.
 *
 *     struct task { kuid_t uid; struct { int a; } odd; };
 *
 *     Stask uid:S                the member uid of struct task
 *     Tkuid_t=S val:i32u         val, of the struct without a tag that kuid_t names
 *     Stask odd:S a:i32s         a, of a struct that has no name at all: by way of its holder
 *
 * The problem: rustc writes no relocations, so the bindings spell out what each is about, for a
 * link step that knows nothing else (docs/rust-core.md).
 *
 * The method: loaders match names and kinds, never layouts.  So members are what they are without
 * typedefs and qualifiers, and a path begins at a type with a name: a tag, else a typedef, else the
 * record that holds it.  Arrays of arrays are flat, as they are in a kernel's own BTF.
 *
 * What this does not do: describe what BTF cannot (HG_OPAQUE).  Such a member has no accessors, and
 * neither has a record that is only ever reached through pointers and has no name.
 */
#include "backend/rust/rust.h"

#include <inttypes.h>

enum {
    TYPES_MAX = 30,   /* types within each other in one record; hdrgen link takes 32 */
    MATCH_MAX = 2000, /* bytes of all that bpf_core_type_matches compares */
};

static const struct hg_type *type_of(const struct hg_rust *rust, hg_type_id id)
{
    return hg_model_type(rust->model, id);
}

static bool is_record(const struct hg_type *type)
{
    return type->kind == HG_STRUCT || type->kind == HG_UNION;
}

/* What the arrays are of, and how many of it; 0 = as many as there are. */
static hg_type_id element_of(const struct hg_rust *rust, hg_type_id id, uint64_t *count)
{
    uint64_t product = 1;
    for (id = hg_type_resolve(rust->model, id, NULL); type_of(rust, id)->kind == HG_ARRAY;
         id = hg_type_resolve(rust->model, type_of(rust, id)->ref.id, NULL))
        if (__builtin_mul_overflow(product, type_of(rust, id)->count, &product))
            product = UINT64_MAX;
    *count = product;
    return id;
}

hg_type_id hg_rust_core_element(const struct hg_rust *rust, hg_type_id id)
{
    uint64_t count;
    return element_of(rust, id, &count);
}

/* --- what nameless records are called --- */

static void find_holders(struct hg_rust *rust, hg_type_id id, const struct hg_type *record)
{
    for (size_t i = 0; i < record->member_count; i++) {
        hg_type_id inside = hg_rust_core_element(rust, record->members[i].type.id);
        struct hg_rust_holder *holder = &rust->holders[inside];
        if (!is_record(type_of(rust, inside)) || holder->member != NULL)
            continue;
        holder->record = id;
        holder->member = &record->members[i];
    }
}

void hg_rust_find_holders(struct hg_rust *rust)
{
    size_t count = hg_model_type_count(rust->model);
    if (!hg_rust_has_accessors(rust))
        return;
    rust->holders = hg_calloc(count, sizeof *rust->holders);
    rust->is_root = hg_calloc(count, sizeof *rust->is_root);
    for (size_t i = 0; i < rust->selection->root_count; i++)
        rust->is_root[rust->selection->roots[i]] = true;
    for (size_t i = 0; i < rust->selection->count; i++) {
        hg_type_id id = rust->selection->order[i];
        const struct hg_type *type = type_of(rust, id);
        if (is_record(type))
            find_holders(rust, id, type);
        if (type->kind == HG_TYPEDEF && rust->holders[type->ref.id].alias == NULL)
            rust->holders[type->ref.id].alias = type->name;
    }
}

/* --- types --- */

struct spelling {
    struct hg_rust *rust;
    struct hg_text *text;
    bool is_match; /* everything that is compared: members, targets of pointers */
    bool failed;
};

static void put_core_type(struct spelling *spelling, hg_type_id id, unsigned depth);

static void put_members(struct spelling *spelling, const struct hg_type *record, unsigned depth)
{
    hg_text_put(spelling->text, "(");
    for (size_t i = 0; i < record->member_count && !spelling->failed; i++) {
        const struct hg_member *member = &record->members[i];
        hg_text_printf(spelling->text, "%s%s:", i == 0 ? "" : ",",
                       member->name == NULL ? "" : member->name);
        put_core_type(spelling, member->type.id, depth + 1);
        if (member->bit_width != 0)
            hg_text_printf(spelling->text, "@%" PRIu32, member->bit_width);
    }
    hg_text_put(spelling->text, ")");
}

static void put_enumerators(struct spelling *spelling, const struct hg_type *type)
{
    hg_text_put(spelling->text, "(");
    for (size_t i = 0; i < type->enumerator_count; i++)
        hg_text_printf(spelling->text, "%s%s", i == 0 ? "" : ",", type->enumerators[i].name);
    hg_text_put(spelling->text, ")");
}

static void put_record_type(struct spelling *spelling, const struct hg_type *type, unsigned depth)
{
    hg_text_put(spelling->text, type->kind == HG_STRUCT ? "S" : "U");
    hg_text_put(spelling->text, type->name == NULL ? "" : type->name);
    if (spelling->is_match)
        put_members(spelling, type, depth);
}

static void put_enum_type(struct spelling *spelling, const struct hg_type *type)
{
    hg_text_put(spelling->text, "E");
    if (type->size != 4 || type->is_signed)
        hg_text_printf(spelling->text, "%" PRIu64 "%s", type->size, type->is_signed ? "s" : "u");
    hg_text_put(spelling->text, type->name == NULL ? "" : type->name);
    if (spelling->is_match)
        put_enumerators(spelling, type);
}

static void put_function_type(struct spelling *spelling, const struct hg_type *type, unsigned depth)
{
    hg_text_put(spelling->text, "F");
    put_core_type(spelling, type->ref.id, depth + 1);
    hg_text_put(spelling->text, "(");
    for (size_t i = 0; i < type->parameter_count && !spelling->failed; i++) {
        hg_text_put(spelling->text, i == 0 ? "" : ",");
        put_core_type(spelling, type->parameters[i].type.id, depth + 1);
    }
    if (type->variadic)
        hg_text_put(spelling->text, type->parameter_count == 0 ? "v" : ",v");
    hg_text_put(spelling->text, ")");
}

/* Behind a pointer records are compared by their names alone. */
static void put_target(struct spelling *spelling, hg_type_id id, unsigned depth)
{
    id = hg_type_resolve(spelling->rust->model, id, NULL);
    const struct hg_type *type = type_of(spelling->rust, id);
    hg_text_put(spelling->text, "p");
    if (!spelling->is_match || type->kind == HG_VOID)
        return;
    spelling->is_match = !is_record(type);
    if (is_record(type) && !type->complete)
        hg_text_printf(spelling->text, "D%s%s", type->kind == HG_STRUCT ? "S" : "U", type->name);
    else
        put_core_type(spelling, id, depth + 1);
    spelling->is_match = true;
}

static void put_array_type(struct spelling *spelling, hg_type_id id, unsigned depth)
{
    uint64_t count;
    hg_type_id element = element_of(spelling->rust, id, &count);
    spelling->failed |= count > UINT32_MAX;
    hg_text_printf(spelling->text, "[%" PRIu64 "]", count);
    put_core_type(spelling, element, depth + 1);
}

static bool is_float_size(uint64_t size)
{
    return size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
}

static void put_core_type(struct spelling *spelling, hg_type_id id, unsigned depth)
{
    id = hg_type_resolve(spelling->rust->model, id, NULL);
    const struct hg_type *type = type_of(spelling->rust, id);
    struct hg_text *text = spelling->text;
    if (depth > TYPES_MAX || (spelling->is_match && text->size > MATCH_MAX))
        spelling->failed = true;
    if (spelling->failed)
        return;
    switch (type->kind) {
    case HG_VOID:
        hg_text_put(text, "v");
        break;
    case HG_BOOL:
        hg_text_printf(text, "i%" PRIu64 "b", type->size * 8);
        break;
    case HG_INT:
    case HG_CHAR:
        hg_text_printf(text, "i%" PRIu64 "%s", type->size * 8, type->is_signed ? "s" : "u");
        break;
    case HG_FLOAT:
        hg_text_printf(text, "f%" PRIu64, type->size);
        spelling->failed |= !is_float_size(type->size);
        break;
    case HG_POINTER:
        put_target(spelling, type->ref.id, depth);
        break;
    case HG_ARRAY:
        put_array_type(spelling, id, depth);
        break;
    case HG_STRUCT:
    case HG_UNION:
        put_record_type(spelling, type, depth);
        spelling->failed |= !type->complete;
        break;
    case HG_ENUM:
        put_enum_type(spelling, type);
        spelling->failed |= !type->complete;
        break;
    case HG_FUNCTION:
        put_function_type(spelling, type, depth);
        break;
    case HG_TYPEDEF:
    case HG_OPAQUE:
        spelling->failed = true;
        break;
    }
}

/* --- paths --- */

static bool put_step(struct hg_rust *rust, struct hg_text *text, const struct hg_member *member)
{
    struct spelling spelling = {.rust = rust, .text = text};
    if (member->name == NULL)
        return true;
    hg_text_printf(text, " %s:", member->name);
    put_core_type(&spelling, member->type.id, 1);
    if (member->bit_width != 0)
        hg_text_printf(text, "@%" PRIu32, member->bit_width);
    return !spelling.failed;
}

/* Where the record is: its own name, or the way to it.  False: there is none. */
static bool put_place(struct hg_rust *rust, struct hg_text *text, hg_type_id id, unsigned depth)
{
    const struct hg_type *type = type_of(rust, id);
    const struct hg_rust_holder *holder = &rust->holders[id];
    const char *kind = type->kind == HG_STRUCT ? "S" : "U";
    if (type->name != NULL || holder->alias != NULL) {
        hg_text_put(text, type->name != NULL ? "" : "T");
        hg_text_put(text, type->name != NULL ? "" : holder->alias);
        hg_text_put(text, type->name != NULL ? "" : "=");
        hg_text_put(text, kind);
        hg_text_put(text, type->name != NULL ? type->name : "");
        return true;
    }
    if (holder->member == NULL || depth > TYPES_MAX ||
        !put_place(rust, text, holder->record, depth + 1) || !put_step(rust, text, holder->member))
        return false;
    if (hg_rust_resolved(rust, holder->member->type.id)->kind == HG_ARRAY)
        hg_text_put(text, " [0]");
    return true;
}

const char *hg_rust_core_place(struct hg_rust *rust, hg_type_id id)
{
    struct hg_text text = {0};
    const char *place = NULL;
    if (put_place(rust, &text, id, 0))
        place = hg_arena_string(&rust->arena, text.data, text.size);
    hg_text_deinit(&text);
    return place;
}

bool hg_rust_core_is_named(const struct hg_rust *rust, hg_type_id id)
{
    return type_of(rust, id)->name != NULL || rust->holders[id].alias != NULL;
}

const char *hg_rust_core_member(struct hg_rust *rust, const char *place,
                                const struct hg_member *member)
{
    struct hg_text text = {0};
    const char *found = NULL;
    hg_text_put(&text, place);
    if (put_step(rust, &text, member))
        found = hg_arena_string(&rust->arena, text.data, text.size);
    hg_text_deinit(&text);
    return found;
}

const char *hg_rust_core_type(struct hg_rust *rust, hg_type_id id, bool is_match)
{
    const struct hg_type *type = type_of(rust, id);
    const char *alias = type->kind == HG_TYPEDEF ? type->name : rust->holders[id].alias;
    struct hg_text text = {0};
    struct spelling spelling = {.rust = rust, .text = &text, .is_match = is_match};
    const char *found = NULL;
    if (type->kind == HG_TYPEDEF || type->name == NULL)
        hg_text_printf(&text, "T%s=", alias);
    put_core_type(&spelling, id, 0);
    if (!spelling.failed)
        found = hg_arena_string(&rust->arena, text.data, text.size);
    hg_text_deinit(&text);
    return found;
}
