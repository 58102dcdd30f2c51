/*
 * Items for typedefs, and for types whose members are not known.
 *
 *     pub type pid_t = __kernel_pid_t;
 *
 *     pub struct file { _opaque: [u8; 0], ... }      only declared: cannot be made or copied
 *     pub struct odd { pub bytes: [u8; 24] }         opaque: size and alignment are asserted
 *
 * For types that the user provides, only assertions are written.
 *
 * What this does not do: write typedefs of a type that has the same name; names.c marks them.
 */
#include "backend/rust/rust.h"

void hg_rust_put_typedef(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    if (rust->names[id].is_elsewhere)
        return;
    if (type->align != 0 && type->align != rust->shapes[id].align)
        hg_text_printf(&rust->text, "\n/// aligned(%u) in C, which an alias in Rust cannot be\n",
                       (unsigned)type->align);
    hg_text_printf(&rust->text, "pub type %s = ", rust->names[id].text);
    hg_rust_put_type(rust, type->ref.id);
    hg_text_put(&rust->text, ";\n");
}

void hg_rust_put_opaque(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    if (rust->names[id].text == NULL)
        return;
    hg_text_printf(&rust->text,
                   "\n/// %s %s, known by its name only\n"
                   "#[repr(C)]\n"
                   "pub struct %s {\n"
                   "    _opaque: [u8; 0],\n"
                   "    _marker: "
                   "::core::marker::PhantomData<(*mut u8, ::core::marker::PhantomPinned)>,\n"
                   "}\n",
                   hg_kind_name(type->kind), type->name == NULL ? "(anonymous)" : type->name,
                   rust->names[id].text);
}

void hg_rust_put_bytes(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    const struct hg_rust_shape *shape = &rust->shapes[id];
    struct hg_text *text = &rust->text;
    const char *name = rust->names[id].text;
    if (name == NULL)
        return;
    hg_text_put(text, "\n/// ");
    hg_rust_put_comment(text, type->name == NULL ? "(anonymous)" : type->name);
    hg_text_put(text, ", whose members are not known: ");
    hg_rust_put_comment(text, type->reason);
    hg_text_put(text, "\n");
    if (shape->align > 1)
        hg_rust_put_repr(text, "align", shape->align);
    else
        hg_text_put(text, "#[repr(C)]\n");
    hg_rust_put_derives(rust, text, shape, true);
    hg_text_printf(text, "pub struct %s {\n    pub bytes: ", name);
    hg_rust_put_byte_array(text, type->size);
    hg_text_put(text, ",\n}\n");
    hg_rust_put_default(rust, name);
    hg_rust_begin_assertions(rust);
    hg_rust_put_assertion(text, "size_of", name, type->size);
    hg_rust_put_assertion(text, "align_of", name, shape->align);
    hg_text_put(text, "};\n");
}

/* A record that the user provides has the size and alignment of C, and unknown traits. */
static void shape_provided(struct hg_rust *rust, hg_type_id id)
{
    struct hg_rust_shape *shape = &rust->shapes[id];
    shape->lacks = ~(uint32_t)HG_DERIVE_DEFAULT;
    shape->reason = "a type that is not written here";
    shape->is_plain = false;
    shape->has_align |= shape->align > 1;
    rust->insides[id] = (struct hg_rust_inside){0};
}

void hg_rust_put_withheld(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    bool is_record = hg_is_record(type);
    const char *name = rust->names[id].text;
    if (is_record && (!type->complete || rust->selection->need[id] != HG_DEFINED))
        return;
    if (!is_record)
        hg_rust_shape_type(rust, id);
    else if (!hg_rust_plan_record(rust, id))
        return;
    const struct hg_rust_shape *shape = &rust->shapes[id];
    if (is_record && hg_rust_withheld(rust, id) == HG_PROVIDED)
        shape_provided(rust, id);
    if (hg_rust_withheld(rust, id) != HG_PROVIDED || name == NULL || rust->names[id].is_elsewhere ||
        shape->align == 0)
        return;
    uint32_t align = hg_type_align(rust->model, id);
    hg_text_printf(&rust->text, "\n// %s %s, which is provided elsewhere.\n",
                   hg_kind_name(type->kind), name);
    hg_rust_begin_assertions(rust);
    hg_rust_put_assertion(&rust->text, "size_of", name, shape->size);
    if (align != 0 && align == shape->align)
        hg_rust_put_assertion(&rust->text, "align_of", name, align);
    hg_text_put(&rust->text, "};\n");
}
