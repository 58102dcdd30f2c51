/*
 * Describing types: see describe.h.
 *
 * The problem: C writes a type around the place where its name would stand.  A pointer to a
 * function that takes an int and returns a pointer to a function is
 *
 *     void (*(*)(int))(char)
 *
 * The method: walk from the outside to the base through pointers, arrays and prototypes and note
 * the steps.  Then write the base; then, from the innermost step outwards, what stands before the
 * name (the stars, and a parenthesis where a star applies to an array or a prototype); then, from
 * the outermost step inwards, what stands behind it (closing parentheses, dimensions, parameters).
 *
 * The walk through one declarator is a loop with a bounded number of steps; only parameters
 * recurse, to a bounded depth, and nothing is written any more once the text is long, so that
 * hostile types, which can be exponentially long in C notation, cost little.
 *
 * What this does not do: declarations that compile.  That is the C back end's trade.
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
    size_t start; /* size of the text before */
};

/* From the outside in; the last one is the base. */
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

/* Pointer, array or prototype: something that C writes around the name. */
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

static void put_tag(struct hg_text *text, const char *keyword, const struct hg_type *type)
{
    hg_text_printf(text, "%s ", keyword);
    hg_describe_name(text, type->name == NULL ? "(anonymous)" : type->name);
}

/* A type that is no step, without qualifiers.  Not a vector or _Complex: see put_base. */
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
        put_tag(text, "struct", type);
        return;
    case HG_UNION:
        put_tag(text, "union", type);
        return;
    case HG_ENUM:
        put_tag(text, "enum", type);
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

static void put_ref(struct description *out, const struct hg_ref *ref, unsigned depth);

/* The parenthesis stands by itself where no name is before it. */
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
        put_ref(out, &function->parameters[i].type, depth + 1);
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

/* name: within the declarator; NULL = none. */
static void put_named(struct description *out, const struct hg_ref *ref, const char *name,
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

static void put_ref(struct description *out, const struct hg_ref *ref, unsigned depth)
{
    put_named(out, ref, NULL, depth);
}

void hg_describe_ref(struct hg_text *text, const struct hg_model *model, const struct hg_ref *ref)
{
    struct description out = {.text = text, .model = model, .start = text->size};
    put_ref(&out, ref, 0);
}

void hg_describe_declaration(struct hg_text *text, const struct hg_model *model,
                             const struct hg_ref *ref, const char *name)
{
    struct description out = {.text = text, .model = model, .start = text->size};
    put_named(&out, ref, name, 0);
}

void hg_describe_type(struct hg_text *text, const struct hg_model *model, hg_type_id id)
{
    hg_describe_ref(text, model, &(struct hg_ref){.id = id});
}

void hg_describe_subject(struct hg_text *text, const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, id);
    bool has_tag = hg_is_record(type) || type->kind == HG_ENUM;
    if (has_tag && type->name == NULL) {
        hg_text_printf(text, "anonymous %s", hg_kind_name(type->kind));
        return;
    }
    hg_text_printf(text, "%s '", hg_kind_name(type->kind));
    if (has_tag)
        hg_describe_name(text, type->name);
    else
        hg_describe_type(text, model, id);
    hg_text_put(text, "'");
}

/* The dump. */

static void dump_tags(struct hg_text *text, const char *word, const struct hg_tags *tags)
{
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        hg_text_printf(text, " %s(", word);
        hg_describe_name(text, tags->names[i]);
        hg_text_put(text, ")");
    }
}

static void dump_ref(struct hg_text *text, const struct hg_model *model, const struct hg_ref *ref)
{
    hg_text_printf(text, " -> #%" PRIu32, ref->id);
    dump_tags(text, "type_tag", ref->tags);
    hg_text_put(text, " ");
    hg_describe_ref(text, model, ref);
}

static void dump_members(struct hg_text *text, const struct hg_model *model,
                         const struct hg_type *record)
{
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        hg_text_put(text, "    ");
        hg_describe_name(text, member->name == NULL ? "(anonymous)" : member->name);
        hg_text_printf(text, " bit=%" PRIu64, member->bit_offset);
        if (member->bit_width != 0)
            hg_text_printf(text, " width=%" PRIu32, member->bit_width);
        dump_ref(text, model, &member->type);
        dump_tags(text, "decl_tag", member->tags);
        hg_text_put(text, "\n");
    }
}

