/*
 * Writes the BTF of a kernel that was read from its sources: the kernel's own, the split BTF of
 * each module, and their functions.
 *
 *     hdrgen --kernel DIR --sources --functions System.map -o kernel.btf
 *     hdrgen --kernel DIR --sources --modules out        out/vmlinux out/ext4 ..., like
 *                                                        /sys/kernel/btf
 *
 * A type is in the kernel's BTF if one of the kernel's own files needs it, or if no module needs it
 * (only pointers refer to it).  Any other type is in the BTF of every module that needs it.
 */
#include "cli.h"

#include "base/diag.h"
#include "tree/directory.h"
#include "tree/functions.h"
#include "tree/groups.h"

#include <string.h>

struct parts {
    const struct options *options;
    const struct hg_model *model;
    const struct hg_source_group *groups; /* the kernel's own first */
    size_t group_count;
    struct hg_btf_options btf;
    const struct hg_symbol_list *functions; /* NULL = none are written */
    uint8_t *chosen;                        /* by index of the symbol: the current group has it */
    struct hg_function_counts counts;
    struct hg_diagnostics *diagnostics;
};

/* --- which types --- */

typedef HG_ARRAY(hg_type_id) id_list;

/* Chooses the functions of a group that are written; appends their types. */
static void choose_functions(struct parts *parts, const struct hg_source_group *group,
                             id_list *types)
{
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(parts->model, &count);
    memset(parts->chosen, 0, count);
    if (parts->functions == NULL)
        return;
    hg_choose_functions(parts->model, group->symbols, group->symbol_count, parts->functions,
                        group->module, parts->chosen, &parts->counts);
    for (size_t i = 0; i < group->symbol_count; i++)
        if (parts->chosen[group->symbols[i]] != 0)
            *HG_PUSH(types) = symbols[group->symbols[i]].type.id;
}

static struct hg_selection *select_group(struct parts *parts, const struct hg_source_group *group)
{
    id_list ids = {0};
    struct hg_selection *selection = NULL;
    for (size_t i = 0; i < group->type_count; i++)
        *HG_PUSH(&ids) = group->types[i];
    choose_functions(parts, group, &ids);
    hg_select_ids(parts->model, ids.items, ids.count, &selection);
    free(ids.items);
    return selection;
}

/* The types that any module needs. */
static struct hg_selection *select_modules(const struct parts *parts)
{
    id_list ids = {0};
    struct hg_selection *selection = NULL;
    for (size_t i = 1; i < parts->group_count; i++)
        for (size_t j = 0; j < parts->groups[i].type_count; j++)
            *HG_PUSH(&ids) = parts->groups[i].types[j];
    hg_select_ids(parts->model, ids.items, ids.count, &selection);
    free(ids.items);
    return selection;
}

/* Whether the type is written even if no file needs it. */
static bool stands_alone(const struct hg_type *type)
{
    bool has_tag = type->kind == HG_STRUCT || type->kind == HG_UNION || type->kind == HG_ENUM;
    return type->complete && (has_tag || type->kind == HG_TYPEDEF) &&
           (type->name != NULL || type->kind == HG_ENUM);
}

static struct hg_selection *select_kernel(struct parts *parts)
{
    const struct hg_source_group *group = &parts->groups[0];
    struct hg_selection *own = select_group(parts, group);
    struct hg_selection *modules = select_modules(parts);
    struct hg_selection *all = NULL;
    id_list ids = {0};
    size_t symbol_count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(parts->model, &symbol_count);
    for (hg_type_id id = 1; id < hg_model_type_count(parts->model); id++)
        if (own->need[id] == HG_DEFINED ||
            (modules->need[id] != HG_DEFINED && stands_alone(hg_model_type(parts->model, id))))
            *HG_PUSH(&ids) = id;
    for (size_t i = 0; i < symbol_count; i++)
        if (parts->chosen[i] != 0)
            *HG_PUSH(&ids) = symbols[i].type.id;
    hg_select_ids(parts->model, ids.items, ids.count, &all);
    free(ids.items);
    hg_selection_destroy(own);
    hg_selection_destroy(modules);
    return all;
}

