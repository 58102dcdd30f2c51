/*
 * Groups as bytes: see groups.h.
 *
 *     ""       runs of ids: 1 ... 40000, 40003        runs of functions: 0 ... 26000
 *     "ext4"   runs of ids: 12, 40001 ... 40002       no functions
 *
 * A run is two numbers: the distance of its first number from the end of the run before, and its
 * length.  The kernel's own group, which has nearly everything, has few runs.
 */
#include "tree/groups.h"

#include "tree/wire.h"

#include <string.h>

enum { IDS_MAX = 1 << 28 }; /* of all groups together */

struct groups {
    struct hg_source_groups public; /* first: what the caller has points here */
    struct hg_arena arena;
};

/* Packs a list of ascending numbers. */
static void pack_runs(struct hg_text *bytes, const size_t *numbers, size_t count)
{
    struct hg_text runs = {0};
    uint32_t run_count = 0;
    size_t end = 0;
    for (size_t i = 0, length; i < count; i += length, run_count++) {
        size_t first = numbers[i];
        for (length = 1; i + length < count && numbers[i + length] == first + length; length++)
            continue;
        hg_wire_put(&runs, (uint32_t)(first - end));
        hg_wire_put(&runs, (uint32_t)length);
        end = first + length;
    }
    hg_wire_put(bytes, (uint32_t)count);
    hg_wire_put(bytes, run_count);
    if (runs.size > 0)
        hg_text_bytes(bytes, runs.data, runs.size);
    hg_text_deinit(&runs);
}

void hg_source_groups_pack(const struct hg_source_group *groups, size_t count,
                           struct hg_text *bytes)
{
    hg_wire_put(bytes, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        hg_wire_put_string(bytes, groups[i].module);
        size_t *types = hg_calloc(groups[i].type_count, sizeof *types);
        for (size_t t = 0; t < groups[i].type_count; t++)
            types[t] = groups[i].types[t];
        pack_runs(bytes, types, groups[i].type_count);
        pack_runs(bytes, groups[i].symbols, groups[i].symbol_count);
        free(types);
    }
}

struct unpacking {
    struct hg_wire wire;
    struct groups *groups;
    size_t left; /* ids that may still come */
};

/* Unpacks a list of numbers, each below `limit`.  NULL = they are not; the wire is then damaged. */
static size_t *unpack_runs(struct unpacking *unpacking, size_t limit, size_t *ret_count)
{
    struct hg_wire *wire = &unpacking->wire;
    size_t count = hg_wire_take(wire);
    size_t runs = hg_wire_take(wire);
    if (count > limit || count > unpacking->left || runs > count) {
        wire->is_damaged = true;
        return NULL;
    }
    unpacking->left -= count;
    size_t *numbers = hg_arena_array(&unpacking->groups->arena, count + 1, sizeof *numbers);
    size_t filled = 0;
    size_t end = 0;
    for (; runs > 0 && !wire->is_damaged; runs--) {
        size_t first = end + hg_wire_take(wire);
        size_t length = hg_wire_take(wire);
        wire->is_damaged |= length == 0 || length > count - filled || first > limit - length;
        for (size_t i = 0; i < length && !wire->is_damaged; i++)
            numbers[filled++] = first + i;
        end = first + length;
    }
    wire->is_damaged |= filled != count;
    *ret_count = count;
    return numbers;
}

static void unpack_group(struct unpacking *unpacking, const struct hg_model *model, bool is_first,
                         struct hg_source_group *ret)
{
    size_t symbol_count = 0;
    (void)hg_model_symbols(model, &symbol_count);
    ret->module = hg_wire_take_string(&unpacking->wire, &unpacking->groups->arena);
    unpacking->wire.is_damaged |= is_first != (ret->module == NULL);
    const size_t *types = unpack_runs(unpacking, hg_model_type_count(model), &ret->type_count);
    if (types == NULL || unpacking->wire.is_damaged)
        return;
    hg_type_id *ids = hg_arena_array(&unpacking->groups->arena, ret->type_count + 1, sizeof *ids);
    for (size_t i = 0; i < ret->type_count; i++)
        ids[i] = (hg_type_id)types[i];
    ret->types = ids;
    ret->symbols = unpack_runs(unpacking, symbol_count, &ret->symbol_count);
}

struct hg_source_groups *hg_source_groups_unpack(const void *bytes, size_t size,
                                                 const struct hg_model *model)
{
    struct groups *groups = hg_calloc(1, sizeof *groups);
    hg_arena_init(&groups->arena);
    struct unpacking unpacking = {
        .wire = hg_wire_begin(bytes, size), .groups = groups, .left = IDS_MAX};
    size_t count = hg_wire_take(&unpacking.wire);
    unpacking.wire.is_damaged |= count == 0 || count > size;
    struct hg_source_group *items = NULL;
    if (!unpacking.wire.is_damaged)
        items = hg_arena_array(&groups->arena, count, sizeof *items);
    for (size_t i = 0; i < count && !unpacking.wire.is_damaged; i++)
        unpack_group(&unpacking, model, i == 0, &items[i]);
    if (unpacking.wire.is_damaged || unpacking.wire.at != unpacking.wire.end) {
        hg_source_groups_destroy(&groups->public);
        return NULL;
    }
    groups->public = (struct hg_source_groups){.items = items, .count = count};
    return &groups->public;
}

void hg_source_groups_destroy(struct hg_source_groups *public)
{
    struct groups *groups = (struct groups *)public;
    if (groups == NULL)
        return;
    hg_arena_deinit(&groups->arena);
    free(groups);
}
