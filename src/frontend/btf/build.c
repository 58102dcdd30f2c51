/*
 * Types: each BTF type that is a type in C becomes one type of the model, in BTF's order.
 *
 *     [1] INT 'int'  [2] CONST -> 1  [3] PTR -> 2  [4] FUNC_PROTO  [5] FUNC 'f' -> 4
 *
 *     #1 int         #2 pointer -> const #1        #3 function      symbol f: #3
 *
 * The method: every type gets its id first, since references may go forward; then each is defined.
 * Names point into BTF's strings, which the model takes over.  Nothing is interned: a type that is
 * in BTF twice is in the model twice.
 *
 * What is lost: the order of qualifiers, repeated ones, and modifiers that nothing refers to; the
 * index types of arrays; the bits of an INT that does not fill its bytes, unless a member has it.
 */
#include "frontend/btf/build.h"

#include <string.h>

struct hg_ref hg_btf_ref(struct builder *builder, uint32_t id)
{
    const struct btf *btf = builder->btf;
    struct hg_ref ref = {0};
    if (btf_kind(btf, id) == BTF_TYPE_TAG)
        ref.tags = hg_btf_type_tags(builder, id);
    for (; btf_is_modifier(btf_kind(btf, id)); id = btf_type_word(btf, id)) {
        if (btf_kind(btf, id) == BTF_CONST)
            ref.qualifiers |= HG_CONST;
        if (btf_kind(btf, id) == BTF_VOLATILE)
            ref.qualifiers |= HG_VOLATILE;
        if (btf_kind(btf, id) == BTF_RESTRICT)
            ref.qualifiers |= HG_RESTRICT;
    }
    ref.id = builder->ids[id];
    return ref;
}

/* --- arithmetic types --- */

/* The name of an INT without one.  rules.c allows no other sizes. */
static const char *int_name(uint64_t size, bool is_signed)
{
    switch (size) {
    case 1:
        return is_signed ? "signed char" : "unsigned char";
    case 2:
        return is_signed ? "short int" : "short unsigned int";
    case 4:
        return is_signed ? "int" : "unsigned int";
    case 8:
        return is_signed ? "long long int" : "long long unsigned int";
    default:
        return is_signed ? "__int128" : "__int128 unsigned";
    }
}

static const char *float_name(uint64_t size)
{
    return size == 2 ? "_Float16" : size == 4 ? "float" : size == 8 ? "double" : "long double";
}

static void fill_int(const struct builder *builder, uint32_t id, struct hg_type *type)
{
    const struct btf *btf = builder->btf;
    unsigned encoding = btf_int_encoding(btf, id);
    const char *name = type->name == NULL ? "" : type->name;
    type->size = btf_size_word(btf, id);
    type->kind = HG_INT;
    type->is_signed = (encoding & BTF_INT_SIGNED) != 0 || strcmp(name, "signed char") == 0;
    if (encoding == BTF_INT_BOOL) {
        type->kind = HG_BOOL;
    } else if (type->size == 1 && strcmp(name, "char") == 0) {
        type->kind = HG_CHAR;
        type->is_signed = btf->char_signed;
    } else if (hg_btf_int_is_float(btf, id)) {
        type->kind = HG_FLOAT;
    }
    if (type->name == NULL)
        type->name =
            hg_model_keep(builder->model,
                          type->kind == HG_BOOL ? "_Bool" : int_name(type->size, type->is_signed));
}

static void fill_float(const struct builder *builder, uint32_t id, struct hg_type *type)
{
    type->kind = HG_FLOAT;
    type->size = btf_size_word(builder->btf, id);
    if (type->name == NULL)
        type->name = hg_model_keep(builder->model, float_name(type->size));
}

/* --- records, enums, prototypes --- */

