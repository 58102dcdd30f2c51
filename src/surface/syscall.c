/*
 * Whether a kernel has a system call of that name, and tracepoints of it.
 *
 *     ksyscall/openat               FUNC '__x64_sys_openat', by the kernel's architecture
 *     tp/syscalls/sys_enter_openat  the same, and a number in the table of system calls
 *
 * A kernel also has functions of system calls that 64-bit programs cannot make: old ones for 32-bit
 * programs, and stubs of calls that are not configured.  A kprobe attaches to these functions, but
 * they have no tracepoints.  hdrgen knows their names for x86 and for the 64-bit architectures that
 * share one table; on other architectures each function counts as a system call.
 */
#include "surface/ask.h"

#include <string.h>

/* --- functions --- */

/* The prefix of the functions that wrap system calls; NULL = the kernel has no wrappers. */
static const char *wrapper_prefix(const struct hg_kernel_facts *kernel)
{
    static const char *const prefixes[] = {
        [ARCH_X86] = "__x64_sys_",    [ARCH_ARM64] = "__arm64_sys_",
        [ARCH_ARM] = "__arm_sys_",    [ARCH_RISCV] = "__riscv_sys_",
        [ARCH_S390] = "__s390x_sys_", [ARCH_POWERPC] = "__powerpc_sys_",
        [ARCH_MIPS] = "__mips_sys_",  [ARCH_LOONGARCH] = "__loongarch_sys_",
    };
    return hg_facts_has_prefix(kernel, prefixes[kernel->arch]) ? prefixes[kernel->arch] : NULL;
}

/* The name with the prefix, in the arena; NULL = the kernel has no such function. */
static const char *with_prefix(struct asker *asker, const char *prefix, const char *name)
{
    const char *function = hg_arena_printf(asker->arena, "%s%s", prefix, name);
    return hg_facts_has(asker->kernel, function) ? function : NULL;
}

/* The stub of a call that is not configured is a weak symbol. */
static bool is_stub(const struct hg_kernel_facts *kernel, const char *function)
{
    size_t count = 0;
    const struct index_entry *found = hg_names_find(&kernel->symbols, function, &count);
    return count > 0 && found[0].number == SYMBOL_WEAK;
}

/* --- functions without a number in the table --- */

/* Calls of 32-bit programs, with user and group ids of 16 bits, or of other architectures. */
static bool is_of_a_family(const char *name)
{
    static const char *const begins[] = {"ia32_", "old_", "s390_", "spu_", "pciconfig_", "vm86"};
    static const char *const ends[] = {"id16", "own16", "groups16", "time32"};
    return HG_BEGINS_WITH_ONE_OF(name, begins) || HG_ENDS_WITH_ONE_OF(name, ends);
}

/* clang-format off */
/* Not in the tables of x86 and of the younger architectures: arm64, riscv and loongarch. */
static const char *const in_no_table[] = {
    "bdflush", "fstat", "fstat64", "fstatat64", "fstatfs64", "get_thread_area", "gethostname",
    "ipc", "llseek", "lstat", "lstat64", "mmap_pgoff", "ni_syscall", "nice", "oldumount",
    "olduname", "recv", "rtas", "send", "sendfile", "set_thread_area", "sgetmask", "signal",
    "sigpending", "sigprocmask", "sigsuspend", "socketcall", "ssetmask", "stat", "stat64",
    "statfs64", "stime", "subpage_prot", "sync_file_range2", "uname", "uselib", "waitpid",
};
/* Not in the table of the younger architectures, which have newer calls in their place. */
static const char *const in_no_younger_table[] = {
    "access", "alarm", "arch_prctl", "chmod", "chown", "creat", "dup2", "epoll_create",
    "epoll_wait", "eventfd", "fadvise64", "fork", "futimesat", "getdents", "getpgrp",
    "inotify_init", "lchown", "link", "mkdir", "mknod", "newlstat", "newstat", "open", "pause",
    "pipe", "poll", "readlink", "rename", "rmdir", "select", "signalfd", "symlink", "sysfs",
    "time", "unlink", "ustat", "utime", "utimes", "vfork",
};
/* clang-format on */

