/*
 * Decides from the result of a job what each header's new state is, and what is tried next.  These
 * functions depend only on the job, its result, and the known definitions; none parses, forks, or
 * reads a file.
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
    HG_HEADER_AWAITS_DEFINITION,     /* a symbol is missing that no parsed header defines so far */
    HG_HEADER_CONFLICTS_WITH_PREFIX, /* it is parsed without the prefix from now on */
    HG_HEADER_FRAGMENT,              /* it is parsed through a header that includes it */
    HG_HEADER_GIVEN_UP,              /* everything that could help was tried */
};

/* The state in words: "needs helper". */
const char *hg_header_state_name(enum hg_header_state state);

enum { HG_HELPERS_MAX = 4 }; /* helper headers of one header */

/* Whether the path is that of a header of this name: /k/include/linux/tty.h of linux/tty.h. */
bool hg_is_file_of(const char *path, const char *header);

/* A header that is to be parsed. */
struct hg_header {
    const char *name;
    bool is_trace; /* with CREATE_TRACE_POINTS */
    enum hg_header_state state;
    bool without_prefix;
    const char *helpers[HG_HELPERS_MAX]; /* headers that define what it misses */
    size_t helper_count;
    struct hg_job_problem first; /* of the first attempt that failed; text NULL = none failed */
    struct hg_job_problem last;  /* of the last one */
    struct hg_model *partial;    /* the partial model of the last attempt; NULL = none */
};

/* The header that defines the missing symbol of a problem. */
struct hg_definer {
    enum {
        HG_SYMBOL_NOT_MISSING, /* the problem is not a missing symbol */
        HG_SYMBOL_UNKNOWN,     /* no header that was parsed so far defines it */
        HG_SYMBOL_KNOWN
    } state;
    const char *header; /* if KNOWN; NULL = its header cannot be a helper */
};

/* The attempt that caused a problem of a header. */
struct hg_attempt {
    bool is_alone;   /* the job had no headers but this one, the prefix and helpers */
    bool had_prefix; /* the job had the prefix */
    bool died;       /* the process died */
};

/* Sets the new state of a header that caused this problem of the job. */
void hg_outcome_of_problem(struct hg_header *header, const struct hg_job_problem *problem,
                           const struct hg_attempt *attempt, const struct hg_definer *definer);

/* Sets the new state of a header that awaits a definition, after more headers were parsed. */
void hg_outcome_of_waiting(struct hg_header *header, const struct hg_definer *definer);

/* --- one header, for types by name --- */

enum { HG_NAME_HELPERS_MAX = 8, HG_INCLUDERS_MAX = 6 };

/* How a header of the catalogue is parsed for the types that it defines. */
struct hg_name_header {
    enum hg_header_state state;
    uint8_t helper_count;
    uint8_t includer; /* FRAGMENT: index for hg_find_includer of the header it is parsed through */
    bool is_unfit;    /* parsing another header through it failed (names_public.c) */
};

/* Sets the new state of a header that did not parse because of this problem.  True = from now on
 * the file *helper is included first.  is_helper, by file: it is a helper already, or must not be
 * one. are_many: so many headers are parsed that attempts take long, and few are made. */
bool hg_outcome_by_name(struct hg_name_header *header, uint32_t file,
                        const struct hg_job_problem *problem, const struct hg_catalogue *catalogue,
                        bool are_many, const uint8_t *is_helper, uint32_t *helper);

/* Finds a header that includes the file, directly or through others, by its index among those, the
 * nearest first.  False = there are not so many. */
bool hg_find_includer(const struct hg_catalogue *catalogue, uint32_t file, size_t index,
                      uint32_t *ret);

/* --- translation units of many headers --- */

/* A job of a list, and the position of its result.  No two units of a list have the same
 * is_reversed, rank and attempt. */
struct hg_unit {
    struct hg_job job;
    const char **headers; /* of the job */
    bool is_trace;        /* its own headers get CREATE_TRACE_POINTS */
    bool is_prefix;       /* it is the prefix of other units */
    bool wants_check;     /* once there is a model, the reversed order is parsed and compared */
    bool is_reversed;     /* it is such a check */
    size_t rank;
    unsigned attempt;  /* number of earlier attempts on a superset of these headers */
    unsigned priority; /* lower ones start first, since many later units may depend on them */
    bool *dropped;     /* by header: it is at fault, and is not tried again in this list */
    struct hg_job_result result;
};

struct hg_units {
    struct hg_unit **items;
    size_t count, capacity;
};

/* Makes a unit in the arena, with room for that many headers.  It has none, or, as the next attempt
 * of `like` (NULL = none), the prefix and the helpers of that unit. */
struct hg_unit *hg_unit_create(struct hg_arena *arena, size_t room, const struct hg_unit *like);
void hg_unit_add(struct hg_unit *unit, const char *header);
bool hg_unit_is_single(const struct hg_unit *unit);

/* To be called when a unit is done.  Sets which of its headers are dropped, and adds the units that
 * are tried next to the list.  Depends only on the unit and its result. */
void hg_outcome_of_unit(struct hg_unit *unit, struct hg_arena *arena, struct hg_units *list);

#endif
