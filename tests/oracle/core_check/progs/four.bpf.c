/* Four relocations: the usual small tool. */
#include "kernel.h"

SEC("raw_tracepoint/sched_switch")
int on_switch(void *ctx)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    result[0] = BPF_CORE_READ(task, pid);
    result[1] = BPF_CORE_READ(task, real_parent, tgid);
    bpf_core_read_str(&result[2], 16, &task->comm);
    return 0;
}
