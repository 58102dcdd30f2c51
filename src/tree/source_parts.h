/*
 * Reading a kernel's sources: the parts and what they share.
 *
 *     sources.c          hg_read_sources: the order of the steps
 *     source_classes.c   translation units that may share a precompiled prefix
 *     source_headers.c   chooses the headers of a prefix
 *     source_prefix.c    makes the prefixes, and chooses one for each unit
 *     source_guard.h     the guard: whether a prefix would change a unit; several files
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

/* The kinds of a macro's definitions in all prefixes, or-ed.  OF_ITSELF: `#define u32 u32`. */
enum macro_kind { MACRO_WITH_PARAMETERS = 1, MACRO_OF_ITSELF = 2, MACRO_OF_ANY_KIND = 4 };

/* A macro of a prefix in the text of a file. */
struct mention {
    const char *name;
    size_t code;        /* its position, as in struct event */
    bool is_type;       /* in the text of a type */
    const char *callee; /* the name is expanded only if this is a macro, too; NULL = in any case */
};

/* A macro of a prefix in the body of a macro that a unit defines. */
struct body_mention {
    const char *macro; /* the unit's */
    const char *name;  /* the prefix's */
};

/* A directive that the guard needs. */
struct event {
    enum hg_directive kind; /* INCLUDE, INCLUDE_QUOTED, DEFINE, UNDEF or TEST */
    const char *name;       /* interned */
    bool is_conditional;    /* in an #if other than the include guard */
    size_t code; /* its position: bytes of text before it, directives and comments aside */
    /* DEFINE */
    uint64_t body;    /* a hash of the text after the name */
    const char *text; /* that text; NULL = it has no word */
    bool is_function; /* the macro has parameters */
    bool is_itself;   /* the body is the name */
    /* TEST */
    bool has_value;   /* the macro's value counts: in an #if, outside of `defined` */
    bool is_fallback; /* an #ifndef, the first mention of the macro, that only defines it */
};

static inline bool changes_macro(const struct event *event)
{
    return event->kind == HG_DIRECTIVE_DEFINE || event->kind == HG_DIRECTIVE_UNDEF;
}

static inline bool is_include(const struct event *event)
{
    return event->kind == HG_DIRECTIVE_INCLUDE || event->kind == HG_DIRECTIVE_INCLUDE_QUOTED;
}

/* A file's text, as far as the guard needs it.  A walk is one pass of the guard through a unit;
 * walks are numbered from 1. */
struct scanned_file {
    const char *path;
    const char *canonical; /* NULL = realpath was not called yet */
    HG_ARRAY(struct event) events;
    size_t walk;     /* the last walk that came to the file */
    size_t sure;     /* the last walk that came to it without an #if on the way */
    size_t again;    /* the last walk that read it again */
    size_t defining; /* the last walk that came to it through trace/define_trace.h */
    size_t position; /* index in the list that the last walk put it into */
    /* Macros of prefixes in its text, outside of functions. */
    HG_ARRAY(struct mention) mentions;
    HG_ARRAY(struct body_mention) body_mentions;
    size_t mentions_of;    /* the number of prefixes that these mentions are about */
    bool defines_trace;    /* it includes trace/define_trace.h */
    bool is_trace;         /* a trace header: its calls of TRACE_EVENT are no types of the prefix */
    bool is_guarded;       /* it has an include guard or #pragma once */
    const char *guard;     /* the macro of its include guard; NULL = none */
    bool has_pragmas;      /* has pragmas that act on other files */
    bool leaves_pragmas;   /* has pragmas that act on files after it */
    bool is_odd;           /* clang reads its text otherwise: see is_odd_text */
    bool has_unknown;      /* has directives such as an #include of a macro */
    bool includes_unknown; /* the same, except in a trace header that includes itself */
    bool has_inner;        /* a function in it may define a type */
    struct string_list makers;            /* macros that define a type where they are used */
    const struct source_prefix *inner_of; /* the prefix for which uses_maker holds */
    bool uses_maker; /* a function, or a macro of its own, uses a maker of the prefix */
};

