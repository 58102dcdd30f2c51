/*
 * Enums: ENUM with 32-bit values where they fit, ENUM64 where one does not; the size is the
 * compiler's either way.
 *
 *     enum e { A = -1, B = 2 };                      ENUM 'e' signed size=4: A=0xffffffff B=2
 *     enum f { C = 0x1ffffffff };                    ENUM64 'f' size=8: C=0xffffffff,1
 *
 * Before Linux 6.0 there is no ENUM64 and no sign: every value is a signed 32-bit one.  Values that
 * do not fit are then left out, since a value that is missing can be asked for and a wrong one
 * cannot; what reads differently with another sign is reported.
 */
#include "backend/btf/parts.h"

/* An enum that is only declared has no values, and the kernel wants a size all the same. */
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

void hg_btf_out_put_enum(struct btf_writer *writer, const struct hg_type *type, const char *name)
{
    size_t count = type->enumerator_count;
    if (count > BTF_MOST_ENTRIES)
        hg_btf_out_refuse(writer, NULL, NULL, "%zu enumerators, and BTF can hold %d", count,
                          BTF_MOST_ENTRIES);
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
