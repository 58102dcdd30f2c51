/*
 * Which header defines what another one lacks.
 *
 *     trace/events/9p.h:30: use of undeclared identifier 'P9_TLERROR'
 *
 * An error that something is missing names it, and if one of the models that were made has it, they
 * know the file too: include/net/9p/9p.h.  What none of them has can be a macro, which models do
 * not have: those are looked for in the text of all headers, once for all that are missing.
 */
#include "tree/headers.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_NAME = 256, MAX_MACROS = 100 };

static void learn(struct reading *reading, const char *word, const char *name, const char *file)
{
    char text[LONGEST_NAME];
    int size = snprintf(text, sizeof text, "%s%s", word, name);
    if (size < 0 || size >= LONGEST_NAME)
        return;
    uint32_t *known = hg_strings_number(&reading->definers, text, (size_t)size);
    if (*known != 0)
        return;
    *HG_PUSH(&reading->definer_files) = hg_strings_intern(&reading->definers, file, strlen(file));
    *known = (uint32_t)reading->definer_files.count;
}

void hg_units_learn(struct reading *reading, const struct hg_model *model)
{
    for (size_t i = 1; i < hg_model_type_count(model); i++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)i);
        if (!type->complete || type->where.file == NULL)
            continue;
        if (hg_has_own_name(type))
            learn(reading,
                  type->kind == HG_STRUCT  ? "struct "
                  : type->kind == HG_UNION ? "union "
                  : type->kind == HG_ENUM  ? "enum "
                                           : "",
                  type->name, type->where.file);
        for (size_t e = 0; type->kind == HG_ENUM && e < type->enumerator_count; e++)
            learn(reading, "", type->enumerators[e].name, type->where.file);
    }
}

void hg_units_want_macro(struct reading *reading, const struct unit_fault *fault,
                         struct name_list *names)
{
    size_t size = fault->symbol == NULL ? 0 : strlen(fault->symbol);
    if (fault->kind != HG_PROBLEM_MISSING_SYMBOL || !fault->may_be_macro ||
        names->count == MAX_MACROS || size == 0 || size >= LONGEST_NAME ||
        *hg_strings_number(&reading->definers, fault->symbol, size) != 0)
        return;
    const char *name = hg_strings_intern(&reading->definers, fault->symbol, size);
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i] == name)
            return;
    *HG_PUSH(names) = name;
}

/* `#define NAME` and nothing of a name behind it, at the text. */
static bool defines(const char *text, const char *end, const char *name)
{
    size_t size = strlen(name);
    if ((size_t)(end - text) <= size || memcmp(text, name, size) != 0)
        return false;
    return strchr(" \t\n(", text[size]) != NULL;
}

void hg_units_learn_macros(struct reading *reading, const char *header,
                           const struct name_list *names)
{
    static const char word[] = "#define";
    size_t size = 0;
    HG_CLEANUP(hg_free_pointer)
    char *text = names->count == 0 ? NULL : hg_units_read_header(reading, header, &size);
    const char *at = text;
    const char *end = text == NULL ? NULL : text + size;
    while (at != NULL && (at = memmem(at, (size_t)(end - at), word, sizeof word - 1)) != NULL) {
        at += sizeof word - 1;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        for (size_t i = 0; i < names->count; i++)
            if (defines(at, end, names->items[i]))
                learn(reading, "", names->items[i], header);
    }
}

enum lack hg_units_find_missing(struct reading *reading, const struct unit_fault *fault,
                                const char **file)
{
    if (fault->kind != HG_PROBLEM_MISSING_SYMBOL)
        return LACKS_NOTHING;
    const char *name = fault->symbol == NULL ? "" : fault->symbol;
    uint32_t known = *hg_strings_number(&reading->definers, name, strlen(name));
    if (known == 0)
        return LACKS_UNKNOWN;
    *file = reading->definer_files.items[known - 1];
    return LACKS_KNOWN;
}
