/*
 * Reads every source file of a kernel: --sources.
 *
 *     hdrgen --kernel DIR --sources -o kernel.btf
 *
 * Reads all files that are linked into the kernel (tree/sources.h), shows its progress, and reports
 * at the end what was left out:
 *
 *     hdrgen: warning: 50 of 2305 files include generated files that are not there ...
 *     hdrgen: note: `make -C DIR -k security/selinux/avc.o ...` makes them
 *     hdrgen: note: 2255 of 2305 source files in 64 s: 41234 types
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"
#include "tree/groups.h"
#include "tree/sources.h"

#include <string.h>
#include <unistd.h>

enum { MOST_SHOWN = 20 };

/* --- progress --- */

struct source_progress {
    enum when when;
    bool is_logged; /* in the ticker's lines */
    bool is_shown;
};

static void show_files(void *user, const struct hg_sources_progress *files)
{
    struct source_progress *progress = user;
    if (progress->is_logged) {
        ticker_note(files->is_of_headers ? "reading headers that no source file includes"
                                         : "reading source files",
                    (unsigned)files->done, (unsigned)files->total);
        return;
    }
    if (files->is_of_headers) {
        if (progress->is_shown)
            fprintf(stderr, "\r\033[Kreading headers that no source file includes: %zu %%",
                    files->done * 100 / files->total);
        fflush(stderr);
        return;
    }
    if (progress->when != WHEN_ALWAYS && files->seconds < 1)
        return;
    double speed = files->seconds > 0 ? (double)files->done / files->seconds : 0;
    ticker_hold(true);
    fprintf(stderr, "\r\033[Kreading sources: %zu of %zu files, %.0f a second", files->done,
            files->total, speed);
    if (files->seconds_left >= 0)
        fprintf(stderr, ", %.0f s left", files->seconds_left);
    fflush(stderr);
    progress->is_shown = true;
}

static void end_progress(const struct source_progress *progress)
{
    if (progress->is_shown)
        fputs("\r\033[K", stderr);
    ticker_note(NULL, 0, 0);
    ticker_hold(false);
}

/* --- the list --- */

static bool is_read(const struct source *source, const struct hg_generated_source *generated)
{
    return generated->module == NULL || source->reads_modules;
}

/* The files of the kernel itself, and with --modules those of its modules; the user's arguments
 * follow the files' own.  All in the arena. */
static struct hg_source_list choose_files(const struct hg_source_list *all,
                                          const struct source *source, struct hg_arena *arena)
{
    const struct hg_header_options *headers = &source->headers;
    struct hg_source_list list = *all;
    struct hg_source_file *files = hg_arena_array(arena, all->count + 1, sizeof *files);
    list.items = files;
    list.count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].module != NULL && !source->reads_modules)
            continue;
        struct hg_source_file *file = &files[list.count++];
        *file = all->items[i];
        if (headers->argument_count == 0)
            continue;
        size_t count = file->argument_count + headers->argument_count;
        const char **arguments = hg_arena_array(arena, count, sizeof *arguments);
        for (size_t a = 0; a < count; a++)
            arguments[a] = a < file->argument_count ? file->arguments[a]
                                                    : headers->arguments[a - file->argument_count];
        file->arguments = arguments;
        file->argument_count = count;
    }
    return list;
}

/* --- reports --- */

/* Notes a command that makes all missing files. */
static void note_command(const struct hg_kernel *kernel, const struct source *source,
                         const struct hg_source_list *list, const struct hg_sources_summary *report,
                         struct hg_diagnostics *diagnostics)
{
    struct hg_text text = {0};
    for (size_t i = 0; i < report->partial_count; i++)
        hg_text_printf(&text, " %s", report->partial[i].object);
    for (size_t i = 0; i < report->unread_count; i++)
        if (report->unread[i].missing != NULL)
            hg_text_printf(&text, " %s", report->unread[i].object);
    for (size_t i = 0; i < list->generated_count; i++)
        if (is_read(source, &list->generated[i]))
            hg_text_printf(&text, " %s", list->generated[i].object);
    if (text.size > 0)
        hg_note(diagnostics, NULL,
                "in a tree that may be written to, this command makes what is not there (-k: it "
                "goes on after errors, and may end with one): make -C %s -k%s",
                kernel->object, hg_text_string(&text));
    hg_text_deinit(&text);
}

