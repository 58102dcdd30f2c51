/* Loads and stores whose own offset, and size, is relocated. */
#include "kernel.h"

struct sched_entity {
    __u64 vruntime;
} RELOCATED;
struct task_struct___direct {
    __u32 flags;
    struct sched_entity se;
    int prio;
    struct task_struct___direct *parent;
    __u64 tgid; /* of another size in kernels, and signed there */
} RELOCATED;

SEC("tp_btf/sched_process_exit")
int on_exit(__u64 *ctx)
{
    struct task_struct___direct *task = (void *)ctx[0];
    result[0] = task->flags;
    result[1] = task->se.vruntime;
    result[2] = task->prio;
    result[3] = task->parent->prio;
    return 0;
}

SEC("tp_btf/sched_process_exit")
int on_exit_of_other_size(__u64 *ctx)
{
    struct task_struct___direct *task = (void *)ctx[0];
    result[4] = task->tgid;
    return 0;
}
