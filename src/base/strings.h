/*
 * Strings: a table that keeps one copy of each, so that equal strings have equal pointers; and a
 * map from strings to numbers built on the same table.
 */
#ifndef HG_BASE_STRINGS_H
#define HG_BASE_STRINGS_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct hg_strings {
    struct hg_arena *arena;           /* where the copies live; not owned */
    struct hg_string_entry **entries; /* NULL = a free slot */
    size_t count, capacity;           /* a power of two */
};

void hg_strings_init(struct hg_strings *strings, struct hg_arena *arena);
/* Frees the table, not the strings. */
void hg_strings_deinit(struct hg_strings *strings);

/* The one copy of these length bytes, NUL-terminated, living in the arena. */
const char *hg_strings_intern(struct hg_strings *strings, const char *text, size_t length);

/* As hg_strings_intern, and the number kept with the string: 0 for a new one.  Valid until deinit.
 */
uint32_t *hg_strings_number(struct hg_strings *strings, const char *text, size_t length);

/* The number kept with the string; 0 = it is not there. */
uint32_t hg_strings_find(const struct hg_strings *strings, const char *text, size_t length);

#endif
