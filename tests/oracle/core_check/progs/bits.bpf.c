/* Bit-fields, probed: offset, size, sign and both shifts of each. */
#include "kernel.h"

struct tcp_sock {
    __u8 nonagle : 4;
    __u8 repair : 1;
    __u8 thin_lto : 1;
} RELOCATED;

SEC("raw_tracepoint/sched_switch")
int on_switch(void *ctx)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    struct tcp_sock *tcp = (void *)result[63];
    result[0] = BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork);
    result[1] = BPF_CORE_READ_BITFIELD_PROBED(task, in_execve);
    result[2] = BPF_CORE_READ_BITFIELD_PROBED(tcp, nonagle);
    result[3] = BPF_CORE_READ_BITFIELD_PROBED(tcp, repair);
    result[4] = BPF_CORE_READ_BITFIELD_PROBED(task, flags);
    return 0;
}
