/*
 * Declarations: records, enums and typedefs, from clang's cursors to the model.
 *
 * A declaration gets its id at once, and its definition waits in a queue, so that cycles need no
 * special case and there is no recursion from record to record:
 *
 *     struct list_head { struct list_head *next, *prev; };
 *
 * needs its own id while it is being defined.  Cursors are looked up by their canonical
 * declaration.  To clang a tag that first occurs in a prototype (`void f(struct later *)` before
 * `struct later`) is another type than that of file scope, which no user means.  So a tag without a
 * definition becomes the type of the same tag that has one, and definitions are read first.
 */
#include "base/diag.h"
#include "frontend/clang/reader.h"
#include "model/describe.h"
#include "model/verify.h"

#include <string.h>

/* The hash table of cursors: uthash with libclang's hash and comparison. */
#define HASH_FUNCTION(key, length, hash) ((hash) = clang_hashCursor(*(const CXCursor *)(key)))
#define HASH_KEYCMP(a, b, length)                                                                  \
    (clang_equalCursors(*(const CXCursor *)(a), *(const CXCursor *)(b)) ? 0 : 1)
#define uthash_fatal(message) hg_out_of_memory()
#include <uthash.h>

struct cursor_entry {
    CXCursor cursor;
    size_t index; /* into reader->declarations */
    UT_hash_handle hh;
};

void hg_clang_free_declarations(struct reader *reader)
{
    HASH_CLEAR(hh, reader->by_cursor);
    hg_strings_deinit(&reader->tags);
    free(reader->declarations.items);
    free(reader->needed.items);
}

/* Makes a path relative to the root that contains it. */
static const char *without_root(const struct hg_parse_options *options, const char *file)
{
    for (size_t i = 0; i < options->root_count; i++) {
        size_t length = strlen(options->roots[i]);
        if (strncmp(file, options->roots[i], length) == 0 && file[length] == '/')
            return file + length + 1;
    }
    return file;
}

struct hg_location hg_clang_declared_at(struct reader *reader, CXCursor cursor)
{
    struct hg_location where = {0};
    CXFile file = NULL;
    clang_getExpansionLocation(clang_getCursorLocation(cursor), &file, &where.line, &where.column,
                               NULL);
    if (file == NULL ||
        (!reader->is_source && clang_Location_isFromMainFile(clang_getCursorLocation(cursor))))
        return (struct hg_location){0}; /* one of forward_tags */
    where.file = without_root(reader->options, hg_clang_file_name(reader, file));
    return where;
}

/* The tag of a record or enum; NULL = it has none.  clang spells a type with a tag `struct tag`, a
 * record that only a typedef names `name`, and any other record `struct (unnamed at ...)`. */
static const char *tag_of(struct reader *reader, CXCursor cursor)
{
    CXString spelling = clang_getTypeSpelling(clang_getCursorType(cursor));
    const char *text = clang_getCString(spelling);
    const char *blank = text == NULL ? NULL : strchr(text, ' ');
    const char *tag = NULL;
    if (blank != NULL && strchr(text, '(') == NULL)
        tag = hg_model_keep(reader->model, blank + 1);
    clang_disposeString(spelling);
    return tag;
}

/* Whether the name is a C identifier.  clang allows `$` and letters of any script in names; Rust
 * and BTF do not, so a declaration with such a name is left out, with a warning. */
static bool can_be_named(struct reader *reader, const struct hg_location *where, const char *what,
                         const char *name)
{
    if (hg_is_identifier(name))
        return true;
    struct hg_text shown = {0};
    hg_describe_name(&shown, name);
    hg_warning(reader->diagnostics, where, "%s '%s' is left out: its name is no C identifier", what,
               hg_text_string(&shown));
    hg_text_deinit(&shown);
    return false;
}

