/*
 * BTF tags: __attribute__((btf_decl_tag("x"))) on declarations, btf_type_tag on what pointers point
 * to.
 *
 * libclang has no call for either, but clang's printer writes them out:
 *
 *     int count __attribute__((btf_decl_tag("guarded")))            a member, pretty-printed
 *     int  __attribute__((btf_type_tag("user")))*                   a pointer type, spelled
 *
 * so they are read from that text.  libclang 14 prints type tags without their argument: there they
 * are lost, and a warning says so once.  They carry no layout.
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

/* Drops trailing blanks and qualifiers of the pointer itself, and its `*`; false if there is none.
 */
static bool strip_pointer(const char *text, size_t *length)
{
    static const char *const words[] = {"const", "volatile", "restrict", "__restrict"};
    bool again = true;
    while (again) {
        again = false;
        while (*length > 0 && text[*length - 1] == ' ')
            --*length;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            size_t size = strlen(words[i]);
            if (*length > size && memcmp(text + *length - size, words[i], size) == 0) {
                *length -= size;
                again = true;
            }
        }
    }
    if (*length == 0 || text[*length - 1] != '*')
        return false;
    --*length;
    while (*length > 0 && text[*length - 1] == ' ')
        --*length;
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
                   "this libclang does not tell what btf_type_tag says: the tags are left out "
                   "(build hdrgen with libclang 15 or newer to keep them)");
        reader->warned_of_lost_tags = true;
    }

    const char *tags[TAGS_MAX];
    size_t count = 0;
    size_t length = strlen(text);
    bool more = strip_pointer(text, &length);
    while (more && count < TAGS_MAX && length > sizeof tag_end - 1 &&
           memcmp(text + length - (sizeof tag_end - 1), tag_end, sizeof tag_end - 1) == 0) {
        size_t end = length - (sizeof tag_end - 1);
        size_t begin = end;
        while (begin > 0 && text[begin - 1] != '"')
            begin--;
        size_t opening = sizeof type_tag - 1;
        if (begin < opening || memcmp(text + begin - opening, type_tag, opening) != 0)
            break;
        tags[count++] = hg_model_string(reader->model, text + begin, end - begin);
        length = begin - opening;
        while (length > 0 && text[length - 1] == ' ')
            length--;
    }
    clang_disposeString(spelling);
    return hg_model_tags(reader->model, tags, count);
}
