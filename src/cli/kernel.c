/*
 * Kernel trees as a source, and what clang is called with for them.
 *
 *     hdrgen --kernel DIR task_struct                           the headers are found
 *     hdrgen --kernel DIR --header linux/sched.h task_struct    or said
 *     hdrgen --kernel DIR                                       every header (units.c)
 *
 * What the user put after `--` comes behind the flags of the tree, so that it wins.
 */
#include "cli.h"

#include "base/diag.h"

#include <stdlib.h>

/* Where the indexes of trees are kept: $XDG_CACHE_HOME/hdrgen, ~/.cache/hdrgen, or nowhere. */
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

enum hg_status read_kernel(const struct source *source, const struct wanted_types *wanted,
                           struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_kernel *kernel = NULL;
    enum hg_status status = hg_kernel_open(&source->kernel, diagnostics, &kernel);
    if (status != HG_OK)
        return status;
    if (wanted->count == 0 && source->headers.header_count == 0) {
        status = read_every_header(kernel, source, diagnostics, ret);
        hg_kernel_destroy(kernel);
        return status;
    }
    struct hg_text cache = {0};
    struct hg_kernel_read_options options = {
        .names = wanted->names,
        .name_count = wanted->count,
        .are_optional = wanted->are_optional,
        .headers = source->headers,
        .cache_directory = cache_directory(&cache),
    };
    status = hg_read_kernel(kernel, &options, diagnostics, ret);
    hg_text_deinit(&cache);
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
