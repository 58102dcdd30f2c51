/*
 * Pragmas that ask for a layout which clang does not give.
 *
 *     #pragma scalar_storage_order big-endian     gcc's; clang does not know it
 *     #pragma pack(push, 3)                       clang and gcc ignore all but 1, 2, 4, 8 and 16
 *
 * Clang only warns of these.  So arguments.c turns the warnings about unknown and ignored pragmas
 * on, in system headers too, whatever the user's arguments are.  Such warnings are common in
 * headers; the text of the warning and the source line show whether it is about one of these
 * pragmas.
 */
#include "frontend/clang/reader.h"

#include <string.h>

/* Whether the location is `#pragma scalar_storage_order` or `_Pragma("scalar_storage_order ...")`
 * of another order than the target's. */
static bool swaps_bytes(struct reader *reader, CXSourceLocation location)
{
    static const char word[] = "scalar_storage_order";
    CXFile file = NULL;
    unsigned offset = 0;
    size_t size = 0;
    clang_getExpansionLocation(location, &file, NULL, NULL, &offset);
    const char *text = file == NULL ? NULL : clang_getFileContents(reader->unit, file, &size);
    if (text == NULL || offset >= size)
        return false;
    const char *end = memchr(text + offset, '\n', size - offset);
    size_t line = end == NULL ? size - offset : (size_t)(end - text) - offset;
    const char *found = memmem(text + offset, line, word, sizeof word - 1);
    if (found == NULL)
        return false;
    line -= (size_t)(found - text) - offset;
    return memmem(found, line, "default", strlen("default")) == NULL;
}

const char *hg_clang_pragma_fault(struct reader *reader, CXDiagnostic diagnostic)
{
    const char *text = hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic));
    struct hg_message message;
    hg_classify_message(text, &message);
    if (message.kind != HG_PROBLEM_BAD_PRAGMA)
        return NULL;
    if (!message.is_unknown_pragma)
        return "#pragma pack takes 1, 2, 4, 8 and 16: clang and gcc ignore this one, and the "
               "layout would not be the one that it asks for";
    if (swaps_bytes(reader, clang_getDiagnosticLocation(diagnostic)))
        return "#pragma scalar_storage_order: clang ignores it, and the bytes of members would be "
               "taken in the wrong order; leave the header out";
    return NULL;
}
