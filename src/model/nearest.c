/*
 * Suggestions: see nearest.h.
 *
 *     sk_buf -> struct sk_buff    task_sturct -> struct task_struct    pidtype -> enum pid_type
 *
 * base/nearest.c computes how similar two names are.
 */
#include "model/nearest.h"

#include "model/describe.h"

void hg_put_nearest(struct hg_nearest *nearest, struct hg_text *text)
{
    hg_nearest_finish(nearest);
    for (size_t i = 0; i < nearest->count; i++) {
        bool is_last = i + 1 == nearest->count;
        hg_text_put(text, i == 0 ? "; did you mean '" : is_last ? " or '" : ", '");
        if (nearest->items[i].rank != HG_VOID)
            hg_text_printf(text, "%s ", hg_kind_name((enum hg_kind)nearest->items[i].rank));
        hg_describe_name(text, nearest->items[i].name);
        hg_text_put(text, "'");
    }
    hg_text_put(text, nearest->count > 0 ? "?" : "");
}

void hg_suggest_names(struct hg_text *text, const struct hg_model *model, const char *name)
{
    struct hg_nearest nearest;
    hg_nearest_init(&nearest, name);
    size_t count = hg_model_type_count(model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        if (hg_is_namable(type->kind) && type->name != NULL)
            hg_nearest_consider(&nearest, type->name, (int)type->kind);
    }
    hg_put_nearest(&nearest, text);
}
