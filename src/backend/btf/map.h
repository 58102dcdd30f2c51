/*
 * A map from (pointer, number) pairs to non-zero numbers.
 *
 * Pointers are compared, not what they point to: the strings of a model have one copy each, so that
 * equal names are equal pointers.  Nothing depends on the order of the table.
 */
#ifndef HG_BACKEND_BTF_MAP_H
#define HG_BACKEND_BTF_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise to start. */
struct pair_map {
    struct pair_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

void hg_pair_map_deinit(struct pair_map *map);

/* The number kept for the pair: 0 for a new one, which the caller must set.  Valid until the next
 * call. */
uint32_t *hg_pair_map_at(struct pair_map *map, const void *pointer, uint64_t number);

#endif
