/*
 * Which branches of #ifs clang took in the headers of a prefix.
 *
 *     #ifdef CONFIG_COMPAT
 *     #include <linux/compat.h>      not included if the option is off
 *     #endif
 *
 * The guard reads text, all branches of each #if.  In the headers of a prefix it can ignore the
 * branches that clang skipped: clang would skip them in each unit that follows the prefix, since
 * the guard refuses a unit that changes a macro which an #if of the prefix tests.  So a child
 * process parses the prefix once more, with clang's record of the preprocessor.  If that fails, all
 * branches count.
 */
#include "tree/source_guard.h"

#include "tree/wire.h"

#include <string.h>

enum { BRANCHES_CPU = 120 /* seconds */ };
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

/* Sends nothing after an error. */
static void send_branches(void *user, struct hg_task_output *output)
{
    const struct source_prefix *prefix = user;
    struct hg_text answer = {0};
    struct hg_branch_sink sink = {.include = put_include, .skipped = put_skipped, .user = &answer};
    struct hg_source_unit unit = {.skips_bodies = true, .branches = &sink};
    struct hg_model *model = NULL;
    if (hg_sources_parse_text(prefix, prefix->parent, &prefix->file, &unit, NULL, NULL, &model) ==
        HG_OK)
        hg_task_send(output, answer.data, answer.size);
}

/* --- the parent --- */

/* Marks all directives as skipped.  Those that clang, or the text of a taken branch, has are
 * unmarked later. */
static void mark_skipped(struct source_prefix *prefix)
{
    for (size_t f = 0; f < prefix->scanned.count; f++) {
        const struct scanned_file *file = prefix->scanned.items[f];
        prefix->branches[f].is_skipped = hg_calloc(file->events.count + 1, sizeof(bool));
        for (size_t i = 0; i < file->events.count; i++)
            prefix->branches[f].is_skipped[i] = file->events.items[i].kind != HG_DIRECTIVE_TEST;
    }
}

static void take_include(struct source_prefix *prefix, size_t index, const char *name)
{
    const struct scanned_file *file = prefix->scanned.items[index];
    for (size_t i = 0; i < file->events.count; i++)
        if (is_include(&file->events.items[i]) && strcmp(file->events.items[i].name, name) == 0)
            prefix->branches[index].is_skipped[i] = false;
}

void hg_branches_take_change(struct source_prefix *prefix, size_t index,
                             enum hg_directive directive, const char *name, size_t length)
{
    const struct scanned_file *file = prefix->scanned.items[index];
    struct file_branches *branches = &prefix->branches[index];
    uint64_t body = directive == HG_DIRECTIVE_DEFINE ? hg_sources_hash(name + length) : 0;
    for (size_t i = branches->next; branches->is_skipped != NULL && i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (event->kind != directive || event->body != body ||
            !hg_is_named(name, length, event->name))
            continue;
        branches->is_skipped[i] = false;
        branches->next = i + 1;
        return;
    }
}

void hg_branches_learn(struct source_prefix *prefix, const void *bytes, size_t size)
{
    prefix->branches = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->branches);
    if (size == 0)
        return;
    struct hg_arena arena;
    hg_arena_init(&arena);
    mark_skipped(prefix);
    struct hg_wire wire = hg_wire_begin(bytes, size);
    while (wire.at < wire.end && !wire.is_damaged) {
        uint32_t kind = hg_wire_take(&wire);
        const char *path = hg_wire_take_string(&wire, &arena);
        uint32_t index =
            path == NULL ? 0 : hg_strings_find(&prefix->tables[PREFIX_FILES], path, strlen(path));
        if (kind == INCLUDE) {
            const char *name = hg_wire_take_string(&wire, &arena);
            if (index != 0 && name != NULL)
                take_include(prefix, index - 1, name);
        } else {
            uint32_t begin = hg_wire_take(&wire);
            uint32_t end = hg_wire_take(&wire);
            if (index != 0 && !wire.is_damaged)
                *HG_PUSH(&prefix->branches[index - 1].skipped) =
                    (struct byte_range){.begin = begin, .end = end};
        }
    }
    if (wire.is_damaged) {
        hg_branches_deinit(prefix);
        prefix->branches = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->branches);
    }
    hg_arena_deinit(&arena);
}

void hg_branches_deinit(struct source_prefix *prefix)
{
    for (size_t i = 0; prefix->branches != NULL && i < prefix->scanned.count; i++) {
        free(prefix->branches[i].is_skipped);
        free(prefix->branches[i].skipped.items);
    }
    free(prefix->branches);
    prefix->branches = NULL;
}

void hg_branches_blank(const struct source_prefix *prefix, size_t index, char *text, size_t size)
{
    const struct file_branches *branches = &prefix->branches[index];
    for (size_t i = 0; i < branches->skipped.count; i++) {
        struct byte_range range = branches->skipped.items[i];
        for (size_t at = range.begin; at < range.end && at < size; at++)
            if (text[at] != '\n')
                text[at] = ' ';
    }
}

const bool *hg_branches_skipped(const struct source_prefix *prefix, const struct scanned_file *file)
{
    for (; prefix != NULL; prefix = prefix->parent) {
        uint32_t index =
            hg_strings_find(&prefix->tables[PREFIX_FILES], file->path, strlen(file->path));
        if (index != 0)
            return prefix->branches[index - 1].is_skipped;
    }
    return NULL;
}

static void take_branches(void *user, const struct hg_task_result *result)
{
    struct source_prefix *prefix = user;
    bool is_answered = result->end == HG_TASK_DONE;
    hg_sources_learn_prefix(prefix->sources, prefix, result->bytes, is_answered ? result->size : 0);
}

void hg_branches_add_task(struct sources *sources, struct source_prefix *prefix)
{
    struct hg_task task = {send_branches, take_branches, prefix, .cpu_limit = BRANCHES_CPU};
    hg_pool_add(sources->pool, &task);
}
