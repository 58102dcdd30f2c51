/*
 * The headers that no source file includes.
 *
 *     include/uapi/linux/vbox_err.h      programs of the user's include it, the kernel's do not
 *
 * They are read as headers are (headers.c), with what the sources define as known.  Where a header
 * defines a name in another way than a source file does, the kernel has the source file's type, and
 * the header's is left out.
 */
#include "model/exclude.h"
#include "tree/headers.h"
#include "tree/source_parts.h"

#include <string.h>

static const char *keep(struct hg_arena *arena, const char *string)
{
    return string == NULL ? NULL : hg_arena_string(arena, string, strlen(string));
}

static void take_report(struct sources *sources, const struct hg_tree_report *tree)
{
    struct hg_unparsed_header *headers =
        hg_arena_array(&sources->arena, tree->unparsed_count + 1, sizeof *headers);
    for (size_t i = 0; i < tree->unparsed_count; i++) {
        headers[i] = tree->unparsed[i];
        headers[i].header = keep(&sources->arena, headers[i].header);
        headers[i].where.file = keep(&sources->arena, headers[i].where.file);
        headers[i].reason = keep(&sources->arena, headers[i].reason);
    }
    sources->unparsed_headers = headers;
    sources->unparsed_header_count = tree->unparsed_count;
    sources->headers_memory = tree->peak_memory;
}

static void show_progress(void *user, unsigned done, unsigned total)
{
    const struct hg_sources_options *options = ((const struct sources *)user)->options;
    options->progress(options->progress_user,
                      &(struct hg_sources_progress){
                          .is_of_headers = true, .done = done, .total = total, .seconds_left = -1});
}

enum hg_status hg_sources_read_rest(struct sources *sources, const struct hg_model *known,
                                    struct hg_model **ret)
{
    const struct hg_sources_options *options = sources->options;
    struct hg_tree_options tree = {
        .scope = HG_TREE_EVERY_HEADER,
        .cache_directory = options->cache_directory,
        .jobs = options->jobs,
        .memory_limit = options->memory_limit,
        .progress = options->progress == NULL ? NULL : show_progress,
        .progress_user = sources,
    };
    struct hg_tree_report *report = NULL;
    struct hg_model *model = NULL;
    enum hg_status status =
        hg_read_other_headers(options->kernel, &tree, known, sources->diagnostics, &model, &report);
    if (status == HG_OK) {
        take_report(sources, report);
        status = hg_exclude_others(model, known, sources->diagnostics, ret);
    }
    hg_model_destroy(model);
    hg_tree_report_destroy(report);
    return status;
}
