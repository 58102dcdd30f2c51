/*
 * Types without a tag: decides which are written out at each use, and which get a name.
 *
 *     typedef struct { int a; } pair, *pair_ptr;       a typedef names it: pair_ptr is `pair *`
 *     struct s { enum { A, B } x[2], *y; };            used twice, but A may be defined only once
 *     int (*f)(struct { int a; } *);                   in a prototype: callers could not name it
 *
 * The method: the first typedef of the bare type holds the definition, and other uses take that
 * typedef's name.  Without such a typedef, an enum that would be written twice and a type in a
 * prototype get a generated tag.  Any other type is written at each use, since in BTF one such type
 * stands for many equal ones.  To find the uses, hdrgen follows pointers, arrays, prototypes and
 * types without a tag from the types with names, and counts up to two uses of each.  So each type
 * is visited a bounded number of times.
 */
#include "backend/c/c.h"

enum { WRITTEN_ONCE = 1, WRITTEN_TWICE = 2, IN_PROTOTYPE = 4 };

struct use {
    hg_type_id id;
    bool in_prototype;
};

struct counting {
    struct hg_c *c;
    uint8_t *seen; /* by type id: the constants above, or-ed */
    HG_ARRAY(struct use) todo;
};

bool hg_c_is_anonymous(const struct hg_type *type)
{
    return (hg_is_record(type) || type->kind == HG_ENUM) && type->name == NULL;
}

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static bool is_plain_float(const struct hg_type *type)
{
    return type->kind == HG_FLOAT &&
           (hg_c_special_name(type) != NULL || type->size == 4 || type->size == 8);
}

static bool is_bytes_array(const struct hg_c *c, const struct hg_type *type)
{
    if (!type->is_vector && !type->is_complex)
        return false;
    const struct hg_type *element = hg_resolved(c->model, type->ref.id);
    if (type->is_complex && element->kind == HG_FLOAT)
        return hg_c_is_bytes(c, element);
    if (element->kind == HG_FLOAT ? hg_c_special_name(element) != NULL
                                  : hg_c_integer(c, element) == NULL)
        return true;
    return hg_c_is_bytes(c, element) ||
           (type->is_vector &&
            (!is_power_of_two(type->count) || type->size != type->count * element->size));
}

bool hg_c_is_bytes(const struct hg_c *c, const struct hg_type *type)
{
    switch (type->kind) {
    case HG_OPAQUE:
        return true;
    case HG_FLOAT:
        return !is_plain_float(type);
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
        return hg_c_integer(c, type) == NULL;
    case HG_ARRAY:
        return is_bytes_array(c, type);
    case HG_VOID:
    case HG_POINTER:
    case HG_STRUCT:
    case HG_UNION:
    case HG_ENUM:
    case HG_TYPEDEF:
    case HG_FUNCTION:
        return false;
    }
    return false;
}

/* --- typedefs --- */

static void find_carriers(struct hg_c *c)
{
    for (hg_type_id id = 1; id < hg_model_type_count(c->model); id++) {
        const struct hg_type *type = hg_model_type(c->model, id);
        if (type->kind != HG_TYPEDEF || c->selection->need[id] == HG_NOT_NEEDED)
            continue;
        const struct hg_ref *ref = &type->ref;
        bool adds_something = type->align != 0 || ref->qualifiers != 0 || ref->tags != NULL;
        if (!adds_something && c->carrier[ref->id] == 0 &&
            hg_c_is_anonymous(hg_model_type(c->model, ref->id)))
            c->carrier[ref->id] = id;
    }
}

/* --- counting --- */

static bool is_written_out(const struct hg_c *c, hg_type_id id, const struct hg_type *type)
{
    if (hg_c_is_anonymous(type))
        return c->carrier[id] == 0;
    return type->kind == HG_POINTER || type->kind == HG_ARRAY || type->kind == HG_FUNCTION;
}

static void add_uses(struct counting *counting, const struct hg_type *type, bool in_prototype)
{
    size_t count = hg_reference_count(type);
    for (size_t i = 0; i < count; i++)
        *HG_PUSH(&counting->todo) =
            (struct use){.id = hg_reference(type, i)->id, .in_prototype = in_prototype};
}

/* Counts a use.  True = this changed *seen, so the type's own references must be counted again. */
static bool note(uint8_t *seen, bool in_prototype)
{
    uint8_t before = *seen;
    *seen |= (before & WRITTEN_ONCE) ? WRITTEN_TWICE : WRITTEN_ONCE;
    if (in_prototype)
        *seen |= IN_PROTOTYPE;
    return *seen != before;
}

static void count_all(struct counting *counting)
{
    struct hg_c *c = counting->c;
    while (counting->todo.count > 0) {
        struct use use = counting->todo.items[--counting->todo.count];
        const struct hg_type *type = hg_model_type(c->model, use.id);
        if (!is_written_out(c, use.id, type) || !note(&counting->seen[use.id], use.in_prototype))
            continue;
        bool in_prototype = type->kind == HG_FUNCTION || (use.in_prototype && !hg_is_record(type));
        add_uses(counting, type, in_prototype);
    }
}

static enum hg_c_place place_of(const struct hg_c *c, hg_type_id id, const struct hg_type *type,
                                uint8_t seen)
{
    if (c->carrier[id] != 0)
        return HG_C_CARRIED;
    if ((seen & IN_PROTOTYPE) != 0)
        return HG_C_TAGGED;
    if (type->kind == HG_ENUM)
        return (seen & WRITTEN_TWICE) != 0 ? HG_C_TAGGED : HG_C_INLINE;
    return seen == 0 ? HG_C_TAGGED : HG_C_INLINE;
}

void hg_c_find_uses(struct hg_c *c)
{
    size_t count = hg_model_type_count(c->model);
    struct counting counting = {.c = c, .seen = hg_calloc(count, 1)};
    find_carriers(c);
    for (size_t i = 0; i < c->selection->count; i++) {
        hg_type_id id = c->selection->order[i];
        const struct hg_type *type = hg_model_type(c->model, id);
        if (c->selection->need[id] != HG_DEFINED || is_written_out(c, id, type))
            continue;
        add_uses(&counting, type, false);
        count_all(&counting);
    }
    for (size_t i = 0; i < c->selection->count; i++) {
        hg_type_id id = c->selection->order[i];
        const struct hg_type *type = hg_model_type(c->model, id);
        if (hg_c_is_anonymous(type))
            c->place[id] = (uint8_t)place_of(c, id, type, counting.seen[id]);
    }
    free(counting.todo.items);
    free(counting.seen);
}
