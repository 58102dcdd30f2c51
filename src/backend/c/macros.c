/*
 * Macros that are constants, as #define lines.
 *
 *     #ifndef ETH_P_IP
 *     #define ETH_P_IP 2048
 *     #endif
 *
 * With --flavour their names get its suffix, too, since another kernel's value may differ.
 *
 * They follow the types: `#define s_addr 5` must not change a member.  A suffix (U, L, LL) gives
 * the constant the type of the macro's value in C, or if `long` has another size in BPF, a type of
 * the same size and sign.  Values of types smaller than int have no suffix, as if C had promoted
 * them.
 */
#include "backend/c/c.h"

#include "model/macros.h"

#include <string.h>

static const char *suffix_of(const struct hg_c *c, const struct hg_macro *macro)
{
    bool is_long = strstr(macro->type_name, "long") != NULL &&
                   strstr(macro->type_name, "long long") == NULL &&
                   hg_model_target(c->model)->pointer_size == 8;
    if (macro->size <= 4)
        return macro->is_signed || macro->size < 4 ? "" : "U";
    if (is_long)
        return macro->is_signed ? "L" : "UL";
    return macro->is_signed ? "LL" : "ULL";
}

/* The lowest value of a type is written as (-2147483647 - 1), since the literal 2147483648 does not
 * fit the type. */
static void put_integer(struct hg_c *c, const struct hg_macro *macro)
{
    const char *suffix = suffix_of(c, macro);
    uint64_t value = macro->value;
    if (!macro->is_signed || value >> 63 == 0) {
        hg_text_printf(&c->text, "%llu%s", (unsigned long long)value, suffix);
        return;
    }
    value = ~value;
    if (value == INT64_MAX || value == INT32_MAX)
        hg_text_printf(&c->text, "(-%llu%s - 1)", (unsigned long long)value, suffix);
    else
        hg_text_printf(&c->text, "(-%llu%s)", (unsigned long long)value + 1, suffix);
}

/* Octal escapes end after three digits, whatever follows.  `??` could begin a trigraph. */
static void put_string(struct hg_text *text, const char *string)
{
    hg_text_put(text, "\"");
    for (const char *at = string; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\' || byte == '?')
            hg_text_put(text, "\\");
        if (byte >= ' ' && byte < 0x7f)
            hg_text_bytes(text, at, 1);
        else
            hg_text_printf(text, "\\%03o", (unsigned)byte);
    }
    hg_text_put(text, "\"");
}

void hg_c_put_macros(struct hg_c *c)
{
    size_t count = 0;
    const struct hg_macro *macros = hg_model_macros(c->model, &count);
    bool *repeated = hg_repeated_macros(c->model, c->selection);
    const char *flavour = c->options->flavour == NULL ? "" : c->options->flavour;
    for (size_t i = 0; i < count; i++) {
        const char *name = macros[i].name;
        if (repeated[i])
            continue;
        hg_text_printf(&c->text, "\n#ifndef %s%s\n#define %s%s ", name, flavour, name, flavour);
        switch (macros[i].kind) {
        case HG_MACRO_STRING:
            put_string(&c->text, macros[i].string);
            break;
        case HG_MACRO_BOOL:
            hg_text_put(&c->text, macros[i].value != 0 ? "1" : "0");
            break;
        case HG_MACRO_INT:
            put_integer(c, &macros[i]);
            break;
        }
        hg_text_put(&c->text, "\n#endif\n");
    }
    free(repeated);
}
