/*
 * Whether a program reaches the instructions that use what it needs, on a given kernel.
 *
 *     if (bpf_task_from_pid)            a weak function: its address is 0 if the kernel lacks it,
 *         bpf_task_from_pid(1);         and this call is then never reached
 *     if (LINUX_KERNEL_VERSION > ...)   depends on the kernel's release, if that is not known
 *
 * The verifier follows a program with the values that the loader put in, and so does core's
 * reach.c.  This file collects these values: those of relocations, the addresses of weak symbols,
 * and what user space or the configuration sets.
 */
#include "surface/ask.h"

#include "core/check.h"

#include <string.h>

/* libbpf also leaves a weak function at 0 if the kernel's has another prototype. */
static bool is_missing_function(struct asker *asker, const char *name)
{
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(asker->surface->object->types, &count);
    const struct index_entry *found = hg_names_find(&asker->surface->symbols, name, &count);
    const struct hg_symbol *symbol = hg_ask_find_kfunc(asker, name);
    if (symbol == NULL || count == 0)
        return symbol == NULL && !hg_facts_has(asker->kernel, name);
    const struct hg_symbol *own = &symbols[found[0].number];
    return own->kind == HG_SYMBOL_FUNCTION &&
           !hg_ask_same_type(asker, own->type.id, symbol->type.id);
}

static bool is_missing_symbol(struct asker *asker, const struct reference *reference)
{
    size_t count = 0;
    return asker->kernel->knows_functions && is_missing_function(asker, reference->symbol) &&
           hg_names_find(&asker->kernel->variables, reference->symbol, &count) == NULL;
}

/* The verifier knows from 6.4 on that the address of a function that is there is not 0.  BTF marks
 * kfuncs from 6.10 on, so such a kernel is new enough. */
static bool is_known_function(struct asker *asker, const struct reference *reference)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    enum { SINCE = 6 << 16 | 4 << 8 };
    return (kernel->marks_kfuncs || kernel->release >= SINCE) &&
           hg_ask_find_kfunc(asker, reference->symbol) != NULL &&
           !is_missing_function(asker, reference->symbol);
}

/* Constants, which user space may set before it loads the program, and values of the kernel's
 * configuration. */
static bool is_set_outside(const struct asker *asker, const struct reference *reference)
{
    size_t count = 0;
    return reference->is_constant ||
           (reference->is_external &&
            hg_names_find(&asker->surface->config, reference->symbol, &count) != NULL);
}

/* What the loader puts into the instruction that loads a symbol's address.  False: the verifier
 * does not know that value. */
static bool take_reference(struct asker *asker, const struct reference *reference,
                           struct patch *patch)
{
    bool is_weak = reference->is_external && reference->is_weak;
    if (is_weak && is_missing_symbol(asker, reference)) {
        patch->has_value = true;
    } else if (is_weak && is_known_function(asker, reference)) {
        patch->has_value = true;
        patch->value = 1;
    } else if (is_set_outside(asker, reference)) {
        patch->is_address = true;
        patch->has_value =
            asker->kernel->release != 0 && strcmp(reference->symbol, "LINUX_KERNEL_VERSION") == 0;
        patch->value = asker->kernel->release;
    } else {
        return false;
    }
    return true;
}

/* What the loader puts into the function's instructions; returns the number of patches. */
static size_t collect_patches(struct asker *asker, uint32_t number, struct patch *patches)
{
    const struct hg_core_object *object = asker->surface->object;
    const struct function *function = &object->functions.items[number];
    size_t count = 0;
    for (size_t i = 0; i < object->records.count; i++) {
        const struct hg_core_finding *finding = &asker->relocations->findings[i];
        if (object->records.items[i].function != number)
            continue;
        patches[count++] = (struct patch){
            .record = &object->records.items[i],
            .insn = object->records.items[i].insn,
            .is_poisoned =
                finding->result == HG_CORE_MISSING || finding->result == HG_CORE_MISMATCH,
            .has_value = finding->has_value,
            .value = finding->value,
        };
    }
    for (size_t i = 0; i < object->references.count; i++) {
        const struct reference *reference = &object->references.items[i];
        if (reference->code != function->code || reference->offset < function->offset ||
            reference->offset - function->offset >= function->size)
            continue;
        struct patch patch = {.insn = (reference->offset - function->offset) / INSN_SIZE};
        struct insn insn = hg_core_insn(object, function, patch.insn);
        if (insn_is_wide(&insn) && take_reference(asker, reference, &patch))
            patches[count++] = patch;
    }
    return count;
}

/* Finds what depends on a branch whose condition is not known: an instruction that is not reached
 * when the branch is forced to go one way. */
static void find_dependent(const struct asker *asker, const struct function *function,
                           struct patch *patches, size_t count, const struct outside *all,
                           uint8_t *reached)
{
    enum { BRANCHES_MAX = 32 };
    uint32_t insns = function_insns(function);
    uint8_t *once = hg_calloc(insns, 1);
    uint32_t tried[BRANCHES_MAX];
    size_t branches = 0;
    for (size_t i = 0; i < all->branches.count; i++) {
        uint32_t branch = all->branches.items[i];
        bool is_new = true;
        for (size_t k = 0; k < branches; k++)
            is_new = is_new && tried[k] != branch;
        if (!is_new)
            continue;
        if (branches == BRANCHES_MAX) { /* too many: everything is taken to depend on them */
            for (uint32_t k = 0; k < insns; k++)
                reached[k] = reached[k] == REACHED_NEVER ? REACHED_NEVER : REACHED_DEPENDS;
            break;
        }
        for (int way = 0; way < 2; way++) {
            struct outside forced = {.is_forced = true, .forced = branch, .is_taken = way == 1};
            hg_core_find_reached(asker->surface->object, function, patches, count, once, &forced);
            free(forced.branches.items);
            for (uint32_t k = 0; k < insns; k++)
                if (reached[k] == REACHED_ALWAYS && once[k] == 0)
                    reached[k] = REACHED_DEPENDS;
        }
        tried[branches++] = branch;
    }
    free(once);
}

/* By instruction of the function: enum reached. */
static const uint8_t *reached_in(struct asker *asker, uint32_t number)
{
    const struct hg_core_object *object = asker->surface->object;
    if (asker->reached[number] != NULL)
        return asker->reached[number];
    const struct function *function = &object->functions.items[number];
    struct patch *patches =
        hg_calloc(object->records.count + object->references.count, sizeof *patches);
    size_t count = collect_patches(asker, number, patches);
    uint32_t insns = function_insns(function);
    uint8_t *reached = hg_calloc(insns, 1);
    struct outside outside = {0};
    hg_core_find_reached(object, function, patches, count, reached, &outside);
    for (uint32_t i = 0; i < insns; i++)
        reached[i] = reached[i] != 0 ? REACHED_ALWAYS : REACHED_NEVER;
    find_dependent(asker, function, patches, count, &outside, reached);
    free(outside.branches.items);
    free(patches);
    asker->reached[number] = reached;
    return reached;
}

enum reached hg_ask_reached(struct asker *asker, const struct detail *detail)
{
    enum reached certainty = REACHED_NEVER;
    if (asker->relocations == NULL || detail->first_use == NO_USE)
        return REACHED_ALWAYS;
    for (uint32_t i = detail->first_use; i != NO_USE; i = asker->surface->uses.items[i].next) {
        const struct use *use = &asker->surface->uses.items[i];
        enum reached here = (enum reached)reached_in(asker, use->function)[use->insn];
        certainty = here > certainty ? here : certainty;
    }
    return certainty;
}
