/*
 * Translation units that may share a precompiled prefix.
 *
 *     -std=gnu11 -m64 ... -I.../include -include kconfig.h -D__KERNEL__                 built in
 *     -std=gnu11 -m64 ... -I.../include -include kconfig.h -D__KERNEL__ -DMODULE        modules
 *     -std=gnu11 -m64 -fpie ...                                                         a few files
 *
 * Such units are a class.  They agree in everything that could change a header: the language,
 * forced includes, and macros.  Their include directories begin with the same ones, which the
 * compiler searches first.  A macro that only a few files have does not make a class of its own:
 * the guard (source_guard.c) checks whether a header depends on it.
 */
#include "tree/source_guard.h"

#include <stdlib.h>
#include <string.h>

/* --- arguments by kind --- */

static void sort_arguments(struct sources *sources, struct source_unit *unit)
{
    struct source_arguments *sorted = &unit->arguments;
    const struct hg_source_file *file = unit->file;
    for (size_t i = 0; i < file->argument_count; i++) {
        const char *argument = file->arguments[i];
        const char *next = i + 1 < file->argument_count ? file->arguments[i + 1] : NULL;
        bool is_directory = hg_begins_with(argument, "-I");
        if (strcmp(argument, "-include") == 0 && next != NULL) {
            *HG_PUSH(&sorted->includes) = file->arguments[++i];
        } else if (!is_directory && !hg_begins_with(argument, "-D") &&
                   !hg_begins_with(argument, "-U")) {
            *HG_PUSH(&sorted->language) = argument;
        } else {
            bool is_apart =
                argument[2] == '\0' && next != NULL; /* the value is the next argument */
            i += is_apart;
            if (is_directory)
                *HG_PUSH(&sorted->directories) = is_apart ? next : argument + 2;
            else
                *HG_PUSH(&sorted->macros) =
                    is_apart ? hg_arena_printf(&sources->arena, "%s%s", argument, next) : argument;
        }
    }
}

const struct own_macro hg_own_macros[] = {
    {"KBUILD_MODNAME", "\"hdrgen\""},
    {"KBUILD_BASENAME", "\"hdrgen\""},
    {"KBUILD_MODFILE", "\"hdrgen\""},
    {"__KBUILD_MODNAME", "kmod_hdrgen"},
};

bool hg_sources_is_own_macro(const char *macro)
{
    for (size_t i = 0; i < OWN_MACROS; i++)
        if (hg_begins_with(macro, "-D") &&
            hg_is_named(macro + 2, strcspn(macro + 2, "="), hg_own_macros[i].name))
            return true;
    return false;
}

bool hg_sources_has_option(const struct string_list *macros, const char *name)
{
    for (size_t i = 0; i < macros->count; i++)
        if (hg_is_named(macros->items[i] + 2, strcspn(macros->items[i] + 2, "=("), name))
            return true;
    return false;
}

/* --- classes --- */

static void put_list(struct hg_text *key, const struct string_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        hg_text_bytes(key, list->items[i], strlen(list->items[i]) + 1);
    hg_text_bytes(key, "", 1);
}

static bool has(const struct string_list *list, const char *string)
{
    return hg_fits_one_of(string, list->items, list->count, hg_same_text);
}

