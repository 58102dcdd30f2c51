/*
 * Records: writes the members with the attributes and the padding that plan.c decided on.
 *
 *     struct event {
 *         unsigned int events;
 *         unsigned long data __attribute__((packed));
 *         unsigned char mode : 3;
 *         unsigned char : 5;
 *     };
 *
 * Flexible arrays are written as [0], since C allows [] only at the end of a struct that has other
 * members and is not part of another.  A bit-field whose typedef has an alignment of its own is
 * declared with the typedef's target, since compilers disagree on such bit-fields.
 */
#include "backend/c/c.h"
#include "base/diag.h"
#include "model/layout.h"

#include <inttypes.h>

/* No kernel needs more text than this.  A hostile input could: if each type without a tag holds
 * another one twice, the text doubles with each level. */
enum { TEXT_MAX = 1 << 26 };

static bool is_too_long(struct hg_c *c)
{
    if (!c->failed && c->text.size > TEXT_MAX) {
        hg_error(c->diagnostics, NULL,
                 "the header would be longer than %d MiB: name the types you need", TEXT_MAX >> 20);
        c->failed = true;
    }
    return c->failed;
}

/* The type to declare a bit-field with: its own, or the target of its typedefs (see above). */
static struct hg_ref bit_field_type(const struct hg_c *c, const struct hg_member *member)
{
    struct hg_ref ref = member->type;
    hg_type_id plain = hg_type_resolve(c->model, ref.id, NULL);
    for (size_t e = 0; e < c->environment_count; e++)
        if (hg_c_align(c, ref.id, e) != hg_c_align(c, plain, e))
            ref.id = plain;
    return ref;
}

/* Whether the bit-field cannot hold each value of its enum.  gcc warns of this, and no -W option
 * turns that off. */
static bool is_narrow(const struct hg_type *type, uint32_t width)
{
    if (type->kind != HG_ENUM || width >= 64)
        return false;
    for (size_t i = 0; i < type->enumerator_count; i++) {
        uint64_t value = type->enumerators[i].value;
        if (type->is_signed) /* the bits of the magnitude, and one for the sign */
            value = (value >> 63 ? ~value : value) << 1;
        if (value >> width != 0)
            return true;
    }
    return false;
}

static void put_bit_field(struct hg_c *c, const struct hg_member *member, const char *name)
{
    struct hg_ref ref = bit_field_type(c, member);
    const struct hg_type *plain = hg_resolved(c->model, ref.id);
    if (plain->kind == HG_BOOL && member->bit_width > 1) /* _Bool allows one bit in C */
        hg_text_printf(&c->text, "unsigned char %s", name);
    else
        hg_c_put_declaration(c, &ref, name);
    hg_text_printf(&c->text, " : %u", (unsigned)member->bit_width);
    c->uses_narrow_enum |= is_narrow(plain, member->bit_width);
}

/* A member without a name: its record is written out here, even if the record has a tag. */
static void put_unnamed(struct hg_c *c, const struct hg_member *member)
{
    uint32_t qualifiers = member->type.qualifiers;
    hg_type_id id = hg_type_resolve(c->model, member->type.id, &qualifiers);
    const struct hg_type *type = hg_model_type(c->model, id);
    hg_text_put(&c->text, qualifiers & HG_CONST ? "const " : "");
    hg_text_put(&c->text, qualifiers & HG_VOLATILE ? "volatile " : "");
    if (hg_is_record(type)) {
        hg_c_put_record(c, id, NULL);
    } else {
        hg_c_put_name(c, id);
        hg_text_printf(&c->text, " hdrgen_unnamed_%" PRIu64, member->bit_offset / 8);
    }
}

static void put_member(struct hg_c *c, const struct hg_member *member, const char *name,
                       const struct hg_c_member_plan *plan)
{
    hg_c_put_indent(c);
    if (name == NULL)
        put_unnamed(c, member);
    else if (member->bit_width != 0)
        put_bit_field(c, member, name);
    else
        hg_c_put_declaration(c, &member->type, name);
    if (plan != NULL) {
        hg_c_put_aligned(c, plan->is_packed, plan->aligned);
        c->uses_packed_bits |= plan->is_packed && member->bit_width != 0;
    }
    hg_c_put_decl_tags(c, member->tags);
    hg_text_put(&c->text, ";\n");
}

static void put_members(struct hg_c *c, hg_type_id id, const struct hg_c_plan *plan)
{
    const struct hg_type *record = hg_model_type(c->model, id);
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        const struct hg_c_member_plan *member_plan =
            plan->members == NULL ? NULL : &plan->members[i];
        if (member_plan != NULL && member_plan->pad_from != HG_C_NO_PADDING)
            hg_c_put_padding(c, member_plan->pad_from, member->bit_offset, plan->pad_unit);
        put_member(c, member, hg_c_inner_name(c, id, i), member_plan);
    }
    if (plan->pad_from == HG_C_NO_PADDING)
        return;
    if (record->kind == HG_UNION) {
        hg_c_put_indent(c);
        hg_text_printf(&c->text, "unsigned char hdrgen_padding[%" PRIu64 "];\n", record->size);
    } else {
        hg_c_put_padding(c, plan->pad_from, 8 * record->size, plan->pad_unit);
    }
}

static void put_byte_array(struct hg_c *c, uint64_t size)
{
    hg_c_put_indent(c);
    hg_text_printf(&c->text, "unsigned char hdrgen_bytes[%" PRIu64 "];\n", size);
}

void hg_c_put_record(struct hg_c *c, hg_type_id id, const char *tag)
{
    if (is_too_long(c))
        return;
    const struct hg_type *record = hg_model_type(c->model, id);
    const struct hg_c_plan *plan = c->plans[id];
    hg_text_printf(&c->text, "%s%s%s{\n", hg_c_keyword(record), tag == NULL ? "" : tag,
                   tag == NULL ? "" : " ");
    c->indent++;
    if (plan->is_blob)
        put_byte_array(c, record->size);
    else
        put_members(c, id, plan);
    c->indent--;
    hg_c_put_indent(c);
    hg_text_put(&c->text, "}");
    hg_c_put_aligned(c, plan->is_packed, plan->aligned);
    hg_c_put_decl_tags(c, record->tags);
}

void hg_c_put_bytes(struct hg_c *c, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    if (type->kind == HG_OPAQUE) {
        hg_text_put(&c->text, "/* ");
        for (const char *at = type->reason; *at != '\0'; at++)
            if (!(at[0] == '*' && at[1] == '/') && *at >= ' ')
                hg_text_bytes(&c->text, at, 1);
        hg_text_put(&c->text, " */\n");
    }
    hg_text_printf(&c->text, "struct %s {\n", c->names[id]);
    c->indent++;
    put_byte_array(c, type->size);
    c->indent--;
    hg_text_put(&c->text, "}");
    hg_c_put_aligned(c, false, type->align > 1 ? type->align : 0);
    hg_c_put_decl_tags(c, type->tags);
    hg_text_put(&c->text, ";\n");
}
