/*
 * Whether a unit would get macros from headers of a prefix that it does not include.
 *
 *     hdrgen-prefix-0.h    #include <linux/zutil.h>      defines _Z_UTIL_H
 *                          #include <linux/zlib.h>       #ifndef _Z_UTIL_H
 *                                                        struct internal_state { int dummy; };
 *     inflate_syms.c       #include <linux/zlib.h>       and not zutil.h
 *
 * After that prefix the file would have no struct internal_state.  So a unit is parsed without the
 * prefix in these cases:
 *
 * - One of its own files mentions a macro (in an #if, a type, a macro, or elsewhere outside of
 *   functions), and all headers that define the macro are headers of the prefix that the unit does
 *   not include.
 * - It includes a header of the prefix that tests a macro, and at that point the macro is defined
 * in
 *   the prefix and would not be in the unit, or the other way round.
 * - One of its own files has pragmas that act on other files (source_pragmas.c).
 *
 * This does not see names that ## puts together, nor a declaration that repeats one of a header
 * that is not included (the front end finds repeated typedefs).
 */
#include "tree/kernel.h"
#include "tree/source_guard.h"
#include "tree/type_words.h"

#include <stdlib.h>
#include <string.h>

enum { SEARCHES_MAX = 32 }; /* of all files of a unit, each for one macro */

/* --- what a prefix defines --- */

/* Index plus one in prefix->definers; 0 = no file changes the macro. */
static uint32_t first_definer(const struct source_prefix *prefix, const char *name)
{
    return hg_strings_find(&prefix->tables[PREFIX_MACROS], name, strlen(name));
}

static void add_definer(struct source_prefix *prefix, const char *name, size_t index)
{
    const struct scanned_file *file = prefix->scanned.items[index];
    uint32_t *first = hg_strings_number(&prefix->tables[PREFIX_MACROS], name, strlen(name));
    *HG_PUSH(&prefix->definers) = (struct definer){.file = file, .index = index, .next = *first};
    *first = (uint32_t)prefix->definers.count;
}

bool hg_leak_has_event(const struct scanned_file *file, enum hg_directive kind, const char *name,
                       bool is_sure)
{
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (event->kind == kind && event->name == name && (!is_sure || !event->is_conditional))
            return true;
    }
    return false;
}

bool hg_leak_changes_macro(const struct scanned_file *file, const char *name)
{
    return hg_leak_has_event(file, HG_DIRECTIVE_DEFINE, name, false) ||
           hg_leak_has_event(file, HG_DIRECTIVE_UNDEF, name, false);
}

/* Whether one file undefines the macro, and another file defines it and does not undefine it. */
static bool is_undone_elsewhere(const struct source_prefix *prefix, const char *name)
{
    bool is_undone = false;
    bool is_left = false;
    for (uint32_t i = first_definer(prefix, name); i != 0; i = prefix->definers.items[i - 1].next) {
        bool undoes =
            hg_leak_has_event(prefix->definers.items[i - 1].file, HG_DIRECTIVE_UNDEF, name, false);
        is_undone = is_undone || undoes;
        is_left = is_left || !undoes;
    }
    return is_undone && is_left;
}

static enum macro_kind kind_of(const struct event *event)
{
    if (event->kind == HG_DIRECTIVE_UNDEF || (!event->is_function && !event->is_itself))
        return MACRO_OF_ANY_KIND;
    return event->is_function ? MACRO_WITH_PARAMETERS : MACRO_OF_ITSELF;
}

/* Adds the files of the prefix that change a macro.  A macro that is not defined at the end of the
 * prefix, and that no #undef names, was never defined: its #define is in a skipped branch. */
