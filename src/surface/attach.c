/*
 * Whether a kernel has what programs are attached to, and whether the programs then see each call.
 *
 *     fentry/vfs_read        a FUNC of that name in BTF, and a symbol that has it
 *     kprobe/vfs_read        a symbol
 *     tp_btf/sched_switch    TYPEDEF 'btf_trace_sched_switch'
 *     lsm/file_open          FUNC 'bpf_lsm_file_open'
 *     iter/task              FUNC 'bpf_iter_task'
 *
 * syscall.c answers for system calls, and trampoline.c for functions that the verifier refuses.
 *
 * A compiler may rename a function, f to `f.isra.0`, or add copies of it that take some of its
 * calls, `f.part.0` or `f.constprop.0`.  BTF lists f in each case; only symbols show the
 * difference.
 */
#include "surface/ask.h"

#include "model/nearest.h"

#include <string.h>

enum { SUGGESTIONS_MAX = 16 };

const char hg_advice_symbols[] =
    "--functions FILE (System.map, /proc/kallsyms, vmlinux) tells hdrgen; in a --fleet, "
    "NAME.System.map beside NAME.btf does";
static const char advice_target[] = "--attach PROGRAM=TARGET tells what user space attaches it to";
const char hg_advice_other[] =
    "attach to another function or to a tracepoint on such kernels: put a ? before the section's "
    "name, and let user space choose";

const char *hg_function_name(struct asker *asker, const char *target)
{
    const char *colon = strchr(target, ':');
    const char *name = colon == NULL ? target : colon + 1;
    return hg_arena_string(asker->arena, name, strcspn(name, "+"));
}

const char *hg_event_name(const struct detail *detail)
{
    return hg_base_name(detail->name);
}

void hg_ask_user_space(struct asker *asker, struct hg_answer *answer, const char *what)
{
    hg_answer_set(asker, answer, HG_UNKNOWN, advice_target,
                  "its section names no %s: user space chooses it", what);
}

/* --- functions --- */

/* What is known of a function of that name. */
struct presence {
    size_t in_btf;
    size_t in_symbols;
    const char *renamed; /* a symbol like `f.isra.0`; NULL = there is none */
    const char *part;    /* such a symbol that takes calls from f; NULL = there is none */
};

static struct presence look_up(struct asker *asker, const char *name)
{
    static const char *const parts[] = {"part.", "constprop.", "isra."};
    struct presence presence = {0};
    const struct name_index *symbols = &asker->kernel->symbols;
    hg_names_find(&asker->kernel->functions, name, &presence.in_btf);
    hg_names_find(symbols, name, &presence.in_symbols);
    const char *prefix = hg_arena_printf(asker->arena, "%s.", name);
    size_t count = 0;
    const struct index_entry *found = hg_names_find_prefix(symbols, prefix, &count);
    for (size_t i = 0; i < count; i++) {
        const char *suffix = found[i].name + strlen(prefix);
        if (hg_begins_with(suffix, "cold"))
            continue;
        presence.renamed = found[i].name;
        if (HG_BEGINS_WITH_ONE_OF(suffix, parts))
            presence.part = found[i].name;
    }
    return presence;
}

static void no_function(struct asker *asker, const char *name, const struct presence *presence,
                        struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    const char *where = kernel->knows_symbols ? "symbols have" : "BTF has";
    if (presence->renamed != NULL) {
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_other,
                      "the compiler renamed it: there is only '%s'", presence->renamed);
        return;
    }
    struct hg_text text = {0};
    const struct name_index *names = kernel->knows_symbols ? &kernel->symbols : &kernel->functions;
    if (!kernel->no_suggestions && asker->suggestions++ < SUGGESTIONS_MAX) {
        struct hg_nearest nearest;
        hg_nearest_init(&nearest, name);
        for (size_t i = 0; i < names->entries.count; i++)
            hg_nearest_consider(&nearest, names->entries.items[i].name, 0);
        hg_put_nearest(&nearest, &text);
    }
    hg_answer_set(asker, answer, HG_MISSING, hg_advice_other,
                  "the kernel's %s no function '%s': it is gone, always inlined, or in a module%s",
                  where, name, hg_text_string(&text));
    hg_text_deinit(&text);
}

