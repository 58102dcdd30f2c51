/*
 * Makes a model with only the types and members that objects need: see mark.c for the rules.
 *
 * The method: mark, then copy the marked types in the order of the model; a record keeps its size,
 * and the members that are needed keep their offsets.  Then the objects are checked against the
 * result: a relocation must have the same result as on the whole model, or no BTF is written.
 *
 * If several types match a relocation, the first is usually enough.  If it is not, all are kept:
 * libbpf forgets candidates that did not match, and a type with fewer members matches fewer
 * relocations.
 */
#include "base/diag.h"
#include "base/options.h"
#include "core/needs.h"
#include "model/copy.h"
#include "model/walk.h"

/* A pointer whose target is not needed becomes a pointer to void. */
static void drop_target(const struct marks *marks, hg_type_id id, struct hg_type *type)
{
    if (type->kind == HG_POINTER && !marks->followed[id] && !hg_core_is_marked(marks, &type->ref))
        type->ref = (struct hg_ref){0};
}

/* Leaves the needed members of a record, in a new array, which it returns; NULL = it is no
 * record. */
static struct hg_member *drop_members(const struct marks *marks, hg_type_id id,
                                      struct hg_type *type)
{
    if (!hg_is_record(type))
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

static void mark_found(void *user, const struct record *record, const struct access *access)
{
    hg_core_mark(user, record->kind, access);
}

struct request {
    const struct hg_core_object *const *objects;
    size_t count;
    const struct hg_model *target;
    const struct hg_core_need_options *options;
    const enum hg_core_loader *loaders;
    size_t loader_count;
};

static enum hg_status trim(const struct request *request, bool all,
                           struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct marks marks;
    hg_core_marks_init(&marks, request->target);
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < request->loader_count; i++)
        status =
            hg_core_visit(request->objects, request->count, request->target, request->loaders[i],
                          request->options, diagnostics, all, mark_found, &marks);
    if (status == HG_OK)
        status = copy_marked(&marks, diagnostics, ret);
    hg_core_marks_deinit(&marks);
    return status;
}

/* --- checking the result --- */

static bool same_findings(const struct hg_core_findings *whole, const struct hg_core_findings *part)
{
    for (size_t i = 0; i < whole->count; i++) {
        const struct hg_core_finding *a = &whole->findings[i];
        const struct hg_core_finding *b = &part->findings[i];
        bool is_id = a->kind == HG_CORE_TYPE_ID_TARGET; /* differs between the two */
        bool same_value = is_id || !a->has_value || a->value == b->value;
        if (a->result != b->result || a->guarded != b->guarded || !same_value)
            return false;
    }
    return true;
}

static bool answers_the_same(const struct hg_core_object *object, const struct hg_model *whole,
                             const struct hg_model *part, enum hg_core_loader loader)
{
    struct hg_core_findings *before = NULL;
    struct hg_core_findings *after = NULL;
    bool same = hg_core_check(object, whole, loader, NULL, &before) == HG_OK &&
                hg_core_check(object, part, loader, NULL, &after) == HG_OK &&
                same_findings(before, after);
    hg_core_findings_destroy(before);
    hg_core_findings_destroy(after);
    return same;
}

static bool all_answer_the_same(const struct request *request, const struct hg_model *part)
{
    for (size_t l = 0; l < request->loader_count; l++)
        for (size_t i = 0; i < request->count; i++)
            if (!answers_the_same(request->objects[i], request->target, part, request->loaders[l]))
                return false;
    return true;
}

enum hg_status hg_core_trim(const struct hg_core_object *const *objects, size_t count,
                            const struct hg_model *target, const struct hg_core_need_options *given,
                            struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    static const enum hg_core_loader libbpf = HG_CORE_LIBBPF;
    HG_TAKE(hg_core_need_options, options, given, diagnostics);
    struct request request = {.objects = objects,
                              .count = count,
                              .target = target,
                              .options = &options,
                              .loaders = options.loaders == NULL ? &libbpf : options.loaders,
                              .loader_count = options.loaders == NULL ? 1 : options.loader_count};
    struct hg_model *model = NULL;
    enum hg_status status = trim(&request, false, diagnostics, &model);
    if (status == HG_OK && !all_answer_the_same(&request, model)) {
        hg_model_destroy(model);
        model = NULL;
        /* The first call has reported all faults. */
        status = trim(&request, true, NULL, &model);
    }
    if (status == HG_OK && !all_answer_the_same(&request, model)) {
        hg_model_destroy(model);
        hg_error(diagnostics, NULL,
                 "the types cannot be cut down so that every relocation comes to what it comes to "
                 "on all of them; write the named types instead (hdrgen --emit btf NAME...)");
        return HG_ERROR_UNSUPPORTED;
    }
    if (status == HG_OK)
        *ret = model;
    return status;
}
