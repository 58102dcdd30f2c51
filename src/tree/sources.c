/*
 * Reads a whole kernel from its source files, step by step:
 *
 *     sort the arguments of each file -> group files into classes -> make a prefix for each class
 *         -> check that it changes no file -> parse the files in child processes -> merge models
 */
#include "tree/kernel.h"
#include "tree/source_guard.h"

#include "base/diag.h"
#include "frontend/clang/parse.h"

#include <hdrgen/read.h>
#include <malloc.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { DEFAULT_CPU = 60, QUIET = 180 }; /* seconds */
#define DEFAULT_MEMORY ((size_t)2 << 30)

struct report {
    struct hg_sources_summary public; /* must be first: the caller's pointer leads here */
    struct hg_arena arena;
    struct hg_tree_summary *rest; /* as in struct sources */
};

struct hg_arena *hg_sources_summary_arena(struct hg_sources_summary *public)
{
    return &((struct report *)public)->arena;
}

static struct hg_source_fault copy_fault(struct hg_arena *arena, const struct source_unit *unit)
{
    struct hg_source_fault copy = unit->fault;
    copy.path = hg_arena_keep(arena, unit->file->path);
    copy.object = hg_arena_keep(arena, unit->file->object);
    copy.missing = hg_arena_keep(arena, copy.missing);
    copy.where.file = hg_arena_keep(arena, copy.where.file);
    copy.reason = hg_arena_keep(arena, copy.reason);
    return copy;
}

static struct hg_sources_summary *make_summary(struct sources *sources)
{
    struct report *report = hg_calloc(1, sizeof *report);
    hg_arena_init(&report->arena);
    struct hg_sources_summary *public = &report->public;
    public->file_count = sources->unit_count;
    struct hg_source_fault *unread =
        hg_arena_array(&report->arena, sources->unit_count + 1, sizeof *unread);
    struct hg_source_fault *partial =
        hg_arena_array(&report->arena, sources->unit_count + 1, sizeof *partial);
    struct hg_source_fault *retried =
        hg_arena_array(&report->arena, sources->unit_count + 1, sizeof *retried);
    for (size_t i = 0; i < sources->unit_count; i++) {
        const struct source_unit *unit = &sources->units[i];
        public->without_prefix_count += unit->state == SOURCE_READ && !unit->used_prefix;
        if (unit->state != SOURCE_READ)
            unread[public->unread_count++] = copy_fault(&report->arena, unit);
        else if (unit->is_partial)
            partial[public->partial_count++] = copy_fault(&report->arena, unit);
        else if (unit->fault.reason != NULL)
            retried[public->retried_count++] = copy_fault(&report->arena, unit);
    }
    public->unread = unread;
    public->partial = partial;
    public->retried = retried;
    for (size_t i = 0; i < sources->prefixes.count; i++)
    public->prefix_count += sources->prefixes.items[i]->path != NULL;
    public->lacks_room = sources->lacks_room;
    public->peak_memory = hg_pool_statistics(sources->pool)->peak_memory;
    return public;
}

void hg_sources_summary_destroy(struct hg_sources_summary *public)
{
    struct report *report = (struct report *)public;
    if (report == NULL)
        return;
    hg_tree_summary_destroy(report->rest);
    hg_arena_deinit(&report->arena);
    free(report);
}

