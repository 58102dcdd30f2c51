/*
 * The text report: changed types side by side, as diff -y does, with offsets as pahole has them.
 *
 *     struct cred: 176 bytes -> 184
 *          0   4  usage                   |      0   8  usage                    4 bytes -> 8
 *          4   4  uid                            8   4  uid                      +4
 *                                         >     16   8  extra
 *             (9 members, all +8)
 *        168   8  rcu                          176   8  rcu                      +8
 *
 * Offsets and sizes are in bytes.  A bit-field has the offset byte:bit and the size :bits.  Long
 * runs of members that moved by the same distance, or not at all, are shortened.  So are long lists
 * of types that only one side has, of which a kernel and its headers have thousands.
 */
#include "diff/parts.h"

#include <string.h>

enum {
    NAME_LIMIT = 40,
    KEPT = 2,         /* rows at each end of a shortened run */
    LONGEST_LIST = 50 /* of types that only one side has and that the user did not name */
};

enum colour { PLAIN, RED, GREEN, YELLOW, CYAN, DIM, BOLD };

struct report {
    const struct hg_comparison *comparison;
    struct hg_text *text;
};

static void put_colour(const struct report *report, enum colour colour)
{
    static const char *const codes[] = {
        [PLAIN] = "\033[0m", [RED] = "\033[31m", [GREEN] = "\033[32m", [YELLOW] = "\033[33m",
        [CYAN] = "\033[36m", [DIM] = "\033[2m",  [BOLD] = "\033[1m",
    };
    if (report->comparison->colour)
        hg_text_put(report->text, codes[colour]);
}

/* --- one side of a row --- */

static void put_offset(struct hg_text *text, const struct hg_diff_cell *cell)
{
    if (cell->is_bit_field || cell->bit_offset % 8 != 0)
        hg_text_printf(text, "%5llu:%llu", (unsigned long long)(cell->bit_offset / 8),
                       (unsigned long long)(cell->bit_offset % 8));
    else
        hg_text_printf(text, "%5llu  ", (unsigned long long)(cell->bit_offset / 8));
}

static void put_size(struct hg_text *text, uint64_t bits, bool is_bit_field)
{
    if (is_bit_field || bits % 8 != 0)
        hg_text_printf(text, ":%llu", (unsigned long long)bits);
    else
        hg_text_printf(text, "%llu", (unsigned long long)(bits / 8));
}

static void put_cell(struct hg_text *text, const struct hg_diff_cell *cell)
{
    if (!cell->is_there)
        return;
    if (cell->path == NULL) {
        hg_text_put(text, "                -- ");
        if (cell->bits % 8 == 0)
            hg_text_printf(text, "%llu byte%s hole", (unsigned long long)(cell->bits / 8),
                           hg_plural(cell->bits / 8));
        else
            hg_text_printf(text, "%llu bit%s hole", (unsigned long long)cell->bits,
                           hg_plural(cell->bits));
        return;
    }
    put_offset(text, cell);
    struct hg_text size = {0};
    put_size(&size, cell->bits, cell->is_bit_field);
    hg_text_printf(text, " %5s  %s", size.data, cell->path);
    hg_text_deinit(&size);
}

static size_t cell_width(const struct hg_diff_cell *cell)
{
    struct hg_text text = {0};
    put_cell(&text, cell);
    size_t width = text.size;
    hg_text_deinit(&text);
    return width;
}

/* --- rows --- */

static int64_t shift_of(const struct hg_diff_row *row)
{
    return (int64_t)(row->right.bit_offset - row->left.bit_offset);
}

static bool is_on_both(const struct hg_diff_row *row)
{
    return row->left.is_there && row->right.is_there;
}

/* How many rows from the first on moved by the same distance and did not change otherwise. */
static size_t run_length(const hg_row_list *rows, size_t first)
{
    size_t count = 0;
    int64_t shift = shift_of(&rows->items[first]);
    while (first + count < rows->count) {
        const struct hg_diff_row *row = &rows->items[first + count];
        if (!is_on_both(row) || row->is_changed || shift_of(row) != shift)
            break;
        count++;
    }
    return count;
}

static void put_shift(struct hg_text *text, int64_t bits)
{
    uint64_t distance = bits < 0 ? -(uint64_t)bits : (uint64_t)bits;
    hg_text_put(text, bits < 0 ? "-" : "+");
    if (distance % 8 == 0)
        hg_text_unsigned(text, distance / 8);
    else
        hg_text_printf(text, "%llu:%llu", (unsigned long long)(distance / 8),
                       (unsigned long long)(distance % 8));
}

