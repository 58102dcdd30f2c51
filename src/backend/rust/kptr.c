/*
 * Typed kernel pointers: the lines that --accessors writes for each record, besides the functions
 * of probe.c.
 *
 *     __members! { task_struct
 *         { (value) pid: pid_t, read_pid addr_of_pid
 *           (has_pid offset_of_pid size_of_pid is_signed_pid) (2464 4 true) }
 *         { (to task_struct) real_parent: *mut task_struct, ... }
 *     }
 *
 *     task.real_parent()?.pid()?          Kptr<task_struct> to Kptr<task_struct> to a number
 *     Kptr::<task_struct>::has_pid()
 *
 * The problem: programs follow chains of pointers, and the same source must build with the offsets
 * of one kernel and with CO-RE relocations.
 *
 * The method: one line for each member, from which macros (kptr_support.c, core_support.c) make
 * functions.  Only the last parentheses differ: they hold numbers, or with --accessors core the
 * path for relocations.  The first word says which method a member gets:
 *
 *     value, bool, bits    name() reads the member
 *     to                   name() reads the pointer and returns a Kptr of its target
 *     place                name() returns the member's address: records, and arrays too large to
 *                          read
 *     within               the same for a record, with --accessors core: a path of members
 *
 * A method whose name is taken, by Kptr itself or by another member, gets an underscore.
 *
 * What this does not do: read records by value, since another kernel has their members at other
 * offsets.
 */
#include "backend/rust/rust.h"

#include <inttypes.h>
#include <string.h>

bool hg_rust_has_accessors(const struct hg_rust *rust)
{
    return rust->options->accessors != HG_ACCESSORS_NONE;
}

enum form { FORM_VALUE, FORM_BOOL, FORM_BITS, FORM_POINTER, FORM_PLACE };

static enum form form_of(const struct hg_rust *rust, const struct hg_rust_probed *probed)
{
    const struct hg_type *type = hg_resolved(rust->model, probed->member->type.id);
    hg_type_id element = hg_rust_core_element(rust, probed->member->type.id);
    const struct hg_type *inside = hg_model_type(rust->model, element);
    if (probed->member->bit_width != 0)
        return FORM_BITS;
    if (probed->read == NULL || hg_is_record(inside))
        return FORM_PLACE;
    if (type->kind == HG_BOOL && type->size == 1)
        return FORM_BOOL;
    if (type->kind == HG_POINTER && hg_resolved(rust->model, type->ref.id)->kind != HG_FUNCTION)
        return FORM_POINTER;
    return FORM_VALUE;
}

/* The values that a loader would compute for a member by libbpf's rules, on the input's own types:
 * offset and size in bytes, shifts in bits. */
struct numbers {
    uint64_t offset;
    uint64_t size;
    bool is_signed;
    unsigned lshift;
    unsigned rshift;
};

static struct numbers numbers_of(const struct hg_rust *rust, const struct hg_rust_probed *probed)
{
    const struct hg_member *member = probed->member;
    const struct hg_type *type = hg_resolved(rust->model, member->type.id);
    uint64_t bit = 8 * probed->base + member->bit_offset;
    struct numbers numbers = {.offset = bit / 8,
                              .size = rust->shapes[member->type.id].size,
                              .is_signed = type->is_signed};
    if (member->bit_width == 0 || numbers.size == 0)
        return numbers;
    numbers.offset = bit / 8 / numbers.size * numbers.size;
    while (bit + member->bit_width - 8 * numbers.offset > 8 * numbers.size && numbers.size < 8) {
        numbers.size *= 2;
        numbers.offset = bit / 8 / numbers.size * numbers.size;
    }
    bit -= 8 * numbers.offset;
    numbers.lshift = rust->target->big_endian ? (unsigned)((8 - numbers.size) * 8 + bit)
                                              : (unsigned)(64 - (bit + member->bit_width));
    numbers.rshift = 64 - member->bit_width;
    return numbers;
}

