/* Runs a job by libclang, and packs its result into bytes: see job.h. */
#include "tree/job.h"

#include "base/diag.h"
#include "model/content.h"
#include "model/pack.h"
#include "tree/wire.h"

#include <string.h>

enum { REPORTS_MAX = 10000, BATCH_REPORTS_MAX = 1000, TAGS_MAX = 1 << 18 };

size_t hg_job_own_count(const struct hg_job *job)
{
    return job->header_count - job->prefix_count - job->helper_count;
}

/* --- collecting --- */

struct collecting {
    const struct hg_job *job;
    struct hg_job_result *result;
    struct hg_arena *arena;
    bool *has_problem; /* of each header, and of none */
    bool *is_other_side;
    HG_ARRAY(struct hg_job_problem) problems;
    const char *error; /* the first error that was reported; NULL = none was */
};

static struct hg_location keep_location(struct collecting *collecting,
                                        const struct hg_location *where)
{
    struct hg_location kept = *where;
    kept.file = hg_arena_keep(collecting->arena, where->file);
    return kept;
}

/* Whether a problem of this header counts.  In a batch, problems of the prefix and of helpers do
 * not: the jobs of their own report them. */
static bool is_own(const struct hg_job *job, size_t header)
{
    size_t before = job->is_batch ? job->prefix_count + job->helper_count : 0;
    return header >= before && header < job->header_count;
}

/* Where the first other header is that the problem conflicts with. */
static enum hg_conflict_side conflict_of(const struct hg_job *job, const struct hg_problem *problem)
{
    for (size_t i = 0; i < problem->conflict_count && is_own(job, problem->header); i++)
        if (problem->conflicts[i].header != problem->header)
            return is_own(job, problem->conflicts[i].header) ? HG_CONFLICT_HEADER
                                                             : HG_CONFLICT_PREFIX;
    return HG_CONFLICT_NONE;
}

static void add_problem(struct collecting *collecting, const struct hg_problem *problem,
                        size_t header)
{
    struct hg_job_problem kept = {
        .kind = problem->kind,
        .symbol = hg_arena_keep(collecting->arena, problem->symbol),
        .may_be_macro = problem->may_be_macro,
        .named_header_count = problem->named_header_count,
        .header = (uint32_t)header,
        .conflict = conflict_of(collecting->job, problem),
        .where = keep_location(collecting, &problem->where),
        .text = hg_arena_keep(collecting->arena, problem->text),
    };
    for (size_t i = 0; i < problem->named_header_count; i++)
        kept.named_headers[i] = hg_arena_keep(collecting->arena, problem->named_headers[i]);
    *HG_PUSH(&collecting->problems) = kept;
}

static void add_other_side(struct collecting *collecting, const struct hg_conflict *conflict)
{
    if (!is_own(collecting->job, conflict->header) || collecting->is_other_side[conflict->header])
        return;
    collecting->is_other_side[conflict->header] = true;
    *HG_PUSH(&collecting->problems) = (struct hg_job_problem){
        .kind = HG_PROBLEM_OTHER,
        .header = (uint32_t)conflict->header,
        .is_other_side = true,
        .where = keep_location(collecting, &conflict->where),
        .text = hg_arena_keep(collecting->arena, conflict->text),
    };
}

static void collect_problem(void *user, const struct hg_problem *problem)
{
    struct collecting *collecting = user;
    const struct hg_job *job = collecting->job;
    if (problem->kind == HG_PROBLEM_UNDECLARED_TAG) {
        if (collecting->result->tags.count < TAGS_MAX)
            *HG_PUSH(&collecting->result->tags) = hg_arena_keep(collecting->arena, problem->symbol);
        return;
    }
    size_t header = is_own(job, problem->header) ? problem->header : job->header_count;
    if (!collecting->has_problem[header])
        add_problem(collecting, problem, header);
    collecting->has_problem[header] = true;
    for (size_t i = 0; i < problem->conflict_count; i++)
        add_other_side(collecting, &problem->conflicts[i]);
}

