/*
 * Each type by itself: checks its three words and the words after them.
 *
 *     INT  name=1 info=0x01000000 size=4  bits=32 offset=0 encoding=SIGNED    fine
 *     INT  name=1 info=0x01000000 size=4  bits=33 ...                         refused
 *
 * The method: a table has a row for each kind (which names may it have, may it have a flag, a
 * count?); functions check the other rules of some kinds.  The rules are the kernel's
 * (kernel/bpf/btf.c), with the exceptions in docs/btf.md.
 *
 * What this does not do: check type ids; references.c does.
 */
#include "frontend/btf/btf.h"

#include <string.h>

enum name_rule {
    NAME_NONE,
    NAME_OPTIONAL,
    NAME_REQUIRED,
    NAME_WORDS, /* `long unsigned int` */
    NAME_SYMBOL,
    NAME_SECTION,
    NAME_TAG,
};

static const struct {
    bool (*is_valid)(const struct btf *btf, uint32_t name);
    bool may_be_absent;
    const char *fault;
} name_rules[] = {
    [NAME_NONE] = {NULL, true, "cannot have a name"},
    [NAME_OPTIONAL] = {hg_btf_is_identifier, true,
                       "its name is no C identifier of at most 511 characters"},
    [NAME_REQUIRED] = {hg_btf_is_identifier, false,
                       "its name must be a C identifier of at most 511 characters"},
    [NAME_WORDS] = {hg_btf_is_words, true, "its name is no C type name of at most 511 characters"},
    [NAME_SYMBOL] = {hg_btf_is_symbol_name, false,
                     "its name must be that of a symbol, of at most 511 characters"},
    [NAME_SECTION] = {hg_btf_is_section_name, false,
                      "its name must be that of a section, of at most 511 characters"},
    [NAME_TAG] = {hg_btf_is_tag, false,
                  "its text must be 1 to 4095 characters, without control characters"},
};

static const struct rule {
    enum name_rule name;
    bool may_have_flag;
    bool may_have_count;
} rules[BTF_KIND_COUNT] = {
    [BTF_INT] = {NAME_WORDS, false, false},      [BTF_PTR] = {NAME_NONE, false, false},
    [BTF_ARRAY] = {NAME_NONE, false, false},     [BTF_STRUCT] = {NAME_OPTIONAL, true, true},
    [BTF_UNION] = {NAME_OPTIONAL, true, true},   [BTF_ENUM] = {NAME_OPTIONAL, true, true},
    [BTF_FWD] = {NAME_REQUIRED, true, false},    [BTF_TYPEDEF] = {NAME_REQUIRED, false, false},
    [BTF_VOLATILE] = {NAME_NONE, false, false},  [BTF_CONST] = {NAME_NONE, false, false},
    [BTF_RESTRICT] = {NAME_NONE, false, false},  [BTF_FUNC] = {NAME_SYMBOL, false, true},
    [BTF_FUNC_PROTO] = {NAME_NONE, false, true}, [BTF_VAR] = {NAME_SYMBOL, false, false},
    [BTF_DATASEC] = {NAME_SECTION, false, true}, [BTF_FLOAT] = {NAME_WORDS, false, false},
    [BTF_DECL_TAG] = {NAME_TAG, true, false},    [BTF_TYPE_TAG] = {NAME_TAG, true, false},
    [BTF_ENUM64] = {NAME_OPTIONAL, true, true},
};

static bool in_strings(const struct btf *btf, uint32_t offset)
{
    return offset < btf->string_size;
}

static bool is_absent(const struct btf *btf, uint32_t offset)
{
    return btf->strings[offset] == '\0';
}

static bool check_common(struct btf *btf, uint32_t id)
{
    const struct rule *rule = &rules[btf_kind(btf, id)];
    uint32_t name = btf_name_at(btf, id);
    if (!in_strings(btf, name))
        return hg_btf_fault(btf, id, "its name is at %u, beyond the %zu bytes of strings", name,
                            btf->string_size);
    bool is_valid = is_absent(btf, name) ? name_rules[rule->name].may_be_absent
                                         : name_rules[rule->name].is_valid != NULL &&
                                               name_rules[rule->name].is_valid(btf, name);
    if (!is_valid)
        return hg_btf_fault(btf, id, "%s", name_rules[rule->name].fault);
    if (btf_flag(btf, id) && !rule->may_have_flag)
        return hg_btf_fault(btf, id, "the kind flag has no meaning for it");
    if (btf_vlen(btf, id) != 0 && !rule->may_have_count)
        return hg_btf_fault(btf, id, "cannot have a count (%u)", btf_vlen(btf, id));
    return true;
}

static bool is_power_of_two(uint32_t size, uint32_t largest)
{
    return size != 0 && size <= largest && (size & (size - 1)) == 0;
}

