/*
 * Removes what must not outlive the process: children, and a temporary directory.
 *
 * When a signal would end the process (SIGINT, SIGTERM, SIGHUP and the others in cleanup.c), a
 * handler first kills the children of every active cleanup and removes its directory; the signal
 * then ends the process as it would have without the handler.  A signal that the program ignores or
 * handles itself is left alone.
 */
#ifndef HG_TREE_CLEANUP_H
#define HG_TREE_CLEANUP_H

#include <signal.h>
#include <sys/types.h>

enum { HG_CLEANUP_MAX = 256 };

struct hg_cleanup {
    /* Children; the first 0 ends the list.  To be changed only while signals are blocked. */
    volatile pid_t processes[HG_CLEANUP_MAX];
    char *directory; /* from malloc; NULL = none was made */
    struct hg_cleanup *next;
};

void hg_cleanup_begin(struct hg_cleanup *cleanup);
/* Removes the directory and all that is in it. */
void hg_cleanup_end(struct hg_cleanup *cleanup);

/* Returns an empty directory in TMPDIR, else in /tmp, which is made at the first call.  NULL = it
 * cannot be made; errno has the reason. */
const char *hg_cleanup_directory(struct hg_cleanup *cleanup);
/* The same for a path that ends with XXXXXX, as mkdtemp(3) takes it. */
const char *hg_cleanup_directory_at(struct hg_cleanup *cleanup, const char *path);

/* Blocks the signals; hg_cleanup_unblock restores the mask that *kept got. */
void hg_cleanup_block(sigset_t *kept);
void hg_cleanup_unblock(const sigset_t *kept);

/* In a child, which has nothing to clean up: unblocks the signals and lets them end it. */
void hg_cleanup_leave(const sigset_t *kept);

#endif
