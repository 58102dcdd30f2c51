/*
 * Reading a kernel's sources: the parts and what they share.
 *
 *     sources.c          hg_read_sources: the order of events
 *     source_classes.c   translation units that may share a precompiled prefix
 *     source_headers.c   which headers a prefix has
 *     source_prefix.c    making a prefix
 *     source_halves.c    which halves of #if a prefix took
 *     source_guard.c     whether a prefix would change a translation unit
 *     source_shapes.c    which macros the types of a prefix depend on
 *     source_inner.c     whether functions of a unit may define types
 *     source_leak.c      what headers of a prefix bring that a unit does not include
 *     source_winner.c    which of several definitions of a macro holds
 *     source_probe.c     which macros are defined at the end of a prefix
 *     source_doubt.c     what can be taken of a file that includes a missing one
 *     source_worker.c    tasks: several translation units in one process
 *     source_rest.c      headers that no source file includes
 *     source_merge.c     all models into one, and who needs which type
 */
#ifndef HG_TREE_SOURCE_PARTS_H
#define HG_TREE_SOURCE_PARTS_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "frontend/clang/source.h"
#include "tree/pool.h"
#include "tree/sources.h"

struct string_list {
    const char **items;
    size_t count, capacity;
};

/* What a file's arguments say, by kind; all in their order. */
struct source_arguments {
    struct string_list language;    /* whatever is none of the others */
    struct string_list directories; /* -I */
    struct string_list macros;      /* -DX=1, -UX */
    struct string_list includes;    /* -include */
};

enum event_kind { EVENT_INCLUDE, EVENT_INCLUDE_QUOTED, EVENT_DEFINE, EVENT_UNDEF, EVENT_TEST };

/* By all its definitions in prefixes: bits. */
enum macro_kind { MACRO_WITH_PARAMETERS = 1, MACRO_OF_ITSELF = 2, MACRO_OF_ANY_KIND = 4 };

/* A macro of a prefix in the text of a file. */
struct mention {
    const char *name;
    const char *callee; /* the name is expanded only if this is a macro, too; NULL = in any case */
};

/* A macro of a prefix in the body of a macro of a unit's own. */
struct body_mention {
    const char *macro;
    const char *name;
};

/* A directive that matters. */
struct event {
    enum event_kind kind;
    const char *name;    /* one copy of each */
    uint64_t body;       /* DEFINE: a hash of what follows the name */
    bool is_function;    /* DEFINE: a macro with parameters */
    bool is_itself;      /* DEFINE: the body is the name */
    bool is_fallback;    /* TEST: of an #ifndef that only defines it, and is its first mention */
    bool is_conditional; /* in an #if, but for the one around the whole file */
};

static inline bool changes_macro(const struct event *event)
{
    return event->kind == EVENT_DEFINE || event->kind == EVENT_UNDEF;
}

static inline bool is_include(const struct event *event)
{
    return event->kind == EVENT_INCLUDE || event->kind == EVENT_INCLUDE_QUOTED;
}

struct scanned_file {
    const char *path;
    const char *canonical; /* NULL = not asked for yet */
    HG_ARRAY(struct event) events;
    size_t walk; /* the last one that went through it */
    size_t
        sure; /* the last one that did so without an #if on the way, in files of the unit's own */
    size_t again;    /* the last one that found it to be read again */
    size_t defining; /* the last one that came to it through trace/define_trace.h */
    size_t turn;     /* of that walk's files of a prefix: how many came before */
    /* Macros of a prefix in its text, outside of functions; as many prefixes as there were then. */
    HG_ARRAY(struct mention) mentions;
    HG_ARRAY(struct body_mention) body_mentions;
    size_t mentions_of;
    bool is_guarded;           /* against being read twice */
    const char *guard;         /* the macro that does so; NULL = another way, or none */
    bool has_pragmas;          /* that change what comes after the file */
    bool leaves_pragmas;       /* likewise, but not only for what it includes itself */
    bool is_odd;               /* its text is not what it seems to be: see is_odd_text */
    bool has_unknown;          /* directives, such as an #include of a macro */
    bool includes_unknown;     /* likewise, but for a trace header that includes itself */
    bool has_inner;            /* types that a function defines */
    struct string_list makers; /* macros that define a type where they are used */
    const struct source_prefix *inner_of; /* the prefix that the next is of */
    bool uses_maker; /* in a function, or a macro of its own, such a macro of it */
};

