/*
 * Making precompiled prefixes.
 *
 *     hdrgen-prefix-0.h    #define KBUILD_MODNAME "hdrgen"
 *                          #include <linux/slab.h>
 *                          ...
 *                          #undef KBUILD_MODNAME
 *
 * A child process parses the text, saves it as a precompiled header, and sends a model of the types
 * that it defines.  A header with an error is dropped, and the rest parsed again.  If no prefix can
 * be made, only time is lost.
 *
 * kbuild defines KBUILD_MODNAME differently for each file; bodies of functions in headers need it.
 */
#include "tree/source_parts.h"

#include "base/diag.h"
#include "base/text.h"
#include "model/pack.h"
#include "tree/wire.h"

#include <string.h>

enum {
    ATTEMPTS_MAX = 8,
    DIRECTORY_UNITS = 16, /* fewer are not worth a prefix of their own */
    PREFIX_CPU = 120,     /* seconds */
};

static const char *const own_macros[] = {"KBUILD_MODNAME \"hdrgen\"", "KBUILD_BASENAME \"hdrgen\"",
                                         "KBUILD_MODFILE \"hdrgen\"",
                                         "__KBUILD_MODNAME kmod_hdrgen"};
enum { OWN_MACROS = sizeof own_macros / sizeof *own_macros };

/* The prefix includes each header, and then each of them a second time, as units will: a header
 * without a guard may give an error then. */
static void write_text(const struct string_list *headers, const bool *dropped, struct hg_text *text)
{
    for (size_t i = 0; i < OWN_MACROS; i++)
        hg_text_printf(text, "#define %s\n", own_macros[i]);
    for (size_t i = 0; i < 2 * headers->count; i++)
        if (dropped[i % headers->count])
            hg_text_put(text, "\n");
        else
            hg_text_printf(text, "#include %s\n", headers->items[i % headers->count]);
    for (size_t i = 0; i < OWN_MACROS; i++)
        hg_text_printf(text, "#undef %.*s\n", (int)strcspn(own_macros[i], " "), own_macros[i]);
}

/* --- the child --- */

struct attempt {
    const struct source_prefix *prefix;
    bool *dropped;
    bool is_progress; /* a header was dropped */
    bool is_saved;    /* as a precompiled header, or to be */
};

static void drop_header(void *user, const struct hg_source_error *error)
{
    struct attempt *attempt = user;
    size_t first = OWN_MACROS + 1;
    size_t count = attempt->prefix->headers.count;
    if (error->line < first || error->line - first >= 2 * count)
        return;
    bool *dropped = &attempt->dropped[(error->line - first) % count];
    attempt->is_progress = attempt->is_progress || !*dropped;
    *dropped = true;
}

