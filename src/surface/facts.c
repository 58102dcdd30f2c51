/*
 * What is known of a kernel: indexes of what its BTF and other files list, and whether the lists
 * are whole.
 *
 *     FUNC 'vfs_read'                      functions
 *     TYPEDEF 'btf_trace_sched_switch'     tracepoints, with their parameters
 *     STRUCT 'trace_event_raw_...'         their records
 *     ENUM 'bpf_func_id'                   helpers
 *     System.map and the like              functions, also those that BTF does not list
 *
 * A model that was read from headers, or from a part of a kernel's BTF, lists no functions or only
 * some of them; a function that it lacks is then not known to be missing.  hdrgen takes BTF that
 * has `schedule` and `vfs_read` for a whole kernel's.
 */
#include "surface/facts.h"

#include "base/diag.h"
#include "base/options.h"
#include "model/nearest.h"
#include "surface/surface.h"

#include <string.h>

/* Where take_function puts the names that a file lists. */
struct listing {
    struct name_index *names;
    struct hg_arena *arena;
};

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

bool hg_facts_has_one_prototype(const struct hg_kernel_facts *facts, const char *name)
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
           hg_names_find(&facts->symbols, name, &count) != NULL;
}

bool hg_facts_has_prefix(const struct hg_kernel_facts *facts, const char *prefix)
{
    size_t count = 0;
    return hg_names_find_prefix(&facts->functions, prefix, &count) != NULL ||
           hg_names_find_prefix(&facts->symbols, prefix, &count) != NULL;
}

enum known hg_facts_has_member(const struct hg_kernel_facts *facts, const char *record,
                               const char *member)
{
    struct hg_member_place place;
    hg_type_id id = hg_facts_type(facts, HG_STRUCT, record);
    if (id == HG_NO_TYPE)
        return NOT_KNOWN;
    return hg_model_find_member(facts->model, id, member, &place) ? KNOWN_YES : KNOWN_NO;
}

const char *hg_facts_enumerator(const struct hg_type *type, uint64_t value)
{
    for (size_t i = 0; type != NULL && i < type->enumerator_count; i++)
        if (type->enumerators[i].value == value && !hg_begins_with(type->enumerators[i].name, "__"))
            return type->enumerators[i].name;
    return NULL;
}

bool hg_facts_has_enumerator(const struct hg_type *type, const char *prefix, const char *name)
{
    for (size_t i = 0; type != NULL && i < type->enumerator_count; i++)
        if (hg_begins_with(type->enumerators[i].name, prefix) &&
            strcmp(type->enumerators[i].name + strlen(prefix), name) == 0)
            return true;
    return false;
}

static void take_function(void *user, const struct hg_listed_function *function)
{
    struct listing *listing = user;
    const char *name = hg_arena_string(listing->arena, function->name, strlen(function->name));
    hg_names_add(listing->names, name, function->is_weak ? SYMBOL_WEAK : 0);
}

static const struct hg_type *find_enum(const struct hg_kernel_facts *facts, const char *name)
{
    hg_type_id id = hg_facts_type(facts, HG_ENUM, name);
    return id == HG_NO_TYPE ? NULL : hg_model_type(facts->model, id);
}

/* Each of these members is in one architecture's struct pt_regs alone. */
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
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (hg_facts_has_member(facts, "pt_regs", marks[i].member) == KNOWN_YES)
            return marks[i].arch;
    return ARCH_UNKNOWN;
}

/* `6.1.176-1-amd64` as LINUX_KERNEL_VERSION, 0x601b0; as in the kernel, larger last numbers are
 * 255. */
static enum hg_status take_release(struct hg_kernel_facts *facts, const char *release,
                                   struct hg_diagnostics *diagnostics)
{
    unsigned long numbers[3] = {0};
    size_t count = 0;
    for (const char *at = release; count < 3 && *at >= '0' && *at <= '9'; count++) {
        char *end = NULL;
        numbers[count] = strtoul(at, &end, 10);
        at = *end == '.' ? end + 1 : end;
    }
    unsigned long last = numbers[2] > 255 ? 255 : numbers[2];
    facts->release = (uint32_t)(numbers[0] << 16 | numbers[1] << 8 | last);
    if (count >= 2 && numbers[0] <= 65535 && numbers[1] <= 255 && numbers[2] <= 65535)
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
    hg_arena_init(&facts->arena);
    const struct {
        const char *path;
        enum hg_status (*list)(const char *path, hg_listed_function_fn *take, void *user,
                               struct hg_diagnostics *diagnostics);
        struct name_index *names;
    } files[] = {
        {options.symbols, hg_list_functions, &facts->symbols},
        {options.traceable, hg_list_traceable, &facts->traceable},
        {options.events, hg_list_events, &facts->events},
    };
    for (size_t i = 0; status == HG_OK && i < sizeof files / sizeof *files; i++) {
        struct listing listing = {.names = files[i].names, .arena = &facts->arena};
        if (files[i].path != NULL)
            status = files[i].list(files[i].path, take_function, &listing, diagnostics);
        hg_names_sort(files[i].names);
    }
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
    facts->knows_tracepoints = hg_names_find_prefix(&facts->types, "btf_trace_", &count) != NULL;
    facts->knows_symbols = facts->symbols.entries.count > 0;
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
    hg_names_deinit(&facts->symbols);
    hg_names_deinit(&facts->traceable);
    hg_names_deinit(&facts->events);
    hg_arena_deinit(&facts->arena);
    hg_facts_config_deinit(&facts->config);
    free(facts);
}
