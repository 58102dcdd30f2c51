/* The task: the structure that almost every other one is reached from. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/mm_types.h>
#include <linux/pid.h>
#include <linux/restart_block.h>
#include <linux/signal.h>
#include <asm/processor.h>
#include <asm/thread_info.h>

#define TASK_RUNNING 0x00000000
#define TASK_INTERRUPTIBLE 0x00000001
#define TASK_UNINTERRUPTIBLE 0x00000002
#define TASK_COMM_LEN 16
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000

/* Known by name only. */
struct css_set;
struct files_struct;
struct fs_struct;
struct nsproxy;
struct rq;
struct task_struct;

enum sched_tunable {
	SCHED_TUNE_NONE,
	SCHED_TUNE_LOG,
	SCHED_TUNE_LINEAR = 8,
};

struct load_weight {
	unsigned long weight;
	u32 inv_weight;
};

struct sched_avg {
	u64 last_update;
	u32 load_sum;
	u32 util_sum;
	unsigned long load_avg;
	unsigned int util_est;
} ____cacheline_aligned;

struct sched_entity {
	struct load_weight load;
	struct rb_node run_node;
	u64 deadline;
	u64 exec_start;
	struct list_head group_node;
	unsigned char on_queue;
	unsigned char delayed : 1;
	struct sched_entity *parent;
#ifdef CONFIG_SMP
	struct sched_avg avg; /* on a line of its own: others read it */
#endif
};

struct sched_class {
	void (*enqueue_task)(struct rq *rq, struct task_struct *task, int flags);
	bool (*dequeue_task)(struct rq *rq, struct task_struct *task, int flags);
	struct task_struct *(*pick_next_task)(struct rq *rq);
#ifdef CONFIG_SMP
	int (*select_cpu)(struct task_struct *task, int cpu, int flags);
#endif
};

struct task_struct {
	struct thread_info thread_info; /* first, so that one pointer is both */
	unsigned int __state;
	void *stack;
	refcount_t usage;
	unsigned int flags;

#ifdef CONFIG_SMP
	int on_cpu;
	unsigned int recent_cpu;
#endif
	int prio;
	const struct sched_class *sched_class;
	struct sched_entity se;
	enum sched_tunable tunable;
	cpumask_t cpus_mask;
	const cpumask_t *cpus_ptr;

	struct list_head tasks;
	struct mm_struct *mm;
	int exit_code;

	/* Written by the scheduler under its lock... */
	unsigned sched_reset_on_fork : 1;
	unsigned sched_contributes_to_load : 1;
	unsigned sched_migrated : 1;
	unsigned : 0;
	/* ...and by the task itself: another word, so that they do not race. */
	unsigned in_execve : 1;
	unsigned in_iowait : 1;
	unsigned : 4;
	unsigned oom_level : 3;
#ifdef CONFIG_CGROUPS
	unsigned no_cgroup_migration : 1;
#endif

	struct restart_block restart_block;
	pid_t pid;
	pid_t tgid;
#ifdef CONFIG_STACKPROTECTOR
	unsigned long stack_canary;
#endif
	struct task_struct __rcu *real_parent;
	struct task_struct __rcu *parent;
	struct list_head children;
	struct pid *thread_pid;
	struct hlist_node pid_links[PIDTYPE_MAX];

	u64 start_time;
	u64 run_time[2];
	const struct cred __rcu *cred;
	char comm[TASK_COMM_LEN];

	struct fs_struct *fs;
	struct files_struct *files;
#ifdef CONFIG_NAMESPACES
	struct nsproxy *nsproxy;
#endif
	struct signal_struct *signal;
	struct sighand_struct __rcu *sighand;
	sigset_t blocked;

	spinlock_t alloc_lock;
	raw_spinlock_t pi_lock;
	struct rb_root_cached pi_waiters;
	void (*on_exit)(struct task_struct *task, void *data);
#ifdef CONFIG_CGROUPS
	struct css_set __rcu *cgroups;
#endif
#ifdef CONFIG_NUMA
	int numa_preferred;
	unsigned long numa_faults[4];
#endif
#if IS_ENABLED(CONFIG_LIVEPATCH)
	int patch_state;
#endif
	union {
		refcount_t rcu_users;
		struct rcu_head rcu;
	};
	struct {
		u8 audit_kind;
		u32 audit_serial;
	};
	struct page *page_cache[3];
	u64 accounting ____cacheline_aligned;

	struct thread_struct thread; /* the architecture's, and last */
} __randomize_layout;

#endif
