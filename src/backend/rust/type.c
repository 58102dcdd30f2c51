/*
 * Spells types in Rust.
 *
 *     const char *[4]              [*const c_char; 4]
 *     void (*)(void *, ...)        ::core::option::Option<unsafe extern "C" fn(*mut c_void, ...)>
 *     void *, 32-bit target        Ptr32<c_void>
 *     long double                  __Align16<[u8; 16]>
 *
 * The method: a type with a name is written by its name; pointers, arrays and prototypes are
 * spelled out.  For 64-bit targets, C's integer types keep their C names (c_int).  For 32-bit
 * targets they are named by size (i32): the code runs where c_long has 64 bits (in BPF).  Paths
 * begin with `::` so that no C name can shadow them.
 *
 * What this does not do: spell out types of any depth and length.  If a type grows too deep or too
 * long, the pointers in the rest of it become pointers to c_void, with a warning; the layout is the
 * same.
 */
#include "backend/rust/rust.h"

#include "base/diag.h"
#include "model/describe.h"

#include <string.h>

enum { DEPTH_MAX = 48, LENGTH_MAX = 16384 };

enum c_type {
    C_CHAR,
    C_SCHAR,
    C_UCHAR,
    C_SHORT,
    C_USHORT,
    C_INT,
    C_UINT,
    C_LONG,
    C_ULONG,
    C_LONGLONG,
    C_ULONGLONG,
    C_VOID,
    C_NONE,
};

const struct hg_rust_c_type hg_rust_c_types[] = {
    [C_CHAR] = {"c_char", 1},           [C_SCHAR] = {"c_schar", 1},
    [C_UCHAR] = {"c_uchar", 1},         [C_SHORT] = {"c_short", 2},
    [C_USHORT] = {"c_ushort", 2},       [C_INT] = {"c_int", 4},
    [C_UINT] = {"c_uint", 4},           [C_LONG] = {"c_long", 8},
    [C_ULONG] = {"c_ulong", 8},         [C_LONGLONG] = {"c_longlong", 8},
    [C_ULONGLONG] = {"c_ulonglong", 8}, [C_VOID] = {"c_void", 0},
};
const size_t hg_rust_c_type_count = C_NONE;

/* One type being written. */
struct spelling {
    struct hg_rust *rust;
    size_t begin; /* of the type in the text */
    bool is_cut;
};

static void put_spelled(struct spelling *spelling, hg_type_id id, unsigned depth);

const char *hg_rust_fixed(uint64_t size, bool is_signed)
{
    static const char *const names[][2] = {
        [1] = {"u8", "i8"},   [2] = {"u16", "i16"},    [4] = {"u32", "i32"},
        [8] = {"u64", "i64"}, [16] = {"u128", "i128"},
    };
    return size < sizeof names / sizeof *names ? names[size][is_signed] : NULL;
}

/* Finds C's integer type of that name.  clang (`unsigned long`) and DWARF (`long unsigned int`)
 * order the words differently.  C_NONE = another type, like char16_t. */
static enum c_type find_c_type(const char *name)
{
    unsigned longs = 0;
    bool is_short = false, is_char = false, is_unsigned = false, is_signed = false;
    while (*name != '\0') {
        size_t length = strcspn(name, " ");
        if (length == 4 && strncmp(name, "long", length) == 0)
            longs++;
        else if (length == 5 && strncmp(name, "short", length) == 0)
            is_short = true;
        else if (length == 4 && strncmp(name, "char", length) == 0)
            is_char = true;
        else if (length == 8 && strncmp(name, "unsigned", length) == 0)
            is_unsigned = true;
        else if (length == 6 && strncmp(name, "signed", length) == 0)
            is_signed = true;
        else if (length != 3 || strncmp(name, "int", length) != 0)
            return C_NONE;
        name += length + strspn(name + length, " ");
    }
    if (is_char)
        return is_unsigned ? C_UCHAR : is_signed ? C_SCHAR : C_CHAR;
    if (is_short)
        return is_unsigned ? C_USHORT : C_SHORT;
    if (longs == 0)
        return is_unsigned ? C_UINT : C_INT;
    if (longs == 1)
        return is_unsigned ? C_ULONG : C_LONG;
    return is_unsigned ? C_ULONGLONG : C_LONGLONG;
}

static void put_c_type(struct hg_rust *rust, enum c_type c_type)
{
    rust->used_c_types |= 1u << c_type;
    hg_text_put(&rust->text, hg_rust_c_types[c_type].name);
}

