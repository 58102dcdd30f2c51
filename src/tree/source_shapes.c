/*
 * Which macros the types of a prefix depend on.
 *
 *     #define LINE_SIZE (2 * WIDTH)
 *     struct line {
 *         char text[LINE_SIZE];
 *     };
 *
 * If a unit defines WIDTH before it includes this header, its struct line differs from the
 * prefix's, and no #if shows it.  So for each macro that a unit changes, the guard needs to know
 * whether types of the headers that the unit then includes depend on it.  The types of a header
 * depend on
 *
 *     the words between the braces of a struct, union or enum, and those of a typedef
 *     macros outside all braces whose bodies lead to such a keyword (DECLARE_KFIFO)
 *     the words in the bodies of macros with one of these names, and so on
 *
 * Bodies of functions are left to source_inner.c.  All this is found in the text, without the
 * halves of #if that the prefix did not take.
 */
#include "tree/directives.h"
#include "tree/inner_scan.h"
#include "tree/kernel.h"
#include "tree/source_parts.h"
#include "tree/type_words.h"

#include <stdlib.h>
#include <string.h>

/* --- macros --- */

struct definition {
    struct source_prefix *prefix;
    const char *macro;
};

static void take_body_word(void *user, const char *at, size_t length)
{
    const struct definition *definition = user;
    struct source_prefix *prefix = definition->prefix;
    uint32_t *first = hg_strings_number(&prefix->users, at, length);
    if (*first != 0 && prefix->uses.items[*first - 1].macro == definition->macro)
        return;
    *HG_PUSH(&prefix->uses) = (struct macro_use){.macro = definition->macro, .next = *first};
    *first = (uint32_t)prefix->uses.count;
}

static void take_macro(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct source_prefix *prefix = user;
    if (directive == HG_DIRECTIVE_DEFINE || directive == HG_DIRECTIVE_UNDEF)
        hg_halves_take_change(prefix, prefix->learning, directive, name, length);
    if (directive != HG_DIRECTIVE_DEFINE)
        return;
    struct definition definition = {
        .prefix = prefix, .macro = hg_strings_intern(&prefix->sources->scanned, name, length)};
    hg_scan_body_words(name + length, take_body_word, &definition);
    if (hg_is_maker(name + length))
        *HG_PUSH(&prefix->inner) = definition.macro;
}

void hg_shapes_add_users(const struct source_prefix *prefix, const char *name,
                         struct hg_strings *set, struct string_list *added)
{
    HG_ARRAY(const char *) pending = {0};
    *HG_PUSH(&pending) = name;
    while (pending.count > 0) {
        const char *word = pending.items[--pending.count];
        uint32_t *known = hg_strings_number(set, word, strlen(word));
        if (*known != 0)
            continue;
        *known = 1;
        if (added != NULL)
            *HG_PUSH(added) = word;
        for (const struct source_prefix *at = prefix; at != NULL; at = at->parent) {
            uint32_t use = hg_strings_find(&at->users, word, strlen(word));
            for (; use != 0; use = at->uses.items[use - 1].next)
                *HG_PUSH(&pending) = at->uses.items[use - 1].macro;
        }
    }
    free(pending.items);
}

/* --- text that is no directive --- */

struct reading {
    struct source_prefix *prefix;
    size_t file;              /* index in prefix->scanned */
    struct hg_strings taken;  /* index plus one of the last file with the word */
    struct hg_strings called; /* likewise, before a parenthesis */
    struct hg_strings makers; /* macros that lead to a type's keyword, and these: 1 */
};

static void take_type_word(void *user, const char *at, size_t length)
{
    struct reading *reading = user;
    struct source_prefix *prefix = reading->prefix;
    uint32_t *last = hg_strings_number(&reading->taken, at, length);
    uint32_t *called = hg_strings_number(&reading->called, at, length);
    uint32_t file = (uint32_t)reading->file + 1;
    if (*last != file)
        *HG_PUSH(&prefix->type_words[reading->file]) =
            hg_strings_intern(&prefix->sources->scanned, at, length);
    if (*called != file && at[length + strspn(at + length, " \t\n")] == '(') {
        *HG_PUSH(&prefix->type_calls[reading->file]) =
            hg_strings_intern(&prefix->sources->scanned, at, length);
        *called = file;
    }
    *last = file;
    *hg_strings_number(&prefix->shapes, at, length) = 1;
}

