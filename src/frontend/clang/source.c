/*
 * Reading one source file: see source.h.
 *
 * The unit is visited in the order of its text: definitions at file scope, then, if bodies are
 * parsed, those inside functions.  A tag in a function is another type than the same tag at file
 * scope:
 *
 *     struct point;
 *     int f(struct point *p) { struct point { int x; }; ... }
 *
 * Types that the prefix defines are not visited; they are read if their layout is needed.
 *
 * If a file is missing that a build generates, clang continues without it.  A declaration that uses
 * one of its names is then an error, with two exceptions.  If an #if tests one of its macros, the
 * caller finds the files that do so (hg_doubt_fn).  If a macro of it is an attribute,
 *
 *     struct regs { char a; int b; } __generated_packed;
 *
 * declares a variable.
 */
#include "frontend/clang/source.h"

#include "base/diag.h"
#include "frontend/clang/reader.h"

#include <stdio.h>
#include <string.h>

struct source {
    const struct hg_source_unit *unit;
    hg_source_error_fn *error;
    void *user;
    struct hg_parse_options options; /* the unit's options, in the form of the front end */
    struct reader reader;
    HG_ARRAY(CXCursor) functions;
    HG_ARRAY(CXCursor) called;      /* inline functions that they call, directly or indirectly */
    struct hg_strings called_names; /* the USRs of these */
    CXFile missing_from; /* the file that includes the first missing file; NULL = none is missing */
    unsigned missing_line;
    bool is_hopeless;    /* an error other than a missing file may have changed any declaration */
    bool repeats_prefix; /* the unit repeats a typedef of the prefix */
    CXFile last_file;    /* the file of the last error */
    unsigned last_line;  /* the line of the main file that led to the last error */
};

static enum hg_status parse(struct source *source, CXIndex index)
{
    const struct hg_source_unit *unit = source->unit;
    struct argument_list arguments = {0};
    hg_clang_arguments(&source->options, &arguments);
    struct CXUnsavedFile *files = hg_calloc(unit->memory_file_count + 1, sizeof *files);
    for (size_t i = 0; i < unit->memory_file_count; i++)
        files[i] = (struct CXUnsavedFile){.Filename = unit->memory_files[i].name,
                                          .Contents = unit->memory_files[i].text,
                                          .Length = (unsigned long)unit->memory_files[i].size};
    unsigned flags = CXTranslationUnit_KeepGoing;
    if (unit->skips_bodies)
        flags |= CXTranslationUnit_SkipFunctionBodies;
    if (unit->branches != NULL)
        flags |= CXTranslationUnit_DetailedPreprocessingRecord;
    if (unit->precompile_to != NULL)
        flags |= CXTranslationUnit_Incomplete | CXTranslationUnit_ForSerialization;
    enum CXErrorCode code = clang_parseTranslationUnit2FullArgv(
        index, unit->path, arguments.items, (int)arguments.count, files,
        (unsigned)unit->memory_file_count, flags, &source->reader.unit);
    free(files);
    free(arguments.items);
    if (code == CXError_Success && source->reader.unit != NULL)
        return HG_OK;
    source->error(source->user,
                  &(struct hg_source_error){.is_crash = code == CXError_Crashed,
                                            .text = code == CXError_Crashed
                                                        ? "libclang crashed"
                                                        : "libclang refused the arguments"});
    return HG_ERROR_INPUT;
}

/* --- errors --- */

/* The line of the main file that leads to the error.  Without notes it is the line of the last
 * error, if that was in the same file; else the line that first included the file. */
static unsigned main_line(struct source *source, CXDiagnostic diagnostic)
{
    CXSourceLocation location = clang_getDiagnosticLocation(diagnostic);
    CXFile file = NULL;
    unsigned line = 0;
    clang_getExpansionLocation(location, &file, &line, NULL, NULL);
    if (file == NULL || clang_Location_isFromMainFile(location))
        return line;
    line = hg_clang_line_of_notes(diagnostic);
    if (line == 0 && source->last_file != NULL && clang_File_isEqual(source->last_file, file))
        line = source->last_line;
    const struct inclusion *inclusion = hg_clang_inclusions_of(&source->reader, file);
    if (line == 0 && inclusion != NULL)
        line = hg_clang_main_line_of(inclusion);
    source->last_file = file;
    source->last_line = line;
    return line;
}

