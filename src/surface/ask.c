/*
 * Asking a kernel for all that an object needs.
 *
 *     helper bpf_loop        enum bpf_func_id has the number          fine
 *     kfunc bpf_task_from_pid   no FUNC of that name                  missing
 *     the same, weak, called after `if (bpf_task_from_pid)`           guarded
 *
 * A need that is missing does no harm where the program does not reach its uses.  The verifier
 * follows the program with the values that the loader put in, and so does core's reach.c: the values
 * of relocations, and 0 for the address of a weak symbol that is missing.
 */
#include "surface/ask.h"

#include "core/check.h"
#include "model/describe.h"
#include "surface/layout.h"
#include "surface/names.h"

#include <stdio.h>
#include <string.h>

/* --- words --- */

void hg_answer_set(struct asker *asker, struct hg_answer *answer, enum hg_verdict verdict,
                   const char *advice, const char *format, ...)
{
    struct hg_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    answer->verdict = verdict;
    answer->why = hg_text_keep(&text, asker->arena);
    answer->advice = advice;
}

const char hg_advice_on_demand[] =
    "put a ? before the section's name, and load the program only where there is one";

void hg_answer_no_functions(struct asker *asker, struct hg_answer *answer)
{
    hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                  "the types are not a whole kernel's: they list no functions");
}

void hg_answer_layout(struct asker *asker, const struct detail *detail, hg_type_id type,
                      const char *name, struct hg_answer *answer)
{
    bool is_own = detail->type != HG_NO_TYPE;
    struct declared found = {.model = asker->kernel->model, .type = type, .name = name};
    struct declared own = {.model = asker->surface->object->types, .type = detail->type};
    answer->layout = hg_layout_text(asker->arena, &found, is_own ? &own : NULL);
}

/* --- guards --- */

/* libbpf leaves a weak function at 0 also where the kernel's has another prototype. */
static bool is_missing_function(struct asker *asker, const char *name)
{
    const struct hg_model *types = asker->surface->object->types;
    size_t count = 0;
    size_t all = 0;
    const struct index_entry *own = hg_names_find(&asker->surface->symbols, name, &count);
    const struct hg_symbol *symbol = hg_ask_find_kfunc(asker, name);
    if (symbol == NULL || count == 0)
        return symbol == NULL && !hg_facts_has(asker->kernel, name);
    const struct hg_symbol *declared = &hg_model_symbols(types, &all)[own[0].number];
    return declared->kind == HG_SYMBOL_FUNCTION &&
           !hg_ask_same_type(asker, declared->type.id, symbol->type.id);
}

static bool is_missing_weak(struct asker *asker, const struct reference *reference)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    size_t count = 0;
    return reference->is_external && reference->is_weak && kernel->knows_functions &&
           is_missing_function(asker, reference->symbol) &&
           hg_names_find(&kernel->variables, reference->symbol, &count) == NULL;
}

/* The address of a function that is there is not 0, which the verifier knows from 6.4 on; BTF marks
 * kfuncs from 6.10 on. */
static bool is_present_function(struct asker *asker, const struct reference *reference)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    enum { SINCE = 6 << 16 | 4 << 8 };
    bool is_new = kernel->marks_kfuncs || kernel->release >= SINCE;
    return reference->is_external && reference->is_weak && is_new &&
           hg_ask_find_kfunc(asker, reference->symbol) != NULL &&
           !is_missing_function(asker, reference->symbol);
}

/* Constants that user space may set, and the kernel's configuration. */
static bool is_set_outside(const struct asker *asker, const struct reference *reference)
{
    size_t count = 0;
    return reference->is_constant ||
           (reference->is_external &&
            hg_names_find(&asker->surface->config, reference->symbol, &count) != NULL);
}

/* What the loader puts into the function's instructions. */
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
        bool is_inside = reference->code == function->code &&
                         reference->offset >= function->offset &&
                         reference->offset - function->offset < function->size;
        uint32_t insn = is_inside ? (reference->offset - function->offset) / INSN_SIZE : 0;
        struct insn at = hg_core_insn(object, function, insn);
        if (!is_inside || !insn_is_wide(&at))
            continue;
        if (is_missing_weak(asker, reference))
            patches[count++] = (struct patch){.insn = insn, .has_value = true};
        else if (is_present_function(asker, reference))
            patches[count++] = (struct patch){.insn = insn, .has_value = true, .value = 1};
        else if (is_set_outside(asker, reference))
            patches[count++] =
                (struct patch){.insn = insn,
                               .is_address = true,
                               .has_value = asker->kernel->release != 0 &&
                                            strcmp(reference->symbol, "LINUX_KERNEL_VERSION") == 0,
                               .value = asker->kernel->release};
    }
    return count;
}

