/*
 * Names: gives every type and constant a name in Rust.
 *
 * The problem: C has separate name spaces for tags and typedefs, Rust has one for types; C has
 * records without a name, Rust has none; and some of C's names are Rust's own.
 *
 *     struct list { struct { int a; } head; };     list, list__head
 *     typedef struct { int b; } pair;              pair
 *     struct foo {...};  typedef int foo;          struct_foo, foo
 *     typedef unsigned int u32;                    u32, Rust's own
 *     struct type {...};  typedef int self;        r#type, self_
 *
 * The method: names are given in these steps, within each step in the selection's order.
 *
 *     1. Rust's own numbers to typedefs of the same name and layout.
 *     2. Typedefs keep their names, then tags theirs.  If a typedef has the name of a tag: a
 *        typedef of that record is the same item; for any other typedef, the tag waits for step 3.
 *     3. The types that wait: `struct_foo` for a tag whose name a typedef has; `foo_` for a name
 *        that is Rust's own or that r# cannot escape; the name itself for a second type of that
 *        name.
 *     4. A record or enum without a tag takes the name of its first typedef.
 *     5. A record without a name that another record holds: the holder's name, two underscores, and
 *        the member's name.  A member without a name counts as `anon_` and the first name inside,
 *        empty records left out.  So the name depends on content, not on position: it stays when an
 *        unrelated member is added.
 *     6. A record without a name that no record holds: `__anon_` and the first name inside.
 *
 * If a name of steps 3, 5 and 6 is taken, the next gets `___2`, `___3` and so on: libbpf and aya
 * ignore three underscores and what follows them in a type's name.  Constants have a name space of
 * their own, where only a second constant of the same name gets a number.
 */
#include "backend/rust/rust.h"

#include "model/macros.h"

#include <inttypes.h>
#include <string.h>

/* A longer made-up name is cut, and ends in a hash; nameless_record follows at most POINTERS_MAX
 * arrays and pointers. */
enum { NAME_MAX_BYTES = 160, POINTERS_MAX = 16 };

/* The owner of the names of hdrgen's own items; other owners are type ids. */
#define RESERVED UINT32_MAX

static const struct hg_type *type_of(const struct hg_rust *rust, hg_type_id id)
{
    return hg_model_type(rust->model, id);
}

/* An opaque type has a tag if it is a record whose members could not be read.  Otherwise its name
 * is C's spelling of a type, with a space. */
static bool has_tag(const struct hg_type *type)
{
    if (type->name == NULL)
        return false;
    return hg_is_record(type) || type->kind == HG_ENUM ||
           (type->kind == HG_OPAQUE && strchr(type->name, ' ') == NULL);
}

static bool is_unseen(const struct hg_rust *rust, hg_type_id id)
{
    return hg_rust_withheld(rust, id) == HG_UNSEEN;
}

static uint32_t *owner(struct hg_rust *rust, const char *name)
{
    return hg_strings_number(&rust->types, name, strlen(name));
}

static void give(struct hg_rust *rust, hg_type_id id, const char *name)
{
    rust->names[id].text = name;
}

/* The name, or the first of name___2, name___3 ... that is free; it is then taken. */
static const char *take_free(struct hg_rust *rust, struct hg_strings *table, const char *name,
                             uint32_t by)
{
    const char *free_name = name;
    uint32_t *taken = hg_strings_number(table, name, strlen(name));
    while (*taken != 0) {
        uint32_t *last = hg_strings_number(&rust->numbers, name, strlen(name));
        *last = *last == 0 ? 2 : *last + 1;
        free_name = hg_rust_numbered(rust, hg_rust_bare(name), *last);
        taken = hg_strings_number(table, free_name, strlen(free_name));
    }
    *taken = by;
    return free_name;
}

const char *hg_rust_take_type(struct hg_rust *rust, const char *name, hg_type_id id)
{
    return take_free(rust, &rust->types, name, id);
}

/* Rust's own types of that name. */
struct primitive {
    const char *name;
    enum hg_kind kind;
    unsigned size; /* 0 = a pointer's; kind HG_VOID: no C type is like it */
    bool is_signed;
};

