/*
 * The state of reading every header, shared by headers.c (the stages) and headers_units.c (the
 * translation units of a stage).
 */
#ifndef HG_TREE_HEADERS_PLAN_H
#define HG_TREE_HEADERS_PLAN_H

#include "tree/headers.h"

struct hg_header_plan {
    const struct hg_every_header *options;
    struct hg_diagnostics *diagnostics;
    struct hg_arena *arena;
    HG_ARRAY(struct hg_header) headers;
    struct hg_strings by_name[2]; /* by is_trace: name -> index in headers, plus one */
    struct hg_definers definers;
    const char **prefix; /* the headers of the prefix */
    size_t prefix_count;
    struct hg_units stage;
    size_t started; /* number of the stage's units that were started */
    size_t done;    /* number of the stage's units that are done */
    size_t stage_number;
    HG_ARRAY(struct hg_model *) models;
    size_t unit_count;                       /* number of units that the models come from */
    enum hg_status status;                   /* of merges while a stage runs */
    HG_ARRAY(struct hg_diagnostic) warnings; /* of all units, each once */
    HG_ARRAY(const char *) tags;             /* `struct a`, each once: to declare in later units */
    struct hg_strings tag_set;               /* those tags, and names of tags as ` a` */
    /* In units of PROGRESS: that of the earlier stages, the share of this stage in all the work,
     * and the last one that was reported. */
    unsigned progress, share, shown;
};

/* --- headers_units.c --- */

/* Chooses among the headers that are left. */
struct hg_pick {
    bool is_trace;
    enum { HG_PICK_WITH_PREFIX, HG_PICK_WITHOUT_PREFIX } prefix;
    enum { HG_PICK_NO_TWINS, HG_PICK_ONLY_TWINS, HG_PICK_ANY_TWINS } twins; /* see hg_plan_twin */
    enum { HG_PICK_ALL, HG_PICK_NEEDS_HELPER, HG_PICK_NEEDS_NONE } help;
};

/* Finds a header by its name; NULL = the plan does not have it. */
struct hg_header *hg_plan_find(struct hg_header_plan *plan, const char *name, bool is_trace);
/* Adds a header, unless the plan has it. */
void hg_plan_add_header(struct hg_header_plan *plan, const char *name, bool is_trace);

/* A trace header is in the plan twice: parsed with CREATE_TRACE_POINTS (is_trace) and without.  Of
 * the latter, returns the former, its twin, which makes it needless once it is parsed.  NULL = the
 * header has no twin. */
const struct hg_header *hg_plan_twin(struct hg_header_plan *plan, const struct hg_header *header);

/* The number of headers that are picked. */
size_t hg_plan_count(struct hg_header_plan *plan, const struct hg_pick *pick);

/* Adds the prefix to the stage. */
void hg_plan_add_prefix(struct hg_header_plan *plan);
/* Adds the prefix's headers in reversed order.  No unit waits for the result: merging the models
 * shows whether the types are the same. */
void hg_plan_add_reversed_prefix(struct hg_header_plan *plan);
/* Adds the headers that are picked, in units of equal size, at most `largest`; the last may be
 * smaller. */
void hg_plan_add_units(struct hg_header_plan *plan, struct hg_pick pick, size_t largest);

#endif
