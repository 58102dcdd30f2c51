/*
 * What must not outlive the process: children, and a temporary directory.
 *
 * SIGINT, SIGTERM and SIGHUP kill and remove what every active cleanup lists, and then end the
 * process as they would have without it.  A signal that the program ignores or handles is left
 * alone.
 */
#ifndef HG_TREE_CLEANUP_H
#define HG_TREE_CLEANUP_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum { HG_CLEANUP_MAX = 256, HG_CLEANUP_SIGNALS = 9 };

struct hg_cleanup {
    /* Children, in the first slots; 0 = no child.  Change it only while signals are blocked. */
    volatile pid_t processes[HG_CLEANUP_MAX];
    char *directory; /* NULL = none was made */
    struct hg_cleanup *next;
    bool handles[HG_CLEANUP_SIGNALS]; /* signals whose handler this cleanup installed */
};

void hg_cleanup_begin(struct hg_cleanup *cleanup);
/* Removes the directory and the files in it. */
void hg_cleanup_end(struct hg_cleanup *cleanup);

/* See hg_pool_directory. */
const char *hg_cleanup_directory(struct hg_cleanup *cleanup);

/* The three signals wait until hg_cleanup_unblock, with what *kept got. */
void hg_cleanup_block(sigset_t *kept);
void hg_cleanup_unblock(const sigset_t *kept);

/* In a child, where they are blocked: the signals end it, and it has nothing to clean up. */
void hg_cleanup_leave(const sigset_t *kept);

#endif
