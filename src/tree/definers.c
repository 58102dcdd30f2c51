/*
 * Finds the header that defines a symbol which another header misses.
 *
 *     trace/events/9p.h:30: use of undeclared identifier 'P9_TLERROR'
 *
 * If one of the models so far has the symbol, the model also has the file that defines it:
 * include/net/9p/9p.h.  Models have no macros; for these, the first header that defines a macro of
 * that name by the catalogue is taken.
 */
#include "tree/headers.h"

#include "model/content.h"

#include <stdio.h>
#include <string.h>

enum { SYMBOL_LENGTH_MAX = 256 };

void hg_definers_init(struct hg_definers *definers, const struct hg_catalogue *catalogue,
                      struct hg_arena *arena)
{
    *definers = (struct hg_definers){.catalogue = catalogue};
    hg_strings_init(&definers->symbols, arena);
}

void hg_definers_deinit(struct hg_definers *definers)
{
    hg_strings_deinit(&definers->symbols);
    free(definers->files.items);
}

static void learn(struct hg_definers *definers, const char *word, const char *name,
                  const char *file)
{
    char symbol[SYMBOL_LENGTH_MAX];
    int size = snprintf(symbol, sizeof symbol, "%s%s", word, name);
    if (size < 0 || size >= SYMBOL_LENGTH_MAX)
        return;
    uint32_t *known = hg_strings_number(&definers->symbols, symbol, (size_t)size);
    if (*known != 0)
        return;
    *HG_PUSH(&definers->files) = hg_strings_intern(&definers->symbols, file, strlen(file));
    *known = (uint32_t)definers->files.count;
}

static const char *keyword_of(enum hg_kind kind)
{
    return kind == HG_STRUCT  ? "struct "
           : kind == HG_UNION ? "union "
           : kind == HG_ENUM  ? "enum "
                              : "";
}

void hg_definers_learn(struct hg_definers *definers, const struct hg_model *model)
{
    for (size_t i = 1; i < hg_model_type_count(model); i++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)i);
        if (!type->complete || type->where.file == NULL)
            continue;
        if (hg_has_own_name(type))
            learn(definers, keyword_of(type->kind), type->name, type->where.file);
        for (size_t e = 0; type->kind == HG_ENUM && e < type->enumerator_count; e++)
            learn(definers, "", type->enumerators[e].name, type->where.file);
    }
}

static struct hg_definer find_macro(const struct hg_definers *definers, const char *name,
                                    hg_helper_fn *helper, void *user)
{
    const struct hg_catalogue *catalogue = definers->catalogue;
    size_t end = 0;
    for (size_t i = hg_catalogue_macros(catalogue, name, &end); i < end; i++) {
        const char *header = helper(user, catalogue->files->items[catalogue->macros[i].file].name);
        if (header != NULL)
            return (struct hg_definer){HG_SYMBOL_KNOWN, header};
    }
    return (struct hg_definer){HG_SYMBOL_UNKNOWN, NULL};
}

struct hg_definer hg_find_definer(struct hg_definers *definers,
                                  const struct hg_job_problem *problem, hg_helper_fn *helper,
                                  void *user)
{
    if (problem->kind != HG_PROBLEM_MISSING_SYMBOL)
        return (struct hg_definer){HG_SYMBOL_NOT_MISSING, NULL};
    const char *symbol = problem->symbol == NULL ? "" : problem->symbol;
    uint32_t known = *hg_strings_number(&definers->symbols, symbol, strlen(symbol));
    if (known != 0)
        return (struct hg_definer){HG_SYMBOL_KNOWN, helper(user, definers->files.items[known - 1])};
    return problem->may_be_macro ? find_macro(definers, symbol, helper, user)
                                 : (struct hg_definer){HG_SYMBOL_UNKNOWN, NULL};
}
