/* Through pointers, into arrays, elements of arrays of structs. */
#include "kernel.h"

SEC("kprobe/do_exit")
int on_exit(void *ctx)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    result[0] = (__u64)BPF_CORE_READ(task, mm, pgd);
    result[1] = BPF_CORE_READ(task, parent, mm, start_stack);
    result[2] = BPF_CORE_READ(task, comm[3]);
    result[3] = BPF_CORE_READ(task, signal, rlim[7].rlim_cur);
    result[4] = BPF_CORE_READ(task, signal, rlim[7].rlim_max);
    result[5] = BPF_CORE_READ(task, signal, pids[1], level);
    result[6] = (__u64)BPF_CORE_READ(task, tasks.next);
    result[7] = bpf_core_field_size(task->comm);
    result[8] = bpf_core_field_size(task->tasks);
    return 0;
}
