/*
 * Errors as data, each with the header that the main file was including.
 *
 * If thousands of headers are parsed together, the caller needs to know which to leave out:
 *
 *     hdrgen-input.c:17:  #include <asm/fb.h>
 *                           -> linux/trace_recursion.h:195: error: use of undeclared identifier
 *
 * is a problem of asm/fb.h, whatever the reason.  libclang adds the chain of #includes to an error
 * as notes, outermost last, but not if the error before it, or a note to that, was in the same
 * inclusion.  Then the problem has the header of the error before it, if the file is the same; else
 * the header that first led to the file.  For a file that is included many times this can be the
 * wrong header, which is then left out of the unit without need; no error is lost.
 *
 * Under keep_going errors are passed on, and their locations are kept (errors.c).
 */
#include "frontend/clang/reader.h"
#include "model/verify.h"

#include <string.h>

static size_t none_of(const struct reader *reader)
{
    return hg_clang_header_count(reader->options);
}

static size_t header_at(const struct reader *reader, CXSourceLocation location)
{
    unsigned line = 0;
    clang_getExpansionLocation(location, NULL, &line, NULL, NULL);
    return hg_clang_header_index_at(reader->options, line);
}

/* The header that first led to the file; none_of for a file that -include names. */
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

unsigned hg_clang_line_of_notes(CXDiagnostic diagnostic)
{
    unsigned line = 0;
    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        CXSourceLocation location = clang_getDiagnosticLocation(note);
        CXString text = clang_getDiagnosticSpelling(note);
        if (hg_classify_note(clang_getCString(text)) == HG_NOTE_INCLUDED_FROM &&
            clang_Location_isFromMainFile(location))
            clang_getExpansionLocation(location, NULL, &line, NULL, NULL);
        clang_disposeString(text);
        clang_disposeDiagnostic(note);
    }
    return line;
}

struct conflict_list {
    struct hg_conflict *items;
    size_t count, capacity;
};

static size_t header_of(struct reader *reader, CXDiagnostic diagnostic)
{
    struct last_error *last = &reader->last_error;
    size_t none = none_of(reader);
    CXSourceLocation location = clang_getDiagnosticLocation(diagnostic);
    if (clang_Location_isFromMainFile(location)) /* the header is missing */
        return header_at(reader, location);
    CXFile file = hg_clang_file_at(location);
    if (file == NULL)
        return none;
    unsigned line = hg_clang_line_of_notes(diagnostic);
    size_t header = line == 0 ? none : hg_clang_header_index_at(reader->options, line);
    if (header == none && last->file != NULL && clang_File_isEqual(last->file, file))
        header = last->header;
    if (header == none)
        header = first_includer(reader, file);
    last->file = file;
    last->header = header;
    return header;
}

/* Whether it is `struct foo`, and not `struct (unnamed at ...)`.  GNU C can also declare an enum
 * without defining it. */
static bool can_be_declared(const char *tag)
{
    const char *blank = strchr(tag, ' ');
    return blank != NULL && hg_is_identifier(blank + 1);
}

static const char *keep_span(struct reader *reader, struct hg_span span)
{
    return span.text == NULL || span.length == 0
               ? NULL
               : hg_model_string(reader->model, span.text, span.length);
}

/* Finds the notes `previous definition is here`, and the header that led to each. */
static void find_conflicts(struct reader *reader, CXDiagnostic diagnostic,
                           struct conflict_list *conflicts)
{
    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        CXSourceLocation location = clang_getDiagnosticLocation(note);
        const char *text = hg_clang_string(reader, clang_getDiagnosticSpelling(note));
        CXFile file = hg_clang_file_at(location);
        if (file != NULL && hg_classify_note(text) == HG_NOTE_OTHER_DEFINITION &&
            !clang_Location_isFromMainFile(location))
            *HG_PUSH(conflicts) = (struct hg_conflict){.header = first_includer(reader, file),
                                                       .where = hg_clang_place(reader, location),
                                                       .text = text};
        clang_disposeDiagnostic(note);
    }
}

static void pass_on(struct reader *reader, CXDiagnostic diagnostic,
                    const struct hg_message *message, struct hg_problem *problem)
{
    const char *headers[HG_MESSAGE_HEADERS];
    struct conflict_list conflicts = {0};
    for (size_t i = 0; i < message->header_count; i++)
        headers[i] = keep_span(reader, message->headers[i]);
    problem->may_be_macro = message->may_be_macro;
    problem->symbol = keep_span(reader, message->symbol);
    problem->named_headers = headers;
    problem->named_header_count = message->header_count;
    problem->where = hg_clang_place(reader, clang_getDiagnosticLocation(diagnostic));
    if (problem->kind != HG_PROBLEM_UNDECLARED_TAG) {
        problem->header = header_of(reader, diagnostic);
        find_conflicts(reader, diagnostic, &conflicts);
    }
    problem->conflicts = conflicts.items;
    problem->conflict_count = conflicts.count;
    reader->options->problem(reader->options->problem_user, problem);
    free(conflicts.items);
}

void hg_clang_pass_error(struct reader *reader, CXDiagnostic diagnostic, const char *text)
{
    struct hg_message message;
    if (reader->options->problem == NULL)
        return;
    hg_classify_message(hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic)), &message);
    struct hg_problem problem = {.kind = message.kind, .text = text};
    /* HG_PROBLEM_UNDECLARED_TAG is only for warnings. */
    if (problem.kind == HG_PROBLEM_UNDECLARED_TAG)
        problem.kind = HG_PROBLEM_OTHER;
    pass_on(reader, diagnostic, &message, &problem);
}

/* Passes on clang's "declaration of 'struct foo' will not be visible outside of this function". */
static void pass_undeclared_tag(struct reader *reader, CXDiagnostic diagnostic)
{
    struct hg_message message;
    if (reader->options->problem == NULL)
        return;
    const char *text = hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic));
    hg_classify_message(text, &message);
    const char *tag = keep_span(reader, message.symbol);
    struct hg_problem problem = {.kind = message.kind, .text = text};
    if (problem.kind == HG_PROBLEM_UNDECLARED_TAG && tag != NULL && can_be_declared(tag))
        pass_on(reader, diagnostic, &message, &problem);
}

/* Whether a model can be built despite the error.  A pragma, of which clang only warns, may have
 * changed layouts without a trace. */
static bool may_go_on(struct reader *reader, CXDiagnostic diagnostic)
{
    const struct hg_parse_options *options = reader->options;
    return options->user.keep_going &&
           (options->for_comparison ||
            (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error &&
             !hg_clang_is_hopeless(reader, diagnostic)));
}

enum hg_status hg_clang_report_batch(struct reader *reader)
{
    enum hg_status status = HG_OK;
    unsigned count = clang_getNumDiagnostics(reader->unit);
    for (unsigned i = 0; i < count; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(reader->unit, i);
        const char *text = clang_getDiagnosticSeverity(diagnostic) < CXDiagnostic_Error
                               ? hg_clang_pragma_fault(reader, diagnostic)
                               : hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic));
        if (text == NULL) {
            if (!hg_clang_warn_of_lost_member(reader, diagnostic))
                pass_undeclared_tag(reader, diagnostic);
        } else {
            hg_clang_pass_error(reader, diagnostic, text);
            if (may_go_on(reader, diagnostic))
                hg_clang_remember_error(reader, diagnostic);
            else
                status = HG_ERROR_INPUT;
        }
        clang_disposeDiagnostic(diagnostic);
    }
    return status;
}
