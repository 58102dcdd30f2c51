/*
 * Reads types by their names, in one translation unit that is attempted repeatedly:
 *
 *     catalogue -> requests -> unit -> job -> (problems: another unit) -> all found? -> model
 *
 * If an attempt fails, each problem names the header at fault.  The next attempt parses that header
 * in another way; when no way is left, it takes the next header that seems to define the same
 * types.  If an attempt succeeds but a type is missing (an #if excludes it, or the catalogue
 * misread the text), the next attempt takes the next header for that type.  Only the reports of the
 * last attempt are passed on.
 *
 * All headers go into one unit, so headers that conflict cannot be read together.
 */
#include "tree/names.h"

#include "base/diag.h"
#include "base/text.h"

#include <string.h>

enum { ATTEMPTS_MAX = 40 };

/* --- one attempt --- */

static void take_result(void *user, struct hg_job_result *result)
{
    *(struct hg_job_result *)user = *result;
}

static enum hg_status run_job(struct hg_parser *parser, const struct hg_job *job,
                              struct hg_diagnostics *diagnostics, struct hg_job_result *ret)
{
    *ret = (struct hg_job_result){.end = HG_JOB_FAILED};
    parser->add(parser, job, 0, take_result, ret);
    return parser->run(parser, diagnostics);
}

static enum hg_status attempt(struct hg_name_finder *finder)
{
    hg_job_result_deinit(&finder->result);
    hg_name_unit_fill(&finder->unit, &finder->requests);
    finder->unit.job.keeps_going = finder->keeps_going;
    return run_job(finder->parser, &finder->unit.job, finder->diagnostics, &finder->result);
}

/* Passes the reports on, except those of trace headers that were taken in part, each of which gets
 * one note instead. */
static void pass_on_without_traces(struct hg_name_finder *finder)
{
    const struct hg_name_unit *unit = &finder->unit;
    size_t first = unit->members.count - unit->job.trace_count;
    const struct hg_job_result *result = &finder->result;
    bool is_left_out = false;
    for (size_t i = 0; i < result->reports.count; i++) {
        const struct hg_diagnostic *report = &result->reports.items[i];
        if (report->severity == HG_NOTE && is_left_out)
            continue;
        is_left_out = false;
        for (size_t m = first; m < unit->members.count && report->where.file != NULL; m++)
            is_left_out |= hg_is_file_of(
                report->where.file, finder->catalogue->files->items[unit->members.items[m]].name);
        if (!is_left_out)
            hg_report(finder->diagnostics, report);
    }
    for (size_t m = first; m < unit->members.count; m++) {
        uint32_t file = unit->members.items[m];
        if (finder->problems[file] != NULL)
            hg_note(finder->diagnostics, NULL,
                    "%s does not parse: of its events those are taken that no error touches (%s)",
                    finder->catalogue->files->items[file].name, finder->problems[file]);
    }
}

static void pass_reports_on(const struct hg_job_result *result, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < result->reports.count; i++)
        hg_report(diagnostics, &result->reports.items[i]);
}

const struct hg_catalogue_definition *hg_current_definition(const struct hg_name_finder *finder,
                                                            const struct hg_request *request)
{
    return &finder->catalogue->definitions[request->definitions[request->current]];
}

uint32_t hg_current_header(const struct hg_name_finder *finder, const struct hg_request *request)
{
    return hg_current_definition(finder, request)->file;
}

bool hg_is_exhausted(const struct hg_request *request)
{
    return request->current == request->definition_count;
}

/* --- after a failed attempt --- */

/* The problem's location and message, in the arena. */
static const char *describe(struct hg_name_finder *finder, const struct hg_job_problem *problem)
{
    return problem->where.file == NULL
               ? hg_arena_printf(finder->arena, "%s", problem->text)
               : hg_arena_printf(finder->arena, "%s:%u: %s", problem->where.file,
                                 problem->where.line, problem->text);
}

/* Moves the request on to its next header that is not given up. */
static void skip_given_up(const struct hg_name_finder *finder, struct hg_request *request)
{
    while (!hg_is_exhausted(request) &&
           finder->unit.headers[hg_current_header(finder, request)].state == HG_HEADER_GIVEN_UP)
        request->current++;
}