/* Judges a function that the kernel has by name: whether the program may miss calls of it. */
static void judge_presence(struct asker *asker, const char *name, const struct presence *presence,
                           struct hg_answer *answer)
{
    size_t count = asker->kernel->knows_symbols ? presence->in_symbols : presence->in_btf;
    if (count > 1)
        hg_answer_set(asker, answer, HG_SEVERAL, hg_advice_other,
                      "there are %zu functions '%s': which one is meant is not known, and newer "
                      "kernels refuse the program",
                      count, name);
    else if (presence->part != NULL)
        hg_answer_set(asker, answer, HG_PARTLY, hg_advice_other,
                      "the compiler made '%s' for some of its calls, or of a part of its body: the "
                      "program may miss calls",
                      presence->part);
}

/* The kernel's `inline` functions are notrace, even if the compiler did not inline them. */
static bool is_untraceable(const struct hg_kernel_facts *kernel, const char *name)
{
    size_t count = 0;
    return kernel->traceable.entries.count > 0 &&
           hg_names_find(&kernel->traceable, name, &count) == NULL;
}

static void no_trace(struct asker *asker, const char *name, struct hg_answer *answer)
{
    hg_answer_set(
        asker, answer, HG_MISSING, hg_advice_other,
        "'%s' is there, and ftrace cannot attach to it: it is declared notrace, or inline, "
        "which the kernel makes notrace",
        name);
}

static void ask_trampoline(struct asker *asker, const char *name, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    struct presence presence = look_up(asker, name);
    bool is_gone = kernel->knows_functions && presence.in_btf == 0;
    if (is_gone || (kernel->knows_symbols && presence.in_symbols == 0))
        no_function(asker, name, &presence, answer);
    else if (!kernel->knows_functions)
        hg_answer_no_functions(asker, answer);
    else if (hg_ask_trampolines(asker, answer) && is_untraceable(kernel, name))
        no_trace(asker, name, answer);
    else if (answer->verdict == HG_FINE)
        judge_presence(asker, name, &presence, answer);
}

/* Whether BTF or the symbols show that the kernel has no kprobes, or none for programs. */
static bool lacks_kprobes(const struct hg_kernel_facts *kernel)
{
    if (kernel->knows_symbols && !hg_facts_has(kernel, "perf_kprobe_init"))
        return true;
    return kernel->knows_functions && !hg_facts_has(kernel, "register_kprobe");
}

bool hg_ask_kprobes(struct asker *asker, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    if ((!kernel->knows_functions && !kernel->knows_symbols) || !lacks_kprobes(kernel))
        return true;
    hg_answer_set(asker, answer, HG_MISSING,
                  "on this kernel, attach it by fentry or to a tracepoint",
                  "this kernel has no kprobes, or none that programs can be attached to "
                  "(CONFIG_KPROBES, CONFIG_KPROBE_EVENTS)");
    return false;
}

static bool probes_untraceable(const struct hg_kernel_facts *kernel)
{
    return hg_facts_config_value(&kernel->config, "CONFIG_KPROBE_EVENTS_ON_NOTRACE") != NULL;
}

static void ask_kprobe(struct asker *asker, const char *name, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    struct presence presence = look_up(asker, name);
    bool is_there = kernel->knows_symbols ? presence.in_symbols > 0 : presence.in_btf > 0;
    if (!kernel->knows_symbols && !kernel->knows_functions)
        hg_answer_set(asker, answer, HG_UNKNOWN, hg_advice_symbols,
                      "the types are not a whole kernel's: they list no functions");
    else if (!hg_ask_kprobes(asker, answer))
        return;
    else if (!is_there)
        no_function(asker, name, &presence, answer);
    else if (is_untraceable(kernel, name) && !probes_untraceable(kernel))
        no_trace(asker, name, answer);
    else
        judge_presence(asker, name, &presence, answer);
}

static void ask_pattern(struct asker *asker, const char *pattern, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    if (pattern[strcspn(pattern, "*?")] == '\0') {
        ask_kprobe(asker, pattern, answer);
        return;
    }
    hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                  "it is a pattern: which functions match is found when it is attached");
    size_t prefix = strcspn(pattern, "*?");
    const char *begin = hg_arena_string(asker->arena, pattern, prefix);
    bool knows = kernel->knows_symbols || kernel->knows_functions;
    if (hg_ask_kprobes(asker, answer) && knows && !hg_facts_has_prefix(kernel, begin))
        hg_answer_set(asker, answer, HG_MISSING, NULL, "no function begins with '%s'", begin);
}