/* The text of the diagnostic if it is an error; else NULL.  A lost member in a prefix is an error,
 * so that the prefix is dropped: then the files that include the header get the warning. */
static const char *fault_of(struct source *source, CXDiagnostic diagnostic)
{
    struct reader *reader = &source->reader;
    if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error)
        return hg_clang_string(reader, clang_getDiagnosticSpelling(diagnostic));
    const char *text = hg_clang_pragma_fault(reader, diagnostic);
    if (text == NULL && hg_clang_warn_of_lost_member(reader, diagnostic) &&
        source->unit->precompile_to != NULL)
        text = "a declaration declares nothing";
    return text;
}

static enum hg_status report_errors(struct source *source)
{
    struct reader *reader = &source->reader;
    enum hg_status status = HG_OK;
    unsigned count = clang_getNumDiagnostics(reader->unit);
    for (unsigned i = 0; i < count; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(reader->unit, i);
        const char *text = fault_of(source, diagnostic);
        if (text != NULL) {
            const char *missing = hg_clang_missing_file(reader, text);
            CXSourceLocation location = clang_getDiagnosticLocation(diagnostic);
            if (missing != NULL && source->missing_from == NULL)
                clang_getExpansionLocation(location, &source->missing_from, &source->missing_line,
                                           NULL, NULL);
            if (missing == NULL && (hg_clang_is_hopeless(reader, diagnostic) ||
                                    clang_getDiagnosticSeverity(diagnostic) < CXDiagnostic_Error))
                source->is_hopeless = true;
            if (source->unit->doubt != NULL)
                hg_clang_remember_error(reader, diagnostic);
            source->error(source->user, &(struct hg_source_error){
                                            .where = hg_clang_place(reader, location),
                                            .text = text,
                                            .missing_file = missing,
                                            .line = main_line(source, diagnostic),
                                        });
            status = HG_ERROR_INPUT;
        }
        clang_disposeDiagnostic(diagnostic);
    }
    return status;
}

static enum hg_status check_target(struct source *source)
{
    CXTargetInfo info = clang_getTranslationUnitTargetInfo(source->reader.unit);
    int bits = clang_TargetInfo_getPointerWidth(info);
    clang_TargetInfo_dispose(info);
    if (bits == (int)source->unit->target->pointer_size * 8)
        return HG_OK;
    source->error(source->user,
                  &(struct hg_source_error){.text = "its pointers are not those of the kernel"});
    return HG_ERROR_INPUT;
}

/* --- visiting --- */

/* Whether the unit repeats a typedef of the prefix, `typedef __u8 u8;`, as `typedef unsigned char
 * u8;`.  That is no error, but clang takes both for the prefix's typedef. */
static bool is_repeated(struct source *source, CXCursor cursor)
{
    CXCursor first = clang_getCanonicalCursor(cursor);
    if (source->unit->precompiled == NULL || clang_equalCursors(first, cursor))
        return false;
    CXFile file = hg_clang_file_at(clang_getCursorLocation(first));
    return file != NULL && hg_clang_is_of_prefix(&source->reader, file);
}

/* Takes a type that is used, as through a pointer: a type of the prefix is only declared. */
static void take_type(struct source *source, CXCursor type)
{
    enum CXCursorKind kind = clang_getCursorKind(type);
    if (!hg_clang_is_tag(kind) && kind != CXCursor_TypedefDecl)
        return;
    source->reader.pointer_depth++;
    hg_clang_declaration(&source->reader, type);
    source->reader.pointer_depth--;
}

/* For an enumerator takes its enum; for an inline function, which compilers make a part of its
 * callers, all types that it uses. */
static void take_reference(struct source *source, CXCursor cursor)
{
    CXCursor used = clang_getCursorReferenced(cursor);
    if (clang_getCursorKind(used) == CXCursor_EnumConstantDecl)
        take_type(source, clang_getCursorSemanticParent(used));
    if (clang_getCursorKind(used) != CXCursor_FunctionDecl || !clang_Cursor_isFunctionInlined(used))
        return;
    const char *name = hg_clang_string(&source->reader, clang_getCursorUSR(used));
    uint32_t *is_known = hg_strings_number(&source->called_names, name, strlen(name));
    if (*is_known == 0)
        *HG_PUSH(&source->called) = clang_getCursorDefinition(used);
    *is_known = 1;
}

