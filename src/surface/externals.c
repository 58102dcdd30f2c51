/*
 * Whether a kernel defines the functions, variables and options that the object declares, and with
 * the same types.
 *
 *     extern int bpf_task(...) __ksym            FUNC 'bpf_task' with the tag bpf_kfunc, its prototype
 *     extern const struct rq runqueues __ksym    VAR 'runqueues', its type
 *     extern int CONFIG_HZ __kconfig             a line of .config, its value
 */
#include "surface/ask.h"

#include "core/match.h"
#include "model/describe.h"

#include <string.h>

bool hg_ask_same_type(struct asker *asker, hg_type_id local, hg_type_id target)
{
    const struct hg_model *model = asker->kernel->model;
    struct matcher matcher = {
        .local = asker->surface->object->types,
        .target = model,
        .loader = HG_CORE_LIBBPF,
        .big_endian = hg_model_target(model)->big_endian,
        .steps_left = 1 << 16,
    };
    return hg_core_types_compatible(&matcher, local, target) == MATCH_YES;
}

bool hg_ask_is_flavour(const char *name)
{
    return hg_core_essential_length(name, HG_CORE_LIBBPF) < strlen(name);
}

const struct hg_symbol *hg_ask_find_kfunc(struct asker *asker, const char *name)
{
    size_t length = hg_core_essential_length(name, HG_CORE_LIBBPF);
    return hg_facts_function(asker->kernel, hg_arena_string(asker->arena, name, length));
}

static const char advice_weak[] =
    "declare it __weak and use it only after `if (NAME)` or bpf_ksym_exists(NAME)";

void hg_ask_kfunc(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    if (!kernel->knows_functions) {
        hg_answer_no_functions(asker, answer);
        return;
    }
    const struct hg_symbol *symbol = hg_ask_find_kfunc(asker, detail->name);
    struct hg_text text = {0};
    if (symbol == NULL) {
        hg_answer_set(asker, answer, HG_MISSING, advice_weak,
                      "the kernel's BTF has no function '%s'", detail->name);
        return;
    }
    hg_describe_declaration(&text, kernel->model, &symbol->type, symbol->name);
    answer->value = hg_text_keep(&text, asker->arena);
    hg_answer_layout(asker, detail, symbol->type.id, symbol->name, answer);
    if (!hg_ask_same_type(asker, detail->type, symbol->type.id)) {
        hg_describe_declaration(&text, asker->surface->object->types,
                                &(struct hg_ref){.id = detail->type}, detail->name);
        hg_answer_set(asker, answer, HG_CHANGED,
                      "declare it as this kernel does, under a name with ___ and a suffix of yours",
                      "its prototype is another one here: the program declares '%s'",
                      hg_text_string(&text));
        hg_text_deinit(&text);
    } else if (kernel->marks_kfuncs && !hg_facts_is_kfunc(symbol)) {
        hg_answer_set(asker, answer, HG_MISSING, advice_weak,
                      "'%s' is a function of this kernel, but not a kfunc", detail->name);
    } else if (!kernel->marks_kfuncs) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the function is there; BTF of this kernel does not say which functions "
                      "are kfuncs (it does from 6.10)");
    } else if (hg_ask_is_flavour(detail->name) && !detail->is_weak) {
        hg_answer_set(asker, answer, HG_UNKNOWN, advice_weak,
                      "libbpf finds it as '%s' from 1.3 on, and refuses it before", symbol->name);
    }
}

/* libbpf looks the addresses of variables up in kallsyms, which lists them only if the kernel has
 * CONFIG_KALLSYMS_ALL. */
static bool lists_no_variables(const struct hg_kernel_facts *kernel)
{
    return kernel->knows_config &&
           hg_facts_config_value(&kernel->config, "CONFIG_KALLSYMS_ALL") == NULL;
}

