/*
 * Arrays of arrays, in the shape that programs need.
 *
 *     u64 total[2][6];      a kernel's own BTF: u64[12]      C, and a program with its own types: u64[2][6]
 *
 * A relocation steps from array to array as the program's types are nested, and finds nothing where
 * the target's are nested otherwise.  A program that was compiled against a kernel's vmlinux.h has
 * flat arrays.
 *
 * The method: each relocation to a member is tried on the model as it is, nested, and flattened.  If
 * it is found on one of the two only, the arrays on its way need that shape; arrays that need neither
 * become flat.  An array that is needed in both shapes is an error, unless the objects load where all
 * arrays are flat, as in a kernel's own BTF: then a guard decides.  At the end every relocation that
 * was found on either model must be found on the result.
 */
#include "base/diag.h"
#include "core/check.h"
#include "trim/flatten.h"

#include <hdrgen/core.h>
#include <string.h>

/* The first relocation that needs an array in a shape; NULL = none does. */
struct user {
    const struct hg_core_object *object;
    const struct record *record;
};

struct shaping {
    const struct hg_model *nested; /* the model */
    struct hg_model *flat;
    struct user *keeps;    /* by type id: an array that has to stay as it is */
    struct user *flattens; /* by type id: one that has to be flat */
    hg_type_id conflict;   /* the first that has to be both; HG_VOID_ID = none is known */
    struct hg_diagnostics *diagnostics;
};

/* By relocation: whether it is found; calls take with the first match of each, unless it is NULL. */
static bool *find_all(const struct hg_core_object *object, const struct hg_model *target,
                      struct outcome *outcomes)
{
    size_t count = object->records.count;
    bool *found = hg_calloc(count + 1, sizeof *found);
    struct checker checker;
    hg_core_checker_init(&checker, object, target, HG_CORE_LIBBPF);
    for (size_t i = 0; i < count; i++) {
        struct outcome outcome;
        hg_core_relocate(&checker, &object->records.items[i], &outcome);
        found[i] = outcome.is_found;
        if (outcomes != NULL)
            outcomes[i] = outcome;
    }
    hg_core_checker_deinit(&checker);
    return found;
}

/* The array itself, and the array that its elements are. */
static hg_type_id mark_array(const struct hg_model *model, hg_type_id id, struct user user,
                             struct user *marks)
{
    marks[id] = marks[id].object == NULL ? user : marks[id];
    return hg_type_resolve(model, hg_model_type(model, id)->ref.id, NULL);
}

/* Marks the arrays that an access goes through and those that it ends in, since the types of elements
 * are compared down to the first that is no array. */
static void mark_arrays(const struct hg_model *model, const struct access *access, struct user user,
                        struct user *marks)
{
    hg_type_id at = hg_type_resolve(model, access->root, NULL);
    for (unsigned i = 1; i < access->step_count; i++) {
        const struct hg_type *type = hg_model_type(model, at);
        const struct accessor *step = &access->steps[i];
        if (step->name != NULL) {
            const struct hg_type *record = hg_model_type(model, step->type);
            at = hg_type_resolve(model, record->members[step->index].type.id, NULL);
        } else if (type->kind == HG_ARRAY) {
            at = mark_array(model, at, user, marks);
        }
    }
    while (hg_model_type(model, at)->kind == HG_ARRAY)
        at = mark_array(model, at, user, marks);
}

static void mark_object(struct shaping *shaping, const struct hg_core_object *object)
{
    size_t count = object->records.count;
    struct outcome *nested = hg_calloc(count + 1, sizeof *nested);
    struct outcome *flat = hg_calloc(count + 1, sizeof *flat);
    free(find_all(object, shaping->nested, nested));
    free(find_all(object, shaping->flat, flat));
    for (size_t i = 0; i < count; i++) {
        if (hg_core_subject(object->records.items[i].kind) != HG_CORE_OF_FIELD ||
            nested[i].is_found == flat[i].is_found)
            continue;
        struct user user = {.object = object, .record = &object->records.items[i]};
        if (nested[i].is_found)
            mark_arrays(shaping->nested, &nested[i].found, user, shaping->keeps);
        else
            mark_arrays(shaping->flat, &flat[i].found, user, shaping->flattens);
    }
    free(nested);
    free(flat);
}

static void describe(struct hg_text *text, const struct user *user)
{
    hg_text_printf(text, "%s (", user->object->name);
    hg_core_describe_access(text, user->object, user->record);
    hg_text_put(text, ")");
}

