/*
 * Assertions: the compiler of the header checks sizes, alignments and offsets.
 *
 *     HDRGEN_SIZE(struct foo, 16, 8);
 *     HDRGEN_AT(struct foo, a.b[0].c, 4);
 *
 * The header asserts the size of each record, its alignment if the model knows it, and the offset
 * of each member that is no bit-field, also in anonymous records.  If only a pointer leads to an
 * anonymous record, __typeof__ names it.  A BPF program that is compiled for a 32-bit kernel has
 * other layouts; if its accesses are relocated, nothing is asserted.
 */
#include "backend/c/c.h"
#include "model/layout.h"

#include <string.h>

struct asserting {
    struct hg_c *c;
    const char *type;    /* the record in which the path begins */
    struct hg_text path; /* the members that lead to the current record: "a.b[0]." */
};

static void put_at(struct asserting *a, const char *name, uint64_t offset)
{
    struct hg_text *text = &a->c->text;
    hg_text_put(text, "HDRGEN_AT(");
    hg_text_put(text, a->type);
    hg_text_put(text, ", ");
    hg_text_bytes(text, a->path.data, a->path.size);
    hg_text_put(text, name);
    hg_text_put(text, ", ");
    hg_text_unsigned(text, offset);
    hg_text_put(text, ");\n");
}

static void put_size(struct hg_c *c, const char *type, uint64_t size, uint32_t align)
{
    hg_text_put(&c->text, align != 0 ? "HDRGEN_SIZE(" : "HDRGEN_SIZE_ONLY(");
    hg_text_put(&c->text, type);
    hg_text_put(&c->text, ", ");
    hg_text_unsigned(&c->text, size);
    if (align != 0) {
        hg_text_put(&c->text, ", ");
        hg_text_unsigned(&c->text, align);
    }
    hg_text_put(&c->text, ");\n");
}

static bool is_written_out(const struct hg_c *c, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    return hg_is_record(type) && type->name == NULL && c->place[id] == HG_C_INLINE;
}

static void put_members(struct asserting *a, hg_type_id id, uint64_t base);

static void put_record(struct hg_c *c, const char *type, hg_type_id id, uint32_t align)
{
    struct asserting a = {.c = c, .type = type};
    put_size(c, type, hg_model_type(c->model, id)->size, align);
    if (!c->plans[id]->is_blob)
        put_members(&a, id, 0);
    hg_text_deinit(&a.path);
}

/* Asserts the record without a name at the end of a member's pointers and arrays: its size and, if
 * there are pointers, its members, since offsetof does not go through these. */
static void put_target(struct asserting *a, const char *name, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(a->c->model, id);
    struct hg_text stars = {0}, spelled = {0};
    bool has_pointers = false;
    while (type->kind == HG_POINTER || (type->kind == HG_ARRAY && !type->is_vector)) {
        has_pointers |= type->kind == HG_POINTER;
        hg_text_put(&stars, "*");
        id = type->ref.id;
        type = hg_model_type(a->c->model, id);
    }
    if (is_written_out(a->c, id)) {
        hg_text_printf(&spelled, "__typeof__(%s((%s *)0)->%s%s)", hg_text_string(&stars), a->type,
                       hg_text_string(&a->path), name);
        if (has_pointers)
            put_record(a->c, hg_text_string(&spelled), id, type->align);
        else
            put_size(a->c, hg_text_string(&spelled), type->size, type->align);
    }
    hg_text_deinit(&stars);
    hg_text_deinit(&spelled);
}

/* The element of a member's arrays; adds `[0]` to the path for each of them. */
static hg_type_id element_of(struct asserting *a, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(a->c->model, id);
    while (hg_is_c_array(type)) {
        hg_text_put(&a->path, "[0]");
        id = type->ref.id;
        type = hg_model_type(a->c->model, id);
    }
    return id;
}

