/*
 * Writes the local types as BTF, after the object's own types.
 *
 *     Stask_struct pid:i32s, comm:[16]i8s     [58] INT 'int' size=4  [59] INT 'signed char' size=1
 *                                             [60] ARRAY of 16 [59]
 *                                             [61] STRUCT 'task_struct' size=24
 *                                                     'pid' [58] at bit 0, 'comm' [60] at bit 32
 *
 * Loaders match names and kinds, not offsets, so members simply follow one another, each aligned to
 * its size.  Types larger than 2^28 bytes are refused; no kernel has one.
 *
 * The method: the encoder of the BTF back end continues the object's own BTF.  A type is written
 * after the types that it refers to; types without members, enumerators or parameters only once.
 *
 * Why not libbpf's writer: see docs/architecture.md.
 */
#include "link/link.h"

#include "backend/btf/encode.h"
#include "core/kinds.h"

#include <string.h>

struct emitter {
    struct linker *linker;
    struct encoder encoder;
    struct hg_strings once;       /* by content: the id of a type without parts */
    struct hg_strings names;      /* by kind and name: the number of roots so far */
    const struct link_root *root; /* the current one, for messages */
    bool failed;
};

static uint32_t emit(struct emitter *emitter, struct link_type *type);

static bool too_large(struct emitter *emitter)
{
    if (!emitter->failed)
        hg_link_fault(emitter->linker, "the local type of '%s' is larger than BTF can express",
                      emitter->root->key);
    emitter->failed = true;
    return false;
}

/* --- types without parts --- */

static const char *int_name(const struct link_type *type)
{
    enum { SIZES = 5 };
    if (type->name != NULL)
        return type->name;
    static const char *const names[3][SIZES] = {
        {"signed char", "short int", "int", "long int", "__int128"},
        {"unsigned char", "short unsigned int", "unsigned int", "long unsigned int",
         "__int128 unsigned"},
        {"_Bool", "bool16", "bool32", "bool64", ""},
    };
    unsigned size = 0;
    while (8u << size < type->number)
        size++;
    return names[type->sign == 's' ? 0 : type->sign == 'u' ? 1 : 2][size];
}

static const char *float_name(const struct link_type *type)
{
    return type->name != NULL  ? type->name
           : type->number == 2 ? "_Float16"
           : type->number == 4 ? "float"
           : type->number == 8 ? "double"
                               : "long double";
}

static void encode_int(struct encoder *encoder, const struct link_type *type)
{
    unsigned encoding = type->sign == 's' ? BTF_INT_SIGNED : type->sign == 'b' ? BTF_INT_BOOL : 0;
    hg_encode_int(encoder, int_name(type), type->number / 8, encoding);
}

static void encode_enum(struct encoder *encoder, const struct link_type *type)
{
    enum { WIDE = 8 };
    bool is_wide = type->number == WIDE;
    hg_encode_head(encoder, is_wide ? BTF_ENUM64 : BTF_ENUM, type->sign == 's', type->part_count,
                   type->name, type->number);
    for (const struct link_part *part = type->first; part != NULL; part = part->next) {
        hg_encode_name(encoder, part->name);
        hg_encode_word(encoder, 0); /* loaders look enumerators up by name */
        if (is_wide)
            hg_encode_word(encoder, 0);
    }
}

/* Encodes a type without parts, or an enum.  target, index: the ids that it refers to. */
static void encode(struct encoder *encoder, const struct link_type *type, uint32_t target,
                   uint32_t index)
{
    bool is_union = type->kind == LINK_DECLARED_UNION;
    if (type->kind == LINK_INT)
        encode_int(encoder, type);
    else if (type->kind == LINK_FLOAT)
        hg_encode_head(encoder, BTF_FLOAT, false, 0, float_name(type), type->number);
    else if (type->kind == LINK_POINTER)
        hg_encode_head(encoder, BTF_PTR, false, 0, NULL, target);
    else if (type->kind == LINK_ARRAY)
        hg_encode_array(encoder, target, index, type->number);
    else if (type->kind == LINK_ENUM)
        encode_enum(encoder, type);
    else
        hg_encode_head(encoder, BTF_FWD, is_union, 0, type->name, 0);
}

/* Encodes the type, unless an equal one was encoded before; returns its id. */
static uint32_t emit_once(struct emitter *emitter, const struct link_type *type, uint32_t target,
                          uint32_t index)
{
    struct {
        const char *name;
        uint32_t kind, number, sign, target;
    } key = {type->name, (uint32_t)type->kind, type->number, (uint32_t)type->sign, target};
    uint32_t *id = hg_strings_number(&emitter->once, (const char *)&key, sizeof key);
    if (*id == 0) {
        encode(&emitter->encoder, type, target, index);
        *id = emitter->encoder.type_count;
    }
    return *id;
}

