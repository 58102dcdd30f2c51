/* Words for changes, types and values. */
#include "diff/parts.h"

#include <string.h>

const char *hg_change_word(enum hg_change_kind kind)
{
    switch (kind) {
    case HG_CHANGE_TYPE_MISSING:
        return "type_missing";
    case HG_CHANGE_TYPE_EXTRA:
        return "type_extra";
    case HG_CHANGE_NAMESAKE:
        return "namesake";
    case HG_CHANGE_SIZE:
        return "size";
    case HG_CHANGE_ALIGN:
        return "align";
    case HG_CHANGE_MEMBER_MISSING:
        return "member_missing";
    case HG_CHANGE_MEMBER_EXTRA:
        return "member_extra";
    case HG_CHANGE_MEMBER_OFFSET:
        return "member_offset";
    case HG_CHANGE_MEMBER_SIZE:
        return "member_size";
    case HG_CHANGE_MEMBER_COUNT:
        return "member_count";
    case HG_CHANGE_MEMBER_TYPE:
        return "member_type";
    case HG_CHANGE_ENUMERATOR_MISSING:
        return "enumerator_missing";
    case HG_CHANGE_ENUMERATOR_EXTRA:
        return "enumerator_extra";
    case HG_CHANGE_ENUMERATOR:
        return "enumerator";
    case HG_CHANGE_SIGN:
        return "sign";
    case HG_CHANGE_TYPEDEF:
        return "typedef";
    }
    return "";
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
    const char *subject = hg_arena_string(arena, text.data, text.size);
    hg_text_deinit(&text);
    return subject;
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