static bool has_sign(const struct hg_rust *rust, const struct hg_member *member)
{
    enum hg_kind kind = hg_resolved(rust->model, member->type.id)->kind;
    return kind == HG_BOOL || kind == HG_INT || kind == HG_CHAR || kind == HG_ENUM;
}

/* Takes the name for a method; with underscores, if another method has it. */
static const char *take_method(struct hg_rust *rust, const char *prefix, const char *name,
                               const char *suffix)
{
    const char *method = hg_rust_join(rust, prefix, name, suffix);
    while (!hg_rust_take_method(rust, method))
        method = hg_rust_join(rust, method, "_", "");
    return method;
}

/* `(has_pid offset_of_pid size_of_pid is_signed_pid)` */
static void put_names(struct hg_rust *rust, const struct hg_member *member)
{
    const char *name = member->name;
    static const char *const prefixes[] = {"has_",       "offset_of_", "size_of_",
                                           "is_signed_", "lshift_of_", "rshift_of_"};
    size_t count = member->bit_width != 0 ? 6 : has_sign(rust, member) ? 4 : 3;
    for (size_t i = 0; i < count; i++)
        hg_text_printf(&rust->text, "%s%s", i == 0 ? " (" : " ",
                       take_method(rust, prefixes[i], name, ""));
    hg_text_put(&rust->text, ")");
}

/* `(2464 4 true)`, or with --accessors core the path for relocations. */
static void put_numbers(struct hg_rust *rust, const struct hg_rust_probed *probed)
{
    struct numbers numbers = numbers_of(rust, probed);
    struct hg_text *text = &rust->text;
    if (hg_rust_is_core(rust)) {
        hg_text_printf(text, " (\"%s\")", probed->path);
        return;
    }
    hg_text_printf(text, " (%" PRIu64 " %" PRIu64, numbers.offset, numbers.size);
    if (has_sign(rust, probed->member))
        hg_text_put(text, numbers.is_signed ? " true" : " false");
    if (probed->member->bit_width != 0)
        hg_text_printf(text, " %u %u", numbers.lshift, numbers.rshift);
    hg_text_put(text, ")");
}

/* A number for a path to a member that is or holds records, the same in all bindings of this
 * record.  `record` is the Rust name, which distinguishes records without a name in C. */
static uint64_t number_step(const char *record, const char *path)
{
    return hg_rust_hash(hg_rust_hash(HG_RUST_HASH_START, record), path);
}

/* ` [comm_at comm_nth c_char]`, for arrays; for arrays of records with the path's number. */
static void put_elements(struct hg_rust *rust, const struct hg_rust_probed *probed,
                         const char *record)
{
    const struct hg_member *member = probed->member;
    const struct hg_type *type = hg_resolved(rust->model, member->type.id);
    if (type->kind != HG_ARRAY || rust->shapes[member->type.id].as_bytes)
        return;
    while (hg_resolved(rust->model, type->ref.id)->kind == HG_ARRAY)
        type = hg_resolved(rust->model, type->ref.id);
    hg_text_printf(&rust->text, " [%s", take_method(rust, "", member->name, "_at"));
    hg_text_printf(&rust->text, " %s ", take_method(rust, "", member->name, "_nth"));
    if (hg_rust_is_core(rust) && hg_is_record(hg_resolved(rust->model, type->ref.id)))
        hg_text_printf(&rust->text, "0x%" PRIx64 " ", number_step(record, probed->path));
    hg_rust_put_type(rust, type->ref.id);
    hg_text_put(&rust->text, "]");
}

/* How 64 bits become a value of the type: `value => value as c_uint` */
static void put_conversion(struct hg_rust *rust, hg_type_id id)
{
    hg_type_id resolved = hg_type_resolve(rust->model, id, NULL);
    const struct hg_type *type = hg_model_type(rust->model, resolved);
    struct hg_text *text = &rust->text;
    hg_text_printf(text, "%s => ", rust->value);
    if (type->kind == HG_BOOL) {
        hg_text_printf(text, "%s != 0", rust->value);
    } else if (hg_rust_enum_style(rust, resolved) == HG_ENUM_NEWTYPE) {
        hg_rust_put_type(rust, resolved);
        hg_text_printf(text, "(%s as %s)", rust->value, hg_rust_fixed(type->size, type->is_signed));
    } else {
        hg_text_printf(text, "%s as ", rust->value);
        hg_rust_put_value_type(rust, id);
    }
}