/* Makes a type opaque whose name cannot be written. */
static void make_opaque(struct reader *reader, CXCursor cursor, struct hg_type *type)
{
    CXType of = clang_getCursorType(cursor);
    long long size = clang_Type_getSizeOf(of);
    long long align = clang_Type_getAlignOf(of);
    *type = (struct hg_type){
        .kind = HG_OPAQUE,
        .complete = true,
        .where = type->where,
        .size = size < 0 ? 0 : (uint64_t)size,
        .align = size < 0 || align < 0 ? 0 : (uint32_t)align,
        .reason = hg_model_keep(reader->model, "its name is no C identifier"),
    };
}

static bool is_tag_left_out(struct reader *reader, CXCursor cursor, struct hg_type *type)
{
    if (type->name == NULL ||
        can_be_named(reader, &type->where, hg_kind_name(type->kind), type->name))
        return false;
    make_opaque(reader, cursor, type);
    return true;
}

/* The index plus one, in reader->declarations, of the cursor's tag; 0 = it is new. */
static uint32_t *by_tag(struct reader *reader, CXCursor cursor)
{
    const char *spelling =
        hg_clang_string(reader, clang_getTypeSpelling(clang_getCursorType(cursor)));
    return hg_strings_number(&reader->tags, spelling, strlen(spelling));
}

/* Whether the definition can wait: the prefix's model has it, and a pointer needs only the name. */
static bool can_be_put_off(struct reader *reader, const struct declaration *declaration)
{
    enum CXCursorKind kind = clang_getCursorKind(declaration->cursor);
    if (reader->options->prefix_count == 0 || !declaration->is_defined ||
        (kind != CXCursor_StructDecl && kind != CXCursor_UnionDecl))
        return false;
    CXFile file = hg_clang_file_at(clang_getCursorLocation(declaration->cursor));
    return file != NULL && hg_clang_is_of_prefix(reader, file) &&
           tag_of(reader, declaration->cursor) != NULL;
}

/* The index in reader->declarations of a cursor that is not known yet. */
static size_t add_declaration(struct reader *reader, CXCursor canonical)
{
    bool is_typedef = clang_getCursorKind(canonical) == CXCursor_TypedefDecl;
    CXCursor definition = is_typedef ? canonical : clang_getCursorDefinition(canonical);
    if (!is_typedef && !reader->is_in_function) {
        uint32_t *known = by_tag(reader, canonical);
        if (*known != 0 && clang_Cursor_isNull(definition))
            return *known - 1;
        if (*known == 0)
            *known = (uint32_t)reader->declarations.count + 1;
    }
    struct declaration declaration = {
        .id = hg_model_declare(reader->model),
        .cursor = clang_Cursor_isNull(definition) ? canonical : definition,
        .is_defined = !clang_Cursor_isNull(definition),
    };
    declaration.is_put_off = can_be_put_off(reader, &declaration);
    *HG_PUSH(&reader->declarations) = declaration;
    return reader->declarations.count - 1;
}

static struct cursor_entry *find(const struct reader *reader, CXCursor canonical)
{
    struct cursor_entry *entry = NULL;
    HASH_FIND(hh, reader->by_cursor, &canonical, sizeof canonical, entry);
    return entry;
}

hg_type_id hg_clang_known_declaration(const struct reader *reader, CXCursor cursor)
{
    const struct cursor_entry *entry = find(reader, clang_getCanonicalCursor(cursor));
    return entry == NULL ? HG_VOID_ID : reader->declarations.items[entry->index].id;
}

hg_type_id hg_clang_declaration(struct reader *reader, CXCursor cursor)
{
    CXCursor canonical = clang_getCanonicalCursor(cursor);
    struct cursor_entry *entry = find(reader, canonical);
    if (entry == NULL) {
        entry = hg_arena_alloc(&reader->scratch, sizeof *entry);
        entry->cursor = canonical;
        entry->index = add_declaration(reader, canonical);
        HASH_ADD(hh, reader->by_cursor, cursor, sizeof entry->cursor, entry);
    }
    struct declaration *declaration = &reader->declarations.items[entry->index];
    if (declaration->is_put_off && reader->pointer_depth == 0) {
        declaration->is_put_off = false;
        *HG_PUSH(&reader->needed) = entry->index;
    }
    return declaration->id;
}

