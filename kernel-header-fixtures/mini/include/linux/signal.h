/* Signals: sets of them, handlers, and what a thread group shares. */
#ifndef _LINUX_SIGNAL_H
#define _LINUX_SIGNAL_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/pid.h>

#define _NSIG 64
#define RLIM_NLIMITS 16

struct task_struct;
struct tty_struct;

typedef struct {
	unsigned long sig[_NSIG / BITS_PER_LONG];
} sigset_t;

typedef void (*__sighandler_t)(int signal);

struct sigaction {
	__sighandler_t sa_handler;
	unsigned long sa_flags;
	sigset_t sa_mask;
};

struct rlimit {
	unsigned long rlim_cur, rlim_max;
};

struct sighand_struct {
	spinlock_t siglock;
	refcount_t count;
	struct sigaction action[_NSIG];
};

struct signal_struct {
	refcount_t sigcnt;
	atomic_t live;
	int nr_threads;
	struct list_head thread_head;
	struct task_struct *curr_target;
	int group_exit_code;
	unsigned int is_child_subreaper : 1;
	unsigned int has_child_subreaper : 1;
	struct pid *pids[PIDTYPE_MAX];
	struct tty_struct *tty;
	struct rlimit rlim[RLIM_NLIMITS];
	struct mutex update_lock;
} __randomize_layout;

#endif
