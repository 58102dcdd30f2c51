/*
 * Writes the model's integers, floats, vectors and complex types as C types.
 *
 *     "long unsigned int", 8 bytes, on a target whose long is 8      unsigned long
 *     "u8" or "DW_ATE_unsigned_8", 1 byte (from BTF)                 unsigned char
 *     "long double", 16 bytes                                        hdrgen_long_double_16
 *
 * An integer keeps its name if C's type of that name has the right size and sign on the target; any
 * other integer is written by its size.  Every compiler has float and double.  Another float is
 * written as a macro, which is C's name if the compiler has that type in that size, else (BPF) a
 * struct of bytes:
 *
 *     #if __SIZEOF_LONG_DOUBLE__ == 16
 *     #define hdrgen_long_double_16 long double
 *     #else
 *     struct hdrgen_long_double_16 { unsigned char bytes[16]; } __attribute__((aligned(16)));
 *     #define hdrgen_long_double_16 struct hdrgen_long_double_16
 *     #endif
 */
#include "backend/c/c.h"
#include "model/layout.h"

#include <string.h>

/* --- integers --- */

/* How often each word occurs in the name of an integer type. */
struct int_words {
    unsigned of_long, of_short, of_int, of_char, of_signed, of_unsigned, of_int128;
    bool others;
};

static struct int_words count_words(const char *name)
{
    struct int_words words = {0};
    while (*name != '\0') {
        size_t length = strcspn(name, " ");
        struct {
            const char *word;
            unsigned *count;
        } known[] = {
            {"long", &words.of_long},       {"short", &words.of_short},
            {"int", &words.of_int},         {"char", &words.of_char},
            {"signed", &words.of_signed},   {"unsigned", &words.of_unsigned},
            {"__int128", &words.of_int128},
        };
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known && !found; i++) {
            found = strlen(known[i].word) == length && memcmp(known[i].word, name, length) == 0;
            *known[i].count += found;
        }
        words.others |= !found;
        name += length;
        name += *name == ' ';
    }
    return words;
}

static bool is_one_type(const struct int_words *w)
{
    unsigned bases = w->of_char + w->of_short + w->of_int128 + (w->of_long > 0);
    return !w->others && bases <= 1 && w->of_long <= 2 && w->of_int <= 1 &&
           w->of_signed + w->of_unsigned <= 1 && !(w->of_int && (w->of_char || w->of_int128));
}

struct spelling {
    const char *of_signed, *of_unsigned;
};

static const struct spelling spelling_char = {"signed char", "unsigned char"};
static const struct spelling spelling_short = {"short", "unsigned short"};
static const struct spelling spelling_int = {"int", "unsigned int"};
static const struct spelling spelling_long = {"long", "unsigned long"};
static const struct spelling spelling_long_long = {"long long", "unsigned long long"};
static const struct spelling spelling_int128 = {"__int128", "unsigned __int128"};

/* The spelling of a type by the words of its name; *size is its size on the target, in bytes. */
static const struct spelling *by_words(const struct hg_c *c, const struct int_words *w,
                                       uint64_t *size)
{
    *size = w->of_char ? 1 : w->of_short ? 2 : w->of_int128 ? 16 : w->of_long == 2 ? 8 : 4;
    if (w->of_long == 1)
        *size = hg_model_target(c->model)->long_size;
    if (w->of_char)
        return &spelling_char;
    if (w->of_short)
        return &spelling_short;
    if (w->of_int128)
        return &spelling_int128;
    if (w->of_long > 0)
        return w->of_long == 2 ? &spelling_long_long : &spelling_long;
    return &spelling_int;
}

/* NULL = C has no integer of that size. */
static const struct spelling *by_size(uint64_t size, bool has_int128)
{
    return size == 1                  ? &spelling_char
           : size == 2                ? &spelling_short
           : size == 4                ? &spelling_int
           : size == 8                ? &spelling_long_long
           : size == 16 && has_int128 ? &spelling_int128
                                      : NULL;
}

const char *hg_c_integer(const struct hg_c *c, const struct hg_type *type)
{
    if (type->kind == HG_BOOL && type->size == 1)
        return "_Bool";
    if (type->kind == HG_CHAR && type->size == 1)
        return "char";
    if (type->kind != HG_BOOL && type->kind != HG_CHAR && type->kind != HG_INT)
        return NULL;
    const struct spelling *spelling =
        by_size(type->size, hg_model_target(c->model)->pointer_size == 8);
    if (type->kind == HG_INT && spelling != NULL) {
        struct int_words words = count_words(type->name);
        uint64_t size = 0;
        const struct spelling *own = by_words(c, &words, &size);
        if (is_one_type(&words) && size == type->size &&
            (words.of_unsigned == 0) == type->is_signed)
            spelling = own;
    }
    if (spelling == NULL)
        return NULL;
    return type->is_signed ? spelling->of_signed : spelling->of_unsigned;
}

