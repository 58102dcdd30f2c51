#ifndef __ASM_MMU_H
#define __ASM_MMU_H

#include <linux/atomic.h>

typedef struct {
	atomic64_t id;
	refcount_t pinned;
	void *vdso;
} mm_context_t;

#endif