/* --- records --- */

struct fields {
    struct reader *reader;
    HG_ARRAY(struct hg_member) members;
    bool lacks_members;
    const char *fault; /* why the layout is not known */
};

/* Whether a bit-field can have the type: C17 6.7.2.1 p5 and GNU C; not _BitInt. */
static bool is_bit_field_base(CXType type)
{
    CXType canonical = clang_getCanonicalType(type);
    return canonical.kind == CXType_Enum ||
           (canonical.kind >= CXType_Bool && canonical.kind <= CXType_Int128);
}

static enum CXVisitorResult read_field(CXCursor cursor, CXClientData data)
{
    struct fields *fields = data;
    struct reader *reader = fields->reader;
    CXType type = clang_getCursorType(cursor);
    const char *name = hg_clang_string(reader, clang_getCursorSpelling(cursor));
    bool unnamed = name[0] == '\0' || strchr(name, '(') != NULL;
    bool is_bit_field = clang_Cursor_isBitField(cursor) != 0;
    if (unnamed && is_bit_field) /* padding */
        return CXVisit_Continue;

    long long bit_offset = clang_Cursor_getOffsetOfField(cursor);
    int width = is_bit_field ? clang_getFieldDeclBitWidth(cursor) : 0;
    if (bit_offset < 0 || width < 0) {
        fields->fault = "libclang does not return the offset of one of its members";
        return CXVisit_Break;
    }
    if (is_bit_field)
        hg_clang_warn_of_bit_field(reader, cursor);
    if (is_bit_field && !is_bit_field_base(type)) {
        fields->fault = "a bit-field of a type that hdrgen does not know";
        return CXVisit_Break;
    }
    struct hg_location where = hg_clang_declared_at(reader, cursor);
    if (!unnamed && !can_be_named(reader, &where, "member", name)) {
        fields->lacks_members = true;
        return CXVisit_Continue;
    }
    *HG_PUSH(&fields->members) = (struct hg_member){
        .name = unnamed ? NULL : name,
        .type = hg_clang_ref(reader, type, cursor),
        .bit_offset = (uint64_t)bit_offset,
        .bit_width = (uint32_t)width,
        .tags = hg_clang_decl_tags(reader, cursor),
        .where = where,
    };
    return CXVisit_Continue;
}

static void define_record(struct reader *reader, CXCursor cursor, struct hg_type *record)
{
    CXType type = clang_getCursorType(cursor);
    long long size = clang_Type_getSizeOf(type);
    long long align = clang_Type_getAlignOf(type);
    if (size < 0 || align < 0)
        return; /* an invalid declaration: it stays incomplete */

    struct fields fields = {.reader = reader};
    clang_Type_visitFields(type, read_field, &fields);
    record->lacks_members = fields.lacks_members;
    record->size = (uint64_t)size;
    record->align = (uint32_t)align;
    record->complete = true;
    if (fields.fault != NULL) {
        hg_warning(reader->diagnostics, &record->where, "%s '%s' is left opaque: %s",
                   hg_kind_name(record->kind), record->name == NULL ? "" : record->name,
                   fields.fault);
        record->kind = HG_OPAQUE;
        record->reason = fields.fault;
    } else {
        record->member_count = fields.members.count;
        record->members = hg_arena_copy(hg_model_arena(reader->model), fields.members.items,
                                        fields.members.count, sizeof *fields.members.items);
    }
    free(fields.members.items);
}

/* --- enums --- */

struct enumerators {
    struct reader *reader;
    bool is_signed;
    HG_ARRAY(struct hg_enumerator) items;
};

