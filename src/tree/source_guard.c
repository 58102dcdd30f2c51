/*
 * Whether a prefix would change a translation unit.
 *
 *     #define CREATE_TRACE_POINTS                  trace/define_trace.h tests it
 *     #include <trace/events/sched.h>              a header of the prefix, parsed without it
 *
 * The headers of a prefix were parsed before the unit's own text.  The result differs if the unit,
 * or a header of its own, defines or undefines a macro and then includes a header of the prefix
 * that tests the macro in an #if, or expands it in a type.  Such a unit is parsed without the
 * prefix.
 *
 * The method: a walk through the unit and the headers that it includes, the prefix's among them, in
 * the order of their text, both halves of every #if.  The prefix is refused if, after a change of a
 * macro, the walk comes to a header of the prefix that tests the macro, or whose types depend on it
 * (source_shapes.c).  source_leak.c does the other check: what the unit would get from headers of
 * the prefix that it does not include.
 *
 * A unit that defines CREATE_TRACE_POINTS reads trace headers twice: a trace header ends with an
 * #include of trace/define_trace.h, which includes the trace header again.  The walk goes through
 * both as if the prefix did not have them.
 *
 * pr_fmt and dev_fmt are ignored if no type mentions them: headers use them to print.
 */
#include "tree/inner_scan.h"
#include "tree/kernel.h"
#include "tree/source_parts.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

bool hg_sources_is_aside(const struct source_prefix *prefix, const char *name)
{
    bool is_for_messages = strcmp(name, "pr_fmt") == 0 || strcmp(name, "dev_fmt") == 0;
    return is_for_messages && !hg_shapes_in_types(prefix, name);
}

void hg_sources_learn_prefix(struct sources *sources, struct source_prefix *prefix,
                             const void *halves, size_t size)
{
    size_t count = 0;
    const char *const *files = hg_model_files(prefix->model, &count);
    hg_strings_init(&prefix->forced, &sources->scans);
    for (size_t i = 0; i < count; i++) {
        *hg_strings_number(&prefix->files, files[i], strlen(files[i])) = (uint32_t)i + 1;
        struct scanned_file *file = hg_sources_scan(sources, files[i]);
        *HG_PUSH(&prefix->scanned) = file;
        prefix->is_unsafe = prefix->is_unsafe || file->is_odd || file->leaves_pragmas;
        for (size_t e = 0; e < file->events.count; e++) {
            const struct event *event = &file->events.items[e];
            if (event->kind == EVENT_TEST)
                *hg_strings_number(&prefix->tested, event->name, strlen(event->name)) = 1;
            if (event->kind == EVENT_TEST && hg_begins_with(event->name, "__has_include"))
                prefix->is_unsafe = true; /* the result depends on -I */
        }
    }
    hg_halves_learn(prefix, halves, size);
    hg_shapes_learn(prefix);
    hg_sources_add_probe(sources, prefix);
}

struct walk {
    struct sources *sources;
    const struct source_unit *unit;
    struct source_prefix *prefix;
    size_t number;               /* names this walk in struct scanned_file */
    uint32_t search_path;        /* id of the unit's -I directories */
    struct hg_strings redefined; /* macros that the unit defined or undefined so far: 1 */
    struct hg_strings reshaping; /* these, and macros of the prefix whose bodies lead to them: 1 */
    struct string_list undone;   /* redefined macros that a header of the prefix changes again */
    struct scanned_list own;     /* files that are not of the prefix */
    struct scanned_list reached; /* files of the prefix */
    struct hg_arena arena;       /* of the sets */
    unsigned nested;             /* depth of read_again */
    unsigned defining;           /* depth of define_trace */
    bool is_refused;
};

/* --- finding what an #include names --- */

