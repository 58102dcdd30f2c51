/*
 * Finds, for the names that a user asks for, the headers that may define each.
 *
 *     task_struct         linux/sched.h
 *     struct page         linux/mm_types.h
 *     'bpf_*'             each type that matches, with its headers
 *
 * A name without a kind may be of any kind: hg_select reports it if the name is ambiguous.  An
 * enumerator stands for its enum, which has no tag, only if no type has the name.
 */
#include "base/diag.h"
#include "model/match.h"
#include "model/nearest.h"
#include "tree/names.h"

#include <string.h>

static const struct {
    const char *word;
    enum hg_kind kind;
} kinds[] = {
    [HG_FOUND_STRUCT] = {"struct", HG_STRUCT},
    [HG_FOUND_UNION] = {"union", HG_UNION},
    [HG_FOUND_ENUM] = {"enum", HG_ENUM},
    [HG_FOUND_TYPEDEF] = {"typedef", HG_TYPEDEF},
    [HG_FOUND_ENUMERATOR] = {"enumerator", HG_VOID},
};
enum { KINDS = sizeof kinds / sizeof *kinds, ANY_KIND = (1u << KINDS) - 1 };

struct chooser {
    const struct hg_catalogue *catalogue;
    struct hg_arena *arena;
    struct hg_diagnostics *diagnostics;
    struct hg_requests *requests;
    bool are_optional;
    struct hg_unmet_names *unmet; /* gets the names that no header defines; NULL = report them */
};

const char *hg_split_name(const char *asked, unsigned *mask)
{
    for (size_t i = 0; i < HG_FOUND_ENUMERATOR; i++) {
        size_t length = strlen(kinds[i].word);
        if (!hg_begins_with(asked, kinds[i].word) || asked[length] != ' ')
            continue;
        *mask = 1u << i;
        return asked + length + strspn(asked + length, " ");
    }
    *mask = ANY_KIND;
    return asked;
}

unsigned hg_found_kind(const struct hg_type *type)
{
    for (size_t i = 0; i < HG_FOUND_ENUMERATOR && type->complete; i++)
        if (kinds[i].kind == type->kind)
            return 1u << i;
    return 0;
}

/* Adds the request with the definitions of its kinds from [begin, end), one for each header, if
 * there are any.  Returns how many there are. */
static size_t add_request(struct chooser *chooser, struct hg_request request, size_t begin,
                          size_t end)
{
    uint32_t *definitions = hg_arena_array(chooser->arena, end - begin, sizeof *definitions);
    size_t count = 0;
    for (size_t i = begin; i < end; i++) {
        const struct hg_catalogue_definition *definition = &chooser->catalogue->definitions[i];
        if ((request.kinds & 1u << definition->what) == 0)
            continue;
        if (count == 0 || /* those of one header are adjacent */
            chooser->catalogue->definitions[definitions[count - 1]].file != definition->file)
            definitions[count++] = (uint32_t)i;
    }
    request.definitions = definitions;
    request.definition_count = count;
    if (count > 0)
        *HG_PUSH(chooser->requests) = request;
    return count;
}

bool hg_report_unknown(const struct hg_catalogue *catalogue, const struct hg_unmet_name *unmet,
                       bool has_sources, bool is_optional, struct hg_diagnostics *diagnostics)
{
    const char *where = has_sources ? "no header and no source file" : "no header";
    struct hg_nearest nearest;
    if (is_optional) {
        hg_warning(diagnostics, NULL, "%s of this kernel defines '%s' by name", where,
                   unmet->asked);
        return false;
    }
    hg_nearest_init(&nearest, unmet->name);
    for (size_t i = 0; i < catalogue->definition_count; i++) {
        const struct hg_catalogue_definition *definition = &catalogue->definitions[i];
        if (definition->what != HG_FOUND_ENUMERATOR)
            hg_nearest_consider(&nearest, catalogue->strings + definition->name,
                                (int)kinds[definition->what].kind);
    }
    struct hg_text text = {0};
    hg_put_nearest(&nearest, &text);
    hg_error(diagnostics, NULL, "%s of this kernel defines '%s' by name%s", where, unmet->asked,
             hg_text_string(&text));
    hg_note(
        diagnostics, NULL, "%s",
        has_sources
            ? "if macros put the name together, --sources finds it: it reads every source file"
            : "a package of headers does not have the types that only a .c file or a driver's own "
              "header defines: read the kernel's BTF (--btf vmlinux), or its sources in the same "
              "configuration (--kernel SOURCES); if macros put the name together, it is found when "
              "every header is read (request '*', too)");
    hg_text_deinit(&text);
    return true;
}

static bool choose_name(struct chooser *chooser, const char *asked, const char *name, unsigned mask)
{
    size_t end = 0;
    size_t begin = hg_catalogue_definitions(chooser->catalogue, name, &end);
    struct hg_request request = {.asked = asked, .name = name, .kinds = mask, .is_required = true};
    request.kinds &= ~(1u << HG_FOUND_ENUMERATOR);
    if (add_request(chooser, request, begin, end) > 0)
        return true;
    request.kinds = mask & 1u << HG_FOUND_ENUMERATOR;
    if (add_request(chooser, request, begin, end) > 0)
        return true;
    struct hg_unmet_name unmet = {.asked = asked, .name = name, .kinds = mask};
    if (chooser->unmet == NULL)
        return !hg_report_unknown(chooser->catalogue, &unmet, false, chooser->are_optional,
                                  chooser->diagnostics);
    *HG_PUSH(chooser->unmet) = unmet;
    return true;
}

