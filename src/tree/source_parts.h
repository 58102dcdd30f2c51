/*
 * Reading a kernel's sources: the parts and what they share.
 *
 *     sources.c          hg_read_sources: the order of the steps
 *     source_classes.c   translation units that may share a precompiled prefix
 *     source_headers.c   which headers a prefix has
 *     source_prefix.c    making a prefix
 *     source_halves.c    which half of each #if a prefix took
 *     source_guard.c     whether a prefix would change a translation unit
 *     source_shapes.c    which macros the types of a prefix depend on
 *     source_inner.c     whether functions of a unit may define types
 *     source_leak.c      macros from headers of a prefix that a unit does not include
 *     source_winner.c    which of several definitions of a macro holds
 *     source_probe.c     which macros are defined at the end of a prefix
 *     source_doubt.c     which files can be used although a generated file is missing
 *     source_worker.c    tasks: several translation units in one process
 *     source_rest.c      headers that no source file includes
 *     source_merge.c     merges all models, and finds which module needs which type
 */
#ifndef HG_TREE_SOURCE_PARTS_H
#define HG_TREE_SOURCE_PARTS_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "frontend/clang/source.h"
#include "tree/directives.h"
#include "tree/pool.h"
#include "tree/sources.h"

struct string_list {
    const char **items;
    size_t count, capacity;
};

/* A file's arguments by kind, each kind in their order. */
struct source_arguments {
    struct string_list language;    /* all others */
    struct string_list directories; /* -I */
    struct string_list macros;      /* -DX=1, -UX */
    struct string_list includes;    /* -include */
};

enum event_kind { EVENT_INCLUDE, EVENT_INCLUDE_QUOTED, EVENT_DEFINE, EVENT_UNDEF, EVENT_TEST };

/* The kinds of a macro's definitions in all prefixes, or-ed. */
enum macro_kind { MACRO_WITH_PARAMETERS = 1, MACRO_OF_ITSELF = 2, MACRO_OF_ANY_KIND = 4 };

/* A macro of a prefix in the text of a file. */
struct mention {
    const char *name;
    size_t code;        /* where it stands, as in struct event */
    bool is_type;       /* in the text of a type */
    const char *callee; /* the name is expanded only if this is a macro, too; NULL = in any case */
};

/* A macro of a prefix in the body of a macro that a unit defines. */
struct body_mention {
    const char *macro;
    const char *name;
};

/* A directive that matters. */
struct event {
    enum event_kind kind;
    const char *name;    /* interned */
    uint64_t body;       /* DEFINE: a hash of the text after the name */
    bool is_function;    /* DEFINE: a macro with parameters */
    bool is_itself;      /* DEFINE: the body is the name */
    bool has_value;      /* TEST: of an #if, and not of `defined` */
    bool is_fallback;    /* TEST: an #ifndef, its first mention, that only defines it */
    bool is_conditional; /* in an #if other than the include guard */
    size_t code;         /* bytes of the text, without directives and comments, before it */
    const char *text;    /* DEFINE: what follows the name; NULL = no word does */
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
    const char *canonical; /* NULL = not found out yet */
    HG_ARRAY(struct event) events;
    size_t walk;     /* the last walk that came to the file */
    size_t sure;     /* the last walk that came to it without an #if on the way */
    size_t again;    /* the last walk that read it again */
    size_t defining; /* the last walk that came to it through trace/define_trace.h */
    size_t turn;     /* in the last walk: its index among the files of the same list */
    /* Macros of prefixes in its text, outside of functions. */
    HG_ARRAY(struct mention) mentions;
    HG_ARRAY(struct body_mention) body_mentions;
    size_t mentions_of;    /* how many prefixes there were when the mentions were found */
    bool defines_trace;    /* it includes trace/define_trace.h */
    bool is_trace;         /* a trace header: its calls of TRACE_EVENT are no types of the prefix */
    bool is_guarded;       /* against being read twice */
    const char *guard;     /* the macro of its include guard; NULL = none */
    bool has_pragmas;      /* has pragmas that act on other files */
    bool leaves_pragmas;   /* has pragmas that act on files after it */
    bool is_odd;           /* clang reads its text otherwise: see is_odd_text */
    bool has_unknown;      /* has directives such as an #include of a macro */
    bool includes_unknown; /* the same, except in a trace header that includes itself */
    bool has_inner;        /* a function in it defines a type */
    struct string_list makers;            /* macros that define a type where they are used */
    const struct source_prefix *inner_of; /* the prefix that uses_maker is about */
    bool uses_maker; /* a function, or a macro of its own, uses a maker of the prefix */
};

struct scanned_list {
    struct scanned_file **items;
    size_t count, capacity;
};

