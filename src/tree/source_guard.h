/*
 * The guard: whether a prefix would change a translation unit that follows it.  Its parts:
 *
 *     source_guard.c     a walk through the unit and its headers; macros that the unit changes
 *     source_include.c   the file that an #include names
 *     source_trace.c     trace headers that are read twice
 *     source_scan.c      the directives of a file
 *     source_branches.c  which branches of #ifs clang took in a prefix
 *     source_probe.c     which macros are defined at the end of a prefix
 *     source_shapes.c    which macros the types of a prefix depend on
 *     source_chain.c     which macros the expansion of a macro may use
 *     source_inner.c     whether functions of a unit may define types
 *     source_leak.c      macros from headers of a prefix that a unit does not include
 *     source_pragmas.c   pragmas that act on other files
 *     source_mentions.c  which macros of prefixes a file mentions
 *     source_winner.c    which of several definitions of a macro holds
 */
#ifndef HG_TREE_SOURCE_GUARD_H
#define HG_TREE_SOURCE_GUARD_H

#include "tree/source_parts.h"

/* --- source_scan.c --- */

/* The file's scan; its text is read the first time. */
struct scanned_file *hg_sources_scan(struct sources *sources, const char *path);
/* A hash of the text without the blanks at its ends. */
uint64_t hg_sources_hash(const char *text);
/* Frees all scans and tables.  To be called once, when all prefixes are chosen. */
void hg_sources_deinit_scans(struct sources *sources);

/* --- source_include.c --- */

/* A search through a list of -I directories. */
struct include_search {
    struct sources *sources;
    const struct string_list *directories;
    uint32_t id; /* of the list: equal lists have equal ids */
};
struct include_search hg_include_begin(struct sources *sources,
                                       const struct string_list *directories);
/* The path of the file that an #include names; NULL = there is none. */
const char *hg_include_find(const struct include_search *search,
                            const struct scanned_file *includer, const struct event *event);

/* --- source_trace.c --- */

/* redefined: the macros that a unit's text has changed so far; options: its -D and -U. */

/* Whether the file is trace/define_trace.h. */
bool hg_trace_is_define_trace(const struct scanned_file *file);
/* Whether trace/define_trace.h finds the trace header by this macro. */
bool hg_trace_finds_header_by(const char *macro);
/* Whether CREATE_TRACE_POINTS is defined. */
bool hg_trace_makes_tracepoints(const struct hg_strings *redefined,
                                const struct string_list *options);
/* Whether trace/define_trace.h, which the trace header includes, will include this header again. */
bool hg_trace_includes_itself(struct sources *sources, const struct scanned_file *header,
                              const struct hg_strings *redefined,
                              const struct string_list *options);

/* --- source_guard.c --- */

/* Whether the prefix, or a parent, has opened the file. */
bool hg_sources_has_file(const struct source_prefix *prefix, const char *path);
/* Whether a change of the macro does not count: pr_fmt or dev_fmt, if no type of the prefix
 * mentions it.  Headers use them to print. */
bool hg_sources_ignores_macro(const struct source_prefix *prefix, const char *name);
/* A walk through a file of the prefix and the files that it includes: see scanned_file.walk. */
void hg_sources_walk_header(struct sources *sources, struct source_prefix *prefix,
                            struct scanned_file *file);
/* Adds to PREFIX_FORCED a file that -include names, and the files that it includes. */
void hg_sources_walk_forced(struct sources *sources, struct source_prefix *prefix,
                            const char *path);
/* Scans the files of the prefix; branches: the output of the task of source_branches.c. */
void hg_sources_learn_prefix(struct sources *sources, struct source_prefix *prefix,
                             const void *branches, size_t size);
/* Whether clang reads the unit the same after the prefix as without it; then sets skips_bodies. */
bool hg_sources_may_follow(struct sources *sources, struct source_unit *unit,
                           struct source_prefix *prefix);
/* For a unit that follows no prefix: whether no function of it, or of a header that it may include,
 * defines types.  prefix: any one, for the macros that define types. */
bool hg_sources_may_skip_bodies(struct sources *sources, const struct source_unit *unit,
                                struct source_prefix *prefix);
/* Whether clang reads the headers of the prefix, which the unit includes, the same after the
 * prefix's parent as without it. */
bool hg_sources_may_continue(struct sources *sources, const struct source_unit *unit,
                             struct source_prefix *prefix);

/* Visits the headers that the unit itself includes and the prefix does not have: path, and the name
 * between < and >, or NULL. */
typedef void hg_included_fn(void *user, const char *path, const char *name);
void hg_sources_visit_includes(struct sources *sources, const struct source_unit *unit,
                               struct source_prefix *prefix, hg_included_fn *visit, void *user);

/* --- source_branches.c --- */

