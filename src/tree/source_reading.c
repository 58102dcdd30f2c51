/*
 * Reading a few translation units of a kernel, for names that no header defines: see
 * private_names.h.
 *
 * The arguments that the user gives after `--` come after each unit's own, and so override them.
 */
#include "tree/private_names.h"

#include "base/diag.h"

#include <string.h>

static struct hg_source_file with_arguments(const struct hg_source_file *file,
                                            const struct hg_header_options *user,
                                            struct hg_arena *arena)
{
    struct hg_source_file copy = *file;
    size_t count = file->argument_count + user->argument_count;
    const char **arguments = hg_arena_array(arena, count + 1, sizeof *arguments);
    for (size_t i = 0; i < count; i++)
        arguments[i] = i < file->argument_count ? file->arguments[i]
                                                : user->arguments[i - file->argument_count];
    copy.arguments = arguments;
    copy.argument_count = count;
    return copy;
}

enum hg_status hg_read_units(const struct hg_unit_choice *choice, struct hg_arena *arena,
                             struct hg_diagnostics *diagnostics, struct hg_model **model,
                             struct hg_sources_summary **report)
{
    const struct hg_tree_options *options = choice->options;
    struct hg_source_list list = *choice->list;
    struct hg_source_file *files = hg_arena_array(arena, list.count + 1, sizeof *files);
    list.items = files;
    list.count = 0;
    for (size_t i = 0; i < choice->list->count; i++)
        if (choice->is_chosen[i])
            files[list.count++] = with_arguments(&choice->list->items[i], options->headers, arena);
    struct hg_sources_options sources = {
        .kernel = choice->kernel,
        .list = &list,
        .jobs = options->jobs,
        .memory_limit = options->memory_limit,
        .cpu_limit = options->cpu_limit,
        .skips_bodies = choice->skips_bodies,
        .no_headers = true,
        .may_read_none = true,
    };
    return hg_read_sources(&sources, diagnostics, model, report);
}

void hg_note_make(const struct hg_kernel *kernel, const char *objects,
                  struct hg_diagnostics *diagnostics)
{
    hg_note(diagnostics, NULL,
            "in a tree that may be written to, this command makes what is not there (-k: it goes "
            "on after errors, and may end with one): make -C %s -k%s",
            kernel->object, objects);
}

bool hg_is_definition(const struct hg_type *type, const char *name, unsigned kinds)
{
    unsigned kind = hg_found_kind(type);
    if (kind != 0 && type->name != NULL)
        return (kinds & kind) != 0 && strcmp(type->name, name) == 0;
    if (kind != 1u << HG_FOUND_ENUM || (kinds & 1u << HG_FOUND_ENUMERATOR) == 0)
        return false;
    for (size_t i = 0; i < type->enumerator_count; i++)
        if (strcmp(type->enumerators[i].name, name) == 0)
            return true;
    return false;
}

bool hg_defines(const struct hg_model *model, const char *name, unsigned kinds)
{
    size_t count = hg_model_type_count(model);
    for (size_t id = 1; id < count; id++)
        if (hg_is_definition(hg_model_type(model, (hg_type_id)id), name, kinds))
            return true;
    return false;
}
