/*
 * Reports on types that were read by their names: those that are missing, and why; those that
 * several headers define; those of which nothing but the name shows that they are the right ones;
 * and headers that were left out.
 */
#include "tree/names.h"

#include "base/diag.h"
#include "base/strings.h"
#include "base/text.h"

#include <string.h>

enum { PLACES_MAX = 3 };

static const char *name_of(const struct hg_name_finder *finder, uint32_t file)
{
    return finder->catalogue->files->items[file].name;
}

/* The i-th definition of the request. */
static const struct hg_catalogue_definition *
definition_of(const struct hg_name_finder *finder, const struct hg_request *request, size_t i)
{
    return &finder->catalogue->definitions[request->definitions[i]];
}

/* The name for messages: a request that a pattern matches has the pattern as its spelling. */
static const char *shown_name(const struct hg_request *request)
{
    return request->is_required ? request->asked : request->name;
}

/* A sentence: why no header defines the request. */
static const char *describe_missing(struct hg_name_finder *finder, const struct hg_request *request)
{
    struct hg_text places = {0};
    const char *problem = NULL;
    for (size_t i = 0; i < request->definition_count && i < PLACES_MAX; i++) {
        const struct hg_catalogue_definition *definition = definition_of(finder, request, i);
        hg_text_printf(&places, "%s%s:%u", i == 0 ? "" : ", ", name_of(finder, definition->file),
                       definition->line);
        if (problem == NULL)
            problem = finder->problems[definition->file];
    }
    const char *where = hg_text_keep(&places, finder->arena);
    if (problem == NULL)
        return hg_arena_printf(
            finder->arena,
            "'%s' is not defined in this kernel's configuration, though its text is in %s",
            request->asked, where);
    return hg_arena_printf(
        finder->arena,
        "'%s' cannot be had: %s does not parse%s: %s; name what it needs before it "
        "(--header A --header B)",
        request->asked, where,
        finder->requests.count > 1 ? ", or not together with the others' headers" : "", problem);
}

/* Adds the request to the unmet names, which are searched in other files, or else reports it.
 * False = it is an error. */
static bool miss(struct hg_name_finder *finder, const struct hg_request *request)
{
    const char *why = describe_missing(finder, request);
    if (finder->unmet != NULL) {
        *HG_PUSH(finder->unmet) = (struct hg_unmet_name){
            .asked = request->asked, .name = request->name, .kinds = request->kinds, .report = why};
        return true;
    }
    (finder->options->are_optional ? hg_warning : hg_error)(finder->diagnostics, NULL, "%s", why);
    return finder->options->are_optional;
}

/* A header that was given up, and why. */
struct given_up {
    const char *name, *problem;
};

struct given_up_list {
    struct given_up *items;
    size_t count, capacity;
};

/* Warns of all headers of a pattern at once; with -v, or if there is only one, of each and why. */
static void warn_of_headers(const struct hg_name_finder *finder, const char *pattern,
                            const struct given_up_list *given_up)
{
    enum { SHOWN = 3 };
    bool explains = given_up->count == 1 || finder->options->headers->clang_warnings;
    struct hg_text names = {0};
    for (size_t i = 0; i < given_up->count; i++) {
        if (explains)
            hg_warning(finder->diagnostics, NULL,
                       "what fits '%s' in %s is left out, for it does not parse: %s", pattern,
                       given_up->items[i].name, given_up->items[i].problem);
        if (i < SHOWN)
            hg_text_printf(&names, "%s%s", i == 0 ? "" : ", ", given_up->items[i].name);
    }
    if (given_up->count > SHOWN)
        hg_text_printf(&names, " and %zu more", given_up->count - SHOWN);
    if (given_up->count > 0 && !explains)
        hg_warning(finder->diagnostics, NULL,
                   "what fits '%s' in %zu headers is left out, for they do not parse: %s (-v says "
                   "why)",
                   pattern, given_up->count, names.data);
    hg_text_deinit(&names);
}

