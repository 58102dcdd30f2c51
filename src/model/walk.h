/*
 * The one walker: which other types does a type refer to?  Every traversal of the model (selection,
 * verification, dumps) asks here, so that a new kind is taught in one place.
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

/* C11 6.2.5p21: arithmetic and pointer types. */
static inline bool hg_is_scalar(const struct hg_type *type)
{
    switch (type->kind) {
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
    case HG_POINTER:
    case HG_ENUM:
        return true;
    case HG_VOID:
    case HG_ARRAY:
    case HG_STRUCT:
    case HG_UNION:
    case HG_TYPEDEF:
    case HG_FUNCTION:
    case HG_OPAQUE:
        return false;
    }
    assert(false);
    return false;
}

/* How a type holds what it refers to. */
enum hg_hold {
    HG_BY_VALUE,   /* its layout is part of the holder's: member, array element, typedef's target */
    HG_BY_POINTER, /* target of a pointer */
    HG_BY_CALL,    /* parameter or result of a prototype */
};

/* Number of references a type holds. */
static inline size_t hg_reference_count(const struct hg_type *type)
{
    switch (type->kind) {
    case HG_VOID:
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
    case HG_ENUM:
    case HG_OPAQUE:
        return 0;
    case HG_POINTER:
    case HG_ARRAY:
    case HG_TYPEDEF:
        return 1;
    case HG_STRUCT:
    case HG_UNION:
        return type->member_count;
    case HG_FUNCTION:
        return 1 + type->parameter_count;
    }
    assert(false);
    return 0;
}

/* Reference number index (< hg_reference_count) in order of declaration; for a prototype the result
 * is number 0 and parameter i is number i + 1. */
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