static void add_definers(struct sources *sources, struct source_prefix *prefix,
                         const struct hg_strings *defined)
{
    struct hg_strings undefined = {0};
    for (size_t f = 0; f < prefix->scanned.count; f++)
        for (size_t i = 0; i < prefix->scanned.items[f]->events.count; i++) {
            const struct event *event = &prefix->scanned.items[f]->events.items[i];
            if (event->kind == HG_DIRECTIVE_UNDEF)
                *hg_strings_number(&undefined, event->name, strlen(event->name)) = 1;
        }
    for (size_t f = 0; f < prefix->scanned.count; f++)
        for (size_t i = 0; i < prefix->scanned.items[f]->events.count; i++) {
            const struct event *event = &prefix->scanned.items[f]->events.items[i];
            if (!changes_macro(event))
                continue;
            size_t length = strlen(event->name);
            bool is_defined = defined == NULL || hg_strings_find(defined, event->name, length) != 0;
            if (is_defined || hg_strings_find(&undefined, event->name, length) != 0)
                add_definer(prefix, event->name, f);
            if (is_defined || is_undone_elsewhere(prefix, event->name))
                *hg_strings_number(&sources->prefix_macros, event->name, length) |= kind_of(event);
        }
    hg_strings_deinit(&undefined);
}

bool hg_leak_is_changed_on_walk(const struct sources *sources, const struct source_prefix *prefix,
                                const char *name)
{
    for (; prefix != NULL; prefix = prefix->parent) {
        uint32_t i = first_definer(prefix, name);
        for (; i != 0; i = prefix->definers.items[i - 1].next)
            if (prefix->definers.items[i - 1].file->walk == sources->walks)
                return true;
    }
    return false;
}

/* Whether the definition of the macro at the end of the prefix differs from the one that holds if
 * only those files of the prefix count that the unit of the last walk surely includes. */
static bool leaks(const struct sources *sources, struct source_prefix *prefix, const char *name)
{
    return hg_winner_differs(sources, prefix, name, INT64_MAX, INT64_MAX, true);
}

/* Whether the definition that the file sees does not depend on the files before it: the file
 * includes all files that change the macro, or -include does. */
static bool is_independent(struct sources *sources, struct source_prefix *prefix, size_t index,
                           const char *name, bool *is_walked)
{
    struct scanned_file *file = prefix->scanned.items[index];
    bool is_own = hg_leak_changes_macro(file, name);
    uint32_t first = first_definer(prefix, name);
    bool is_alone = prefix->definers.items[first - 1].next == 0;
    if (is_own && (is_alone || !hg_leak_has_event(file, HG_DIRECTIVE_TEST, name, false)))
        return true; /* its include guard, or a macro that it changes whatever was before */
    if (!*is_walked)
        hg_sources_walk_header(sources, prefix, file);
    *is_walked = true;
    bool is_known = false;
    for (uint32_t d = first; d != 0; d = prefix->definers.items[d - 1].next) {
        const struct definer *definer = &prefix->definers.items[d - 1];
        const char *path = definer->file->path;
        bool is_here = hg_prefix_has(prefix, PREFIX_FORCED, path, strlen(path)) ||
                       definer->file->walk == sources->walks;
        is_known = is_known || (is_here && definer->file != file);
        if (!is_here) /* a unit may include it before this file, even if the prefix does not */
            return false;
    }
    return is_known || is_own;
}

/* A file of a prefix, whose inherited macros are being found. */
struct inheriting {
    struct sources *sources;
    struct source_prefix *prefix;
    size_t index;
    bool is_walked; /* the last walk went through the file */
};

/* An hg_chain_fn: adds the macro to the inherited ones if it is one. */
static bool add_inherited(void *user, const char *name)
{
    struct inheriting *to = user;
    struct string_list *inherited = &to->prefix->inherited[to->index];
    if (first_definer(to->prefix, name) == 0 ||
        hg_begins_with(name, "__has_")) /* clang defines these in any case */
        return true;
    for (size_t i = 0; i < inherited->count; i++)
        if (inherited->items[i] == name)
            return true;
    if (!is_independent(to->sources, to->prefix, to->index, name, &to->is_walked))
        *HG_PUSH(inherited) = name;
    return true;
}

/* The same for the macro and all macros that its expansion may use. */
static void add_inherited_chain(struct inheriting *to, const char *name)
{
    if (first_definer(to->prefix, name) != 0 &&
        !hg_chain_visit(to->prefix, name, add_inherited, to))
        to->prefix->is_unsafe = true; /* there are too many */
}