static void report_both(const struct shaping *shaping)
{
    struct hg_text text = {0};
    if (shaping->conflict != HG_VOID_ID) {
        describe(&text, &shaping->keeps[shaping->conflict]);
        hg_text_put(&text, " needs an array of arrays as C has it (u64[2][6]), and ");
        describe(&text, &shaping->flattens[shaping->conflict]);
        hg_text_put(&text, " as a kernel's own BTF has it (u64[12])");
    } else {
        hg_text_put(&text,
                    "the objects need an array of arrays in two shapes, as C has it "
                    "(u64[2][6]) and as a kernel's own BTF has it (u64[12])");
    }
    hg_error(shaping->diagnostics, NULL,
             "%s: no BTF has both; write one for each, or declare it alike in all of them",
             hg_text_string(&text));
    hg_text_deinit(&text);
}

static enum hg_status check_shapes(struct shaping *shaping)
{
    size_t count = hg_model_type_count(shaping->nested);
    for (hg_type_id id = 1; id < count && shaping->conflict == HG_VOID_ID; id++)
        if (shaping->keeps[id].object != NULL && shaping->flattens[id].object != NULL)
            shaping->conflict = id;
    return shaping->conflict == HG_VOID_ID ? HG_OK : HG_ERROR_INPUT;
}

/* Whether the objects load where every array is flat, as far as relocations go. */
static bool load_flat(const struct shaping *shaping, const struct hg_core_object *const *objects,
                      size_t count)
{
    bool is_fine = true;
    for (size_t i = 0; is_fine && i < count; i++) {
        struct hg_core_findings *report = NULL;
        is_fine =
            hg_core_check(objects[i], shaping->flat, HG_CORE_LIBBPF, NULL, &report) == HG_OK &&
            report->failures == 0;
        hg_core_findings_destroy(report);
    }
    return is_fine;
}

static bool finds_all(const struct shaping *shaping, const struct hg_core_object *object,
                      const struct hg_model *model)
{
    bool *nested = find_all(object, shaping->nested, NULL);
    bool *flat = find_all(object, shaping->flat, NULL);
    bool *found = find_all(object, model, NULL);
    bool is_fine = true;
    for (size_t i = 0; i < object->records.count; i++)
        if (hg_core_subject(object->records.items[i].kind) == HG_CORE_OF_FIELD)
            is_fine = is_fine && found[i] == (nested[i] || flat[i]);
    free(nested);
    free(flat);
    free(found);
    return is_fine;
}

/* The model with those arrays flat that no relocation needs otherwise.  HG_ERROR_INPUT, which is not
 * reported: there is none. */
static enum hg_status flatten_some(struct shaping *shaping,
                                   const struct hg_core_object *const *objects, size_t count,
                                   struct hg_model **ret)
{
    size_t types = hg_model_type_count(shaping->nested);
    shaping->keeps = hg_calloc(types, sizeof *shaping->keeps);
    shaping->flattens = hg_calloc(types, sizeof *shaping->flattens);
    bool *stays = hg_calloc(types, sizeof *stays);
    for (size_t i = 0; i < count; i++)
        mark_object(shaping, objects[i]);
    for (size_t id = 0; id < types; id++)
        stays[id] = shaping->keeps[id].object != NULL;
    enum hg_status status = check_shapes(shaping);
    if (status == HG_OK)
        status = hg_flatten_arrays_but(shaping->nested, stays, shaping->diagnostics, ret);
    for (size_t i = 0; status == HG_OK && i < count; i++)
        status = finds_all(shaping, objects[i], *ret) ? HG_OK : HG_ERROR_INPUT;
    free(stays);
    return status;
}

enum hg_status hg_core_shape_arrays(const struct hg_core_object *const *objects, size_t count,
                                    const struct hg_model *target,
                                    struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct shaping shaping = {.nested = target, .diagnostics = diagnostics};
    struct hg_model *model = NULL;
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < count; i++)
        status = hg_core_check_order(objects[i], target, diagnostics);
    if (status == HG_OK)
        status = hg_flatten_arrays(target, diagnostics, &shaping.flat);
    if (status == HG_OK)
        status = flatten_some(&shaping, objects, count, &model);
    if (status == HG_ERROR_INPUT && shaping.flat != NULL && load_flat(&shaping, objects, count)) {
        hg_model_destroy(model);
        model = shaping.flat;
        shaping.flat = NULL;
        status = HG_OK;
    }
    if (status == HG_ERROR_INPUT && shaping.flat != NULL)
        report_both(&shaping);
    if (status == HG_OK)
        *ret = model;
    else
        hg_model_destroy(model);
    hg_model_destroy(shaping.flat);
    free(shaping.keeps);
    free(shaping.flattens);
    return status;
}
