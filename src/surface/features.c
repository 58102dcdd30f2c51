/*
 * What a section's name asks of a kernel besides the program's type: a configuration with such
 * programs, flags, ways to attach.
 *
 *     xdp.frags        the flag BPF_F_XDP_HAS_FRAGS: struct bpf_prog_aux has `xdp_has_frags`
 *     fentry.s         the flag BPF_F_SLEEPABLE: struct bpf_prog, or its aux, has `sleepable`
 *     uprobe.s         the same flag for type KPROBE: bpf_prog_array_free_sleepable() is there
 *     struct_ops.s     the same flag for struct_ops: check_member() has the program as a parameter
 *     kprobe.multi     CONFIG_FPROBE: register_fprobe_ips() is there
 *
 * BTF does not show these features: flags are macros, and a kernel has the enumerators of all
 * attach types, whatever its configuration.  The method: each feature came to the kernel together
 * with a member or a function that BTF does show.  A kernel without that one refuses the program.
 * If the types cannot tell whether it is there, the answer is unknown.
 */
#include "surface/ask.h"

#include <string.h>

/* --- features --- */

static enum known has_function(const struct hg_kernel_facts *kernel, const char *name)
{
    if (hg_facts_has(kernel, name))
        return KNOWN_YES;
    return kernel->knows_functions ? KNOWN_NO : NOT_KNOWN;
}

static enum known has_frags(const struct hg_kernel_facts *kernel)
{
    return hg_facts_has_member(kernel, "bpf_prog_aux", "xdp_has_frags");
}

/* The member moved from one record to the other in 6.9. */
static enum known has_sleepable(const struct hg_kernel_facts *kernel)
{
    enum known in_aux = hg_facts_has_member(kernel, "bpf_prog_aux", "sleepable");
    enum known in_program = hg_facts_has_member(kernel, "bpf_prog", "sleepable");
    if (in_aux == KNOWN_YES || in_program == KNOWN_YES)
        return KNOWN_YES;
    return in_aux == KNOWN_NO && in_program == KNOWN_NO ? KNOWN_NO : NOT_KNOWN;
}

/* check_member() has a third parameter, the program, from 6.3 on. */
static enum known has_sleepable_operations(const struct hg_kernel_facts *kernel)
{
    hg_type_id id = hg_surface_operation_prototype(kernel, "bpf_struct_ops.check_member");
    if (id == HG_NO_TYPE)
        return NOT_KNOWN;
    return hg_model_type(kernel->model, id)->parameter_count > 2 ? KNOWN_YES : KNOWN_NO;
}

static const struct feature {
    const char *begins; /* of the section names that ask for the feature */
    const char *ends;
    const char *what; /* in "this kernel has no ..." */
    /* The feature is there if this function says so; NULL = if the kernel has `function`. */
    enum known (*ask)(const struct hg_kernel_facts *kernel);
    const char *function;
    const char *option; /* tells if functions are not known; NULL = none */
} features[] = {
    {"xdp.frags", "", "XDP programs for packets in several buffers, which came in 5.18", has_frags,
     NULL, NULL},
    {"", ".s", "programs that may sleep, which came in 5.10", has_sleepable, NULL, NULL},
    /* uprobe, uretprobe, usdt */
    {"u", "", "uprobes (CONFIG_UPROBES)", NULL, "uprobe_register", "CONFIG_UPROBES"},
    {"u", ".s", "uprobes that may sleep, which came in 6.0", NULL, "bpf_prog_array_free_sleepable",
     NULL},
    {"struct_ops.s", "", "struct_ops that may sleep, which came in 6.3", has_sleepable_operations,
     NULL, NULL},
    {"k", ".multi", "probes of many functions (CONFIG_FPROBE)", NULL, "register_fprobe_ips",
     "CONFIG_FPROBE"},
    {"k", ".session", "probes of many functions (CONFIG_FPROBE)", NULL, "register_fprobe_ips",
     "CONFIG_FPROBE"},
    {"tcx/", "", "programs at tcx (CONFIG_NET_XGRESS)", NULL, "tcx_prog_attach",
     "CONFIG_NET_XGRESS"},
    {"netkit/", "", "devices of type netkit (CONFIG_NETKIT)", NULL, "netkit_prog_attach",
     "CONFIG_NETKIT"},
};

static enum known has_feature(const struct hg_kernel_facts *kernel, const struct feature *feature)
{
    if (feature->ask != NULL)
        return feature->ask(kernel);
    enum known known = has_function(kernel, feature->function);
    if (known != NOT_KNOWN || !kernel->knows_config || feature->option == NULL)
        return known;
    return hg_facts_config_value(&kernel->config, feature->option) != NULL ? KNOWN_YES : KNOWN_NO;
}

/* --- types of programs --- */

/* Kconfig symbols, without which the kernel has no programs of a type.  TRACING and STRUCT_OPS
 * programs need the kernel's own BTF, where the kernel looks functions and structs up. */
static const struct {
    const char *type; /* the beginning of its name */
    const char *option;
} configured[] = {
    {"", "CONFIG_BPF_SYSCALL"},          {"KPROBE", "CONFIG_BPF_EVENTS"},
    {"TRACEPOINT", "CONFIG_BPF_EVENTS"}, {"RAW_TRACEPOINT", "CONFIG_BPF_EVENTS"},
    {"PERF_EVENT", "CONFIG_BPF_EVENTS"}, {"TRACING", "CONFIG_DEBUG_INFO_BTF"},
    {"LSM", "CONFIG_BPF_LSM"},           {"STRUCT_OPS", "CONFIG_DEBUG_INFO_BTF"},
    {"CGROUP_", "CONFIG_CGROUP_BPF"},
};

static bool is_configured(struct asker *asker, const struct detail *detail,
                          struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    /* A file without CONFIG_NET is an excerpt: each kernel with BPF programs has networking. */
    bool is_whole =
        kernel->knows_config && hg_facts_config_value(&kernel->config, "CONFIG_NET") != NULL;
    for (size_t i = 0; is_whole && i < sizeof configured / sizeof *configured; i++) {
        if (!hg_begins_with(detail->name, configured[i].type) ||
            hg_facts_config_value(&kernel->config, configured[i].option) != NULL)
            continue;
        hg_answer_set(asker, answer, HG_MISSING, "configure the kernel with it",
                      "this kernel has no programs of this type: %s is not set",
                      configured[i].option);
        return false;
    }
    return true;
}

void hg_ask_features(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    if (detail->kind != HG_NEED_PROGRAM_TYPE)
        return;
    bool may_be_there = answer->verdict == HG_FINE || answer->verdict == HG_UNKNOWN;
    if (may_be_there && detail->name != NULL && !is_configured(asker, detail, answer))
        return;
    if (answer->verdict != HG_FINE)
        return;
    const char *prefix = asker->surface->programs.items[detail->program].section.spec->prefix;
    for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
        const struct feature *feature = &features[i];
        if (!hg_begins_with(prefix, feature->begins) || !hg_ends_with(prefix, feature->ends))
            continue;
        enum known known = has_feature(asker->kernel, feature);
        if (known == KNOWN_NO) {
            hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand, "this kernel has no %s",
                          feature->what);
            return;
        }
        if (known == NOT_KNOWN)
            hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                          "the types do not say whether this kernel has %s", feature->what);
    }
    if (answer->verdict == HG_FINE && strcmp(prefix, "struct_ops.s") == 0)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "BTF does not say whether this operation may sleep");
    if (answer->verdict == HG_FINE && hg_ends_with(prefix, ".w"))
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "BTF does not say how much programs may write at this tracepoint");
}
