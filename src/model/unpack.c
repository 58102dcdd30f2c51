/*
 * Unpacking: from the bytes that pack.c describes to a sealed model.
 *
 * The bytes are not trusted.  Each item takes at least one byte, so a count larger than the number
 * of bytes left is refused before anything is allocated by it.  Strings must be in the table, and
 * numbers must fit.  Sealing verifies ids, kinds and layouts.
 */
#include "model/pack.h"

#include "base/diag.h"
#include "base/memory.h"
#include "model/build.h"
#include "model/packed.h"
#include "model/verify.h"
#include "model/walk.h"

#include <string.h>

/* The least size of a packed type: kind, flags, name, size, alignment, location (3). */
enum { TYPE_BYTES = 8 };

struct unpacker {
    const unsigned char *at, *end;
    const char *fault; /* the first fault; after it every number is 0 */
    struct hg_model *model;
    const char **strings; /* of the model, by index; strings[0] is NULL */
    size_t string_count;
};

static void refuse(struct unpacker *unpacker, const char *fault)
{
    if (unpacker->fault == NULL)
        unpacker->fault = fault;
    unpacker->at = unpacker->end;
}

static uint64_t take_long(struct unpacker *unpacker)
{
    uint64_t value = 0;
    for (unsigned shift = 0; unpacker->at < unpacker->end && shift < 64; shift += 7) {
        uint64_t digit = *unpacker->at & 0x7f;
        if (shift == 63 && digit > 1)
            break;
        value |= digit << shift;
        if ((*unpacker->at++ & 0x80) == 0)
            return value;
    }
    refuse(unpacker, "a number does not end");
    return 0;
}

/* Nearly all numbers have one byte. */
static inline uint64_t take(struct unpacker *unpacker)
{
    return unpacker->at < unpacker->end && *unpacker->at < 0x80 ? *unpacker->at++
                                                                : take_long(unpacker);
}

static uint64_t take_upto(struct unpacker *unpacker, uint64_t most)
{
    uint64_t value = take(unpacker);
    if (value <= most)
        return value;
    refuse(unpacker, "a number is too large");
    return 0;
}

/* The count of the items that follow, each of which takes at least one byte. */
static size_t take_count(struct unpacker *unpacker)
{
    return (size_t)take_upto(unpacker, (uint64_t)(unpacker->end - unpacker->at));
}

static bool take_bool(struct unpacker *unpacker)
{
    return take_upto(unpacker, 1) != 0;
}

static const char *take_string(struct unpacker *unpacker)
{
    return unpacker->strings[take_upto(unpacker, unpacker->string_count)];
}

/* A string that must not be NULL; "" after a fault. */
static const char *take_some_string(struct unpacker *unpacker)
{
    const char *string = take_string(unpacker);
    if (string != NULL)
        return string;
    refuse(unpacker, "a string is missing");
    return "";
}

static struct hg_location take_location(struct unpacker *unpacker)
{
    struct hg_location where = {.file = take_string(unpacker)};
    where.line = (unsigned)take_upto(unpacker, UINT32_MAX);
    where.column = (unsigned)take_upto(unpacker, UINT32_MAX);
    return where;
}

static const struct hg_tags *take_tags(struct unpacker *unpacker)
{
    size_t count = take_count(unpacker);
    if (count == 0)
        return NULL;
    struct hg_arena *arena = hg_model_arena(unpacker->model);
    const char **names = hg_arena_array(arena, count, sizeof *names);
    bool *is_attribute = hg_arena_array(arena, count, sizeof *is_attribute);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        names[i] = take_some_string(unpacker);
        is_attribute[i] = take_bool(unpacker);
        any = any || is_attribute[i];
    }
    struct hg_tags *tags = hg_arena_alloc(arena, sizeof *tags);
    *tags =
        (struct hg_tags){.count = count, .names = names, .is_attribute = any ? is_attribute : NULL};
    return tags;
}

static struct hg_ref take_ref(struct unpacker *unpacker)
{
    struct hg_ref ref = {.id = (hg_type_id)take_upto(unpacker, UINT32_MAX)};
    ref.qualifiers = (uint32_t)take_upto(unpacker, UINT32_MAX);
    ref.tags = take_tags(unpacker);
    return ref;
}

static void take_members(struct unpacker *unpacker, struct hg_type *type)
{
    type->member_count = take_count(unpacker);
    struct hg_member *members =
        hg_arena_array(hg_model_arena(unpacker->model), type->member_count, sizeof *members);
    for (size_t i = 0; i < type->member_count; i++) {
        members[i].name = take_string(unpacker);
        members[i].type = take_ref(unpacker);
        members[i].bit_offset = take(unpacker);
        members[i].bit_width = (uint32_t)take_upto(unpacker, UINT32_MAX);
        members[i].tags = take_tags(unpacker);
        members[i].where = take_location(unpacker);
    }
    type->members = members;
}