/* --- writing --- */

static enum hg_status check(const struct parts *parts, const char *name,
                            const struct hg_output *output, const struct hg_output *kernel)
{
    struct hg_btf_bytes bytes = {.name = name, .data = output->data, .size = output->size};
    struct hg_btf_bytes base = {.name = "vmlinux"};
    if (kernel != NULL) {
        base.data = kernel->data;
        base.size = kernel->size;
    }
    return hg_check_btf_bytes(&bytes, kernel == NULL ? NULL : &base,
                              hg_model_target(parts->model)->triple, parts->diagnostics);
}

static enum hg_status write_kernel(struct parts *parts, struct hg_output *ret,
                                   struct hg_btf_base **base)
{
    struct hg_selection *selection = select_kernel(parts);
    enum hg_status status =
        hg_write_base_btf(parts->model, selection, &parts->btf, parts->diagnostics, ret, base);
    hg_selection_destroy(selection);
    return status == HG_OK ? check(parts, "vmlinux", ret, NULL) : status;
}

/* Thousands of modules may cause the same warning: the first is reported, the others are
 * counted. */
struct first_warning {
    struct hg_diagnostics *to;
    const char *module;
    struct hg_text text;
    size_t count;
};

static void take_warning(void *user, const struct hg_diagnostic *message)
{
    struct first_warning *first = user;
    if (message->severity == HG_ERROR)
        hg_report(first->to, message);
    else if (message->severity == HG_WARNING && first->count++ == 0)
        hg_text_printf(&first->text, "%s: %s", first->module, message->text);
}

static enum hg_status write_module(struct parts *parts, const struct hg_source_group *group,
                                   const struct hg_btf_base *base, const struct hg_output *kernel,
                                   struct hg_btf_directory *directory)
{
    struct hg_selection *selection = select_group(parts, group);
    struct hg_output output = {0};
    enum hg_status status =
        hg_write_split_btf(base, selection, &parts->btf, parts->diagnostics, &output);
    if (status == HG_OK)
        status = check(parts, group->module, &output, kernel);
    if (status == HG_OK)
        status = hg_btf_directory_put(directory, group->module, output.data, output.size,
                                      parts->diagnostics);
    hg_output_deinit(&output);
    hg_selection_destroy(selection);
    return status;
}

static enum hg_status write_modules(struct parts *parts, const struct hg_btf_base *base,
                                    const struct hg_output *kernel,
                                    struct hg_btf_directory *directory)
{
    struct first_warning first = {.to = parts->diagnostics};
    struct hg_diagnostics diagnostics = {.report = take_warning, .user = &first};
    parts->btf.keep_flavours = true;
    parts->diagnostics = &diagnostics;
    enum hg_status status = HG_OK;
    for (size_t i = 1; i < parts->group_count && status == HG_OK; i++) {
        first.module = parts->groups[i].module;
        status = write_module(parts, &parts->groups[i], base, kernel, directory);
    }
    parts->diagnostics = first.to;
    if (first.count > 1)
        hg_warning(parts->diagnostics, NULL, "%s (and %zu more warning%s about modules)",
                   first.text.data, first.count - 1, hg_plural(first.count - 1));
    else if (first.count == 1)
        hg_warning(parts->diagnostics, NULL, "%s", first.text.data);
    hg_text_deinit(&first.text);
    return status;
}

static enum hg_status write_directory(struct parts *parts, const struct hg_btf_base *base,
                                      const struct hg_output *kernel,
                                      struct hg_btf_directory *directory)
{
    enum hg_status status =
        hg_btf_directory_put(directory, "vmlinux", kernel->data, kernel->size, parts->diagnostics);
    return status == HG_OK ? write_modules(parts, base, kernel, directory) : status;
}

