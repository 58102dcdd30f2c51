/*
 * Status codes and diagnostics: how the library tells its caller what went wrong.
 *
 * A function that can fail returns an enum hg_status.  The function that understands the fault
 * reports it once, as a struct hg_diagnostic, to the sink it was given; everyone above only passes
 * the status on.  The library prints nothing and does not end the process, with one exception: out
 * of memory, it writes a line to standard error and calls abort().
 */
#ifndef HDRGEN_STATUS_H
#define HDRGEN_STATUS_H

#include <stddef.h>

/* Around the declarations of each header: C linkage, exported; C++ would call structures without a
 * name pedantic. */
#ifdef __cplusplus
#define HG_BEGIN_DECLARATIONS                                                                      \
    _Pragma("GCC visibility push(default)") _Pragma("GCC diagnostic push")                         \
        _Pragma("GCC diagnostic ignored \"-Wpedantic\"") extern "C"                                \
    {
#define HG_END_DECLARATIONS                                                                        \
    }                                                                                              \
    _Pragma("GCC diagnostic pop") _Pragma("GCC visibility pop")
#else
#define HG_BEGIN_DECLARATIONS _Pragma("GCC visibility push(default)")
#define HG_END_DECLARATIONS _Pragma("GCC visibility pop")
#endif

HG_BEGIN_DECLARATIONS

/*
 * Options are structures that grow from version to version.  The first member, sz, is the size that
 * the caller was compiled with: what follows is zero, the default.  A structure that is larger
 * than the library's own is fine as long as the rest of it is zero.  NULL is all defaults.
 *
 *     HG_OPTIONS(hg_c_options, options, .guard = "TASK_H");
 *     status = hg_write_c(model, selection, &options, &diagnostics, &output);
 */
#define HG_OPTIONS(type, name, ...) struct type name = {.sz = sizeof(struct type), __VA_ARGS__}

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

HG_END_DECLARATIONS

#endif
