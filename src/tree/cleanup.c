/*
 * Cleaning up on signals: see cleanup.h.
 *
 * A signal can come at any time, even within malloc, so the handler uses only system calls.  It
 * lists the directory by getdents64, since readdir allocates.
 */
#include "tree/cleanup.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int signals[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGPIPE,
                              SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU};
enum { SIGNALS = sizeof signals / sizeof *signals };

/* The list of cleanups, which is changed only while signals are blocked. */
static struct hg_cleanup *volatile active;

struct directory_entry { /* getdents64(2) */
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

static void remove_files(int directory, unsigned depth)
{
    enum { DEEPEST = 32 };
    _Alignas(struct directory_entry) char bytes[4096];
    for (long count; (count = syscall(SYS_getdents64, directory, bytes, sizeof bytes)) > 0;) {
        for (long at = 0; at < count;) {
            const struct directory_entry *entry = (const void *)(bytes + at);
            at += entry->size;
            if (entry->name[0] == '.' || unlinkat(directory, entry->name, 0) == 0 ||
                depth == DEEPEST)
                continue;
            int inner =
                openat(directory, entry->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
            if (inner < 0)
                continue;
            remove_files(inner, depth + 1);
            close(inner);
            unlinkat(directory, entry->name, AT_REMOVEDIR);
        }
    }
}

static void remove_directory(const char *path)
{
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (directory < 0)
        return;
    remove_files(directory, 0);
    close(directory);
    rmdir(path);
}

static void on_signal(int number)
{
    for (struct hg_cleanup *cleanup = active; cleanup != NULL; cleanup = cleanup->next) {
        for (size_t i = 0; i < HG_CLEANUP_MAX && cleanup->processes[i] != 0; i++)
            kill(cleanup->processes[i], SIGKILL);
        for (size_t i = 0; i < HG_CLEANUP_MAX && cleanup->processes[i] != 0; i++)
            while (waitpid(cleanup->processes[i], NULL, 0) < 0 && errno == EINTR)
                ;
        if (cleanup->directory != NULL)
            remove_directory(cleanup->directory);
    }
    signal(number, SIG_DFL);
    raise(number); /* pending until this handler returns */
}

static void fill(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(set, signals[i]);
}

void hg_cleanup_block(sigset_t *kept)
{
    sigset_t set;
    fill(&set);
    sigprocmask(SIG_BLOCK, &set, kept);
}

void hg_cleanup_unblock(const sigset_t *kept)
{
    sigprocmask(SIG_SETMASK, kept, NULL);
}

void hg_cleanup_begin(struct hg_cleanup *cleanup)
{
    sigset_t kept;
    hg_cleanup_block(&kept);
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction old;
        if (sigaction(signals[i], NULL, &old) != 0 || old.sa_handler != SIG_DFL)
            continue;
        struct sigaction action = {.sa_handler = on_signal};
        fill(&action.sa_mask);
        sigaction(signals[i], &action, NULL);
    }
    cleanup->next = active;
    active = cleanup;
    hg_cleanup_unblock(&kept);
}

/* Takes the handler off the signals that have it. */
static void restore_signals(void)
{
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction current;
        if (sigaction(signals[i], NULL, &current) == 0 && current.sa_handler == on_signal)
            signal(signals[i], SIG_DFL);
    }
}

void hg_cleanup_end(struct hg_cleanup *cleanup)
{
    sigset_t kept;
    hg_cleanup_block(&kept);
    struct hg_cleanup *volatile *link = &active;
    while (*link != NULL && *link != cleanup)
        link = &(*link)->next;
    if (*link != NULL)
        *link = cleanup->next;
    if (active == NULL)
        restore_signals();
    if (cleanup->directory != NULL)
        remove_directory(cleanup->directory);
    hg_cleanup_unblock(&kept);
    free(cleanup->directory);
    cleanup->directory = NULL;
}

const char *hg_cleanup_directory_at(struct hg_cleanup *cleanup, const char *path)
{
    char *directory = strdup(path);
    if (directory == NULL)
        hg_out_of_memory();
    sigset_t kept;
    hg_cleanup_block(&kept);
    if (mkdtemp(directory) != NULL)
        cleanup->directory = directory;
    else
        free(directory);
    hg_cleanup_unblock(&kept);
    return cleanup->directory;
}

const char *hg_cleanup_directory(struct hg_cleanup *cleanup)
{
    if (cleanup->directory != NULL)
        return cleanup->directory;
    const char *parent = getenv("TMPDIR");
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/hdrgen-XXXXXX",
                   parent == NULL || parent[0] == '\0' ? "/tmp" : parent);
    const char *directory = hg_cleanup_directory_at(cleanup, path.data);
    hg_text_deinit(&path);
    return directory;
}

void hg_cleanup_leave(const sigset_t *kept)
{
    restore_signals();
    active = NULL;
    hg_cleanup_unblock(kept);
}
