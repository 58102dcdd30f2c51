/*
 * Text: a growing byte buffer that writers append to.
 *
 * Zero-initialise a struct hg_text to start; data is NUL-terminated once anything was written (the
 * NUL is not counted in size).  Free with hg_text_deinit, or hand the bytes on with hg_text_finish.
 */
#ifndef HG_BASE_TEXT_H
#define HG_BASE_TEXT_H

#include <hdrgen/status.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct hg_output;

struct hg_text {
    char *data;
    size_t size;
    size_t capacity;
};

void hg_text_deinit(struct hg_text *text);

void hg_text_bytes(struct hg_text *text, const void *bytes, size_t count);
/* A NUL-terminated string. */
void hg_text_put(struct hg_text *text, const char *string);
void hg_text_printf(struct hg_text *text, const char *format, ...) HG_PRINTF(2, 3);
void hg_text_vprintf(struct hg_text *text, const char *format, va_list arguments) HG_PRINTF(2, 0);
/* A decimal number, faster than printf. */
void hg_text_unsigned(struct hg_text *text, unsigned long long value);
/* Makes room for more bytes, so that adding them copies nothing, if it can be had.  What is not
 * used of it takes no memory, but addresses. */
void hg_text_reserve(struct hg_text *text, size_t more);
/* Adds count bytes, which the caller sets. */
void hg_text_append(struct hg_text *text, size_t count);
void hg_text_prepend(struct hg_text *text, const void *bytes, size_t count);
/* Drops what was written after the first size bytes. */
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

/* --- strings --- */

bool hg_begins_with(const char *string, const char *beginning);
bool hg_ends_with(const char *string, const char *end);

#endif