static void put_note(struct hg_text *text, const struct hg_diff_row *row)
{
    const char *before = "";
    size_t size = text->size;
    if (is_on_both(row) && row->is_moved && row->left.path != NULL) {
        put_shift(text, shift_of(row));
        before = ", ";
    }
    if (!is_on_both(row) || !row->is_changed || row->left.path == NULL)
        return;
    if (row->left.bits != row->right.bits || row->left.is_bit_field != row->right.is_bit_field) {
        hg_text_put(text, before);
        put_size(text, row->left.bits, row->left.is_bit_field);
        hg_text_put(text, " -> ");
        put_size(text, row->right.bits, row->right.is_bit_field);
        before = ", ";
    }
    if (strcmp(row->left.type, row->right.type) != 0)
        hg_text_printf(text, "%s%s -> %s", before, row->left.type, row->right.type);
    else if (text->size == size) /* types without a tag, or two types of one name */
        hg_text_printf(text, "another %s", row->left.type);
}

static void put_row(const struct report *report, const struct hg_diff_row *row, size_t width)
{
    struct hg_text *text = report->text;
    const char *mark = !row->right.is_there  ? "<"
                       : !row->left.is_there ? ">"
                       : row->is_changed     ? "|"
                                             : " ";
    enum colour colour = mark[0] == '<'   ? RED
                         : mark[0] == '>' ? GREEN
                         : mark[0] == '|' ? YELLOW
                         : row->is_moved  ? CYAN
                                          : PLAIN;
    put_colour(report, colour);
    size_t start = text->size;
    put_cell(text, &row->left);
    size_t used = text->size - start;
    hg_text_printf(text, "%*s %s", used < width ? (int)(width - used) : 0, "", mark);
    start = text->size;
    put_cell(text, &row->right);
    used = text->size - start;
    struct hg_text note = {0};
    put_note(&note, row);
    if (note.size > 0)
        hg_text_printf(text, "%*s  %s", used < width ? (int)(width - used) : 0, "", note.data);
    hg_text_deinit(&note);
    while (text->size > 0 && text->data[text->size - 1] == ' ')
        hg_text_truncate(text, text->size - 1);
    if (colour != PLAIN)
        put_colour(report, PLAIN);
    hg_text_put(text, "\n");
}

static void put_omitted(const struct report *report, size_t count, int64_t shift)
{
    put_colour(report, DIM);
    hg_text_printf(report->text, "        (%zu more, all ", count);
    if (shift == 0)
        hg_text_put(report->text, "as before");
    else
        put_shift(report->text, shift);
    hg_text_put(report->text, ")");
    put_colour(report, PLAIN);
    hg_text_put(report->text, "\n");
}

static size_t left_width(const hg_row_list *rows)
{
    size_t width = 0;
    for (size_t i = 0; i < rows->count; i++) {
        size_t cell = cell_width(&rows->items[i].left);
        size_t other = cell_width(&rows->items[i].right);
        width = cell > width ? cell : width;
        width = other > width ? other : width;
    }
    return width < NAME_LIMIT ? width : NAME_LIMIT;
}

static void put_rows(const struct report *report, const struct hg_type_diff *type)
{
    struct hg_arena arena = {0};
    hg_row_list rows = {0};
    hg_diff_rows(report->comparison, type, &arena, &rows);
    size_t width = left_width(&rows);
    for (size_t i = 0; i < rows.count;) {
        size_t run = run_length(&rows, i);
        size_t shown = run > 2 * KEPT + 1 ? KEPT : run;
        for (size_t k = 0; k < (run == 0 ? 1 : shown); k++)
            put_row(report, &rows.items[i + k], width);
        if (run > shown) {
            put_omitted(report, run - 2 * shown, shift_of(&rows.items[i]));
            for (size_t k = run - shown; k < run; k++)
                put_row(report, &rows.items[i + k], width);
        }
        i += run == 0 ? 1 : run;
    }
    free(rows.items);
    hg_arena_deinit(&arena);
}

/* --- types --- */

/* Whether the rows of members show the change. */
static bool is_of_member(enum hg_change_kind kind)
{
    return kind == HG_CHANGE_MEMBER_MISSING || kind == HG_CHANGE_MEMBER_EXTRA ||
           kind == HG_CHANGE_MEMBER_OFFSET || kind == HG_CHANGE_MEMBER_SIZE ||
           kind == HG_CHANGE_MEMBER_COUNT || kind == HG_CHANGE_MEMBER_TYPE;
}