static void take_enumerators(struct unpacker *unpacker, struct hg_type *type)
{
    type->enumerator_count = take_count(unpacker);
    struct hg_enumerator *enumerators = hg_arena_array(hg_model_arena(unpacker->model),
                                                       type->enumerator_count, sizeof *enumerators);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        enumerators[i].name = take_string(unpacker);
        enumerators[i].value = take(unpacker);
    }
    type->enumerators = enumerators;
}

static void take_parameters(struct unpacker *unpacker, struct hg_type *type)
{
    type->parameter_count = take_count(unpacker);
    struct hg_parameter *parameters =
        hg_arena_array(hg_model_arena(unpacker->model), type->parameter_count, sizeof *parameters);
    for (size_t i = 0; i < type->parameter_count; i++) {
        parameters[i].name = take_string(unpacker);
        parameters[i].type = take_ref(unpacker);
    }
    type->parameters = parameters;
}

static struct hg_type take_type(struct unpacker *unpacker)
{
    struct hg_type type = {.kind = (enum hg_kind)take_upto(unpacker, HG_OPAQUE)};
    uint64_t flags = take_upto(unpacker, ALL_FLAGS);
    type.complete = (flags & FLAG_COMPLETE) != 0;
    type.is_signed = (flags & FLAG_SIGNED) != 0;
    type.variadic = (flags & FLAG_VARIADIC) != 0;
    type.is_vector = (flags & FLAG_VECTOR) != 0;
    type.is_complex = (flags & FLAG_COMPLEX) != 0;
    type.lacks_members = (flags & FLAG_LACKS) != 0;
    type.name = take_string(unpacker);
    type.size = take(unpacker);
    type.align = (uint32_t)take_upto(unpacker, UINT32_MAX);
    type.where = take_location(unpacker);
    type.tags = take_tags(unpacker);
    if (hg_has_ref(&type))
        type.ref = take_ref(unpacker);
    if (type.kind == HG_ARRAY)
        type.count = take(unpacker);
    if (type.kind == HG_FUNCTION)
        take_parameters(unpacker, &type);
    if (hg_is_record(&type))
        take_members(unpacker, &type);
    if (type.kind == HG_ENUM)
        take_enumerators(unpacker, &type);
    if (type.kind == HG_OPAQUE)
        type.reason = take_some_string(unpacker);
    return type;
}

/* The strings are copied without interning: pack.c wrote each once, so equal strings have equal
 * pointers. */
static void take_strings(struct unpacker *unpacker)
{
    size_t count = take_count(unpacker);
    const unsigned char *first = unpacker->at;
    unpacker->strings = hg_calloc(count + 1, sizeof *unpacker->strings);
    for (size_t i = 0; i < count; i++) {
        size_t left = (size_t)(unpacker->end - unpacker->at);
        const unsigned char *nul = left == 0 ? NULL : memchr(unpacker->at, 0, left);
        if (nul == NULL) {
            refuse(unpacker, "a string does not end");
            return;
        }
        unpacker->at = nul + 1;
    }
    size_t size = (size_t)(unpacker->at - first);
    char *at = memcpy(hg_malloc(size), first, size);
    hg_model_adopt(unpacker->model, at);
    for (size_t i = 1; i <= count; i++, at += strlen(at) + 1)
        unpacker->strings[i] = at;
    unpacker->string_count = count;
}

static void take_origin(struct unpacker *unpacker)
{
    struct hg_target target = {.triple = take_string(unpacker)};
    target.big_endian = take_bool(unpacker);
    target.char_signed = take_bool(unpacker);
    target.enum_signs_unknown = take_bool(unpacker);
    target.pointer_size = (unsigned)take_upto(unpacker, UINT32_MAX);
    target.long_size = (unsigned)take_upto(unpacker, UINT32_MAX);
    hg_model_set_target(unpacker->model, &target);
    for (size_t left = take_count(unpacker); left > 0; left--) {
        const char *name = take_some_string(unpacker);
        hg_model_add_input(unpacker->model, name, take(unpacker));
    }
    for (size_t left = take_count(unpacker); left > 0; left--)
        hg_model_add_file(unpacker->model, take_some_string(unpacker));
}

static void take_types(struct unpacker *unpacker)
{
    size_t count = take_count(unpacker);
    if (count == 0)
        refuse(unpacker, "void is missing");
    size_t left = (size_t)(unpacker->end - unpacker->at);
    hg_model_reserve(unpacker->model, count < left / TYPE_BYTES ? count : left / TYPE_BYTES);
    for (size_t id = 1; id < count && unpacker->fault == NULL; id++) {
        struct hg_type type = take_type(unpacker);
        hg_model_define(unpacker->model, hg_model_declare(unpacker->model), &type);
    }
}