static bool check_int(struct btf *btf, uint32_t id)
{
    uint32_t size = btf_size_word(btf, id);
    unsigned bits = btf_int_bits(btf, id);
    unsigned encoding = btf_int_encoding(btf, id);
    if ((btf_extra(btf, id)[0] & 0xf000ff00) != 0)
        return hg_btf_fault(btf, id, "unknown bits in 0x%08x", btf_extra(btf, id)[0]);
    if (!is_power_of_two(size, 16))
        return hg_btf_fault(btf, id, "no integer is %u bytes", size);
    if (bits == 0 || bits + btf_int_offset(btf, id) > 8 * size)
        return hg_btf_fault(btf, id, "%u bit%s at bit %u in %u byte%s", bits, hg_plural(bits),
                            btf_int_offset(btf, id), size, hg_plural(size));
    if (encoding == (BTF_INT_SIGNED | BTF_INT_CHAR))
        hg_btf_notice(&btf->char_and_signed, id);
    else if ((encoding & (encoding - 1)) != 0 || encoding > BTF_INT_BOOL)
        return hg_btf_fault(btf, id, "encoding %u is not known", encoding);
    if (encoding == BTF_INT_BOOL && size == 16)
        return hg_btf_fault(btf, id, "no bool is %u bytes", size);
    if (is_absent(btf, btf_name_at(btf, id)))
        hg_btf_notice(&btf->nameless_ints, id);
    if (!btf_int_is_regular(btf, id))
        hg_btf_notice(&btf->odd_ints, id);
    return true;
}

static bool check_float(struct btf *btf, uint32_t id)
{
    uint32_t size = btf_size_word(btf, id);
    if (size != 12 && (size == 1 || !is_power_of_two(size, 16)))
        return hg_btf_fault(btf, id, "no floating-point type is %u bytes", size);
    if (is_absent(btf, btf_name_at(btf, id)))
        hg_btf_notice(&btf->nameless_ints, id);
    return true;
}

/* Checks the names of members, enumerators or parameters, which have this number of words. */
static bool check_part_names(struct btf *btf, uint32_t id, const char *what, uint32_t words,
                             bool required)
{
    const uint32_t *part = btf_extra(btf, id);
    uint32_t count = btf_vlen(btf, id);
    for (uint32_t i = 0; i < count; i++, part += words) {
        if (!in_strings(btf, part[0]))
            return hg_btf_fault(btf, id,
                                "%s %u: its name is at %u, beyond the %zu bytes of strings", what,
                                i, part[0], btf->string_size);
        if (is_absent(btf, part[0]) && !required)
            continue;
        if (!hg_btf_is_identifier(btf, part[0]))
            return hg_btf_part_fault(
                btf, id, what, part[0],
                "number %u: its name must be a C identifier of at most 511 characters", i);
    }
    return true;
}

static bool check_enum(struct btf *btf, uint32_t id)
{
    if (!is_power_of_two(btf_size_word(btf, id), 8))
        return hg_btf_fault(btf, id, "no enum is %u bytes", btf_size_word(btf, id));
    if (!hg_btf_enum_fits(btf, id, hg_btf_enum_is_signed(btf, id)))
        return hg_btf_fault(btf, id, "not all of its values fit into %u byte%s",
                            btf_size_word(btf, id), hg_plural(btf_size_word(btf, id)));
    return check_part_names(btf, id, "enumerator", btf_kind(btf, id) == BTF_ENUM ? 2 : 3, true);
}

static bool check_section(struct btf *btf, uint32_t id)
{
    const uint32_t *entry = btf_extra(btf, id);
    uint32_t size = btf_size_word(btf, id);
    uint32_t end = 0;
    if (size == 0)
        return true; /* in an object that no loader has prepared every offset is 0 */
    for (uint32_t i = 0; i < btf_vlen(btf, id); i++, entry += 3) {
        if (entry[2] > size || entry[1] > size - entry[2])
            return hg_btf_fault(
                btf, id, "entry %u: %u byte%s at %u reach beyond the %u byte%s of the section", i,
                entry[2], hg_plural(entry[2]), entry[1], size, hg_plural(size));
        if (entry[1] < end)
            return hg_btf_fault(btf, id, "entry %u: at %u, before %u where the one before it ends",
                                i, entry[1], end);
        end = entry[1] + entry[2];
    }
    return true;
}

static bool check_kind(struct btf *btf, uint32_t id)
{
    switch (btf_kind(btf, id)) {
    case BTF_INT:
        return check_int(btf, id);
    case BTF_FLOAT:
        return check_float(btf, id);
    case BTF_STRUCT:
    case BTF_UNION:
        return check_part_names(btf, id, "member", 3, false);
    case BTF_ENUM:
    case BTF_ENUM64:
        return check_enum(btf, id);
    case BTF_FUNC_PROTO:
        return check_part_names(btf, id, "parameter", 2, false);
    case BTF_DATASEC:
        return check_section(btf, id);
    case BTF_ARRAY:
    case BTF_FWD:
        return btf_size_word(btf, id) == 0 ||
               hg_btf_fault(btf, id, "its third word must be 0, but is %u", btf_size_word(btf, id));
    case BTF_FUNC:
        return btf_vlen(btf, id) <= 2 ||
               hg_btf_fault(btf, id, "linkage %u is not known", btf_vlen(btf, id));
    case BTF_VAR:
        return btf_extra(btf, id)[0] <= 2 ||
               hg_btf_fault(btf, id, "linkage %u is not known", btf_extra(btf, id)[0]);
    case BTF_VOID:
    case BTF_PTR:
    case BTF_TYPEDEF:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
    case BTF_DECL_TAG:
    case BTF_TYPE_TAG:
        return true;
    }
    return false;
}

bool hg_btf_check_rules(struct btf *btf)
{
    for (uint32_t id = 1; id < btf->type_count; id++)
        if (!check_common(btf, id) || !check_kind(btf, id))
            return false;
    return true;
}
