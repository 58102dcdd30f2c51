/*
 * Reads many kernels, each in a process of its own, which sends its answers and ends.
 *
 *     parent                         child, one for each kernel
 *     fork                      ->   inherits the objects; reads the kernel; makes the answers
 *     takes the bytes           <-   sends them through a pipe
 *
 * So memory is bounded by the number of jobs that run at once, a crash ends one process only, and
 * the result does not depend on the number of jobs.  If one kernel cannot be read, the run fails:
 * any answer for that kernel would be a guess.
 */
#include "fleet.h"

#include "base/diag.h"
#include "base/file.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS_MAX = 64, ANSWERS_MAX = 256 * 1024 * 1024 };

struct job {
    pid_t process;
    int pipe;
    size_t kernel;
    struct hg_text bytes;
};

struct jobs {
    const struct fleet_work *work;
    struct job running[JOBS_MAX];
    size_t count;
    size_t done;
    size_t failed;
    struct progress progress;
    bool shows;
};

static bool start_job(struct jobs *jobs, size_t number)
{
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0)
        return false;
    pid_t process = fork();
    if (process == 0) {
        struct hg_text text = {0};
        close(ends[0]);
        const struct fleet_work *work = jobs->work;
        enum hg_status status = work->ask(work, &work->fleet->kernels.items[number], &text);
        bool is_sent = status == HG_OK && hg_file_write_all(ends[1], "the answers", text.data,
                                                            text.size, NULL) == HG_OK;
        fflush(NULL);
        _exit(is_sent ? 0 : 2);
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return false;
    }
    jobs->running[jobs->count++] =
        (struct job){.process = process, .pipe = ends[0], .kernel = number};
    return true;
}

/* The child has closed its pipe: takes the answers, and waits for its end. */
static enum hg_status finish_job(struct jobs *jobs, size_t index)
{
    struct job job = jobs->running[index];
    int how = 0;
    jobs->running[index] = jobs->running[--jobs->count];
    close(job.pipe);
    while (waitpid(job.process, &how, 0) < 0 && errno == EINTR)
        continue;
    const char *name = jobs->work->fleet->kernels.items[job.kernel].name;
    bool is_fine = WIFEXITED(how) && WEXITSTATUS(how) == 0;
    bool is_whole = is_fine && jobs->work->take(jobs->work, job.kernel, &job.bytes);
    hg_text_deinit(&job.bytes);
    jobs->done++;
    if (jobs->shows)
        show_progress(&jobs->progress, (unsigned)jobs->done,
                      (unsigned)jobs->work->fleet->kernels.count);
    if (is_whole)
        return HG_OK;
    jobs->failed++;
    if (WIFSIGNALED(how))
        hg_error(jobs->work->diagnostics, NULL, "%s: reading it crashed (signal %d)", name,
                 WTERMSIG(how));
    else
        hg_error(jobs->work->diagnostics, NULL, "%s: this kernel could not be asked", name);
    return HG_ERROR_INPUT;
}

/* Reads the bytes that are in the pipe; *is_done: its end was reached. */
static void read_job(struct job *job, bool *is_done)
{
    char buffer[65536];
    ssize_t got = read(job->pipe, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    *is_done = got <= 0 || job->bytes.size > ANSWERS_MAX;
    if (got > 0)
        hg_text_bytes(&job->bytes, buffer, (size_t)got);
}

static enum hg_status wait_for_jobs(struct jobs *jobs)
{
    struct pollfd polled[JOBS_MAX];
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < jobs->count; i++)
        polled[i] = (struct pollfd){.fd = jobs->running[i].pipe, .events = POLLIN};
    if (poll(polled, jobs->count, -1) < 0)
        return HG_OK; /* interrupted by a signal; the caller waits again */
    for (size_t i = jobs->count; i-- > 0;) {
        bool is_done = false;
        if (polled[i].revents != 0)
            read_job(&jobs->running[i], &is_done);
        if (is_done && finish_job(jobs, i) != HG_OK)
            status = HG_ERROR_INPUT;
    }
    return status;
}

static size_t job_limit(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = options->like.jobs != 0 ? options->like.jobs
                    : processors > 0        ? (size_t)processors
                                            : 1;
    return wanted > JOBS_MAX ? JOBS_MAX : wanted;
}

enum hg_status fleet_run(const struct fleet_work *work)
{
    struct jobs whole = {.work = work};
    struct jobs *jobs = &whole;
    size_t count = work->fleet->kernels.count;
    jobs->shows = progress_begin(&jobs->progress, work->options->like.progress, "reading kernels");
    size_t limit = job_limit(work->options);
    size_t next = 0;
    enum hg_status status = HG_OK;
    while (next < count || jobs->count > 0) {
        bool can_start = next < count && jobs->count < limit;
        if (can_start && start_job(jobs, next)) {
            next++;
            continue;
        }
        if (jobs->count == 0) {
            hg_error(work->diagnostics, NULL, "cannot start a process: %s", strerror(errno));
            return HG_ERROR_IO;
        }
        if (wait_for_jobs(jobs) != HG_OK)
            status = HG_ERROR_INPUT;
    }
    if (jobs->failed > 0)
        hg_note(work->diagnostics, NULL,
                "nothing is written, since %zu of %zu kernels could not be asked: take their files "
                "out of the fleet, or name an index of the others (--fleet FILE, whose lines are "
                "sha256sum's)",
                jobs->failed, count);
    return status;
}
