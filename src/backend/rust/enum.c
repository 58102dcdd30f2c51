/*
 * Writes enums, in four styles.
 *
 *     pub type pid_type = u32;                    consts
 *     pub const PIDTYPE_PID: pid_type = 0;
 *
 *     pub mod pid_type {                          module
 *         pub type Type = u32;
 *         pub const PIDTYPE_PID: Type = 0;
 *     }
 *
 *     pub struct pid_type(pub u32);               newtype
 *     impl pid_type {
 *         pub const PIDTYPE_PID: pid_type = pid_type(0);
 *     }
 *
 *     pub enum pid_type {                         rust
 *         PIDTYPE_PID = 0,
 *     }
 *
 * Memory can hold any value, but in Rust an enum with a value that it does not list is undefined
 * behaviour.  So in the style `rust`, members of records are integers, and from_raw() converts an
 * integer to the enum if the enum has its value.
 *
 * Enums without a name are constants in every style; in the style `rust`, so are enums without
 * enumerators.
 */
#include "backend/rust/rust.h"

enum hg_enum_style hg_rust_enum_style(const struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    enum hg_enum_style style = rust->options->enum_style;
    if (type->kind != HG_ENUM || !type->complete || rust->names[id].text == NULL)
        return HG_ENUM_CONSTS;
    if (style == HG_ENUM_RUST && (type->enumerator_count == 0 || type->size > 8))
        return HG_ENUM_CONSTS;
    return style;
}

static void put_value(struct hg_text *text, const struct hg_type *type, size_t index)
{
    hg_rust_put_number(text, type->enumerators[index].value, type->is_signed);
}

/* Writes `const A: e = 0;` for each enumerator.  begin: the text before the name; open and close:
 * around the value. */
static void put_constants(struct hg_rust *rust, hg_type_id id, const char *begin, const char *type,
                          const char *open, const char *close)
{
    const struct hg_type *enumeration = hg_model_type(rust->model, id);
    struct hg_text *text = &rust->text;
    for (size_t i = 0; i < enumeration->enumerator_count; i++) {
        hg_text_printf(text, "%s%s: %s = %s", begin, rust->constants[id][i], type, open);
        put_value(text, enumeration, i);
        hg_text_printf(text, "%s;\n", close);
    }
}

/* For each enumerator, by index: the index of the first enumerator with the same value. */
static size_t *find_first(struct hg_rust *rust, const struct hg_type *type)
{
    size_t *first = hg_arena_array(&rust->arena, type->enumerator_count, sizeof *first);
    struct hg_strings values;
    hg_strings_init(&values, &rust->arena);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const char *bytes = (const char *)&type->enumerators[i].value;
        uint32_t *number = hg_strings_number(&values, bytes, sizeof type->enumerators[i].value);
        if (*number == 0)
            *number = (uint32_t)i + 1;
        first[i] = *number - 1;
    }
    hg_strings_deinit(&values);
    return first;
}

static void put_rust_enum(struct hg_rust *rust, hg_type_id id, const char *integer)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    struct hg_text *text = &rust->text;
    const char *const *names = rust->constants[id];
    const size_t *first = find_first(rust, type);
    hg_text_printf(text,
                   "#[repr(%s)]\n"
                   "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n"
                   "pub enum %s {\n",
                   integer, rust->names[id].text);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        if (first[i] != i)
            continue;
        hg_text_printf(text, "    %s = ", names[i]);
        put_value(text, type, i);
        hg_text_put(text, ",\n");
    }
    hg_text_printf(text, "}\nimpl %s {\n", rust->names[id].text);
    for (size_t i = 0; i < type->enumerator_count; i++)
        if (first[i] != i)
            hg_text_printf(text, "    pub const %s: Self = Self::%s;\n", names[i], names[first[i]]);
    hg_text_printf(text,
                   "    /// The enumerator of that value; memory can hold others.\n"
                   "    #[inline]\n"
                   "    pub const fn from_raw(%s: %s) -> ::core::option::Option<Self> {\n"
                   "        ::core::option::Option::Some(match %s {\n",
                   rust->value, integer, rust->value);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        if (first[i] != i)
            continue;
        hg_text_put(text, "            ");
        put_value(text, type, i);
        hg_text_printf(text, " => Self::%s,\n", names[i]);
    }
    hg_text_put(text,
                "            _ => return ::core::option::Option::None,\n"
                "        })\n"
                "    }\n"
                "}\n");
}

void hg_rust_put_enum(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    struct hg_text *text = &rust->text;
    const char *integer = hg_rust_fixed(type->size, type->is_signed);
    const char *name = rust->names[id].text;
    hg_text_put(text, "\n");
    if (name != NULL) {
        hg_text_put(text, "/// enum ");
        hg_text_put(text, type->name == NULL ? "(anonymous)" : type->name);
        hg_rust_put_where(text, &type->where);
        hg_text_put(text, "\n");
    }
    switch (hg_rust_enum_style(rust, id)) {
    case HG_ENUM_CONSTS:
        if (name != NULL)
            hg_text_printf(text, "pub type %s = %s;\n", name, integer);
        put_constants(rust, id, "pub const ", name != NULL ? name : integer, "", "");
        break;
    case HG_ENUM_MODULE:
        hg_text_printf(text, "pub mod %s {\n    pub type Type = %s;\n", name, integer);
        put_constants(rust, id, "    pub const ", "Type", "", "");
        hg_text_put(text, "}\n");
        break;
    case HG_ENUM_NEWTYPE:
        hg_text_printf(text,
                       "#[repr(transparent)]\n"
                       "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n"
                       "pub struct %s(pub %s);\n",
                       name, integer);
        if (type->enumerator_count == 0)
            break;
        hg_text_printf(text, "impl %s {\n", name);
        put_constants(rust, id, "    pub const ", "Self", "Self(", ")");
        hg_text_put(text, "}\n");
        break;
    case HG_ENUM_RUST:
        put_rust_enum(rust, id, integer);
        break;
    }
}
