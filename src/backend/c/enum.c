/*
 * Enums: declares them so that they get the stored size and sign.
 *
 *     enum small { A, B } __attribute__((packed));                                1 byte
 *     enum wide HDRGEN_ENUM(unsigned long long) { C } HDRGEN_ENUM_MODE(__DI__);   8 bytes, C = 0
 *
 * Compilers give an enum the type int if it has a negative value, else unsigned int; 8 bytes if
 * that is too small.  A packed enum gets the smallest type that holds its values.  If neither
 * matches the stored size and sign, the declaration names the type (C23 6.7.2.2), which clang and
 * gcc 13 know.  Older versions of gcc get only the size, by attribute `mode`.
 *
 * What this does not do: make an enum without negative values signed for a gcc before 13.
 */
#include "backend/c/c.h"

#include <string.h>

/* The values of an enum, by which compilers choose its type. */
struct range {
    bool is_negative; /* some value is */
    int64_t low;      /* the lowest value, 0 if none is negative */
    uint64_t high;    /* the highest value that is not negative */
};

static struct range range_of(const struct hg_type *type)
{
    struct range range = {0};
    for (size_t i = 0; i < type->enumerator_count; i++) {
        uint64_t value = type->enumerators[i].value;
        if (type->is_signed && (int64_t)value < 0) {
            range.is_negative = true;
            if ((int64_t)value < range.low)
                range.low = (int64_t)value;
        } else if (value > range.high) {
            range.high = value;
        }
    }
    return range;
}

static bool fits(const struct range *range, unsigned bytes)
{
    unsigned bits = 8 * bytes;
    if (!range->is_negative)
        return bits == 64 || range->high >> bits == 0;
    uint64_t most = UINT64_MAX >> (64 - bits + 1);
    return range->high <= most && range->low >= -(int64_t)most - 1;
}

static unsigned packed_size(const struct range *range)
{
    unsigned bytes = 1;
    while (bytes < 8 && !fits(range, bytes))
        bytes *= 2;
    return bytes;
}

/* How an enum gets its size and sign: by itself, packed, or with its type named. */
struct shape {
    bool is_packed;
    bool is_forced;
};

static struct shape shape_of(const struct hg_type *type)
{
    struct range range = range_of(type);
    unsigned packed = packed_size(&range);
    unsigned natural = packed < 4 ? 4 : packed;
    if (type->is_signed != range.is_negative)
        return (struct shape){.is_forced = true};
    if (type->size == natural)
        return (struct shape){0};
    return (struct shape){.is_packed = type->size == packed, .is_forced = type->size != packed};
}

static const char *mode(const struct hg_type *type)
{
    return type->size == 1   ? "__QI__"
           : type->size == 2 ? "__HI__"
           : type->size == 4 ? "__SI__"
                             : "__DI__";
}

static void put_value(struct hg_text *text, const struct hg_type *type, uint64_t value)
{
    int64_t number = (int64_t)value;
    if (type->is_signed && (number == INT64_MIN || number == INT32_MIN)) { /* C has no literal */
        hg_text_put(text, number == INT64_MIN ? "-9223372036854775807LL - 1" : "-2147483647 - 1");
        return;
    }
    if (type->is_signed && number < 0) {
        hg_text_put(text, "-");
        value = -value;
    }
    hg_text_unsigned(text, value);
    if (value > INT64_MAX)
        hg_text_put(text, "ULL");
    else if (value > (type->is_signed ? INT32_MAX : UINT32_MAX))
        hg_text_put(text, "LL");
    else if (value > INT32_MAX)
        hg_text_put(text, "U");
}

bool hg_c_is_bool_word(const char *name)
{
    return strcmp(name, "bool") == 0 || strcmp(name, "true") == 0 || strcmp(name, "false") == 0;
}

/* `false` and `true` are keywords of C23 and macros of <stdbool.h>.  With either of these, the
 * enumerators are called `false___enumerator` and `true___enumerator`. */
static void put_enumerator(struct hg_c *c, const char *name, const struct hg_type *type,
                           uint64_t value)
{
    bool is_word = hg_c_is_bool_word(name);
    c->uses_bool_guard |= is_word;
    for (int branch = 0; branch <= (is_word ? 1 : 0); branch++) {
        if (is_word)
            hg_text_put(&c->text, branch == 0 ? "#ifndef HDRGEN_HAS_BOOL\n" : "#else\n");
        hg_c_put_indent(c);
        hg_text_put(&c->text, name);
        hg_text_put(&c->text, branch == 0 ? " = " : "___enumerator = ");
        put_value(&c->text, type, value);
        hg_text_put(&c->text, ",\n");
    }
    hg_text_put(&c->text, is_word ? "#endif\n" : "");
}

static void put_enumerators(struct hg_c *c, hg_type_id id, const struct hg_type *type)
{
    for (size_t i = 0; i < type->enumerator_count; i++)
        put_enumerator(c, hg_c_inner_name(c, id, i), type, type->enumerators[i].value);
    if (type->enumerator_count == 0) { /* C requires one */
        hg_c_put_indent(c);
        hg_text_printf(&c->text, "hdrgen_no_enumerator_%u,\n", (unsigned)id);
    }
}

void hg_c_put_enum(struct hg_c *c, hg_type_id id, const char *tag)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    hg_text_put(&c->text, "enum ");
    hg_text_put(&c->text, tag == NULL ? "" : tag);
    if (!type->complete)
        return;
    struct shape shape = shape_of(type);
    if (shape.is_forced)
        hg_text_printf(&c->text, "%sHDRGEN_ENUM(%s)", tag == NULL ? "" : " ",
                       hg_c_sized_integer(type->size, type->is_signed));
    c->uses_enum_base |= shape.is_forced;
    hg_text_put(&c->text, tag == NULL && !shape.is_forced ? "{\n" : " {\n");
    c->indent++;
    put_enumerators(c, id, type);
    c->indent--;
    hg_c_put_indent(c);
    hg_text_put(&c->text, "}");
    if (shape.is_forced)
        hg_text_printf(&c->text, " HDRGEN_ENUM_MODE(%s)", mode(type));
    hg_c_put_aligned(c, shape.is_packed, 0);
    hg_c_put_decl_tags(c, type->tags);
}

void hg_c_put_enum_macros(struct hg_text *text)
{
    hg_text_put(text,
                "/* Enums whose size or sign does not follow from their values. */\n"
                "#if defined(__clang__) || __GNUC__ >= 13\n"
                "#define HDRGEN_ENUM(type) : type\n"
                "#define HDRGEN_ENUM_MODE(mode)\n"
                "#else\n"
                "#define HDRGEN_ENUM(type)\n"
                "#define HDRGEN_ENUM_MODE(name) __attribute__((mode(name)))\n"
                "#endif\n\n");
}

void hg_c_put_bool_macro(struct hg_text *text)
{
    hg_text_put(
        text,
        "/* bool, true and false are keywords of C23, and macros of <stdbool.h>. */\n"
        "#if defined(bool) || __STDC_VERSION__ >= 202311L || \\\n"
        "\t(__STDC_VERSION__ > 201710L && defined(__clang__) && __clang_major__ >= 15) || \\\n"
        "\t(__STDC_VERSION__ > 201710L && !defined(__clang__) && __GNUC__ >= 13)\n"
        "#define HDRGEN_HAS_BOOL\n"
        "#endif\n\n");
}
