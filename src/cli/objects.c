/*
 * BPF objects, and what they need of the types: the roots of --for.
 *
 *     rust, c, json    the types that the relocations come to, whole, as if they had been named
 *     btf              no more than the relocations need
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"

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

static enum hg_status trim(const struct options *options, const struct objects *objects,
                           struct hg_diagnostics *diagnostics, struct hg_model **model,
                           struct hg_selection **ret)
{
    struct hg_model *trimmed = NULL;
    enum hg_core_loader loaders[HG_CORE_LOADERS];
    size_t count = 0;
    for (unsigned i = 0; i < HG_CORE_LOADERS; i++)
        if ((options->loaders >> i & 1) != 0)
            loaders[count++] = (enum hg_core_loader)i;
    enum hg_status status = hg_core_trim_for(items_of(objects), objects->count, *model, loaders,
                                             count, diagnostics, &trimmed);
    if (status != HG_OK)
        return status;
    hg_model_destroy(*model);
    *model = trimmed;
    hg_select_all(trimmed, ret);
    return HG_OK;
}

/* The names of the command line, then those that the objects need; from malloc. */
static const char **join_names(const struct options *options, const struct hg_core_names *names)
{
    const struct hg_select_options *select = &options->select;
    const char **all = hg_calloc(select->name_count + names->count + 1, sizeof *all);
    for (size_t i = 0; i < select->name_count; i++)
        all[i] = select->names[i];
    for (size_t i = 0; i < names->count; i++)
        all[select->name_count + i] = names->names[i];
    return all;
}

enum hg_status read_source_for(const struct options *options, size_t source,
                               const struct objects *objects, struct hg_diagnostics *diagnostics,
                               struct hg_model **ret)
{
    struct hg_core_names *names = NULL;
    hg_core_wanted_names(items_of(objects), objects->count, &names);
    HG_CLEANUP(hg_free_pointer) const char **all = join_names(options, names);
    struct wanted_types wanted = {
        .names = all,
        .count = options->select.name_count + names->count,
        .are_optional = objects->count > 0,
    };
    enum hg_status status = read_source(&options->sources[source], &wanted, diagnostics, ret);
    hg_core_names_destroy(names);
    return status;
}

enum hg_status read_for_objects(const struct source *source, const struct objects *objects,
                                struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_core_names *names = NULL;
    hg_core_wanted_names(items_of(objects), objects->count, &names);
    struct wanted_types wanted = {
        .names = names->names, .count = names->count, .are_optional = true};
    enum hg_status status = read_source(source, &wanted, diagnostics, ret);
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
                 "nothing to write: no CO-RE relocation of the objects comes to a type that has a "
                 "name");
        return HG_ERROR_INPUT;
    }
    const char **all = join_names(options, names);
    select.names = all;
    select.name_count += names->count;
    enum hg_status status = hg_select(model, &select, diagnostics, ret);
    free((void *)all);
    return status;
}

void doubt_absence(const struct source *source, struct hg_core_report *report,
                   struct hg_diagnostics *diagnostics)
{
    if (source->kind != SOURCE_BTF && !source->lists_sources)
        hg_core_doubt(report, diagnostics);
}

static enum hg_status doubt_all(const struct options *options, const struct objects *objects,
                                const struct hg_model *model, struct hg_diagnostics *diagnostics)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < objects->count; i++) {
        struct hg_core_report *report = NULL;
        status = hg_core_check(objects->items[i], model, first_loader(options), NULL, &report);
        if (status == HG_OK)
            doubt_absence(&options->sources[0], report, diagnostics);
        hg_core_report_destroy(report);
    }
    return status;
}

enum hg_status select_for_objects(const struct options *options, const struct objects *objects,
                                  struct hg_diagnostics *diagnostics, struct hg_model **model,
                                  struct hg_selection **ret)
{
    /* Of a fleet each kernel has a source of its own, which is BTF. */
    enum hg_status status = HG_OK;
    if (options->fleets.count == 0 && options->source_count == 1)
        status = doubt_all(options, objects, *model, diagnostics);
    if (status != HG_OK)
        return status;
    if (options->emitter->is_btf)
        return trim(options, objects, diagnostics, model, ret);
    struct hg_core_names *names = NULL;
    status = hg_core_found_names(items_of(objects), objects->count, *model, diagnostics, &names);
    if (status == HG_OK)
        status = select_names(options, names, *model, diagnostics, ret);
    hg_core_names_destroy(names);
    return status;
}
