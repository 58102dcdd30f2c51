/* What a task keeps at hand for entry code: also its saved registers. */
#ifndef __ASM_THREAD_INFO_H
#define __ASM_THREAD_INFO_H

#include <linux/types.h>

#if __LINUX_ARM_ARCH__ < 6
#error "this tree knows ARM from version 6 on; define __LINUX_ARM_ARCH__"
#endif

struct cpu_context_save {
	u32 saved[8];
	u32 sp, pc;
	u32 extra[2];
};

union fp_state {
	struct {
		u64 registers[32];
		u32 control[3];
	} hard;
	u32 soft[35];
} __aligned(8);

struct thread_info {
	unsigned long flags;
	int preempt_count;
	u32 cpu;
	struct cpu_context_save cpu_context;
	unsigned long tp_value[2];
	union fp_state fp_state;
};

#endif
