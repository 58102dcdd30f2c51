/*
 * Flattening: arrays of arrays as a kernel's own BTF has them.
 *
 *     typedef int row[3];
 *     int a[2][3];  row b[2];  int c[][3];        int a[6], b[6], c[];
 *
 * pahole makes a kernel's BTF of gcc's DWARF, which lists the dimensions of one array, and
 * multiplies them.  A CO-RE relocation steps from array to array as the program's types are nested,
 * so it resolves only where the kernel's types are nested alike.
 *
 * The method: the model is copied, each type to its own id; of each array whose elements are arrays
 * the elements' elements are taken, down to what is no array.  Qualifiers on the way come to those.
 *
 * What this does not do: look into vectors and complex numbers, which are no arrays of C; or take
 * type tags away: an array that is tagged inside another stays where it is.
 */
#include "trim/flatten.h"

#include "base/memory.h"
#include "model/copy.h"

#include <hdrgen/trim.h>

/* The array that a reference comes to, through typedefs, and the qualifiers on the way; NULL = it
 * comes to something else, or its elements cannot be moved out of it. */
static const struct hg_type *inner_array(const struct hg_model *model, const struct hg_ref *ref,
                                         uint32_t *qualifiers)
{
    *qualifiers = 0;
    for (;;) {
        if (ref->tags != NULL)
            return NULL;
        *qualifiers |= ref->qualifiers;
        const struct hg_type *type = hg_model_type(model, ref->id);
        if (type->kind == HG_ARRAY)
            return type->is_vector || type->is_complex ? NULL : type;
        if (type->kind != HG_TYPEDEF)
            return NULL;
        ref = &type->ref;
    }
}

static struct hg_type flattened(const struct hg_model *model, const struct hg_type *array)
{
    struct hg_type flat = *array;
    uint32_t qualifiers = 0;
    const struct hg_type *inner = NULL;
    while ((inner = inner_array(model, &flat.ref, &qualifiers)) != NULL) {
        if (inner->count != 0 && flat.count > UINT64_MAX / inner->count)
            break;
        flat.count *= inner->count;
        flat.ref = inner->ref;
        flat.ref.qualifiers |= qualifiers;
    }
    return flat;
}

enum hg_status hg_flatten_arrays_but(const struct hg_model *model, const bool *nested,
                                     struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_model *to = hg_model_create();
    size_t count = hg_model_type_count(model);
    hg_type_id *map = hg_calloc(count, sizeof *map);
    hg_copy_origin(to, model);
    hg_model_reserve(to, count);
    for (size_t id = 1; id < count; id++)
        map[id] = hg_model_declare(to);
    for (hg_type_id id = 1; id < count; id++) {
        struct hg_type type = *hg_model_type(model, id);
        if (type.kind == HG_ARRAY && !type.is_vector && !type.is_complex &&
            (nested == NULL || !nested[id]))
            type = flattened(model, &type);
        struct hg_type copy = hg_copy_type(to, &type, map);
        hg_model_define(to, id, &copy);
    }
    hg_copy_symbols(to, model, map);
    hg_copy_macros(to, model);
    free(map);
    enum hg_status status = hg_model_seal(to, diagnostics);
    if (status == HG_OK)
        *ret = to;
    else
        hg_model_destroy(to);
    return status;
}

enum hg_status hg_flatten_arrays(const struct hg_model *model, struct hg_diagnostics *diagnostics,
                                 struct hg_model **ret)
{
    return hg_flatten_arrays_but(model, NULL, diagnostics, ret);
}
