/*
 * Whether a prefix would change a translation unit.
 *
 *     #define DEBUG                       linux/printk.h tests it
 *     #include <linux/printk.h>           a header of the prefix, parsed without that definition
 *
 * The headers of a prefix were parsed before the unit's own text.  The result differs if the unit,
 * or a header of its own, defines or undefines a macro and then includes a header of the prefix
 * that tests the macro in an #if, or expands it in a type.  Such a unit is parsed without the
 * prefix.
 *
 * The method: a walk through the unit and all headers that it includes, in the order of their text,
 * through all branches of every #if.  The guard refuses the prefix if, after a change of a macro,
 * the walk comes to a header of the prefix that tests the macro, or whose types depend on it
 * (source_shapes.c).  source_leak.c makes the second check: what the unit would get from headers of
 * the prefix that it does not include.
 *
 * The walk goes through trace headers that are read twice (source_trace.c) as if the prefix did not
 * have them.
 */
#include "tree/source_guard.h"
#include "tree/inner_scan.h"

#include <stdlib.h>
#include <string.h>

/* Whether a type of the prefix depends on the word, if it is a macro. */
static bool is_in_types(const struct source_prefix *prefix, const char *name)
{
    return hg_prefix_has(prefix, PREFIX_SHAPES, name, strlen(name));
}

/* Whether a type of the prefix, or the body of a macro, has the word. */
static bool is_used(const struct source_prefix *prefix, const char *name, size_t length)
{
    return hg_prefix_has(prefix, PREFIX_SHAPES, name, length) ||
           hg_prefix_has(prefix, PREFIX_USERS, name, length);
}

bool hg_sources_ignores_macro(const struct source_prefix *prefix, const char *name)
{
    static const char *const for_messages[] = {"pr_fmt", "dev_fmt"};
    return HG_IS_ONE_OF(name, for_messages) && !is_in_types(prefix, name);
}

void hg_sources_learn_prefix(struct sources *sources, struct source_prefix *prefix,
                             const void *branches, size_t size)
{
    size_t count = 0;
    const char *const *files = hg_model_files(prefix->model, &count);
    for (size_t i = 0; i < count; i++) {
        *hg_strings_number(&prefix->tables[PREFIX_FILES], files[i], strlen(files[i])) =
            (uint32_t)i + 1;
        struct scanned_file *file = hg_sources_scan(sources, files[i]);
        *HG_PUSH(&prefix->scanned) = file;
        prefix->is_unsafe = prefix->is_unsafe || file->is_odd || file->leaves_pragmas;
        for (size_t e = 0; e < file->events.count; e++) {
            const struct event *event = &file->events.items[e];
            if (event->kind == HG_DIRECTIVE_TEST)
                *hg_strings_number(&prefix->tables[PREFIX_TESTED], event->name,
                                   strlen(event->name)) = 1;
            if (event->kind == HG_DIRECTIVE_TEST && hg_begins_with(event->name, "__has_include"))
                prefix->is_unsafe = true; /* the result depends on -I */
        }
    }
    hg_branches_learn(prefix, branches, size);
    hg_shapes_learn(prefix);
    hg_sources_add_probe(sources, prefix);
}

struct walk {
    struct sources *sources;
    const struct source_unit *unit;
    struct source_prefix *prefix;
    size_t number;                /* id of this walk in struct scanned_file */
    struct include_search search; /* in the unit's -I directories */
    struct hg_strings redefined;  /* macros that the unit defined or undefined so far: 1 */
    struct hg_strings reshaping;  /* these, and macros of the prefix whose bodies lead to them: 1 */
    struct string_list undone;    /* redefined macros that a header of the prefix changes again */
    struct scanned_list own;      /* files that are not of the prefix */
    struct scanned_list reached;  /* files of the prefix */
    unsigned nested;              /* depth of read_again */
    unsigned defining;            /* depth of define_trace */
    bool is_refused;
};

/* --- the walk --- */

bool hg_sources_has_file(const struct source_prefix *prefix, const char *path)
{
    return hg_prefix_has(prefix, PREFIX_FILES, path, strlen(path));
}

