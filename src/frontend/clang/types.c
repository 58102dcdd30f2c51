/*
 * Uses of types: from libclang's types to references in the model.
 *
 * Layers of libclang's types that have no meaning of their own (elaborated names, attributes,
 * typeof) are taken off one by one; typedefs are kept.  The qualifiers of all layers are those of
 * the reference.  A type that libclang does not describe becomes an opaque type of its size, with
 * the reason.
 *
 * Recursion follows only declarators (pointers, arrays, prototypes), never records or typedefs, and
 * its depth is bounded.
 */
#include "frontend/clang/reader.h"
#include "model/verify.h"

#include <string.h>

enum { DEEPEST_DECLARATOR = 200 };

const char *hg_clang_string(struct reader *reader, CXString string)
{
    const char *text = clang_getCString(string);
    const char *copy = hg_model_keep(reader->model, text == NULL ? "" : text);
    clang_disposeString(string);
    return copy;
}

/* libclang's negative error codes become 0. */
static uint64_t size_of(CXType type)
{
    long long size = clang_Type_getSizeOf(type);
    return size < 0 ? 0 : (uint64_t)size;
}

static uint32_t align_of(CXType type)
{
    long long align = clang_Type_getAlignOf(type);
    return align < 0 ? 0 : (uint32_t)align;
}

hg_type_id hg_clang_opaque(struct reader *reader, CXType type, const char *reason)
{
    return hg_model_intern(reader->model, &(struct hg_type){
                                              .kind = HG_OPAQUE,
                                              .complete = true,
                                              .size = size_of(type),
                                              .align = align_of(type),
                                              .reason = hg_model_keep(reader->model, reason),
                                          });
}

bool hg_clang_is_signed(CXType type)
{
    switch ((int)clang_getCanonicalType(type).kind) {
    case CXType_Char_S:
    case CXType_SChar:
    case CXType_Short:
    case CXType_Int:
    case CXType_Long:
    case CXType_LongLong:
    case CXType_Int128:
    case CXType_WChar:
        return true;
    default:
        return false;
    }
}

/* C's spelling of a basic type, the same for every version of clang; NULL = it is no basic type. */
static const char *basic_name(enum CXTypeKind kind, enum hg_kind *model_kind)
{
    static const struct {
        enum CXTypeKind kind;
        enum hg_kind model_kind;
        const char *name;
    } basics[] = {
        {CXType_Bool, HG_BOOL, "_Bool"},
        {CXType_Char_S, HG_CHAR, "char"},
        {CXType_Char_U, HG_CHAR, "char"},
        {CXType_SChar, HG_INT, "signed char"},
        {CXType_UChar, HG_INT, "unsigned char"},
        {CXType_Short, HG_INT, "short"},
        {CXType_UShort, HG_INT, "unsigned short"},
        {CXType_Int, HG_INT, "int"},
        {CXType_UInt, HG_INT, "unsigned int"},
        {CXType_Long, HG_INT, "long"},
        {CXType_ULong, HG_INT, "unsigned long"},
        {CXType_LongLong, HG_INT, "long long"},
        {CXType_ULongLong, HG_INT, "unsigned long long"},
        {CXType_Int128, HG_INT, "__int128"},
        {CXType_UInt128, HG_INT, "unsigned __int128"},
        {CXType_Half, HG_FLOAT, "__fp16"},
        {CXType_Float16, HG_FLOAT, "_Float16"},
        {CXType_BFloat16, HG_FLOAT, "__bf16"},
        {CXType_Float, HG_FLOAT, "float"},
        {CXType_Double, HG_FLOAT, "double"},
        {CXType_LongDouble, HG_FLOAT, "long double"},
        {CXType_Float128, HG_FLOAT, "__float128"},
        {CXType_Ibm128, HG_FLOAT, "__ibm128"},
    };
    for (size_t i = 0; i < sizeof basics / sizeof *basics; i++) {
        if (basics[i].kind == kind) {
            *model_kind = basics[i].model_kind;
            return basics[i].name;
        }
    }
    return NULL;
}

static hg_type_id basic_type(struct reader *reader, CXType type, const char *name,
                             enum hg_kind kind)
{
    return hg_model_intern(reader->model, &(struct hg_type){
                                              .kind = kind,
                                              .complete = true,
                                              .is_signed = hg_clang_is_signed(type),
                                              .name = hg_model_keep(reader->model, name),
                                              .size = size_of(type),
                                              .align = align_of(type),
                                          });
}

static struct hg_ref read_ref(struct reader *reader, CXType type, CXCursor owner, unsigned depth);

static uint32_t qualifiers_of(CXType type)
{
    uint32_t qualifiers = 0;
    if (clang_isConstQualifiedType(type))
        qualifiers |= HG_CONST;
    if (clang_isVolatileQualifiedType(type))
        qualifiers |= HG_VOLATILE;
    if (clang_isRestrictQualifiedType(type))
        qualifiers |= HG_RESTRICT;
    return qualifiers;
}

