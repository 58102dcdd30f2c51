/*
 * Nodes: members as a flat list with paths and offsets from the outermost record.
 *
 *     struct { int a; struct { char b; } c[2]; }
 *         ->  a at 0    c at 32    c[].b at 32    padding ...
 *
 * Questions and JSON need members one by one, where record.c writes them nested.  Of an array of
 * records the first element stands for all, as there.
 *
 * Recursion goes by value, so the model bounds its depth; the length of the list is bounded here.
 */
#include "backend/text/text.h"
#include "base/diag.h"
#include "model/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void hg_add_node(struct hg_nodes *nodes, struct hg_node node)
{
    if (!nodes->failed && nodes->list.count >= HG_NODES_MAX) {
        hg_report_long(nodes->diagnostics);
        nodes->failed = true;
    }
    if (!nodes->failed)
        *HG_PUSH(&nodes->list) = node;
}

void hg_report_long(struct hg_diagnostics *diagnostics)
{
    hg_error(diagnostics, NULL, "the answer would have more than %d members", HG_NODES_MAX);
}

const char *hg_join_path(struct hg_nodes *nodes, const char *outer, const char *name)
{
    if (name == NULL)
        return outer;
    if (outer == NULL)
        return name;
    struct hg_text text = {0};
    hg_text_put(&text, outer);
    hg_text_put(&text, ".");
    hg_text_put(&text, name);
    const char *path = hg_arena_string(nodes->arena, text.data, text.size);
    hg_text_deinit(&text);
    return path;
}

const char *hg_index_path(struct hg_nodes *nodes, const char *path, uint64_t index)
{
    char number[32];
    int length = snprintf(number, sizeof number, "[%" PRIu64 "]", index);
    size_t before = path == NULL ? 0 : strlen(path);
    char *joined = hg_arena_alloc(nodes->arena, before + (size_t)length + 1);
    memcpy(joined, path == NULL ? "" : path, before);
    memcpy(joined + before, number, (size_t)length);
    return joined;
}

/* `a` as the elements of an array: `a[]`, with a pair of brackets for each dimension. */
static const char *element_path(struct hg_nodes *nodes, const char *path, hg_type_id id)
{
    const struct hg_type *type =
        hg_model_type(nodes->model, hg_type_resolve(nodes->model, id, NULL));
    struct hg_text text = {0};
    hg_text_put(&text, path == NULL ? "" : path);
    while (type->kind == HG_ARRAY) {
        hg_text_put(&text, "[]");
        type = hg_model_type(nodes->model, hg_type_resolve(nodes->model, type->ref.id, NULL));
    }
    const char *elements = hg_arena_string(nodes->arena, hg_text_string(&text), text.size);
    hg_text_deinit(&text);
    return path == NULL && elements[0] == '\0' ? NULL : elements;
}

struct collecting {
    struct hg_nodes *nodes;
    bool is_deep;
};

static void collect(const struct collecting *c, const struct hg_type *record, const char *path,
                    uint64_t base, unsigned depth);

static void collect_gaps(const struct collecting *c, const struct hg_type *record, const char *path,
                         uint64_t base, unsigned depth, size_t before, struct hg_gap *gap,
                         bool *has_gap)
{
    while (*has_gap && gap->before == before) {
        hg_add_node(c->nodes,
                    (struct hg_node){
                        .kind = before == record->member_count ? HG_NODE_PADDING : HG_NODE_HOLE,
                        .path = path,
                        .bit_offset = base + gap->bit_offset,
                        .bits = gap->bits,
                        .depth = depth,
                    });
        *has_gap = hg_gap_next(c->nodes->model, record, gap);
    }
}

static void collect_member(const struct collecting *c, const struct hg_member *member,
                           const char *path, uint64_t base, unsigned depth)
{
    const char *own = hg_join_path(c->nodes, path, member->name);
    hg_add_node(c->nodes, (struct hg_node){
                              .path = member->name == NULL ? NULL : own,
                              .type = member->type,
                              .field = member->bit_width != 0 ? member : NULL,
                              .bit_offset = base + member->bit_offset,
                              .bits = hg_member_bits(c->nodes->model, member),
                              .depth = depth,
                          });
    const struct hg_type *held = hg_held_record(c->nodes->model, member->type.id, NULL);
    if (held != NULL && (c->is_deep || held->name == NULL) && !c->nodes->failed)
        collect(c, held, element_path(c->nodes, own, member->type.id), base + member->bit_offset,
                depth + 1);
}

static void collect(const struct collecting *c, const struct hg_type *record, const char *path,
                    uint64_t base, unsigned depth)
{
    struct hg_gap gap = {0};
    bool has_gap = hg_gap_next(c->nodes->model, record, &gap);
    for (size_t i = 0; i < record->member_count; i++) {
        collect_gaps(c, record, path, base, depth, i, &gap, &has_gap);
        collect_member(c, &record->members[i], path, base, depth);
    }
    collect_gaps(c, record, path, base, depth, record->member_count, &gap, &has_gap);
}

void hg_collect_nodes(struct hg_nodes *nodes, const struct hg_type *record, bool is_deep)
{
    collect(&(struct collecting){.nodes = nodes, .is_deep = is_deep}, record, NULL, 0, 0);
}
