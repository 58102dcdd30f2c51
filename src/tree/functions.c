/*
 * Functions: see functions.h.
 *
 * A function is chosen if the list has its name as text (t, T, w, W), at most once for each
 * definition in the sources, and if all these definitions have one prototype.  Left out are:
 *
 * - functions of which the list has only `f.isra.0`, `f.constprop.0`, `f.part.0` or `f.cold`: the
 *   compiler dropped or changed arguments, or split the function.  A program cannot attach to f by
 *   its name, and the prototype in the sources is not that of the copy.  pahole leaves them out,
 *   too.
 * - static functions of one name with different prototypes, since a BPF program can only give the
 *   name.  pahole leaves them out, too.  If all have one prototype, any of them will do.
 * - names with more functions than definitions: the others are written in assembly or in files that
 *   were not read, and their prototypes are not known.
 * - an alias, which has a name of its own but no definition, and so no prototype.
 */
#include "tree/functions.h"

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "symbols/list.h"

#include <string.h>

struct hg_symbol_list {
    struct hg_arena arena;
    struct hg_strings counts; /* "name\tmodule" -> number of functions in the list; of copies with a
                                 suffix "name.\tmodule" */
};

/* --- reading --- */

static void note_function(void *user, const struct hg_listed_function *function)
{
    struct hg_symbol_list *list = user;
    size_t length = strcspn(function->name, ".");
    struct hg_text key = {0};
    hg_text_printf(&key, "%.*s%s\t%s", (int)length, function->name,
                   function->name[length] == '.' ? "." : "",
                   function->module == NULL ? "" : function->module);
    ++*hg_strings_number(&list->counts, key.data, key.size);
    hg_text_deinit(&key);
}

enum hg_status hg_read_symbol_list(const char *path, struct hg_diagnostics *diagnostics,
                                   struct hg_symbol_list **ret)
{
    struct hg_symbol_list *list = hg_calloc(1, sizeof *list);
    hg_arena_init(&list->arena);
    hg_strings_init(&list->counts, &list->arena);
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
    hg_strings_deinit(&list->counts);
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

/* Compares two prototypes; names of parameters do not count. */
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

/* The number of functions of the name, or of copies with a suffix ("."), that the list has in the
 * module. */
static uint32_t count_listed(const struct hg_symbol_list *list, const char *name,
                             const char *suffix, const char *module)
{
    struct hg_text key = {0};
    hg_text_printf(&key, "%s%s\t%s", name, suffix, module == NULL ? "" : module);
    uint32_t count = hg_strings_find(&list->counts, key.data, key.size);
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
        uint32_t listed = count_listed(list, name, "", module);
        bool is_optimised = listed == 0 && count_listed(list, name, ".", module) > 0;
        bool is_ambiguous = listed > 0 && (candidate->differ || listed > candidate->count);
        chosen[candidate->first] = listed > 0 && !is_ambiguous;
        *(listed == 0    ? (is_optimised ? &counts->optimised : &counts->absent)
          : is_ambiguous ? &counts->ambiguous
                         : &counts->chosen) += 1;
    }
    free(candidates.items.items);
    hg_strings_deinit(&candidates.names);
    hg_arena_deinit(&arena);
}
