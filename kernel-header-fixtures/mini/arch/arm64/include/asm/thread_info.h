/* What a task keeps at hand for entry code: 64-bit, with a counter that is
 * one number or two. */
#ifndef __ASM_THREAD_INFO_H
#define __ASM_THREAD_INFO_H

#include <linux/types.h>
#include <asm/byteorder.h>

struct thread_info {
	unsigned long flags;
	u64 user_table;
	union {
		u64 preempt_count;
		struct {
#ifdef __BIG_ENDIAN_BITFIELD
			u32 need_resched;
			u32 count;
#else
			u32 count;
			u32 need_resched;
#endif
		} preempt;
	};
	u32 cpu;
};

#endif
