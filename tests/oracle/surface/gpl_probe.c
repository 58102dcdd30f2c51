/*
 * The first process of a guest kernel: asks its verifier which helpers are for programs under the GPL alone.
 *
 *     truth: helper 113 gpl 31 free 0      so many sorts of programs are refused for it, or may have it
 *     truth: done
 *
 * Each helper is called by a program of each sort that is not under the GPL.  The verifier looks at the license before it
 * looks at the arguments: a log that names the license, or that the program may not call the function, or something else.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HELPERS = 211 };

static const struct sort {
    enum bpf_prog_type type;
    enum bpf_attach_type attach;
    const char *function; /* that it is attached to; NULL = to none */
    unsigned flags;
} sorts[] = {
    {BPF_PROG_TYPE_KPROBE, 0, NULL, 0},
    {BPF_PROG_TYPE_TRACEPOINT, 0, NULL, 0},
    {BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NULL, 0},
    {BPF_PROG_TYPE_PERF_EVENT, 0, NULL, 0},
    {BPF_PROG_TYPE_XDP, 0, NULL, 0},
    {BPF_PROG_TYPE_SCHED_CLS, 0, NULL, 0},
    {BPF_PROG_TYPE_CGROUP_SKB, 0, NULL, 0},
    {BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE, NULL, 0},
    {BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT, NULL, 0},
    {BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT, NULL, 0},
    {BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_GETSOCKOPT, NULL, 0},
    {BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL, NULL, 0},
    {BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE, NULL, 0},
    {BPF_PROG_TYPE_SOCK_OPS, BPF_CGROUP_SOCK_OPS, NULL, 0},
    {BPF_PROG_TYPE_SK_SKB, 0, NULL, 0},
    {BPF_PROG_TYPE_SK_MSG, 0, NULL, 0},
    {BPF_PROG_TYPE_SK_REUSEPORT, 0, NULL, 0},
    {BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, NULL, 0},
    {BPF_PROG_TYPE_SOCKET_FILTER, 0, NULL, 0},
    {BPF_PROG_TYPE_FLOW_DISSECTOR, 0, NULL, 0},
    {BPF_PROG_TYPE_LIRC_MODE2, BPF_LIRC_MODE2, NULL, 0},
    {BPF_PROG_TYPE_LWT_IN, 0, NULL, 0},
    {BPF_PROG_TYPE_LWT_XMIT, 0, NULL, 0},
    {BPF_PROG_TYPE_LWT_SEG6LOCAL, 0, NULL, 0},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "vfs_read", 0},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, "vfs_read", 0},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, "bpf_iter_task", 0},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, "bpf_iter_task", BPF_F_SLEEPABLE},
    {BPF_PROG_TYPE_SYSCALL, 0, NULL, BPF_F_SLEEPABLE},
};

enum answer { ANSWER_NONE, ANSWER_GPL, ANSWER_FREE };

static enum answer ask(const struct btf *btf, const struct sort *sort, int helper)
{
    static char log[1 << 16];
    struct bpf_insn insns[] = {
        {.code = BPF_ALU64 | BPF_MOV, .dst_reg = 1}, {.code = BPF_ALU64 | BPF_MOV, .dst_reg = 2},
        {.code = BPF_ALU64 | BPF_MOV, .dst_reg = 3}, {.code = BPF_ALU64 | BPF_MOV, .dst_reg = 4},
        {.code = BPF_ALU64 | BPF_MOV, .dst_reg = 5}, {.code = BPF_JMP | BPF_CALL, .imm = helper},
        {.code = BPF_ALU64 | BPF_MOV, .dst_reg = 0}, {.code = BPF_JMP | BPF_EXIT},
    };
    LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = sort->attach,
                .prog_flags = sort->flags, .log_buf = log, .log_size = sizeof log, .log_level = 1);
    if (sort->function != NULL) {
        int id = btf__find_by_name_kind(btf, sort->function, BTF_KIND_FUNC);
        if (id < 0)
            return ANSWER_NONE;
        options.attach_btf_id = (__u32)id;
    }
    log[0] = '\0';
    int program = bpf_prog_load(sort->type, "probe", "Proprietary", insns,
                                sizeof insns / sizeof *insns, &options);
    if (program >= 0)
        close(program);
    if (strstr(log, "GPL-restricted") != NULL)
        return ANSWER_GPL;
    bool is_unknown = strstr(log, "unknown func") != NULL || strstr(log, "invalid func") != NULL ||
                      strstr(log, "cannot use helper") != NULL ||
                      strstr(log, "is not sleepable") != NULL;
    return is_unknown || (log[0] == '\0' && program < 0) ? ANSWER_NONE : ANSWER_FREE;
}

static int be_quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level;
    (void)format;
    (void)arguments;
    return 0;
}

int main(void)
{
    mkdir("/sys", 0755);
    mount("none", "/sys", "sysfs", 0, NULL);
    libbpf_set_print(be_quiet);
    struct btf *btf = btf__load_vmlinux_btf();
    for (int helper = 1; helper <= HELPERS; helper++) {
        unsigned counts[3] = {0};
        for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
            counts[ask(btf, &sorts[i], helper)]++;
        printf("truth: helper %d gpl %u free %u\n", helper, counts[ANSWER_GPL],
               counts[ANSWER_FREE]);
    }
    printf("truth: done\n");
    fflush(stdout);
    sync();
    reboot(RB_AUTOBOOT); /* qemu's -no-reboot makes it the end */
    for (;;)
        pause();
}