/* Adds a task which parses the prefix once more, and then calls hg_sources_learn_prefix. */
void hg_branches_add_task(struct sources *sources, struct source_prefix *prefix);
/* Takes the task's output, for a prefix whose files are scanned; size 0 = the task failed. */
void hg_branches_learn(struct source_prefix *prefix, const void *bytes, size_t size);
void hg_branches_deinit(struct source_prefix *prefix);
/* Replaces the skipped branches in the text of a file with blanks; index: in prefix->scanned. */
void hg_branches_blank(const struct source_prefix *prefix, size_t index, char *text, size_t size);
/* Notes that a #define or #undef of the file is in a branch that was taken.  To be called for each
 * of these, in the order of the text. */
void hg_branches_take_change(struct source_prefix *prefix, size_t index,
                             enum hg_directive directive, const char *name, size_t length);
/* By index in the file's events: whether it is an #include, #define or #undef in a branch that the
 * prefix, or a parent, skipped.  NULL = not known. */
const bool *hg_branches_skipped(const struct source_prefix *prefix,
                                const struct scanned_file *file);

/* --- source_probe.c --- */

/* Adds a task which asks clang for the macros that are defined at the end of the prefix, and then
 * calls hg_leak_learn. */
void hg_sources_add_probe(struct sources *sources, struct source_prefix *prefix);

/* --- source_shapes.c --- */

/* Finds the words that the types of the prefix depend on. */
void hg_shapes_learn(struct source_prefix *prefix);
void hg_shapes_deinit(struct source_prefix *prefix);
/* Whether types of a file of the prefix depend on a macro of the set. */
bool hg_shapes_depend_on(const struct source_prefix *prefix, const char *path,
                         const struct hg_strings *changed);
/* Adds to the set the name, and all macros of the prefix and its parents whose bodies lead to it.
 * Those that are new in the set are also pushed to `added`, which may be NULL. */
void hg_shapes_add_users(const struct source_prefix *prefix, const char *name,
                         struct hg_strings *set, struct string_list *added);

/* --- source_chain.c --- */

/* Returns false to end the visit. */
typedef bool hg_chain_fn(void *user, const char *macro);
/* Visits the macro, and the macros of the prefix that its expansion may use.  False = the visitor
 * ended the visit, or there are too many macros. */
bool hg_chain_visit(struct source_prefix *prefix, const char *name, hg_chain_fn *visit, void *user);

/* --- source_inner.c --- */

/* Whether functions may define types.  files: those that a unit adds to the prefix, or all files of
 * a unit that follows none. */
bool hg_inner_may_have(struct source_prefix *prefix, const struct scanned_list *files);

/* --- source_winner.c --- */

/* The position of a file, by its index in the prefix's list, in the order in which the prefix and
 * its parents opened their files. */
int64_t hg_winner_position(const struct source_prefix *prefix, size_t index);
/* Whether the definition of the macro that holds in the prefix before position prefix_end differs
 * from the one that holds in the unit of the last walk before its file number unit_end.  is_sure:
 * only files count that the unit includes without an #if on the way. */
bool hg_winner_differs(const struct sources *sources, const struct source_prefix *prefix,
                       const char *name, int64_t prefix_end, int64_t unit_end, bool is_sure);

/* --- source_leak.c --- */

/* Whether a file of the prefix to which the last walk came may change the macro. */
bool hg_leak_is_changed_on_walk(const struct sources *sources, const struct source_prefix *prefix,
                                const char *name);
/* Whether the file has such a directive; is_sure: outside of all #ifs. */
bool hg_leak_has_event(const struct scanned_file *file, enum hg_directive kind, const char *name,
                       bool is_sure);
/* Whether the file defines or undefines the macro. */
bool hg_leak_changes_macro(const struct scanned_file *file, const char *name);
/* Whether a type, a macro, an #if or a declaration of the files has the word. */
bool hg_leak_is_mentioned(const struct scanned_list *files, const char *word);
/* Notes the macros that the prefix defines.  defined: the macros that are defined at its end; NULL
 * = not known. */
void hg_leak_learn(struct sources *sources, struct source_prefix *prefix,
                   const struct hg_strings *defined);
void hg_leak_deinit(struct source_prefix *prefix);
/* Whether the file has an #include of a macro, except for the one by which trace/define_trace.h
 * includes a trace header that the walk knows. */
bool hg_leak_includes_unknown(const struct sources *sources, const struct scanned_file *file);
/* Whether a macro that the unit's own file mentions has another definition in the prefix than in
 * the unit, as far as the last walk has come. */
bool hg_leak_mention_differs(const struct sources *sources, struct source_prefix *prefix,
                             const struct scanned_file *file, const struct mention *mention,
                             const struct scanned_list *own);
/* Whether headers of the prefix that a unit does not include would change the unit.  own: the
 * unit's files that are not of the prefix; reached: files of the prefix that the unit includes. */
bool hg_leak_changes_unit(struct sources *sources, struct source_prefix *prefix,
                          const struct scanned_list *own, const struct scanned_list *reached);

/* --- source_pragmas.c --- */

/* Sets the members of the file that are about pragmas. */
void hg_pragmas_find(struct scanned_file *file, const char *text);

/* --- source_mentions.c --- */

/* Finds file->mentions and file->body_mentions, unless they are up to date with all prefixes. */
void hg_mentions_find(struct sources *sources, struct scanned_file *file);

#endif
