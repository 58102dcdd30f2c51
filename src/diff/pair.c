/*
 * Pairs: which types of the left and the right are compared with each other.
 *
 *     struct page                  by kind and name
 *     enum { PF_IDLE, ... }        an enum without a tag: by an enumerator that both have
 *     struct irq_info, three times by content: with an equal one, else with the most similar one
 *
 * A kernel's BTF has some names several times, since two source files may use one name for two
 * types.  If the user names types, all types of these names on either side are compared, and the
 * types that they hold by value: a change is reported for the record that changed, not for those
 * that hold it.
 */
#include "diff/parts.h"
#include "model/match.h"
#include "model/nearest.h"
#include "model/walk.h"

#include <assert.h>
#include <hdrgen/select.h>
#include <string.h>

/* The most comparisons of types of one name, each of the left with each of the right.  If there
 * would be more, which kernels do not need, the types are paired in their order. */
enum { COMPARISONS_MAX = 1024 };

enum { REACHED = 1, NAMED = 2 };

struct side {
    const struct hg_model *model;
    uint8_t *wanted;  /* by type id: REACHED, NAMED or 0 */
    uint8_t *taken;   /* by type id: it is in a pair */
    hg_type_id *next; /* by type id: the next one of the same kind and name */
};

struct pairing {
    const struct hg_comparing *comparing;
    const struct hg_diff_options *options;
    struct side left;
    struct side right;
    hg_pair_list *pairs;
};

static void init_side(struct side *side, const struct hg_model *model)
{
    size_t count = hg_model_type_count(model);
    side->model = model;
    side->wanted = hg_calloc(count, 1);
    side->taken = hg_calloc(count, 1);
    side->next = hg_calloc(count, sizeof *side->next);
}

static void deinit_side(struct side *side)
{
    free(side->wanted);
    free(side->taken);
    free(side->next);
}

/* --- what is compared --- */

static bool is_comparable(const struct hg_type *type)
{
    bool has_enumerator = type->kind == HG_ENUM && type->enumerator_count > 0;
    return hg_is_namable(type->kind) && type->complete && (type->name != NULL || has_enumerator);
}

/* A request: `struct page`, `bpf_*`. */
struct request {
    const char *name;
    enum hg_kind kind; /* HG_VOID = any */
    bool is_pattern;
};

static bool name_fits(const struct request *request, const char *name)
{
    return request->is_pattern ? hg_matches(request->name, name) : strcmp(request->name, name) == 0;
}

static bool fits(const struct request *request, const struct hg_type *type)
{
    if (!is_comparable(type) || (request->kind != HG_VOID && request->kind != type->kind))
        return false;
    if (type->name != NULL)
        return name_fits(request, type->name);
    for (size_t i = 0; i < type->enumerator_count; i++)
        if (name_fits(request, type->enumerators[i].name))
            return true;
    return false;
}

static bool mark(struct side *side, const struct request *request)
{
    bool is_found = false;
    size_t count = hg_model_type_count(side->model);
    for (size_t id = 1; id < count; id++) {
        if (!fits(request, hg_model_type(side->model, (hg_type_id)id)))
            continue;
        side->wanted[id] = NAMED;
        is_found = true;
    }
    return is_found;
}

/* Marks the types that the marked ones hold by value. */
static void mark_held(struct side *side)
{
    HG_ARRAY(hg_type_id) queue = {0};
    size_t count = hg_model_type_count(side->model);
    for (size_t id = 1; id < count; id++)
        if (side->wanted[id])
            *HG_PUSH(&queue) = (hg_type_id)id;
    while (queue.count > 0) {
        const struct hg_type *type = hg_model_type(side->model, queue.items[--queue.count]);
        if (hg_reference_hold(type) != HG_BY_VALUE)
            continue;
        size_t references = hg_reference_count(type);
        for (size_t i = 0; i < references; i++) {
            hg_type_id held = hg_reference(type, i)->id;
            if (side->wanted[held])
                continue;
            side->wanted[held] = REACHED;
            *HG_PUSH(&queue) = held;
        }
    }
    free(queue.items);
}

