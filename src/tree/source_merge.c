/*
 * Merges all models into one, and finds which types the kernel itself and each module need.
 *
 * The prefixes come first, then the files in the order of the list, so that the result does not
 * depend on the number of processes or their speed.  Files are merged into the result some dozens
 * at a time, so that few models are in memory at once.  Each time the ids that groups and functions
 * refer to are mapped to the new ids.
 */
#include "tree/source_parts.h"

#include "base/diag.h"
#include "model/copy.h"
#include "model/merge.h"
#include "model/pack.h"

#include <malloc.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { MODELS_AT_A_TIME = 96 };

struct group {
    const char *module; /* NULL = vmlinux */
    HG_ARRAY(hg_type_id) types;
};

/* A function that a file defines. */
struct function {
    struct hg_symbol symbol; /* strings and tags in the arena of all sources */
    size_t unit;
};

struct collection {
    struct sources *sources;
    struct hg_model *models[MODELS_AT_A_TIME]; /* the first is what was merged so far */
    size_t units[MODELS_AT_A_TIME];            /* the unit of each, or a value below */
    size_t count;
    HG_ARRAY(struct group) groups;
    struct hg_strings by_module; /* index plus one in groups */
    HG_ARRAY(struct function) functions;
    size_t mapped_functions; /* the first of them, which refer to what was merged so far */
    struct hg_name_conflicts conflicts;
    uint64_t hash; /* of all that the files gave */
};

/* In place of a unit's index: the models of prefixes for vmlinux, and for modules. */
#define OF_VMLINUX SIZE_MAX
#define OF_NOBODY (SIZE_MAX - 1)

enum { VMLINUX = 0 }; /* the index of its group */

/* --- groups --- */

static size_t find_group(struct collection *collection, const char *module, size_t length)
{
    uint32_t *index = hg_strings_number(&collection->by_module, module, length);
    if (*index == 0) {
        *HG_PUSH(&collection->groups) =
            (struct group){.module = hg_strings_intern(&collection->by_module, module, length)};
        *index = (uint32_t)collection->groups.count;
    }
    return *index - 1;
}

/* The next group of a unit; *module is the rest of the unit's list of module names. */
static size_t next_group(struct collection *collection, const char **module)
{
    size_t length = strcspn(*module, ":");
    size_t group = find_group(collection, *module, length);
    *module += length + ((*module)[length] == ':');
    return group;
}

static void add_types(struct group *group, const hg_type_id *map, size_t count)
{
    for (size_t i = 1; i < count; i++)
        *HG_PUSH(&group->types) = map[i];
}

static void add_model_types(struct collection *collection, size_t unit, const hg_type_id *map,
                            size_t count)
{
    if (unit == OF_NOBODY)
        return;
    const char *module = unit == OF_VMLINUX ? NULL : collection->sources->units[unit].file->module;
    if (module == NULL)
        add_types(&collection->groups.items[VMLINUX], map, count);
    while (module != NULL && *module != '\0') {
        size_t group = next_group(collection, &module); /* the groups may move */
        add_types(&collection->groups.items[group], map, count);
    }
}

static int compare_ids(const void *left, const void *right)
{
    hg_type_id a = *(const hg_type_id *)left;
    hg_type_id b = *(const hg_type_id *)right;
    return a < b ? -1 : a > b;
}

static void sort_types(struct group *group)
{
    size_t kept = 0;
    if (group->types.count > 0)
        qsort(group->types.items, group->types.count, sizeof *group->types.items, compare_ids);
    for (size_t i = 0; i < group->types.count; i++)
        if (i == 0 || group->types.items[i] != group->types.items[i - 1])
            group->types.items[kept++] = group->types.items[i];
    group->types.count = kept;
}

/* --- merging --- */

/* Ids of what was collected become those of the result. */
static void map_ids(struct collection *collection, hg_type_id *const *maps)
{
    for (size_t g = 0; g < collection->groups.count; g++)
        for (size_t i = 0; i < collection->groups.items[g].types.count; i++) {
            hg_type_id *id = &collection->groups.items[g].types.items[i];
            *id = maps[0][*id];
        }
    for (size_t i = 0; i < collection->mapped_functions; i++) {
        hg_type_id *id = &collection->functions.items[i].symbol.type.id;
        *id = maps[0][*id];
    }
    size_t next = collection->mapped_functions;
    for (size_t m = 1; m < collection->count; m++) {
        size_t unit = collection->units[m];
        add_model_types(collection, unit, maps[m], hg_model_type_count(collection->models[m]));
        for (; next < collection->functions.count && collection->functions.items[next].unit == unit;
             next++) {
            hg_type_id *id = &collection->functions.items[next].symbol.type.id;
            *id = maps[m][*id];
        }
    }
    collection->mapped_functions = collection->functions.count;
    for (size_t g = 0; g < collection->groups.count; g++)
        sort_types(&collection->groups.items[g]);
}

