/*
 * Asking a kernel for all that an object needs.
 *
 *     helper bpf_loop           enum bpf_func_id has the number       fine
 *     kfunc bpf_task_from_pid   no FUNC of that name                  missing
 *     the same, weak, called after `if (bpf_task_from_pid)`           guarded
 *
 * Each kind of need has a function that answers it.  Then the answer is corrected: by what the
 * section's name asks for, by the object's license, and by whether the program reaches the uses of
 * the need at all (guards.c).
 */
#include "surface/ask.h"

#include "core/kinds.h"
#include "surface/layout.h"

#include <string.h>

/* --- answers --- */

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
    "put a ? before the section's name, and load the program only on kernels that can run it";

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

/* --- enums --- */

static void no_enum(struct asker *asker, const char *name, struct hg_answer *answer)
{
    hg_answer_set(asker, answer, HG_UNKNOWN, NULL, "enum '%s' is not among the types", name);
}

/* A helper or a map type, by its number. */
static void ask_number(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    bool is_helper = detail->kind == HG_NEED_HELPER;
    const struct hg_type *type = is_helper ? asker->kernel->helpers : asker->kernel->map_types;
    const char *name = hg_facts_enumerator(type, detail->number);
    if (type == NULL)
        no_enum(asker, is_helper ? "bpf_func_id" : "bpf_map_type", answer);
    else if (name != NULL && detail->number != 0)
        answer->value = hg_arena_printf(asker->arena, "%s", name);
    else
        hg_answer_set(asker, answer, HG_MISSING,
                      "use it only after asking bpf_core_enum_value_exists(), or do without it",
                      "this kernel has no %s of number %u", is_helper ? "helper" : "map type",
                      detail->number);
}

/* A type of programs or a way to attach, by its name. */
static void ask_enumerator(struct asker *asker, const struct detail *detail,
                           struct hg_answer *answer)
{
    bool is_attach = detail->kind == HG_NEED_ATTACH_TYPE;
    const struct hg_kernel_facts *kernel = asker->kernel;
    const struct hg_type *type = is_attach ? kernel->attach_types : kernel->program_types;
    const char *enum_name = is_attach ? "bpf_attach_type" : "bpf_prog_type";
    const char *prefix = is_attach ? "BPF_" : "BPF_PROG_TYPE_";
    if (detail->name == NULL)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "libbpf knows no section of that name: user space sets the program's type");
    else if (type == NULL)
        no_enum(asker, enum_name, answer);
    else if (!hg_facts_has_enumerator(type, prefix, detail->name))
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand,
                      "enum '%s' of this kernel has no %s%s", enum_name, prefix, detail->name);
}

/* The enum lists all types of programs; struct bpf_ctx_convert has two members for each type that
 * the kernel was configured with. */
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
    ask_enumerator(asker, detail, answer);
    if (answer->verdict != HG_FINE)
        return;
    if (!is_configured(asker, detail->name))
        hg_answer_set(asker, answer, HG_MISSING, hg_advice_on_demand,
                      "this kernel is built without programs of type %s", detail->name);
    else if (section->is_loose)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "libbpf knows no section of that name; aya and cilium/ebpf take it for '%s'",
                      section->spec->prefix);
}

/* --- struct_ops --- */

/* The first member of the program's struct that the kernel's lacks; NULL = there is none. */
static const char *missing_operation(struct asker *asker, const struct detail *detail,
                                     hg_type_id target)
{
    const struct hg_type *own = hg_model_type(asker->surface->object->types, detail->type);
    struct hg_member_place place;
    for (size_t i = 0; i < own->member_count; i++)
        if (own->members[i].name != NULL &&
            !hg_model_find_member(asker->kernel->model, target, own->members[i].name, &place))
            return own->members[i].name;
    return NULL;
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
    const char *name = hg_arena_string(asker->arena, detail->name, length);
    const char *wrapper = hg_arena_printf(asker->arena, "bpf_struct_ops_%s", name);
    hg_type_id target = hg_facts_type(kernel, HG_STRUCT, name);
    const char *gone = target == HG_NO_TYPE ? NULL : missing_operation(asker, detail, target);
    if (target != HG_NO_TYPE)
        hg_answer_layout(asker, detail, target, NULL, answer);
    if (hg_facts_type(kernel, HG_STRUCT, wrapper) == HG_NO_TYPE || target == HG_NO_TYPE)
        hg_answer_set(asker, answer, HG_MISSING, NULL,
                      "this kernel has no struct '%s', so it takes no such operations from BPF",
                      wrapper);
    else if (gone != NULL)
        hg_answer_set(asker, answer, HG_UNKNOWN,
                      "declare the struct without it, under a name with ___ and a suffix of yours",
                      "struct '%s' of this kernel has no member '%s': libbpf refuses an object "
                      "that sets it, and before 1.4 also one that declares it",
                      name, gone);
}

