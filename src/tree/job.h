/*
 * A job: one translation unit of headers to parse, and its result, as data.
 *
 *     linux/types.h linux/module.h | linux/tty.h | linux/serial.h ... | trace/events/irq.h
 *     the prefix                   | helpers     | headers            | trace headers
 *
 * A job runs in this process (hg_job_run) or in a child of a pool (job_pool.c); tests have a parser
 * of their own.  outcome.h decides what is done after a job.
 */
#ifndef HG_TREE_JOB_H
#define HG_TREE_JOB_H

#include "base/memory.h"
#include "base/text.h"
#include "frontend/clang/parse.h"
#include "tree/pool.h"

#include <hdrgen/model.h>
#include <hdrgen/status.h>

/* The precompiled prefix: headers that are parsed once for all jobs that begin with them. */
struct hg_prefix {
    const char *path; /* of libclang's precompiled header; NULL = it cannot be made */
    bool is_ready;    /* the file is written; otherwise jobs parse the prefix's headers */
};

/* What all jobs of a tree share. */
struct hg_job_setup {
    struct hg_header_options user; /* the user's options, without headers */
    const char *const *flags;      /* of the tree; they precede the user's arguments */
    size_t flag_count;
    const char *const *roots;
    size_t root_count;
    const char *origin; /* of the model; NULL = its headers */
    uint64_t origin_hash;
    const struct hg_prefix *prefix; /* of jobs with a prefix_count; NULL = it is not precompiled */
};

struct hg_job {
    /* In this order: the prefix, helper headers, headers, trace headers (with CREATE_TRACE_POINTS).
     * Each is a name that the include directories find. */
    const char *const *headers;
    size_t header_count;
    size_t prefix_count;
    size_t helper_count;
    size_t trace_count;
    const char *const *tags; /* to be declared first: `struct a` */
    size_t tag_count;
    const char *const *flags; /* between the tree's and the user's */
    size_t flag_count;
    bool are_paths;      /* headers may also be paths */
    bool is_batch;       /* no file includes these headers together: see parse.h */
    bool keeps_going;    /* errors leave a partial model */
    bool is_precompiled; /* this job makes the precompiled prefix of others */
    /* NULL = return the model; otherwise it is only compared with this one. */
    const struct hg_model *compare_with;
};

/* Where the other header of a conflict is. */
enum hg_conflict_side { HG_CONFLICT_NONE, HG_CONFLICT_HEADER, HG_CONFLICT_PREFIX };

/* The first problem of a header of a job.  Strings are in the arena of the result. */
struct hg_job_problem {
    enum hg_problem_kind kind;
    const char *symbol; /* NULL = none */
    bool may_be_macro;
    const char *named_headers[HG_MESSAGE_HEADERS];
    size_t named_header_count;
    uint32_t header;    /* index in the job; header_count = none of its headers */
    bool is_other_side; /* the error is in another header, which conflicts with this one */
    enum hg_conflict_side conflict;
    struct hg_location where;
    const char *text; /* NULL = there is no problem */
};

enum hg_job_end {
    HG_JOB_MODEL,    /* there is a model */
    HG_JOB_AGREES,   /* every definition equals that of compare_with */
    HG_JOB_PROBLEMS, /* there were errors; with keeps_going there may be a partial model */
    HG_JOB_FAILED,   /* no header is known to be at fault, as when the process died */
};

struct hg_job_result {
    enum hg_job_end end;
    struct hg_model *model;          /* NULL = none */
    struct hg_job_problem *problems; /* in the order of the diagnostics */
    size_t problem_count;
    const char *reason;                     /* FAILED: why; NULL = not known */
    bool died;                              /* FAILED: the process died */
    bool was_precompiled;                   /* the precompiled prefix is written */
    HG_ARRAY(struct hg_diagnostic) reports; /* in a batch only warnings */
    HG_ARRAY(const char *) tags;            /* undeclared ones that prototypes mention */
};

/* Runs the job in this process.  The result's strings are in the arena. */
void hg_job_run(const struct hg_job *job, const struct hg_job_setup *setup, struct hg_arena *arena,
                struct hg_job_result *ret);
/* Frees the result's model and lists. */
void hg_job_result_deinit(struct hg_job_result *result);

/* The result as bytes. */
void hg_job_pack(const struct hg_job_result *result, struct hg_text *bytes);
/* Makes the result of bytes that are not trusted.  False = they are damaged; the result is then
 * FAILED, without a reason. */
bool hg_job_unpack(const struct hg_job *job, const void *bytes, size_t size, struct hg_arena *arena,
                   struct hg_job_result *ret);

/* The number of the job's headers without prefix and helpers. */
size_t hg_job_own_count(const struct hg_job *job);

/* --- running them --- */

typedef void hg_job_done_fn(void *user, struct hg_job_result *result);

/* Runs jobs: in a pool of processes (job_pool.c), or as a test does. */
struct hg_parser {
    /* Queues the job, which must live until `done` was called with its result; `done` owns the
     * result's content.  Jobs of lower priority start first, those of equal priority in the order
     * of the calls. */
    void (*add)(struct hg_parser *parser, const struct hg_job *job, unsigned priority,
                hg_job_done_fn *done, void *user);
    /* Runs all queued jobs, and those that `done` queues.  HG_ERROR_IO = no process can be
     * started. */
    enum hg_status (*run)(struct hg_parser *parser, struct hg_diagnostics *diagnostics);
};

/* --- job_pool.c --- */

/* Runs jobs in the processes of a pool. */
struct hg_job_pool {
    struct hg_parser parser; /* first: its functions cast it to the pool */
    struct hg_pool *processes;
    const struct hg_job_setup *setup;
    struct hg_arena *arena;
    unsigned cpu_limit;
};

/* memory_limit 0 = 2 GiB; cpu_limit: seconds for a job of one header, 0 = 20.  setup and arena must
 * outlive the pool. */
struct hg_job_pool *hg_job_pool_create(const struct hg_pool_options *options,
                                       const struct hg_job_setup *setup, struct hg_arena *arena);
void hg_job_pool_destroy(struct hg_job_pool *pool);

#endif
