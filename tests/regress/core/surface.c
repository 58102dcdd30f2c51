/* Of seed-surface-*.o: programs of each sort that check asks about, and the kernel that they are asked of, in one object. */
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
#define EXTERN(name) __attribute__((section(name)))
typedef unsigned int u32;
typedef unsigned long long u64;

struct task_struct { int pid; } CORE;
struct trace_entry { int head[2]; };
struct trace_event_raw_sched_switch { struct trace_entry ent; int prev_pid; } CORE;
struct trace_event_raw_sched_exit { struct trace_entry ent; int pid, prev_pid; } CORE;
struct bpf_raw_tracepoint_args { u64 args[0]; } CORE;
struct btf_func_model { char arg_flags[12]; } model;
struct bpf_prog_aux { int sleepable, xdp_has_frags; } aux;
struct mini_ops { int (*first)(int); int (*second)(struct task_struct *, int); };
struct bpf_struct_ops_mini_ops { struct mini_ops data; } operations;
typedef void (*btf_trace_sched_switch)(void *, _Bool, struct task_struct *);
btf_trace_sched_switch tracepoint;
struct trace_event_raw_sched_switch own_record;
struct trace_event_raw_sched_exit other_record;
enum bpf_func_id { BPF_FUNC_unspec, BPF_FUNC_probe_read_kernel = 113, BPF_FUNC_cgrp_storage_get = 210 } helper;
enum bpf_prog_type { BPF_PROG_TYPE_UNSPEC, BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_TRACING, BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_STRUCT_OPS } type;
enum bpf_attach_type { BPF_TRACE_FENTRY, BPF_TRACE_ITER, BPF_LSM_MAC } attach;

SEC(".text") void schedule(void) {}
SEC(".text") long vfs_read(struct task_struct *task, u64 size) { return task->pid + size; }
SEC(".text") int bpf_lsm_file_open(struct task_struct *task) { return task->pid; }
SEC(".text") int bpf_iter_task(struct task_struct *task, u32 fd) { return task->pid + fd; }

struct { int (*type)[1]; int (*max_entries)[8]; u32 *key; u64 *value; int (*colour)[3]; } map SEC(".maps");
struct { int (*type)[12]; int (*max_entries)[8]; u32 *key; struct { int (*type)[1]; u32 *key; u64 *value; } *values[]; } outer SEC(".maps");
struct { u32 type, key, value, entries; } old_map SEC("maps") = {1, 4, 4, 1};
extern int LINUX_KERNEL_VERSION EXTERN(".kconfig");
extern _Bool CONFIG_X EXTERN(".kconfig") __attribute__((weak));
extern int vfs_kfunc(u64) EXTERN(".ksyms") __attribute__((weak));
extern int nowhere;
static long (*read_kernel)(void *, u32, const void *) = (void *)113;

SEC("raw_tp/sched_switch") int raw(struct bpf_raw_tracepoint_args *c) { return c->args[2] != 0; }
SEC("tp/sched/sched_switch") int other(struct trace_event_raw_sched_exit *c) { return c->prev_pid; }
SEC("iter.s/task") int iterator(u64 *c) { return ((struct task_struct *)c[0])->pid + c[2]; }
SEC("fentry.s/vfs_read") int entry(u64 *c) { u64 x; return read_kernel(&x, 8, (void *)c[0]); }
SEC("lsm/file_open") int hook(u64 *c) { return vfs_kfunc ? vfs_kfunc(c[0]) : CONFIG_X; }
SEC("xdp.frags") int frags(void *c) { return LINUX_KERNEL_VERSION > 6 ? nowhere : 0; }
SEC("struct_ops/first") int first(u64 *c) { return c[1]; }
SEC("struct_ops.s/second") int second(u64 *c) { return ((struct task_struct *)c[0])->pid; }
SEC(".struct_ops") struct mini_ops one = {.first = (void *)first, .second = (void *)second};
SEC(".struct_ops.link") struct mini_ops two = {.second = (void *)second};
char LICENSE[] SEC("license") = "Proprietary";