/* --- all needs --- */

static void ask_context(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    (void)detail;
    hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                  "hdrgen cannot see at which offsets the program reads its context, so what it "
                  "reads there is not known");
}

static void ask_object(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    hg_answer_set(asker, answer, HG_MISSING,
                  "another loader may take it: --loader aya, --loader cilium",
                  "libbpf refuses the object: %s", detail->field);
}

static const struct {
    void (*ask)(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
    bool has_prototype; /* the answer shows that of what the program is attached to */
} kinds[HG_NEED_KINDS] = {
    [HG_NEED_PROGRAM_TYPE] = {ask_program_type, false},
    [HG_NEED_ATTACH_TYPE] = {ask_enumerator, false},
    [HG_NEED_FUNCTION] = {hg_ask_function, true},
    [HG_NEED_SYSCALL] = {hg_ask_syscall, false},
    [HG_NEED_TRACEPOINT] = {hg_ask_tracepoint, true},
    [HG_NEED_LSM_HOOK] = {hg_ask_hook, true},
    [HG_NEED_ITERATOR] = {hg_ask_hook, false},
    [HG_NEED_STRUCT_OPS] = {ask_struct_ops, false},
    [HG_NEED_PARAMETER] = {hg_ask_parameter, true},
    [HG_NEED_RECORD] = {hg_ask_record, false},
    [HG_NEED_CONTEXT] = {ask_context, false},
    [HG_NEED_HELPER] = {ask_number, false},
    [HG_NEED_KFUNC] = {hg_ask_kfunc, false},
    [HG_NEED_KSYM] = {hg_ask_ksym, false},
    [HG_NEED_CONFIG] = {hg_ask_config, false},
    [HG_NEED_MAP_TYPE] = {ask_number, false},
    [HG_NEED_OBJECT] = {ask_object, false},
};

static void show_prototype(struct asker *asker, const struct detail *detail,
                           struct hg_answer *answer)
{
    size_t skip = 0;
    bool is_one = detail->name != NULL && detail->target != TARGET_TRACEPOINT &&
                  detail->target != TARGET_KPROBE_MULTI && detail->target != TARGET_FREPLACE;
    hg_type_id id = is_one ? hg_ask_prototype(asker, detail, &skip) : HG_NO_TYPE;
    if (id != HG_NO_TYPE)
        hg_answer_layout(asker, detail, id, hg_function_name(asker, detail->name), answer);
}

struct answers {
    struct hg_answers public;
    struct hg_arena arena;
};

/* Adds a reason to an answer, which becomes unknown. */
static void make_unknown(struct asker *asker, struct hg_answer *answer, const char *reason)
{
    const char *why = answer->why;
    hg_answer_set(asker, answer, HG_UNKNOWN, answer->advice, "%s; %s", why, reason);
}

/* A need that is missing does no harm if the program does not reach its uses. */
static void apply_guards(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    bool fails = hg_verdict_fails(answer->verdict);
    if (!fails && answer->verdict != HG_UNKNOWN)
        return;
    /* libbpf resolves all symbols before the verifier looks at what is reached. */
    bool is_symbol = detail->kind == HG_NEED_KFUNC || detail->kind == HG_NEED_KSYM ||
                     detail->kind == HG_NEED_CONFIG;
    bool is_changed = answer->verdict == HG_CHANGED;
    if (is_symbol && fails && (!detail->is_weak || (is_changed && detail->kind != HG_NEED_KFUNC)))
        return;
    enum reached reached = hg_ask_reached(asker, detail);
    /* The address of a weak variable that is missing is 0, and so is that of a function.  A program
     * may compare it with 0; only a call of the function needs it. */
    bool is_harmless =
        fails && detail->is_weak && (detail->kind == HG_NEED_KSYM || detail->first_use == NO_USE);
    if (reached == REACHED_NEVER && is_symbol && is_changed && !hg_ask_is_flavour(detail->name))
        make_unknown(asker, answer, "libbpf before 1.3 refuses that, and newer ones leave it at 0");
    else if (reached == REACHED_NEVER || is_harmless)
        answer->verdict = HG_GUARDED;
    else if (fails && reached == REACHED_DEPENDS)
        make_unknown(asker, answer,
                     "whether the program reaches it depends on the configuration, on the "
                     "kernel's release, or on what user space sets");
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
        kinds[detail->kind].ask(&asker, detail, &items[i]);
        if (kinds[detail->kind].has_prototype)
            show_prototype(&asker, detail, &items[i]);
        hg_ask_features(&asker, detail, &items[i]);
        hg_ask_license(&asker, detail, &items[i]);
        apply_guards(&asker, detail, &items[i]);
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