/* NULL = it is not there. */
static const char *find_in(struct sources *sources, const char *directory, size_t length,
                           const char *name)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%.*s/%s", (int)length, directory, name);
    uint32_t *known = hg_strings_number(&sources->resolved, path.data, path.size);
    if (*known == 0) {
        *known = 1;
        if (hg_kernel_is_file(path.data)) {
            *HG_PUSH(&sources->paths) = hg_arena_string(&sources->scans, path.data, path.size);
            *known = (uint32_t)sources->paths.count + 1;
        }
    }
    hg_text_deinit(&path);
    return *known == 1 ? NULL : sources->paths.items[*known - 2];
}

/* The id of a list of -I directories; equal lists have equal ids. */
static uint32_t number_of(struct sources *sources, const struct string_list *directories)
{
    struct hg_text text = {0};
    for (size_t i = 0; i < directories->count; i++)
        hg_text_printf(&text, "%s\n", directories->items[i]);
    uint32_t *number = hg_strings_number(&sources->search_paths, hg_text_string(&text), text.size);
    if (*number == 0)
        *number = ++sources->search_path_count;
    hg_text_deinit(&text);
    return *number;
}

static const char *find_in_directories(struct sources *sources,
                                       const struct string_list *directories, uint32_t number,
                                       const char *name)
{
    struct {
        const char *name; /* interned: equal names are equal pointers */
        uint64_t number;
    } key = {.name = name, .number = number};
    uint32_t *known = hg_strings_number(&sources->included, (const char *)&key, sizeof key);
    if (*known == 0) {
        *known = 1;
        for (size_t i = 0; i < directories->count && *known == 1; i++) {
            const char *directory = directories->items[i];
            const char *found = find_in(sources, directory, strlen(directory), name);
            if (found != NULL) {
                *HG_PUSH(&sources->paths) = found;
                *known = (uint32_t)sources->paths.count + 1;
            }
        }
    }
    return *known == 1 ? NULL : sources->paths.items[*known - 2];
}

static const char *find_included(struct walk *walk, const struct scanned_file *from,
                                 const struct event *event)
{
    if (event->name[0] == '/')
        return event->name;
    const char *slash = strrchr(from->path, '/');
    if (event->kind == EVENT_INCLUDE_QUOTED && slash != NULL) {
        const char *beside =
            find_in(walk->sources, from->path, (size_t)(slash - from->path), event->name);
        if (beside != NULL)
            return beside;
    }
    return find_in_directories(walk->sources, &walk->unit->arguments.directories, walk->search_path,
                               event->name);
}

/* --- the walk --- */

/* trace/define_trace.h does nothing unless CREATE_TRACE_POINTS is defined.  It has no include
 * guard: each #include reads it again. */
static bool is_define_trace(const struct scanned_file *file)
{
    return hg_ends_with(file->path, "/trace/define_trace.h");
}

bool hg_sources_has_file(const struct source_prefix *prefix, const char *path)
{
    for (; prefix != NULL; prefix = prefix->parent)
        if (hg_strings_find(&prefix->files, path, strlen(path)) != 0)
            return true;
    return false;
}

static bool tests(const struct source_prefix *prefix, const char *name, size_t length)
{
    for (; prefix != NULL; prefix = prefix->parent)
        if (hg_strings_find(&prefix->tested, name, length) != 0)
            return true;
    return false;
}

enum { DEEPEST_INCLUDE = 200, UNDONE_MAX = 64 }; /* the first is clang's own limit */

static bool is_known(const struct hg_strings *set, const char *name)
{
    return set->entries != NULL && hg_strings_find(set, name, strlen(name)) != 0;
}

/* Whether the unit changed the macro, or one that the macro's body leads to. */
static bool is_changed(const struct walk *walk, const char *name)
{
    return is_known(&walk->redefined, name) || is_known(&walk->reshaping, name);
}

static bool is_reshaped(const struct walk *walk, const struct scanned_file *file)
{
    return walk->reshaping.entries != NULL &&
           hg_shapes_depend_on(walk->prefix, file->path, &walk->reshaping);
}

