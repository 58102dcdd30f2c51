/*
 * Finding types by names, and members by paths.
 *
 *     struct task { struct { int pid; }; struct { long usage; } slots[2]; };
 *
 *     pid             a member of the anonymous record
 *     slots[1].usage  at bit 64 + 64
 *
 * The method: a type is found by a linear search; a caller with many names should go over the types
 * once itself.  A path is read from left to right.  Each name is searched in a record and, breadth
 * first, in its anonymous members.
 *
 * What this does not do: follow pointers, since their targets are elsewhere in memory.
 */
#include "base/memory.h"
#include "model/walk.h"

#include <hdrgen/model.h>
#include <stdlib.h>
#include <string.h>

hg_type_id hg_model_find_next(const struct hg_model *model, enum hg_kind kind, const char *name,
                              hg_type_id id)
{
    size_t count = hg_model_type_count(model);
    for (size_t next = (size_t)id + 1; next < count; next++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)next);
        if (type->kind == kind && type->name != NULL && strcmp(type->name, name) == 0)
            return (hg_type_id)next;
    }
    return HG_NO_TYPE;
}

hg_type_id hg_model_find(const struct hg_model *model, enum hg_kind kind, const char *name)
{
    hg_type_id first = hg_model_find_next(model, kind, name, HG_VOID_ID);
    for (hg_type_id id = first; id != HG_NO_TYPE; id = hg_model_find_next(model, kind, name, id))
        if (hg_model_type(model, id)->complete)
            return id;
    return first;
}

/* A record to search, and its offset. */
struct part {
    hg_type_id record;
    uint64_t bit_offset;
};

static bool is_called(const struct hg_member *member, const char *name, size_t length)
{
    return member->name != NULL && strlen(member->name) == length &&
           memcmp(member->name, name, length) == 0;
}

/* Finds a member of the record, or of its anonymous members.  If several anonymous members have the
 * same record type, it is searched once. */
static bool find_name(const struct hg_model *model, struct part in, const char *name, size_t length,
                      struct hg_member_place *ret)
{
    HG_ARRAY(struct part) parts = {0};
    bool *seen = hg_calloc(hg_model_type_count(model), sizeof *seen);
    *HG_PUSH(&parts) = in;
    bool found = false;
    for (size_t i = 0; i < parts.count && !found; i++) {
        struct part part = parts.items[i];
        const struct hg_type *record = hg_model_type(model, part.record);
        for (size_t j = 0; j < record->member_count && !found; j++) {
            const struct hg_member *member = &record->members[j];
            uint64_t bit_offset = part.bit_offset + member->bit_offset;
            hg_type_id inside = hg_type_resolve(model, member->type.id, NULL);
            found = is_called(member, name, length);
            if (found)
                *ret = (struct hg_member_place){
                    .record = part.record,
                    .member = member,
                    .type = member->type,
                    .bit_offset = bit_offset,
                    .bit_width = member->bit_width,
                };
            else if (member->name == NULL && hg_is_record(hg_model_type(model, inside)) &&
                     !seen[inside])
                *HG_PUSH(&parts) = (struct part){.record = inside, .bit_offset = bit_offset};
            seen[inside] |= member->name == NULL;
        }
    }
    free(parts.items);
    free(seen);
    return found;
}

/* `[2]` at *path: *place becomes the element. */
static bool take_index(const struct hg_model *model, const char **path,
                       struct hg_member_place *place)
{
    const struct hg_type *array = hg_resolved(model, place->type.id);
    char *end;
    if (array->kind != HG_ARRAY || array->is_vector || (*path)[1] < '0' || (*path)[1] > '9')
        return false;
    unsigned long long index = strtoull(*path + 1, &end, 10);
    uint64_t bits = 8 * hg_type_size(model, array->ref.id);
    /* An array without a length takes any index. */
    if (*end != ']' || (array->count != 0 && index >= array->count) ||
        __builtin_mul_overflow(index, bits, &bits) ||
        __builtin_add_overflow(place->bit_offset, bits, &place->bit_offset))
        return false;
    place->type = array->ref;
    *path = end + 1;
    return true;
}

bool hg_model_find_member(const struct hg_model *model, hg_type_id record, const char *path,
                          struct hg_member_place *ret)
{
    struct hg_member_place place = {.type.id = record};
    while (true) {
        struct part part = {.record = hg_type_resolve(model, place.type.id, NULL),
                            .bit_offset = place.bit_offset};
        size_t length = strcspn(path, ".[");
        if (!hg_is_record(hg_model_type(model, part.record)) ||
            !find_name(model, part, path, length, &place))
            return false;
        path += length;
        while (*path == '[')
            if (!take_index(model, &path, &place))
                return false;
        if (*path == '\0')
            break;
        if (*path++ != '.')
            return false;
    }
    *ret = place;
    return true;
}