/* Adds the headers of the request that were given up, each only the first time. */
static void take_given_up(struct hg_name_finder *finder, const struct hg_request *request,
                          struct given_up_list *given_up)
{
    for (size_t i = 0; i < request->definition_count; i++) {
        uint32_t header = definition_of(finder, request, i)->file;
        if (finder->problems[header] == NULL)
            continue;
        *HG_PUSH(given_up) = (struct given_up){name_of(finder, header), finder->problems[header]};
        finder->problems[header] = NULL;
    }
}

/* Warns of the headers that were given up, pattern by pattern.  Requests that one pattern matches
 * follow each other. */
static void warn_of_given_up(struct hg_name_finder *finder)
{
    const struct hg_request *all = finder->requests.items;
    struct given_up_list given_up = {0};
    for (size_t i = 0; i < finder->requests.count; i++) {
        if (!all[i].is_found && !all[i].is_required)
            take_given_up(finder, &all[i], &given_up);
        if (i + 1 < finder->requests.count && strcmp(all[i].asked, all[i + 1].asked) == 0)
            continue;
        warn_of_headers(finder, all[i].asked, &given_up);
        given_up.count = 0;
    }
    free(given_up.items);
}

/* Whether the file was opened for the model. */
static bool was_read(const struct hg_model *model, const char *path)
{
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i], path) == 0)
            return true;
    return false;
}

/* Makes the definition that was read the current one: the header that was tried may have included
 * another one that defines the type. */
static void take_definer(const struct hg_name_finder *finder, struct hg_request *request)
{
    request->tried = request->current;
    for (size_t i = 0; i < request->definition_count && request->found_in != NULL; i++)
        if (hg_is_file_of(request->found_in,
                          name_of(finder, definition_of(finder, request, i)->file))) {
            request->current = i;
            return;
        }
}

/* Whether most headers of the tree include the header, directly or not; then so do most files of
 * the kernel. */
static bool is_everywhere(const struct hg_name_finder *finder, uint32_t header)
{
    const struct hg_catalogue *catalogue = finder->catalogue;
    size_t count = catalogue->files->count;
    uint8_t *is_reached = hg_calloc(count, sizeof *is_reached);
    uint32_t *reached = hg_calloc(count, sizeof *reached);
    size_t reached_count = 0;
    reached[reached_count++] = header;
    is_reached[header] = 1;
    for (size_t i = 0; i < reached_count; i++) {
        size_t end = 0;
        size_t begin = hg_catalogue_includers(catalogue, reached[i], &end);
        for (size_t edge = begin; edge < end; edge++) {
            uint32_t includer = catalogue->edges[edge].includer;
            if (!is_reached[includer])
                reached[reached_count++] = includer;
            is_reached[includer] = 1;
        }
    }
    free(is_reached);
    free(reached);
    return reached_count > count / 2;
}

static bool has_includer(const struct hg_name_finder *finder, uint32_t header)
{
    size_t end = 0;
    return hg_catalogue_includers(finder->catalogue, header, &end) < end;
}

/* Whether a header that includes this one was read, but excluded it by an #if. */
static bool is_ruled_out(const struct hg_name_finder *finder, uint32_t header,
                         const struct hg_model *model)
{
    size_t end = 0;
    size_t begin = hg_catalogue_includers(finder->catalogue, header, &end);
    for (size_t edge = begin; edge < end; edge++)
        if (was_read(model,
                     finder->catalogue->files->items[finder->catalogue->edges[edge].includer].path))
            return true;
    return false;
}

/*
 * Reports another header that defines the name and was not read.  Headers of the architecture, of
 * asm-generic, uapi and generated ones do not count, since they define the same type in another
 * form.  A note is enough if the type was taken from a header of the architecture, or if headers
 * include the one that it was taken from and none includes the other.  Otherwise nothing shows
 * which of the two the kernel has, and the user has to name the header.
 */
