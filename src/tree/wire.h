/*
 * Numbers and strings between processes of this program: written by a child, and taken by the
 * parent, which trusts none of them.
 */
#ifndef HG_TREE_WIRE_H
#define HG_TREE_WIRE_H

#include "base/memory.h"
#include "base/text.h"

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
/* The next size bytes where they are; NULL when they are not all there. */
const void *hg_wire_take_bytes(struct hg_wire *wire, size_t size);

#endif
