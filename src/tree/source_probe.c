/*
 * Which macros are defined at the end of a prefix.
 *
 *     #ifdef _Z_UTIL_H            the text of a header of the prefix has a #define of this macro
 *     hdrgen_macro_17,
 *     #endif
 *
 * Many macros for which the text has a #define are not defined at the end: the #define is in a
 * branch that clang skips, or an #undef follows.  Without this file the guard would refuse the
 * prefix to each unit that mentions such a name.  So a child process lets clang parse an enum after
 * the prefix: its enumerators show which of the macros are defined.  If that fails, all of them
 * count as defined.
 */
#include "base/text.h"
#include "tree/source_guard.h"
#include "tree/wire.h"

#include <string.h>

static const char enumerator[] = "hdrgen_macro_";

enum { PROBE_CPU = 60 }; /* seconds */

struct probe {
    struct source_prefix *prefix;
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
    struct hg_strings seen = {0};
    for (size_t f = 0; f < prefix->scanned.count; f++)
        for (size_t i = 0; i < prefix->scanned.items[f]->events.count; i++) {
            const struct event *event = &prefix->scanned.items[f]->events.items[i];
            if (event->kind != HG_DIRECTIVE_DEFINE || is_reserved(event->name))
                continue;
            uint32_t *is_seen = hg_strings_number(&seen, event->name, strlen(event->name));
            if (*is_seen == 0)
                *HG_PUSH(&probe->names) = event->name;
            *is_seen = 1;
        }
    hg_strings_deinit(&seen);
}

/* --- the child --- */

static void write_text(const struct probe *probe, struct hg_text *text)
{
    hg_text_put(text, "enum {\n");
    for (size_t i = 0; i < probe->names.count; i++)
        hg_text_printf(text, "#ifdef %s\n%s%zu,\n#endif\n", probe->names.items[i], enumerator, i);
    hg_text_printf(text, "%s%zu\n};\n", enumerator, probe->names.count);
}

/* Sends the indexes of the names that are defined, and last their count: the enum ends with that
 * enumerator.  After an error it sends nothing. */
static void send_defined(void *user, struct hg_task_output *output)
{
    struct probe *probe = user;
    struct hg_text text = {0};
    struct hg_text result = {0};
    struct hg_source_unit unit = {0};
    struct hg_model *model = NULL;
    write_text(probe, &text);
    if (hg_sources_parse_text(probe->prefix, probe->prefix,
                              &(struct hg_memory_file){"hdrgen-probe.h", text.data, text.size},
                              &unit, NULL, NULL, &model) != HG_OK)
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

static void take_defined(void *user, const struct hg_task_result *result)
{
    struct probe *probe = user;
    struct hg_strings defined = {0};
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
    free(probe->names.items);
    free(probe);
}

void hg_sources_add_probe(struct sources *sources, struct source_prefix *prefix)
{
    struct probe *probe = hg_calloc(1, sizeof *probe);
    probe->prefix = prefix;
    find_names(probe);
    struct hg_task task = {send_defined, take_defined, probe, .cpu_limit = PROBE_CPU};
    hg_pool_add(sources->pool, &task);
}
