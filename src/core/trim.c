/*
 * A model of no more than what objects need: see mark.c for the rules.
 *
 * The method: mark, then copy what is marked, in the order of the model it comes from; members that
 * are not needed stay away, the others stay where they are, and so does the size.
 */
#include "core/check.h"
#include "core/needs.h"
#include "model/copy.h"

/* A pointer to what is not needed is one to nothing. */
static void drop_target(const struct marks *marks, hg_type_id id, struct hg_type *type)
{
    if (type->kind == HG_POINTER && !marks->followed[id] && !hg_core_is_marked(marks, &type->ref))
        type->ref = (struct hg_ref){0};
}

/* Returns the memory that the members are in now, or NULL. */
static struct hg_member *drop_members(const struct marks *marks, hg_type_id id,
                                      struct hg_type *type)
{
    if (type->kind != HG_STRUCT && type->kind != HG_UNION)
        return NULL;
    struct hg_member *members = hg_calloc(type->member_count, sizeof *members);
    size_t kept = 0;
    for (size_t i = 0; i < type->member_count; i++) {
        if (marks->members[marks->first_member[id] + i] == 0)
            continue;
        members[kept] = type->members[i];
        members[kept++].tags = NULL;
    }
    type->members = members;
    type->member_count = kept;
    return members;
}

static enum hg_status copy_marked(const struct marks *marks, struct hg_diagnostics *diagnostics,
                                  struct hg_model **ret)
{
    size_t count = hg_model_type_count(marks->model);
    struct hg_model *model = hg_model_create();
    hg_type_id *map = hg_calloc(count, sizeof *map);
    hg_copy_origin(model, marks->model);
    for (hg_type_id id = 1; id < count; id++)
        if (marks->types[id] != 0)
            map[id] = hg_model_declare(model);
    for (hg_type_id id = 1; id < count; id++) {
        if (map[id] == 0)
            continue;
        struct hg_type type = *hg_model_type(marks->model, id);
        type.tags = NULL;
        drop_target(marks, id, &type);
        struct hg_member *members = drop_members(marks, id, &type);
        struct hg_type copy = hg_copy_type(model, &type, map);
        hg_model_define(model, map[id], &copy);
        free(members);
    }
    free(map);
    enum hg_status status = hg_model_seal(model, diagnostics);
    if (status == HG_OK)
        *ret = model;
    else
        hg_model_destroy(model);
    return status;
}

static void mark_found(void *user, const struct record *record, const struct outcome *outcome)
{
    if (outcome->is_found)
        hg_core_mark(user, record->kind, &outcome->found);
}

enum hg_status hg_core_trim(const struct hg_core_object *const *objects, size_t count,
                            const struct hg_model *target, struct hg_diagnostics *diagnostics,
                            struct hg_model **ret)
{
    struct marks marks;
    hg_core_marks_init(&marks, target);
    enum hg_status status = hg_core_visit(objects, count, target, diagnostics, mark_found, &marks);
    if (status == HG_OK)
        status = copy_marked(&marks, diagnostics, ret);
    hg_core_marks_deinit(&marks);
    return status;
}
