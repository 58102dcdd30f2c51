/*
 * Types: writes each selected type as one BTF type.
 *
 *     bool, int, char                  INT of 8 * size bits
 *     float                            FLOAT; an array of bytes where BTF has no such size
 *     pointer, typedef                 PTR, TYPEDEF
 *     array, complex, vector           ARRAY, one a dimension
 *     struct, union                    STRUCT, UNION; FWD where it is only declared
 *     enum                             ENUM, ENUM64
 *     function                         FUNC_PROTO
 *     opaque, and vectors of odd size  ARRAY of unsigned char
 *
 * A type that BTF cannot express becomes an array of its size, so that members of that type keep
 * their size: some readers fail at a member that is void or has size 0.
 *
 * Parameters keep their names, although this makes more prototypes differ; the kernel's own BTF has
 * no names in the prototypes of function pointers.
 */
#include "backend/btf/parts.h"
#include "model/walk.h"

#include <assert.h>
#include <inttypes.h>

/* --- records --- */

/*
 *     struct s { int a; unsigned b:3; };
 *
 * becomes STRUCT 's' with its kind flag set, since it has a bit-field.  Then the last word of each
 * member is width << 24 | bit offset, with width 0 for `a`; without bit-fields it is the bit
 * offset.  A number that does not fit is an error.
 */

static bool has_bit_field(const struct hg_type *record)
{
    for (size_t i = 0; i < record->member_count; i++)
        if (record->members[i].bit_width != 0)
            return true;
    return false;
}

/* Returns the last word of the BTF member: offset and width.  Reports numbers that do not fit. */
static uint32_t offset_word(struct btf_writer *writer, const struct hg_member *member,
                            bool bit_fields)
{
    uint64_t most = bit_fields ? BTF_BIT_OFFSET_MAX : UINT32_MAX;
    if (member->bit_offset > most)
        hg_btf_out_refuse(writer, "member", member->name,
                          "at bit %" PRIu64 ", and BTF can say no more than %" PRIu64
                          " in a record %s",
                          member->bit_offset, most, bit_fields ? "with bit-fields" : "without");
    if (member->bit_width > BTF_BIT_WIDTH_MAX)
        hg_btf_out_refuse(writer, "member", member->name, "a bit-field of %" PRIu32 " bits",
                          member->bit_width);
    uint32_t offset = (uint32_t)member->bit_offset;
    return bit_fields ? member->bit_width << 24 | offset : offset;
}

static void put_record(struct btf_writer *writer, const struct hg_type *record, const char *name)
{
    if (record->member_count > BTF_ENTRIES_MAX)
        hg_btf_out_refuse(writer, NULL, NULL, "%zu members, and BTF can hold %d",
                          record->member_count, BTF_ENTRIES_MAX);
    if (record->size > UINT32_MAX)
        hg_btf_out_refuse(writer, NULL, NULL, "%" PRIu64 " bytes, and BTF can say no more than %u",
                          record->size, UINT32_MAX);
    bool bit_fields = has_bit_field(record);
    hg_encode_head(&writer->encoder, record->kind == HG_UNION ? BTF_UNION : BTF_STRUCT, bit_fields,
                   record->member_count, name, (uint32_t)record->size);
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        assert(writer->selection->need[hg_type_resolve(writer->model, member->type.id, NULL)] ==
               HG_DEFINED);
        hg_encode_name(&writer->encoder, member->name);
        hg_encode_word(&writer->encoder, hg_btf_out_ref(writer, &member->type));
        hg_encode_word(&writer->encoder, offset_word(writer, member, bit_fields));
        if (member->tags != NULL)
            hg_btf_out_note_tags(writer, member->tags, writer->number[writer->current],
                                 (uint32_t)i);
    }
    hg_btf_out_note_tags(writer, record->tags, writer->number[writer->current], BTF_WHOLE);
}

/* --- enums --- */