static void fill_record(struct builder *builder, uint32_t id, struct hg_type *type)
{
    const struct btf *btf = builder->btf;
    uint32_t count = btf_vlen(btf, id);
    const uint32_t *word = btf_extra(btf, id);
    size_t tag = hg_btf_first_tag(builder, id);
    struct hg_member *members = hg_arena_array(builder->arena, count, sizeof *members);
    size_t kept = 0;

    type->kind = btf_kind(btf, id) == BTF_STRUCT ? HG_STRUCT : HG_UNION;
    type->size = btf_size_word(btf, id);
    type->tags = hg_btf_part_tags(builder, &tag, id, 0);
    for (uint32_t i = 0; i < count; i++, word += 3) {
        struct btf_place place = hg_btf_member_place(btf, id, i);
        struct hg_member member = {
            .name = builder_name(builder, word[0]),
            .type = hg_btf_ref(builder, word[1]),
            .bit_offset = place.bit_offset,
            .bit_width = place.bit_width,
            .tags = hg_btf_part_tags(builder, &tag, id, i + 1),
        };
        bool is_padding = member.name == NULL && member.bit_width != 0;
        if (!is_padding)
            members[kept++] = member;
    }
    type->members = kept == 0 ? NULL : members;
    type->member_count = kept;
}

/* An enum without enumerators is only declared, unless a member or element has its type and so
 * needs its size. */
static void fill_enum(struct builder *builder, uint32_t id, struct hg_type *type)
{
    const struct btf *btf = builder->btf;
    uint32_t count = btf_vlen(btf, id);
    type->kind = HG_ENUM;
    if (count == 0 && !builder->has_value[id]) {
        type->complete = false;
        return;
    }
    type->size = btf_size_word(btf, id);
    type->is_signed = hg_btf_enum_is_signed(btf, id);
    if (count == 0)
        return;
    const uint32_t *word = btf_extra(btf, id);
    uint32_t words = btf_kind(btf, id) == BTF_ENUM ? 2 : 3;
    struct hg_enumerator *enumerators = hg_arena_array(builder->arena, count, sizeof *enumerators);
    for (uint32_t i = 0; i < count; i++, word += words)
        enumerators[i] = (struct hg_enumerator){
            .name = builder_name(builder, word[0]),
            .value = hg_btf_enum_value(btf, id, i, type->is_signed),
        };
    type->enumerators = enumerators;
    type->enumerator_count = count;
}

static void fill_prototype(struct builder *builder, uint32_t id, struct hg_type *type)
{
    const struct btf *btf = builder->btf;
    uint32_t count = btf_vlen(btf, id);
    const uint32_t *word = btf_extra(btf, id);
    type->kind = HG_FUNCTION;
    type->ref = hg_btf_ref(builder, btf_type_word(btf, id));
    if (count > 0 && word[2 * (size_t)(count - 1) + 1] == 0) {
        type->variadic = true;
        count--;
    }
    if (count == 0)
        return;
    struct hg_parameter *parameters = hg_arena_array(builder->arena, count, sizeof *parameters);
    for (uint32_t i = 0; i < count; i++, word += 2)
        parameters[i] = (struct hg_parameter){.name = builder_name(builder, word[0]),
                                              .type = hg_btf_ref(builder, word[1])};
    type->parameters = parameters;
    type->parameter_count = count;
}

/* --- all of them --- */

static void fill_referring(struct builder *builder, uint32_t id, struct hg_type *type)
{
    const struct btf *btf = builder->btf;
    type->ref = hg_btf_ref(builder, btf_reference(btf, id, 0));
    if (btf_kind(btf, id) == BTF_TYPEDEF) {
        size_t tag = hg_btf_first_tag(builder, id);
        type->kind = HG_TYPEDEF;
        type->tags = hg_btf_part_tags(builder, &tag, id, 0);
        return;
    }
    type->size = btf->sizes[id];
    type->kind = btf_kind(btf, id) == BTF_PTR ? HG_POINTER : HG_ARRAY;
    if (type->kind == HG_ARRAY)
        type->count = btf_extra(btf, id)[2];
}

