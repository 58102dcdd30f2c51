/*
 * The number that the loader puts into the instruction, from the access on a type.
 *
 *     byte_offset of a member      the member's offset
 *     byte_offset, byte_size of    offset and size of a load that covers the bit-field: the size is
 *     a bit-field                  its declared type's, doubled until it covers it; the offset is a
 *                                  multiple of the size
 *     lshift_u64, rshift_u64       shifts that leave only the bit-field in the 64 bits loaded
 *
 *     unsigned a:3, b:30 at bits 0 and 3        b: load 8 bytes at 0, << 31, >> 34
 */
#include "core/match.h"

static const struct hg_member *last_member(const struct hg_model *model,
                                           const struct access *access)
{
    const struct accessor *last = &access->steps[access->step_count - 1];
    return last->name == NULL ? NULL : &hg_model_type(model, last->type)->members[last->index];
}

/* Sets the correct value, which may differ from the one that the loader computes. */
static void set_right(const struct hg_model *model, enum hg_core_kind kind,
                      const struct access *access, hg_type_id type, struct value *value)
{
    value->right = value->value;
    if (kind == HG_CORE_BYTE_OFFSET)
        value->right += access->right_bit_offset / 8 - access->bit_offset / 8;
    else if (kind == HG_CORE_BYTE_SIZE && type != HG_VOID_ID &&
             !hg_core_size_of(model, type, &value->right))
        value->right = value->value;
}

static const char *element_value(const struct hg_model *model, enum hg_core_loader loader,
                                 enum hg_core_kind kind, const struct access *access,
                                 struct value *ret)
{
    uint64_t size = 0;
    hg_type_id type = access->steps[access->step_count - 1].type;
    if (!hg_core_loader_size(model, loader, type, &size))
        return "an element has no size";
    if (kind == HG_CORE_BYTE_SIZE) {
        ret->value = size;
    } else if (kind == HG_CORE_BYTE_OFFSET) {
        ret->value = access->bit_offset / 8;
        ret->size = size;
        ret->type = type;
    } else {
        return "loaders know only offset and size of an array's element";
    }
    set_right(model, kind, access, type, ret);
    return NULL;
}

/* The bytes to load. */
struct load {
    uint64_t offset;
    uint64_t size;
    uint64_t bits;
};

static const char *bit_field_load(uint64_t size, const struct access *access, struct load *ret)
{
    enum { LARGEST_LOAD = 8 };
    if (size == 0)
        return "its bit-field is of a type without a size";
    uint64_t bit = access->bit_offset;
    uint64_t offset = bit / 8 / size * size;
    while (bit + ret->bits - 8 * offset > 8 * size) {
        if (size >= LARGEST_LOAD)
            return "its bit-field cannot be read with one load of 8 bytes";
        size *= 2;
        offset = bit / 8 / size * size;
    }
    ret->offset = offset;
    ret->size = size;
    return NULL;
}

static bool is_signed(const struct hg_model *model, hg_type_id type)
{
    enum type_kind kind = hg_core_kind_of(model, type);
    return (kind == KIND_INT || kind_is_enum(kind)) && hg_model_type(model, type)->is_signed;
}

static const char *member_value(const struct hg_model *model, bool big_endian,
                                enum hg_core_loader loader, enum hg_core_kind kind,
                                const struct access *access, const struct hg_member *member,
                                struct value *ret)
{
    hg_type_id type = hg_type_resolve(model, member->type.id, NULL);
    bool is_bit_field = member->bit_width > 0;
    struct load load = {.offset = access->bit_offset / 8, .bits = member->bit_width};
    const char *why = NULL;
    if (!hg_core_loader_size(model, loader, type, &load.size))
        return "it has no size";
    if (is_bit_field)
        why = bit_field_load(load.size, access, &load);
    else
        load.bits = 8 * load.size;
    if (why != NULL)
        return why;
    ret->is_checked = !is_bit_field || kind == HG_CORE_SIGNED || kind == HG_CORE_RSHIFT_U64;
    uint64_t bit = access->bit_offset - 8 * load.offset; /* within the bytes loaded */
    if (kind == HG_CORE_BYTE_OFFSET) {
        ret->value = load.offset;
        ret->size = is_bit_field ? 0 : load.size;
        ret->type = is_bit_field ? HG_VOID_ID : type;
    } else if (kind == HG_CORE_BYTE_SIZE) {
        ret->value = load.size;
    } else if (kind == HG_CORE_SIGNED) {
        ret->value = is_signed(model, type);
    } else if (kind == HG_CORE_LSHIFT_U64) {
        /* Modulo 2^32, as loaders compute it, for what does not fit into 64 bits. */
        ret->value =
            big_endian ? (uint32_t)((8 - load.size) * 8 + bit) : (uint32_t)(64 - (bit + load.bits));
    } else {
        ret->value = (uint32_t)(64 - load.bits);
    }
    set_right(model, kind, access, is_bit_field ? HG_VOID_ID : type, ret);
    return NULL;
}

uint64_t hg_core_enumerator_value(const struct hg_model *model, enum hg_core_loader loader,
                                  hg_type_id id, uint32_t index)
{
    const struct hg_type *type = hg_model_type(model, id);
    uint64_t value = type->enumerators[index].value;
    if (hg_core_kind_of(model, id) == KIND_ENUM64)
        return value;
    /* libbpf sign-extends the 32 bits of an ENUM even if the enum is unsigned. */
    bool extend = loader == HG_CORE_LIBBPF || type->is_signed;
    return extend ? (uint64_t)(int64_t)(int32_t)(uint32_t)value : (uint32_t)value;
}

const char *hg_core_value(const struct hg_model *model, bool big_endian, enum hg_core_loader loader,
                          enum hg_core_kind kind, const struct access *access, struct value *ret)
{
    const struct hg_numbering *numbering = hg_model_numbering(model);
    *ret = (struct value){.has_value = true, .is_checked = true};
    switch (kind) {
    case HG_CORE_FIELD_EXISTS:
    case HG_CORE_TYPE_EXISTS:
    case HG_CORE_TYPE_MATCHES:
    case HG_CORE_ENUMVAL_EXISTS:
        ret->value = ret->right = 1;
        return NULL;
    case HG_CORE_TYPE_ID_LOCAL:
    case HG_CORE_TYPE_ID_TARGET:
        ret->is_checked = false; /* the static linker may have changed it */
        ret->has_value = numbering != NULL;
        ret->value = ret->right = numbering == NULL ? 0 : numbering->numbers[access->root];
        return NULL;
    case HG_CORE_TYPE_SIZE:
        return hg_core_size_of(model, access->root, &ret->right) &&
                       hg_core_loader_size(model, loader, access->root, &ret->value)
                   ? NULL
                   : "it has no size";
    case HG_CORE_ENUMVAL_VALUE:
        ret->value = ret->right =
            hg_core_enumerator_value(model, loader, access->steps[0].type, access->steps[0].index);
        return NULL;
    case HG_CORE_BYTE_OFFSET:
    case HG_CORE_BYTE_SIZE:
    case HG_CORE_SIGNED:
    case HG_CORE_LSHIFT_U64:
    case HG_CORE_RSHIFT_U64:
        break;
    }
    const struct hg_member *member = last_member(model, access);
    return member == NULL ? element_value(model, loader, kind, access, ret)
                          : member_value(model, big_endian, loader, kind, access, member, ret);
}
