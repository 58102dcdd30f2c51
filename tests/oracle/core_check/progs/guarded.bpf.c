/* Fields that come and go, each asked for before it is read: this loads on any kernel. */
#include "kernel.h"

struct task_struct___old {
    volatile long state;
} RELOCATED;
struct task_struct___new {
    unsigned __state;
} RELOCATED;
struct task_struct___never {
    int of_tomorrow;
    struct mm_struct *mm_of_tomorrow;
} RELOCATED;
enum pid_type___never { PIDTYPE_OF_TOMORROW = 5 };

static __u64 state_of(struct task_struct *task)
{
    struct task_struct___old *old = (void *)task;
    struct task_struct___new *new = (void *)task;
    if (bpf_core_field_exists(new->__state))
        return BPF_CORE_READ(new, __state);
    return BPF_CORE_READ(old, state);
}

SEC("raw_tracepoint/sched_switch")
int on_switch(void *ctx)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    struct task_struct___never *never = (void *)task;
    result[0] = state_of(task);
    if (bpf_core_field_exists(never->of_tomorrow))
        result[1] = BPF_CORE_READ(never, of_tomorrow);
    if (bpf_core_field_size(task->comm) > 100)
        result[2] = BPF_CORE_READ(never, of_tomorrow);
    if (bpf_core_enum_value_exists(enum pid_type___never, PIDTYPE_OF_TOMORROW))
        result[3] = bpf_core_enum_value(enum pid_type___never, PIDTYPE_OF_TOMORROW);
    if (!bpf_core_type_exists(struct task_struct___never) ||
        !bpf_core_field_exists(never->mm_of_tomorrow))
        return 0;
    result[4] = BPF_CORE_READ(never, mm_of_tomorrow, start_code);
    return 0;
}
