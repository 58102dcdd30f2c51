/*
 * BPF objects, and the types that they need: --for.
 *
 *     rust, c, json    the types that the relocations match, whole, as if the user had named them
 *     btf              only the types and members that the relocations need
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"
#include "model/build.h"

#include <string.h>

#include <hdrgen/surface.h>

enum hg_status read_objects(const struct options *options, struct hg_diagnostics *diagnostics,
                            struct objects *ret)
{
    ret->items = hg_calloc(options->object_count, sizeof *ret->items);
    for (size_t i = 0; i < options->object_count; i++) {
        enum hg_status status = hg_core_read(options->objects[i], diagnostics, &ret->items[i]);
        if (status != HG_OK)
            return status;
        ret->count++;
    }
    return HG_OK;
}

void objects_deinit(struct objects *objects)
{
    for (size_t i = 0; i < objects->count; i++)
        hg_core_destroy(objects->items[i]);
    free(objects->items);
}

/* C does not add const through two pointers. */
static const struct hg_core_object *const *items_of(const struct objects *objects)
{
    return (const struct hg_core_object *const *)objects->items;
}

/* --- how objects are loaded --- */

struct needs {
    struct hg_core_need_options options;
    enum hg_core_loader loaders[HG_CORE_LOADERS];
    bool **idle;
    size_t count;
};

/* By relocation: whether only programs that are not loaded have it.  NULL = that is not known. */
static bool *find_idle_of(const struct hg_core_object *object)
{
    static const struct hg_surface_options options = {.sz = sizeof(struct hg_surface_options)};
    struct hg_surface *surface = NULL;
    struct hg_core_findings *relocations = NULL;
    bool *idle = NULL;
    if (hg_core_list(object, NULL, &relocations) == HG_OK &&
        hg_surface_read(object, &options, NULL, &surface) == HG_OK)
        idle = find_idle(surface, relocations->count);
    hg_surface_destroy(surface);
    hg_core_findings_destroy(relocations);
    return idle;
}

static void find_needs(const struct options *options, const struct objects *objects,
                       struct needs *needs)
{
    *needs = (struct needs){.idle = hg_calloc(objects->count + 1, sizeof *needs->idle),
                            .count = objects->count};
    for (size_t i = 0; i < objects->count; i++)
        needs->idle[i] = find_idle_of(objects->items[i]);
    needs->options = (struct hg_core_need_options){
        .sz = sizeof(struct hg_core_need_options),
        .keep_going = options->keep_going,
        .idle = (const bool *const *)needs->idle,
        .loaders = needs->loaders,
    };
    for (unsigned i = 0; i < HG_CORE_LOADERS; i++)
        if ((options->loaders >> i & 1) != 0)
            needs->loaders[needs->options.loader_count++] = (enum hg_core_loader)i;
}

static void needs_deinit(struct needs *needs)
{
    for (size_t i = 0; i < needs->count; i++)
        free(needs->idle[i]);
    free(needs->idle);
}

/* --- the types that they need --- */

static enum hg_status trim(const struct options *options, const struct objects *objects,
                           struct hg_diagnostics *diagnostics, struct hg_model **model,
                           struct hg_selection **ret)
{
    struct hg_model *trimmed = NULL;
    struct needs needs;
    find_needs(options, objects, &needs);
    enum hg_status status = hg_core_trim(items_of(objects), objects->count, *model, &needs.options,
                                         diagnostics, &trimmed);
    needs_deinit(&needs);
    if (status != HG_OK)
        return status;
    hg_model_destroy(*model);
    *model = trimmed;
    hg_select_all(trimmed, ret);
    return HG_OK;
}

/* check looks up enumerators of these; they must be requested from a tree that is read by names. */
static const char *const asked_of_kernels[] = {"enum bpf_prog_type", "enum bpf_attach_type",
                                               "enum bpf_func_id", "enum bpf_map_type"};
enum { ASKED_OF_KERNELS = sizeof asked_of_kernels / sizeof *asked_of_kernels };

/* Whether only the types that are requested by name are read. */
static bool is_read_by_names(const struct source *source)
{
    return source->kind == SOURCE_KERNEL && source->headers.header_count == 0 &&
           !source->lists_sources;
}

static size_t add_names(const char **all, size_t count, const char *const *names, size_t more)
{
    for (size_t i = 0; i < more; i++)
        all[count + i] = names[i];
    return count + more;
}

/* The names of the command line, then those that the objects need; from malloc. */
static const char **join_names(const struct options *options, const struct hg_core_names *names,
                               size_t *count)
{
    const struct hg_select_options *select = &options->select;
    const char **all =
        hg_calloc(select->name_count + names->count + ASKED_OF_KERNELS + 1, sizeof *all);
    *count = add_names(all, 0, select->names, select->name_count);
    *count = add_names(all, *count, names->names, names->count);
    return all;
}

