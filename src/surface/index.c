/* A sorted index of names: see index.h. */
#include "surface/index.h"

#include <string.h>

void hg_names_add(struct name_index *index, const char *name, uint32_t number)
{
    *HG_PUSH(&index->entries) = (struct index_entry){.name = name, .number = number};
}

static int compare(const void *a, const void *b)
{
    const struct index_entry *x = a;
    const struct index_entry *y = b;
    int order = strcmp(x->name, y->name);
    if (order != 0)
        return order;
    return x->number < y->number ? -1 : x->number > y->number;
}

void hg_names_sort(struct name_index *index)
{
    if (index->entries.count > 0)
        qsort(index->entries.items, index->entries.count, sizeof *index->entries.items, compare);
}

void hg_names_deinit(struct name_index *index)
{
    free(index->entries.items);
}

/* Index of the first entry that, by the first `length` bytes of its name, does not come before
 * `name`; is_end: that comes after it. */
static size_t find_bound(const struct name_index *index, const char *name, size_t length,
                         bool is_end)
{
    size_t low = 0;
    size_t high = index->entries.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(index->entries.items[middle].name, name, length);
        if (order < 0 || (is_end && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct index_entry *find(const struct name_index *index, const char *name,
                                      size_t length, size_t *count)
{
    size_t first = find_bound(index, name, length, false);
    *count = find_bound(index, name, length, true) - first;
    return *count == 0 ? NULL : &index->entries.items[first];
}

const struct index_entry *hg_names_find(const struct name_index *index, const char *name,
                                        size_t *count)
{
    return find(index, name, strlen(name) + 1, count);
}

const struct index_entry *hg_names_find_prefix(const struct name_index *index, const char *prefix,
                                               size_t *count)
{
    return find(index, prefix, strlen(prefix), count);
}
