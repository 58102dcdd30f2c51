/* The functions that a kernel has, by a list beside its BTF: System.map and the like. */
#include "surface/facts.h"

#include <string.h>

static void take_function(void *user, const struct hg_listed_function *function)
{
    struct kernel_symbols *symbols = user;
    const char *name = hg_arena_string(&symbols->arena, function->name, strlen(function->name));
    hg_names_add(&symbols->functions, name, function->is_weak ? SYMBOL_WEAK : 0);
}

enum hg_status hg_facts_symbols_read(const char *path, list_functions_fn *list,
                                     struct hg_diagnostics *diagnostics, struct kernel_symbols *ret)
{
    hg_arena_init(&ret->arena);
    enum hg_status status = list(path, take_function, ret, diagnostics);
    if (status == HG_OK)
        hg_names_sort(&ret->functions);
    return status;
}

void hg_facts_symbols_deinit(struct kernel_symbols *symbols)
{
    hg_names_deinit(&symbols->functions);
    hg_arena_deinit(&symbols->arena);
}