/* The tags of the parameters of a symbol with this type, which was taken before. */
static const struct hg_tags *const *take_parameter_tags(struct unpacker *unpacker, hg_type_id id)
{
    size_t count = take_count(unpacker);
    if (count == 0)
        return NULL;
    if (id >= hg_model_type_count(unpacker->model) ||
        hg_model_type(unpacker->model, id)->kind != HG_FUNCTION ||
        hg_model_type(unpacker->model, id)->parameter_count != count) {
        refuse(unpacker, "tags of parameters that are not there");
        return NULL;
    }
    const struct hg_tags **tags =
        hg_arena_array(hg_model_arena(unpacker->model), count, sizeof *tags);
    for (size_t i = 0; i < count; i++)
        tags[i] = take_tags(unpacker);
    return tags;
}

static void take_symbols(struct unpacker *unpacker)
{
    for (size_t left = take_count(unpacker); left > 0 && unpacker->fault == NULL; left--) {
        struct hg_symbol symbol = {0};
        symbol.kind = (enum hg_symbol_kind)take_upto(unpacker, HG_SYMBOL_VARIABLE);
        symbol.linkage = (enum hg_linkage)take_upto(unpacker, HG_LINKAGE_EXTERN);
        symbol.name = take_some_string(unpacker);
        symbol.type = take_ref(unpacker);
        symbol.tags = take_tags(unpacker);
        symbol.parameter_tags = take_parameter_tags(unpacker, symbol.type.id);
        hg_model_add_symbol(unpacker->model, &symbol);
    }
}

static void take_sections(struct unpacker *unpacker)
{
    for (size_t left = take_count(unpacker); left > 0 && unpacker->fault == NULL; left--) {
        struct hg_section section = {.name = take_some_string(unpacker)};
        section.size = take(unpacker);
        section.entry_count = take_count(unpacker);
        struct hg_section_entry *entries =
            hg_arena_array(hg_model_arena(unpacker->model), section.entry_count, sizeof *entries);
        for (size_t i = 0; i < section.entry_count; i++) {
            entries[i].symbol = (size_t)take(unpacker);
            entries[i].offset = take(unpacker);
            entries[i].size = take(unpacker);
        }
        section.entries = entries;
        hg_model_add_section(unpacker->model, &section);
    }
}

/* Sealing does not verify macros, and back ends write their names, so they are checked here. */
static void take_macros(struct unpacker *unpacker)
{
    for (size_t left = take_count(unpacker); left > 0 && unpacker->fault == NULL; left--) {
        struct hg_macro macro = {.kind = (enum hg_macro_kind)take_upto(unpacker, HG_MACRO_STRING)};
        macro.name = take_some_string(unpacker);
        macro.type_name = take_string(unpacker);
        macro.size = (unsigned)take_upto(unpacker, sizeof macro.value);
        macro.is_signed = take_bool(unpacker);
        macro.value = take(unpacker);
        macro.string = take_string(unpacker);
        macro.where = take_location(unpacker);
        bool has_value = macro.kind == HG_MACRO_STRING
                             ? macro.string != NULL
                             : macro.type_name != NULL && hg_is_words(macro.type_name);
        if (!hg_is_identifier(macro.name) || !has_value)
            refuse(unpacker, "a macro has no valid name or value");
        else
            hg_model_add_macro(unpacker->model, &macro);
    }
}

static void take_all(struct unpacker *unpacker)
{
    void (*const parts[])(struct unpacker *) = {take_strings, take_origin,   take_types,
                                                take_symbols, take_sections, take_macros};
    if (take(unpacker) != PACKED_FORM)
        refuse(unpacker, "its form is another version's");
    for (size_t i = 0; i < sizeof parts / sizeof *parts && unpacker->fault == NULL; i++)
        parts[i](unpacker);
    if (unpacker->at != unpacker->end)
        refuse(unpacker, "something follows the macros");
}

enum hg_status hg_model_unpack(const void *bytes, size_t size, struct hg_diagnostics *diagnostics,
                               struct hg_model **ret)
{
    struct unpacker unpacker = {
        .at = bytes, .end = (const unsigned char *)bytes + size, .model = hg_model_create()};
    take_all(&unpacker);
    free(unpacker.strings);

    enum hg_status status = HG_ERROR_INPUT;
    if (unpacker.fault != NULL)
        hg_error(diagnostics, NULL, "a packed model is damaged: %s", unpacker.fault);
    else
        status = hg_model_seal(unpacker.model, diagnostics);
    if (status == HG_OK)
        *ret = unpacker.model;
    else
        hg_model_destroy(unpacker.model);
    return status;
}
