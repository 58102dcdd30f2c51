/*
 * Kernel trees as a source: the flags that were derived, and behind them, so that they win, those
 * that the user put after `--`.
 *
 *     hdrgen --kernel DIR --header linux/sched.h task_struct -- -DMORE
 *     hdrgen flags --kernel DIR
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"

struct flags {
    const char **items;
    size_t count, capacity;
};

static void join_flags(const struct hg_kernel *kernel, const struct hg_header_options *headers,
                       struct flags *flags)
{
    for (size_t i = 0; i < kernel->flag_count; i++)
        *HG_PUSH(flags) = kernel->flags[i];
    for (size_t i = 0; i < headers->argument_count; i++)
        *HG_PUSH(flags) = headers->arguments[i];
}

enum hg_status read_kernel(const struct source *source, struct hg_diagnostics *diagnostics,
                           struct hg_model **ret)
{
    struct hg_kernel *kernel = NULL;
    enum hg_status status = hg_kernel_open(&source->kernel, diagnostics, &kernel);
    if (status != HG_OK)
        return status;
    struct flags flags = {0};
    join_flags(kernel, &source->headers, &flags);
    struct hg_header_options headers = source->headers;
    headers.arguments = flags.items;
    headers.argument_count = flags.count;
    headers.origin = kernel->origin;
    headers.origin_hash = kernel->config_hash;
    headers.roots = (const char *const[]){kernel->source, kernel->object};
    headers.root_count = 2;
    status = hg_read_headers(&headers, diagnostics, ret);
    free(flags.items);
    hg_kernel_destroy(kernel);
    return status;
}

int run_flags(const struct options *options, struct hg_diagnostics *diagnostics)
{
    const struct source *source = &options->sources[0];
    struct hg_kernel *kernel = NULL;
    if (hg_kernel_open(&source->kernel, diagnostics, &kernel) != HG_OK)
        return 2;
    struct flags flags = {0};
    join_flags(kernel, &source->headers, &flags);
    struct hg_text text = {0};
    for (size_t i = 0; i < flags.count; i++)
        hg_text_printf(&text, "%s\n", flags.items[i]);
    struct hg_output output = {0};
    hg_text_finish(&text, &output);
    enum hg_status status = write_output(options, &output, diagnostics);
    hg_output_deinit(&output);
    free(flags.items);
    hg_kernel_destroy(kernel);
    return status == HG_OK ? 0 : 2;
}