void hg_ask_function(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    if (detail->name == NULL) {
        hg_ask_user_space(asker, answer, "function");
        return;
    }
    if (detail->target == TARGET_FREPLACE) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "it replaces a function of another BPF program, not of the kernel");
        return;
    }
    if (detail->target == TARGET_KPROBE_MULTI) {
        ask_pattern(asker, detail->name, answer);
        return;
    }
    const char *name = hg_function_name(asker, detail->name);
    bool is_kprobe = detail->target == TARGET_KPROBE || detail->target == TARGET_KRETPROBE;
    bool has_offset = strchr(detail->name, '+') != NULL;
    if (strchr(detail->name, ':') != NULL) {
        hg_answer_set(asker, answer, HG_UNKNOWN, "leave the module out, or attach by user space",
                      "'%s' names a module: newer versions of libbpf look for the function in it, "
                      "older ones for a function with that whole name",
                      detail->name);
        return;
    }
    if (detail->target == TARGET_KRETPROBE && has_offset) {
        hg_answer_set(asker, answer, HG_MISSING, "leave the offset out",
                      "libbpf accepts no offset for kretprobes");
        return;
    }
    (is_kprobe ? ask_kprobe : ask_trampoline)(asker, name, answer);
    if (answer->verdict != HG_FINE)
        return;
    if (!is_kprobe)
        hg_ask_trampoline(asker, detail, name, answer);
    else if (has_offset)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the function is there; which instruction is at that offset depends on how "
                      "it was compiled");
}

/* --- tracepoints --- */

static void ask_event(struct asker *asker, const char *event, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    const char *name = hg_arena_printf(asker->arena, "btf_trace_%s", event);
    if (!kernel->knows_tracepoints || !kernel->knows_functions)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the types are not a whole kernel's: they list no tracepoints");
    else if (hg_facts_type(kernel, HG_TYPEDEF, name) == HG_NO_TYPE)
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand,
                      "the kernel's BTF has no tracepoint '%s' (no typedef '%s'): it is gone, or "
                      "in a module",
                      event, name);
}

/* tracefs lists events with their categories, also those of loaded modules: what it lacks is
 * missing. */
static void ask_listed_event(struct asker *asker, const char *name, struct hg_answer *answer)
{
    const char *slash = strchr(name, '/');
    const char *event =
        hg_arena_printf(asker->arena, "%.*s:%s", (int)(slash - name), name, slash + 1);
    size_t count = 0;
    if (hg_names_find(&asker->kernel->events, event, &count) == NULL)
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand,
                      "tracefs of this kernel lists no event '%s'", event);
}

void hg_ask_tracepoint(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    bool has_category = detail->target == TARGET_TRACEPOINT;
    const char *slash = detail->name == NULL ? NULL : strchr(detail->name, '/');
    if (detail->name == NULL || (has_category && slash == NULL)) {
        hg_ask_user_space(asker, answer, "event");
        return;
    }
    if (has_category && asker->kernel->events.entries.count > 0)
        ask_listed_event(asker, detail->name, answer);
    else if (has_category && hg_begins_with(detail->name, "syscalls/"))
        hg_ask_syscall_event(asker, slash + 1, answer);
    else
        ask_event(asker, has_category ? slash + 1 : detail->name, answer);
}

/* --- hooks and iterators --- */

void hg_ask_hook(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    bool is_lsm = detail->kind == HG_NEED_LSM_HOOK;
    const char *prefix = is_lsm ? "bpf_lsm_" : "bpf_iter_";
    if (detail->name == NULL) {
        hg_ask_user_space(asker, answer, is_lsm ? "hook" : "iterator");
        return;
    }
    if (!kernel->knows_functions) {
        hg_answer_no_functions(asker, answer);
        return;
    }
    const char *name = hg_arena_printf(asker->arena, "%s%s", prefix, detail->name);
    size_t count = 0;
    if (hg_names_find_prefix(&kernel->functions, prefix, &count) == NULL && is_lsm)
        hg_answer_set(asker, answer, HG_MISSING, NULL,
                      "this kernel has no LSM programs (CONFIG_BPF_LSM)");
    else if (hg_facts_function(kernel, name) == NULL)
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand,
                      "the kernel's BTF has no function '%s'", name);
    else if (is_lsm && hg_ask_trampolines(asker, answer))
        hg_ask_trampoline(asker, detail, name, answer);
}
