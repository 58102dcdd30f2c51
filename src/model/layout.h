/*
 * Which bytes and bits of a record its members occupy, computed from their offsets.
 *
 * See layout.c for the method.  All functions need a sealed model, whose invariants (docs/model.md)
 * keep the sums from overflowing.
 */
#ifndef HG_MODEL_LAYOUT_H
#define HG_MODEL_LAYOUT_H

#include <hdrgen/model.h>

/* Bits that a member occupies: its width, or 8 * its type's size (0 for a flexible array). */
uint64_t hg_member_bits(const struct hg_model *model, const struct hg_member *member);

/*
 * A run: one member that is not a bit-field, or as many consecutive bit-fields of a struct as
 * follow each other without an untouched byte between them.  In a union each bit-field is a run.
 *
 *     struct { u8 a; unsigned b:3, c:7; int :0; unsigned d:4; long e; }
 *         ->  a [0,1)    b c [1,3)    d [4,5)    e [8,16)
 *
 * The runs of a struct are in ascending order and never overlap: a member that is not a bit-field
 * shares no byte with a bit-field (C17 3.14), though it may lie within the declared storage unit of
 * one.  The bytes between two runs are padding or unnamed bit-fields.
 */
struct hg_run {
    size_t first; /* index of the first member */
    size_t count; /* members in the run, at least 1 */
    bool is_bit_fields;
    uint64_t begin; /* bytes from the start of the record */
    uint64_t end;   /* one past the last byte touched; equals begin for a member of size 0 */
};

/* The run that begins with member `first` (< member_count).  The next run begins with member
 * first + count. */
struct hg_run hg_run_at(const struct hg_model *model, const struct hg_type *record, size_t first);

/*
 * The bytes that a bit-field touches, and the position of its value in them: read as one unsigned
 * integer in the target's byte order and shifted right by `shift`, they have it in their low bits.
 * 64 bits may touch 9 bytes.
 */
struct hg_bit_span {
    uint64_t begin; /* bytes from the start of the record */
    uint64_t end;
    unsigned shift; /* 0 to 7 */
};
struct hg_bit_span hg_bit_span(const struct hg_model *model, const struct hg_member *member);

/*
 * The unit from which one load reads a bit-field, as the C compiler does: the smallest one (1, 2, 4
 * or 8 bytes) at a multiple of its own size, from the start of the record, that holds the whole
 * field and lies within the record.  Returns false if there is none (packed fields).
 *
 * The load may be unaligned, since a packed record may be at any address.
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
 * A struct has holes before members (gap.before is the index of the member after the hole) and
 * padding at its end (gap.before == member_count); a union has only padding after its largest
 * member.  A record that is only declared has no gaps.
 */
struct hg_gap {
    size_t before;
    uint64_t bit_offset;
    uint64_t bits;
    size_t next;      /* private: the member to look at next */
    uint64_t bit_end; /* private: where the members so far end */
};
bool hg_gap_next(const struct hg_model *model, const struct hg_type *record, struct hg_gap *gap);

#endif
