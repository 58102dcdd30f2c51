/*
 * --keep-going: leaving out what an error touched.
 *
 *     struct good { int a; };
 *     struct bad  { unknown_t b; };        <- clang goes on with an int here
 *     struct worse { struct bad c; };
 *     struct fine { struct bad *d; };
 *
 * A declaration is touched when an error, a note to one, or the #include of a file with one lies
 * within its text (attributes after it are part of that); when clang itself calls it or a member
 * invalid; and when an expression in it (an array's bound, an enumerator's value, a typeof) uses a
 * declaration that is touched.  From there it spreads to whatever holds a touched type, through
 * everything but pointers to records, whose target becomes a mere declaration: bad and worse are
 * left out and named, fine stays.
 */
#include "base/diag.h"
#include "frontend/clang/reader.h"
#include "model/exclude.h"
#include "model/walk.h"

#include <limits.h>
#include <string.h>

struct taint {
    struct reader *reader;
    bool *touched; /* by type id */
    /* Ids of declarations whose expressions mention others: pairs (user, used). */
    HG_ARRAY(hg_type_id) uses;
    hg_type_id current;
};

/* --- touched directly --- */

/* clang's end of `struct s { } __attribute__((aligned(N)));` is the brace, of a typedef its name:
 * what follows up to the semicolon is part of it, too.  Where none is near, the rest of the file
 * is. */
static unsigned end_of_declaration(const struct reader *reader, CXFile file, unsigned begin)
{
    enum { FAR = 1 << 14 };
    size_t size = 0;
    const char *text = file == NULL ? NULL : clang_getFileContents(reader->unit, file, &size);
    int depth = 0;
    for (size_t i = begin; text != NULL && i < size && i - begin < FAR; i++) {
        if (text[i] == '/' && i + 1 < size && (text[i + 1] == '*' || text[i + 1] == '/')) {
            const char *end = text[i + 1] == '*' ? "*/" : "\n";
            const char *found = memmem(text + i + 2, size - i - 2, end, strlen(end));
            i = found == NULL ? size : (size_t)(found - text) + strlen(end) - 1;
        } else if (text[i] == ';' && depth <= 0) {
            return (unsigned)i;
        } else {
            depth += (text[i] == '(') - (text[i] == ')');
        }
    }
    return UINT_MAX;
}

static int compare_places(const void *left, const void *right)
{
    const struct error_place *a = left;
    const struct error_place *b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* The first error in the file that is not before the offset; UINT_MAX = there is none. */
static unsigned next_error(const struct reader *reader, uint32_t file, unsigned offset)
{
    const struct error_place wanted = {.file = file, .offset = offset};
    const struct error_place *places = reader->error_places.items;
    size_t low = 0;
    size_t high = reader->error_places.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_places(&places[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < reader->error_places.count && places[low].file == file ? places[low].offset
                                                                        : UINT_MAX;
}

static bool has_error_within(struct reader *reader, CXCursor cursor)
{
    CXSourceRange extent = clang_getCursorExtent(cursor);
    CXFile begin_file = NULL;
    CXFile end_file = NULL;
    unsigned begin = 0;
    unsigned end = 0;
    clang_getExpansionLocation(clang_getRangeStart(extent), &begin_file, NULL, NULL, &begin);
    clang_getExpansionLocation(clang_getRangeEnd(extent), &end_file, NULL, NULL, &end);
    unsigned error = begin_file == NULL
                         ? UINT_MAX
                         : next_error(reader, hg_clang_file(reader, begin_file)->number, begin);
    if (error == UINT_MAX) /* of nearly all; to look into the file would be slow */
        return false;
    return error <= end || !clang_File_isEqual(begin_file, end_file) ||
           error <= end_of_declaration(reader, end_file, end);
}

static bool is_touched_cursor(struct reader *reader, CXCursor cursor)
{
    return clang_isInvalidDeclaration(cursor) || has_error_within(reader, cursor);
}

static enum CXChildVisitResult visit_expression(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct taint *taint = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (clang_isDeclaration(kind) && clang_isInvalidDeclaration(cursor))
        taint->touched[taint->current] = true;
    bool in_expression = clang_isExpression(clang_getCursorKind(parent)) != 0;
    if (kind != CXCursor_DeclRefExpr && !(kind == CXCursor_TypeRef && in_expression))
        return CXChildVisit_Recurse;

    CXCursor used = clang_getCursorReferenced(cursor);
    if (clang_getCursorKind(used) == CXCursor_EnumConstantDecl)
        used = clang_getCursorSemanticParent(used);
    switch ((int)clang_getCursorKind(used)) {
    case CXCursor_StructDecl:
    case CXCursor_UnionDecl:
    case CXCursor_EnumDecl:
    case CXCursor_TypedefDecl: {
        hg_type_id id = hg_clang_known_declaration(taint->reader, used);
        if (id != HG_VOID_ID) {
            *HG_PUSH(&taint->uses) = taint->current;
            *HG_PUSH(&taint->uses) = id;
        }
        break;
    }
    default:
        if (!clang_Cursor_isNull(used) && is_touched_cursor(taint->reader, used))
            taint->touched[taint->current] = true;
    }
    return CXChildVisit_Recurse;
}

static void find_touched(struct taint *taint)
{
    struct reader *reader = taint->reader;
    for (size_t i = 0; i < reader->declarations.count; i++) {
        const struct declaration *declaration = &reader->declarations.items[i];
        if (declaration->is_put_off)
            continue;
        taint->current = declaration->id;
        if (is_touched_cursor(reader, declaration->cursor))
            taint->touched[declaration->id] = true;
        clang_visitChildren(declaration->cursor, visit_expression, taint);
    }
}

/* --- touched through others --- */

static bool is_record_or_enum(const struct hg_type *type)
{
    return hg_is_record(type) || type->kind == HG_ENUM;
}

static void spread(struct taint *taint)
{
    bool changed = true;
    while (changed) {
        changed = hg_mark_holders(taint->reader->model, taint->touched);
        for (size_t i = 0; i + 1 < taint->uses.count; i += 2) {
            if (taint->touched[taint->uses.items[i + 1]] && !taint->touched[taint->uses.items[i]])
                changed = taint->touched[taint->uses.items[i]] = true;
        }
    }
}

/* --- leaving out --- */

static void leave_out(struct reader *reader, hg_type_id id)
{
    struct hg_type *type = hg_model_amend(reader->model, id);
    if (type->name != NULL && (is_record_or_enum(type) || type->kind == HG_TYPEDEF))
        hg_warning(reader->diagnostics, &type->where,
                   "%s '%s' is left out: an error in the headers touches it",
                   hg_kind_name(type->kind), type->name);
    struct hg_type rest = {.kind = type->kind, .where = type->where};
    if (is_record_or_enum(type) && type->name != NULL) {
        rest.name = type->name;
    } else { /* what has no name cannot be declared alone */
        rest.kind = HG_OPAQUE;
        rest.complete = true;
        rest.reason = hg_model_string(reader->model, "an error in the headers touches it",
                                      strlen("an error in the headers touches it"));
    }
    *type = rest;
}

void hg_clang_leave_out_touched(struct reader *reader)
{
    size_t count = hg_model_type_count(reader->model);
    struct taint taint = {.reader = reader, .touched = hg_calloc(count, sizeof(bool))};
    qsort(reader->error_places.items, reader->error_places.count, sizeof(struct error_place),
          compare_places);
    find_touched(&taint);
    spread(&taint);
    for (hg_type_id id = 1; id < count; id++) {
        if (taint.touched[id])
            leave_out(reader, id);
    }
    free(taint.touched);
    free(taint.uses.items);
}
