/*
 * Enumerators: their values, and whether they are signed.
 *
 *     ENUM 'e' flag=0 size=1 { A=0, B=0xffffffff }    B is -1
 *     ENUM 'e' flag=0 size=4 { A=0, B=0xffffffff }    B is 4294967295
 *
 * Since 2022 signed enums have the kind flag.  Older BTF has no flag, and stores the low 32 bits of
 * each value.  In an enum of fewer than 32 bits, a value with bits set beyond the enum's size must
 * be negative.  In an enum of 32 bits without the flag, values are taken as unsigned, as newer BTF
 * defines them.  BTF is older if none of its enums has the flag and none is an ENUM64.
 */
#include "frontend/btf/btf.h"

uint64_t hg_btf_enum_value(const struct btf *btf, uint32_t id, uint32_t index, bool is_signed)
{
    const uint32_t *extra = btf_extra(btf, id);
    if (btf_kind(btf, id) == BTF_ENUM64)
        return (uint64_t)extra[3 * (size_t)index + 2] << 32 | extra[3 * (size_t)index + 1];
    uint32_t value = extra[2 * (size_t)index + 1];
    return is_signed ? (uint64_t)(int64_t)(int32_t)value : value;
}

bool hg_btf_enum_fits(const struct btf *btf, uint32_t id, bool is_signed)
{
    unsigned bits = 8 * btf_size_word(btf, id);
    if (bits == 64 || (bits == 32 && btf_kind(btf, id) == BTF_ENUM))
        return true;
    for (uint32_t i = 0; i < btf_vlen(btf, id); i++) {
        uint64_t value = hg_btf_enum_value(btf, id, i, is_signed);
        /* These bits must all be zero, or all repeat the sign. */
        uint64_t high = value >> (is_signed ? bits - 1 : bits);
        if (high != 0 && !(is_signed && high == UINT64_MAX >> (bits - 1)))
            return false;
    }
    return true;
}

bool hg_btf_enum_is_signed(const struct btf *btf, uint32_t id)
{
    return btf_flag(btf, id) ||
           (!hg_btf_enum_fits(btf, id, false) && hg_btf_enum_fits(btf, id, true));
}

bool hg_btf_has_enum_signs(const struct btf *btf)
{
    for (uint32_t id = 1; id < btf->type_count; id++)
        if (btf_kind(btf, id) == BTF_ENUM64 || (btf_kind(btf, id) == BTF_ENUM && btf_flag(btf, id)))
            return true;
    return false;
}
