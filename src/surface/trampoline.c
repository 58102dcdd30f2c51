/*
 * Whether a program can be attached to a function by a trampoline, which calls the program with the
 * function's parameters: fentry, fexit, fmod_ret and LSM hooks.  Even if the kernel has the
 * function, the verifier or the architecture may refuse it:
 *
 *     int fuse_get(struct fuse_args a, int b)     a structure of up to 16 bytes: from 6.1 on
 *     8 parameters                                more than six registers of x86: from 6.6 on; arm64
 *                                                 has eight
 *     migrate_disable                             BPF itself runs it
 *
 * The method: count the registers that the prototype takes.  Whether a kernel accepts them is known
 * from members and enumerators that came to its BTF with the feature, or from its release; else it
 * is unknown.
 */
#include "surface/ask.h"

#include "model/walk.h"

#include <string.h>

enum {
    PARAMETERS_MAX = 12,
    RECORD_MAX = 16, /* bytes of a structure that is passed by value */
    WORD = 8,
    X86_REGISTERS = 6,
    ARM64_REGISTERS = 8,
};
#define RELEASE(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor) << 8)

/* --- the kernel --- */

/* Whether the kernel has ftrace, but without support for trampolines. */
static bool lacks_trampolines(const struct hg_kernel_facts *kernel)
{
    return hg_facts_has(kernel, "register_ftrace_function") &&
           !hg_facts_has_prefix(kernel, "register_ftrace_direct");
}

bool hg_ask_trampolines(struct asker *asker, struct hg_answer *answer)
{
    if (!lacks_trampolines(asker->kernel))
        return true;
    hg_answer_set(asker, answer, HG_MISSING,
                  "on this kernel, attach it by kprobe or to a tracepoint",
                  "this kernel cannot attach programs to functions in this way: it or its "
                  "architecture lacks CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS");
    return false;
}

/* --- what the prototype says --- */

/* What a prototype's parameters are. */
struct signature {
    bool has_struct; /* by value, as the next two */
    bool has_union;
    bool has_large; /* more than RECORD_MAX bytes, or 0 */
    size_t registers;
};

static struct signature read_signature(const struct hg_model *model,
                                       const struct hg_type *prototype)
{
    struct signature signature = {0};
    for (size_t i = 0; i < prototype->parameter_count; i++) {
        hg_type_id id = hg_type_resolve(model, prototype->parameters[i].type.id, NULL);
        const struct hg_type *type = hg_model_type(model, id);
        uint64_t size = hg_is_record(type) ? hg_type_size(model, id) : WORD;
        signature.has_struct |= type->kind == HG_STRUCT;
        signature.has_union |= type->kind == HG_UNION;
        signature.has_large |= size > RECORD_MAX || size == 0;
        signature.registers += size > WORD ? 2 : 1;
    }
    return signature;
}

static bool is_before(const struct hg_kernel_facts *kernel, unsigned major, unsigned minor)
{
    return kernel->release != 0 && kernel->release < RELEASE(major, minor);
}

/* Whether the kernel accepts structures on any architecture: struct btf_func_model has flags for
 * them from 6.1 on. */
static enum known takes_structures(const struct hg_kernel_facts *kernel)
{
    enum known marks = hg_facts_has_member(kernel, "btf_func_model", "arg_flags");
    if (marks != NOT_KNOWN || kernel->release == 0)
        return marks;
    return is_before(kernel, 6, 1) ? KNOWN_NO : KNOWN_YES;
}

/* Kernels with this type pass parameters on the stack on arm64, too. */
static bool has_stack_of_arm64(const struct hg_kernel_facts *kernel)
{
    return kernel->arch == ARCH_ARM64 && hg_facts_type(kernel, HG_STRUCT, "arg_aux") != HG_NO_TYPE;
}

/* Why the kernel refuses a parameter's type; NULL = it accepts all of them.  *is_known: whether the
 * reason is certain. */
