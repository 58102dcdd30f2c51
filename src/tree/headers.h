/*
 * Reading every header of a tree: the parts and what they share.
 *
 *     headers.c      hg_read_every_header: stage by stage, which headers are parsed together
 *     headers_units.c  (headers_plan.h) the translation units of a stage
 *     definers.c     which header defines a missing symbol
 *     fragments.c    headers that never stand alone
 *     report.c       what could not be read, for the caller
 */
#ifndef HG_TREE_HEADERS_H
#define HG_TREE_HEADERS_H

#include "base/strings.h"
#include "model/merge.h"
#include "tree/job.h"
#include "tree/outcome.h"

#include <hdrgen/tree.h>

/* --- headers.c --- */

/* What the headers are parsed with, and the parser: processes, or what a test puts in their place.
 */
struct hg_every_header {
    const struct hg_catalogue *catalogue;
    const struct hg_job_setup *setup; /* its prefix is `prefix`, or NULL */
    struct hg_prefix *prefix;         /* NULL = nothing is precompiled */
    struct hg_parser *parser;
    struct hg_arena *arena; /* the parser's */
    /* Headers that it has opened are not parsed for their own sake; NULL = all are. */
    const struct hg_model *known;
    hg_progress_fn *progress; /* NULL = nobody */
    void *progress_user;
    bool explain; /* reports each change of a header's state as a note */
};

/* As hg_read_tree.  The report's counts of processes are left 0. */
HG_MUST_CHECK enum hg_status hg_read_every_header(const struct hg_every_header *options,
                                                  struct hg_diagnostics *diagnostics,
                                                  struct hg_model **ret,
                                                  struct hg_tree_summary **report);

/* --- read.c --- */

/* As hg_read_tree with HG_TREE_EVERY_HEADER, but without the headers that were opened for `known`.
 */
HG_MUST_CHECK enum hg_status
hg_read_other_headers(const struct hg_kernel *kernel, const struct hg_tree_options *options,
                      const struct hg_model *known, struct hg_diagnostics *diagnostics,
                      struct hg_model **ret, struct hg_tree_summary **report);

/* --- fragments.c --- */

/* It is a part of another header, or meant for something else than C of this kernel. */
bool hg_is_fragment(const char *header);

/* --- definers.c --- */

/* Where symbols are defined: what models have, and macros by the catalogue. */
struct hg_definers {
    const struct hg_catalogue *catalogue;
    struct hg_strings symbols;    /* `struct a`, `a_t`, enumerator: index plus one in files */
    HG_ARRAY(const char *) files; /* where the models say they are defined */
};

void hg_definers_init(struct hg_definers *definers, const struct hg_catalogue *catalogue,
                      struct hg_arena *arena);
void hg_definers_deinit(struct hg_definers *definers);

/* Remembers where the types of the model are defined. */
void hg_definers_learn(struct hg_definers *definers, const struct hg_model *model);

/* Whether the header, by its name or by the file that a location names, can be a helper: its name;
 * NULL = it cannot. */
typedef const char *hg_helper_fn(void *user, const char *file);

struct hg_definer hg_find_definer(struct hg_definers *definers,
                                  const struct hg_job_problem *problem, hg_helper_fn *helper,
                                  void *user);

/* --- report.c --- */

/* Header counts, headers that were not read, and conflicts; copies all it needs. */
struct hg_tree_summary *hg_make_tree_summary(const struct hg_header *headers, size_t count,
                                             const struct hg_name_conflicts *conflicts);
/* A summary with the files that were looked through; copies their names. */
struct hg_tree_summary *hg_summarize_search(const char *const *files, size_t count);

#endif
