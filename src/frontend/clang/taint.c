/*
 * --keep-going: leaving out what an error touched.
 *
 *     struct good { int a; };
 *     struct bad  { unknown_t b; };        <- clang goes on with an int here
 *     struct worse { struct bad c; };
 *     struct fine { struct bad *d; };
 *
 * A declaration is touched if an error, a note to an error, or the #include of a file with an error
 * is within its text, up to and with its attributes; if clang calls it or a member invalid; or if
 * an expression in it (the bound of an array, the value of an enumerator, a typeof) uses a touched
 * declaration.  A type that holds a touched type is touched too, but a pointer to a touched record
 * is not, since the record becomes a declaration: bad and worse are left out and named, fine stays.
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
    /* Pairs of ids: a declaration, and one that an expression in it uses. */
    HG_ARRAY(hg_type_id) uses;
    hg_type_id current; /* the declaration whose expressions are visited */
};

/* --- touched directly --- */

/* The offset of the semicolon after a declaration.  clang's range of `struct s { }
 * __attribute__((aligned(N)));` ends at the brace, that of a typedef at the name.  If no semicolon
 * is near, UINT_MAX: the rest of the file is taken for a part of the declaration. */
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

/* The offset of the first error in the file from the offset on; UINT_MAX = there is none. */
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
    if (error == UINT_MAX) /* true for most declarations; end_of_declaration is slow */
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
    enum CXCursorKind used_kind = clang_getCursorKind(used);
    if (hg_clang_is_tag(used_kind) || used_kind == CXCursor_TypedefDecl) {
        hg_type_id id = hg_clang_known_declaration(taint->reader, used);
        if (id != HG_VOID_ID) {
            *HG_PUSH(&taint->uses) = taint->current;
            *HG_PUSH(&taint->uses) = id;
        }
    } else if (!clang_Cursor_isNull(used) && is_touched_cursor(taint->reader, used)) {
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
    static const char reason[] = "an error in the headers touches it";
    struct hg_type *type = hg_model_amend(reader->model, id);
    if (type->name != NULL && hg_is_namable(type->kind))
        hg_warning(reader->diagnostics, &type->where, "%s '%s' is left out: %s",
                   hg_kind_name(type->kind), type->name, reason);
    struct hg_location where = type->where;
    *type = hg_stand_in(reader->model, type, reason);
    type->where = where;
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
