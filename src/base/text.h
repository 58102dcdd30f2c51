/*
 * Text: a growing byte buffer that writers append to.
 *
 * A struct hg_text of zeros is empty.  Once anything was written, data ends with a NUL, which size
 * does not count.  hg_text_deinit frees the bytes; hg_text_finish hands them on.
 */
#ifndef HG_BASE_TEXT_H
#define HG_BASE_TEXT_H

#include <hdrgen/status.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct hg_arena;
struct hg_output;

struct hg_text {
    char *data;
    size_t size;
    size_t capacity;
};

void hg_text_deinit(struct hg_text *text);

void hg_text_bytes(struct hg_text *text, const void *bytes, size_t count);
void hg_text_put(struct hg_text *text, const char *string);
void hg_text_printf(struct hg_text *text, const char *format, ...) HG_PRINTF(2, 3);
void hg_text_vprintf(struct hg_text *text, const char *format, va_list arguments) HG_PRINTF(2, 0);
/* A decimal number, faster than printf. */
void hg_text_unsigned(struct hg_text *text, unsigned long long value);
/* Allocates room for `more` bytes at once, so that adding them copies nothing.  If the memory
 * cannot be had, nothing happens.  Pages that are never written take only address space. */
void hg_text_reserve(struct hg_text *text, size_t more);
/* Adds count bytes for the caller to fill in. */
void hg_text_append(struct hg_text *text, size_t count);
void hg_text_prepend(struct hg_text *text, const void *bytes, size_t count);
/* Keeps only the first size bytes. */
void hg_text_truncate(struct hg_text *text, size_t size);
/* The string so far, never NULL. */
const char *hg_text_string(const struct hg_text *text);
/* The s of a plural: "%zu type%s". */
static inline const char *hg_plural(unsigned long long count)
{
    return count == 1 ? "" : "s";
}
/* Moves the bytes to *ret and leaves text empty. */
void hg_text_finish(struct hg_text *text, struct hg_output *ret);
/* Copies the string into the arena and leaves text empty. */
const char *hg_text_keep(struct hg_text *text, struct hg_arena *arena);
/* A formatted string in the arena. */
const char *hg_arena_printf(struct hg_arena *arena, const char *format, ...) HG_PRINTF(2, 3);

/* --- strings --- */

bool hg_begins_with(const char *string, const char *beginning);
bool hg_ends_with(const char *string, const char *end);
/* Whether both are the same text; NULL equals only NULL. */
bool hg_same_text(const char *a, const char *b);
/* The part after the last slash: `c.h` of `a/b/c.h`. */
const char *hg_base_name(const char *path);

/* Whether fits(string, item) is true for one of the items.  The macros ask whether the string
 * equals, begins with or ends with one of an array's strings. */
bool hg_fits_one_of(const char *string, const char *const *items, size_t count,
                    bool (*fits)(const char *string, const char *item));
#define HG_IS_ONE_OF(string, array)                                                                \
    hg_fits_one_of(string, array, sizeof(array) / sizeof *(array), hg_same_text)
#define HG_BEGINS_WITH_ONE_OF(string, array)                                                       \
    hg_fits_one_of(string, array, sizeof(array) / sizeof *(array), hg_begins_with)
#define HG_ENDS_WITH_ONE_OF(string, array)                                                         \
    hg_fits_one_of(string, array, sizeof(array) / sizeof *(array), hg_ends_with)

#endif
