/*
 * Which branch of each #if the preprocessor took, in a source file and its headers: see source.h.
 *
 * If a file is included twice, each time another branch of an #if may be taken, so its skipped
 * branches are not reported.
 */
#include "frontend/clang/reader.h"
#include "frontend/clang/source.h"

struct branch_report {
    struct reader *reader;
    const struct hg_branch_sink *sink;
};

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData user)
{
    (void)parent;
    const struct branch_report *report = user;
    if (clang_getCursorKind(cursor) != CXCursor_InclusionDirective)
        return CXChildVisit_Continue;
    CXFile file = hg_clang_file_at(clang_getCursorLocation(cursor));
    if (file != NULL)
        report->sink->include(report->sink->user, hg_clang_file_name(report->reader, file),
                              hg_clang_string(report->reader, clang_getCursorSpelling(cursor)));
    return CXChildVisit_Continue;
}

static void report_skipped(const struct branch_report *report, CXSourceRange range)
{
    CXFile file = NULL;
    unsigned begin = 0;
    unsigned end = 0;
    clang_getExpansionLocation(clang_getRangeStart(range), &file, NULL, NULL, &begin);
    clang_getExpansionLocation(clang_getRangeEnd(range), NULL, NULL, NULL, &end);
    const struct inclusion *inclusion =
        file == NULL ? NULL : hg_clang_inclusions_of(report->reader, file);
    if (inclusion != NULL && inclusion->next == NULL && begin < end)
        report->sink->skipped(report->sink->user, hg_clang_file_name(report->reader, file), begin,
                              end);
}

void hg_clang_report_branches(struct reader *reader, const struct hg_branch_sink *sink)
{
    struct branch_report report = {.reader = reader, .sink = sink};
    clang_visitChildren(clang_getTranslationUnitCursor(reader->unit), visit, &report);
    CXSourceRangeList *ranges = clang_getAllSkippedRanges(reader->unit);
    for (unsigned i = 0; ranges != NULL && i < ranges->count; i++)
        report_skipped(&report, ranges->ranges[i]);
    if (ranges != NULL)
        clang_disposeSourceRangeList(ranges);
}