static enum CXChildVisitResult read_enumerator(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct enumerators *enumerators = data;
    if (clang_getCursorKind(cursor) != CXCursor_EnumConstantDecl)
        return CXChildVisit_Continue;
    struct reader *reader = enumerators->reader;
    const char *name = hg_clang_string(reader, clang_getCursorSpelling(cursor));
    struct hg_location where = hg_clang_declared_at(reader, cursor);
    if (!can_be_named(reader, &where, "enumerator", name))
        return CXChildVisit_Continue;
    *HG_PUSH(&enumerators->items) = (struct hg_enumerator){
        .name = name,
        .value = enumerators->is_signed ? (uint64_t)clang_getEnumConstantDeclValue(cursor)
                                        : clang_getEnumConstantDeclUnsignedValue(cursor),
    };
    return CXChildVisit_Continue;
}

static void define_enum(struct reader *reader, CXCursor cursor, struct hg_type *enumeration)
{
    CXType type = clang_getCursorType(cursor);
    long long size = clang_Type_getSizeOf(type);
    long long align = clang_Type_getAlignOf(type);
    if (size < 0 || align < 0)
        return;
    hg_clang_warn_of_enum(reader, cursor);
    struct enumerators enumerators = {
        .reader = reader,
        .is_signed = hg_clang_is_signed(clang_getEnumDeclIntegerType(cursor)),
    };
    clang_visitChildren(cursor, read_enumerator, &enumerators);
    if (enumerators.items.count == 0) { /* C requires one, so all have been left out */
        make_opaque(reader, cursor, enumeration);
        return;
    }
    enumeration->complete = true;
    enumeration->is_signed = enumerators.is_signed;
    enumeration->size = (uint64_t)size;
    enumeration->align = (uint32_t)align;
    enumeration->enumerator_count = enumerators.items.count;
    enumeration->enumerators =
        hg_arena_copy(hg_model_arena(reader->model), enumerators.items.items,
                      enumerators.items.count, sizeof *enumerators.items.items);
    free(enumerators.items.items);
}

/* --- typedefs --- */

static void define_typedef(struct reader *reader, CXCursor cursor, struct hg_type *alias)
{
    CXType target = clang_getTypedefDeclUnderlyingType(cursor);
    alias->complete = true;
    alias->name = hg_clang_string(reader, clang_getCursorSpelling(cursor));
    if (!can_be_named(reader, &alias->where, "typedef", alias->name)) {
        make_opaque(reader, cursor, alias);
        return;
    }
    alias->ref = hg_clang_ref(reader, target, cursor);
    long long align = clang_Type_getAlignOf(clang_getCursorType(cursor));
    if (align > 0 && align != clang_Type_getAlignOf(target))
        alias->align = (uint32_t)align;
}

/* --- the order of the steps --- */

static void define(struct reader *reader, const struct declaration *declaration)
{
    CXCursor cursor = declaration->cursor;
    struct hg_type type = {0};
    type.where = hg_clang_declared_at(reader, cursor);
    type.tags = hg_clang_decl_tags(reader, cursor);
    switch ((int)clang_getCursorKind(cursor)) {
    case CXCursor_TypedefDecl:
        type.kind = HG_TYPEDEF;
        define_typedef(reader, cursor, &type);
        break;
    case CXCursor_EnumDecl:
        type.kind = HG_ENUM;
        type.name = tag_of(reader, cursor);
        if (!is_tag_left_out(reader, cursor, &type) && declaration->is_defined)
            define_enum(reader, cursor, &type);
        break;
    case CXCursor_StructDecl:
    case CXCursor_UnionDecl:
        type.kind = clang_getCursorKind(cursor) == CXCursor_UnionDecl ? HG_UNION : HG_STRUCT;
        type.name = tag_of(reader, cursor);
        if (!is_tag_left_out(reader, cursor, &type) && declaration->is_defined)
            define_record(reader, cursor, &type);
        break;
    default: { /* does not occur in C */
        long long size = clang_Type_getSizeOf(clang_getCursorType(cursor));
        type.kind = HG_OPAQUE;
        type.complete = true;
        type.size = size < 0 ? 0 : (uint64_t)size;
        type.reason = "a declaration that is not a record, enum or typedef";
        break;
    }
    }
    hg_model_define(reader->model, declaration->id, &type);
}

