/*
 * Flattening: turns arrays of arrays into arrays of one dimension, as a kernel's own BTF has them.
 *
 *     typedef int row[3];
 *     int a[2][3];  row b[2];  int c[][3];        int a[6], b[6], c[];
 *
 * pahole makes a kernel's BTF from gcc's DWARF, where one array lists all its dimensions, and
 * multiplies them.  A CO-RE relocation has one index for each nested array of the program's types,
 * so it resolves only if the kernel's arrays are nested in the same way.
 *
 * The method: copy the model, each type to its own id.  An array whose elements are arrays gets
 * their elements instead, until these are no arrays; qualifiers on the way are added to them.
 *
 * What this does not do: change vectors and complex numbers, which are no arrays in C, or an inner
 * array with a type tag, which would lose the tag.
 */
#include "trim/flatten.h"

#include "base/memory.h"
#include "model/copy.h"
#include "model/walk.h"

#include <hdrgen/trim.h>

/* Follows typedefs to an array, and collects their qualifiers; NULL = the reference is to another
 * type, or a type tag is in the way. */
static const struct hg_type *inner_array(const struct hg_model *model, const struct hg_ref *ref,
                                         uint32_t *qualifiers)
{
    *qualifiers = 0;
    for (;;) {
        if (ref->tags != NULL)
            return NULL;
        *qualifiers |= ref->qualifiers;
        const struct hg_type *type = hg_model_type(model, ref->id);
        if (hg_is_c_array(type))
            return type;
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
        if (hg_is_c_array(&type) && (nested == NULL || !nested[id]))
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