static enum hg_status check_duplicate_names(struct hg_name_finder *finder,
                                            const struct hg_request *request,
                                            const struct hg_model *model)
{
    enum { OTHER_FORMS = 4 };
    uint32_t taken = hg_current_header(finder, request);
    for (size_t i = request->tried + 1; i < request->definition_count; i++) {
        if (i == request->current)
            continue;
        const struct hg_catalogue_definition *other = definition_of(finder, request, i);
        const struct hg_kernel_header *header = &finder->catalogue->files->items[other->file];
        unsigned rank = hg_catalogue_rank(header);
        if (rank == 0 || rank >= OTHER_FORMS || other->what == HG_FOUND_ENUMERATOR ||
            was_read(model, header->path) || is_ruled_out(finder, other->file, model))
            continue;
        if (is_everywhere(finder, taken))
            return HG_OK;
        bool is_clear = hg_catalogue_rank(&finder->catalogue->files->items[taken]) == 0 ||
                        (has_includer(finder, taken) && !has_includer(finder, other->file));
        if (is_clear) {
            hg_note(finder->diagnostics, NULL,
                    "'%s' is taken from %s; %s:%u has one of that name, too (--header %s for that)",
                    request->asked, name_of(finder, taken), header->name, other->line,
                    header->name);
            return HG_OK;
        }
        (request->is_required ? hg_error : hg_warning)(
            finder->diagnostics, NULL,
            "'%s' is defined in %s:%u and in %s:%u, and nothing in the headers tells which of "
            "both this kernel has: name the header (--header %s)",
            shown_name(request), name_of(finder, taken),
            hg_current_definition(finder, request)->line, header->name, other->line, header->name);
        return request->is_required ? HG_ERROR_INPUT : HG_OK;
    }
    return HG_OK;
}

/* Reports a better header for the name that does not parse: the kernel may have its definition. */
static enum hg_status check_better_headers(struct hg_name_finder *finder,
                                           const struct hg_request *request)
{
    const char *taken = name_of(finder, hg_current_header(finder, request));
    for (size_t i = 0; i < request->tried; i++) {
        const struct hg_catalogue_definition *better = definition_of(finder, request, i);
        const char *problem = finder->problems[better->file];
        if (problem == NULL || better->what == HG_FOUND_ENUMERATOR)
            continue;
        (request->is_required ? hg_error : hg_warning)(
            finder->diagnostics, NULL,
            "'%s' is defined in %s:%u, which does not parse (%s), and in %s, which comes after it: "
            "which of both this kernel has is not known; name the header (--header %s)",
            shown_name(request), name_of(finder, better->file), better->line, problem, taken,
            taken);
        return request->is_required ? HG_ERROR_INPUT : HG_OK;
    }
    return HG_OK;
}

/* --- types that are known by the name alone --- */

/* The keyword of a request that was read from a lone header (hg_catalogue_is_lone); else NULL. */
static const char *lone_word(const struct hg_name_finder *finder, const struct hg_model *model,
                             const struct hg_request *request)
{
    if (!request->is_found || hg_is_exhausted(request))
        return NULL;
    uint32_t file = hg_current_header(finder, request);
    if (!hg_catalogue_is_lone(finder->catalogue, file) ||
        !was_read(model, finder->catalogue->files->items[file].path))
        return NULL;
    return hg_found_word(hg_current_definition(finder, request)->what);
}

/* Fills `lone`: `struct clk` -> index of the request, plus one. */
static void find_lone(const struct hg_name_finder *finder, const struct hg_model *model,
                      struct hg_strings *lone, uint8_t *is_doubtful)
{
    for (size_t i = 0; i < finder->requests.count; i++) {
        const struct hg_request *request = &finder->requests.items[i];
        const char *word = lone_word(finder, model, request);
        if (word == NULL)
            continue;
        is_doubtful[i] = finder->options->are_pointees;
        const char *tag = hg_arena_printf(finder->arena, "%s %s", word, request->name);
        *hg_strings_number(lone, tag, strlen(tag)) = (uint32_t)i + 1;
    }
}

