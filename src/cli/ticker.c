/*
 * What takes over a second, and nobody knows how long: the seconds, on a terminal.
 *
 *     hdrgen: working, 7 s
 *
 * A bar (units.c) takes its place where how much is left is known.
 *
 * The method: a thread that sleeps, and then writes a line each second without allocating or
 * locking anything of the C library's, so that processes forked meanwhile (which do not have it)
 * find no lock held.
 */
#include "cli.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ends = PTHREAD_COND_INITIALIZER;
static bool has_ended;
static pthread_t thread;
static pid_t owner; /* 0 = it does not run */
static atomic_bool is_shown;
static atomic_bool is_held;

static const char erase[] = "\r\033[K";

/* Nothing can be done about a terminal that takes nothing. */
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
    for (unsigned seconds = 1; !has_ended; seconds++) {
        next.tv_sec++;
        while (!has_ended && pthread_cond_timedwait(&ends, &mutex, &next) == 0)
            continue;
        if (!has_ended && !atomic_load(&is_held))
            put_seconds(seconds);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

void ticker_begin(enum progress_wish wish)
{
    static struct timespec start;
    bool wanted =
        wish == PROGRESS_ALWAYS || (wish == PROGRESS_AUTO && is_capable_terminal(STDERR_FILENO));
    if (!wanted || owner != 0)
        return;
    clock_gettime(CLOCK_REALTIME, &start);
    if (pthread_create(&thread, NULL, run, &start) == 0)
        owner = getpid();
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
