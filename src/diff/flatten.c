/*
 * Flattening: see parts.h for what it makes.
 *
 * Anonymous nesting carries no layout: BTF, clang and DWARF group the same members in different
 * ways, and a program names them all alike.  A record without a tag has no entry of its own in a
 * comparison either, so its members are compared where it is used; but one that a typedef names is
 * compared under that name, once.
 *
 * The walk keeps a stack of its own: nests are as deep as the input makes them.
 */
#include "diff/parts.h"
#include "model/layout.h"
#include "model/walk.h"

#include <string.h>

struct level {
    const struct hg_type *record;
    size_t next;
    uint64_t bit_base;
    const char *prefix; /* "" or "d[]." */
    unsigned depth;
};

static const char *join(struct hg_arena *arena, const char *prefix, const char *name,
                        const char *end)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "%s%s%s", prefix, name, end);
    const char *joined = hg_arena_string(arena, hg_text_string(&text), text.size);
    hg_text_deinit(&text);
    return joined;
}

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
            path = join(arena, here.prefix, member->name, "");
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
            inner.prefix = join(arena, path, shape.is_array ? "[]." : ".", "");
            inner.bit_base = shape.is_array ? 0 : inner.bit_base;
            inner.depth++;
        }
        *HG_PUSH(&levels) = inner;
    }
    bool is_whole = levels.count == 0;
    free(levels.items);
    return is_whole;
}
