/* The map: see map.h.  Open addressing with linear probing, at most half full. */
#include "backend/btf/map.h"

#include "base/memory.h"

struct number_slot {
    uint64_t key;
    uint32_t value; /* 0 = free */
};

enum { FIRST_CAPACITY = 1024 };

void hg_number_map_deinit(struct number_map *map)
{
    free(map->slots);
    *map = (struct number_map){0};
}

/* The key's slot, or the free one where it belongs. */
static struct number_slot *find(const struct number_map *map, uint64_t key)
{
    size_t mask = map->capacity - 1;
    uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15); /* its high bits are mixed best */
    size_t at = (size_t)(hash ^ hash >> 32) & mask;
    for (;;) {
        struct number_slot *slot = &map->slots[at];
        if (slot->value == 0 || slot->key == key)
            return slot;
        at = (at + 1) & mask;
    }
}

static void grow(struct number_map *map)
{
    struct number_map old = *map;
    map->capacity = old.capacity == 0 ? FIRST_CAPACITY : 4 * old.capacity;
    map->slots = hg_calloc(map->capacity, sizeof *map->slots);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].value != 0)
            *find(map, old.slots[i].key) = old.slots[i];
    free(old.slots);
}

uint32_t *hg_number_map_at(struct number_map *map, uint64_t key)
{
    if (2 * map->count >= map->capacity)
        grow(map);
    struct number_slot *slot = find(map, key);
    if (slot->value == 0) {
        slot->key = key;
        map->count++;
    }
    return &slot->value;
}

uint32_t hg_number_map_find(const struct number_map *map, uint64_t key)
{
    return map->capacity == 0 ? 0 : find(map, key)->value;
}
