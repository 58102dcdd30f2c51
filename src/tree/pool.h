/*
 * A pool of processes: tasks run in forked children, each with limits, and their results come back
 * as bytes.
 *
 *     struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){.jobs = 4});
 *     hg_pool_add(pool, &(struct hg_task){.work = parse, .done = take_model, .user = &header});
 *     status = hg_pool_run(pool, diagnostics);
 *     hg_pool_destroy(pool);
 *
 * parse() runs in a child, which has all of the parent's memory as it was when the task started,
 * and sends bytes; take_model() runs in the parent, and gets them, or what the child died of.  A
 * child that crashes, hangs or eats all memory costs its own task and nothing else.
 *
 * While a pool exists, SIGINT, SIGTERM and SIGHUP kill the children and remove the pool's temporary
 * directory before they end the process.  A signal that the program ignores or handles itself is
 * left alone.
 *
 * The order in which tasks are done depends on timing: results must not.
 */
#ifndef HG_TREE_POOL_H
#define HG_TREE_POOL_H

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hg_text;
struct hg_pool;
struct hg_task_output;

struct hg_pool_options {
    unsigned jobs;        /* children at a time; 0 = one for each processor that may be used */
    size_t memory_limit;  /* bytes of address space of a child; 0 = none.  Not enforced where
                             AddressSanitizer is built in */
    unsigned cpu_limit;   /* seconds of processor time of a task; 0 = none */
    unsigned quiet_limit; /* seconds that a child may go without sending anything; 0 = none */
};

enum hg_task_end {
    HG_TASK_DONE,      /* all of the result is there */
    HG_TASK_CRASHED,   /* a signal ended it */
    HG_TASK_CPU,       /* it reached its limit of processor time */
    HG_TASK_MEMORY,    /* it died near its limit of memory */
    HG_TASK_QUIET,     /* it sent nothing for too long */
    HG_TASK_TOO_LARGE, /* it sent more than a result may have */
    HG_TASK_CUT_SHORT, /* it exited before its result was complete */
};

struct hg_task_result {
    enum hg_task_end end;
    int signal; /* CRASHED */
    /* What was sent.  All of it only when DONE; else the beginning, as far as it came. */
    const void *bytes;
    size_t size;
    size_t peak_memory; /* of the child, resident, in bytes */
    uint64_t cpu;       /* of the child, in microseconds */
};

struct hg_task {
    /* In the child.  Returning completes the result. */
    void (*work)(void *user, struct hg_task_output *output);
    /* In the parent, after the child has ended.  It may add tasks. */
    void (*done)(void *user, const struct hg_task_result *result);
    void *user;
    unsigned priority;  /* lower ones start first; equal ones in the order they were added */
    unsigned cpu_limit; /* instead of the pool's; 0 = the pool's */
};

struct hg_pool_statistics {
    size_t started;
    size_t peak_memory; /* of the child that took most, resident, in bytes */
    uint64_t cpu;       /* of all children, in microseconds */
};

/* Never NULL. */
struct hg_pool *hg_pool_create(const struct hg_pool_options *options);

/* Kills what still runs and removes the temporary directory.  NULL is fine. */
void hg_pool_destroy(struct hg_pool *pool);

/* Copies *task; not what it points to. */
void hg_pool_add(struct hg_pool *pool, const struct hg_task *task);

/* Runs all tasks, and those that `done` adds.  HG_ERROR_IO: no process can be started; what was not
 * started stays in the pool. */
HG_MUST_CHECK enum hg_status hg_pool_run(struct hg_pool *pool, struct hg_diagnostics *diagnostics);

/* How many children run at a time. */
unsigned hg_pool_jobs(const struct hg_pool *pool);

const struct hg_pool_statistics *hg_pool_statistics(const struct hg_pool *pool);

/* An empty directory of the pool's own in TMPDIR, else /tmp, made at the first call.  Files in it
 * go with it: no directories.  NULL = it cannot be made: errno says why. */
const char *hg_pool_directory(struct hg_pool *pool);

/* What ended a task that is not DONE, as the end of a sentence: "ended with signal 11
 * (Segmentation fault)". */
void hg_pool_describe(const struct hg_pool *pool, const struct hg_task_result *result,
                      struct hg_text *text);

/* --- in the child --- */

/* Sends bytes at once.  A parent that is gone ends the child. */
void hg_task_send(struct hg_task_output *output, const void *bytes, size_t size);

/* From now on the task may take its limit of processor time again: for one that does many things,
 * each of which has the limit. */
void hg_task_renew(struct hg_task_output *output);

/* --- large_pages.c --- */

/* From now on malloc takes memory in large pages.  For the program's own processes: in a library,
 * malloc is its user's. */
void hg_use_large_pages(void);

#endif
