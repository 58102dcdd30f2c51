/*
 * Reads the name of a program's section: the program's type, how it is attached, and to what.
 *
 *     SEC("?fentry.s/vfs_read")     on demand, tracing, TRACE_FENTRY, target vfs_read
 *     SEC("xdp")                    XDP, no target in the kernel
 *
 * The method: a table of libbpf's section names.  aya and cilium/ebpf use the same names, and
 * accept some that libbpf does not (`xdp/name`).  A row has an attach type only if the program does
 * not load or attach on a kernel that lacks it; some loaders can do without others.
 */
#include "surface/sections.h"

#include <string.h>

/* clang-format off */
static const struct section_spec table[] = {
    {"kprobe", true, TARGET_KPROBE, "KPROBE", NULL},
    {"kretprobe", true, TARGET_KRETPROBE, "KPROBE", NULL},
    {"kprobe.multi", true, TARGET_KPROBE_MULTI, "KPROBE", "TRACE_KPROBE_MULTI"},
    {"kretprobe.multi", true, TARGET_KPROBE_MULTI, "KPROBE", "TRACE_KPROBE_MULTI"},
    {"kprobe.session", true, TARGET_KPROBE_MULTI, "KPROBE", "TRACE_KPROBE_SESSION"},
    {"ksyscall", true, TARGET_SYSCALL, "KPROBE", NULL},
    {"kretsyscall", true, TARGET_SYSCALL, "KPROBE", NULL},
    {"uprobe", true, TARGET_NONE, "KPROBE", NULL},
    {"uprobe.s", true, TARGET_NONE, "KPROBE", NULL},
    {"uretprobe", true, TARGET_NONE, "KPROBE", NULL},
    {"uretprobe.s", true, TARGET_NONE, "KPROBE", NULL},
    {"uprobe.multi", true, TARGET_NONE, "KPROBE", "TRACE_UPROBE_MULTI"},
    {"uprobe.multi.s", true, TARGET_NONE, "KPROBE", "TRACE_UPROBE_MULTI"},
    {"uretprobe.multi", true, TARGET_NONE, "KPROBE", "TRACE_UPROBE_MULTI"},
    {"uretprobe.multi.s", true, TARGET_NONE, "KPROBE", "TRACE_UPROBE_MULTI"},
    {"uprobe.session", true, TARGET_NONE, "KPROBE", "TRACE_UPROBE_SESSION"},
    {"uprobe.session.s", true, TARGET_NONE, "KPROBE", "TRACE_UPROBE_SESSION"},
    {"usdt", true, TARGET_NONE, "KPROBE", NULL},
    {"usdt.s", true, TARGET_NONE, "KPROBE", NULL},
    {"fentry", true, TARGET_FENTRY, "TRACING", "TRACE_FENTRY"},
    {"fentry.s", true, TARGET_FENTRY, "TRACING", "TRACE_FENTRY"},
    {"fexit", true, TARGET_FEXIT, "TRACING", "TRACE_FEXIT"},
    {"fexit.s", true, TARGET_FEXIT, "TRACING", "TRACE_FEXIT"},
    {"fmod_ret", true, TARGET_FMOD_RET, "TRACING", "MODIFY_RETURN"},
    {"fmod_ret.s", true, TARGET_FMOD_RET, "TRACING", "MODIFY_RETURN"},
    {"freplace", true, TARGET_FREPLACE, "EXT", NULL},
    {"tp", true, TARGET_TRACEPOINT, "TRACEPOINT", NULL},
    {"tracepoint", true, TARGET_TRACEPOINT, "TRACEPOINT", NULL},
    {"raw_tp", true, TARGET_RAW_TRACEPOINT, "RAW_TRACEPOINT", NULL},
    {"raw_tracepoint", true, TARGET_RAW_TRACEPOINT, "RAW_TRACEPOINT", NULL},
    {"raw_tp.w", true, TARGET_RAW_TRACEPOINT, "RAW_TRACEPOINT_WRITABLE", NULL},
    {"raw_tracepoint.w", true, TARGET_RAW_TRACEPOINT, "RAW_TRACEPOINT_WRITABLE", NULL},
    {"tp_btf", true, TARGET_BTF_TRACEPOINT, "TRACING", "TRACE_RAW_TP"},
    {"lsm", true, TARGET_LSM, "LSM", "LSM_MAC"},
    {"lsm.s", true, TARGET_LSM, "LSM", "LSM_MAC"},
    {"lsm_cgroup", true, TARGET_LSM, "LSM", "LSM_CGROUP"},
    {"iter", true, TARGET_ITERATOR, "TRACING", "TRACE_ITER"},
    {"iter.s", true, TARGET_ITERATOR, "TRACING", "TRACE_ITER"},
    {"struct_ops", true, TARGET_STRUCT_OPS, "STRUCT_OPS", NULL},
    {"struct_ops.s", true, TARGET_STRUCT_OPS, "STRUCT_OPS", NULL},
    {"syscall", false, TARGET_NONE, "SYSCALL", NULL},
    {"socket", false, TARGET_NONE, "SOCKET_FILTER", NULL},
    {"sk_reuseport", false, TARGET_NONE, "SK_REUSEPORT", NULL},
    {"sk_reuseport/migrate", false, TARGET_NONE, "SK_REUSEPORT",
     "SK_REUSEPORT_SELECT_OR_MIGRATE"},
    {"tc", false, TARGET_NONE, "SCHED_CLS", NULL},
    {"classifier", false, TARGET_NONE, "SCHED_CLS", NULL},
    {"tc/ingress", false, TARGET_NONE, "SCHED_CLS", NULL},
    {"tc/egress", false, TARGET_NONE, "SCHED_CLS", NULL},
    {"tcx/ingress", false, TARGET_NONE, "SCHED_CLS", "TCX_INGRESS"},
    {"tcx/egress", false, TARGET_NONE, "SCHED_CLS", "TCX_EGRESS"},
    {"netkit/primary", false, TARGET_NONE, "SCHED_CLS", "NETKIT_PRIMARY"},
    {"netkit/peer", false, TARGET_NONE, "SCHED_CLS", "NETKIT_PEER"},
    {"action", false, TARGET_NONE, "SCHED_ACT", NULL},
    {"xdp", false, TARGET_NONE, "XDP", NULL},
    {"xdp.frags", false, TARGET_NONE, "XDP", NULL},
    {"xdp/devmap", false, TARGET_NONE, "XDP", "XDP_DEVMAP"},
    {"xdp.frags/devmap", false, TARGET_NONE, "XDP", "XDP_DEVMAP"},
    {"xdp/cpumap", false, TARGET_NONE, "XDP", "XDP_CPUMAP"},
    {"xdp.frags/cpumap", false, TARGET_NONE, "XDP", "XDP_CPUMAP"},
    {"perf_event", false, TARGET_NONE, "PERF_EVENT", NULL},
    {"lwt_in", false, TARGET_NONE, "LWT_IN", NULL},
    {"lwt_out", false, TARGET_NONE, "LWT_OUT", NULL},
    {"lwt_xmit", false, TARGET_NONE, "LWT_XMIT", NULL},
    {"lwt_seg6local", false, TARGET_NONE, "LWT_SEG6LOCAL", NULL},
    {"sockops", false, TARGET_NONE, "SOCK_OPS", "CGROUP_SOCK_OPS"},
    {"sk_skb", false, TARGET_NONE, "SK_SKB", NULL},
    {"sk_skb/stream_parser", false, TARGET_NONE, "SK_SKB", "SK_SKB_STREAM_PARSER"},
    {"sk_skb/stream_verdict", false, TARGET_NONE, "SK_SKB", "SK_SKB_STREAM_VERDICT"},
    {"sk_skb/verdict", false, TARGET_NONE, "SK_SKB", "SK_SKB_VERDICT"},
    {"sk_msg", false, TARGET_NONE, "SK_MSG", "SK_MSG_VERDICT"},
    {"lirc_mode2", false, TARGET_NONE, "LIRC_MODE2", "LIRC_MODE2"},
    {"flow_dissector", false, TARGET_NONE, "FLOW_DISSECTOR", "FLOW_DISSECTOR"},
    {"cgroup_skb/ingress", false, TARGET_NONE, "CGROUP_SKB", "CGROUP_INET_INGRESS"},
    {"cgroup_skb/egress", false, TARGET_NONE, "CGROUP_SKB", "CGROUP_INET_EGRESS"},
    {"cgroup/skb", false, TARGET_NONE, "CGROUP_SKB", NULL},
    {"cgroup/sock_create", false, TARGET_NONE, "CGROUP_SOCK", "CGROUP_INET_SOCK_CREATE"},
    {"cgroup/sock_release", false, TARGET_NONE, "CGROUP_SOCK", "CGROUP_INET_SOCK_RELEASE"},
    {"cgroup/sock", false, TARGET_NONE, "CGROUP_SOCK", "CGROUP_INET_SOCK_CREATE"},
    {"cgroup/post_bind4", false, TARGET_NONE, "CGROUP_SOCK", "CGROUP_INET4_POST_BIND"},
    {"cgroup/post_bind6", false, TARGET_NONE, "CGROUP_SOCK", "CGROUP_INET6_POST_BIND"},
    {"cgroup/bind4", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_INET4_BIND"},
    {"cgroup/bind6", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_INET6_BIND"},
    {"cgroup/connect4", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_INET4_CONNECT"},
    {"cgroup/connect6", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_INET6_CONNECT"},
    {"cgroup/connect_unix", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_UNIX_CONNECT"},
    {"cgroup/sendmsg4", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_UDP4_SENDMSG"},
    {"cgroup/sendmsg6", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_UDP6_SENDMSG"},
    {"cgroup/sendmsg_unix", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_UNIX_SENDMSG"},
    {"cgroup/recvmsg4", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_UDP4_RECVMSG"},
    {"cgroup/recvmsg6", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_UDP6_RECVMSG"},
    {"cgroup/recvmsg_unix", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_UNIX_RECVMSG"},
    {"cgroup/getpeername4", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_INET4_GETPEERNAME"},
    {"cgroup/getpeername6", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_INET6_GETPEERNAME"},
    {"cgroup/getpeername_unix", false, TARGET_NONE, "CGROUP_SOCK_ADDR",
     "CGROUP_UNIX_GETPEERNAME"},
    {"cgroup/getsockname4", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_INET4_GETSOCKNAME"},
    {"cgroup/getsockname6", false, TARGET_NONE, "CGROUP_SOCK_ADDR", "CGROUP_INET6_GETSOCKNAME"},
    {"cgroup/getsockname_unix", false, TARGET_NONE, "CGROUP_SOCK_ADDR",
     "CGROUP_UNIX_GETSOCKNAME"},
    {"cgroup/sysctl", false, TARGET_NONE, "CGROUP_SYSCTL", "CGROUP_SYSCTL"},
    {"cgroup/getsockopt", false, TARGET_NONE, "CGROUP_SOCKOPT", "CGROUP_GETSOCKOPT"},
    {"cgroup/setsockopt", false, TARGET_NONE, "CGROUP_SOCKOPT", "CGROUP_SETSOCKOPT"},
    {"cgroup/dev", false, TARGET_NONE, "CGROUP_DEVICE", "CGROUP_DEVICE"},
    {"sk_lookup", false, TARGET_NONE, "SK_LOOKUP", "SK_LOOKUP"},
    {"netfilter", false, TARGET_NONE, "NETFILTER", "NETFILTER"},
};
/* clang-format on */

void hg_section_parse(const char *name, struct section *ret)
{
    *ret = (struct section){.is_on_demand = name[0] == '?'};
    name += ret->is_on_demand ? 1 : 0;
    size_t longest = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t length = strlen(table[i].prefix);
        bool begins = strncmp(name, table[i].prefix, length) == 0 &&
                      (name[length] == '\0' || name[length] == '/');
        if (!begins || length <= longest)
            continue;
        longest = length;
        ret->spec = &table[i];
        bool has_target = table[i].has_target && name[length] == '/' && name[length + 1] != '\0';
        ret->target = has_target ? name + length + 1 : NULL;
        ret->is_loose = !table[i].has_target && name[length] != '\0';
    }
}
