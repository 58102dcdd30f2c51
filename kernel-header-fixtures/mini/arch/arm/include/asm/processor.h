/* What of a task that does not run is not in its thread_info. */
#ifndef __ASM_PROCESSOR_H
#define __ASM_PROCESSOR_H

struct perf_event;

struct debug_info {
	struct perf_event *hbp[32];
};

struct thread_struct {
	unsigned long address;
	unsigned long trap_no;
	unsigned long error_code;
	struct debug_info debug;
};

#endif
