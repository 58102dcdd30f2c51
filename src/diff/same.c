/*
 * Whether two types are of the same kind to a program that reads memory.
 *
 *     unsigned long      u64, on a 64-bit target    the same: an unsigned integer of 8 bytes
 *     struct page *      void *                     not the same
 *     enum pid_type      unsigned int               not the same to CO-RE
 *     int[2][3]          int[6]                     the same: pahole flattens arrays
 *     int[1]             int                        not the same
 *
 * Spelling, qualifiers, typedefs, type tags and index types do not count, nor whether a record that
 * a pointer leads to is defined or only declared.  The caller compares the sizes, except those of
 * types that pointers lead to.
 */
#include "diff/parts.h"
#include "model/walk.h"

struct hg_shape hg_diff_shape(const struct hg_model *model, hg_type_id id)
{
    struct hg_shape shape = {.element = id, .count = 1};
    for (;;) {
        const struct hg_type *type = hg_model_type(model, shape.element);
        if (type->kind == HG_TYPEDEF)
            shape.is_named = true;
        else if (type->kind != HG_ARRAY) /* _Complex is an array of two, as in BTF */
            return shape;
        else {
            shape.is_array = true;
            shape.is_named = false;
            if (shape.row > 0)
                shape.row *= type->count;
            else if (type->count == 0 && shape.count == 1)
                shape.row = 1;
            shape.count *= type->count; /* no overflow in a sealed model */
        }
        shape.element = type->ref.id;
    }
}

/* Plain char is an integer.  Its sign depends on the target and, in kernels since 6.2, on the
 * compiler's options, so the signs of two plain chars are not compared. */
static enum hg_kind family(const struct hg_type *type)
{
    return type->kind == HG_CHAR ? HG_INT : type->kind;
}

bool hg_diff_same_kind(const struct hg_model *left, hg_type_id left_id,
                       const struct hg_model *right, hg_type_id right_id)
{
    bool is_pointee = false;
    for (;;) {
        struct hg_shape left_shape = hg_diff_shape(left, left_id);
        struct hg_shape right_shape = hg_diff_shape(right, right_id);
        const struct hg_type *a = hg_model_type(left, left_shape.element);
        const struct hg_type *b = hg_model_type(right, right_shape.element);
        if (a->kind == HG_OPAQUE || b->kind == HG_OPAQUE)
            return true; /* only its size is known */
        if (is_pointee && left_shape.count != right_shape.count)
            return false;
        /* A row of 1 may stand for any dimensions, since pahole flattens them. */
        if (left_shape.row > 1 && right_shape.row > 1 && left_shape.row != right_shape.row)
            return false;
        if (family(a) != family(b) || left_shape.is_array != right_shape.is_array)
            return false;
        if (hg_can_have_tag(a) && !hg_same_text(a->name, b->name))
            return false;
        bool both_plain = a->kind == HG_CHAR && b->kind == HG_CHAR;
        if (family(a) == HG_INT && !both_plain && a->is_signed != b->is_signed)
            return false;
        if (is_pointee && !hg_can_have_tag(a) && a->kind != HG_FUNCTION && a->size != b->size)
            return false;
        if (a->kind != HG_POINTER)
            return true;
        is_pointee = true;
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
        cores.is_pointee = true;
        left_id = a->ref.id;
        right_id = b->ref.id;
    }
}
