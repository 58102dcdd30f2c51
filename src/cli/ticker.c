/*
 * Shows on a terminal how many seconds the run has taken, from the first one on.
 *
 *     hdrgen: working, 7 s
 *
 * A bar (units.c) replaces it when the progress is known.  A pipe or a file gets lines, each after
 * twice the time of the one before, with the progress:
 *
 *     hdrgen: note: working, 5 s: reading headers, 40 %
 *     hdrgen: note: working, 10 s: reading headers, 85 %
 *
 * The method: a thread that sleeps, and then writes a line each second without allocating or
 * locking anything of the C library's, so that processes forked meanwhile (which do not have it)
 * find no lock held.  ticker_begin waits until the thread runs: while a thread starts,
 * AddressSanitizer allocates for it under a lock, and a process forked then would wait for ever.
 */
#include "cli.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t begins = PTHREAD_COND_INITIALIZER;
static pthread_cond_t ends = PTHREAD_COND_INITIALIZER;
static bool has_begun;
static bool has_ended;
static pthread_t thread;
static pid_t owner;       /* the process that has the thread; 0 = it does not run */
static bool writes_lines; /* no terminal */
static atomic_bool is_shown;
static atomic_bool is_held;
static _Atomic(const char *) activity; /* NULL = the progress is not known */
static atomic_uint percent;

enum { FIRST_LINE = 5 }; /* seconds */

static const char erase[] = "\r\033[K";

/* A failed write is ignored: there is no other place to report it. */
static void put(const char *text, size_t length)
{
    ssize_t written = write(STDERR_FILENO, text, length);
    (void)written;
}

void ticker_erase(void)
{
    if (atomic_exchange(&is_shown, false))
        put(erase, sizeof erase - 1);
}

void ticker_hold(bool holds)
{
    atomic_store(&is_held, holds);
    ticker_erase();
}

void ticker_note(const char *what, unsigned done, unsigned total)
{
    atomic_store(&percent, total == 0 ? 0 : (unsigned)((unsigned long)done * 100 / total));
    atomic_store(&activity, what);
}

/* Writes a line at FIRST_LINE seconds, at twice as many, and so on. */
static void put_line(unsigned seconds)
{
    char line[160];
    unsigned due = FIRST_LINE;
    while (due < seconds)
        due *= 2;
    if (due != seconds)
        return;
    const char *what = atomic_load(&activity);
    int length = what == NULL
                     ? snprintf(line, sizeof line, "hdrgen: note: working, %u s\n", seconds)
                     : snprintf(line, sizeof line, "hdrgen: note: working, %u s: %s, %u %%\n",
                                seconds, what, atomic_load(&percent));
    put(line, (size_t)length);
}

static void put_seconds(unsigned seconds)
{
    char line[64];
    int length = snprintf(line, sizeof line, "%shdrgen: working, %u s", erase, seconds);
    atomic_store(&is_shown, true);
    put(line, (size_t)length);
}

static void *run(void *user)
{
    struct timespec next = *(struct timespec *)user;
    pthread_mutex_lock(&mutex);
    has_begun = true;
    pthread_cond_signal(&begins);
    for (unsigned seconds = 1; !has_ended; seconds++) {
        next.tv_sec++;
        while (!has_ended && pthread_cond_timedwait(&ends, &mutex, &next) == 0)
            continue;
        if (!has_ended && writes_lines)
            put_line(seconds);
        else if (!has_ended && !atomic_load(&is_held))
            put_seconds(seconds);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

bool progress_is_logged(enum when when)
{
    return when == WHEN_AUTO && !is_capable_terminal(STDERR_FILENO);
}

void ticker_begin(enum when when, bool quiet)
{
    static struct timespec start;
    writes_lines = progress_is_logged(when);
    if (when == WHEN_NEVER || (writes_lines && quiet) || owner != 0)
        return;
    clock_gettime(CLOCK_REALTIME, &start);
    if (pthread_create(&thread, NULL, run, &start) != 0)
        return;
    owner = getpid();
    pthread_mutex_lock(&mutex);
    while (!has_begun)
        pthread_cond_wait(&begins, &mutex);
    pthread_mutex_unlock(&mutex);
}

void ticker_end(void)
{
    if (owner != getpid())
        return;
    pthread_mutex_lock(&mutex);
    has_ended = true;
    pthread_cond_signal(&ends);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
    owner = 0;
    ticker_erase();
}
