/*
 * Strings: a table that keeps one copy of each string, so that equal strings have equal pointers,
 * and a number with each, so that it is also a map from strings to numbers.
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

/* Returns the table's copy of these `length` bytes, with a NUL after it.  It lives in the arena. */
const char *hg_strings_intern(struct hg_strings *strings, const char *text, size_t length);

/* Adds the string if necessary, and returns a pointer to its number, which the caller may change; 0
 * for a new string.  Valid until hg_strings_deinit. */
uint32_t *hg_strings_number(struct hg_strings *strings, const char *text, size_t length);

/* The number of the string, without adding it; 0 = the table does not have the string. */
uint32_t hg_strings_find(const struct hg_strings *strings, const char *text, size_t length);

#endif
