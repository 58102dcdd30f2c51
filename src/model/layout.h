/*
 * Layout reasoning: what a record's stored offsets imply.  The only module that does sums with
 * them.
 *
 * See layout.c for the method.  All functions want a sealed model, whose invariants (docs/model.md)
 * keep the sums from overflowing.
 */
#ifndef HG_MODEL_LAYOUT_H
#define HG_MODEL_LAYOUT_H

#include <hdrgen/model.h>

/* Bits that a member occupies: its width, or 8 * its type's size (0 for a flexible array). */
uint64_t hg_member_bits(const struct hg_model *model, const struct hg_member *member);

/*
 * A run: one member that is not a bit-field; or a maximal stretch of consecutive bit-fields of a
 * struct that touch adjoining bytes, with no untouched byte between them (in a union: one
 * bit-field).
 *
 *     struct { u8 a; unsigned b:3, c:7; int :0; unsigned d:4; long e; }
 *         ->  a [0,1)    b c [1,3)    d [4,5)    e [8,16)
 *
 * The runs of a struct come in ascending order and never overlap: a member that is not a bit-field
 * begins at a byte of its own (C17 3.14), though it may lie within the declared storage unit of a
 * bit-field before it.  What is between two runs is padding, unnamed bit-fields included.
 */
struct hg_run {
    size_t first; /* index of the first member */
    size_t count; /* members in the run, at least 1 */
    bool is_bit_fields;
    uint64_t begin; /* bytes from the start of the record */
    uint64_t end;   /* one past the last byte touched; equals begin for a member of size 0 */
};

/* The run that starts at member index first (< member_count).  The runs of a record are those at 0,
 * at 0 + the first one's count, and so on. */
struct hg_run hg_run_at(const struct hg_model *model, const struct hg_type *record, size_t first);

/*
 * The bytes that a bit-field touches, and where its value is in them.  The value is
 *
 *     (the bytes, read as one unsigned integer in the target's byte order) >> shift, its low bits
 *
 * and end - begin can be one more than the bytes that the width needs (9 for 64 bits).
 */
struct hg_bit_span {
    uint64_t begin; /* bytes from the start of the record */
    uint64_t end;
    unsigned shift; /* 0 to 7 */
};
struct hg_bit_span hg_bit_span(const struct hg_model *model, const struct hg_member *member);

/*
 * The storage a bit-field's value can be read from in one load, as the C compiler would: the
 * smallest naturally sized unit (1, 2, 4, 8 bytes) at a multiple of its own size that holds the
 * field whole and lies within the record.  Returns false where there is none (packed fields that
 * straddle).
 *
 * The multiple is counted from the start of the record; a packed record may itself be anywhere.
 */
struct hg_bit_unit {
    uint64_t offset; /* bytes from the start of the record */
    unsigned size;   /* bytes */
    unsigned shift;  /* from the unit's least significant bit, byte order taken into account */
};
bool hg_bit_unit(const struct hg_model *model, const struct hg_type *record,
                 const struct hg_member *member, struct hg_bit_unit *ret);

/*
 * A gap: bits of a record that no member occupies.
 *
 *     struct hg_gap gap = {0};
 *     while (hg_gap_next(model, record, &gap))
 *         ... gap.bits bits at gap.bit_offset ...
 *
 * In a struct these are the holes before members (gap.before is the index of the member behind the
 * hole) and the padding at the end (gap.before == member_count); in a union only the padding behind
 * the largest member.  A record that is only declared has none.
 */
struct hg_gap {
    size_t before;
    uint64_t bit_offset;
    uint64_t bits;
    size_t next;      /* hg_gap_next's own: the member to look at next */
    uint64_t bit_end; /* hg_gap_next's own: what the members so far reach to */
};
bool hg_gap_next(const struct hg_model *model, const struct hg_type *record, struct hg_gap *gap);

#endif
