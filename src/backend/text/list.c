/*
 * The list writer: one line for each type that was selected by name, in four columns with a tab
 * between.
 *
 *     struct  task_struct     9792    include/linux/sched.h:727
 *     typedef pid_t           4       include/linux/types.h:22
 *     struct  bpf_prog        -       include/linux/bpf.h:31
 *
 * Kind, name, size in bytes (`-`: only declared, or a type that has no size), place (`-`: the input
 * has none).  An enum without a tag is listed by its first enumerator, in braces.
 */
#include "base/options.h"
#include "base/text.h"
#include "model/describe.h"
#include "model/layout.h"

#include <hdrgen/write.h>

static void put_name(struct hg_text *text, const struct hg_type *type)
{
    if (type->name != NULL) {
        hg_describe_name(text, type->name);
    } else if (type->kind == HG_ENUM && type->enumerator_count > 0) {
        hg_text_put(text, "{");
        hg_describe_name(text, type->enumerators[0].name);
        hg_text_put(text, type->enumerator_count > 1 ? ", ...}" : "}");
    } else {
        hg_text_put(text, "-");
    }
}

static bool has_size(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, hg_type_resolve(model, id, NULL));
    return type->complete && type->kind != HG_VOID && type->kind != HG_FUNCTION;
}

static void put_line(struct hg_text *text, const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, id);
    hg_text_put(text, hg_kind_name(type->kind));
    hg_text_put(text, "\t");
    put_name(text, type);
    hg_text_put(text, "\t");
    if (has_size(model, id))
        hg_text_unsigned(text, hg_type_size(model, id));
    else
        hg_text_put(text, "-");
    hg_text_put(text, "\t");
    if (type->where.file != NULL) {
        hg_describe_name(text, type->where.file);
        hg_text_put(text, ":");
        hg_text_unsigned(text, type->where.line);
    } else {
        hg_text_put(text, "-");
    }
    hg_text_put(text, "\n");
}

enum hg_status hg_write_list(const struct hg_model *model, const struct hg_selection *selection,
                             const struct hg_layout_options *given,
                             struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    HG_TAKE(hg_layout_options, options, given, diagnostics);
    (void)options;
    struct hg_text text = {0};
    for (size_t i = 0; i < selection->root_count; i++)
        put_line(&text, model, selection->roots[i]);
    hg_text_finish(&text, ret);
    return HG_OK;
}
