/*
 * What headers of a prefix bring that a unit does not include.
 *
 *     hdrgen-prefix-0.h    #include <linux/zutil.h>      defines _Z_UTIL_H
 *                          #include <linux/zlib.h>       #ifndef _Z_UTIL_H
 *                                                        struct internal_state { int dummy; };
 *     inflate_syms.c       #include <linux/zlib.h>       and not zutil.h
 *
 * After that prefix the file would have no struct internal_state.  So a unit is parsed without the
 * prefix if a macro that no file it includes defines, but another file of the prefix,
 *
 *     is mentioned anywhere in the files that the unit has besides,
 *
 * or if a header of the prefix that the unit includes tests a macro which had been defined in the
 * prefix by then and is not in the unit, or the other way round.
 *
 * Files with pragmas that act on what follows (pack, push_macro ...) have no prefix either.
 *
 * What this does not see: names that are put together with ##, and that a declaration of a header
 * which is not included can be redeclared (the front end looks for typedefs).
 */
#include "tree/directives.h"
#include "tree/kernel.h"
#include "tree/source_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- what a prefix defines --- */

static uint32_t first_definer(struct source_prefix *prefix, const char *name)
{
    return *hg_strings_number(&prefix->macros, name, strlen(name));
}

static void add_definer(struct sources *sources, struct source_prefix *prefix, const char *name,
                        size_t turn)
{
    const struct scanned_file *file = prefix->scanned.items[turn];
    uint32_t *first = hg_strings_number(&prefix->macros, name, strlen(name));
    *HG_PUSH(&prefix->definers) = (struct definer){.file = file, .turn = turn, .next = *first};
    *first = (uint32_t)prefix->definers.count;
    *hg_strings_number(&sources->prefix_macros, name, strlen(name)) = 1;
}

/* Whether the prefix itself, or a prefix before it, defines the macro in one of the files that the
 * last walk went through, or that all units include first; *is_defined: in any. */
static bool is_defined_within(const struct sources *sources, struct source_prefix *prefix,
                              const char *name, bool *is_defined)
{
    *is_defined = false;
    for (; prefix != NULL; prefix = prefix->parent)
        for (uint32_t i = first_definer(prefix, name); i != 0;
             i = prefix->definers.items[i - 1].next) {
            *is_defined = true;
            const struct scanned_file *file = prefix->definers.items[i - 1].file;
            if (file->walk == sources->walks || file->is_forced)
                return true;
        }
    return false;
}

static bool defines(const struct scanned_file *file, const char *name)
{
    for (size_t i = 0; i < file->events.count; i++)
        if (file->events.items[i].kind == EVENT_CHANGE && file->events.items[i].name == name)
            return true;
    return false;
}

/* Files that are included before everything else, and what they include. */
static void mark_forced(struct sources *sources, struct source_prefix *prefix)
{
    for (size_t i = 0; i < prefix->arguments.includes.count; i++)
        hg_sources_walk_forced(sources, prefix, prefix->arguments.includes.items[i]);
}

/* Whether the file asks for the macro whatever was read before it: it defines it, or includes a
 * file that does. */
static bool is_settled(struct sources *sources, struct source_prefix *prefix,
                       struct scanned_file *file, const char *name, bool *is_walked)
{
    if (defines(file, name))
        return true;
    if (!*is_walked)
        hg_sources_walk_header(sources, prefix, file);
    *is_walked = true;
    bool is_defined = false;
    for (uint32_t d = first_definer(prefix, name); d != 0 && !is_defined;
         d = prefix->definers.items[d - 1].next) {
        const struct scanned_file *definer = prefix->definers.items[d - 1].file;
        is_defined = definer->is_forced || definer->walk == sources->walks;
    }
    return is_defined;
}

static void find_asked(struct sources *sources, struct source_prefix *prefix, size_t index)
{
    struct scanned_file *file = prefix->scanned.items[index];
    struct string_list *asked = &prefix->asked[index];
    bool is_walked = false;
    for (size_t i = 0; i < file->events.count; i++) {
        const char *name = file->events.items[i].name;
        if (file->events.items[i].kind != EVENT_TEST || first_definer(prefix, name) == 0 ||
            strncmp(name, "__has_", 6) == 0) /* clang has it anyway */
            continue;
        bool is_known = false;
        for (size_t a = 0; a < asked->count && !is_known; a++)
            is_known = asked->items[a] == name;
        if (!is_known && !is_settled(sources, prefix, file, name, &is_walked))
            *HG_PUSH(asked) = name;
    }
}

void hg_leak_learn(struct sources *sources, struct source_prefix *prefix)
{
    hg_strings_init(&prefix->macros, &sources->scans);
    for (size_t f = 0; f < prefix->scanned.count; f++) {
        const struct scanned_file *file = prefix->scanned.items[f];
        for (size_t i = 0; i < file->events.count; i++)
            if (file->events.items[i].kind == EVENT_CHANGE)
                add_definer(sources, prefix, file->events.items[i].name, f);
    }
    mark_forced(sources, prefix);
    prefix->asked = hg_calloc(prefix->scanned.count + 1, sizeof *prefix->asked);
    for (size_t f = 0; f < prefix->scanned.count; f++)
        find_asked(sources, prefix, f);
    sources->learnt++;
}

