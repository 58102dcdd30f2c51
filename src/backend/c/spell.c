/*
 * Spelling: declarations of members, parameters and typedefs, with the name inside the type.
 *
 *     pointer to array of 3 of pointer to function (int) returning void
 *         ->  void (*(*name)[3])(int)
 *
 * The method: collect pointers, arrays and prototypes, from the outermost type inwards, up to the
 * base.  Write the base; the stars, from the innermost outwards, with a parenthesis before those of
 * pointers to arrays or prototypes; the name; lengths and parameters, from the outermost inwards.
 *
 * Qualifiers of a prototype and of its result are left out, since C ignores them; so is restrict on
 * a type that is no pointer.  _Atomic is left out because of BPF programs: clang writes an atomic
 * type to BTF as void, and CO-RE would not find the member.  Atomic types have the size of plain
 * ones; if their alignment is higher, the plan has an aligned attribute for it.
 *
 * The recursion enters parameters and types without a tag, never types with a name, so the model
 * bounds its depth (model/verify.h).
 */
#include "backend/c/c.h"
#include "model/layout.h"

struct hg_c_step {
    const struct hg_type *type; /* a pointer, array or prototype */
    uint32_t qualifiers;        /* of a pointer */
    const struct hg_tags *tags;
};

enum { NAMED_PARAMETERS_MAX = 64 };

void hg_c_put_indent(struct hg_c *c)
{
    for (unsigned i = 0; i < c->indent; i++)
        hg_text_bytes(&c->text, "\t", 1);
}

void hg_c_put_aligned(struct hg_c *c, bool is_packed, uint32_t aligned)
{
    if (!is_packed && aligned == 0)
        return;
    hg_text_put(&c->text, is_packed ? " __attribute__((packed" : " __attribute__((");
    if (aligned != 0)
        hg_text_printf(&c->text, "%saligned(%u)", is_packed ? ", " : "", (unsigned)aligned);
    hg_text_put(&c->text, "))");
}

/* --- tags --- */

static void put_string(struct hg_text *text, const char *string)
{
    hg_text_put(text, "\"");
    for (const char *at = string; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\' || byte == '?' || byte < ' ' || byte > '~')
            hg_text_printf(text, "\\%03o", byte);
        else
            hg_text_bytes(text, at, 1);
    }
    hg_text_put(text, "\"");
}

void hg_c_put_decl_tags(struct hg_c *c, const struct hg_tags *tags)
{
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        hg_text_put(&c->text, " HDRGEN_DECL_TAG(");
        put_string(&c->text, tags->names[i]);
        hg_text_put(&c->text, ")");
        c->uses_decl_tags = true;
    }
}

/* Puts the tags from the last to the first, since clang applies the last one first. */
static void put_type_tags(struct hg_c *c, const struct hg_tags *tags, const char *before,
                          const char *after)
{
    for (size_t i = tags == NULL ? 0 : tags->count; i-- > 0;) {
        hg_text_put(&c->text, before);
        hg_text_put(&c->text, "HDRGEN_TYPE_TAG(");
        put_string(&c->text, tags->names[i]);
        hg_text_put(&c->text, ")");
        hg_text_put(&c->text, after);
        c->uses_type_tags = true;
    }
}

/* --- qualifiers --- */

/* The qualifiers that C allows on this type. */
static uint32_t usable(const struct hg_c *c, hg_type_id id, uint32_t qualifiers)
{
    if (qualifiers == 0)
        return 0;
    const struct hg_type *type = hg_resolved(c->model, id);
    if (type->kind == HG_FUNCTION)
        return 0;
    while (hg_is_c_array(type))
        type = hg_resolved(c->model, type->ref.id);
    bool may_restrict =
        type->kind == HG_POINTER && hg_resolved(c->model, type->ref.id)->kind != HG_FUNCTION;
    return qualifiers & (uint32_t)(HG_CONST | HG_VOLATILE | (may_restrict ? HG_RESTRICT : 0));
}

static void put_qualifiers(struct hg_c *c, uint32_t qualifiers)
{
    if (qualifiers & HG_CONST)
        hg_text_put(&c->text, "const ");
    if (qualifiers & HG_VOLATILE)
        hg_text_put(&c->text, "volatile ");
    if (qualifiers & HG_RESTRICT)
        hg_text_put(&c->text, "restrict ");
}

/* --- the base --- */

const char *hg_c_keyword(const struct hg_type *type)
{
    return type->kind == HG_UNION     ? "union "
           : type->kind == HG_ENUM    ? "enum "
           : type->kind == HG_TYPEDEF ? ""
                                      : "struct ";
}

void hg_c_put_name(struct hg_c *c, hg_type_id id)
{
    hg_text_put(&c->text, hg_c_keyword(hg_model_type(c->model, id)));
    hg_text_put(&c->text, c->names[id]);
}

/* Puts the type at the centre of a declarator.  within: the typedef that is being written, or 0. */
static void put_base(struct hg_c *c, hg_type_id id, hg_type_id within)
{
    id = c->stands_for[id];
    const struct hg_type *type = hg_model_type(c->model, id);
    bool carried = hg_c_is_anonymous(type) && c->place[id] == HG_C_CARRIED;
    if (id == HG_VOID_ID)
        hg_text_put(&c->text, "void");
    else if (c->names[id] != NULL)
        hg_c_put_name(c, id);
    else if (carried && c->carrier[id] != within)
        hg_text_put(&c->text, c->names[c->carrier[id]]);
    else if (hg_is_record(type))
        hg_c_put_record(c, id, NULL);
    else if (type->kind == HG_ENUM)
        hg_c_put_enum(c, id, NULL);
    else
        hg_c_put_basic(c, id);
}