/* Notes the problem of a header that is given up, and moves its requests on to other headers. */
static void give_up(struct hg_name_finder *finder, uint32_t file,
                    const struct hg_job_problem *problem)
{
    finder->problems[file] = describe(finder, problem);
    for (size_t i = 0; i < finder->requests.count; i++)
        skip_given_up(finder, &finder->requests.items[i]);
}

/* -vv: notes the header, its old and new state, and the reason. */
static void explain(const struct hg_name_finder *finder, uint32_t file, enum hg_header_state before,
                    const struct hg_job_problem *problem, const char *helper)
{
    enum hg_header_state state = finder->unit.headers[file].state;
    if (finder->options->explain && (state != before || helper != NULL))
        hg_note(finder->diagnostics, &problem->where, "%s: %s -> %s%s%s: %s",
                finder->catalogue->files->items[file].name, hg_header_state_name(before),
                hg_header_state_name(state), helper == NULL ? "" : ", after ",
                helper == NULL ? "" : helper, problem->text);
}

/* Whether the header may be taken in part.  Only a trace header may: its events without an error in
 * their own text are right. */
static bool may_take_partial(const struct hg_name_finder *finder,
                             const struct hg_job_problem *problem)
{
    size_t plain = finder->unit.members.count - finder->unit.job.trace_count;
    return !finder->keeps_going && problem->header >= finder->unit.job.helper_count + plain &&
           problem->kind != HG_PROBLEM_MISSING_FILE;
}

/* Changes the state of a header that did not parse.  False = the only way left is to take it in
 * part: it is a trace header. */
static bool blame(struct hg_name_finder *finder, uint32_t file,
                  const struct hg_job_problem *problem)
{
    enum { MANY_MEMBERS = 16 };
    struct hg_name_header *header = &finder->unit.headers[file];
    enum hg_header_state before = header->state;
    uint32_t helper = 0;
    bool is_helped = hg_outcome_by_name(header, file, problem, finder->catalogue,
                                        finder->unit.members.count > MANY_MEMBERS,
                                        finder->unit.is_helper, &helper);
    if (is_helped) {
        finder->unit.is_helper[helper] = 1;
        *HG_PUSH(&finder->unit.helpers) = helper;
    }
    explain(finder, file, before, problem,
            is_helped ? finder->catalogue->files->items[helper].name : NULL);
    if (header->state != HG_HEADER_GIVEN_UP)
        return true;
    if (may_take_partial(finder, problem)) {
        finder->problems[file] = describe(finder, problem);
        header->state = HG_HEADER_NEEDS_HELPER;
        return false;
    }
    if (!finder->options->headers->keep_going || finder->keeps_going) {
        give_up(finder, file, problem);
        return true;
    }
    finder->keeps_going = true;
    header->state = HG_HEADER_NEEDS_HELPER;
    return true;
}

/* If the file was read through `included`, another header that includes it, marks that one unfit,
 * so that the next attempt takes another such header, or at last the file itself.  False = the file
 * was read by itself, or as a fragment. */
static bool rejects(struct hg_name_finder *finder, uint32_t file, uint32_t included,
                    const struct hg_job_problem *problem)
{
    if (included == file || finder->unit.headers[file].state == HG_HEADER_FRAGMENT)
        return false;
    finder->unit.headers[included].is_unfit = true;
    if (finder->options->explain)
        hg_note(finder->diagnostics, &problem->where, "%s: not read through %s: %s",
                finder->catalogue->files->items[file].name,
                finder->catalogue->files->items[included].name, problem->text);
    return true;
}

/* Changes the unit by the problems of an attempt.  Problems without a file come from the arguments
 * and are ignored.  False = there is nothing left to try. */
