/*
 * What came of a job means, and what is tried next: functions of the job, its result, and what is
 * known of who defines what.  Nothing here parses, forks, or reads a file.
 *
 *     job {types.h | a.h b.h}: b.h conflicts with a.h     -> job {types.h | a.h}; b.h waits
 *     job {types.h | b.h}: b.h misses struct c of c.h     -> b.h needs the helper c.h
 *     job {types.h c.h | b.h}: a model                    -> b.h is parsed
 *
 * tests/unit/outcome.c is the specification.
 */
#ifndef HG_TREE_OUTCOME_H
#define HG_TREE_OUTCOME_H

#include "tree/catalogue.h"
#include "tree/job.h"

/* --- one header --- */

enum hg_header_state {
    HG_HEADER_WAITING, /* not parsed yet, or with an error that another header may have caused */
    HG_HEADER_PARSED,
    HG_HEADER_NEEDS_HELPER,          /* a symbol is missing */
    HG_HEADER_AWAITS_DEFINITION,     /* likewise, and no header that was parsed defines it so far */
    HG_HEADER_CONFLICTS_WITH_PREFIX, /* it is parsed without the prefix from now on */
    HG_HEADER_FRAGMENT,              /* it is parsed through a header that includes it */
    HG_HEADER_GIVEN_UP,              /* nothing is left that could help */
};

/* `needs helper`. */
const char *hg_header_state_name(enum hg_header_state state);

enum { HG_HELPERS_MAX = 4 }; /* of a header that misses one symbol after the other */

/* A header that is to be parsed. */
struct hg_header {
    const char *name;
    bool is_trace; /* with CREATE_TRACE_POINTS */
    enum hg_header_state state;
    bool without_prefix;
    const char *helpers[HG_HELPERS_MAX]; /* headers that define what it misses */
    size_t helper_count;
    struct hg_job_problem first; /* that it ever had; text NULL = none */
    struct hg_job_problem last;
    struct hg_model *partial; /* what the errors of its last attempt did not touch; NULL = none */
};

/* Who defines the symbol that a problem misses. */
struct hg_definer {
    enum {
        HG_SYMBOL_NOT_MISSING, /* the problem is another one */
        HG_SYMBOL_UNKNOWN,     /* no header that is known so far */
        HG_SYMBOL_KNOWN
    } state;
    const char *header; /* KNOWN: NULL = none that can be a helper */
};

/* What one job was for the header. */
struct hg_attempt {
    bool is_alone;   /* nothing but prefix and helpers was in the job beside it */
    bool had_prefix; /* the prefix was */
    bool died;       /* and so did the process */
};

/* The job had that problem because of this header: its new state. */
void hg_outcome_of_problem(struct hg_header *header, const struct hg_job_problem *problem,
                           const struct hg_attempt *attempt, const struct hg_definer *definer);

/* Of one that awaits a definition: more headers have been parsed since. */
void hg_outcome_of_waiting(struct hg_header *header, const struct hg_definer *definer);

/* --- one header, for types by name --- */

enum { HG_NAME_HELPERS_MAX = 8, HG_INCLUDERS_MAX = 6 };

/* How a header of the catalogue is parsed for the types that it defines. */
struct hg_name_header {
    enum hg_header_state state;
    uint8_t helper_count;
    uint8_t includer; /* FRAGMENT: which of those that include it, nearest first */
    bool is_unfit;    /* it did not parse, as one through which another is read (names_public.c) */
};

/* The header did not parse because of that problem: its new state.  True = *helper is to be
 * included first from now on; is_helper (by file) says which are, or must not be.  are_many: each
 * attempt is long, so that little is tried. */
bool hg_outcome_by_name(struct hg_name_header *header, uint32_t file,
                        const struct hg_job_problem *problem, const struct hg_catalogue *catalogue,
                        bool are_many, const uint8_t *is_helper, uint32_t *helper);

/* The headers that include the file, those that include these, and so on, nearest first: the one of
 * that index.  False = there are fewer. */
bool hg_find_includer(const struct hg_catalogue *catalogue, uint32_t file, size_t index,
                      uint32_t *ret);

/* --- translation units of many headers --- */

/* A job of a list, and its place in it. */
struct hg_unit {
    struct hg_job job;
    const char **headers; /* the job's */
    bool is_trace;        /* its own headers get CREATE_TRACE_POINTS */
    bool is_prefix;       /* of other units */
    bool wants_check;     /* once there is a model, the reversed order is parsed to be compared */
    /* The place of its result: no two units of a list share is_reversed, rank and attempt. */
    bool is_reversed;
    size_t rank;
    unsigned attempt;  /* number of earlier attempts on a superset of these headers */
    unsigned priority; /* lower ones start first: what many others may have to follow */
    bool *dropped;     /* by header: it is at fault, and is not tried again in this list */
    struct hg_job_result result;
};

struct hg_units {
    struct hg_unit **items;
    size_t count, capacity;
};

/* In the arena: a unit with room for that many headers, and none in it; like = NULL, or one that it
 * follows, with whose prefix and helpers it begins. */
struct hg_unit *hg_unit_create(struct hg_arena *arena, size_t room, const struct hg_unit *like);
void hg_unit_add(struct hg_unit *unit, const char *header);
bool hg_unit_is_single(const struct hg_unit *unit);

/* The unit is done: says which of its headers are dropped, and adds to the list what is tried next.
 * It depends on nothing but the unit and its result. */
void hg_outcome_of_unit(struct hg_unit *unit, struct hg_arena *arena, struct hg_units *list);

#endif