const char *hg_c_sized_integer(uint64_t size, bool is_signed)
{
    const struct spelling *spelling = by_size(size, false);
    return is_signed ? spelling->of_signed : spelling->of_unsigned;
}

/* --- floats --- */

struct special {
    const char *name;
    uint64_t size;
    const char *macro;
    const char *condition;
};

static const struct special specials[] = {
    {"long double", 8, "hdrgen_long_double_8", "__SIZEOF_LONG_DOUBLE__ == 8"},
    {"long double", 12, "hdrgen_long_double_12", "__SIZEOF_LONG_DOUBLE__ == 12"},
    {"long double", 16, "hdrgen_long_double_16", "__SIZEOF_LONG_DOUBLE__ == 16"},
    {"__float128", 16, "hdrgen_float128", "defined(__SIZEOF_FLOAT128__)"},
    {"_Float128", 16, "hdrgen_Float128", "defined(__FLT128_MAX__) && !defined(__clang__)"},
    {"__ibm128", 16, "hdrgen_ibm128", "defined(__SIZEOF_IBM128__)"},
    {"_Float16", 2, "hdrgen_Float16", "defined(__FLT16_MAX__) && !defined(__bpf__)"},
    {"__fp16", 2, "hdrgen_fp16", "defined(__clang__) || defined(__ARM_FP16_FORMAT_IEEE)"},
    {"__bf16", 2, "hdrgen_bf16", "defined(__BFLT16_MAX__)"},
};

static const struct special *find_special(const struct hg_type *type)
{
    for (size_t i = 0; type->kind == HG_FLOAT && i < sizeof specials / sizeof *specials; i++)
        if (type->size == specials[i].size && strcmp(type->name, specials[i].name) == 0)
            return &specials[i];
    return NULL;
}

const char *hg_c_special_name(const struct hg_type *type)
{
    const struct special *special = find_special(type);
    return special == NULL ? NULL : special->macro;
}

static void put_special(struct hg_c *c, const struct hg_type *type, bool is_complex)
{
    hg_text_put(&c->text, hg_c_special_name(type));
    hg_text_put(&c->text, is_complex ? "_complex" : "");
    for (size_t i = 0; i < c->specials.count; i++)
        if (c->specials.items[i].type == type && c->specials.items[i].is_complex == is_complex)
            return;
    *HG_PUSH(&c->specials) = (struct hg_c_special){.type = type, .is_complex = is_complex};
}

static void put_special_macro(struct hg_text *text, const struct hg_type *type, bool is_complex)
{
    const struct special *special = find_special(type);
    const char *suffix = is_complex ? "_complex" : "";
    unsigned size = (unsigned)special->size * (is_complex ? 2 : 1);
    uint32_t align = type->align != 0 ? type->align : (uint32_t)(type->size & -type->size);
    hg_text_printf(text, "#if %s\n#define %s%s %s%s\n#else\n", special->condition, special->macro,
                   suffix, is_complex ? "_Complex " : "", special->name);
    hg_text_printf(text,
                   "struct %s%s {\n\tunsigned char bytes[%u];\n} __attribute__((aligned(%u)));\n",
                   special->macro, suffix, size, align);
    hg_text_printf(text, "#define %s%s struct %s%s\n#endif\n\n", special->macro, suffix,
                   special->macro, suffix);
}

void hg_c_put_specials(const struct hg_c *c, struct hg_text *text)
{
    for (size_t i = 0; i < c->specials.count; i++)
        put_special_macro(text, c->specials.items[i].type, c->specials.items[i].is_complex);
}

/* --- vectors and complex types --- */

static void put_element(struct hg_c *c, const struct hg_type *type)
{
    if (type->kind == HG_FLOAT)
        hg_text_put(&c->text, type->size == 4 ? "float" : "double");
    else
        hg_text_put(&c->text, hg_c_integer(c, type));
}

void hg_c_put_basic(struct hg_c *c, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    if (type->kind != HG_ARRAY) {
        if (hg_c_special_name(type) != NULL)
            put_special(c, type, false);
        else
            put_element(c, type);
        return;
    }
    const struct hg_type *element = hg_resolved(c->model, type->ref.id);
    if (type->is_complex && hg_c_special_name(element) != NULL) {
        put_special(c, element, true);
    } else if (type->is_complex) {
        hg_text_put(&c->text, "_Complex ");
        put_element(c, element);
    } else {
        hg_text_put(&c->text, "__typeof__(");
        put_element(c, element);
        hg_text_printf(&c->text, " __attribute__((vector_size(%llu))))",
                       (unsigned long long)type->size);
    }
}