struct scanned_list {
    struct scanned_file **items;
    size_t count, capacity;
};

/* A file that defines a macro. */
struct definer {
    const struct scanned_file *file;
    size_t turn;   /* files of the prefix that were opened before */
    uint32_t next; /* index plus one of another one */
};

/* A macro whose body has a word. */
struct macro_use {
    const char *macro;
    uint32_t next; /* index plus one of another one with the word */
};

struct byte_range {
    size_t begin, end;
};

/* Of a file of a prefix. */
struct file_halves {
    bool *passed_over; /* by index in events: an #include that was not come to; NULL = not known */
    HG_ARRAY(struct byte_range) skipped;
};

/* Headers that were parsed once, for many translation units. */
struct source_prefix {
    struct source_prefix *parent; /* the prefix that it goes on from; NULL = none */
    struct source_arguments arguments;
    struct string_list headers; /* as #include lines name them, `<` or `"` and all */
    struct string_list paths;   /* of these, where parent is not NULL */
    struct hg_memory_file file;
    const char *path;         /* of the precompiled file; NULL = there is none */
    struct hg_model *model;   /* what it adds to its parent */
    struct hg_strings files;  /* all that it opened: index plus one in scanned */
    struct hg_strings forced; /* of these: what -include names, and what that includes: 1 */
    struct scanned_list scanned;
    struct file_halves *halves;     /* by index in scanned */
    struct hg_strings tested;       /* macros that an #if of these asks for: 1 */
    struct hg_strings shapes;       /* words that their types depend on: 1 */
    struct string_list *type_words; /* of these: by index in scanned */
    struct hg_strings users;        /* word -> index plus one in uses: macros whose body has it */
    HG_ARRAY(struct macro_use) uses;
    struct string_list inner;       /* macros whose body defines a type */
    struct hg_strings inner_makers; /* these, and macros that lead to them, of the parents too: 1 */
    struct hg_strings inner_words;  /* in functions of its files: 1 */
    struct hg_strings macros;       /* that these may define: index plus one in definers */
    HG_ARRAY(struct definer) definers;
    struct string_list *asked; /* by index in scanned: macros that it tests and others define */
    bool is_unsafe; /* a file of it has odd text, or pragmas that act on what comes after */
    struct sources *sources;
};

enum source_state { SOURCE_WAITING, SOURCE_READ, SOURCE_UNREAD };

struct source_unit {
    const struct hg_source_file *file;
    struct source_arguments arguments;
    size_t class; /* index plus one; 0 = none has a prefix */
    struct source_prefix *prefix;
    enum source_state state;
    bool skips_bodies; /* no function of it defines a type */
    bool was_alone;    /* it had a process for itself */
    bool used_prefix;  /* what was read comes after a prefix */
    bool is_partial; /* a file that it includes is missing: it is read but for what depends on it */
    const void *packed; /* the model, when READ */
    size_t packed_size;
    /* When UNREAD or partial why; when READ without its prefix, the error that there was with it.
     */
    struct hg_source_fault fault;
    HG_ARRAY(struct hg_diagnostic) warnings; /* when READ */
};

struct source_class {
    struct source_arguments arguments; /* what all of its units have */
    size_t count;
    struct source_prefix *prefix;
};

