/*
 * Describing types: see describe.h.
 *
 * The problem: C writes a type before and after the name that it declares.  A pointer to a function
 * that takes an int and returns a pointer to a function is
 *
 *     void (*(*)(int))(char)
 *
 * The method: follow pointers, arrays and prototypes from the type to its base, and note these
 * steps.  Write the base.  Then write the part before the name (stars, and a parenthesis if a star
 * applies to an array or a prototype) from the last step to the first.  Then write the part after
 * the name (closing parentheses, dimensions, parameters) from the first step to the last.
 *
 * A hostile type can be exponentially long in C notation.  So the number of steps is bounded, and
 * so is the depth of recursion, which only parameters need; a text that is long ends in "...".
 *
 * What this does not do: write declarations that compile.  The C back end does.
 */
#include "model/describe.h"
#include "model/walk.h"

#include <inttypes.h>
#include <string.h>

enum {
    STEPS_MAX = 32,   /* pointers, arrays and prototypes in one declarator */
    DEPTH_MAX = 6,    /* prototypes within parameters of prototypes */
    LENGTH_MAX = 600, /* characters, give or take a name */
};

struct description {
    struct hg_text *text;
    const struct hg_model *model;
    size_t start; /* where the description begins in the text */
};

/* For `int *[4]`: an array, a pointer, and the base int. */
struct declarator {
    const struct hg_type *steps[STEPS_MAX];
    uint32_t qualifiers[STEPS_MAX];
    size_t count;
    hg_type_id base;
    uint32_t base_qualifiers;
    bool too_deep;
};

void hg_describe_name(struct hg_text *text, const char *name)
{
    for (; *name != '\0'; name++) {
        unsigned char byte = (unsigned char)*name;
        if (byte < ' ' || byte > '~')
            hg_text_printf(text, "\\x%02x", byte);
        else
            hg_text_bytes(text, name, 1);
    }
}

static const struct hg_type *type_in_range(const struct hg_model *model, hg_type_id id)
{
    return id < hg_model_type_count(model) ? hg_model_type(model, id) : NULL;
}

static char last_character(const struct description *d)
{
    if (d->text->size == d->start)
        return '\0';
    return d->text->data[d->text->size - 1];
}

static bool is_long(const struct description *d)
{
    return d->text->size - d->start > LENGTH_MAX;
}

static bool is_step(const struct hg_type *type)
{
    return type->kind == HG_POINTER || type->kind == HG_FUNCTION ||
           (type->kind == HG_ARRAY && !type->is_vector && !type->is_complex);
}

static const struct {
    enum hg_qualifier qualifier;
    const char *word;
} qualifier_words[] = {
    {HG_CONST, "const"},
    {HG_VOLATILE, "volatile"},
    {HG_RESTRICT, "restrict"},
    {HG_ATOMIC, "_Atomic"},
};

enum { QUALIFIER_COUNT = sizeof qualifier_words / sizeof *qualifier_words };

static struct declarator take_apart(const struct hg_model *model, const struct hg_ref *ref)
{
    struct declarator result = {.base = ref->id, .base_qualifiers = ref->qualifiers};
    const struct hg_type *type = type_in_range(model, ref->id);
    while (type != NULL && is_step(type)) {
        if (result.count == STEPS_MAX) {
            result.too_deep = true;
            break;
        }
        /* Qualifiers of an array are its elements' (C17 6.7.3 p9). */
        bool is_array = type->kind == HG_ARRAY;
        result.steps[result.count] = type;
        result.qualifiers[result.count++] = is_array ? 0 : result.base_qualifiers;
        result.base_qualifiers = type->ref.qualifiers | (is_array ? result.base_qualifiers : 0);
        result.base = type->ref.id;
        type = type_in_range(model, type->ref.id);
    }
    return result;
}

/* A type that is no step, without qualifiers.  put_base handles vectors and _Complex. */
static void put_plain(struct hg_text *text, const struct hg_type *type)
{
    switch (type->kind) {
    case HG_VOID:
        hg_text_put(text, "void");
        return;
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
    case HG_TYPEDEF:
        hg_describe_name(text, type->name == NULL ? "(unnamed)" : type->name);
        return;
    case HG_STRUCT:
    case HG_UNION:
    case HG_ENUM:
        hg_text_printf(text, "%s ", hg_kind_name(type->kind));
        hg_describe_name(text, type->name == NULL ? "(anonymous)" : type->name);
        return;
    case HG_OPAQUE:
        if (type->name != NULL)
            hg_describe_name(text, type->name);
        else
            hg_text_printf(text, "(opaque, %" PRIu64 " byte%s)", type->size, hg_plural(type->size));
        return;
    case HG_POINTER:
    case HG_ARRAY:
    case HG_FUNCTION:
        /* The base of a declarator that has too many steps, or the element of a vector. */
        hg_text_put(text, "...");
        return;
    }
}

