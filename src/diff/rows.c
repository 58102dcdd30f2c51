/*
 * Two records side by side.
 *
 *     left                     right
 *       0  4  usage              0  8  usage          changed: another size
 *       4  4  uid                8  4  uid            moved
 *          -- 8 bytes hole
 *                               16  8  extra          only on the right
 *
 * Rows are in the order of the left.  A member that only the right has is before the member that
 * follows it on the right.  Holes inside anonymous members are not shown.
 */
#include "diff/parts.h"
#include "model/describe.h"
#include "model/layout.h"
#include "model/walk.h"

#include <string.h>

struct side {
    const struct hg_model *model;
    hg_type_id id;
    hg_flat_list flat;
    uint64_t *hole_bits; /* by index in flat: size of the hole before it; the last: at the end */
    uint64_t *hole_begin;
};

/* The record, also if the type is a typedef of it; HG_VOID_ID for any other type. */
static hg_type_id record_of(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, id);
    if (type->kind == HG_TYPEDEF)
        id = type->ref.id;
    type = hg_model_type(model, id);
    return hg_is_record(type) ? id : HG_VOID_ID;
}

/* Sets each hole at the index of the first flat member after it. */
static void find_holes(struct side *side, struct hg_arena *arena)
{
    side->hole_bits = hg_arena_array(arena, side->flat.count + 1, sizeof *side->hole_bits);
    side->hole_begin = hg_arena_array(arena, side->flat.count + 1, sizeof *side->hole_begin);
    const struct hg_type *record = hg_model_type(side->model, side->id);
    struct hg_gap gap = {0};
    size_t index = 0;
    while (hg_gap_next(side->model, record, &gap)) {
        uint64_t end = gap.bit_offset + gap.bits;
        bool is_padding = gap.before == record->member_count;
        while (index < side->flat.count && (is_padding || side->flat.items[index].depth > 0 ||
                                            side->flat.items[index].bit_offset < end))
            index++;
        side->hole_bits[index] = gap.bits;
        side->hole_begin[index] = gap.bit_offset;
    }
}

static bool prepare(struct side *side, const struct hg_model *model, hg_type_id id,
                    struct hg_arena *arena)
{
    side->model = model;
    side->id = id == HG_VOID_ID ? HG_VOID_ID : record_of(model, id);
    if (side->id == HG_VOID_ID)
        return false;
    bool is_whole = hg_diff_flatten(model, side->id, arena, &side->flat);
    find_holes(side, arena);
    return is_whole;
}

static struct hg_diff_cell member_cell(const struct side *side, size_t index,
                                       struct hg_arena *arena)
{
    const struct hg_flat_member *flat = &side->flat.items[index];
    struct hg_text type = {0};
    hg_describe_ref(&type, side->model, &flat->member->type);
    return (struct hg_diff_cell){
        .is_there = true,
        .path = flat->path,
        .type = hg_text_keep(&type, arena),
        .bit_offset = flat->bit_offset,
        .bits = flat->bits,
        .is_bit_field = flat->member->bit_width != 0,
    };
}

static struct hg_diff_cell hole_cell(const struct side *side, size_t index)
{
    return (struct hg_diff_cell){
        .is_there = side->hole_bits[index] != 0,
        .bit_offset = side->hole_begin[index],
        .bits = side->hole_bits[index],
    };
}

static void add_holes(hg_row_list *rows, struct hg_diff_cell left, struct hg_diff_cell right)
{
    if (!left.is_there && !right.is_there)
        return;
    *HG_PUSH(rows) = (struct hg_diff_row){
        .left = left,
        .right = right,
        .is_changed = left.is_there != right.is_there || left.bits != right.bits,
        .is_moved = left.bit_offset != right.bit_offset,
    };
}

/* Puts the paths of members into the table that changed in more than their offset. */
static void note_changed(const struct hg_type_diff *type, struct hg_strings *changed)
{
    for (size_t i = 0; i < type->change_count; i++)
        if (type->changes[i].member != NULL && type->changes[i].kind != HG_CHANGE_MEMBER_OFFSET)
            *hg_strings_number(changed, type->changes[i].member, strlen(type->changes[i].member)) =
                1;
}

struct merge {
    struct side left;
    struct side right;
    struct hg_strings by_path; /* index plus one of the right's members */
    struct hg_strings changed; /* paths of changed members */
    struct hg_arena *arena;
    hg_row_list *rows;
    size_t next; /* of the right: the members before it are in rows */
};

/* Adds the next members that only the right has, up to the index `end`. */
static void add_right_only(struct merge *merge, size_t end, const uint8_t *has_partner)
{
    for (; merge->next < end; merge->next++) {
        if (has_partner[merge->next])
            continue;
        add_holes(merge->rows, (struct hg_diff_cell){0}, hole_cell(&merge->right, merge->next));
        *HG_PUSH(merge->rows) = (struct hg_diff_row){
            .right = member_cell(&merge->right, merge->next, merge->arena), .is_changed = true};
    }
}

static void add_left(struct merge *merge, size_t index, const uint8_t *has_partner)
{
    struct hg_diff_row row = {.left = member_cell(&merge->left, index, merge->arena)};
    size_t length = strlen(row.left.path);
    uint32_t partner = hg_strings_find(&merge->by_path, row.left.path, length);
    if (partner == 0) {
        add_holes(merge->rows, hole_cell(&merge->left, index), (struct hg_diff_cell){0});
        row.is_changed = true;
    } else {
        add_right_only(merge, partner - 1, has_partner);
        if (merge->next == partner - 1)
            merge->next++;
        row.right = member_cell(&merge->right, partner - 1, merge->arena);
        row.is_changed = hg_strings_find(&merge->changed, row.left.path, length) != 0;
        row.is_moved = row.left.bit_offset != row.right.bit_offset;
        add_holes(merge->rows, hole_cell(&merge->left, index),
                  hole_cell(&merge->right, partner - 1));
    }
    *HG_PUSH(merge->rows) = row;
}

static void merge_sides(struct merge *merge)
{
    uint8_t *has_partner = hg_calloc(merge->right.flat.count + 1, 1);
    for (size_t i = 0; i < merge->right.flat.count; i++) {
        const char *path = merge->right.flat.items[i].path;
        *hg_strings_number(&merge->by_path, path, strlen(path)) = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < merge->left.flat.count; i++) {
        const char *path = merge->left.flat.items[i].path;
        uint32_t partner = hg_strings_find(&merge->by_path, path, strlen(path));
        if (partner != 0)
            has_partner[partner - 1] = 1;
    }
    for (size_t i = 0; i < merge->left.flat.count; i++)
        add_left(merge, i, has_partner);
    add_right_only(merge, merge->right.flat.count, has_partner);
    add_holes(merge->rows, hole_cell(&merge->left, merge->left.flat.count),
              hole_cell(&merge->right, merge->right.flat.count));
    free(has_partner);
}

void hg_diff_rows(const struct hg_comparison *comparison, const struct hg_type_diff *type,
                  struct hg_arena *arena, hg_row_list *rows)
{
    struct merge merge = {.arena = arena, .rows = rows};
    note_changed(type, &merge.changed);
    if (prepare(&merge.left, comparison->left, type->left, arena) &&
        prepare(&merge.right, comparison->right, type->right, arena))
        merge_sides(&merge);
    free(merge.left.flat.items);
    free(merge.right.flat.items);
    hg_strings_deinit(&merge.by_path);
    hg_strings_deinit(&merge.changed);
}
