/* BTF's view of a model: see kinds.h. */
#include "core/kinds.h"

#include "base/text.h"
#include "model/walk.h"

#include <string.h>

static enum type_kind kind_of_enum(const struct hg_type *type)
{
    for (size_t i = 0; i < type->enumerator_count; i++) {
        uint64_t value = type->enumerators[i].value;
        bool fits = type->is_signed ? (int64_t)value == (int32_t)value : value <= UINT32_MAX;
        if (!fits)
            return KIND_ENUM64;
    }
    return KIND_ENUM;
}

enum type_kind hg_core_kind_of(const struct hg_model *model, hg_type_id id)
{
    const struct hg_numbering *numbering = hg_model_numbering(model);
    if (numbering != NULL)
        return (enum type_kind)numbering->kinds[numbering->numbers[id]];
    static const enum type_kind kinds[] = {
        [HG_VOID] = KIND_VOID,      [HG_BOOL] = KIND_INT,     [HG_INT] = KIND_INT,
        [HG_CHAR] = KIND_INT,       [HG_FLOAT] = KIND_FLOAT,  [HG_POINTER] = KIND_PTR,
        [HG_ARRAY] = KIND_ARRAY,    [HG_OPAQUE] = KIND_ARRAY, [HG_STRUCT] = KIND_STRUCT,
        [HG_UNION] = KIND_UNION,    [HG_ENUM] = KIND_ENUM,    [HG_TYPEDEF] = KIND_TYPEDEF,
        [HG_FUNCTION] = KIND_PROTO,
    };
    const struct hg_type *type = hg_model_type(model, id);
    if (hg_is_record(type) && !type->complete)
        return KIND_FWD;
    return type->kind == HG_ENUM ? kind_of_enum(type) : kinds[type->kind];
}

enum type_kind hg_core_resolved_kind(const struct hg_model *model, hg_type_id id)
{
    return hg_core_kind_of(model, hg_type_resolve(model, id, NULL));
}

bool hg_core_same_kind(enum type_kind a, enum type_kind b)
{
    return a == b || (kind_is_enum(a) && kind_is_enum(b));
}

bool hg_core_size_of(const struct hg_model *model, hg_type_id id, uint64_t *ret)
{
    id = hg_type_resolve(model, id, NULL);
    enum type_kind kind = hg_core_kind_of(model, id);
    if (kind == KIND_VOID || kind == KIND_PROTO || kind == KIND_FWD)
        return false;
    const struct hg_type *type = hg_model_type(model, id);
    enum { DECLARED_ENUM = 4 }; /* the size in BTF of an enum without a definition */
    *ret = kind_is_enum(kind) && !type->complete ? DECLARED_ENUM : type->size;
    return true;
}

enum { POINTER_SIZE = 8 }; /* for cilium/ebpf, on every target */

bool hg_core_loader_size(const struct hg_model *model, enum hg_core_loader loader, hg_type_id id,
                         uint64_t *ret)
{
    if (loader == HG_CORE_LIBBPF)
        return hg_core_size_of(model, id, ret);
    uint64_t count = 1;
    uint64_t element = POINTER_SIZE;
    id = hg_type_resolve(model, id, NULL);
    while (hg_model_type(model, id)->kind == HG_ARRAY) {
        uint64_t dimension = hg_model_type(model, id)->count;
        if (loader == HG_CORE_AYA)
            count = 1;
        if (__builtin_mul_overflow(count, dimension, &count))
            return false;
        id = hg_type_resolve(model, hg_model_type(model, id)->ref.id, NULL);
    }
    bool is_pointer = loader == HG_CORE_CILIUM && hg_core_kind_of(model, id) == KIND_PTR;
    return (is_pointer || hg_core_size_of(model, id, &element)) &&
           !__builtin_mul_overflow(element, count, ret);
}

static bool is_separator(const char *at)
{
    return at[0] != '_' && at[1] == '_' && at[2] == '_' && at[3] == '_' && at[4] != '_';
}

size_t hg_core_essential_length(const char *name, enum hg_core_loader loader)
{
    size_t length = strlen(name);
    const char *first = strstr(name, "___");
    if (first == NULL)
        return length;
    if (loader == HG_CORE_AYA)
        return (size_t)(first - name);
    if (loader == HG_CORE_CILIUM) {
        size_t last = length - 3;
        while (!hg_begins_with(name + last, "___"))
            last--;
        return last > 0 ? last : length;
    }
    enum { SEPARATOR = 5 };
    for (size_t at = length < SEPARATOR ? 0 : length - SEPARATOR + 1; at > 0; at--)
        if (is_separator(name + at - 1))
            return at;
    return length;
}

bool hg_core_same_essential(const char *a, const char *b, enum hg_core_loader loader)
{
    size_t length = hg_core_essential_length(a, loader);
    return length == hg_core_essential_length(b, loader) && memcmp(a, b, length) == 0;
}