/* The qualifiers of the pointee that libclang loses: in `const char __user *` the const before the
 * attribute, which only the canonical type has.  Qualifiers of a typedef are not among them. */
static uint32_t hidden_qualifiers(CXType pointer)
{
    uint32_t all = qualifiers_of(clang_getPointeeType(clang_getCanonicalType(pointer)));
    CXType type = clang_getPointeeType(pointer);
    while (all != 0) {
        all &= ~qualifiers_of(type);
        if (type.kind == CXType_Elaborated)
            type = clang_Type_getNamedType(type);
        else if (type.kind == CXType_Typedef)
            type = clang_getTypedefDeclUnderlyingType(clang_getTypeDeclaration(type));
        else
            break;
    }
    return all;
}

static hg_type_id pointer_type(struct reader *reader, CXType type, CXCursor owner, unsigned depth)
{
    if (size_of(type) != reader->pointer_size)
        return hg_clang_opaque(reader, type, "a pointer of another size than the target's");
    reader->pointer_depth++;
    struct hg_ref target = read_ref(reader, clang_getPointeeType(type), owner, depth);
    reader->pointer_depth--;
    target.tags = hg_clang_pointee_tags(reader, type);
    target.qualifiers |= hidden_qualifiers(type);
    return hg_model_intern(reader->model, &(struct hg_type){
                                              .kind = HG_POINTER,
                                              .complete = true,
                                              .size = size_of(type),
                                              .align = align_of(type),
                                              .ref = target,
                                          });
}

static hg_type_id array_type(struct reader *reader, CXType type, unsigned depth)
{
    struct hg_type array = {.kind = HG_ARRAY, .complete = true, .align = align_of(type)};
    array.ref = read_ref(reader, clang_getElementType(type), clang_getNullCursor(), depth);
    array.is_vector = type.kind == CXType_Vector || type.kind == CXType_ExtVector;
    array.is_complex = type.kind == CXType_Complex;
    if (array.is_complex)
        array.count = 2;
    else if (type.kind != CXType_IncompleteArray)
        array.count = (uint64_t)clang_getNumElements(type);
    array.size = size_of(type);
    uint64_t elements = size_of(clang_getElementType(type)) * array.count;
    if (array.is_vector && array.size < elements)
        return hg_clang_opaque(reader, type, "a vector whose elements are smaller than a byte");
    return hg_model_intern(reader->model, &array);
}

/* --- prototypes --- */

struct parameter_names {
    struct reader *reader;
    const char **names;
    size_t count;
    size_t capacity;
};

static enum CXChildVisitResult take_name(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct parameter_names *names = data;
    if (clang_getCursorKind(cursor) != CXCursor_ParmDecl)
        return CXChildVisit_Continue;
    const char *name = hg_clang_string(names->reader, clang_getCursorSpelling(cursor));
    if (names->count < names->capacity)
        names->names[names->count] = hg_is_identifier(name) ? name : NULL;
    names->count++;
    return CXChildVisit_Continue;
}

/* Gives the parameters the names that the owner's own parameter declarations have. */
static void name_parameters(struct reader *reader, CXCursor owner, struct hg_parameter *parameters,
                            size_t count)
{
    if (count == 0 || clang_Cursor_isNull(owner))
        return;
    struct parameter_names names = {.reader = reader, .capacity = count};
    HG_CLEANUP(hg_free_pointer) const char **list = hg_calloc(count, sizeof *list);
    names.names = list;
    clang_visitChildren(owner, take_name, &names);
    if (names.count != count) /* they are those of another prototype in the declarator */
        return;
    for (size_t i = 0; i < count; i++)
        parameters[i].name = list[i];
}

/* C17 6.7.6.3 p7 and p8: a parameter of array type is a pointer to the element, one of function
 * type a pointer to the function.  libclang returns the type as it was written. */
static struct hg_ref parameter_type(struct reader *reader, CXType type, unsigned depth)
{
    CXCursor nobody = clang_getNullCursor();
    CXType canonical = clang_getCanonicalType(type);
    struct hg_type pointer = {
        .kind = HG_POINTER,
        .complete = true,
        .size = reader->pointer_size,
        .align = reader->pointer_size,
    };
    switch ((int)canonical.kind) {
    case CXType_ConstantArray:
    case CXType_IncompleteArray:
    case CXType_VariableArray: {
        CXType element = clang_getArrayElementType(type);
        if (element.kind == CXType_Invalid) /* a typedef's array */
            element = clang_getArrayElementType(canonical);
        pointer.ref = read_ref(reader, element, nobody, depth);
        break;
    }
    case CXType_FunctionProto:
    case CXType_FunctionNoProto:
        pointer.ref = read_ref(reader, type, nobody, depth);
        break;
    default:
        return read_ref(reader, type, nobody, depth);
    }
    return (struct hg_ref){.id = hg_model_intern(reader->model, &pointer)};
}

