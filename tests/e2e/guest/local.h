/* What the portable programs of the field test take the kernel's types for: the members that they
 * need, in an order that no kernel has, after padding, with other array bounds and other values of
 * enumerators.  Without relocation every read is wrong.
 *
 *     struct task_struct { ...; int tgid; long pad2[9]; int pid; ... };     not as in any kernel
 *
 * clang reads it for the C program, hdrgen for the Rust program.
 */
#ifndef LOCAL_H
#define LOCAL_H

enum pid_type { PIDTYPE_SID = 70, PIDTYPE_PID = 71 };

typedef struct { /* without a tag, here as in the kernel */
    long pad;
    unsigned int val;
} kuid_t;
typedef struct {
    char pad;
    unsigned int val;
} kgid_t;
struct cred {
    char first[3];
    kuid_t euid, uid;
    kgid_t gid;
};
struct upid {
    char pad[20];
    int nr;
};
struct pid {
    struct upid numbers[7];
    long pad;
};
struct rlimit {
    unsigned long rlim_max, pad, rlim_cur;
};
struct signal_struct {
    struct rlimit rlim[12];
    unsigned int pad : 3, is_child_subreaper : 1;
    struct pid *pids[9];
    int nr_threads;
};
struct ns_common {
    char pad[9];
    unsigned int inum;
};
struct new_utsname {
    char nodename[65], pad[100];
};
struct uts_namespace {
    struct ns_common ns;
    struct new_utsname name;
};
struct nsproxy {
    long pad[11];
    struct uts_namespace *uts_ns;
};
struct super_block {
    char pad;
    unsigned long s_magic;
};
struct inode {
    long long i_size;
    kuid_t i_uid;
    unsigned long i_ino;
    struct super_block *i_sb;
    unsigned short i_mode;
};
struct qstr {
    long pad[2];
    const unsigned char *name;
};
struct dentry {
    struct qstr d_name;
};
struct path {
    struct dentry *dentry;
};
struct file {
    void *private_data;
    long long f_pos;
    struct path f_path;
    struct inode *f_inode;
};
struct fdtable {
    int pad;
    struct file **fd;
};
struct files_struct {
    long pad;
    struct fdtable *fdt;
};
struct mm_struct { /* in the kernel all of these are in an anonymous struct */
    unsigned long start_stack, start_brk, arg_start;
    unsigned long saved_auxv[12];
};
struct net {
    struct ns_common ns;
};
typedef struct {
    long pad;
    struct net *net;
} possible_net_t;
struct sock_common { /* in the kernel, skc_num is in a struct in a union */
    possible_net_t skc_net;
    unsigned short skc_num;
    unsigned short skc_family;
};
struct sock {
    unsigned int sk_mark, sk_priority;
    int sk_rcvbuf;
    unsigned char sk_no_check_tx : 1, pad : 2, sk_userlocks : 4;
    unsigned short sk_protocol;
    long pad2[4];
    struct sock_common __sk_common;
};
struct socket {
    struct sock *sk;
};
struct task_struct {
    const struct cred *cred;
    char pad0[3];
    struct files_struct *files;
    int static_prio;
    unsigned int pad1 : 7, sched_reset_on_fork : 1;
    struct task_struct *group_leader, *real_parent;
    struct nsproxy *nsproxy;
    char comm[16];
    unsigned int policy;
    struct mm_struct *mm;
    struct signal_struct *signal;
    int *clear_child_tid;
    struct { /* sigset_t in the kernel: here not even a typedef names it */
        char pad;
        unsigned long sig[1];
    } blocked;
    unsigned long sas_ss_size, sas_ss_sp;
    int tgid;
    long pad2[9];
    int pid;
    unsigned long long timer_slack_ns;
};

#include "bogus.h"

#endif
