/*
 * A job: one translation unit of headers to parse, and its result, as data.
 *
 *     linux/types.h linux/module.h | linux/tty.h | linux/serial.h ... | trace/events/irq.h
 *     the prefix                   | helpers     | headers            | trace headers
 *
 * A job runs in this process (hg_job_run), or in a child of a pool (job_pool.c); a test has a
 * parser of its own instead.  outcome.h decides what is done after a job.
 */
#ifndef HG_TREE_JOB_H
#define HG_TREE_JOB_H

#include "base/memory.h"
#include "base/text.h"
#include "frontend/clang/parse.h"

#include <hdrgen/model.h>
#include <hdrgen/status.h>

/* The precompiled prefix: headers that are parsed once for all jobs that begin with them. */
struct hg_prefix {
    const char
        *path;     /* of the file that libclang writes and goes on from; NULL = none can be had */
    bool is_ready; /* the file is written; otherwise jobs parse the prefix's headers */
};

/* What all jobs of a tree share. */
struct hg_job_setup {
    struct hg_header_options user; /* the user's options, without headers */
    const char *const *flags;      /* the tree's, before the user's arguments */
    size_t flag_count;
    const char *const *roots;
    size_t root_count;
    const char *origin; /* NULL = the headers are the model's inputs */
    uint64_t origin_hash;
    const struct hg_prefix *prefix; /* of the jobs that have one; NULL = none */
};

struct hg_job {
    /* In this order: the prefix, helper headers, headers, trace headers (which get
     * CREATE_TRACE_POINTS).  Names that include directories find. */
    const char *const *headers;
    size_t header_count;
    size_t prefix_count;
    size_t helper_count;
    size_t trace_count;
    const char *const *tags; /* `struct a`: to declare first */
    size_t tag_count;
    const char *const *flags; /* follow the tree's, and precede the user's */
    size_t flag_count;
    bool are_paths;      /* headers can be paths, too */
    bool is_batch;       /* no file includes these headers together: see parse.h */
    bool keeps_going;    /* after errors, a partial model is wanted */
    bool is_precompiled; /* this is the prefix of other jobs */
    /* Not NULL: only compare the model with this one, and do not return it. */
    const struct hg_model *compare_with;
};

/* Another header that an error conflicts with. */
enum hg_conflict_side { HG_CONFLICT_NONE, HG_CONFLICT_HEADER, HG_CONFLICT_PREFIX };

/* The first problem of a header of a job.  Strings are in the arena of the result. */
struct hg_job_problem {
    enum hg_problem_kind kind;
    const char *symbol; /* NULL = none */
    bool may_be_macro;
    const char *named_headers[HG_MESSAGE_HEADERS];
    size_t named_header_count;
    uint32_t header;    /* index; the number of headers = none of them */
    bool is_other_side; /* the error is another header's, which conflicts with this header */
    enum hg_conflict_side conflict;
    struct hg_location where;
    const char *text; /* NULL = there is no problem */
};

/* More differences than these are not told: one problem more says so. */
enum { HG_DIFFERENCES_MAX = 16 };

enum hg_job_end {
    HG_JOB_MODEL,    /* there is a model */
    HG_JOB_AGREES,   /* every definition equals that of compare_with */
    HG_JOB_PROBLEMS, /* there were errors; with keeps_going there may be a partial model; with
                        compare_with the problems end with the differences */
    HG_JOB_FAILED,   /* no header is known to be at fault: the process died, say; reason says why */
};

struct hg_job_result {
    enum hg_job_end end;
    struct hg_model *model;          /* NULL = none */
    struct hg_job_problem *problems; /* in the order they were met */
    size_t problem_count;
    const char *reason;
    bool died;                              /* FAILED: the process died */
    bool was_precompiled;                   /* of a job that is_precompiled */
    HG_ARRAY(struct hg_diagnostic) reports; /* in a batch only warnings */
    HG_ARRAY(const char *) tags;            /* that prototypes used before they were declared */
};

/* Runs the job in this process.  Strings of the result live in the arena. */
void hg_job_run(const struct hg_job *job, const struct hg_job_setup *setup, struct hg_arena *arena,
                struct hg_job_result *ret);
/* Frees the result's model and lists. */
void hg_job_result_deinit(struct hg_job_result *result);

void hg_job_pack(const struct hg_job_result *result, struct hg_text *bytes);
/* False = the bytes are damaged: the result is FAILED, without a reason. */
bool hg_job_unpack(const struct hg_job *job, const void *bytes, size_t size, struct hg_arena *arena,
                   struct hg_job_result *ret);

/* The job's headers without prefix and helpers. */
size_t hg_job_own_count(const struct hg_job *job);

/* --- running them --- */

typedef void hg_job_done_fn(void *user, struct hg_job_result *result);

/* Runs jobs: in processes (job_pool.c), or as a test does. */
struct hg_parser {
    /* Queues the job, which must live until `done` was called with its result; `done` owns the
     * result's content.  Jobs of lower priority start first, those of equal priority in the order
     * of the calls. */
    void (*add)(struct hg_parser *parser, const struct hg_job *job, unsigned priority,
                hg_job_done_fn *done, void *user);
    /* Runs all queued jobs, also those that `done` queues.  HG_ERROR_IO = none can be started. */
    enum hg_status (*run)(struct hg_parser *parser, struct hg_diagnostics *diagnostics);
};

/* --- job_pool.c --- */

struct hg_job_pool;

struct hg_job_pool_options {
    unsigned jobs;       /* 0 = one for each processor */
    size_t memory_limit; /* 0 = 2 GiB */
    unsigned cpu_limit;  /* seconds for a job of one header; 0 = 20 */
};

/* setup and arena outlive the pool. */
struct hg_job_pool *hg_job_pool_create(const struct hg_job_pool_options *options,
                                       const struct hg_job_setup *setup, struct hg_arena *arena);
void hg_job_pool_destroy(struct hg_job_pool *pool);
struct hg_parser *hg_job_pool_parser(struct hg_job_pool *pool);
/* A directory for temporary files; NULL = it cannot be made. */
const char *hg_job_pool_directory(struct hg_job_pool *pool);

struct hg_pool_statistics;
const struct hg_pool_statistics *hg_job_pool_statistics(const struct hg_job_pool *pool);

#endif
