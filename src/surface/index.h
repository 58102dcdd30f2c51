/*
 * A sorted index of names, each with a number: finds a name, or all names with a prefix.
 *
 *     hg_names_add(&index, "vfs_read", 7);      any number of times
 *     hg_names_sort(&index);
 *     hg_names_find(&index, "vfs_read", &count) the first of `count` entries; NULL if count is 0
 */
#ifndef HG_SURFACE_INDEX_H
#define HG_SURFACE_INDEX_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct index_entry {
    const char *name; /* not owned */
    uint32_t number;
};

struct name_index {
    HG_ARRAY(struct index_entry) entries; /* by name, then number */
};

void hg_names_add(struct name_index *index, const char *name, uint32_t number);
void hg_names_sort(struct name_index *index);
void hg_names_deinit(struct name_index *index);

const struct index_entry *hg_names_find(const struct name_index *index, const char *name,
                                        size_t *count);
/* Likewise, all entries whose names begin with the prefix. */
const struct index_entry *hg_names_find_prefix(const struct name_index *index, const char *prefix,
                                               size_t *count);

#endif
