/*
 * Reads every header of a tree: decides which headers go into which translation unit.
 *
 * The problem: nearly all headers of a kernel parse together, which is far faster than to parse
 * each alone.  But some do not parse at all, some only after others, and some change what later
 * headers see:
 *
 *     #define DEBUG 1                            a macro of one header
 *     enum { DEBUG };                            breaks an enum of another one
 *
 * The method, stage by stage:
 *
 *     0. the prefix: a few headers that together include what most others include.  It is
 *        precompiled once, and all units of the later stages begin with it
 *     1. all headers, in units of some hundred, each checked in reversed order; trace headers with
 *        CREATE_TRACE_POINTS, each alone
 *     2. of the headers that are left: those that miss a symbol, in smaller units after the headers
 *        that define it; each other one alone
 *     3. the headers that are left, in smaller units
 *     4. the headers that are left, each alone, repeated as long as an error shows another missing
 *        symbol; trace headers that still do not parse, without CREATE_TRACE_POINTS
 *
 * outcome.c decides what is tried after an error, and when a header is given up.  Of a trace header
 * that is given up, the events without an error in their own text are kept.
 *
 * The units of a stage depend only on the results of earlier stages, and results are taken in the
 * order of their ranks.  So the model does not depend on which process ends first.
 */
#include "tree/headers.h"

#include "base/diag.h"
#include "tree/headers_plan.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* The most headers in a unit: of the large ones, all of which are parsed again after an error;
     * of headers that are likely to have errors; of trace headers without CREATE_TRACE_POINTS. */
    UNIT_HEADERS = 900,
    SMALL_UNIT_HEADERS = 24,
    TWIN_HEADERS = 8,
    FEW_HEADERS = 8, /* for fewer headers, stage 3 is left out, since stage 4 parses each alone */
    LAST_PRIORITY = 100, /* of small units, which start when no large unit waits */
    MANY_HEADERS = 64,   /* units with at least this many get forward declarations of tags */
    WARNINGS_MAX = 1000,
    PROGRESS = 1000,
    AFTER_LARGE = 2, /* the stage after that of the large units */
};

/* -vv: notes the header, its old and new state, and the reason, if the state or the helpers
 * changed. */
static void explain(const struct hg_header_plan *plan, const struct hg_header *header,
                    const struct hg_header *before)
{
    bool is_helped = header->helper_count > before->helper_count;
    if (!plan->options->explain || (header->state == before->state && !is_helped))
        return;
    struct hg_text text = {0};
    hg_text_printf(&text, "%s%s: %s -> %s", header->name, header->is_trace ? " (trace)" : "",
                   hg_header_state_name(before->state), hg_header_state_name(header->state));
    if (is_helped)
        hg_text_printf(&text, ", after %s", header->helpers[header->helper_count - 1]);
    if (header->state != HG_HEADER_PARSED && header->last.text != NULL)
        hg_text_printf(&text, ": %s", header->last.text);
    hg_note(plan->diagnostics, header->state == HG_HEADER_PARSED ? NULL : &header->last.where, "%s",
            hg_text_string(&text));
    hg_text_deinit(&text);
}

/* --- the results of a stage --- */

/* The first problem of a header that was dropped, by its index in the unit. */
static struct hg_job_problem problem_of(const struct hg_unit *unit, size_t header)
{
    bool is_alone = hg_unit_is_single(unit); /* then all problems are this header's */
    for (size_t i = 0; i < unit->result.problem_count; i++)
        if (unit->result.problems[i].header == header || is_alone)
            return unit->result.problems[i];
    return (struct hg_job_problem){.kind = HG_PROBLEM_OTHER, .text = unit->result.reason};
}

/* An hg_helper_fn: the name of the file's header in the plan; NULL = the plan does not have it. */
static const char *name_of_file(void *user, const char *file)
{
    struct hg_header_plan *plan = user;
    for (const char *name = file; name != NULL; name = strchr(name, '/')) {
        name += *name == '/';
        const struct hg_header *header = hg_plan_find(plan, name, false);
        if (header != NULL)
            return header->name;
    }
    return NULL;
}

static struct hg_definer find_definer(struct hg_header_plan *plan,
                                      const struct hg_job_problem *problem)
{
    return hg_find_definer(&plan->definers, problem, name_of_file, plan);
}