static bool learn_from_problems(struct hg_name_finder *finder)
{
    struct hg_name_unit *unit = &finder->unit;
    size_t helper_count = unit->helpers.count;
    size_t dropped = helper_count; /* index of a helper that is removed; helper_count = none */
    bool changed = false;
    bool is_new = false; /* the next attempt differs from this one */
    uint8_t *blamed = hg_calloc(finder->catalogue->files->count, sizeof *blamed);
    for (size_t i = 0; i < finder->result.problem_count; i++) {
        const struct hg_job_problem *problem = &finder->result.problems[i];
        if (problem->where.file == NULL || problem->is_other_side ||
            problem->header >= unit->job.header_count)
            continue;
        changed = true;
        if (problem->header >= helper_count) {
            uint32_t file = unit->members.items[problem->header - helper_count];
            uint32_t included = unit->included.items[problem->header - helper_count];
            if (rejects(finder, file, included, problem))
                is_new = true;
            else if (!blamed[file]) /* a unit may have it as a trace header and as a plain one */
                is_new |= blame(finder, file, problem);
            blamed[file] = 1;
        } else if (dropped == helper_count) { /* only the first: the others may parse without it */
            dropped = problem->header;
        }
    }
    if (dropped < helper_count)
        hg_name_unit_drop_helper(unit, dropped);
    if (changed && !is_new && dropped == helper_count)
        finder->keeps_going = finder->takes_partial = true;
    free(blamed);
    return changed;
}

/* After the process died: parses each header alone, and gives up those at which the process dies
 * again. *found = there are any. */
static enum hg_status find_deadly(struct hg_name_finder *finder, bool *found)
{
    struct hg_name_unit *unit = &finder->unit;
    *found = false;
    for (size_t i = 0; i < unit->members.count; i++) {
        const char *name = unit->job.headers[unit->job.helper_count + i];
        struct hg_job job = unit->job;
        job.headers = &name;
        job.header_count = 1;
        job.helper_count = 0;
        job.trace_count = i >= unit->members.count - unit->job.trace_count;
        struct hg_job_result result;
        enum hg_status status = run_job(finder->parser, &job, finder->diagnostics, &result);
        bool died = result.died;
        struct hg_job_problem problem = {.kind = HG_PROBLEM_OTHER, .text = result.reason};
        hg_job_result_deinit(&result);
        if (status != HG_OK)
            return status;
        if (!died)
            continue;
        uint32_t file = unit->members.items[i];
        enum hg_header_state state = unit->headers[file].state;
        *found = true;
        unit->headers[file].state = HG_HEADER_GIVEN_UP;
        explain(finder, file, state, &problem, NULL);
        give_up(finder, file, &problem);
    }
    return HG_OK;
}

static void report_death(const struct hg_job *job, const struct hg_job_result *result,
                         struct hg_diagnostics *diagnostics)
{
    struct hg_text names = {0};
    enum { SHOWN = 5 };
    size_t first = job->prefix_count + job->helper_count;
    for (size_t i = first; i < job->header_count && i < first + SHOWN; i++)
        hg_text_printf(&names, "%s%s", i == first ? "" : ", ", job->headers[i]);
    if (job->header_count > first + SHOWN)
        hg_text_put(&names, " ...");
    hg_error(diagnostics, NULL, "%s: %s", hg_text_string(&names),
             result->reason == NULL ? "reading it gave nothing" : result->reason);
    hg_text_deinit(&names);
}

/* --- after a successful attempt --- */

/* Moves requests that are not found on to their next header.  True = none of them has one left. */
static bool is_settled(struct hg_name_finder *finder, const struct hg_model *model)
{
    bool settled = true;
    hg_check_requests(&finder->requests, model);
    for (size_t i = 0; i < finder->requests.count; i++) {
        struct hg_request *request = &finder->requests.items[i];
        if (request->is_found || hg_is_exhausted(request))
            continue;
        request->current++;
        skip_given_up(finder, request);
        settled = settled && hg_is_exhausted(request);
    }
    return settled;
}

/* --- the order of the steps --- */

static bool has_any(const struct hg_requests *requests)
{
    bool any = false;
    for (size_t i = 0; i < requests->count; i++)
        any |= requests->items[i].is_found;
    return any;
}

