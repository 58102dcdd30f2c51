/* Atomic counters. The types are in linux/types.h, atomic_long_t is here. */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/types.h>

#if BITS_PER_LONG == 64
typedef atomic64_t atomic_long_t;
#else
typedef atomic_t atomic_long_t;
#endif

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

static __always_inline int atomic_read(const atomic_t *v)
{
	return *(const volatile int *)&v->counter;
}

#endif
