/*
 * Runs jobs in processes of their own, so that a crash of libclang costs one job only.
 *
 * A child sends the result of its job through a pipe.  The parent does not trust the bytes, since a
 * damaged parser can write anything.
 */
#include "tree/job.h"

/* A batch gets DEFAULT_CPU seconds, and one more for each HEADERS_A_SECOND headers.  Headers that a
 * user names get more, since their macros are evaluated, which takes several parses. */
enum { DEFAULT_CPU = 20, HEADERS_A_SECOND = 100, TIMES_FOR_NAMED = 5 };
#define DEFAULT_MEMORY ((size_t)2 << 30)

struct running_job {
    struct hg_job_pool *pool;
    const struct hg_job *job;
    hg_job_done_fn *done;
    void *user;
};

static void work(void *user, struct hg_task_output *output)
{
    const struct running_job *running = user;
    struct hg_job_result result;
    struct hg_text bytes = {0};
    hg_job_run(running->job, running->pool->setup, running->pool->arena, &result);
    hg_job_pack(&result, &bytes);
    hg_task_send(output, bytes.data, bytes.size);
}

static void done(void *user, const struct hg_task_result *task)
{
    const struct running_job *running = user;
    struct hg_arena *arena = running->pool->arena;
    struct hg_job_result result = {.end = HG_JOB_FAILED};
    if (task->end == HG_TASK_DONE &&
        hg_job_unpack(running->job, task->bytes, task->size, arena, &result)) {
        running->done(running->user, &result);
        return;
    }
    struct hg_text reason = {0};
    hg_text_put(&reason, "reading it ");
    if (task->end == HG_TASK_DONE)
        hg_text_put(&reason, "gave a damaged result");
    else
        hg_pool_describe(running->pool->processes, task, &reason);
    result.died = true;
    result.reason = hg_text_keep(&reason, arena);
    running->done(running->user, &result);
}

static void add(struct hg_parser *parser, const struct hg_job *job, unsigned priority,
                hg_job_done_fn *job_done, void *user)
{
    struct hg_job_pool *pool = (struct hg_job_pool *)parser;
    struct running_job *running = hg_arena_alloc(pool->arena, sizeof *running);
    *running = (struct running_job){.pool = pool, .job = job, .done = job_done, .user = user};
    unsigned count = (unsigned)job->header_count;
    struct hg_task task = {
        .work = work,
        .done = done,
        .user = running,
        .priority = priority,
        .cpu_limit = job->is_batch ? pool->cpu_limit + count / HEADERS_A_SECOND
                                   : pool->cpu_limit * TIMES_FOR_NAMED + count,
    };
    hg_pool_add(pool->processes, &task);
}

static enum hg_status run(struct hg_parser *parser, struct hg_diagnostics *diagnostics)
{
    return hg_pool_run(((struct hg_job_pool *)parser)->processes, diagnostics);
}

struct hg_job_pool *hg_job_pool_create(const struct hg_pool_options *options,
                                       const struct hg_job_setup *setup, struct hg_arena *arena)
{
    struct hg_job_pool *pool = hg_calloc(1, sizeof *pool);
    struct hg_pool_options limits = *options;
    if (limits.memory_limit == 0)
        limits.memory_limit = DEFAULT_MEMORY;
    *pool = (struct hg_job_pool){
        .parser = {.add = add, .run = run},
        .processes = hg_pool_create(&limits),
        .setup = setup,
        .arena = arena,
        .cpu_limit = limits.cpu_limit == 0 ? DEFAULT_CPU : limits.cpu_limit,
    };
    return pool;
}

void hg_job_pool_destroy(struct hg_job_pool *pool)
{
    if (pool == NULL)
        return;
    hg_pool_destroy(pool->processes);
    free(pool);
}
