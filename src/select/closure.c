/*
 * Closure: which types the roots need, and whether to define or only to declare them.
 *
 *     struct page { struct list_head lru; struct address_space *mapping; };
 *
 * needs struct list_head defined, and struct address_space declared or, if pointers are followed,
 * defined.
 *
 * The method: every type that is reached gets a rank, the number of pointers that may still be
 * followed from it, plus RANK_FULL.  A reference by value keeps the rank; a pointer costs one.  The
 * target of the last pointer has the rank RANK_BARE: it is written, since C must spell the pointer,
 * but a record is only declared.  At that rank a definition is needed nevertheless, with
 * RANK_FULL, of the elements of an array (C17 6.7.6.2 p1), of the result and the parameters of a
 * prototype (a call needs their sizes), and of anonymous records (C cannot declare them).
 *
 * Types are visited in descending order of rank, so that each is reached with its highest rank
 * first and visited once; only types that these exceptions raise are visited twice.  Linear, and
 * without recursion.
 */
#include "model/walk.h"
#include "select/parts.h"

/* 0 = not reached. */
enum { RANK_BARE = 1, RANK_FULL = 2 };

/* The rank from which pointers cost nothing. */
#define RANK_ALL UINT32_MAX

struct reached {
    hg_type_id id;
    uint32_t rank;
};

typedef HG_ARRAY(struct reached) reached_list;

struct closure {
    const struct hg_model *model;
    const uint8_t *provided; /* by type id; NULL = none is */
    uint32_t *rank;          /* by type id */
    reached_list now;
    reached_list later; /* targets of pointers */
};

static void reach(struct closure *closure, reached_list *list, hg_type_id id, uint32_t rank)
{
    const struct hg_type *type = hg_model_type(closure->model, id);
    if (rank == RANK_BARE && hg_is_record(type) && type->name == NULL)
        rank = RANK_FULL;
    if (id == HG_VOID_ID || closure->rank[id] >= rank)
        return;
    closure->rank[id] = rank;
    *HG_PUSH(list) = (struct reached){.id = id, .rank = rank};
}

static void visit(struct closure *closure, hg_type_id id, uint32_t rank)
{
    const struct hg_type *type = hg_model_type(closure->model, id);
    if ((rank == RANK_BARE && hg_is_record(type)) ||
        (closure->provided != NULL && closure->provided[id] != 0))
        return;
    reached_list *list = &closure->now;
    switch (hg_reference_hold(type)) {
    case HG_BY_VALUE:
        if (rank == RANK_BARE && type->kind == HG_ARRAY)
            rank = RANK_FULL;
        break;
    case HG_BY_CALL:
        if (rank == RANK_BARE)
            rank = RANK_FULL;
        break;
    case HG_BY_POINTER:
        if (rank != RANK_ALL && rank != RANK_BARE) {
            rank--;
            list = &closure->later;
        }
        break;
    }
    size_t count = hg_reference_count(type);
    for (size_t i = 0; i < count; i++)
        reach(closure, list, hg_reference(type, i)->id, rank);
}

static void visit_all(struct closure *closure)
{
    while (closure->now.count > 0) {
        while (closure->now.count > 0) {
            struct reached next = closure->now.items[--closure->now.count];
            if (closure->rank[next.id] == next.rank)
                visit(closure, next.id, next.rank);
        }
        reached_list empty = closure->now;
        closure->now = closure->later;
        closure->later = empty;
    }
}

static enum hg_need need_of(const struct hg_type *type, uint32_t rank)
{
    if (rank == 0)
        return HG_NOT_NEEDED;
    if (!type->complete || (hg_is_record(type) && rank == RANK_BARE))
        return HG_DECLARED;
    return HG_DEFINED;
}

uint8_t *hg_close_over(const struct hg_model *model, const hg_type_list *roots,
                       uint32_t pointer_depth, const uint8_t *provided, hg_type_list *undefined)
{
    size_t count = hg_model_type_count(model);
    struct closure closure = {
        .model = model, .provided = provided, .rank = hg_calloc(count, sizeof *closure.rank)};
    uint32_t rank = pointer_depth >= RANK_ALL - RANK_FULL ? RANK_ALL : pointer_depth + RANK_FULL;
    for (size_t i = 0; i < roots->count; i++)
        reach(&closure, &closure.now, roots->items[i], rank);
    visit_all(&closure);

    uint8_t *need = hg_calloc(count, sizeof *need);
    for (size_t id = 0; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        need[id] = (uint8_t)need_of(type, closure.rank[id]);
        if (undefined != NULL && need[id] == HG_DECLARED && closure.rank[id] >= RANK_FULL)
            *HG_PUSH(undefined) = (hg_type_id)id;
    }
    free(closure.rank);
    free(closure.now.items);
    free(closure.later.items);
    return need;
}
