/*
 * Variables of makefiles.
 *
 *     command line    srctree, ARCH ...           no makefile changes them
 *     auto.conf       CONFIG_X = y
 *     top Makefile    what it exports
 *     drivers/        what that makefile exports, where it differs
 *     drivers/char/   the variables of the directory that is being read
 *
 * Kbuild runs a make for every directory, which sees what the make above exported.  So a
 * directory's scope stands before those of the directories above, which hold exported values only.
 */
#include "tree/kbuild/evaluator.h"

#define XXH_INLINE_ALL
#include <xxhash.h>
#define HASH_FUNCTION(key, length, hash) ((hash) = (unsigned)XXH3_64bits(key, length))
#define uthash_fatal(message) hg_out_of_memory()
#include <uthash.h>

/* A variable in its table. */
struct entry {
    struct hg_variable variable; /* first */
    size_t name_size;
    UT_hash_handle hh;
};

static struct entry *entries_of(const struct hg_scope *scope)
{
    return (struct entry *)scope->variables;
}

void hg_scope_init(struct hg_scope *scope, const struct hg_scope *outer, struct hg_arena *arena)
{
    *scope = (struct hg_scope){.outer = outer, .arena = arena};
}

void hg_scope_deinit(struct hg_scope *scope)
{
    struct entry *entries = entries_of(scope);
    HASH_CLEAR(hh, entries);
    scope->variables = NULL;
}

static struct entry *find_own(const struct hg_scope *scope, struct hg_slice name)
{
    struct entry *entries = entries_of(scope);
    struct entry *found = NULL;
    HASH_FIND(hh, entries, name.data, name.size, found);
    return found;
}

struct hg_variable *hg_scope_find(const struct hg_scope *scope, struct hg_slice name)
{
    for (; scope != NULL; scope = scope->outer) {
        struct entry *found = find_own(scope, name);
        if (found != NULL)
            return found->variable.origin == HG_ORIGIN_UNDEFINED ? NULL : &found->variable;
    }
    return NULL;
}

struct hg_variable *hg_scope_own(struct hg_scope *scope, struct hg_slice name)
{
    struct entry *found = find_own(scope, name);
    if (found != NULL)
        return &found->variable;
    const struct hg_variable *outer = hg_scope_find(scope->outer, name);
    struct entry *entry = hg_arena_alloc(scope->arena, sizeof *entry);
    if (outer != NULL)
        entry->variable = *outer;
    entry->variable.name = hg_arena_string(scope->arena, name.data, name.size);
    entry->name_size = name.size;
    struct entry *entries = entries_of(scope);
    HASH_ADD_KEYPTR(hh, entries, entry->variable.name, entry->name_size, entry);
    scope->variables = &entries->variable;
    return &entry->variable;
}

void hg_scope_set(struct hg_scope *scope, const char *name, const char *value,
                  enum hg_variable_origin origin)
{
    struct hg_variable *variable = hg_scope_own(scope, hg_slice_of(name));
    size_t size = strlen(value);
    variable->value = (struct hg_slice){hg_arena_string(scope->arena, value, size), size};
    variable->origin = origin;
    variable->is_recursive = false;
}

/* A value that the scopes outside do not have already. */
static void export_one(struct hg_evaluator *evaluator, const struct hg_variable *variable,
                       struct hg_scope **to, const struct hg_scope *outer)
{
    struct hg_text value = {0};
    hg_expand_variable(evaluator, hg_slice_of(variable->name), &value);
    const struct hg_variable *old = hg_scope_find(outer, hg_slice_of(variable->name));
    struct hg_slice found = {hg_text_string(&value), value.size};
    if (old == NULL || !hg_slice_equals(old->value, found) || old->is_recursive) {
        hg_evaluator_hold(evaluator, found.size + HG_STEP);
        if (*to == NULL) {
            *to = hg_arena_alloc(&evaluator->arena, sizeof **to);
            hg_scope_init(*to, outer, &evaluator->arena);
            *HG_PUSH(&evaluator->exported_scopes) = *to;
        }
        hg_scope_set(*to, variable->name, found.data, HG_ORIGIN_ENVIRONMENT);
        struct hg_variable *copy = hg_scope_own(*to, hg_slice_of(variable->name));
        copy->is_exported = true;
        copy->is_unknown = variable->is_unknown;
    }
    hg_text_deinit(&value);
}

const struct hg_scope *hg_scope_exported(struct hg_evaluator *evaluator, struct hg_scope *from)
{
    struct hg_scope *exported = NULL;
    const struct entry *entries = entries_of(from);
    for (const struct entry *entry = entries; entry != NULL; entry = entry->hh.next)
        if (entry->variable.is_exported && entry->variable.origin != HG_ORIGIN_COMMAND_LINE &&
            entry->variable.origin != HG_ORIGIN_UNDEFINED)
            export_one(evaluator, &entry->variable, &exported, from->outer);
    return exported != NULL ? exported : from->outer;
}