static bool has_parameters(const struct source_prefix *prefix, const char *name)
{
    uint32_t first = first_definer(prefix, name);
    const struct scanned_file *file = first == 0 ? NULL : prefix->definers.items[first - 1].file;
    for (size_t i = 0; file != NULL && i < file->events.count; i++)
        if (file->events.items[i].kind == HG_DIRECTIVE_DEFINE && file->events.items[i].name == name)
            return file->events.items[i].is_function;
    return false;
}

/* Fills prefix->inherited for a file. */
static void find_inherited(struct sources *sources, struct source_prefix *prefix, size_t index)
{
    const struct scanned_file *file = prefix->scanned.items[index];
    struct inheriting to = {.sources = sources, .prefix = prefix, .index = index};
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (event->kind != HG_DIRECTIVE_TEST || hg_sources_ignores_macro(prefix, event->name))
            continue;
        if (event->has_value)
            add_inherited_chain(&to, event->name);
        else
            add_inherited(&to, event->name);
    }
    const struct string_list *words = &prefix->type_words[index];
    for (size_t i = 0; i < words->count; i++)
        if (!has_parameters(prefix, words->items[i])) /* else a member may have the name */
            add_inherited(&to, words->items[i]);
    const struct string_list *calls = &prefix->type_calls[index];
    for (size_t i = 0; i < calls->count && !file->is_trace; i++)
        if (has_parameters(prefix, calls->items[i]))
            add_inherited(&to, calls->items[i]);
}

void hg_leak_learn(struct sources *sources, struct source_prefix *prefix,
                   const struct hg_strings *defined)
{
    add_definers(sources, prefix, defined);
    for (size_t i = 0; i < prefix->arguments.includes.count; i++)
        hg_sources_walk_forced(sources, prefix, prefix->arguments.includes.items[i]);
    prefix->inherited = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->inherited);
    for (size_t f = 0; f < prefix->scanned.count; f++)
        find_inherited(sources, prefix, f);
    sources->learnt++;
}

void hg_leak_deinit(struct source_prefix *prefix)
{
    if (prefix->inherited == NULL)
        return;
    for (size_t i = 0; i < prefix->scanned.count; i++)
        free(prefix->inherited[i].items);
    free(prefix->inherited);
    free(prefix->definers.items);
}

/* --- words in the text of files --- */

struct search {
    const char *name;
    bool is_found;
};

static void compare_word(void *user, const char *at, size_t length)
{
    struct search *search = user;
    search->is_found = search->is_found || hg_is_named(at, length, search->name);
}

static void search_directive(void *user, enum hg_directive directive, const char *name,
                             size_t length)
{
    if (directive == HG_DIRECTIVE_TEST)
        compare_word(user, name, length);
    if (directive == HG_DIRECTIVE_DEFINE)
        hg_scan_body_words(name + length, compare_word, user);
}

bool hg_leak_is_mentioned(const struct scanned_list *files, const char *word)
{
    struct search search = {.name = word};
    struct hg_text code = {0};
    for (size_t i = 0; i < files->count && !search.is_found; i++) {
        size_t size = 0;
        char *text = hg_kernel_read_file(files->items[i]->path, &size);
        hg_text_truncate(&code, 0);
        if (text != NULL)
            hg_scan_directives(text, search_directive, &search, &code);
        hg_scan_type_words(hg_text_string(&code), compare_word, compare_word, &search);
        free(text);
    }
    hg_text_deinit(&code);
    return search.is_found;
}

/* --- a unit --- */

/* Whether the file's only directives about the macro are a fallback: a test and a definition. */
static bool is_only_fallback(const struct scanned_file *file, const char *name)
{
    size_t tests = 0;
    size_t changes = 0;
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (event->name != name)
            continue;
        if ((event->kind == HG_DIRECTIVE_TEST && !event->is_fallback) ||
            event->kind == HG_DIRECTIVE_UNDEF)
            return false;
        tests += event->kind == HG_DIRECTIVE_TEST;
        changes += event->kind == HG_DIRECTIVE_DEFINE;
    }
    return tests == 1 && changes == 1;
}

/* Whether a file of the prefix that depends on the macro sees the same definition in the prefix and
 * in the unit.  If the file only has a fallback for the macro, the definitions after the file are
 * compared instead. */