static void warn_of_doubtful(const struct hg_name_finder *finder, const uint8_t *is_doubtful)
{
    enum { SHOWN = 8 };
    size_t shown = finder->options->headers->clang_warnings ? SIZE_MAX : SHOWN;
    size_t count = 0;
    const struct hg_request *first = NULL;
    struct hg_text text = {0};
    for (size_t i = 0; i < finder->requests.count; i++) {
        const struct hg_request *request = &finder->requests.items[i];
        if (!is_doubtful[i])
            continue;
        if (count++ < shown)
            hg_text_printf(&text, "%s%s (%s)", count == 1 ? "" : ", ", request->name,
                           name_of(finder, hg_current_header(finder, request)));
        first = first == NULL ? request : first;
    }
    if (count > shown)
        hg_text_printf(&text, " and %zu more (-v names them)", count - shown);
    if (first != NULL) {
        const struct hg_location where = {
            .file = name_of(finder, hg_current_header(finder, first)),
            .line = hg_current_definition(finder, first)->line,
        };
        hg_warning(finder->diagnostics, &where,
                   "%zu type%s known by the name alone, from headers that no other header includes "
                   "while others declare the type; the kernel may have another one of that name in "
                   "a .c file: %s",
                   count, count == 1 ? " is" : "s are", hg_text_string(&text));
    }
    hg_text_deinit(&text);
}

/* Warns of types whose header no other header includes, while other headers mention the type.  For
 * instance linux/sh_clk.h defines struct clk, for one architecture; linux/clk.h, which the whole
 * kernel uses, only declares it, and drivers/clk/clk.c defines it. */
static void check_lone(struct hg_name_finder *finder, const struct hg_model *model)
{
    const struct hg_catalogue *catalogue = finder->catalogue;
    struct hg_strings lone;
    hg_strings_init(&lone, finder->arena);
    uint8_t *is_doubtful = hg_calloc(finder->requests.count + 1, sizeof *is_doubtful);
    find_lone(finder, model, &lone, is_doubtful);
    for (size_t i = 0; i < catalogue->tag_count && lone.count > 0; i++) {
        const char *tag = catalogue->strings + catalogue->tags[i].text;
        uint32_t number = hg_strings_find(&lone, tag, strlen(tag));
        if (number != 0 && catalogue->tags[i].file !=
                               hg_current_header(finder, &finder->requests.items[number - 1]))
            is_doubtful[number - 1] = 1;
    }
    warn_of_doubtful(finder, is_doubtful);
    free(is_doubtful);
    hg_strings_deinit(&lone);
}

/* Warns of a header of the architecture that was read by itself, and not through a public
 * header. */
static void warn_of_missing_public(struct hg_name_finder *finder, const struct hg_request *request,
                                   const struct hg_model *model)
{
    uint32_t public[HG_PUBLIC_MAX];
    uint32_t header = hg_current_header(finder, request);
    const struct hg_kernel_header *files = finder->catalogue->files->items;
    size_t count = hg_find_public(finder->catalogue, header, public);
    for (size_t i = 0; i < count; i++)
        if (was_read(model, files[public[i]].path))
            return;
    if (count > 0)
        hg_warning(finder->diagnostics, NULL,
                   "'%s' is taken from %s by itself, since %s, through which the kernel has it, "
                   "does not parse: in the kernel it may be another one (--header %s if it is this "
                   "one)",
                   shown_name(request), files[header].name, files[public[0]].name,
                   files[header].name);
}

enum hg_status hg_conclude_names(struct hg_name_finder *finder, const struct hg_model *model)
{
    enum hg_status status = HG_OK;
    bool any = false;
    for (size_t i = 0; i < finder->requests.count; i++) {
        struct hg_request *request = &finder->requests.items[i];
        any |= request->is_found;
        if (request->is_found && !hg_is_exhausted(request)) {
            take_definer(finder, request);
            warn_of_missing_public(finder, request, model);
            if (check_better_headers(finder, request) != HG_OK ||
                check_duplicate_names(finder, request, model) != HG_OK)
                status = HG_ERROR_INPUT;
        }
        if (!request->is_found && request->is_required && !miss(finder, request))
            status = HG_ERROR_INPUT;
    }
    warn_of_given_up(finder);
    check_lone(finder, model);
    if (status == HG_OK && !any && !finder->options->are_pointees &&
        (finder->unmet == NULL || finder->unmet->count == 0)) {
        hg_error(finder->diagnostics, NULL,
                 "nothing that fits '%s' is defined in this kernel's configuration",
                 finder->options->names[0]);
        return HG_ERROR_INPUT;
    }
    return status;
}
