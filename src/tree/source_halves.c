/*
 * Which half of each #if a prefix took.
 *
 *     #ifdef CONFIG_COMPAT
 *     #include <linux/compat.h>      not included, if the option is off
 *     #endif
 *
 * The guard reads text, both halves of each #if.  For the headers of a prefix clang knows which
 * half was taken.  The same holds for the units that follow the prefix, since a unit that changes
 * what an #if of the prefix tests is refused.  So another process parses the prefix once more, with
 * a record of what the preprocessor did.  If that fails, both halves count.
 */
#include "tree/source_parts.h"

#include "tree/wire.h"

#include <string.h>

enum { HALVES_CPU = 120 /* seconds */ };
enum { INCLUDE = 1, SKIPPED };

/* --- the child --- */

static void put_include(void *user, const char *includer, const char *name)
{
    hg_wire_put(user, INCLUDE);
    hg_wire_put_string(user, includer);
    hg_wire_put_string(user, name);
}

static void put_skipped(void *user, const char *file, unsigned begin, unsigned end)
{
    hg_wire_put(user, SKIPPED);
    hg_wire_put_string(user, file);
    hg_wire_put(user, begin);
    hg_wire_put(user, end);
}

/* After an error nothing is sent. */
static void ignore(void *user, const struct hg_source_error *error)
{
    (void)user;
    (void)error;
}

static void ask(void *user, struct hg_task_output *output)
{
    const struct source_prefix *prefix = user;
    struct hg_text answer = {0};
    struct hg_source_branches halves = {
        .include = put_include, .skipped = put_skipped, .user = &answer};
    struct string_list arguments = {0};
    hg_sources_put_arguments(&arguments, &prefix->arguments, prefix->parent == NULL);
    size_t file_count = 0;
    struct hg_memory_file *files = hg_sources_memory_files(prefix, &file_count);
    struct hg_source_unit unit = {
        .path = prefix->file.name,
        .arguments = arguments.items,
        .argument_count = arguments.count,
        .precompiled = prefix->parent == NULL ? NULL : prefix->parent->path,
        .memory_files = files,
        .memory_file_count = file_count,
        .skips_bodies = true,
        .branches = &halves,
        .target = &prefix->sources->target,
    };
    struct hg_model *model = NULL;
    if (hg_read_source(&unit, ignore, NULL, NULL, &model) == HG_OK)
        hg_task_send(output, answer.data, answer.size);
}

/* --- the parent --- */

/* An #include that the answer does not name was passed over. */
static void pass_over_all(struct source_prefix *prefix)
{
    for (size_t f = 0; f < prefix->scanned.count; f++) {
        const struct scanned_file *file = prefix->scanned.items[f];
        prefix->halves[f].passed_over = hg_calloc(file->events.count + 1, sizeof(bool));
        for (size_t i = 0; i < file->events.count; i++)
            prefix->halves[f].passed_over[i] = file->events.items[i].kind != EVENT_TEST;
    }
}

static void take_include(struct source_prefix *prefix, size_t index, const char *name)
{
    const struct scanned_file *file = prefix->scanned.items[index];
    for (size_t i = 0; i < file->events.count; i++)
        if (is_include(&file->events.items[i]) && strcmp(file->events.items[i].name, name) == 0)
            prefix->halves[index].passed_over[i] = false;
}

void hg_halves_take_change(struct source_prefix *prefix, size_t index, enum hg_directive directive,
                           const char *name, size_t length)
{
    const struct scanned_file *file = prefix->scanned.items[index];
    struct file_halves *halves = &prefix->halves[index];
    enum event_kind kind = directive == HG_DIRECTIVE_DEFINE ? EVENT_DEFINE : EVENT_UNDEF;
    uint64_t body = kind == EVENT_DEFINE ? hg_sources_hash(name + length) : 0;
    for (size_t i = halves->next; halves->passed_over != NULL && i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (event->kind != kind || event->body != body || !hg_is_named(name, length, event->name))
            continue;
        halves->passed_over[i] = false;
        halves->next = i + 1;
        return;
    }
}

void hg_halves_learn(struct source_prefix *prefix, const void *bytes, size_t size)
{
    prefix->halves = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->halves);
    if (size == 0)
        return;
    struct hg_arena arena;
    hg_arena_init(&arena);
    pass_over_all(prefix);
    struct hg_wire wire = hg_wire_begin(bytes, size);
    while (wire.at < wire.end && !wire.is_damaged) {
        uint32_t kind = hg_wire_take(&wire);
        const char *path = hg_wire_take_string(&wire, &arena);
        uint32_t index = path == NULL ? 0 : hg_strings_find(&prefix->files, path, strlen(path));
        if (kind == INCLUDE) {
            const char *name = hg_wire_take_string(&wire, &arena);
            if (index != 0 && name != NULL)
                take_include(prefix, index - 1, name);
        } else {
            uint32_t begin = hg_wire_take(&wire);
            uint32_t end = hg_wire_take(&wire);
            if (index != 0 && !wire.is_damaged)
                *HG_PUSH(&prefix->halves[index - 1].skipped) =
                    (struct byte_range){.begin = begin, .end = end};
        }
    }
    if (wire.is_damaged)
        hg_halves_deinit(prefix);
    if (prefix->halves == NULL)
        prefix->halves = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->halves);
    hg_arena_deinit(&arena);
}

void hg_halves_deinit(struct source_prefix *prefix)
{
    for (size_t i = 0; prefix->halves != NULL && i < prefix->scanned.count; i++) {
        free(prefix->halves[i].passed_over);
        free(prefix->halves[i].skipped.items);
    }
    free(prefix->halves);
    prefix->halves = NULL;
}

void hg_halves_blank(const struct source_prefix *prefix, size_t index, char *text, size_t size)
{
    const struct file_halves *halves = &prefix->halves[index];
    for (size_t i = 0; i < halves->skipped.count; i++) {
        struct byte_range range = halves->skipped.items[i];
        for (size_t at = range.begin; at < range.end && at < size; at++)
            if (text[at] != '\n')
                text[at] = ' ';
    }
}

const bool *hg_halves_passed_over(const struct source_prefix *prefix,
                                  const struct scanned_file *file)
{
    for (; prefix != NULL; prefix = prefix->parent) {
        uint32_t index = hg_strings_find(&prefix->files, file->path, strlen(file->path));
        if (index != 0)
            return prefix->halves[index - 1].passed_over;
    }
    return NULL;
}

static void take(void *user, const struct hg_task_result *result)
{
    struct source_prefix *prefix = user;
    bool is_answered = result->end == HG_TASK_DONE;
    hg_sources_learn_prefix(prefix->sources, prefix, result->bytes, is_answered ? result->size : 0);
}

void hg_sources_add_halves(struct sources *sources, struct source_prefix *prefix)
{
    hg_pool_add(sources->pool, &(struct hg_task){
                                   .work = ask,
                                   .done = take,
                                   .user = prefix,
                                   .cpu_limit = HALVES_CPU,
                               });
}