static void note_faults(const struct hg_source_fault *faults, size_t count,
                        struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < count; i++)
        hg_note(diagnostics, &faults[i].where, "%s: %s", faults[i].object, faults[i].reason);
}

static void report_partial(const struct hg_source_list *list,
                           const struct hg_sources_summary *report, bool verbose,
                           struct hg_diagnostics *diagnostics)
{
    size_t count = report->partial_count;
    if (count == 0)
        return;
    hg_warning(diagnostics, NULL,
               "%zu of %zu source file%s include%s a file that only a build generates and that is "
               "not there: what may depend on it is left out%s",
               count, list->count, hg_plural(list->count), count == 1 ? "s" : "",
               verbose ? ":" : " (-v names them)");
    note_faults(report->partial, verbose ? count : 0, diagnostics);
}

static void report_generated(const struct source *source, const struct hg_source_list *list,
                             struct hg_diagnostics *diagnostics)
{
    bool verbose = source->headers.clang_warnings;
    size_t count = 0;
    for (size_t i = 0; i < list->generated_count; i++)
        count += is_read(source, &list->generated[i]);
    if (count == 0)
        return;
    hg_warning(diagnostics, NULL, "%zu source file%s left out, because only a build generates %s%s",
               count, count == 1 ? " is" : "s are", count == 1 ? "it" : "them",
               verbose ? ":" : " (-v names them)");
    for (size_t i = 0; i < list->generated_count && verbose; i++)
        if (is_read(source, &list->generated[i]))
            hg_note(diagnostics, NULL, "%s, for %s", list->generated[i].path,
                    list->generated[i].object);
}

static void report_unparsed(const struct hg_source_list *list,
                            const struct hg_sources_summary *report, bool verbose,
                            struct hg_diagnostics *diagnostics)
{
    size_t count = report->unread_count;
    size_t shown = verbose || count < MOST_SHOWN ? count : MOST_SHOWN;
    if (count == 0)
        return;
    hg_warning(diagnostics, NULL,
               "%zu of %zu source file%s cannot be parsed: nothing of %s is written", count,
               list->count, hg_plural(list->count), count == 1 ? "it" : "them");
    note_faults(report->unread, shown, diagnostics);
    if (shown < count)
        hg_note(diagnostics, NULL, "%zu more (-v names them)", count - shown);
}

/* No source file includes these headers, so the kernel's types are complete without them. */
static void report_headers(const struct hg_sources_summary *report, bool verbose,
                           struct hg_diagnostics *diagnostics)
{
    size_t count = report->unparsed_header_count;
    if (count == 0)
        return;
    hg_note(diagnostics, NULL, "%zu header%s that no source file includes cannot be parsed%s",
            count, hg_plural(count), verbose ? ":" : " (-v names them)");
    for (size_t i = 0; i < count && verbose; i++)
        hg_note(diagnostics, &report->unparsed_headers[i].where, "%s: %s",
                report->unparsed_headers[i].header, report->unparsed_headers[i].reason);
}

static void report_more(const struct hg_sources_summary *report, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < report->retried_count; i++)
        hg_note(diagnostics, &report->retried[i].where,
                "%s was parsed again without a precompiled prefix: %s", report->retried[i].object,
                report->retried[i].reason);
    if (report->conflict_count > 0)
        hg_note(diagnostics, NULL, "%zu name%s several definitions: each is kept",
                report->conflict_count, report->conflict_count == 1 ? " has" : "s have");
    hg_note(
        diagnostics, NULL,
        "%zu precompiled prefix%s, %zu file%s without one; the largest process that parsed took "
        "%zu MB",
        report->prefix_count, report->prefix_count == 1 ? "" : "es", report->without_prefix_count,
        hg_plural(report->without_prefix_count), report->peak_memory >> 20);
}

/* Reports flags and files that depend on commands, which hdrgen does not run. */
static void report_unknown(const struct hg_source_list *list, bool verbose,
                           struct hg_diagnostics *diagnostics)
{
    if (list->unknown_count == 0)
        return;
    hg_warning(
        diagnostics, NULL,
        "%zu place%s in the makefiles depend%s on what a command prints, or give%s options to "
        "single targets: what they add is left out, as at %s%s",
        list->unknown_count, hg_plural(list->unknown_count), list->unknown_count == 1 ? "s" : "",
        list->unknown_count == 1 ? "s" : "", list->unknown[0],
        list->unknown_count > 1 && !verbose ? " (-v names all)" : "");
    for (size_t i = 1; i < list->unknown_count && verbose; i++)
        hg_note(diagnostics, NULL, "%s", list->unknown[i]);
}

