/*
 * Describes types and members for CO-RE relocations, as `hdrgen link` reads them.
 *
 *     struct task { kuid_t uid; struct { int a; } odd; };
 *
 *     Stask uid:S           the member uid of struct task
 *     Tkuid_t=S val:i32u    val, of the struct without a tag that kuid_t names
 *     S a:i32s              a, of a struct without a name, which a place leads to
 *
 * The problem: rustc writes no relocations.  So the bindings contain, for each relocation, a text
 * that describes its types, and `hdrgen link` makes the relocation (docs/rust-core.md).
 *
 * The method: loaders match names and kinds, never layouts.  So the types of members are described
 * without typedefs and qualifiers, and a record is named by its tag, or else by a typedef.  Arrays
 * of arrays are flat, as in a kernel's own BTF.
 *
 * What this does not do: describe what BTF cannot (HG_OPAQUE).  Such a member has no accessors.
 */
#include "backend/rust/rust.h"

#include <inttypes.h>
#include <string.h>

enum {
    TYPES_MAX = 30,  /* nested types in one description; `hdrgen link` takes 32 */
    TEXT_MAX = 2000, /* bytes; it takes 4,000 */
};

static const struct hg_type *type_of(const struct hg_rust *rust, hg_type_id id)
{
    return hg_model_type(rust->model, id);
}

/* The innermost element of arrays of arrays.  *count: how many there are in all; 0 = flexible or
 * empty. */
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

void hg_rust_prepare_accessors(struct hg_rust *rust)
{
    size_t count = hg_model_type_count(rust->model);
    if (!hg_rust_has_accessors(rust))
        return;
    rust->aliases = hg_calloc(count, sizeof *rust->aliases);
    rust->is_root = hg_calloc(count, sizeof *rust->is_root);
    for (size_t i = 0; i < rust->selection->root_count; i++)
        rust->is_root[rust->selection->roots[i]] = true;
    for (size_t i = 0; i < rust->selection->count; i++) {
        const struct hg_type *type = type_of(rust, rust->selection->order[i]);
        if (type->kind == HG_TYPEDEF && rust->aliases[type->ref.id] == NULL)
            rust->aliases[type->ref.id] = type->name;
    }
}

/* --- types --- */

struct spelling {
    struct hg_rust *rust;
    struct hg_text *text;
    enum hg_rust_core_depth depth;
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
    if (spelling->depth == HG_CORE_ALL)
        put_members(spelling, type, depth);
}

static void put_enum_type(struct spelling *spelling, const struct hg_type *type)
{
    hg_text_put(spelling->text, "E");
    if (type->size != 4 || type->is_signed)
        hg_text_printf(spelling->text, "%" PRIu64 "%s", type->size, type->is_signed ? "s" : "u");
    hg_text_put(spelling->text, type->name == NULL ? "" : type->name);
    if (spelling->depth == HG_CORE_ALL)
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

/* Describes a pointer, and its target if the depth asks for it. */
static void put_target(struct spelling *spelling, hg_type_id id, unsigned depth)
{
    enum hg_rust_core_depth around = spelling->depth;
    id = hg_type_resolve(spelling->rust->model, id, NULL);
    const struct hg_type *type = type_of(spelling->rust, id);
    bool is_record = hg_is_record(type);
    hg_text_put(spelling->text, "p");
    if (around == HG_CORE_KIND || type->kind == HG_VOID)
        return;
    if (is_record)
        spelling->depth = HG_CORE_TARGETS;
    if (is_record && !type->complete)
        hg_text_printf(spelling->text, "D%s%s", type->kind == HG_STRUCT ? "S" : "U", type->name);
    else
        put_core_type(spelling, id, depth + 1);
    spelling->depth = around;
}

static void put_array_type(struct spelling *spelling, hg_type_id id, unsigned depth)
{
    uint64_t count;
    hg_type_id element = element_of(spelling->rust, id, &count);
    spelling->failed |= count > UINT32_MAX;
    hg_text_printf(spelling->text, "[%" PRIu64 "]", count);
    put_core_type(spelling, element, depth + 1);
}

/* How often a word occurs in a name: twice for `long` in `long long int`. */
static unsigned count_words(const char *name, const char *word)
{
    unsigned count = 0;
    size_t length = strlen(word);
    while (*name != '\0') {
        size_t size = strcspn(name, " ");
        count += size == length && strncmp(name, word, size) == 0;
        name += size + strspn(name + size, " ");
    }
    return count;
}

/* Puts `'long unsigned int'`: gcc's name for the integer, as in a kernel's BTF, whatever name the
 * input has. */
static void put_quoted_name(struct spelling *spelling, const struct hg_type *type)
{
    const char *name = type->name;
    unsigned longs = count_words(name, "long"), shorts = count_words(name, "short");
    bool is_unsigned = count_words(name, "unsigned") > 0;
    if (spelling->depth != HG_CORE_ALL)
        return;
    if (type->kind == HG_INT && type->size <= 8 && (longs > 0 || shorts > 0))
        hg_text_printf(spelling->text, "'%s%s%sint'",
                       longs > 1   ? "long long "
                       : longs > 0 ? "long "
                                   : "",
                       shorts > 0 ? "short " : "", is_unsigned ? "unsigned " : "");
    else
        hg_text_printf(spelling->text, "'%s'", name);
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
    if (depth > TYPES_MAX || text->size > TEXT_MAX)
        spelling->failed = true;
    if (spelling->failed)
        return;
    switch (type->kind) {
    case HG_VOID:
        hg_text_put(text, "v");
        break;
    case HG_BOOL:
        hg_text_printf(text, "i%" PRIu64 "b", type->size * 8);
        put_quoted_name(spelling, type);
        break;
    case HG_INT:
    case HG_CHAR:
        hg_text_printf(text, "i%" PRIu64 "%s", type->size * 8, type->is_signed ? "s" : "u");
        put_quoted_name(spelling, type);
        break;
    case HG_FLOAT:
        hg_text_printf(text, "f%" PRIu64, type->size);
        put_quoted_name(spelling, type);
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

/* --- strings --- */

/* Keeps the text in the arena; NULL = the spelling failed. */
static const char *finish(struct spelling *spelling)
{
    const char *kept =
        spelling->failed ? NULL : hg_text_keep(spelling->text, &spelling->rust->arena);
    hg_text_deinit(spelling->text);
    return kept;
}

bool hg_rust_core_is_named(const struct hg_rust *rust, hg_type_id id)
{
    return type_of(rust, id)->name != NULL || rust->aliases[id] != NULL;
}

const char *hg_rust_core_member(struct hg_rust *rust, const struct hg_member *member)
{
    struct hg_text text = {0};
    struct spelling spelling = {.rust = rust, .text = &text};
    hg_text_printf(&text, " %s:", member->name);
    put_core_type(&spelling, member->type.id, 1);
    if (member->bit_width != 0)
        hg_text_printf(&text, "@%" PRIu32, member->bit_width);
    return finish(&spelling);
}

const char *hg_rust_core_type(struct hg_rust *rust, hg_type_id id, enum hg_rust_core_depth depth)
{
    const struct hg_type *type = type_of(rust, id);
    const char *alias = type->kind == HG_TYPEDEF ? type->name : rust->aliases[id];
    struct hg_text text = {0};
    struct spelling spelling = {.rust = rust, .text = &text, .depth = depth};
    if (alias != NULL && (type->kind == HG_TYPEDEF || type->name == NULL))
        hg_text_printf(&text, "T%s=", alias);
    put_core_type(&spelling, id, 0);
    return finish(&spelling);
}
