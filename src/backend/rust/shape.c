/*
 * Shapes: the size and alignment that Rust gives each type that is no record, as type.c spells it.
 *
 *     unsigned long long   size 8, align 8, also for i386, where C aligns it to 4
 *     int [0]              size 0, align 4: it can move the next member, and aligns its record
 *     long double          __Align16<[u8; 16]>: size 16, align 16, holds repr(align)
 *     vector of 4 float    __Align16<[f32; 4]>
 *
 * The method: natural alignments of the machines that the output is meant for, 64-bit ones and bpf.
 * A type without a counterpart in Rust becomes an array of bytes.  If C aligns it, the array is
 * wrapped in a generic struct with that alignment.  The selection's order has the types that a type
 * holds by value before it.
 *
 * What this does not do: describe records (plan.c does), or alignments that a typedef adds: an
 * alias in Rust has none of its own, so plan.c adds padding for them.
 */
#include "backend/rust/rust.h"

static struct hg_rust_shape number(uint64_t size)
{
    return (struct hg_rust_shape){.size = size, .align = (uint32_t)size, .is_plain = true};
}

static struct hg_rust_shape raised(struct hg_rust_shape shape, uint32_t align, uint64_t size)
{
    if (align <= shape.align || align > HG_RUST_ALIGN_MAX || size % align != 0)
        return shape;
    shape.align = align;
    shape.wrap = align;
    shape.has_align = true;
    return shape;
}

static struct hg_rust_shape blob(uint64_t size, uint32_t align)
{
    struct hg_rust_shape shape = number(1);
    shape.size = size;
    shape.as_bytes = true;
    return raised(shape, align, size);
}

static struct hg_rust_shape integer(const struct hg_type *type)
{
    if (hg_rust_fixed(type->size, type->is_signed) == NULL)
        return blob(type->size, type->align);
    struct hg_rust_shape shape = number(type->size);
    if (type->size == 16) {
        /* Rust's alignment of u128 depends on its version, so support.c writes a type for it. */
        shape.align = type->align != 0 ? type->align : 8;
        shape.has_align = true;
    }
    return shape;
}

static struct hg_rust_shape array(const struct hg_rust *rust, const struct hg_type *type)
{
    struct hg_rust_shape shape = rust->shapes[type->ref.id];
    uint32_t align = type->align != 0 ? type->align : shape.align;
    uint64_t size = type->count * shape.size;
    shape.wrap = 0;
    shape.as_bytes = false;
    shape.depth++;
    if (shape.depth > HG_RUST_DEPTH_MAX || size > type->size)
        return blob(type->size, align);
    shape.size = type->size;
    if (type->is_vector || type->is_complex)
        shape = raised(shape, align, type->size);
    /* A vector of three has room for four. */
    uint64_t rounded = shape.wrap == 0 ? size : (size + shape.wrap - 1) / shape.wrap * shape.wrap;
    return rounded == type->size ? shape : blob(type->size, align);
}

static struct hg_rust_shape floating(const struct hg_type *type)
{
    if (type->size != 4 && type->size != 8)
        return blob(type->size, type->align);
    struct hg_rust_shape shape = number(type->size);
    shape.lacks = HG_DERIVE_EQ | HG_DERIVE_HASH | HG_DERIVE_ORD;
    shape.reason = "a float";
    return shape;
}

/* Rust compares pointers to functions, but warns that the result means little. */
static struct hg_rust_shape pointer(const struct hg_rust *rust, const struct hg_type *type)
{
    struct hg_rust_shape shape = number(type->size);
    if (type->size == 8 && hg_resolved(rust->model, type->ref.id)->kind == HG_FUNCTION) {
        shape.lacks = HG_DERIVE_PARTIAL_EQ | HG_DERIVE_EQ | HG_DERIVE_PARTIAL_ORD | HG_DERIVE_ORD;
        shape.reason = "a pointer to a function";
    }
    return shape;
}

void hg_rust_shape_type(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    struct hg_rust_shape *shape = &rust->shapes[id];
    switch (type->kind) {
    case HG_VOID:
    case HG_FUNCTION:
    case HG_STRUCT:
    case HG_UNION:
        break;
    case HG_BOOL:
        *shape = type->size == 1 ? number(1) : blob(type->size, type->align);
        shape->is_plain = type->size != 1;
        break;
    case HG_INT:
    case HG_CHAR:
        *shape = integer(type);
        break;
    case HG_FLOAT:
        *shape = floating(type);
        break;
    case HG_ENUM:
        *shape = number(type->size);
        break;
    case HG_POINTER:
        *shape = pointer(rust, type);
        break;
    case HG_OPAQUE:
        *shape = blob(type->size, type->align);
        break;
    case HG_TYPEDEF:
        *shape = rust->shapes[type->ref.id];
        break;
    case HG_ARRAY:
        *shape = array(rust, type);
        break;
    }
}