static const char *refusal_of_record(const struct hg_kernel_facts *kernel,
                                     const struct signature *signature, bool *is_known)
{
    *is_known = true;
    if (signature->has_large)
        return "a parameter is a structure of more than 16 bytes";
    if (!signature->has_struct && !signature->has_union)
        return NULL;
    static const char union_since[] = "a parameter is a union, which kernels take from 6.18 on";
    enum known taken = takes_structures(kernel);
    bool is_arm64 = kernel->arch == ARCH_ARM64;
    *is_known = taken == KNOWN_NO || (is_arm64 && is_before(kernel, 6, 2)) ||
                (signature->has_union && is_before(kernel, 6, 18));
    if (signature->has_union && (*is_known || kernel->release == 0))
        return union_since;
    if (taken != KNOWN_YES)
        return "a parameter is a structure, which kernels take from 6.1 on";
    bool is_new_arm64 = has_stack_of_arm64(kernel) ||
                        (is_arm64 && kernel->release != 0 && !is_before(kernel, 6, 12));
    return kernel->arch == ARCH_X86 || is_new_arm64 ? NULL : "a parameter is a structure";
}

/* Likewise for the number of registers.  x86 accepts more than six since the release that brought
 * BPF_TRACE_UPROBE_MULTI. */
static const char *refusal_of_count(const struct hg_kernel_facts *kernel,
                                    const struct signature *signature, bool *is_known)
{
    size_t registers = kernel->arch == ARCH_ARM64 ? ARM64_REGISTERS : X86_REGISTERS;
    if (signature->registers <= registers)
        return NULL;
    if ((kernel->arch == ARCH_X86 &&
         hg_facts_has_enumerator(kernel->attach_types, "BPF_", "TRACE_UPROBE_MULTI")) ||
        has_stack_of_arm64(kernel))
        return NULL;
    *is_known =
        (kernel->arch == ARCH_X86 && kernel->attach_types != NULL) ||
        (kernel->arch == ARCH_ARM64 && (kernel->knows_functions || is_before(kernel, 6, 13)));
    return kernel->arch == ARCH_X86     ? "its parameters take more than six registers, which x86 "
                                          "takes from 6.6 on"
           : kernel->arch == ARCH_ARM64 ? "its parameters take more than eight registers"
                                        : "its parameters take more than six registers";
}

static void judge_signature(struct asker *asker, const char *name, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    const struct hg_symbol *symbol = hg_facts_function(kernel, name);
    if (symbol == NULL || !hg_facts_has_one_prototype(kernel, name))
        return;
    struct signature signature =
        read_signature(kernel->model, hg_model_type(kernel->model, symbol->type.id));
    bool is_known = false;
    const char *why = refusal_of_record(kernel, &signature, &is_known);
    bool is_count_known = false;
    const char *count = refusal_of_count(kernel, &signature, &is_count_known);
    if (count != NULL && (why == NULL || (is_count_known && !is_known))) {
        why = count;
        is_known = is_count_known;
    }
    if (why == NULL)
        return;
    if (is_known)
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_other,
                      "the kernel lets no such program attach to '%s': %s", name, why);
    else
        hg_answer_set(asker, answer, HG_UNKNOWN, "--release X.Y says how old the kernel is",
                      "the function is there; whether this kernel lets programs attach to it is "
                      "not known: %s",
                      why);
}

/* --- the function --- */

/* Why the verifier lets no program attach to the function; NULL = it does. */
static const char *refusal_of(const struct asker *asker, const char *name)
{
    static const char *const denied[] = {
        "migrate_disable",   "migrate_enable",  "rcu_read_unlock_strict", "preempt_count_add",
        "preempt_count_sub", "__rcu_read_lock", "__rcu_read_unlock",
    };
    const struct hg_model *model = asker->kernel->model;
    const struct hg_symbol *symbol = hg_facts_function(asker->kernel, name);
    if (HG_IS_ONE_OF(name, denied))
        return "BPF itself runs it";
    if (symbol == NULL)
        return NULL;
    const struct hg_type *type = hg_model_type(model, symbol->type.id);
    enum hg_kind result = hg_resolved(model, type->ref.id)->kind;
    return type->variadic                              ? "it takes any number of parameters"
           : type->parameter_count > PARAMETERS_MAX    ? "it has too many parameters"
           : result == HG_STRUCT || result == HG_UNION ? "it returns a structure"
                                                       : NULL;
}

