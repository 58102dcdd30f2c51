/*
 * Which half of each #if the preprocessor took, in a source file and its headers: see source.h.
 *
 * A file that was read twice may have taken both halves of an #if, so its skipped halves are not
 * reported.
 */
#include "frontend/clang/reader.h"
#include "frontend/clang/source.h"

struct telling {
    struct reader *reader;
    const struct hg_source_halves *halves;
};

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData user)
{
    (void)parent;
    const struct telling *telling = user;
    CXFile file = NULL;
    if (clang_getCursorKind(cursor) != CXCursor_InclusionDirective)
        return CXChildVisit_Continue;
    clang_getExpansionLocation(clang_getCursorLocation(cursor), &file, NULL, NULL, NULL);
    if (file != NULL)
        telling->halves->include(telling->halves->user, hg_clang_file_name(telling->reader, file),
                                 hg_clang_string(telling->reader, clang_getCursorSpelling(cursor)));
    return CXChildVisit_Continue;
}

static void tell_skipped(const struct telling *telling, CXSourceRange range)
{
    CXFile file = NULL;
    unsigned begin = 0;
    unsigned end = 0;
    clang_getExpansionLocation(clang_getRangeStart(range), &file, NULL, NULL, &begin);
    clang_getExpansionLocation(clang_getRangeEnd(range), NULL, NULL, NULL, &end);
    const struct inclusion *inclusion =
        file == NULL ? NULL : hg_clang_inclusions_of(telling->reader, file);
    if (inclusion != NULL && inclusion->next == NULL && begin < end)
        telling->halves->skipped(telling->halves->user, hg_clang_file_name(telling->reader, file),
                                 begin, end);
}

void hg_clang_tell_halves(struct reader *reader, const struct hg_source_halves *halves)
{
    struct telling telling = {.reader = reader, .halves = halves};
    clang_visitChildren(clang_getTranslationUnitCursor(reader->unit), visit, &telling);
    CXSourceRangeList *ranges = clang_getAllSkippedRanges(reader->unit);
    for (unsigned i = 0; ranges != NULL && i < ranges->count; i++)
        tell_skipped(&telling, ranges->ranges[i]);
    if (ranges != NULL)
        clang_disposeSourceRangeList(ranges);
}
