/* Registers of a task that does not run. */
#ifndef __ASM_PROCESSOR_H
#define __ASM_PROCESSOR_H

#include <linux/types.h>

/* The processor's own format, hence bit by bit. */
struct desc_struct {
	u16 limit_low;
	u16 base_low;
	u16 base_mid : 8, type : 4, s : 1, dpl : 2, p : 1;
	u16 limit_high : 4, avl : 1, l : 1, d : 1, g : 1, base_high : 8;
} __packed;

union fpregs_state {
	u32 legacy[28];
	struct {
		u16 control, status, tag, opcode;
		u64 where[2];
		u32 xmm[64];
	} __aligned(16) extended;
	u8 whole_page[1024] __aligned(64);
};

struct fpu {
	unsigned int last_cpu;
	unsigned long timestamp;
	union fpregs_state *state;
	union fpregs_state initial;
};

struct thread_struct {
	struct desc_struct tls[3];
	unsigned long sp;
#ifdef __x86_64__
	unsigned short fs_index, gs_index;
	unsigned long fs_base, gs_base;
#else
	unsigned long sysenter_cs;
#endif
	unsigned long fault_address;
	unsigned int iopl_warned : 1;
	struct fpu fpu; /* last: it may be longer than it looks */
};

#endif
