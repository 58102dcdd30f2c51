/*
 * A model without what another one defines otherwise.
 *
 *     other:  struct slave { int a; }
 *     model:  struct slave { char *name; }    struct bond { struct slave *first; }
 *             struct pair { struct slave a, b; }
 *
 * leaves `struct slave;` and struct bond: its pointer is to whatever bears the name.  struct pair
 * goes, since it holds the other struct slave.
 *
 * A definition that goes takes with it all that holds it by value, as under --keep-going
 * (frontend/clang/taint.c).
 */
#include "model/exclude.h"

#include "base/memory.h"
#include "model/content.h"
#include "model/copy.h"
#include "model/walk.h"

#include <stdlib.h>
#include <string.h>

static bool is_record_or_enum(const struct hg_type *type)
{
    return hg_is_record(type) || type->kind == HG_ENUM;
}

/* Kinds and names that the model defines, and its definitions: 1. */
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

static void find_others(const struct hg_model *model, const struct hg_model *other, bool *gone)
{
    struct hg_arena arena;
    struct hg_strings names;
    struct hg_strings definitions;
    struct hg_contents contents;
    hg_arena_init(&arena);
    hg_strings_init(&names, &arena);
    hg_strings_init(&definitions, &arena);
    find_definitions(other, &names, &definitions);
    hg_contents_init(&contents, model);
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        gone[id] = type->complete && hg_has_own_name(type) &&
                   *hg_content_number(&names, hg_name_content(type)) != 0 &&
                   *hg_content_number(&definitions, hg_content_of(&contents, id)) == 0;
    }
    hg_contents_deinit(&contents);
    hg_strings_deinit(&names);
    hg_strings_deinit(&definitions);
    hg_arena_deinit(&arena);
}

static bool holds_marked(const struct hg_model *model, const struct hg_type *type,
                         const bool *marked)
{
    for (size_t i = 0; i < hg_reference_count(type); i++) {
        hg_type_id id = hg_reference(type, i)->id;
        bool only_named = type->kind == HG_POINTER && is_record_or_enum(hg_model_type(model, id));
        if (marked[id] && !only_named)
            return true;
    }
    return false;
}

/* Marks are few and chains short, so going over the model until nothing changes is cheap enough. */
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

/* What stands for a type that goes, where something still mentions it. */
static struct hg_type stand_in(const struct hg_type *type, struct hg_model *to)
{
    static const char reason[] = "another definition has its name";
    struct hg_type rest = {.kind = type->kind};
    if (is_record_or_enum(type) && type->name != NULL) {
        rest.name = hg_model_string(to, type->name, strlen(type->name));
    } else { /* what has no name cannot be declared alone */
        rest.kind = HG_OPAQUE;
        rest.complete = true;
        rest.reason = hg_model_string(to, reason, strlen(reason));
    }
    return rest;
}

enum hg_status hg_exclude_others(const struct hg_model *model, const struct hg_model *other,
                                 struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    size_t count = hg_model_type_count(model);
    HG_CLEANUP(hg_free_pointer) bool *gone = hg_calloc(count, sizeof *gone);
    HG_CLEANUP(hg_free_pointer) hg_type_id *map = hg_calloc(count, sizeof *map);
    find_others(model, other, gone);
    hg_mark_holders(model, gone);
    struct hg_model *to = hg_model_create();
    hg_model_reserve(to, count);
    for (size_t id = 1; id < count; id++)
        map[id] = hg_model_declare(to);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        struct hg_type copy = gone[id] ? stand_in(type, to) : hg_copy_type(to, type, map);
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