static void take_problem(struct hg_header_plan *plan, const struct hg_unit *unit, size_t index)
{
    struct hg_header *header = hg_plan_find(plan, unit->headers[index], unit->is_trace);
    struct hg_job_problem problem = problem_of(unit, index);
    struct hg_definer definer = find_definer(plan, &problem);
    struct hg_attempt attempt = {
        .is_alone = hg_unit_is_single(unit),
        .had_prefix = unit->job.prefix_count > 0,
        .died = unit->result.end == HG_JOB_FAILED,
    };
    struct hg_header before = *header;
    hg_outcome_of_problem(header, &problem, &attempt, &definer);
    explain(plan, header, &before);
}

static void end_waiting(struct hg_header_plan *plan, struct hg_header *header)
{
    if (header->state != HG_HEADER_AWAITS_DEFINITION)
        return;
    struct hg_definer definer = find_definer(plan, &header->last);
    struct hg_header before = *header;
    hg_outcome_of_waiting(header, &definer);
    explain(plan, header, &before);
}

/* Makes this unit the prefix of all later ones. */
static void take_prefix(struct hg_header_plan *plan, const struct hg_unit *unit)
{
    plan->prefix = unit->headers;
    plan->prefix_count = unit->job.header_count;
    if (plan->options->prefix != NULL)
        plan->options->prefix->is_ready = unit->result.was_precompiled;
}

static void take_model(struct hg_header_plan *plan, struct hg_unit *unit)
{
    if (unit->is_prefix)
        take_prefix(plan, unit);
    size_t first = unit->job.prefix_count + unit->job.helper_count;
    for (size_t i = first; i < unit->job.header_count; i++) {
        struct hg_header *header = hg_plan_find(plan, unit->headers[i], unit->is_trace);
        struct hg_header before = *header;
        header->state = HG_HEADER_PARSED;
        if (before.state != HG_HEADER_WAITING)
            explain(plan, header, &before);
    }
    plan->unit_count++;
    hg_definers_learn(&plan->definers, unit->result.model);
    *HG_PUSH(&plan->models) = unit->result.model;
    unit->result.model = NULL;
}

/* Keeps the partial model of a trace header. */
static void take_partial(struct hg_header_plan *plan, struct hg_unit *unit)
{
    size_t first = unit->job.prefix_count + unit->job.helper_count;
    struct hg_header *header = hg_plan_find(plan, unit->headers[first], unit->is_trace);
    hg_model_destroy(header->partial);
    header->partial = unit->result.model;
    unit->result.model = NULL;
}

static bool is_same(const struct hg_diagnostic *a, const struct hg_diagnostic *b)
{
    return hg_same_text(a->where.file, b->where.file) && a->where.line == b->where.line &&
           strcmp(a->text, b->text) == 0;
}

static void add_tag(struct hg_header_plan *plan, const char *tag)
{
    uint32_t *known = hg_strings_number(&plan->tag_set, tag, strlen(tag));
    if (*known == 0)
        *HG_PUSH(&plan->tags) = tag;
    *known = 1;
}

static void take_reports(struct hg_header_plan *plan, const struct hg_job_result *result)
{
    for (size_t i = 0; i < result->reports.count; i++) {
        bool known = plan->warnings.count >= WARNINGS_MAX;
        for (size_t w = 0; w < plan->warnings.count && !known; w++)
            known = is_same(&plan->warnings.items[w], &result->reports.items[i]);
        if (!known)
            *HG_PUSH(&plan->warnings) = result->reports.items[i];
    }
    for (size_t i = 0; i < result->tags.count; i++)
        add_tag(plan, result->tags.items[i]);
}

static int compare_units(const void *left, const void *right)
{
    const struct hg_unit *a = *(struct hg_unit *const *)left;
    const struct hg_unit *b = *(struct hg_unit *const *)right;
    if (a->is_reversed != b->is_reversed)
        return a->is_reversed ? 1 : -1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->attempt < b->attempt ? -1 : a->attempt > b->attempt;
}

/* Takes the results of a stage. */
static void settle(struct hg_header_plan *plan)
{
    struct hg_units *stage = &plan->stage;
    if (stage->count > 0)
        qsort(stage->items, stage->count, sizeof(struct hg_unit *), compare_units);
    for (size_t i = 0; i < stage->count; i++) {
        take_reports(plan, &stage->items[i]->result);
        if (stage->items[i]->result.end == HG_JOB_MODEL)
            take_model(plan, stage->items[i]);
    }
    for (size_t i = 0; i < plan->headers.count; i++)
        end_waiting(plan, &plan->headers.items[i]);
    for (size_t i = 0; i < stage->count; i++) {
        struct hg_unit *unit = stage->items[i];
        if (unit->result.end == HG_JOB_PROBLEMS && unit->result.model != NULL)
            take_partial(plan, unit);
        for (size_t header = 0; header < unit->job.header_count; header++)
            if (unit->dropped[header])
                take_problem(plan, unit, header);
    }
}

