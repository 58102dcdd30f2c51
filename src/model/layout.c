/*
 * Layout: see layout.h.
 *
 * The problem: a record's members have bit offsets, but a back end needs bytes: which bytes do
 * these bit-fields share, with which load can one be read, which bytes belong to no member?
 *
 *     struct { unsigned a:3, b:7; char c; }        a at bit 0, b at bit 3, c at bit 16, size 4
 *         runs: a b in bytes [0,2), c in [2,3)     gaps: bits 10 to 15, bits 24 to 31
 *
 * The method: on both byte orders bit offsets grow with addresses.  On little-endian targets they
 * count from the least significant bit of each byte, on big-endian ones from the most significant;
 * so a field of width w at bit offset o touches the bytes from o / 8 up to, not including, (o + w +
 * 7) / 8 in either case, and only the shift that brings its value down differs.
 *
 * What this does not do: compute a layout.  The sizes and offsets in the model are the compiler's.
 */
#include "model/layout.h"

#include "model/walk.h"

#include <assert.h>

hg_type_id hg_type_resolve(const struct hg_model *model, hg_type_id id, uint32_t *qualifiers)
{
    /* The bound is for verification, which calls this before it has refused cycles of typedefs. */
    size_t left = hg_model_type_count(model);
    const struct hg_type *type = hg_model_type(model, id);
    uint32_t passed = 0;
    while (type->kind == HG_TYPEDEF && left-- > 0) {
        passed |= type->ref.qualifiers;
        id = type->ref.id;
        type = hg_model_type(model, id);
    }
    if (qualifiers != NULL)
        *qualifiers |= passed;
    return type->kind == HG_TYPEDEF ? HG_VOID_ID : id;
}

uint64_t hg_type_size(const struct hg_model *model, hg_type_id id)
{
    return hg_resolved(model, id)->size;
}

uint32_t hg_type_align(const struct hg_model *model, hg_type_id id)
{
    size_t left = hg_model_type_count(model);
    const struct hg_type *type = hg_model_type(model, id);
    while (type->kind == HG_TYPEDEF && type->align == 0 && left-- > 0)
        type = hg_model_type(model, type->ref.id);
    return type->align;
}

uint64_t hg_member_bits(const struct hg_model *model, const struct hg_member *member)
{
    return member->bit_width != 0 ? member->bit_width : 8 * hg_type_size(model, member->type.id);
}

/* One past the last byte that a member touches. */
static uint64_t member_end(const struct hg_model *model, const struct hg_member *member)
{
    return (member->bit_offset + hg_member_bits(model, member) + 7) / 8;
}

struct hg_run hg_run_at(const struct hg_model *model, const struct hg_type *record, size_t first)
{
    assert(first < record->member_count);
    const struct hg_member *member = &record->members[first];
    struct hg_run run = {
        .first = first,
        .count = 1,
        .is_bit_fields = member->bit_width != 0,
        .begin = member->bit_offset / 8,
        .end = member_end(model, member),
    };
    if (!run.is_bit_fields || record->kind == HG_UNION)
        return run;
    while (first + run.count < record->member_count) {
        const struct hg_member *next = &record->members[first + run.count];
        if (next->bit_width == 0 || next->bit_offset / 8 > run.end)
            break;
        run.end = member_end(model, next);
        run.count++;
    }
    return run;
}

struct hg_bit_span hg_bit_span(const struct hg_model *model, const struct hg_member *member)
{
    assert(member->bit_width != 0);
    struct hg_bit_span span = {.begin = member->bit_offset / 8, .end = member_end(model, member)};
    if (hg_model_target(model)->big_endian)
        span.shift = (unsigned)(8 * span.end - (member->bit_offset + member->bit_width));
    else
        span.shift = (unsigned)(member->bit_offset % 8);
    return span;
}

bool hg_bit_unit(const struct hg_model *model, const struct hg_type *record,
                 const struct hg_member *member, struct hg_bit_unit *ret)
{
    struct hg_bit_span span = hg_bit_span(model, member);
    for (unsigned size = 1; size <= 8; size *= 2) {
        uint64_t offset = span.begin / size * size;
        uint64_t end = offset + size;
        if (end < span.end || end > record->size)
            continue;
        uint64_t before = hg_model_target(model)->big_endian ? end - span.end : span.begin - offset;
        *ret = (struct hg_bit_unit){
            .offset = offset, .size = size, .shift = (unsigned)(8 * before) + span.shift};
        return true;
    }
    return false;
}

bool hg_gap_next(const struct hg_model *model, const struct hg_type *record, struct hg_gap *gap)
{
    if (!record->complete || gap->next > record->member_count)
        return false;
    while (gap->next < record->member_count) {
        const struct hg_member *member = &record->members[gap->next];
        uint64_t covered = gap->bit_end;
        uint64_t end = member->bit_offset + hg_member_bits(model, member);
        if (end > gap->bit_end)
            gap->bit_end = end;
        size_t index = gap->next++;
        if (member->bit_offset > covered) {
            gap->before = index;
            gap->bit_offset = covered;
            gap->bits = member->bit_offset - covered;
            return true;
        }
    }
    gap->next = record->member_count + 1;
    gap->before = record->member_count;
    gap->bit_offset = gap->bit_end;
    gap->bits = 8 * record->size - gap->bit_end;
    return gap->bits > 0;
}
