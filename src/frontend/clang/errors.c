/*
 * Reports clang's diagnostics as hdrgen's.
 *
 * Each error is reported with its location, the chain of #includes that led there, and clang's
 * notes.  For common mistakes when kernel headers are parsed outside kbuild (a missing include
 * directory, missing forced includes) a note names the option that is likely missing.
 *
 * Under keep_going the locations are kept, and taint.c leaves out the declarations there.  Errors
 * of the preprocessor end the run nevertheless, since a missing include or a wrong #if can change
 * every declaration after it without a trace.  So do errors in the arguments, and pragmas that ask
 * for another layout than clang gives.
 */
#include "base/diag.h"
#include "frontend/clang/reader.h"

#include <string.h>

enum { SHOWN_ERRORS = 20 };

struct hg_location hg_clang_place(struct reader *reader, CXSourceLocation location)
{
    CXFile file = NULL;
    struct hg_location where = {0};
    clang_getExpansionLocation(location, &file, &where.line, &where.column, NULL);
    if (file != NULL)
        where.file = hg_clang_file_name(reader, file);
    if (where.file != NULL && strcmp(where.file, hg_clang_main_name(reader->options)) == 0)
        where = (struct hg_location){0};
    return where;
}

/* The #includes of the file of a location; NULL = it is in no included file. */
static const struct inclusion *inclusions_at(struct reader *reader, CXSourceLocation location)
{
    CXFile file = hg_clang_file_at(location);
    return file == NULL ? NULL : hg_clang_inclusions_of(reader, file);
}

/* Reports the chain of #includes that first led to the location. */
static void note_includes(struct reader *reader, CXSourceLocation location)
{
    const struct inclusion *inclusion = inclusions_at(reader, location);
    for (unsigned i = 0; inclusion != NULL && i < inclusion->depth; i++) {
        struct hg_location where = hg_clang_place(reader, inclusion->stack[i]);
        if (where.file != NULL)
            hg_note(reader->diagnostics, &where, "included from here");
    }
}

/* --- hints --- */

static bool has_argument_with(const struct hg_parse_options *options, const char *part)
{
    for (size_t i = 0; i < options->user.argument_count; i++) {
        if (strstr(options->user.arguments[i], part) != NULL)
            return true;
    }
    return false;
}

/* Advice on the -I option that is likely missing for an #include of this name. */
static const char *missing_include_hint(const char *name)
{
    static const struct {
        const char *prefix;
        const char *hint;
    } hints[] = {
        {"asm/",
         "it belongs to the architecture: add -I<kernel>/arch/<arch>/include and "
         "-I<build>/arch/<arch>/include/generated (and their uapi siblings)"},
        {"asm-generic/", "add -I<kernel>/include and -I<kernel>/include/uapi"},
        {"generated/",
         "it is made when the kernel is configured: add -I<build>/include, and if it "
         "is not there run `make prepare` in the kernel's build tree"},
        {"uapi/", "add -I<kernel>/include"},
        {"linux/", "add -I<kernel>/include and -I<kernel>/include/uapi"},
        {"net/", "add -I<kernel>/include"},
        {"trace/", "add -I<kernel>/include"},
        {"bits/",
         "these are not the kernel's headers but the C library's: add -nostdinc, or its "
         "architecture's include directory"},
        {"gnu/",
         "these are not the kernel's headers but the C library's: add -nostdinc, or its "
         "architecture's include directory"},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        if (hg_begins_with(name, hints[i].prefix))
            return hints[i].hint;
    }
    return "add its directory with -I";
}

const char *hg_clang_missing_file(struct reader *reader, const char *text)
{
    struct hg_message message;
    hg_classify_message(text, &message);
    return message.kind == HG_PROBLEM_MISSING_FILE
               ? hg_model_string(reader->model, message.symbol.text, message.symbol.length)
               : NULL;
}