struct sources {
    const struct hg_sources_options *options;
    struct hg_diagnostics *diagnostics;
    struct hg_pool *pool;
    struct hg_arena arena;
    struct hg_arena packed;    /* models of units, until they are merged */
    struct source_unit *units; /* one for each file of the list */
    size_t unit_count;
    HG_ARRAY(struct source_class) classes;
    HG_ARRAY(struct source_prefix *) prefixes;
    struct hg_target target;
    bool built_by_gcc;
    struct hg_arena scans;     /* of what follows */
    struct hg_strings scanned; /* path -> index plus one */
    HG_ARRAY(struct scanned_file *) scanned_files;
    struct hg_strings resolved;     /* directory and name -> index plus two in paths, 1 = none */
    struct hg_strings search_paths; /* of -I: 1, 2 ... */
    uint32_t search_path_count;
    struct hg_strings included; /* number of these and a name, as bytes -> as in resolved */
    HG_ARRAY(const char *) paths;
    struct hg_strings prefix_macros; /* of all prefixes: an enum macro_kind's bits */
    size_t learnt;                   /* prefixes whose macros are known */
    size_t walks;                    /* of the guard */
    bool lacks_room;                 /* for precompiled prefixes */
    size_t done;
    struct hg_tree_summary *rest; /* of the headers that no file includes; NULL = not read */
    int64_t begin;                /* milliseconds of CLOCK_MONOTONIC */
    double cpu_before;            /* of child processes, when it began */
};

/* --- source_classes.c --- */

enum { CLASS_UNITS = 24 }; /* fewer are not worth a prefix */

/* Sorts the arguments of all files, and finds the classes. */
void hg_sources_classify(struct sources *sources);
/* Whether a file with these arguments could follow the prefix: the same language, the same
 * directories first, all of its macros.  Macros that it has besides are passed to `other`, which
 * returns false to refuse. */
typedef bool hg_other_macro_fn(void *user, const char *name, size_t length);
bool hg_sources_fits(const struct source_arguments *arguments,
                     const struct source_arguments *prefix, hg_other_macro_fn *other, void *user);
/* -D options that differ from file to file and that no header's layout depends on. */
bool hg_sources_is_own_macro(const char *macro);
/* What all of these units' arguments have, beyond what the first has of `common`; the lists are to
 * be freed. */
void hg_sources_find_common(struct source_unit *const *units, size_t count,
                            const struct source_arguments *common, struct source_arguments *ret);

/* --- source_scan.c --- */

/* Each file is read once. */
struct scanned_file *hg_sources_scan(struct sources *sources, const char *path);
/* What was scanned, and where includes lead: needed until all prefixes are chosen. */
void hg_sources_init_scans(struct sources *sources);
void hg_sources_deinit_scans(struct sources *sources);

/* --- source_guard.c --- */

/* Whether the prefix, or a parent, has opened the file. */
bool hg_sources_has_file(const struct source_prefix *prefix, const char *path);
/* Macros of messages, which no type of the prefix mentions. */
bool hg_sources_is_aside(const struct source_prefix *prefix, const char *name);
/* Walks through a file of the prefix and those of it that this one includes. */
void hg_sources_walk_header(struct sources *sources, struct source_prefix *prefix,
                            struct scanned_file *file);
/* Adds a file that -include names, and what it includes, to those that are forced. */
void hg_sources_walk_forced(struct sources *sources, struct source_prefix *prefix,
                            const char *path);
/* Reads which macros the files of the prefix test; halves is what clang said of them. */
void hg_sources_learn_prefix(struct sources *sources, struct source_prefix *prefix,
                             const void *halves, size_t size);
/* Whether the unit is read the same after the prefix; then sets skips_bodies. */
bool hg_sources_may_follow(struct sources *sources, struct source_unit *unit,
                           struct source_prefix *prefix);
/* Whether no function of a unit that follows no prefix, and of none of the headers that it may
 * include, defines types; any prefix says which macros would. */
