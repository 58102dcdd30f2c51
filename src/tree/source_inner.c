/*
 * Whether functions of a unit may define types.
 *
 *     #define AVERAGE(name) struct average_##name { int sum; }       a maker: makes a type
 *     static void update(void)
 *     {
 *         AVERAGE(load) load;                                        a function uses the maker
 *     }
 *
 * Parsing the bodies of functions is most of a parser's work.  In most units they define no type,
 * so clang may skip them.  A maker that is used only outside of functions (as in the kernel's trace
 * events) is no reason to parse bodies.
 */
#include "tree/inner_scan.h"
#include "tree/kernel.h"
#include "tree/source_guard.h"

#include <stdlib.h>
#include <string.h>

/* How often all files of a unit are read at most, to follow macros that use each other.  If that is
 * not enough, functions count as defining types. */
enum { PASSES_MAX = 16 };

/* --- makers in the text of a file --- */

struct search {
    struct source_prefix *prefix;
    struct hg_strings *makers;
    /* The makers that the unit itself adds: a macro whose body has a maker becomes one.  NULL =
     * such a macro is not added, but ends the search. */
    struct string_list *added;
    bool with_macros;  /* searches also the bodies of macros */
    const char *macro; /* the macro whose body has the word; NULL = a function has it */
    size_t macro_length;
    bool is_found;
};

static void look_for_maker(void *user, const char *at, size_t length)
{
    struct search *search = user;
    if (hg_strings_find(search->makers, at, length) == 0)
        return;
    if (search->macro == NULL || search->added == NULL)
        search->is_found = true;
    else
        hg_shapes_add_users(search->prefix,
                            hg_strings_intern(&search->prefix->sources->scanned, search->macro,
                                              search->macro_length),
                            search->makers, search->added);
}

static void look_in_macro(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct search *search = user;
    if (directive != HG_DIRECTIVE_DEFINE || !search->with_macros)
        return;
    search->macro = name;
    search->macro_length = length;
    hg_scan_body_words(name + length, look_for_maker, search);
    search->macro = NULL;
}

/* A file that cannot be read counts as one with a maker. */
static void search_file(struct search *search, const struct scanned_file *file)
{
    size_t size = 0;
    char *text = hg_kernel_read_file(file->path, &size);
    if (text == NULL) {
        search->is_found = true;
        return;
    }
    struct hg_text code = {0};
    hg_scan_functions(text, look_in_macro, look_for_maker, search, &code);
    hg_text_deinit(&code);
    free(text);
}

/* --- a unit --- */

/* Whether the file's functions may define types: by themselves, or by makers of the prefix. */
static bool may_have_types(struct source_prefix *prefix, struct scanned_file *file)
{
    bool is_of_prefix = hg_sources_has_file(prefix, file->path);
    if (file->is_odd || file->has_inner ||
        (!is_of_prefix && hg_leak_includes_unknown(prefix->sources, file)))
        return true;
    if (file->inner_of != prefix) {
        struct search search = {.prefix = prefix,
                                .makers = &prefix->tables[PREFIX_INNER_MAKERS],
                                .with_macros = !is_of_prefix};
        search_file(&search, file);
        file->uses_maker = search.is_found;
    }
    file->inner_of = prefix;
    return file->uses_maker;
}

/* Whether functions of the unit or of the prefix use makers that the unit's own files define, or
 * macros that use such makers. */
static bool uses_own_makers(const struct scanned_list *files, struct search *search)
{
    const struct source_prefix *prefix = search->prefix;
    for (size_t i = 0; i < files->count; i++) {
        const struct string_list *own = &files->items[i]->makers;
        bool is_of_prefix = hg_sources_has_file(prefix, files->items[i]->path);
        for (size_t m = 0; m < own->count && !is_of_prefix; m++)
            hg_shapes_add_users(prefix, own->items[m], search->makers, search->added);
    }
    size_t known = 0;
    for (size_t pass = 0; search->added->count > known; pass++) {
        known = search->added->count;
        for (size_t i = 0; i < files->count && !search->is_found; i++)
            if (!hg_sources_has_file(prefix, files->items[i]->path))
                search_file(search, files->items[i]);
        if (search->is_found || pass == PASSES_MAX)
            return true;
    }
    for (size_t i = 0; i < search->added->count; i++) {
        const char *macro = search->added->items[i];
        if (hg_prefix_has(prefix, PREFIX_INNER_WORDS, macro, strlen(macro)))
            return true;
    }
    return false;
}

bool hg_inner_may_have(struct source_prefix *prefix, const struct scanned_list *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (may_have_types(prefix, files->items[i]))
            return true;
    struct hg_strings makers = {0};
    struct string_list added = {0};
    struct search search = {
        .prefix = prefix, .makers = &makers, .added = &added, .with_macros = true};
    bool may_have = uses_own_makers(files, &search);
    free(added.items);
    hg_strings_deinit(&makers);
    return may_have;
}
