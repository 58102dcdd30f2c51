/*
 * Numbers and strings as bytes: between processes of this program, and in the store.
 *
 *     hg_wire_put(&bytes, 7);                                          in a child
 *     struct hg_wire wire = hg_wire_begin(bytes, size);                in the parent
 *     uint32_t number = hg_wire_take(&wire);
 *     if (wire.is_damaged) ...
 *
 * The bytes are not trusted.
 */
#ifndef HG_TREE_WIRE_H
#define HG_TREE_WIRE_H

#include "base/memory.h"
#include "base/text.h"

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stdint.h>

void hg_wire_put(struct hg_text *bytes, uint32_t number);
/* NULL is written as the empty string. */
void hg_wire_put_string(struct hg_text *bytes, const char *string);

struct hg_wire {
    const unsigned char *at, *end;
    bool is_damaged; /* bytes were missing: numbers and strings taken since are 0 or NULL */
};

struct hg_wire hg_wire_begin(const void *bytes, size_t size);
uint32_t hg_wire_take(struct hg_wire *wire);
/* A copy in the arena; NULL for an empty one. */
const char *hg_wire_take_string(struct hg_wire *wire, struct hg_arena *arena);

void hg_wire_put_long(struct hg_text *bytes, uint64_t number);
uint64_t hg_wire_take_long(struct hg_wire *wire);
void hg_wire_put_location(struct hg_text *bytes, const struct hg_location *where);
struct hg_location hg_wire_take_location(struct hg_wire *wire, struct hg_arena *arena);
void hg_wire_put_diagnostic(struct hg_text *bytes, const struct hg_diagnostic *diagnostic);
struct hg_diagnostic hg_wire_take_diagnostic(struct hg_wire *wire, struct hg_arena *arena);
/* The strings are not NULL. */
void hg_wire_put_list(struct hg_text *bytes, const char *const *strings, size_t count);
/* A copy in the arena. */
const char *const *hg_wire_take_list(struct hg_wire *wire, struct hg_arena *arena, size_t *count);
/* The number of items that follow, each of at least `size` bytes. */
size_t hg_wire_take_count(struct hg_wire *wire, size_t size);

/* A pointer to the next size bytes; NULL = there are fewer. */
const void *hg_wire_take_bytes(struct hg_wire *wire, size_t size);

#endif
