/*
 * Classes of kinds, and the types that a type refers to, for all code that traverses a model:
 * selection, verification, merging and so on.
 */
#ifndef HG_MODEL_WALK_H
#define HG_MODEL_WALK_H

#include <assert.h>
#include <hdrgen/model.h>
#include <stdbool.h>

static inline bool hg_is_record(const struct hg_type *type)
{
    return type->kind == HG_STRUCT || type->kind == HG_UNION;
}

/* An array in C: no vector, no complex number. */
static inline bool hg_is_c_array(const struct hg_type *type)
{
    return type->kind == HG_ARRAY && !type->is_vector && !type->is_complex;
}

/* The type without its typedefs. */
static inline const struct hg_type *hg_resolved(const struct hg_model *model, hg_type_id id)
{
    return hg_model_type(model, hg_type_resolve(model, id, NULL));
}

/* A struct, union or enum: the kinds that C names by a tag. */
static inline bool hg_can_have_tag(const struct hg_type *type)
{
    return hg_is_record(type) || type->kind == HG_ENUM;
}

/* The kinds of types that users ask for by name. */
static inline bool hg_is_namable(enum hg_kind kind)
{
    return kind == HG_STRUCT || kind == HG_UNION || kind == HG_ENUM || kind == HG_TYPEDEF;
}

static inline bool hg_is_arithmetic(const struct hg_type *type)
{
    return type->kind == HG_BOOL || type->kind == HG_INT || type->kind == HG_CHAR ||
           type->kind == HG_FLOAT;
}

/* C11 6.2.5p21: arithmetic and pointer types. */
static inline bool hg_is_scalar(const struct hg_type *type)
{
    return hg_is_arithmetic(type) || type->kind == HG_POINTER || type->kind == HG_ENUM;
}

/* How a type holds the types that it refers to. */
enum hg_hold {
    HG_BY_VALUE,   /* its layout is part of the holder's: member, array element, typedef's target */
    HG_BY_POINTER, /* target of a pointer */
    HG_BY_CALL,    /* parameter or result of a prototype */
};

/* Whether type->ref is set. */
static inline bool hg_has_ref(const struct hg_type *type)
{
    return type->kind == HG_POINTER || type->kind == HG_ARRAY || type->kind == HG_TYPEDEF ||
           type->kind == HG_FUNCTION;
}

static inline size_t hg_reference_count(const struct hg_type *type)
{
    if (hg_is_record(type))
        return type->member_count;
    if (type->kind == HG_FUNCTION)
        return 1 + type->parameter_count;
    return hg_has_ref(type) ? 1 : 0;
}

/* The reference at `index` (< hg_reference_count), in order of declaration.  A prototype's result
 * is at 0, its parameter i at i + 1. */
static inline const struct hg_ref *hg_reference(const struct hg_type *type, size_t index)
{
    assert(index < hg_reference_count(type));
    if (hg_is_record(type))
        return &type->members[index].type;
    if (type->kind == HG_FUNCTION && index > 0)
        return &type->parameters[index - 1].type;
    return &type->ref;
}

static inline enum hg_hold hg_reference_hold(const struct hg_type *type)
{
    if (type->kind == HG_POINTER)
        return HG_BY_POINTER;
    if (type->kind == HG_FUNCTION)
        return HG_BY_CALL;
    return HG_BY_VALUE;
}

#endif