struct visit {
    struct reader *reader;
    bool is_before; /* the cursor is before the probe, and is skipped */
};

/* The probe: declarations in the main file that show basic properties of the target. */
static void read_probe(struct reader *reader, CXCursor cursor)
{
    const char *name = hg_clang_string(reader, clang_getCursorSpelling(cursor));
    CXType type = clang_getTypedefDeclUnderlyingType(cursor);
    if (strcmp(name, HG_PROBE_CHAR) == 0)
        reader->char_signed = hg_clang_is_signed(type);
    else if (strcmp(name, HG_PROBE_LONG) == 0)
        reader->long_size = (unsigned)clang_Type_getSizeOf(type);
    else if (strcmp(name, HG_PROBE_GCC) == 0)
        reader->built_by_gcc = true;
    else if (strcmp(name, HG_PROBE_POINTER) == 0)
        reader->pointer_size = (unsigned)clang_Type_getSizeOf(type);
}

/* Whether the next cursor of the unit is skipped, since it is before the probe. */
static bool is_skipped(struct visit *visit, CXCursor cursor)
{
    if (visit->is_before && clang_getCursorKind(cursor) == CXCursor_TypedefDecl &&
        clang_Location_isFromMainFile(clang_getCursorLocation(cursor)))
        visit->is_before = false;
    return visit->is_before;
}

static enum CXChildVisitResult visit_definition(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct visit *visit = data;
    struct reader *reader = visit->reader;
    if (is_skipped(visit, cursor))
        return CXChildVisit_Continue;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_TypedefDecl) {
        if (clang_Location_isFromMainFile(clang_getCursorLocation(cursor)))
            read_probe(reader, cursor);
        else
            hg_clang_declaration(reader, cursor);
        return CXChildVisit_Continue;
    }
    if (kind == CXCursor_VarDecl)
        hg_clang_warn_of_attribute(reader, cursor);
    bool is_record = kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl;
    if (hg_clang_is_tag(kind) && clang_isCursorDefinition(cursor))
        hg_clang_declaration(reader, cursor);
    return is_record ? CXChildVisit_Recurse : CXChildVisit_Continue;
}

/* Tags that are declared and never defined. */
static enum CXChildVisitResult visit_forward(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct visit *visit = data;
    if (is_skipped(visit, cursor))
        return CXChildVisit_Continue;
    if (hg_clang_is_tag(clang_getCursorKind(cursor)) &&
        !clang_Location_isFromMainFile(clang_getCursorLocation(cursor)))
        hg_clang_declaration(visit->reader, cursor);
    return CXChildVisit_Continue;
}

void hg_clang_read_declarations(struct reader *reader)
{
    CXCursor unit = clang_getTranslationUnitCursor(reader->unit);
    struct visit definitions = {.reader = reader, .is_before = reader->skips_before};
    clang_visitChildren(unit, visit_definition, &definitions);
    struct visit forwards = {.reader = reader, .is_before = reader->skips_before};
    clang_visitChildren(unit, visit_forward, &forwards);
    hg_clang_define_declarations(reader);
}

void hg_clang_define_declarations(struct reader *reader)
{
    /* First the declarations that are not put off, then those that turn out to be needed. */
    for (size_t i = 0, n = 0; i < reader->declarations.count || n < reader->needed.count;) {
        size_t index = i < reader->declarations.count ? i++ : reader->needed.items[n++];
        struct declaration declaration = reader->declarations.items[index];
        if (declaration.is_put_off || declaration.is_read)
            continue;
        reader->declarations.items[index].is_read = true;
        define(reader, &declaration);
    }
    for (size_t i = 0; i < reader->declarations.count; i++) {
        struct declaration declaration = reader->declarations.items[i];
        if (!declaration.is_put_off)
            continue;
        declaration.is_defined = false;
        define(reader, &declaration);
    }
}