static void note_missing_include(struct reader *reader, const char *name)
{
    if (reader->options->origin != NULL) { /* hdrgen set the flags, for a kernel tree */
        hg_note(reader->diagnostics, NULL, "'%s' is not in the kernel tree%s", name,
                hg_begins_with(name, "generated/") || hg_begins_with(name, "asm/")
                    ? ": it is made by `make prepare`, or belongs to another architecture"
                    : "");
        return;
    }
    size_t directories = hg_clang_include_directories(reader->options);
    if (directories == 0)
        hg_note(reader->diagnostics, NULL, "'%s': no -I is given for this header; %s", name,
                missing_include_hint(name));
    else
        hg_note(reader->diagnostics, NULL, "'%s' is in none of the %zu include directories; %s",
                name, directories, missing_include_hint(name));
}

/* Without kbuild's forced includes kernel headers have hundreds of errors that do not show the
 * cause. */
static void note_missing_forced_includes(struct reader *reader)
{
    const struct hg_parse_options *options = reader->options;
    if (options->origin != NULL)
        return;
    bool kernel = has_argument_with(options, "arch/") || has_argument_with(options, "__KERNEL__");
    for (size_t i = 0; i < options->user.header_count; i++)
        kernel = kernel || hg_begins_with(options->user.headers[i], "linux/") ||
                 hg_begins_with(options->user.headers[i], "net/");
    if (!kernel)
        return;
    static const struct {
        const char *part;
        const char *option;
    } wanted[] = {
        {"linux/kconfig.h", "-include <kernel>/include/linux/kconfig.h"},
        {"linux/compiler_types.h", "-include <kernel>/include/linux/compiler_types.h"},
        {"__KERNEL__", "-D__KERNEL__"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (!has_argument_with(options, wanted[i].part))
            hg_note(reader->diagnostics, NULL,
                    "kernel headers are compiled with %s, which is missing here (--kernel DIR adds "
                    "it)",
                    wanted[i].option);
    }
}

/* --- diagnostics --- */

static void remember_place(struct reader *reader, CXFile file, unsigned offset)
{
    if (file != NULL)
        *HG_PUSH(&reader->error_places) =
            (struct error_place){.file = hg_clang_file(reader, file)->number, .offset = offset};
}

void hg_clang_remember(struct reader *reader, CXSourceLocation location)
{
    CXFile file = NULL;
    unsigned offset = 0;
    clang_getFileLocation(location, &file, NULL, NULL, &offset);
    remember_place(reader, file, offset);
    clang_getExpansionLocation(location, &file, NULL, NULL, &offset);
    remember_place(reader, file, offset);
}

/* An error in an included file also touches the declaration that surrounds the #include. */
static void remember_includers(struct reader *reader, CXSourceLocation location)
{
    const struct inclusion *inclusion = inclusions_at(reader, location);
    if (inclusion == NULL)
        return;
    struct file *file = hg_clang_file(reader, inclusion->file);
    for (; inclusion != NULL && !file->includers_remembered; inclusion = inclusion->next)
        for (unsigned i = 0; i < inclusion->depth; i++)
            hg_clang_remember(reader, inclusion->stack[i]);
    file->includers_remembered = true;
}

void hg_clang_remember_error(struct reader *reader, CXDiagnostic diagnostic)
{
    CXSourceLocation location = clang_getDiagnosticLocation(diagnostic);
    hg_clang_remember(reader, location);
    remember_includers(reader, location);
    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        hg_clang_remember(reader, clang_getDiagnosticLocation(note));
        clang_disposeDiagnostic(note);
    }
}

static void report(struct reader *reader, CXDiagnostic diagnostic, enum hg_severity severity)
{
    CXSourceLocation location = clang_getDiagnosticLocation(diagnostic);
    const char *text = hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic));
    const char *missing = hg_clang_missing_file(reader, text);
    hg_report(reader->diagnostics,
              &(struct hg_diagnostic){
                  .severity = severity, .where = hg_clang_place(reader, location), .text = text});
    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        struct hg_location where = hg_clang_place(reader, clang_getDiagnosticLocation(note));
        const char *note_text = hg_clang_string(reader, clang_getDiagnosticSpelling(note));
        if (hg_classify_note(note_text) != HG_NOTE_INCLUDED_FROM) /* note_includes reports them */
            hg_note(reader->diagnostics, &where, "%s", note_text);
        clang_disposeDiagnostic(note);
    }
    note_includes(reader, location);
    if (missing != NULL)
        note_missing_include(reader, missing);
}

