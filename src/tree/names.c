/*
 * Reading the types of a tree by their names: the order of events.
 *
 *     headers -> index -> wants -> plan -> parse -> (errors: plan again) -> all found? -> model
 *
 * An attempt's diagnostics are kept.  When it fails, each error tells by its chain of includes
 * which header of the plan it came from; that header is had in another way the next time, or, when
 * no way is left, its types are looked for in the next header that seems to define them.  When it
 * succeeds and a type is not there after all (an #if, a comment of a form that is not known), the
 * next header is tried for it.  Only what the last attempt said is told.
 *
 * What this does not do: parse headers that do not go together apart from each other.
 */
#include "tree/names.h"
#include "base/diag.h"

#include <string.h>

enum { MAX_ATTEMPTS = 40 };

struct finder {
    const struct hg_kernel *kernel;
    const struct hg_kernel_read_options *options;
    struct hg_diagnostics *diagnostics;
    struct hg_arena arena;
    struct hg_index index;
    struct hg_wants wants;
    struct hg_plan plan;
    struct hg_log log;   /* of the last attempt */
    const char **faults; /* of each header that is given up, the first error */
    bool keeps_going;    /* leaves out what errors touch: wanted, and the last resort */
};

/* --- one attempt --- */

/* The tree's, the plan's, and last, so that they win, the user's. */
static void put_flags(const struct finder *finder, struct hg_names *flags)
{
    const struct hg_kernel *kernel = finder->kernel;
    const struct hg_header_options *headers = &finder->options->headers;
    for (size_t i = 0; i < kernel->flag_count; i++)
        *HG_PUSH(flags) = kernel->flags[i];
    for (size_t i = 0; i < finder->plan.directories.count; i++)
        *HG_PUSH(flags) = finder->plan.directories.items[i];
    for (size_t i = 0; i < headers->argument_count; i++)
        *HG_PUSH(flags) = headers->arguments[i];
}

static enum hg_status parse(struct finder *finder, const struct hg_parse_options *how,
                            struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_parse_options options = *how;
    struct hg_names flags = {0};
    put_flags(finder, &flags);
    options.user.arguments = flags.items;
    options.user.argument_count = flags.count;
    options.origin = finder->kernel->origin;
    options.origin_hash = finder->kernel->config_hash;
    options.roots = (const char *const[]){finder->kernel->source, finder->kernel->object};
    options.root_count = 2;
    enum hg_status status = hg_parse_headers(&options, diagnostics, ret);
    free(flags.items);
    return status;
}

static enum hg_status attempt(struct finder *finder, struct hg_model **ret)
{
    hg_log_deinit(&finder->log);
    hg_log_init(&finder->log, &finder->arena);
    hg_plan_unit(&finder->plan, &finder->wants);
    struct hg_parse_options options = {
        .user = finder->options->headers,
        .include_names = true,
        .before = finder->plan.preludes.items,
        .before_count = finder->plan.preludes.count,
        .trace_headers = finder->plan.traces.items,
        .trace_header_count = finder->plan.traces.count,
        .forward_tags = finder->plan.tags.items,
        .forward_tag_count = finder->plan.tags.count,
        .problem = hg_log_problem,
        .problem_user = &finder->log,
    };
    options.user.keep_going = finder->keeps_going;
    options.user.headers = finder->plan.headers.items;
    options.user.header_count = finder->plan.headers.count;
    return parse(finder, &options, &finder->log.diagnostics, ret);
}

/* --- after a failed one --- */

/* The message with its place. */
static const char *describe(struct finder *finder, const struct hg_problem *diagnostic)
{
    struct hg_text text = {0};
    if (diagnostic->where.file != NULL)
        hg_text_printf(&text, "%s:%u: ", diagnostic->where.file, diagnostic->where.line);
    hg_text_put(&text, diagnostic->text);
    const char *copy = hg_arena_string(&finder->arena, text.data, text.size);
    hg_text_deinit(&text);
    return copy;
}

static uint32_t current_header(const struct finder *finder, const struct hg_want *want)
{
    return finder->index.definitions[want->definitions[want->current]].header;
}

static bool is_exhausted(const struct hg_want *want)
{
    return want->current == want->definition_count;
}

/* Past what is given up. */
static void skip_given_up(const struct finder *finder, struct hg_want *want)
{
    while (!is_exhausted(want) && finder->plan.stages[current_header(finder, want)] == HG_GIVEN_UP)
        want->current++;
}

/* The wants that were to be met by the header look elsewhere. */
static void give_up(struct finder *finder, uint32_t header, const struct hg_problem *error)
{
    finder->faults[header] = describe(finder, error);
    for (size_t i = 0; i < finder->wants.count; i++)
        skip_given_up(finder, &finder->wants.items[i]);
}

/* The header did not parse. */
static void blame(struct finder *finder, uint32_t header, const struct hg_problem *error)
{
    if (hg_plan_fallback(&finder->plan, header, error))
        return;
    if (!finder->options->headers.keep_going || finder->keeps_going) {
        give_up(finder, header, error);
        return;
    }
    finder->keeps_going = true;
    finder->plan.stages[header] = HG_HELPED;
}

