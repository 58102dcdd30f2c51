/* Changes, types and values as text. */
#include "diff/parts.h"

const char *hg_change_word(enum hg_change_kind kind)
{
    static const char *const words[] = {
        [HG_CHANGE_TYPE_MISSING] = "type_missing",
        [HG_CHANGE_TYPE_EXTRA] = "type_extra",
        [HG_CHANGE_NAMESAKE] = "namesake",
        [HG_CHANGE_SIZE] = "size",
        [HG_CHANGE_ALIGN] = "align",
        [HG_CHANGE_MEMBER_MISSING] = "member_missing",
        [HG_CHANGE_MEMBER_EXTRA] = "member_extra",
        [HG_CHANGE_MEMBER_OFFSET] = "member_offset",
        [HG_CHANGE_MEMBER_SIZE] = "member_size",
        [HG_CHANGE_MEMBER_COUNT] = "member_count",
        [HG_CHANGE_MEMBER_TYPE] = "member_type",
        [HG_CHANGE_ENUMERATOR_MISSING] = "enumerator_missing",
        [HG_CHANGE_ENUMERATOR_EXTRA] = "enumerator_extra",
        [HG_CHANGE_ENUMERATOR] = "enumerator",
        [HG_CHANGE_SIGN] = "sign",
        [HG_CHANGE_TYPEDEF] = "typedef",
    };
    return words[kind];
}

const char *hg_diff_subject(const struct hg_model *model, hg_type_id id, struct hg_arena *arena)
{
    const struct hg_type *type = hg_model_type(model, id);
    struct hg_text text = {0};
    if (type->name != NULL)
        hg_text_printf(&text, "%s %s", hg_kind_name(type->kind), type->name);
    else if (type->kind == HG_ENUM && type->enumerator_count > 0)
        hg_text_printf(&text, "enum {%s%s}", type->enumerators[0].name,
                       type->enumerator_count > 1 ? ", ..." : "");
    else
        hg_text_put(&text, hg_kind_name(type->kind));
    return hg_text_keep(&text, arena);
}

void hg_put_change_value(struct hg_text *text, const struct hg_change_value *value)
{
    switch (value->kind) {
    case HG_VALUE_NONE:
        hg_text_put(text, "-");
        break;
    case HG_VALUE_UNSIGNED:
        hg_text_unsigned(text, value->number);
        break;
    case HG_VALUE_SIGNED:
        hg_text_printf(text, "%lld", (long long)value->number);
        break;
    case HG_VALUE_TEXT:
        hg_text_put(text, value->text);
        break;
    }
}
