/*
 * Totals: the comments at the end of a record.
 *
 *     size: 128, align: 64, cachelines: 2, members: 10
 *     sum members: 100, holes: 2, sum holes: 8
 *     sum bit-fields: 7 bits, bit holes: 1, sum bit holes: 25 bits
 *     padding: 12
 *     paddings: 1, sum paddings: 4
 *     last cacheline: 8 bytes
 *
 * Lines that would hold only zeroes are left out.  In a struct, members, holes and padding add up
 * to the size.  `paddings` counts the members whose own records end with padding.
 */
#include "backend/text/text.h"
#include "model/layout.h"

#include <inttypes.h>

/* Whole bytes of padding at the end of a record. */
static uint64_t end_padding(const struct hg_model *model, const struct hg_type *record)
{
    struct hg_gap gap = {0};
    while (hg_gap_next(model, record, &gap))
        if (gap.before == record->member_count)
            return hg_hole_of(gap.bit_offset, gap.bits).bytes;
    return 0;
}

uint64_t hg_end_padding(const struct hg_model *model, const struct hg_member *member)
{
    const struct hg_type *type = hg_resolved(model, member->type.id);
    return member->bit_width == 0 && hg_is_record(type) ? end_padding(model, type) : 0;
}

static void add_members(struct hg_totals *totals, const struct hg_model *model,
                        const struct hg_type *record)
{
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        if (member->bit_width != 0) {
            totals->bit_field_bits += member->bit_width;
            continue;
        }
        totals->member_bytes += hg_type_size(model, member->type.id);
        uint64_t padding = hg_end_padding(model, member);
        totals->paddings += padding != 0;
        totals->paddings_bytes += padding;
    }
}

static void add_gaps(struct hg_totals *totals, const struct hg_model *model,
                     const struct hg_type *record)
{
    struct hg_gap gap = {0};
    while (hg_gap_next(model, record, &gap)) {
        struct hg_hole hole = hg_hole_of(gap.bit_offset, gap.bits);
        uint64_t bits = hole.bits_before + hole.bits_after;
        if (gap.before == record->member_count) {
            totals->padding_bytes += hole.bytes;
            totals->padding_bits += bits;
            continue;
        }
        totals->holes += hole.bytes != 0;
        totals->hole_bytes += hole.bytes;
        totals->bit_holes += hole.bits_before != 0;
        totals->bit_holes += hole.bits_after != 0;
        totals->bit_hole_bits += bits;
    }
}

static void put_gaps(struct hg_show *show, const struct hg_totals *totals, bool is_struct)
{
    struct hg_text *text = &show->text;
    if (is_struct) {
        hg_show_indent(show);
        hg_text_printf(text, "/* sum members: %" PRIu64, totals->member_bytes);
        if (totals->holes != 0)
            hg_text_printf(text, ", holes: %" PRIu64 ", sum holes: %" PRIu64, totals->holes,
                           totals->hole_bytes);
        hg_text_put(text, " */\n");
    }
    if (totals->lacks_members) {
        hg_show_indent(show);
        hg_text_put(text,
                    "/* members are left out, whose names are no C identifiers: a hole may "
                    "be one of them */\n");
    }
    if (is_struct && totals->bit_field_bits != 0) {
        hg_show_indent(show);
        hg_text_printf(text, "/* sum bit-fields: %" PRIu64 " bit%s", totals->bit_field_bits,
                       hg_plural(totals->bit_field_bits));
        if (totals->bit_holes != 0)
            hg_text_printf(text, ", bit holes: %" PRIu64 ", sum bit holes: %" PRIu64 " bit%s",
                           totals->bit_holes, totals->bit_hole_bits,
                           hg_plural(totals->bit_hole_bits));
        hg_text_put(text, " */\n");
    }
    if (totals->padding_bytes != 0) {
        hg_show_indent(show);
        hg_text_printf(text, "/* padding: %" PRIu64 " */\n", totals->padding_bytes);
    }
    if (totals->padding_bits != 0) {
        hg_show_indent(show);
        hg_text_printf(text, "/* bit padding: %" PRIu64 " bit%s */\n", totals->padding_bits,
                       hg_plural(totals->padding_bits));
    }
    if (totals->paddings != 0) {
        hg_show_indent(show);
        hg_text_printf(text, "/* paddings: %" PRIu64 ", sum paddings: %" PRIu64 " */\n",
                       totals->paddings, totals->paddings_bytes);
    }
}

struct hg_totals hg_totals_of(const struct hg_model *model, const struct hg_type *record)
{
    struct hg_totals totals = {.lacks_members = record->lacks_members};
    add_members(&totals, model, record);
    add_gaps(&totals, model, record);
    return totals;
}

void hg_show_totals(struct hg_show *show, const struct hg_type *record)
{
    struct hg_totals totals = hg_totals_of(show->model, record);
    uint64_t last = record->size % show->line_size;
    hg_text_put(&show->text, record->member_count == 0 ? "" : "\n");
    hg_show_indent(show);
    hg_text_printf(&show->text, "/* size: %" PRIu64, record->size);
    if (record->align != 0)
        hg_text_printf(&show->text, ", align: %" PRIu32, record->align);
    hg_text_printf(&show->text, ", cachelines: %" PRIu64 ", members: %zu */\n",
                   record->size / show->line_size + (last != 0), record->member_count);
    put_gaps(show, &totals, record->kind == HG_STRUCT);
    if (last != 0) {
        hg_show_indent(show);
        hg_text_printf(&show->text, "/* last cacheline: %" PRIu64 " byte%s */\n", last,
                       hg_plural(last));
    }
}
