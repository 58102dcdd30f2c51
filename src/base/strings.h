/*
 * Strings: a table that keeps one copy of each string, so that equal strings have equal pointers.
 * Each string has a number, so that the table is also a map from strings to numbers.
 *
 *     struct hg_strings names = {0};
 *     *hg_strings_number(&names, "page", 4) = 7;
 *     hg_strings_deinit(&names);
 */
#ifndef HG_BASE_STRINGS_H
#define HG_BASE_STRINGS_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct hg_strings {
    struct hg_arena *arena; /* where the copies live; NULL = in `own` */
    struct hg_arena own;
    struct hg_string_entry **entries; /* NULL = a free slot */
    size_t count, capacity;           /* a power of two */
};

/* The copies live in the arena, and may outlive the table. */
void hg_strings_init(struct hg_strings *strings, struct hg_arena *arena);
/* Frees the table, and the strings unless they live in the caller's arena. */
void hg_strings_deinit(struct hg_strings *strings);

/* Returns the table's copy of these `length` bytes, with a NUL after it. */
const char *hg_strings_intern(struct hg_strings *strings, const char *text, size_t length);

/* Adds the string if it is new, with the number 0, and returns a pointer to its number, which the
 * caller may change.  The pointer is valid until hg_strings_deinit. */
uint32_t *hg_strings_number(struct hg_strings *strings, const char *text, size_t length);

/* Returns the number of the string; 0 = the table does not have it. */
uint32_t hg_strings_find(const struct hg_strings *strings, const char *text, size_t length);

#endif