static void put_form(struct hg_rust *rust, const struct hg_rust_probed *probed, const char *record,
                     enum form form)
{
    const struct hg_member *member = probed->member;
    struct hg_text *text = &rust->text;
    switch (form) {
    case FORM_VALUE:
        hg_text_put(text, "value");
        break;
    case FORM_BOOL:
        hg_text_put(text, "bool");
        break;
    case FORM_BITS:
        hg_text_put(text, "bits ");
        put_conversion(rust, member->type.id);
        break;
    case FORM_POINTER:
        hg_text_put(text, "to ");
        hg_rust_put_type(rust, hg_resolved(rust->model, member->type.id)->ref.id);
        break;
    case FORM_PLACE:
        if (hg_rust_is_core(rust) && hg_is_record(hg_resolved(rust->model, member->type.id)))
            hg_text_printf(text, "within 0x%" PRIx64, number_step(record, probed->path));
        else
            hg_text_put(text, "place");
        break;
    }
}

static void put_type(struct hg_rust *rust, const struct hg_member *member, enum form form)
{
    if (form == FORM_PLACE)
        hg_rust_put_target(rust, member);
    else if (form == FORM_BITS)
        hg_rust_put_value_type(rust, member->type.id);
    else
        hg_rust_put_type(rust, member->type.id);
}

/* `    /// 4 bytes; linux/sched.h:960`; the offset is left out, since the kernel decides it. */
static void put_about(struct hg_rust *rust, const struct hg_member *member)
{
    uint64_t bytes = rust->shapes[member->type.id].size;
    uint64_t count = member->bit_width != 0 ? member->bit_width : bytes;
    hg_text_put(&rust->text, "    /// ");
    hg_text_unsigned(&rust->text, count);
    hg_text_put(&rust->text, member->bit_width != 0 ? " bit" : " byte");
    hg_text_put(&rust->text, hg_plural(count));
    hg_rust_put_where(&rust->text, &member->where);
    hg_text_put(&rust->text, "\n");
}

static void put_member(struct hg_rust *rust, const struct hg_rust_probed *probed, const char *name,
                       const char *record)
{
    const struct hg_member *member = probed->member;
    struct hg_text *text = &rust->text;
    enum form form = form_of(rust, probed);
    if (hg_rust_is_core(rust))
        put_about(rust, member);
    hg_text_put(text, "    { (");
    put_form(rust, probed, record, form);
    hg_text_printf(text, ") %s: ", name);
    put_type(rust, member, form);
    hg_text_put(text, ",");
    if (form != FORM_PLACE)
        hg_text_printf(text, " %s", probed->read);
    if (form != FORM_BITS)
        hg_text_printf(text, " %s", probed->addr_of);
    put_names(rust, member);
    put_numbers(rust, probed);
    put_elements(rust, probed, record);
    hg_text_put(text, " }\n");
}

/* Takes the names of Kptr's own methods. */
static void reserve(struct hg_rust *rust)
{
    static const char *const own[] = {
        "new",         "as_ptr",    "is_null",      "cast",          "at",
        "type_exists", "type_size", "type_matches", "type_id_local", "type_id_target",
    };
    rust->turn++;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        (void)hg_rust_take_method(rust, own[i]);
}

/* Writes the functions that ask about the type itself.  type_matches compares the whole type, whose
 * text is long, so only types that the user named have it. */
static void put_questions(struct hg_rust *rust, hg_type_id id, const char *name)
{
    struct hg_text *text = &rust->text;
    if (!hg_rust_core_is_named(rust, id))
        return;
    const char *all = rust->is_root[id] ? hg_rust_core_type(rust, id, HG_CORE_ALL) : NULL;
    hg_text_printf(text, "__record! { %s", name);
    if (hg_rust_is_core(rust)) {
        hg_text_printf(text, " \"%s\"", hg_rust_core_type(rust, id, HG_CORE_KIND));
        if (all != NULL)
            hg_text_printf(text, " \"%s\"", all);
    } else if (all != NULL) {
        hg_text_put(text, " true");
    }
    hg_text_put(text, " }\n");
}

