/*
 * Which macros are defined at the end of a prefix.
 *
 *     #ifdef _Z_UTIL_H            a macro that the text of the prefix's files defines somewhere
 *     hdrgen_macro_17,
 *     #endif
 *
 * The guard reads both halves of each #if.  Many a #define is never reached, or is undone in the
 * same header (`#undef u32`), and a unit that mentions such a name would lose its prefix for
 * nothing.  So a child process has clang parse an enum after the prefix: its enumerators show which
 * of the names are defined there.  If that fails, all count as defined.
 */
#include "base/text.h"
#include "tree/source_parts.h"
#include "tree/wire.h"

#include <string.h>

static const char probe_name[] = "hdrgen-probe.h";
static const char enumerator[] = "hdrgen_macro_";

enum { PROBE_CPU = 60 }; /* seconds */

struct probe {
    struct source_prefix *prefix;
    struct hg_arena arena;
    struct hg_strings seen;
    HG_ARRAY(const char *) names;
};

/* Clang refuses these after #ifdef. */
static bool is_reserved(const char *name)
{
    return strcmp(name, "defined") == 0 || strcmp(name, "__VA_ARGS__") == 0 ||
           strcmp(name, "__VA_OPT__") == 0 || (name[0] >= '0' && name[0] <= '9');
}

static void find_names(struct probe *probe)
{
    const struct source_prefix *prefix = probe->prefix;
    for (size_t f = 0; f < prefix->scanned.count; f++)
        for (size_t i = 0; i < prefix->scanned.items[f]->events.count; i++) {
            const struct event *event = &prefix->scanned.items[f]->events.items[i];
            if (event->kind != EVENT_DEFINE || is_reserved(event->name))
                continue;
            uint32_t *known = hg_strings_number(&probe->seen, event->name, strlen(event->name));
            if (*known == 0)
                *HG_PUSH(&probe->names) = event->name;
            *known = 1;
        }
}

/* --- the child --- */

static void write_text(const struct probe *probe, struct hg_text *text)
{
    hg_text_put(text, "enum {\n");
    for (size_t i = 0; i < probe->names.count; i++)
        hg_text_printf(text, "#ifdef %s\n%s%zu,\n#endif\n", probe->names.items[i], enumerator, i);
    hg_text_printf(text, "%s%zu\n};\n", enumerator, probe->names.count);
}

/* After an error nothing is sent. */
static void ignore(void *user, const struct hg_source_error *error)
{
    (void)user;
    (void)error;
}

static enum hg_status parse(const struct probe *probe, const struct hg_text *text,
                            struct hg_model **model)
{
    const struct source_prefix *prefix = probe->prefix;
    struct string_list arguments = {0};
    hg_sources_put_arguments(&arguments, &prefix->arguments, false);
    size_t file_count = 0;
    struct hg_memory_file *files = hg_sources_memory_files(prefix, &file_count);
    files[file_count++] =
        (struct hg_memory_file){.name = probe_name, .text = text->data, .size = text->size};
    struct hg_source_unit unit = {
        .path = probe_name,
        .arguments = arguments.items,
        .argument_count = arguments.count,
        .precompiled = prefix->path,
        .memory_files = files,
        .memory_file_count = file_count,
        .target = &prefix->sources->target,
    };
    enum hg_status status = hg_read_source(&unit, ignore, NULL, NULL, model);
    free(files);
    free(arguments.items);
    return status;
}

/* Sends the indexes of the names that are defined; the last is one that always is. */
static void ask(void *user, struct hg_task_output *output)
{
    struct probe *probe = user;
    struct hg_text text = {0};
    struct hg_text result = {0};
    struct hg_model *model = NULL;
    write_text(probe, &text);
    if (parse(probe, &text, &model) != HG_OK)
        return;
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        for (size_t i = 0; type->kind == HG_ENUM && i < type->enumerator_count; i++)
            if (strncmp(type->enumerators[i].name, enumerator, sizeof enumerator - 1) == 0)
                hg_wire_put(
                    &result,
                    (uint32_t)strtoul(type->enumerators[i].name + sizeof enumerator - 1, NULL, 10));
    }
    hg_task_send(output, result.data, result.size);
}

/* --- the parent --- */

static void take(void *user, const struct hg_task_result *result)
{
    struct probe *probe = user;
    struct hg_arena arena;
    struct hg_strings defined;
    hg_arena_init(&arena);
    hg_strings_init(&defined, &arena);
    struct hg_wire wire = hg_wire_begin(result->bytes, result->size);
    size_t index = SIZE_MAX;
    while (result->end == HG_TASK_DONE && wire.at < wire.end && !wire.is_damaged) {
        index = hg_wire_take(&wire);
        if (index < probe->names.count) {
            const char *name = probe->names.items[index];
            *hg_strings_number(&defined, name, strlen(name)) = 1;
        }
    }
    bool is_answered = index == probe->names.count;
    hg_leak_learn(probe->prefix->sources, probe->prefix, is_answered ? &defined : NULL);
    hg_strings_deinit(&defined);
    hg_arena_deinit(&arena);
    hg_strings_deinit(&probe->seen);
    hg_arena_deinit(&probe->arena);
    free(probe->names.items);
    free(probe);
}

void hg_sources_add_probe(struct sources *sources, struct source_prefix *prefix)
{
    struct probe *probe = hg_calloc(1, sizeof *probe);
    probe->prefix = prefix;
    hg_arena_init(&probe->arena);
    hg_strings_init(&probe->seen, &probe->arena);
    find_names(probe);
    hg_pool_add(sources->pool, &(struct hg_task){
                                   .work = ask,
                                   .done = take,
                                   .user = probe,
                                   .cpu_limit = PROBE_CPU,
                               });
}