static const char *triple_of(const struct hg_kernel *kernel)
{
    static const char option[] = "--target=";
    for (size_t i = 0; i < kernel->flag_count; i++)
        if (strncmp(kernel->flags[i], option, sizeof option - 1) == 0)
            return kernel->flags[i] + sizeof option - 1;
    return NULL;
}

/* Reads only the architecture of a kernel tree, for objects that need no types. */
static enum hg_status read_nothing(const struct source *source, struct hg_diagnostics *diagnostics,
                                   struct hg_model **ret)
{
    struct hg_kernel *kernel = NULL;
    enum hg_status status = open_kernel(source, diagnostics, &kernel);
    if (status != HG_OK)
        return status;
    struct hg_model *model = hg_model_create();
    unsigned word = kernel->is_64bit ? 8 : 4;
    hg_model_set_target(model, &(struct hg_target){.triple = triple_of(kernel),
                                                   .big_endian = kernel->big_endian,
                                                   .pointer_size = word,
                                                   .long_size = word});
    hg_model_add_input(model, kernel->origin, kernel->config_hash);
    hg_kernel_destroy(kernel);
    status = hg_model_seal(model, diagnostics);
    if (status == HG_OK)
        *ret = model;
    else
        hg_model_destroy(model);
    return status;
}

enum hg_status read_source_for(const struct options *options, const struct source *source,
                               const struct objects *objects, struct hg_diagnostics *diagnostics,
                               struct hg_model **ret)
{
    struct hg_core_names *names = NULL;
    hg_core_wanted_names(items_of(objects), objects->count, &names);
    struct wanted_types wanted = {.are_optional = objects->count > 0};
    HG_CLEANUP(hg_free_pointer) const char **all = join_names(options, names, &wanted.count);
    wanted.names = all;
    if (options->command == COMMAND_CHECK && is_read_by_names(source))
        wanted.count = add_names(all, wanted.count, asked_of_kernels, ASKED_OF_KERNELS);
    bool is_nothing = objects->count > 0 && wanted.count == 0 && is_read_by_names(source);
    enum hg_status status = is_nothing ? read_nothing(source, diagnostics, ret)
                                       : read_source(source, &wanted, diagnostics, ret);
    hg_core_names_destroy(names);
    return status;
}

static enum hg_status select_names(const struct options *options, const struct hg_core_names *names,
                                   const struct hg_model *model, struct hg_diagnostics *diagnostics,
                                   struct hg_selection **ret)
{
    struct hg_select_options select = options->select;
    select.sz = sizeof select;
    if (select.name_count + names->count == 0) {
        hg_error(diagnostics, NULL,
                 "nothing to write: no CO-RE relocation of the objects matches a type that has a "
                 "name");
        return HG_ERROR_INPUT;
    }
    const char **all = join_names(options, names, &select.name_count);
    select.names = all;
    enum hg_status status = hg_select(model, &select, diagnostics, ret);
    free((void *)all);
    return status;
}

static enum hg_status select_found(const struct options *options, const struct objects *objects,
                                   const struct hg_model *model, struct hg_diagnostics *diagnostics,
                                   struct hg_selection **ret)
{
    struct hg_core_names *names = NULL;
    struct needs needs;
    find_needs(options, objects, &needs);
    enum hg_status status = hg_core_found_names(items_of(objects), objects->count, model,
                                                &needs.options, diagnostics, &names);
    needs_deinit(&needs);
    if (status == HG_OK)
        status = select_names(options, names, model, diagnostics, ret);
    hg_core_names_destroy(names);
    return status;
}

void doubt_absence(const struct source *source, struct hg_core_findings *report,
                   struct hg_diagnostics *diagnostics)
{
    if (source->kind != SOURCE_BTF && !source->lists_sources)
        hg_core_doubt(report, diagnostics);
}

static enum hg_status doubt_all(const struct options *options, const struct source *source,
                                const struct objects *objects, const struct hg_model *model,
                                struct hg_diagnostics *diagnostics)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < objects->count; i++) {
        struct hg_core_findings *report = NULL;
        status = hg_core_check(objects->items[i], model, first_loader(options), NULL, &report);
        if (status == HG_OK)
            doubt_absence(source, report, diagnostics);
        hg_core_findings_destroy(report);
    }
    return status;
}

enum hg_status select_for_objects(const struct options *options, const struct source *source,
                                  const struct objects *objects, struct hg_diagnostics *diagnostics,
                                  struct hg_model **model, struct hg_selection **ret)
{
    enum hg_status status = doubt_all(options, source, objects, *model, diagnostics);
    if (status == HG_OK)
        status = options->emitter->is_btf
                     ? trim(options, objects, diagnostics, model, ret)
                     : select_found(options, objects, *model, diagnostics, ret);
    if (status == HG_ERROR_INPUT) {
        struct hg_core_names *names = NULL;
        hg_core_wanted_names(items_of(objects), objects->count, &names);
        report_headers_of(source, *model, names->names, names->count, diagnostics);
        hg_core_names_destroy(names);
    }
    return status;
}