enum { DEEPEST_INCLUDE = 200, UNDONE_MAX = 64 }; /* the first is clang's own limit */

static bool is_known(const struct hg_strings *set, const char *name)
{
    return hg_strings_find(set, name, strlen(name)) != 0;
}

/* Whether the unit changed the macro, or a macro that its expansion may use. */
static bool is_changed(const struct walk *walk, const char *name)
{
    return is_known(&walk->redefined, name) || is_known(&walk->reshaping, name);
}

static bool is_reshaped(const struct walk *walk, const struct scanned_file *file)
{
    return walk->reshaping.count > 0 &&
           hg_shapes_depend_on(walk->prefix, file->path, &walk->reshaping);
}

/* Notes that the walk comes to the file, and adds the file to the list the first time.  is_sure: no
 * #if is on the way.  False = the walk need not read the file again: it did so before, and without
 * an #if on the way if is_sure. */
static bool enter(const struct walk *walk, struct scanned_file *file, bool is_sure,
                  struct scanned_list *list)
{
    if (file->walk == walk->number && (file->sure == walk->number || !is_sure))
        return false;
    if (file->walk != walk->number) {
        file->position = list->count;
        *HG_PUSH(list) = file;
    }
    file->walk = walk->number;
    if (is_sure)
        file->sure = walk->number;
    return true;
}

static bool makes_tracepoints(const struct walk *walk)
{
    return hg_trace_makes_tracepoints(&walk->redefined, &walk->unit->arguments.macros);
}

static void read_again(struct walk *walk, struct scanned_file *file, bool is_sure);

static void walk_prefix(struct walk *walk, struct scanned_file *file, unsigned distance,
                        bool is_sure);

static void walk_prefix_events(struct walk *walk, const struct scanned_file *file,
                               unsigned distance, bool is_sure)
{
    const bool *is_skipped = hg_branches_skipped(walk->prefix, file);
    walk->is_refused = walk->is_refused || is_reshaped(walk, file);
    for (size_t i = 0; i < file->events.count && !walk->is_refused; i++) {
        const struct event *event = &file->events.items[i];
        if (event->kind == HG_DIRECTIVE_TEST)
            walk->is_refused = is_changed(walk, event->name);
        if (changes_macro(event) && is_known(&walk->redefined, event->name))
            *HG_PUSH(&walk->undone) = event->name;
        if (!is_include(event) || (is_skipped != NULL && is_skipped[i]))
            continue;
        const char *path = hg_include_find(&walk->search, file, event);
        if (path == NULL || !hg_sources_has_file(walk->prefix, path))
            continue;
        struct scanned_file *included = hg_sources_scan(walk->sources, path);
        if (!hg_trace_is_define_trace(included))
            walk_prefix(walk, included, distance + 1, is_sure);
    }
}

/* Walks through a file of the prefix and the files that it includes, each once.  A file to which
 * the walk came only within an #if is walked through again when it comes there without one. */
static void walk_prefix(struct walk *walk, struct scanned_file *file, unsigned distance,
                        bool is_sure)
{
    if (distance <= DEEPEST_INCLUDE && enter(walk, file, is_sure, &walk->reached))
        walk_prefix_events(walk, file, distance, is_sure);
    if (walk->is_refused || !file->defines_trace || !makes_tracepoints(walk))
        return;
    if (distance == 0)
        read_again(walk, file, is_sure);
    else
        walk->is_refused = true; /* the guard of the header that includes it hides the #include */
}

/* Whether the file is one of the prefix under another path (through a link).  #pragma once
 * recognises such a file; an include guard may not. */
static bool is_alias(struct sources *sources, const struct source_prefix *prefix,
                     struct scanned_file *file)
{
    if (file->canonical == NULL) {
        HG_CLEANUP(hg_free_pointer) char *canonical = realpath(file->path, NULL);
        const char *path = canonical == NULL ? file->path : canonical;
        file->canonical = hg_arena_string(&sources->scans, path, strlen(path));
    }
    return strcmp(file->canonical, file->path) != 0 && hg_sources_has_file(prefix, file->canonical);
}

