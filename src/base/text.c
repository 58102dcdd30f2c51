/* Text: see text.h. */
#include "base/text.h"

#include "base/memory.h"

#include <assert.h>
#include <hdrgen/write.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static char *reserve(struct hg_text *text, size_t more)
{
    if (more >= SIZE_MAX - text->size)
        hg_out_of_memory();
    size_t needed = text->size + more + 1;
    if (needed > text->capacity) {
        size_t capacity = text->capacity < 128 ? 256 : text->capacity + text->capacity / 2;
        if (capacity < needed)
            capacity = needed;
        text->data = hg_realloc_array(text->data, capacity, 1);
        text->capacity = capacity;
    }
    return text->data + text->size;
}

void hg_text_deinit(struct hg_text *text)
{
    free(text->data);
    *text = (struct hg_text){0};
}

void hg_text_bytes(struct hg_text *text, const void *bytes, size_t count)
{
    char *end = reserve(text, count);
    if (count > 0)
        memcpy(end, bytes, count);
    end[count] = '\0';
    text->size += count;
}

void hg_text_reserve(struct hg_text *text, size_t more)
{
    if (more >= SIZE_MAX - text->size || text->size + more < text->capacity)
        return;
    char *data = realloc(text->data, text->size + more + 1);
    if (data == NULL)
        return;
    data[text->size] = '\0';
    text->data = data;
    text->capacity = text->size + more + 1;
}

void hg_text_append(struct hg_text *text, size_t count)
{
    reserve(text, count)[count] = '\0';
    text->size += count;
}

void hg_text_prepend(struct hg_text *text, const void *bytes, size_t count)
{
    size_t size = text->size;
    hg_text_append(text, count);
    memmove(text->data + count, text->data, size);
    memcpy(text->data, bytes, count);
}

void hg_text_put(struct hg_text *text, const char *string)
{
    hg_text_bytes(text, string, strlen(string));
}

void hg_text_vprintf(struct hg_text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    size_t room = text->capacity - text->size;
    char *end = text->data == NULL ? NULL : text->data + text->size;
    int length = vsnprintf(end, end == NULL ? 0 : room, format, arguments);
    if (length < 0)
        hg_out_of_memory();
    if (end == NULL || (size_t)length >= room) {
        end = reserve(text, (size_t)length);
        vsnprintf(end, (size_t)length + 1, format, again);
    }
    va_end(again);
    text->size += (size_t)length;
}

void hg_text_printf(struct hg_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(text, format, arguments);
    va_end(arguments);
}

void hg_text_unsigned(struct hg_text *text, unsigned long long value)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    hg_text_bytes(text, digits + first, sizeof digits - first);
}

void hg_text_truncate(struct hg_text *text, size_t size)
{
    assert(size <= text->size);
    text->size = size;
    if (text->data != NULL)
        text->data[size] = '\0';
}

const char *hg_text_string(const struct hg_text *text)
{
    return text->data == NULL ? "" : text->data;
}

void hg_text_finish(struct hg_text *text, struct hg_output *ret)
{
    char *data = text->data == NULL ? NULL : realloc(text->data, text->size + 1); /* shrinks it */
    *ret = (struct hg_output){.data = data == NULL ? text->data : data, .size = text->size};
    *text = (struct hg_text){0};
}

const char *hg_text_keep(struct hg_text *text, struct hg_arena *arena)
{
    const char *copy = hg_arena_string(arena, hg_text_string(text), text->size);
    hg_text_deinit(text);
    return copy;
}

const char *hg_arena_printf(struct hg_arena *arena, const char *format, ...)
{
    struct hg_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    return hg_text_keep(&text, arena);
}

void hg_output_deinit(struct hg_output *output)
{
    free(output->data);
    *output = (struct hg_output){0};
}

bool hg_begins_with(const char *string, const char *beginning)
{
    return strncmp(string, beginning, strlen(beginning)) == 0;
}

bool hg_ends_with(const char *string, const char *end)
{
    size_t length = strlen(string);
    size_t tail = strlen(end);
    return length >= tail && strcmp(string + length - tail, end) == 0;
}

bool hg_same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const char *hg_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

bool hg_fits_one_of(const char *string, const char *const *items, size_t count,
                    bool (*fits)(const char *string, const char *item))
{
    for (size_t i = 0; i < count; i++)
        if (fits(string, items[i]))
            return true;
    return false;
}
