/*
 * Finds the members that cover a byte of a record.
 *
 *     struct s { int a; struct { char b; short c[2]; } d[3]; }, byte 11
 *         ->  d    d[1]    d[1].c    d[1].c[0], byte 1 of it
 *
 * The method: follow each member that covers the byte down to a leaf.  So all members of a union
 * are answers, and so are all bit-fields that share the byte.  If no member covers it, the hole or
 * the padding is the answer.  A member without a size is listed if it begins at the byte.
 *
 * A flexible array at the very end continues past the record's size.
 *
 * The recursion follows members held by value, so the model bounds its depth; nodes.c bounds the
 * number of answers.
 */
#include "backend/text/text.h"
#include "base/diag.h"
#include "model/describe.h"
#include "model/layout.h"

#include <inttypes.h>

struct location {
    struct hg_nodes *nodes;
    uint64_t byte;   /* offset in the outermost record */
    bool *is_closed; /* by type id: the record is known not to end with a flexible array */
};

/* Whether the type is a flexible array, or ends with one.  No record is searched twice: unions can
 * hold the same ones again and again. */
static bool ends_flexibly(struct location *location, hg_type_id id)
{
    const struct hg_model *model = location->nodes->model;
    id = hg_type_resolve(model, id, NULL);
    const struct hg_type *type = hg_model_type(model, id);
    if (hg_is_c_array(type))
        return type->count == 0 && hg_type_size(model, type->ref.id) > 0;
    if (!hg_is_record(type))
        return false;
    if (location->is_closed == NULL)
        location->is_closed = hg_calloc(hg_model_type_count(model), sizeof *location->is_closed);
    bool is_struct = type->kind == HG_STRUCT && type->member_count > 0;
    for (size_t i = is_struct ? type->member_count - 1 : 0;
         i < type->member_count && !location->is_closed[id]; i++)
        if (ends_flexibly(location, type->members[i].type.id))
            return true;
    location->is_closed[id] = true;
    return false;
}

static void add_gap(const struct location *location, const struct hg_node *within,
                    const struct hg_type *record)
{
    uint64_t bit = 8 * location->byte - within->bit_offset;
    struct hg_gap gap = {0};
    while (hg_gap_next(location->nodes->model, record, &gap)) {
        if (bit < gap.bit_offset || bit - gap.bit_offset >= gap.bits)
            continue;
        hg_add_node(location->nodes,
                    (struct hg_node){
                        .kind = gap.before == record->member_count ? HG_NODE_PADDING : HG_NODE_HOLE,
                        .path = within->path,
                        .type = within->type,
                        .bit_offset = within->bit_offset + gap.bit_offset,
                        .bits = gap.bits,
                        .depth = within->depth + 1,
                    });
        return;
    }
}

enum coverage { NOT_COVERED, BEGINS_HERE, COVERED };

/* Whether the member covers the byte; a member without a size can only begin there.  is_last: the
 * member is at the very end, where a flexible array continues. */
static enum coverage coverage_of(struct location *location, const struct hg_node *member,
                                 bool is_last)
{
    uint64_t begin = member->bit_offset / 8;
    uint64_t end = (member->bit_offset + member->bits + 7) / 8;
    if (location->byte < begin)
        return NOT_COVERED;
    if (location->byte < end ||
        (is_last && member->field == NULL && ends_flexibly(location, member->type.id)))
        return COVERED;
    return member->bits == 0 && location->byte == begin ? BEGINS_HERE : NOT_COVERED;
}

static void descend(struct location *location, struct hg_node at, bool is_last);

static void descend_into_array(struct location *location, const struct hg_node *at,
                               const struct hg_type *array, bool is_last)
{
    uint64_t size = hg_type_size(location->nodes->model, array->ref.id);
    uint64_t index = (location->byte - at->bit_offset / 8) / size;
    struct hg_node element = {
        .path = hg_index_path(location->nodes, at->path, index),
        .type = array->ref,
        .bit_offset = at->bit_offset + 8 * index * size,
        .bits = 8 * size,
        .depth = at->depth + 1,
    };
    hg_add_node(location->nodes, element);
    descend(location, element, is_last && array->count != 0 && index == array->count - 1);
}

static void descend_into_record(struct location *location, const struct hg_node *at,
                                const struct hg_type *record, bool is_last)
{
    bool is_covered = false;
    for (size_t i = 0; i < record->member_count && !location->nodes->failed; i++) {
        const struct hg_member *member = &record->members[i];
        const char *path = hg_join_path(location->nodes, at->path, member->name);
        struct hg_node node = {
            .path = path,
            .type = member->type,
            .field = member->bit_width != 0 ? member : NULL,
            .bit_offset = at->bit_offset + member->bit_offset,
            .bits = hg_member_bits(location->nodes->model, member),
            .depth = at->depth + 1,
        };
        bool ends_record = is_last && (record->kind == HG_UNION || i == record->member_count - 1);
        enum coverage coverage = coverage_of(location, &node, ends_record);
        if (coverage == NOT_COVERED)
            continue;
        struct hg_node shown = node;
        shown.path = member->name == NULL ? NULL : path;
        hg_add_node(location->nodes, shown);
        if (coverage == COVERED) {
            is_covered = true;
            descend(location, node, ends_record);
        }
    }
    if (!is_covered)
        add_gap(location, at, record);
}

/* Continues from `at`, the last node in the list.  A member without a name has the path of the
 * record around it. */
static void descend(struct location *location, struct hg_node at, bool is_last)
{
    struct hg_nodes *nodes = location->nodes;
    if (nodes->failed)
        return;
    const struct hg_type *type = hg_resolved(nodes->model, at.type.id);
    if (at.field == NULL && hg_is_c_array(type) && hg_type_size(nodes->model, type->ref.id) > 0)
        descend_into_array(location, &at, type, is_last);
    else if (at.field == NULL && hg_is_record(type))
        descend_into_record(location, &at, type, is_last);
    else if (nodes->list.count > 0)
        nodes->list.items[nodes->list.count - 1].is_answer = true;
}

bool hg_locate(struct hg_nodes *nodes, const struct hg_node *within, uint64_t byte)
{
    uint64_t size = (within->bits + 7) / 8;
    uint64_t limit = ((uint64_t)1 << 60) - within->bit_offset / 8;
    struct location location = {.nodes = nodes, .byte = within->bit_offset / 8 + byte};
    bool is_inside = byte < size || (byte < limit && within->field == NULL &&
                                     ends_flexibly(&location, within->type.id));
    if (is_inside) {
        nodes->byte = location.byte;
        descend(&location, *within, true);
    } else {
        struct hg_text text = {0};
        if (within->path != NULL)
            hg_describe_name(&text, within->path);
        else
            hg_describe_subject(&text, nodes->model, within->type.id);
        hg_error(nodes->diagnostics, NULL,
                 "byte %" PRIu64 " is past the end: %s has %" PRIu64 " byte%s", byte,
                 hg_text_string(&text), size, hg_plural(size));
        hg_text_deinit(&text);
    }
    free(location.is_closed);
    return is_inside && !nodes->failed;
}
