/* Process numbers: one per namespace that a process is seen in. */
#ifndef _LINUX_PID_H
#define _LINUX_PID_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct pid_namespace; /* never completed in this tree */

enum pid_type {
	PIDTYPE_PID,
	PIDTYPE_TGID,
	PIDTYPE_PGID,
	PIDTYPE_SID,
	PIDTYPE_MAX,
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	refcount_t count;
	unsigned int level;
	spinlock_t lock;
	struct hlist_head users[PIDTYPE_MAX];
	struct rcu_head rcu;
	struct upid numbers[]; /* level + 1 of them */
};

#endif
