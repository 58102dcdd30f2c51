/*
 * Packing: see pack.h.
 *
 *     struct list { struct list *next; };
 *
 *         "list", 0x00, "next", 0x00 ...       strings, each once
 *         7 1 0 16 8 ...                       type 1: kind, flags, name, size, align, place, tags
 *         1  2 0 0 0 0 ...                     its members: how many, then each
 *
 * Everything is a number, and a number is LEB128: seven bits a byte, the lowest first, the top bit
 * on all but the last.  Strings are numbers, too: 0 is NULL, n the nth of the table that comes
 * first.
 *
 * Unpacking trusts nothing: each item takes at least one byte, so a count beyond the bytes that are
 * left is refused before anything is allocated by it; strings must be in the table; numbers must
 * fit.  Whether ids, kinds and layouts make sense is what sealing verifies.
 */
#include "model/pack.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/strings.h"
#include "model/build.h"

#include <assert.h>
#include <string.h>

enum { FLAG_COMPLETE = 1, FLAG_SIGNED = 2, FLAG_VARIADIC = 4, FLAG_VECTOR = 8, FLAG_COMPLEX = 16 };
enum { ALL_FLAGS = 31 };

/* --- packing --- */

struct packer {
    struct hg_text *bytes;
    struct hg_text body; /* what follows the strings */
    struct hg_arena arena;
    struct hg_strings strings;
    HG_ARRAY(const char *) table;
};

static void put(struct hg_text *bytes, uint64_t value)
{
    unsigned char encoded[10];
    size_t count = 0;
    do {
        encoded[count] = (unsigned char)(value & 0x7f);
        value >>= 7;
        if (value != 0)
            encoded[count] |= 0x80;
        count++;
    } while (value != 0);
    hg_text_bytes(bytes, encoded, count);
}

static void pack(struct packer *packer, uint64_t value)
{
    put(&packer->body, value);
}

static void pack_string(struct packer *packer, const char *string)
{
    if (string == NULL) {
        pack(packer, 0);
        return;
    }
    uint32_t *number = hg_strings_number(&packer->strings, string, strlen(string));
    if (*number == 0) {
        *HG_PUSH(&packer->table) = string;
        *number = (uint32_t)packer->table.count;
    }
    pack(packer, *number);
}

static void pack_location(struct packer *packer, const struct hg_location *where)
{
    pack_string(packer, where->file);
    pack(packer, where->line);
    pack(packer, where->column);
}

static void pack_tags(struct packer *packer, const struct hg_tags *tags)
{
    size_t count = tags == NULL ? 0 : tags->count;
    pack(packer, count);
    for (size_t i = 0; i < count; i++) {
        pack_string(packer, tags->names[i]);
        pack(packer, tags->is_attribute != NULL && tags->is_attribute[i]);
    }
}

static void pack_ref(struct packer *packer, const struct hg_ref *ref)
{
    pack(packer, ref->id);
    pack(packer, ref->qualifiers);
    pack_tags(packer, ref->tags);
}

static void pack_members(struct packer *packer, const struct hg_type *type)
{
    pack(packer, type->member_count);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        pack_string(packer, member->name);
        pack_ref(packer, &member->type);
        pack(packer, member->bit_offset);
        pack(packer, member->bit_width);
        pack_tags(packer, member->tags);
        pack_location(packer, &member->where);
    }
}

static void pack_enumerators(struct packer *packer, const struct hg_type *type)
{
    pack(packer, type->enumerator_count);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        pack_string(packer, type->enumerators[i].name);
        pack(packer, type->enumerators[i].value);
    }
}

static void pack_function(struct packer *packer, const struct hg_type *type)
{
    pack_ref(packer, &type->ref);
    pack(packer, type->parameter_count);
    for (size_t i = 0; i < type->parameter_count; i++) {
        pack_string(packer, type->parameters[i].name);
        pack_ref(packer, &type->parameters[i].type);
    }
}

static void pack_type(struct packer *packer, const struct hg_type *type)
{
    pack(packer, type->kind);
    pack(packer, (type->complete ? FLAG_COMPLETE : 0u) | (type->is_signed ? FLAG_SIGNED : 0u) |
                     (type->variadic ? FLAG_VARIADIC : 0u) | (type->is_vector ? FLAG_VECTOR : 0u) |
                     (type->is_complex ? FLAG_COMPLEX : 0u));
    pack_string(packer, type->name);
    pack(packer, type->size);
    pack(packer, type->align);
    pack_location(packer, &type->where);
    pack_tags(packer, type->tags);
    switch (type->kind) {
    case HG_VOID:
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
        break;
    case HG_POINTER:
    case HG_TYPEDEF:
        pack_ref(packer, &type->ref);
        break;
    case HG_ARRAY:
        pack_ref(packer, &type->ref);
        pack(packer, type->count);
        break;
    case HG_STRUCT:
    case HG_UNION:
        pack_members(packer, type);
        break;
    case HG_ENUM:
        pack_enumerators(packer, type);
        break;
    case HG_FUNCTION:
        pack_function(packer, type);
        break;
    case HG_OPAQUE:
        pack_string(packer, type->reason);
        break;
    }
}