/* Notes that the walk comes to the file, and adds the file to the list the first time.  is_sure =
 * no #if is on the way.  False = the walk was there before, and without an #if on the way if
 * is_sure: there is nothing new to find. */
static bool enter(const struct walk *walk, struct scanned_file *file, bool is_sure,
                  struct scanned_list *list)
{
    if (file->walk == walk->number && (file->sure == walk->number || !is_sure))
        return false;
    if (file->walk != walk->number) {
        file->turn = list->count;
        *HG_PUSH(list) = file;
    }
    file->walk = walk->number;
    if (is_sure)
        file->sure = walk->number;
    return true;
}

/* Whether CREATE_TRACE_POINTS is defined, by the unit's text so far or by an option. */
static bool makes_tracepoints(const struct walk *walk)
{
    static const char name[] = "CREATE_TRACE_POINTS";
    const struct string_list *options = &walk->unit->arguments.macros;
    bool makes = is_known(&walk->redefined, name);
    for (size_t i = 0; i < options->count; i++)
        makes = makes || hg_begins_with(options->items[i] + strlen("-D"), name);
    return makes;
}

static void read_again(struct walk *walk, struct scanned_file *file, bool is_sure);

static void walk_prefix(struct walk *walk, struct scanned_file *file, unsigned distance,
                        bool is_sure);

static void walk_prefix_events(struct walk *walk, const struct scanned_file *file,
                               unsigned distance, bool is_sure)
{
    const bool *passed_over = hg_halves_passed_over(walk->prefix, file);
    walk->is_refused = walk->is_refused || is_reshaped(walk, file);
    for (size_t i = 0; i < file->events.count && !walk->is_refused; i++) {
        const struct event *event = &file->events.items[i];
        if (event->kind == EVENT_TEST)
            walk->is_refused = is_changed(walk, event->name);
        if (changes_macro(event) && is_known(&walk->redefined, event->name))
            *HG_PUSH(&walk->undone) = event->name;
        if (!is_include(event) || (passed_over != NULL && passed_over[i]))
            continue;
        const char *path = find_included(walk, file, event);
        if (path == NULL || !hg_sources_has_file(walk->prefix, path))
            continue;
        struct scanned_file *included = hg_sources_scan(walk->sources, path);
        if (!is_define_trace(included))
            walk_prefix(walk, included, distance + 1, is_sure);
    }
}

/* Walks through a file of the prefix and the files that it includes, each once.  A file that was
 * reached only within an #if is walked through again when it is reached without one. */
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

/* Whether the file is one of the prefix under another path.  #pragma once recognises such a file;
 * an include guard may not. */
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

/* Whether the file, which has no guard and which the walk has read, may include other files this
 * time: it includes some, and tests a macro that it changes itself. */
static bool does_more(const struct walk *walk, const struct scanned_file *file)
{
    bool includes = false;
    bool asks = false;
    if (file->walk != walk->number || file->is_guarded)
        return false;
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        includes = includes || is_include(event);
        for (size_t j = 0; event->kind == EVENT_TEST && j < file->events.count; j++)
            asks = asks || (changes_macro(&file->events.items[j]) &&
                            file->events.items[j].name == event->name);
    }
    return includes && asks;
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

/* Whether trace/define_trace.h will include this trace header again: the header's last definition
 * of TRACE_INCLUDE_FILE, or else of TRACE_SYSTEM, is the header's own name. */
static bool includes_itself(struct walk *walk, const struct scanned_file *header)
{
    static const char *const names[] = {"TRACE_SYSTEM", "TRACE_INCLUDE_FILE"};
    const char *slash = strrchr(header->path, '/');
    const char *file = slash == NULL ? header->path : slash + 1;
    uint64_t itself = XXH3_64bits(file, strcspn(file, "."));
    bool does = false;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const char *name = hg_strings_intern(&walk->sources->scanned, names[n], strlen(names[n]));
        for (size_t i = 0; i < header->events.count; i++) {
            const struct event *event = &header->events.items[i];
            if (event->kind == EVENT_DEFINE && event->name == name)
                does = event->body == itself;
        }
    }
    return does;
}

