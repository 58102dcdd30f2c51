/*
 * Reads the headers that no source file includes.
 *
 *     include/uapi/linux/vbox_err.h      user programs include it, no file of the kernel does
 *
 * headers.c reads them like all headers of a tree, except for those that source files opened.  If a
 * header and a source file define a name differently, the kernel has the source file's type: the
 * header's is left out.
 */
#include "model/exclude.h"
#include "tree/headers.h"
#include "tree/source_parts.h"

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
    static const struct hg_header_options none = {0};
    struct hg_tree_options tree = {
        .scope = HG_TREE_EVERY_HEADER,
        .headers = &none,
        .cache_directory = options->cache_directory,
        .jobs = options->jobs,
        .memory_limit = options->memory_limit,
        .progress = options->progress == NULL ? NULL : show_progress,
        .progress_user = sources,
    };
    struct hg_model *model = NULL;
    enum hg_status status = hg_read_other_headers(options->kernel, &tree, known,
                                                  sources->diagnostics, &model, &sources->rest);
    if (status == HG_OK)
        status = hg_exclude_others(model, known, sources->diagnostics, ret);
    hg_model_destroy(model);
    return status;
}