/* Whether a file without a guard that the walk has read already may include other files this time:
 *
 *     #ifdef SECOND
 *     #include "b.h"
 *     #endif
 *     #define SECOND
 *
 * It has an #include, and tests a macro that it changes itself. */
static bool may_include_others(const struct walk *walk, const struct scanned_file *file)
{
    bool includes = false;
    bool tests_itself = false;
    if (file->walk != walk->number || file->is_guarded)
        return false;
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        includes = includes || is_include(event);
        tests_itself = tests_itself || (event->kind == HG_DIRECTIVE_TEST &&
                                        hg_leak_changes_macro(file, event->name));
    }
    return includes && tests_itself;
}

static void walk_file(struct walk *walk, struct scanned_file *file, unsigned depth, bool is_sure);

static void walk_included(struct walk *walk, struct scanned_file *file, unsigned depth,
                          bool is_sure)
{
    if (hg_sources_has_file(walk->prefix, file->path)) {
        walk_prefix(walk, file, 0, is_sure);
    } else if (is_alias(walk->sources, walk->prefix, file)) {
        walk->is_refused = true;
    } else {
        walk_file(walk, file, depth + 1, is_sure);
    }
}

/* Walks through trace/define_trace.h (`file`), which the trace header includes. */
static void define_trace(struct walk *walk, const struct scanned_file *header,
                         struct scanned_file *file, bool is_sure)
{
    walk->is_refused = !hg_trace_includes_itself(walk->sources, header, &walk->redefined,
                                                 &walk->unit->arguments.macros);
    walk->defining++;
    read_again(walk, file, is_sure);
    walk->defining--;
}

/* Checks the mentions before position `code`; *next is the first that was not checked yet. */
static void check_mentions(struct walk *walk, const struct scanned_file *file, size_t code,
                           size_t *next)
{
    for (; *next < file->mentions.count && !walk->is_refused; (*next)++) {
        const struct mention *mention = &file->mentions.items[*next];
        if (mention->code >= code)
            return;
        walk->is_refused =
            hg_leak_mention_differs(walk->sources, walk->prefix, file, mention, &walk->own);
    }
}

static void check_test(struct walk *walk, const struct scanned_file *file, const struct event *test)
{
    const struct mention mention = {.name = test->name, .is_type = test->has_value};
    if (hg_strings_find(&walk->sources->prefix_macros, test->name, strlen(test->name)) != 0)
        walk->is_refused =
            hg_leak_mention_differs(walk->sources, walk->prefix, file, &mention, &walk->own);
}

static void note_change(struct walk *walk, const char *name)
{
    if (hg_sources_ignores_macro(walk->prefix, name) ||
        (walk->defining > 0 && hg_trace_finds_header_by(name)))
        return;
    if (is_used(walk->prefix, name, strlen(name)))
        hg_shapes_add_users(walk->prefix, name, &walk->reshaping, NULL);
    *hg_strings_number(&walk->redefined, name, strlen(name)) = 1;
}

/* Walks through the directives of a file that is read after the prefix, and through its mentions of
 * the prefix's macros, in the order of the text. */
static void read_events(struct walk *walk, struct scanned_file *file, unsigned depth, bool is_sure)
{
    size_t next = 0;
    if (walk->defining > 0)
        file->defining = walk->number;
    if (walk->prefix != NULL)
        hg_mentions_find(walk->sources, file);
    for (size_t i = 0; i < file->events.count && !walk->is_refused; i++) {
        const struct event *event = &file->events.items[i];
        if (walk->prefix != NULL)
            check_mentions(walk, file, event->code, &next);
        if (event->kind == HG_DIRECTIVE_TEST && walk->prefix != NULL && !walk->is_refused)
            check_test(walk, file, event);
        if (changes_macro(event))
            note_change(walk, event->name);
        if (!is_include(event) || walk->is_refused)
            continue;
        bool stays_sure = is_sure && !event->is_conditional;
        const char *path = hg_include_find(&walk->search, file, event);
        struct scanned_file *included = path == NULL ? NULL : hg_sources_scan(walk->sources, path);
        if (included == NULL)
            walk->is_refused = walk->prefix != NULL && stays_sure;
        else if (!hg_trace_is_define_trace(included))
            walk_included(walk, included, depth, stays_sure);
        else if (makes_tracepoints(walk))
            define_trace(walk, file, included, stays_sure);
    }
    if (walk->prefix != NULL)
        check_mentions(walk, file, SIZE_MAX, &next);
}

