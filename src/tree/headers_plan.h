/*
 * The state of reading every header, which its parts share.
 *
 *     headers.c        the stages, and what came of each
 *     headers_units.c  the translation units of a stage
 */
#ifndef HG_TREE_HEADERS_PLAN_H
#define HG_TREE_HEADERS_PLAN_H

#include "tree/headers.h"

struct hg_header_plan {
    const struct hg_every_header *options;
    struct hg_diagnostics *diagnostics;
    struct hg_arena *arena;
    HG_ARRAY(struct hg_header) headers;
    struct hg_strings by_name[2]; /* by is_trace: index plus one */
    struct hg_definers definers;
    const char **prefix; /* headers that units begin with */
    size_t prefix_count;
    struct hg_units stage;
    size_t started; /* units of the stage */
    size_t done;    /* likewise */
    size_t stage_number;
    HG_ARRAY(struct hg_model *) models;
    size_t unit_count;                       /* that these are made of */
    enum hg_status status;                   /* of what is done while a stage runs */
    HG_ARRAY(struct hg_diagnostic) warnings; /* of all units, each once */
    HG_ARRAY(const char *) tags;             /* `struct a`, each once */
    struct hg_strings tag_names;             /* the same without `struct` */
    struct hg_strings tag_set;
    unsigned progress; /* of PROGRESS, before the stage; what the stage is worth; what was shown */
    unsigned share;
    unsigned shown;
};

/* --- headers_units.c --- */

/* Which of the headers that are left. */
struct hg_pick {
    bool is_trace;
    enum { HG_PICK_WITH_PREFIX, HG_PICK_WITHOUT_PREFIX } prefix;
    enum { HG_PICK_NO_TWINS, HG_PICK_ONLY_TWINS, HG_PICK_ANY_TWINS } twins; /* see hg_plan_twin */
    enum { HG_PICK_ALL, HG_PICK_NEEDS_HELPER, HG_PICK_NEEDS_NONE } help;
};

/* NULL = there is no such header. */
struct hg_header *hg_plan_find(struct hg_header_plan *plan, const char *name, bool is_trace);
/* Once. */
void hg_plan_add_header(struct hg_header_plan *plan, const char *name, bool is_trace);

/* Of a trace header, when it is looked at as another one: the trace header, which makes that one
 * needless where it can be parsed with CREATE_TRACE_POINTS.  NULL = it is none. */
const struct hg_header *hg_plan_twin(struct hg_header_plan *plan, const struct hg_header *header);

size_t hg_plan_count(struct hg_header_plan *plan, const struct hg_pick *pick);

/* Add to the stage: the prefix; its headers in reversed order, as the check of it, which nothing
 * waits for, since merging shows whether the types are the same; all headers that are picked, in
 * units of at most `largest`, all about as large. */
void hg_plan_add_prefix(struct hg_header_plan *plan);
void hg_plan_add_reversed_prefix(struct hg_header_plan *plan);
void hg_plan_add_units(struct hg_header_plan *plan, struct hg_pick pick, size_t largest);

#endif