static void put_change(const struct report *report, const struct hg_change *change)
{
    struct hg_text *text = report->text;
    bool is_missing = change->right.kind == HG_VALUE_NONE;
    bool is_extra = change->left.kind == HG_VALUE_NONE;
    put_colour(report, is_missing ? RED : is_extra ? GREEN : YELLOW);
    hg_text_printf(text, "  %c %s",
                   is_missing ? '<'
                   : is_extra ? '>'
                              : '|',
                   change->member != NULL ? change->member : hg_change_word(change->kind));
    hg_text_put(text, change->member != NULL ? " = " : " ");
    if (!is_extra)
        hg_put_change_value(text, &change->left);
    if (!is_extra && !is_missing)
        hg_text_put(text, " -> ");
    if (!is_missing)
        hg_put_change_value(text, &change->right);
    put_colour(report, PLAIN);
    hg_text_put(text, "\n");
}

static void put_changed(const struct report *report, const struct hg_type_diff *type)
{
    put_colour(report, BOLD);
    hg_text_put(report->text, type->subject);
    put_colour(report, PLAIN);
    hg_text_put(report->text, "\n");
    bool has_rows = false;
    for (size_t i = 0; i < type->change_count; i++) {
        has_rows |= is_of_member(type->changes[i].kind);
        if (!is_of_member(type->changes[i].kind))
            put_change(report, &type->changes[i]);
    }
    if (has_rows)
        put_rows(report, type);
    hg_text_put(report->text, "\n");
}

static void put_list(const struct report *report, enum hg_type_verdict verdict, const char *mark,
                     enum colour colour)
{
    const struct hg_diff *diff = report->comparison->diff;
    size_t unnamed = 0;
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->types[i].verdict != verdict)
            continue;
        if (verdict != HG_TYPE_NAMESAKE && !diff->types[i].is_named && unnamed++ >= LONGEST_LIST)
            continue;
        put_colour(report, colour);
        hg_text_printf(report->text, "%s %s", mark, diff->types[i].subject);
        put_colour(report, PLAIN);
        hg_text_put(report->text, "\n");
    }
    if (unnamed > LONGEST_LIST)
        hg_text_printf(report->text,
                       "%s (%zu more: --format json and html have all of them, --common leaves "
                       "them out)\n",
                       mark, unnamed - LONGEST_LIST);
    if (diff->verdicts[verdict] > 0)
        hg_text_put(report->text, "\n");
}

void hg_diff_put_head(const struct hg_comparison *comparison, struct hg_text *text)
{
    const struct hg_diff *diff = comparison->diff;
    const size_t *verdicts = diff->verdicts;
    hg_text_printf(text, "left:  %s\nright: %s\n", comparison->left_name, comparison->right_name);
    hg_text_printf(text, "%zu type%s on both sides: %zu identical, %zu changed", diff->compared,
                   hg_plural(diff->compared), verdicts[HG_TYPE_IDENTICAL],
                   verdicts[HG_TYPE_CHANGED]);
    if (verdicts[HG_TYPE_NAMESAKE] > 0)
        hg_text_printf(text, ", %zu namesake%s (~: only the name in common)",
                       verdicts[HG_TYPE_NAMESAKE], hg_plural(verdicts[HG_TYPE_NAMESAKE]));
    if (verdicts[HG_TYPE_LEFT_ONLY] > 0)
        hg_text_printf(text, "; %zu only on the left", verdicts[HG_TYPE_LEFT_ONLY]);
    if (verdicts[HG_TYPE_RIGHT_ONLY] > 0)
        hg_text_printf(text, "; %zu only on the right", verdicts[HG_TYPE_RIGHT_ONLY]);
    hg_text_put(text, "\n");
}

void hg_diff_write_text(const struct hg_comparison *comparison, struct hg_output *ret)
{
    struct hg_text text = {0};
    struct report report = {.comparison = comparison, .text = &text};
    hg_diff_put_head(comparison, &text);
    hg_text_put(&text, "\n");
    for (size_t i = 0; i < comparison->diff->count; i++)
        if (comparison->diff->types[i].verdict == HG_TYPE_CHANGED)
            put_changed(&report, &comparison->diff->types[i]);
    put_list(&report, HG_TYPE_NAMESAKE, "~", PLAIN);
    put_list(&report, HG_TYPE_LEFT_ONLY, "<", RED);
    put_list(&report, HG_TYPE_RIGHT_ONLY, ">", GREEN);
    while (text.size > 1 && text.data[text.size - 2] == '\n')
        hg_text_truncate(&text, text.size - 1);
    hg_text_finish(&text, ret);
}
