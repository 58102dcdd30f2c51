/*
 * Finds the records that hold a requested type by value, and the members that hold it.
 *
 *     list_head in task_struct   ->  direct    tasks, children, sibling, ...
 *     rb_node in task_struct     ->  nested    se.run_node, dl.rb_node
 *
 * A member holds the type if it is of that type, of an array of it, or of a typedef of one of
 * these.  A typedef of a record or enum stands for the record or enum.  A member is direct if no
 * other record with a name lies between.  If a member's record has a name and holds the type more
 * than once, only the first path through that member is listed.
 *
 * The method: whether a type holds a requested one is found once per type, so a whole kernel takes
 * one pass.  The recursion follows members held by value, so the model bounds its depth.
 */
#include "backend/text/text.h"
#include "base/memory.h"
#include "model/describe.h"

#include <string.h>

/* Bytes of members' paths in one line; further paths become "...". */
enum { PATHS_TEXT_MAX = 1 << 16 };

enum knowledge { NOT_KNOWN, HOLDS_NONE, HOLDS_SOME };

struct hg_containment {
    const struct hg_model *model;
    uint8_t *is_requested; /* by type id */
    uint8_t *knowledge;    /* by type id: enum knowledge, whether it holds requested types */
};

struct hg_containment *hg_containment_create(const struct hg_model *model, const hg_type_id *ids,
                                             size_t count)
{
    struct hg_containment *containment = hg_calloc(1, sizeof *containment);
    size_t types = hg_model_type_count(model);
    containment->model = model;
    containment->is_requested = hg_calloc(types, 1);
    containment->knowledge = hg_calloc(types, 1);
    for (size_t i = 0; i < count; i++) {
        hg_type_id target = hg_type_resolve(model, ids[i], NULL);
        const struct hg_type *type = hg_model_type(model, target);
        containment->is_requested[ids[i]] = 1;
        if (hg_is_record(type) || type->kind == HG_ENUM)
            containment->is_requested[target] = 1;
    }
    return containment;
}

void hg_containment_destroy(struct hg_containment *containment)
{
    if (containment == NULL)
        return;
    free(containment->is_requested);
    free(containment->knowledge);
    free(containment);
}

/* Follows typedefs and arrays from *id to the first requested type, or to the last type; true = *id
 * was requested.  *is_array: an array was on the way. */
static bool is_requested(const struct hg_containment *containment, hg_type_id *id, bool *is_array)
{
    while (!containment->is_requested[*id]) {
        const struct hg_type *type = hg_model_type(containment->model, *id);
        if (type->kind != HG_TYPEDEF && type->kind != HG_ARRAY)
            return false;
        *is_array |= type->kind == HG_ARRAY;
        *id = type->ref.id;
    }
    return true;
}

bool hg_contains(struct hg_containment *containment, hg_type_id record)
{
    uint8_t *known = &containment->knowledge[record];
    if (*known != NOT_KNOWN)
        return *known == HOLDS_SOME;
    const struct hg_type *type = hg_model_type(containment->model, record);
    *known = HOLDS_NONE;
    for (size_t i = 0; hg_is_record(type) && i < type->member_count; i++) {
        hg_type_id id = type->members[i].type.id;
        bool is_array = false;
        if (!is_requested(containment, &id, &is_array) && !hg_contains(containment, id))
            continue;
        *known = HOLDS_SOME;
        return true;
    }
    return false;
}

struct paths {
    struct hg_containment *containment;
    struct hg_text direct;
    struct hg_text nested;
    struct hg_text path; /* to the current record */
    size_t left;         /* how many more members to look at */
};

static void put_path(struct paths *paths, struct hg_text *to)
{
    hg_text_put(to, to->size == 0 ? "" : ", ");
    if (to->size < PATHS_TEXT_MAX) {
        hg_describe_name(to, hg_text_string(&paths->path));
    } else if (paths->left > 0) {
        hg_text_put(to, "...");
        paths->left = 0;
    }
}

static void add_name(struct paths *paths, const struct hg_member *member, bool is_array)
{
    if (member->name != NULL) {
        hg_text_put(&paths->path, paths->path.size == 0 ? "" : ".");
        hg_text_put(&paths->path, member->name);
    }
    hg_text_put(&paths->path, is_array ? "[]" : "");
}

/* Adds the paths of a record's members that hold a requested type.  only_first: stops after the
 * first, since the record is inside another record with a name. */
static bool find_paths(struct paths *paths, const struct hg_type *record, bool only_first)
{
    bool found = false;
    for (size_t i = 0; i < record->member_count && paths->left > 0 && !(found && only_first); i++) {
        const struct hg_member *member = &record->members[i];
        hg_type_id id = member->type.id;
        bool is_array = false;
        bool is_it = is_requested(paths->containment, &id, &is_array);
        paths->left--;
        if (!is_it && !hg_contains(paths->containment, id))
            continue;
        size_t before = paths->path.size;
        const struct hg_type *type = hg_model_type(paths->containment->model, id);
        add_name(paths, member, is_array);
        if (is_it) {
            put_path(paths, only_first ? &paths->nested : &paths->direct);
            found = true;
        } else {
            found |= find_paths(paths, type, only_first || type->name != NULL);
        }
        hg_text_truncate(&paths->path, before);
    }
    return found;
}

void hg_put_containment(struct hg_containment *containment, hg_type_id record, struct hg_text *text)
{
    struct paths paths = {.containment = containment, .left = HG_NODES_MAX};
    (void)find_paths(&paths, hg_model_type(containment->model, record), false);
    bool is_direct = paths.direct.size > 0;
    hg_text_printf(text, "%s\t%s%s%s", is_direct ? "direct" : "nested",
                   hg_text_string(&paths.direct), is_direct && paths.nested.size > 0 ? ", " : "",
                   hg_text_string(&paths.nested));
    hg_text_deinit(&paths.direct);
    hg_text_deinit(&paths.nested);
    hg_text_deinit(&paths.path);
}
