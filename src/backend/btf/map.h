/* A map from 64-bit keys to non-zero numbers.  Nothing depends on its order: nobody can walk it. */
#ifndef HG_BACKEND_BTF_MAP_H
#define HG_BACKEND_BTF_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise to start. */
struct number_map {
    struct number_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

void hg_number_map_deinit(struct number_map *map);

/* The number kept for the key: 0 for a new one, which the caller must set.  Valid until the next
 * call. */
uint32_t *hg_number_map_at(struct number_map *map, uint64_t key);

/* The number kept for the key; 0 = none. */
uint32_t hg_number_map_find(const struct number_map *map, uint64_t key);

#endif