static const struct primitive *find_primitive(const char *name)
{
    static const struct primitive primitives[] = {
        {"u8", HG_INT, 1, false},    {"u16", HG_INT, 2, false},   {"u32", HG_INT, 4, false},
        {"u64", HG_INT, 8, false},   {"u128", HG_VOID, 0, false}, {"usize", HG_INT, 0, false},
        {"i8", HG_INT, 1, true},     {"i16", HG_INT, 2, true},    {"i32", HG_INT, 4, true},
        {"i64", HG_INT, 8, true},    {"i128", HG_VOID, 0, false}, {"isize", HG_INT, 0, true},
        {"f16", HG_VOID, 0, false},  {"f32", HG_FLOAT, 4, false}, {"f64", HG_FLOAT, 8, false},
        {"str", HG_VOID, 0, false},  {"f128", HG_VOID, 0, false}, {"bool", HG_BOOL, 1, false},
        {"char", HG_VOID, 0, false},
    };
    for (size_t i = 0; i < sizeof primitives / sizeof *primitives; i++)
        if (strcmp(primitives[i].name, name) == 0)
            return &primitives[i];
    return NULL;
}

static bool is_same_as_primitive(const struct hg_rust *rust, const struct primitive *primitive,
                                 hg_type_id id)
{
    const struct hg_type *type = hg_resolved(rust->model, id);
    /* usize is 8 bytes where the output is meant to run. */
    unsigned size = primitive->size == 0 ? 8 : primitive->size;
    bool is_same_kind =
        type->kind == primitive->kind || (type->kind == HG_CHAR && primitive->kind == HG_INT);
    return is_same_kind && type->size == size &&
           (primitive->kind != HG_INT || type->is_signed == primitive->is_signed);
}

/* Steps 1 and 2 for one typedef; false: it must wait. */
static bool name_typedef(struct hg_rust *rust, hg_type_id id, const struct hg_type *type)
{
    const struct primitive *primitive = find_primitive(type->name);
    if (primitive != NULL) {
        if (!is_same_as_primitive(rust, primitive, id))
            return false;
        rust->names[id] = (struct hg_rust_name){.text = primitive->name, .is_elsewhere = true};
        return true;
    }
    if (hg_rust_cannot_be_raw(type->name))
        return false;
    const char *name = hg_rust_escape(rust, type->name);
    uint32_t *taken = owner(rust, name);
    if (*taken != 0)
        return false;
    *taken = id;
    give(rust, id, name);
    return true;
}

/* Step 2 for one tag; false: it must wait. */
static bool name_tag(struct hg_rust *rust, hg_type_id id, const struct hg_type *type)
{
    if (find_primitive(type->name) != NULL || hg_rust_cannot_be_raw(type->name))
        return false;
    const char *name = hg_rust_escape(rust, type->name);
    uint32_t *taken = owner(rust, name);
    if (*taken != 0) {
        if (*taken == RESERVED || type_of(rust, *taken)->kind != HG_TYPEDEF ||
            hg_type_resolve(rust->model, *taken, NULL) != id)
            return false;
        rust->names[*taken].is_elsewhere = true;
    }
    *taken = id;
    give(rust, id, name);
    return true;
}

/* Step 3. */
static void name_waiting(struct hg_rust *rust, hg_type_id id, const struct hg_type *type)
{
    const char *wanted = hg_rust_escape(rust, type->name);
    uint32_t by = *owner(rust, wanted);
    if (by == RESERVED || find_primitive(type->name) != NULL) {
        wanted = hg_rust_join(rust, type->name, "_", "");
    } else if (by != 0 && has_tag(type) && type_of(rust, by)->kind == HG_TYPEDEF) {
        wanted = hg_rust_join(rust, hg_kind_name(type->kind), "_", type->name);
    }
    give(rust, id, hg_rust_take_type(rust, wanted, id));
}

/* Step 4: the record or enum without a tag that a typedef names directly. */
static void share_name(struct hg_rust *rust, hg_type_id id, const struct hg_type *type)
{
    hg_type_id to = type->ref.id;
    const struct hg_type *target = type_of(rust, to);
    bool is_nameless = (hg_is_record(target) || target->kind == HG_ENUM) && target->name == NULL;
    if (!is_nameless || rust->names[to].text != NULL || rust->names[id].text == NULL)
        return;
    give(rust, to, rust->names[id].text);
    rust->names[id].is_elsewhere = true;
}