/* An error without a location is one of an argument. */
bool hg_clang_is_hopeless(struct reader *reader, CXDiagnostic diagnostic)
{
    const char *category = hg_clang_string(reader, clang_getDiagnosticCategoryText(diagnostic));
    return hg_clang_file_at(clang_getDiagnosticLocation(diagnostic)) == NULL ||
           hg_is_preprocessor_category(category) ||
           clang_getDiagnosticSeverity(diagnostic) == CXDiagnostic_Fatal;
}

/* Reports a pragma that clang ignores.  It can change layouts without a trace, so --keep-going
 * cannot help. */
static bool report_pragma(struct reader *reader, CXDiagnostic diagnostic)
{
    const char *text = hg_clang_pragma_fault(reader, diagnostic);
    if (text == NULL)
        return false;
    CXSourceLocation location = clang_getDiagnosticLocation(diagnostic);
    struct hg_location where = hg_clang_place(reader, location);
    hg_error(reader->diagnostics, &where, "%s", text);
    hg_clang_pass_error(reader, diagnostic, text);
    note_includes(reader, location);
    return true;
}

/* Whether to report a warning.  Those in system headers are turned on only for pragmas.c. */
static bool is_wanted(const struct reader *reader, CXDiagnostic diagnostic)
{
    return reader->options->user.clang_warnings &&
           clang_getDiagnosticSeverity(diagnostic) == CXDiagnostic_Warning &&
           !clang_Location_isInSystemHeader(clang_getDiagnosticLocation(diagnostic));
}

enum hg_status hg_clang_report_errors(struct reader *reader)
{
    size_t errors = 0;
    bool hopeless = false;
    bool bad_pragma = false;
    unsigned count = clang_getNumDiagnostics(reader->unit);
    for (unsigned i = 0; i < count; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(reader->unit, i);
        enum CXDiagnosticSeverity severity = clang_getDiagnosticSeverity(diagnostic);
        if (severity >= CXDiagnostic_Error) {
            hopeless = hopeless || hg_clang_is_hopeless(reader, diagnostic);
            hg_clang_pass_error(reader, diagnostic,
                                hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic)));
            if (errors++ < SHOWN_ERRORS)
                report(reader, diagnostic,
                       reader->options->user.keep_going && !hopeless ? HG_WARNING : HG_ERROR);
            if (reader->options->user.keep_going)
                hg_clang_remember_error(reader, diagnostic);
        } else if (report_pragma(reader, diagnostic)) {
            bad_pragma = true;
        } else if (!hg_clang_warn_of_lost_member(reader, diagnostic) &&
                   is_wanted(reader, diagnostic)) {
            report(reader, diagnostic, HG_WARNING);
        }
        clang_disposeDiagnostic(diagnostic);
    }
    if (bad_pragma)
        return HG_ERROR_INPUT;
    if (errors == 0)
        return HG_OK;
    if (errors > SHOWN_ERRORS)
        hg_note(reader->diagnostics, NULL, "%zu more error%s not shown", errors - SHOWN_ERRORS,
                errors - SHOWN_ERRORS == 1 ? " is" : "s are");
    note_missing_forced_includes(reader);
    if (!reader->options->user.keep_going) {
        hg_error(reader->diagnostics, NULL,
                 "%zu error%s%s: nothing is written, since a layout after an error is a guess%s",
                 errors, hg_plural(errors), hopeless ? "" : " in the headers",
                 hopeless ? "" : " (--keep-going leaves out only what the errors touch)");
        return HG_ERROR_INPUT;
    }
    if (hopeless) {
        hg_error(reader->diagnostics, NULL,
                 "an argument is refused, or the preprocessor failed: --keep-going cannot help, "
                 "since a missing include or a wrong condition can change every declaration after "
                 "it");
        return HG_ERROR_INPUT;
    }
    return HG_OK;
}
