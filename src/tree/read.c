/*
 * hg_read_tree_here: chooses the way of reading that the request needs, and sets up what all ways
 * share.
 *
 *     every header                 headers.c
 *     types by name                names.c, and private_names.c for types of source files
 *     headers that are named       names.c, or named_sources.c if one is a .c file
 */
#include "tree/read.h"

#include "base/diag.h"
#include "tree/headers.h"
#include "tree/kernel.h"
#include "tree/names.h"
#include "tree/pool.h"
#include "tree/private_names.h"

struct reading {
    const struct hg_kernel *kernel;
    const struct hg_tree_options *options;
    const struct hg_model *known; /* as in hg_every_header */
    struct hg_diagnostics *diagnostics;
    struct hg_arena arena;
    struct hg_prefix prefix;
    struct hg_job_setup setup;
    struct hg_job_pool *pool;
};

/* Reads the names from headers and, if the tree has source files, the other names from these.  If
 * names are optional and macros are requested, which only headers have, no source file is read. */
static enum hg_status read_names(struct reading *reading, const struct hg_catalogue *catalogue,
                                 struct hg_model **ret, struct hg_tree_summary **report)
{
    const struct hg_tree_options *options = reading->options;
    struct hg_unmet_names unmet = {0};
    struct hg_model *model = NULL;
    bool is_headers_alone = (options->are_optional && options->headers->macro_count > 0) ||
                            !hg_has_sources(reading->kernel);
    enum hg_status status =
        hg_read_names(options, catalogue, &reading->pool->parser, &reading->arena,
                      reading->diagnostics, is_headers_alone ? NULL : &unmet, &model);
    if (status == HG_OK && unmet.count > 0)
        status = hg_read_private_names(
            &(struct hg_private_request){
                .kernel = reading->kernel,
                .options = options,
                .catalogue = catalogue,
                .names = &unmet,
                .arena = &reading->arena,
            },
            reading->diagnostics, &model, report);
    if (status == HG_OK)
        *ret = model;
    free(unmet.items);
    return status;
}

static enum hg_status read_every_header(struct reading *reading,
                                        const struct hg_catalogue *catalogue, struct hg_model **ret,
                                        struct hg_tree_summary **report)
{
    const struct hg_tree_options *options = reading->options;
    const char *directory = hg_pool_directory(reading->pool->processes);
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/prefix", directory == NULL ? "" : directory);
    if (directory != NULL)
        reading->prefix.path = path.data;
    reading->setup.prefix = &reading->prefix;
    struct hg_every_header every = {
        .catalogue = catalogue,
        .setup = &reading->setup,
        .prefix = &reading->prefix,
        .parser = &reading->pool->parser,
        .arena = &reading->arena,
        .known = reading->known,
        .progress = options->progress,
        .progress_user = options->progress_user,
        .explain = options->explain,
    };
    struct hg_tree_summary *made = NULL;
    enum hg_status status = hg_read_every_header(&every, reading->diagnostics, ret, &made);
    hg_text_deinit(&path);
    if (status != HG_OK)
        return status;
    const struct hg_pool_statistics *statistics = hg_pool_statistics(reading->pool->processes);
    made->worker_count = statistics->started;
    made->peak_memory = statistics->peak_memory;
    if (report != NULL)
        *report = made;
    else
        hg_tree_summary_destroy(made);
    return HG_OK;
}

static enum hg_status read_catalogued(struct reading *reading, struct hg_model **ret,
                                      struct hg_tree_summary **report)
{
    struct hg_kernel_headers *headers = NULL;
    enum hg_status status = hg_kernel_list_headers(reading->kernel, reading->diagnostics, &headers);
    if (status != HG_OK)
        return status;
    struct hg_catalogue catalogue;
    hg_catalogue_open(reading->kernel, headers, "headers", reading->options->cache_directory,
                      &catalogue);
    const struct hg_tree_options *options = reading->options;
    bool is_whole = options->scope == HG_TREE_EVERY_HEADER;
    if (!is_whole && options->headers->macro_count == 0 &&
        hg_are_many(&catalogue, options->names, options->name_count)) {
        is_whole = true;
        hg_note(reading->diagnostics, NULL,
                "the patterns fit types of so many headers that every header is read");
    }
    status = is_whole ? read_every_header(reading, &catalogue, ret, report)
                      : read_names(reading, &catalogue, ret, report);
    hg_catalogue_deinit(&catalogue);
    hg_kernel_headers_destroy(headers);
    return status;
}

enum hg_status hg_read_other_headers(const struct hg_kernel *kernel,
                                     const struct hg_tree_options *options,
                                     const struct hg_model *known,
                                     struct hg_diagnostics *diagnostics, struct hg_model **ret,
                                     struct hg_tree_summary **report)
{
    const char *const roots[] = {kernel->source, kernel->object};
    struct hg_pool_options limits = {
        .jobs = options->jobs,
        .memory_limit = options->memory_limit,
        .cpu_limit = options->cpu_limit,
    };
    struct reading reading = {
        .kernel = kernel,
        .options = options,
        .known = known,
        .diagnostics = diagnostics,
        .setup =
            {
                .user = *options->headers,
                .flags = kernel->flags,
                .flag_count = kernel->flag_count,
                .roots = roots,
                .root_count = 2,
                .origin = kernel->origin,
                .origin_hash = kernel->config_hash,
            },
    };
    if (options->scope == HG_TREE_EVERY_HEADER && options->headers->macro_count > 0) {
        hg_error(diagnostics, NULL,
                 "--macros does not go with every header of a kernel, where one name is many "
                 "macros: say which header defines them (--header), or name types");
        return HG_ERROR_USAGE;
    }
    enum hg_status status = hg_kernel_check_arguments(
        kernel, options->headers->arguments, options->headers->argument_count, diagnostics);
    if (status == HG_OK)
        status = hg_clang_load(diagnostics);
    if (status != HG_OK)
        return status;
    hg_arena_init(&reading.arena);
    reading.pool = hg_job_pool_create(&limits, &reading.setup, &reading.arena);
    status = options->scope == HG_TREE_EVERY_HEADER || options->headers->header_count == 0
                 ? read_catalogued(&reading, ret, report)
             : hg_names_sources(kernel, options)
                 ? hg_read_named_sources(kernel, options, &reading.arena, diagnostics, ret)
                 : hg_read_named_headers(options, &reading.pool->parser, diagnostics, ret);
    hg_job_pool_destroy(reading.pool);
    hg_arena_deinit(&reading.arena);
    return status;
}

enum hg_status hg_read_tree_here(const struct hg_kernel *kernel,
                                 const struct hg_tree_options *options,
                                 struct hg_diagnostics *diagnostics, struct hg_model **ret,
                                 struct hg_tree_summary **report)
{
    return hg_read_other_headers(kernel, options, NULL, diagnostics, ret, report);
}