/* Walks through a trace header or trace/define_trace.h as if the prefix did not have it: with
 * CREATE_TRACE_POINTS clang reads both again. */
static void read_again(struct walk *walk, struct scanned_file *file, bool is_sure)
{
    if (file->again == walk->number)
        return;
    file->again = walk->number;
    walk->nested++;
    walk->is_refused = walk->is_refused || walk->nested > DEEPEST_INCLUDE;
    *HG_PUSH(&walk->own) = file;
    read_events(walk, file, 0, is_sure);
    walk->nested--;
}

/* Walks through a file that the prefix does not have.  If there is no prefix, this only finds the
 * files that it includes. */
static void walk_file(struct walk *walk, struct scanned_file *file, unsigned depth, bool is_sure)
{
    walk->is_refused = walk->is_refused || (walk->prefix != NULL && may_include_others(walk, file));
    if (file->guard != NULL && file->walk != walk->number &&
        (hg_sources_has_option(&walk->unit->arguments.macros, file->guard) ||
         is_known(&walk->redefined, file->guard) ||
         hg_leak_is_changed_on_walk(walk->sources, walk->prefix, file->guard)))
        is_sure = false; /* another file defined the guard: this one may be empty */
    if (depth <= DEEPEST_INCLUDE && enter(walk, file, is_sure, &walk->own))
        read_events(walk, file, depth, is_sure);
}

static struct walk begin_walk(struct sources *sources, const struct source_unit *unit,
                              struct source_prefix *prefix)
{
    return (struct walk){
        .sources = sources,
        .unit = unit,
        .prefix = prefix,
        .number = ++sources->walks,
        .search = hg_include_begin(sources, &unit->arguments.directories),
    };
}

static void end_walk(struct walk *walk)
{
    hg_strings_deinit(&walk->reshaping);
    hg_strings_deinit(&walk->redefined);
    free(walk->undone.items);
    free(walk->own.items);
    free(walk->reached.items);
}

/* Whether clang reads the files (the unit's own, or headers that it includes) the same after the
 * walk's prefix as without it. */
static bool passes(struct walk *walk, const struct string_list *files)
{
    for (size_t i = 0; i < OWN_MACROS; i++)
        if (is_in_types(walk->prefix, hg_own_macros[i].name))
            hg_shapes_add_users(walk->prefix, hg_own_macros[i].name, &walk->reshaping, NULL);
    for (size_t i = 0; i < files->count; i++)
        walk_file(walk, hg_sources_scan(walk->sources, files->items[i]), 0, true);
    for (size_t i = 0; i < walk->undone.count && !walk->is_refused; i++)
        walk->is_refused =
            i >= UNDONE_MAX || hg_leak_is_mentioned(&walk->own, walk->undone.items[i]);
    return !walk->is_refused &&
           !hg_leak_changes_unit(walk->sources, walk->prefix, &walk->own, &walk->reached);
}

void hg_sources_walk_header(struct sources *sources, struct source_prefix *prefix,
                            struct scanned_file *file)
{
    struct source_unit unit = {.arguments = prefix->arguments};
    struct walk walk = begin_walk(sources, &unit, prefix);
    walk_prefix(&walk, file, 0, true);
    end_walk(&walk);
}