static hg_type_id function_type(struct reader *reader, CXType type, CXCursor owner, unsigned depth)
{
    int argument_count = clang_getNumArgTypes(type);
    size_t count = argument_count < 0 ? 0 : (size_t)argument_count;
    struct hg_type function = {
        .kind = HG_FUNCTION,
        .complete = true,
        .variadic = type.kind == CXType_FunctionProto && clang_isFunctionTypeVariadic(type),
        .parameter_count = count,
    };
    CXCursor nobody = clang_getNullCursor();
    reader->pointer_depth++;
    function.ref = read_ref(reader, clang_getResultType(type), nobody, depth);
    HG_CLEANUP(hg_free_pointer)
    struct hg_parameter *parameters = hg_calloc(count, sizeof *parameters);
    for (size_t i = 0; i < count; i++)
        parameters[i].type = parameter_type(reader, clang_getArgType(type, (unsigned)i), depth);
    reader->pointer_depth--;
    name_parameters(reader, owner, parameters, count);
    function.parameters = parameters;
    return hg_model_intern(reader->model, &function);
}

/* --- the layers --- */

/* _Atomic T is T with a qualifier, unless it has another size than T. */
static struct hg_ref atomic_type(struct reader *reader, CXType type, unsigned depth)
{
    CXType value = clang_Type_getValueType(type);
    if (size_of(value) != size_of(type))
        return (struct hg_ref){
            .id = hg_clang_opaque(reader, type, "an _Atomic type larger than its value")};
    struct hg_ref ref = read_ref(reader, value, clang_getNullCursor(), depth);
    ref.qualifiers |= HG_ATOMIC;
    return ref;
}

static hg_type_id unknown_type(struct reader *reader, CXType type)
{
    struct hg_text reason = {0};
    const char *spelling = hg_clang_string(reader, clang_getTypeSpelling(type));
    hg_text_printf(&reason, "libclang does not describe the type '%s'", spelling);
    hg_type_id id = hg_clang_opaque(reader, type, hg_text_string(&reason));
    hg_text_deinit(&reason);
    return id;
}

/* Whether the typedef's name cannot be written (decls.c), so that its target is used.  An alignment
 * that the typedef adds is still in the offsets of members and the alignment of records. */
static bool is_transparent(struct reader *reader, CXType type)
{
    CXCursor cursor = clang_getTypeDeclaration(type);
    return !hg_is_identifier(hg_clang_string(reader, clang_getCursorSpelling(cursor)));
}

static struct hg_ref read_ref(struct reader *reader, CXType type, CXCursor owner, unsigned depth)
{
    struct hg_ref ref = {.qualifiers = qualifiers_of(type)};
    if (depth >= DEEPEST_DECLARATOR) {
        ref.id = hg_clang_opaque(reader, type, "a declarator nested too deeply");
        return ref;
    }
    depth++;

    enum hg_kind kind;
    const char *name = basic_name(type.kind, &kind);
    if (name != NULL) {
        ref.id = basic_type(reader, type, name, kind);
        return ref;
    }
    struct hg_ref inner;
    switch ((int)type.kind) {
    case CXType_Void:
        ref.id = HG_VOID_ID;
        return ref;
    case CXType_Pointer:
        ref.id = pointer_type(reader, type, owner, depth);
        return ref;
    case CXType_ConstantArray:
    case CXType_IncompleteArray:
    case CXType_Vector:
    case CXType_ExtVector:
    case CXType_Complex:
        ref.id = array_type(reader, type, depth);
        return ref;
    case CXType_FunctionProto:
    case CXType_FunctionNoProto:
        ref.id = function_type(reader, type, owner, depth);
        return ref;
    case CXType_Typedef:
        if (is_transparent(reader, type)) {
            inner =
                read_ref(reader, clang_getTypedefDeclUnderlyingType(clang_getTypeDeclaration(type)),
                         owner, depth);
            break;
        }
        ref.id = hg_clang_declaration(reader, clang_getTypeDeclaration(type));
        return ref;
    case CXType_Record:
    case CXType_Enum:
        ref.id = hg_clang_declaration(reader, clang_getTypeDeclaration(type));
        return ref;
    case CXType_Elaborated:
        inner = read_ref(reader, clang_Type_getNamedType(type), owner, depth);
        break;
    case CXType_Atomic:
        inner = atomic_type(reader, type, depth);
        break;
    default: {
        CXType canonical = clang_getCanonicalType(type);
        if (canonical.kind == type.kind || canonical.kind == CXType_Invalid) {
            ref.id = unknown_type(reader, type);
            return ref;
        }
        inner = read_ref(reader, canonical, owner, depth);
        break;
    }
    }
    inner.qualifiers |= ref.qualifiers;
    return inner;
}

struct hg_ref hg_clang_ref(struct reader *reader, CXType type, CXCursor owner)
{
    return read_ref(reader, type, owner, 0);
}