/* What is not reached when a branch goes one way depends on that branch. */
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
        if (is_new && branches == BRANCHES_MAX) {
            memset(once, 0, insns);
            for (uint32_t k = 0; k < insns; k++)
                reached[k] = reached[k] == COMING_NEVER ? COMING_NEVER : COMING_DEPENDS;
            break;
        }
        for (int way = 0; is_new && way < 2; way++) {
            struct outside forced = {.is_forced = true, .forced = branch, .is_taken = way == 1};
            hg_core_find_reached(asker->surface->object, function, patches, count, once, &forced);
            free(forced.branches.items);
            for (uint32_t k = 0; k < insns; k++)
                if (reached[k] == COMING_ALWAYS && once[k] == 0)
                    reached[k] = COMING_DEPENDS;
        }
        if (is_new)
            tried[branches++] = branch;
    }
    free(once);
}

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
        reached[i] = reached[i] != 0 ? COMING_ALWAYS : COMING_NEVER;
    find_dependent(asker, function, patches, count, &outside, reached);
    free(outside.branches.items);
    free(patches);
    asker->reached[number] = reached;
    return reached;
}

/* How certainly one of its uses is reached; a need without uses always counts. */
static enum coming comes_to(struct asker *asker, const struct detail *detail)
{
    enum coming coming = COMING_NEVER;
    if (asker->relocations == NULL || detail->first_use == NO_USE)
        return COMING_ALWAYS;
    for (uint32_t i = detail->first_use; i != NO_USE; i = asker->surface->uses.items[i].next) {
        const struct use *use = &asker->surface->uses.items[i];
        enum coming here = (enum coming)reached_in(asker, use->function)[use->insn];
        coming = here > coming ? here : coming;
    }
    return coming;
}

/* --- enums --- */

static void ask_number(struct asker *asker, const struct hg_type *type, const char *what,
                       const char *enum_name, const struct detail *detail, struct hg_answer *answer)
{
    if (type == NULL) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL, "enum '%s' is not among the types",
                      enum_name);
        return;
    }
    const char *name = hg_facts_enumerator(type, detail->number);
    if (name != NULL && detail->number != 0)
        answer->value = hg_arena_printf(asker->arena, "%s", name);
    else
        hg_answer_set(asker, answer, HG_MISSING,
                      "use it only behind bpf_core_enum_value_exists(), or do without it",
                      "this kernel has no %s of number %u", what, detail->number);
}

static void ask_enumerator(struct asker *asker, const struct hg_type *type, const char *enum_name,
                           const char *prefix, const struct detail *detail,
                           struct hg_answer *answer)
{
    if (detail->name == NULL) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the name of its section is not one that libbpf knows: user space says "
                      "of which type the program is");
        return;
    }
    if (type == NULL) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL, "enum '%s' is not among the types",
                      enum_name);
        return;
    }
    if (!hg_facts_has_enumerator(type, prefix, detail->name))
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand,
                      "enum '%s' of this kernel has no %s%s", enum_name, prefix, detail->name);
}

/* Types of programs that were not configured are in the enum, too; struct bpf_ctx_convert has two
 * members for each that was. */
static bool is_configured(struct asker *asker, const char *program_type)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    const char *member = hg_arena_printf(asker->arena, "BPF_PROG_TYPE_%s_prog", program_type);
    return !kernel->knows_functions ||
           hg_facts_has_member(kernel, "bpf_ctx_convert", member) != KNOWN_NO;
}

static void ask_program_type(struct asker *asker, const struct detail *detail,
                             struct hg_answer *answer)
{
    const struct section *section = &asker->surface->programs.items[detail->program].section;
    ask_enumerator(asker, asker->kernel->program_types, "bpf_prog_type", "BPF_PROG_TYPE_", detail,
                   answer);
    if (answer->verdict != HG_FINE)
        return;
    if (!is_configured(asker, detail->name))
        hg_answer_set(asker, answer, HG_MISSING,
                      "put a ? before the section's name, and load the program only where it can "
                      "be",
                      "this kernel is built without programs of type %s", detail->name);
    else if (section->is_loose)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "libbpf knows no section of that name; aya and cilium/ebpf take it for '%s'",
                      section->spec->prefix);
}

