/*
 * Worker processes: as many at a time as wanted, each with one unit and one end of a pipe.
 *
 * A worker that crashes, is killed, or runs into its limits leaves an unfinished result; what it
 * died of is told from its exit status.  Which worker is done first decides nothing: results belong
 * to units, and units have an order.  Which is read first decides only how long all of it takes.
 */
#include "tree/headers.h"

#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_JOBS = 256, MAX_RESULT = 1 << 30, READ_SIZE = 1 << 16 };

struct job {
    struct unit *unit;
    pid_t process;
    int in;
    struct hg_text result;
};

struct pool {
    struct reading *reading;
    struct job jobs[MAX_JOBS];
    size_t job_count; /* running */
    unit_done_fn *done;
    void *user;
};

/* False when the system refuses: errno says why. */
static bool start(struct pool *pool, struct unit *unit)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t process = fork();
    if (process == 0) {
        close(ends[0]);
        hg_units_work(pool->reading, unit, ends[1]);
    }
    int error = errno;
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        errno = error;
        return false;
    }
    pool->jobs[pool->job_count++] = (struct job){.unit = unit, .process = process, .in = ends[0]};
    pool->reading->worker_count++;
    return true;
}

/* What became of a worker that left no result, in words. */
static const char *cause_of_death(struct pool *pool, int status, size_t memory)
{
    const struct hg_units_options *options = pool->reading->options;
    struct hg_text text = {0};
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        hg_text_put(&text, "reading it took more time than a header may");
    else if (memory >= options->memory_limit / 10 * 7)
        hg_text_put(&text, "reading it took more memory than a header may");
    else if (WIFSIGNALED(status))
        hg_text_printf(&text, "reading it ended with signal %d (%s)", WTERMSIG(status),
                       strsignal(WTERMSIG(status)));
    else
        hg_text_put(&text, "reading it ended without a result");
    const char *reason = hg_arena_string(&pool->reading->arena, text.data, text.size);
    hg_text_deinit(&text);
    return reason;
}

static void finish(struct pool *pool, size_t index)
{
    struct job *job = &pool->jobs[index];
    struct unit *unit = job->unit;
    close(job->in);
    int status = 0;
    struct rusage usage = {0};
    while (wait4(job->process, &status, 0, &usage) < 0 && errno == EINTR)
        ;
    size_t memory = (size_t)usage.ru_maxrss * 1024;
    if (memory > pool->reading->peak_memory)
        pool->reading->peak_memory = memory;
    bool ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!ended_well ||
        !hg_units_take_result(pool->reading, unit, job->result.data, job->result.size)) {
        unit->state = UNIT_CRASHED;
        unit->reason = cause_of_death(pool, status, memory);
    }
    hg_text_deinit(&job->result);
    *job = pool->jobs[--pool->job_count];
    pool->done(pool->user, unit);
}

/* Reads what there is; true when the worker has closed its end. */
static bool receive(struct job *job)
{
    char bytes[READ_SIZE];
    ssize_t count = read(job->in, bytes, sizeof bytes);
    if (count < 0)
        return errno != EINTR && errno != EAGAIN;
    hg_text_bytes(&job->result, bytes, (size_t)count);
    if (job->result.size > MAX_RESULT) {
        kill(job->process, SIGKILL);
        return true;
    }
    return count == 0;
}

static void wait_for_some(struct pool *pool)
{
    struct pollfd waits[MAX_JOBS];
    for (size_t i = 0; i < pool->job_count; i++)
        waits[i] = (struct pollfd){.fd = pool->jobs[i].in, .events = POLLIN};
    if (poll(waits, pool->job_count, -1) < 0)
        return;
    for (size_t i = pool->job_count; i > 0; i--) /* finish() moves the last into the gap */
        if (waits[i - 1].revents != 0 && receive(&pool->jobs[i - 1]))
            finish(pool, i - 1);
}

static unsigned job_limit(const struct hg_units_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned jobs = options->jobs;
    if (jobs == 0)
        jobs = processors < 1 ? 1 : (unsigned)processors;
    return jobs < MAX_JOBS ? jobs : MAX_JOBS;
}

/* Of those that wait the one whose turn it is; NULL = none waits. */
static struct unit *next_of(const struct unit_list *list)
{
    struct unit *next = NULL;
    for (size_t i = 0; i < list->count; i++) {
        struct unit *unit = list->items[i];
        if (unit->state == UNIT_WAITING && (next == NULL || unit->turn < next->turn))
            next = unit;
    }
    return next;
}

enum hg_status hg_units_run(struct reading *reading, struct unit_list *list, unit_done_fn *done,
                            void *user)
{
    struct pool *pool = hg_calloc(1, sizeof *pool);
    *pool = (struct pool){.reading = reading, .done = done, .user = user};
    unsigned jobs = job_limit(reading->options);
    enum hg_status status = HG_OK;
    for (;;) {
        struct unit *next = next_of(list);
        if (next == NULL && pool->job_count == 0)
            break;
        if (next != NULL && pool->job_count < jobs && start(pool, next)) {
            next->state = UNIT_RUNNING;
            continue;
        }
        if (pool->job_count == 0) { /* none runs, and none can be started */
            hg_error(reading->diagnostics, NULL, "cannot start a process to read headers in: %s",
                     strerror(errno));
            status = HG_ERROR_IO;
            break;
        }
        wait_for_some(pool);
    }
    free(pool);
    return status;
}