struct scanned_list {
    struct scanned_file **items;
    size_t count, capacity;
};

/* A file of a prefix that defines or undefines a macro. */
struct definer {
    const struct scanned_file *file;
    size_t index;  /* of the file in the prefix's list, which has the order of opening */
    uint32_t next; /* index plus one of the macro's next definer; 0 = none */
};

/* A macro whose body has a word. */
struct macro_use {
    const char *macro;
    uint32_t next; /* index plus one of the word's next use; 0 = none */
};

struct byte_range {
    size_t begin, end;
};

/* The branches of #ifs that clang skipped in a file of a prefix. */
struct file_branches {
    bool *is_skipped; /* by index in events: an #include, #define or #undef in a skipped branch;
                         NULL = not known */
    size_t next;      /* index in events, for hg_branches_take_change */
    HG_ARRAY(struct byte_range) skipped;
};

/* Tables of a prefix, and the number that each string in them has. */
enum prefix_table {
    PREFIX_FILES,        /* all files that it opened: index plus one in scanned */
    PREFIX_FORCED,       /* of these, those that -include names, and what they include: 1 */
    PREFIX_TESTED,       /* macros that an #if of its files tests: 1 */
    PREFIX_SHAPES,       /* words that the types of its files depend on: 1 */
    PREFIX_USERS,        /* a word: index plus one in uses of a macro whose body has it */
    PREFIX_MACROS,       /* macros that its files may define: index plus one in definers */
    PREFIX_INNER_WORDS,  /* words in functions of its files: 1 */
    PREFIX_INNER_MAKERS, /* its and its parents' macros that lead to a definition of a type: 1 */
    PREFIX_TABLES
};

/* Headers that were parsed once, for many translation units. */
struct source_prefix {
    struct source_prefix *parent; /* the prefix that it continues; NULL = none */
    struct source_arguments arguments;
    struct string_list headers; /* as in #include lines, with their quotes or brackets */
    struct string_list paths;   /* of the headers, if there is a parent */
    struct hg_memory_file file;
    const char *path;       /* of the precompiled file; NULL = there is none */
    struct hg_model *model; /* the types that it adds to its parent */
    struct hg_strings tables[PREFIX_TABLES];
    struct scanned_list scanned;
    size_t learning;                /* index of the file in scanned that is being read */
    struct file_branches *branches; /* by index in scanned */
    struct string_list *type_words; /* by index in scanned: the words that its types depend on */
    struct string_list *type_calls; /* those of them that stand before a parenthesis */
    HG_ARRAY(struct macro_use) uses;
    struct string_list inner; /* macros whose body defines a type */
    HG_ARRAY(struct definer) definers;
    /* By index in scanned: macros that the file's #ifs and types depend on, and whose definition
     * depends on the files before it. */
    struct string_list *inherited;
    bool is_unsafe; /* no unit may follow it: odd text, for example */
    struct sources *sources;
};

enum source_state { SOURCE_WAITING, SOURCE_READ, SOURCE_UNREAD };

struct source_unit {
    const struct hg_source_file *file;
    struct source_arguments arguments;
    size_t class; /* index */
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
    struct hg_arena scans;     /* of scanned files and of the tables of prefixes */
    struct hg_strings scanned; /* path: index plus one in scanned_files; also interns words */
    HG_ARRAY(struct scanned_file *) scanned_files;
    struct hg_strings resolved;     /* for hg_kernel_find_file */
    struct hg_strings search_paths; /* a list of -I directories: its id, from 1 */
    uint32_t search_path_count;
    struct hg_strings included;      /* such an id and a name, as bytes: index plus one in paths */
    HG_ARRAY(const char *) paths;    /* NULL = no file */
    struct hg_strings prefix_macros; /* of all prefixes: bits of enum macro_kind */
    size_t learnt;                   /* number of prefixes whose macros are known */
    size_t walks;                    /* number of walks of the guard */
    bool lacks_room;                 /* a prefix could not be saved */
    size_t done;                     /* units that are read or given up */
    struct hg_tree_summary *rest;    /* of the headers that no file includes; NULL = not read */
    double begin;                    /* hg_sources_clock when reading began */
    double cpu_before;               /* of child processes, when it began */
};

