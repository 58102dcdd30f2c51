/*
 * Names: one definition for each kind and name, and a word about names that mean something to
 * CO-RE.
 *
 * A loader that looks for `struct dir_entry` takes every struct of that name as a candidate, and
 * gives up where two of them answer differently.  So of two different ones
 *
 *     struct dir_entry { struct list_head list; char *name; };        drivers/a.h
 *     struct dir_entry { int index; char name[8]; };                  drivers/b.h
 *
 * the first in the order of the selection keeps the name.  The other is written without it: what
 * holds it by value or points to it needs its layout, and only its name is in the way.  A typedef
 * in that place is left out, and what uses it refers to what it stands for.  Both are warned of.
 * Equal ones are written once, and what is only declared gives way to its definition.
 *
 * Equal means: the same layout, and the same types all the way by value; behind a pointer the same
 * name is enough.  What is held by value comes first in a selection, so whether it is equal is
 * known when its holder is looked at.
 *
 * What this does not do: touch a model that was read from BTF (hg_write_options.keep_namesakes). A
 * kernel's own BTF has namesakes, loaders know to live with them, and what is cut out of it must
 * answer as the whole would.
 */
#include "backend/btf/parts.h"
#include "base/diag.h"
#include "model/describe.h"

#include <string.h>
#include <xxhash.h>

static bool has_unique_name(const struct hg_type *type)
{
    return type->name != NULL && (type->kind == HG_STRUCT || type->kind == HG_UNION ||
                                  type->kind == HG_ENUM || type->kind == HG_TYPEDEF);
}

/* --- equality --- */