static void put_base(struct hg_text *text, const struct hg_model *model, const struct declarator *d)
{
    for (size_t i = 0; i < QUALIFIER_COUNT; i++)
        if (d->base_qualifiers & qualifier_words[i].qualifier)
            hg_text_printf(text, "%s ", qualifier_words[i].word);
    const struct hg_type *type = d->too_deep ? NULL : type_in_range(model, d->base);
    if (d->too_deep) {
        hg_text_put(text, "...");
    } else if (type == NULL) {
        hg_text_printf(text, "(no type %" PRIu32 ")", d->base);
    } else if (type->kind == HG_ARRAY) {
        const struct hg_type *element = type_in_range(model, type->ref.id);
        hg_text_put(text, type->is_complex ? "_Complex " : "");
        if (element != NULL)
            put_plain(text, element);
        if (!type->is_complex)
            hg_text_printf(text, " __attribute__((vector_size(%" PRIu64 ")))", type->size);
    } else {
        put_plain(text, type);
    }
}

static bool needs_parenthesis(const struct declarator *d, size_t step)
{
    return d->steps[step]->kind == HG_POINTER && step + 1 < d->count &&
           d->steps[step + 1]->kind != HG_POINTER;
}

static void put_before_name(struct description *out, const struct declarator *d)
{
    for (size_t i = d->count; i-- > 0;) {
        if (d->steps[i]->kind != HG_POINTER)
            continue;
        if (last_character(out) != '*')
            hg_text_put(out->text, " ");
        hg_text_put(out->text, needs_parenthesis(d, i) ? "(*" : "*");
        const char *space = "";
        for (size_t q = 0; q < QUALIFIER_COUNT; q++) {
            if (d->qualifiers[i] & qualifier_words[q].qualifier) {
                hg_text_printf(out->text, "%s%s", space, qualifier_words[q].word);
                space = " ";
            }
        }
    }
}

static void put_declaration(struct description *out, const struct hg_ref *ref, const char *name,
                            unsigned depth);

/* Without a name there is a blank before the parenthesis: `int (void)`. */
static void put_parameters(struct description *out, const struct hg_type *function, bool has_name,
                           unsigned depth)
{
    char last = last_character(out);
    hg_text_put(out->text, has_name || last == '*' || last == ')' ? "(" : " (");
    const char *comma = "";
    for (size_t i = 0; i < function->parameter_count; i++) {
        hg_text_put(out->text, comma);
        comma = ", ";
        if (depth == DEPTH_MAX || is_long(out)) {
            hg_text_put(out->text, "...)");
            return;
        }
        put_declaration(out, &function->parameters[i].type, NULL, depth + 1);
    }
    if (function->variadic)
        hg_text_printf(out->text, "%s...", comma);
    else if (function->parameter_count == 0)
        hg_text_put(out->text, "void");
    hg_text_put(out->text, ")");
}

static void put_after_name(struct description *out, const struct declarator *d, bool has_name,
                           unsigned depth)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct hg_type *step = d->steps[i];
        if (needs_parenthesis(d, i))
            hg_text_put(out->text, ")");
        if (step->kind == HG_ARRAY)
            hg_text_printf(out->text, "[%" PRIu64 "]", step->count);
        if (step->kind == HG_FUNCTION)
            put_parameters(out, step, has_name, depth);
    }
}

/* name NULL = none. */
static void put_declaration(struct description *out, const struct hg_ref *ref, const char *name,
                            unsigned depth)
{
    struct declarator d = take_apart(out->model, ref);
    put_base(out->text, out->model, &d);
    put_before_name(out, &d);
    if (name != NULL) {
        char last = last_character(out);
        hg_text_put(out->text, last == '*' ? "" : " ");
        hg_describe_name(out->text, name);
    }
    put_after_name(out, &d, name != NULL, depth);
}

void hg_describe_declaration(struct hg_text *text, const struct hg_model *model,
                             const struct hg_ref *ref, const char *name)
{
    struct description out = {.text = text, .model = model, .start = text->size};
    put_declaration(&out, ref, name, 0);
}

void hg_describe_ref(struct hg_text *text, const struct hg_model *model, const struct hg_ref *ref)
{
    hg_describe_declaration(text, model, ref, NULL);
}

void hg_describe_type(struct hg_text *text, const struct hg_model *model, hg_type_id id)
{
    hg_describe_ref(text, model, &(struct hg_ref){.id = id});
}

void hg_describe_subject(struct hg_text *text, const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, id);
    if (hg_can_have_tag(type) && type->name == NULL) {
        hg_text_printf(text, "anonymous %s", hg_kind_name(type->kind));
        return;
    }
    hg_text_printf(text, "%s '", hg_kind_name(type->kind));
    if (hg_can_have_tag(type))
        hg_describe_name(text, type->name);
    else
        hg_describe_type(text, model, id);
    hg_text_put(text, "'");
}

const char *hg_include_name(const char *file)
{
    static const char include[] = "include/";
    const char *name = NULL;
    for (const char *at = file; (at = strstr(at, include)) != NULL; at += strlen(include))
        if (at == file || at[-1] == '/')
            name = at + strlen(include);
    return name != NULL ? name : hg_base_name(file);
}
