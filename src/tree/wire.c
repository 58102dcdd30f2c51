/* Numbers and strings as bytes: see wire.h. */
#include "tree/wire.h"

#include <string.h>

void hg_wire_put(struct hg_text *bytes, uint32_t number)
{
    hg_text_bytes(bytes, &number, sizeof number);
}

void hg_wire_put_string(struct hg_text *bytes, const char *string)
{
    size_t length = string == NULL ? 0 : strlen(string);
    hg_wire_put(bytes, (uint32_t)length);
    hg_text_bytes(bytes, string, length);
}

struct hg_wire hg_wire_begin(const void *bytes, size_t size)
{
    return (struct hg_wire){.at = bytes, .end = (const unsigned char *)bytes + size};
}

const void *hg_wire_take_bytes(struct hg_wire *wire, size_t size)
{
    if (size > (size_t)(wire->end - wire->at)) {
        wire->is_damaged = true;
        wire->at = wire->end;
        return NULL;
    }
    const void *bytes = wire->at;
    wire->at += size;
    return bytes;
}

uint32_t hg_wire_take(struct hg_wire *wire)
{
    uint32_t number = 0;
    const void *bytes = hg_wire_take_bytes(wire, sizeof number);
    if (bytes != NULL)
        memcpy(&number, bytes, sizeof number);
    return number;
}

const char *hg_wire_take_string(struct hg_wire *wire, struct hg_arena *arena)
{
    uint32_t length = hg_wire_take(wire);
    const void *bytes = hg_wire_take_bytes(wire, length);
    return bytes == NULL || length == 0 ? NULL : hg_arena_string(arena, bytes, length);
}

void hg_wire_put_long(struct hg_text *bytes, uint64_t number)
{
    hg_wire_put(bytes, (uint32_t)number);
    hg_wire_put(bytes, (uint32_t)(number >> 32));
}

uint64_t hg_wire_take_long(struct hg_wire *wire)
{
    uint64_t low = hg_wire_take(wire);
    return low | (uint64_t)hg_wire_take(wire) << 32;
}

void hg_wire_put_list(struct hg_text *bytes, const char *const *strings, size_t count)
{
    hg_wire_put_long(bytes, count);
    for (size_t i = 0; i < count; i++)
        hg_wire_put_string(bytes, strings[i]);
}

size_t hg_wire_take_count(struct hg_wire *wire, size_t size)
{
    uint64_t count = hg_wire_take_long(wire);
    if (count > (size_t)(wire->end - wire->at) / size)
        wire->is_damaged = true;
    return wire->is_damaged ? 0 : (size_t)count;
}

const char *const *hg_wire_take_list(struct hg_wire *wire, struct hg_arena *arena, size_t *count)
{
    *count = hg_wire_take_count(wire, sizeof(uint32_t)); /* the length of each */
    const char **strings = hg_arena_array(arena, *count + 1, sizeof *strings);
    for (size_t i = 0; i < *count; i++) {
        const char *string = hg_wire_take_string(wire, arena);
        strings[i] = string == NULL ? "" : string;
    }
    return strings;
}

void hg_wire_put_location(struct hg_text *bytes, const struct hg_location *where)
{
    hg_wire_put_string(bytes, where->file);
    hg_wire_put(bytes, where->line);
    hg_wire_put(bytes, where->column);
}

struct hg_location hg_wire_take_location(struct hg_wire *wire, struct hg_arena *arena)
{
    struct hg_location where = {.file = hg_wire_take_string(wire, arena)};
    where.line = hg_wire_take(wire);
    where.column = hg_wire_take(wire);
    return where;
}

void hg_wire_put_diagnostic(struct hg_text *bytes, const struct hg_diagnostic *diagnostic)
{
    hg_wire_put(bytes, diagnostic->severity);
    hg_wire_put_location(bytes, &diagnostic->where);
    hg_wire_put_string(bytes, diagnostic->text);
}

struct hg_diagnostic hg_wire_take_diagnostic(struct hg_wire *wire, struct hg_arena *arena)
{
    struct hg_diagnostic diagnostic = {.severity = (enum hg_severity)hg_wire_take(wire)};
    diagnostic.where = hg_wire_take_location(wire, arena);
    diagnostic.text = hg_wire_take_string(wire, arena);
    if ((unsigned)diagnostic.severity > HG_ERROR || diagnostic.text == NULL)
        wire->is_damaged = true;
    return diagnostic;
}
