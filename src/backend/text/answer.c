/*
 * Answers to questions about one member or one byte of a record, as text; and records with their
 * members in a new order.
 *
 *     struct task_struct, byte 0xa3 (163)      (this line and the numbers are comments)
 *     struct sched_entity se;                            128   256
 *             struct rb_node se.run_node;                144    24
 *                     struct rb_node *se.run_node.rb_left;   160     8     byte 3 of it
 *
 * Each member on the way has a line.  Paths and offsets begin at the outermost record, which the
 * first line names.
 */
#include "backend/text/text.h"
#include "base/diag.h"
#include "model/describe.h"
#include "model/layout.h"

#include <inttypes.h>

bool hg_is_question(const struct hg_layout_question *question)
{
    return question != NULL && (question->member != NULL || question->has_offset);
}

bool hg_check_answered(const struct hg_selection *selection, size_t answered,
                       struct hg_diagnostics *diagnostics)
{
    if (answered > 0 || selection->root_count == 0)
        return true;
    hg_error(diagnostics, NULL, "none of the %zu types has such a member or byte",
             selection->root_count);
    return false;
}

bool hg_answer(struct hg_nodes *nodes, hg_type_id root, const struct hg_layout_question *question)
{
    struct hg_node within = {
        .type = {.id = root},
        .bits = 8 * hg_type_size(nodes->model, root),
    };
    const struct hg_type *type = hg_resolved(nodes->model, root);
    if (!hg_is_record(type) || !type->complete) {
        struct hg_text text = {0};
        hg_describe_subject(&text, nodes->model, root);
        hg_error(nodes->diagnostics, NULL, "%s has no members", hg_text_string(&text));
        hg_text_deinit(&text);
        return false;
    }
    if (question->member != NULL) {
        if (!hg_follow_path(nodes, root, question->member))
            return false;
        within = nodes->list.items[nodes->list.count - 1];
    }
    if (question->has_offset)
        return hg_locate(nodes, &within, question->offset);
    nodes->list.items[nodes->list.count - 1].is_answer = true;
    return true;
}

static void put_subject(struct hg_show *show, hg_type_id root,
                        const struct hg_layout_question *question)
{
    struct hg_text *text = &show->text;
    hg_text_put(text, "/* ");
    hg_describe_type(text, show->model, root);
    if (question->member != NULL) {
        hg_text_put(text, ".");
        hg_describe_name(text, question->member);
    }
    if (question->has_offset)
        hg_text_printf(text, ", byte %#" PRIx64 " (%" PRIu64 ")", question->offset,
                       question->offset);
    hg_text_put(text, " */\n");
}

static void put_gap(struct hg_show *show, const struct hg_node *node)
{
    struct hg_hole hole = hg_hole_of(node->bit_offset, node->bits);
    hg_show_indent(show);
    hg_text_printf(&show->text, "/* XXX %s of %" PRIu64,
                   node->kind == HG_NODE_HOLE ? "a hole" : "padding", hole.bytes);
    uint64_t bits = hole.bits_before + hole.bits_after;
    hg_text_put(&show->text, hole.bytes == 1 ? " byte" : " bytes");
    if (bits != 0)
        hg_text_printf(&show->text, " and %" PRIu64 " bit%s", bits, hg_plural(bits));
    hg_text_printf(&show->text,
                   show->layout->hex ? ", from byte %#" PRIx64 : ", from byte %" PRIu64,
                   (node->bit_offset + hole.bits_before) / 8);
    hg_text_put(&show->text, ", of ");
    hg_describe_ref(&show->text, show->model, &node->type);
    hg_text_put(&show->text, " */\n");
}

static void put_node(struct hg_show *show, const struct hg_node *node, bool has_offset,
                     uint64_t byte)
{
    show->indent = node->depth - 1;
    if (node->kind != HG_NODE_MEMBER) {
        put_gap(show, node);
        show->indent = 0;
        return;
    }
    hg_show_indent(show);
    hg_describe_declaration(&show->text, show->model, &node->type, node->path);
    if (node->field != NULL) {
        hg_text_printf(&show->text, ":%" PRIu32, node->field->bit_width);
        hg_show_bit_numbers(show, node->field, (node->bit_offset - node->field->bit_offset) / 8);
    } else {
        hg_show_numbers(show, node->bit_offset / 8, node->bits / 8);
    }
    uint64_t begin = node->bit_offset / 8;
    if (has_offset && node->is_answer && node->field == NULL && byte > begin)
        hg_text_printf(&show->text, " /* byte %" PRIu64 " of it */", byte - begin);
    if (node->field != NULL)
        hg_show_decl_tags(show, node->field->tags);
    hg_text_put(&show->text, "\n");
    show->indent = 0;
}

