/*
 * Verification of types: rules 1 to 17 of docs/model.md, under the same numbers.
 *
 * The problem: passes over a sealed model index arrays by type ids, add offsets, follow members
 * recursively and write names into programs.  A BTF file can hold anything:
 *
 *     STRUCT 'a' size=4 { next: type 99999999, x: 'a' bit=4294967295, "b; } int evil(" ... }
 *
 * The method: one small function for each rule.  Rules 1 to 3 make it safe to follow a reference,
 * and rules 4 and 5 ensure that chains of references end.  If any of these fails, the other rules
 * are not checked.  The other rules look at one type at a time.  The time is linear: the searches
 * for cycles visit each type and reference once, without recursion, and rule 4 bounds the chains of
 * typedefs that the other rules follow.
 *
 * What this does not do: reject odd layouts.  A layout passes if some C declaration can have it.
 */
#include "model/verify.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/build.h"
#include "model/describe.h"
#include "model/layout.h"
#include "model/walk.h"

#include <inttypes.h>
#include <stdint.h>

enum { REPORTS_MAX = 50 };

/* Sizes below this can be counted in bits. */
#define SIZE_LIMIT ((uint64_t)1 << 61)

struct verification {
    const struct hg_model *model;
    const struct hg_type *types; /* all of them, by id */
    size_t type_count;
    struct hg_diagnostics *diagnostics;
    size_t violations;
    bool checks_names;
};

static const struct hg_type *resolved(const struct verification *v, hg_type_id id)
{
    if (v->types[id].kind != HG_TYPEDEF)
        return &v->types[id];
    return &v->types[hg_type_resolve(v->model, id, NULL)];
}

/* Reports a violation by the type (part NULL) or by one of its parts: a "member", "enumerator" or
 * "parameter" of this name. */
HG_PRINTF(5, 6)
static void violation(struct verification *v, hg_type_id id, const char *part, const char *name,
                      const char *format, ...)
{
    if (v->violations++ >= REPORTS_MAX)
        return;
    struct hg_text text = {0};
    hg_describe_subject(&text, v->model, id);
    hg_text_printf(&text, " (type %" PRIu32 ")", id);
    if (part != NULL) {
        hg_text_printf(&text, ", %s '", part);
        hg_describe_name(&text, name == NULL ? "(anonymous)" : name);
        hg_text_put(&text, "'");
    }
    hg_text_put(&text, ": ");
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    hg_error(v->diagnostics, &hg_model_type(v->model, id)->where, "%s", hg_text_string(&text));
    hg_text_deinit(&text);
}

/* 1. The target. */
static void check_target(struct verification *v)
{
    const struct hg_target *target = hg_model_target(v->model);
    if (target->pointer_size != 4 && target->pointer_size != 8) {
        hg_error(v->diagnostics, NULL, "the target's pointers are %u bytes: only 4 and 8 are known",
                 target->pointer_size);
        v->violations++;
    }
    if (target->long_size != 4 && target->long_size != 8) {
        hg_error(v->diagnostics, NULL, "the target's long is %u bytes: only 4 and 8 are known",
                 target->long_size);
        v->violations++;
    }
}

/* 2. Kinds: void first and nowhere else, nothing left undefined. */
static void check_kind(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    if (id == HG_VOID_ID && type->kind != HG_VOID)
        violation(v, id, NULL, NULL, "type 0 must be void");
    else if (id != HG_VOID_ID && type->kind == HG_VOID)
        violation(v, id, NULL, NULL, "only type 0 may be void");
    else if ((unsigned)type->kind > HG_OPAQUE)
        violation(v, id, NULL, NULL, "declared but never defined");
}

/* 3. References: in range. */
static void check_references(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    if ((unsigned)type->kind > HG_OPAQUE)
        return;
    size_t count = hg_reference_count(type);
    for (size_t i = 0; i < count; i++) {
        hg_type_id to = hg_reference(type, i)->id;
        if (to >= v->type_count)
            violation(v, id, NULL, NULL, "refers to type %" PRIu32 ", which does not exist", to);
    }
}

/* A depth-first search for cycles and for nesting that is too deep.  It follows the references of
 * the types for which goes_into is true. */