void hg_rust_put_kptr(struct hg_rust *rust, hg_type_id id, const char *name)
{
    struct hg_text *text = &rust->text;
    size_t count = rust->probed.count;
    const char **methods = hg_arena_array(&rust->arena, count + 1, sizeof *methods);
    const char *root = hg_rust_core_type(rust, id, HG_CORE_KIND);
    rust->uses_kptr = true;
    put_questions(rust, id, name);
    if (count == 0)
        return;
    reserve(rust);
    for (size_t i = 0; i < count; i++)
        if (rust->probed.items[i].addr_of != NULL)
            (void)hg_rust_take_method(rust, rust->probed.items[i].addr_of);
    for (size_t i = 0; i < count; i++) {
        const char *method = hg_rust_escape(rust, rust->probed.items[i].member->name);
        methods[i] = take_method(rust, method, "", "");
    }
    hg_text_printf(text, "__members! { %s", name);
    if (hg_rust_is_core(rust))
        hg_text_printf(text, "%s \"%s\"", hg_rust_core_is_named(rust, id) ? "" : " -", root);
    hg_text_put(text, "\n");
    for (size_t i = 0; i < count; i++)
        put_member(rust, &rust->probed.items[i], methods[i], name);
    hg_text_put(text, "}\n");
}

void hg_rust_put_kptr_enum(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    struct hg_text *text = &rust->text;
    if (!hg_rust_has_accessors(rust) || !hg_rust_core_is_named(rust, id) ||
        rust->constants[id] == NULL || type->size > 8)
        return;
    rust->uses_kptr = true;
    const char *path = hg_rust_core_type(rust, id, HG_CORE_KIND);
    if (hg_rust_enum_style(rust, id) == HG_ENUM_NEWTYPE)
        hg_text_printf(text, "__scalar! { %s }\n", rust->names[id].text);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const char *name = hg_rust_bare(rust->constants[id][i]);
        hg_text_printf(text, "__enumerator! { has_%s value_of_%s: ", name, name);
        hg_rust_put_type(rust, id);
        hg_text_put(text, " = ");
        put_conversion(rust, id);
        hg_text_put(text, ", ");
        if (hg_rust_is_core(rust)) {
            hg_text_printf(text, "\"%s %s\"", path, type->enumerators[i].name);
        } else {
            hg_rust_put_number(text, type->enumerators[i].value, type->is_signed);
            hg_text_put(text, type->is_signed ? "i64" : "u64");
        }
        hg_text_put(text, " }\n");
    }
}

/* Writes `typedef_pid_t` or `enum_pid_type`, a type whose functions ask about an enum or typedef
 * that the user named.  Types without a size, or that records cannot spell, have none. */
void hg_rust_put_kptr_type(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    uint64_t size = hg_type_size(rust->model, id);
    struct hg_text *text = &rust->text;
    if (!hg_rust_has_accessors(rust) || !rust->is_root[id] || type->name == NULL || size == 0)
        return;
    const char *path = hg_rust_core_type(rust, id, HG_CORE_TARGETS);
    const char *all = hg_rust_core_type(rust, id, HG_CORE_ALL);
    if (path == NULL)
        return;
    const char *name = hg_rust_join(rust, hg_kind_name(type->kind), "_", type->name);
    hg_text_printf(text, "__type! { %s ", hg_rust_take_type(rust, name, id));
    rust->uses_kptr = true;
    if (hg_rust_is_core(rust)) {
        hg_text_printf(text, "\"%s\"", path);
        if (all != NULL)
            hg_text_printf(text, " \"%s\"", all);
    } else {
        hg_text_unsigned(text, size);
        hg_text_put(text, all != NULL ? " true" : "");
    }
    hg_text_put(text, " }\n");
}