void hg_sources_put_arguments(struct string_list *list, const struct source_arguments *arguments,
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

static enum hg_status parse_prefix(const struct source_prefix *prefix, struct attempt *attempt,
                                   const struct hg_text *text, struct hg_model **model)
{
    const struct sources *sources = prefix->sources;
    struct string_list arguments = {0};
    hg_sources_put_arguments(&arguments, &prefix->arguments, prefix->parent == NULL);
    size_t file_count = 0;
    struct hg_memory_file *files = hg_sources_memory_files(prefix->parent, &file_count);
    files[file_count++] =
        (struct hg_memory_file){.name = prefix->file.name, .text = text->data, .size = text->size};
    struct hg_source_unit unit = {
        .path = prefix->file.name,
        .arguments = arguments.items,
        .argument_count = arguments.count,
        .precompiled = prefix->parent == NULL ? NULL : prefix->parent->path,
        .memory_files = files,
        .memory_file_count = file_count,
        .precompile_to = attempt->is_saved ? prefix->path : NULL,
        .skips_bodies = sources->options->skips_bodies,
        .is_whole = true,
        .roots = (const char *const[]){sources->options->kernel->source,
                                       sources->options->kernel->object},
        .root_count = 2,
        .target = &sources->target,
    };
    enum hg_status status = hg_read_source(&unit, drop_header, attempt, NULL, model);
    free(files);
    free(arguments.items);
    return status;
}

/* Sends the text that worked, and the model; or nothing. */
static void make(void *user, struct hg_task_output *output)
{
    const struct source_prefix *prefix = user;
    struct attempt attempt = {.prefix = prefix, .is_saved = prefix->path != NULL};
    attempt.dropped = hg_calloc(prefix->headers.count + 1, sizeof *attempt.dropped);
    for (size_t i = 0; i < ATTEMPTS_MAX; i++) {
        struct hg_text text = {0};
        struct hg_model *model = NULL;
        attempt.is_progress = false;
        write_text(&prefix->headers, attempt.dropped, &text);
        hg_task_renew(output);
        enum hg_status status = parse_prefix(prefix, &attempt, &text, &model);
        if (status == HG_ERROR_IO) { /* what it defines is of use all the same */
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
        if (!attempt.is_progress)
            return;
    }
}

/* --- the parent --- */

static void take(void *user, const struct hg_task_result *result)
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
    sources->lacks_room = sources->lacks_room || !is_saved;
    if (!is_saved)
        prefix->path = NULL;
    prefix->file.text = text;
    prefix->file.size = strlen(text);
    if (prefix->path != NULL) /* else no unit can follow it */
        hg_sources_add_halves(sources, prefix);
}

static struct source_prefix *add_prefix(struct sources *sources, const char *directory)
{
    size_t number = sources->prefixes.count;
    struct source_prefix *prefix = hg_arena_alloc(&sources->arena, sizeof *prefix);
    *HG_PUSH(&sources->prefixes) = prefix;
    prefix->sources = sources;
    struct hg_text text = {0};
    hg_text_printf(&text, "hdrgen-prefix-%zu.h", number);
    prefix->file.name = hg_arena_string(&sources->arena, text.data, text.size);
    hg_text_truncate(&text, 0);
    if (directory != NULL) {
        hg_text_printf(&text, "%s/prefix-%zu", directory, number);
        prefix->path = hg_arena_string(&sources->arena, text.data, text.size);
    }
    hg_text_deinit(&text);
    hg_strings_init(&prefix->files, &sources->arena);
    hg_strings_init(&prefix->tested, &sources->arena);
    return prefix;
}

static void add_task(struct sources *sources, struct source_prefix *prefix)
{
    hg_pool_add(sources->pool, &(struct hg_task){
                                   .work = make,
                                   .done = take,
                                   .user = prefix,
                                   .cpu_limit = PREFIX_CPU,
                               });
}

/* --- which --- */

static void add_class_prefixes(struct sources *sources, const char *directory)
{
    for (size_t i = 0; i < sources->classes.count; i++) {
        struct source_class *class = &sources->classes.items[i];
        if (class->count < CLASS_UNITS)
            continue;
        class->prefix = add_prefix(sources, directory);
        class->prefix->arguments = class->arguments;
        hg_sources_choose_headers(sources, i, class->prefix);
        add_task(sources, class->prefix);
    }
}

/* The first of the prefixes from `first` on that the unit may follow, if there is one. */
static void choose_prefix(struct sources *sources, struct source_unit *unit, size_t first)
{
    for (size_t i = first; i < sources->prefixes.count; i++) {
        struct source_prefix *prefix = sources->prefixes.items[i];
        bool is_next =
            prefix->path != NULL && prefix->model != NULL && prefix->parent == unit->prefix;
        if (is_next && hg_sources_may_follow(sources, unit, prefix)) {
            unit->prefix = prefix;
            return;
        }
    }
}

/* Units of one directory that follow the same prefix: as many as there are next to each other. */
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

/* A prefix for the headers of their own that files of a directory share. */
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

/* The first one that could be made; NULL = there is none. */
static struct source_prefix *find_made(const struct sources *sources)
{
    for (size_t i = 0; i < sources->prefixes.count; i++)
        if (sources->prefixes.items[i]->path != NULL && sources->prefixes.items[i]->model != NULL)
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
    struct source_prefix *some = find_made(sources);
    for (size_t i = 0; i < sources->unit_count && status == HG_OK && some != NULL; i++)
        if (sources->units[i].prefix == NULL)
            sources->units[i].skips_bodies =
                hg_sources_may_skip_bodies(sources, &sources->units[i], some);
    return status;
}

/* --- for units --- */

const char **hg_sources_arguments(const struct source_unit *unit,
                                  const struct source_prefix *prefix, size_t *count)
{
    const struct hg_source_file *file = unit->file;
    const char **arguments = hg_calloc(file->argument_count + 1, sizeof *arguments);
    *count = 0;
    for (size_t i = 0; i < file->argument_count; i++)
        if (prefix != NULL && strcmp(file->arguments[i], "-include") == 0)
            i++; /* the prefix begins with it */
        else
            arguments[(*count)++] = file->arguments[i];
    return arguments;
}

struct hg_memory_file *hg_sources_memory_files(const struct source_prefix *prefix, size_t *count)
{
    *count = 0;
    size_t depth = 0;
    for (const struct source_prefix *at = prefix; at != NULL; at = at->parent)
        depth++;
    struct hg_memory_file *files = hg_calloc(depth + 1, sizeof *files);
    for (const struct source_prefix *at = prefix; at != NULL; at = at->parent)
        files[(*count)++] = at->file;
    return files;
}