static void pack_origin(struct packer *packer, const struct hg_model *model)
{
    const struct hg_target *target = hg_model_target(model);
    pack_string(packer, target->triple);
    pack(packer, target->big_endian);
    pack(packer, target->char_signed);
    pack(packer, target->pointer_size);
    pack(packer, target->long_size);
    size_t count = 0;
    const struct hg_input *inputs = hg_model_inputs(model, &count);
    pack(packer, count);
    for (size_t i = 0; i < count; i++) {
        pack_string(packer, inputs[i].name);
        pack(packer, inputs[i].hash);
    }
    const char *const *files = hg_model_files(model, &count);
    pack(packer, count);
    for (size_t i = 0; i < count; i++)
        pack_string(packer, files[i]);
}

void hg_model_pack(const struct hg_model *model, struct hg_text *bytes)
{
    size_t symbols = 0;
    size_t sections = 0;
    hg_model_symbols(model, &symbols);
    hg_model_sections(model, &sections);
    assert(symbols == 0 && sections == 0);

    struct packer packer = {.bytes = bytes};
    hg_arena_init(&packer.arena);
    hg_strings_init(&packer.strings, &packer.arena);
    pack_origin(&packer, model);
    size_t count = hg_model_type_count(model);
    pack(&packer, count);
    for (size_t id = 1; id < count; id++)
        pack_type(&packer, hg_model_type(model, (hg_type_id)id));

    put(bytes, packer.table.count);
    for (size_t i = 0; i < packer.table.count; i++)
        hg_text_bytes(bytes, packer.table.items[i], strlen(packer.table.items[i]) + 1);
    hg_text_bytes(bytes, packer.body.data, packer.body.size);

    free(packer.table.items);
    hg_text_deinit(&packer.body);
    hg_strings_deinit(&packer.strings);
    hg_arena_deinit(&packer.arena);
}

/* --- unpacking --- */

struct unpacker {
    const unsigned char *at, *end;
    const char *fault; /* the first one; from then on everything read is 0 */
    struct hg_model *model;
    const char **strings; /* the model's copies; strings[0] is NULL */
    size_t string_count;
};

static void refuse(struct unpacker *unpacker, const char *fault)
{
    if (unpacker->fault == NULL)
        unpacker->fault = fault;
    unpacker->at = unpacker->end;
}

static uint64_t take(struct unpacker *unpacker)
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

/* A number that may be at most `most`. */
static uint64_t take_upto(struct unpacker *unpacker, uint64_t most)
{
    uint64_t value = take(unpacker);
    if (value <= most)
        return value;
    refuse(unpacker, "a number is too large");
    return 0;
}

/* How many items follow, each of which takes at least one byte. */
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

/* One that must be there; "" after a fault. */
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

static void take_function(struct unpacker *unpacker, struct hg_type *type)
{
    type->ref = take_ref(unpacker);
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
    type.name = take_string(unpacker);
    type.size = take(unpacker);
    type.align = (uint32_t)take_upto(unpacker, UINT32_MAX);
    type.where = take_location(unpacker);
    type.tags = take_tags(unpacker);
    switch (type.kind) {
    case HG_VOID:
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
        break;
    case HG_POINTER:
    case HG_TYPEDEF:
        type.ref = take_ref(unpacker);
        break;
    case HG_ARRAY:
        type.ref = take_ref(unpacker);
        type.count = take(unpacker);
        break;
    case HG_STRUCT:
    case HG_UNION:
        take_members(unpacker, &type);
        break;
    case HG_ENUM:
        take_enumerators(unpacker, &type);
        break;
    case HG_FUNCTION:
        take_function(unpacker, &type);
        break;
    case HG_OPAQUE:
        type.reason = take_some_string(unpacker);
        break;
    }
    return type;
}

static void take_strings(struct unpacker *unpacker)
{
    size_t count = take_count(unpacker);
    unpacker->strings = hg_calloc(count + 1, sizeof *unpacker->strings);
    for (size_t i = 1; i <= count; i++) {
        size_t left = (size_t)(unpacker->end - unpacker->at);
        const unsigned char *nul = left == 0 ? NULL : memchr(unpacker->at, 0, left);
        if (nul == NULL) {
            refuse(unpacker, "a string does not end");
            return;
        }
        unpacker->strings[i] = hg_model_string(unpacker->model, (const char *)unpacker->at,
                                               (size_t)(nul - unpacker->at));
        unpacker->at = nul + 1;
    }
    unpacker->string_count = count;
}

static void take_origin(struct unpacker *unpacker)
{
    struct hg_target target = {.triple = take_string(unpacker)};
    target.big_endian = take_bool(unpacker);
    target.char_signed = take_bool(unpacker);
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
    for (size_t id = 1; id < count && unpacker->fault == NULL; id++) {
        struct hg_type type = take_type(unpacker);
        hg_model_define(unpacker->model, hg_model_declare(unpacker->model), &type);
    }
    if (unpacker->at != unpacker->end)
        refuse(unpacker, "something follows the types");
}

enum hg_status hg_model_unpack(const void *bytes, size_t size, struct hg_diagnostics *diagnostics,
                               struct hg_model **ret)
{
    struct unpacker unpacker = {
        .at = bytes, .end = (const unsigned char *)bytes + size, .model = hg_model_create()};
    take_strings(&unpacker);
    if (unpacker.fault == NULL)
        take_origin(&unpacker);
    if (unpacker.fault == NULL)
        take_types(&unpacker);
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
