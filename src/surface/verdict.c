/*
 * The verdict on one program that is loaded alone: the worst answer to the needs of the program, of
 * the functions that it calls and of its object.
 *
 *     on_exit calls finish(), which reads a field that the kernel lacks     on_exit  missing
 *
 * Programs that one variable of struct_ops holds are loaded together, so they share their verdict.
 */
#include "surface/surface.h"

#include <string.h>

size_t hg_surface_programs(const struct hg_surface *surface)
{
    return surface->programs.count;
}

static const struct function *function_of(const struct hg_surface *surface, size_t program)
{
    return &surface->object->functions.items[surface->programs.items[program].function];
}

const char *hg_surface_program_name(const struct hg_surface *surface, size_t program)
{
    return function_of(surface, program)->name;
}

const char *hg_surface_program_section(const struct hg_surface *surface, size_t program)
{
    return surface->object->codes.items[function_of(surface, program)->code].name;
}

bool hg_surface_is_on_demand(const struct hg_surface *surface, size_t program)
{
    return surface->programs.items[program].section.is_on_demand;
}

bool hg_surface_counts(const struct hg_surface *surface, size_t finding)
{
    uint8_t roles = surface->roles[surface->object->records.items[finding].function];
    return (roles & ROLE_LOADED) != 0 || roles == 0;
}

/* Whether a relocation keeps programs that run it from being loaded. */
static bool does_fail(const struct hg_core_finding *finding)
{
    return finding->result != HG_CORE_RESOLVED && !finding->guarded;
}

/* Whether the relocation's value is not known to be right. */
static bool is_unsure(const struct hg_core_finding *finding)
{
    return finding->is_unsure;
}

/* By function: whether it is this program, or one that is loaded together with it. */
static bool *find_together(const struct hg_surface *surface, uint32_t function)
{
    const struct hg_core_object *object = surface->object;
    bool *together = hg_calloc(object->functions.count, sizeof *together);
    together[function] = true;
    for (size_t i = 0; i < object->held.count; i++)
        for (size_t k = 0; object->held.items[i].function == function && k < object->held.count;
             k++)
            if (strcmp(object->held.items[i].variable, object->held.items[k].variable) == 0)
                together[object->held.items[k].function] = true;
    return together;
}

/* Whether a program that is loaded together with this one runs a function with such a relocation.
 * *own: whether this program's own function has one. */
static bool run_relocation(const struct hg_surface *surface, uint32_t function,
                           const struct hg_core_findings *relocations,
                           bool (*is_such)(const struct hg_core_finding *finding), bool *own)
{
    bool *has_such = hg_calloc(surface->object->functions.count, sizeof *has_such);
    for (size_t i = 0; i < relocations->count; i++)
        if (is_such(&relocations->findings[i]))
            has_such[surface->object->records.items[i].function] = true;
    bool *together = find_together(surface, function);
    bool run = false;
    for (size_t i = 0; i < surface->programs.count; i++) {
        const struct program *one = &surface->programs.items[i];
        for (size_t k = 0; together[one->function] && k < one->function_count; k++)
            run = run || has_such[one->functions[k]];
    }
    *own = has_such[function];
    free(together);
    free(has_such);
    return run;
}

bool hg_surface_relocations_fail(const struct hg_surface *surface, size_t program,
                                 const struct hg_core_findings *relocations, bool *own)
{
    return run_relocation(surface, surface->programs.items[program].function, relocations,
                          does_fail, own);
}

/* The verifier refuses the call of a missing kfunc, weak or not, and libbpf refuses weak symbols
 * whose type in the kernel is another one. */
bool hg_surface_fails(const struct hg_surface_need *need, enum hg_verdict verdict)
{
    bool is_symbol = need->kind == HG_NEED_KSYM || need->kind == HG_NEED_CONFIG;
    bool matters = need->kind == HG_NEED_KFUNC || (is_symbol && verdict == HG_CHANGED);
    return hg_verdict_fails(verdict) && (matters || !need->is_optional);
}

static enum hg_verdict worse(enum hg_verdict a, enum hg_verdict b)
{
    bool is_new = hg_verdict_fails(b) ? !hg_verdict_fails(a) : a == HG_FINE && b != HG_GUARDED;
    return is_new ? b : a;
}

enum hg_verdict hg_surface_program_verdict(const struct hg_surface *surface, size_t program,
                                           const struct hg_answers *answers,
                                           const struct hg_core_findings *relocations)
{
    bool own = false;
    uint32_t function = surface->programs.items[program].function;
    enum hg_verdict verdict = HG_FINE;
    if (run_relocation(surface, function, relocations, does_fail, &own))
        verdict = HG_MISSING;
    else if (run_relocation(surface, function, relocations, is_unsure, &own))
        verdict = HG_UNKNOWN;
    bool *together = find_together(surface, function);
    for (size_t i = 0; i < surface->details.count; i++) {
        const struct detail *detail = &surface->details.items[i];
        enum hg_verdict one = answers->items[i].verdict;
        bool is_weak = detail->program == NO_PROGRAM && surface->needs.items[i].is_optional &&
                       !hg_surface_fails(&surface->needs.items[i], one) &&
                       !(detail->kind == HG_NEED_KFUNC && one == HG_UNKNOWN);
        bool is_own = detail->program == NO_PROGRAM ||
                      together[surface->programs.items[detail->program].function];
        if (is_own && !is_weak)
            verdict = worse(verdict, one);
    }
    free(together);
    return verdict;
}
