/*
 * The show writer: types as a person reads them, in C's notation with the layout in comments.
 *
 *     struct foo {
 *             int a;                               //     0     4
 *             ...
 *
 * (with C's comments, not C++'s).  Every requested type is shown in full; docs/show.md explains the
 * comments.  This file writes enums with their values, typedefs, and types that are only declared;
 * record.c writes records.
 *
 * What this does not do: write C that compiles (backend/c does), or judge whether a hole could be
 * avoided.
 */
#include "backend/text/text.h"

#include "base/options.h"
#include "model/describe.h"
#include "model/layout.h"

#include <inttypes.h>

enum {
    COMMENT_COLUMN = 56,
    TAB = 8,         /* columns of a tab */
    CACHE_LINE = 64, /* bytes, unless the options say otherwise */
};

void hg_show_indent(struct hg_show *show)
{
    show->line_start = show->text.size;
    for (unsigned i = 0; i < show->indent; i++)
        hg_text_bytes(&show->text, "\t", 1);
}

void hg_show_to_comments(struct hg_show *show)
{
    size_t width = show->text.size - show->line_start;
    size_t tabs = show->indent < width ? show->indent : width;
    width += tabs * (TAB - 1);
    do
        hg_text_put(&show->text, " ");
    while (++width < COMMENT_COLUMN);
}

void hg_show_decl_tags(struct hg_show *show, const struct hg_tags *tags)
{
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        hg_text_put(&show->text, i == 0 ? " /* tag: " : ", ");
        hg_describe_name(&show->text, tags->names[i]);
    }
    hg_text_put(&show->text, tags != NULL && tags->count > 0 ? " */" : "");
}

static void put_location(struct hg_show *show, const struct hg_type *type)
{
    if (type->where.file == NULL)
        return;
    hg_text_put(&show->text, "/* ");
    hg_describe_name(&show->text, type->where.file);
    hg_text_printf(&show->text, ":%u */\n", type->where.line);
}

static void put_enum(struct hg_show *show, const struct hg_type *type)
{
    hg_text_put(&show->text, "enum ");
    if (type->name != NULL) {
        hg_describe_name(&show->text, type->name);
        hg_text_put(&show->text, " ");
    }
    hg_text_put(&show->text, "{\n");
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const struct hg_enumerator *enumerator = &type->enumerators[i];
        hg_text_put(&show->text, "\t");
        hg_describe_name(&show->text, enumerator->name);
        if (type->is_signed)
            hg_text_printf(&show->text, " = %" PRId64 ",\n", (int64_t)enumerator->value);
        else
            hg_text_printf(&show->text, " = %" PRIu64 ",\n", enumerator->value);
    }
    hg_text_printf(&show->text, "\n\t/* size: %" PRIu64 ", %s, enumerators: %zu */\n}", type->size,
                   type->is_signed ? "signed" : "unsigned", type->enumerator_count);
}

static void put_definition(struct hg_show *show, const struct hg_type *type)
{
    if (type->kind == HG_ENUM)
        put_enum(show, type);
    else
        hg_show_record(show, type, 0, true);
}

static bool is_record_or_enum(const struct hg_type *type)
{
    return hg_is_record(type) || type->kind == HG_ENUM;
}

static void put_size_comment(struct hg_show *show, hg_type_id id)
{
    uint64_t size = hg_type_size(show->model, id);
    uint32_t align = hg_type_align(show->model, id);
    hg_text_put(&show->text, "; /* ");
    if (size != 0)
        hg_text_printf(&show->text, "size: %" PRIu64, size);
    else
        hg_text_put(&show->text, "no size");
    if (align != 0)
        hg_text_printf(&show->text, ", align: %" PRIu32, align);
    hg_text_put(&show->text, " */");
}

static void put_typedef(struct hg_show *show, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(show->model, id);
    const struct hg_type *target = hg_model_type(show->model, type->ref.id);
    hg_text_put(&show->text, "typedef ");
    if (target->name == NULL && is_record_or_enum(target)) {
        put_definition(show, target);
        hg_text_put(&show->text, " ");
        hg_describe_name(&show->text, type->name);
        hg_text_put(&show->text, ";");
    } else {
        hg_describe_declaration(&show->text, show->model, &type->ref, type->name);
        put_size_comment(show, id);
    }
}

static void put_type(struct hg_show *show, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(show->model, id);
    put_location(show, type);
    if (!type->complete) {
        hg_describe_type(&show->text, show->model, id);
        hg_text_put(&show->text, "; /* only declared */\n");
        return;
    }
    if (type->kind == HG_TYPEDEF) {
        put_typedef(show, id);
    } else if (is_record_or_enum(type)) {
        put_definition(show, type);
        hg_text_put(&show->text, ";");
    } else {
        hg_describe_type(&show->text, show->model, id);
        put_size_comment(show, id);
    }
    hg_show_decl_tags(show, type->tags);
    hg_text_put(&show->text, "\n");
}

enum hg_status hg_write_show(const struct hg_model *model, const struct hg_selection *selection,
                             const struct hg_layout_options *given,
                             struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    HG_TAKE(hg_layout_options, options, given, diagnostics);
    struct hg_show show = {
        .model = model,
        .layout = &options,
        .diagnostics = diagnostics,
        .line_size = options.cache_line == 0 ? CACHE_LINE : options.cache_line,
    };
    size_t answered = 0;
    for (size_t i = 0; i < selection->root_count && !show.failed; i++) {
        const struct hg_layout_question *question =
            options.questions == NULL ? NULL : &options.questions[i];
        size_t before = show.text.size;
        hg_text_put(&show.text, before == 0 ? "" : "\n");
        size_t start = show.text.size;
        if (hg_is_question(question))
            hg_show_answer(&show, selection->roots[i], question);
        else if (options.reorganize)
            hg_show_reorganized(&show, selection->roots[i]);
        else
            put_type(&show, selection->roots[i]);
        answered += show.text.size != start;
        if (show.text.size == start && start > 0)
            hg_text_truncate(&show.text, before);
    }
    if (!show.failed && !hg_check_answered(selection, answered, diagnostics))
        show.failed = true;
    if (show.failed) {
        hg_text_deinit(&show.text);
        return HG_ERROR_UNSUPPORTED;
    }
    hg_text_finish(&show.text, ret);
    return HG_OK;
}