struct search {
    bool (*goes_into)(const struct hg_type *type);
    const char *cycle;    /* the message about a cycle */
    const char *too_deep; /* the message about nesting that is too deep, without the limit */
    uint32_t *depth;      /* by type id: of the types nested in it; 0 = not seen, or ON_PATH */
    HG_ARRAY(struct step {
        hg_type_id id;
        size_t next; /* reference to follow next */
        uint32_t depth;
    })
    path;
};

#define ON_PATH UINT32_MAX /* the type is being visited; another reference to it makes a cycle */

/* Begins to visit a type and returns ON_PATH; or returns the depth 1 if goes_into is false. */
static uint32_t enter(const struct verification *v, struct search *search, hg_type_id id)
{
    search->depth[id] = search->goes_into(&v->types[id]) ? ON_PATH : 1;
    if (search->depth[id] == ON_PATH)
        *HG_PUSH(&search->path) = (struct step){.id = id, .depth = 1};
    return search->depth[id];
}

static void leave(struct verification *v, struct search *search)
{
    struct step done = search->path.items[--search->path.count];
    search->depth[done.id] = done.depth;
    /* Of nested types that are too deep only the innermost is reported. */
    if (done.depth == HG_NESTING_MAX + 1)
        violation(v, done.id, NULL, NULL, "%s, more than %d deep", search->too_deep,
                  HG_NESTING_MAX);
    if (search->path.count > 0) {
        struct step *outer = &search->path.items[search->path.count - 1];
        if (outer->depth <= done.depth)
            outer->depth = done.depth + 1;
    }
}

static void search_from(struct verification *v, struct search *search, hg_type_id root)
{
    (void)enter(v, search, root);
    while (search->path.count > 0) {
        struct step *top = &search->path.items[search->path.count - 1];
        const struct hg_type *type = &v->types[top->id];
        if (top->next == hg_reference_count(type)) {
            leave(v, search);
            continue;
        }
        hg_type_id to = hg_reference(type, top->next++)->id;
        uint32_t depth = search->depth[to];
        if (depth == 0)
            depth = enter(v, search, to);
        else if (depth == ON_PATH)
            violation(v, to, NULL, NULL, "%s", search->cycle);
        if (depth != ON_PATH && top->depth <= depth)
            top->depth = depth + 1;
    }
}

static void search_all(struct verification *v, struct search *search)
{
    size_t count = v->type_count;
    search->depth = hg_calloc(count, sizeof *search->depth);
    for (size_t id = 0; id < count; id++)
        if (search->depth[id] == 0)
            search_from(v, search, (hg_type_id)id);
    free(search->depth);
    free(search->path.items);
}

static bool holds_by_value(const struct hg_type *type)
{
    return hg_reference_hold(type) == HG_BY_VALUE;
}

/* 4. Containment: no type holds itself by value, and nesting is not too deep. */
static void check_containment(struct verification *v)
{
    search_all(v, &(struct search){.goes_into = holds_by_value,
                                   .cycle = "holds itself by value",
                                   .too_deep = "nests types by value"});
}

static bool is_spelled_out(const struct hg_type *type)
{
    return !(hg_is_record(type) && type->name != NULL);
}

/* 5. Spelling: each cycle goes through a struct or union with a tag, since C can refer to no other
 * type before it is complete. */
static void check_spelling(struct verification *v)
{
    search_all(v,
               &(struct search){.goes_into = is_spelled_out,
                                .cycle = "refers to itself with no named struct or union between",
                                .too_deep = "nests types that have no tag"});
}

/* 6. Completeness: a type that is only declared has no size, members or enumerators. */
static void check_complete(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    if (type->complete)
        return;
    if (!hg_can_have_tag(type)) {
        violation(v, id, NULL, NULL, "only a struct, union or enum can be incomplete");
        return;
    }
    size_t inside = type->kind == HG_ENUM ? type->enumerator_count : type->member_count;
    if (inside != 0 || type->size != 0)
        violation(v, id, NULL, NULL, "only declared, but has %zu %s and size %" PRIu64, inside,
                  type->kind == HG_ENUM ? "enumerators" : "members", type->size);
}