static bool same_string(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_tags(const struct hg_tags *a, const struct hg_tags *b)
{
    size_t count = a == NULL ? 0 : a->count;
    if (count != (b == NULL ? 0 : b->count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(a->names[i], b->names[i]) != 0)
            return false;
    return true;
}

static bool same_content(const struct btf_writer *writer, const struct hg_type *a,
                         const struct hg_type *b);

static bool same_ref(const struct btf_writer *writer, const struct hg_ref *a,
                     const struct hg_ref *b)
{
    if (a->qualifiers != b->qualifiers || !same_tags(a->tags, b->tags))
        return false;
    if (a->id == b->id)
        return true;
    const struct hg_type *type_a = hg_model_type(writer->model, a->id);
    const struct hg_type *type_b = hg_model_type(writer->model, b->id);
    if (type_a->kind != type_b->kind || !same_string(type_a->name, type_b->name))
        return false;
    if (!has_unique_name(type_a))
        return same_content(writer, type_a, type_b);
    hg_type_id settled_a = writer->stands_for[a->id];
    hg_type_id settled_b = writer->stands_for[b->id];
    if (settled_a == 0 || settled_b == 0) /* behind a pointer */
        return true;
    return settled_a == settled_b && settled_a != HG_BTF_NAMELESS;
}

static bool same_members(const struct btf_writer *writer, const struct hg_type *a,
                         const struct hg_type *b)
{
    if (a->member_count != b->member_count)
        return false;
    for (size_t i = 0; i < a->member_count; i++) {
        const struct hg_member *x = &a->members[i];
        const struct hg_member *y = &b->members[i];
        if (!same_string(x->name, y->name) || x->bit_offset != y->bit_offset ||
            x->bit_width != y->bit_width || !same_tags(x->tags, y->tags) ||
            !same_ref(writer, &x->type, &y->type))
            return false;
    }
    return true;
}

static bool same_enumerators(const struct hg_type *a, const struct hg_type *b)
{
    if (a->enumerator_count != b->enumerator_count)
        return false;
    for (size_t i = 0; i < a->enumerator_count; i++)
        if (!same_string(a->enumerators[i].name, b->enumerators[i].name) ||
            a->enumerators[i].value != b->enumerators[i].value)
            return false;
    return true;
}

static bool same_prototype(const struct btf_writer *writer, const struct hg_type *a,
                           const struct hg_type *b)
{
    if (a->variadic != b->variadic || a->parameter_count != b->parameter_count ||
        !same_ref(writer, &a->ref, &b->ref))
        return false;
    for (size_t i = 0; i < a->parameter_count; i++)
        if (!same_string(a->parameters[i].name, b->parameters[i].name) ||
            !same_ref(writer, &a->parameters[i].type, &b->parameters[i].type))
            return false;
    return true;
}

/* Recursion ends at names: a sealed model bounds how deep types without one are nested. */
static bool same_content(const struct btf_writer *writer, const struct hg_type *a,
                         const struct hg_type *b)
{
    if (a->kind != b->kind || a->complete != b->complete || a->size != b->size ||
        a->is_signed != b->is_signed || !same_tags(a->tags, b->tags))
        return false;
    switch (a->kind) {
    case HG_VOID:
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
    case HG_OPAQUE:
        return true;
    case HG_STRUCT:
    case HG_UNION:
        return same_members(writer, a, b);
    case HG_ENUM:
        return same_enumerators(a, b);
    case HG_ARRAY:
        return a->count == b->count && same_ref(writer, &a->ref, &b->ref);
    case HG_TYPEDEF:
    case HG_POINTER:
        return same_ref(writer, &a->ref, &b->ref);
    case HG_FUNCTION:
        return same_prototype(writer, a, b);
    }
    return false;
}

/* --- settling --- */

/* All headers of a kernel have dozens of them: then the first few show what it is about. */
enum { SHOWN_CONFLICTS = 5 };

static void warn_of_conflict(struct btf_writer *writer, hg_type_id id, hg_type_id chosen)
{
    if (++writer->conflict_count > SHOWN_CONFLICTS)
        return;
    struct hg_text text = {0};
    hg_describe_subject(&text, writer->model, id);
    const struct hg_type *type = hg_model_type(writer->model, id);
    hg_warning(writer->diagnostics, &type->where,
               "%s is defined differently elsewhere: the first definition keeps the name, %s",
               hg_text_string(&text),
               type->kind == HG_TYPEDEF ? "and this typedef is left out"
                                        : "and this one is written without a name");
    const struct hg_location *other = &hg_model_type(writer->model, chosen)->where;
    if (other->file != NULL)
        hg_note(writer->diagnostics, other, "the first definition is here");
    hg_text_deinit(&text);
}

static void settle(struct btf_writer *writer, struct number_map *first, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(writer->model, id);
    if (!has_unique_name(type)) {
        writer->stands_for[id] = id;
        return;
    }
    uint64_t key = XXH3_64bits_withSeed(type->name, strlen(type->name), type->kind);
    uint32_t *chosen = hg_number_map_at(first, key);
    bool is_first = *chosen == 0;
    if (is_first)
        *chosen = id;
    /* Two names with one hash: then the second is not looked for any more. */
    if (is_first || !same_string(hg_model_type(writer->model, *chosen)->name, type->name)) {
        writer->stands_for[id] = id;
        return;
    }
    /* It is not settled yet, so that what points back to it is compared by name. */
    if (writer->selection->need[id] == HG_DECLARED ||
        same_content(writer, hg_model_type(writer->model, *chosen), type)) {
        writer->stands_for[id] = *chosen;
        return;
    }
    writer->stands_for[id] = HG_BTF_NAMELESS;
    warn_of_conflict(writer, id, *chosen);
}

void hg_btf_out_settle_names(struct btf_writer *writer)
{
    const struct hg_selection *selection = writer->selection;
    struct number_map first = {0};
    writer->stands_for = hg_calloc(hg_model_type_count(writer->model), sizeof *writer->stands_for);
    for (size_t i = 0; i < selection->count; i++)
        if (selection->need[selection->order[i]] == HG_DEFINED)
            settle(writer, &first, selection->order[i]);
    for (size_t i = 0; i < selection->count; i++)
        if (selection->need[selection->order[i]] != HG_DEFINED)
            settle(writer, &first, selection->order[i]);
    hg_number_map_deinit(&first);
    if (writer->conflict_count > SHOWN_CONFLICTS)
        hg_warning(writer->diagnostics, NULL,
                   "%zu more types are defined differently elsewhere, and likewise left without "
                   "a name, or out",
                   writer->conflict_count - SHOWN_CONFLICTS);
}

/* --- flavours --- */

void hg_btf_out_report_flavours(struct btf_writer *writer)
{
    const struct hg_selection *selection = writer->selection;
    struct subject_list flavours = {0};
    for (size_t i = 0; i < selection->count; i++) {
        hg_type_id id = selection->order[i];
        const struct hg_type *type = hg_model_type(writer->model, id);
        writer->current = id;
        if (has_unique_name(type) && selection->need[id] == HG_DEFINED &&
            strstr(type->name, "___") != NULL)
            hg_btf_out_list(writer, &flavours, NULL);
    }
    if (flavours.count > 0)
        hg_warning(
            writer->diagnostics, NULL,
            "%zu name%s with ___ in the BTF: CO-RE takes x___y for another version of x, and "
            "a relocation against x fails where they differ; select only what is needed (%s)",
            flavours.count, flavours.count == 1 ? "" : "s", hg_text_string(&flavours.text));
    hg_text_deinit(&flavours.text);
}
