/*
 * Places: replaces the number of a path by the path.
 *
 *     .hdrgen.place.1    "@71 @0 Stask_struct se:Ssched_entity" 00
 *                        "@72 @71 Ssched_entity avg:Ssched_avg" 00
 *     .hdrgen.relo.1     ... "r3 byte_offset @72 Ssched_avg load_sum:i64u" 00
 *
 * is the record "r3 byte_offset Stask_struct se:Ssched_entity avg:Ssched_avg load_sum:i64u".
 *
 * The problem: CO-RE needs the whole path, because the kernel's member may be of another type than
 * the struct of that name.  In Rust, a method of a struct does not know which struct holds it, and
 * a macro cannot build text that depends on types.  It can put a number into assembly.
 *
 * The method: replace text.  A definition is looked up by its number; all copies of a definition
 * must be equal.  The path of the outer place (71, above) comes first, and the text after a place
 * must begin with the type with which its path ends.
 *
 * What this does not do: understand types.  The resulting text is parsed like that of any record.
 */
#include "link/link.h"

#include <string.h>

static const char section_name[] = HG_LINK_PLACES "1";

/* The length of `@71`; 0 = the text begins with no number. */
static size_t number_length(const char *text)
{
    size_t digits = text[0] == '@' ? strspn(text + 1, "0123456789") : 0;
    bool is_number = digits > 0 && digits <= 20 && (text[1] != '0' || digits == 1);
    return is_number ? digits + 1 : 0;
}

/* `@0`: not within another place. */
static bool is_zero(const char *text, size_t length)
{
    return length == 2 && text[1] == '0';
}

static bool place_fault(const struct linker *linker, const char *text, const char *why)
{
    struct hg_text shown = {0};
    hg_describe_name(&shown, text);
    hg_link_fault(linker, "place '%.200s' of %s: %s", hg_text_string(&shown), section_name, why);
    hg_text_deinit(&shown);
    return false;
}

/* --- definitions --- */

/* `@71 @0 Stask_struct se:Ssched_entity` */
static bool take_definition(struct linker *linker, const char *text)
{
    size_t own = number_length(text);
    const char *outer = own == 0 || text[own] != ' ' ? "" : text + own + 1;
    size_t length = number_length(outer);
    if (own == 0 || is_zero(text, own) || length == 0 || outer[length] != ' ')
        return place_fault(linker, text, "it does not begin with two numbers");
    uint32_t *index = hg_strings_number(&linker->place_numbers, text, own);
    if (*index == 0) {
        if (linker->definitions.count == LINK_RECORDS_MAX)
            return place_fault(linker, text, "there are too many");
        *HG_PUSH(&linker->definitions) = text;
        *index = (uint32_t)linker->definitions.count;
    }
    return strcmp(linker->definitions.items[*index - 1], text) == 0 ||
           place_fault(linker, text, "another one has the same number");
}

static bool take_section(struct linker *linker, struct link_section *section)
{
    if (!hg_link_take_section(linker, section, section_name))
        return false;
    for (size_t at = 0; at < section->size;) {
        const char *text = (const char *)section->bytes + at;
        size_t length = strnlen(text, section->size - at);
        if (length == section->size - at || length > LINK_TEXT_MAX)
            return hg_link_fault(linker, "section %s: the text at byte %zu is cut off or too long",
                                 section_name, at);
        if (!take_definition(linker, text))
            return false;
        at += length + 1;
    }
    return true;
}

bool hg_link_find_places(struct linker *linker)
{
    for (size_t i = 1; i < linker->sections.count; i++) {
        struct link_section *section = &linker->sections.items[i];
        if (strncmp(section->name, HG_LINK_PLACES, sizeof HG_LINK_PLACES - 1) == 0 &&
            !take_section(linker, section))
            return false;
    }
    return true;
}

/* --- use --- */

/* The type at the end of a path: `Ssched_entity` of `Stask_struct se:Ssched_entity`.  If the last
 * step is an index, it is the type of the element. */
static const char *last_type(const char *path, size_t *length)
{
    const char *end = path + strlen(path);
    const char *last = strrchr(path, ' ');
    bool is_element = last != NULL && last[1] == '[';
    if (is_element) {
        end = last;
        while (last > path && *--last != ' ')
            ;
    }
    const char *type = last == NULL ? NULL : memchr(last, ':', (size_t)(end - last));
    if (type != NULL && is_element)
        type = memchr(type, ']', (size_t)(end - type));
    *length = type == NULL ? 0 : (size_t)(end - type - 1);
    return type == NULL ? path : type + 1;
}

/* Adds the path of the place `@71` and the steps after it, for `@71 TYPE STEP...`.  Returns what is
 * wrong; NULL = nothing. */
static const char *put_path(struct linker *linker, struct hg_text *text, const char *from,
                            unsigned depth)
{
    size_t number = number_length(from), type;
    const char *rest = from + number + 1;
    if (number == 0 || from[number] != ' ')
        return "a place has no number";
    if (is_zero(from, number)) {
        hg_text_put(text, rest);
        return NULL;
    }
    uint32_t index = *hg_strings_number(&linker->place_numbers, from, number);
    if (index == 0)
        return "its place is defined nowhere";
    if (depth == LINK_STEPS_MAX)
        return "its place is within more than 60 others, or within itself";
    const char *definition = linker->definitions.items[index - 1];
    const char *why = put_path(linker, text, definition + number_length(definition) + 1, depth + 1);
    if (why != NULL)
        return why;
    /* `Tkuid_t=S`: here the type has its typedef, in the path before it does not. */
    size_t alias = rest[0] == 'T' ? strcspn(rest, "= ") : 0;
    rest += rest[alias] == '=' ? alias + 1 : 0;
    const char *last = last_type(hg_text_string(text), &type);
    if (type == 0 || strncmp(rest, last, type) != 0 || (rest[type] != ' ' && rest[type] != '\0'))
        return "its place is of another type: its bindings are not of one version";
    hg_text_put(text, rest + type);
    return text->size > LINK_TEXT_MAX ? "with its place it is longer than 4000 bytes" : NULL;
}

bool hg_link_expand(struct linker *linker, struct link_record *record)
{
    /* The place is the third word. */
    const char *at = strchr(record->text, ' ');
    at = at == NULL ? NULL : strchr(at + 1, ' ');
    if (at == NULL || at[1] != '@')
        return true;
    struct hg_text text = {0};
    struct hg_text path = {0};
    const char *why = put_path(linker, &path, at + 1, 0);
    hg_text_bytes(&text, record->text, (size_t)(at + 1 - record->text));
    hg_text_put(&text, hg_text_string(&path));
    if (why == NULL)
        record->text = hg_arena_string(&linker->arena, text.data, text.size);
    else
        hg_link_record_fault(linker, record, "%s", why);
    hg_text_deinit(&text);
    hg_text_deinit(&path);
    return why == NULL;
}
