/*
 * The local types as BTF, after the object's own.
 *
 *     Stask_struct pid:i32s, comm:[16]i8s     [58] INT 'int' size=4  [59] INT 'signed char' size=1
 *                                             [60] ARRAY of 16 [59]
 *                                             [61] STRUCT 'task_struct' size=24
 *                                                     'pid' [58] at bit 0, 'comm' [60] at bit 32
 *
 * What loaders match is names and kinds, so the layout is free: members follow one another, each
 * aligned to its size.  Only what no kernel's BTF has is refused: a type beyond 2^28 bytes.
 *
 * The method: the encoder of the BTF back end, which begins with the object's own types; each type
 * is written after those that it is made of, and those without parts only once.
 *
 * Why not libbpf's writer: it takes the object's own BTF by btf__new, which follows unchecked
 * numbers, and rustc's can be checked only after it was mended; names are mended in place there,
 * too.
 */
#include "link/link.h"

#include "backend/btf/encode.h"
#include "core/kinds.h"

#include <string.h>

struct emitter {
    struct linker *linker;
    struct encoder encoder;
    struct hg_strings once;  /* by what a type without parts is made of: its id */
    struct hg_strings names; /* by kind and name of roots: how many there are of it */
    const struct link_root *root;
    bool failed;
};

static uint32_t emit(struct emitter *emitter, struct link_type *type);

static bool too_large(struct emitter *emitter)
{
    if (!emitter->failed)
        hg_link_fault(emitter->linker, "the local type of '%s' is larger than its BTF can say",
                      emitter->root->key);
    emitter->failed = true;
    return false;
}

/* --- types without parts --- */

/* Where the id of such a type is kept; 0 = it is new. */
static uint32_t *id_of(struct emitter *emitter, const struct link_type *type, uint32_t target)
{
    struct {
        const char *name;
        uint32_t kind, number, sign, target;
    } key = {type->name, (uint32_t)type->kind, type->number, (uint32_t)type->sign, target};
    return hg_strings_number(&emitter->once, (const char *)&key, sizeof key);
}

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

static uint32_t emit_int(struct emitter *emitter, struct link_type *type)
{
    unsigned encoding = type->sign == 's' ? BTF_INT_SIGNED : type->sign == 'b' ? BTF_INT_BOOL : 0;
    uint32_t *id = id_of(emitter, type, 0);
    type->size = type->number / 8;
    if (*id == 0) {
        hg_encode_int(&emitter->encoder, int_name(type), type->number / 8, encoding);
        *id = emitter->encoder.type_count;
    }
    return *id;
}

static uint32_t emit_float(struct emitter *emitter, struct link_type *type)
{
    const char *name = type->name != NULL  ? type->name
                       : type->number == 2 ? "_Float16"
                       : type->number == 4 ? "float"
                       : type->number == 8 ? "double"
                                           : "long double";
    uint32_t *id = id_of(emitter, type, 0);
    type->size = type->number;
    if (*id == 0) {
        hg_encode_head(&emitter->encoder, BTF_FLOAT, false, 0, name, type->number);
        *id = emitter->encoder.type_count;
    }
    return *id;
}

static uint32_t emit_pointer(struct emitter *emitter, struct link_type *type)
{
    enum { POINTER_SIZE = 8 };
    uint32_t target = type->target == NULL ? 0 : emit(emitter, type->target);
    uint32_t *id = id_of(emitter, type, target);
    type->size = POINTER_SIZE;
    if (*id == 0) {
        hg_encode_head(&emitter->encoder, BTF_PTR, false, 0, NULL, target);
        *id = emitter->encoder.type_count;
    }
    return *id;
}

static uint32_t emit_array(struct emitter *emitter, struct link_type *type)
{
    struct link_type index = {.kind = LINK_INT, .number = 32, .sign = 'u'};
    uint32_t index_id = emit_int(emitter, &index);
    uint32_t target = emit(emitter, type->target);
    /* Loaders take an array without a size for one only at the end of a record. */
    uint32_t count = type->number == 0 ? type->used : type->number;
    const struct link_type sized = {.kind = LINK_ARRAY, .number = count};
    uint32_t *id = id_of(emitter, &sized, target);
    if (__builtin_mul_overflow(type->target->size, (uint64_t)count, &type->size) ||
        type->size > LINK_SIZE_MAX) {
        too_large(emitter);
        return 0;
    }
    if (*id == 0) {
        hg_encode_array(&emitter->encoder, target, index_id, count);
        *id = emitter->encoder.type_count;
    }
    return *id;
}

