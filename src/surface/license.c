/*
 * What the object's license forbids.  The verifier allows some things only to programs whose
 * license is compatible with the GPL:
 *
 *     to call some helpers                      bpf_probe_read_kernel()
 *     to call kernel functions                  any kfunc
 *     to be of some types                       LSM, STRUCT_OPS
 *     to read the kernel's structures directly  from 6.2 on: `task->pid` at tp_btf
 *
 * BTF does not say which helpers these are, so a table below lists them; tests/oracle/surface/
 * gpl_helpers.py compares it with a kernel's sources.  The kernel gets no new helpers after 211.
 * Three helpers of the table are sometimes allowed to all programs: bpf_ktime_get_ns() since 5.8,
 * which also brought bpf_ktime_get_boot_ns(); bpf_get_func_ip() in programs that are attached to
 * many functions; bpf_get_stackid() in programs at perf events.
 */
#include "surface/ask.h"

#include <string.h>

enum {
    KTIME_GET_NS = 5,
    GET_STACKID = 27,
    KTIME_GET_BOOT_NS = 125,
    GET_FUNC_IP = 173,
    CGRP_STORAGE_GET = 210,
};

static const uint16_t gpl_helpers[] = {
    4,   6,   22,  25,  27,  35,  36,  45,  55,  56,  58,  67,  69,  77,  78,
    92,  100, 110, 111, 112, 113, 114, 115, 119, 121, 126, 127, 150, 158, 163,
    165, 169, 170, 171, 172, 173, 175, 176, 177, 191, 204, 205, 206, 207,
};

static const char advice[] =
    "put it under the GPL: char LICENSE[] SEC(\"license\") = \"GPL\", or \"Dual BSD/GPL\"";

/* Like the kernel, only these exact texts. */
static bool is_compatible(const char *license)
{
    static const char *const texts[] = {"GPL",          "GPL v2",       "GPL and additional rights",
                                        "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"};
    return HG_IS_ONE_OF(license, texts);
}

static bool is_in_table(uint32_t number)
{
    for (size_t i = 0; i < sizeof gpl_helpers / sizeof *gpl_helpers; i++)
        if (gpl_helpers[i] == number)
            return true;
    return false;
}

static bool is_at_many_functions(const struct section_spec *spec)
{
    return strstr(spec->prefix, ".multi") != NULL || strstr(spec->prefix, ".session") != NULL;
}

static bool is_for_gpl(struct asker *asker, const struct detail *detail)
{
    const struct section_spec *spec = asker->surface->programs.items[detail->program].section.spec;
    if (detail->number == KTIME_GET_NS)
        return hg_facts_enumerator(asker->kernel->helpers, KTIME_GET_BOOT_NS) == NULL;
    if (detail->number == GET_FUNC_IP && spec != NULL && is_at_many_functions(spec))
        return false;
    if (detail->number == GET_STACKID && spec != NULL &&
        strcmp(spec->program_type, "PERF_EVENT") == 0)
        return false;
    return is_in_table(detail->number);
}

static const char *object_license(struct asker *asker)
{
    const char *license = asker->surface->license;
    return license[0] == '\0' ? "the object has none"
                              : hg_arena_printf(asker->arena, "the object's is '%s'", license);
}

static bool runs_function(const struct program *program, uint32_t function)
{
    for (size_t i = 0; i < program->function_count; i++)
        if (program->functions[i] == function)
            return true;
    return false;
}

/* A kernel function that the program calls and the kernel has; NULL = there is none.  Calls of a
 * function that the kernel lacks do not count: the loader replaces them. */
static const char *called_kfunc(struct asker *asker, const struct program *program)
{
    const struct hg_surface *surface = asker->surface;
    for (size_t i = 0; i < surface->details.count; i++) {
        const struct detail *detail = &surface->details.items[i];
        if (detail->kind != HG_NEED_KFUNC || hg_ask_find_kfunc(asker, detail->name) == NULL)
            continue;
        for (uint32_t use = detail->first_use; use != NO_USE; use = surface->uses.items[use].next)
            if (runs_function(program, surface->uses.items[use].function))
                return detail->name;
    }
    return NULL;
}

/* Judges a program that the kernel would accept but for its license. */
static void judge_program(struct asker *asker, const struct detail *detail,
                          struct hg_answer *answer)
{
    const struct program *program = &asker->surface->programs.items[detail->program];
    const char *kfunc = called_kfunc(asker, program);
    if (strcmp(detail->name, "LSM") == 0 || strcmp(detail->name, "STRUCT_OPS") == 0)
        hg_answer_set(asker, answer, HG_MISSING, advice,
                      "a program of type %s needs a license that is compatible with the GPL; %s",
                      detail->name, object_license(asker));
    else if (kfunc != NULL)
        hg_answer_set(asker, answer, HG_MISSING, advice,
                      "the program calls the kernel function '%s', which needs a license that is "
                      "compatible with the GPL; %s",
                      kfunc, object_license(asker));
    else if (program->reads_directly &&
             hg_facts_enumerator(asker->kernel->helpers, CGRP_STORAGE_GET) != NULL)
        hg_answer_set(asker, answer, HG_MISSING, advice,
                      "the program reads the kernel's structures directly, which from 6.2 on needs "
                      "a license that is compatible with the GPL; %s",
                      object_license(asker));
}

void hg_ask_license(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    bool is_there = answer->verdict == HG_FINE || answer->verdict == HG_UNKNOWN;
    if (!is_there || is_compatible(asker->surface->license))
        return;
    if (detail->kind == HG_NEED_PROGRAM_TYPE && detail->name != NULL)
        judge_program(asker, detail, answer);
    else if (detail->kind == HG_NEED_HELPER && is_for_gpl(asker, detail))
        hg_answer_set(asker, answer, HG_MISSING, advice,
                      "programs may call it only under a license that is compatible with the GPL; "
                      "%s",
                      object_license(asker));
}
