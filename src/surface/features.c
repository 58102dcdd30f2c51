/*
 * What a section's name asks of a kernel besides the type of programs: that the type is configured,
 * flags, and ways to attach.
 *
 *     xdp.frags        the flag BPF_F_XDP_HAS_FRAGS: struct bpf_prog_aux has `xdp_has_frags`
 *     fentry.s         the flag BPF_F_SLEEPABLE: struct bpf_prog, or its aux, has `sleepable`
 *     uprobe.s         that for programs of type KPROBE: bpf_prog_array_free_sleepable()
 *     struct_ops.s     that for struct_ops: their check_member() sees the program
 *     kprobe.multi     CONFIG_FPROBE: register_fprobe_ips()
 *
 * The flags are macros, which BTF does not list, and enumerators of attach types are there in each
 * configuration.  The method: for each a witness that came in the same change, as a member or a
 * function.  A kernel without the witness refuses the program; where its types do not say, that is
 * unknown.
 */
#include "surface/ask.h"

#include <string.h>

/* --- witnesses --- */

static enum known has_function(const struct hg_kernel_facts *kernel, const char *name)
{
    if (hg_facts_has(kernel, name))
        return KNOWN_YES;
    return kernel->knows_functions ? KNOWN_NO : NOT_KNOWN;
}

/* What an option of the configuration brings, where functions are not known. */
static enum known has_option(const struct hg_kernel_facts *kernel, const char *function,
                             const char *option)
{
    enum known known = has_function(kernel, function);
    if (known != NOT_KNOWN || !kernel->knows_config)
        return known;
    return hg_facts_config_value(&kernel->config, option) != NULL ? KNOWN_YES : KNOWN_NO;
}

static enum known takes_frags(const struct hg_kernel_facts *kernel)
{
    return hg_facts_has_member(kernel, "bpf_prog_aux", "xdp_has_frags");
}

/* The member moved from one record to the other in 6.9. */
static enum known takes_sleepers(const struct hg_kernel_facts *kernel)
{
    enum known in_aux = hg_facts_has_member(kernel, "bpf_prog_aux", "sleepable");
    enum known in_program = hg_facts_has_member(kernel, "bpf_prog", "sleepable");
    if (in_aux == KNOWN_YES || in_program == KNOWN_YES)
        return KNOWN_YES;
    return in_aux == KNOWN_NO && in_program == KNOWN_NO ? KNOWN_NO : NOT_KNOWN;
}

static enum known takes_sleeping_uprobes(const struct hg_kernel_facts *kernel)
{
    return has_function(kernel, "bpf_prog_array_free_sleepable");
}

/* check_member() has a third parameter, the program, from 6.3 on. */
static enum known takes_sleeping_operations(const struct hg_kernel_facts *kernel)
{
    hg_type_id id = hg_surface_operation_prototype(kernel, "bpf_struct_ops.check_member");
    if (id == HG_NO_TYPE)
        return NOT_KNOWN;
    return hg_model_type(kernel->model, id)->parameter_count > 2 ? KNOWN_YES : KNOWN_NO;
}

/* --- types of programs --- */

/* Kconfig symbols, without which the kernel has no programs of a type.  fentry and its like look the
 * function up in the kernel's own BTF. */
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
    bool is_whole = kernel->knows_config && /* and no excerpt: each kernel with programs has it */
                    hg_facts_config_value(&kernel->config, "CONFIG_NET") != NULL;
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

/* --- names of sections --- */

struct feature {
    bool (*is_of)(const char *prefix); /* NULL = sections that begin with `begins` */
    const char *begins;
    enum known (*ask)(const struct hg_kernel_facts *kernel); /* NULL = see has_option */
    const char *what;                                        /* it has none of these */
    const char *function;
    const char *option;
};

static bool sleeps(const char *prefix)
{
    return hg_ends_with(prefix, ".s");
}

static bool is_user(const char *prefix)
{
    static const char *const begins[] = {"uprobe", "uretprobe", "usdt"};
    return HG_BEGINS_WITH_ONE_OF(prefix, begins);
}

static bool is_sleeping_user(const char *prefix)
{
    return is_user(prefix) && sleeps(prefix);
}

static bool is_at_many_functions(const char *prefix)
{
    return prefix[0] == 'k' && (hg_ends_with(prefix, ".multi") || hg_ends_with(prefix, ".session"));
}

static const struct feature features[] = {
    {NULL, "xdp.frags", takes_frags,
     "XDP programs for packets in several buffers, which came in 5.18", NULL, NULL},
    {sleeps, NULL, takes_sleepers, "programs that may sleep, which came in 5.10", NULL, NULL},
    {is_user, NULL, NULL, "uprobes (CONFIG_UPROBES)", "uprobe_register", "CONFIG_UPROBES"},
    {is_sleeping_user, NULL, takes_sleeping_uprobes, "uprobes that may sleep, which came in 6.0",
     NULL, NULL},
    {NULL, "struct_ops.s", takes_sleeping_operations,
     "struct_ops that may sleep, which came in 6.3", NULL, NULL},
    {is_at_many_functions, NULL, NULL, "probes of many functions (CONFIG_FPROBE)",
     "register_fprobe_ips", "CONFIG_FPROBE"},
    {NULL, "tcx/", NULL, "programs at tcx (CONFIG_NET_XGRESS)", "tcx_prog_attach",
     "CONFIG_NET_XGRESS"},
    {NULL, "netkit/", NULL, "devices of type netkit (CONFIG_NETKIT)", "netkit_prog_attach",
     "CONFIG_NETKIT"},
};

static enum known ask_feature(const struct hg_kernel_facts *kernel, const struct feature *feature,
                              const char *prefix)
{
    bool is_asked =
        feature->is_of != NULL ? feature->is_of(prefix) : hg_begins_with(prefix, feature->begins);
    return !is_asked              ? KNOWN_YES
           : feature->ask != NULL ? feature->ask(kernel)
                                  : has_option(kernel, feature->function, feature->option);
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
        enum known known = ask_feature(asker->kernel, &features[i], prefix);
        if (known == KNOWN_NO) {
            hg_answer_set(asker, answer, HG_MISSING,
                          "put a ? before the section's name, and load the program only where it "
                          "can be",
                          "this kernel has no %s", features[i].what);
            return;
        }
        if (known == NOT_KNOWN)
            hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                          "the types do not say whether this kernel has %s", features[i].what);
    }
    if (answer->verdict == HG_FINE && strcmp(prefix, "struct_ops.s") == 0)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "whether this operation may sleep is not in BTF");
    if (answer->verdict == HG_FINE && hg_ends_with(prefix, ".w"))
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "how much programs may write at this tracepoint is not in BTF");
}