static enum CXChildVisitResult visit_use(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    if (clang_getCursorKind(cursor) == CXCursor_TypeRef)
        take_type(data, clang_getCursorReferenced(cursor));
    if (clang_getCursorKind(cursor) == CXCursor_DeclRefExpr)
        take_reference(data, cursor);
    return CXChildVisit_Recurse;
}

static enum CXChildVisitResult visit_body(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct source *source = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (source->unit->has_uses)
        (void)visit_use(cursor, parent, data);
    if (kind == CXCursor_TypedefDecl || (hg_clang_is_tag(kind) && clang_isCursorDefinition(cursor)))
        hg_clang_declaration(&source->reader, cursor);
    return kind == CXCursor_EnumDecl ? CXChildVisit_Continue : CXChildVisit_Recurse;
}

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct source *source = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    switch ((int)kind) {
    case CXCursor_TypedefDecl:
        source->repeats_prefix = source->repeats_prefix || is_repeated(source, cursor);
        hg_clang_declaration(&source->reader, cursor);
        return CXChildVisit_Continue;
    case CXCursor_EnumDecl:
    case CXCursor_StructDecl:
    case CXCursor_UnionDecl:
        if (clang_isCursorDefinition(cursor))
            hg_clang_declaration(&source->reader, cursor);
        return kind == CXCursor_EnumDecl ? CXChildVisit_Continue : CXChildVisit_Recurse;
    case CXCursor_FunctionDecl:
        if (clang_isCursorDefinition(cursor))
            *HG_PUSH(&source->functions) = cursor;
        return CXChildVisit_Continue;
    case CXCursor_VarDecl:
        hg_clang_warn_of_attribute(&source->reader, cursor);
        if (source->unit->has_uses)
            clang_visitChildren(cursor, visit_use, source);
        return CXChildVisit_Continue;
    default:
        return CXChildVisit_Continue;
    }
}

/* Tags that are declared and never defined. */
static enum CXChildVisitResult visit_forward(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct source *source = data;
    if (hg_clang_is_tag(clang_getCursorKind(cursor)))
        hg_clang_declaration(&source->reader, cursor);
    return CXChildVisit_Continue;
}

static void read_declarations(struct source *source)
{
    CXCursor unit = clang_getTranslationUnitCursor(source->reader.unit);
    clang_visitChildren(unit, visit, source);
    if (source->unit->is_whole)
        clang_visitChildren(unit, visit_forward, source);
    source->reader.is_in_function = true;
    for (size_t i = 0; i < source->functions.count && !source->unit->skips_bodies; i++)
        clang_visitChildren(source->functions.items[i], visit_body, source);
    for (size_t i = 0; i < source->called.count; i++)
        clang_visitChildren(source->called.items[i], visit_use, source);
    source->reader.is_in_function = false;
}

/* --- without a missing file --- */

/* Leaves out a record before a declarator that may be an attribute of it. */
static enum CXChildVisitResult visit_declarator(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct source *source = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind != CXCursor_VarDecl && kind != CXCursor_FieldDecl)
        return CXChildVisit_Recurse;
    CXCursor record = clang_getTypeDeclaration(clang_getCursorType(cursor));
    CXFile file = NULL;
    CXFile record_file = NULL;
    unsigned begin = 0;
    unsigned record_begin = 0;
    clang_getExpansionLocation(clang_getRangeStart(clang_getCursorExtent(cursor)), &file, NULL,
                               NULL, &begin);
    clang_getExpansionLocation(clang_getRangeStart(clang_getCursorExtent(record)), &record_file,
                               NULL, NULL, &record_begin);
    if (hg_clang_is_tag(clang_getCursorKind(record)) && file != NULL && record_begin >= begin &&
        clang_File_isEqual(file, record_file) &&
        (kind == CXCursor_VarDecl ||
         strncmp(hg_clang_string(&source->reader, clang_getCursorSpelling(cursor)), "__", 2) == 0))
        hg_clang_remember(&source->reader, clang_getCursorLocation(record));
    return CXChildVisit_Recurse;
}

