/*
 * Whether a unit would get macros from headers of a prefix that it does not include.
 *
 *     hdrgen-prefix-0.h    #include <linux/zutil.h>      defines _Z_UTIL_H
 *                          #include <linux/zlib.h>       #ifndef _Z_UTIL_H
 *                                                        struct internal_state { int dummy; };
 *     inflate_syms.c       #include <linux/zlib.h>       and not zutil.h
 *
 * After that prefix the file would have no struct internal_state.  So a unit is parsed without the
 * prefix
 *
 * - if one of its own files mentions a macro (in an #if, a type, a macro, or elsewhere outside of
 *   functions) which only headers define that are in the prefix and that the unit does not include;
 * - if it includes a header of the prefix that tests a macro which was defined at that point of the
 *   prefix, and would not be in the unit, or the other way round;
 * - if one of its own files has pragmas that act on other files (pack, push_macro ...).
 *
 * What this does not see: names that are put together with ##; a declaration that repeats one of a
 * header that is not included (the front end finds repeated typedefs).
 */
#include "tree/directives.h"
#include "tree/kernel.h"
#include "tree/source_parts.h"
#include "tree/type_words.h"

#include <stdlib.h>
#include <string.h>

enum { NEEDED_MAX = 32 }; /* macros that all files of a unit are searched for */

/* --- what a prefix defines --- */

static uint32_t first_definer(struct source_prefix *prefix, const char *name)
{
    return *hg_strings_number(&prefix->macros, name, strlen(name));
}

static void add_definer(struct source_prefix *prefix, const char *name, size_t turn)
{
    const struct scanned_file *file = prefix->scanned.items[turn];
    uint32_t *first = hg_strings_number(&prefix->macros, name, strlen(name));
    *HG_PUSH(&prefix->definers) = (struct definer){.file = file, .turn = turn, .next = *first};
    *first = (uint32_t)prefix->definers.count;
}

bool hg_leak_has_event(const struct scanned_file *file, enum event_kind kind, const char *name,
                       bool is_sure)
{
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (event->kind == kind && event->name == name && (!is_sure || !event->is_conditional))
            return true;
    }
    return false;
}

/* Whether a file undefines the macro, and another one, which does not, defines it. */
static bool is_undone_elsewhere(struct source_prefix *prefix, const char *name)
{
    bool is_undone = false;
    bool is_left = false;
    for (uint32_t i = first_definer(prefix, name); i != 0; i = prefix->definers.items[i - 1].next) {
        bool undoes =
            hg_leak_has_event(prefix->definers.items[i - 1].file, EVENT_UNDEF, name, false);
        is_undone = is_undone || undoes;
        is_left = is_left || !undoes;
    }
    return is_undone && is_left;
}

static enum macro_kind kind_of(const struct event *event)
{
    if (event->kind == EVENT_UNDEF || (!event->is_function && !event->is_itself))
        return MACRO_OF_ANY_KIND;
    return event->is_function ? MACRO_WITH_PARAMETERS : MACRO_OF_ITSELF;
}

/* A macro that is not defined at the end, and that nothing undefines, never was defined: its
 * #define is in the other half of an #if. */
