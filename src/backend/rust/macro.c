/*
 * Macros: writes them as constants.
 *
 *     // linux/if_ether.h
 *     pub const ETH_P_IP: c_int = 2048;
 *     pub const GREETING: &[u8; 6] = b"hello\0";
 *
 * A constant has the type of the macro's value in C; a type of one byte becomes i8 or u8, since the
 * sign of c_char depends on the machine.  Strings end with a NUL, as in C; they are byte strings,
 * which all editions of Rust have.
 */
#include "backend/rust/rust.h"

#include "model/describe.h"

#include <string.h>

void hg_rust_put_number(struct hg_text *text, uint64_t value, bool is_signed)
{
    if (is_signed && (value >> 63) != 0) {
        hg_text_put(text, "-");
        value = ~value + 1;
    }
    hg_text_unsigned(text, value);
}

static void put_string(struct hg_text *text, const char *string)
{
    hg_text_printf(text, "&[u8; %zu] = b\"", strlen(string) + 1);
    for (const char *at = string; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\')
            hg_text_put(text, "\\");
        if (byte >= ' ' && byte < 0x7f)
            hg_text_bytes(text, at, 1);
        else
            hg_text_printf(text, "\\x%02x", (unsigned)byte);
    }
    hg_text_put(text, "\\0\"");
}

static void put_macro(struct hg_rust *rust, const struct hg_macro *macro, const char *name)
{
    struct hg_text *text = &rust->text;
    struct hg_type type = {.kind = HG_INT,
                           .name = macro->type_name,
                           .size = macro->size,
                           .is_signed = macro->is_signed};
    hg_text_printf(text, "pub const %s: ", name);
    switch (macro->kind) {
    case HG_MACRO_STRING:
        put_string(text, macro->string);
        break;
    case HG_MACRO_BOOL:
        hg_text_put(text, macro->value != 0 ? "bool = true" : "bool = false");
        break;
    case HG_MACRO_INT:
        if (macro->size == 1)
            hg_text_put(text, hg_rust_fixed(1, macro->is_signed));
        else
            hg_rust_put_integer(rust, &type);
        hg_text_put(text, " = ");
        hg_rust_put_number(text, macro->value, macro->is_signed);
        break;
    }
    hg_text_put(text, ";\n");
}

void hg_rust_put_macros(struct hg_rust *rust)
{
    size_t count = 0;
    const struct hg_macro *macros = hg_model_macros(rust->model, &count);
    const char *file = NULL;
    for (size_t i = 0; i < count; i++) {
        if (rust->macro_names[i] == NULL)
            continue;
        const char *here = macros[i].where.file;
        if (here != NULL && (file == NULL || strcmp(file, here) != 0)) {
            hg_text_put(&rust->text, "\n// ");
            hg_rust_put_comment(&rust->text, hg_include_name(here));
            hg_text_put(&rust->text, "\n");
        }
        file = here;
        put_macro(rust, &macros[i], rust->macro_names[i]);
    }
}
