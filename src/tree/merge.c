/*
 * Many models into one.
 *
 *     model 1:  struct a { struct dir *d; }    struct dir;
 *     model 2:  struct dir { int x; }          struct a { struct dir *d; }
 *     model 3:  struct dir { char *name; }     struct b { struct dir d; }
 *
 * gives one struct a, the struct dir of model 2, which keeps the name since it is the first, and
 * that of model 3, which stays because struct b holds it.  Types are the same if their content is
 * (content.c).  What is only declared gives way to the definition of that name.  What is behind a
 * pointer is the type that keeps the name.
 *
 * The method: three passes over all types in order.  The first gives each content that is complete
 * an id in the result, the second looks for what is only declared, the third copies.  Ids ascend
 * with the models, so that of two types of one name the one that keeps it comes first.
 */
#include "tree/headers.h"

#include "base/strings.h"
#include "model/build.h"
#include "model/copy.h"

#include <string.h>

/* Where a type of the result is copied from. */
struct origin {
    size_t model;
    hg_type_id id;
};

struct merging {
    struct hg_model *const *models;
    size_t model_count;
    struct hg_model *result;
    hg_type_id **maps; /* by model and id: the id in the result */
    struct hg_arena arena;
    struct hg_strings by_content;    /* definition -> id */
    struct hg_strings by_name;       /* kind and name -> id of the type that keeps it */
    HG_ARRAY(struct origin) origins; /* by id of the result; the first is void's */
    struct conflict_list *conflicts;
};

static const struct hg_type *original(const struct merging *merging, hg_type_id id)
{
    const struct origin *origin = &merging->origins.items[id];
    return hg_model_type(merging->models[origin->model], origin->id);
}

static hg_type_id add(struct merging *merging, size_t model, hg_type_id id)
{
    *HG_PUSH(&merging->origins) = (struct origin){.model = model, .id = id};
    return hg_model_declare(merging->result);
}

/* The type is new, and has a name of its own. */
static void take_name(struct merging *merging, hg_type_id id)
{
    const struct hg_type *type = original(merging, id);
    uint32_t *keeper = hg_content_number(&merging->by_name, hg_name_hash(type));
    if (*keeper == 0) {
        *keeper = id;
        return;
    }
    *HG_PUSH(merging->conflicts) = (struct hg_name_conflict){
        .kind = type->kind,
        .name = type->name,
        .chosen = original(merging, *keeper)->where,
        .other = type->where,
    };
}

static void place_complete(struct merging *merging, size_t model)
{
    const struct hg_model *from = merging->models[model];
    struct content content;
    hg_content_init(&content, from);
    for (size_t i = 1; i < hg_model_type_count(from); i++) {
        hg_type_id id = (hg_type_id)i;
        if (!hg_model_type(from, id)->complete)
            continue;
        uint32_t *place = hg_content_number(&merging->by_content, content.definition[id]);
        if (*place == 0) {
            *place = add(merging, model, id);
            if (hg_has_own_name(hg_model_type(from, id)))
                take_name(merging, *place);
        }
        merging->maps[model][id] = *place;
    }
    hg_content_deinit(&content);
}

static void place_declared(struct merging *merging, size_t model)
{
    const struct hg_model *from = merging->models[model];
    for (size_t i = 1; i < hg_model_type_count(from); i++) {
        hg_type_id id = (hg_type_id)i;
        const struct hg_type *type = hg_model_type(from, id);
        if (type->complete)
            continue;
        if (type->name == NULL) { /* nothing that another declaration could be the same as */
            merging->maps[model][id] = add(merging, model, id);
            continue;
        }
        uint32_t *keeper = hg_content_number(&merging->by_name, hg_name_hash(type));
        if (*keeper == 0)
            *keeper = add(merging, model, id);
        merging->maps[model][id] = *keeper;
    }
}

static void copy_types(struct merging *merging)
{
    for (size_t id = 1; id < merging->origins.count; id++) {
        const struct hg_type *type = original(merging, (hg_type_id)id);
        struct hg_type copy =
            hg_copy_type(merging->result, type, merging->maps[merging->origins.items[id].model]);
        hg_model_define(merging->result, (hg_type_id)id, &copy);
    }
}

/* Files, each once, and inputs or what stands for them. */
static void copy_origins(struct merging *merging, const struct hg_units_options *options)
{
    hg_model_set_target(merging->result, hg_model_target(merging->models[0]));
    XXH64_hash_t hash = options->origin_hash;
    struct hg_strings files;
    struct hg_strings inputs;
    hg_strings_init(&files, &merging->arena);
    hg_strings_init(&inputs, &merging->arena);
    for (size_t m = 0; m < merging->model_count; m++) {
        size_t count = 0;
        const char *const *names = hg_model_files(merging->models[m], &count);
        for (size_t i = 0; i < count; i++) {
            uint32_t *seen = hg_strings_number(&files, names[i], strlen(names[i]));
            if (*seen == 0)
                hg_model_add_file(merging->result, names[i]);
            *seen = 1;
        }
        const struct hg_input *input = hg_model_inputs(merging->models[m], &count);
        for (size_t i = 0; i < count; i++) {
            uint32_t *seen = hg_strings_number(&inputs, input[i].name, strlen(input[i].name));
            if (*seen == 0 && options->origin == NULL)
                hg_model_add_input(merging->result, input[i].name, input[i].hash);
            if (*seen == 0) /* folded, in order */
                hash = XXH3_64bits_withSeed(&input[i].hash, sizeof input[i].hash, hash);
            *seen = 1;
        }
    }
    if (options->origin != NULL)
        hg_model_add_input(merging->result, options->origin, hash);
    hg_strings_deinit(&files);
    hg_strings_deinit(&inputs);
}

enum hg_status hg_merge_models(struct hg_model *const *models, size_t count,
                               const struct hg_units_options *options,
                               struct hg_diagnostics *diagnostics, struct conflict_list *conflicts,
                               struct hg_model **ret)
{
    struct merging merging = {.models = models, .model_count = count, .conflicts = conflicts};
    merging.result = hg_model_create();
    hg_arena_init(&merging.arena);
    hg_strings_init(&merging.by_content, &merging.arena);
    hg_strings_init(&merging.by_name, &merging.arena);
    merging.maps = hg_calloc(count, sizeof *merging.maps);
    *HG_PUSH(&merging.origins) = (struct origin){0};
    for (size_t i = 0; i < count; i++)
        merging.maps[i] = hg_calloc(hg_model_type_count(models[i]), sizeof **merging.maps);

    for (size_t i = 0; i < count; i++)
        place_complete(&merging, i);
    for (size_t i = 0; i < count; i++)
        place_declared(&merging, i);
    copy_types(&merging);
    copy_origins(&merging, options);
    enum hg_status status = hg_model_seal(merging.result, diagnostics);
    if (status == HG_OK)
        *ret = merging.result;
    else
        hg_model_destroy(merging.result);

    for (size_t i = 0; i < count; i++)
        free(merging.maps[i]);
    free(merging.maps);
    free(merging.origins.items);
    hg_strings_deinit(&merging.by_content);
    hg_strings_deinit(&merging.by_name);
    hg_arena_deinit(&merging.arena);
    return status;
}
