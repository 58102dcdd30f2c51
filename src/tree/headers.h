/*
 * Reading every header of a tree: what its parts share.
 *
 *     headers.c        hg_read_every_header: stage by stage, which headers are parsed together
 *     headers_units.c  the translation units of a stage (headers_plan.h)
 *     definers.c       finds the header that defines a missing symbol
 *     fragments.c      headers that are not parsed for their own sake
 *     report.c         what could not be read, for the caller
 */
#ifndef HG_TREE_HEADERS_H
#define HG_TREE_HEADERS_H

#include "base/strings.h"
#include "model/merge.h"
#include "tree/job.h"
#include "tree/outcome.h"

#include <hdrgen/tree.h>

/* --- headers.c --- */

struct hg_every_header {
    const struct hg_catalogue *catalogue;
    const struct hg_job_setup *setup; /* its prefix is `prefix`, or NULL */
    struct hg_prefix *prefix;         /* NULL = nothing is precompiled */
    struct hg_parser *parser;         /* a pool of processes, or a test's own */
    struct hg_arena *arena;           /* the parser's */
    /* Headers that were opened for this model are not parsed for their own sake; NULL = all are. */
    const struct hg_model *known;
    hg_progress_fn *progress; /* NULL = progress is not reported */
    void *progress_user;
    bool explain; /* reports each change of a header's state as a note */
};

/* Like hg_read_tree, but with the report's figures of processes left 0. */
HG_MUST_CHECK enum hg_status hg_read_every_header(const struct hg_every_header *options,
                                                  struct hg_diagnostics *diagnostics,
                                                  struct hg_model **ret,
                                                  struct hg_tree_summary **report);

/* --- read.c --- */

/* Like hg_read_tree with HG_TREE_EVERY_HEADER, but without headers that were opened for `known`. */
HG_MUST_CHECK enum hg_status
hg_read_other_headers(const struct hg_kernel *kernel, const struct hg_tree_options *options,
                      const struct hg_model *known, struct hg_diagnostics *diagnostics,
                      struct hg_model **ret, struct hg_tree_summary **report);

/* --- fragments.c --- */

/* Whether the header is part of another one, or is not C of this kernel. */
bool hg_is_fragment(const char *header);

/* --- definers.c --- */

/* Knows which files define symbols: from the models so far for types and enumerators, from the
 * catalogue for macros. */
struct hg_definers {
    const struct hg_catalogue *catalogue;
    struct hg_strings symbols;    /* `struct a`, `a_t`, enumerator -> index in files, plus one */
    HG_ARRAY(const char *) files; /* the files that define them */
};

void hg_definers_init(struct hg_definers *definers, const struct hg_catalogue *catalogue,
                      struct hg_arena *arena);
void hg_definers_deinit(struct hg_definers *definers);

/* Remembers which files define the types of the model. */
void hg_definers_learn(struct hg_definers *definers, const struct hg_model *model);

/* Returns the name of a header that can be a helper; NULL = it cannot.  file: its name or its
 * path. */
typedef const char *hg_helper_fn(void *user, const char *file);

/* Finds the header that defines the symbol that the problem misses. */
struct hg_definer hg_find_definer(struct hg_definers *definers,
                                  const struct hg_job_problem *problem, hg_helper_fn *helper,
                                  void *user);

/* --- report.c --- */

/* Makes the summary: counts of headers, headers that were not read, and conflicts.  It copies all
 * of them. */
struct hg_tree_summary *hg_make_tree_summary(const struct hg_header *headers, size_t count,
                                             const struct hg_name_conflicts *conflicts);
/* Makes a summary with the files that were searched; it copies their names. */
struct hg_tree_summary *hg_summarize_search(const char *const *files, size_t count);

#endif