static void report_all(const struct hg_kernel *kernel, const struct source *source,
                       const struct hg_source_list *list, const struct hg_sources_summary *report,
                       const struct hg_model *model, struct hg_diagnostics *diagnostics)
{
    bool verbose = source->headers.clang_warnings;
    report_unknown(list, verbose, diagnostics);
    report_partial(list, report, verbose, diagnostics);
    report_generated(source, list, diagnostics);
    note_command(kernel, source, list, report, diagnostics);
    report_unparsed(list, report, verbose, diagnostics);
    report_headers(report, verbose, diagnostics);
    if (report->lacks_room)
        hg_note(diagnostics, NULL,
                "what most files include was parsed for each of them, which takes five times as "
                "long: there is no room for temporary files of 60 MB (TMPDIR names another "
                "directory than /tmp)");
    if (verbose)
        report_more(report, diagnostics);
    hg_note(
        diagnostics, NULL, "%zu of %zu source file%s in %.0f s (%.0f s of processors): %zu type%s",
        list->count - report->unread_count, list->count, hg_plural(list->count), report->seconds,
        report->cpu, hg_model_type_count(model), hg_plural(hg_model_type_count(model)));
}

/* --- reading --- */

static enum hg_status check_request(const struct source *source, struct hg_diagnostics *diagnostics)
{
    const char *other = source->headers.macro_count > 0    ? "--macros"
                        : source->headers.header_count > 0 ? "--header"
                        : source->headers.keep_going       ? "--keep-going"
                                                           : NULL;
    if (other == NULL)
        return HG_OK;
    hg_error(diagnostics, NULL, "%s does not go with --sources", other);
    return HG_ERROR_USAGE;
}

static enum hg_status read_list(const struct hg_kernel *kernel, const struct source *source,
                                const struct hg_source_list *list,
                                struct hg_diagnostics *diagnostics, struct hg_stamps *stamps,
                                struct hg_text *extra, struct hg_model **ret)
{
    struct source_progress progress = {.when = source->progress,
                                       .is_logged = progress_is_logged(source->progress)};
    struct hg_text cache = {0};
    struct hg_sources_options options = {
        .kernel = kernel,
        .list = list,
        .jobs = source->jobs,
        .skips_bodies = source->is_fast,
        .cache_directory = cache_directory(source, &cache),
        .functions = source->reads_functions,
        .progress = source->progress != WHEN_NEVER ? show_files : NULL,
        .progress_user = &progress,
    };
    struct hg_sources_summary *report = NULL;
    enum hg_status status = hg_read_sources(&options, diagnostics, ret, &report);
    end_progress(&progress);
    if (status == HG_OK) {
        report_all(kernel, source, list, report, *ret, diagnostics);
        hg_source_groups_pack(report->groups, report->group_count, extra);
        if (stamps != NULL)
            add_source_stamps(stamps, kernel, source, report, *ret);
    }
    hg_sources_summary_destroy(report);
    hg_text_deinit(&cache);
    return status;
}

enum hg_status read_every_source(const struct hg_kernel *kernel, const struct source *source,
                                 struct hg_diagnostics *diagnostics, struct hg_stamps *stamps,
                                 struct hg_text *extra, struct hg_model **ret)
{
    struct hg_source_list *all = NULL;
    enum hg_status status = check_request(source, diagnostics);
    if (status == HG_OK)
        status = hg_list_sources(kernel, source->commands, diagnostics, &all);
    if (status != HG_OK)
        return status;
    struct hg_arena arena;
    hg_arena_init(&arena);
    struct hg_source_list list = choose_files(all, source, &arena);
    if (list.count > 0) {
        status = read_list(kernel, source, &list, diagnostics, stamps, extra, ret);
    } else {
        hg_error(diagnostics, NULL, "no source file is part of the kernel, by %s", all->origin);
        status = HG_ERROR_INPUT;
    }
    hg_arena_deinit(&arena);
    hg_source_list_destroy(all);
    return status;
}
