/*
 * Access strings: clang writes `s->a[3]` as the indexes of elements and members on the way there.
 *
 *     struct sample { int x; struct { int y; int a[7]; }; } *s;
 *
 *     s->a[3]    "0:1:1:3"    raw 0, 1, 1, 3    steps [0], .a, [3]    bit 8 * (8 + 3 * 4)
 *
 * The first number is an index on the pointer.  Members without a name, such as member 1 above, are
 * in raw and not in steps: C code does not spell them.
 *
 * The method: one pass over the numbers, with the type that each applies to.  Every fault of a
 * string is found here, when the object is read, so later code can rely on it.
 */
#include "core/kinds.h"
#include "core/object.h"
#include "model/describe.h"

#include <string.h>

enum hg_core_subject hg_core_subject(enum hg_core_kind kind)
{
    return kind <= HG_CORE_RSHIFT_U64                                        ? HG_CORE_OF_FIELD
           : kind == HG_CORE_ENUMVAL_EXISTS || kind == HG_CORE_ENUMVAL_VALUE ? HG_CORE_OF_ENUMERATOR
                                                                             : HG_CORE_OF_TYPE;
}

bool hg_core_is_question(enum hg_core_kind kind)
{
    return kind == HG_CORE_FIELD_EXISTS || kind == HG_CORE_TYPE_EXISTS ||
           kind == HG_CORE_ENUMVAL_EXISTS || kind == HG_CORE_TYPE_MATCHES;
}

const char *hg_core_kind_name(enum hg_core_kind kind)
{
    static const char *const names[HG_CORE_KINDS] = {
        [HG_CORE_BYTE_OFFSET] = "byte_offset",       [HG_CORE_BYTE_SIZE] = "byte_size",
        [HG_CORE_FIELD_EXISTS] = "field_exists",     [HG_CORE_SIGNED] = "signed",
        [HG_CORE_LSHIFT_U64] = "lshift_u64",         [HG_CORE_RSHIFT_U64] = "rshift_u64",
        [HG_CORE_TYPE_ID_LOCAL] = "type_id_local",   [HG_CORE_TYPE_ID_TARGET] = "type_id_target",
        [HG_CORE_TYPE_EXISTS] = "type_exists",       [HG_CORE_TYPE_SIZE] = "type_size",
        [HG_CORE_ENUMVAL_EXISTS] = "enumval_exists", [HG_CORE_ENUMVAL_VALUE] = "enumval_value",
        [HG_CORE_TYPE_MATCHES] = "type_matches",
    };
    return names[kind];
}

/* --- numbers --- */

/* Digits and single colons between them. */
static const char *parse_numbers(const char *string, struct access *ret)
{
    const char *at = string;
    do {
        uint64_t value = 0;
        if (*at < '0' || *at > '9')
            return "it is not numbers with colons between";
        for (; *at >= '0' && *at <= '9'; at++) {
            value = value * 10 + (uint64_t)(*at - '0');
            if (value > INT32_MAX)
                return "a number is too large";
        }
        if (ret->raw_count == ACCESS_MAX)
            return "it has more than 64 numbers";
        ret->raw[ret->raw_count++] = (uint32_t)value;
    } while (*at++ == ':');
    return at[-1] == '\0' ? NULL : "it is not numbers with colons between";
}

/* --- steps --- */

/* Moves on by a number of elements; false = the offset in bits needs more than 32 bits. */
static bool advance(struct access *access, uint32_t elements, uint64_t size)
{
    uint64_t bytes;
    if (__builtin_mul_overflow((uint64_t)elements, size, &bytes) || bytes > UINT32_MAX / 8)
        return false;
    access->bit_offset += 8 * bytes;
    access->right_bit_offset = access->bit_offset;
    return true;
}

static const char too_far[] = "it leads further than loaders can count";

static const char *step_into_record(const struct hg_model *model, hg_type_id *id, uint32_t index,
                                    struct access *ret)
{
    const struct hg_type *record = hg_model_type(model, *id);
    if (index >= record->member_count)
        return "it has a member's index that its struct or union does not have";
    const struct hg_member *member = &record->members[index];
    ret->bit_offset += member->bit_offset;
    ret->right_bit_offset = ret->bit_offset;
    if (member->name != NULL)
        access_add_step(ret, *id, index, member->name);
    *id = member->type.id;
    return NULL;
}

/* Whether an array of `count` elements, the last step, is a flexible array member. */
static bool is_flexible(const struct hg_model *model, const struct access *access, uint64_t count)
{
    const struct accessor *before = &access->steps[access->step_count - 1];
    return count == 0 && before->name != NULL &&
           before->index + 1 == hg_model_type(model, before->type)->member_count;
}

