/* Registers of a task that does not run. */
#ifndef __ASM_PROCESSOR_H
#define __ASM_PROCESSOR_H

#include <linux/types.h>

struct cpu_context {
	unsigned long saved[10];
	unsigned long fp, sp, pc;
};

struct vector_state {
	__uint128_t vregs[32]; /* alignment 16 */
	u32 status, control;
};

enum vector_kind { VECTOR_PLAIN, VECTOR_SCALABLE };

struct thread_struct {
	struct cpu_context cpu_context;
	struct {
		unsigned long tp_value;
		unsigned long tp2_value;
		struct vector_state vector;
	} user;
	enum vector_kind vector_kind;
	void *scalable_state;
	unsigned long fault_address;
	unsigned long fault_code;
};

#endif
