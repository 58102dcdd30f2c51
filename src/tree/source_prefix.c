/*
 * Makes the precompiled prefixes, and chooses one for each unit.
 *
 *     hdrgen-prefix-0.h    #define KBUILD_MODNAME "hdrgen"
 *                          #include <linux/slab.h>
 *                          ...
 *                          #undef KBUILD_MODNAME
 *
 * A child process parses this text, saves it as a precompiled header, and sends a model of the
 * types that it defines.  If a header has an error, the process drops the header and parses the
 * rest again.  If no prefix can be made, only time is lost.
 *
 * KBUILD_MODNAME is there because bodies of functions in headers use it.  kbuild defines it
 * differently for each file.
 */
#include "tree/source_guard.h"

#include "base/diag.h"
#include "base/text.h"
#include "model/pack.h"
#include "tree/wire.h"

#include <string.h>

enum {
    ATTEMPTS_MAX = 8,
    DIRECTORY_UNITS = 16, /* a directory with fewer is not worth a prefix of its own */
    PREFIX_CPU = 120,     /* seconds */
};

bool hg_prefix_has(const struct source_prefix *prefix, enum prefix_table table, const char *string,
                   size_t length)
{
    for (; prefix != NULL; prefix = prefix->parent)
        if (hg_strings_find(&prefix->tables[table], string, length) != 0)
            return true;
    return false;
}

/* The prefix includes all headers, and then all of them a second time: a unit includes them again,
 * and a header without a guard may give an error then. */
static void write_text(const struct string_list *headers, const bool *dropped, struct hg_text *text)
{
    for (size_t i = 0; i < OWN_MACROS; i++)
        hg_text_printf(text, "#define %s %s\n", hg_own_macros[i].name, hg_own_macros[i].value);
    for (size_t i = 0; i < 2 * headers->count; i++)
        if (dropped[i % headers->count])
            hg_text_put(text, "\n");
        else
            hg_text_printf(text, "#include %s\n", headers->items[i % headers->count]);
    for (size_t i = 0; i < OWN_MACROS; i++)
        hg_text_printf(text, "#undef %s\n", hg_own_macros[i].name);
}

/* --- the child --- */

struct attempt {
    const struct source_prefix *prefix;
    bool *dropped;
    bool has_dropped; /* a header was dropped in this attempt */
    bool is_saved;    /* the text is to be saved as a precompiled header */
};

static void drop_header(void *user, const struct hg_source_error *error)
{
    struct attempt *attempt = user;
    size_t first = OWN_MACROS + 1;
    size_t count = attempt->prefix->headers.count;
    if (error->line < first || error->line - first >= 2 * count)
        return;
    bool *dropped = &attempt->dropped[(error->line - first) % count];
    attempt->has_dropped = attempt->has_dropped || !*dropped;
    *dropped = true;
}

/* Adds the arguments as libclang takes them. */
static void put_arguments(struct string_list *list, const struct source_arguments *arguments,
                          bool with_includes)
{
    for (size_t i = 0; i < arguments->language.count; i++)
        *HG_PUSH(list) = arguments->language.items[i];
    for (size_t i = 0; i < arguments->directories.count; i++) {
        *HG_PUSH(list) = "-I";
        *HG_PUSH(list) = arguments->directories.items[i];
    }
    for (size_t i = 0; i < arguments->includes.count && with_includes; i++) {
        *HG_PUSH(list) = "-include";
        *HG_PUSH(list) = arguments->includes.items[i];
    }
    for (size_t i = 0; i < arguments->macros.count; i++)
        *HG_PUSH(list) = arguments->macros.items[i];
}

static void ignore(void *user, const struct hg_source_error *error)
{
    (void)user;
    (void)error;
}

enum hg_status hg_sources_parse_text(const struct source_prefix *prefix,
                                     const struct source_prefix *before,
                                     const struct hg_memory_file *text, struct hg_source_unit *unit,
                                     hg_source_error_fn *error, void *user, struct hg_model **model)
{
    struct string_list arguments = {0};
    put_arguments(&arguments, &prefix->arguments, before == NULL);
    struct hg_memory_file *files = hg_sources_memory_files(before, &unit->memory_file_count);
    files[unit->memory_file_count++] = *text;
    unit->path = text->name;
    unit->arguments = arguments.items;
    unit->argument_count = arguments.count;
    unit->precompiled = before == NULL ? NULL : before->path;
    unit->memory_files = files;
    unit->target = &prefix->sources->target;
    enum hg_status status = hg_read_source(unit, error == NULL ? ignore : error, user, NULL, model);
    free(files);
    free(arguments.items);
    return status;
}