/* Whether the #include, or one that leads to it, precedes that of the missing file, in one file. */
static bool is_above_missing(const struct source *source, const struct inclusion *inclusion)
{
    for (unsigned i = 0; i < inclusion->depth; i++) {
        CXFile file = NULL;
        unsigned line = 0;
        clang_getExpansionLocation(inclusion->stack[i], &file, &line, NULL, NULL);
        if (file != NULL && clang_File_isEqual(file, source->missing_from) != 0 &&
            line < source->missing_line)
            return true;
    }
    return false;
}

/* The index of the last #include, before this one, of the file that has this one; its own index =
 * there is none. */
static size_t find_includer(struct inclusion *const *inclusions, size_t index)
{
    CXFile file =
        inclusions[index]->depth == 0 ? NULL : hg_clang_file_at(inclusions[index]->stack[0]);
    for (size_t i = index; file != NULL && i-- > 0;)
        if (clang_File_isEqual(inclusions[i]->file, file))
            return i;
    return index;
}

/* The files in the order in which they were opened. */
static struct hg_opened_file *list_opened(struct source *source,
                                          struct inclusion *const *inclusions, size_t count)
{
    struct hg_opened_file *files = hg_calloc(count + 1, sizeof *files);
    size_t from = 0; /* the file that includes the missing one */
    while (from < count && clang_File_isEqual(inclusions[from]->file, source->missing_from) == 0)
        from++;
    for (size_t i = 0; i < count; i++)
        files[i] = (struct hg_opened_file){
            .path = hg_clang_file_name(&source->reader, inclusions[i]->file),
            .includer = find_includer(inclusions, i),
            .is_before = i < from || is_above_missing(source, inclusions[i]),
        };
    for (size_t i = from; from < count; i = files[i].includer) {
        files[i].is_before = false;
        if (files[i].includer == i)
            break;
    }
    return files;
}

/* Leaves out the declarations in a doubtful file, as if they had errors. */
static void doubt_files(struct source *source)
{
    struct reader *reader = &source->reader;
    struct inclusion *const *inclusions = NULL;
    size_t count = hg_clang_inclusions(reader, &inclusions);
    HG_CLEANUP(hg_free_pointer) bool *doubtful = hg_calloc(count + 1, sizeof *doubtful);
    struct hg_opened_file *files = list_opened(source, inclusions, count);
    source->unit->doubt(source->unit->doubt_user, files, count, doubtful);
    struct hg_strings names = {0};
    for (size_t i = 0; i < count; i++)
        if (doubtful[i])
            *hg_strings_number(&names, files[i].path, strlen(files[i].path)) = 1;
    for (size_t i = 0; i < reader->declarations.count; i++) {
        CXSourceLocation location = clang_getCursorLocation(reader->declarations.items[i].cursor);
        CXFile file = hg_clang_file_at(location);
        const char *name = file == NULL ? "" : hg_clang_file_name(reader, file);
        if (hg_strings_find(&names, name, strlen(name)) != 0)
            hg_clang_remember(reader, location);
    }
    hg_strings_deinit(&names);
    free(files);
}

static void leave_out(struct source *source)
{
    clang_visitChildren(clang_getTranslationUnitCursor(source->reader.unit), visit_declarator,
                        source);
    doubt_files(source);
    hg_clang_leave_out_touched(&source->reader);
}

/* --- functions --- */

/* The prototype.  A function that a typedef declares, `fs_param_type fs_param_is_bool;`, has the
 * typedef as its type. */
static struct hg_ref prototype_of(struct reader *reader, CXCursor cursor)
{
    CXType type = clang_getCursorType(cursor);
    while (type.kind == CXType_Elaborated || type.kind == CXType_Typedef)
        type = type.kind == CXType_Elaborated
                   ? clang_Type_getNamedType(type)
                   : clang_getTypedefDeclUnderlyingType(clang_getTypeDeclaration(type));
    return (struct hg_ref){.id = hg_clang_ref(reader, type, cursor).id};
}

