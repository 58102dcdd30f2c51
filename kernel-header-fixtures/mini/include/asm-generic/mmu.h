/* Nothing but an end of the brk area. */
#ifndef __ASM_GENERIC_MMU_H
#define __ASM_GENERIC_MMU_H

typedef struct {
	unsigned long end_brk;
} mm_context_t;

#endif