static enum hg_status find_model(struct hg_name_finder *finder, struct hg_model **ret)
{
    for (size_t i = 0; i < ATTEMPTS_MAX; i++) {
        bool changed = false; /* there is something left to try */
        enum hg_status status = attempt(finder);
        if (status == HG_OK && finder->result.end != HG_JOB_MODEL) {
            hg_constant_learn(&finder->constant, &finder->result, &finder->unit);
            if (hg_constant_is_hopeless(&finder->constant))
                break;
            if (finder->result.died)
                status = find_deadly(finder, &changed);
            else
                changed = learn_from_problems(finder);
            if (status == HG_OK && changed)
                continue;
            if (finder->result.died)
                report_death(&finder->unit.job, &finder->result, finder->diagnostics);
            pass_reports_on(&finder->result, finder->diagnostics);
            return status == HG_OK ? HG_ERROR_INPUT : status;
        }
        if (status != HG_OK)
            return status;
        hg_constant_forget(&finder->constant);
        if (is_settled(finder, finder->result.model)) {
            if (finder->takes_partial)
                pass_on_without_traces(finder);
            else
                pass_reports_on(&finder->result, finder->diagnostics);
            *ret = finder->result.model;
            finder->result.model = NULL;
            return HG_OK;
        }
    }
    hg_constant_report(&finder->constant, ATTEMPTS_MAX, finder->diagnostics);
    return HG_ERROR_INPUT;
}

enum hg_status hg_read_names(const struct hg_tree_options *options,
                             const struct hg_catalogue *catalogue, struct hg_parser *parser,
                             struct hg_arena *arena, struct hg_diagnostics *diagnostics,
                             struct hg_unmet_names *unmet, struct hg_model **ret)
{
    struct hg_name_finder finder = {
        .options = options,
        .parser = parser,
        .diagnostics = diagnostics,
        .arena = arena,
        .catalogue = catalogue,
        .constant = {.arena = arena},
        .result = {.end = HG_JOB_FAILED},
        .problems = hg_calloc(catalogue->files->count, sizeof *finder.problems),
        .unmet = unmet,
    };
    hg_name_unit_init(&finder.unit, catalogue, arena);
    enum hg_status status =
        hg_find_requests(catalogue, options->names, options->name_count, options->are_optional,
                         arena, diagnostics, unmet, &finder.requests);
    struct hg_model *model = NULL;
    bool is_left = unmet != NULL && unmet->count > 0;
    if (status == HG_OK && finder.requests.count == 0 && !is_left) { /* each name was reported */
        hg_error(diagnostics, NULL,
                 "none of the types that are needed is in the headers of this kernel");
        status = HG_ERROR_INPUT;
    }
    if (status == HG_OK && finder.requests.count > 0)
        status = find_model(&finder, &model);
    if (status == HG_OK && finder.requests.count > 0)
        status = hg_conclude_names(&finder, model);
    if (status == HG_OK && (has_any(&finder.requests) || options->are_pointees))
        *ret = model;
    else
        hg_model_destroy(model);
    hg_job_result_deinit(&finder.result);
    hg_name_unit_deinit(&finder.unit);
    free(finder.requests.items);
    free(finder.constant.items);
    free(finder.problems);
    return status;
}

enum hg_status hg_read_named_headers(const struct hg_tree_options *options,
                                     struct hg_parser *parser, struct hg_diagnostics *diagnostics,
                                     struct hg_model **ret)
{
    struct hg_job job = {
        .headers = options->headers->headers,
        .header_count = options->headers->header_count,
        .are_paths = true,
        .keeps_going = options->headers->keep_going,
    };
    struct hg_job_result result;
    enum hg_status status = run_job(parser, &job, diagnostics, &result);
    if (status == HG_OK && result.died)
        report_death(&job, &result, diagnostics);
    pass_reports_on(&result, diagnostics);
    if (status == HG_OK && result.end != HG_JOB_MODEL)
        status = HG_ERROR_INPUT;
    if (status == HG_OK) {
        *ret = result.model;
        result.model = NULL;
    }
    hg_job_result_deinit(&result);
    return status;
}