static uint32_t emit_array(struct emitter *emitter, struct link_type *type)
{
    const struct link_type index = {.kind = LINK_INT, .number = 32, .sign = 'u'};
    uint32_t index_id = emit_once(emitter, &index, 0, 0);
    uint32_t target = emit(emitter, type->target);
    /* Loaders treat an array without a size as flexible only at the end of a record. */
    uint32_t count = type->number == 0 ? type->used : type->number;
    const struct link_type sized = {.kind = LINK_ARRAY, .number = count};
    if (__builtin_mul_overflow(type->target->size, (uint64_t)count, &type->size) ||
        type->size > LINK_SIZE_MAX) {
        too_large(emitter);
        return 0;
    }
    return emit_once(emitter, &sized, target, index_id);
}

/* --- types with parts --- */

/* Sets the offsets of the members, and the size. */
static bool lay_out(struct emitter *emitter, struct link_type *type, bool has_bits)
{
    enum { LARGEST_ALIGNMENT = 8 };
    uint64_t end = 0;
    uint64_t largest = 1;
    for (struct link_part *part = type->first; part != NULL; part = part->next) {
        uint64_t size = part->type->size;
        uint64_t lowest = size & (~size + 1);
        uint64_t alignment = lowest == 0                  ? 1
                             : lowest < LARGEST_ALIGNMENT ? lowest
                                                          : LARGEST_ALIGNMENT;
        uint64_t at = type->kind == LINK_UNION ? 0 : (end + alignment - 1) / alignment * alignment;
        if (at + size > LINK_SIZE_MAX || (has_bits && 8 * at > BTF_BIT_OFFSET_MAX))
            return too_large(emitter);
        part->bit_offset = (uint32_t)(8 * at);
        end = at + size > end ? at + size : end;
        largest = alignment > largest ? alignment : largest;
    }
    /* A record without members needs a size, since loaders divide by that of an array's element. */
    type->size = end == 0 ? 1 : (end + largest - 1) / largest * largest;
    return true;
}

/* Emits the types of the members or parameters, and returns their ids; the caller frees them. */
static uint32_t *emit_parts(struct emitter *emitter, const struct link_type *type)
{
    uint32_t *ids = hg_calloc(type->part_count, sizeof *ids);
    size_t count = 0;
    for (const struct link_part *part = type->first; part != NULL; part = part->next)
        ids[count++] = emit(emitter, part->type);
    return ids;
}

static uint32_t emit_record(struct emitter *emitter, struct link_type *type)
{
    const uint32_t shift = 24;
    bool has_bits = false;
    HG_CLEANUP(hg_free_pointer) uint32_t *ids = emit_parts(emitter, type);
    for (const struct link_part *part = type->first; part != NULL; part = part->next)
        has_bits |= part->bits > 0;
    if (emitter->failed || !lay_out(emitter, type, has_bits))
        return 0;
    struct encoder *encoder = &emitter->encoder;
    hg_encode_head(encoder, type->kind == LINK_UNION ? BTF_UNION : BTF_STRUCT, has_bits,
                   type->part_count, type->name, (uint32_t)type->size);
    size_t count = 0;
    for (struct link_part *part = type->first; part != NULL; part = part->next) {
        hg_encode_name(encoder, part->name);
        hg_encode_word(encoder, ids[count++]);
        hg_encode_word(encoder,
                       has_bits ? part->bits << shift | part->bit_offset : part->bit_offset);
    }
    return encoder->type_count;
}

static uint32_t emit_typedef(struct emitter *emitter, struct link_type *type)
{
    uint32_t target = emit(emitter, type->target);
    type->size = type->target->size;
    hg_encode_head(&emitter->encoder, BTF_TYPEDEF, false, 0, type->name, target);
    return emitter->encoder.type_count;
}

static uint32_t emit_function(struct emitter *emitter, struct link_type *type)
{
    uint32_t returned = emit(emitter, type->target);
    HG_CLEANUP(hg_free_pointer) uint32_t *ids = emit_parts(emitter, type);
    hg_encode_head(&emitter->encoder, BTF_FUNC_PROTO, false, type->part_count, NULL, returned);
    for (size_t i = 0; i < type->part_count; i++) {
        hg_encode_word(&emitter->encoder, 0);
        hg_encode_word(&emitter->encoder, ids[i]);
    }
    return emitter->encoder.type_count;
}

static uint32_t emit_new(struct emitter *emitter, struct link_type *type)
{
    enum { POINTER_SIZE = 8 };
    uint32_t target = 0;
    switch (type->kind) {
    case LINK_VOID:
        return 0;
    case LINK_INT:
        type->size = type->number / 8;
        return emit_once(emitter, type, 0, 0);
    case LINK_FLOAT:
        type->size = type->number;
        return emit_once(emitter, type, 0, 0);
    case LINK_POINTER:
        type->size = POINTER_SIZE;
        target = type->target == NULL ? 0 : emit(emitter, type->target);
        return emit_once(emitter, type, target, 0);
    case LINK_ARRAY:
        return emit_array(emitter, type);
    case LINK_STRUCT:
    case LINK_UNION:
        return emit_record(emitter, type);
    case LINK_DECLARED_STRUCT:
    case LINK_DECLARED_UNION:
        return emit_once(emitter, type, 0, 0);
    case LINK_ENUM:
        type->size = type->number;
        if (type->part_count == 0)
            return emit_once(emitter, type, 0, 0);
        encode_enum(&emitter->encoder, type);
        return emitter->encoder.type_count;
    case LINK_TYPEDEF:
        return emit_typedef(emitter, type);
    case LINK_FUNCTION:
        return emit_function(emitter, type);
    }
    return 0;
}

