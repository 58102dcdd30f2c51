#ifndef __ASM_MMU_H
#define __ASM_MMU_H

#include <linux/atomic.h>
#include <linux/spinlock.h>

typedef struct {
	u64 ctx_id;
	atomic64_t tlb_gen;
	struct mutex lock;
	unsigned short flags;
	void __user *vdso;
} mm_context_t;

#endif