void hg_sources_walk_forced(struct sources *sources, struct source_prefix *prefix, const char *path)
{
    struct source_unit unit = {.arguments = prefix->arguments};
    struct walk walk = begin_walk(sources, &unit, prefix);
    if (hg_sources_has_file(prefix, path))
        walk_prefix(&walk, hg_sources_scan(sources, path), 0, true);
    for (size_t i = 0; i < walk.reached.count; i++) {
        const char *reached = walk.reached.items[i]->path;
        *hg_strings_number(&prefix->tables[PREFIX_FORCED], reached, strlen(reached)) = 1;
    }
    end_walk(&walk);
}

bool hg_sources_may_continue(struct sources *sources, const struct source_unit *unit,
                             struct source_prefix *prefix)
{
    struct walk walk = begin_walk(sources, unit, prefix->parent);
    bool may_continue = passes(&walk, &prefix->paths);
    end_walk(&walk);
    return may_continue;
}

void hg_sources_visit_includes(struct sources *sources, const struct source_unit *unit,
                               struct source_prefix *prefix, hg_included_fn *visit, void *user)
{
    const struct scanned_file *file = hg_sources_scan(sources, unit->file->path);
    struct include_search search = hg_include_begin(sources, &unit->arguments.directories);
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (!is_include(event))
            continue;
        const char *path = hg_include_find(&search, file, event);
        if (path != NULL && !hg_sources_has_file(prefix, path))
            visit(user, path, event->kind == HG_DIRECTIVE_INCLUDE ? event->name : NULL);
    }
}

/* Whether an option defines a macro that makes a type: -DMK='struct made { int a; }' */
static bool has_maker_option(const struct source_unit *unit)
{
    for (size_t i = 0; i < unit->arguments.macros.count; i++)
        if (hg_is_maker(strchrnul(unit->arguments.macros.items[i], '=')))
            return true;
    return false;
}

bool hg_sources_may_skip_bodies(struct sources *sources, const struct source_unit *unit,
                                struct source_prefix *prefix)
{
    for (size_t i = 0; i < unit->arguments.language.count; i++)
        if (strncmp(unit->arguments.language.items[i], "-i", 2) == 0)
            return false; /* -isystem, -iquote: the walk does not look into such directories */
    struct walk walk = begin_walk(sources, unit, NULL);
    for (size_t i = 0; i < unit->arguments.includes.count; i++)
        walk_file(&walk, hg_sources_scan(sources, unit->arguments.includes.items[i]), 0, true);
    walk_file(&walk, hg_sources_scan(sources, unit->file->path), 0, true);
    bool may_skip =
        !walk.is_refused && !has_maker_option(unit) && !hg_inner_may_have(prefix, &walk.own);
    end_walk(&walk);
    return may_skip;
}

/* Whether an option -D or -U of a unit may change the prefix. */
static bool may_change(const struct source_prefix *prefix, const char *option)
{
    const struct string_list *same = &prefix->arguments.macros;
    const char *name = option + 2;
    size_t length = strcspn(name, "=(");
    if (name[length] == '(')
        return true; /* the guard does not expand macros with parameters */
    if (hg_sources_is_own_macro(option))
        return false;
    return hg_prefix_has(prefix, PREFIX_MACROS, name, length) ||
           (!hg_fits_one_of(option, same->items, same->count, hg_same_text) &&
            (hg_prefix_has(prefix, PREFIX_TESTED, name, length) || is_used(prefix, name, length)));
}

bool hg_sources_may_follow(struct sources *sources, struct source_unit *unit,
                           struct source_prefix *prefix)
{
    if (prefix->is_unsafe || !hg_sources_fits(&unit->arguments, &prefix->arguments))
        return false;
    for (size_t i = 0; i < unit->arguments.macros.count; i++)
        if (may_change(prefix, unit->arguments.macros.items[i]))
            return false;
    struct string_list files = {.items = (const char *[]){unit->file->path}, .count = 1};
    struct walk walk = begin_walk(sources, unit, prefix);
    bool may_follow = passes(&walk, &files);
    if (may_follow)
        unit->skips_bodies = !has_maker_option(unit) && !hg_inner_may_have(prefix, &walk.own);
    end_walk(&walk);
    return may_follow;
}