enum { LETTER = 1, DIGIT = 2 };
static const uint8_t byte_classes[256] = {
    ['a' ... 'z'] = LETTER, ['A' ... 'Z'] = LETTER, ['_'] = LETTER, ['0' ... '9'] = DIGIT};

static bool is_letter(char c)
{
    return byte_classes[(unsigned char)c] == LETTER;
}

static bool is_name_byte(char c)
{
    return byte_classes[(unsigned char)c] != 0;
}

bool hg_is_identifier(const char *name)
{
    if (!is_letter(*name))
        return false;
    while (is_name_byte(*name))
        name++;
    return *name == '\0';
}

bool hg_is_words(const char *name)
{
    if (!is_letter(*name))
        return false;
    while (is_name_byte(*name) || (*name == ' ' && name[1] != ' '))
        name++;
    return *name == '\0' && name[-1] != ' ';
}

/* 7. Names of types: required, optional or absent by kind; C identifiers or words. */
static void check_name(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    bool required = hg_is_arithmetic(type) || type->kind == HG_TYPEDEF;
    bool words = hg_is_arithmetic(type) || type->kind == HG_OPAQUE;
    bool allowed = words || hg_is_namable(type->kind);
    if (type->kind == HG_OPAQUE && type->reason == NULL)
        violation(v, id, NULL, NULL, "does not say why it is opaque");
    if (type->name == NULL) {
        if (required)
            violation(v, id, NULL, NULL, "has no name");
    } else if (!allowed) {
        violation(v, id, NULL, NULL, "cannot have a name of its own");
    } else if (words ? !hg_is_words(type->name) : !hg_is_identifier(type->name)) {
        violation(v, id, NULL, NULL, "its name is no C %s", words ? "type name" : "identifier");
    }
}

static void check_identifier(struct verification *v, hg_type_id id, const char *part,
                             const char *name)
{
    if (v->checks_names && (name == NULL || !hg_is_identifier(name)))
        violation(v, id, part, name, "its name is no C identifier");
}

static void check_record_names(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        if (member->name != NULL) {
            check_identifier(v, id, "member", member->name);
            continue;
        }
        const struct hg_type *inside = resolved(v, member->type.id);
        if (member->bit_width != 0 || !(hg_is_record(inside) || inside->kind == HG_OPAQUE))
            violation(v, id, NULL, NULL,
                      "member %zu has no name, and only a member struct or union may have none", i);
    }
}

/* 8. Names of members, enumerators and parameters. */
static void check_inner_names(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    if (hg_is_record(type))
        check_record_names(v, id, type);
    for (size_t i = 0; type->kind == HG_ENUM && i < type->enumerator_count; i++)
        check_identifier(v, id, "enumerator", type->enumerators[i].name);
    for (size_t i = 0; type->kind == HG_FUNCTION && i < type->parameter_count; i++)
        if (type->parameters[i].name != NULL)
            check_identifier(v, id, "parameter", type->parameters[i].name);
}

/* 9. Alignment: a power of two, or 0. */
static void check_alignment(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    if ((type->align & (type->align - 1)) != 0)
        violation(v, id, NULL, NULL, "alignment %" PRIu32 " is no power of two", type->align);
}

/* Whether some compiler for Linux has a type of this kind and size. */
static bool is_known_size(enum hg_kind kind, uint64_t size)
{
    if (kind == HG_CHAR)
        return size == 1;
    if (kind == HG_FLOAT && size == 12)
        return true;
    return size == 1 || size == 2 || size == 4 || size == 8 || (size == 16 && kind != HG_BOOL);
}

/* 10. Size: by kind 0, one that compilers have, or a multiple of the alignment. */
static void check_size(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    bool has_none = type->kind == HG_VOID || type->kind == HG_FUNCTION || type->kind == HG_TYPEDEF;
    if (has_none && type->size != 0)
        violation(v, id, NULL, NULL, "has no size of its own, but says %" PRIu64, type->size);
    if (hg_is_arithmetic(type) && !is_known_size(type->kind, type->size))
        violation(v, id, NULL, NULL, "no type of kind %s has %" PRIu64 " bytes",
                  hg_kind_name(type->kind), type->size);
    if (type->size >= SIZE_LIMIT)
        violation(v, id, NULL, NULL, "%" PRIu64 " bytes are more than can be addressed",
                  type->size);
    if (hg_is_record(type) && type->align != 0 && type->size % type->align != 0)
        violation(v, id, NULL, NULL, "size %" PRIu64 " is no multiple of its alignment %" PRIu32,
                  type->size, type->align);
}

