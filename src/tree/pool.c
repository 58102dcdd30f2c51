/*
 * The pool: see pool.h.
 *
 * Each child writes its result to a pipe, and a mark at the end.  Without the mark the result is
 * incomplete, even if the exit status is 0: a library may have called exit().  The parent waits for
 * all pipes at once.  The exit status shows what ended a child, except for the limit of memory,
 * which is inferred from the child's peak memory.
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
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    RESULT_MAX = 1 << 30,
    READ_SIZE = 1 << 16,
    QUIET_CHECK = 500, /* milliseconds between two checks of the quiet_limit */
};

static const char end_mark[] = "hdrgen: complete";
enum { END_MARK_SIZE = sizeof end_mark - 1 };

struct job {
    struct hg_task task;
    pid_t process;
    int in;
    bool is_quiet;     /* it was killed for sending nothing */
    bool is_too_large; /* it was killed for sending too much */
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
    HG_ARRAY(struct queued) queue; /* in no order */
    uint64_t added;                /* number of tasks so far */
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

void hg_pool_add(struct hg_pool *pool, const struct hg_task *task)
{
    *HG_PUSH(&pool->queue) = (struct queued){.task = *task, .order = pool->added++};
}

static bool is_before(const struct queued *a, const struct queued *b)
{
    if (a->task.priority != b->task.priority)
        return a->task.priority < b->task.priority;
    return a->order < b->order;
}

/* The index of the task that starts next.  The queue must not be empty. */
static size_t find_next(const struct hg_pool *pool)
{
    size_t next = 0;
    for (size_t i = 1; i < pool->queue.count; i++)
        if (is_before(&pool->queue.items[i], &pool->queue.items[next]))
            next = i;
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

/* Lowers the soft limit to the value.  may_rise = sets it to the value, which can be higher than
 * the limit so far. */
static void limit(__rlimit_resource_t resource, rlim_t value, bool may_rise)
{
    struct rlimit current;
    if (getrlimit(resource, &current) != 0)
        return;
    rlim_t most = may_rise ? current.rlim_max : current.rlim_cur;
    setrlimit(resource, &(struct rlimit){.rlim_cur = most < value ? most : value,
                                         .rlim_max = current.rlim_max});
}

/* The seconds that a task may take: its own limit, or a lower one that the process has already. */
static rlim_t cpu_limit_of(unsigned seconds)
{
    struct rlimit current;
    rlim_t limit = seconds == 0 ? RLIM_INFINITY : seconds;
    if (getrlimit(RLIMIT_CPU, &current) == 0 && current.rlim_cur < limit)
        return current.rlim_cur;
    return limit;
}

/* libclang reports its crashes on standard error. */
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
    /* the system counts the time since the process began */
    limit(RLIMIT_CPU, (rlim_t)used.tv_sec + 1 + output->cpu_limit, true);
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
    if (getppid() != parent) /* the parent died before that call */
        _exit(3);
    signal(SIGPIPE, SIG_DFL);
    silence();
    limit(RLIMIT_CORE, 0, false);
    if (!HAS_ASAN && pool->options.memory_limit != 0) /* ASan's shadow memory alone is larger */
        limit(RLIMIT_AS, pool->options.memory_limit, false);
    unsigned seconds = task->cpu_limit != 0 ? task->cpu_limit : pool->options.cpu_limit;
    struct hg_task_output output = {.out = out, .cpu_limit = cpu_limit_of(seconds)};
    hg_task_renew(&output);
    task->work(task->user, &output);
    hg_task_send(&output, end_mark, END_MARK_SIZE);
    _exit(0);
}

/* --- the parent --- */

/* False = the system refuses; errno has the reason. */
static bool start(struct hg_pool *pool, const struct hg_task *task)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t parent = getpid();
    sigset_t kept;
    hg_cleanup_block(&kept); /* until the handler knows of the child */
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

/* Why a child ended without completing its result; memory: its peak, in bytes. */
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

/* Waits for the child and removes it from the list; the last one moves to its slot. */
static struct job reap(struct hg_pool *pool, size_t index, int *status, struct rusage *usage)
{
    struct job job = pool->jobs[index];
    close(job.in);
    sigset_t kept;
    hg_cleanup_block(&kept); /* after wait4 another process may get its id */
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
    size_t memory = (size_t)usage.ru_maxrss * 1024;
    if (memory > pool->statistics.peak_memory)
        pool->statistics.peak_memory = memory;
    size_t size = job.result.size;
    struct hg_task_result result = {.bytes = job.result.data, .size = size};
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && size >= END_MARK_SIZE &&
        memcmp(job.result.data + size - END_MARK_SIZE, end_mark, END_MARK_SIZE) == 0) {
        result.size -= END_MARK_SIZE;
    } else {
        result.end = end_of(pool, &job, status, memory);
        result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    job.task.done(job.task.user, &result);
    hg_text_deinit(&job.result);
}

/* Reads the bytes that have arrived.  True = no more will come. */
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

/* Kills the children that have sent nothing for too long. */
static void kill_quiet_ones(struct hg_pool *pool)
{
    int64_t time = now();
    for (size_t i = 0; i < pool->job_count && pool->options.quiet_limit != 0; i++) {
        struct job *job = &pool->jobs[i];
        if (job->is_quiet || time - job->heard < (int64_t)pool->options.quiet_limit * 1000)
            continue;
        job->is_quiet = true;
        kill(job->process, SIGKILL);
    }
}

static void wait_for_some(struct hg_pool *pool)
{
    struct pollfd waits[HG_CLEANUP_MAX];
    for (size_t i = 0; i < pool->job_count; i++)
        waits[i] = (struct pollfd){.fd = pool->jobs[i].in, .events = POLLIN};
    int ready = poll(waits, pool->job_count, pool->options.quiet_limit == 0 ? -1 : QUIET_CHECK);
    kill_quiet_ones(pool);
    if (ready <= 0)
        return;
    size_t done[HG_CLEANUP_MAX];
    size_t done_count = 0;
    for (size_t i = pool->job_count; i > 0; i--)
        if (waits[i - 1].revents != 0 && receive(&pool->jobs[i - 1]))
            done[done_count++] = i - 1;
    for (size_t i = 0; i < done_count; i++) /* highest index first: finish() moves the last job */
        finish(pool, done[i]);
}

enum hg_status hg_pool_run(struct hg_pool *pool, struct hg_diagnostics *diagnostics)
{
    int error = 0;
    while (pool->queue.count > 0 || pool->job_count > 0) {
        if (pool->queue.count > 0 && pool->job_count < pool->options.jobs) {
            struct queued *next = &pool->queue.items[find_next(pool)];
            if (start(pool, &next->task)) {
                *next = pool->queue.items[--pool->queue.count];
                continue;
            }
            error = errno;
        }
        if (pool->job_count == 0) {
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
        kill(pool->jobs[pool->job_count - 1].process, SIGKILL);
        struct job job = reap(pool, pool->job_count - 1, NULL, NULL);
        hg_text_deinit(&job.result);
    }
    hg_cleanup_end(&pool->cleanup);
    free(pool->queue.items);
    free(pool);
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
    static const char *const texts[] = {
        [HG_TASK_DONE] = "ended well",
        [HG_TASK_CPU] = "took more processor time than its limit",
        [HG_TASK_TOO_LARGE] = "gave more than 1 GiB of types",
        [HG_TASK_CUT_SHORT] = "ended without a result",
    };
    if (result->end == HG_TASK_CRASHED)
        hg_text_printf(text, "ended with signal %d (%s)", result->signal,
                       strsignal(result->signal));
    else if (result->end == HG_TASK_MEMORY)
        hg_text_printf(text, "took more memory than its limit of %zu MiB",
                       pool->options.memory_limit >> 20);
    else if (result->end == HG_TASK_QUIET)
        hg_text_printf(text, "did nothing for %u seconds", pool->options.quiet_limit);
    else
        hg_text_put(text, texts[result->end]);
}
