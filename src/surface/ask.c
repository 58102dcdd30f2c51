/*
 * Asking a kernel for all that an object needs.
 *
 *     helper bpf_loop        enum bpf_func_id has the number          fine
 *     kfunc bpf_task_from_pid   no FUNC of that name                  missing
 *     the same, weak, and the call is behind `if (bpf_task_from_pid)` guarded
 *
 * What is not there does no harm where the program does not come to it.  The verifier follows
 * the program with what the loader put in, and so does core's reach.c: from the values of
 * relocations, and from 0 for the address of a weak symbol that is not there.
 */
#include "surface/ask.h"

#include "core/check.h"
#include "model/describe.h"
#include "surface/layout.h"
#include "surface/names.h"

#include <stdio.h>
#include <string.h>

/* --- words --- */

const char *hg_answer_text(struct asker *asker, struct hg_text *text)
{
    const char *copy = hg_arena_string(asker->arena, hg_text_string(text), text->size);
    hg_text_deinit(text);
    *text = (struct hg_text){0};
    return copy;
}

void hg_answer_set(struct asker *asker, struct hg_answer *answer, enum hg_verdict verdict,
                   const char *advice, const char *format, ...)
{
    struct hg_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    answer->verdict = verdict;
    answer->why = hg_answer_text(asker, &text);
    answer->advice = advice;
}

void hg_answer_value(struct asker *asker, struct hg_answer *answer, const char *format, ...)
{
    struct hg_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    answer->value = hg_answer_text(asker, &text);
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

static bool is_missing_weak(const struct asker *asker, const struct reference *reference)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    size_t count = 0;
    return reference->is_external && reference->is_weak && kernel->knows_functions &&
           !hg_facts_has(kernel, reference->symbol) &&
           hg_names_find(&kernel->variables, reference->symbol, &count) == NULL;
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
static size_t collect_patches(const struct asker *asker, uint32_t number, struct patch *patches)
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

/* Of all its uses, the one that is most certain to be reached; without any it is needed in any
 * case. */
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

static const char *enumerator_of(const struct hg_type *type, uint64_t value)
{
    for (size_t i = 0; i < type->enumerator_count; i++)
        if (type->enumerators[i].value == value)
            return type->enumerators[i].name;
    return NULL;
}

static void ask_number(struct asker *asker, const struct hg_type *type, const char *what,
                       const char *enum_name, const struct detail *detail, struct hg_answer *answer)
{
    if (type == NULL) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL, "enum '%s' is not among the types",
                      enum_name);
        return;
    }
    const char *name = enumerator_of(type, detail->number);
    bool is_end = name != NULL && (strncmp(name, "__", 2) == 0);
    if (name != NULL && !is_end)
        hg_answer_value(asker, answer, "%s", name);
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
    size_t length = strlen(prefix);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const char *name = type->enumerators[i].name;
        if (strncmp(name, prefix, length) == 0 && strcmp(name + length, detail->name) == 0)
            return;
    }
    hg_answer_set(asker, answer, HG_MISSING,
                  "put a ? before the section's name, and load the program only where there is one",
                  "enum '%s' of this kernel has no %s%s", enum_name, prefix, detail->name);
}

/* --- kernel functions and variables --- */

static enum match same_prototype(struct asker *asker, hg_type_id local, hg_type_id target)
{
    const struct hg_model *model = asker->kernel->model;
    struct matcher matcher = {
        .local = asker->surface->object->types,
        .target = model,
        .loader = HG_CORE_LIBBPF,
        .big_endian = hg_model_target(model)->big_endian,
        .steps_left = 1 << 16,
    };
    return hg_core_types_compatible(&matcher, local, target);
}

static const char missing_ksym[] =
    "declare it __weak and use it only behind `if (NAME)` or bpf_ksym_exists(NAME)";

static bool is_marked(const struct hg_symbol *symbol)
{
    for (size_t i = 0; symbol->tags != NULL && i < symbol->tags->count; i++)
        if (strcmp(symbol->tags->names[i], "bpf_kfunc") == 0)
            return true;
    return false;
}

