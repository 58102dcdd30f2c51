/*
 * Which half of each #if the preprocessor took, in a source file and its headers: see source.h.
 *
 * In a file that is included twice both halves of an #if may be taken, so its skipped halves are
 * not reported.
 */
#include "frontend/clang/reader.h"
#include "frontend/clang/source.h"

struct half_report {
    struct reader *reader;
    const struct hg_source_halves *halves;
};

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData user)
{
    (void)parent;
    const struct half_report *report = user;
    if (clang_getCursorKind(cursor) != CXCursor_InclusionDirective)
        return CXChildVisit_Continue;
    CXFile file = hg_clang_file_at(clang_getCursorLocation(cursor));
    if (file != NULL)
        report->halves->include(report->halves->user, hg_clang_file_name(report->reader, file),
                                hg_clang_string(report->reader, clang_getCursorSpelling(cursor)));
    return CXChildVisit_Continue;
}

static void report_skipped(const struct half_report *report, CXSourceRange range)
{
    CXFile file = NULL;
    unsigned begin = 0;
    unsigned end = 0;
    clang_getExpansionLocation(clang_getRangeStart(range), &file, NULL, NULL, &begin);
    clang_getExpansionLocation(clang_getRangeEnd(range), NULL, NULL, NULL, &end);
    const struct inclusion *inclusion =
        file == NULL ? NULL : hg_clang_inclusions_of(report->reader, file);
    if (inclusion != NULL && inclusion->next == NULL && begin < end)
        report->halves->skipped(report->halves->user, hg_clang_file_name(report->reader, file),
                                begin, end);
}

void hg_clang_report_halves(struct reader *reader, const struct hg_source_halves *halves)
{
    struct half_report report = {.reader = reader, .halves = halves};
    clang_visitChildren(clang_getTranslationUnitCursor(reader->unit), visit, &report);
    CXSourceRangeList *ranges = clang_getAllSkippedRanges(reader->unit);
    for (unsigned i = 0; ranges != NULL && i < ranges->count; i++)
        report_skipped(&report, ranges->ranges[i]);
    if (ranges != NULL)
        clang_disposeSourceRangeList(ranges);
}
