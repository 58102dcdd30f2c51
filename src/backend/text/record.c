/*
 * Records: members with their offsets, the holes between them, and the borders of cache lines.
 *
 *     struct foo {
 *             struct list_head list;                   (comment)     0    16
 *             unsigned int a:3;                        (comment)    16: 0  4
 *             (comment) XXX 29 bits hole
 *             union {
 *                     long b;                          (comment)    24     8
 *
 * A member's record is shown in its place if it has no tag or if hg_layout_options.expand is set;
 * its offsets count from the outermost record.  The three numbers of a bit-field are the offset of
 * the unit of its declared type in which it begins, its first bit in that unit as the model counts
 * bits, and the size of the unit.
 *
 * The recursion follows members held by value, so the model bounds its depth.  Since a record can
 * be held many times, this file bounds the length of the text.
 */
#include "backend/text/text.h"
#include "base/diag.h"
#include "model/describe.h"
#include "model/layout.h"

#include <inttypes.h>

struct hg_hole hg_hole_of(uint64_t bit_offset, uint64_t bits)
{
    struct hg_hole hole = {.bits_before = (8 - bit_offset % 8) % 8};
    if (bits < 64 && (hole.bits_before != 0 || bits % 8 != 0))
        hole.bits_before = bits; /* within one unit of bit-fields */
    if (hole.bits_before > bits)
        hole.bits_before = bits;
    hole.bytes = (bits - hole.bits_before) / 8;
    hole.bits_after = bits - hole.bits_before - 8 * hole.bytes;
    return hole;
}

static void put_hole(struct hg_show *show, const struct hg_gap *gap, const char *word)
{
    struct hg_hole hole = hg_hole_of(gap->bit_offset, gap->bits);
    const struct {
        uint64_t count;
        const char *unit;
    } parts[] = {{hole.bits_before, "bit"}, {hole.bytes, "byte"}, {hole.bits_after, "bit"}};
    hg_text_put(&show->text, "\n");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count == 0)
            continue;
        hg_show_indent(show);
        hg_text_printf(&show->text, "/* XXX %" PRIu64 " %s%s %s */\n", parts[i].count,
                       parts[i].unit, hg_plural(parts[i].count), word);
    }
    hg_text_put(&show->text, "\n");
}

static void put_cache_line(struct hg_show *show, uint64_t offset)
{
    uint64_t line = offset / show->line_size;
    if (line <= show->cache_line)
        return;
    show->cache_line = line;
    hg_show_indent(show);
    hg_text_printf(&show->text, "/* --- cacheline %" PRIu64 " boundary (%" PRIu64 " bytes)", line,
                   line * show->line_size);
    uint64_t ago = offset % show->line_size;
    if (ago != 0)
        hg_text_printf(&show->text, " was %" PRIu64 " byte%s ago", ago, hg_plural(ago));
    hg_text_put(&show->text, " --- */\n");
}

void hg_show_numbers(struct hg_show *show, uint64_t offset, uint64_t size)
{
    hg_text_put(&show->text, ";");
    hg_show_to_comments(show);
    hg_text_printf(&show->text,
                   show->layout->hex ? "/* %#5" PRIx64 " %#5" PRIx64 " */"
                                     : "/* %5" PRIu64 " %5" PRIu64 " */",
                   offset, size);
}

void hg_show_bit_numbers(struct hg_show *show, const struct hg_member *member, uint64_t base)
{
    uint64_t size = hg_type_size(show->model, member->type.id);
    uint64_t unit = member->bit_offset / (8 * size) * size;
    hg_text_put(&show->text, ";");
    hg_show_to_comments(show);
    hg_text_printf(&show->text,
                   show->layout->hex ? "/* %#5" PRIx64 ":%2" PRIu64 " %#2" PRIx64 " */"
                                     : "/* %5" PRIu64 ":%2" PRIu64 " %2" PRIu64 " */",
                   base + unit, member->bit_offset - 8 * unit, size);
}

const struct hg_type *hg_held_record(const struct hg_model *model, hg_type_id id,
                                     struct hg_text *dimensions)
{
    const struct hg_type *type = hg_resolved(model, id);
    for (; hg_is_c_array(type); type = hg_resolved(model, type->ref.id))
        if (dimensions != NULL)
            hg_text_printf(dimensions, "[%" PRIu64 "]", type->count);
    return hg_is_record(type) && type->complete ? type : NULL;
}

/* The record to show in a member's place; NULL = the member is shown in one line. */
static const struct hg_type *inline_record(const struct hg_show *show,
                                           const struct hg_member *member,
                                           struct hg_text *dimensions)
{
    hg_type_id id = member->type.id;
    const struct hg_type *type = hg_model_type(show->model, id);
    if (show->layout->expand)
        return hg_held_record(show->model, id, dimensions);
    while (hg_is_c_array(type))
        type = hg_model_type(show->model, type->ref.id);
    bool is_nameless = hg_is_record(type) && type->name == NULL;
    return is_nameless ? hg_held_record(show->model, id, dimensions) : NULL;
}

/* Names the typedef through which a member has its expanded record. */
static void put_alias(struct hg_show *show, const struct hg_member *member)
{
    const struct hg_type *type = hg_model_type(show->model, member->type.id);
    while (type->kind == HG_ARRAY)
        type = hg_model_type(show->model, type->ref.id);
    if (type->kind != HG_TYPEDEF)
        return;
    hg_text_put(&show->text, "/* typedef ");
    hg_describe_name(&show->text, type->name);
    hg_text_put(&show->text, " */ ");
}