/* Merges the collected models into one. */
static enum hg_status reduce(struct collection *collection)
{
    const struct hg_kernel *kernel = collection->sources->options->kernel;
    hg_type_id *maps[MODELS_AT_A_TIME] = {NULL};
    struct hg_merge_options options = {
        .duplicate_names = HG_EVERY_DEFINITION_KEEPS_NAME,
        .origin = kernel->origin,
        .origin_hash = collection->hash,
        .maps = maps,
    };
    struct hg_model *merged = NULL;
    collection->conflicts.count = 0;
    enum hg_status status =
        hg_merge_models(collection->models, collection->count, &options,
                        collection->sources->diagnostics, &collection->conflicts, &merged);
    if (status == HG_OK)
        map_ids(collection, maps);
    for (size_t i = 0; i < collection->count; i++) {
        hg_model_destroy(collection->models[i]);
        free(maps[i]);
    }
    collection->count = 0;
    if (status == HG_OK)
        collection->models[collection->count++] = merged;
    return status;
}

static enum hg_status add(struct collection *collection, struct hg_model *model, size_t unit)
{
    if (collection->count == MODELS_AT_A_TIME) {
        enum hg_status status = reduce(collection);
        if (status != HG_OK) {
            hg_model_destroy(model);
            return status;
        }
    }
    collection->units[collection->count] = unit;
    collection->models[collection->count++] = model;
    return HG_OK;
}

/* Functions of the model, before it is merged. */
static void take_functions(struct collection *collection, const struct hg_model *model, size_t unit)
{
    struct hg_arena *arena = &collection->sources->arena;
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(model, &count);
    for (size_t i = 0; i < count; i++) {
        struct function *function = HG_PUSH(&collection->functions);
        *function = (struct function){.symbol = symbols[i], .unit = unit};
        function->symbol.name = hg_arena_string(arena, symbols[i].name, strlen(symbols[i].name));
        function->symbol.tags = NULL;
        function->symbol.parameter_tags = NULL;
        function->symbol.type.tags = NULL;
    }
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
        if (status != HG_OK)
            return status;
        collection->hash = XXH3_64bits_withSeed(unit->packed, unit->packed_size, collection->hash);
        status = add(collection, model, i);
        if (status != HG_OK)
            return status;
        take_functions(collection, model, i);
    }
    return HG_OK;
}

/* The first model is the result so far, at first an empty one. */
static enum hg_status begin(struct collection *collection)
{
    struct hg_model *model = hg_model_create();
    hg_model_set_target(model, &collection->sources->target);
    enum hg_status status = hg_model_seal(model, collection->sources->diagnostics);
    collection->models[collection->count++] = model;
    return status;
}

static bool is_for_modules(const struct source_prefix *prefix)
{
    for (size_t i = 0; i < prefix->arguments.macros.count; i++)
        if (strcmp(prefix->arguments.macros.items[i], "-DMODULE") == 0)
            return true;
    return false;
}

static enum hg_status add_prefixes(struct collection *collection)
{
    struct sources *sources = collection->sources;
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < sources->prefixes.count && status == HG_OK; i++) {
        struct source_prefix *prefix = sources->prefixes.items[i];
        if (prefix->model == NULL)
            continue;
        status = add(collection, prefix->model, is_for_modules(prefix) ? OF_NOBODY : OF_VMLINUX);
        prefix->model = NULL;
    }
    return status;
}

/* --- the result --- */

/* The model with the functions, which a sealed one cannot be given. */
static enum hg_status add_symbols(struct collection *collection)
{
    const struct hg_model *from = collection->models[0];
    size_t count = hg_model_type_count(from);
    struct hg_model *to = hg_model_create();
    HG_CLEANUP(hg_free_pointer) hg_type_id *map = hg_calloc(count, sizeof *map);
    hg_model_reserve(to, count);
    for (size_t i = 1; i < count; i++)
        map[i] = hg_model_declare(to);
    for (size_t i = 1; i < count; i++) {
        struct hg_type copy = hg_copy_type(to, hg_model_type(from, (hg_type_id)i), map);
        hg_model_define(to, map[i], &copy);
    }
    hg_copy_origin(to, from);
    for (size_t i = 0; i < collection->functions.count; i++) {
        struct hg_symbol symbol = collection->functions.items[i].symbol;
        symbol.name = hg_model_string(to, symbol.name, strlen(symbol.name));
        hg_model_add_symbol(to, &symbol);
    }
    enum hg_status status = hg_model_seal(to, collection->sources->diagnostics);
    hg_model_destroy(collection->models[0]);
    collection->models[0] = to;
    if (status != HG_OK)
        hg_model_destroy(to);
    collection->count = status == HG_OK;
    return status;
}