static void add_functions(struct source *source)
{
    struct reader *reader = &source->reader;
    for (size_t i = 0; i < source->functions.count && source->unit->functions; i++) {
        CXCursor cursor = source->functions.items[i];
        bool is_static = clang_Cursor_getStorageClass(cursor) == CX_SC_Static;
        if (is_static && clang_Cursor_isFunctionInlined(cursor))
            continue;
        struct hg_symbol symbol = {
            .kind = HG_SYMBOL_FUNCTION,
            .linkage = is_static ? HG_LINKAGE_STATIC : HG_LINKAGE_GLOBAL,
            .name = hg_clang_string(reader, clang_getCursorSpelling(cursor)),
            .type = prototype_of(reader, cursor),
        };
        if (hg_model_type(reader->model, symbol.type.id)->kind == HG_FUNCTION)
            hg_model_add_symbol(reader->model, &symbol);
    }
}

/* --- the order of the steps --- */

/* Adds each file that was opened, once; the main file first. */
static void record_files(struct reader *reader)
{
    struct inclusion *const *inclusions = NULL;
    size_t count = hg_clang_inclusions(reader, &inclusions);
    struct hg_strings names = {0};
    for (size_t i = 0; i < count; i++) {
        const char *name = hg_clang_file_name(reader, inclusions[i]->file);
        uint32_t *seen = hg_strings_number(&names, name, strlen(name));
        if (*seen == 0 && name[0] == '/')
            hg_model_add_file(reader->model, name);
        *seen = 1;
    }
    hg_strings_deinit(&names);
}

static enum hg_status build(struct source *source)
{
    struct reader *reader = &source->reader;
    enum hg_status status = report_errors(source);
    bool is_partial = status != HG_OK && source->unit->doubt != NULL &&
                      source->missing_from != NULL && !source->is_hopeless;
    if (status == HG_OK || is_partial)
        status = check_target(source);
    if (status != HG_OK)
        return status;
    if (source->unit->branches != NULL) {
        hg_clang_report_branches(reader, source->unit->branches);
        hg_model_set_target(reader->model, source->unit->target);
        return hg_model_seal(reader->model, reader->diagnostics);
    }
    reader->pointer_size = source->unit->target->pointer_size;
    reader->long_size = source->unit->target->long_size;
    reader->char_signed = source->unit->target->char_signed;
    read_declarations(source);
    if (source->repeats_prefix) {
        source->error(
            source->user,
            &(struct hg_source_error){.text = "it has a typedef that the precompiled prefix has"});
        return HG_ERROR_INPUT;
    }
    if (!is_partial)
        add_functions(source);
    hg_clang_define_declarations(reader);
    hg_model_set_target(reader->model, source->unit->target);
    record_files(reader);
    struct hg_diagnostics *diagnostics = reader->diagnostics;
    reader->diagnostics = NULL; /* another file may have the types that are left out */
    if (is_partial)
        leave_out(source);
    reader->diagnostics = diagnostics;
    status = hg_model_seal(reader->model, reader->diagnostics);
    if (status == HG_OK && source->unit->precompile_to != NULL)
        status = hg_clang_save(reader);
    return status;
}

enum hg_status hg_read_source(const struct hg_source_unit *unit, hg_source_error_fn *error,
                              void *user, struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    if (hg_clang_load(diagnostics) != HG_OK)
        return HG_ERROR_IO;
    struct source source = {.unit = unit, .error = error, .user = user};
    source.options = (struct hg_parse_options){
        .user =
            {
                .arguments = unit->arguments,
                .argument_count = unit->argument_count,
                .keep_going = true,
            },
        .precompiled = unit->precompiled,
        .precompile_to = unit->precompile_to,
        .roots = unit->roots,
        .root_count = unit->root_count,
        .prefix_count = unit->precompiled == NULL ? 0 : 1,
    };
    struct reader *reader = &source.reader;
    reader->options = &source.options;
    reader->diagnostics = diagnostics;
    reader->is_source = true;
    reader->built_by_gcc = unit->built_by_gcc;
    reader->model = hg_model_create();
    CXIndex index = clang_createIndex(1, 0);
    enum hg_status status = parse(&source, index);
    if (status == HG_OK)
        status = build(&source);
    if (status == HG_OK)
        *ret = reader->model;
    else
        hg_model_destroy(reader->model);
    free(source.functions.items);
    free(source.called.items);
    hg_strings_deinit(&source.called_names);
    hg_clang_free_reader(reader);
    clang_disposeIndex(index);
    return status;
}
