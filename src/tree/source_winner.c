/*
 * Which of several definitions of a macro holds, in a prefix and in a unit that would follow it.
 *
 *     linux/aa.h    #ifndef SZ                  the prefix has both, aa.h first: SZ is 4
 *                   #define SZ 4
 *     linux/bb.h    #ifndef SZ                  a unit that includes only bb.h: SZ is 8
 *                   #define SZ 8
 *
 * The files that change the macro are taken in the order in which the prefix, or the unit, opens
 * them, each as a whole.  A file that tests the macro keeps an earlier definition; any other file
 * replaces it; a file whose last change is an #undef removes it.  Two definitions are equal if
 * their bodies are the same text.
 *
 * For a macro with parameters only its existence is compared: in a kernel, several definitions of
 * such a macro are mostly two branches of an #if, which do the same in different ways.
 */
#include "tree/source_guard.h"

#include <stdlib.h>
#include <string.h>

enum order { IN_PREFIX, IN_UNIT, ORDERS };

struct change {
    const struct scanned_file *file;
    const bool *is_skipped; /* by index in its events; NULL = not known */
    /* Of the file, in the order in which the prefix or the unit opens its files.  INT64_MAX = the
     * unit does not open it. */
    int64_t position[ORDERS];
};

struct changes {
    struct change *items;
    size_t count, capacity;
};

enum { POSITIONS = 1 << 24 }; /* no prefix has as many files */

int64_t hg_winner_position(const struct source_prefix *prefix, size_t index)
{
    int64_t position = (int64_t)index;
    for (; prefix->parent != NULL; prefix = prefix->parent)
        position += POSITIONS;
    return position;
}

/* Whether clang may have taken the branch with the directive.  A fallback that the prefix skipped
 * counts as well: the unit takes it if it has no definition yet. */
static bool is_taken(const struct change *change, size_t event)
{
    const struct event *before = event == 0 ? NULL : &change->file->events.items[event - 1];
    return change->is_skipped == NULL || !change->is_skipped[event] ||
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
        uint32_t i = hg_strings_find(&at->tables[PREFIX_MACROS], name, strlen(name));
        for (; i != 0; i = at->definers.items[i - 1].next) {
            const struct definer *definer = &at->definers.items[i - 1];
            const struct scanned_file *file = definer->file;
            bool is_there = (is_sure ? file->sure : file->walk) == sources->walks;
            struct change change = {.file = file,
                                    .is_skipped = at->branches[definer->index].is_skipped};
            change.position[IN_PREFIX] = hg_winner_position(at, definer->index);
            change.position[IN_UNIT] = is_there ? (int64_t)file->position : INT64_MAX;
            if (hg_prefix_has(prefix, PREFIX_FORCED, file->path, strlen(file->path)))
                change.position[IN_UNIT] =
                    change.position[IN_PREFIX] - POSITIONS * (int64_t)POSITIONS;
            bool is_known = false;
            for (size_t c = 0; c < changes->count && !is_known; c++)
                is_known = changes->items[c].file == file;
            if (!is_known && has_change(&change, name))
                *HG_PUSH(changes) = change;
        }
    }
}

/* The definition that holds after the file, if `before` holds before it; NULL = none does. */
static const struct event *apply(const struct change *change, const char *name,
                                 const struct event *before)
{
    const struct event *last = NULL;
    bool is_tested = false;
    bool is_undone = false;
    for (size_t i = 0; i < change->file->events.count; i++) {
        const struct event *event = &change->file->events.items[i];
        if (event->name != name || !is_taken(change, i))
            continue;
        is_tested = is_tested || event->kind == HG_DIRECTIVE_TEST;
        is_undone = is_undone || event->kind == HG_DIRECTIVE_UNDEF;
        if (changes_macro(event))
            last = event;
    }
    if (last == NULL)
        return before;
    if (last->kind == HG_DIRECTIVE_UNDEF)
        return NULL;
    return is_tested && !is_undone && before != NULL ? before : last;
}

static int compare_in_prefix(const void *a, const void *b)
{
    int64_t x = ((const struct change *)a)->position[IN_PREFIX];
    int64_t y = ((const struct change *)b)->position[IN_PREFIX];
    return (x > y) - (x < y);
}

static int compare_in_unit(const void *a, const void *b)
{
    int64_t x = ((const struct change *)a)->position[IN_UNIT];
    int64_t y = ((const struct change *)b)->position[IN_UNIT];
    return (x > y) - (x < y);
}

/* The definition that holds before position `end` of the order; NULL = none does. */
static const struct event *holding(const struct changes *changes, enum order order, int64_t end,
                                   const char *name)
{
    const struct event *definition = NULL;
    if (changes->count > 0)
        qsort(changes->items, changes->count, sizeof *changes->items,
              order == IN_PREFIX ? compare_in_prefix : compare_in_unit);
    for (size_t i = 0; i < changes->count && changes->items[i].position[order] < end; i++)
        definition = apply(&changes->items[i], name, definition);
    return definition;
}

static bool are_alike(const struct event *a, const struct event *b)
{
    return a == NULL || b == NULL ? a == b : a->body == b->body;
}

static bool has_parameters(const struct changes *changes, const char *name)
{
    for (size_t c = 0; c < changes->count; c++) {
        const struct scanned_file *file = changes->items[c].file;
        for (size_t i = 0; i < file->events.count; i++)
            if (file->events.items[i].name == name && file->events.items[i].is_function)
                return true;
    }
    return false;
}

/* Whether a file before position `end` of the order changes the macro. */
static bool has_any(const struct changes *changes, enum order order, int64_t end)
{
    for (size_t i = 0; i < changes->count; i++)
        if (changes->items[i].position[order] < end)
            return true;
    return false;
}

bool hg_winner_differs(const struct sources *sources, const struct source_prefix *prefix,
                       const char *name, int64_t prefix_end, int64_t unit_end, bool is_sure)
{
    struct changes changes = {0};
    collect(sources, prefix, name, is_sure, &changes);
    bool is_alike =
        has_parameters(&changes, name)
            ? has_any(&changes, IN_PREFIX, prefix_end) == has_any(&changes, IN_UNIT, unit_end)
            : are_alike(holding(&changes, IN_PREFIX, prefix_end, name),
                        holding(&changes, IN_UNIT, unit_end, name));
    free(changes.items);
    return !is_alike;
}