bool hg_sources_may_skip_bodies(struct sources *sources, const struct source_unit *unit,
                                struct source_prefix *prefix);
/* Whether the headers of the prefix, which the unit includes, are read the same after its parent.
 */
bool hg_sources_may_continue(struct sources *sources, const struct source_unit *unit,
                             struct source_prefix *prefix);

/* Headers that the unit itself includes and the prefix does not have: path, and the name between
 * < and >, or NULL. */
typedef void hg_included_fn(void *user, const char *path, const char *name);
void hg_sources_visit_includes(struct sources *sources, const struct source_unit *unit,
                               struct source_prefix *prefix, hg_included_fn *visit, void *user);

/* --- source_shapes.c --- */

/* Remembers what the types of the prefix depend on. */
void hg_shapes_learn(struct source_prefix *prefix);
void hg_shapes_deinit(struct source_prefix *prefix);
/* Whether a type, or the body of a macro, has the word. */
bool hg_shapes_mention(const struct source_prefix *prefix, const char *name, size_t length);
/* Whether a type has it. */
bool hg_shapes_in_types(const struct source_prefix *prefix, const char *name);
/* Adds a macro that a unit changes, and those that lead to it, to a set. */
void hg_shapes_change(const struct source_prefix *prefix, const char *name,
                      struct hg_strings *changed);
/* Whether types of a file of the prefix depend on one of the set. */
bool hg_shapes_depend_on(const struct source_prefix *prefix, const char *path,
                         const struct hg_strings *changed);
/* Adds the name, and all macros of the prefix and its parents whose bodies lead to it, to a set;
 * what was not there is pushed to `added` as well, which may be NULL. */
void hg_shapes_add_users(const struct source_prefix *prefix, const char *name,
                         struct hg_strings *set, struct string_list *added);

/* --- source_inner.c --- */

/* A prefix learns the words of functions from each of its texts, and in the end which macros make
 * types. */
void hg_inner_begin(struct source_prefix *prefix);
void hg_inner_take_word(void *prefix, const char *at, size_t length); /* an hg_word_fn */
void hg_inner_end(struct source_prefix *prefix);
void hg_inner_deinit(struct source_prefix *prefix);
/* Whether functions may define types, in the files of a unit that follows the prefix, or all files of
 * one whose arguments agree with it. */
bool hg_inner_may_have(struct source_prefix *prefix, const struct scanned_list *files);

/* --- source_halves.c --- */

/* Adds a task which parses the prefix once more, and then calls hg_sources_learn_prefix. */
void hg_sources_add_halves(struct sources *sources, struct source_prefix *prefix);
/* Takes the answer for a prefix whose files are scanned; size 0 = there is none. */
void hg_halves_learn(struct source_prefix *prefix, const void *bytes, size_t size);
void hg_halves_deinit(struct source_prefix *prefix);
/* Blanks what was passed over in the text of a file, by its index in scanned. */
void hg_halves_blank(const struct source_prefix *prefix, size_t index, char *text, size_t size);
/* By index in the file's events: an #include that the prefix, or its parent, did not come to.  NULL =
 * that is not known. */
const bool *hg_halves_passed_over(const struct source_prefix *prefix,
                                  const struct scanned_file *file);

/* --- source_probe.c --- */

/* Adds a task which asks clang what is defined at the end of the prefix, and then calls
 * hg_leak_learn. */
void hg_sources_add_probe(struct sources *sources, struct source_prefix *prefix);

/* --- source_winner.c --- */

/* Whether -include brings the file: before everything else. */
bool hg_winner_is_forced(const struct source_prefix *prefix, const struct scanned_file *file);
/* The place of a prefix's file in the order in which all of them were opened. */
int64_t hg_winner_place(const struct source_prefix *prefix, size_t turn);
/* Whether another definition of the macro holds before that place of the prefix than in the unit of
 * the last walk, before that turn; of its files those that it comes to, or comes to for certain. */