/* --- sources.c --- */

/* Seconds of a clock that never goes back. */
double hg_sources_clock(void);
struct hg_arena *hg_sources_summary_arena(struct hg_sources_summary *report);

/* --- source_classes.c --- */

enum { CLASS_UNITS = 24 }; /* a class with fewer is not worth a prefix */

/* Macros that kbuild defines differently for each file, and their values in a prefix. */
struct own_macro {
    const char *name, *value;
};
enum { OWN_MACROS = 4 };
extern const struct own_macro hg_own_macros[OWN_MACROS];
/* Whether a -D option defines one of them. */
bool hg_sources_is_own_macro(const char *option);
/* Whether one of these -D and -U options names the macro. */
bool hg_sources_has_option(const struct string_list *options, const char *name);

/* Sorts the arguments of all files, and finds the classes. */
void hg_sources_classify(struct sources *sources);
/* Whether a file with these arguments could follow the prefix: it has the same language and forced
 * includes, begins with the same directories, and has all of the prefix's macros. */
bool hg_sources_fits(const struct source_arguments *arguments,
                     const struct source_arguments *prefix);
/* Finds the directories and macros that all of these units have; language and forced includes are
 * those of `class`.  The lists of directories and macros are to be freed. */
void hg_sources_find_common(struct source_unit *const *units, size_t count,
                            const struct source_arguments *class, struct source_arguments *ret);

/* --- source_headers.c --- */

/* Chooses the headers that many files of the class include. */
void hg_sources_choose_headers(struct sources *sources, size_t class, struct source_prefix *prefix);
/* Chooses the headers that most of these units include and that the prefix's parent does not have;
 * false = none. */
bool hg_sources_choose_more_headers(struct sources *sources, struct source_unit *const *units,
                                    size_t count, struct source_prefix *prefix);

/* --- source_prefix.c --- */

/* Whether the table of the prefix, or of a parent, has the string. */
bool hg_prefix_has(const struct source_prefix *prefix, enum prefix_table table, const char *string,
                   size_t length);
/* Makes the prefixes that are worth it, and chooses one for each unit. */
HG_MUST_CHECK enum hg_status hg_sources_make_prefixes(struct sources *sources);
/* Parses a text that exists only in memory, with the prefix's arguments, after the headers of
 * `before`; NULL = after none.  Sets those fields of *unit; error NULL = errors are ignored. */
HG_MUST_CHECK enum hg_status
hg_sources_parse_text(const struct source_prefix *prefix, const struct source_prefix *before,
                      const struct hg_memory_file *text, struct hg_source_unit *unit,
                      hg_source_error_fn *error, void *user, struct hg_model **model);
/* The memory files of the prefix and its parents, with room for one more; to be freed. */
struct hg_memory_file *hg_sources_memory_files(const struct source_prefix *prefix, size_t *count);

/* --- source_doubt.c --- */

/* An hg_doubt_fn; the user is the unit. */
void hg_sources_doubt(void *unit, const struct hg_opened_file *files, size_t count, bool *doubtful);

/* --- source_worker.c --- */

/* Reads all units, each after its prefix. */
HG_MUST_CHECK enum hg_status hg_sources_read_units(struct sources *sources);

/* --- source_rest.c --- */

/* Reads the headers that no source file includes, without the types that `known` defines
 * differently. */
HG_MUST_CHECK enum hg_status
hg_sources_read_rest(struct sources *sources, const struct hg_model *known, struct hg_model **ret);

/* --- source_merge.c --- */

/* Merges the models of all prefixes, units and other headers, and reports groups and conflicts. */
HG_MUST_CHECK enum hg_status hg_sources_merge(struct sources *sources, struct hg_model **model,
                                              struct hg_sources_summary *report);

#endif
