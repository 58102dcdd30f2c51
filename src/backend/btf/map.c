/* The pair map: see map.h.  Open addressing with linear probing, at most half full. */
#include "backend/btf/map.h"

#include "base/memory.h"

struct pair_slot {
    const void *pointer;
    uint64_t number;
    uint32_t value; /* 0 = free */
};

enum { FIRST_CAPACITY = 256 };

void hg_pair_map_deinit(struct pair_map *map)
{
    free(map->slots);
    *map = (struct pair_map){0};
}

/* Two rounds of multiply and fold, with Fibonacci hashing's odd constant. */
static uint64_t hash(const void *pointer, uint64_t number)
{
    const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = (uint64_t)(uintptr_t)pointer * factor;
    h = ((h ^ (h >> 32)) + number) * factor;
    return h ^ (h >> 29);
}

/* The pair's slot, or the free one where it belongs. */
static struct pair_slot *find(const struct pair_map *map, const void *pointer, uint64_t number)
{
    size_t mask = map->capacity - 1;
    size_t at = (size_t)hash(pointer, number) & mask;
    for (;;) {
        struct pair_slot *slot = &map->slots[at];
        if (slot->value == 0 || (slot->pointer == pointer && slot->number == number))
            return slot;
        at = (at + 1) & mask;
    }
}

static void grow(struct pair_map *map)
{
    struct pair_map old = *map;
    map->capacity = old.capacity == 0 ? FIRST_CAPACITY : 2 * old.capacity;
    map->slots = hg_calloc(map->capacity, sizeof *map->slots);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].value != 0)
            *find(map, old.slots[i].pointer, old.slots[i].number) = old.slots[i];
    free(old.slots);
}

uint32_t *hg_pair_map_at(struct pair_map *map, const void *pointer, uint64_t number)
{
    if (2 * map->count >= map->capacity)
        grow(map);
    struct pair_slot *slot = find(map, pointer, number);
    if (slot->value == 0) {
        slot->pointer = pointer;
        slot->number = number;
        map->count++;
    }
    return &slot->value;
}
