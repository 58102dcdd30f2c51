/*
 * All models into one, and who needs which type.
 *
 * The prefixes come first, then the files in the order of the list, so that neither the number of
 * processes nor their speed shows in the result.  Files are merged some dozens at a time into what
 * there is: so few models are in memory at once, and a type that a thousand files see is compared,
 * not kept, a thousand times.
 */
#include "tree/source_parts.h"

#include "base/diag.h"
#include "model/merge.h"
#include "model/pack.h"

#include <string.h>

enum { MODELS_AT_A_TIME = 96 };

struct collection {
    struct sources *sources;
    struct hg_model *models[MODELS_AT_A_TIME];
    size_t units[MODELS_AT_A_TIME]; /* the unit of each; SIZE_MAX = none's */
    size_t count;
    struct hg_name_conflicts conflicts;
};

static enum hg_status merge_all(struct collection *collection, struct hg_model **ret)
{
    const struct hg_kernel *kernel = collection->sources->options->kernel;
    struct hg_merge_options options = {
        .duplicate_names = HG_EVERY_DEFINITION_KEEPS_NAME,
        .origin = kernel->origin,
        .origin_hash = kernel->config_hash,
    };
    collection->conflicts.count = 0;
    enum hg_status status =
        hg_merge_models(collection->models, collection->count, &options,
                        collection->sources->diagnostics, &collection->conflicts, ret);
    return status;
}

/* What is collected becomes one model. */
static enum hg_status reduce(struct collection *collection)
{
    struct hg_model *merged = NULL;
    enum hg_status status = merge_all(collection, &merged);
    for (size_t i = 0; i < collection->count; i++)
        hg_model_destroy(collection->models[i]);
    collection->count = 0;
    if (status == HG_OK)
        collection->models[collection->count++] = merged;
    return status;
}

static enum hg_status add(struct collection *collection, struct hg_model *model)
{
    if (collection->count == MODELS_AT_A_TIME) {
        enum hg_status status = reduce(collection);
        if (status != HG_OK) {
            hg_model_destroy(model);
            return status;
        }
    }
    collection->models[collection->count++] = model;
    return HG_OK;
}

static enum hg_status add_units(struct collection *collection)
{
    struct sources *sources = collection->sources;
    for (size_t i = 0; i < sources->unit_count; i++) {
        struct source_unit *unit = &sources->units[i];
        if (unit->state != SOURCE_READ)
            continue;
        struct hg_model *model = NULL;
        enum hg_status status =
            hg_model_unpack(unit->packed, unit->packed_size, sources->diagnostics, &model);
        if (status == HG_OK)
            status = add(collection, model);
        if (status != HG_OK)
            return status;
    }
    return HG_OK;
}

enum hg_status hg_sources_merge(struct sources *sources, struct hg_model **model,
                                struct hg_sources_report *report)
{
    (void)report;
    struct collection collection = {.sources = sources};
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < sources->prefixes.count && status == HG_OK; i++) {
        struct source_prefix *prefix = sources->prefixes.items[i];
        if (prefix->model == NULL)
            continue;
        status = add(&collection, prefix->model);
        prefix->model = NULL;
    }
    if (status == HG_OK)
        status = add_units(&collection);
    if (status == HG_OK && collection.count > 1)
        status = reduce(&collection);
    if (status == HG_OK) {
        *model = collection.models[0];
        collection.count = 0;
    }
    for (size_t i = 0; i < collection.count; i++)
        hg_model_destroy(collection.models[i]);
    free(collection.conflicts.items);
    return status;
}