static void collect_report(void *user, const struct hg_diagnostic *diagnostic)
{
    struct collecting *collecting = user;
    const struct hg_job *job = collecting->job;
    if (diagnostic->severity == HG_ERROR && collecting->error == NULL)
        collecting->error = hg_arena_keep(collecting->arena, diagnostic->text);
    /* In a batch only warnings count: problems explain errors and what they leave out.  A job that
     * is compared has the same warnings as the job that it is compared with. */
    bool is_wanted =
        !job->is_batch || (diagnostic->severity == HG_WARNING && job->compare_with == NULL &&
                           collecting->problems.count == 0);
    size_t most = job->is_batch ? BATCH_REPORTS_MAX : REPORTS_MAX;
    if (!is_wanted || collecting->result->reports.count >= most)
        return;
    struct hg_diagnostic kept = *diagnostic;
    kept.text = hg_arena_keep(collecting->arena, diagnostic->text);
    kept.where = keep_location(collecting, &diagnostic->where);
    *HG_PUSH(&collecting->result->reports) = kept;
}

/* --- running --- */

static struct hg_parse_options options_of(const struct hg_job *job,
                                          const struct hg_job_setup *setup)
{
    size_t before = job->prefix_count + job->helper_count;
    size_t plain = hg_job_own_count(job) - job->trace_count;
    struct hg_parse_options options = {
        .user = setup->user,
        .include_names = !job->are_paths,
        .forward_tags = job->tags,
        .forward_tag_count = job->tag_count,
        .before = job->headers,
        .before_count = before,
        .prefix_count = job->prefix_count,
        .precompiled = job->prefix_count > 0 && setup->prefix != NULL && setup->prefix->is_ready
                           ? setup->prefix->path
                           : NULL,
        .trace_headers = job->headers + before + plain,
        .trace_header_count = job->trace_count,
        .origin = job->is_batch ? NULL : setup->origin,
        .origin_hash = setup->origin_hash,
        .roots = setup->roots,
        .root_count = setup->root_count,
        .is_batch = job->is_batch,
        .for_comparison = job->compare_with != NULL,
    };
    options.user.headers = job->headers + before;
    options.user.header_count = plain;
    options.user.keep_going = job->keeps_going;
    if (job->is_batch) {
        options.user.clang_warnings = false;
        options.user.macro_count = 0;
    }
    return options;
}

/* A model that agrees need not be free of errors: what they touched was left out of it, and the
 * rest is the same. */
static enum hg_job_end end_of(const struct hg_job *job, enum hg_status status,
                              const struct hg_job_result *result)
{
    if (status == HG_OK && job->compare_with != NULL &&
        hg_models_agree(result->model, job->compare_with))
        return HG_JOB_AGREES;
    if (status == HG_OK && (result->problem_count == 0 || !job->is_batch))
        return HG_JOB_MODEL;
    return result->problem_count > 0 ? HG_JOB_PROBLEMS : HG_JOB_FAILED;
}

void hg_job_run(const struct hg_job *job, const struct hg_job_setup *setup, struct hg_arena *arena,
                struct hg_job_result *ret)
{
    *ret = (struct hg_job_result){.end = HG_JOB_FAILED};
    struct collecting collecting = {.job = job, .result = ret, .arena = arena};
    collecting.has_problem = hg_calloc(job->header_count + 1, sizeof(bool));
    collecting.is_other_side = hg_calloc(job->header_count + 1, sizeof(bool));
    HG_ARRAY(const char *) arguments = {0};
    for (size_t i = 0; i < setup->flag_count; i++)
        *HG_PUSH(&arguments) = setup->flags[i];
    for (size_t i = 0; i < job->flag_count; i++)
        *HG_PUSH(&arguments) = job->flags[i];
    for (size_t i = 0; i < setup->user.argument_count; i++)
        *HG_PUSH(&arguments) = setup->user.arguments[i];
    struct hg_parse_options options = options_of(job, setup);
    options.user.arguments = arguments.items;
    options.user.argument_count = arguments.count;
    options.problem = collect_problem;
    options.problem_user = &collecting;
    struct hg_diagnostics diagnostics = {.report = collect_report, .user = &collecting};

