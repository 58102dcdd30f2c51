/* Who a task is and what it may do. */
#ifndef _LINUX_CRED_H
#define _LINUX_CRED_H

#include <linux/atomic.h>

struct user_struct;
struct user_namespace;

typedef struct {
	unsigned int val;
} kuid_t;

typedef struct {
	unsigned int val;
} kgid_t;

typedef struct kernel_cap_struct {
	u64 val;
} kernel_cap_t;

struct group_info {
	refcount_t usage;
	int ngroups;
	kgid_t gid[];
} __randomize_layout;

struct cred {
	atomic_long_t usage;
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	unsigned int no_setuid : 1;
	unsigned int no_setuid_locked : 1;
	kernel_cap_t cap_effective;
	kernel_cap_t cap_bounding;
	struct user_struct *user;
	struct user_namespace *user_ns;
	struct group_info *group_info;
	union {
		int non_rcu; /* may be freed at once */
		struct rcu_head rcu;
	};
} __randomize_layout;

#endif
