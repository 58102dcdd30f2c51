/*
 * Merges all models into one, and finds which types the kernel itself and each module need.
 *
 *     models of prefixes, then of files in the order of the list, some dozens at a time -> result
 *
 * This order makes the result independent of the number of processes and their speed.  Few models
 * are in memory at once.  After each merge, groups and functions get the result's new type ids.
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
    const char *module; /* "" = vmlinux */
    HG_ARRAY(hg_type_id) types;
    HG_ARRAY(size_t) functions; /* indexes */
};

/* A function that a file defines. */
struct function {
    struct hg_symbol symbol; /* strings and tags in the arena of all sources */
    size_t unit;
};

struct collection {
    struct sources *sources;
    struct hg_model *models[MODELS_AT_A_TIME]; /* the first is what was merged so far */
    size_t units[MODELS_AT_A_TIME];            /* the unit of each, or OF_VMLINUX, OF_NOBODY */
    size_t count;
    HG_ARRAY(struct group) groups;
    struct hg_strings by_module; /* index plus one in groups */
    HG_ARRAY(struct function) functions;
    size_t mapped_functions; /* as many of them have ids of the first model */
    struct hg_name_conflicts conflicts;
    uint64_t hash; /* of all models */
};

/* In place of a unit's index.  A prefix for modules belongs to no group: a module's own model has
 * the types that it needs. */
#define OF_VMLINUX SIZE_MAX
#define OF_NOBODY (SIZE_MAX - 1)

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

/* The names of a unit's modules, with colons between them. */
static const char *modules_of(const struct collection *collection, size_t unit)
{
    const char *modules = unit == OF_VMLINUX ? NULL : collection->sources->units[unit].file->module;
    return modules == NULL ? "" : modules;
}

/* The group of the first module; *modules becomes the others.  Valid until the next call. */
static struct group *next_group(struct collection *collection, const char **modules)
{
    size_t length = strcspn(*modules, ":");
    size_t group = find_group(collection, *modules, length);
    *modules += length + ((*modules)[length] == ':');
    return &collection->groups.items[group];
}

static void add_model_types(struct collection *collection, size_t unit, const hg_type_id *map,
                            size_t count)
{
    if (unit == OF_NOBODY)
        return;
    const char *modules = modules_of(collection, unit);
    do {
        struct group *group = next_group(collection, &modules);
        for (size_t i = 1; i < count; i++)
            *HG_PUSH(&group->types) = map[i];
    } while (*modules != '\0');
}

/* Adds the last function. */
static void add_function(struct collection *collection, size_t unit)
{
    size_t index = collection->functions.count - 1;
    const char *modules = modules_of(collection, unit);
    do {
        struct group *group = next_group(collection, &modules);
        if (group->functions.count == 0 ||
            group->functions.items[group->functions.count - 1] != index)
            *HG_PUSH(&group->functions) = index;
    } while (*modules != '\0');
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

/* Replaces the ids of the collected models by those of the merged model. */
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

/* Adds the functions of a model that is not merged yet. */
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
        add_function(collection, unit);
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

/* The first model is the result so far: an empty one. */
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

/* Copies the merged model and adds the functions: a sealed model cannot be changed. */
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
    return strcmp(a->module, b->module);
}

static void report_groups(const struct collection *collection, struct hg_sources_summary *report)
{
    struct hg_arena *arena = hg_sources_summary_arena(report);
    size_t count = collection->groups.count;
    struct hg_source_group *groups = hg_arena_array(arena, count, sizeof *groups);
    for (size_t i = 0; i < count; i++) {
        const struct group *group = &collection->groups.items[i];
        groups[i].module = hg_arena_string(arena, group->module, strlen(group->module));
        groups[i].type_count = group->types.count;
        groups[i].types = hg_arena_copy(arena, group->types.items, group->types.count,
                                        sizeof *group->types.items);
        groups[i].symbol_count = group->functions.count;
        groups[i].symbols = hg_arena_copy(arena, group->functions.items, group->functions.count,
                                          sizeof *group->functions.items);
    }
    qsort(groups, count, sizeof *groups, compare_groups);
    groups[0].module = NULL; /* vmlinux, whose name is empty */
    report->groups = groups;
    report->group_count = count;
}

/* Frees the packed models: each child process that reads headers would have a copy of them. */
static void drop_packed(struct sources *sources)
{
    for (size_t i = 0; i < sources->unit_count; i++)
        sources->units[i].packed = NULL;
    hg_arena_deinit(&sources->packed);
    hg_arena_init(&sources->packed);
#ifdef __GLIBC__
    malloc_trim(0); /* glibc does not return all freed memory to the system by itself */
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
    find_group(&collection, "", 0); /* vmlinux has a group, even if it is empty */
    enum hg_status status = merge_all(&collection);
    if (status == HG_OK) {
        report_groups(&collection, report);
        report->conflict_count = collection.conflicts.count;
        *model = collection.models[0];
        collection.count = 0;
    }
    for (size_t i = 0; i < collection.count; i++)
        hg_model_destroy(collection.models[i]);
    for (size_t i = 0; i < collection.groups.count; i++) {
        free(collection.groups.items[i].types.items);
        free(collection.groups.items[i].functions.items);
    }
    free(collection.groups.items);
    free(collection.functions.items);
    free(collection.conflicts.items);
    hg_strings_deinit(&collection.by_module);
    return status;
}