static void put_member(struct asserting *a, hg_type_id record, size_t index, uint64_t base)
{
    const struct hg_member *member = &hg_model_type(a->c->model, record)->members[index];
    const char *name = hg_c_inner_name(a->c, record, index);
    size_t length = a->path.size;
    uint64_t offset = base + member->bit_offset / 8;
    if (name == NULL) {
        hg_type_id id = hg_type_resolve(a->c->model, member->type.id, NULL);
        if (hg_is_record(hg_model_type(a->c->model, id)) && !a->c->plans[id]->is_blob)
            put_members(a, id, offset);
        return;
    }
    put_at(a, name, offset);
    put_target(a, name, member->type.id);
    hg_text_put(&a->path, name);
    hg_type_id id = element_of(a, member->type.id);
    if (is_written_out(a->c, id) && !a->c->plans[id]->is_blob) {
        hg_text_put(&a->path, ".");
        put_members(a, id, offset);
    }
    hg_text_truncate(&a->path, length);
}

static void put_members(struct asserting *a, hg_type_id id, uint64_t base)
{
    const struct hg_type *record = hg_model_type(a->c->model, id);
    for (size_t i = 0; i < record->member_count; i++)
        if (record->members[i].bit_width == 0)
            put_member(a, id, i, base);
}

/* The record that a declaration defines, or void. */
static hg_type_id record_of(const struct hg_c *c, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    if (type->kind == HG_TYPEDEF && c->carrier[type->ref.id] == id)
        id = type->ref.id;
    return hg_is_record(hg_model_type(c->model, id)) ? id : HG_VOID_ID;
}

static void put_item(struct hg_c *c, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    enum hg_withheld withheld = hg_c_withheld(c, id);
    if (c->names[id] == NULL || withheld == HG_UNSEEN)
        return;
    struct hg_text name = {0};
    hg_text_printf(&name, "%s%s", hg_c_keyword(type), c->names[id]);
    hg_type_id record = record_of(c, id);
    if (record != HG_VOID_ID && withheld == HG_PROVIDED)
        put_size(c, hg_text_string(&name), hg_model_type(c->model, record)->size,
                 hg_model_type(c->model, record)->align);
    else if (record != HG_VOID_ID)
        put_record(c, hg_text_string(&name), record, hg_model_type(c->model, record)->align);
    else if (type->kind == HG_TYPEDEF && withheld == HG_PROVIDED && hg_type_size(c->model, id) != 0)
        put_size(c, hg_text_string(&name), hg_type_size(c->model, id), 0);
    else if (type->kind == HG_ENUM && type->complete)
        put_size(c, hg_text_string(&name), type->size, 0);
    hg_text_deinit(&name);
}

void hg_c_put_asserts(struct hg_c *c)
{
    hg_text_put(&c->text, "\n#if !defined(HDRGEN_NO_ASSERTS)");
    if (!c->options->no_preserve_access_index)
        hg_text_printf(&c->text,
                       " && (__SIZEOF_POINTER__ == %u || \\\n"
                       "\t!defined(__bpf__) || defined(BPF_NO_PRESERVE_ACCESS_INDEX))",
                       hg_model_target(c->model)->pointer_size);
    hg_text_put(&c->text,
                "\n#define HDRGEN_SIZE(type, size, align) \\\n"
                "\t_Static_assert(sizeof(type) == (size) && _Alignof(type) == (align), #type)\n"
                "#define HDRGEN_SIZE_ONLY(type, size) "
                "_Static_assert(sizeof(type) == (size), #type)\n"
                "#define HDRGEN_AT(type, member, offset) \\\n"
                "\t_Static_assert(__builtin_offsetof(type, member) == (offset), "
                "#type \".\" #member)\n");
    for (size_t i = 0; i < c->order.count && !c->failed; i++)
        put_item(c, c->order.items[i]);
    hg_text_put(&c->text,
                "#undef HDRGEN_SIZE\n#undef HDRGEN_SIZE_ONLY\n#undef HDRGEN_AT\n#endif\n");
}