static void add_definers(struct sources *sources, struct source_prefix *prefix,
                         const struct hg_strings *defined)
{
    struct hg_arena arena;
    struct hg_strings undefined;
    hg_arena_init(&arena);
    hg_strings_init(&undefined, &arena);
    for (size_t f = 0; f < prefix->scanned.count; f++)
        for (size_t i = 0; i < prefix->scanned.items[f]->events.count; i++) {
            const struct event *event = &prefix->scanned.items[f]->events.items[i];
            if (event->kind == EVENT_UNDEF)
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
    hg_arena_deinit(&arena);
}

bool hg_leak_is_changed(const struct source_prefix *prefix, const char *name, size_t length)
{
    for (; prefix != NULL; prefix = prefix->parent)
        if (hg_strings_find(&prefix->macros, name, length) != 0)
            return true;
    return false;
}

bool hg_leak_is_brought(const struct sources *sources, const struct source_prefix *prefix,
                        const char *name)
{
    for (; prefix != NULL; prefix = prefix->parent) {
        uint32_t i = hg_strings_find(&prefix->macros, name, strlen(name));
        for (; i != 0; i = prefix->definers.items[i - 1].next)
            if (prefix->definers.items[i - 1].file->walk == sources->walks)
                return true;
    }
    return false;
}

/* Whether the macro is another one after the whole prefix than after those of its files that the
 * unit of the last walk includes for certain, or by -include. */
static bool leaks(const struct sources *sources, struct source_prefix *prefix, const char *name)
{
    return hg_winner_differs(sources, prefix, name, INT64_MAX, INT64_MAX, true);
}

/* Files that are included before everything else, and what they include. */
static void mark_forced(struct sources *sources, struct source_prefix *prefix)
{
    for (size_t i = 0; i < prefix->arguments.includes.count; i++)
        hg_sources_walk_forced(sources, prefix, prefix->arguments.includes.items[i]);
}

/* Whether the file sees the same macro whatever was read before it: all files that change the macro
 * are included by it, or by -include. */
static bool is_settled(struct sources *sources, struct source_prefix *prefix, size_t index,
                       const char *name, bool *is_walked)
{
    struct scanned_file *file = prefix->scanned.items[index];
    bool is_own = hg_leak_has_event(file, EVENT_DEFINE, name, false) ||
                  hg_leak_has_event(file, EVENT_UNDEF, name, false);
    uint32_t first = first_definer(prefix, name);
    bool is_alone = prefix->definers.items[first - 1].next == 0;
    if (is_own && (is_alone || !hg_leak_has_event(file, EVENT_TEST, name, false)))
        return true; /* its guard, or its own */
    if (!*is_walked)
        hg_sources_walk_header(sources, prefix, file);
    *is_walked = true;
    bool is_known = false;
    for (uint32_t d = first; d != 0; d = prefix->definers.items[d - 1].next) {
        const struct definer *definer = &prefix->definers.items[d - 1];
        bool is_here =
            hg_winner_is_forced(prefix, definer->file) || definer->file->walk == sources->walks;
        is_known = is_known || (is_here && definer->file != file);
        if (!is_here) /* even if the prefix came to it later: a unit may do so before */
            return false;
    }
    return is_known || is_own;
}

/* A file of a prefix, for which macros are asked. */
struct asking {
    struct sources *sources;
    struct source_prefix *prefix;
    size_t index;
    bool is_walked;
};

/* An hg_chain_fn. */
static bool ask(void *user, const char *name)
{
    struct asking *asking = user;
    struct source_prefix *prefix = asking->prefix;
    struct string_list *asked = &prefix->asked[asking->index];
    if (first_definer(prefix, name) == 0 ||
        strncmp(name, "__has_", 6) == 0) /* clang defines it in any case */
        return true;
    for (size_t a = 0; a < asked->count; a++)
        if (asked->items[a] == name)
            return true;
    if (!is_settled(asking->sources, prefix, asking->index, name, &asking->is_walked))
        *HG_PUSH(asked) = name;
    return true;
}

static void ask_one(struct asking *asking, const char *name)
{
    (void)ask(asking, name);
}

/* And what it leads to: too many are an answer too. */
static void ask_all(struct asking *asking, const char *name)
{
    if (first_definer(asking->prefix, name) != 0 &&
        !hg_chain_visit(asking->prefix, name, ask, asking))
        asking->prefix->is_unsafe = true;
}

static bool has_parameters(struct source_prefix *prefix, const char *name)
{
    uint32_t first = first_definer(prefix, name);
    const struct scanned_file *file = first == 0 ? NULL : prefix->definers.items[first - 1].file;
    for (size_t i = 0; file != NULL && i < file->events.count; i++)
        if (file->events.items[i].kind == EVENT_DEFINE && file->events.items[i].name == name)
            return file->events.items[i].is_function;
    return false;
}

/* Finds the macros that the conditions or types of a file of the prefix depend on. */
static void find_asked(struct sources *sources, struct source_prefix *prefix, size_t index)
{
    const struct scanned_file *file = prefix->scanned.items[index];
    struct asking asking = {.sources = sources, .prefix = prefix, .index = index};
    for (size_t i = 0; i < file->events.count; i++)
        if (file->events.items[i].kind == EVENT_TEST &&
            !hg_sources_is_aside(prefix, file->events.items[i].name))
            (file->events.items[i].has_value ? ask_all : ask_one)(&asking,
                                                                  file->events.items[i].name);
    const struct string_list *words = &prefix->type_words[index];
    for (size_t i = 0; i < words->count; i++)
        if (!has_parameters(prefix, words->items[i])) /* a member may have such a name */
            ask_one(&asking, words->items[i]);
    const struct string_list *calls = &prefix->type_calls[index];
    for (size_t i = 0; i < calls->count && !file->is_trace; i++)
        if (has_parameters(prefix, calls->items[i]))
            ask_one(&asking, calls->items[i]);
}

void hg_leak_learn(struct sources *sources, struct source_prefix *prefix,
                   const struct hg_strings *defined)
{
    hg_strings_init(&prefix->macros, &sources->scans);
    add_definers(sources, prefix, defined);
    mark_forced(sources, prefix);
    prefix->asked = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->asked);
    for (size_t f = 0; f < prefix->scanned.count; f++)
        find_asked(sources, prefix, f);
    sources->learnt++;
}

