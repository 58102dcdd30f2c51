/* Strings: see strings.h.  The table is uthash's; entries and texts live in the arena. */
#include "base/strings.h"

#define XXH_INLINE_ALL
#include <xxhash.h>
#define HASH_FUNCTION(key, length, hash) ((hash) = (unsigned)XXH3_64bits(key, length))
#define uthash_fatal(message) hg_out_of_memory()
#include <uthash.h>

struct hg_string_entry {
    const char *text;
    uint32_t number;
    UT_hash_handle hh;
};

void hg_strings_init(struct hg_strings *strings, struct hg_arena *arena)
{
    *strings = (struct hg_strings){.arena = arena};
}

void hg_strings_deinit(struct hg_strings *strings)
{
    HASH_CLEAR(hh, strings->entries);
}

static struct hg_string_entry *find_or_add(struct hg_strings *strings, const char *text,
                                           size_t length)
{
    struct hg_string_entry *entry;
    HASH_FIND(hh, strings->entries, text, length, entry);
    if (entry == NULL) {
        entry = hg_arena_alloc(strings->arena, sizeof *entry);
        entry->text = hg_arena_string(strings->arena, text, length);
        HASH_ADD_KEYPTR(hh, strings->entries, entry->text, length, entry);
    }
    return entry;
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
    struct hg_string_entry *entry;
    HASH_FIND(hh, strings->entries, text, length, entry);
    return entry == NULL ? 0 : entry->number;
}
