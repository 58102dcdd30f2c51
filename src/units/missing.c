/*
 * Which header defines what another one lacks.
 *
 *     trace/events/9p.h:30: use of undeclared identifier 'P9_TLERROR'
 *
 * An error that something is missing names it, and if one of the models that were made has it, they
 * know the file too: include/net/9p/9p.h.  What none of them has, as far as types and enumerators
 * go, is defined in no header that can be read.
 */
#include "units/units.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_NAME = 256 };

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

/* The quoted name behind one of clang's phrases: of 'foo_t' (aka 'struct foo') the latter. */
static const char *find_name(const char *error)
{
    static const char *const phrases[] = {
        "unknown type name '",
        "incomplete type '",
        "incomplete definition of type '",
        "undeclared identifier '",
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        const char *begin = strstr(error, phrases[i]);
        if (begin == NULL)
            continue;
        begin += strlen(phrases[i]);
        const char *aka = strstr(begin, "(aka '");
        return aka == NULL ? begin : aka + strlen("(aka '");
    }
    return NULL;
}

enum lack hg_units_find_missing(struct reading *reading, const char *error, const char **file)
{
    const char *name = find_name(error);
    if (name == NULL)
        return LACKS_NOTHING;
    uint32_t known = *hg_strings_number(&reading->definers, name, strcspn(name, "'"));
    if (known == 0)
        return LACKS_UNKNOWN;
    *file = reading->definer_files.items[known - 1];
    return LACKS_KNOWN;
}
