/* Locks: the architecture's word, wrapped twice. */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <asm/spinlock_types.h>

struct lock_trace {
	const char *name;
	unsigned long taken_at;
	u64 waited;
};

typedef struct raw_spinlock {
	arch_spinlock_t raw_lock;
#ifdef CONFIG_DEBUG_SPINLOCK
	unsigned int magic, owner_cpu;
	void *owner;
	struct lock_trace trace;
#endif
} raw_spinlock_t;

typedef struct spinlock {
	union {
		struct raw_spinlock rlock;
#ifdef CONFIG_DEBUG_SPINLOCK
		struct {
			u8 padding[__builtin_offsetof(struct raw_spinlock, trace)];
			struct lock_trace trace;
		};
#endif
	};
} spinlock_t;

struct mutex {
	atomic_long_t owner;
	raw_spinlock_t guard;
	struct list_head waiters;
};

#endif
