/*
 * A kernel, as it answers: indexes of what its BTF lists, and what can be known from it.
 *
 *     FUNC 'vfs_read'                      functions
 *     TYPEDEF 'btf_trace_sched_switch'     tracepoints, with their parameters
 *     STRUCT 'trace_event_raw_...'         their records
 *     ENUM 'bpf_func_id'                   helpers
 *
 * Types of headers, and BTF that is a part of a kernel's, list no functions or only some; then a
 * function that is not there is not known to be missing.  A whole kernel has `schedule` and
 * `vfs_read`, and that is how one is known.
 */
#include "surface/facts.h"

#include "base/diag.h"
#include "base/options.h"
#include "model/nearest.h"
#include "surface/surface.h"

#include <string.h>

bool hg_facts_is_kfunc(const struct hg_symbol *symbol)
{
    return symbol->tags != NULL &&
           hg_fits_one_of("bpf_kfunc", symbol->tags->names, symbol->tags->count, hg_same_text);
}

static void index_model(struct hg_kernel_facts *facts)
{
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(facts->model, &count);
    for (size_t i = 0; i < count; i++) {
        bool is_function = symbols[i].kind == HG_SYMBOL_FUNCTION;
        hg_names_add(is_function ? &facts->functions : &facts->variables, symbols[i].name,
                     (uint32_t)i);
        facts->marks_kfuncs |= is_function && hg_facts_is_kfunc(&symbols[i]);
    }
    count = hg_model_type_count(facts->model);
    for (hg_type_id id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(facts->model, id);
        if (hg_is_namable(type->kind) && type->complete && type->name != NULL)
            hg_names_add(&facts->types, type->name, id);
    }
    hg_names_sort(&facts->functions);
    hg_names_sort(&facts->variables);
    hg_names_sort(&facts->types);
}

hg_type_id hg_facts_type(const struct hg_kernel_facts *facts, enum hg_kind kind, const char *name)
{
    size_t count = 0;
    const struct index_entry *found = hg_names_find(&facts->types, name, &count);
    for (size_t i = 0; i < count; i++)
        if (hg_model_type(facts->model, found[i].number)->kind == kind)
            return found[i].number;
    return HG_NO_TYPE;
}

const struct hg_symbol *hg_facts_function(const struct hg_kernel_facts *facts, const char *name)
{
    size_t count = 0;
    const struct index_entry *found = hg_names_find(&facts->functions, name, &count);
    return count == 0 ? NULL : &hg_model_symbols(facts->model, &count)[found[0].number];
}

bool hg_facts_is_one(const struct hg_kernel_facts *facts, const char *name)
{
    size_t count = 0;
    size_t all = 0;
    const struct hg_symbol *symbols = hg_model_symbols(facts->model, &all);
    const struct index_entry *found = hg_names_find(&facts->functions, name, &count);
    for (size_t i = 1; i < count; i++)
        if (symbols[found[i].number].type.id != symbols[found[0].number].type.id)
            return false;
    return true;
}

bool hg_facts_has(const struct hg_kernel_facts *facts, const char *name)
{
    size_t count = 0;
    return hg_names_find(&facts->functions, name, &count) != NULL ||
           hg_names_find(&facts->symbols.functions, name, &count) != NULL;
}

bool hg_facts_has_prefix(const struct hg_kernel_facts *facts, const char *prefix)
{
    size_t count = 0;
    return hg_names_find_prefix(&facts->functions, prefix, &count) != NULL ||
           hg_names_find_prefix(&facts->symbols.functions, prefix, &count) != NULL;
}

static const struct hg_type *find_enum(const struct hg_kernel_facts *facts, const char *name)
{
    hg_type_id id = hg_facts_type(facts, HG_ENUM, name);
    return id == HG_NO_TYPE ? NULL : hg_model_type(facts->model, id);
}

/* By members that only one architecture's struct pt_regs has. */
static enum kernel_arch find_arch(const struct hg_kernel_facts *facts)
{
    static const struct {
        const char *member;
        enum kernel_arch arch;
    } marks[] = {
        {"orig_ax", ARCH_X86},  {"pstate", ARCH_ARM64},      {"uregs", ARCH_ARM},
        {"epc", ARCH_RISCV},    {"gprs", ARCH_S390},         {"orig_gpr3", ARCH_POWERPC},
        {"cp0_epc", ARCH_MIPS}, {"csr_era", ARCH_LOONGARCH},
    };
    hg_type_id registers = hg_facts_type(facts, HG_STRUCT, "pt_regs");
    struct field field;
    for (size_t i = 0; registers != HG_NO_TYPE && i < sizeof marks / sizeof *marks; i++)
        if (hg_surface_field_named(facts->model, registers, marks[i].member, &field))
            return marks[i].arch;
    return ARCH_UNKNOWN;
}

