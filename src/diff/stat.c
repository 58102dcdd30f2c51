/*
 * diff --stat: how many types and members differ.
 *
 *               identical  changed  namesakes  left only  right only
 *     struct            1        2          0          0           1
 *     enum              0        1          0          0           0
 *
 *     members      3 moved, 1 added, 2 of another type
 *     enumerators  1 added
 *     sizes        1 grown, 1 shrunk
 *
 * The table counts types, by kind.  The lines below it count the changes of types that both sides
 * have.  The text omits kinds and changes whose count is 0; JSON has all of them.
 */
#include "base/json.h"
#include "diff/parts.h"

enum { CHANGE_KINDS = HG_CHANGE_TYPEDEF + 1, VERDICTS = HG_TYPE_RIGHT_ONLY + 1 };

static const enum hg_kind kinds[] = {HG_STRUCT, HG_UNION, HG_ENUM, HG_TYPEDEF};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct counts {
    size_t types[KINDS][VERDICTS];
    size_t changes[CHANGE_KINDS];
    size_t grown, shrunk;
};

static const struct {
    enum hg_type_verdict verdict;
    const char *title;
    const char *key; /* as in the JSON report */
} columns[VERDICTS] = {{HG_TYPE_IDENTICAL, "identical", "identical"},
                       {HG_TYPE_CHANGED, "changed", "changed"},
                       {HG_TYPE_NAMESAKE, "namesakes", "namesakes"},
                       {HG_TYPE_LEFT_ONLY, "left only", "left_only"},
                       {HG_TYPE_RIGHT_ONLY, "right only", "right_only"}};

/* The lines below the table; words NULL ends the changes of a line. */
static const struct {
    const char *title;
    struct {
        enum hg_change_kind kind;
        const char *words;
    } changes[7];
} lines[] = {
    {"members",
     {{HG_CHANGE_MEMBER_OFFSET, "moved"},
      {HG_CHANGE_MEMBER_EXTRA, "added"},
      {HG_CHANGE_MEMBER_MISSING, "removed"},
      {HG_CHANGE_MEMBER_SIZE, "of another size"},
      {HG_CHANGE_MEMBER_COUNT, "of another length"},
      {HG_CHANGE_MEMBER_TYPE, "of another type"}}},
    {"enumerators",
     {{HG_CHANGE_ENUMERATOR_EXTRA, "added"},
      {HG_CHANGE_ENUMERATOR_MISSING, "removed"},
      {HG_CHANGE_ENUMERATOR, "of another value"}}},
    {"types",
     {{HG_CHANGE_ALIGN, "of another alignment"},
      {HG_CHANGE_SIGN, "of another sign"},
      {HG_CHANGE_TYPEDEF, "standing for another type"}}},
};
enum { LINES = sizeof lines / sizeof *lines };

static struct counts count(const struct hg_comparison *comparison)
{
    struct counts counts = {0};
    for (size_t i = 0; i < comparison->diff->count; i++) {
        const struct hg_type_diff *type = &comparison->diff->types[i];
        bool is_left = type->left != HG_VOID_ID;
        enum hg_kind kind = is_left ? hg_model_type(comparison->left, type->left)->kind
                                    : hg_model_type(comparison->right, type->right)->kind;
        for (size_t k = 0; k < KINDS; k++)
            counts.types[k][type->verdict] += kinds[k] == kind;
        for (size_t c = 0; c < type->change_count; c++) {
            const struct hg_change *change = &type->changes[c];
            counts.changes[change->kind]++;
            if (change->kind == HG_CHANGE_SIZE) {
                counts.grown += change->left.number < change->right.number;
                counts.shrunk += change->left.number > change->right.number;
            }
        }
    }
    return counts;
}

static bool has_types(const struct counts *counts, size_t kind)
{
    size_t all = 0;
    for (size_t i = 0; i < VERDICTS; i++)
        all += counts->types[kind][i];
    return all > 0;
}

static void put_table(struct hg_text *text, const struct counts *counts)
{
    hg_text_printf(text, "\n%-11s", "");
    for (size_t i = 0; i < VERDICTS; i++)
        hg_text_printf(text, "  %10s", columns[i].title);
    for (size_t k = 0; k < KINDS; k++) {
        if (!has_types(counts, k))
            continue;
        hg_text_printf(text, "\n%-11s", hg_kind_name(kinds[k]));
        for (size_t i = 0; i < VERDICTS; i++)
            hg_text_printf(text, "  %10zu", counts->types[k][columns[i].verdict]);
    }
    hg_text_put(text, "\n");
}

/* Adds a count to a line, unless it is 0. */
static void put_count(struct hg_text *line, const char *title, size_t number, const char *words)
{
    if (number == 0)
        return;
    if (line->size > 0)
        hg_text_put(line, ", ");
    else
        hg_text_printf(line, "%-11s  ", title);
    hg_text_printf(line, "%zu %s", number, words);
}

static void end_line(struct hg_text *line, struct hg_text *below)
{
    if (line->size > 0)
        hg_text_printf(below, "%s\n", line->data);
    hg_text_truncate(line, 0);
}

void hg_diff_stat_write_text(const struct hg_comparison *comparison, struct hg_output *ret)
{
    struct counts counts = count(comparison);
    struct hg_text text = {0};
    hg_diff_put_head(comparison, &text);
    if (comparison->diff->count > 0)
        put_table(&text, &counts);
    struct hg_text below = {0}, line = {0};
    for (size_t i = 0; i < LINES; i++) {
        for (size_t c = 0; lines[i].changes[c].words != NULL; c++)
            put_count(&line, lines[i].title, counts.changes[lines[i].changes[c].kind],
                      lines[i].changes[c].words);
        end_line(&line, &below);
    }
    put_count(&line, "sizes", counts.grown, "grown");
    put_count(&line, "sizes", counts.shrunk, "shrunk");
    end_line(&line, &below);
    if (below.size > 0)
        hg_text_printf(&text, "\n%s", below.data);
    hg_text_deinit(&line);
    hg_text_deinit(&below);
    hg_text_finish(&text, ret);
}

/* `"kinds": {"struct": {"identical": 1, ...}, ...}` and `"counts": {"member_offset": 3, ...}`. */
void hg_diff_put_stat_json(const struct hg_comparison *comparison, struct hg_text *text)
{
    struct counts counts = count(comparison);
    hg_text_put(text, "  \"kinds\": {");
    for (size_t k = 0; k < KINDS; k++) {
        json_object *object = hg_json_must(json_object_new_object());
        for (size_t i = 0; i < VERDICTS; i++)
            hg_json_add(object, columns[i].key,
                        hg_json_number(counts.types[k][columns[i].verdict]));
        hg_text_printf(text, "%s\n    \"%s\": %s", k == 0 ? "" : ",", hg_kind_name(kinds[k]),
                       json_object_to_json_string_ext(object, JSON_C_TO_STRING_SPACED));
        json_object_put(object);
    }
    hg_text_put(text, "\n  },\n  \"counts\": {");
    for (size_t i = HG_CHANGE_SIZE; i < CHANGE_KINDS; i++)
        hg_text_printf(text, "\n    \"%s\": %zu,", hg_change_word((enum hg_change_kind)i),
                       counts.changes[i]);
    hg_text_printf(text, "\n    \"grown\": %zu,\n    \"shrunk\": %zu\n  }", counts.grown,
                   counts.shrunk);
}