/* Reports the error of selecting the name, which suggests similar names. */
static enum hg_status report_unknown(const struct pairing *pairing, const char *name,
                                     struct hg_diagnostics *diagnostics)
{
    struct hg_selection *selection = NULL;
    struct hg_select_options options = {
        .sz = sizeof(struct hg_select_options), .names = &name, .name_count = 1};
    const char *bare = name;
    (void)hg_take_kind_word(&bare);
    struct hg_text near = {0};
    hg_suggest_names(&near, pairing->left.model, bare);
    const struct side *side = near.size > 0 ? &pairing->left : &pairing->right;
    hg_text_deinit(&near);
    enum hg_status status = hg_select(side->model, &options, diagnostics, &selection);
    hg_selection_destroy(selection);
    assert(status != HG_OK && "select finds what the comparison does not");
    return status;
}

static enum hg_status mark_wanted(struct pairing *pairing, struct hg_diagnostics *diagnostics)
{
    const struct hg_diff_options *options = pairing->options;
    if (options->name_count == 0) {
        memset(pairing->left.wanted, REACHED, hg_model_type_count(pairing->left.model));
        memset(pairing->right.wanted, REACHED, hg_model_type_count(pairing->right.model));
        return HG_OK;
    }
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < options->name_count; i++) {
        struct request request = {.name = options->names[i]};
        request.kind = hg_take_kind_word(&request.name);
        request.is_pattern = hg_is_pattern(request.name);
        bool on_left = mark(&pairing->left, &request);
        bool on_right = mark(&pairing->right, &request);
        if (!on_left && !on_right)
            status = report_unknown(pairing, options->names[i], diagnostics);
    }
    mark_held(&pairing->left);
    mark_held(&pairing->right);
    return status;
}

/* --- pairs --- */

static void take_pair(struct pairing *pairing, hg_type_id left, hg_type_id right)
{
    bool is_named = pairing->left.wanted[left] == NAMED || pairing->right.wanted[right] == NAMED;
    *HG_PUSH(pairing->pairs) = (struct hg_pair){.left = left, .right = right, .is_named = is_named};
    pairing->left.taken[left] = left != HG_VOID_ID;
    pairing->right.taken[right] = right != HG_VOID_ID;
}

/* The number of changes between two types. */
static size_t distance(const struct pairing *pairing, hg_type_id left, hg_type_id right)
{
    struct hg_arena texts = {0};
    struct hg_comparing comparing = *pairing->comparing;
    comparing.arena = &texts;
    hg_change_list changes = {0};
    enum hg_likeness likeness = hg_diff_types(&comparing, left, right, &changes);
    size_t count = likeness == HG_ALIKE ? changes.count : SIZE_MAX;
    free(changes.items);
    hg_arena_deinit(&texts);
    return count;
}

struct group {
    hg_type_id *items;
    size_t count, capacity;
};

static struct group group_of(const struct side *side, hg_type_id first)
{
    struct group group = {0};
    for (hg_type_id id = first; id != HG_VOID_ID; id = side->next[id])
        *HG_PUSH(&group) = id;
    return group;
}

struct candidate {
    size_t distance;
    hg_type_id left;
    hg_type_id right;
};

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

enum partners { FREE_PARTNERS, TAKEN_PARTNERS };

/* Pairs candidates, in order, if neither has a partner; with TAKEN_PARTNERS, if only one has. */
static void take_candidates(struct pairing *pairing, const struct candidate *candidates,
                            size_t count, enum partners partners)
{
    for (size_t i = 0; i < count; i++) {
        bool left_taken = pairing->left.taken[candidates[i].left];
        bool right_taken = pairing->right.taken[candidates[i].right];
        if (partners == FREE_PARTNERS ? !left_taken && !right_taken : left_taken != right_taken)
            take_pair(pairing, candidates[i].left, candidates[i].right);
    }
}