/* Whether the member is of an empty struct, as the kernel puts before flexible arrays in unions. */
static bool is_empty(const struct hg_rust *rust, const struct hg_member *member)
{
    const struct hg_type *type = hg_resolved(rust->model, member->type.id);
    return hg_is_record(type) && type->member_count == 0 && type->size == 0;
}

const char *hg_rust_first_name(const struct hg_rust *rust, const struct hg_type *record)
{
    while (hg_is_record(record) && record->member_count > 0) {
        size_t i = 0;
        while (i + 1 < record->member_count && is_empty(rust, &record->members[i]))
            i++;
        if (record->members[i].name != NULL)
            return record->members[i].name;
        record = hg_resolved(rust->model, record->members[i].type.id);
    }
    return NULL;
}

/* The record without a name at the end of the type's arrays and pointers; void = none. */
static hg_type_id nameless_record(const struct hg_rust *rust, hg_type_id id)
{
    for (size_t i = 0; i < POINTERS_MAX; i++) {
        const struct hg_type *type = type_of(rust, id);
        if (hg_is_record(type))
            return rust->names[id].text == NULL && type->name == NULL ? id : HG_VOID_ID;
        if (type->kind != HG_ARRAY && type->kind != HG_POINTER)
            return HG_VOID_ID;
        id = type->ref.id;
    }
    return HG_VOID_ID;
}

/* Cuts a name that grew too long (with the depth of nested records), and ends it with a hash of the
 * whole name. */
static const char *bounded(struct hg_rust *rust, const char *name)
{
    if (strlen(name) <= NAME_MAX_BYTES)
        return name;
    return hg_arena_printf(&rust->arena, "%.*s__%016" PRIx64, NAME_MAX_BYTES - 24, name,
                           hg_rust_hash(HG_RUST_HASH_START, name));
}

/* Step 5 for one use of a type. */
static void name_held(struct hg_rust *rust, const char *holder, const char *member, hg_type_id id)
{
    id = nameless_record(rust, id);
    if (id == HG_VOID_ID)
        return;
    const char *name = member;
    if (name == NULL) {
        name = hg_rust_first_name(rust, type_of(rust, id));
        name = hg_rust_join(rust, "anon_", name == NULL ? "empty" : name, "");
    }
    name = bounded(rust, hg_rust_join(rust, hg_rust_bare(holder), "__", name));
    give(rust, id, hg_rust_take_type(rust, name, id));
    *HG_PUSH(&rust->name_queue) = id;
}

static void name_inside(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = type_of(rust, id);
    const char *holder = rust->names[id].text;
    if (hg_is_record(type))
        for (size_t i = 0; i < type->member_count; i++)
            name_held(rust, holder, type->members[i].name, type->members[i].type.id);
    if (type->kind == HG_TYPEDEF)
        name_held(rust, holder, NULL, type->ref.id);
}

static void name_from_queue(struct hg_rust *rust, size_t *next)
{
    for (; *next < rust->name_queue.count; ++*next)
        name_inside(rust, rust->name_queue.items[*next]);
}

/* Steps 5 and 6. */
static void name_nameless(struct hg_rust *rust)
{
    const struct hg_selection *selection = rust->selection;
    size_t next = 0;
    for (size_t i = 0; i < selection->count; i++)
        if (rust->names[selection->order[i]].text != NULL &&
            hg_rust_withheld(rust, selection->order[i]) == HG_NOT_WITHHELD)
            *HG_PUSH(&rust->name_queue) = selection->order[i];
    name_from_queue(rust, &next);
    for (size_t i = 0; i < selection->count; i++) {
        hg_type_id id = selection->order[i];
        const struct hg_type *type = type_of(rust, id);
        if (!hg_is_record(type) || rust->names[id].text != NULL || is_unseen(rust, id))
            continue;
        const char *name = hg_rust_first_name(rust, type);
        name = hg_rust_join(rust, "__anon_", name == NULL ? "empty" : name, "");
        give(rust, id, hg_rust_take_type(rust, bounded(rust, name), id));
        *HG_PUSH(&rust->name_queue) = id;
        name_from_queue(rust, &next);
    }
}