/* Macros by which trace/define_trace.h finds the header, which it reads once more. */
static const char *const header_names[] = {"TRACE_INCLUDE_FILE", "TRACE_INCLUDE_PATH"};

static bool names_header(const char *name)
{
    for (size_t i = 0; i < sizeof header_names / sizeof *header_names; i++)
        if (strcmp(name, header_names[i]) == 0)
            return true;
    return false;
}

static bool is_option(const struct walk *walk, const char *name)
{
    const struct string_list *options = &walk->unit->arguments.macros;
    for (size_t i = 0; i < options->count; i++)
        if (hg_is_named(options->items[i] + 2, strcspn(options->items[i] + 2, "=("), name))
            return true;
    return false;
}

/* Whether the unit says, in another place than the header, what trace/define_trace.h is to read. */
static bool is_led_astray(struct walk *walk, const struct scanned_file *header)
{
    for (size_t i = 0; i < sizeof header_names / sizeof *header_names; i++) {
        const char *name =
            hg_strings_intern(&walk->sources->scanned, header_names[i], strlen(header_names[i]));
        bool is_set = is_known(&walk->redefined, name) || is_option(walk, name);
        if (is_set && !hg_leak_has_event(header, EVENT_DEFINE, name, true))
            return true;
    }
    return false;
}

/* Walks through trace/define_trace.h (`file`), included by a trace header.  Refused unless the
 * header defines TRACE_SYSTEM outside of all #ifs and is the file that will be included again. */
static void define_trace(struct walk *walk, const struct scanned_file *header,
                         struct scanned_file *file, bool is_sure)
{
    const char *system =
        hg_strings_intern(&walk->sources->scanned, "TRACE_SYSTEM", strlen("TRACE_SYSTEM"));
    walk->is_refused = !hg_leak_has_event(header, EVENT_DEFINE, system, true) ||
                       !includes_itself(walk, header) || is_led_astray(walk, header);
    walk->defining++;
    read_again(walk, file, is_sure);
    walk->defining--;
}

/* The mentions that stand before that place; *next is the first that was not looked at. */
static void meet_mentions(struct walk *walk, const struct scanned_file *file, size_t code,
                          size_t *next)
{
    for (; *next < file->mentions.count && !walk->is_refused; (*next)++) {
        const struct mention *mention = &file->mentions.items[*next];
        if (mention->code >= code)
            return;
        walk->is_refused = hg_leak_is_met(walk->sources, walk->prefix, file, mention, &walk->own);
    }
}

static void meet_test(struct walk *walk, const struct scanned_file *file, const struct event *test)
{
    const struct mention mention = {.name = test->name, .is_type = test->has_value};
    if (hg_strings_find(&walk->sources->prefix_macros, test->name, strlen(test->name)) != 0)
        walk->is_refused = hg_leak_is_met(walk->sources, walk->prefix, file, &mention, &walk->own);
}

static void change_macro(struct walk *walk, const char *name)
{
    if (hg_sources_is_aside(walk->prefix, name) || (walk->defining > 0 && names_header(name)))
        return;
    hg_shapes_change(walk->prefix, name, &walk->reshaping);
    *hg_strings_number(&walk->redefined, name, strlen(name)) = 1;
}