/* --- struct_ops --- */

/* A member of the program's struct that the kernel's has not; NULL = there is none. */
static const char *missing_operation(struct asker *asker, const struct detail *detail,
                                     hg_type_id target)
{
    const struct hg_type *own = hg_model_type(asker->surface->object->types, detail->type);
    const struct hg_type *type = hg_model_type(asker->kernel->model, target);
    struct name_index names = {0};
    const char *missing = NULL;
    for (size_t i = 0; i < type->member_count; i++)
        if (type->members[i].name != NULL)
            hg_names_add(&names, type->members[i].name, 0);
    hg_names_sort(&names);
    for (size_t i = 0; i < own->member_count && missing == NULL; i++) {
        size_t count = 0;
        if (own->members[i].name != NULL)
            hg_names_find(&names, own->members[i].name, &count);
        missing = own->members[i].name == NULL || count > 0 ? NULL : own->members[i].name;
    }
    hg_names_deinit(&names);
    return missing;
}

static void ask_struct_ops(struct asker *asker, const struct detail *detail,
                           struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    if (detail->name == NULL) {
        hg_answer_set(asker, answer, HG_MISSING, NULL,
                      "the object has no variable in .struct_ops or .struct_ops.link that could "
                      "hold the program");
        return;
    }
    if (!kernel->knows_functions) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the types are not a whole kernel's: which struct_ops it takes is not known");
        return;
    }
    size_t length = hg_core_essential_length(detail->name, HG_CORE_LIBBPF);
    const char *wrapper =
        hg_arena_printf(asker->arena, "bpf_struct_ops_%.*s", (int)length, detail->name);
    hg_type_id target = hg_facts_type(kernel, HG_STRUCT, wrapper + strlen("bpf_struct_ops_"));
    const char *gone = target == HG_NO_TYPE ? NULL : missing_operation(asker, detail, target);
    if (target != HG_NO_TYPE)
        hg_answer_layout(asker, detail, target, NULL, answer);
    if (hg_facts_type(kernel, HG_STRUCT, wrapper) == HG_NO_TYPE || target == HG_NO_TYPE)
        hg_answer_set(asker, answer, HG_MISSING, NULL,
                      "this kernel has no struct '%s', so it takes no such operations from BPF",
                      wrapper);
    else if (gone != NULL)
        hg_answer_set(asker, answer, HG_UNKNOWN,
                      "declare the struct under a name with ___ and a suffix of yours, without it",
                      "struct '%s' of this kernel has no member '%s': libbpf refuses what sets it, "
                      "and before 1.4 what has it",
                      wrapper + strlen("bpf_struct_ops_"), gone);
}

/* --- all of it --- */

/* Of what the program is attached to, where it is known. */
static void show_prototype(struct asker *asker, const struct detail *detail,
                           struct hg_answer *answer)
{
    size_t skip = 0;
    hg_type_id id = HG_NO_TYPE;
    bool is_one = detail->name != NULL && detail->target != TARGET_TRACEPOINT &&
                  detail->target != TARGET_KPROBE_MULTI && detail->target != TARGET_FREPLACE;
    if (is_one && hg_ask_prototype(asker, detail, &skip, &id) != NULL)
        hg_answer_layout(asker, detail, id, hg_function_name(asker, detail->name), answer);
}

static void ask(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    switch (detail->kind) {
    case HG_NEED_PROGRAM_TYPE:
        ask_program_type(asker, detail, answer);
        break;
    case HG_NEED_ATTACH_TYPE:
        ask_enumerator(asker, kernel->attach_types, "bpf_attach_type", "BPF_", detail, answer);
        break;
    case HG_NEED_FUNCTION:
        hg_ask_function(asker, detail, answer);
        show_prototype(asker, detail, answer);
        break;
    case HG_NEED_SYSCALL:
        hg_ask_syscall(asker, detail, answer);
        break;
    case HG_NEED_TRACEPOINT:
        hg_ask_tracepoint(asker, detail, answer);
        show_prototype(asker, detail, answer);
        break;
    case HG_NEED_LSM_HOOK:
    case HG_NEED_ITERATOR:
        hg_ask_hook(asker, detail, answer);
        if (detail->kind == HG_NEED_LSM_HOOK)
            show_prototype(asker, detail, answer);
        break;
    case HG_NEED_STRUCT_OPS:
        ask_struct_ops(asker, detail, answer);
        break;
    case HG_NEED_PARAMETER:
        hg_ask_parameter(asker, detail, answer);
        show_prototype(asker, detail, answer);
        break;
    case HG_NEED_RECORD:
        hg_ask_record(asker, detail, answer);
        break;
    case HG_NEED_CONTEXT:
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the program reads its context at offsets that are not constants as far as "
                      "hdrgen can see: what it reads there is not known");
        break;
    case HG_NEED_HELPER:
        ask_number(asker, kernel->helpers, "helper", "bpf_func_id", detail, answer);
        break;
    case HG_NEED_KFUNC:
        hg_ask_kfunc(asker, detail, answer);
        break;
    case HG_NEED_KSYM:
        hg_ask_ksym(asker, detail, answer);
        break;
    case HG_NEED_CONFIG:
        hg_ask_config(asker, detail, answer);
        break;
    case HG_NEED_OBJECT:
        hg_answer_set(asker, answer, HG_MISSING,
                      "another loader may take it: --loader aya, --loader cilium",
                      "libbpf refuses the object: %s", detail->field);
        break;
    case HG_NEED_MAP_TYPE:
        ask_number(asker, kernel->map_types, "map type", "bpf_map_type", detail, answer);
        break;
    }
}