static enum hg_status merge_models(const struct hg_header_plan *plan,
                                   struct hg_name_conflicts *conflicts, struct hg_model **ret)
{
    const struct hg_job_setup *setup = plan->options->setup;
    const struct hg_merge_options merge = {
        .duplicate_names = HG_FIRST_KEEPS_NAME,
        .origin = setup->origin,
        .origin_hash = setup->origin_hash,
    };
    return hg_merge_models(plan->models.items, plan->models.count, &merge, plan->diagnostics,
                           conflicts, ret);
}

/* Merges the models so far into one, to save memory, since each child is a copy of this process. */
static enum hg_status compact(struct hg_header_plan *plan)
{
    if (plan->models.count < 2)
        return HG_OK;
    struct hg_model *merged = NULL;
    struct hg_name_conflicts conflicts = {0}; /* the last merge finds them all again */
    enum hg_status status = merge_models(plan, &conflicts, &merged);
    free(conflicts.items);
    if (status != HG_OK)
        return status;
    for (size_t i = 0; i < plan->models.count; i++)
        hg_model_destroy(plan->models.items[i]);
    plan->models.items[0] = merged;
    plan->models.count = 1;
#ifdef __GLIBC__
    malloc_trim(0); /* glibc does not return freed memory to the system by itself */
#endif
    return HG_OK;
}

/* --- running a stage --- */

static void start(struct hg_header_plan *plan, struct hg_unit *unit);

static void start_new_units(struct hg_header_plan *plan)
{
    while (plan->started < plan->stage.count)
        start(plan, plan->stage.items[plan->started++]);
}

static void show_progress(struct hg_header_plan *plan)
{
    const struct hg_every_header *options = plan->options;
    unsigned progress = plan->progress + (unsigned)(plan->share * plan->done / plan->stage.count);
    if (progress <= plan->shown || progress >= PROGRESS) /* new units can lower the progress */
        return;
    plan->shown = progress;
    if (options->progress != NULL)
        options->progress(options->progress_user, progress, PROGRESS);
}

struct started {
    struct hg_header_plan *plan;
    struct hg_unit *unit;
};

static void finish_unit(void *user, struct hg_job_result *result)
{
    const struct started *started = user;
    struct hg_header_plan *plan = started->plan;
    started->unit->result = *result;
    hg_outcome_of_unit(started->unit, plan->arena, &plan->stage);
    start_new_units(plan);
    /* Merge the models of the large units while other processes work; later models are small. */
    if (plan->done++ == 0 && plan->stage_number == AFTER_LARGE)
        plan->status = compact(plan);
    show_progress(plan);
}

/* Gives a trace header the -I that its makefile would add.  Only a unit of one header gets it,
 * since another directory could have a file of the same name. */
static void add_directory(struct hg_header_plan *plan, struct hg_unit *unit)
{
    const struct hg_catalogue *catalogue = plan->options->catalogue;
    uint32_t file = 0;
    unit->job.flag_count = 0;
    if (!unit->is_trace || !hg_unit_is_single(unit) ||
        !hg_catalogue_file(catalogue, unit->headers[unit->job.header_count - 1], &file))
        return;
    const char *flag = hg_trace_directory_flag(&catalogue->files->items[file], plan->arena);
    unit->job.flag_count = flag != NULL;
    unit->job.flags = hg_arena_copy(plan->arena, &flag, 1, sizeof flag);
}

static void start(struct hg_header_plan *plan, struct hg_unit *unit)
{
    bool declares = hg_job_own_count(&unit->job) >= MANY_HEADERS || unit->is_trace;
    unit->job.tags = plan->tags.items;
    unit->job.tag_count = declares ? plan->tags.count : 0;
    unit->job.keeps_going = unit->is_reversed || (unit->is_trace && hg_unit_is_single(unit));
    add_directory(plan, unit);
    struct started *started = hg_arena_alloc(plan->arena, sizeof *started);
    *started = (struct started){.plan = plan, .unit = unit};
    plan->options->parser->add(plan->options->parser, &unit->job, unit->priority, finish_unit,
                               started);
}

/* Runs the stage and takes its results.  percent: its share in all the work, for the progress. */
static enum hg_status run_stage(struct hg_header_plan *plan, unsigned percent)
{
    plan->done = plan->started = 0;
    plan->share = PROGRESS / 100 * percent;
    start_new_units(plan);
    enum hg_status status = plan->options->parser->run(plan->options->parser, plan->diagnostics);
    if (status == HG_OK)
        status = plan->status;
    if (status == HG_OK)
        settle(plan);
    for (size_t i = 0; i < plan->stage.count; i++)
        hg_job_result_deinit(&plan->stage.items[i]->result);
    plan->stage.count = 0;
    plan->stage_number++;
    plan->progress += plan->share;
    return status;
}