/* Says which hole the member was moved into, by the member that comes after the hole. */
static void put_reason(struct hg_show *show, const struct hg_reorganized *reorganized, size_t index)
{
    const char *next = NULL;
    for (size_t i = index; i < reorganized->record.member_count && next == NULL; i++)
        if (reorganized->order[i] == reorganized->fills[index])
            next = reorganized->record.members[i].name;
    hg_text_put(&show->text, " /* moved into the hole before ");
    if (next != NULL)
        hg_describe_name(&show->text, next);
    else
        hg_text_put(&show->text, "what has no name");
    hg_text_put(&show->text, " */");
}

/* reorganized: the record's new order, or NULL; index: of the member, in that order. */
static void put_member(struct hg_show *show, const struct hg_member *member, uint64_t base,
                       const struct hg_reorganized *reorganized, size_t index)
{
    struct hg_text dimensions = {0};
    const struct hg_type *record = inline_record(show, member, &dimensions);
    hg_show_indent(show);
    if (record != NULL) {
        uint32_t qualifiers = member->type.qualifiers;
        hg_text_put(&show->text, (qualifiers & HG_CONST) != 0 ? "const " : "");
        hg_text_put(&show->text, (qualifiers & HG_VOLATILE) != 0 ? "volatile " : "");
        put_alias(show, member);
        hg_show_record(show, record, base + member->bit_offset / 8, false);
        if (member->name != NULL) {
            hg_text_put(&show->text, " ");
            hg_describe_name(&show->text, member->name);
        }
        hg_text_put(&show->text, hg_text_string(&dimensions));
    } else {
        hg_describe_declaration(&show->text, show->model, &member->type, member->name);
        if (member->bit_width != 0)
            hg_text_printf(&show->text, ":%" PRIu32, member->bit_width);
    }
    if (reorganized != NULL && reorganized->aligned[index] != 0)
        hg_text_printf(&show->text, " __attribute__((aligned(%" PRIu32 ")))",
                       reorganized->aligned[index]);
    if (member->bit_width != 0)
        hg_show_bit_numbers(show, member, base);
    else
        hg_show_numbers(show, base + member->bit_offset / 8,
                        hg_type_size(show->model, member->type.id));
    hg_show_decl_tags(show, member->tags);
    if (reorganized != NULL && reorganized->is_moved[index])
        put_reason(show, reorganized, index);
    hg_text_put(&show->text, "\n");
    hg_text_deinit(&dimensions);
}

/* Reports the padding at the end of a member's record, which a member in one line does not show. */
static bool put_inner_padding(struct hg_show *show, const struct hg_member *member)
{
    uint64_t padding = hg_end_padding(show->model, member);
    if (padding == 0 || inline_record(show, member, NULL) != NULL)
        return false;
    hg_text_put(&show->text, "\n");
    hg_show_indent(show);
    hg_text_printf(&show->text, "/* XXX last struct has %" PRIu64 " byte%s of padding */\n",
                   padding, hg_plural(padding));
    return true;
}

/* Writes the members and the gaps.  The padding of a root is left to its totals. */
static void put_members(struct hg_show *show, const struct hg_type *record, uint64_t base,
                        bool is_root)
{
    struct hg_gap gap = {0};
    bool has_gap = hg_gap_next(show->model, record, &gap);
    bool needs_blank_line = false; /* after a comment on the member before */
    for (size_t i = 0; i < record->member_count; i++) {
        bool is_after_gap = has_gap && gap.before == i;
        if (needs_blank_line && !is_after_gap)
            hg_text_put(&show->text, "\n");
        while (has_gap && gap.before == i) {
            put_hole(show, &gap, "hole");
            has_gap = hg_gap_next(show->model, record, &gap);
        }
        put_cache_line(show, base + record->members[i].bit_offset / 8);
        put_member(show, &record->members[i], base, is_root ? show->reorganized : NULL, i);
        needs_blank_line = put_inner_padding(show, &record->members[i]);
    }
    if (has_gap && !is_root && record->kind == HG_STRUCT)
        put_hole(show, &gap, "padding");
}

bool hg_show_has_room(struct hg_show *show)
{
    if (!show->failed && show->text.size > HG_TEXT_MAX) {
        hg_error(show->diagnostics, NULL, "the text would be longer than %d MiB: name fewer types",
                 HG_TEXT_MAX >> 20);
        show->failed = true;
    }
    return !show->failed;
}

void hg_show_record(struct hg_show *show, const struct hg_type *record, uint64_t base, bool is_root)
{
    if (!hg_show_has_room(show))
        return;
    hg_text_put(&show->text, hg_kind_name(record->kind));
    if (record->name != NULL) {
        hg_text_put(&show->text, " ");
        hg_describe_name(&show->text, record->name);
    }
    hg_text_put(&show->text, " {\n");
    if (is_root)
        show->cache_line = 0;
    show->indent++;
    put_members(show, record, base, is_root);
    if (is_root)
        hg_show_totals(show, record);
    show->indent--;
    hg_show_indent(show);
    hg_text_put(&show->text, "}");
}
