/*
 * Functions: see functions.h.
 *
 * A function is written if the list has its name as text (t, T, w, W), at most once for each
 * definition in the sources, and if all these definitions have one prototype.  Special cases:
 *
 * - `f.isra.0`, `f.constprop.0`, `f.part.0`, `f.cold`: the compiler dropped or changed arguments,
 *   or split the function.  A program cannot attach to f by its name, and the prototype in the
 *   sources is not that of the copy.  Left out, as pahole does by default.
 * - several static functions of one name: a BPF program can only give the name.  If all have one
 *   prototype, any of them will do; if not, all are left out, as pahole does.
 * - more functions of one name than definitions: the others are written in assembly or in files
 *   that were not read, and their prototypes are not known.  Left out.
 * - an alias has a name of its own; without a definition it has no prototype.  Left out.
 */
#include "tree/functions.h"

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "symbols/list.h"

#include <string.h>

struct hg_symbol_list {
    struct hg_arena arena;
    struct hg_strings exact;     /* "name\tmodule" -> number of functions in the list */
    struct hg_strings optimised; /* the same for names with a suffix; the key is without it */
};

/* --- reading --- */

static void note_function(void *user, const struct hg_listed_function *function)
{
    struct hg_symbol_list *list = user;
    const char *dot = strchr(function->name, '.');
    struct hg_text key = {0};
    hg_text_bytes(&key, function->name,
                  dot == NULL ? strlen(function->name) : (size_t)(dot - function->name));
    hg_text_printf(&key, "\t%s", function->module == NULL ? "" : function->module);
    ++*hg_strings_number(dot == NULL ? &list->exact : &list->optimised, key.data, key.size);
    hg_text_deinit(&key);
}

enum hg_status hg_read_symbol_list(const char *path, struct hg_diagnostics *diagnostics,
                                   struct hg_symbol_list **ret)
{
    struct hg_symbol_list *list = hg_calloc(1, sizeof *list);
    hg_arena_init(&list->arena);
    hg_strings_init(&list->exact, &list->arena);
    hg_strings_init(&list->optimised, &list->arena);
    enum hg_status status = hg_list_functions(path, note_function, list, diagnostics);
    if (status == HG_OK)
        *ret = list;
    else
        hg_symbol_list_destroy(list);
    return status;
}

void hg_symbol_list_destroy(struct hg_symbol_list *list)
{
    if (list == NULL)
        return;
    hg_strings_deinit(&list->exact);
    hg_strings_deinit(&list->optimised);
    hg_arena_deinit(&list->arena);
    free(list);
}

/* --- choosing --- */

/* The definitions of functions with one name. */
struct candidate {
    size_t first; /* index of the first one's symbol */
    size_t count; /* number of definitions */
    bool differ;  /* their prototypes differ */
};

struct candidates {
    struct hg_strings names; /* name -> index of the item, plus one */
    HG_ARRAY(struct candidate) items;
};

static bool is_same_ref(const struct hg_ref *a, const struct hg_ref *b)
{
    return a->id == b->id && a->qualifiers == b->qualifiers;
}

/* Compares two prototypes without the names of parameters. */
static bool is_same_prototype(const struct hg_model *model, hg_type_id a, hg_type_id b)
{
    const struct hg_type *one = hg_model_type(model, a);
    const struct hg_type *two = hg_model_type(model, b);
    if (a == b)
        return true;
    if (!is_same_ref(&one->ref, &two->ref) || one->parameter_count != two->parameter_count ||
        one->variadic != two->variadic)
        return false;
    for (size_t i = 0; i < one->parameter_count; i++)
        if (!is_same_ref(&one->parameters[i].type, &two->parameters[i].type))
            return false;
    return true;
}

static void note_candidate(struct candidates *candidates, const struct hg_model *model,
                           const struct hg_symbol *symbols, size_t index)
{
    const char *name = symbols[index].name;
    uint32_t *number = hg_strings_number(&candidates->names, name, strlen(name));
    if (*number == 0) {
        *HG_PUSH(&candidates->items) = (struct candidate){.first = index, .count = 1};
        *number = (uint32_t)candidates->items.count;
        return;
    }
    struct candidate *candidate = &candidates->items.items[*number - 1];
    candidate->count++;
    candidate->differ |=
        !is_same_prototype(model, symbols[candidate->first].type.id, symbols[index].type.id);
}

static uint32_t how_often(const struct hg_strings *names, const char *name, const char *module)
{
    struct hg_text key = {0};
    hg_text_printf(&key, "%s\t%s", name, module == NULL ? "" : module);
    uint32_t count = hg_strings_find(names, key.data, key.size);
    hg_text_deinit(&key);
    return count;
}

void hg_choose_functions(const struct hg_model *model, const size_t *symbols, size_t count,
                         const struct hg_symbol_list *list, const char *module, uint8_t *chosen,
                         struct hg_function_counts *counts)
{
    size_t all_count = 0;
    const struct hg_symbol *all = hg_model_symbols(model, &all_count);
    struct hg_arena arena;
    struct candidates candidates = {0};
    hg_arena_init(&arena);
    hg_strings_init(&candidates.names, &arena);
    for (size_t i = 0; i < count; i++)
        if (all[symbols[i]].kind == HG_SYMBOL_FUNCTION)
            note_candidate(&candidates, model, all, symbols[i]);
    for (size_t i = 0; i < candidates.items.count; i++) {
        const struct candidate *candidate = &candidates.items.items[i];
        const char *name = all[candidate->first].name;
        uint32_t often = how_often(&list->exact, name, module);
        bool is_optimised = often == 0 && how_often(&list->optimised, name, module) > 0;
        bool is_ambiguous = often > 0 && (candidate->differ || often > candidate->count);
        chosen[candidate->first] = often > 0 && !is_ambiguous;
        *(often == 0     ? (is_optimised ? &counts->optimised : &counts->absent)
          : is_ambiguous ? &counts->ambiguous
                         : &counts->chosen) += 1;
    }
    free(candidates.items.items);
    hg_strings_deinit(&candidates.names);
    hg_arena_deinit(&arena);
}