/* --- the stages --- */

/* Adds the partial model of a header that could not be parsed, after all complete models: its
 * events without an error in their own text are right.  The header itself stays unparsed. */
static void use_partial(struct hg_header_plan *plan, struct hg_header *header)
{
    if (header->state == HG_HEADER_PARSED)
        hg_model_destroy(header->partial);
    else if (header->partial != NULL)
        *HG_PUSH(&plan->models) = header->partial;
    header->partial = NULL;
}

static const struct hg_pick plain = {.twins = HG_PICK_NO_TWINS};
static const struct hg_pick needy = {.twins = HG_PICK_NO_TWINS, .help = HG_PICK_NEEDS_HELPER};
static const struct hg_pick alone = {.twins = HG_PICK_NO_TWINS, .help = HG_PICK_NEEDS_NONE};
static const struct hg_pick conflicting = {.twins = HG_PICK_NO_TWINS,
                                           .prefix = HG_PICK_WITHOUT_PREFIX};
static const struct hg_pick twins = {.twins = HG_PICK_ONLY_TWINS};
static const struct hg_pick traces = {.is_trace = true, .twins = HG_PICK_ANY_TWINS};

static enum hg_status parse_large_units(struct hg_header_plan *plan)
{
    hg_plan_add_units(plan, plain, UNIT_HEADERS);
    for (size_t i = 0; i < plan->stage.count; i++)
        plan->stage.items[i]->wants_check = true;
    size_t plain_count = plan->stage.count;
    hg_plan_add_reversed_prefix(plan);
    hg_plan_add_units(plan, traces, 1);
    for (size_t i = plain_count; i < plan->stage.count; i++)
        plan->stage.items[i]->priority = LAST_PRIORITY;
    return run_stage(plan, 68);
}

static void note_missing_prefix(const struct hg_header_plan *plan)
{
    const char *directory = getenv("TMPDIR");
    if (plan->prefix_count > 0 && plan->options->prefix != NULL && !plan->options->prefix->is_ready)
        hg_note(plan->diagnostics, NULL,
                "what all headers include is parsed again for each unit, which takes three to four "
                "times as long: in '%s' there is no room for a temporary file of 20 MB (TMPDIR "
                "names another directory)",
                directory == NULL ? "/tmp" : directory);
}

static enum hg_status parse_all(struct hg_header_plan *plan)
{
    hg_plan_add_prefix(plan);
    enum hg_status status = run_stage(plan, 2);
    note_missing_prefix(plan);
    if (status == HG_OK)
        status = parse_large_units(plan);
    if (status == HG_OK) {
        hg_plan_add_units(plan, needy, SMALL_UNIT_HEADERS);
        hg_plan_add_units(plan, traces, 1);
        hg_plan_add_units(plan, alone, 1);
        status = run_stage(plan, 15);
    }
    if (status == HG_OK && hg_plan_count(plan, &plain) >= FEW_HEADERS) {
        hg_plan_add_units(plan, plain, SMALL_UNIT_HEADERS);
        hg_plan_add_units(plan, traces, 1);
        hg_plan_add_units(plan, conflicting, 1);
        status = run_stage(plan, 5);
    }
    for (unsigned last = 0; last <= HG_HELPERS_MAX && status == HG_OK; last++) {
        if (last == 0)
            hg_plan_add_units(plan, twins, TWIN_HEADERS);
        hg_plan_add_units(plan, traces, 1);
        hg_plan_add_units(plan, plain, 1);
        hg_plan_add_units(plan, conflicting, 1);
        status = run_stage(plan, 2);
    }
    for (size_t i = 0; i < plan->headers.count; i++)
        use_partial(plan, &plan->headers.items[i]);
    return status;
}

/* --- the order of the steps --- */

/* Adds the tags that prototypes of the file mention, to be declared in later units.  If a tag is
 * used with two keywords (`struct a`, `union a`), only the first is added: C has one name space for
 * tags. */
static void add_tags_of(struct hg_header_plan *plan, uint32_t file)
{
    const struct hg_catalogue *catalogue = plan->options->catalogue;
    size_t end = 0;
    for (size_t i = hg_catalogue_tags(catalogue, file, &end); i < end; i++) {
        const char *tag = catalogue->strings + catalogue->tags[i].text;
        const char *name = strchr(tag, ' ');
        uint32_t *seen = hg_strings_number(&plan->tag_set, name, strlen(name));
        if (*seen == 0)
            add_tag(plan, tag);
        *seen = 1;
    }
}

