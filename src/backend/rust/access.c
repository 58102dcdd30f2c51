/*
 * Methods for members that are not plain fields, and for those inside anonymous members.
 *
 *     /// offset 16, 0 bytes
 *     #[inline]
 *     pub fn data_ptr(&self) -> *const u8 {
 *         (self as *const Self).wrapping_byte_add(16).cast()
 *     }
 *
 * The method: the kind of the member's slot (plan.c) decides which methods it gets.
 *
 *     an array without elements   name_ptr(): its address
 *     bytes                       name(): the value with its type, copied out of the bytes
 *     bit-field                   name() and set_name(): bits.c
 *     promoted field              name(): numbers and pointers by value, the rest by reference
 *                                 (by value where it is packed)
 *
 * A method that reads a member of a union is an unsafe fn, as Rust's own access is unsafe: only the
 * user knows which member the union holds.  So is a method that makes a value from bytes if some
 * bytes are no value (bool).  If the name of a method is taken, a promoted member gets no method;
 * for other members an underscore is added to the name.
 *
 * What this does not do: write setters for anything but bit-fields.  Fields can be assigned to.
 */
#include "backend/rust/rust.h"

#include <string.h>

bool hg_rust_take_method(struct hg_rust *rust, const char *name)
{
    uint32_t *taken = hg_strings_number(&rust->methods, name, strlen(name));
    if (*taken == rust->turn)
        return false;
    *taken = rust->turn;
    return true;
}

void hg_rust_begin_method(struct hg_rust *rust, struct hg_rust_impl *impl, const char *about)
{
    struct hg_text *text = &rust->text;
    if (impl->is_open)
        hg_text_put(text, "\n");
    else
        hg_text_printf(text, "impl %s {\n", impl->type_name);
    impl->is_open = true;
    hg_text_printf(text, "    /// %s\n    #[inline%s]\n", about,
                   impl->is_always_inline ? "(always)" : "");
}

void hg_rust_end_impl(struct hg_rust *rust, struct hg_rust_impl *impl)
{
    if (impl->is_open)
        hg_text_put(&rust->text, "}\n");
}

static void begin(struct hg_rust *rust, const struct hg_rust_access *access, uint64_t size,
                  struct hg_rust_impl *impl)
{
    struct hg_text about = {0};
    hg_rust_put_place(&about, access->base + access->member->bit_offset / 8, size);
    hg_rust_put_where(&about, &access->member->where);
    hg_rust_begin_method(rust, impl, hg_text_string(&about));
    hg_text_deinit(&about);
}

/* `(self as *const Self).wrapping_byte_add(16).cast()` */
static void put_address(struct hg_rust *rust, const struct hg_rust_access *access)
{
    hg_rust_put_address(rust, "(self as *const Self)",
                        access->base + access->member->bit_offset / 8);
}

void hg_rust_put_chain(struct hg_rust *rust, const char *before, const char *name)
{
    hg_text_printf(&rust->text, "%s%s.%s", before, hg_text_string(&rust->path), name);
}

static void put_pointer_method(struct hg_rust *rust, const struct hg_rust_access *access,
                               const struct hg_type *array, struct hg_rust_impl *impl)
{
    struct hg_text *text = &rust->text;
    const char *name = hg_rust_join(rust, hg_rust_bare(access->slot->name), "_ptr", "");
    while (!hg_rust_take_method(rust, name)) {
        if (access->is_promoted)
            return;
        name = hg_rust_join(rust, name, "_", "");
    }
    begin(rust, access, 0, impl);
    hg_text_printf(text, "    pub fn %s(&self) -> *const ", name);
    hg_rust_put_type(rust, array->ref.id);
    hg_text_put(text, " {\n        ");
    put_address(rust, access);
    hg_text_put(text, "\n    }\n");
}

static void put_bytes_method(struct hg_rust *rust, const struct hg_rust_access *access,
                             struct hg_rust_impl *impl)
{
    struct hg_text *text = &rust->text;
    hg_type_id id = access->member->type.id;
    bool is_unsafe = access->in_union || !rust->shapes[id].is_plain;
    begin(rust, access, rust->shapes[id].size, impl);
    hg_text_printf(text, "    pub %sfn %s(&self) -> ", is_unsafe ? "unsafe " : "",
                   access->slot->name);
    hg_rust_put_type(rust, id);
    hg_text_put(text, " {\n        unsafe { ::core::ptr::read_unaligned(");
    put_address(rust, access);
    hg_text_put(text, ") }\n    }\n");
}

static void put_field_method(struct hg_rust *rust, const struct hg_rust_access *access,
                             struct hg_rust_impl *impl)
{
    struct hg_text *text = &rust->text;
    hg_type_id id = access->member->type.id;
    bool by_reference = !access->is_packed && !hg_rust_is_scalar(rust, id);
    begin(rust, access, rust->shapes[id].size, impl);
    hg_text_printf(text, "    pub const %sfn %s(&self) -> %s", access->in_union ? "unsafe " : "",
                   access->slot->name, by_reference ? "&" : "");
    hg_rust_put_type(rust, id);
    hg_text_put(text, " {\n");
    hg_rust_put_chain(rust, by_reference ? "        &" : "        ", access->slot->name);
    hg_text_put(text, "\n    }\n");
}

static void put_bits_methods(struct hg_rust *rust, const struct hg_rust_access *access,
                             struct hg_rust_impl *impl)
{
    const char *name = access->slot->name;
    const char *setter = hg_rust_join(rust, "set_", hg_rust_bare(name), "");
    while (setter != NULL && !hg_rust_take_method(rust, setter))
        setter = access->is_promoted ? NULL : hg_rust_join(rust, setter, "_", "");
    hg_rust_put_bit_field(rust, access, name, setter, impl);
}

void hg_rust_put_access(struct hg_rust *rust, const struct hg_rust_access *access,
                        struct hg_rust_impl *impl)
{
    const struct hg_rust_slot *slot = access->slot;
    const struct hg_type *type = hg_resolved(rust->model, access->member->type.id);
    if (slot->kind != HG_SLOT_BITS && type->kind == HG_ARRAY && type->count == 0) {
        put_pointer_method(rust, access, type, impl);
        return;
    }
    if (slot->kind == HG_SLOT_FIELD && !access->is_promoted)
        return;
    if (access->is_promoted && !hg_rust_take_method(rust, slot->name))
        return;
    switch (slot->kind) {
    case HG_SLOT_FIELD:
        put_field_method(rust, access, impl);
        break;
    case HG_SLOT_BYTES:
        put_bytes_method(rust, access, impl);
        break;
    case HG_SLOT_BITS:
        put_bits_methods(rust, access, impl);
        break;
    }
}
