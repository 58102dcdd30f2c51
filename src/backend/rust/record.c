/*
 * Records as text.
 *
 *     /// struct timer: 24 bytes, align 8
 *     #[repr(C)]
 *     #[derive(Clone, Copy, Debug)]
 *     pub struct timer {
 *         /// offset 0, 4 bytes
 *         pub flags: c_uint,
 *         /// offset 4, 1 byte of bit-fields
 *         pub _bitfield_0: [u8; 1],
 *         /// offset 8, 16 bytes
 *         pub entry: list_head,
 *     }
 *     impl timer { ... }
 *     #[cfg(target_pointer_width = "64")]
 *     const _: () = {
 *         ::core::assert!(size_of::<timer>() == 24);
 *         ...
 *     };
 *
 * The method: write what plan.c decided.  A record that is both packed and aligned becomes two
 * types, since Rust does not combine these: an aligned outer type, which derefs to a packed inner
 * one.
 */
#include "backend/rust/rust.h"

#include <inttypes.h>

void hg_rust_put_byte_array(struct hg_text *text, uint64_t size)
{
    hg_text_printf(text, "[u8; %" PRIu64 "]", size);
}

void hg_rust_put_place(struct hg_text *text, uint64_t offset, uint64_t size)
{
    hg_text_put(text, "offset ");
    hg_text_unsigned(text, offset);
    hg_text_put(text, size == 1 ? ", 1 byte" : ", ");
    if (size == 1)
        return;
    hg_text_unsigned(text, size);
    hg_text_put(text, " bytes");
}

/* `/// struct timer: 24 bytes, align 8` */
static void put_about(struct hg_text *text, const struct hg_type *record)
{
    hg_text_printf(text, "/// %s %s: %" PRIu64 " byte%s", hg_kind_name(record->kind),
                   record->name == NULL ? "(anonymous)" : record->name, record->size,
                   hg_plural(record->size));
    if (record->align != 0)
        hg_text_printf(text, ", align %" PRIu32, record->align);
    hg_rust_put_where(text, &record->where);
    hg_text_put(text, "\n");
}

void hg_rust_put_repr(struct hg_text *text, const char *how, uint32_t value)
{
    hg_text_printf(text, "#[repr(C, %s(%" PRIu32 "))]\n", how, value);
}

/* Writes the outer of two types; returns the name of the inner. */
static const char *put_outer(struct hg_rust *rust, hg_type_id id, const char *name)
{
    const struct hg_rust_plan *plan = &rust->plan;
    struct hg_text *text = &rust->text;
    const char *inner =
        hg_rust_take_type(rust, hg_rust_join(rust, hg_rust_bare(name), "__packed", ""), id);
    hg_rust_put_repr(text, "align", plan->align);
    hg_rust_put_derives(rust, text, &rust->shapes[id], true);
    hg_text_printf(text,
                   "pub struct %s {\n"
                   "    pub inner: %s,\n"
                   "}\n"
                   "impl ::core::ops::Deref for %s {\n"
                   "    type Target = %s;\n"
                   "    #[inline]\n"
                   "    fn deref(&self) -> &%s {\n"
                   "        &self.inner\n"
                   "    }\n"
                   "}\n"
                   "impl ::core::ops::DerefMut for %s {\n"
                   "    #[inline]\n"
                   "    fn deref_mut(&mut self) -> &mut %s {\n"
                   "        &mut self.inner\n"
                   "    }\n"
                   "}\n"
                   "/// The members of [`%s`]: Rust does not combine packed with align.\n",
                   name, inner, name, inner, inner, name, inner, name);
    return inner;
}

/* Adds why the type of a member is known only as bytes. */
static void put_reason(struct hg_rust *rust, const struct hg_type *record,
                       const struct hg_rust_item *item)
{
    const struct hg_type *type = hg_resolved(rust->model, record->members[item->first].type.id);
    if (type->kind != HG_OPAQUE)
        return;
    hg_text_put(&rust->text, ": ");
    hg_rust_put_comment(&rust->text, type->reason);
}

static void put_field(struct hg_rust *rust, const struct hg_type *record,
                      const struct hg_rust_item *item)
{
    struct hg_text *text = &rust->text;
    if (item->count != 0 && rust->plan.repr != HG_REPR_BYTES) {
        hg_text_put(text, "    /// ");
        hg_rust_put_place(text, item->offset, item->size);
        if (item->kind == HG_SLOT_BITS)
            hg_text_put(text, " of bit-fields");
        if (item->kind == HG_SLOT_BYTES) {
            hg_text_put(text, " of ");
            hg_rust_put_type(rust, record->members[item->first].type.id);
            hg_text_put(text, ", as bytes (E0588): see the method");
        }
        put_reason(rust, record, item);
        if (item->kind != HG_SLOT_BITS)
            hg_rust_put_where(text, &record->members[item->first].where);
        hg_text_put(text, "\n");
    }
    hg_text_put(text, "    pub ");
    hg_text_put(text, item->name);
    hg_text_put(text, ": ");
    if (item->count != 0 && item->kind == HG_SLOT_FIELD)
        hg_rust_put_type(rust, record->members[item->first].type.id);
    else if (item->align > 1)
        hg_text_printf(text, "[%s; 0]", hg_rust_fixed(item->align, false));
    else
        hg_rust_put_byte_array(text, item->size);
    hg_text_put(text, ",\n");
}

