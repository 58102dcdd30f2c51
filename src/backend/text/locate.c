/*
 * Which members are at an offset.
 *
 *     struct s { int a; struct { char b; short c[2]; } d[3]; }, byte 11
 *         ->  d    d[1]    d[1].c    d[1].c[0], byte 1 of it
 *
 * The method: in a record, each member that has the byte is followed down to a leaf, so a union
 * answers with all of its members and bit-fields that share a byte answer together.  Where none
 * has it, the hole or padding is the answer.  Members without a size are mentioned where they
 * begin.
 *
 * An array without a number of elements at the very end goes on past the record's size.
 *
 * Recursion goes by value, so the model bounds its depth; nodes.c bounds the number of answers.
 */
#include "backend/text/text.h"
#include "base/diag.h"
#include "model/describe.h"
#include "model/layout.h"

#include <inttypes.h>

struct location {
    struct hg_nodes *nodes;
    uint64_t byte; /* from the outermost record on */
};

static const struct hg_type *resolved(const struct hg_nodes *nodes, hg_type_id id)
{
    return hg_model_type(nodes->model, hg_type_resolve(nodes->model, id, NULL));
}

static bool is_array(const struct hg_type *type)
{
    return type->kind == HG_ARRAY && !type->is_vector && !type->is_complex;
}

/* Whether what the type ends with goes on without end. */
static bool ends_flexibly(const struct hg_nodes *nodes, hg_type_id id)
{
    const struct hg_type *type = resolved(nodes, id);
    if (is_array(type))
        return type->count == 0 && hg_type_size(nodes->model, type->ref.id) > 0;
    while (type->kind == HG_STRUCT && type->member_count > 0) {
        type = resolved(nodes, type->members[type->member_count - 1].type.id);
        if (is_array(type))
            return type->count == 0 && hg_type_size(nodes->model, type->ref.id) > 0;
    }
    if (type->kind != HG_UNION)
        return false;
    for (size_t i = 0; i < type->member_count; i++)
        if (ends_flexibly(nodes, type->members[i].type.id))
            return true;
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

enum coverage { COVERS_NOT, COVERS_NOTHING_HERE, COVERS };

/* Whether a member at these bits has the byte; one without a size only begins there. */
static enum coverage coverage_of(const struct location *location, const struct hg_node *member,
                                 bool is_last)
{
    uint64_t begin = member->bit_offset / 8;
    uint64_t end = (member->bit_offset + member->bits + 7) / 8;
    if (location->byte < begin)
        return COVERS_NOT;
    if (location->byte < end)
        return COVERS;
    bool goes_on =
        is_last && member->field == NULL && ends_flexibly(location->nodes, member->type.id);
    if (goes_on)
        return COVERS;
    return member->bits == 0 && location->byte == begin ? COVERS_NOTHING_HERE : COVERS_NOT;
}

static void descend(const struct location *location, struct hg_node at, bool is_last);

static void descend_into_array(const struct location *location, const struct hg_node *at,
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

static void descend_into_record(const struct location *location, const struct hg_node *at,
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
        if (coverage == COVERS_NOT)
            continue;
        struct hg_node shown = node;
        shown.path = member->name == NULL ? NULL : path;
        hg_add_node(location->nodes, shown);
        if (coverage == COVERS) {
            is_covered = true;
            descend(location, node, ends_record);
        }
    }
    if (!is_covered)
        add_gap(location, at, record);
}

/* at is the last node, but for the path of what has no name: that is the path of the record around
 * it. */
static void descend(const struct location *location, struct hg_node at, bool is_last)
{
    struct hg_nodes *nodes = location->nodes;
    if (nodes->failed)
        return;
    const struct hg_type *type = resolved(nodes, at.type.id);
    if (at.field == NULL && is_array(type) && hg_type_size(nodes->model, type->ref.id) > 0)
        descend_into_array(location, &at, type, is_last);
    else if (at.field == NULL && hg_show_is_record(type))
        descend_into_record(location, &at, type, is_last);
    else if (nodes->list.count > 0)
        nodes->list.items[nodes->list.count - 1].is_answer = true;
}

bool hg_locate(struct hg_nodes *nodes, const struct hg_node *within, uint64_t byte)
{
    uint64_t size = (within->bits + 7) / 8;
    uint64_t limit = ((uint64_t)1 << 60) - within->bit_offset / 8;
    bool is_inside = byte < size || (byte < limit && within->field == NULL &&
                                     ends_flexibly(nodes, within->type.id));
    if (!is_inside) {
        struct hg_text text = {0};
        if (within->path != NULL)
            hg_describe_name(&text, within->path);
        else
            hg_describe_subject(&text, nodes->model, within->type.id);
        hg_error(nodes->diagnostics, NULL,
                 "byte %" PRIu64 " is past the end: %s has %" PRIu64 " byte%s", byte,
                 hg_text_string(&text), size, hg_plural(size));
        hg_text_deinit(&text);
        return false;
    }
    nodes->byte = within->bit_offset / 8 + byte;
    struct location location = {.nodes = nodes, .byte = nodes->byte};
    descend(&location, *within, true);
    return !nodes->failed;
}