void hg_rust_put_integer(struct hg_rust *rust, const struct hg_type *type)
{
    enum c_type c_type = C_NONE;
    if (rust->target->pointer_size == 8)
        c_type = type->kind == HG_CHAR ? C_CHAR : find_c_type(type->name);
    if (c_type != C_NONE && hg_rust_c_types[c_type].size == type->size)
        put_c_type(rust, c_type);
    else
        hg_text_put(&rust->text, hg_rust_fixed(type->size, type->is_signed));
}

static void put_open_wrap(struct hg_rust *rust, const struct hg_rust_shape *shape)
{
    if (shape->wrap == 0)
        return;
    rust->used_aligns |= shape->wrap;
    hg_text_printf(&rust->text, "__Align%u<", (unsigned)shape->wrap);
}

static void put_close_wrap(struct hg_rust *rust, const struct hg_rust_shape *shape)
{
    if (shape->wrap != 0)
        hg_text_put(&rust->text, ">");
}

static void put_blob(struct hg_rust *rust, hg_type_id id, const struct hg_type *type)
{
    const struct hg_rust_shape *shape = &rust->shapes[id];
    put_open_wrap(rust, shape);
    hg_rust_put_byte_array(&rust->text, type->size);
    put_close_wrap(rust, shape);
}

static void put_number(struct hg_rust *rust, hg_type_id id, const struct hg_type *type)
{
    if (rust->shapes[id].as_bytes)
        put_blob(rust, id, type);
    else if (type->kind == HG_BOOL)
        hg_text_put(&rust->text, "bool");
    else if (type->kind == HG_FLOAT)
        hg_text_put(&rust->text, type->size == 4 ? "f32" : "f64");
    else if (type->size == 16) {
        rust->int128_align[type->is_signed] = rust->shapes[id].align;
        hg_text_put(&rust->text, type->is_signed ? "__int128" : "__uint128");
    } else
        hg_rust_put_integer(rust, type);
}

static bool too_long(struct spelling *spelling, unsigned depth)
{
    bool is_cut = depth > DEPTH_MAX || spelling->rust->text.size - spelling->begin > LENGTH_MAX;
    spelling->is_cut |= is_cut;
    return is_cut;
}

static void put_pointer(struct spelling *spelling, const struct hg_type *type, unsigned depth)
{
    struct hg_rust *rust = spelling->rust;
    hg_type_id target = too_long(spelling, depth) ? HG_VOID_ID : type->ref.id;
    uint32_t qualifiers = type->ref.qualifiers;
    const struct hg_type *resolved =
        hg_model_type(rust->model, hg_type_resolve(rust->model, target, &qualifiers));
    bool is_32 = rust->target->pointer_size == 4;
    bool is_function = resolved->kind == HG_FUNCTION;
    rust->uses_ptr32 |= is_32;
    hg_text_put(&rust->text, is_32                          ? "Ptr32<"
                             : is_function                  ? "::core::option::Option<"
                             : (qualifiers & HG_CONST) != 0 ? "*const "
                                                            : "*mut ");
    put_spelled(spelling, target, depth + 1);
    hg_text_put(&rust->text, is_32 || is_function ? ">" : "");
}

static void put_array(struct spelling *spelling, hg_type_id id, const struct hg_type *type,
                      unsigned depth)
{
    struct hg_rust *rust = spelling->rust;
    if (rust->shapes[id].as_bytes) {
        put_blob(rust, id, type);
        return;
    }
    put_open_wrap(rust, &rust->shapes[id]);
    hg_text_put(&rust->text, "[");
    put_spelled(spelling, type->ref.id, depth + 1);
    hg_text_put(&rust->text, "; ");
    hg_text_unsigned(&rust->text, type->count);
    hg_text_put(&rust->text, "]");
    put_close_wrap(rust, &rust->shapes[id]);
}

/* The type of a parameter or result: as in C, a function becomes a pointer to it. */
static void put_passed(struct spelling *spelling, hg_type_id id, unsigned depth)
{
    struct hg_rust *rust = spelling->rust;
    if (hg_resolved(rust->model, id)->kind != HG_FUNCTION) {
        put_spelled(spelling, id, depth);
        return;
    }
    struct hg_type pointer = {.kind = HG_POINTER, .ref = {.id = id}};
    put_pointer(spelling, &pointer, depth);
}

