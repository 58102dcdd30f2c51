/*
 * Whether two types are the same kind of thing to a program that reads memory.
 *
 *     unsigned long      u64, on a 64-bit target    the same: an unsigned integer of 8 bytes
 *     struct page *      void *                     not the same
 *     enum pid_type      unsigned int               not the same: CO-RE tells them apart
 *     int[2][3]          int[6]                     the same: pahole flattens arrays
 *     int[1]             int                        not the same
 *
 * Spelling, qualifiers, typedefs, type tags and index types are left aside, and so is whether a
 * record behind a pointer is defined or only declared.  Sizes are for the caller to compare, save
 * behind pointers.
 */
#include "diff/parts.h"

#include <string.h>

struct hg_shape hg_diff_shape(const struct hg_model *model, hg_type_id id)
{
    struct hg_shape shape = {.element = id, .count = 1};
    for (;;) {
        const struct hg_type *type = hg_model_type(model, shape.element);
        if (type->kind == HG_TYPEDEF)
            shape.is_named = true;
        else if (type->kind != HG_ARRAY) /* _Complex is two numbers, as BTF has it */
            return shape;
        else {
            shape.is_array = true;
            shape.is_named = false;
            if (shape.row > 0)
                shape.row *= type->count;
            else if (type->count == 0 && shape.count == 1)
                shape.row = 1;
            shape.count *= type->count; /* bounded: sealed models have sizes that fit */
        }
        shape.element = type->ref.id;
    }
}

static bool same_name(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

/* Plain char is an integer whose sign the target chooses, and in kernels since 6.2 the compiler's
 * flags: between two of them it is no difference. */
static enum hg_kind family(const struct hg_type *type)
{
    return type->kind == HG_CHAR ? HG_INT : type->kind;
}

static bool is_tagged(enum hg_kind kind)
{
    return kind == HG_STRUCT || kind == HG_UNION || kind == HG_ENUM;
}

bool hg_diff_same_kind(const struct hg_model *left, hg_type_id left_id,
                       const struct hg_model *right, hg_type_id right_id)
{
    bool behind_pointer = false;
    for (;;) {
        struct hg_shape left_shape = hg_diff_shape(left, left_id);
        struct hg_shape right_shape = hg_diff_shape(right, right_id);
        const struct hg_type *a = hg_model_type(left, left_shape.element);
        const struct hg_type *b = hg_model_type(right, right_shape.element);
        if (a->kind == HG_OPAQUE || b->kind == HG_OPAQUE)
            return true; /* no more is known of it than its size */
        if (behind_pointer && left_shape.count != right_shape.count)
            return false;
        /* a row of 1: the dimensions may be one, as pahole writes them */
        if (left_shape.row > 1 && right_shape.row > 1 && left_shape.row != right_shape.row)
            return false;
        if (family(a) != family(b) || left_shape.is_array != right_shape.is_array)
            return false;
        if (is_tagged(a->kind) && !same_name(a->name, b->name))
            return false;
        bool both_plain = a->kind == HG_CHAR && b->kind == HG_CHAR;
        if (family(a) == HG_INT && !both_plain && a->is_signed != b->is_signed)
            return false;
        if (behind_pointer && !is_tagged(a->kind) && a->kind != HG_FUNCTION && a->size != b->size)
            return false;
        if (a->kind != HG_POINTER)
            return true;
        behind_pointer = true;
        left_id = a->ref.id;
        right_id = b->ref.id;
    }
}

struct hg_cores hg_diff_cores(const struct hg_model *left, hg_type_id left_id,
                              const struct hg_model *right, hg_type_id right_id)
{
    struct hg_cores cores = {0};
    for (;;) {
        cores.left = hg_diff_shape(left, left_id).element;
        cores.right = hg_diff_shape(right, right_id).element;
        const struct hg_type *a = hg_model_type(left, cores.left);
        const struct hg_type *b = hg_model_type(right, cores.right);
        if (a->kind != HG_POINTER || b->kind != HG_POINTER)
            return cores;
        cores.is_behind_pointer = true;
        left_id = a->ref.id;
        right_id = b->ref.id;
    }
}
