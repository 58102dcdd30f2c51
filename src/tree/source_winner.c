/*
 * Which #define of a macro holds, in a prefix and in a unit that would follow it.
 *
 *     linux/aa.h    #ifndef SZ                  the prefix has both, aa.h first: SZ is 4
 *                   #define SZ 4
 *     linux/bb.h    #ifndef SZ                  a unit that includes bb.h alone has 8
 *                   #define SZ 8
 *
 * The files that change the macro are applied in the order in which the prefix, or the unit, comes
 * to them, each as a whole.  A file that tests the macro keeps an earlier definition; any other
 * file replaces it; a file whose last change is an #undef removes it.  Bodies of the same text are
 * equal.
 *
 * Of a macro with parameters only its existence is compared: in a kernel, several definitions of
 * one are mostly the two halves of an #if, which do the same in different ways.
 */
#include "tree/source_parts.h"

#include <stdlib.h>
#include <string.h>

struct change {
    const struct scanned_file *file;
    const bool *passed_over; /* by index in its events; NULL = not known */
    int64_t in_prefix;       /* position of the file in the prefix's order */
    int64_t in_unit;         /* the same in the unit's; INT64_MAX = the unit does not come to it */
};

struct changes {
    struct change *items;
    size_t count, capacity;
};

enum { PLACES = 1 << 24 }; /* no prefix has as many files */

bool hg_winner_is_forced(const struct source_prefix *prefix, const struct scanned_file *file)
{
    for (; prefix != NULL; prefix = prefix->parent)
        if (hg_strings_find(&prefix->forced, file->path, strlen(file->path)) != 0)
            return true;
    return false;
}

static int64_t depth_of(const struct source_prefix *prefix)
{
    int64_t depth = 0;
    for (; prefix->parent != NULL; prefix = prefix->parent)
        depth++;
    return depth;
}

int64_t hg_winner_place(const struct source_prefix *prefix, size_t turn)
{
    return depth_of(prefix) * PLACES + (int64_t)turn;
}

/* In a half of an #if that was taken, as far as that is known.  A fallback is taken where there is
 * no definition yet, in the unit if not in the prefix. */
static bool is_taken(const struct change *change, size_t event)
{
    const struct event *before = event == 0 ? NULL : &change->file->events.items[event - 1];
    return change->passed_over == NULL || !change->passed_over[event] ||
           (before != NULL && before->is_fallback);
}

static bool has_change(const struct change *change, const char *name)
{
    for (size_t i = 0; i < change->file->events.count; i++)
        if (change->file->events.items[i].name == name && is_taken(change, i) &&
            changes_macro(&change->file->events.items[i]))
            return true;
    return false;
}

static void collect(const struct sources *sources, const struct source_prefix *prefix,
                    const char *name, bool is_sure, struct changes *changes)
{
    for (const struct source_prefix *at = prefix; at != NULL; at = at->parent) {
        uint32_t i = hg_strings_find(&at->macros, name, strlen(name));
        for (; i != 0; i = at->definers.items[i - 1].next) {
            const struct definer *definer = &at->definers.items[i - 1];
            const struct scanned_file *file = definer->file;
            bool is_there = (is_sure ? file->sure : file->walk) == sources->walks;
            struct change change = {.file = file,
                                    .passed_over = at->halves[definer->turn].passed_over,
                                    .in_prefix = hg_winner_place(at, definer->turn),
                                    .in_unit = INT64_MAX};
            if (hg_winner_is_forced(prefix, file)) /* before everything else */
                change.in_unit = change.in_prefix - PLACES * (int64_t)PLACES;
            else if (is_there)
                change.in_unit = (int64_t)file->turn;
            bool is_known = false;
            for (size_t c = 0; c < changes->count && !is_known; c++)
                is_known = changes->items[c].file == file;
            if (!is_known && has_change(&change, name))
                *HG_PUSH(changes) = change;
        }
    }
}

static int compare_in_prefix(const void *a, const void *b)
{
    int64_t x = ((const struct change *)a)->in_prefix;
    int64_t y = ((const struct change *)b)->in_prefix;
    return (x > y) - (x < y);
}

static int compare_in_unit(const void *a, const void *b)
{
    int64_t x = ((const struct change *)a)->in_unit;
    int64_t y = ((const struct change *)b)->in_unit;
    return (x > y) - (x < y);
}

/* The definition that holds after the file; before: the one that held before it; NULL = none. */
static const struct event *apply(const struct change *change, const char *name,
                                 const struct event *before)
{
    const struct event *last = NULL;
    bool is_asked = false;
    bool is_undone = false;
    for (size_t i = 0; i < change->file->events.count; i++) {
        const struct event *event = &change->file->events.items[i];
        if (event->name != name || !is_taken(change, i))
            continue;
        is_asked = is_asked || event->kind == EVENT_TEST;
        is_undone = is_undone || event->kind == EVENT_UNDEF;
        if (changes_macro(event))
            last = event;
    }
    if (last == NULL)
        return before;
    if (last->kind == EVENT_UNDEF)
        return NULL;
    return is_asked && !is_undone && before != NULL ? before : last;
}

static bool are_alike(const struct event *a, const struct event *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->body == b->body;
}

static bool has_parameters(const struct scanned_file *file, const char *name)
{
    for (size_t i = 0; i < file->events.count; i++)
        if (file->events.items[i].name == name && file->events.items[i].is_function)
            return true;
    return false;
}

/* Whether prefix and unit agree that there is a definition. */
static bool is_there_alike(const struct changes *changes, int64_t prefix_end, int64_t unit_end)
{
    bool in_prefix = false;
    bool in_unit = false;
    for (size_t i = 0; i < changes->count; i++) {
        in_prefix = in_prefix || changes->items[i].in_prefix < prefix_end;
        in_unit = in_unit || changes->items[i].in_unit < unit_end;
    }
    return in_prefix == in_unit;
}

bool hg_winner_differs(const struct sources *sources, const struct source_prefix *prefix,
                       const char *name, int64_t prefix_end, int64_t unit_end, bool is_sure)
{
    struct changes changes = {0};
    collect(sources, prefix, name, is_sure, &changes);
    const struct event *in_prefix = NULL;
    const struct event *in_unit = NULL;
    for (size_t i = 0; i < changes.count; i++)
        if (has_parameters(changes.items[i].file, name)) {
            bool differs = !is_there_alike(&changes, prefix_end, unit_end);
            free(changes.items);
            return differs;
        }
    if (changes.count > 0)
        qsort(changes.items, changes.count, sizeof *changes.items, compare_in_prefix);
    for (size_t i = 0; i < changes.count && changes.items[i].in_prefix < prefix_end; i++)
        in_prefix = apply(&changes.items[i], name, in_prefix);
    if (changes.count > 0)
        qsort(changes.items, changes.count, sizeof *changes.items, compare_in_unit);
    for (size_t i = 0; i < changes.count && changes.items[i].in_unit < unit_end; i++)
        in_unit = apply(&changes.items[i], name, in_unit);
    free(changes.items);
    return !are_alike(in_prefix, in_unit);
}