    if (job->is_precompiled)
        options.precompile_to = setup->prefix->path;
    enum hg_status status = hg_parse_headers(&options, &diagnostics, &ret->model);
    ret->was_precompiled = status == HG_OK && options.precompile_to != NULL;
    if (status == HG_ERROR_IO && options.precompile_to != NULL) {
        options.precompile_to = NULL;
        collecting.error = NULL;
        status = hg_parse_headers(&options, &diagnostics, &ret->model);
    }
    ret->problems = hg_arena_copy(arena, collecting.problems.items, collecting.problems.count,
                                  sizeof *ret->problems);
    ret->problem_count = collecting.problems.count;
    ret->end = end_of(job, status, ret);
    if (ret->end == HG_JOB_FAILED)
        ret->reason = collecting.error;
    if (ret->end == HG_JOB_AGREES || (ret->end != HG_JOB_MODEL && job->compare_with != NULL)) {
        hg_model_destroy(ret->model);
        ret->model = NULL;
    }
    free(collecting.problems.items);
    free(collecting.has_problem);
    free(collecting.is_other_side);
    free(arguments.items);
}

void hg_job_result_deinit(struct hg_job_result *result)
{
    hg_model_destroy(result->model);
    free(result->reports.items);
    free(result->tags.items);
    *result = (struct hg_job_result){.end = HG_JOB_FAILED};
}

/* --- as bytes --- */

static void put_problem(struct hg_text *bytes, const struct hg_job_problem *problem)
{
    hg_wire_put(bytes, problem->kind);
    hg_wire_put_string(bytes, problem->symbol);
    hg_wire_put(bytes, problem->may_be_macro);
    hg_wire_put(bytes, (uint32_t)problem->named_header_count);
    for (size_t i = 0; i < problem->named_header_count; i++)
        hg_wire_put_string(bytes, problem->named_headers[i]);
    hg_wire_put(bytes, problem->header);
    hg_wire_put(bytes, problem->is_other_side);
    hg_wire_put(bytes, problem->conflict);
    hg_wire_put_location(bytes, &problem->where);
    hg_wire_put_string(bytes, problem->text);
}

static uint32_t take_up_to(struct hg_wire *wire, uint32_t most)
{
    uint32_t number = hg_wire_take(wire);
    if (number <= most)
        return number;
    wire->is_damaged = true;
    return 0;
}

static const char *take_text(struct hg_wire *wire, struct hg_arena *arena, const char *default_text)
{
    const char *text = hg_wire_take_string(wire, arena);
    return text == NULL ? default_text : text;
}

static struct hg_job_problem take_problem(const struct hg_job *job, struct hg_wire *wire,
                                          struct hg_arena *arena)
{
    struct hg_job_problem problem = {.kind = take_up_to(wire, HG_PROBLEM_OTHER)};
    problem.symbol = hg_wire_take_string(wire, arena);
    problem.may_be_macro = hg_wire_take(wire) != 0;
    problem.named_header_count = take_up_to(wire, HG_MESSAGE_HEADERS);
    for (size_t i = 0; i < problem.named_header_count; i++)
        problem.named_headers[i] = take_text(wire, arena, "");
    problem.header = take_up_to(wire, (uint32_t)job->header_count);
    problem.is_other_side = hg_wire_take(wire) != 0;
    problem.conflict = take_up_to(wire, HG_CONFLICT_PREFIX);
    problem.where = hg_wire_take_location(wire, arena);
    problem.text = take_text(wire, arena, "an error without a text");
    return problem;
}

