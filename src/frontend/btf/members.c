/*
 * Checks members within their records, and other uses of types that need a size.
 *
 *     STRUCT 'a' size=8 { x: INT size=4 at bit 32 }     fine
 *     STRUCT 'a' size=8 { x: INT size=4 at bit 40 }     refused: ends at bit 72
 *
 * BTF has two forms of member offsets.  In a record with the kind flag, the word has 24 bits of
 * offset and 8 bits of width, which is 0 for a member that is no bit-field.  In a record without
 * the flag, the word has 32 bits of offset, and a bit-field has the width of its type, an INT made
 * for it:
 *
 *     INT 'unsigned int' size=4 bits=3 offset=2;  member at bit 32   ->   3 bits at bit 34
 */
#include "frontend/btf/btf.h"

#include <inttypes.h>
#include <string.h>

struct btf_place hg_btf_member_place(const struct btf *btf, uint32_t id, uint32_t index)
{
    const uint32_t *member = btf_extra(btf, id) + 3 * (size_t)index;
    if (btf_flag(btf, id))
        return (struct btf_place){.bit_offset = member[2] & 0xffffff, .bit_width = member[2] >> 24};
    struct btf_place place = {.bit_offset = member[2]};
    uint32_t type = btf->resolved[member[1]];
    if (btf_kind(btf, type) == BTF_INT &&
        (!btf_int_is_regular(btf, type) || place.bit_offset % 8 != 0)) {
        place.bit_offset += btf_int_offset(btf, type);
        place.bit_width = btf_int_bits(btf, type);
    }
    return place;
}

bool hg_btf_int_is_float(const struct btf *btf, uint32_t id)
{
    const char *name = btf_string(btf, btf_name_at(btf, id));
    return btf_int_encoding(btf, id) == 0 && btf_size_word(btf, id) >= 4 &&
           btf_int_is_regular(btf, id) &&
           (strcmp(name, "float") == 0 || strcmp(name, "double") == 0 ||
            strcmp(name, "long double") == 0);
}

static bool is_irregular_int(const struct btf *btf, uint32_t type)
{
    return btf_kind(btf, type) == BTF_INT && !btf_int_is_regular(btf, type);
}

/* Why a member cannot have this type and place; NULL = it can. */
static const char *place_fault(const struct btf *btf, uint32_t type, struct btf_place place,
                               bool has_widths)
{
    enum btf_kind kind = btf_kind(btf, btf->resolved[type]);
    if (btf->sizes[type] == BTF_NO_SIZE)
        return kind == BTF_VOID  ? "is void"
               : kind == BTF_FWD ? "is of a type that is only declared"
                                 : "is a function";
    /* Such a member has two widths, and it is not known which is right. */
    if (has_widths && is_irregular_int(btf, btf->resolved[type]))
        return "is of an INT that does not fill its bytes, in a record with the kind flag";
    if (place.bit_width == 0)
        return place.bit_offset % 8 == 0 ? NULL : "is no bit-field, but not at a whole byte";
    bool is_integer = kind == BTF_INT && !hg_btf_int_is_float(btf, btf->resolved[type]);
    if (!is_integer && kind != BTF_ENUM && kind != BTF_ENUM64)
        return "is a bit-field, but not of an integer or enum";
    return place.bit_width <= 8 * (uint64_t)btf->sizes[type] ? NULL : "is wider than its type";
}

static bool check_nameless(struct btf *btf, uint32_t id, uint32_t index, struct btf_place place)
{
    const uint32_t *member = btf_extra(btf, id) + 3 * (size_t)index;
    if (*btf_string(btf, member[0]) != '\0' ||
        btf_is_record(btf_kind(btf, btf->resolved[member[1]])))
        return true;
    if (place.bit_width == 0)
        return hg_btf_fault(btf, id,
                            "member %u has no name, and only a struct, union or bit-field may have "
                            "none",
                            index);
    hg_btf_notice(&btf->nameless_bit_fields, id);
    return true;
}

/* *reached: the bit at which the members before this one end. */
static bool check_member(struct btf *btf, uint32_t id, uint32_t index, uint64_t *reached)
{
    const uint32_t *member = btf_extra(btf, id) + 3 * (size_t)index;
    struct btf_place place = hg_btf_member_place(btf, id, index);
    const char *why = place_fault(btf, member[1], place, btf_flag(btf, id));
    if (why != NULL)
        return hg_btf_part_fault(btf, id, "member", member[0], "number %u %s", index, why);

    /* Sizes are below 2^32, so sums of bits stay below 2^36. */
    uint64_t size = btf_size_word(btf, id);
    uint64_t bits = place.bit_width != 0 ? place.bit_width : 8 * (uint64_t)btf->sizes[member[1]];
    if (place.bit_offset + bits > 8 * size)
        return hg_btf_part_fault(
            btf, id, "member", member[0],
            "number %u: %" PRIu64 " bit%s at bit %" PRIu64 " reach beyond the %" PRIu64 " byte%s",
            index, bits, hg_plural(bits), place.bit_offset, size, hg_plural(size));
    if (btf_kind(btf, id) == BTF_UNION && place.bit_offset != 0)
        return hg_btf_part_fault(btf, id, "member", member[0],
                                 "number %u: at bit %" PRIu64 " of a union", index,
                                 place.bit_offset);
    if (btf_kind(btf, id) == BTF_STRUCT && place.bit_offset < *reached)
        return hg_btf_part_fault(btf, id, "member", member[0],
                                 "number %u: begins at bit %" PRIu64 ", before bit %" PRIu64
                                 " where the members before it end",
                                 index, place.bit_offset, *reached);
    if (*reached < place.bit_offset + bits)
        *reached = place.bit_offset + bits;
    return check_nameless(btf, id, index, place);
}