static enum hg_status parse_prefix(const struct source_prefix *prefix, struct attempt *attempt,
                                   const struct hg_text *text, struct hg_model **model)
{
    const struct hg_sources_options *options = prefix->sources->options;
    struct hg_source_unit unit = {
        .precompile_to = attempt->is_saved ? prefix->path : NULL,
        .skips_bodies = options->skips_bodies,
        .is_whole = true,
        .roots = (const char *const[]){options->kernel->source, options->kernel->object},
        .root_count = 2,
    };
    const struct hg_memory_file file = {prefix->file.name, text->data, text->size};
    return hg_sources_parse_text(prefix, prefix->parent, &file, &unit, drop_header, attempt, model);
}

/* Sends the text without the dropped headers, and the model; nothing if all attempts fail. */
static void make_prefix(void *user, struct hg_task_output *output)
{
    const struct source_prefix *prefix = user;
    struct attempt attempt = {.prefix = prefix, .is_saved = prefix->path != NULL};
    attempt.dropped = hg_calloc(prefix->headers.count + 1, sizeof *attempt.dropped);
    for (size_t i = 0; i < ATTEMPTS_MAX; i++) {
        struct hg_text text = {0};
        struct hg_model *model = NULL;
        attempt.has_dropped = false;
        write_text(&prefix->headers, attempt.dropped, &text);
        hg_task_renew(output);
        enum hg_status status = parse_prefix(prefix, &attempt, &text, &model);
        if (status == HG_ERROR_IO) { /* it cannot be saved; its types are still of use */
            attempt.is_saved = false;
            status = parse_prefix(prefix, &attempt, &text, &model);
        }
        if (status == HG_OK) {
            struct hg_text result = {0};
            hg_wire_put(&result, attempt.is_saved);
            hg_wire_put_string(&result, hg_text_string(&text));
            hg_model_pack(model, &result);
            hg_task_send(output, result.data, result.size);
            return;
        }
        hg_text_deinit(&text);
        if (!attempt.has_dropped)
            return;
    }
}

/* --- the parent --- */

static void take_prefix(void *user, const struct hg_task_result *result)
{
    struct source_prefix *prefix = user;
    struct sources *sources = prefix->sources;
    struct hg_wire wire = hg_wire_begin(result->bytes, result->size);
    bool is_saved = hg_wire_take(&wire) != 0;
    const char *text = hg_wire_take_string(&wire, &sources->arena);
    if (result->end != HG_TASK_DONE || text == NULL ||
        hg_model_unpack(wire.at, (size_t)(wire.end - wire.at), NULL, &prefix->model) != HG_OK) {
        prefix->path = NULL;
        return;
    }
    prefix->file.text = text;
    prefix->file.size = strlen(text);
    if (is_saved) {
        hg_branches_add_task(sources, prefix);
    } else { /* no unit can follow it */
        sources->lacks_room = true;
        prefix->path = NULL;
    }
}

static struct source_prefix *add_prefix(struct sources *sources, const char *directory)
{
    size_t number = sources->prefixes.count;
    struct source_prefix *prefix = hg_arena_alloc(&sources->arena, sizeof *prefix);
    *HG_PUSH(&sources->prefixes) = prefix;
    prefix->sources = sources;
    prefix->file.name = hg_arena_printf(&sources->arena, "hdrgen-prefix-%zu.h", number);
    if (directory != NULL)
        prefix->path = hg_arena_printf(&sources->arena, "%s/prefix-%zu", directory, number);
    for (size_t i = 0; i < PREFIX_TABLES; i++)
        hg_strings_init(&prefix->tables[i], &sources->scans);
    return prefix;
}

static void add_task(struct sources *sources, struct source_prefix *prefix)
{
    struct hg_task task = {make_prefix, take_prefix, prefix, .cpu_limit = PREFIX_CPU};
    hg_pool_add(sources->pool, &task);
}

/* --- which prefixes are made, and which one a unit follows --- */

static void add_class_prefixes(struct sources *sources, const char *directory)
{
    for (size_t i = 0; i < sources->classes.count; i++) {
        if (sources->classes.items[i].count < CLASS_UNITS)
            continue;
        struct source_prefix *prefix = add_prefix(sources, directory);
        prefix->arguments = sources->classes.items[i].arguments;
        hg_sources_choose_headers(sources, i, prefix);
        add_task(sources, prefix);
    }
}