static void put_definition(struct hg_rust *rust, hg_type_id id, const struct hg_type *record,
                           const char *name)
{
    const struct hg_rust_plan *plan = &rust->plan;
    struct hg_text *text = &rust->text;
    bool is_packed = plan->repr == HG_REPR_PACKED || plan->repr == HG_REPR_WRAPPED;
    if (is_packed && plan->pack == 1)
        hg_text_put(text, "#[repr(C, packed)]\n");
    else if (is_packed)
        hg_rust_put_repr(text, "packed", plan->pack);
    else if (rust->shapes[id].align > 1 && plan->repr != HG_REPR_C)
        hg_rust_put_repr(text, "align", plan->align);
    else
        hg_text_put(text, "#[repr(C)]\n");
    hg_rust_put_derives(rust, text, &rust->shapes[id], plan->repr != HG_REPR_WRAPPED);
    bool is_union = record->kind == HG_UNION && plan->repr != HG_REPR_BYTES;
    hg_text_printf(text, "pub %s %s {%s\n", is_union ? "union" : "struct", name,
                   plan->items.count == 0 ? "}" : "");
    if (plan->items.count == 0)
        return;
    if (plan->repr == HG_REPR_BYTES)
        hg_text_put(text,
                    "    // Nested too deep for rustc: bytes, and a method for each member.\n");
    for (size_t i = 0; i < plan->items.count; i++)
        put_field(rust, record, &plan->items.items[i]);
    hg_text_put(text, "}\n");
}

static void put_methods(struct hg_rust *rust, hg_type_id id, const struct hg_type *record,
                        const char *name)
{
    const struct hg_rust_slot *slots = rust->plan.slots;
    struct hg_rust_impl impl = {.type_name = name};
    for (size_t i = 0; i < record->member_count; i++)
        if (slots[i].kind != HG_SLOT_FIELD)
            (void)hg_rust_take_method(rust, slots[i].name);
    hg_text_truncate(&rust->path, 0);
    hg_text_put(&rust->path, "self");
    bool is_bytes = rust->plan.repr == HG_REPR_BYTES;
    for (size_t i = 0; i < record->member_count; i++) {
        struct hg_rust_access access = {
            .member = &record->members[i],
            .slot = &slots[i],
            .in_union = record->kind == HG_UNION && !is_bytes,
        };
        hg_rust_put_access(rust, &access, &impl);
    }
    if (!is_bytes)
        hg_rust_put_promoted(rust, id, &impl);
    hg_rust_end_impl(rust, &impl);
}

void hg_rust_put_assertion(struct hg_text *text, const char *what, const char *name, uint64_t value)
{
    hg_text_printf(text, "    ::core::assert!(%s::<%s>() == %" PRIu64 ");\n", what, name, value);
}

void hg_rust_begin_assertions(struct hg_rust *rust)
{
    if (rust->target->pointer_size == 8)
        hg_text_put(&rust->text, "#[cfg(target_pointer_width = \"64\")]\n");
    hg_text_put(&rust->text, "const _: () = {\n");
}

/* Asserts no offsets in a union: all its members are at 0 in Rust, too. */
static void put_assertions(struct hg_rust *rust, const struct hg_type *record, const char *name,
                           const char *inner)
{
    const struct hg_rust_plan *plan = &rust->plan;
    struct hg_text *text = &rust->text;
    hg_rust_begin_assertions(rust);
    hg_rust_put_assertion(text, "size_of", name, record->size);
    if (record->align != 0)
        hg_rust_put_assertion(text, "align_of", name, record->align);
    for (size_t i = 0; record->kind == HG_STRUCT && i < plan->items.count; i++) {
        const struct hg_rust_item *item = &plan->items.items[i];
        if (item->count == 0)
            continue;
        hg_text_put(text, "    ::core::assert!(offset_of!(");
        hg_text_put(text, inner);
        hg_text_put(text, ", ");
        hg_text_put(text, item->name);
        hg_text_put(text, ") == ");
        hg_text_unsigned(text, item->offset);
        hg_text_put(text, ");\n");
    }
    hg_text_put(text, "};\n");
}

void hg_rust_put_record(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *record = hg_model_type(rust->model, id);
    if (!hg_rust_plan_record(rust, id))
        return;
    const char *name = rust->names[id].text;
    const char *inner = name;
    hg_text_put(&rust->text, "\n");
    put_about(&rust->text, record);
    if (rust->plan.repr == HG_REPR_WRAPPED)
        inner = put_outer(rust, id, name);
    put_definition(rust, id, record, inner);
    hg_rust_put_default(rust, inner);
    if (inner != name)
        hg_rust_put_default(rust, name);
    put_methods(rust, id, record, inner);
    hg_rust_put_probes(rust, id, name);
    put_assertions(rust, record, name, inner);
}
