/* What a task keeps at hand for entry code: little, the rest is per processor. */
#ifndef __ASM_THREAD_INFO_H
#define __ASM_THREAD_INFO_H

#include <linux/types.h>

struct thread_info {
	unsigned long flags;
	unsigned long syscall_work;
	u32 status;
#ifdef CONFIG_SMP
	u32 cpu;
#endif
};

#endif
