/* Enumerators, types as a whole, and questions that are answered with no. */
#include "kernel.h"

enum bpf_map_type { BPF_MAP_TYPE_RINGBUF = 1, BPF_MAP_TYPE_OF_TOMORROW = 2 };

struct of_tomorrow {
    int x;
};
struct rcu_head_of_yesterday {
    void *next;
};
typedef struct {
    int counter;
} atomic_t;
typedef int pid_t;
struct work_struct {
    int x;
};
typedef void (*work_func_t)(struct work_struct *work);

SEC("raw_tracepoint/sys_enter")
int on_enter(void *ctx)
{
    result[0] = bpf_core_enum_value(enum pid_type, PIDTYPE_SID);
    result[1] = bpf_core_enum_value_exists(enum pid_type, PIDTYPE_TGID);
    result[2] = bpf_core_enum_value(enum bpf_map_type, BPF_MAP_TYPE_RINGBUF);
    result[3] = bpf_core_enum_value_exists(enum bpf_map_type, BPF_MAP_TYPE_OF_TOMORROW);
    result[4] = bpf_core_type_exists(struct task_struct);
    result[5] = bpf_core_type_exists(struct of_tomorrow);
    result[6] = bpf_core_type_size(struct task_struct);
    result[7] = bpf_core_type_size(struct of_tomorrow);
    result[8] = bpf_core_type_id_kernel(struct task_struct);
    result[9] = bpf_core_type_id_local(struct of_tomorrow);
    result[10] = bpf_core_type_exists(atomic_t);
    result[11] = bpf_core_type_size(pid_t);
    result[12] = bpf_core_type_exists(work_func_t);
    result[13] = bpf_core_type_matches(atomic_t);
    result[14] = bpf_core_type_matches(struct list_head);
    result[15] = bpf_core_type_matches(struct task_struct);
    result[16] = bpf_core_type_matches(enum pid_type);
    return 0;
}
