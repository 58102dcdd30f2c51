/* Numbers and strings between processes: see wire.h. */
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