static void dump_enumerators(struct hg_text *text, const struct hg_type *type)
{
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const struct hg_enumerator *enumerator = &type->enumerators[i];
        hg_text_put(text, "    ");
        hg_describe_name(text, enumerator->name);
        if (type->is_signed)
            hg_text_printf(text, " = %" PRId64 "\n", (int64_t)enumerator->value);
        else
            hg_text_printf(text, " = %" PRIu64 "\n", enumerator->value);
    }
}

static void dump_parameters(struct hg_text *text, const struct hg_model *model,
                            const struct hg_type *function)
{
    for (size_t i = 0; i < function->parameter_count; i++) {
        hg_text_put(text, "    ");
        const char *name = function->parameters[i].name;
        hg_describe_name(text, name == NULL ? "(unnamed)" : name);
        dump_ref(text, model, &function->parameters[i].type);
        hg_text_put(text, "\n");
    }
}

static bool has_size(enum hg_kind kind)
{
    return kind != HG_VOID && kind != HG_TYPEDEF && kind != HG_FUNCTION;
}

/* What all kinds have in common, in one line without its end. */
static void dump_head(struct hg_text *text, hg_type_id id, const struct hg_type *type)
{
    hg_text_printf(text, "#%" PRIu32 " %s", id, hg_kind_name(type->kind));
    if (type->name != NULL && type->kind != HG_VOID) {
        bool quoted = strchr(type->name, ' ') != NULL;
        hg_text_put(text, quoted ? " \"" : " ");
        hg_describe_name(text, type->name);
        hg_text_put(text, quoted ? "\"" : "");
    }
    if (type->kind == HG_INT || type->kind == HG_CHAR || type->kind == HG_ENUM)
        hg_text_put(text, type->is_signed ? " signed" : " unsigned");
    if (!type->complete)
        hg_text_put(text, " incomplete");
    if (type->is_vector)
        hg_text_put(text, " vector");
    if (type->is_complex)
        hg_text_put(text, " complex");
    if (has_size(type->kind) && type->complete)
        hg_text_printf(text, " size=%" PRIu64, type->size);
    if (type->align != 0)
        hg_text_printf(text, " align=%" PRIu32, type->align);
}

static void dump_type(struct hg_text *text, const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, id);
    dump_head(text, id, type);
    if (type->kind == HG_ARRAY)
        hg_text_printf(text, " count=%" PRIu64, type->count);
    if (type->kind == HG_FUNCTION && type->variadic)
        hg_text_put(text, " variadic");
    if (type->kind == HG_POINTER || type->kind == HG_ARRAY || type->kind == HG_TYPEDEF ||
        type->kind == HG_FUNCTION)
        dump_ref(text, model, &type->ref);
    if (type->kind == HG_OPAQUE && type->reason != NULL) {
        hg_text_put(text, " reason: ");
        hg_describe_name(text, type->reason);
    }
    dump_tags(text, "decl_tag", type->tags);
    hg_text_put(text, "\n");
    if (hg_is_record(type))
        dump_members(text, model, type);
    if (type->kind == HG_ENUM)
        dump_enumerators(text, type);
    if (type->kind == HG_FUNCTION)
        dump_parameters(text, model, type);
}

void hg_model_dump(struct hg_text *text, const struct hg_model *model)
{
    const struct hg_target *target = hg_model_target(model);
    hg_text_put(text, "target ");
    hg_describe_name(text, target->triple == NULL ? "(unknown)" : target->triple);
    hg_text_printf(text, " %s-endian pointer=%u long=%u char=%s\n",
                   target->big_endian ? "big" : "little", target->pointer_size, target->long_size,
                   target->char_signed ? "signed" : "unsigned");
    for (size_t id = 0; id < hg_model_type_count(model); id++)
        dump_type(text, model, (hg_type_id)id);
}

const char *hg_include_name(const char *file)
{
    static const char include[] = "include/";
    const char *name = NULL;
    for (const char *at = file; (at = strstr(at, include)) != NULL; at += strlen(include))
        if (at == file || at[-1] == '/')
            name = at + strlen(include);
    if (name != NULL)
        return name;
    const char *slash = strrchr(file, '/');
    return slash == NULL ? file : slash + 1;
}