static bool is_sleepable(const struct asker *asker, const struct detail *detail)
{
    return hg_ends_with(asker->surface->programs.items[detail->program].section.spec->prefix, ".s");
}

/* LSM hooks that the verifier refuses from 6.12 on (bpf_lsm_disabled_hooks in
 * kernel/bpf/bpf_lsm.c), since a program could return what the kernel does not expect of them. */
static void judge_hook(struct asker *asker, const char *name, struct hg_answer *answer)
{
    static const char *const disabled[] = {
        "bpf_lsm_vm_enough_memory",   "bpf_lsm_inode_need_killpriv", "bpf_lsm_inode_getsecurity",
        "bpf_lsm_inode_listsecurity", "bpf_lsm_inode_copy_up_xattr", "bpf_lsm_getselfattr",
        "bpf_lsm_getprocattr",        "bpf_lsm_setprocattr",         "bpf_lsm_key_getsecurity",
        "bpf_lsm_audit_rule_match",   "bpf_lsm_ismaclabel",          "bpf_lsm_file_alloc_security",
    };
    const struct hg_kernel_facts *kernel = asker->kernel;
    if (!HG_IS_ONE_OF(name, disabled) || is_before(kernel, 6, 12))
        return;
    if (kernel->release == 0)
        hg_answer_set(asker, answer, HG_UNKNOWN, "--release X.Y says how old the kernel is",
                      "the hook is there; from 6.12 on no program may be attached to it");
    else
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_other,
                      "the verifier lets no program attach to '%s' from 6.12 on", name);
}

/* clang-format off */
static const char *const without_return[] = {
    "__arm64_sys_exit", "__arm64_sys_exit_group", "__module_put_and_kthread_exit",
    "__x64_sys_exit", "__x64_sys_exit_group", "do_exit", "do_group_exit", "do_task_dead",
    "kthread_complete_and_exit", "kthread_exit", "make_task_dead", "panic", "rest_init",
    "start_kernel",
};
/* clang-format on */

void hg_ask_trampoline(struct asker *asker, const struct detail *detail, const char *name,
                       struct hg_answer *answer)
{
    bool is_entry = detail->target == TARGET_FENTRY;
    const char *why = refusal_of(asker, name);
    if (strchr(detail->name, '+') != NULL)
        hg_answer_set(asker, answer, HG_MISSING, "leave the offset out",
                      "libbpf looks for a function of the name '%s': only kprobes have offsets",
                      detail->name);
    else if (why != NULL)
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_other,
                      "the verifier lets no program attach to '%s': %s", name, why);
    else if (!is_entry && HG_IS_ONE_OF(name, without_return))
        hg_answer_set(asker, answer, HG_UNKNOWN, "attach to its entry",
                      "'%s' does not return: the program would never run, and newer kernels "
                      "refuse it",
                      name);
    else if (detail->target == TARGET_FMOD_RET && !hg_begins_with(name, "security_"))
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the function is there; BTF does not say whether its result may be changed "
                      "(ALLOW_ERROR_INJECTION)");
    else if (is_sleepable(asker, detail))
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the %s is there; BTF does not say whether programs at it may sleep",
                      detail->kind == HG_NEED_LSM_HOOK ? "hook" : "function");
    if (answer->verdict == HG_FINE || answer->verdict == HG_UNKNOWN)
        judge_signature(asker, name, answer);
    if (detail->kind == HG_NEED_LSM_HOOK &&
        (answer->verdict == HG_FINE || answer->verdict == HG_UNKNOWN))
        judge_hook(asker, name, answer);
}
