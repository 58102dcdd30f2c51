/*
 * Flattening a record: see parts.h.
 *
 * Anonymous records do not change the layout: BTF, clang and DWARF group the same members in
 * different ways, and programs name the members alike.  A record without a tag has no entry of its
 * own in a comparison, so its members are compared where it is used.  But a record that a typedef
 * names is compared once, under that name.
 *
 * The walk has its own stack, since the input decides how deep records are nested.
 */
#include "diff/parts.h"
#include "model/layout.h"
#include "model/walk.h"

struct level {
    const struct hg_type *record;
    size_t next;
    uint64_t bit_base;
    const char *prefix; /* "" or "d[]." */
    unsigned depth;
};

bool hg_diff_flatten(const struct hg_model *model, hg_type_id record, struct hg_arena *arena,
                     hg_flat_list *list)
{
    HG_ARRAY(struct level) levels = {0};
    size_t steps = 0;
    *HG_PUSH(&levels) = (struct level){.record = hg_model_type(model, record), .prefix = ""};
    while (levels.count > 0 && steps++ < HG_FLAT_LIMIT) {
        struct level *top = &levels.items[levels.count - 1];
        if (top->next == top->record->member_count) {
            levels.count--;
            continue;
        }
        struct level here = *top;
        const struct hg_member *member = &here.record->members[top->next++];
        struct hg_shape shape = hg_diff_shape(model, member->type.id);
        const struct hg_type *element = hg_model_type(model, shape.element);
        const char *path = NULL;
        if (member->name != NULL) {
            path = hg_arena_printf(arena, "%s%s", here.prefix, member->name);
            *HG_PUSH(list) = (struct hg_flat_member){
                .path = path,
                .member = member,
                .bit_offset = here.bit_base + member->bit_offset,
                .bits = hg_member_bits(model, member),
                .depth = here.depth,
            };
        }
        bool is_open = hg_is_record(element) && element->complete &&
                       (path == NULL || (element->name == NULL && !shape.is_named));
        if (!is_open)
            continue;
        struct level inner = {.record = element,
                              .bit_base = here.bit_base + member->bit_offset,
                              .prefix = here.prefix,
                              .depth = here.depth};
        if (path != NULL) {
            inner.prefix = hg_arena_printf(arena, "%s%s", path, shape.is_array ? "[]." : ".");
            inner.bit_base = shape.is_array ? 0 : inner.bit_base;
            inner.depth++;
        }
        *HG_PUSH(&levels) = inner;
    }
    bool is_whole = levels.count == 0;
    free(levels.items);
    return is_whole;
}