/* Whether the first `count` strings of both lists are the same. */
static bool begin_alike(const struct string_list *a, const struct string_list *b, size_t count)
{
    if (a->count < count || b->count < count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

static bool are_same(const struct string_list *a, const struct string_list *b)
{
    return a->count == b->count && begin_alike(a, b, a->count);
}

/* Counts the files that have each macro. */
static void count_macros(const struct sources *sources, struct hg_strings *counts)
{
    for (size_t u = 0; u < sources->unit_count; u++) {
        const struct string_list *macros = &sources->units[u].arguments.macros;
        for (size_t i = 0; i < macros->count; i++)
            ++*hg_strings_number(counts, macros->items[i], strlen(macros->items[i]));
    }
}

static bool is_of_class(struct hg_strings *counts, const char *macro)
{
    return !hg_sources_is_own_macro(macro) &&
           *hg_strings_number(counts, macro, strlen(macro)) >= CLASS_UNITS;
}

static void take_class(struct sources *sources, struct source_unit *unit, struct hg_strings *keys,
                       struct hg_strings *counts)
{
    struct source_arguments common = {.language = unit->arguments.language,
                                      .includes = unit->arguments.includes};
    struct hg_text key = {0};
    put_list(&key, &common.language);
    put_list(&key, &common.includes);
    for (size_t i = 0; i < unit->arguments.macros.count; i++) {
        const char *macro = unit->arguments.macros.items[i];
        if (is_of_class(counts, macro))
            *HG_PUSH(&common.macros) = macro;
    }
    put_list(&key, &common.macros);
    uint32_t *class = hg_strings_number(keys, key.data, key.size);
    if (*class == 0) {
        *HG_PUSH(&sources->classes) = (struct source_class){.arguments = common};
        *class = (uint32_t)sources->classes.count;
    } else {
        free(common.macros.items);
    }
    sources->classes.items[*class - 1].count++;
    unit->class = *class - 1;
    hg_text_deinit(&key);
}

/* The next include directory that the files of a class share: of the files that begin with the
 * class's directories so far, most have it at this position.  NULL = it is not in 9 of 10 files. */
static const char *common_directory(struct sources *sources, size_t class, size_t position)
{
    struct hg_strings counts = {0};
    const struct string_list *known = &sources->classes.items[class].arguments.directories;
    const char *best = NULL;
    uint32_t most = 0;
    for (size_t u = 0; u < sources->unit_count; u++) {
        const struct string_list *own = &sources->units[u].arguments.directories;
        if (sources->units[u].class != class || own->count == position ||
            !begin_alike(own, known, position))
            continue;
        uint32_t *count =
            hg_strings_number(&counts, own->items[position], strlen(own->items[position]));
        if (++*count > most) {
            most = *count;
            best = own->items[position];
        }
    }
    hg_strings_deinit(&counts);
    return most * 10 >= sources->classes.items[class].count * 9 ? best : NULL;
}

void hg_sources_classify(struct sources *sources)
{
    struct hg_strings keys = {0};
    struct hg_strings counts = {0};
    for (size_t i = 0; i < sources->unit_count; i++)
        sort_arguments(sources, &sources->units[i]);
    count_macros(sources, &counts);
    for (size_t i = 0; i < sources->unit_count; i++)
        take_class(sources, &sources->units[i], &keys, &counts);
    for (size_t class = 0; class < sources->classes.count; class ++) {
        struct string_list *directories = &sources->classes.items[class].arguments.directories;
        for (const char *next;
             (next = common_directory(sources, class, directories->count)) != NULL;)
            *HG_PUSH(directories) = next;
    }
    hg_strings_deinit(&keys);
    hg_strings_deinit(&counts);
}

bool hg_sources_fits(const struct source_arguments *arguments,
                     const struct source_arguments *prefix)
{
    size_t found = 0; /* the order counts: of -DX and -UX the later one holds */
    for (size_t i = 0; i < arguments->macros.count && found < prefix->macros.count; i++)
        found += strcmp(arguments->macros.items[i], prefix->macros.items[found]) == 0;
    return found == prefix->macros.count && are_same(&arguments->language, &prefix->language) &&
           are_same(&arguments->includes, &prefix->includes) &&
           begin_alike(&arguments->directories, &prefix->directories, prefix->directories.count);
}

void hg_sources_find_common(struct source_unit *const *units, size_t count,
                            const struct source_arguments *common, struct source_arguments *ret)
{
    const struct source_arguments *first = &units[0]->arguments;
    *ret = (struct source_arguments){.language = common->language, .includes = common->includes};
    size_t shared = first->directories.count;
    for (size_t u = 0; u < count; u++)
        while (!begin_alike(&first->directories, &units[u]->arguments.directories, shared))
            shared--;
    for (size_t i = 0; i < shared; i++)
        *HG_PUSH(&ret->directories) = first->directories.items[i];
    for (size_t i = 0; i < first->macros.count; i++) {
        const char *macro = first->macros.items[i];
        size_t agreeing = 0;
        for (size_t u = 0; u < count; u++)
            agreeing += has(&units[u]->arguments.macros, macro);
        if (agreeing == count && !hg_sources_is_own_macro(macro))
            *HG_PUSH(&ret->macros) = macro;
    }
}
