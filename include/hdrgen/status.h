/*
 * Status codes and diagnostics: how the library tells its caller what went wrong.
 *
 * A function that can fail returns an enum hg_status.  The function that understands the fault
 * reports it once, as a struct hg_diagnostic, to the sink it was given; everyone above only passes
 * the status on.  The library itself never prints and never exits.
 */
#ifndef HDRGEN_STATUS_H
#define HDRGEN_STATUS_H

#include <stddef.h>

#pragma GCC visibility push(default)

#if defined(__GNUC__) || defined(__clang__)
#define HG_MUST_CHECK __attribute__((warn_unused_result))
#define HG_PRINTF(format_index, first_argument)                                                    \
    __attribute__((format(printf, format_index, first_argument)))
#else
#define HG_MUST_CHECK
#define HG_PRINTF(format_index, first_argument)
#endif

enum hg_status {
    HG_OK = 0,
    HG_ERROR_INPUT, /* the header, BTF or object is wrong, or does not hold what was asked for */
    HG_ERROR_IO,    /* the operating system refused: open, read, write, rename */
    HG_ERROR_USAGE, /* the options contradict each other or cannot be understood */
    HG_ERROR_UNSUPPORTED, /* valid input that the chosen output cannot express exactly */
};

enum hg_severity { HG_NOTE, HG_WARNING, HG_ERROR };

/* A place in a source file.  file is NULL where there is none; line and column count from 1, 0
 * where unknown.  The string lives as long as the model it came from, or for the length of a
 * report. */
struct hg_location {
    const char *file;
    unsigned line;
    unsigned column;
};

/* One thing to tell the user.  text is a whole message without severity, place or newline, and
 * names its subject.  All strings live only for the length of the call that reports them. */
struct hg_diagnostic {
    enum hg_severity severity;
    struct hg_location where;
    const char *text;
};

typedef void hg_report_fn(void *user, const struct hg_diagnostic *diagnostic);

/* A sink.  report may be NULL (count only).  The counters are the library's to write. */
struct hg_diagnostics {
    hg_report_fn *report;
    void *user;
    size_t errors;
    size_t warnings;
};

#pragma GCC visibility pop

#endif
