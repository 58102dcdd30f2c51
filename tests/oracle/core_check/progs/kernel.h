/* Types as these programs know them: laid out otherwise than in any kernel, and with what no kernel has. */
#ifndef KERNEL_H
#define KERNEL_H

typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
struct pt_regs;

enum { BPF_MAP_TYPE_ARRAY = 2, BPF_ANY = 0 };

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define RELOCATED __attribute__((preserve_access_index))

struct list_head {
    struct list_head *prev, *next;
} RELOCATED;

enum pid_type { PIDTYPE_SID = 10, PIDTYPE_TGID = 20, PIDTYPE_PID = 30 };

struct pid {
    int level;
} RELOCATED;

struct rlimit {
    unsigned long rlim_max, rlim_cur;
} RELOCATED;

struct signal_struct {
    struct rlimit rlim[16];
    struct pid *pids[4];
} RELOCATED;

struct mm_struct {
    unsigned long start_stack, start_code;
    void *pgd;
} RELOCATED;

struct task_struct {
    char comm[16];
    struct task_struct *real_parent, *parent, *group_leader;
    struct signal_struct *signal;
    struct mm_struct *mm;
    unsigned flags;
    int tgid, pid;
    unsigned in_execve : 1;
    unsigned sched_reset_on_fork : 1;
    unsigned in_iowait : 1;
    struct list_head tasks;
} RELOCATED;

/* Where results go, so that nothing is optimised away. */
__u64 result[64];

char LICENSE[] SEC("license") = "GPL";

#endif