/* Pairs equal types first.  A type that is then without a partner, but equals a type that has one,
 * is another copy of it and gets the same partner.  Last come the types that differ, the most
 * similar first. */
static void pair_nearest(struct pairing *pairing, const struct group *left,
                         const struct group *right)
{
    HG_ARRAY(struct candidate) candidates = {0};
    for (size_t i = 0; i < left->count; i++)
        for (size_t j = 0; j < right->count; j++)
            *HG_PUSH(&candidates) =
                (struct candidate){.distance = distance(pairing, left->items[i], right->items[j]),
                                   .left = left->items[i],
                                   .right = right->items[j]};
    if (candidates.count > 0)
        qsort(candidates.items, candidates.count, sizeof *candidates.items, compare_candidates);
    size_t equal = 0;
    while (equal < candidates.count && candidates.items[equal].distance == 0)
        equal++;
    take_candidates(pairing, candidates.items, equal, FREE_PARTNERS);
    take_candidates(pairing, candidates.items, equal, TAKEN_PARTNERS);
    take_candidates(pairing, candidates.items, candidates.count, FREE_PARTNERS);
    free(candidates.items);
}

static void pair_groups(struct pairing *pairing, hg_type_id left_first, hg_type_id right_first)
{
    struct group left = group_of(&pairing->left, left_first);
    struct group right = group_of(&pairing->right, right_first);
    size_t comparisons = left.count * right.count;
    if (comparisons > 1 && comparisons <= COMPARISONS_MAX)
        pair_nearest(pairing, &left, &right);
    else
        for (size_t i = 0; i < left.count && i < right.count; i++)
            take_pair(pairing, left.items[i], right.items[i]);
    free(left.items);
    free(right.items);
}

/* The slot, in a table of kinds and names, of the first type with the type's kind and name.  The
 * name of an enum without a tag is that of its first enumerator. */
static uint32_t *first_of(struct hg_strings *names, const struct hg_type *type)
{
    struct hg_text text = {0};
    if (type->name != NULL)
        hg_text_printf(&text, "%s %s", hg_kind_name(type->kind), type->name);
    else
        hg_text_printf(&text, "{%s", type->enumerators[0].name);
    uint32_t *first = hg_strings_number(names, text.data, text.size);
    hg_text_deinit(&text);
    return first;
}

static bool is_wanted(const struct side *side, size_t id)
{
    return side->wanted[id] && is_comparable(hg_model_type(side->model, (hg_type_id)id));
}

/* Links types of one kind and name, and puts the first of each list into the table. */
static void link_names(struct side *side, struct hg_strings *names)
{
    for (size_t id = hg_model_type_count(side->model); id-- > 1;) {
        const struct hg_type *type = hg_model_type(side->model, (hg_type_id)id);
        if (!is_wanted(side, id))
            continue;
        uint32_t *first = first_of(names, type);
        side->next[id] = *first;
        *first = (uint32_t)id;
    }
}

static void pair_names(struct pairing *pairing)
{
    struct hg_strings left_names = {0};
    struct hg_strings right_names = {0};
    link_names(&pairing->left, &left_names);
    link_names(&pairing->right, &right_names);
    size_t count = hg_model_type_count(pairing->left.model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(pairing->left.model, (hg_type_id)id);
        if (!is_wanted(&pairing->left, id) || *first_of(&left_names, type) != id)
            continue;
        hg_type_id partner = *first_of(&right_names, type);
        if (partner != HG_VOID_ID)
            pair_groups(pairing, (hg_type_id)id, partner);
    }
    hg_strings_deinit(&left_names);
    hg_strings_deinit(&right_names);
}

/* --- enums without a tag whose first enumerators differ --- */

struct shared {
    const char *name; /* of an enumerator that both have */
    hg_type_id left;
    hg_type_id right;
};

static int compare_shared(const void *a, const void *b)
{
    return strcmp(((const struct shared *)a)->name, ((const struct shared *)b)->name);
}

