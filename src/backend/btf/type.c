/*
 * Types: each selected one becomes one type of BTF.
 *
 *     model                            BTF
 *     bool, int, char                  INT of 8 * size bits
 *     float                            FLOAT; an array of bytes where BTF has no such size
 *     pointer, typedef                 PTR, TYPEDEF
 *     array, complex, vector           ARRAY, one for each dimension
 *     struct, union, defined           STRUCT, UNION (record.c)
 *     struct, union, declared          FWD
 *     enum                             ENUM, ENUM64 (enum.c)
 *     function                         FUNC_PROTO
 *     opaque, vectors of odd size      ARRAY of unsigned char
 *
 * A member that BTF has no kind for must still have its size: a reader steps over it, and one that
 * is void or of size 0 makes some of them stumble.
 *
 * Parameters keep the names that the model has.  They make more prototypes (the kernel's own BTF
 * has none behind pointers) but names of the source are not thrown away here.
 */
#include "backend/btf/parts.h"

#include <assert.h>
#include <inttypes.h>

static bool is_float_size(uint64_t size)
{
    return size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
}

/* The elements a vector is written with; 0 when none fill it exactly. */
static uint64_t vector_count(const struct btf_writer *writer, const struct hg_type *type)
{
    uint64_t element = hg_type_size(writer->model, type->ref.id);
    return element != 0 && type->size % element == 0 ? type->size / element : 0;
}

bool hg_btf_out_is_bytes(const struct btf_writer *writer, const struct hg_type *type)
{
    if (type->kind == HG_OPAQUE)
        return true;
    if (type->kind == HG_FLOAT)
        return !is_float_size(type->size) || !hg_btf_out_knows(writer, 5, 13);
    return type->kind == HG_ARRAY && type->is_vector && type->size != 0 &&
           vector_count(writer, type) == 0;
}

static void put_array(struct btf_writer *writer, const struct hg_type *type)
{
    if (type->size > UINT32_MAX || type->count > UINT32_MAX)
        hg_btf_out_refuse(writer, NULL, NULL,
                          "%" PRIu64 " elements in %" PRIu64
                          " bytes, and BTF can say no more than %u of either",
                          type->count, type->size, UINT32_MAX);
    uint64_t count = type->is_vector ? vector_count(writer, type) : type->count;
    uint32_t element = hg_btf_out_ref(writer, &type->ref);
    hg_encode_array(&writer->encoder, element, writer->index_int, (uint32_t)count);
}

static void put_bytes(struct btf_writer *writer, const struct hg_type *type)
{
    if (type->size > UINT32_MAX)
        hg_btf_out_refuse(writer, NULL, NULL, "%" PRIu64 " bytes, and BTF can say no more than %u",
                          type->size, UINT32_MAX);
    if (type->kind == HG_FLOAT && is_float_size(type->size))
        hg_btf_out_list(writer, &writer->degraded[DEGRADED_FLOAT], NULL);
    hg_encode_array(&writer->encoder, writer->byte, writer->index_int, (uint32_t)type->size);
}

static void put_prototype(struct btf_writer *writer, const struct hg_type *type)
{
    size_t count = type->parameter_count + type->variadic;
    if (count > BTF_MOST_ENTRIES)
        hg_btf_out_refuse(writer, NULL, NULL, "%zu parameters, and BTF can hold %d", count,
                          BTF_MOST_ENTRIES);
    uint32_t result = hg_btf_out_result(writer, &type->ref);
    hg_encode_head(&writer->encoder, BTF_FUNC_PROTO, false, count, NULL, result);
    for (size_t i = 0; i < type->parameter_count; i++) {
        hg_encode_name(&writer->encoder, type->parameters[i].name);
        hg_encode_word(&writer->encoder, hg_btf_out_ref(writer, &type->parameters[i].type));
    }
    if (type->variadic) {
        hg_encode_name(&writer->encoder, NULL);
        hg_encode_word(&writer->encoder, 0);
    }
}

static void put_int(struct btf_writer *writer, const struct hg_type *type)
{
    hg_encode_int(&writer->encoder, type->name, (uint32_t)type->size,
                  type->kind == HG_BOOL ? BTF_BOOL
                  : type->is_signed     ? BTF_SIGNED
                                        : BTF_PLAIN);
}

static void put_reference(struct btf_writer *writer, enum btf_kind kind, const char *name,
                          const struct hg_ref *ref)
{
    uint32_t target = hg_btf_out_ref(writer, ref);
    hg_encode_head(&writer->encoder, kind, false, 0, name, target);
}

void hg_btf_out_put_type(struct btf_writer *writer, hg_type_id id, bool nameless)
{
    const struct hg_type *type = hg_model_type(writer->model, id);
    const char *name = nameless ? NULL : type->name;
    struct encoder *encoder = &writer->encoder;
    if (hg_btf_out_is_bytes(writer, type)) {
        put_bytes(writer, type);
        return;
    }
    switch (type->kind) {
    case HG_VOID:
    case HG_OPAQUE:
        assert(false && "void is never selected, opaque types are bytes");
        break;
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
        put_int(writer, type);
        break;
    case HG_FLOAT:
        hg_encode_head(encoder, BTF_FLOAT, false, 0, name, (uint32_t)type->size);
        break;
    case HG_POINTER:
        put_reference(writer, BTF_PTR, NULL, &type->ref);
        break;
    case HG_ARRAY:
        put_array(writer, type);
        break;
    case HG_STRUCT:
    case HG_UNION:
        if (writer->selection->need[id] == HG_DEFINED)
            hg_btf_out_put_record(writer, type, name);
        else
            hg_encode_head(encoder, BTF_FWD, type->kind == HG_UNION, 0, name, 0);
        break;
    case HG_ENUM:
        hg_btf_out_put_enum(writer, type, name);
        break;
    case HG_TYPEDEF:
        put_reference(writer, BTF_TYPEDEF, name, &type->ref);
        hg_btf_out_note_tags(writer, type->tags, writer->number[id], (uint32_t)BTF_WHOLE);
        break;
    case HG_FUNCTION:
        put_prototype(writer, type);
        break;
    }
}