/* Whether anything is left to try.  An error without a file is one of the arguments. */
static bool learn_from_errors(struct finder *finder)
{
    const struct hg_problem *problems = finder->log.problems.items;
    struct hg_plan *plan = &finder->plan;
    size_t helper_count = plan->preludes.count;
    uint8_t *blamed = hg_calloc(finder->index.headers->count, sizeof *blamed);
    bool changed = false;
    for (size_t i = 0; i < finder->log.problems.count; i++) {
        size_t at_fault = problems[i].header;
        if (problems[i].where.file == NULL || at_fault >= helper_count + plan->members.count)
            continue;
        if (at_fault < helper_count) {
            if (plan->helpers.count == helper_count) /* one at a time: indexes change */
                hg_plan_drop_helper(plan, at_fault);
            changed = true;
            continue;
        }
        uint32_t header = plan->members.items[at_fault - helper_count];
        if (blamed[header])
            continue;
        blamed[header] = changed = true;
        blame(finder, header, &problems[i]);
    }
    free(blamed);
    return changed;
}

/* --- after a good one --- */

/* Whether all are found, or no header is left for the others. */
static bool is_settled(struct finder *finder, const struct hg_model *model)
{
    bool settled = true;
    hg_check_wants(&finder->wants, model);
    for (size_t i = 0; i < finder->wants.count; i++) {
        struct hg_want *want = &finder->wants.items[i];
        if (want->is_found || is_exhausted(want))
            continue;
        want->current++;
        skip_given_up(finder, want);
        settled = settled && is_exhausted(want);
    }
    return settled;
}

/* --- what is told at the end --- */

enum { MAX_PLACES = 3 };

static void report_missing(struct finder *finder, const struct hg_want *want)
{
    void (*report)(struct hg_diagnostics *, const struct hg_location *, const char *, ...) =
        finder->options->are_optional ? hg_warning : hg_error;
    struct hg_text text = {0};
    const char *fault = NULL;
    for (size_t i = 0; i < want->definition_count && i < MAX_PLACES; i++) {
        const struct hg_index_definition *definition =
            &finder->index.definitions[want->definitions[i]];
        hg_text_printf(&text, "%s%s:%u", i == 0 ? "" : ", ",
                       finder->index.headers->items[definition->header].name, definition->line);
        if (fault == NULL)
            fault = finder->faults[definition->header];
    }
    if (fault == NULL)
        report(finder->diagnostics, NULL,
               "'%s' is not defined in this kernel's configuration, though its text is in %s",
               want->asked, text.data);
    else
        report(finder->diagnostics, NULL,
               "'%s' cannot be had: %s does not parse%s: %s; name what it needs before it "
               "(--header A --header B)",
               want->asked, text.data,
               finder->wants.count > 1 ? ", or not together with the others' headers" : "", fault);
    hg_text_deinit(&text);
}

/* Of what a pattern fits: a warning for each header that was given up. */
static void warn_of_given_up(struct finder *finder)
{
    for (size_t i = 0; i < finder->wants.count; i++) {
        const struct hg_want *want = &finder->wants.items[i];
        for (size_t j = 0; j < want->definition_count && !want->is_found && !want->is_required;
             j++) {
            uint32_t header = finder->index.definitions[want->definitions[j]].header;
            if (finder->faults[header] == NULL)
                continue;
            hg_warning(finder->diagnostics, NULL,
                       "what fits '%s' in %s is left out, for it does not parse: %s", want->asked,
                       finder->index.headers->items[header].name, finder->faults[header]);
            finder->faults[header] = NULL;
        }
    }
}

static bool was_read(const struct hg_model *model, const char *path)
{
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i], path) == 0)
            return true;
    return false;
}

static bool has_includer(const struct finder *finder, uint32_t header)
{
    size_t end = 0;
    return hg_index_includers(&finder->index, header, &end) < end;
}

/* What includes the header was read, and kept it out by an #if. */
static bool is_ruled_out(const struct finder *finder, uint32_t header, const struct hg_model *model)
{
    size_t end = 0;
    size_t begin = hg_index_includers(&finder->index, header, &end);
    for (size_t edge = begin; edge < end; edge++)
        if (was_read(model, finder->index.headers->items[finder->index.edges[edge].includer].path))
            return true;
    return false;
}

/*
 * Another header that defines the name, too, and had no part in what was read.  The architecture's,
 * uapi's, generic and generated ones are other forms of the same.  If the architecture's was taken,
 * or other headers include the one that was taken and none includes the other, a note is enough:
 * the user may have meant that one. Else nothing tells which of both the kernel has, and the user
 * has to say.
 */