/*
 * Enums: ENUM if all values fit into 32 bits, else ENUM64.  The size is the compiler's in both.
 *
 *     enum e { A = -1, B = 2 };                      ENUM 'e' signed size=4: A=0xffffffff B=2
 *     enum f { C = 0x1ffffffff };                    ENUM64 'f' size=8: C=0xffffffff,1
 *
 * Before Linux 6.0 there is no ENUM64 and no sign: each value is signed and has 32 bits.  Values
 * that do not fit are left out, with a warning: a program can ask whether a value exists, but not
 * whether it is right.  Another warning names enums with values that become negative.
 */

/* The size of an enum that is only declared: the kernel requires one. */
enum { DECLARED_ENUM_SIZE = 4 };

static bool fits_32_bits(const struct hg_type *type, uint64_t value)
{
    return type->is_signed ? (int64_t)value >= INT32_MIN && (int64_t)value <= INT32_MAX
                           : value <= UINT32_MAX;
}

static size_t count_fitting(const struct hg_type *type)
{
    size_t count = 0;
    for (size_t i = 0; i < type->enumerator_count; i++)
        count += fits_32_bits(type, type->enumerators[i].value);
    return count;
}

static bool uses_top_bit(const struct hg_type *type)
{
    for (size_t i = 0; i < type->enumerator_count; i++)
        if (type->enumerators[i].value >> 31 & 1)
            return true;
    return false;
}

static void put_enum32(struct btf_writer *writer, const struct hg_type *type, const char *name,
                       size_t fitting)
{
    bool knows_sign = hg_btf_out_knows(writer, 6, 0);
    if (!knows_sign && uses_top_bit(type))
        hg_btf_out_list(writer, &writer->degraded[DEGRADED_ENUM_SIGN], NULL);
    hg_encode_head(&writer->encoder, BTF_ENUM, knows_sign && type->is_signed, fitting, name,
                   type->complete ? (uint32_t)type->size : DECLARED_ENUM_SIZE);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const struct hg_enumerator *enumerator = &type->enumerators[i];
        if (!fits_32_bits(type, enumerator->value)) {
            hg_btf_out_list(writer, &writer->degraded[DEGRADED_ENUM64], enumerator->name);
            continue;
        }
        hg_encode_name(&writer->encoder, enumerator->name);
        hg_encode_word(&writer->encoder, (uint32_t)enumerator->value);
    }
}

static void put_enum(struct btf_writer *writer, const struct hg_type *type, const char *name)
{
    size_t count = type->enumerator_count;
    if (count > BTF_ENTRIES_MAX)
        hg_btf_out_refuse(writer, NULL, NULL, "%zu enumerators, and BTF can hold %d", count,
                          BTF_ENTRIES_MAX);
    size_t fitting = count_fitting(type);
    if (fitting == count || !hg_btf_out_knows(writer, 6, 0)) {
        put_enum32(writer, type, name, fitting);
        return;
    }
    hg_encode_head(&writer->encoder, BTF_ENUM64, type->is_signed, count, name,
                   (uint32_t)type->size);
    for (size_t i = 0; i < count; i++) {
        hg_encode_name(&writer->encoder, type->enumerators[i].name);
        hg_encode_word(&writer->encoder, (uint32_t)type->enumerators[i].value);
        hg_encode_word(&writer->encoder, (uint32_t)(type->enumerators[i].value >> 32));
    }
}

/* --- other types --- */

static bool is_float_size(uint64_t size)
{
    return size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
}

/* The number of elements that fill a vector exactly; 0 = there is none. */
static uint64_t vector_count(const struct btf_writer *writer, const struct hg_type *type)
{
    uint64_t element = hg_type_size(writer->model, type->ref.id);
    return element != 0 && type->size % element == 0 ? type->size / element : 0;
}

bool hg_btf_out_is_bytes(const struct btf_writer *writer, const struct hg_type *type)
{
    if (type->kind == HG_OPAQUE)
        return true;
    if (type->kind == HG_FLOAT)
        return !is_float_size(type->size) || !hg_btf_out_knows(writer, 5, 13);
    return type->kind == HG_ARRAY && type->is_vector && type->size != 0 &&
           vector_count(writer, type) == 0;
}

