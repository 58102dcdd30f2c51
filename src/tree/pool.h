/*
 * A pool of processes: tasks run in forked children, each with limits, and send their results to
 * the parent as bytes.
 *
 *     struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){.jobs = 4});
 *     hg_pool_add(pool, &(struct hg_task){.work = parse, .done = take_model, .user = &header});
 *     status = hg_pool_run(pool, diagnostics);
 *     hg_pool_destroy(pool);
 *
 * parse() runs in a child, which has a copy of the parent's memory from the time when the task
 * starts.  take_model() runs in the parent; it gets the bytes, or the reason why the child died.  A
 * child that crashes, hangs or takes too much memory costs only its own task.
 *
 * If a signal ends the process, the children and the pool's temporary directory go with it
 * (cleanup.h).
 *
 * The order in which tasks end depends on timing, so results must not depend on it.
 */
#ifndef HG_TREE_POOL_H
#define HG_TREE_POOL_H

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stddef.h>

struct hg_text;
struct hg_pool;
struct hg_task_output;

struct hg_pool_options {
    unsigned jobs;        /* children at a time; 0 = one for each processor that may be used */
    size_t memory_limit;  /* bytes of address space of a child; 0 = no limit.  Not enforced in a
                             build with AddressSanitizer */
    unsigned cpu_limit;   /* seconds of processor time of a task; 0 = no limit */
    unsigned quiet_limit; /* seconds for which a child may send nothing; 0 = no limit */
};

enum hg_task_end {
    HG_TASK_DONE,      /* the result is complete */
    HG_TASK_CRASHED,   /* a signal ended it */
    HG_TASK_CPU,       /* it reached its limit of processor time */
    HG_TASK_MEMORY,    /* it died near its limit of memory */
    HG_TASK_QUIET,     /* it sent nothing for too long */
    HG_TASK_TOO_LARGE, /* it sent more bytes than a result may have */
    HG_TASK_CUT_SHORT, /* it exited before its result was complete */
};

struct hg_task_result {
    enum hg_task_end end;
    int signal;        /* CRASHED: the signal's number */
    const void *bytes; /* that the child sent; complete only if DONE */
    size_t size;
};

struct hg_task {
    /* Runs in the child.  The result is complete when it returns. */
    void (*work)(void *user, struct hg_task_output *output);
    /* Runs in the parent, after the child has ended.  It may add tasks. */
    void (*done)(void *user, const struct hg_task_result *result);
    void *user;
    unsigned priority;  /* lower ones start first, equal ones in the order of hg_pool_add */
    unsigned cpu_limit; /* instead of the pool's; 0 = the pool's */
};

struct hg_pool_statistics {
    size_t started;
    size_t peak_memory; /* resident bytes of the child that took most */
};

/* Never NULL. */
struct hg_pool *hg_pool_create(const struct hg_pool_options *options);

/* Kills the children that still run, and removes the temporary directory.  NULL is fine. */
void hg_pool_destroy(struct hg_pool *pool);

/* Copies *task, but not what it points to. */
void hg_pool_add(struct hg_pool *pool, const struct hg_task *task);

/* Runs all tasks, and those that `done` adds.  HG_ERROR_IO = no process can be started; tasks that
 * were not started stay in the pool. */
HG_MUST_CHECK enum hg_status hg_pool_run(struct hg_pool *pool, struct hg_diagnostics *diagnostics);

const struct hg_pool_statistics *hg_pool_statistics(const struct hg_pool *pool);

/* The pool's own temporary directory, as hg_cleanup_directory makes it. */
const char *hg_pool_directory(struct hg_pool *pool);

/* Appends how a task ended, as the end of a sentence: "ended with signal 11 (Segmentation
 * fault)". */
void hg_pool_describe(const struct hg_pool *pool, const struct hg_task_result *result,
                      struct hg_text *text);

/* --- in the child --- */

/* Sends bytes at once.  If the parent is gone, this ends the child. */
void hg_task_send(struct hg_task_output *output, const void *bytes, size_t size);

/* Lets the task take its limit of processor time again, from now on: for a task with many steps,
 * each of which has the limit. */
void hg_task_renew(struct hg_task_output *output);

#endif
