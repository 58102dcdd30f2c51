/*
 * Selection: see hdrgen/select.h.
 *
 *     names: "struct page"
 *     roots: struct page
 *     needs: struct page and all that it holds by value, defined; struct address_space, to which it
 *            has a pointer, declared
 *     order: unsigned long, int, atomic_t's struct, atomic_t ... struct page
 *
 * parts.h has the file of each step.
 */
#include "select/parts.h"

#include "base/options.h"

/* Prototypes of functions and types of variables. */
static void add_symbol_types(const struct hg_model *model, hg_type_list *list)
{
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(model, &count);
    for (size_t i = 0; i < count; i++)
        if (symbols[i].type.id != HG_VOID_ID)
            *HG_PUSH(list) = symbols[i].type.id;
}

static void drop_withheld(const uint8_t *withheld, hg_type_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (withheld == NULL || withheld[list->items[i]] == HG_NOT_WITHHELD)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

static struct hg_selection *keep(struct hg_selection selection)
{
    struct hg_selection *copy = hg_malloc(sizeof *copy);
    *copy = selection;
    return copy;
}

enum hg_status hg_select(const struct hg_model *model, const struct hg_select_options *given,
                         struct hg_diagnostics *diagnostics, struct hg_selection **ret)
{
    HG_TAKE(hg_select_options, options, given, diagnostics);
    hg_type_list roots = {0};
    enum hg_status status = hg_find_roots(model, &options, diagnostics, &roots);
    if (status != HG_OK) {
        free(roots.items);
        return status;
    }
    size_t root_count = roots.count;
    if (options.symbols && options.name_count == 0)
        add_symbol_types(model, &roots);
    hg_type_list order = {0};
    hg_type_list undefined = {0};
    uint8_t *need = hg_close_over(model, &roots, options.pointer_depth, NULL, &undefined);
    uint8_t *withheld = hg_withhold(model, &options, &roots, need, diagnostics);
    drop_withheld(withheld, &undefined);
    hg_put_in_order(model, need, &order);

    *ret = keep((struct hg_selection){
        .order = order.items,
        .count = order.count,
        .roots = roots.items,
        .root_count = root_count,
        .need = need,
        .withheld = withheld,
        .undefined = undefined.items,
        .undefined_count = undefined.count,
    });
    return HG_OK;
}

void hg_select_ids(const struct hg_model *model, const hg_type_id *ids, size_t count,
                   struct hg_selection **ret)
{
    hg_type_list roots = {0};
    uint8_t *seen = hg_calloc(hg_model_type_count(model), 1);
    for (size_t i = 0; i < count; i++) {
        if (ids[i] != HG_VOID_ID && seen[ids[i]] == 0)
            *HG_PUSH(&roots) = ids[i];
        seen[ids[i]] = 1;
    }
    free(seen);
    hg_type_list order = {0};
    uint8_t *need = hg_close_over(model, &roots, 0, NULL, NULL);
    hg_put_in_order(model, need, &order);
    *ret = keep((struct hg_selection){
        .order = order.items,
        .count = order.count,
        .roots = roots.items,
        .root_count = roots.count,
        .need = need,
    });
}

void hg_select_all(const struct hg_model *model, struct hg_selection **ret)
{
    size_t count = hg_model_type_count(model);
    hg_type_id *order = hg_calloc(count, sizeof *order);
    uint8_t *need = hg_calloc(count, sizeof *need);
    for (hg_type_id id = 1; id < count; id++) {
        order[id - 1] = id;
        need[id] = hg_model_type(model, id)->complete ? HG_DEFINED : HG_DECLARED;
    }
    *ret = keep((struct hg_selection){.order = order, .count = count - 1, .need = need});
}

void hg_selection_destroy(struct hg_selection *selection)
{
    if (selection == NULL)
        return;
    /* The arrays are const only for readers. */
    free((void *)selection->order);
    free((void *)selection->roots);
    free((void *)selection->need);
    free((void *)selection->withheld);
    free((void *)selection->undefined);
    free(selection);
}
