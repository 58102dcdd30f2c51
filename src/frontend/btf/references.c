/*
 * Each type's references: which words they are, whether the types exist, and whether their kinds
 * are allowed there.
 *
 *     FUNC 'f' -> type 7      valid if 7 is a FUNC_PROTO
 *     PTR -> type 7           valid if 7 is anything but a FUNC, VAR, DATASEC or DECL_TAG
 *
 * A table has the words that are references, by kind.  Every later step uses it.
 *
 * What this does not do: follow chains of references; chains.c does.
 */
#include "frontend/btf/btf.h"

const struct btf_references hg_btf_references[BTF_KIND_COUNT] = {
    [BTF_PTR] = {.first = 2, .one = true},
    [BTF_ARRAY] = {.first = 3, .one = true},
    [BTF_STRUCT] = {.first = 4, .step = 3, .each = true},
    [BTF_UNION] = {.first = 4, .step = 3, .each = true},
    [BTF_TYPEDEF] = {.first = 2, .one = true},
    [BTF_VOLATILE] = {.first = 2, .one = true},
    [BTF_CONST] = {.first = 2, .one = true},
    [BTF_RESTRICT] = {.first = 2, .one = true},
    [BTF_FUNC] = {.first = 2, .one = true},
    /* The result, then (name, type) for each parameter. */
    [BTF_FUNC_PROTO] = {.first = 2, .step = 2, .one = true, .each = true},
    [BTF_VAR] = {.first = 2, .one = true},
    [BTF_DATASEC] = {.first = 3, .step = 3, .each = true},
    [BTF_DECL_TAG] = {.first = 2, .one = true},
    [BTF_TYPE_TAG] = {.first = 2, .one = true},
};

static bool check_range(const struct btf *btf, uint32_t id)
{
    /* The base may not refer to types of the split BTF. */
    uint32_t end = id < btf->base_count ? btf->base_count : btf->type_count;
    uint32_t count = btf_reference_count(btf, id);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t to = btf_reference(btf, id, i);
        if (to >= end)
            return hg_btf_fault(btf, id, "refers to type %u, but the last one is %u", to, end - 1);
    }
    if (btf_kind(btf, id) == BTF_ARRAY && btf_extra(btf, id)[1] >= end)
        return hg_btf_fault(btf, id, "its index is of type %u, but the last one is %u",
                            btf_extra(btf, id)[1], end - 1);
    return true;
}

static bool check_plain_targets(const struct btf *btf, uint32_t id)
{
    uint32_t count = btf_reference_count(btf, id);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t to = btf_reference(btf, id, i);
        if (btf_is_declaration(btf_kind(btf, to)))
            return hg_btf_fault(btf, id, "refers to type %u, which is no type but a declaration",
                                to);
    }
    return true;
}

/* The kernel requires that a TYPE_TAG precedes modifiers and typedefs in a chain. */
static bool check_tag_order(const struct btf *btf, uint32_t id)
{
    if (btf_kind(btf, btf_type_word(btf, id)) == BTF_TYPE_TAG)
        return hg_btf_fault(btf, id,
                            "refers to type %u, a TYPE_TAG: these precede modifiers and typedefs",
                            btf_type_word(btf, id));
    return true;
}

static bool check_parameters(const struct btf *btf, uint32_t id)
{
    const uint32_t *parameter = btf_extra(btf, id);
    uint32_t count = btf_vlen(btf, id);
    for (uint32_t i = 0; i < count; i++, parameter += 2)
        if (parameter[1] == 0 && (i + 1 < count || *btf_string(btf, parameter[0]) != '\0'))
            return hg_btf_part_fault(btf, id, "parameter", parameter[0], "number %u is void", i);
    return true;
}

/* The number of parameters of a prototype, without `...`. */
static uint32_t parameter_count(const struct btf *btf, uint32_t id)
{
    uint32_t count = btf_vlen(btf, id);
    return count > 0 && btf_reference(btf, id, count) == 0 ? count - 1 : count;
}

static bool check_tagged(const struct btf *btf, uint32_t id)
{
    uint32_t to = btf_type_word(btf, id);
    uint32_t component = btf_extra(btf, id)[0];
    uint32_t end = 0;
    switch (btf_kind(btf, to)) {
    case BTF_STRUCT:
    case BTF_UNION:
        end = btf_vlen(btf, to);
        break;
    case BTF_FUNC:
        if (btf_kind(btf, btf_type_word(btf, to)) != BTF_FUNC_PROTO)
            return true; /* check_targets reports it for the FUNC */
        end = parameter_count(btf, btf_type_word(btf, to));
        break;
    case BTF_TYPEDEF:
    case BTF_VAR:
        break;
    case BTF_VOID:
    case BTF_INT:
    case BTF_PTR:
    case BTF_ARRAY:
    case BTF_ENUM:
    case BTF_FWD:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
    case BTF_FUNC_PROTO:
    case BTF_DATASEC:
    case BTF_FLOAT:
    case BTF_DECL_TAG:
    case BTF_TYPE_TAG:
    case BTF_ENUM64:
        return hg_btf_fault(btf, id, "tags type %u, which cannot have declaration tags", to);
    }
    if (component != BTF_WHOLE && component >= end)
        return hg_btf_fault(btf, id, "tags number %d of type %u, which has %u", (int)component, to,
                            end);
    return true;
}

static bool check_section_targets(const struct btf *btf, uint32_t id)
{
    for (uint32_t i = 0; i < btf_vlen(btf, id); i++) {
        enum btf_kind kind = btf_kind(btf, btf_reference(btf, id, i));
        /* The .ksyms section of a BPF object has functions. */
        if (kind != BTF_VAR && kind != BTF_FUNC)
            return hg_btf_fault(btf, id, "entry %u: type %u is neither a VAR nor a FUNC", i,
                                btf_reference(btf, id, i));
    }
    return true;
}

static bool check_targets(const struct btf *btf, uint32_t id)
{
    switch (btf_kind(btf, id)) {
    case BTF_VOID:
    case BTF_INT:
    case BTF_ENUM:
    case BTF_FWD:
    case BTF_FLOAT:
    case BTF_ENUM64:
        return true;
    case BTF_PTR:
    case BTF_ARRAY:
    case BTF_STRUCT:
    case BTF_UNION:
    case BTF_VAR:
    case BTF_TYPE_TAG:
        return check_plain_targets(btf, id);
    case BTF_TYPEDEF:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
        return check_plain_targets(btf, id) && check_tag_order(btf, id);
    case BTF_FUNC_PROTO:
        return check_plain_targets(btf, id) && check_parameters(btf, id);
    case BTF_FUNC:
        return btf_kind(btf, btf_type_word(btf, id)) == BTF_FUNC_PROTO ||
               hg_btf_fault(btf, id, "refers to type %u, which is no FUNC_PROTO",
                            btf_type_word(btf, id));
    case BTF_DATASEC:
        return check_section_targets(btf, id);
    case BTF_DECL_TAG:
        return check_tagged(btf, id);
    }
    return false;
}

bool hg_btf_check_references(struct btf *btf)
{
    for (uint32_t id = 1; id < btf->type_count; id++)
        if (!check_range(btf, id))
            return false;
    for (uint32_t id = 1; id < btf->type_count; id++)
        if (!check_targets(btf, id))
            return false;
    return true;
}
