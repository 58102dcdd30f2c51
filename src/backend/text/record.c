/*
 * Records: members with their offsets, what lies between them, and the borders of cache lines.
 *
 *     struct foo {
 *             struct list_head list;                   (comment)     0    16
 *             unsigned int a:3;                        (comment)    16: 0  4
 *                                                      (comment) XXX 29 bits hole
 *             union {
 *                     long b;                          (comment)    24     8
 *
 * Records without a tag are shown where they are, with offsets from the outermost record.  A
 * bit-field has the offset of the unit of its declared type that it begins in, its first bit there
 * as the model counts it, and the size of that type.
 *
 * Recursion goes by value into types without a tag only; the model bounds that, and the length of
 * the text is bounded here, as such types can hold each other more than once.
 */
#include "backend/text/text.h"
#include "base/diag.h"
#include "model/describe.h"
#include "model/layout.h"

#include <inttypes.h>

enum { TEXT_MAX = 1 << 26 };

struct hg_hole hg_hole_of(uint64_t bit_offset, uint64_t bits)
{
    struct hg_hole hole = {.bits_before = (8 - bit_offset % 8) % 8};
    if (bits < 64 && (hole.bits_before != 0 || bits % 8 != 0))
        hole.bits_before = bits; /* within one unit of bit-fields */
    if (hole.bits_before > bits)
        hole.bits_before = bits;
    hole.bytes = (bits - hole.bits_before) / 8;
    hole.bits_behind = bits - hole.bits_before - 8 * hole.bytes;
    return hole;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void put_hole(struct hg_show *show, const struct hg_gap *gap, const char *word)
{
    struct hg_hole hole = hg_hole_of(gap->bit_offset, gap->bits);
    const struct {
        uint64_t count;
        const char *unit;
    } parts[] = {{hole.bits_before, "bit"}, {hole.bytes, "byte"}, {hole.bits_behind, "bit"}};
    hg_text_put(&show->text, "\n");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count == 0)
            continue;
        hg_show_indent(show);
        hg_text_printf(&show->text, "/* XXX %" PRIu64 " %s%s %s */\n", parts[i].count,
                       parts[i].unit, plural(parts[i].count), word);
    }
    hg_text_put(&show->text, "\n");
}

static void put_cache_line(struct hg_show *show, uint64_t offset)
{
    uint64_t line = offset / HG_CACHE_LINE;
    if (line <= show->cache_line)
        return;
    show->cache_line = line;
    hg_show_indent(show);
    hg_text_printf(&show->text, "/* --- cacheline %" PRIu64 " boundary (%" PRIu64 " bytes)", line,
                   line * HG_CACHE_LINE);
    uint64_t ago = offset % HG_CACHE_LINE;
    if (ago != 0)
        hg_text_printf(&show->text, " was %" PRIu64 " byte%s ago", ago, plural(ago));
    hg_text_put(&show->text, " --- */\n");
}

/* Ends a member's line. */
static void put_numbers(struct hg_show *show, const struct hg_member *member, uint64_t base)
{
    uint64_t size = hg_type_size(show->model, member->type.id);
    uint64_t offset = base + member->bit_offset / 8;
    hg_text_put(&show->text, ";");
    hg_show_to_comments(show);
    if (member->bit_width != 0) {
        uint64_t unit = member->bit_offset / (8 * size) * size;
        hg_text_printf(&show->text, "/* %5" PRIu64 ":%2" PRIu64 " %2" PRIu64 " */", base + unit,
                       member->bit_offset - 8 * unit, size);
    } else {
        hg_text_printf(&show->text, "/* %5" PRIu64 " %5" PRIu64 " */", offset, size);
    }
    hg_show_decl_tags(show, member->tags);
    hg_text_put(&show->text, "\n");
}

/* The record without a tag that a member holds, itself or as array elements, or void; dimensions
 * are written to text. */
static hg_type_id held_record(const struct hg_show *show, const struct hg_member *member,
                              struct hg_text *dimensions)
{
    hg_type_id id = member->type.id;
    const struct hg_type *type = hg_model_type(show->model, id);
    while (type->kind == HG_ARRAY && !type->is_vector && !type->is_complex) {
        hg_text_printf(dimensions, "[%" PRIu64 "]", type->count);
        id = type->ref.id;
        type = hg_model_type(show->model, id);
    }
    return hg_show_is_record(type) && type->name == NULL ? id : HG_VOID_ID;
}

static void put_member(struct hg_show *show, const struct hg_member *member, uint64_t base)
{
    struct hg_text dimensions = {0};
    hg_type_id record = held_record(show, member, &dimensions);
    hg_show_indent(show);
    if (record != HG_VOID_ID) {
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
    put_numbers(show, member, base);
    hg_text_deinit(&dimensions);
}

/* The padding of a root is among its totals. */
static void put_members(struct hg_show *show, const struct hg_type *record, uint64_t base,
                        bool is_root)
{
    struct hg_gap gap = {0};
    bool has_gap = hg_gap_next(show->model, record, &gap);
    for (size_t i = 0; i < record->member_count; i++) {
        while (has_gap && gap.before == i) {
            put_hole(show, &gap, "hole");
            has_gap = hg_gap_next(show->model, record, &gap);
        }
        put_cache_line(show, base + record->members[i].bit_offset / 8);
        put_member(show, &record->members[i], base);
    }
    if (has_gap && !is_root && record->kind == HG_STRUCT)
        put_hole(show, &gap, "padding");
}

void hg_show_record(struct hg_show *show, hg_type_id id, uint64_t base, bool is_root)
{
    const struct hg_type *record = hg_model_type(show->model, id);
    if (!show->failed && show->text.size > TEXT_MAX) {
        hg_error(show->diagnostics, NULL, "the text would be longer than %d MiB: name fewer types",
                 TEXT_MAX >> 20);
        show->failed = true;
    }
    if (show->failed)
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
        hg_show_totals(show, id);
    show->indent--;
    hg_show_indent(show);
    hg_text_put(&show->text, "}");
}