static void report_functions(const struct parts *parts)
{
    const struct hg_function_counts *counts = &parts->counts;
    if (parts->functions == NULL || !parts->options->verbose)
        return;
    hg_note(parts->diagnostics, NULL,
            "functions: %zu written, %zu not in the list of symbols, %zu of which there are only "
            "optimised copies with other arguments, %zu with several definitions that differ or "
            "that were not all read",
            counts->chosen, counts->absent, counts->optimised, counts->ambiguous);
}

/* --- the order of events --- */

bool check_modules(const struct options *options, struct hg_diagnostics *diagnostics)
{
    const char *option = options->modules != NULL ? "--modules" : "--functions";
    if (options->modules == NULL && options->functions == NULL)
        return true;
    const char *other = options->select.name_count > 0 ? "a NAME"
                        : options->object_count > 0    ? "--for"
                        : options->trims.count > 0     ? "--fields"
                                                       : NULL;
    if (other != NULL)
        hg_error(diagnostics, NULL, "%s is about a whole kernel: %s does not go with it", option,
                 other);
    else if (!options->emitter->is_btf)
        hg_error(diagnostics, NULL, "%s goes with BTF: -o FILE.btf, or --emit btf", option);
    else if (options->modules != NULL && options->write.elf)
        hg_error(diagnostics, NULL,
                 "--elf does not go with --modules, which writes BTF as /sys/kernel/btf has it");
    else
        return true;
    return false;
}

static enum hg_status write_parts(struct parts *parts, struct hg_btf_directory *directory)
{
    const struct options *options = parts->options;
    struct hg_output kernel = {0};
    struct hg_btf_base *base = NULL;
    enum hg_status status = write_kernel(parts, &kernel, &base);
    if (status == HG_OK && directory != NULL)
        status = write_directory(parts, base, &kernel, directory);
    if (status == HG_OK)
        status = check_strict(options, parts->diagnostics);
    if (status == HG_OK)
        status = write_depfile(options, parts->model, parts->diagnostics);
    if (status == HG_OK && !options->only_modules)
        status = write_output(options, &kernel, parts->diagnostics);
    if (status == HG_OK && directory != NULL)
        status = hg_btf_directory_finish(directory, parts->diagnostics);
    if (status == HG_OK)
        report_functions(parts);
    hg_btf_base_destroy(base);
    hg_output_deinit(&kernel);
    return status;
}

int run_modules(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct hg_symbol_list *functions = NULL;
    struct hg_btf_directory *directory = NULL;
    struct hg_source_groups *groups = NULL;
    struct hg_model *model = NULL;
    enum hg_status status = HG_OK;
    if (options->functions != NULL)
        status = hg_read_symbol_list(options->functions, diagnostics, &functions);
    if (status == HG_OK && options->modules != NULL)
        status = hg_btf_directory_begin(options->modules, diagnostics, &directory);
    if (status == HG_OK)
        status = read_kernel_groups(&options->sources[0], diagnostics, &groups, &model);
    if (status == HG_OK)
        status = check_output_is_no_input(options, model, diagnostics);
    if (status == HG_OK)
        status = shape_arrays(options, &options->sources[0], NULL, diagnostics, &model);
    if (status == HG_OK) {
        size_t symbol_count = 0;
        (void)hg_model_symbols(model, &symbol_count);
        struct parts parts = {
            .options = options,
            .model = model,
            .groups = groups->items,
            .group_count = groups->count,
            .btf = btf_options(&options->write),
            .functions = functions,
            .chosen = hg_calloc(symbol_count + 1, 1),
            .diagnostics = diagnostics,
        };
        parts.btf.symbols = functions != NULL;
        parts.btf.chosen_symbols = parts.chosen;
        status = write_parts(&parts, directory);
        free(parts.chosen);
    }
    hg_model_destroy(model);
    hg_source_groups_destroy(groups);
    hg_btf_directory_destroy(directory);
    hg_symbol_list_destroy(functions);
    return status == HG_OK ? 0 : 2;
}
