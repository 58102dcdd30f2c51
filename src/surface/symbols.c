/* The functions that a kernel has, as a list of them beside its BTF says: System.map and the like.
 */
#include "surface/facts.h"

#include "symbols/list.h"

#include <string.h>

static void take_function(void *user, const struct hg_listed_function *function)
{
    struct kernel_symbols *symbols = user;
    const char *name = hg_arena_string(&symbols->arena, function->name, strlen(function->name));
    hg_names_add(&symbols->functions, name, function->is_weak ? SYMBOL_WEAK : 0);
}

typedef enum hg_status list_fn(const char *path, hg_listed_function_fn *take, void *user,
                               struct hg_diagnostics *diagnostics);

static enum hg_status read_names(const char *path, list_fn *list,
                                 struct hg_diagnostics *diagnostics, struct kernel_symbols *ret)
{
    hg_arena_init(&ret->arena);
    enum hg_status status = list(path, take_function, ret, diagnostics);
    if (status == HG_OK)
        hg_names_sort(&ret->functions);
    return status;
}

enum hg_status hg_facts_symbols_read(const char *path, struct hg_diagnostics *diagnostics,
                                     struct kernel_symbols *ret)
{
    return read_names(path, hg_list_functions, diagnostics, ret);
}

enum hg_status hg_facts_traceable_read(const char *path, struct hg_diagnostics *diagnostics,
                                       struct kernel_symbols *ret)
{
    return read_names(path, hg_list_traceable, diagnostics, ret);
}

enum hg_status hg_facts_events_read(const char *path, struct hg_diagnostics *diagnostics,
                                    struct kernel_symbols *ret)
{
    return read_names(path, hg_list_events, diagnostics, ret);
}

void hg_facts_symbols_deinit(struct kernel_symbols *symbols)
{
    hg_names_deinit(&symbols->functions);
    hg_arena_deinit(&symbols->arena);
}
