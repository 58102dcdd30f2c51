#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

int parent = 0;

SEC("raw_tp/sched_process_exec")
int on_exec(void *context)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();

    parent = BPF_CORE_READ(task, real_parent, tgid);
    return 0;
}
