/*
 * Strings: see strings.h.  A hash table with linear probing: a string that is not in the slot of
 * its hash is in one of the next ones.  Entries, which hold the strings' bytes, live in the arena.
 */
#include "base/strings.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct hg_string_entry {
    uint32_t hash;
    uint32_t number;
    uint32_t length;
    char text[];
};

enum { FIRST_CAPACITY = 64 };

void hg_strings_init(struct hg_strings *strings, struct hg_arena *arena)
{
    *strings = (struct hg_strings){.arena = arena};
}

void hg_strings_deinit(struct hg_strings *strings)
{
    free(strings->entries);
    hg_arena_deinit(&strings->own);
    strings->entries = NULL;
    strings->count = strings->capacity = 0;
}

/* The slot of the string, or the free slot into which it belongs. */
static struct hg_string_entry **slot_of(const struct hg_strings *strings, uint32_t hash,
                                        const char *text, size_t length)
{
    size_t mask = strings->capacity - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
        struct hg_string_entry **slot = &strings->entries[at];
        if (*slot == NULL || ((*slot)->hash == hash && (*slot)->length == length &&
                              memcmp((*slot)->text, text, length) == 0))
            return slot;
    }
}

/* Keeps a quarter of the slots free. */
static void grow(struct hg_strings *strings)
{
    if (strings->count < strings->capacity / 4 * 3)
        return;
    struct hg_strings grown = *strings;
    grown.capacity = strings->capacity == 0 ? FIRST_CAPACITY : 2 * strings->capacity;
    grown.entries = hg_calloc(grown.capacity, sizeof(struct hg_string_entry *));
    size_t mask = grown.capacity - 1;
    for (size_t i = 0; i < strings->capacity; i++) {
        struct hg_string_entry *entry = strings->entries[i];
        if (entry == NULL)
            continue;
        size_t at = entry->hash & mask;
        while (grown.entries[at] != NULL)
            at = (at + 1) & mask;
        grown.entries[at] = entry;
    }
    free(strings->entries);
    *strings = grown;
}

static struct hg_string_entry *find_or_add(struct hg_strings *strings, const char *text,
                                           size_t length)
{
    if (length > UINT32_MAX)
        hg_out_of_memory();
    grow(strings);
    uint32_t hash = (uint32_t)XXH3_64bits(text, length);
    struct hg_string_entry **slot = slot_of(strings, hash, text, length);
    if (*slot == NULL) {
        struct hg_string_entry *entry = hg_arena_alloc(
            strings->arena == NULL ? &strings->own : strings->arena, sizeof *entry + length + 1);
        entry->hash = hash;
        entry->length = (uint32_t)length;
        memcpy(entry->text, text, length);
        *slot = entry;
        strings->count++;
    }
    return *slot;
}

const char *hg_strings_intern(struct hg_strings *strings, const char *text, size_t length)
{
    return find_or_add(strings, text, length)->text;
}

uint32_t *hg_strings_number(struct hg_strings *strings, const char *text, size_t length)
{
    return &find_or_add(strings, text, length)->number;
}

uint32_t hg_strings_find(const struct hg_strings *strings, const char *text, size_t length)
{
    if (strings->capacity == 0)
        return 0;
    const struct hg_string_entry *entry =
        *slot_of(strings, (uint32_t)XXH3_64bits(text, length), text, length);
    return entry == NULL ? 0 : entry->number;
}
