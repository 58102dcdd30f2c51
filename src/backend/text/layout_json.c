/*
 * The layout that show.c writes as text, as JSON: a flat list of members with their paths, and of
 * the gaps between them.
 *
 *     { "hdrgen_layout": 1, "types": [
 *       { "kind": "struct", "name": "s", "size": 16, "align": 8, "holes": 1, "hole_bytes": 3, ...
 *         "members": [ { "kind": "member", "path": "a", "type": "char", "depth": 0, ... },
 *                      { "kind": "hole", "path": null, "depth": 0, "bit_offset": 8, ... } ] } ] }
 *
 * docs/show.md describes it.  backend/json writes the types themselves, which refer to each other
 * by ids.
 */
#include "backend/text/text.h"
#include "base/json.h"
#include "base/options.h"
#include "model/describe.h"

#include <hdrgen/write.h>

struct layout_writer {
    const struct hg_model *model;
    const struct hg_layout_options *layout;
    struct hg_diagnostics *diagnostics;
    struct hg_text text;
};

/* Adds `"key": true`, or nothing. */
static void add_true(json_object *object, const char *key, bool value)
{
    if (value)
        hg_json_add(object, key, hg_json_must(json_object_new_boolean(true)));
}

static json_object *array(void)
{
    return hg_json_must(json_object_new_array());
}

/* The type as C spells it. */
static json_object *type_words(const struct hg_model *model, const struct hg_ref *ref)
{
    struct hg_text text = {0};
    hg_describe_ref(&text, model, ref);
    json_object *words = hg_json_string(hg_text_string(&text));
    hg_text_deinit(&text);
    return words;
}

static json_object *node_object(const struct layout_writer *writer, const struct hg_node *node)
{
    static const char *const kinds[] = {
        [HG_NODE_MEMBER] = "member", [HG_NODE_HOLE] = "hole", [HG_NODE_PADDING] = "padding"};
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "kind", hg_json_string(kinds[node->kind]));
    hg_json_add(object, "path", hg_json_string(node->path));
    if (node->kind == HG_NODE_MEMBER)
        hg_json_add(object, "type", type_words(writer->model, &node->type));
    hg_json_add(object, "depth", hg_json_number(node->depth));
    hg_json_add(object, "bit_offset", hg_json_number(node->bit_offset));
    hg_json_add(object, "bit_size", hg_json_number(node->bits));
    add_true(object, "bitfield", node->field != NULL);
    add_true(object, "answer", node->is_answer);
    return object;
}

static json_object *node_list(const struct layout_writer *writer, const struct hg_nodes *nodes)
{
    json_object *list = array();
    for (size_t i = 0; i < nodes->list.count; i++)
        hg_json_append(list, node_object(writer, &nodes->list.items[i]));
    return list;
}

static void add_totals(const struct layout_writer *writer, json_object *object,
                       const struct hg_type *record)
{
    struct hg_totals totals = hg_totals_of(writer->model, record);
    hg_json_add(object, "holes", hg_json_number(totals.holes));
    hg_json_add(object, "hole_bytes", hg_json_number(totals.hole_bytes));
    hg_json_add(object, "bit_holes", hg_json_number(totals.bit_holes));
    hg_json_add(object, "bit_hole_bits", hg_json_number(totals.bit_hole_bits));
    hg_json_add(object, "padding", hg_json_number(totals.padding_bytes));
}

/* --- the members of a type --- */

static void add_layout(const struct layout_writer *writer, json_object *object,
                       const struct hg_type *record, struct hg_nodes *nodes)
{
    if (record == NULL)
        return;
    add_totals(writer, object, record);
    hg_collect_nodes(nodes, record, writer->layout->expand);
    hg_json_add(object, "members", node_list(writer, nodes));
}

static bool add_answer(const struct layout_writer *writer, json_object *object, hg_type_id root,
                       const struct hg_layout_question *question, struct hg_nodes *nodes)
{
    if (question->member != NULL)
        hg_json_add(object, "member", hg_json_string(question->member));
    if (question->has_offset)
        hg_json_add(object, "offset", hg_json_number(question->offset));
    if (!hg_answer(nodes, root, question))
        return false;
    hg_json_add(object, "members", node_list(writer, nodes));
    for (size_t i = 0; i < nodes->list.count && writer->layout->found != NULL; i++)
        *writer->layout->found += nodes->list.items[i].is_answer;
    return true;
}

static json_object *moved_member(const struct layout_writer *writer, const struct hg_type *record,
                                 const struct hg_reorganized *reorganized, size_t index)
{
    const struct hg_member *member = &reorganized->record.members[index];
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "name", hg_json_string(member->name));
    hg_json_add(object, "type", type_words(writer->model, &member->type));
    hg_json_add(object, "bit_offset", hg_json_number(member->bit_offset));
    hg_json_add(object, "was",
                hg_json_number(record->members[reorganized->order[index]].bit_offset));
    if (member->bit_width != 0)
        hg_json_add(object, "bit_size", hg_json_number(member->bit_width));
    if (reorganized->aligned[index] != 0)
        hg_json_add(object, "aligned", hg_json_number(reorganized->aligned[index]));
    add_true(object, "moved", reorganized->is_moved[index]);
    return object;
}