static const char *step_into_array(const struct hg_model *model, hg_type_id *id, uint32_t index,
                                   struct access *ret)
{
    const struct hg_type *array = hg_model_type(model, *id);
    if (index >= array->count && !is_flexible(model, ret, array->count))
        return "it has an element's index that its array does not have";
    hg_type_id element = hg_type_resolve(model, array->ref.id, NULL);
    uint64_t size = 0;
    if (!hg_core_size_of(model, element, &size))
        return "it goes into an array whose elements have no size";
    if (!advance(ret, index, size))
        return too_far;
    access_add_step(ret, element, index, NULL);
    *id = element;
    return NULL;
}

static const char *parse_field(const struct hg_model *model, struct access *ret)
{
    hg_type_id id = hg_type_resolve(model, ret->root, NULL);
    uint64_t size = 0;
    if (!hg_core_size_of(model, id, &size))
        return "it is of a type without a size";
    access_add_step(ret, id, ret->raw[0], NULL);
    if (!advance(ret, ret->raw[0], size))
        return too_far;
    for (unsigned i = 1; i < ret->raw_count; i++) {
        id = hg_type_resolve(model, id, NULL);
        enum type_kind kind = hg_core_kind_of(model, id);
        const char *why = NULL;
        if (kind_is_record(kind))
            why = step_into_record(model, &id, ret->raw[i], ret);
        else if (kind == KIND_ARRAY)
            why = step_into_array(model, &id, ret->raw[i], ret);
        else
            why = "it goes into a type that has neither members nor elements";
        if (why == NULL && ret->bit_offset > UINT32_MAX)
            why = too_far;
        if (why != NULL)
            return why;
    }
    return NULL;
}

static const char *parse_enumerator(const struct hg_model *model, struct access *ret)
{
    hg_type_id id = hg_type_resolve(model, ret->root, NULL);
    if (!kind_is_enum(hg_core_kind_of(model, id)))
        return "it names an enumerator of a type that is no enum";
    const struct hg_type *type = hg_model_type(model, id);
    if (ret->raw_count != 1 || ret->raw[0] >= type->enumerator_count)
        return "the enum has no enumerator of that index";
    access_add_step(ret, id, ret->raw[0], type->enumerators[ret->raw[0]].name);
    return NULL;
}

const char *hg_core_parse_access(const struct hg_core_object *object, const struct record *record,
                                 struct access *ret)
{
    ret->root = record->root;
    ret->raw_count = ret->step_count = ret->part_count = 0;
    ret->bit_offset = ret->right_bit_offset = 0;
    const char *why = parse_numbers(record->access, ret);
    if (why != NULL)
        return why;
    switch (hg_core_subject(record->kind)) {
    case HG_CORE_OF_TYPE:
        return strcmp(record->access, "0") == 0 ? NULL : "of a type, it must be 0";
    case HG_CORE_OF_ENUMERATOR:
        return record->root == HG_NO_TYPE ? NULL : parse_enumerator(object->types, ret);
    case HG_CORE_OF_FIELD:
        return record->root == HG_NO_TYPE ? NULL : parse_field(object->types, ret);
    }
    return NULL;
}

/* --- words --- */

enum { WORDS_MAX = 1000 };

static void describe_root(struct hg_text *text, const struct hg_model *model, hg_type_id root)
{
    const struct hg_type *type = hg_model_type(model, root);
    if (type->kind == HG_TYPEDEF)
        hg_text_put(text, "typedef ");
    hg_describe_type(text, model, root);
}

void hg_core_describe_access(struct hg_text *text, const struct hg_core_object *object,
                             const struct record *record)
{
    if (record->root == HG_NO_TYPE) {
        hg_text_printf(text, "type %u", record->type);
        return;
    }
    size_t start = text->size;
    describe_root(text, object->types, record->root);
    struct access access;
    const char *fault = hg_core_parse_access(object, record, &access);
    for (unsigned i = 0; fault == NULL && i < access.step_count; i++) {
        const struct accessor *step = &access.steps[i];
        if (text->size - start > WORDS_MAX) {
            hg_text_put(text, "...");
            return;
        }
        if (kind_is_enum(hg_core_resolved_kind(object->types, record->root)) && step->name != NULL)
            hg_text_printf(text, "::%s", step->name);
        else if (step->name != NULL)
            hg_text_printf(text, ".%s", step->name);
        else if (i > 0 || step->index > 0)
            hg_text_printf(text, "[%u]", step->index);
    }
}