static void ask_variable(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    size_t count = 0;
    const struct index_entry *found = hg_names_find(&kernel->variables, detail->name, &count);
    if (!kernel->knows_functions || kernel->variables.entries.count == 0) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the types are not a whole kernel's: they list no variables");
    } else if (found == NULL) {
        hg_answer_set(asker, answer, HG_MISSING, advice_weak,
                      "the kernel's BTF has no variable '%s'", detail->name);
    } else {
        const struct hg_symbol *symbol = &hg_model_symbols(kernel->model, &count)[found[0].number];
        struct hg_text text = {0};
        hg_describe_declaration(&text, kernel->model, &symbol->type, symbol->name);
        answer->value = hg_text_keep(&text, asker->arena);
        if (!hg_ask_same_type(asker, detail->type, symbol->type.id))
            hg_answer_set(asker, answer, HG_CHANGED,
                          "declare it as this kernel does, or as `extern const void ... __ksym`",
                          "the variable is of another type here");
        else if (lists_no_variables(kernel))
            hg_answer_set(asker, answer, HG_MISSING, advice_weak,
                          "the kernel's kallsyms lists no variables (CONFIG_KALLSYMS_ALL): the "
                          "verifier does not find the address of '%s'",
                          detail->name);
    }
}

void hg_ask_ksym(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    bool is_typed = detail->type != HG_VOID_ID;
    if (is_typed) {
        ask_variable(asker, detail, answer);
        return;
    }
    bool is_there = hg_facts_has(kernel, detail->name);
    size_t count = 0;
    hg_names_find(&kernel->symbols, detail->name, &count);
    if (count > 1)
        hg_answer_set(asker, answer, HG_SEVERAL, "use a symbol of which there is only one",
                      "there are %zu symbols '%s', so libbpf refuses the object", count,
                      detail->name);
    else if (!is_there && kernel->knows_symbols && lists_no_variables(kernel))
        hg_answer_set(asker, answer, HG_MISSING, advice_weak,
                      "the kernel has no function '%s', and its kallsyms lists no variables "
                      "(CONFIG_KALLSYMS_ALL)",
                      detail->name);
    else if (!is_there)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "BTF does not list symbols without a type: libbpf looks for them in "
                      "/proc/kallsyms when it loads the program");
}

/* Answers for names without CONFIG_, which libbpf provides itself. */
static void ask_provided(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    enum { RELEASE_AT_LEAST = 3 << 16 };
    bool is_version = strcmp(detail->name, "LINUX_KERNEL_VERSION") == 0;
    static const char *const ones[] = {"LINUX_HAS_BPF_COOKIE", "LINUX_HAS_SYSCALL_WRAPPER"};
    bool is_known = is_version || HG_IS_ONE_OF(detail->name, ones);
    uint32_t release = asker->kernel->release != 0 ? asker->kernel->release : RELEASE_AT_LEAST;
    uint32_t number = is_version ? release : is_known ? 1 : 0;
    const char *why = hg_config_misfit(asker, detail, hg_arena_printf(asker->arena, "%u", number));
    bool is_linux = hg_begins_with(detail->name, "LINUX_");
    if (!is_known && !(is_linux && detail->is_weak))
        hg_answer_set(asker, answer, HG_CHANGED,
                      "the names of options begin with CONFIG_; what a later libbpf may provide "
                      "begins with LINUX_, and must be __weak",
                      "libbpf provides no '%s', and no kernel has such an option", detail->name);
    else if (why != NULL)
        hg_answer_set(asker, answer, HG_CHANGED, "declare it as int", "%s", why);
    else
        answer->value = is_known ? "by libbpf" : "not provided, so 0";
}

void hg_ask_config(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    const char *unsupported = hg_config_unsupported(asker, detail);
    if (unsupported != NULL) {
        hg_answer_set(asker, answer, HG_CHANGED, "declare it with the type that the option has",
                      "%s", unsupported);
        return;
    }
    if (!hg_begins_with(detail->name, "CONFIG_")) {
        ask_provided(asker, detail, answer);
        return;
    }
    if (!kernel->knows_config) {
        hg_answer_set(asker, answer, HG_UNKNOWN, "name the kernel's .config by --config FILE",
                      "BTF does not hold the configuration");
        return;
    }
    const char *value = hg_facts_config_value(&kernel->config, detail->name);
    const char *why = value == NULL ? NULL : hg_config_misfit(asker, detail, value);
    if (value != NULL)
        answer->value = hg_arena_printf(asker->arena, "%s", value);
    if (why != NULL)
        hg_answer_set(asker, answer, HG_CHANGED, "declare it with the type that the option has",
                      "%s", why);
    else if (value != NULL)
        return;
    else if (detail->is_weak)
        answer->value = "not set, so 0";
    else
        hg_answer_set(asker, answer, HG_MISSING, "declare it __weak: it is 0 then",
                      "'%s' is not set in this kernel's configuration", detail->name);
}
