/*
 * Errors by the header that was included.
 *
 * Who parses thousands of headers in one go wants to know which of them to leave out:
 *
 *     hdrgen-input.c:17:  #include <asm/fb.h>
 *                           -> linux/trace_recursion.h:195: error: use of undeclared identifier
 *
 * is a fault of asm/fb.h, whatever the reason.  libclang adds the chain of includes to an error as
 * notes, outermost last, but leaves them out where the error before it, or a note to that, was in
 * the same inclusion.  Then it is the same header's fault if the file is the same; else the header
 * is the one through which the file came in first.  That can be the wrong one for files that are
 * included many times, which costs a header its place in the unit and nothing else: what counts is
 * that no error goes unnoticed.
 *
 * Under keep_going errors are told, and remembered like others (errors.c).
 */
#include "frontend/clang/reader.h"

#include <string.h>

struct faults {
    struct reader *reader;
    CXFile last_file; /* of the error before this one; NULL = there was none */
    size_t last_header;
};

static size_t none_of(const struct reader *reader)
{
    return reader->options->header_count + reader->options->trace_header_count;
}

static size_t header_at(const struct reader *reader, CXSourceLocation location)
{
    unsigned line = 0;
    clang_getExpansionLocation(location, NULL, &line, NULL, NULL);
    return hg_clang_header_index_at(reader->options, line);
}

/* The header through which the file came in first; header_count = none, such as that of a file that
 * -include named. */
static size_t first_includer(struct reader *reader, CXFile file)
{
    const struct inclusion *inclusion = hg_clang_inclusions_of(reader, file);
    for (; inclusion != NULL; inclusion = inclusion->next) {
        unsigned line = hg_clang_main_line_of(inclusion);
        if (line != 0)
            return hg_clang_header_index_at(reader->options, line);
    }
    return none_of(reader);
}

/* The outermost include of the chain that the notes tell; header_count = they tell none. */
static size_t header_of_notes(const struct reader *reader, CXDiagnostic diagnostic)
{
    size_t header = none_of(reader);
    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        CXSourceLocation location = clang_getDiagnosticLocation(note);
        CXString text = clang_getDiagnosticSpelling(note);
        if (strncmp(clang_getCString(text), "in file included from", 21) == 0 &&
            clang_Location_isFromMainFile(location))
            header = header_at(reader, location);
        clang_disposeString(text);
        clang_disposeDiagnostic(note);
    }
    return header;
}

static size_t header_of(struct faults *faults, CXDiagnostic diagnostic)
{
    struct reader *reader = faults->reader;
    size_t none = none_of(reader);
    CXSourceLocation location = clang_getDiagnosticLocation(diagnostic);
    if (clang_Location_isFromMainFile(location)) /* a header that was not found */
        return header_at(reader, location);
    CXFile file = NULL;
    clang_getExpansionLocation(location, &file, NULL, NULL, NULL);
    if (file == NULL)
        return none;
    size_t header = header_of_notes(reader, diagnostic);
    if (header == none && faults->last_file != NULL && clang_File_isEqual(faults->last_file, file))
        header = faults->last_header;
    if (header == none)
        header = first_includer(reader, file);
    faults->last_file = file;
    faults->last_header = header;
    return header;
}

/* `struct foo`, and not `struct (unnamed at ...)`.  That an enum can be declared beforehand, too,
 * is GNU C. */
static bool can_be_declared(const char *tag)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    const char *blank = strchr(tag, ' ');
    const char *name = blank == NULL ? "" : blank + 1;
    return name[0] != '\0' && name[strspn(name, word)] == '\0';
}

/* The tag in clang's "declaration of 'struct foo' will not be visible outside of this function". */
static void report_undeclared_tag(struct reader *reader, CXDiagnostic diagnostic)
{
    const struct hg_header_options *options = reader->options;
    const char *text = hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic));
    const char *begin = strstr(text, "declaration of '");
    const char *end = strstr(text, "' will not be visible");
    if (options->undeclared == NULL || begin == NULL || end == NULL)
        return;
    begin += strlen("declaration of '");
    const char *tag = hg_model_string(reader->model, begin, (size_t)(end - begin));
    if (can_be_declared(tag))
        options->undeclared(options->fault_user, tag);
}

/* The other side of an error: `previous definition is here`, and the header through which that came
 * in. */
static void report_notes(struct reader *reader, CXDiagnostic diagnostic)
{
    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        CXSourceLocation location = clang_getDiagnosticLocation(note);
        const char *text = hg_clang_string(reader, clang_getDiagnosticSpelling(note));
        CXFile file = NULL;
        clang_getExpansionLocation(location, &file, NULL, NULL, NULL);
        if (file != NULL && strncmp(text, "previous ", 9) == 0 &&
            !clang_Location_isFromMainFile(location)) {
            struct hg_diagnostic fault = {
                .severity = HG_NOTE, .where = hg_clang_place(reader, location), .text = text};
            reader->options->fault(reader->options->fault_user, first_includer(reader, file),
                                   &fault);
        }
        clang_disposeDiagnostic(note);
    }
}

static void report_fault(struct faults *faults, CXDiagnostic diagnostic, const char *text)
{
    struct reader *reader = faults->reader;
    struct hg_diagnostic fault = {
        .severity = HG_ERROR,
        .where = hg_clang_place(reader, clang_getDiagnosticLocation(diagnostic)),
        .text = text,
    };
    reader->options->fault(reader->options->fault_user, header_of(faults, diagnostic), &fault);
    report_notes(reader, diagnostic);
}

/* A warning is told as a fault where it is one of a pragma, which leaves no trace either. */
static bool may_go_on(struct reader *reader, CXDiagnostic diagnostic)
{
    const struct hg_header_options *options = reader->options;
    return options->keep_going && (options->for_comparison ||
                                   (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error &&
                                    !hg_clang_is_hopeless(reader, diagnostic)));
}

enum hg_status hg_clang_report_faults(struct reader *reader)
{
    enum hg_status status = HG_OK;
    struct faults faults = {.reader = reader};
    unsigned count = clang_getNumDiagnostics(reader->unit);
    for (unsigned i = 0; i < count; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(reader->unit, i);
        const char *text = clang_getDiagnosticSeverity(diagnostic) < CXDiagnostic_Error
                               ? hg_clang_pragma_fault(reader, diagnostic)
                               : hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic));
        if (text == NULL) {
            report_undeclared_tag(reader, diagnostic);
        } else {
            report_fault(&faults, diagnostic, text);
            if (may_go_on(reader, diagnostic))
                hg_clang_remember_error(reader, diagnostic);
            else
                status = HG_ERROR_INPUT;
        }
        clang_disposeDiagnostic(diagnostic);
    }
    return status;
}