static int compare_groups(const void *left, const void *right)
{
    const struct hg_source_group *a = left;
    const struct hg_source_group *b = right;
    if (a->module == NULL || b->module == NULL)
        return (a->module != NULL) - (b->module != NULL);
    return strcmp(a->module, b->module);
}

/* The functions of a group, by index, which are those of its units. */
static void report_functions(struct collection *collection, size_t group, struct hg_arena *arena,
                             struct hg_source_group *ret)
{
    HG_ARRAY(size_t) indexes = {0};
    for (size_t i = 0; i < collection->functions.count; i++) {
        size_t unit = collection->functions.items[i].unit;
        const char *module = collection->sources->units[unit].file->module;
        bool is_of_group = module == NULL && group == VMLINUX;
        while (module != NULL && *module != '\0')
            is_of_group = next_group(collection, &module) == group || is_of_group;
        if (is_of_group)
            *HG_PUSH(&indexes) = i;
    }
    ret->symbol_count = indexes.count;
    ret->symbols = hg_arena_copy(arena, indexes.items, indexes.count, sizeof *indexes.items);
    free(indexes.items);
}

static void report_groups(struct collection *collection, struct hg_sources_summary *report)
{
    struct hg_arena *arena = hg_sources_summary_arena(report);
    size_t count = collection->groups.count;
    struct hg_source_group *groups = hg_arena_array(arena, count, sizeof *groups);
    for (size_t i = 0; i < count; i++) {
        const struct group *group = &collection->groups.items[i];
        groups[i].module =
            i == VMLINUX ? NULL : hg_arena_string(arena, group->module, strlen(group->module));
        groups[i].type_count = group->types.count;
        groups[i].types = hg_arena_copy(arena, group->types.items, group->types.count,
                                        sizeof *group->types.items);
        report_functions(collection, i, arena, &groups[i]);
    }
    qsort(groups, count, sizeof *groups, compare_groups);
    report->groups = groups;
    report->group_count = count;
}

/* Each child process that reads headers is a copy of this one, with all that is here. */
static void drop_packed(struct sources *sources)
{
    for (size_t i = 0; i < sources->unit_count; i++)
        sources->units[i].packed = NULL;
    hg_arena_deinit(&sources->packed);
    hg_arena_init(&sources->packed);
#ifdef __GLIBC__
    malloc_trim(0); /* it keeps what is freed, else */
#endif
}

static enum hg_status add_headers(struct collection *collection)
{
    drop_packed(collection->sources);
    struct hg_model *model = NULL;
    enum hg_status status =
        hg_sources_read_rest(collection->sources, collection->models[0], &model);
    if (status != HG_OK)
        return status;
    struct hg_text packed = {0};
    hg_model_pack(model, &packed);
    collection->hash = XXH3_64bits_withSeed(packed.data, packed.size, collection->hash);
    hg_text_deinit(&packed);
    status = add(collection, model, OF_VMLINUX);
    return status == HG_OK ? reduce(collection) : status;
}

static enum hg_status merge_all(struct collection *collection)
{
    enum hg_status status = begin(collection);
    if (status == HG_OK)
        status = add_prefixes(collection);
    if (status == HG_OK)
        status = add_units(collection);
    if (status == HG_OK)
        status = reduce(collection);
    if (status == HG_OK && !collection->sources->options->no_headers)
        status = add_headers(collection);
    if (status == HG_OK && collection->functions.count > 0)
        status = add_symbols(collection);
    return status;
}

enum hg_status hg_sources_merge(struct sources *sources, struct hg_model **model,
                                struct hg_sources_summary *report)
{
    struct collection collection = {.sources = sources,
                                    .hash = sources->options->kernel->config_hash};
    hg_strings_init(&collection.by_module, &sources->arena);
    *HG_PUSH(&collection.groups) = (struct group){.module = NULL};
    enum hg_status status = merge_all(&collection);
    if (status == HG_OK) {
        report_groups(&collection, report);
        report->conflict_count = collection.conflicts.count;
        *model = collection.models[0];
        collection.count = 0;
    }
    for (size_t i = 0; i < collection.count; i++)
        hg_model_destroy(collection.models[i]);
    for (size_t i = 0; i < collection.groups.count; i++)
        free(collection.groups.items[i].types.items);
    free(collection.groups.items);
    free(collection.functions.items);
    free(collection.conflicts.items);
    hg_strings_deinit(&collection.by_module);
    return status;
}
