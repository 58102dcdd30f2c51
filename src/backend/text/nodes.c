/*
 * Nodes: members as a flat list with paths and offsets from the outermost record.
 *
 *     struct { int a; struct { char b; } c[2]; }
 *         ->  a at 0    c at 32    c[].b at 32    padding ...
 *
 * record.c writes members nested; questions and JSON need them one by one.  As in record.c, the
 * first element of an array of records stands for all.
 *
 * The recursion follows members held by value, so the model bounds its depth.  This file bounds the
 * length of the list.
 */
#include "backend/text/text.h"
#include "base/diag.h"
#include "model/layout.h"

#include <inttypes.h>

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
    return hg_arena_printf(nodes->arena, "%s.%s", outer, name);
}

const char *hg_index_path(struct hg_nodes *nodes, const char *path, uint64_t index)
{
    return hg_arena_printf(nodes->arena, "%s[%" PRIu64 "]", path == NULL ? "" : path, index);
}

/* `a[][]` for `a`, if `a` is an array of two dimensions; NULL = there is no path. */
static const char *element_path(struct hg_nodes *nodes, const char *path, hg_type_id id)
{
    const struct hg_type *type = hg_resolved(nodes->model, id);
    struct hg_text text = {0};
    hg_text_put(&text, path == NULL ? "" : path);
    for (; type->kind == HG_ARRAY; type = hg_resolved(nodes->model, type->ref.id))
        hg_text_put(&text, "[]");
    const char *elements = hg_text_keep(&text, nodes->arena);
    return path == NULL && elements[0] == '\0' ? NULL : elements;
}

/* A record whose members are collected. */
struct level {
    struct hg_nodes *nodes;
    const struct hg_type *record;
    const char *path;
    uint64_t base; /* offset in the outermost record, in bits */
    unsigned depth;
    bool is_deep; /* also the members of records with a name */
};

/* Adds the gaps before the member of that index; *has_gap: *gap is the next one. */
static void collect_gaps(const struct level *level, size_t before, struct hg_gap *gap,
                         bool *has_gap)
{
    bool is_end = before == level->record->member_count;
    while (*has_gap && gap->before == before) {
        hg_add_node(level->nodes, (struct hg_node){
                                      .kind = is_end ? HG_NODE_PADDING : HG_NODE_HOLE,
                                      .path = level->path,
                                      .bit_offset = level->base + gap->bit_offset,
                                      .bits = gap->bits,
                                      .depth = level->depth,
                                  });
        *has_gap = hg_gap_next(level->nodes->model, level->record, gap);
    }
}

static void collect(const struct level *level);

static void collect_member(const struct level *level, const struct hg_member *member)
{
    struct hg_nodes *nodes = level->nodes;
    const char *path = hg_join_path(nodes, level->path, member->name);
    struct level inner = *level;
    inner.base += member->bit_offset;
    inner.depth++;
    hg_add_node(nodes, (struct hg_node){
                           .path = member->name == NULL ? NULL : path,
                           .type = member->type,
                           .field = member->bit_width != 0 ? member : NULL,
                           .bit_offset = inner.base,
                           .bits = hg_member_bits(nodes->model, member),
                           .depth = level->depth,
                       });
    inner.record = hg_held_record(nodes->model, member->type.id, NULL);
    if (inner.record == NULL || nodes->failed || (!level->is_deep && inner.record->name != NULL))
        return;
    inner.path = element_path(nodes, path, member->type.id);
    collect(&inner);
}

static void collect(const struct level *level)
{
    const struct hg_type *record = level->record;
    struct hg_gap gap = {0};
    bool has_gap = hg_gap_next(level->nodes->model, record, &gap);
    for (size_t i = 0; i < record->member_count; i++) {
        collect_gaps(level, i, &gap, &has_gap);
        collect_member(level, &record->members[i]);
    }
    collect_gaps(level, record->member_count, &gap, &has_gap);
}

void hg_collect_nodes(struct hg_nodes *nodes, const struct hg_type *record, bool is_deep)
{
    collect(&(struct level){.nodes = nodes, .record = record, .is_deep = is_deep});
}