/* Fills `known` with the files that were opened for options->known, whose definitions are
 * learnt. */
static void find_known(struct hg_header_plan *plan, struct hg_strings *known)
{
    const struct hg_model *model = plan->options->known;
    if (model == NULL)
        return;
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    for (size_t i = 0; i < count; i++)
        *hg_strings_number(known, files[i], strlen(files[i])) = 1;
    hg_definers_learn(&plan->definers, model);
}

static void add_headers(struct hg_header_plan *plan, struct hg_strings *known, bool are_traces)
{
    const struct hg_catalogue *catalogue = plan->options->catalogue;
    for (size_t i = 0; i < catalogue->files->count; i++) {
        const char *name = catalogue->files->items[i].name;
        uint32_t file = (uint32_t)i;
        if (hg_is_fragment(name) || (catalogue->traits[i] & HG_FILE_HAS_TYPES) == 0 ||
            (are_traces && !hg_catalogue_has_tracepoints(catalogue, file)))
            continue;
        add_tags_of(plan, file);
        hg_plan_add_header(plan, name, are_traces);
        const char *path = catalogue->files->items[i].path;
        if (plan->options->known != NULL && *hg_strings_number(known, path, strlen(path)) != 0)
            hg_plan_find(plan, name, are_traces)->state = HG_HEADER_PARSED;
    }
}

static enum hg_status report_nothing(const struct hg_header_plan *plan)
{
    const struct hg_header *first = plan->headers.count == 0 ? NULL : &plan->headers.items[0];
    if (first == NULL)
        hg_error(plan->diagnostics, NULL, "there are no headers to read");
    else
        hg_error(plan->diagnostics, &first->first.where,
                 "none of %zu headers can be read; the first, %s: %s", plan->headers.count,
                 first->name, first->first.text == NULL ? "no reason is known" : first->first.text);
    return HG_ERROR_INPUT;
}

static enum hg_status finish(struct hg_header_plan *plan, struct hg_model **ret,
                             struct hg_tree_summary **report)
{
    if (plan->options->progress != NULL)
        plan->options->progress(plan->options->progress_user, PROGRESS, PROGRESS);
    if (plan->models.count == 0)
        return report_nothing(plan);
    struct hg_header *all = plan->headers.items;
    for (size_t i = 0; i < plan->headers.count; i++) {
        const struct hg_header *twin = hg_plan_twin(plan, &all[i]);
        if (twin != NULL && twin->state == HG_HEADER_PARSED)
            all[i].state = HG_HEADER_PARSED;
    }
    for (size_t i = 0; i < plan->warnings.count; i++)
        hg_report(plan->diagnostics, &plan->warnings.items[i]);
    struct hg_name_conflicts conflicts = {0};
    enum hg_status status = merge_models(plan, &conflicts, ret);
    if (status == HG_OK) {
        *report = hg_make_tree_summary(plan->headers.items, plan->headers.count, &conflicts);
        (*report)->unit_count = plan->unit_count;
    }
    free(conflicts.items);
    return status;
}

enum hg_status hg_read_every_header(const struct hg_every_header *options,
                                    struct hg_diagnostics *diagnostics, struct hg_model **ret,
                                    struct hg_tree_summary **report)
{
    struct hg_header_plan plan = {
        .options = options, .diagnostics = diagnostics, .arena = options->arena};
    struct hg_strings known;
    struct hg_strings *const tables[] = {&plan.by_name[0], &plan.by_name[1], &plan.tag_set, &known};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        hg_strings_init(tables[i], plan.arena);
    hg_definers_init(&plan.definers, options->catalogue, plan.arena);
    find_known(&plan, &known);
    add_headers(&plan, &known, false);
    if (options->known == NULL) /* else source files with CREATE_TRACE_POINTS were read already */
        add_headers(&plan, &known, true);
    enum hg_status status = plan.headers.count == 0 ? report_nothing(&plan) : parse_all(&plan);
    if (status == HG_OK)
        status = finish(&plan, ret, report);

    for (size_t i = 0; i < plan.models.count; i++)
        hg_model_destroy(plan.models.items[i]);
    free(plan.models.items);
    free(plan.stage.items);
    free(plan.headers.items);
    free(plan.warnings.items);
    free(plan.tags.items);
    hg_definers_deinit(&plan.definers);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        hg_strings_deinit(tables[i]);
    return status;
}