bool hg_winner_differs(const struct sources *sources, const struct source_prefix *prefix,
                       const char *name, int64_t prefix_end, int64_t unit_end, bool is_sure);

/* --- source_leak.c --- */

/* Whether a file of the prefix defines or undefines the macro. */
bool hg_leak_is_changed(const struct source_prefix *prefix, const char *name, size_t length);
/* Whether a file of the prefix that the last walk came to may define the macro. */
bool hg_leak_is_brought(const struct sources *sources, const struct source_prefix *prefix,
                        const char *name);
/* Whether the file has such a directive; is_sure: outside of all #ifs. */
bool hg_leak_has_event(const struct scanned_file *file, enum event_kind kind, const char *name,
                       bool is_sure);
/* Looks for pragmas that act on other files. */
void hg_leak_look_for_pragmas(struct scanned_file *file, const char *text);
/* Whether one of the files has a type, a macro, a condition or a declaration with the word. */
bool hg_leak_is_needed(const struct scanned_list *files, const char *macro);
/* Remembers the macros that the prefix defines; defined: those that it still does at its end (their
 * number is not 0), NULL = any may be. */
void hg_leak_learn(struct sources *sources, struct source_prefix *prefix,
                   const struct hg_strings *defined);
void hg_leak_deinit(struct source_prefix *prefix);
/* Whether headers of the prefix that a unit does not include would change it: own are the files
 * that the prefix has not, reached those of the prefix that the unit includes. */
bool hg_leak_changes(struct sources *sources, struct source_prefix *prefix,
                     const struct scanned_list *own, const struct scanned_list *reached);

/* --- source_mentions.c --- */

/* Fills in file->mentions and file->body_mentions, if they are not of the prefixes that are known. */
void hg_mentions_find(struct sources *sources, struct scanned_file *file);

/* --- source_headers.c --- */

/* Which headers the class's files include most. */
void hg_sources_choose_headers(struct sources *sources, size_t class, struct source_prefix *prefix);
/* Which headers most of these units include that prefix->parent does not have; false = none. */
bool hg_sources_choose_more_headers(struct sources *sources, struct source_unit *const *units,
                                    size_t count, struct source_prefix *prefix);

/* --- source_prefix.c --- */

/* Makes prefixes for all classes that are worth one. */
HG_MUST_CHECK enum hg_status hg_sources_make_prefixes(struct sources *sources);
/* The arguments of a unit that goes on from the prefix; NULL = of one that does not.  To be freed.
 */
const char **hg_sources_arguments(const struct source_unit *unit,
                                  const struct source_prefix *prefix, size_t *count);
/* The arguments as libclang takes them. */
void hg_sources_put_arguments(struct string_list *list, const struct source_arguments *arguments,
                              bool with_includes);
/* The memory files of the prefix and its parents, with room for one more; to be freed. */
struct hg_memory_file *hg_sources_memory_files(const struct source_prefix *prefix, size_t *count);

/* --- source_doubt.c --- */

/* An hg_doubt_fn of a unit, which is the user. */
void hg_sources_doubt(void *unit, const struct hg_opened_file *files, size_t count, bool *doubtful);

/* --- source_worker.c --- */

HG_MUST_CHECK enum hg_status hg_sources_read_units(struct sources *sources);

/* --- source_rest.c --- */

/* What the other headers define, but for what `known` defines otherwise. */
HG_MUST_CHECK enum hg_status
hg_sources_read_rest(struct sources *sources, const struct hg_model *known, struct hg_model **ret);

/* --- source_merge.c --- */

struct hg_sources_summary *hg_sources_summary_create(struct sources *sources);
struct hg_arena *hg_sources_summary_arena(struct hg_sources_summary *report);
HG_MUST_CHECK enum hg_status hg_sources_merge(struct sources *sources, struct hg_model **model,
                                              struct hg_sources_summary *report);

#endif