void hg_leak_deinit(struct source_prefix *prefix)
{
    if (prefix->asked == NULL)
        return;
    for (size_t i = 0; i < prefix->scanned.count; i++)
        free(prefix->asked[i].items);
    free(prefix->asked);
    free(prefix->definers.items);
    hg_strings_deinit(&prefix->macros);
    prefix->asked = NULL;
    memset(&prefix->definers, 0, sizeof prefix->definers);
}

/* --- pragmas --- */

/* Whether pragmas of the file act on what it includes, or on what comes after it:
 *
 *     #pragma pack(1)
 *     struct cper { ... };
 *     #pragma pack()           no, if there is no #include in between or after
 *
 * #if is ignored. */
struct pragmas {
    struct scanned_file *file;
    size_t pushed;  /* pack(push) that no pack(pop) has undone */
    bool is_packed; /* by pack(1), until pack() */
    bool has_pack;
};

static void take_pack(struct pragmas *pragmas, const char *at)
{
    pragmas->has_pack = true;
    at += strspn(at, " \t(");
    if (hg_begins_with(at, "push")) {
        pragmas->pushed++;
    } else if (hg_begins_with(at, "pop")) {
        at += 3;
        at += strspn(at, " \t");
        pragmas->pushed -= pragmas->pushed > 0 && *at == ')';
    } else {
        pragmas->is_packed = *at != ')';
    }
}

/* What follows _Pragma: a literal, which may be L"" or u8"", of another pragma than a diagnostic's. */
static bool is_harmful(const char *at)
{
    at += *at == '(';
    at += strspn(at, " \t\n");
    const char *quote = at + hg_word_length(at);
    return *quote == '"' && (quote > at || (!hg_begins_with(at, "\"GCC diagnostic") &&
                                            !hg_begins_with(at, "\"clang diagnostic")));
}

static void take_pragma(void *user, const char *at, size_t length)
{
    static const char *const harmless[] = {"once",       "GCC diagnostic", "clang diagnostic",
                                           "GCC poison", "GCC optimize",   "GCC visibility"};
    struct pragmas *pragmas = user;
    bool is_include = hg_is_named(at, length, "include") ||
                      hg_is_named(at, length, "include_next") || hg_is_named(at, length, "import");
    const char *rest = at + length + strspn(at + length, " \t");
    if ((is_include && pragmas->has_pack) || hg_is_named(at, length, "__pragma") ||
        (hg_is_named(at, length, "_Pragma") && is_harmful(rest)))
        pragmas->file->has_pragmas = pragmas->file->has_inner = true;
    if (!hg_is_named(at, length, "pragma"))
        return;
    if (hg_begins_with(rest, "pack")) {
        take_pack(pragmas, rest + 4);
        pragmas->file->has_inner = true; /* one in a function acts on what follows */
    }
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (hg_begins_with(rest, harmless[i]))
            return;
    pragmas->file->leaves_pragmas = pragmas->file->leaves_pragmas || !hg_begins_with(rest, "pack");
}

void hg_leak_look_for_pragmas(struct scanned_file *file, const char *text)
{
    struct pragmas pragmas = {.file = file};
    hg_scan_words(text, take_pragma, &pragmas);
    file->leaves_pragmas = file->leaves_pragmas || pragmas.is_packed || pragmas.pushed > 0;
    file->has_pragmas = file->has_pragmas || file->leaves_pragmas;
}

/* --- macros that a unit defines itself --- */

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

