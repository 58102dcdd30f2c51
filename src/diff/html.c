/*
 * The HTML report: page.html, which loads nothing from elsewhere, with the changes inserted as data
 * for its script.
 *
 *     {"left": "a.btf", "right": "b.btf", "counts": [...], "types": [
 *       {"name": "struct s", "verdict": "changed", "sizes": [16, 24],
 *        "changes": [["member_offset", "b", 64, 96]],
 *        "rows": [["b", [64, 32, "int", 0], [96, 32, "int", 0], 0, 1]]}]}
 *
 * A row is [path, left side, right side, changed, moved].  A path is null for a hole.  A side is
 * [bit offset, bits, type, is a bit-field], or null if that side does not have the member.
 *
 * Names come from untrusted files.  They are JSON strings in which `<` is escaped, so they can end
 * neither the string nor the script element, and the page's script uses them only as text.
 */
#include "diff/parts.h"

#include <string.h>

extern const char hg_diff_page[];

static const char data_mark[] = "@DATA@";

static void put_counts(struct hg_text *text, const struct hg_diff *diff)
{
    hg_text_printf(text, "[%zu", diff->compared);
    for (size_t i = 0; i <= HG_TYPE_RIGHT_ONLY; i++)
        hg_text_printf(text, ",%zu", diff->verdicts[i]);
    hg_text_put(text, "]");
}

static void put_string_or_null(struct hg_text *text, const char *string)
{
    if (string == NULL)
        hg_text_put(text, "null");
    else
        hg_put_script_string(text, string);
}

static void put_value(struct hg_text *text, const struct hg_change_value *value)
{
    if (value->kind == HG_VALUE_NONE) {
        hg_text_put(text, "null");
        return;
    }
    struct hg_text words = {0};
    hg_put_change_value(&words, value);
    hg_put_script_string(text, words.data); /* numbers too: JavaScript's do not hold 64 bits */
    hg_text_deinit(&words);
}

static void put_changes(struct hg_text *text, const struct hg_type_diff *type)
{
    hg_text_put(text, "[");
    for (size_t i = 0; i < type->change_count; i++) {
        const struct hg_change *change = &type->changes[i];
        hg_text_printf(text, "%s[\"%s\",", i == 0 ? "" : ",", hg_change_word(change->kind));
        put_string_or_null(text, change->member);
        hg_text_put(text, ",");
        put_value(text, &change->left);
        hg_text_put(text, ",");
        put_value(text, &change->right);
        hg_text_put(text, "]");
    }
    hg_text_put(text, "]");
}

static void put_cell(struct hg_text *text, const struct hg_diff_cell *cell)
{
    if (!cell->is_there) {
        hg_text_put(text, "null");
        return;
    }
    hg_text_printf(text, "[%llu,%llu,", (unsigned long long)cell->bit_offset,
                   (unsigned long long)cell->bits);
    hg_put_script_string(text, cell->type == NULL ? "" : cell->type);
    hg_text_printf(text, ",%d]", cell->is_bit_field);
}

static void put_rows(struct hg_text *text, const struct hg_comparison *comparison,
                     const struct hg_type_diff *type)
{
    struct hg_arena arena = {0};
    hg_row_list rows = {0};
    hg_diff_rows(comparison, type, &arena, &rows);
    hg_text_put(text, "[");
    for (size_t i = 0; i < rows.count; i++) {
        const struct hg_diff_row *row = &rows.items[i];
        hg_text_put(text, i == 0 ? "[" : ",[");
        put_string_or_null(text, row->left.is_there ? row->left.path : row->right.path);
        hg_text_put(text, ",");
        put_cell(text, &row->left);
        hg_text_put(text, ",");
        put_cell(text, &row->right);
        hg_text_printf(text, ",%d,%d]", row->is_changed, row->is_moved);
    }
    hg_text_put(text, "]");
    free(rows.items);
    hg_arena_deinit(&arena);
}

static void put_type(struct hg_text *text, const struct hg_comparison *comparison,
                     const struct hg_type_diff *type)
{
    static const char *const verdicts[] = {
        [HG_TYPE_IDENTICAL] = "identical", [HG_TYPE_CHANGED] = "changed",
        [HG_TYPE_NAMESAKE] = "namesake",   [HG_TYPE_LEFT_ONLY] = "left",
        [HG_TYPE_RIGHT_ONLY] = "right",
    };
    hg_text_put(text, "{\"name\":");
    hg_put_script_string(text, type->subject);
    hg_text_printf(text, ",\"verdict\":\"%s\"", verdicts[type->verdict]);
    if (type->verdict == HG_TYPE_CHANGED) {
        hg_text_printf(text, ",\"sizes\":[%llu,%llu],\"changes\":",
                       (unsigned long long)hg_type_size(comparison->left, type->left),
                       (unsigned long long)hg_type_size(comparison->right, type->right));
        put_changes(text, type);
        hg_text_put(text, ",\"rows\":");
        put_rows(text, comparison, type);
    }
    hg_text_put(text, "}");
}

static void put_data(struct hg_text *text, const struct hg_comparison *comparison)
{
    hg_text_put(text, "{\"left\":");
    hg_put_script_string(text, comparison->left_name);
    hg_text_put(text, ",\"right\":");
    hg_put_script_string(text, comparison->right_name);
    hg_text_put(text, ",\"counts\":");
    put_counts(text, comparison->diff);
    hg_text_put(text, ",\"types\":[");
    const char *before = "\n";
    for (size_t i = 0; i < comparison->diff->count; i++) {
        if (comparison->diff->types[i].verdict == HG_TYPE_IDENTICAL)
            continue;
        hg_text_put(text, before);
        put_type(text, comparison, &comparison->diff->types[i]);
        before = ",\n";
    }
    hg_text_put(text, "]}");
}

void hg_diff_write_html(const struct hg_comparison *comparison, struct hg_output *ret)
{
    struct hg_text text = {0};
    const char *mark = strstr(hg_diff_page, data_mark);
    hg_text_bytes(&text, hg_diff_page, (size_t)(mark - hg_diff_page));
    put_data(&text, comparison);
    hg_text_put(&text, mark + strlen(data_mark));
    hg_text_finish(&text, ret);
}