/* 11. Pointers have the target's size. */
static void check_pointer(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    unsigned size = hg_model_target(v->model)->pointer_size;
    if (type->kind == HG_POINTER && type->size != size)
        violation(v, id, NULL, NULL, "%" PRIu64 " bytes, but pointers of this target are %u",
                  type->size, size);
}

/* Why there can be no object of the type; NULL = there can be one. */
static const char *not_an_object(const struct hg_type *type)
{
    if (type->kind == HG_VOID)
        return "is void";
    if (type->kind == HG_FUNCTION)
        return "is a function";
    return type->complete ? NULL : "is of a type that is only declared";
}

/* 12. Arrays: the element is an object, and the size is count times the element's. */
static void check_array(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    if (type->kind != HG_ARRAY)
        return;
    const char *why = not_an_object(resolved(v, type->ref.id));
    if (why != NULL)
        violation(v, id, NULL, NULL, "its element %s", why);
    uint64_t element = hg_type_size(v->model, type->ref.id);
    uint64_t size;
    if (__builtin_mul_overflow(type->count, element, &size))
        violation(v, id, NULL, NULL, "%" PRIu64 " elements of %" PRIu64 " bytes are too many",
                  type->count, element);
    else if (type->is_vector ? type->size < size : type->size != size)
        violation(v, id, NULL, NULL,
                  "size %" PRIu64 " for %" PRIu64 " elements of %" PRIu64 " bytes", type->size,
                  type->count, element);
    if (type->is_complex && (type->is_vector || type->count != 2))
        violation(v, id, NULL, NULL, "a complex number has two parts");
}

static bool fits(const struct hg_type *type, uint64_t value)
{
    unsigned unused = 64 - 8 * (unsigned)type->size;
    if (unused == 0)
        return true;
    /* The value is in range if the unused bits are zero, or repeat the sign bit. */
    uint64_t high = value >> (64 - unused - (type->is_signed ? 1 : 0));
    return high == 0 || (type->is_signed && high == UINT64_MAX >> (64 - unused - 1));
}

/* 13. Enums: 1, 2, 4 or 8 bytes, into which each value fits. */
static void check_enum(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    if (type->kind != HG_ENUM || !type->complete)
        return;
    if (type->size != 1 && type->size != 2 && type->size != 4 && type->size != 8) {
        violation(v, id, NULL, NULL, "no enum has %" PRIu64 " bytes", type->size);
        return;
    }
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const struct hg_enumerator *enumerator = &type->enumerators[i];
        if (!fits(type, enumerator->value))
            violation(v, id, "enumerator", enumerator->name,
                      "0x%" PRIx64 " does not fit into %" PRIu64 " %s bytes", enumerator->value,
                      type->size, type->is_signed ? "signed" : "unsigned");
    }
}

/* 14. Prototypes: the result is no array or function, and no parameter is void. */
static void check_prototype(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    if (type->kind != HG_FUNCTION)
        return;
    enum hg_kind result = resolved(v, type->ref.id)->kind;
    if (result == HG_FUNCTION || result == HG_ARRAY)
        violation(v, id, NULL, NULL, "its result cannot be of kind %s", hg_kind_name(result));
    for (size_t i = 0; i < type->parameter_count; i++) {
        const struct hg_parameter *parameter = &type->parameters[i];
        if (resolved(v, parameter->type.id)->kind == HG_VOID)
            violation(v, id, NULL, NULL, "parameter %zu is void", i + 1);
    }
}

/* 15. Member types are object types. */
static void check_member_types(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    for (size_t i = 0; hg_is_record(type) && i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        const char *why = not_an_object(resolved(v, member->type.id));
        if (why != NULL)
            violation(v, id, "member", member->name, "%s", why);
    }
}