/* Whether types, other macros or an #if of the files depend on the macro. */
bool hg_leak_is_needed(const struct scanned_list *files, const char *macro)
{
    struct search search = {.name = macro};
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

/* Whether all that the file says of the macro is a fallback: a test and a definition. */
static bool has_fallback(const struct scanned_file *file, const char *name)
{
    size_t tests = 0;
    size_t changes = 0;
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (event->name != name)
            continue;
        if ((event->kind == EVENT_TEST && !event->is_fallback) || event->kind == EVENT_UNDEF)
            return false;
        tests += event->kind == EVENT_TEST;
        changes += event->kind == EVENT_DEFINE;
    }
    return tests == 1 && changes == 1;
}

/* Whether the macro is the same in the prefix and in the unit where they come to a file of the
 * prefix that tests it.  If the file only gives a default to it: where they leave the file. */
static bool is_asked_alike(const struct sources *sources, struct source_prefix *prefix,
                           const struct source_prefix *at, size_t index, const char *name)
{
    const struct scanned_file *file = at->scanned.items[index];
    bool is_left = has_fallback(file, name);
    return !hg_winner_differs(sources, prefix, name, hg_winner_place(at, index) + is_left,
                              (int64_t)file->turn + is_left, false);
}

static bool may_expand(const struct mention *mention, const struct source_prefix *prefix,
                       const struct scanned_list *own)
{
    if (mention->callee == NULL ||
        hg_leak_is_changed(prefix, mention->callee, strlen(mention->callee)))
        return true;
    for (size_t i = 0; i < own->count; i++)
        if (hg_leak_has_event(own->items[i], EVENT_DEFINE, mention->callee, false))
            return true;
    return false;
}

/* Whether the macro is TRACE_SYSTEM in a file that trace/define_trace.h includes: the trace header
 * has just defined it. */
static bool is_set_before(const struct sources *sources, const struct scanned_file *file,
                          const char *name)
{
    return file->defining == sources->walks && strcmp(name, "TRACE_SYSTEM") == 0;
}

/* trace/define_trace.h names a trace header, which the walk knows. */
bool hg_leak_has_unknown(const struct sources *sources, const struct scanned_file *file)
{
    return file->includes_unknown || (file->has_unknown && file->defining != sources->walks);
}

struct meeting {
    const struct sources *sources;
    struct source_prefix *prefix;
    const struct scanned_file *file;
};

/* An hg_chain_fn: false = the macro is another one. */
static bool is_alike(void *user, const char *name)
{
    const struct meeting *meeting = user;
    return is_set_before(meeting->sources, meeting->file, name) ||
           !leaks(meeting->sources, meeting->prefix, name);
}

bool hg_leak_is_met(const struct sources *sources, struct source_prefix *prefix,
                    const struct scanned_file *file, const struct mention *mention,
                    const struct scanned_list *own)
{
    struct meeting meeting = {.sources = sources, .prefix = prefix, .file = file};
    bool is_met = mention->is_type ? !hg_chain_visit(prefix, mention->name, is_alike, &meeting)
                                   : !is_alike(&meeting, mention->name);
    return is_met && may_expand(mention, prefix, own);
}

bool hg_leak_changes(struct sources *sources, struct source_prefix *prefix,
                     const struct scanned_list *own, const struct scanned_list *reached)
{
    for (size_t f = 0; f < reached->count; f++)
        for (struct source_prefix *at = prefix; at != NULL; at = at->parent) {
            const char *path = reached->items[f]->path;
            uint32_t index = hg_strings_find(&at->files, path, strlen(path));
            const struct string_list *asked = index == 0 ? NULL : &at->asked[index - 1];
            for (size_t i = 0; asked != NULL && i < asked->count; i++)
                if (!is_asked_alike(sources, prefix, at, index - 1, asked->items[i]))
                    return true;
        }
    for (size_t f = 0; f < own->count; f++) {
        struct scanned_file *file = own->items[f];
        hg_mentions_find(sources, file);
        if (file->has_pragmas || file->is_odd || hg_leak_has_unknown(sources, file))
            return true;
        size_t looked_for = 0;
        for (size_t i = 0; i < file->body_mentions.count; i++)
            if (!is_set_before(sources, file, file->body_mentions.items[i].name) &&
                leaks(sources, prefix, file->body_mentions.items[i].name) &&
                (++looked_for > NEEDED_MAX ||
                 hg_leak_is_needed(own, file->body_mentions.items[i].macro)))
                return true;
    }
    return false;
}
