/* A field that no kernel has, read at a guess: this loads nowhere. */
#include "kernel.h"

struct task_struct___never {
    int of_tomorrow;
} RELOCATED;

SEC("raw_tracepoint/sched_switch")
int on_switch(void *ctx)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    struct task_struct___never *never = (void *)task;
    result[0] = BPF_CORE_READ(task, pid);
    if (bpf_get_prandom_u32() > 7)
        result[1] = BPF_CORE_READ(never, of_tomorrow);
    return 0;
}
