/*
 * Split BTF: what a module has to have of its own, and what the base has already.
 *
 *     base:    struct conn;  struct buffer { struct conn *c; };           ids 1 ... n
 *     module:  struct conn { struct buffer *b; };  struct conn *f;        ids from n + 1 on
 *
 * The base's struct buffer serves the module as well: behind a pointer the name is enough.  The
 * base only declares struct conn, so the module writes it; and a pointer to it of its own, as the
 * base's pointer leads to the declaration, in which a reader finds no member.
 *
 * The method: a type is new if the base does not have it, or only declares what the selection
 * defines.  Pointers, arrays and prototypes of new types are new, as often as it takes; a typedef
 * is if what it stands for by value is.  Records and enums of the base are complete, whatever their
 * pointers lead to, and are never new.
 *
 * What this does not do: compare types.  Base and module are selections of one model, in which
 * equal types have one id.
 */
#include "backend/btf/parts.h"
#include "model/walk.h"

/* The base has it as the selection needs it. */
static bool is_in_base(const struct btf_writer *writer, hg_type_id id)
{
    return writer->base->number[id] != 0 && writer->base->need[id] >= writer->selection->need[id];
}

/* Whether a typedef's target is new by value: not only as a pointer or prototype. */
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

/* Each round finds what refers to what the last one found: as many as types are nested. */
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
