/*
 * Arrays of arrays, in the shape that programs need.
 *
 *     u64 total[2][6];      flat, in a kernel's own BTF: u64[12]      nested, in C: u64[2][6]
 *
 * A relocation steps from array to array as the program's types are nested, and finds nothing if
 * the target's types are nested otherwise.  A program that was compiled against a kernel's
 * vmlinux.h has flat arrays; one that declares the types itself has nested ones.
 *
 * The method: each relocation to a member is tried on the model, whose arrays are nested, and on a
 * flattened copy.  If only one of the two has the member, the arrays on the way to it need that
 * shape.  All other arrays become flat.  An array that is needed in both shapes is an error, unless
 * the objects load where all arrays are flat, since they guard what they access in the other shape:
 * then all become flat.  At the end, every relocation that was found on either model must be found
 * on the result.
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
    struct user *keeps;    /* by id of an array: who needs it nested */
    struct user *flattens; /* by id of an array: who needs it flat */
    hg_type_id conflict;   /* the first array that is needed in both shapes; HG_VOID_ID = none */
    struct hg_diagnostics *diagnostics;
};

/* Marks the array unless it is marked; returns the type of its elements. */
static hg_type_id mark_array(const struct hg_model *model, hg_type_id id, struct user user,
                             struct user *marks)
{
    marks[id] = marks[id].object == NULL ? user : marks[id];
    return hg_type_resolve(model, hg_model_type(model, id)->ref.id, NULL);
}

/* Marks the arrays that an access goes through, and those in which it ends: libbpf compares the
 * types of elements down to the first that is no array. */
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
    struct checker checkers[2];
    hg_core_checker_init(&checkers[0], object, shaping->nested, HG_CORE_LIBBPF);
    hg_core_checker_init(&checkers[1], object, shaping->flat, HG_CORE_LIBBPF);
    for (size_t i = 0; i < object->records.count; i++) {
        struct user user = {.object = object, .record = &object->records.items[i]};
        struct outcome nested;
        struct outcome flat;
        hg_core_relocate(&checkers[0], user.record, &nested);
        hg_core_relocate(&checkers[1], user.record, &flat);
        if (hg_core_subject(user.record->kind) != HG_CORE_OF_FIELD ||
            nested.is_found == flat.is_found)
            continue;
        if (nested.is_found)
            mark_arrays(shaping->nested, &nested.found, user, shaping->keeps);
        else
            mark_arrays(shaping->flat, &flat.found, user, shaping->flattens);
    }
    hg_core_checker_deinit(&checkers[0]);
    hg_core_checker_deinit(&checkers[1]);
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

/* Whether no relocation keeps the objects from loading where all arrays are flat. */
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

/* Whether the model has the members of just those relocations that the nested or the flat model
 * has. */
static bool finds_all(const struct shaping *shaping, const struct hg_core_object *object,
                      const struct hg_model *model)
{
    const struct hg_model *models[] = {shaping->nested, shaping->flat, model};
    struct checker checkers[3];
    bool is_fine = true;
    for (size_t k = 0; k < 3; k++)
        hg_core_checker_init(&checkers[k], object, models[k], HG_CORE_LIBBPF);
    for (size_t i = 0; i < object->records.count; i++) {
        struct outcome outcomes[3];
        for (size_t k = 0; k < 3; k++)
            hg_core_relocate(&checkers[k], &object->records.items[i], &outcomes[k]);
        if (hg_core_subject(object->records.items[i].kind) == HG_CORE_OF_FIELD &&
            outcomes[2].is_found != (outcomes[0].is_found || outcomes[1].is_found))
            is_fine = false;
    }
    for (size_t k = 0; k < 3; k++)
        hg_core_checker_deinit(&checkers[k]);
    return is_fine;
}

/* Makes the model with all arrays flat except those that a relocation needs nested.  If there is no
 * such model, HG_ERROR_INPUT, which is not reported. */
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
    for (hg_type_id id = 1; id < types; id++) {
        stays[id] = shaping->keeps[id].object != NULL;
        if (shaping->conflict == HG_VOID_ID && stays[id] && shaping->flattens[id].object != NULL)
            shaping->conflict = id;
    }
    enum hg_status status = HG_ERROR_INPUT;
    if (shaping->conflict == HG_VOID_ID)
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