static void take_outer_word(void *user, const char *at, size_t length)
{
    struct reading *reading = user;
    if (hg_strings_find(&reading->makers, at, length) != 0)
        take_type_word(user, at, length);
}

/* --- the prefix --- */

void hg_shapes_learn(struct source_prefix *prefix)
{
    struct hg_arena arena;
    struct reading reading = {.prefix = prefix};
    struct hg_text *texts = hg_calloc(prefix->scanned.count + 1, sizeof *texts);
    hg_arena_init(&arena);
    hg_strings_init(&reading.taken, &arena);
    hg_strings_init(&reading.called, &arena);
    hg_strings_init(&reading.makers, &arena);
    hg_strings_init(&prefix->shapes, &prefix->sources->scans);
    hg_strings_init(&prefix->users, &prefix->sources->scans);
    hg_inner_begin(prefix);
    prefix->type_words = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->type_words);
    prefix->type_calls = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->type_calls);
    for (size_t i = 0; i < prefix->scanned.count; i++) {
        size_t size = 0;
        char *text = hg_kernel_read_file(prefix->scanned.items[i]->path, &size);
        if (text != NULL)
            hg_halves_blank(prefix, i, text, size);
        prefix->learning = i;
        if (text != NULL)
            hg_scan_functions(text, take_macro, hg_inner_take_word, prefix, &texts[i]);
        free(text);
    }
    for (const char *const *keyword = hg_type_keywords; *keyword != NULL; keyword++)
        hg_shapes_add_users(prefix, *keyword, &reading.makers, NULL);
    for (reading.file = 0; reading.file < prefix->scanned.count; reading.file++)
        hg_scan_type_words(hg_text_string(&texts[reading.file]), take_type_word, take_outer_word,
                           &reading);
    hg_inner_end(prefix);
    for (size_t i = 0; i < prefix->scanned.count; i++)
        hg_text_deinit(&texts[i]);
    free(texts);
    hg_strings_deinit(&reading.taken);
    hg_strings_deinit(&reading.called);
    hg_strings_deinit(&reading.makers);
    hg_arena_deinit(&arena);
}

void hg_shapes_deinit(struct source_prefix *prefix)
{
    if (prefix->type_words == NULL)
        return;
    for (size_t i = 0; i < prefix->scanned.count; i++) {
        free(prefix->type_words[i].items);
        free(prefix->type_calls[i].items);
    }
    free(prefix->type_words);
    free(prefix->type_calls);
    free(prefix->uses.items);
    hg_inner_deinit(prefix);
    hg_strings_deinit(&prefix->shapes);
    hg_strings_deinit(&prefix->users);
    prefix->type_words = NULL;
    memset(&prefix->uses, 0, sizeof prefix->uses);
}

bool hg_shapes_mention(const struct source_prefix *prefix, const char *name, size_t length)
{
    for (; prefix != NULL; prefix = prefix->parent)
        if (hg_strings_find(&prefix->shapes, name, length) != 0 ||
            hg_strings_find(&prefix->users, name, length) != 0)
            return true;
    return false;
}

bool hg_shapes_in_types(const struct source_prefix *prefix, const char *name)
{
    for (; prefix != NULL; prefix = prefix->parent)
        if (hg_strings_find(&prefix->shapes, name, strlen(name)) != 0)
            return true;
    return false;
}

void hg_shapes_change(const struct source_prefix *prefix, const char *name,
                      struct hg_strings *changed)
{
    if (hg_shapes_mention(prefix, name, strlen(name)))
        hg_shapes_add_users(prefix, name, changed, NULL);
}

bool hg_shapes_depend_on(const struct source_prefix *prefix, const char *path,
                         const struct hg_strings *changed)
{
    for (; prefix != NULL; prefix = prefix->parent) {
        uint32_t index = hg_strings_find(&prefix->files, path, strlen(path));
        const struct string_list *words = index == 0 ? NULL : &prefix->type_words[index - 1];
        for (size_t i = 0; words != NULL && i < words->count; i++)
            if (hg_strings_find(changed, words->items[i], strlen(words->items[i])) != 0)
                return true;
    }
    return false;
}