static uint32_t emit_declared(struct emitter *emitter, struct link_type *type)
{
    uint32_t *id = id_of(emitter, type, 0);
    if (*id == 0) {
        hg_encode_head(&emitter->encoder, BTF_FWD, type->kind == LINK_DECLARED_UNION, 0, type->name,
                       0);
        *id = emitter->encoder.type_count;
    }
    return *id;
}

/* --- types with parts --- */

/* Sets places and size. */
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
    /* A record without members has a size all the same: loaders divide by that of an element. */
    type->size = end == 0 ? 1 : (end + largest - 1) / largest * largest;
    return true;
}

static uint32_t emit_record(struct emitter *emitter, struct link_type *type)
{
    bool has_bits = false;
    uint32_t shift = 24;
    HG_CLEANUP(hg_free_pointer) uint32_t *ids = hg_calloc(type->part_count, sizeof *ids);
    size_t count = 0;
    for (struct link_part *part = type->first; part != NULL; part = part->next) {
        ids[count++] = emit(emitter, part->type);
        has_bits |= part->bits > 0;
    }
    if (emitter->failed || !lay_out(emitter, type, has_bits))
        return 0;
    struct encoder *encoder = &emitter->encoder;
    hg_encode_head(encoder, type->kind == LINK_UNION ? BTF_UNION : BTF_STRUCT, has_bits,
                   type->part_count, type->name, (uint32_t)type->size);
    count = 0;
    for (struct link_part *part = type->first; part != NULL; part = part->next) {
        hg_encode_name(encoder, part->name);
        hg_encode_word(encoder, ids[count++]);
        hg_encode_word(encoder,
                       has_bits ? part->bits << shift | part->bit_offset : part->bit_offset);
    }
    return encoder->type_count;
}

/* Values are the kernel's affair: here all are 0. */
static uint32_t emit_enum(struct emitter *emitter, struct link_type *type)
{
    enum { WIDE = 8 };
    bool is_wide = type->number == WIDE;
    type->size = type->number;
    uint32_t *id = type->part_count == 0 ? id_of(emitter, type, 0) : NULL;
    if (id != NULL && *id != 0)
        return *id;
    struct encoder *encoder = &emitter->encoder;
    hg_encode_head(encoder, is_wide ? BTF_ENUM64 : BTF_ENUM, type->sign == 's', type->part_count,
                   type->name, type->number);
    for (const struct link_part *part = type->first; part != NULL; part = part->next) {
        hg_encode_name(encoder, part->name);
        hg_encode_word(encoder, 0);
        if (is_wide)
            hg_encode_word(encoder, 0);
    }
    if (id != NULL)
        *id = encoder->type_count;
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
    HG_CLEANUP(hg_free_pointer) uint32_t *ids = hg_calloc(type->part_count, sizeof *ids);
    size_t count = 0;
    for (const struct link_part *part = type->first; part != NULL; part = part->next)
        ids[count++] = emit(emitter, part->type);
    hg_encode_head(&emitter->encoder, BTF_FUNC_PROTO, false, type->part_count, NULL, returned);
    for (size_t i = 0; i < count; i++) {
        hg_encode_word(&emitter->encoder, 0);
        hg_encode_word(&emitter->encoder, ids[i]);
    }
    return emitter->encoder.type_count;
}

static uint32_t emit_new(struct emitter *emitter, struct link_type *type)
{
    switch (type->kind) {
    case LINK_VOID:
        return 0;
    case LINK_INT:
        return emit_int(emitter, type);
    case LINK_FLOAT:
        return emit_float(emitter, type);
    case LINK_POINTER:
        return emit_pointer(emitter, type);
    case LINK_ARRAY:
        return emit_array(emitter, type);
    case LINK_STRUCT:
    case LINK_UNION:
        return emit_record(emitter, type);
    case LINK_DECLARED_STRUCT:
    case LINK_DECLARED_UNION:
        return emit_declared(emitter, type);
    case LINK_ENUM:
        return emit_enum(emitter, type);
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

/* A second type of the same name becomes a flavour.  What has one already gets it made longer:
 * loaders cut the name at the last three underscores.  A name that ends with one (`foo_`) can have
 * no flavour: four underscores are none. */
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
                "(its end, or its length): make the bindings anew, all of one version",
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
            .section = record->place.section,
            .offset = record->place.offset,
            .type = record->root->type->id,
            .access = hg_encode_string(&emitter->encoder, record->access),
            .kind = (uint32_t)record->kind,
            .is_new = true,
        };
    }
    for (size_t i = 0; i < linker->relos.count; i++) {
        struct link_section *section = link_section(linker, linker->relos.items[i].section);
        section->btf_name = hg_encode_string(&emitter->encoder, section->name);
    }
}

/* The encoder goes on after what the object has. */
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