/* Back ends write padding, so its size is bounded.  No alignment needs as much as the limit. */
static bool check_gap(const struct btf *btf, uint32_t id, uint64_t from_bit, uint64_t to_bit)
{
    if (to_bit <= from_bit || (to_bit - from_bit) / 8 <= BTF_GAP_MAX)
        return true;
    return hg_btf_fault(btf, id, "%" PRIu64 " bytes at %" PRIu64 " belong to no member",
                        (to_bit - from_bit) / 8, from_bit / 8);
}

static bool check_record(struct btf *btf, uint32_t id)
{
    uint64_t reached = 0;
    for (uint32_t i = 0; i < btf_vlen(btf, id); i++) {
        uint64_t before = reached;
        if (!check_member(btf, id, i, &reached) ||
            !check_gap(btf, id, before, hg_btf_member_place(btf, id, i).bit_offset))
            return false;
    }
    return check_gap(btf, id, reached, 8 * (uint64_t)btf_size_word(btf, id));
}

static bool check_array(const struct btf *btf, uint32_t id)
{
    uint32_t index = btf->resolved[btf_extra(btf, id)[1]];
    if (btf_kind(btf, index) != BTF_INT || !btf_int_is_regular(btf, index))
        return hg_btf_fault(btf, id, "its index, type %u, is no ordinary INT",
                            btf_extra(btf, id)[1]);
    if (is_irregular_int(btf, btf->resolved[btf_extra(btf, id)[0]]))
        return hg_btf_fault(btf, id, "its element, type %u, is an INT that does not fill its bytes",
                            btf_extra(btf, id)[0]);
    return true;
}

/* A prototype may pass and return a record that is only declared. */
static bool is_value(const struct btf *btf, uint32_t type)
{
    enum btf_kind kind = btf_kind(btf, btf->resolved[type]);
    return kind != BTF_VOID && kind != BTF_FUNC_PROTO;
}

static bool check_prototype(const struct btf *btf, uint32_t id)
{
    const uint32_t *parameter = btf_extra(btf, id);
    uint32_t result = btf_type_word(btf, id);
    enum btf_kind kind = btf_kind(btf, btf->resolved[result]);
    if (kind == BTF_ARRAY || (result != 0 && !is_value(btf, result)))
        return hg_btf_fault(btf, id, "no function returns type %u", result);
    for (uint32_t i = 0; i < btf_vlen(btf, id); i++, parameter += 2)
        if (parameter[1] != 0 && !is_value(btf, parameter[1]))
            return hg_btf_part_fault(btf, id, "parameter", parameter[0],
                                     "number %u: type %u cannot be passed", i, parameter[1]);
    return true;
}

/* `extern void f __ksym` is a variable without a size. */
static bool check_variable(const struct btf *btf, uint32_t id)
{
    const uint32_t is_extern = 2;
    uint32_t type = btf_type_word(btf, id);
    bool is_function = btf_kind(btf, btf->resolved[type]) == BTF_FUNC_PROTO;
    if (is_function || (btf->sizes[type] == BTF_NO_SIZE && btf_extra(btf, id)[0] != is_extern))
        return hg_btf_fault(btf, id, "no variable is of type %u, which has no size", type);
    return true;
}

static bool check_section(const struct btf *btf, uint32_t id)
{
    const uint32_t is_extern = 2;
    const uint32_t *entry = btf_extra(btf, id);
    for (uint32_t i = 0; i < btf_vlen(btf, id); i++, entry += 3) {
        uint32_t variable = entry[0];
        if (btf_kind(btf, variable) != BTF_VAR || btf_extra(btf, variable)[0] == is_extern)
            continue;
        uint64_t size = btf->sizes[btf_type_word(btf, variable)];
        if (size != BTF_NO_SIZE && entry[2] < size)
            return hg_btf_fault(btf, id, "entry %u: %u bytes for a variable of %" PRIu64, i,
                                entry[2], size);
    }
    return true;
}

bool hg_btf_check_members(struct btf *btf)
{
    for (uint32_t id = 1; id < btf->type_count; id++) {
        enum btf_kind kind = btf_kind(btf, id);
        bool fine = true;
        if (btf_is_record(kind))
            fine = check_record(btf, id);
        else if (kind == BTF_ARRAY)
            fine = check_array(btf, id);
        else if (kind == BTF_FUNC_PROTO)
            fine = check_prototype(btf, id);
        else if (kind == BTF_VAR)
            fine = check_variable(btf, id);
        else if (kind == BTF_DATASEC)
            fine = check_section(btf, id);
        if (!fine)
            return false;
    }
    return true;
}