double hg_sources_clock(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Processor time of all child processes that have ended. */
static double seconds_of_children(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Hands sources->rest over to the report. */
static void report_headers(struct sources *sources, struct hg_sources_summary *public)
{
    struct hg_tree_summary *rest = sources->rest;
    if (rest == NULL)
        return;
    ((struct report *)public)->rest = rest;
    sources->rest = NULL;
    public->unparsed_headers = rest->unparsed;
    public->unparsed_header_count = rest->unparsed_count;
    if (public->peak_memory < rest->peak_memory)
    public->peak_memory = rest->peak_memory;
}

/* Finds the target of the kernel's own flags, and whether gcc built the kernel. */
static enum hg_status find_target(struct sources *sources)
{
    const struct hg_kernel *kernel = sources->options->kernel;
    struct hg_header_options options = {
        .sz = sizeof(struct hg_header_options),
        .arguments = kernel->flags,
        .argument_count = kernel->flag_count,
    };
    struct hg_model *model = NULL;
    enum hg_status status = hg_read_headers(&options, sources->diagnostics, &model);
    if (status != HG_OK)
        return status;
    sources->built_by_gcc = hg_kernel_is_built_by_gcc(kernel);
    sources->target = *hg_model_target(model);
    sources->target.triple = hg_arena_keep(&sources->arena, sources->target.triple);
    hg_model_destroy(model);
    return HG_OK;
}

/* Reports the warnings of all files, in the order of the list.  If several files have a warning
 * with the same location and text (in a header that they include), it is reported once. */
static void report_warnings(struct sources *sources)
{
    struct hg_strings seen = {0};
    for (size_t i = 0; i < sources->unit_count; i++)
        for (size_t w = 0; w < sources->units[i].warnings.count; w++) {
            const struct hg_diagnostic *warning = &sources->units[i].warnings.items[w];
            struct hg_text key = {0};
            hg_text_printf(&key, "%s:%u:%u:%s",
                           warning->where.file == NULL ? "" : warning->where.file,
                           warning->where.line, warning->where.column, warning->text);
            uint32_t *times = hg_strings_number(&seen, key.data, key.size);
            if ((*times)++ == 0)
                hg_report(sources->diagnostics, warning);
            hg_text_deinit(&key);
        }
    hg_strings_deinit(&seen);
}

static enum hg_status read_all(struct sources *sources, struct hg_model **model,
                               struct hg_sources_summary **report)
{
    enum hg_status status = find_target(sources);
    if (status != HG_OK)
        return status;
    hg_sources_classify(sources);
    status = hg_sources_make_prefixes(sources);
    hg_sources_deinit_scans(sources); /* each child has a copy of this memory */
#ifdef __GLIBC__
    malloc_trim(0); /* glibc does not return all freed memory to the system by itself */
#endif
    if (status == HG_OK)
        status = hg_sources_read_units(sources);
    if (status != HG_OK)
        return status;
    struct hg_sources_summary *made = make_summary(sources);
    if (made->unread_count == made->file_count && !sources->options->may_read_none) {
        hg_error(sources->diagnostics, NULL, "none of %zu files can be parsed; the first: %s",
                 made->file_count, made->file_count == 0 ? "" : made->unread[0].reason);
        status = HG_ERROR_INPUT;
    }
    if (status == HG_OK)
        status = hg_sources_merge(sources, model, made);
    if (status == HG_OK) {
        report_warnings(sources);
        report_headers(sources, made);
        made->seconds = hg_sources_clock() - sources->begin;
        made->cpu = seconds_of_children() - sources->cpu_before + (double)clock() / CLOCKS_PER_SEC;
        *report = made;
    } else {
        hg_sources_summary_destroy(made);
    }
    return status;
}

static void free_arguments(struct source_arguments *arguments)
{
    free(arguments->language.items);
    free(arguments->directories.items);
    free(arguments->macros.items);
    free(arguments->includes.items);
}

enum hg_status hg_read_sources(const struct hg_sources_options *options,
                               struct hg_diagnostics *diagnostics, struct hg_model **model,
                               struct hg_sources_summary **report)
{
    if (hg_clang_load(diagnostics) != HG_OK)
        return HG_ERROR_IO;
    struct sources sources = {
        .options = options,
        .diagnostics = diagnostics,
        .begin = hg_sources_clock(),
        .cpu_before = seconds_of_children(),
    };
    hg_arena_init(&sources.arena);
    hg_arena_init(&sources.packed);
    sources.unit_count = options->list->count;
    sources.units = hg_calloc(sources.unit_count, sizeof *sources.units);
    for (size_t i = 0; i < sources.unit_count; i++)
        sources.units[i].file = &options->list->items[i];
    sources.pool = hg_pool_create(&(struct hg_pool_options){
        .jobs = options->jobs,
        .memory_limit = options->memory_limit == 0 ? DEFAULT_MEMORY : options->memory_limit,
        .cpu_limit = options->cpu_limit == 0 ? DEFAULT_CPU : options->cpu_limit,
        .quiet_limit = QUIET,
    });
    enum hg_status status = read_all(&sources, model, report);
    hg_pool_destroy(sources.pool);
    hg_tree_summary_destroy(sources.rest);
    for (size_t i = 0; i < sources.prefixes.count; i++) {
        struct source_prefix *prefix = sources.prefixes.items[i];
        hg_model_destroy(prefix->model);
        free(prefix->headers.items);
        free(prefix->paths.items);
        if (prefix->parent != NULL) {
            free(prefix->arguments.directories.items);
            free(prefix->arguments.macros.items);
        }
    }
    for (size_t i = 0; i < sources.unit_count; i++) {
        free_arguments(&sources.units[i].arguments);
        free(sources.units[i].warnings.items);
    }
    for (size_t i = 0; i < sources.classes.count; i++) {
        free(sources.classes.items[i].arguments.directories.items);
        free(sources.classes.items[i].arguments.macros.items);
    }
    free(sources.classes.items);
    free(sources.prefixes.items);
    free(sources.units);
    hg_arena_deinit(&sources.packed);
    hg_arena_deinit(&sources.arena);
    return status;
}