static bool sees_the_same(const struct sources *sources, struct source_prefix *prefix,
                          const struct source_prefix *at, size_t index, const char *name)
{
    const struct scanned_file *file = at->scanned.items[index];
    bool after = is_only_fallback(file, name);
    return !hg_winner_differs(sources, prefix, name, hg_winner_position(at, index) + after,
                              (int64_t)file->position + after, false);
}

/* Whether the mention may be expanded: it has no callee, or the callee is a macro. */
static bool may_expand(const struct mention *mention, const struct source_prefix *prefix,
                       const struct scanned_list *own)
{
    if (mention->callee == NULL ||
        hg_prefix_has(prefix, PREFIX_MACROS, mention->callee, strlen(mention->callee)))
        return true;
    for (size_t i = 0; i < own->count; i++)
        if (hg_leak_has_event(own->items[i], HG_DIRECTIVE_DEFINE, mention->callee, false))
            return true;
    return false;
}

/* Whether the macro is TRACE_SYSTEM in a file that trace/define_trace.h includes: the trace header
 * has just defined it. */
static bool is_own_trace_system(const struct sources *sources, const struct scanned_file *file,
                                const char *name)
{
    return file->defining == sources->walks && strcmp(name, "TRACE_SYSTEM") == 0;
}

bool hg_leak_includes_unknown(const struct sources *sources, const struct scanned_file *file)
{
    return file->includes_unknown || (file->has_unknown && file->defining != sources->walks);
}

struct comparison {
    const struct sources *sources;
    struct source_prefix *prefix;
    const struct scanned_file *file;
};

/* An hg_chain_fn: false = the definitions differ. */
static bool is_alike(void *user, const char *name)
{
    const struct comparison *comparison = user;
    return is_own_trace_system(comparison->sources, comparison->file, name) ||
           !leaks(comparison->sources, comparison->prefix, name);
}

bool hg_leak_mention_differs(const struct sources *sources, struct source_prefix *prefix,
                             const struct scanned_file *file, const struct mention *mention,
                             const struct scanned_list *own)
{
    struct comparison comparison = {.sources = sources, .prefix = prefix, .file = file};
    bool is_same = mention->is_type ? hg_chain_visit(prefix, mention->name, is_alike, &comparison)
                                    : is_alike(&comparison, mention->name);
    return !is_same && may_expand(mention, prefix, own);
}

/* Whether one of the file's own macros has a word in its body that differs, and the unit needs that
 * macro. */
static bool has_differing_macro(const struct sources *sources, struct source_prefix *prefix,
                                const struct scanned_file *file, const struct scanned_list *own)
{
    size_t searches = 0;
    for (size_t i = 0; i < file->body_mentions.count; i++) {
        const struct body_mention *mention = &file->body_mentions.items[i];
        if (!is_own_trace_system(sources, file, mention->name) &&
            leaks(sources, prefix, mention->name) &&
            (++searches > SEARCHES_MAX || hg_leak_is_mentioned(own, mention->macro)))
            return true;
    }
    return false;
}

bool hg_leak_changes_unit(struct sources *sources, struct source_prefix *prefix,
                          const struct scanned_list *own, const struct scanned_list *reached)
{
    for (size_t f = 0; f < reached->count; f++)
        for (struct source_prefix *at = prefix; at != NULL; at = at->parent) {
            const char *path = reached->items[f]->path;
            uint32_t index = hg_strings_find(&at->tables[PREFIX_FILES], path, strlen(path));
            const struct string_list *macros = index == 0 ? NULL : &at->inherited[index - 1];
            for (size_t i = 0; macros != NULL && i < macros->count; i++)
                if (!sees_the_same(sources, prefix, at, index - 1, macros->items[i]))
                    return true;
        }
    for (size_t f = 0; f < own->count; f++) {
        struct scanned_file *file = own->items[f];
        hg_mentions_find(sources, file);
        if (file->has_pragmas || file->is_odd || hg_leak_includes_unknown(sources, file) ||
            has_differing_macro(sources, prefix, file, own))
            return true;
    }
    return false;
}
