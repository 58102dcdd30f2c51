/*
 * Merges many models into one.
 *
 *     model 1:  struct a { struct dir *d; }    struct dir;
 *     model 2:  struct dir { int x; }          struct a { struct dir *d; }
 *     model 3:  struct dir { char *name; }     struct b { struct dir d; struct dir *next; }
 *
 * gives one struct a, the struct dir of model 2, and that of model 3, which struct b holds.  Two
 * definitions are the same if their content is equal (content.c).  A forward declaration becomes
 * the first definition of its name.
 *
 * With HG_FIRST_KEEPS_NAME all pointers to struct dir lead to that of model 2, the first
 * definition.  With HG_EVERY_DEFINITION_KEEPS_NAME the pointer in struct b leads to the struct dir
 * of model 3.
 *
 * The method: passes over the types of all models, in order.  The first pass finds the first
 * definition of each name, and gives each different definition an id in the result.  The second
 * does so for types that are only declared.  The third copies.  Ids ascend with the models.
 */
#include "model/merge.h"

#include "base/strings.h"
#include "model/build.h"
#include "model/content.h"
#include "model/copy.h"
#include "model/walk.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Where a type of the result is copied from. */
struct origin {
    size_t model;
    hg_type_id id;
};

/* The first definition of a name. */
struct keeper {
    struct hg_content content;
    hg_type_id id; /* in the result; 0 = not placed yet */
};

struct merging {
    const struct hg_merge_options *options;
    struct hg_model *const *models;
    size_t model_count;
    struct hg_model *result;
    hg_type_id **maps;            /* by model and id: the id in the result */
    struct hg_strings by_content; /* definition -> id in the result */
    struct hg_strings by_name;    /* kind and name -> index plus one in keepers */
    struct hg_strings declared;   /* kind and name without a definition -> id in the result */
    HG_ARRAY(struct keeper) keepers;
    HG_ARRAY(struct origin) origins; /* by id of the result; the first is void's */
    struct hg_name_conflicts *conflicts;
};

/* The key of a type without a name, which may lead to other definitions. */
struct path {
    struct hg_content content;
    bool is_known;
    bool leads_to_other;
};

