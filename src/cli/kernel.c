/*
 * Kernel trees as a source, and what clang is called with for them.
 *
 *     hdrgen --kernel DIR task_struct                           the headers are found
 *     hdrgen --kernel DIR --header linux/sched.h task_struct    or said
 *     hdrgen --kernel DIR                                       every header; what the user sees
 * meanwhile is in units.c hdrgen flags --kernel DIR
 *
 * What the user put after `--` comes after the flags of the tree, so that it wins.
 */
#include "cli.h"

#include "base/diag.h"

#include <stdlib.h>

/* Where the catalogues of trees are kept: $XDG_CACHE_HOME/hdrgen, ~/.cache/hdrgen, or nowhere. */
static const char *cache_directory(struct hg_text *text)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (cache != NULL && cache[0] == '/')
        hg_text_printf(text, "%s/hdrgen", cache);
    else if (home != NULL && home[0] == '/')
        hg_text_printf(text, "%s/.cache/hdrgen", home);
    return text->data;
}

static enum hg_status read_tree(const struct hg_kernel *kernel, const struct source *source,
                                const struct wanted_types *wanted,
                                struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_text cache = {0};
    struct progress progress;
    bool shows = progress_begin(&progress, source->progress);
    struct hg_tree_options options = {
        .scope = wanted->count == 0 && source->headers.header_count == 0 ? HG_TREE_EVERY_HEADER
                                                                         : HG_TREE_NAMES,
        .names = wanted->names,
        .name_count = wanted->count,
        .are_optional = wanted->are_optional,
        .headers = source->headers,
        .cache_directory = cache_directory(&cache),
        .jobs = source->jobs,
        .progress = shows ? show_progress : NULL,
        .progress_user = &progress,
        .explain = source->explain,
    };
    struct hg_tree_report *report = NULL;
    enum hg_status status = hg_read_tree(kernel, &options, diagnostics, ret, &report);
    show_progress(&progress, 1, 1);
    if (status == HG_OK && report != NULL)
        report_tree(report, source->headers.clang_warnings, diagnostics);
    hg_tree_report_destroy(report);
    hg_text_deinit(&cache);
    return status;
}

enum hg_status read_kernel(const struct source *source, const struct wanted_types *wanted,
                           struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_kernel *kernel = NULL;
    enum hg_status status = hg_kernel_open(&source->kernel, diagnostics, &kernel);
    if (status == HG_OK)
        status = read_tree(kernel, source, wanted, diagnostics, ret);
    hg_kernel_destroy(kernel);
    return status;
}

enum hg_status visit_kernel_names(const struct source *source, struct hg_diagnostics *diagnostics,
                                  hg_kernel_name_fn *visit, void *user)
{
    struct hg_kernel *kernel = NULL;
    enum hg_status status = hg_kernel_open(&source->kernel, diagnostics, &kernel);
    if (status != HG_OK)
        return status;
    struct hg_text cache = {0};
    status = hg_kernel_list_names(kernel, cache_directory(&cache), diagnostics, visit, user);
    hg_text_deinit(&cache);
    hg_kernel_destroy(kernel);
    return status;
}

int run_flags(const struct options *options, struct hg_diagnostics *diagnostics)
{
    const struct source *source = &options->sources[0];
    struct hg_kernel *kernel = NULL;
    if (hg_kernel_open(&source->kernel, diagnostics, &kernel) != HG_OK)
        return 2;
    struct hg_text text = {0};
    for (size_t i = 0; i < kernel->flag_count; i++)
        hg_text_printf(&text, "%s\n", kernel->flags[i]);
    for (size_t i = 0; i < source->headers.argument_count; i++)
        hg_text_printf(&text, "%s\n", source->headers.arguments[i]);
    struct hg_output output = {0};
    hg_text_finish(&text, &output);
    enum hg_status status = write_output(options, &output, diagnostics);
    hg_output_deinit(&output);
    hg_kernel_destroy(kernel);
    return status == HG_OK ? 0 : 2;
}