static bool has_no_number(enum kernel_arch arch, const char *name)
{
    bool is_younger = arch == ARCH_ARM64 || arch == ARCH_RISCV || arch == ARCH_LOONGARCH;
    if (!is_younger && arch != ARCH_X86)
        return false;
    if (HG_IS_ONE_OF(name, in_no_table) || is_of_a_family(name))
        return true;
    if (arch == ARCH_X86)
        return strcmp(name, "fadvise64_64") == 0;
    return HG_IS_ONE_OF(name, in_no_younger_table) ||
           (arch == ARCH_ARM64 && strcmp(name, "personality") == 0);
}

/* --- answers --- */

/* False: what the kernel has is not known; then the answer is UNKNOWN. */
static bool is_known(struct asker *asker, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    if (kernel->arch != ARCH_UNKNOWN && (kernel->knows_functions || kernel->knows_symbols))
        return true;
    hg_answer_no_functions(asker, answer);
    return false;
}

/* System calls without parameters: their functions do not use the argument that they get, the
 * registers, and BTF does not list such functions. */
static bool takes_nothing(const char *name)
{
    /* clang-format off */
    static const char *const names[] = {
        "fork", "getegid", "geteuid", "getgid", "getpgrp", "getpid", "getppid", "gettid",
        "getuid", "inotify_init", "munlockall", "pause", "restart_syscall", "rt_sigreturn",
        "sched_yield", "setsid", "sigreturn", "sync", "vfork", "vhangup",
    };
    /* clang-format on */
    return HG_IS_ONE_OF(name, names);
}

static void no_syscall(struct asker *asker, const char *name, struct hg_answer *answer)
{
    bool has_none = has_no_number(asker->kernel->arch, name);
    if (!asker->kernel->knows_symbols && takes_nothing(name) && !has_none)
        hg_answer_set(
            asker, answer, HG_UNKNOWN, hg_advice_symbols,
            "the system call '%s' has no parameters, and BTF does not list such functions", name);
    else
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand,
                      "this kernel has no system call '%s'%s", name,
                      has_none ? ": programs of its architecture never had it" : "");
}

/* The function of a system call, to which libbpf attaches a kprobe; NULL = the kernel has none. */
static const char *find_syscall(struct asker *asker, const char *name)
{
    const char *prefix = wrapper_prefix(asker->kernel);
    return with_prefix(asker, prefix == NULL ? "__se_sys_" : prefix, name);
}

void hg_ask_syscall(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const char *name = detail->name;
    if (name == NULL) {
        hg_ask_user_space(asker, answer, "system call");
        return;
    }
    if (!hg_ask_kprobes(asker, answer) || !is_known(asker, answer))
        return;
    const char *function = find_syscall(asker, name);
    if (function == NULL) {
        no_syscall(asker, name, answer);
        return;
    }
    answer->value = function;
    if (has_no_number(asker->kernel->arch, name))
        hg_answer_set(asker, answer, HG_PARTLY, NULL,
                      "the function is there, but programs of the kernel's architecture do not "
                      "make this call: at most 32-bit programs do");
}

void hg_ask_syscall_event(struct asker *asker, const char *event, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    bool is_enter = hg_begins_with(event, "sys_enter_");
    if (!is_enter && !hg_begins_with(event, "sys_exit_")) {
        hg_answer_set(asker, answer, HG_MISSING, NULL,
                      "events of the category 'syscalls' begin with sys_enter_ or sys_exit_");
        return;
    }
    if (!is_known(asker, answer))
        return;
    const char *name = event + (is_enter ? 10 : 9);
    const char *function = find_syscall(asker, name);
    if (function == NULL && wrapper_prefix(kernel) == NULL)
        function = with_prefix(asker, "sys_", name);
    if (function == NULL || has_no_number(kernel->arch, name))
        no_syscall(asker, name, answer);
    else if (is_stub(kernel, function))
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand,
                      "this kernel has only a stub of the system call '%s': it is not configured",
                      name);
    else if (kernel->knows_functions &&
             hg_facts_type(kernel, HG_STRUCT, "syscall_trace_enter") == HG_NO_TYPE)
        hg_answer_set(asker, answer, HG_MISSING, NULL,
                      "this kernel has no tracepoints of single system calls "
                      "(CONFIG_FTRACE_SYSCALLS)");
    else
        answer->value = function;
}
