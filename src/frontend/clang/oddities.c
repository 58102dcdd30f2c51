/*
 * Warnings about code that compilers accept, and whose layout is hardly what its author meant.
 * Compilers do not warn about it, or with a warning that is too common in headers to be noticed.
 *
 *     struct s { int a; struct tree; };           declares no member without -fms-extensions
 *     struct r { int x; } __packed;               declares a variable, if nothing defines the macro
 *     struct b { int x : 3 __aligned(16); };      gcc and clang put x at different offsets
 *
 * The last warning is reported only if the kernel's configuration shows that gcc built it, since
 * hdrgen reads clang's layout.
 */
#include "frontend/clang/reader.h"

#include "base/diag.h"

#include <string.h>

bool hg_clang_warn_of_lost_member(struct reader *reader, CXDiagnostic diagnostic)
{
    struct hg_message message;
    hg_classify_message(hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic)), &message);
    if (message.kind != HG_PROBLEM_NOTHING_DECLARED)
        return false;
    struct hg_location where = hg_clang_place(reader, clang_getDiagnosticLocation(diagnostic));
    hg_warning(reader->diagnostics, &where,
               "this declares nothing: if it is meant to be a member, a record with a tag and "
               "without a name, it needs -fms-extensions; the member is missing here");
    return true;
}

static unsigned offset_of(CXSourceLocation location)
{
    unsigned offset = 0;
    clang_getExpansionLocation(location, NULL, NULL, NULL, &offset);
    return offset;
}

/* Whether the name looks like the kernel's macros for attributes: `__packed`, `__aligned8`. */
static bool is_like_an_attribute(const char *name)
{
    return hg_begins_with(name, "__") &&
           name[strspn(name, "_abcdefghijklmnopqrstuvwxyz0123456789")] == '\0';
}

void hg_clang_warn_of_attribute(struct reader *reader, CXCursor variable)
{
    if (clang_Cursor_getStorageClass(variable) != CX_SC_None) /* most variables are extern */
        return;
    const char *name = hg_clang_string(reader, clang_getCursorSpelling(variable));
    if (!is_like_an_attribute(name))
        return;
    CXCursor record = clang_getTypeDeclaration(clang_getCursorType(variable));
    if (!hg_clang_is_tag(clang_getCursorKind(record)))
        return;
    /* The record must be defined in the variable's declaration. */
    if (offset_of(clang_getRangeStart(clang_getCursorExtent(record))) !=
        offset_of(clang_getRangeStart(clang_getCursorExtent(variable))))
        return;
    struct hg_location where = hg_clang_place(reader, clang_getCursorLocation(variable));
    hg_warning(reader->diagnostics, &where,
               "'%s' is a variable here: if an attribute is meant, its macro is not defined, and "
               "the layout is one without it",
               name);
}

/* Whether the type's alignment is larger than its size: then an attribute raised it. */
static bool is_raised(CXType type)
{
    long long size = clang_Type_getSizeOf(type);
    long long align = clang_Type_getAlignOf(type);
    return size > 0 && align > size;
}

static enum CXChildVisitResult find_aligned(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    bool *is_aligned = data;
    *is_aligned = *is_aligned || clang_getCursorKind(cursor) == CXCursor_AlignedAttr;
    return CXChildVisit_Continue;
}

static bool has_alignment(CXCursor cursor)
{
    bool is_aligned = false;
    clang_visitChildren(cursor, find_aligned, &is_aligned);
    return is_aligned;
}

void hg_clang_warn_of_bit_field(struct reader *reader, CXCursor field)
{
    if (!reader->built_by_gcc || (!has_alignment(field) && !is_raised(clang_getCursorType(field))))
        return;
    struct hg_location where = hg_clang_place(reader, clang_getCursorLocation(field));
    const char *name = hg_clang_string(reader, clang_getCursorSpelling(field));
    hg_warning(
        reader->diagnostics, &where,
        "bit-field '%s' has an alignment of its own: gcc, which built this kernel, and clang, "
        "which reads it here, put such members at different offsets",
        name);
}

void hg_clang_warn_of_enum(struct reader *reader, CXCursor enumeration)
{
    if (!reader->built_by_gcc || !is_raised(clang_getCursorType(enumeration)))
        return;
    struct hg_location where = hg_clang_place(reader, clang_getCursorLocation(enumeration));
    const char *name = hg_clang_string(reader, clang_getCursorSpelling(enumeration));
    hg_warning(reader->diagnostics, &where,
               "enum '%s' has an alignment of its own: gcc, which built this kernel, lays out "
               "members of this type without it, and clang, which reads it here, with it",
               name);
}
