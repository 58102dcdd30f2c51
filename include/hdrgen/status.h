/*
 * Status codes and diagnostics: how the library reports faults to its caller.
 *
 * A function that can fail returns an enum hg_status.  Before it does, the fault has been reported
 * once, as a struct hg_diagnostic, to the struct hg_diagnostics that the caller passed.  The
 * library prints nothing and does not end the process, with one exception: if memory runs out, it
 * writes a line to standard error and calls abort().
 */
#ifndef HDRGEN_STATUS_H
#define HDRGEN_STATUS_H

#include <stddef.h>

/* Around the declarations of each header: C linkage, exported.  -Wpedantic is off, since C++ warns
 * of structures without a name. */
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
 * Options are structures that grow from version to version.  The first member, sz, is the size of
 * the structure that the caller was compiled with.  If the library's own structure has more
 * members, they are zero, the default.  If it has fewer, the bytes after them must be zero; else
 * the function returns HG_ERROR_USAGE.  A NULL pointer means all defaults.
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
    HG_ERROR_INPUT,       /* the header, BTF or object is invalid, or lacks a requested type */
    HG_ERROR_IO,          /* the operating system refused: open, read, write, rename */
    HG_ERROR_USAGE,       /* the options contradict each other or are invalid */
    HG_ERROR_UNSUPPORTED, /* valid input that the chosen output cannot express exactly */
};

enum hg_severity { HG_NOTE, HG_WARNING, HG_ERROR };

/* A location in a source file.  file NULL = none.  line and column count from 1; 0 = not known.
 * The string lives as long as the model that it came from; in a diagnostic, only during the call of
 * hg_report_fn. */
struct hg_location {
    const char *file;
    unsigned line;
    unsigned column;
};

/* A message for the user.  text is complete and names its subject, but has no severity, location or
 * newline.  All strings live only during the call of hg_report_fn. */
struct hg_diagnostic {
    enum hg_severity severity;
    struct hg_location where;
    const char *text;
};

typedef void hg_report_fn(void *user, const struct hg_diagnostic *diagnostic);

/* Where diagnostics go: each is passed to report(user, ...), and errors and warnings are counted.
 * report may be NULL (count only).  Only the library changes the counters. */
struct hg_diagnostics {
    hg_report_fn *report;
    void *user;
    size_t errors;
    size_t warnings;
};

HG_END_DECLARATIONS

#endif
