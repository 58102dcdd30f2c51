/*
 * The pool: see pool.h.
 *
 * Each child writes its result to a pipe and ends it with a mark, so that a library which calls
 * exit() in the middle is not taken for one that has finished.  The parent waits for all pipes at
 * once.  What ended a child comes from its exit status; that it was memory shows only in how much
 * it had.
 *
 * On a signal, the handler itself kills and waits for the children, removes the directory and sends
 * the signal again: it works whatever the parent is doing, and calls only what a handler may call.
 */
#include "tree/pool.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tree/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RESULT_MAX = 1 << 30, READ_SIZE = 1 << 16 };

static const char end_mark[] = "hdrgen: complete";
enum { END_MARK_SIZE = sizeof end_mark - 1 };

struct job {
    struct hg_task task;
    pid_t process;
    int in;
    bool is_quiet;     /* and was killed for that */
    bool is_too_large; /* likewise */
    int64_t heard;     /* when it last sent something; milliseconds of CLOCK_MONOTONIC */
    struct hg_text result;
};

struct queued {
    struct hg_task task;
    uint64_t order;
};

struct hg_pool {
    struct hg_pool_options options;
    struct hg_pool_statistics statistics;
    HG_ARRAY(struct queued) queue; /* a heap: the next task first */
    uint64_t added;
    struct job jobs[HG_CLEANUP_MAX];
    size_t job_count;
    struct hg_cleanup cleanup;
};

struct hg_task_output {
    int out;
    rlim_t cpu_limit; /* seconds; RLIM_INFINITY = none */
};

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* --- the queue --- */

static bool is_before(const struct queued *a, const struct queued *b)
{
    if (a->task.priority != b->task.priority)
        return a->task.priority < b->task.priority;
    return a->order < b->order;
}

static void swap(struct queued *a, struct queued *b)
{
    struct queued kept = *a;
    *a = *b;
    *b = kept;
}

static void put_back(struct hg_pool *pool, const struct queued *queued)
{
    *HG_PUSH(&pool->queue) = *queued;
    struct queued *items = pool->queue.items;
    for (size_t at = pool->queue.count - 1; at > 0; at = (at - 1) / 2) {
        if (!is_before(&items[at], &items[(at - 1) / 2]))
            break;
        swap(&items[at], &items[(at - 1) / 2]);
    }
}

void hg_pool_add(struct hg_pool *pool, const struct hg_task *task)
{
    put_back(pool, &(struct queued){.task = *task, .order = pool->added++});
}

/* There must be one. */
static struct queued take_next(struct hg_pool *pool)
{
    struct queued *items = pool->queue.items;
    struct queued next = items[0];
    size_t count = --pool->queue.count;
    items[0] = items[count];
    for (size_t at = 0, child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_before(&items[child + 1], &items[child]))
            child++;
        if (!is_before(&items[child], &items[at]))
            break;
        swap(&items[child], &items[at]);
    }
    return next;
}

/* --- the child --- */

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#define HAS_ASAN __has_feature(address_sanitizer)
#else
#define HAS_ASAN 0
#endif

/* What somebody else set may be stricter. */
static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit current;
    if (getrlimit(resource, &current) != 0)
        return;
    if (current.rlim_cur != RLIM_INFINITY && current.rlim_cur < value)
        value = current.rlim_cur;
    setrlimit(resource, &(struct rlimit){.rlim_cur = value, .rlim_max = current.rlim_max});
}

/* The one limit that rises again: it counts all that the process ever did. */
static void limit_cpu(rlim_t value)
{
    struct rlimit current;
    if (getrlimit(RLIMIT_CPU, &current) != 0)
        return;
    if (current.rlim_max != RLIM_INFINITY && current.rlim_max < value)
        value = current.rlim_max;
    setrlimit(RLIMIT_CPU, &(struct rlimit){.rlim_cur = value, .rlim_max = current.rlim_max});
}

/* Seconds that a task may take: what somebody else set before counts, too. */
static rlim_t cpu_limit_of(unsigned seconds)
{
    struct rlimit current;
    rlim_t limit = seconds == 0 ? RLIM_INFINITY : seconds;
    if (getrlimit(RLIMIT_CPU, &current) == 0 && current.rlim_cur < limit)
        return current.rlim_cur;
    return limit;
}

/* libclang writes about its crashes to standard error. */
static void silence(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int descriptor = 0; null >= 0 && descriptor <= 2; descriptor++)
        dup2(null, descriptor);
}

void hg_task_renew(struct hg_task_output *output)
{
    if (output->cpu_limit == RLIM_INFINITY)
        return;
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    limit_cpu((rlim_t)used.tv_sec + 1 + output->cpu_limit);
}

void hg_task_send(struct hg_task_output *output, const void *bytes, size_t size)
{
    if (hg_file_write_all(output->out, "the pipe", bytes, size, NULL) != HG_OK)
        _exit(3);
}