/* As <linux/version.h> counts: a byte each but the first, and no more than 255 in the last. */
static bool parse_release(const char *release, uint32_t *ret)
{
    uint32_t numbers[3] = {0};
    const char *at = release;
    unsigned count = 0;
    for (; count < 3; count++) {
        if (*at < '0' || *at > '9')
            break;
        for (; *at >= '0' && *at <= '9'; at++) {
            numbers[count] = numbers[count] * 10 + (uint32_t)(*at - '0');
            if (numbers[count] > 65535)
                return false;
        }
        if (*at != '.')
            continue;
        at++;
    }
    if (count < 2 || numbers[1] > 255)
        return false;
    *ret = numbers[0] << 16 | numbers[1] << 8 | (numbers[2] > 255 ? 255 : numbers[2]);
    return true;
}

static enum hg_status take_release(struct hg_kernel_facts *facts, const char *release,
                                   struct hg_diagnostics *diagnostics)
{
    if (parse_release(release, &facts->release))
        return HG_OK;
    hg_error(diagnostics, NULL, "'%s' is no kernel's release: 6.1 is one, and 6.1.176-1-amd64",
             release);
    return HG_ERROR_USAGE;
}

enum hg_status hg_facts_read(const struct hg_model *model, const struct hg_facts_options *given,
                             struct hg_diagnostics *diagnostics, struct hg_kernel_facts **ret)
{
    HG_TAKE(hg_facts_options, options, given, diagnostics);
    struct hg_kernel_facts *facts = hg_calloc(1, sizeof *facts);
    enum hg_status status = HG_OK;
    facts->model = model;
    facts->no_suggestions = options.no_suggestions;
    if (options.symbols != NULL)
        status =
            hg_facts_symbols_read(options.symbols, hg_list_functions, diagnostics, &facts->symbols);
    if (status == HG_OK && options.traceable != NULL)
        status = hg_facts_symbols_read(options.traceable, hg_list_traceable, diagnostics,
                                       &facts->traceable);
    if (status == HG_OK && options.events != NULL)
        status = hg_facts_symbols_read(options.events, hg_list_events, diagnostics, &facts->events);
    if (status == HG_OK && options.config != NULL)
        status = hg_facts_config_read(options.config, diagnostics, &facts->config);
    if (status == HG_OK && options.release != NULL)
        status = take_release(facts, options.release, diagnostics);
    if (status != HG_OK) {
        hg_facts_destroy(facts);
        return status;
    }
    index_model(facts);
    size_t count = 0;
    facts->knows_functions = hg_facts_function(facts, "schedule") != NULL &&
                             hg_facts_function(facts, "vfs_read") != NULL;
    facts->knows_variables = facts->variables.entries.count > 0;
    facts->knows_tracepoints = hg_names_find_prefix(&facts->types, "btf_trace_", &count) != NULL;
    facts->knows_symbols = facts->symbols.functions.entries.count > 0;
    facts->knows_events = facts->events.functions.entries.count > 0;
    facts->knows_traceable = facts->traceable.functions.entries.count > 0;
    facts->knows_config = facts->config.values.entries.count > 0;
    facts->arch = find_arch(facts);
    facts->helpers = find_enum(facts, "bpf_func_id");
    facts->map_types = find_enum(facts, "bpf_map_type");
    facts->program_types = find_enum(facts, "bpf_prog_type");
    facts->attach_types = find_enum(facts, "bpf_attach_type");
    *ret = facts;
    return HG_OK;
}

void hg_facts_destroy(struct hg_kernel_facts *facts)
{
    if (facts == NULL)
        return;
    hg_names_deinit(&facts->functions);
    hg_names_deinit(&facts->variables);
    hg_names_deinit(&facts->types);
    hg_facts_symbols_deinit(&facts->symbols);
    hg_facts_symbols_deinit(&facts->traceable);
    hg_facts_symbols_deinit(&facts->events);
    hg_facts_config_deinit(&facts->config);
    free(facts);
}