struct answers {
    struct hg_answers public;
    struct hg_arena arena;
};

/* A weak symbol that nothing calls is 0, which the program may ask for. */
static bool is_unused_weak(const struct detail *detail)
{
    return detail->is_weak && detail->first_use == NO_USE;
}

/* A need that is missing does no harm where the program does not reach its uses. */
static void soften(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    bool fails = hg_verdict_fails(answer->verdict);
    if (!fails && answer->verdict != HG_UNKNOWN)
        return;
    /* libbpf resolves all symbols before the verifier looks at what is reached. */
    bool is_symbol = detail->kind == HG_NEED_KFUNC || detail->kind == HG_NEED_KSYM ||
                     detail->kind == HG_NEED_CONFIG;
    bool is_kept =
        is_symbol && fails &&
        (!detail->is_weak || (answer->verdict == HG_CHANGED && detail->kind != HG_NEED_KFUNC));
    if (is_kept)
        return;
    bool is_weak_variable = detail->kind == HG_NEED_KSYM && detail->is_weak;
    enum coming coming = comes_to(asker, detail);
    if (coming == COMING_NEVER && is_symbol && answer->verdict == HG_CHANGED &&
        !hg_ask_is_flavour(detail->name)) {
        const char *why = answer->why;
        hg_answer_set(asker, answer, HG_UNKNOWN, answer->advice,
                      "%s; libbpf before 1.3 refuses that, and newer ones leave it at 0", why);
        return;
    }
    if (coming == COMING_NEVER || (fails && (is_unused_weak(detail) || is_weak_variable))) {
        answer->verdict = HG_GUARDED;
    } else if (fails && coming == COMING_DEPENDS) {
        const char *why = answer->why;
        hg_answer_set(asker, answer, HG_UNKNOWN, answer->advice,
                      "%s; whether the program comes to it depends on the configuration, on the "
                      "kernel's release, or on what user space sets",
                      why);
    }
}

void hg_surface_ask(const struct hg_surface *surface, const struct hg_kernel_facts *kernel,
                    const struct hg_core_findings *relocations, struct hg_answers **ret)
{
    struct answers *answers = hg_calloc(1, sizeof *answers);
    hg_arena_init(&answers->arena);
    size_t functions = surface->object->functions.count;
    struct asker asker = {.surface = surface,
                          .kernel = kernel,
                          .relocations = relocations,
                          .arena = &answers->arena,
                          .reached = hg_calloc(functions, sizeof *asker.reached)};
    size_t count = surface->details.count;
    struct hg_answer *items = hg_arena_array(&answers->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const struct detail *detail = &surface->details.items[i];
        ask(&asker, detail, &items[i]);
        hg_ask_features(&asker, detail, &items[i]);
        hg_ask_license(&asker, detail, &items[i]);
        soften(&asker, detail, &items[i]);
        answers->public.failures += hg_surface_fails(&surface->needs.items[i], items[i].verdict);
    }
    for (size_t i = 0; i < functions; i++)
        free(asker.reached[i]);
    free(asker.reached);
    answers->public.items = items;
    answers->public.count = count;
    *ret = &answers->public;
}

void hg_answers_destroy(struct hg_answers *answers)
{
    if (answers == NULL)
        return;
    struct answers *whole = (struct answers *)answers;
    hg_arena_deinit(&whole->arena);
    free(whole);
}
