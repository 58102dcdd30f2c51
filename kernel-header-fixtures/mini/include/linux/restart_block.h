/* How to go on with a system call that a signal interrupted. */
#ifndef __LINUX_RESTART_BLOCK_H
#define __LINUX_RESTART_BLOCK_H

#include <linux/types.h>

struct pollfd; /* user space's */

enum restart_kind {
	RESTART_NONE = -1,
	RESTART_FUTEX,
	RESTART_SLEEP,
	RESTART_POLL,
};

struct restart_block {
	unsigned long arch_data;
	long (*fn)(struct restart_block *block);
	union {
		struct {
			u32 __user *address;
			u32 value;
			u32 bitset;
			u64 time;
		} futex;
		struct {
			enum restart_kind kind;
			u64 expires;
		} sleep;
		struct {
			struct pollfd __user *fds;
			int count;
			bool has_timeout;
		} poll;
	};
};

#endif