/* 16. Bit-fields: an integer, bool or enum type, which is at least as wide. */
static void check_bit_fields(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    for (size_t i = 0; hg_is_record(type) && i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        if (member->bit_width == 0)
            continue;
        const struct hg_type *base = resolved(v, member->type.id);
        if (base->kind != HG_BOOL && base->kind != HG_INT && base->kind != HG_CHAR &&
            base->kind != HG_ENUM)
            violation(v, id, "member", member->name, "a bit-field cannot be of kind %s",
                      hg_kind_name(base->kind));
        else if (member->bit_width > 8 * base->size)
            violation(v, id, "member", member->name,
                      "a bit-field of %" PRIu32 " bits in a type of %" PRIu64 " byte%s",
                      member->bit_width, base->size, hg_plural(base->size));
    }
}

/* *reached: the bit at which the members before this one end. */
static void check_offset(struct verification *v, hg_type_id id, const struct hg_type *record,
                         const struct hg_member *member, uint64_t *reached)
{
    uint64_t bits = hg_member_bits(v->model, member);
    uint64_t whole = 8 * record->size;
    if (member->bit_width == 0 && member->bit_offset % 8 != 0)
        violation(v, id, "member", member->name, "begins at bit %" PRIu64 ", within a byte",
                  member->bit_offset);
    if (bits > whole || member->bit_offset > whole - bits)
        violation(v, id, "member", member->name,
                  "%" PRIu64 " bit%s at bit %" PRIu64 " reach beyond the %" PRIu64 " byte%s", bits,
                  hg_plural(bits), member->bit_offset, record->size, hg_plural(record->size));
    if (record->kind == HG_UNION && member->bit_offset != 0)
        violation(v, id, "member", member->name, "at bit %" PRIu64 " of a union",
                  member->bit_offset);
    if (record->kind == HG_STRUCT && member->bit_offset < *reached)
        violation(v, id, "member", member->name,
                  "begins at bit %" PRIu64 ", before bit %" PRIu64
                  " where the members before it end",
                  member->bit_offset, *reached);
    if (!__builtin_add_overflow(member->bit_offset, bits, &bits) && bits > *reached)
        *reached = bits;
}

/* 17. Offsets: members are inside the record and, in a struct, do not overlap. */
static void check_offsets(struct verification *v, hg_type_id id, const struct hg_type *type)
{
    uint64_t reached = 0;
    for (size_t i = 0; hg_is_record(type) && i < type->member_count; i++)
        check_offset(v, id, type, &type->members[i], &reached);
}

typedef void rule(struct verification *v, hg_type_id id, const struct hg_type *type);

static void check_each_type(struct verification *v, rule *const *rules, size_t rule_count)
{
    for (size_t id = 0; id < v->type_count; id++)
        for (size_t i = 0; i < rule_count; i++)
            rules[i](v, (hg_type_id)id, &v->types[id]);
}

enum hg_status hg_model_verify(const struct hg_model *model, struct hg_diagnostics *diagnostics)
{
    static rule *const first[] = {check_kind, check_references};
    static rule *const others[] = {
        check_complete,  check_name,         check_inner_names, check_alignment,
        check_size,      check_pointer,      check_array,       check_enum,
        check_prototype, check_member_types, check_bit_fields,  check_offsets,
    };
    struct verification v = {
        .model = model,
        .types = hg_model_type(model, HG_VOID_ID),
        .type_count = hg_model_type_count(model),
        .checks_names = hg_model_checks_names(model),
        .diagnostics = diagnostics,
    };

    check_target(&v);
    check_each_type(&v, first, sizeof first / sizeof *first);
    if (v.violations == 0) {
        check_containment(&v);
        check_spelling(&v);
    }
    if (v.violations == 0)
        check_each_type(&v, others, sizeof others / sizeof *others);
    if (v.violations > REPORTS_MAX)
        hg_error(diagnostics, NULL, "%zu further faults of this kind are not shown",
                 v.violations - REPORTS_MAX);
    return v.violations == 0 ? HG_OK : HG_ERROR_INPUT;
}