static void ask_kfunc(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    if (!kernel->knows_functions) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the types are not a whole kernel's: they list no functions");
        return;
    }
    const struct hg_symbol *symbol = hg_facts_function(kernel, detail->name);
    struct hg_text text = {0};
    if (symbol == NULL) {
        hg_answer_set(asker, answer, HG_MISSING, missing_ksym,
                      "the kernel's BTF has no function '%s'", detail->name);
        return;
    }
    hg_describe_declaration(&text, kernel->model, &symbol->type, symbol->name);
    answer->value = hg_answer_text(asker, &text);
    hg_answer_layout(asker, detail, symbol->type.id, symbol->name, answer);
    if (same_prototype(asker, detail->type, symbol->type.id) != MATCH_YES) {
        hg_describe_declaration(&text, asker->surface->object->types,
                                &(struct hg_ref){.id = detail->type}, detail->name);
        hg_answer_set(asker, answer, HG_CHANGED,
                      "declare it as this kernel does, under a name with ___ and a suffix of yours",
                      "its prototype is another one here: the program has '%s'",
                      hg_text_string(&text));
        hg_text_deinit(&text);
    } else if (kernel->marks_kfuncs && !is_marked(symbol)) {
        hg_answer_set(asker, answer, HG_MISSING, missing_ksym,
                      "'%s' is a function of this kernel, but no kfunc", detail->name);
    } else if (!kernel->marks_kfuncs) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the function is there; BTF of this kernel does not say which functions "
                      "are kfuncs (it does from 6.10)");
    }
}

static void ask_ksym(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    size_t count = 0;
    bool is_typed = detail->type != HG_VOID_ID;
    if (is_typed && !kernel->knows_functions)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the types are not a whole kernel's: they list no variables");
    else if (is_typed && hg_names_find(&kernel->variables, detail->name, &count) == NULL)
        hg_answer_set(asker, answer, HG_MISSING, missing_ksym,
                      "the kernel's BTF has no variable '%s'", detail->name);
    else if (!is_typed && !hg_facts_has(kernel, detail->name))
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "a symbol without a type is looked for in /proc/kallsyms when the program is "
                      "loaded, and BTF does not list it");
}

static void ask_config(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    static const char *const provided[] = {"LINUX_KERNEL_VERSION", "LINUX_HAS_BPF_COOKIE",
                                           "LINUX_HAS_SYSCALL_WRAPPER"};
    for (size_t i = 0; i < sizeof provided / sizeof *provided; i++)
        if (strcmp(detail->name, provided[i]) == 0) {
            hg_answer_value(asker, answer, "by libbpf");
            return;
        }
    if (!kernel->knows_config) {
        hg_answer_set(asker, answer, HG_UNKNOWN, "--config FILE says what its .config has",
                      "BTF does not hold the configuration");
        return;
    }
    const char *value = hg_facts_config_value(&kernel->config, detail->name);
    if (value != NULL)
        hg_answer_value(asker, answer, "%s", value);
    else if (detail->is_weak)
        hg_answer_value(asker, answer, "not set, so 0");
    else
        hg_answer_set(asker, answer, HG_MISSING, "declare it __weak: it is 0 then",
                      "'%s' is not set in this kernel's configuration", detail->name);
}

static void ask_struct_ops(struct asker *asker, const struct detail *detail,
                           struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    if (!kernel->knows_functions) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the types are not a whole kernel's: which struct_ops it takes is not known");
        return;
    }
    size_t length = hg_core_essential_length(detail->name, HG_CORE_LIBBPF);
    struct hg_text text = {0};
    hg_text_printf(&text, "bpf_struct_ops_%.*s", (int)length, detail->name);
    if (hg_facts_type(kernel, HG_STRUCT, hg_text_string(&text)) == HG_NO_TYPE)
        hg_answer_set(asker, answer, HG_MISSING, NULL,
                      "this kernel has no struct '%s', so it takes no such operations from BPF",
                      hg_text_string(&text));
    hg_text_deinit(&text);
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
        ask_enumerator(asker, kernel->program_types, "bpf_prog_type", "BPF_PROG_TYPE_", detail,
                       answer);
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
        ask_kfunc(asker, detail, answer);
        break;
    case HG_NEED_KSYM:
        ask_ksym(asker, detail, answer);
        break;
    case HG_NEED_CONFIG:
        ask_config(asker, detail, answer);
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

/* What is not there does no harm where the program does not come to it. */
static void soften(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    bool fails = hg_verdict_fails(answer->verdict);
    if (!fails && answer->verdict != HG_UNKNOWN)
        return;
    bool is_weak_variable = detail->kind == HG_NEED_KSYM && detail->is_weak;
    enum coming coming = comes_to(asker, detail);
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
                    const struct hg_core_report *relocations, struct hg_answers **ret)
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
        soften(&asker, detail, &items[i]);
        /* A call of a weak kfunc that is not there is refused like that of any other. */
        bool is_optional = surface->needs.items[i].is_optional && detail->kind != HG_NEED_KFUNC;
        answers->public.failures += hg_verdict_fails(items[i].verdict) && !is_optional;
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
