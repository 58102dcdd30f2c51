/*
 * Order: the needed types, each after the types that it holds by value.
 *
 *     #1 struct a { struct b b; struct c *c; }   #2 struct b {...}   #3 struct c { ... }
 *         ->  b a c
 *
 * The method: a depth-first walk in post-order, from the ids in ascending order.  It has its own
 * stack, since the input decides how deep types are nested.  It ends because sealed models have no
 * cycle by value.
 *
 * What this does not do: order the targets of pointers (a member's typedef may come later).
 */
#include "model/walk.h"
#include "select/parts.h"

struct step {
    hg_type_id id;
    size_t next; /* reference to look at next */
};

struct ordering {
    const struct hg_model *model;
    const uint8_t *need;
    uint8_t *seen; /* by type id: in the result or on the path */
    HG_ARRAY(struct step) path;
};

static size_t held_count(const struct ordering *ordering, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(ordering->model, id);
    bool holds = ordering->need[id] == HG_DEFINED && hg_reference_hold(type) == HG_BY_VALUE;
    return holds ? hg_reference_count(type) : 0;
}

static void enter(struct ordering *ordering, hg_type_id id)
{
    ordering->seen[id] = 1;
    *HG_PUSH(&ordering->path) = (struct step){.id = id};
}

static void append_with_held(struct ordering *ordering, hg_type_id root, hg_type_list *ret)
{
    enter(ordering, root);
    while (ordering->path.count > 0) {
        struct step *top = &ordering->path.items[ordering->path.count - 1];
        if (top->next == held_count(ordering, top->id)) {
            *HG_PUSH(ret) = top->id;
            ordering->path.count--;
            continue;
        }
        hg_type_id held = hg_reference(hg_model_type(ordering->model, top->id), top->next++)->id;
        if (held != HG_VOID_ID && !ordering->seen[held])
            enter(ordering, held);
    }
}

void hg_put_in_order(const struct hg_model *model, const uint8_t *need, hg_type_list *ret)
{
    size_t count = hg_model_type_count(model);
    struct ordering ordering = {.model = model, .need = need, .seen = hg_calloc(count, 1)};
    for (size_t id = 1; id < count; id++)
        if (need[id] != HG_NOT_NEEDED && !ordering.seen[id])
            append_with_held(&ordering, (hg_type_id)id, ret);
    free(ordering.seen);
    free(ordering.path.items);
}
