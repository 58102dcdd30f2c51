/*
 * Numbers and strings between processes of this program: written by a child, and taken by the
 * parent, which trusts none of them.
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
    bool is_damaged; /* something was missing: everything taken since is 0 or NULL */
};

struct hg_wire hg_wire_begin(const void *bytes, size_t size);
uint32_t hg_wire_take(struct hg_wire *wire);
/* A copy in the arena; NULL for an empty one. */
const char *hg_wire_take_string(struct hg_wire *wire, struct hg_arena *arena);

void hg_wire_put_long(struct hg_text *bytes, uint64_t number);
uint64_t hg_wire_take_long(struct hg_wire *wire);
void hg_wire_put_location(struct hg_text *bytes, const struct hg_location *where);
struct hg_location hg_wire_take_location(struct hg_wire *wire, struct hg_arena *arena);
/* None of the strings is NULL. */
void hg_wire_put_list(struct hg_text *bytes, const char *const *strings, size_t count);
/* In the arena. */
const char *const *hg_wire_take_list(struct hg_wire *wire, struct hg_arena *arena, size_t *count);
/* How many items there are, of which each takes that many bytes at least. */
size_t hg_wire_take_count(struct hg_wire *wire, size_t bytes);

/* The next size bytes where they are; NULL when they are not all there. */
const void *hg_wire_take_bytes(struct hg_wire *wire, size_t size);

#endif