static void put_array(struct btf_writer *writer, const struct hg_type *type)
{
    if (type->size > UINT32_MAX || type->count > UINT32_MAX)
        hg_btf_out_refuse(writer, NULL, NULL,
                          "%" PRIu64 " elements in %" PRIu64
                          " bytes, and BTF can say no more than %u of either",
                          type->count, type->size, UINT32_MAX);
    uint64_t count = type->is_vector ? vector_count(writer, type) : type->count;
    uint32_t element = hg_btf_out_ref(writer, &type->ref);
    hg_encode_array(&writer->encoder, element, writer->index_int, (uint32_t)count);
}

static void put_bytes(struct btf_writer *writer, const struct hg_type *type)
{
    if (type->size > UINT32_MAX)
        hg_btf_out_refuse(writer, NULL, NULL, "%" PRIu64 " bytes, and BTF can say no more than %u",
                          type->size, UINT32_MAX);
    if (type->kind == HG_FLOAT && is_float_size(type->size))
        hg_btf_out_list(writer, &writer->degraded[DEGRADED_FLOAT], NULL);
    hg_encode_array(&writer->encoder, writer->byte, writer->index_int, (uint32_t)type->size);
}

static void put_prototype(struct btf_writer *writer, const struct hg_type *type)
{
    size_t count = type->parameter_count + type->variadic;
    if (count > BTF_ENTRIES_MAX)
        hg_btf_out_refuse(writer, NULL, NULL, "%zu parameters, and BTF can hold %d", count,
                          BTF_ENTRIES_MAX);
    uint32_t result = hg_btf_out_result(writer, &type->ref);
    hg_encode_head(&writer->encoder, BTF_FUNC_PROTO, false, count, NULL, result);
    for (size_t i = 0; i < type->parameter_count; i++) {
        hg_encode_name(&writer->encoder, type->parameters[i].name);
        hg_encode_word(&writer->encoder, hg_btf_out_ref(writer, &type->parameters[i].type));
    }
    if (type->variadic) {
        hg_encode_name(&writer->encoder, NULL);
        hg_encode_word(&writer->encoder, 0);
    }
}

static void put_int(struct btf_writer *writer, const struct hg_type *type)
{
    hg_encode_int(&writer->encoder, type->name, (uint32_t)type->size,
                  type->kind == HG_BOOL ? BTF_INT_BOOL
                  : type->is_signed     ? BTF_INT_SIGNED
                                        : 0);
}

static void put_reference(struct btf_writer *writer, enum btf_kind kind, const char *name,
                          const struct hg_ref *ref)
{
    uint32_t target = hg_btf_out_ref(writer, ref);
    hg_encode_head(&writer->encoder, kind, false, 0, name, target);
}

void hg_btf_out_put_type(struct btf_writer *writer, hg_type_id id, bool nameless)
{
    const struct hg_type *type = hg_model_type(writer->model, id);
    const char *name = nameless ? NULL : type->name;
    struct encoder *encoder = &writer->encoder;
    if (hg_btf_out_is_bytes(writer, type)) {
        put_bytes(writer, type);
        return;
    }
    switch (type->kind) {
    case HG_VOID:
    case HG_OPAQUE:
        assert(false && "void is never selected, opaque types are bytes");
        break;
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
        put_int(writer, type);
        break;
    case HG_FLOAT:
        hg_encode_head(encoder, BTF_FLOAT, false, 0, name, (uint32_t)type->size);
        break;
    case HG_POINTER:
        put_reference(writer, BTF_PTR, NULL, &type->ref);
        break;
    case HG_ARRAY:
        put_array(writer, type);
        break;
    case HG_STRUCT:
    case HG_UNION:
        if (writer->selection->need[id] == HG_DEFINED)
            put_record(writer, type, name);
        else
            hg_encode_head(encoder, BTF_FWD, type->kind == HG_UNION, 0, name, 0);
        break;
    case HG_ENUM:
        put_enum(writer, type, name);
        break;
    case HG_TYPEDEF:
        put_reference(writer, BTF_TYPEDEF, name, &type->ref);
        hg_btf_out_note_tags(writer, type->tags, writer->number[id], BTF_WHOLE);
        break;
    case HG_FUNCTION:
        put_prototype(writer, type);
        break;
    }
}
