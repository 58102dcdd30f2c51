/*
 * Split BTF: decides which types a module must write itself, because the base does not have them.
 *
 *     base:    struct conn;  struct buffer { struct conn *c; };           ids 1 ... n
 *     module:  struct conn { struct buffer *b; };  struct conn *f;        ids from n + 1 on
 *
 * The module uses the base's struct buffer: its pointer needs only the name `struct conn`.  The
 * base only declares struct conn, so the module writes the definition.  It also writes a pointer of
 * its own to it, since the base's pointer leads to the declaration, which has no members.
 *
 * The method: a type is new if the base does not have it, or if the base only declares it and the
 * selection defines it.  Pointers, arrays and prototypes that refer to new types are new, too, and
 * so on; a typedef is new if its target is, unless that is a pointer or prototype.  Records and
 * enums that the base defines are never new, whatever their pointers lead to.
 *
 * What this does not do: compare types.  Base and module are selections of one model, in which
 * equal types have one id.
 */
#include "backend/btf/parts.h"
#include "model/walk.h"

/* Whether the base has the type, and defines it if the selection does. */
static bool is_in_base(const struct btf_writer *writer, hg_type_id id)
{
    return writer->base->number[id] != 0 && writer->base->need[id] >= writer->selection->need[id];
}

/* Whether the type is new, and neither a pointer nor a prototype. */
static bool is_new_by_value(const struct btf_writer *writer, hg_type_id id)
{
    enum hg_kind kind = hg_model_type(writer->model, id)->kind;
    return writer->is_new[id] && kind != HG_POINTER && kind != HG_FUNCTION;
}

static bool refers_to_new(const struct btf_writer *writer, const struct hg_type *type)
{
    if (type->kind == HG_TYPEDEF)
        return is_new_by_value(writer, type->ref.id);
    if (type->kind != HG_POINTER && type->kind != HG_ARRAY && type->kind != HG_FUNCTION)
        return false;
    size_t count = hg_reference_count(type);
    for (size_t i = 0; i < count; i++)
        if (writer->is_new[hg_reference(type, i)->id])
            return true;
    return false;
}

/* Each pass finds types that refer to those of the pass before, until one finds none. */
void hg_btf_out_find_new(struct btf_writer *writer)
{
    const struct hg_selection *selection = writer->selection;
    writer->is_new = hg_calloc(hg_model_type_count(writer->model), sizeof *writer->is_new);
    for (size_t i = 0; i < selection->count; i++)
        writer->is_new[selection->order[i]] = !is_in_base(writer, selection->order[i]);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < selection->count; i++) {
            hg_type_id id = selection->order[i];
            if (writer->is_new[id] || !refers_to_new(writer, hg_model_type(writer->model, id)))
                continue;
            writer->is_new[id] = changed = true;
        }
    }
}