void hg_leak_deinit(struct source_prefix *prefix)
{
    if (prefix->asked == NULL)
        return;
    for (size_t i = 0; i < prefix->scanned.count; i++)
        free(prefix->asked[i].items);
    free(prefix->asked);
    free(prefix->scanned.items);
    free(prefix->definers.items);
    hg_strings_deinit(&prefix->macros);
    prefix->asked = NULL;
    memset(&prefix->scanned, 0, sizeof prefix->scanned);
    memset(&prefix->definers, 0, sizeof prefix->definers);
}

/* --- what a file mentions --- */

static bool is_word(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* Whether a pragma acts on what the file includes after it, or on what comes after the file:
 *
 *     #pragma pack(1)
 *     struct cper { ... };
 *     #pragma pack()           no, if there is no #include in between
 *
 * `#pragma once` and `GCC diagnostic` change no type. */
static void look_for_pragma(struct scanned_file *file, const char *text, size_t length,
                            bool *is_packed)
{
    static const char *const words[] = {"push_macro", "pop_macro", "ms_struct",
                                        "scalar_storage_order"};
    if (is_word(text, length, "_Pragma") || (*is_packed && is_word(text, length, "include")))
        file->has_pragmas = true;
    if (!is_word(text, length, "pragma"))
        return;
    const char *at = text + length;
    at += strspn(at, " \t");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            file->has_pragmas = true;
    if (strncmp(at, "pack", 4) != 0)
        return;
    at += 4;
    at += strspn(at, " \t(");
    *is_packed = *at != ')' && strncmp(at, "pop", 3) != 0;
}

/* The end of a comment or a literal; at itself where none begins. */
static const char *skip(const char *at)
{
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end == NULL ? at + strlen(at) : end + 2;
    }
    if (at[0] == '/' && at[1] == '/')
        return at + strcspn(at, "\n");
    if (at[0] != '"' && at[0] != '\'')
        return at;
    const char *end = at + 1;
    while (*end != '\0' && *end != '\n' && *end != at[0])
        end += *end == '\\' && end[1] != '\0' ? 2 : 1;
    return *end == at[0] ? end + 1 : end;
}

static bool tests(const struct scanned_file *file, const char *name)
{
    for (size_t i = 0; i < file->events.count; i++)
        if (file->events.items[i].kind == EVENT_TEST && file->events.items[i].name == name)
            return true;
    return false;
}

/* Each name once; not those that the file defines without having asked. */
static void find_mentions(struct sources *sources, struct scanned_file *file)
{
    if (file->mentions_of == sources->learnt)
        return;
    file->mentions_of = sources->learnt;
    file->mentions.count = 0;
    size_t size = 0;
    char *text = hg_kernel_read_file(file->path, &size);
    bool is_packed = false;
    struct hg_arena arena;
    struct hg_strings seen;
    hg_arena_init(&arena);
    hg_strings_init(&seen, &arena);
    for (const char *at = text == NULL ? "" : text; *at != '\0';) {
        const char *end = skip(at);
        if (end > at) {
            at = end;
            continue;
        }
        size_t length = hg_word_length(at);
        if (length > 0) {
            look_for_pragma(file, at, length, &is_packed);
            if (*hg_strings_number(&sources->prefix_macros, at, length) != 0) {
                uint32_t *known = hg_strings_number(&seen, at, length);
                const char *name = hg_strings_intern(&sources->scanned, at, length);
                if (*known == 0 && (!defines(file, name) || tests(file, name)))
                    *HG_PUSH(&file->mentions) = name;
                *known = 1;
            }
        }
        at += length + (length == 0);
    }
    file->has_pragmas = file->has_pragmas || is_packed;
    hg_strings_deinit(&seen);
    hg_arena_deinit(&arena);
    free(text);
}

/* Whether the prefix and the unit had the macro when they came to the file of the prefix that asks
 * for it, or both had not. */
static bool is_asked_alike(const struct sources *sources, struct source_prefix *prefix,
                           size_t index, const char *name)
{
    const struct scanned_file *file = prefix->scanned.items[index];
    bool in_prefix = false;
    bool in_unit = false;
    for (uint32_t d = first_definer(prefix, name); d != 0; d = prefix->definers.items[d - 1].next) {
        const struct definer *definer = &prefix->definers.items[d - 1];
        in_prefix = in_prefix || definer->turn < index;
        in_unit =
            in_unit || (definer->file->walk == sources->walks && definer->file->turn < file->turn);
    }
    return in_prefix == in_unit;
}

bool hg_leak_changes(struct sources *sources, struct source_prefix *prefix,
                     const struct scanned_list *own, const struct scanned_list *reached)
{
    bool is_defined = false;
    for (size_t f = 0; f < reached->count; f++)
        for (struct source_prefix *at = prefix; at != NULL; at = at->parent) {
            const char *path = reached->items[f]->path;
            uint32_t index = *hg_strings_number(&at->files, path, strlen(path));
            const struct string_list *asked = index == 0 ? NULL : &at->asked[index - 1];
            for (size_t i = 0; asked != NULL && i < asked->count; i++)
                if (!is_asked_alike(sources, at, index - 1, asked->items[i]))
                    return true;
        }
    for (size_t f = 0; f < own->count; f++) {
        struct scanned_file *file = own->items[f];
        find_mentions(sources, file);
        if (file->has_pragmas)
            return true;
        for (size_t i = 0; i < file->mentions.count; i++)
            if (!is_defined_within(sources, prefix, file->mentions.items[i], &is_defined) &&
                is_defined)
                return true;
    }
    return false;
}