/* Returns false if the BTF type is no type of the model. */
static bool fill(struct builder *builder, uint32_t id, struct hg_type *type)
{
    const struct btf *btf = builder->btf;
    *type = (struct hg_type){.complete = true, .name = builder_name(builder, btf_name_at(btf, id))};
    switch (btf_kind(btf, id)) {
    case BTF_INT:
        fill_int(builder, id, type);
        return true;
    case BTF_FLOAT:
        fill_float(builder, id, type);
        return true;
    case BTF_PTR:
    case BTF_ARRAY:
    case BTF_TYPEDEF:
        fill_referring(builder, id, type);
        return true;
    case BTF_STRUCT:
    case BTF_UNION:
        fill_record(builder, id, type);
        return true;
    case BTF_FWD:
        type->kind = btf_flag(btf, id) ? HG_UNION : HG_STRUCT;
        type->complete = false;
        return true;
    case BTF_ENUM:
    case BTF_ENUM64:
        fill_enum(builder, id, type);
        return true;
    case BTF_FUNC_PROTO:
        fill_prototype(builder, id, type);
        return true;
    case BTF_VOID:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
    case BTF_FUNC:
    case BTF_VAR:
    case BTF_DATASEC:
    case BTF_DECL_TAG:
    case BTF_TYPE_TAG:
        return false;
    }
    return false;
}

static bool is_type(enum btf_kind kind)
{
    return kind != BTF_VOID && !btf_is_modifier(kind) && !btf_is_declaration(kind);
}

static void declare_types(struct builder *builder)
{
    const struct btf *btf = builder->btf;
    size_t count = 0;
    for (uint32_t id = 1; id < btf->type_count; id++)
        count += is_type(btf_kind(btf, id));
    hg_model_reserve(builder->model, count);
    for (uint32_t id = 1; id < btf->type_count; id++)
        if (is_type(btf_kind(btf, id)))
            builder->ids[id] = hg_model_declare(builder->model);
}

/* Finds the types of members and elements. */
static void find_value_types(struct builder *builder)
{
    const struct btf *btf = builder->btf;
    builder->has_value = hg_calloc(btf->type_count, sizeof *builder->has_value);
    for (uint32_t id = 1; id < btf->type_count; id++) {
        enum btf_kind kind = btf_kind(btf, id);
        if (!btf_is_record(kind) && kind != BTF_ARRAY)
            continue;
        for (uint32_t i = 0; i < btf_reference_count(btf, id); i++)
            builder->has_value[btf->resolved[btf_reference(btf, id, i)]] = true;
    }
}

/* The ids of the BTF file, by which relocations refer to types. */
static void keep_numbers(const struct builder *builder)
{
    const struct btf *btf = builder->btf;
    hg_type_id *types = hg_calloc(btf->type_count, sizeof *types);
    uint8_t *kinds = hg_calloc(btf->type_count, sizeof *kinds);
    uint32_t *numbers = hg_calloc(hg_model_type_count(builder->model), sizeof *numbers);
    for (uint32_t id = 1; id < btf->type_count; id++) {
        kinds[id] = (uint8_t)btf_kind(btf, id);
        types[id] = HG_NO_TYPE;
        if (!is_type(btf_kind(btf, id)))
            continue;
        types[id] = builder->ids[id];
        numbers[types[id]] = id;
    }
    hg_model_adopt(builder->model, types);
    hg_model_adopt(builder->model, kinds);
    hg_model_adopt(builder->model, numbers);
    hg_model_set_numbering(builder->model, &(struct hg_numbering){
                                               .count = btf->type_count,
                                               .types = types,
                                               .kinds = kinds,
                                               .numbers = numbers,
                                               .strings = btf->strings,
                                               .string_size = btf->string_size,
                                               .lost_members = btf->nameless_bit_fields.count > 0,
                                           });
}

void hg_btf_build(struct btf *btf, struct hg_model *model)
{
    struct builder builder = {.btf = btf, .model = model, .arena = hg_model_arena(model)};
    builder.ids = hg_calloc(btf->type_count, sizeof *builder.ids);
    find_value_types(&builder);
    hg_btf_collect_tags(&builder);
    declare_types(&builder);
    for (uint32_t id = 1; id < btf->type_count; id++) {
        struct hg_type type;
        if (fill(&builder, id, &type))
            hg_model_define(model, builder.ids[id], &type);
    }
    hg_btf_build_symbols(&builder);
    hg_model_vouch_for_names(model); /* rules.c */
    keep_numbers(&builder);
    hg_model_adopt(model, btf->strings_memory);
    btf->strings_memory = NULL;
    free(builder.ids);
    free(builder.has_value);
    free(builder.declaration_tags.items);
    free(builder.type_tags);
}