/* With hg_layout_options.expand: writes the members of the record that the node's type holds. */
static void put_inside(struct hg_show *show, const struct hg_node *node)
{
    const struct hg_type *record = hg_held_record(show->model, node->type.id, NULL);
    if (!show->layout->expand || record == NULL)
        return;
    hg_text_put(&show->text, "\n");
    show->cache_line = node->bit_offset / 8 / show->line_size;
    hg_show_record(show, record, node->bit_offset / 8, false);
    hg_text_put(&show->text, ";\n");
}

void hg_show_answer(struct hg_show *show, hg_type_id root,
                    const struct hg_layout_question *question)
{
    struct hg_arena arena;
    hg_arena_init(&arena);
    struct hg_nodes nodes = {
        .model = show->model,
        .diagnostics = question->is_optional ? NULL : show->diagnostics,
        .arena = &arena,
    };
    if (!hg_answer(&nodes, root, question)) {
        if (question->is_optional && nodes.failed)
            hg_report_long(show->diagnostics);
        show->failed |= nodes.failed || !question->is_optional;
    } else {
        put_subject(show, root, question);
        for (size_t i = 0; i < nodes.list.count && hg_show_has_room(show); i++) {
            const struct hg_node *node = &nodes.list.items[i];
            put_node(show, node, question->has_offset, nodes.byte);
            if (show->layout->found != NULL)
                *show->layout->found += node->is_answer;
        }
        if (!question->has_offset)
            put_inside(show, &nodes.list.items[nodes.list.count - 1]);
    }
    free(nodes.list.items);
    hg_arena_deinit(&arena);
}

/* --- a new order --- */

static void put_order(struct hg_show *show, const struct hg_type *record,
                      struct hg_reorganized *reorganized)
{
    struct hg_text *text = &show->text;
    uint64_t saved = record->size - reorganized->record.size;
    hg_text_printf(text, ": size %" PRIu64 " instead of %" PRIu64 ", saves %" PRIu64 " byte%s */\n",
                   reorganized->record.size, record->size, saved, hg_plural(saved));
    if (reorganized->is_natural)
        hg_text_put(text,
                    "/* the input says no alignments: those of integers and pointers are "
                    "taken to be natural, the record's the highest of its members' */\n");
    for (size_t i = 0; i < reorganized->kept.count; i++) {
        hg_text_put(text, i == 0 ? "/* kept: " : ", ");
        hg_describe_name(text, reorganized->kept.items[i]);
    }
    hg_text_put(text, reorganized->kept.count == 0 ? "" : " */\n");
    show->reorganized = reorganized;
    hg_show_record(show, &reorganized->record, 0, true);
    show->reorganized = NULL;
    if (reorganized->record_aligned != 0)
        hg_text_printf(text, " __attribute__((aligned(%" PRIu32 ")))", reorganized->record_aligned);
    hg_text_put(text, ";\n");
}

void hg_show_reorganized(struct hg_show *show, hg_type_id root)
{
    const struct hg_type *record = hg_resolved(show->model, root);
    struct hg_arena arena;
    struct hg_reorganized reorganized = {.record.size = record->size};
    hg_arena_init(&arena);
    if (!hg_is_record(record) || !record->complete)
        reorganized.refusal = "it is not a struct";
    else
        hg_reorganize(show->model, record, &arena, &reorganized);
    hg_text_put(&show->text, "/* ");
    hg_describe_type(&show->text, show->model, root);
    if (reorganized.refusal != NULL) {
        hg_text_printf(&show->text, ": no other order is tried, %s */\n", reorganized.refusal);
    } else if (reorganized.record.size == record->size) {
        hg_text_printf(&show->text, ": no smaller order was found, size %" PRIu64 ": ",
                       record->size);
        hg_reorganized_reason(&show->text, show->model, record, &reorganized);
        hg_text_put(&show->text, " */\n");
    } else {
        put_order(show, record, &reorganized);
        if (show->layout->found != NULL)
            ++*show->layout->found;
    }
    free(reorganized.kept.items);
    hg_arena_deinit(&arena);
}
