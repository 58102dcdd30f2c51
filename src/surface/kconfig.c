/*
 * Whether libbpf accepts the value of a kernel's option for the variable that a program declares:
 *
 *     extern int CONFIG_HZ __kconfig;      CONFIG_HZ=250      fine
 *     extern int CONFIG_BPF __kconfig;     CONFIG_BPF=y       libbpf refuses the object
 */
#include "surface/ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Types, as libbpf distinguishes them. */
enum declared_kind {
    DECLARED_OTHER,
    DECLARED_BOOL,
    DECLARED_CHAR,
    DECLARED_INT,
    DECLARED_TRISTATE,
    DECLARED_TEXT,
};

static enum declared_kind kind_of_scalar(const struct hg_type *type, uint64_t size)
{
    if (type->kind == HG_BOOL)
        return size == 1 ? DECLARED_BOOL : DECLARED_OTHER;
    bool is_power = size == 1 || size == 2 || size == 4 || size == 8;
    if (type->kind == HG_INT || type->kind == HG_CHAR)
        return size == 1 ? DECLARED_CHAR : is_power ? DECLARED_INT : DECLARED_OTHER;
    bool is_tristate = type->kind == HG_ENUM && size == 4 && type->name != NULL &&
                       strcmp(type->name, "libbpf_tristate") == 0;
    return is_tristate ? DECLARED_TRISTATE : DECLARED_OTHER;
}

static enum declared_kind kind_of(const struct hg_model *model, hg_type_id id)
{
    id = hg_type_resolve(model, id, NULL);
    const struct hg_type *type = hg_model_type(model, id);
    if (type->kind != HG_ARRAY)
        return kind_of_scalar(type, hg_type_size(model, id));
    if (type->count == 0)
        return DECLARED_OTHER;
    id = hg_type_resolve(model, type->ref.id, NULL);
    type = hg_model_type(model, id);
    return kind_of_scalar(type, hg_type_size(model, id)) == DECLARED_CHAR ? DECLARED_TEXT
                                                                          : DECLARED_OTHER;
}

/* Whether the value is a number, in C's notation, that the type can hold. */
static bool fits_number(const struct hg_model *model, hg_type_id id, const char *value)
{
    id = hg_type_resolve(model, id, NULL);
    unsigned bits = (unsigned)hg_type_size(model, id) * 8;
    char *end = NULL;
    errno = 0;
    uint64_t number = strtoull(value, &end, 0);
    if (errno != 0 || end == value || *end != '\0')
        return false;
    if (bits == 64)
        return true;
    if (!hg_model_type(model, id)->is_signed)
        return number >> bits == 0;
    return number + ((uint64_t)1 << (bits - 1)) < (uint64_t)1 << bits;
}

const char *hg_config_unsupported(struct asker *asker, const struct detail *detail)
{
    return kind_of(asker->surface->object->types, detail->type) == DECLARED_OTHER
               ? "libbpf refuses the object: an option must be a bool, a char, an integer, an enum "
                 "libbpf_tristate or an array of char"
               : NULL;
}

const char *hg_config_misfit(struct asker *asker, const struct detail *detail, const char *value)
{
    const struct hg_model *model = asker->surface->object->types;
    enum declared_kind kind = kind_of(model, detail->type);
    bool is_letter = strlen(value) == 1 && strchr("ynm", value[0]) != NULL;
    if (is_letter && kind == DECLARED_BOOL && value[0] == 'm')
        return "its value is m here, and a bool holds only y or n";
    if (is_letter)
        return kind == DECLARED_BOOL || kind == DECLARED_TRISTATE || kind == DECLARED_CHAR
                   ? NULL
                   : "its value is a letter here, y, m or n, which needs a bool, an enum "
                     "libbpf_tristate or a char";
    if (value[0] == '"')
        return kind == DECLARED_TEXT ? NULL
                                     : "its value is text here, which needs an array of char";
    bool is_truth = strcmp(value, "0") == 0 || strcmp(value, "1") == 0;
    if (kind == DECLARED_BOOL && is_truth)
        return NULL;
    if (kind != DECLARED_INT && kind != DECLARED_CHAR)
        return "its value is a number here, which needs an integer";
    return fits_number(model, detail->type, value) ? NULL : "the number is too large for the type";
}
