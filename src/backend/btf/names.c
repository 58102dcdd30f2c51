/*
 * Names: leaves one definition for each kind and name, and warns of names that CO-RE takes for
 * flavours.
 *
 * A loader that looks for `struct dir_entry` takes every struct of that name as a candidate, and
 * gives up where two of them answer differently.  So of two different ones
 *
 *     struct dir_entry { struct list_head list; char *name; };        drivers/a.h
 *     struct dir_entry { int index; char name[8]; };                  drivers/b.h
 *
 * the first in the order of the selection keeps the name.  The second is written without a name,
 * since types that hold it or point to it need its layout.  A second typedef is left out, and its
 * users refer to its target.  hdrgen warns of both.  Equal definitions are written once, and a
 * forward declaration is replaced by the definition.
 *
 * Equal means the same content, as everywhere (model/content.c).
 *
 * What this does not do: change names of a model that was read from BTF (hg_btf_options.
 * keep_duplicate_names).  A kernel's own BTF has duplicate names, loaders accept them, and a part
 * of it must resolve relocations as the whole does.
 */
#include "backend/btf/parts.h"
#include "base/diag.h"
#include "model/content.h"
#include "model/describe.h"

#include <string.h>
#include <xxhash.h>

/* --- duplicate names --- */

/* How many conflicts are reported one by one; the headers of a whole kernel have dozens. */
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

struct settling {
    struct btf_writer *writer;
    struct number_map first; /* by hash of kind and name: id of the first such type */
    struct hg_contents contents;
};

static bool is_same(struct settling *settling, hg_type_id a, hg_type_id b)
{
    return hg_same_content(hg_content_of(&settling->contents, a),
                           hg_content_of(&settling->contents, b));
}

static void settle(struct settling *settling, hg_type_id id)
{
    struct btf_writer *writer = settling->writer;
    const struct hg_type *type = hg_model_type(writer->model, id);
    if (!hg_has_own_name(type)) {
        writer->stands_for[id] = id;
        return;
    }
    uint64_t key = XXH3_64bits_withSeed(type->name, strlen(type->name), type->kind);
    uint32_t *chosen = hg_number_map_at(&settling->first, key);
    bool is_first = *chosen == 0;
    if (is_first)
        *chosen = id;
    /* If two names have the same hash, the second is treated as if it occurred once. */
    if (is_first || strcmp(hg_model_type(writer->model, *chosen)->name, type->name) != 0) {
        writer->stands_for[id] = id;
        return;
    }
    if (writer->selection->need[id] == HG_DECLARED || is_same(settling, *chosen, id)) {
        writer->stands_for[id] = *chosen;
        return;
    }
    writer->stands_for[id] = HG_BTF_NAMELESS;
    warn_of_conflict(writer, id, *chosen);
}

void hg_btf_out_settle_names(struct btf_writer *writer)
{
    const struct hg_selection *selection = writer->selection;
    struct settling settling = {.writer = writer};
    hg_contents_init(&settling.contents, writer->model);
    writer->stands_for = hg_calloc(hg_model_type_count(writer->model), sizeof *writer->stands_for);
    for (size_t i = 0; i < selection->count; i++)
        if (selection->need[selection->order[i]] == HG_DEFINED)
            settle(&settling, selection->order[i]);
    for (size_t i = 0; i < selection->count; i++)
        if (selection->need[selection->order[i]] != HG_DEFINED)
            settle(&settling, selection->order[i]);
    hg_contents_deinit(&settling.contents);
    hg_number_map_deinit(&settling.first);
    if (writer->conflict_count > SHOWN_CONFLICTS)
        hg_warning(writer->diagnostics, NULL,
                   "%zu more type%s defined differently elsewhere, and likewise written without a "
                   "name, or left out",
                   writer->conflict_count - SHOWN_CONFLICTS,
                   writer->conflict_count - SHOWN_CONFLICTS == 1 ? " is" : "s are");
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
        if (hg_has_own_name(type) && selection->need[id] == HG_DEFINED &&
            strstr(type->name, "___") != NULL)
            hg_btf_out_list(writer, &flavours, NULL);
    }
    if (flavours.count > 0)
        hg_warning(
            writer->diagnostics, NULL,
            "%zu name%s with ___ in the BTF: CO-RE takes x___y for another version of x, and "
            "a relocation against x fails where they differ; select only what is needed (%s)",
            flavours.count, hg_plural(flavours.count), hg_text_string(&flavours.text));
    hg_text_deinit(&flavours.text);
}