_Noreturn static void run_child(const struct hg_pool *pool, const struct hg_task *task, int out,
                                pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before that call */
        _exit(3);
    signal(SIGPIPE, SIG_DFL);
    silence();
    limit(RLIMIT_CORE, 0);
    if (!HAS_ASAN && pool->options.memory_limit != 0) /* its shadow alone is larger */
        limit(RLIMIT_AS, pool->options.memory_limit);
    unsigned seconds = task->cpu_limit != 0 ? task->cpu_limit : pool->options.cpu_limit;
    struct hg_task_output output = {.out = out, .cpu_limit = cpu_limit_of(seconds)};
    hg_task_renew(&output);
    hg_use_large_pages(); /* malloc_trim gave back those of the parent */
    task->work(task->user, &output);
    hg_task_send(&output, end_mark, END_MARK_SIZE);
    _exit(0);
}

/* --- the parent --- */

/* False when the system refuses: errno says why. */
static bool start(struct hg_pool *pool, const struct hg_task *task)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t parent = getpid();
    sigset_t kept;
    hg_cleanup_block(&kept); /* the handler must know of every child */
    pid_t process = fork();
    if (process == 0) {
        close(ends[0]);
        hg_cleanup_leave(&kept);
        run_child(pool, task, ends[1], parent);
    }
    int error = errno;
    if (process > 0)
        pool->cleanup.processes[pool->job_count] = process;
    hg_cleanup_unblock(&kept);
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        errno = error;
        return false;
    }
    pool->jobs[pool->job_count++] =
        (struct job){.task = *task, .process = process, .in = ends[0], .heard = now()};
    pool->statistics.started++;
    return true;
}

/* Why a child ended that did not complete its result. */
static enum hg_task_end end_of(const struct hg_pool *pool, const struct job *job, int status,
                               size_t memory)
{
    if (job->is_quiet)
        return HG_TASK_QUIET;
    if (job->is_too_large)
        return HG_TASK_TOO_LARGE;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return HG_TASK_CPU;
    if (pool->options.memory_limit != 0 && memory >= pool->options.memory_limit / 10 * 7)
        return HG_TASK_MEMORY;
    return WIFSIGNALED(status) ? HG_TASK_CRASHED : HG_TASK_CUT_SHORT;
}