static uint32_t emit(struct emitter *emitter, struct link_type *type)
{
    if (type->id == 0 && !emitter->failed)
        type->id = emit_new(emitter, type);
    return type->id;
}

/* --- roots --- */

/* Makes a second type of the same name a flavour: `foo___hdrgen2`.  A name that is a flavour
 * already becomes longer, `foo___old_hdrgen2`, since loaders cut names at the last three
 * underscores.  A name that ends with an underscore (`foo_`) can have no flavour: `foo____x` is
 * none. */
static void name_root(struct emitter *emitter, struct link_root *root)
{
    struct link_type *type = root->type;
    struct hg_text text = {0};
    hg_text_printf(&text, "%d %s", (int)type->kind, type->name);
    uint32_t *count = hg_strings_number(&emitter->names, text.data, text.size);
    ++*count;
    if (*count > 1) {
        bool has_flavour =
            hg_core_essential_length(type->name, HG_CORE_LIBBPF) < strlen(type->name);
        hg_text_truncate(&text, 0);
        hg_text_printf(&text, "%s%shdrgen%u", type->name, has_flavour ? "_" : "___", *count);
        if (text.size > LINK_NAME_MAX || hg_core_essential_length(text.data, HG_CORE_LIBBPF) !=
                                             hg_core_essential_length(type->name, HG_CORE_LIBBPF))
            emitter->failed = !hg_link_fault(
                emitter->linker,
                "two versions of '%s' are in the program, and its name can be given no flavour "
                "(its end, or its length): generate all bindings again, from one version",
                type->name);
        type->name = hg_strings_intern(&emitter->linker->strings, text.data, text.size);
    }
    hg_text_deinit(&text);
}

static bool emit_roots(struct emitter *emitter)
{
    struct linker *linker = emitter->linker;
    for (size_t i = 0; i < linker->roots.count && !emitter->failed; i++) {
        emitter->root = linker->roots.items[i];
        name_root(emitter, linker->roots.items[i]);
        emit(emitter, linker->roots.items[i]->type);
    }
    return !emitter->failed;
}

static void emit_mark(struct emitter *emitter)
{
    struct link_type integer = {.kind = LINK_INT, .number = 32, .sign = 's'};
    struct link_type mark = {.kind = LINK_TYPEDEF, .name = HG_LINK_MARK, .target = &integer};
    emit(emitter, &mark);
}

static void add_relocations(struct emitter *emitter)
{
    struct linker *linker = emitter->linker;
    for (size_t i = 0; i < linker->records.count; i++) {
        const struct link_record *record = &linker->records.items[i];
        *HG_PUSH(&linker->relos) = (struct link_relo){
            .location = record->location,
            .type = record->root->type->id,
            .access = hg_encode_string(&emitter->encoder, record->access),
            .kind = (uint32_t)record->kind,
            .is_new = true,
        };
    }
    for (size_t i = 0; i < linker->relos.count; i++) {
        struct link_section *section =
            link_section(linker, linker->relos.items[i].location.section);
        section->btf_name = hg_encode_string(&emitter->encoder, section->name);
    }
}

/* Moves the object's own BTF into the encoder, which continues it. */
static void take_own(struct emitter *emitter, struct link_btf *own)
{
    struct encoder *encoder = &emitter->encoder;
    encoder->words.items = own->words.items;
    encoder->words.count = own->words.count;
    encoder->words.capacity = own->words.capacity;
    encoder->type_count = own->type_count;
    encoder->strings = own->strings;
    *own = (struct link_btf){.was_linked = own->was_linked};
}

bool hg_link_emit(struct linker *linker, struct link_btf *own)
{
    struct emitter emitter = {.linker = linker};
    struct hg_arena arena;
    hg_arena_init(&arena);
    hg_strings_init(&emitter.once, &arena);
    hg_strings_init(&emitter.names, &arena);
    bool was_linked = own->was_linked;
    take_own(&emitter, own);
    bool fine = emit_roots(&emitter);
    if (fine) {
        if (!was_linked)
            emit_mark(&emitter);
        add_relocations(&emitter);
        hg_encoder_finish(&emitter.encoder, linker->big_endian, &linker->btf);
    }
    hg_encoder_deinit(&emitter.encoder);
    hg_strings_deinit(&emitter.once);
    hg_strings_deinit(&emitter.names);
    hg_arena_deinit(&arena);
    return fine;
}
