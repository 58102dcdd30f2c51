/*
 * Nearest names: what a name that is not found may have meant.
 *
 *     sk_buf -> struct sk_buff    task_sturct -> struct task_struct    pidtype -> enum pid_type
 *
 * The method is base/nearest.c's, over every named type.
 */
#include "base/nearest.h"
#include "model/describe.h"
#include "select/parts.h"

void hg_suggest_names(struct hg_text *text, const struct hg_model *model, const char *name)
{
    struct hg_nearest best;
    hg_nearest_init(&best, name);
    size_t count = hg_model_type_count(model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        if (hg_is_namable(type->kind) && type->name != NULL)
            hg_nearest_consider(&best, type->name, (int)type->kind);
    }
    hg_nearest_finish(&best);
    for (size_t i = 0; i < best.count; i++) {
        bool is_last = i + 1 == best.count;
        hg_text_put(text, i == 0 ? "; did you mean '" : is_last ? " or '" : ", '");
        hg_text_printf(text, "%s ", hg_kind_name((enum hg_kind)best.items[i].rank));
        hg_describe_name(text, best.items[i].name);
        hg_text_put(text, "'");
    }
    hg_text_put(text, best.count > 0 ? "?" : "");
}
