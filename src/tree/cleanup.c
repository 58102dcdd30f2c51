/*
 * Cleaning up on signals: see cleanup.h.
 *
 * A handler may be called while anything else is going on, malloc included.  So it uses system
 * calls alone; the directory is listed by getdents64 itself, since readdir allocates.
 */
#include "tree/cleanup.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int signals[HG_CLEANUP_SIGNALS] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGPIPE,
                                                SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU};

static struct hg_cleanup *volatile active; /* changed while signals are blocked */

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
    raise(number); /* comes when this handler returns */
}

static void fill(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < HG_CLEANUP_SIGNALS; i++)
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
    for (size_t i = 0; i < HG_CLEANUP_SIGNALS; i++) {
        struct sigaction old;
        if (sigaction(signals[i], NULL, &old) != 0 || old.sa_handler != SIG_DFL)
            continue;
        struct sigaction action = {.sa_handler = on_signal};
        fill(&action.sa_mask);
        cleanup->handles[i] = sigaction(signals[i], &action, NULL) == 0;
    }
    cleanup->next = active;
    active = cleanup;
    hg_cleanup_unblock(&kept);
}

static void unlink_from_list(const struct hg_cleanup *cleanup)
{
    if (active == cleanup) {
        active = cleanup->next;
        return;
    }
    for (struct hg_cleanup *at = active; at != NULL; at = at->next)
        if (at->next == cleanup)
            at->next = cleanup->next;
}

void hg_cleanup_end(struct hg_cleanup *cleanup)
{
    sigset_t kept;
    hg_cleanup_block(&kept);
    unlink_from_list(cleanup);
    for (size_t i = 0; i < HG_CLEANUP_SIGNALS && active == NULL; i++)
        if (cleanup->handles[i])
            signal(signals[i], SIG_DFL);
    for (size_t i = 0; i < HG_CLEANUP_SIGNALS && active != NULL; i++)
        active->handles[i] = active->handles[i] || cleanup->handles[i];
    if (cleanup->directory != NULL)
        remove_directory(cleanup->directory);
    hg_cleanup_unblock(&kept);
    free(cleanup->directory);
    cleanup->directory = NULL;
}

const char *hg_cleanup_directory(struct hg_cleanup *cleanup)
{
    if (cleanup->directory != NULL)
        return cleanup->directory;
    const char *parent = getenv("TMPDIR");
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/hdrgen-XXXXXX",
                   parent == NULL || parent[0] == '\0' ? "/tmp" : parent);
    sigset_t kept;
    hg_cleanup_block(&kept);
    if (mkdtemp(path.data) != NULL) {
        cleanup->directory = path.data;
        path = (struct hg_text){0};
    }
    hg_cleanup_unblock(&kept);
    hg_text_deinit(&path);
    return cleanup->directory;
}

void hg_cleanup_leave(const sigset_t *kept)
{
    for (size_t i = 0; i < HG_CLEANUP_SIGNALS; i++) {
        struct sigaction old;
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == on_signal)
            signal(signals[i], SIG_DFL);
    }
    active = NULL;
    hg_cleanup_unblock(kept);
}
