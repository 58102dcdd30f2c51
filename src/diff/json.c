/*
 * The JSON report, for programs:
 *
 *     {"hdrgen_diff": 1, "left": "a.btf", "right": "b.btf", "compared": 2, "identical": 1,
 *      "changed": 1, "namesakes": 0, "left_only": 0, "right_only": 0,
 *      "changes": [{"type": "struct s", "what": "member_offset", "member": "b", "left": 64,
 *                   "right": 32}]}
 *
 * docs/diff.md has the values of "what", and the unit of the numbers with each.
 */
#include "base/json.h"
#include "diff/parts.h"

static void add_value(json_object *object, const char *key, const struct hg_change_value *value)
{
    switch (value->kind) {
    case HG_VALUE_NONE:
        hg_json_add(object, key, NULL);
        break;
    case HG_VALUE_UNSIGNED:
        hg_json_add(object, key, hg_json_number(value->number));
        break;
    case HG_VALUE_SIGNED:
        hg_json_add(object, key, hg_json_must(json_object_new_int64((int64_t)value->number)));
        break;
    case HG_VALUE_TEXT:
        hg_json_add(object, key, hg_json_string(value->text));
        break;
    }
}

static json_object *change_object(const struct hg_type_diff *type, const struct hg_change *change)
{
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "type", hg_json_string(type->subject));
    hg_json_add(object, "what", hg_json_string(hg_change_word(change->kind)));
    hg_json_add_string(object, "member", change->member);
    if (change->left.kind != HG_VALUE_NONE || change->right.kind != HG_VALUE_NONE) {
        add_value(object, "left", &change->left);
        add_value(object, "right", &change->right);
    }
    return object;
}

static void put(struct hg_text *text, json_object *object)
{
    hg_text_put(text, json_object_to_json_string_ext(object, JSON_C_TO_STRING_SPACED |
                                                                 JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

static void put_string(struct hg_text *text, const char *string)
{
    put(text, hg_json_string(string));
}

void hg_put_script_string(struct hg_text *text, const char *string)
{
    struct hg_text json = {0};
    put_string(&json, string);
    for (size_t i = 0; i < json.size; i++) {
        if (json.data[i] == '<')
            hg_text_put(text, "\\u003c");
        else
            hg_text_bytes(text, &json.data[i], 1);
    }
    hg_text_deinit(&json);
}

static void put_head(const struct hg_comparison *comparison, struct hg_text *text)
{
    const struct hg_diff *diff = comparison->diff;
    hg_text_put(text, "{\n  \"hdrgen_diff\": 1,\n  \"left\": ");
    put_string(text, comparison->left_name);
    hg_text_put(text, ",\n  \"right\": ");
    put_string(text, comparison->right_name);
    hg_text_printf(text,
                   ",\n  \"compared\": %zu,\n  \"identical\": %zu,\n  \"changed\": %zu,\n"
                   "  \"namesakes\": %zu,\n  \"left_only\": %zu,\n  \"right_only\": %zu,\n",
                   diff->compared, diff->verdicts[HG_TYPE_IDENTICAL],
                   diff->verdicts[HG_TYPE_CHANGED], diff->verdicts[HG_TYPE_NAMESAKE],
                   diff->verdicts[HG_TYPE_LEFT_ONLY], diff->verdicts[HG_TYPE_RIGHT_ONLY]);
}

void hg_diff_write_json(const struct hg_comparison *comparison, struct hg_output *ret)
{
    const struct hg_diff *diff = comparison->diff;
    struct hg_text text = {0};
    put_head(comparison, &text);
    hg_text_put(&text, "  \"changes\": [");
    const char *before = "\n    ";
    for (size_t i = 0; i < diff->count; i++) {
        for (size_t c = 0; c < diff->types[i].change_count; c++) {
            hg_text_put(&text, before);
            put(&text, change_object(&diff->types[i], &diff->types[i].changes[c]));
            before = ",\n    ";
        }
    }
    hg_text_put(&text, before[0] == ',' ? "\n  ]\n}\n" : "]\n}\n");
    hg_text_finish(&text, ret);
}

/* With --stat: "kinds" and "counts" in place of "changes". */
void hg_diff_stat_write_json(const struct hg_comparison *comparison, struct hg_output *ret)
{
    struct hg_text text = {0};
    put_head(comparison, &text);
    hg_diff_put_stat_json(comparison, &text);
    hg_text_put(&text, "\n}\n");
    hg_text_finish(&text, ret);
}
