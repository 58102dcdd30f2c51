/*
 * Every header of a kernel tree as a source.
 *
 *     hdrgen --kernel DIR -o kernel.btf
 *
 * Reads all headers (hdrgen/units.h), shows on a terminal how far it is when that takes longer than
 * a second, and says at the end what could not be read:
 *
 *     hdrgen: warning: 201 of 5473 headers cannot be parsed, neither among others nor alone (-v
 * names them)
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"

#include <hdrgen/units.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 40 };

struct progress {
    enum progress_wish wish;
    struct timespec start;
    bool is_shown;
    unsigned shown; /* of BAR */
};

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void show_progress(void *user, unsigned done, unsigned total)
{
    struct progress *progress = user;
    if (done >= total) {
        if (progress->is_shown)
            fputs("\r\033[K", stderr);
        progress->is_shown = false;
        return;
    }
    unsigned bar = (unsigned)((unsigned long)done * BAR / total);
    bool wanted = progress->wish == PROGRESS_ALWAYS || seconds_since(&progress->start) > 1;
    if (!wanted || (progress->is_shown && bar == progress->shown))
        return;
    fprintf(stderr, "\rreading headers [%.*s%*s] %3u %%", (int)bar,
            "########################################", (int)(BAR - bar), "", done * 100 / total);
    fflush(stderr);
    progress->is_shown = true;
    progress->shown = bar;
}

static void report_unparsed(const struct hg_units_report *report, bool verbose,
                            struct hg_diagnostics *diagnostics)
{
    if (report->unparsed_count == 0)
        return;
    hg_warning(diagnostics, NULL,
               "%zu of %zu headers cannot be parsed, neither among others nor alone%s",
               report->unparsed_count, report->header_count, verbose ? ":" : " (-v names them)");
    for (size_t i = 0; i < report->unparsed_count && verbose; i++) {
        const struct hg_unparsed_header *header = &report->unparsed[i];
        hg_note(diagnostics, &header->where, "%s: %s", header->header, header->reason);
    }
}

static void report_conflicts(const struct hg_units_report *report, bool verbose,
                             struct hg_diagnostics *diagnostics)
{
    if (report->conflict_count == 0)
        return;
    hg_warning(diagnostics, NULL,
               "%zu name%s defined differently by several headers: the first keeps the name%s",
               report->conflict_count, report->conflict_count == 1 ? " is" : "s are",
               verbose ? ":" : " (-v names them)");
    for (size_t i = 0; i < report->conflict_count && verbose; i++) {
        const struct hg_name_conflict *conflict = &report->conflicts[i];
        hg_note(diagnostics, &conflict->other, "%s '%s', which is first defined at %s:%u",
                hg_kind_name(conflict->kind), conflict->name,
                conflict->chosen.file == NULL ? "?" : conflict->chosen.file, conflict->chosen.line);
    }
}

/* The names of all headers, and of those that define tracepoints, from the tree's list. */
struct candidates {
    const char **headers;
    size_t header_count;
    const char **traces;
    size_t trace_count;
};

static void take_candidates(const struct hg_kernel_headers *list, struct candidates *ret)
{
    *ret = (struct candidates){
        .headers = hg_calloc(list->count, sizeof *ret->headers),
        .traces = hg_calloc(list->count, sizeof *ret->traces),
    };
    for (size_t i = 0; i < list->count; i++) {
        ret->headers[ret->header_count++] = list->items[i].name;
        if (list->items[i].is_trace)
            ret->traces[ret->trace_count++] = list->items[i].name;
    }
}

static enum hg_status read_units(const struct hg_kernel *kernel, const struct source *source,
                                 const struct hg_kernel_headers *list,
                                 struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    size_t flag_count = kernel->flag_count + source->headers.argument_count;
    HG_CLEANUP(hg_free_pointer) const char **flags = hg_calloc(flag_count, sizeof *flags);
    for (size_t i = 0; i < flag_count; i++)
        flags[i] = i < kernel->flag_count ? kernel->flags[i]
                                          : source->headers.arguments[i - kernel->flag_count];
    struct candidates candidates;
    take_candidates(list, &candidates);
    struct progress progress = {.wish = source->progress};
    clock_gettime(CLOCK_MONOTONIC, &progress.start);
    bool shows = source->progress == PROGRESS_ALWAYS ||
                 (source->progress == PROGRESS_AUTO && isatty(STDERR_FILENO));
    struct hg_units_options options = {
        .headers = candidates.headers,
        .header_count = candidates.header_count,
        .trace_headers = candidates.traces,
        .trace_header_count = candidates.trace_count,
        .arguments = flags,
        .argument_count = flag_count,
        .roots = (const char *const[]){kernel->source, kernel->object},
        .root_count = 2,
        .origin = kernel->origin,
        .origin_hash = kernel->config_hash,
        .jobs = source->jobs,
        .progress = shows ? show_progress : NULL,
        .progress_user = &progress,
    };
    struct hg_units_report *report = NULL;
    enum hg_status status = hg_read_units(&options, diagnostics, ret, &report);
    show_progress(&progress, 1, 1);
    if (status == HG_OK) {
        report_unparsed(report, source->headers.clang_warnings, diagnostics);
        report_conflicts(report, source->headers.clang_warnings, diagnostics);
    }
    hg_units_report_destroy(report);
    free(candidates.headers);
    free(candidates.traces);
    return status;
}

enum hg_status read_every_header(const struct hg_kernel *kernel, const struct source *source,
                                 struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    if (source->headers.macro_count > 0) {
        hg_error(diagnostics, NULL,
                 "--macros does not go with every header of a kernel, where one name is many "
                 "macros: say which header defines them (--header), or name types");
        return HG_ERROR_USAGE;
    }
    struct hg_kernel_headers *list = NULL;
    enum hg_status status = hg_kernel_list_headers(kernel, diagnostics, &list);
    if (status == HG_OK)
        status = read_units(kernel, source, list, diagnostics, ret);
    hg_kernel_headers_destroy(list);
    return status;
}
