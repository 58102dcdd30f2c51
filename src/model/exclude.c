/*
 * Removing definitions from a model: see exclude.h.
 *
 *     other:  struct slave { int a; }
 *     model:  struct slave { char *name; }    struct bond { struct slave *first; }
 *             struct pair { struct slave a, b; }
 *
 * leaves `struct slave;` and struct bond, which needs only the name.  struct pair is removed, since
 * it holds the removed struct slave by value; --keep-going has the same rule
 * (frontend/clang/taint.c).
 */
#include "model/exclude.h"

#include "base/memory.h"
#include "model/content.h"
#include "model/copy.h"
#include "model/walk.h"

#include <stdlib.h>

/* Gives the names that the model defines, and its definitions, the number 1. */
static void find_definitions(const struct hg_model *model, struct hg_strings *names,
                             struct hg_strings *definitions)
{
    struct hg_contents contents;
    hg_contents_init(&contents, model);
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        if (!type->complete || !hg_has_own_name(type))
            continue;
        *hg_content_number(names, hg_name_content(type)) = 1;
        *hg_content_number(definitions, hg_content_of(&contents, id)) = 1;
    }
    hg_contents_deinit(&contents);
}

/* Marks the definitions that `other` has in another form. */
static void mark_others(const struct hg_model *model, const struct hg_model *other, bool *removed)
{
    struct hg_strings names = {0};
    struct hg_strings definitions = {0};
    struct hg_contents contents;
    find_definitions(other, &names, &definitions);
    hg_contents_init(&contents, model);
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        removed[id] = type->complete && hg_has_own_name(type) &&
                      *hg_content_number(&names, hg_name_content(type)) != 0 &&
                      *hg_content_number(&definitions, hg_content_of(&contents, id)) == 0;
    }
    hg_contents_deinit(&contents);
    hg_strings_deinit(&names);
    hg_strings_deinit(&definitions);
}

static bool holds_marked(const struct hg_model *model, const struct hg_type *type,
                         const bool *marked)
{
    for (size_t i = 0; i < hg_reference_count(type); i++) {
        hg_type_id id = hg_reference(type, i)->id;
        bool by_name = type->kind == HG_POINTER && hg_can_have_tag(hg_model_type(model, id));
        if (marked[id] && !by_name)
            return true;
    }
    return false;
}

/* Repeats passes over the model until nothing changes.  These are few, since few types are marked
 * and chains are short. */
bool hg_mark_holders(const struct hg_model *model, bool *marked)
{
    size_t count = hg_model_type_count(model);
    bool any = false;
    for (bool changed = true; changed;) {
        changed = false;
        for (hg_type_id id = 0; id < count; id++)
            if (!marked[id] && holds_marked(model, hg_model_type(model, id), marked))
                any = changed = marked[id] = true;
    }
    return any;
}

struct hg_type hg_stand_in(struct hg_model *model, const struct hg_type *type, const char *reason)
{
    if (hg_can_have_tag(type) && type->name != NULL)
        return (struct hg_type){.kind = type->kind, .name = hg_model_keep(model, type->name)};
    return (struct hg_type){
        .kind = HG_OPAQUE, .complete = true, .reason = hg_model_keep(model, reason)};
}

enum hg_status hg_exclude_others(const struct hg_model *model, const struct hg_model *other,
                                 struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    size_t count = hg_model_type_count(model);
    HG_CLEANUP(hg_free_pointer) bool *removed = hg_calloc(count, sizeof *removed);
    HG_CLEANUP(hg_free_pointer) hg_type_id *map = hg_calloc(count, sizeof *map);
    mark_others(model, other, removed);
    hg_mark_holders(model, removed);
    struct hg_model *to = hg_model_create();
    hg_model_reserve(to, count);
    for (size_t id = 1; id < count; id++)
        map[id] = hg_model_declare(to);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        struct hg_type copy = removed[id] ? hg_stand_in(to, type, "another definition has its name")
                                          : hg_copy_type(to, type, map);
        hg_model_define(to, map[id], &copy);
    }
    hg_copy_origin(to, model);
    enum hg_status status = hg_model_seal(to, diagnostics);
    if (status == HG_OK)
        *ret = to;
    else
        hg_model_destroy(to);
    return status;
}