/* --- declarators --- */

static bool is_step(const struct hg_c *c, const struct hg_type *type)
{
    if (type->kind == HG_ARRAY)
        return !type->is_vector && !type->is_complex && !hg_c_is_bytes(c, type);
    return type->kind == HG_POINTER || type->kind == HG_FUNCTION;
}

/* Pushes the pointers, arrays and prototypes of a declarator, and returns its base. */
static struct hg_ref take_apart(struct hg_c *c, const struct hg_ref *ref)
{
    struct hg_ref here = *ref;
    const struct hg_type *type = hg_model_type(c->model, here.id);
    while (is_step(c, type)) {
        /* Qualifiers of an array are its elements' (C17 6.7.3 p9). */
        uint32_t passed_on = type->kind == HG_ARRAY ? here.qualifiers : 0;
        *HG_PUSH(&c->steps) = (struct hg_c_step){
            .type = type,
            .qualifiers = type->kind == HG_POINTER ? usable(c, here.id, here.qualifiers) : 0,
            .tags = here.tags,
        };
        bool is_result = type->kind == HG_FUNCTION;
        here = type->ref;
        here.qualifiers = is_result ? 0 : here.qualifiers | passed_on;
        type = hg_model_type(c->model, here.id);
    }
    here.qualifiers = usable(c, here.id, here.qualifiers);
    return here;
}

static void put_before_name(struct hg_c *c, size_t first, size_t end)
{
    bool inner_is_pointer = true;
    for (size_t i = end; i-- > first;) {
        struct hg_c_step step = c->steps.items[i];
        if (step.type->kind == HG_POINTER) {
            if (!inner_is_pointer) {
                hg_text_put(&c->text, "(");
                put_type_tags(c, c->steps.items[i + 1].tags, "", " ");
            }
            hg_text_put(&c->text, "*");
            put_qualifiers(c, step.qualifiers);
            put_type_tags(c, step.tags, " ", " ");
        }
        inner_is_pointer = step.type->kind == HG_POINTER;
    }
}

/* Whether the names of the parameters can be written: none hides a type or equals another one. */
static bool can_name(struct hg_c *c, const struct hg_type *function)
{
    if (function->parameter_count > NAMED_PARAMETERS_MAX)
        return false;
    for (size_t i = 0; i < function->parameter_count; i++) {
        const char *name = function->parameters[i].name;
        if (name != NULL && !hg_c_is_free(c, name))
            return false;
        for (size_t j = 0; j < i && name != NULL; j++)
            if (function->parameters[j].name == name)
                return false;
    }
    return true;
}

static void put_parameters(struct hg_c *c, const struct hg_type *function)
{
    bool named = can_name(c, function);
    hg_text_put(&c->text, "(");
    for (size_t i = 0; i < function->parameter_count; i++) {
        hg_text_put(&c->text, i == 0 ? "" : ", ");
        hg_c_put_declaration(c, &function->parameters[i].type,
                             named ? function->parameters[i].name : NULL);
    }
    /* C17 has no `(...)`; `()` says nothing about the parameters either. */
    if (function->variadic)
        hg_text_put(&c->text, function->parameter_count > 0 ? ", ..." : "");
    else if (function->parameter_count == 0)
        hg_text_put(&c->text, "void");
    hg_text_put(&c->text, ")");
}

static void put_after_name(struct hg_c *c, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const struct hg_type *type = c->steps.items[i].type;
        if (type->kind == HG_ARRAY) {
            hg_text_put(&c->text, "[");
            hg_text_unsigned(&c->text, type->count);
            hg_text_put(&c->text, "]");
        } else if (type->kind == HG_FUNCTION) {
            put_parameters(c, type);
        }
        if (type->kind == HG_POINTER && i + 1 < end &&
            c->steps.items[i + 1].type->kind != HG_POINTER)
            hg_text_put(&c->text, ")");
    }
}

static void put_declaration(struct hg_c *c, const struct hg_ref *ref, const char *name,
                            hg_type_id within)
{
    size_t first = c->steps.count;
    struct hg_ref base = take_apart(c, ref);
    size_t end = c->steps.count;
    put_qualifiers(c, base.qualifiers);
    put_base(c, base.id, within);
    put_type_tags(c, base.tags, " ", "");
    if (name != NULL || end > first)
        hg_text_put(&c->text, " ");
    put_before_name(c, first, end);
    if (name != NULL)
        hg_text_put(&c->text, name);
    put_after_name(c, first, end);
    c->steps.count = first;
}

void hg_c_put_declaration(struct hg_c *c, const struct hg_ref *ref, const char *name)
{
    put_declaration(c, ref, name, HG_VOID_ID);
}

void hg_c_put_typedef(struct hg_c *c, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    hg_text_put(&c->text, "typedef ");
    put_declaration(c, &type->ref, c->names[id], id);
    hg_c_put_aligned(c, false, type->align);
    hg_c_put_decl_tags(c, type->tags);
    hg_text_put(&c->text, ";\n");
}