static enum hg_status check_namesakes(struct finder *finder, const struct hg_want *want,
                                      const struct hg_model *model)
{
    enum { OTHER_FORMS = 4 };
    uint32_t taken = current_header(finder, want);
    const struct hg_index_definition *definitions = finder->index.definitions;
    for (size_t i = want->current + 1; i < want->definition_count; i++) {
        const struct hg_index_definition *other = &definitions[want->definitions[i]];
        const struct hg_kernel_header *header = &finder->index.headers->items[other->header];
        unsigned rank = hg_index_rank(header);
        if (rank == 0 || rank >= OTHER_FORMS || other->what == HG_FOUND_ENUMERATOR ||
            was_read(model, header->path) || is_ruled_out(finder, other->header, model))
            continue;
        const char *name = finder->index.headers->items[taken].name;
        bool is_clear = hg_index_rank(&finder->index.headers->items[taken]) == 0 ||
                        (has_includer(finder, taken) && !has_includer(finder, other->header));
        if (is_clear) {
            hg_note(finder->diagnostics, NULL,
                    "'%s' is taken from %s; %s:%u has one of that name, too (--header %s for that)",
                    want->asked, name, header->name, other->line, header->name);
            return HG_OK;
        }
        (want->is_required ? hg_error : hg_warning)(
            finder->diagnostics, NULL,
            "'%s' is defined in %s:%u and in %s:%u, and nothing in the headers tells which of "
            "both this kernel has: name the header (--header %s)",
            want->is_required ? want->asked : want->name, name,
            definitions[want->definitions[want->current]].line, header->name, other->line,
            header->name);
        return want->is_required ? HG_ERROR_INPUT : HG_OK;
    }
    return HG_OK;
}

static enum hg_status conclude(struct finder *finder, const struct hg_model *model)
{
    enum hg_status status = HG_OK;
    bool any = false;
    for (size_t i = 0; i < finder->wants.count; i++) {
        const struct hg_want *want = &finder->wants.items[i];
        any |= want->is_found;
        if (want->is_found && !is_exhausted(want) && check_namesakes(finder, want, model) != HG_OK)
            status = HG_ERROR_INPUT;
        if (want->is_found || !want->is_required)
            continue;
        report_missing(finder, want);
        if (!finder->options->are_optional)
            status = HG_ERROR_INPUT;
    }
    warn_of_given_up(finder);
    if (status == HG_OK && !any) {
        hg_error(finder->diagnostics, NULL,
                 "nothing that fits '%s' is defined in this kernel's configuration",
                 finder->options->names[0]);
        return HG_ERROR_INPUT;
    }
    return status;
}

/* --- the order of events --- */

static enum hg_status find_model(struct finder *finder, struct hg_model **ret)
{
    for (size_t i = 0; i < MAX_ATTEMPTS; i++) {
        struct hg_model *model = NULL;
        enum hg_status status = attempt(finder, &model);
        if (status != HG_OK) {
            if (learn_from_errors(finder))
                continue;
            hg_log_replay(&finder->log, finder->diagnostics);
            return status;
        }
        if (is_settled(finder, model)) {
            hg_log_replay(&finder->log, finder->diagnostics);
            *ret = model;
            return HG_OK;
        }
        hg_model_destroy(model);
    }
    hg_error(finder->diagnostics, NULL,
             "%d attempts found no headers that parse together and define all the names: ask for "
             "fewer at a time, or name the headers (--header)",
             MAX_ATTEMPTS);
    return HG_ERROR_INPUT;
}

static enum hg_status find(struct finder *finder, struct hg_model **ret)
{
    struct hg_kernel_headers *headers = NULL;
    enum hg_status status = hg_kernel_list_headers(finder->kernel, finder->diagnostics, &headers);
    if (status != HG_OK)
        return status;
    hg_index_open(finder->kernel, headers, finder->options->cache_directory, &finder->index);
    finder->faults = hg_calloc(headers->count, sizeof *finder->faults);
    hg_plan_init(&finder->plan, &finder->index, &finder->arena);
    hg_log_init(&finder->log, &finder->arena);
    status = hg_choose_wants(&finder->index, finder->options->names, finder->options->name_count,
                             finder->options->are_optional, &finder->arena, finder->diagnostics,
                             &finder->wants);
    struct hg_model *model = NULL;
    if (status == HG_OK && finder->wants.count == 0) { /* optional, and each was told */
        hg_error(finder->diagnostics, NULL,
                 "none of the types that are needed is in the headers of this kernel");
        status = HG_ERROR_INPUT;
    }
    if (status == HG_OK)
        status = find_model(finder, &model);
    if (status == HG_OK)
        status = conclude(finder, model);
    if (status == HG_OK)
        *ret = model;
    else
        hg_model_destroy(model);
    hg_log_deinit(&finder->log);
    hg_plan_deinit(&finder->plan);
    free(finder->wants.items);
    free(finder->faults);
    hg_index_deinit(&finder->index);
    hg_kernel_headers_destroy(headers);
    return status;
}

enum hg_status hg_read_kernel(const struct hg_kernel *kernel,
                              const struct hg_kernel_read_options *options,
                              struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct finder finder = {.kernel = kernel, .options = options, .diagnostics = diagnostics};
    hg_arena_init(&finder.arena);
    enum hg_status status =
        options->headers.header_count > 0
            ? parse(&finder, &(struct hg_parse_options){.user = options->headers}, diagnostics, ret)
            : find(&finder, ret);
    hg_arena_deinit(&finder.arena);
    return status;
}