void hg_job_pack(const struct hg_job_result *result, struct hg_text *bytes)
{
    hg_wire_put(bytes, result->end);
    hg_wire_put(bytes, result->was_precompiled);
    hg_wire_put_string(bytes, result->reason);
    hg_wire_put(bytes, (uint32_t)result->reports.count);
    for (size_t i = 0; i < result->reports.count; i++) {
        hg_wire_put(bytes, result->reports.items[i].severity);
        hg_wire_put_location(bytes, &result->reports.items[i].where);
        hg_wire_put_string(bytes, result->reports.items[i].text);
    }
    hg_wire_put(bytes, (uint32_t)result->tags.count);
    for (size_t i = 0; i < result->tags.count; i++)
        hg_wire_put_string(bytes, result->tags.items[i]);
    hg_wire_put(bytes, (uint32_t)result->problem_count);
    for (size_t i = 0; i < result->problem_count; i++)
        put_problem(bytes, &result->problems[i]);
    hg_wire_put(bytes, result->model != NULL);
    if (result->model != NULL)
        hg_model_pack(result->model, bytes);
}

static void take_reports(const struct hg_job *job, struct hg_wire *wire, struct hg_arena *arena,
                         struct hg_job_result *ret)
{
    uint32_t count = take_up_to(wire, job->is_batch ? BATCH_REPORTS_MAX : REPORTS_MAX);
    for (uint32_t i = 0; i < count && !wire->is_damaged; i++) {
        struct hg_diagnostic report = {.severity = take_up_to(wire, HG_ERROR)};
        report.where = hg_wire_take_location(wire, arena);
        report.text = take_text(wire, arena, "");
        *HG_PUSH(&ret->reports) = report;
    }
}

static void take_problems(const struct hg_job *job, struct hg_wire *wire, struct hg_arena *arena,
                          struct hg_job_result *ret)
{
    /* At most two for each header (one of them as the other side), and those of no header. */
    uint32_t count = take_up_to(wire, 2 * (uint32_t)job->header_count + 2);
    ret->problems = hg_arena_array(arena, count, sizeof *ret->problems);
    for (uint32_t i = 0; i < count && !wire->is_damaged; i++)
        ret->problems[ret->problem_count++] = take_problem(job, wire, arena);
}

/* Whether the parts of a result are consistent. */
static bool is_sound(const struct hg_job *job, const struct hg_job_result *result, bool has_model)
{
    switch (result->end) {
    case HG_JOB_MODEL:
        return has_model && (!result->was_precompiled || job->is_precompiled);
    case HG_JOB_AGREES:
        return !has_model && job->compare_with != NULL;
    case HG_JOB_PROBLEMS:
        return result->problem_count > 0;
    case HG_JOB_FAILED:
        return !has_model;
    }
    return false;
}

bool hg_job_unpack(const struct hg_job *job, const void *bytes, size_t size, struct hg_arena *arena,
                   struct hg_job_result *ret)
{
    struct hg_wire wire = hg_wire_begin(bytes, size);
    *ret = (struct hg_job_result){.end = take_up_to(&wire, HG_JOB_FAILED)};
    ret->was_precompiled = hg_wire_take(&wire) != 0;
    ret->reason = hg_wire_take_string(&wire, arena);
    take_reports(job, &wire, arena, ret);
    uint32_t tag_count = take_up_to(&wire, TAGS_MAX);
    for (uint32_t i = 0; i < tag_count && !wire.is_damaged; i++) {
        const char *tag = hg_wire_take_string(&wire, arena);
        if (tag != NULL)
            *HG_PUSH(&ret->tags) = tag;
    }
    take_problems(job, &wire, arena, ret);
    bool has_model = hg_wire_take(&wire) != 0;
    size_t left = (size_t)(wire.end - wire.at);
    bool good =
        !wire.is_damaged && is_sound(job, ret, has_model) &&
        (has_model ? hg_model_unpack(wire.at, left, NULL, &ret->model) == HG_OK : left == 0);
    if (!good)
        hg_job_result_deinit(ret);
    return good;
}
