/* Private to the scheduler: no include directory holds it. */
#ifndef _MINI_SCHED_H
#define _MINI_SCHED_H

#include <linux/sched.h>
#include <linux/spinlock.h>

struct cfs_rq {
	struct load_weight load;
	unsigned int nr_queued;
	struct rb_root timeline;
	struct sched_entity *curr;
};

struct rq {
	raw_spinlock_t lock;
	unsigned int nr_running;
	struct cfs_rq cfs;
	struct task_struct *curr;
	u64 clock;
};

#endif
