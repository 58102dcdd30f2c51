/*
 * Whether functions of a unit may define types.
 *
 *     #define AVERAGE(name) struct average_##name { int sum; }       a maker of types
 *     static void update(void)
 *     {
 *         AVERAGE(load) load;                                        then a function uses one
 *     }
 *
 * Parsing the bodies of functions is most of a parser's work.  In most units they define no type,
 * so they are skipped.  A maker that is used only outside of functions (the kernel's trace events)
 * is no reason to parse bodies.
 */
#include "tree/inner_scan.h"
#include "tree/kernel.h"
#include "tree/source_parts.h"

#include <stdlib.h>
#include <string.h>

/* How often all files of a unit are read, to follow macros that lead to each other.  Beyond that,
 * functions count as defining types. */
enum { PASSES_MAX = 16 };

static void pass_over(void *user, enum hg_directive directive, const char *name, size_t length)
{
    (void)user;
    (void)directive;
    (void)name;
    (void)length;
}

/* --- a prefix --- */

void hg_inner_take_word(void *user, const char *at, size_t length)
{
    struct source_prefix *prefix = user;
    *hg_strings_number(&prefix->inner_words, at, length) = 1;
}

void hg_inner_begin(struct source_prefix *prefix)
{
    hg_strings_init(&prefix->inner_makers, &prefix->sources->scans);
    hg_strings_init(&prefix->inner_words, &prefix->sources->scans);
}

void hg_inner_end(struct source_prefix *prefix)
{
    for (const struct source_prefix *at = prefix; at != NULL; at = at->parent)
        for (size_t i = 0; i < at->inner.count; i++)
            hg_shapes_add_users(prefix, at->inner.items[i], &prefix->inner_makers, NULL);
}

void hg_inner_deinit(struct source_prefix *prefix)
{
    free(prefix->inner.items);
    memset(&prefix->inner, 0, sizeof prefix->inner);
    hg_strings_deinit(&prefix->inner_makers);
    hg_strings_deinit(&prefix->inner_words);
}

/* --- makers in the text of a file --- */

struct search {
    struct source_prefix *prefix;
    struct hg_strings *makers;
    struct string_list
        *added;        /* to makers: macros whose body has one; NULL = such a body is found */
    const char *macro; /* whose body it is; NULL = a function's */
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
    if (directive != HG_DIRECTIVE_DEFINE)
        return;
    search->macro = name;
    search->macro_length = length;
    hg_scan_body_words(name + length, look_for_maker, search);
    search->macro = NULL;
}

/* Searches the file's functions, and, with_macros, the bodies of its macros. */
static void search_file(struct search *search, const struct scanned_file *file, bool with_macros)
{
    size_t size = 0;
    char *text = hg_kernel_read_file(file->path, &size);
    if (text == NULL) {
        search->is_found = true;
        return;
    }
    struct hg_text code = {0};
    hg_scan_functions(text, with_macros ? look_in_macro : pass_over, look_for_maker, search, &code);
    hg_text_deinit(&code);
    free(text);
}

/* --- a unit --- */

/* Whether the file has types in functions, or makers of the prefix there or in its macros. */
static bool has_some(struct source_prefix *prefix, struct scanned_file *file)
{
    bool is_of_prefix = hg_sources_has_file(prefix, file->path);
    if (file->is_odd || file->has_inner ||
        (!is_of_prefix && hg_leak_has_unknown(prefix->sources, file)))
        return true;
    if (file->inner_of != prefix) {
        struct search search = {.prefix = prefix, .makers = &prefix->inner_makers};
        search_file(&search, file, !is_of_prefix);
        file->uses_maker = search.is_found;
    }
    file->inner_of = prefix;
    return file->uses_maker;
}

/* Whether functions of the prefix have one of the words: the unit's macros may have such names. */
static bool prefix_has(const struct source_prefix *prefix, const struct string_list *words)
{
    for (; prefix != NULL; prefix = prefix->parent)
        for (size_t i = 0; i < words->count; i++)
            if (hg_strings_find(&prefix->inner_words, words->items[i], strlen(words->items[i])))
                return true;
    return false;
}

/* Whether functions use makers that the unit's own files define, or macros that lead to them. */
static bool uses_own_makers(struct source_prefix *prefix, const struct scanned_list *files,
                            struct search *search)
{
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
                search_file(search, files->items[i], true);
        if (search->is_found || pass == PASSES_MAX)
            return true;
    }
    return prefix_has(prefix, search->added);
}

bool hg_inner_may_have(struct source_prefix *prefix, const struct scanned_list *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (has_some(prefix, files->items[i]))
            return true;
    struct hg_arena arena;
    struct hg_strings makers;
    struct string_list added = {0};
    hg_arena_init(&arena);
    hg_strings_init(&makers, &arena);
    struct search search = {.prefix = prefix, .makers = &makers, .added = &added};
    bool may_have = uses_own_makers(prefix, files, &search);
    free(added.items);
    hg_strings_deinit(&makers);
    hg_arena_deinit(&arena);
    return may_have;
}