/* A model whose types get ids in the result. */
struct placing {
    struct merging *merging;
    size_t index;
    const struct hg_model *model;
    struct hg_contents contents;
    bool has_others;    /* it has "other" definitions: see is_other */
    struct path *paths; /* by id */
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

/* --- names --- */

static struct keeper *keeper_of(struct merging *merging, const struct hg_type *type)
{
    uint32_t index = *hg_content_number(&merging->by_name, hg_name_content(type));
    return index == 0 ? NULL : &merging->keepers.items[index - 1];
}

/* Whether the type is an "other" definition: the first definition of its name differs. */
static bool is_other(struct placing *placing, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(placing->model, id);
    if (!type->complete || !hg_has_own_name(type))
        return false;
    return !hg_same_content(keeper_of(placing->merging, type)->content,
                            hg_content_of(&placing->contents, id));
}

static void find_keepers(struct placing *placing)
{
    struct merging *merging = placing->merging;
    for (hg_type_id id = 1; id < hg_model_type_count(placing->model); id++) {
        const struct hg_type *type = hg_model_type(placing->model, id);
        if (!type->complete || !hg_has_own_name(type))
            continue;
        uint32_t *index = hg_content_number(&merging->by_name, hg_name_content(type));
        if (*index == 0) {
            *HG_PUSH(&merging->keepers) =
                (struct keeper){.content = hg_content_of(&placing->contents, id)};
            *index = (uint32_t)merging->keepers.count;
        } else if (is_other(placing, id)) {
            placing->has_others = true;
        }
    }
}

/* A new definition in the result is the first of its name, or conflicts with the first. */
static void take_name(struct merging *merging, hg_type_id id)
{
    const struct hg_type *type = original(merging, id);
    struct keeper *keeper = keeper_of(merging, type);
    if (keeper->id == 0) {
        keeper->id = id;
        return;
    }
    *HG_PUSH(merging->conflicts) = (struct hg_name_conflict){
        .kind = type->kind,
        .name = type->name,
        .chosen = original(merging, keeper->id)->where,
        .other = type->where,
    };
}

/* --- contents --- */

/* The content of a type.  If the type has no name and leads to other definitions, their contents
 * are included, and *leads_to_other is set: a pointer to one struct dir is not a pointer to
 * another.  Sealing has bounded the recursion: how deep types without a name are nested. */
static struct hg_content content_of_path(struct placing *placing, hg_type_id id,
                                         bool *leads_to_other)
{
    const struct hg_type *type = hg_model_type(placing->model, id);
    if (hg_has_own_name(type)) {
        bool other = is_other(placing, id);
        *leads_to_other |= other;
        return other ? hg_content_of(&placing->contents, id) : hg_name_content(type);
    }
    struct path *path = &placing->paths[id];
    if (!path->is_known) {
        path->content = hg_content_of(&placing->contents, id);
        struct hg_content steps[2] = {path->content};
        for (size_t i = 0; i < hg_reference_count(type); i++) {
            steps[1] = content_of_path(placing, hg_reference(type, i)->id, &path->leads_to_other);
            XXH128_hash_t hash = XXH3_128bits(steps, sizeof steps);
            steps[0] = (struct hg_content){.low = hash.low64, .high = hash.high64};
        }
        if (path->leads_to_other)
            path->content = steps[0];
        path->is_known = true;
    }
    *leads_to_other |= path->leads_to_other;
    return path->content;
}

/* The key by which equal types are found in the result. */
static struct hg_content key_of(struct placing *placing, hg_type_id id)
{
    bool ignored = false;
    bool by_path = placing->has_others &&
                   placing->merging->options->duplicate_names == HG_EVERY_DEFINITION_KEEPS_NAME &&
                   !hg_has_own_name(hg_model_type(placing->model, id));
    return by_path ? content_of_path(placing, id, &ignored) : hg_content_of(&placing->contents, id);
}

static void place_complete(struct placing *placing)
{
    struct merging *merging = placing->merging;
    for (hg_type_id id = 1; id < hg_model_type_count(placing->model); id++) {
        const struct hg_type *type = hg_model_type(placing->model, id);
        if (!type->complete)
            continue;
        uint32_t *placed = hg_content_number(&merging->by_content, key_of(placing, id));
        if (*placed == 0) {
            *placed = add(merging, placing->index, id);
            if (hg_has_own_name(type))
                take_name(merging, *placed);
        }
        merging->maps[placing->index][id] = *placed;
    }
}

static void place_model(struct merging *merging, size_t index)
{
    struct placing placing = {.merging = merging, .index = index, .model = merging->models[index]};
    hg_contents_init(&placing.contents, placing.model);
    placing.paths = hg_calloc(hg_model_type_count(placing.model), sizeof *placing.paths);
    find_keepers(&placing);
    place_complete(&placing);
    free(placing.paths);
    hg_contents_deinit(&placing.contents);
}

static void place_declared(struct merging *merging, size_t index)
{
    const struct hg_model *model = merging->models[index];
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        if (type->complete)
            continue;
        if (type->name == NULL) { /* equal to no other type */
            merging->maps[index][id] = add(merging, index, id);
            continue;
        }
        const struct keeper *keeper = keeper_of(merging, type);
        uint32_t *declared = hg_content_number(&merging->declared, hg_name_content(type));
        if (keeper == NULL && *declared == 0)
            *declared = add(merging, index, id);
        merging->maps[index][id] = keeper == NULL ? *declared : keeper->id;
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

/* Adds each file once, and the inputs or options->origin in place of them. */
static void copy_origins(struct merging *merging)
{
    const struct hg_merge_options *options = merging->options;
    hg_model_set_target(merging->result, hg_model_target(merging->models[0]));
    XXH64_hash_t hash = options->origin_hash;
    struct hg_strings files = {0};
    struct hg_strings inputs = {0};
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
            if (*seen == 0)
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
                               const struct hg_merge_options *options,
                               struct hg_diagnostics *diagnostics,
                               struct hg_name_conflicts *conflicts, struct hg_model **ret)
{
    struct merging merging = {
        .options = options,
        .models = models,
        .model_count = count,
        .result = hg_model_create(),
        .maps = hg_calloc(count, sizeof *merging.maps),
        .conflicts = conflicts,
    };
    *HG_PUSH(&merging.origins) = (struct origin){0};
    for (size_t i = 0; i < count; i++)
        merging.maps[i] = hg_calloc(hg_model_type_count(models[i]), sizeof **merging.maps);

    for (size_t i = 0; i < count; i++)
        place_model(&merging, i);
    for (size_t i = 0; i < count; i++)
        place_declared(&merging, i);
    copy_types(&merging);
    copy_origins(&merging);
    enum hg_status status = hg_model_seal(merging.result, diagnostics);
    if (status == HG_OK)
        *ret = merging.result;
    else
        hg_model_destroy(merging.result);

    for (size_t i = 0; i < count; i++) {
        if (status == HG_OK && options->maps != NULL)
            options->maps[i] = merging.maps[i];
        else
            free(merging.maps[i]);
    }
    free(merging.maps);
    free(merging.keepers.items);
    free(merging.origins.items);
    hg_strings_deinit(&merging.by_content);
    hg_strings_deinit(&merging.by_name);
    hg_strings_deinit(&merging.declared);
    return status;
}
