/*
 * BTF tags: __attribute__((btf_decl_tag("x"))) of declarations, btf_type_tag of the targets of
 * pointers.
 *
 * libclang has no function for either, but clang's printer writes them:
 *
 *     int count __attribute__((btf_decl_tag("guarded")))            a member, pretty-printed
 *     int  __attribute__((btf_type_tag("user")))*                   a pointer type, spelled
 *
 * so they are read from that text.  libclang 14 prints type tags without their argument, so they
 * are lost, with one warning.  Tags do not change layouts.
 */
#include "base/diag.h"
#include "frontend/clang/reader.h"

#include <string.h>

enum { TAGS_MAX = 64 };

static const char decl_tag[] = "__attribute__((btf_decl_tag(\"";
static const char type_tag[] = "__attribute__((btf_type_tag(\"";
static const char tag_end[] = "\")))";

static enum CXChildVisitResult find_attribute(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    bool *found = data;
    if (clang_getCursorKind(cursor) == CXCursor_UnexposedAttr)
        *found = true;
    return *found ? CXChildVisit_Break : CXChildVisit_Continue;
}

const struct hg_tags *hg_clang_decl_tags(struct reader *reader, CXCursor cursor)
{
    bool found = false;
    clang_visitChildren(cursor, find_attribute, &found);
    if (!found)
        return NULL;

    CXPrintingPolicy policy = clang_getCursorPrintingPolicy(cursor);
    clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_TerseOutput, 1);
    const char *text = hg_clang_string(reader, clang_getCursorPrettyPrinted(cursor, policy));
    clang_PrintingPolicy_dispose(policy);

    const char *tags[TAGS_MAX];
    size_t count = 0;
    while (count < TAGS_MAX && (text = strstr(text, decl_tag)) != NULL) {
        text += sizeof decl_tag - 1;
        const char *end = strstr(text, tag_end);
        if (end == NULL)
            break;
        tags[count++] = hg_model_string(reader->model, text, (size_t)(end - text));
        text = end;
    }
    return hg_model_tags(reader->model, tags, count);
}

/* Drops the end from the first `length` characters, if they end with it. */
static bool strip_end(const char *text, size_t *length, const char *end)
{
    size_t size = strlen(end);
    if (*length < size || memcmp(text + *length - size, end, size) != 0)
        return false;
    *length -= size;
    return true;
}

/* Drops trailing blanks, qualifiers of the pointer itself, and its `*`; false = there is none. */
static bool strip_pointer(const char *text, size_t *length)
{
    while (strip_end(text, length, " ") || strip_end(text, length, "const") ||
           strip_end(text, length, "volatile") || strip_end(text, length, "restrict") ||
           strip_end(text, length, "__"))
        ;
    if (!strip_end(text, length, "*"))
        return false;
    while (strip_end(text, length, " "))
        ;
    return true;
}

const struct hg_tags *hg_clang_pointee_tags(struct reader *reader, CXType pointer)
{
    CXString spelling = clang_getTypeSpelling(pointer);
    const char *text = clang_getCString(spelling);
    if (strstr(text, "btf_type_tag") == NULL) {
        clang_disposeString(spelling);
        return NULL;
    }
    if (strstr(text, type_tag) == NULL && !reader->warned_of_lost_tags) {
        hg_warning(reader->diagnostics, NULL,
                   "this libclang does not return the texts of btf_type_tag: the tags are left out "
                   "(build hdrgen with libclang 15 or newer to keep them)");
        reader->warned_of_lost_tags = true;
    }

    const char *tags[TAGS_MAX];
    size_t count = 0;
    size_t length = strlen(text);
    bool more = strip_pointer(text, &length);
    while (more && count < TAGS_MAX && strip_end(text, &length, tag_end)) {
        size_t end = length;
        while (length > 0 && text[length - 1] != '"')
            length--;
        size_t begin = length;
        if (!strip_end(text, &length, type_tag))
            break;
        tags[count++] = hg_model_string(reader->model, text + begin, end - begin);
        while (strip_end(text, &length, " "))
            ;
    }
    clang_disposeString(spelling);
    return hg_model_tags(reader->model, tags, count);
}