/* Walks through the directives of a file that is read after the prefix, and the macros of the prefix
 * that its text mentions between them. */
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
            meet_mentions(walk, file, event->code, &next);
        if (event->kind == EVENT_TEST && walk->prefix != NULL && !walk->is_refused)
            meet_test(walk, file, event);
        if (changes_macro(event))
            change_macro(walk, event->name);
        if (!is_include(event) || walk->is_refused)
            continue;
        bool stays_sure = is_sure && !event->is_conditional;
        const char *path = find_included(walk, file, event);
        struct scanned_file *included = path == NULL ? NULL : hg_sources_scan(walk->sources, path);
        if (included == NULL)
            walk->is_refused = walk->prefix != NULL && stays_sure;
        else if (!is_define_trace(included))
            walk_included(walk, included, depth, stays_sure);
        else if (makes_tracepoints(walk))
            define_trace(walk, file, included, stays_sure);
    }
    if (walk->prefix != NULL)
        meet_mentions(walk, file, SIZE_MAX, &next);
}

/* Walks through a trace header or trace/define_trace.h as if the prefix did not have it: with
 * CREATE_TRACE_POINTS both are read again, whatever was read before. */
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

/* Walks through a file that the prefix does not have.  Without a prefix the walk only finds files.
 */
static void walk_file(struct walk *walk, struct scanned_file *file, unsigned depth, bool is_sure)
{
    walk->is_refused = walk->is_refused || (walk->prefix != NULL && does_more(walk, file));
    if (file->guard != NULL && file->walk != walk->number &&
        (is_option(walk, file->guard) || is_known(&walk->redefined, file->guard) ||
         hg_leak_is_brought(walk->sources, walk->prefix, file->guard)))
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
        .search_path = number_of(sources, &unit->arguments.directories),
    };
}

/* Macros that kbuild defines differently for each file. */
static const char *const own_macros[] = {"KBUILD_MODNAME", "KBUILD_BASENAME", "KBUILD_MODFILE",
                                         "__KBUILD_MODNAME"};

/* Begins a walk that notes which macros the unit changes.  It must not be copied: its sets point to
 * its arena. */
static void open_walk(struct walk *walk, struct sources *sources, const struct source_unit *unit,
                      struct source_prefix *prefix)
{
    *walk = begin_walk(sources, unit, prefix);
    hg_arena_init(&walk->arena);
    hg_strings_init(&walk->reshaping, &walk->arena);
    hg_strings_init(&walk->redefined, &walk->arena);
    for (size_t i = 0; i < sizeof own_macros / sizeof *own_macros && prefix != NULL; i++)
        if (hg_shapes_in_types(prefix, own_macros[i]))
            hg_shapes_change(prefix, own_macros[i], &walk->reshaping);
}

static void close_walk(struct walk *walk)
{
    hg_strings_deinit(&walk->reshaping);
    hg_strings_deinit(&walk->redefined);
    hg_arena_deinit(&walk->arena);
    free(walk->undone.items);
    free(walk->own.items);
    free(walk->reached.items);
}

/* Whether the files (the unit's own, or headers that it includes) are read the same after the
 * walk's prefix. */
static bool passes(struct walk *walk, const struct string_list *files)
{
    for (size_t i = 0; i < files->count; i++)
        walk_file(walk, hg_sources_scan(walk->sources, files->items[i]), 0, true);
    for (size_t i = 0; i < walk->undone.count && !walk->is_refused; i++)
        walk->is_refused = i >= UNDONE_MAX || hg_leak_is_needed(&walk->own, walk->undone.items[i]);
    return !walk->is_refused &&
           !hg_leak_changes(walk->sources, walk->prefix, &walk->own, &walk->reached);
}

void hg_sources_walk_header(struct sources *sources, struct source_prefix *prefix,
                            struct scanned_file *file)
{
    struct source_unit unit = {.arguments = prefix->arguments};
    struct walk walk = begin_walk(sources, &unit, prefix);
    walk_prefix(&walk, file, 0, true);
    free(walk.reached.items);
}

