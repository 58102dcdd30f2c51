/* The walker: see walk.h. */
#include "model/walk.h"

#include <assert.h>
#include <stdbool.h>

size_t hg_reference_count(const struct hg_type *type)
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

const struct hg_ref *hg_reference(const struct hg_type *type, size_t index)
{
    assert(index < hg_reference_count(type));
    if (type->kind == HG_STRUCT || type->kind == HG_UNION)
        return &type->members[index].type;
    if (type->kind == HG_FUNCTION && index > 0)
        return &type->parameters[index - 1].type;
    return &type->ref;
}

enum hg_hold hg_reference_hold(const struct hg_type *type)
{
    if (type->kind == HG_POINTER)
        return HG_BY_POINTER;
    if (type->kind == HG_FUNCTION)
        return HG_BY_CALL;
    return HG_BY_VALUE;
}
