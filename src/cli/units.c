/*
 * Progress while every header of a kernel is read, and the report at the end.
 *
 *     hdrgen --kernel DIR -o kernel.btf
 *
 * After a second, a bar on a terminal shows the progress; otherwise lines do (ticker.c).  At the
 * end a warning says what could not be read:
 *
 *     hdrgen: warning: 201 of 5473 headers cannot be parsed, neither among others nor alone
 *     (-v names them)
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"

#include <hdrgen/tree.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 40 };

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

void show_progress(void *user, unsigned done, unsigned total)
{
    struct progress *progress = user;
    if (progress->is_logged) {
        ticker_note(done < total ? progress->what : NULL, done, total);
        return;
    }
    if (done >= total) {
        if (progress->is_shown)
            fputs("\r\033[K", stderr);
        progress->is_shown = false;
        ticker_hold(false);
        return;
    }
    unsigned bar = (unsigned)((unsigned long)done * BAR / total);
    bool wanted = progress->when == WHEN_ALWAYS || seconds_since(&progress->start) > 1;
    if (!wanted || (progress->is_shown && bar == progress->shown))
        return;
    ticker_hold(true);
    fprintf(stderr, "\r%s [%.*s%*s] %3u %%", progress->what, (int)bar,
            "########################################", (int)(BAR - bar), "", done * 100 / total);
    fflush(stderr);
    progress->is_shown = true;
    progress->shown = bar;
}

static void report_unparsed(const struct hg_tree_summary *report, bool verbose,
                            struct hg_diagnostics *diagnostics)
{
    if (report->unparsed_count == 0)
        return;
    hg_warning(diagnostics, NULL,
               "%zu of %zu header%s cannot be parsed, neither among others nor alone%s",
               report->unparsed_count, report->header_count, hg_plural(report->header_count),
               verbose ? ":" : " (-v names them)");
    for (size_t i = 0; i < report->unparsed_count && verbose; i++) {
        const struct hg_unparsed_header *header = &report->unparsed[i];
        hg_note(diagnostics, &header->where, "%s: %s", header->header, header->reason);
    }
}

static void report_conflicts(const struct hg_tree_summary *report, bool verbose,
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

void report_tree(const struct hg_tree_summary *report, bool verbose,
                 struct hg_diagnostics *diagnostics)
{
    report_unparsed(report, verbose, diagnostics);
    report_conflicts(report, verbose, diagnostics);
}

bool progress_begin(struct progress *progress, enum when when, const char *what)
{
    *progress =
        (struct progress){.when = when, .is_logged = progress_is_logged(when), .what = what};
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    return when != WHEN_NEVER;
}