static bool choose_pattern(struct chooser *chooser, const char *asked, const char *pattern,
                           unsigned mask)
{
    const struct hg_catalogue *catalogue = chooser->catalogue;
    size_t before = chooser->requests->count;
    for (size_t begin = 0, end; begin < catalogue->definition_count; begin = end) {
        const char *name = catalogue->strings + catalogue->definitions[begin].name;
        for (end = begin + 1; end < catalogue->definition_count; end++)
            if (catalogue->definitions[end].name != catalogue->definitions[begin].name)
                break;
        if (!hg_matches(pattern, name))
            continue;
        for (size_t i = 0; i < KINDS; i++)
            if ((mask & 1u << i) != 0)
                add_request(chooser,
                            (struct hg_request){.asked = asked, .name = name, .kinds = 1u << i},
                            begin, end);
    }
    if (chooser->unmet != NULL)
        hg_note(chooser->diagnostics, NULL,
                "'%s' is matched with the types of headers; --sources matches those of source "
                "files, too",
                asked);
    if (chooser->requests->count > before)
        return true;
    hg_error(chooser->diagnostics, NULL, "no header of this kernel defines a type that fits '%s'",
             asked);
    return false;
}

bool hg_are_many(const struct hg_catalogue *catalogue, const char *const *names, size_t count)
{
    enum { MANY_HEADERS = 64 };
    HG_CLEANUP(hg_free_pointer)
    uint8_t *counted = hg_calloc(catalogue->files->count + 1, sizeof *counted);
    size_t headers = 0;
    for (size_t n = 0; n < count; n++) {
        unsigned mask = 0;
        const char *pattern = hg_split_name(names[n], &mask);
        for (size_t i = 0; hg_is_pattern(pattern) && i < catalogue->definition_count; i++) {
            const struct hg_catalogue_definition *definition = &catalogue->definitions[i];
            if (counted[definition->file] || (mask & 1u << definition->what) == 0 ||
                !hg_matches(pattern, catalogue->strings + definition->name))
                continue;
            counted[definition->file] = 1;
            headers++;
        }
    }
    return headers > MANY_HEADERS;
}

enum hg_status hg_find_requests(const struct hg_catalogue *catalogue, const char *const *names,
                                size_t count, bool are_optional, struct hg_arena *arena,
                                struct hg_diagnostics *diagnostics, struct hg_unmet_names *unmet,
                                struct hg_requests *ret)
{
    struct chooser chooser = {catalogue, arena, diagnostics, ret, are_optional, unmet};
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        unsigned mask = 0;
        const char *name = hg_split_name(names[i], &mask);
        good &= !hg_is_pattern(name) ? choose_name(&chooser, names[i], name, mask)
                                     : choose_pattern(&chooser, names[i], name, mask);
    }
    return good ? HG_OK : HG_ERROR_INPUT;
}

/* --- which requests a model answers --- */

/* A name that a model defines. */
struct have {
    const char *name;
    unsigned kind;    /* 1u << enum hg_found */
    const char *file; /* that defines it */
};

struct haves {
    struct have *items;
    size_t count, capacity;
};

static int compare(const void *a, const void *b)
{
    const struct have *one = a;
    const struct have *two = b;
    int names = strcmp(one->name, two->name);
    return names != 0 ? names : (one->kind > two->kind) - (one->kind < two->kind);
}

static void collect(const struct hg_model *model, struct haves *haves)
{
    size_t count = hg_model_type_count(model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        unsigned kind = hg_found_kind(type);
        if (kind != 0 && type->name != NULL)
            *HG_PUSH(haves) = (struct have){type->name, kind, type->where.file};
        if (type->kind != HG_ENUM || type->name != NULL)
            continue;
        for (size_t i = 0; i < type->enumerator_count; i++)
            *HG_PUSH(haves) = (struct have){type->enumerators[i].name, 1u << HG_FOUND_ENUMERATOR,
                                            type->where.file};
    }
}

void hg_check_requests(struct hg_requests *requests, const struct hg_model *model)
{
    struct haves haves = {0};
    collect(model, &haves);
    if (haves.count > 0)
        qsort(haves.items, haves.count, sizeof *haves.items, compare);
    for (size_t i = 0; i < requests->count; i++) {
        struct hg_request *request = &requests->items[i];
        request->is_found = false;
        request->found_in = NULL;
        for (unsigned kind = 0; kind < KINDS && haves.count > 0; kind++) {
            struct have key = {.name = request->name, .kind = 1u << kind};
            const struct have *have =
                (request->kinds & key.kind) == 0
                    ? NULL
                    : bsearch(&key, haves.items, haves.count, sizeof key, compare);
            if (have == NULL)
                continue;
            request->is_found = true;
            request->found_in = have->file;
        }
    }
    free(haves.items);
}