/* Whether units can follow it. */
static bool is_usable(const struct source_prefix *prefix)
{
    return prefix->path != NULL && prefix->model != NULL;
}

/* Gives the unit the first of the prefixes from index `first` on that continues its present one and
 * that it may follow; if there is none, the unit keeps what it has. */
static void choose_prefix(struct sources *sources, struct source_unit *unit, size_t first)
{
    for (size_t i = first; i < sources->prefixes.count; i++) {
        struct source_prefix *prefix = sources->prefixes.items[i];
        if (is_usable(prefix) && prefix->parent == unit->prefix &&
            hg_sources_may_follow(sources, unit, prefix)) {
            unit->prefix = prefix;
            return;
        }
    }
}

/* Counts the units from `begin` on whose objects are in the directory of the first one's object. */
static size_t count_neighbours(const struct sources *sources, size_t begin)
{
    const struct source_unit *first = &sources->units[begin];
    const char *slash = strrchr(first->file->object, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - first->file->object) + 1;
    size_t count = 1;
    while (begin + count < sources->unit_count &&
           strncmp(sources->units[begin + count].file->object, first->file->object, length) == 0 &&
           strchr(sources->units[begin + count].file->object + length, '/') == NULL)
        count++;
    return count;
}

/* Adds a prefix of headers that the files of a directory share and their prefix does not have. */
static void add_directory_prefix(struct sources *sources, const char *directory, size_t begin,
                                 size_t count)
{
    struct source_unit **units = hg_calloc(count, sizeof *units);
    struct source_prefix *parent = NULL;
    size_t fitting = 0;
    for (size_t i = begin; i < begin + count; i++) {
        struct source_unit *unit = &sources->units[i];
        parent = parent == NULL ? unit->prefix : parent;
        if (parent != NULL && unit->prefix == parent)
            units[fitting++] = unit;
    }
    if (fitting >= DIRECTORY_UNITS) {
        struct source_prefix *prefix = add_prefix(sources, directory);
        prefix->parent = parent;
        hg_sources_find_common(units, fitting, &parent->arguments, &prefix->arguments);
        if (hg_sources_choose_more_headers(sources, units, fitting, prefix))
            add_task(sources, prefix);
    }
    free(units);
}

/* NULL = there is none. */
static struct source_prefix *first_usable(const struct sources *sources)
{
    for (size_t i = 0; i < sources->prefixes.count; i++)
        if (is_usable(sources->prefixes.items[i]))
            return sources->prefixes.items[i];
    return NULL;
}

enum hg_status hg_sources_make_prefixes(struct sources *sources)
{
    const char *directory = hg_pool_directory(sources->pool);
    if (sources->options->no_prefix)
        return HG_OK;
    add_class_prefixes(sources, directory);
    enum hg_status status = hg_pool_run(sources->pool, sources->diagnostics);
    for (size_t i = 0; i < sources->unit_count && status == HG_OK; i++)
        choose_prefix(sources, &sources->units[i], 0);
    size_t first = sources->prefixes.count;
    for (size_t i = 0, count; i < sources->unit_count && status == HG_OK; i += count) {
        count = count_neighbours(sources, i);
        add_directory_prefix(sources, directory, i, count);
    }
    if (status == HG_OK)
        status = hg_pool_run(sources->pool, sources->diagnostics);
    for (size_t i = 0; i < sources->unit_count && status == HG_OK; i++)
        if (sources->units[i].prefix != NULL)
            choose_prefix(sources, &sources->units[i], first);
    struct source_prefix *some = first_usable(sources);
    for (size_t i = 0; i < sources->unit_count && status == HG_OK && some != NULL; i++)
        if (sources->units[i].prefix == NULL)
            sources->units[i].skips_bodies =
                hg_sources_may_skip_bodies(sources, &sources->units[i], some);
    return status;
}

struct hg_memory_file *hg_sources_memory_files(const struct source_prefix *prefix, size_t *count)
{
    HG_ARRAY(struct hg_memory_file) files = {0};
    for (; prefix != NULL; prefix = prefix->parent)
        *HG_PUSH(&files) = prefix->file;
    *count = files.count;
    (void)HG_PUSH(&files); /* room for one more */
    return files.items;
}