/* A file that defines a macro. */
struct definer {
    const struct scanned_file *file;
    size_t turn;   /* its index among the files of the prefix, in the order of opening */
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

/* The halves of #ifs that clang took in a file of a prefix. */
struct file_halves {
    bool *passed_over; /* by index in events: an #include, #define or #undef in a skipped half; NULL
                          = not known */
    size_t next;       /* index in events, while the halves that were taken are gone through */
    HG_ARRAY(struct byte_range) skipped;
};

/* Headers that were parsed once, for many translation units. */
struct source_prefix {
    struct source_prefix *parent; /* the prefix that it continues; NULL = none */
    struct source_arguments arguments;
    struct string_list headers; /* as #include lines name them, `<` or `"` and all */
    struct string_list paths;   /* of these, where parent is not NULL */
    struct hg_memory_file file;
    const char *path;         /* of the precompiled file; NULL = there is none */
    struct hg_model *model;   /* what it adds to its parent */
    struct hg_strings files;  /* all that it opened: index plus one in scanned */
    struct hg_strings forced; /* of these: what -include names, and what that includes: 1 */
    struct scanned_list scanned;
    size_t learning;                /* index in scanned, while its files are gone through */
    struct file_halves *halves;     /* by index in scanned */
    struct hg_strings tested;       /* macros that an #if of its files tests: 1 */
    struct hg_strings shapes;       /* words that the types of its files depend on: 1 */
    struct string_list *type_words; /* the same words, by index in scanned */
    struct string_list *type_calls; /* of these the words before a parenthesis */
    struct hg_strings users;        /* word -> index plus one in uses: macros whose body has it */
    HG_ARRAY(struct macro_use) uses;
    struct string_list inner;       /* macros whose body defines a type */
    struct hg_strings inner_makers; /* these, and macros that lead to them, of the parents too: 1 */
    struct hg_strings inner_words;  /* words in functions of its files: 1 */
    struct hg_strings macros;       /* that its files may define: index plus one in definers */
    HG_ARRAY(struct definer) definers;
    struct string_list *asked; /* by index in scanned: macros it tests and others define */
    bool is_unsafe; /* one of its files has odd text, or pragmas that act on files after it */
    struct sources *sources;
};

enum source_state { SOURCE_WAITING, SOURCE_READ, SOURCE_UNREAD };

struct source_unit {
    const struct hg_source_file *file;
    struct source_arguments arguments;
    size_t class; /* index plus one; 0 = in no class that has a prefix */
    struct source_prefix *prefix;
    enum source_state state;
    bool skips_bodies;  /* none of its functions defines a type */
    bool was_alone;     /* it had a process for itself */
    bool used_prefix;   /* its model was read after a prefix */
    bool is_partial;    /* it includes a missing file; its model lacks what may depend on that */
    const void *packed; /* the model, when READ */
    size_t packed_size;
    /* UNREAD or partial: why.  READ without its prefix: the error that it had with the prefix. */
    struct hg_source_fault fault;
    HG_ARRAY(struct hg_diagnostic) warnings; /* when READ */
};

struct source_class {
    struct source_arguments arguments; /* the arguments that all of its units have */
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
    struct hg_arena scans;     /* of the members from here to prefix_macros */
    struct hg_strings scanned; /* path -> index plus one */
    HG_ARRAY(struct scanned_file *) scanned_files;
    struct hg_strings resolved;     /* directory and name -> index plus two in paths, 1 = none */
    struct hg_strings search_paths; /* of -I: 1, 2 ... */
    uint32_t search_path_count;
    struct hg_strings included; /* id of a search path and a name, as bytes -> as in resolved */
    HG_ARRAY(const char *) paths;
    struct hg_strings prefix_macros; /* of all prefixes: bits of enum macro_kind */
    size_t learnt;                   /* number of prefixes whose macros are known */
    size_t walks;                    /* number of walks of the guard */
    bool lacks_room;                 /* the disk has no room for precompiled prefixes */
    size_t done;
    struct hg_tree_summary *rest; /* of the headers that no file includes; NULL = not read */
    int64_t begin;                /* milliseconds of CLOCK_MONOTONIC */
    double cpu_before;            /* of child processes, when it began */
};

/* --- source_classes.c --- */

enum { CLASS_UNITS = 24 }; /* fewer are not worth a prefix */

/* Sorts the arguments of all files, and finds the classes. */
void hg_sources_classify(struct sources *sources);
/* Whether a file with these arguments could follow the prefix: it has the same language, begins
 * with the same directories, and has all of the prefix's macros.  Its other macros are passed to
 * `other`, which returns false to refuse. */
typedef bool hg_other_macro_fn(void *user, const char *name, size_t length);
bool hg_sources_fits(const struct source_arguments *arguments,
                     const struct source_arguments *prefix, hg_other_macro_fn *other, void *user);
/* -D options that differ from file to file and that no header's layout depends on. */
bool hg_sources_is_own_macro(const char *macro);
/* The arguments that all of these units have, beyond those of `common`; the lists are to be freed.
 */
void hg_sources_find_common(struct source_unit *const *units, size_t count,
                            const struct source_arguments *common, struct source_arguments *ret);

/* --- source_scan.c --- */

/* Each file is read once. */
struct scanned_file *hg_sources_scan(struct sources *sources, const char *path);
/* A hash of the text without the blanks at its ends. */
uint64_t hg_sources_hash(const char *text);
/* The scanned files, and the files that #includes lead to: needed until all prefixes are chosen. */
void hg_sources_init_scans(struct sources *sources);
void hg_sources_deinit_scans(struct sources *sources);

/* --- source_guard.c --- */

/* Whether the prefix, or a parent, has opened the file. */
bool hg_sources_has_file(const struct source_prefix *prefix, const char *path);
/* Whether the guard ignores the macro: pr_fmt or dev_fmt, if no type of the prefix mentions it. */
bool hg_sources_is_aside(const struct source_prefix *prefix, const char *name);
/* Walks through a file of the prefix and the files that it includes. */
void hg_sources_walk_header(struct sources *sources, struct source_prefix *prefix,
                            struct scanned_file *file);
/* Adds a file that -include names, and what it includes, to those that are forced. */
void hg_sources_walk_forced(struct sources *sources, struct source_prefix *prefix,
                            const char *path);
/* Notes which macros the files of the prefix test; halves: the output of the task of
 * source_halves.c. */
void hg_sources_learn_prefix(struct sources *sources, struct source_prefix *prefix,
                             const void *halves, size_t size);
/* Whether the unit is read the same after the prefix; then sets skips_bodies. */
bool hg_sources_may_follow(struct sources *sources, struct source_unit *unit,
                           struct source_prefix *prefix);
/* The same for a unit that follows no prefix: whether no function of it, or of a header that it may
 * include, defines types.  prefix: any one, for the macros that define types. */
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

/* Notes which words the types of the prefix depend on. */
void hg_shapes_learn(struct source_prefix *prefix);
void hg_shapes_deinit(struct source_prefix *prefix);
/* Whether a type, or the body of a macro, has the word. */
bool hg_shapes_mention(const struct source_prefix *prefix, const char *name, size_t length);
/* Whether a type depends on the macro. */
bool hg_shapes_in_types(const struct source_prefix *prefix, const char *name);
/* Adds a macro that a unit changes, and those that lead to it, to a set. */
void hg_shapes_change(const struct source_prefix *prefix, const char *name,
                      struct hg_strings *changed);
/* Whether types of a file of the prefix depend on a macro of the set. */
bool hg_shapes_depend_on(const struct source_prefix *prefix, const char *path,
                         const struct hg_strings *changed);
/* Adds the name, and all macros of the prefix and its parents whose bodies lead to it, to a set.
 * Those that are new in the set are also pushed to `added`, which may be NULL. */
void hg_shapes_add_users(const struct source_prefix *prefix, const char *name,
                         struct hg_strings *set, struct string_list *added);

/* --- source_inner.c --- */

/* Between begin and end, the words in functions of all files of a prefix are passed to take_word;
 * end then finds the macros that define types. */
void hg_inner_begin(struct source_prefix *prefix);
void hg_inner_take_word(void *prefix, const char *at, size_t length); /* an hg_word_fn */
void hg_inner_end(struct source_prefix *prefix);
void hg_inner_deinit(struct source_prefix *prefix);
/* Whether functions may define types.  files: those that a unit adds to the prefix, or all files of
 * a unit that follows none. */
bool hg_inner_may_have(struct source_prefix *prefix, const struct scanned_list *files);

/* --- source_halves.c --- */

/* Adds a task which parses the prefix once more, and then calls hg_sources_learn_prefix. */
void hg_sources_add_halves(struct sources *sources, struct source_prefix *prefix);
/* Takes the task's output, for a prefix whose files are scanned; size 0 = the task failed. */
void hg_halves_learn(struct source_prefix *prefix, const void *bytes, size_t size);
void hg_halves_deinit(struct source_prefix *prefix);
/* Blanks the skipped halves in the text of a file; index: in scanned. */
/* The next #define or #undef of the file in the halves that were taken. */
void hg_halves_take_change(struct source_prefix *prefix, size_t index, enum hg_directive directive,
                           const char *name, size_t length);
void hg_halves_blank(const struct source_prefix *prefix, size_t index, char *text, size_t size);
/* By index in the file's events: an #include in a half that the prefix, or its parent, skipped.
 * NULL = not known. */
const bool *hg_halves_passed_over(const struct source_prefix *prefix,
                                  const struct scanned_file *file);

/* --- source_probe.c --- */

/* Adds a task which asks clang what is defined at the end of the prefix, and then calls
 * hg_leak_learn. */
void hg_sources_add_probe(struct sources *sources, struct source_prefix *prefix);

/* --- source_winner.c --- */

/* Whether the file comes first of all: -include names it, or a file that includes it. */
bool hg_winner_is_forced(const struct source_prefix *prefix, const struct scanned_file *file);
/* The position of a prefix's file in the order in which the files of the prefix and its parents
 * were opened. */
int64_t hg_winner_place(const struct source_prefix *prefix, size_t turn);
/* Whether another definition of the macro holds in the prefix, before position prefix_end, than in
 * the unit of the last walk, before its file number unit_end.  is_sure: only files count that the
 * unit includes without an #if on the way. */
bool hg_winner_differs(const struct sources *sources, const struct source_prefix *prefix,
                       const char *name, int64_t prefix_end, int64_t unit_end, bool is_sure);

/* --- source_leak.c --- */

/* Whether a file of the prefix defines or undefines the macro. */
bool hg_leak_is_changed(const struct source_prefix *prefix, const char *name, size_t length);
/* Whether a file of the prefix that the last walk came to may change the macro. */
bool hg_leak_is_brought(const struct sources *sources, const struct source_prefix *prefix,
                        const char *name);
/* Whether the file has such a directive; is_sure: outside of all #ifs. */
bool hg_leak_has_event(const struct scanned_file *file, enum event_kind kind, const char *name,
                       bool is_sure);
/* Looks for pragmas that act on other files. */
void hg_leak_look_for_pragmas(struct scanned_file *file, const char *text);
/* Whether one of the files has a type, a macro, a condition or a declaration with the word. */
bool hg_leak_is_needed(const struct scanned_list *files, const char *macro);
/* Notes the macros that the prefix defines.  defined: those that are defined at its end (their
 * number is not 0); NULL = not known. */
void hg_leak_learn(struct sources *sources, struct source_prefix *prefix,
                   const struct hg_strings *defined);
void hg_leak_deinit(struct source_prefix *prefix);
/* Whether the file includes what a macro names, but for what trace/define_trace.h finds in a walk. */
bool hg_leak_has_unknown(const struct sources *sources, const struct scanned_file *file);
/* Whether the unit, as far as the walk has come, has another definition of a macro that the text of one of
 * its own files mentions. */
bool hg_leak_is_met(const struct sources *sources, struct source_prefix *prefix,
                    const struct scanned_file *file, const struct mention *mention,
                    const struct scanned_list *own);
/* Whether headers of the prefix that a unit does not include would change it.  own: the unit's
 * files that are not of the prefix; reached: files of the prefix that the unit includes. */
bool hg_leak_changes(struct sources *sources, struct source_prefix *prefix,
                     const struct scanned_list *own, const struct scanned_list *reached);

/* --- source_mentions.c --- */

/* Finds file->mentions and file->body_mentions, unless they are up to date with all known prefixes.
 */
void hg_mentions_find(struct sources *sources, struct scanned_file *file);

/* --- source_chain.c --- */

/* False ends it. */
typedef bool hg_chain_fn(void *user, const char *macro);
/* Visits the macro, and those that its definitions in the prefix lead to; false: a visit ended it, or
 * there are too many. */
bool hg_chain_visit(struct source_prefix *prefix, const char *name, hg_chain_fn *visit, void *user);

/* --- source_headers.c --- */

/* Chooses for the prefix the headers that the class's files include most. */
void hg_sources_choose_headers(struct sources *sources, size_t class, struct source_prefix *prefix);
/* Chooses for the prefix the headers that most of these units include and that its parent does not
 * have; false = none. */
bool hg_sources_choose_more_headers(struct sources *sources, struct source_unit *const *units,
                                    size_t count, struct source_prefix *prefix);

/* --- source_prefix.c --- */

/* Makes prefixes for all classes that are worth one. */
HG_MUST_CHECK enum hg_status hg_sources_make_prefixes(struct sources *sources);
/* The arguments of a unit that follows the prefix; prefix NULL = that follows none.  To be freed.
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

/* Reads the headers that no source file includes, without the types that `known` defines
 * differently. */
HG_MUST_CHECK enum hg_status
hg_sources_read_rest(struct sources *sources, const struct hg_model *known, struct hg_model **ret);

/* --- source_merge.c --- */

struct hg_sources_summary *hg_sources_summary_create(struct sources *sources);
struct hg_arena *hg_sources_summary_arena(struct hg_sources_summary *report);
HG_MUST_CHECK enum hg_status hg_sources_merge(struct sources *sources, struct hg_model **model,
                                              struct hg_sources_summary *report);

#endif