static void name_types(struct hg_rust *rust)
{
    const struct hg_selection *selection = rust->selection;
    HG_ARRAY(hg_type_id) waiting = {0};
    for (size_t i = 0; i < selection->count; i++) {
        const struct hg_type *type = type_of(rust, selection->order[i]);
        if (type->kind == HG_TYPEDEF && !is_unseen(rust, selection->order[i]) &&
            !name_typedef(rust, selection->order[i], type))
            *HG_PUSH(&waiting) = selection->order[i];
    }
    for (size_t i = 0; i < selection->count; i++) {
        const struct hg_type *type = type_of(rust, selection->order[i]);
        if (has_tag(type) && !is_unseen(rust, selection->order[i]) &&
            !name_tag(rust, selection->order[i], type))
            *HG_PUSH(&waiting) = selection->order[i];
    }
    for (size_t i = 0; i < waiting.count; i++)
        name_waiting(rust, waiting.items[i], type_of(rust, waiting.items[i]));
    free(waiting.items);
    for (size_t i = 0; i < selection->count; i++) {
        const struct hg_type *type = type_of(rust, selection->order[i]);
        if (type->kind == HG_TYPEDEF)
            share_name(rust, selection->order[i], type);
    }
    name_nameless(rust);
}

static void name_constants(struct hg_rust *rust, hg_type_id id, const struct hg_type *type)
{
    const char **names = hg_arena_array(&rust->arena, type->enumerator_count, sizeof *names);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const char *name = hg_rust_escape(rust, type->enumerators[i].name);
        names[i] = take_free(rust, &rust->constant_names, name, 1);
    }
    rust->constants[id] = names;
}

/* A macro that repeats an enumerator needs no constant: the enumerator's serves. */
static void name_macros(struct hg_rust *rust)
{
    size_t count = 0;
    const struct hg_macro *macros = hg_model_macros(rust->model, &count);
    bool *repeated = hg_repeated_macros(rust->model, rust->selection);
    rust->macro_names = hg_arena_array(&rust->arena, count + 1, sizeof *rust->macro_names);
    for (size_t i = 0; i < count; i++)
        if (!repeated[i])
            rust->macro_names[i] =
                take_free(rust, &rust->constant_names, hg_rust_escape(rust, macros[i].name), 1);
    free(repeated);
}

/* A name for a local variable: with the name of a constant, `let NAME` would be a pattern. */
static const char *name_local(struct hg_rust *rust, const char *name)
{
    while (*hg_strings_number(&rust->constant_names, name, strlen(name)) != 0)
        name = hg_rust_join(rust, name, "_", "");
    return name;
}

static void reserve(struct hg_rust *rust)
{
    static const char *const others[] = {"Ptr32", "__int128", "__uint128", "__hdrgen"};
    static const char *const functions[] = {"__probe_read", "size_of", "align_of"};
    for (size_t i = 0; i < hg_rust_c_type_count; i++)
        *owner(rust, hg_rust_c_types[i].name) = RESERVED;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        *owner(rust, others[i]) = RESERVED;
    for (uint32_t align = 1; align <= HG_RUST_ALIGN_MAX; align *= 2)
        *owner(rust, hg_arena_printf(&rust->arena, "__Align%" PRIu32, align)) = RESERVED;
    if (hg_rust_has_accessors(rust)) {
        *owner(rust, "Kptr") = RESERVED;
        *owner(rust, "__Scalar") = RESERVED;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        (void)take_free(rust, &rust->constant_names, functions[i], 1);
}

void hg_rust_names(struct hg_rust *rust)
{
    reserve(rust);
    name_types(rust);
    for (size_t i = 0; i < rust->selection->count; i++) {
        hg_type_id id = rust->selection->order[i];
        /* `struct e(pub u32)` also defines a function `e`, in the name space of constants. */
        if (hg_rust_enum_style(rust, id) == HG_ENUM_NEWTYPE && !is_unseen(rust, id))
            (void)take_free(rust, &rust->constant_names, rust->names[id].text, 1);
    }
    for (size_t i = 0; i < rust->selection->count; i++) {
        hg_type_id id = rust->selection->order[i];
        const struct hg_type *type = hg_model_type(rust->model, id);
        if (type->kind == HG_ENUM && rust->selection->need[id] == HG_DEFINED &&
            hg_rust_withheld(rust, id) == HG_NOT_WITHHELD)
            name_constants(rust, id, type);
    }
    name_macros(rust);
    rust->value = name_local(rust, "value");
    rust->bytes = name_local(rust, "bytes");
    rust->word = name_local(rust, "word");
    rust->source = name_local(rust, "source");
    rust->error = name_local(rust, "error");
}
