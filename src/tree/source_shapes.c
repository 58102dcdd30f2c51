/*
 * Which macros the types of a prefix depend on.
 *
 *     #define LINE_SIZE (2 * WIDTH)
 *     struct line {
 *         char text[LINE_SIZE];
 *     };
 *
 * If a unit defines WIDTH before it includes this header, its struct line differs from the
 * prefix's, although no #if tests WIDTH.  So for each macro that a unit changes, the guard needs to
 * know whether the types of a header depend on it.  They depend on
 *
 *     the words between the braces of a struct, union or enum, and the words of a typedef
 *     macros outside of all braces that expand to such a type (DECLARE_KFIFO)
 *     if one of these words is a macro: the words of its body, and so on
 *
 * The words come from the text of the headers, without the branches of #ifs that clang skipped.
 * The same pass collects the words in bodies of functions, and the macros that define types, for
 * source_inner.c.
 */
#include "tree/inner_scan.h"
#include "tree/kernel.h"
#include "tree/source_guard.h"
#include "tree/type_words.h"

#include <stdlib.h>
#include <string.h>

/* --- macros --- */

struct definition {
    struct source_prefix *prefix;
    const char *macro;
};

/* Notes that the macro's body has the word. */
static void take_body_word(void *user, const char *at, size_t length)
{
    const struct definition *definition = user;
    struct source_prefix *prefix = definition->prefix;
    uint32_t *first = hg_strings_number(&prefix->tables[PREFIX_USERS], at, length);
    if (*first != 0 && prefix->uses.items[*first - 1].macro == definition->macro)
        return;
    *HG_PUSH(&prefix->uses) = (struct macro_use){.macro = definition->macro, .next = *first};
    *first = (uint32_t)prefix->uses.count;
}

static void take_macro(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct source_prefix *prefix = user;
    if (directive == HG_DIRECTIVE_DEFINE || directive == HG_DIRECTIVE_UNDEF)
        hg_branches_take_change(prefix, prefix->learning, directive, name, length);
    if (directive != HG_DIRECTIVE_DEFINE)
        return;
    struct definition definition = {
        .prefix = prefix, .macro = hg_strings_intern(&prefix->sources->scanned, name, length)};
    hg_scan_body_words(name + length, take_body_word, &definition);
    if (hg_is_maker(name + length))
        *HG_PUSH(&prefix->inner) = definition.macro;
}

static void take_inner_word(void *user, const char *at, size_t length)
{
    struct source_prefix *prefix = user;
    *hg_strings_number(&prefix->tables[PREFIX_INNER_WORDS], at, length) = 1;
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
            uint32_t use = hg_strings_find(&at->tables[PREFIX_USERS], word, strlen(word));
            for (; use != 0; use = at->uses.items[use - 1].next)
                *HG_PUSH(&pending) = at->uses.items[use - 1].macro;
        }
    }
    free(pending.items);
}

/* --- types --- */

struct reading {
    struct source_prefix *prefix;
    size_t file;              /* index in prefix->scanned */
    struct hg_strings taken;  /* word: index plus one of the last file whose types have it */
    struct hg_strings called; /* the same for words before a parenthesis */
    struct hg_strings makers; /* struct, union, enum, typedef, and macros that lead to these: 1 */
};

/* Adds the word to the file's list, if `last` says that the file does not have it yet. */
static void add_word(const struct reading *reading, struct hg_strings *last, const char *at,
                     size_t length, struct string_list *lists)
{
    uint32_t *file = hg_strings_number(last, at, length);
    if (*file != reading->file + 1)
        *HG_PUSH(&lists[reading->file]) =
            hg_strings_intern(&reading->prefix->sources->scanned, at, length);
    *file = (uint32_t)reading->file + 1;
}

static void take_type_word(void *user, const char *at, size_t length)
{
    struct reading *reading = user;
    struct source_prefix *prefix = reading->prefix;
    add_word(reading, &reading->taken, at, length, prefix->type_words);
    if (at[length + strspn(at + length, " \t\n")] == '(')
        add_word(reading, &reading->called, at, length, prefix->type_calls);
    *hg_strings_number(&prefix->tables[PREFIX_SHAPES], at, length) = 1;
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
    struct reading reading = {.prefix = prefix};
    struct hg_text *texts = hg_calloc(prefix->scanned.count + 1, sizeof *texts);
    prefix->type_words = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->type_words);
    prefix->type_calls = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->type_calls);
    for (size_t i = 0; i < prefix->scanned.count; i++) {
        size_t size = 0;
        char *text = hg_kernel_read_file(prefix->scanned.items[i]->path, &size);
        if (text == NULL)
            continue;
        hg_branches_blank(prefix, i, text, size);
        prefix->learning = i;
        hg_scan_functions(text, take_macro, take_inner_word, prefix, &texts[i]);
        free(text);
    }
    for (const char *const *keyword = hg_type_keywords; *keyword != NULL; keyword++)
        hg_shapes_add_users(prefix, *keyword, &reading.makers, NULL);
    for (reading.file = 0; reading.file < prefix->scanned.count; reading.file++)
        hg_scan_type_words(hg_text_string(&texts[reading.file]), take_type_word, take_outer_word,
                           &reading);
    for (const struct source_prefix *at = prefix; at != NULL; at = at->parent)
        for (size_t i = 0; i < at->inner.count; i++)
            hg_shapes_add_users(prefix, at->inner.items[i], &prefix->tables[PREFIX_INNER_MAKERS],
                                NULL);
    for (size_t i = 0; i < prefix->scanned.count; i++)
        hg_text_deinit(&texts[i]);
    free(texts);
    hg_strings_deinit(&reading.taken);
    hg_strings_deinit(&reading.called);
    hg_strings_deinit(&reading.makers);
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
    free(prefix->inner.items);
}

bool hg_shapes_depend_on(const struct source_prefix *prefix, const char *path,
                         const struct hg_strings *changed)
{
    for (; prefix != NULL; prefix = prefix->parent) {
        uint32_t index = hg_strings_find(&prefix->tables[PREFIX_FILES], path, strlen(path));
        const struct string_list *words = index == 0 ? NULL : &prefix->type_words[index - 1];
        for (size_t i = 0; words != NULL && i < words->count; i++)
            if (hg_strings_find(changed, words->items[i], strlen(words->items[i])) != 0)
                return true;
    }
    return false;
}