/* How many enumerators to look at: those of an enum without a tag that has no partner yet. */
static size_t open_enumerators(const struct side *side, size_t id)
{
    const struct hg_type *type = hg_model_type(side->model, (hg_type_id)id);
    bool is_open =
        is_wanted(side, id) && !side->taken[id] && type->kind == HG_ENUM && type->name == NULL;
    return is_open ? type->enumerator_count : 0;
}

/* In the order of the shared names, so that exchanging left and right changes no pair. */
static void pair_enums(struct pairing *pairing)
{
    HG_ARRAY(struct shared) shared = {0};
    struct hg_strings owners = {0};
    size_t count = hg_model_type_count(pairing->right.model);
    for (size_t id = count; id-- > 1;) {
        const struct hg_type *type = hg_model_type(pairing->right.model, (hg_type_id)id);
        for (size_t i = 0; i < open_enumerators(&pairing->right, id); i++)
            *hg_strings_number(&owners, type->enumerators[i].name,
                               strlen(type->enumerators[i].name)) = (uint32_t)id;
    }
    count = hg_model_type_count(pairing->left.model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(pairing->left.model, (hg_type_id)id);
        for (size_t i = 0; i < open_enumerators(&pairing->left, id); i++) {
            const char *name = type->enumerators[i].name;
            hg_type_id owner = *hg_strings_number(&owners, name, strlen(name));
            if (owner != HG_VOID_ID)
                *HG_PUSH(&shared) =
                    (struct shared){.name = name, .left = (hg_type_id)id, .right = owner};
        }
    }
    if (shared.count > 0)
        qsort(shared.items, shared.count, sizeof *shared.items, compare_shared);
    for (size_t i = 0; i < shared.count; i++)
        if (!pairing->left.taken[shared.items[i].left] &&
            !pairing->right.taken[shared.items[i].right])
            take_pair(pairing, shared.items[i].left, shared.items[i].right);
    free(shared.items);
    hg_strings_deinit(&owners);
}

/* --- types without a partner, and the order --- */

static bool is_reported_alone(const struct pairing *pairing, const struct side *side, size_t id)
{
    bool is_asked_for = pairing->options->name_count == 0 || side->wanted[id] == NAMED;
    return is_asked_for && is_wanted(side, id) && !side->taken[id] && !pairing->options->common;
}

/* Pairs are in the order of the left; types that only the right has come last. */
static int compare_pairs(const void *a, const void *b)
{
    const struct hg_pair *x = a;
    const struct hg_pair *y = b;
    bool x_alone = x->left == HG_VOID_ID;
    bool y_alone = y->left == HG_VOID_ID;
    if (x_alone != y_alone)
        return x_alone ? 1 : -1;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

static void add_lone_types(struct pairing *pairing)
{
    size_t count = hg_model_type_count(pairing->left.model);
    for (size_t id = 1; id < count; id++)
        if (is_reported_alone(pairing, &pairing->left, id))
            take_pair(pairing, (hg_type_id)id, HG_VOID_ID);
    count = hg_model_type_count(pairing->right.model);
    for (size_t id = 1; id < count; id++)
        if (is_reported_alone(pairing, &pairing->right, id))
            take_pair(pairing, HG_VOID_ID, (hg_type_id)id);
    if (pairing->pairs->count > 0)
        qsort(pairing->pairs->items, pairing->pairs->count, sizeof *pairing->pairs->items,
              compare_pairs);
}

enum hg_status hg_diff_pair(const struct hg_comparing *comparing,
                            const struct hg_diff_options *options,
                            struct hg_diagnostics *diagnostics, hg_pair_list *ret)
{
    struct pairing pairing = {.comparing = comparing, .options = options, .pairs = ret};
    init_side(&pairing.left, comparing->left);
    init_side(&pairing.right, comparing->right);
    enum hg_status status = mark_wanted(&pairing, diagnostics);
    if (status == HG_OK) {
        pair_names(&pairing);
        pair_enums(&pairing);
        add_lone_types(&pairing);
    }
    deinit_side(&pairing.left);
    deinit_side(&pairing.right);
    return status;
}