static void add_reorganized(const struct layout_writer *writer, json_object *object,
                            const struct hg_type *record, struct hg_arena *arena)
{
    struct hg_reorganized reorganized = {.refusal = "it is not a struct"};
    if (record != NULL)
        hg_reorganize(writer->model, record, arena, &reorganized);
    if (reorganized.refusal != NULL) {
        hg_json_add(object, "refusal", hg_json_string(reorganized.refusal));
        return;
    }
    uint64_t saved = record->size - reorganized.record.size;
    json_object *members = array();
    json_object *kept = array();
    for (size_t i = 0; i < reorganized.record.member_count; i++)
        hg_json_append(members, moved_member(writer, record, &reorganized, i));
    for (size_t i = 0; i < reorganized.kept.count; i++)
        hg_json_append(kept, hg_json_string(reorganized.kept.items[i]));
    hg_json_add(object, "reorganized_size", hg_json_number(reorganized.record.size));
    hg_json_add(object, "saved", hg_json_number(saved));
    if (saved == 0) {
        struct hg_text reason = {0};
        hg_reorganized_reason(&reason, writer->model, record, &reorganized);
        hg_json_add(object, "reason", hg_json_string(hg_text_string(&reason)));
        hg_text_deinit(&reason);
    }
    if (reorganized.record_aligned != 0)
        hg_json_add(object, "aligned", hg_json_number(reorganized.record_aligned));
    add_true(object, "alignments_assumed", reorganized.is_natural);
    hg_json_add(object, "kept", kept);
    hg_json_add(object, "members", members);
    if (writer->layout->found != NULL)
        *writer->layout->found += saved != 0;
    free(reorganized.kept.items);
}

/* --- the file --- */

enum outcome { WRITTEN, LEFT_OUT, FAILED };

/* Writes one type, after the text `before`. */
static enum outcome put_type(struct layout_writer *writer, hg_type_id root,
                             const struct hg_layout_question *question, const char *before)
{
    const struct hg_type *type = hg_model_type(writer->model, root);
    const struct hg_type *target = hg_resolved(writer->model, root);
    const struct hg_type *record = hg_is_record(target) && target->complete ? target : NULL;
    uint32_t align = hg_type_align(writer->model, root);
    struct hg_arena arena;
    hg_arena_init(&arena);
    bool is_optional = question != NULL && question->is_optional;
    struct hg_nodes nodes = {
        .model = writer->model,
        .diagnostics = is_optional ? NULL : writer->diagnostics,
        .arena = &arena,
    };
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "kind", hg_json_string(hg_kind_name(type->kind)));
    hg_json_add(object, "name", hg_json_string(type->name));
    hg_json_add(object, "size", hg_json_number(hg_type_size(writer->model, root)));
    hg_json_add(object, "align", align == 0 ? NULL : hg_json_number(align));
    bool is_good = true;
    if (hg_is_question(question))
        is_good = add_answer(writer, object, root, question, &nodes);
    else if (writer->layout->reorganize)
        add_reorganized(writer, object, record, &arena);
    else
        add_layout(writer, object, record, &nodes);
    hg_text_put(&writer->text, is_good ? before : "");
    if (is_good)
        hg_json_put(&writer->text, object);
    else
        (void)json_object_put(object);
    free(nodes.list.items);
    hg_arena_deinit(&arena);
    if (is_optional && nodes.failed)
        hg_report_long(writer->diagnostics);
    if (is_good && !nodes.failed)
        return WRITTEN;
    return is_optional && !nodes.failed ? LEFT_OUT : FAILED;
}

enum hg_status hg_write_layout_json(const struct hg_model *model,
                                    const struct hg_selection *selection,
                                    const struct hg_layout_options *given,
                                    struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    HG_TAKE(hg_layout_options, options, given, diagnostics);
    struct layout_writer writer = {.model = model, .layout = &options, .diagnostics = diagnostics};
    bool is_good = true;
    size_t answered = 0;
    hg_text_put(&writer.text, "{\n  \"hdrgen_layout\": 1,\n  \"types\": [");
    for (size_t i = 0; i < selection->root_count && is_good; i++) {
        enum outcome outcome = put_type(&writer, selection->roots[i],
                                        options.questions == NULL ? NULL : &options.questions[i],
                                        answered == 0 ? "\n    " : ",\n    ");
        answered += outcome == WRITTEN;
        is_good = outcome != FAILED;
    }
    is_good = is_good && hg_check_answered(selection, answered, diagnostics);
    hg_text_put(&writer.text, "\n  ]\n}\n");
    if (!is_good) {
        hg_text_deinit(&writer.text);
        return HG_ERROR_INPUT;
    }
    hg_text_finish(&writer.text, ret);
    return HG_OK;
}