static uint64_t microseconds(const struct rusage *usage)
{
    return (uint64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000 +
           (uint64_t)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

/* Waits for the child, and takes it from the list; the last one moves to its slot. */
static struct job reap(struct hg_pool *pool, size_t index, int *status, struct rusage *usage)
{
    struct job job = pool->jobs[index];
    close(job.in);
    sigset_t kept;
    hg_cleanup_block(&kept); /* its id may be another's as soon as it was waited for */
    while (wait4(job.process, status, 0, usage) < 0 && errno == EINTR)
        ;
    pool->jobs[index] = pool->jobs[--pool->job_count];
    pool->cleanup.processes[index] = pool->cleanup.processes[pool->job_count];
    pool->cleanup.processes[pool->job_count] = 0;
    hg_cleanup_unblock(&kept);
    return job;
}

static void finish(struct hg_pool *pool, size_t index)
{
    int status = 0;
    struct rusage usage = {0};
    struct job job = reap(pool, index, &status, &usage);
    struct hg_task_result result = {
        .bytes = job.result.data,
        .size = job.result.size,
        .peak_memory = (size_t)usage.ru_maxrss * 1024,
        .cpu = microseconds(&usage),
    };
    pool->statistics.cpu += result.cpu;
    if (result.peak_memory > pool->statistics.peak_memory)
        pool->statistics.peak_memory = result.peak_memory;
    size_t size = job.result.size;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && size >= END_MARK_SIZE &&
        memcmp(job.result.data + size - END_MARK_SIZE, end_mark, END_MARK_SIZE) == 0) {
        result.size -= END_MARK_SIZE;
    } else {
        result.end = end_of(pool, &job, status, result.peak_memory);
        result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    job.task.done(job.task.user, &result);
    hg_text_deinit(&job.result);
}

/* Reads what there is; true when the child has closed its end. */
static bool receive(struct job *job)
{
    char bytes[READ_SIZE];
    ssize_t count = read(job->in, bytes, sizeof bytes);
    if (count < 0)
        return errno != EINTR && errno != EAGAIN;
    job->heard = now();
    hg_text_bytes(&job->result, bytes, (size_t)count);
    if (job->result.size <= RESULT_MAX)
        return count == 0;
    job->is_too_large = true;
    kill(job->process, SIGKILL);
    return true;
}

/* Milliseconds until the first child has been quiet for too long; negative = no such limit. */
static int time_left(const struct hg_pool *pool, int64_t time)
{
    if (pool->options.quiet_limit == 0)
        return -1;
    int64_t limit = (int64_t)pool->options.quiet_limit * 1000;
    int64_t least = limit;
    for (size_t i = 0; i < pool->job_count; i++)
        if (pool->jobs[i].heard + limit - time < least)
            least = pool->jobs[i].heard + limit - time;
    return least < 0 ? 0 : least > 1 << 30 ? 1 << 30 : (int)least;
}

static void kill_quiet_ones(struct hg_pool *pool)
{
    int64_t time = now();
    for (size_t i = 0; i < pool->job_count && pool->options.quiet_limit != 0; i++) {
        struct job *job = &pool->jobs[i];
        if (time - job->heard < (int64_t)pool->options.quiet_limit * 1000)
            continue;
        job->is_quiet = true;
        kill(job->process, SIGKILL);
        job->heard = time; /* until its end of the pipe is closed */
    }
}

static void wait_for_some(struct hg_pool *pool)
{
    struct pollfd waits[HG_CLEANUP_MAX];
    for (size_t i = 0; i < pool->job_count; i++)
        waits[i] = (struct pollfd){.fd = pool->jobs[i].in, .events = POLLIN};
    int ready = poll(waits, pool->job_count, time_left(pool, now()));
    if (ready == 0)
        kill_quiet_ones(pool);
    if (ready <= 0)
        return;
    size_t done[HG_CLEANUP_MAX];
    size_t done_count = 0;
    for (size_t i = pool->job_count; i > 0; i--)
        if (waits[i - 1].revents != 0 && receive(&pool->jobs[i - 1]))
            done[done_count++] = i - 1;
    for (size_t i = 0; i < done_count;
         i++) /* from the last: finish() moves the last into the gap */
        finish(pool, done[i]);
}

enum hg_status hg_pool_run(struct hg_pool *pool, struct hg_diagnostics *diagnostics)
{
    int error = 0;
    while (pool->queue.count > 0 || pool->job_count > 0) {
        if (pool->queue.count > 0 && pool->job_count < pool->options.jobs) {
            struct queued next = take_next(pool);
            if (start(pool, &next.task))
                continue;
            error = errno;
            put_back(pool, &next);
        }
        if (pool->job_count == 0) { /* none runs, and none can be started */
            hg_error(diagnostics, NULL, "cannot start a process: %s", strerror(error));
            return HG_ERROR_IO;
        }
        wait_for_some(pool);
    }
    return HG_OK;
}

static unsigned processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (unsigned)count;
}

struct hg_pool *hg_pool_create(const struct hg_pool_options *options)
{
    struct hg_pool *pool = hg_calloc(1, sizeof *pool);
    pool->options = *options;
    if (pool->options.jobs == 0)
        pool->options.jobs = processors();
    if (pool->options.jobs > HG_CLEANUP_MAX)
        pool->options.jobs = HG_CLEANUP_MAX;
    hg_cleanup_begin(&pool->cleanup);
    return pool;
}

void hg_pool_destroy(struct hg_pool *pool)
{
    if (pool == NULL)
        return;
    while (pool->job_count > 0) {
        int status = 0;
        struct rusage usage;
        kill(pool->jobs[pool->job_count - 1].process, SIGKILL);
        struct job job = reap(pool, pool->job_count - 1, &status, &usage);
        hg_text_deinit(&job.result);
    }
    hg_cleanup_end(&pool->cleanup);
    free(pool->queue.items);
    free(pool);
}

unsigned hg_pool_jobs(const struct hg_pool *pool)
{
    return pool->options.jobs;
}

const struct hg_pool_statistics *hg_pool_statistics(const struct hg_pool *pool)
{
    return &pool->statistics;
}

const char *hg_pool_directory(struct hg_pool *pool)
{
    return hg_cleanup_directory(&pool->cleanup);
}

void hg_pool_describe(const struct hg_pool *pool, const struct hg_task_result *result,
                      struct hg_text *text)
{
    switch (result->end) {
    case HG_TASK_DONE:
        hg_text_put(text, "ended well");
        break;
    case HG_TASK_CRASHED:
        hg_text_printf(text, "ended with signal %d (%s)", result->signal,
                       strsignal(result->signal));
        break;
    case HG_TASK_CPU:
        hg_text_put(text, "took more processor time than its limit");
        break;
    case HG_TASK_MEMORY:
        hg_text_printf(text, "took more memory than its limit of %zu MiB",
                       pool->options.memory_limit >> 20);
        break;
    case HG_TASK_QUIET:
        hg_text_printf(text, "did nothing for %u seconds", pool->options.quiet_limit);
        break;
    case HG_TASK_TOO_LARGE:
        hg_text_put(text, "gave more than 1 GiB of types");
        break;
    case HG_TASK_CUT_SHORT:
        hg_text_put(text, "ended without a result");
        break;
    }
}
