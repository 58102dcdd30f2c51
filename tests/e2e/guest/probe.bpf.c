/* The CO-RE program of the field test.  Its types are those of local.h, laid out like no kernel's:
 * without relocation every read is wrong.
 *
 * It is compiled once and runs on every architecture.  No kernel header is included.
 */
#include "fields.h"

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;
struct bpf_raw_tracepoint_args {
    __u64 args[0];
};

/* these two want the types above */
#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#include "local.h"

#pragma clang attribute pop

SEC(".data.io") struct field_io io;

/* One program without calls. */
#define PART static __always_inline void

PART read_task(struct field_values *out, struct task_struct *task)
{
    out->pid = BPF_CORE_READ(task, pid);
    out->tgid = BPF_CORE_READ(task, tgid);
    out->parent = BPF_CORE_READ(task, real_parent, tgid);
    out->grandparent = BPF_CORE_READ(task, real_parent, real_parent, pid);
    out->leader = BPF_CORE_READ(task, group_leader, pid);
    out->threads = BPF_CORE_READ(task, signal, nr_threads);
    out->uid = BPF_CORE_READ(task, cred, uid.val);
    out->euid = BPF_CORE_READ(task, cred, euid.val);
    out->gid = BPF_CORE_READ(task, cred, gid.val);
    out->static_prio = BPF_CORE_READ(task, static_prio);
    out->policy = BPF_CORE_READ(task, policy);
    out->reset_on_fork = BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork);
    struct signal_struct *signal = BPF_CORE_READ(task, signal);
    out->subreaper = BPF_CORE_READ_BITFIELD_PROBED(signal, is_child_subreaper);
    out->timer_slack = BPF_CORE_READ(task, timer_slack_ns);
    out->stack_size = BPF_CORE_READ(task, sas_ss_size);
    out->stack_pointer = BPF_CORE_READ(task, sas_ss_sp);
    out->blocked = BPF_CORE_READ(task, blocked.sig[0]);
    out->clear_tid = (__u64)BPF_CORE_READ(task, clear_child_tid);
    out->rlimit = BPF_CORE_READ(task, signal, rlim[7].rlim_cur);
    bpf_core_read_str(out->comm, sizeof out->comm, &task->comm);
    struct task_struct *grandparent = BPF_CORE_READ(task, real_parent, real_parent);
    bpf_core_read_str(out->grandparent_comm, sizeof out->grandparent_comm, &grandparent->comm);
}

/* The index is an enumerator of the running kernel, not of this file. */
PART read_session(struct field_values *out, struct task_struct *task)
{
    char *pids =
        (char *)BPF_CORE_READ(task, signal) + bpf_core_field_offset(struct signal_struct, pids);
    struct pid *pid = 0;
    bpf_probe_read_kernel(&pid, sizeof pid,
                          pids + 8 * bpf_core_enum_value(enum pid_type, PIDTYPE_SID));
    out->session = BPF_CORE_READ(pid, numbers[0].nr);
}

PART read_memory(struct field_values *out, struct task_struct *task)
{
    out->auxv = BPF_CORE_READ(task, mm, saved_auxv[AUXV_INDEX]);
    out->arg_start = BPF_CORE_READ(task, mm, arg_start);
    out->start_brk = BPF_CORE_READ(task, mm, start_brk);
    out->start_stack = BPF_CORE_READ(task, mm, start_stack);
}

PART read_namespaces(struct field_values *out, struct task_struct *task)
{
    out->uts_inum = BPF_CORE_READ(task, nsproxy, uts_ns, ns.inum);
    struct uts_namespace *uts = BPF_CORE_READ(task, nsproxy, uts_ns);
    bpf_core_read_str(out->nodename, sizeof out->nodename, &uts->name.nodename);
}

PART read_file(struct field_values *out, struct task_struct *task)
{
    struct file *file = 0;
    bpf_probe_read_kernel(&file, sizeof file, BPF_CORE_READ(task, files, fdt, fd) + io.file_fd);
    out->inode = BPF_CORE_READ(file, f_inode, i_ino);
    out->size = BPF_CORE_READ(file, f_inode, i_size);
    out->mode = BPF_CORE_READ(file, f_inode, i_mode);
    out->owner = BPF_CORE_READ(file, f_inode, i_uid.val);
    out->magic = BPF_CORE_READ(file, f_inode, i_sb, s_magic);
    out->position = BPF_CORE_READ(file, f_pos);
    bpf_probe_read_kernel_str(out->file_name, sizeof out->file_name,
                              BPF_CORE_READ(file, f_path.dentry, d_name.name));
}

PART read_socket(struct field_values *out, struct task_struct *task)
{
    struct file *file = 0;
    bpf_probe_read_kernel(&file, sizeof file, BPF_CORE_READ(task, files, fdt, fd) + io.socket_fd);
    struct socket *socket = BPF_CORE_READ(file, private_data);
    struct sock *sk = BPF_CORE_READ(socket, sk);
    out->net_inum = 0; /* without network namespaces there is no such member */
    if (bpf_core_field_exists(sk->__sk_common.skc_net.net))
        out->net_inum = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
    out->family = BPF_CORE_READ(sk, __sk_common.skc_family);
    out->port = BPF_CORE_READ(sk, __sk_common.skc_num);
    out->protocol = BPF_CORE_READ(sk, sk_protocol);
    out->userlocks = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks);
    out->no_check = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_no_check_tx);
    out->rcvbuf = BPF_CORE_READ(sk, sk_rcvbuf);
    out->mark = BPF_CORE_READ(sk, sk_mark);
    out->priority = BPF_CORE_READ(sk, sk_priority);
}

PART ask(struct field_values *out)
{
    out->pid_exists = bpf_core_field_exists(struct task_struct, pid);
    out->bogus_field_exists = bpf_core_field_exists(struct task_struct___bogus, no_such_member);
    out->deep_field_exists = bpf_core_field_exists(struct sock, __sk_common.skc_num);
    out->task_exists = bpf_core_type_exists(struct task_struct);
    out->bogus_type_exists = bpf_core_type_exists(struct no_such_struct);
    out->enumerator_exists = bpf_core_enum_value_exists(enum pid_type, PIDTYPE_SID);
    out->bogus_enumerator_exists =
        bpf_core_enum_value_exists(enum pid_type___bogus, PIDTYPE_NO_SUCH_THING);
    out->comm_size = bpf_core_field_size(struct task_struct, comm);
    out->pid_is_signed =
        __builtin_preserve_field_info(((struct task_struct *)0)->pid, BPF_FIELD_SIGNED);
    out->uid_is_signed =
        __builtin_preserve_field_info(((struct cred *)0)->uid.val, BPF_FIELD_SIGNED);
}

SEC("raw_tp/sys_enter") int probe(struct bpf_raw_tracepoint_args *context)
{
    if (bpf_get_current_pid_tgid() != io.pid_tgid || context->args[1] != io.syscall)
        return 0;
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    read_task(&io.values, task);
    read_session(&io.values, task);
    read_memory(&io.values, task);
    read_namespaces(&io.values, task);
    read_file(&io.values, task);
    read_socket(&io.values, task);
    ask(&io.values);
    io.hits++;
    return 0;
}

SEC("license") char program_license[] = "GPL";