static void put_parameters(struct spelling *spelling, const struct hg_type *type, unsigned depth)
{
    struct hg_rust *rust = spelling->rust;
    for (size_t i = 0; i < type->parameter_count; i++) {
        const struct hg_parameter *parameter = &type->parameters[i];
        if (i > 0)
            hg_text_put(&rust->text, ", ");
        if (parameter->name != NULL) {
            hg_text_put(&rust->text, hg_rust_escape(rust, parameter->name));
            hg_text_put(&rust->text, ": ");
        }
        put_passed(spelling, parameter->type.id, depth + 1);
    }
    /* Rust allows `...` only after a parameter. */
    if (type->variadic && type->parameter_count > 0)
        hg_text_put(&rust->text, ", ...");
}

static void put_function(struct spelling *spelling, const struct hg_type *type, unsigned depth)
{
    struct hg_rust *rust = spelling->rust;
    bool is_cut = too_long(spelling, depth);
    hg_text_put(&rust->text, "unsafe extern \"C\" fn(");
    if (!is_cut)
        put_parameters(spelling, type, depth);
    hg_text_put(&rust->text, ")");
    if (!is_cut && hg_resolved(rust->model, type->ref.id)->kind != HG_VOID) {
        hg_text_put(&rust->text, " -> ");
        put_passed(spelling, type->ref.id, depth + 1);
    }
}

/* Writes the type's name; false = it has none.  An enum of style HG_ENUM_RUST is written as the
 * integer that it is in memory, and so is the typedef that gave it its name. */
static bool put_name(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_rust_name *name = &rust->names[id];
    if (name->text == NULL)
        return false;
    hg_type_id target = name->is_elsewhere ? hg_type_resolve(rust->model, id, NULL) : id;
    const struct hg_type *type = hg_model_type(rust->model, target);
    enum hg_enum_style style = hg_rust_enum_style(rust, target);
    if (style == HG_ENUM_RUST) {
        hg_text_put(&rust->text, hg_rust_fixed(type->size, type->is_signed));
        return true;
    }
    hg_text_put(&rust->text, name->text);
    hg_text_put(&rust->text, style == HG_ENUM_MODULE ? "::Type" : "");
    return true;
}

static void put_spelled(struct spelling *spelling, hg_type_id id, unsigned depth)
{
    struct hg_rust *rust = spelling->rust;
    const struct hg_type *type = hg_model_type(rust->model, id);
    if (put_name(rust, id))
        return;
    switch (type->kind) {
    case HG_VOID:
        put_c_type(rust, C_VOID);
        break;
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
        put_number(rust, id, type);
        break;
    case HG_OPAQUE:
        put_blob(rust, id, type);
        break;
    case HG_POINTER:
        put_pointer(spelling, type, depth);
        break;
    case HG_ARRAY:
        put_array(spelling, id, type, depth);
        break;
    case HG_FUNCTION:
        put_function(spelling, type, depth);
        break;
    case HG_ENUM:
        if (type->complete)
            hg_text_put(&rust->text, hg_rust_fixed(type->size, type->is_signed));
        else
            put_c_type(rust, C_VOID);
        break;
    case HG_TYPEDEF: /* not selected: its target is written */
        put_spelled(spelling, type->ref.id, depth + 1);
        break;
    case HG_STRUCT: /* not selected: a pointer's target */
    case HG_UNION:
        put_c_type(rust, C_VOID);
        break;
    }
}

void hg_rust_put_type(struct hg_rust *rust, hg_type_id id)
{
    struct spelling spelling = {.rust = rust, .begin = rust->text.size};
    put_spelled(&spelling, id, 0);
    if (!spelling.is_cut)
        return;
    struct hg_text text = {0};
    hg_describe_subject(&text, rust->model, id);
    hg_warning(rust->diagnostics, &hg_model_type(rust->model, id)->where,
               "%s: too deep or too long to be spelled out in Rust; parts of it are written as "
               "pointers to c_void",
               hg_text_string(&text));
    hg_text_deinit(&text);
}

void hg_rust_put_value_type(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_resolved(rust->model, id);
    if (type->kind == HG_INT && type->size == 16)
        hg_text_put(&rust->text, hg_rust_fixed(type->size, type->is_signed));
    else
        hg_rust_put_type(rust, id);
}

bool hg_rust_is_scalar(const struct hg_rust *rust, hg_type_id id)
{
    id = hg_type_resolve(rust->model, id, NULL);
    const struct hg_type *type = hg_model_type(rust->model, id);
    bool may_be_bytes = type->kind != HG_POINTER && type->kind != HG_ENUM;
    return hg_is_scalar(type) && !(may_be_bytes && rust->shapes[id].as_bytes);
}