void hg_sources_walk_forced(struct sources *sources, struct source_prefix *prefix, const char *path)
{
    struct source_unit unit = {.arguments = prefix->arguments};
    struct walk walk = begin_walk(sources, &unit, prefix);
    if (hg_sources_has_file(prefix, path))
        walk_prefix(&walk, hg_sources_scan(sources, path), 0, true);
    for (size_t i = 0; i < walk.reached.count; i++) {
        const char *reached = walk.reached.items[i]->path;
        *hg_strings_number(&prefix->forced, reached, strlen(reached)) = 1;
    }
    free(walk.reached.items);
}

bool hg_sources_may_continue(struct sources *sources, const struct source_unit *unit,
                             struct source_prefix *prefix)
{
    struct walk walk;
    open_walk(&walk, sources, unit, prefix->parent);
    bool may_continue = passes(&walk, &prefix->paths);
    close_walk(&walk);
    return may_continue;
}

void hg_sources_visit_includes(struct sources *sources, const struct source_unit *unit,
                               struct source_prefix *prefix, hg_included_fn *visit, void *user)
{
    const struct scanned_file *file = hg_sources_scan(sources, unit->file->path);
    struct walk walk = begin_walk(sources, unit, prefix);
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (!is_include(event))
            continue;
        const char *path = find_included(&walk, file, event);
        if (path != NULL && !hg_sources_has_file(prefix, path))
            visit(user, path, event->kind == EVENT_INCLUDE ? event->name : NULL);
    }
}

/* -DMK='struct made { int a; }' */
static bool has_maker_option(const struct source_unit *unit)
{
    for (size_t i = 0; i < unit->arguments.macros.count; i++)
        if (hg_is_maker(unit->arguments.macros.items[i] + 2 +
                        strcspn(unit->arguments.macros.items[i] + 2, "=")))
            return true;
    return false;
}

bool hg_sources_may_skip_bodies(struct sources *sources, const struct source_unit *unit,
                                struct source_prefix *prefix)
{
    for (size_t i = 0; i < unit->arguments.language.count; i++)
        if (strncmp(unit->arguments.language.items[i], "-i", 2) == 0)
            return false; /* -isystem, -iquote: the walk would not find all files */
    struct walk walk;
    open_walk(&walk, sources, unit, NULL);
    for (size_t i = 0; i < unit->arguments.includes.count; i++)
        walk_file(&walk, hg_sources_scan(sources, unit->arguments.includes.items[i]), 0, true);
    walk_file(&walk, hg_sources_scan(sources, unit->file->path), 0, true);
    bool may_skip =
        !walk.is_refused && !has_maker_option(unit) && !hg_inner_may_have(prefix, &walk.own);
    close_walk(&walk);
    return may_skip;
}

/* An hg_other_macro_fn: the prefix neither tests the macro nor has it in a type or a macro's body.
 */
static bool is_of_no_use(void *prefix, const char *name, size_t length)
{
    return !tests(prefix, name, length) && !hg_shapes_mention(prefix, name, length);
}

bool hg_sources_may_follow(struct sources *sources, struct source_unit *unit,
                           struct source_prefix *prefix)
{
    if (prefix->is_unsafe ||
        !hg_sources_fits(&unit->arguments, &prefix->arguments, is_of_no_use, prefix))
        return false;
    for (size_t i = 0; i < unit->arguments.macros.count; i++) {
        const char *macro = unit->arguments.macros.items[i];
        if (macro[2 + strcspn(macro + 2, "=(")] == '(')
            return false; /* hdrgen does not expand macros with parameters */
        if (!hg_sources_is_own_macro(macro) &&
            hg_leak_is_changed(prefix, macro + 2, strcspn(macro + 2, "=(")))
            return false;
    }
    struct string_list files = {.items = (const char *[]){unit->file->path}, .count = 1};
    struct walk walk;
    open_walk(&walk, sources, unit, prefix);
    bool may_follow = passes(&walk, &files);
    if (may_follow)
        unit->skips_bodies = !has_maker_option(unit) && !hg_inner_may_have(prefix, &walk.own);
    close_walk(&walk);
    return may_follow;
}
