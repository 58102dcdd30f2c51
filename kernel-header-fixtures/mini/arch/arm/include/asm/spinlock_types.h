/* A ticket lock: whose turn it is, and the next number to draw. */
#ifndef __ASM_SPINLOCK_TYPES_H
#define __ASM_SPINLOCK_TYPES_H

#include <linux/types.h>
#include <asm/byteorder.h>

typedef struct {
	union {
		u32 slock;
		struct {
#ifdef __BIG_ENDIAN_BITFIELD
			u16 next;
			u16 owner;
#else
			u16 owner;
			u16 next;
#endif
		} tickets;
	};
} arch_spinlock_t;

#endif
