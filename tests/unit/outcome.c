/*
 * What is tried after each outcome: the specification, through a parser that is a table.
 *
 * A header of that table defines a struct, may miss one, may conflict with another header or with
 * the prefix, or kill the process.  What the planner makes of it shows in the list of its jobs:
 *
 *     a b c           one translation unit of three headers
 *     ~ c b a         the same in reversed order, to be compared
 *     P | h > b       b after the prefix P and the helper h
 *     + t             a trace header
 */
#include "tree/outcome.h"
#include "helpers.h"
#include "model/content.h"
#include "suites.h"
#include "tree/headers.h"

#include <stdio.h>
#include <string.h>

/* --- the parser that is a table --- */

struct fake_header {
    const char *name;
    const char *defines;   /* a struct's tag; NULL = nothing */
    const char *misses;    /* a struct's tag that must be defined before it; NULL = none */
    const char *conflicts; /* a header that cannot come before it; NULL = none */
    bool conflicts_with_prefix;
    bool misses_a_file;
    bool kills;
    bool depends_on_order; /* its struct is another one in reversed order */
    bool first_error_only; /* clang does not get that far when another header has an error */
    bool has_tracepoints;
};

struct fake_job {
    const struct hg_job *job;
    unsigned priority;
    hg_job_done_fn *done;
    void *user;
};

struct fake {
    struct hg_parser parser; /* first */
    const struct fake_header *headers;
    size_t count;
    HG_ARRAY(struct fake_job) queue;
    struct hg_text jobs; /* what was run */
    struct hg_arena arena;
    bool reports_progress;
};

static const struct fake_header *fake_of(const struct fake *fake, const char *name)
{
    for (size_t i = 0; i < fake->count; i++)
        if (strcmp(fake->headers[i].name, name) == 0)
            return &fake->headers[i];
    return NULL;
}

static bool comes_before(const struct fake *fake, const struct hg_job *job, size_t header,
                         const char *name, const char *tag)
{
    for (size_t i = 0; i < header; i++) {
        const struct fake_header *other = fake_of(fake, job->headers[i]);
        if (name != NULL && strcmp(other->name, name) == 0)
            return true;
        if (tag != NULL && other->defines != NULL && strcmp(other->defines, tag) == 0)
            return true;
    }
    return false;
}

static struct hg_location in_file(struct fake *fake, const char *name)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "include/%s", name);
    const char *file = hg_arena_string(&fake->arena, path.data, path.size);
    hg_text_deinit(&path);
    return (struct hg_location){.file = file, .line = 1, .column = 1};
}

static void add_problem(struct hg_job_result *result, struct hg_job_problem problem)
{
    result->problems[result->problem_count++] = problem;
}

/* What is wrong with one header in this job. */
static void find_problems(struct fake *fake, const struct hg_job *job, size_t header,
                          struct hg_job_result *result)
{
    const struct fake_header *item = fake_of(fake, job->headers[header]);
    struct hg_job_problem problem = {.header = (uint32_t)header,
                                     .where = in_file(fake, item->name)};
    if (item->misses_a_file) {
        problem.kind = HG_PROBLEM_MISSING_FILE;
        problem.text = "file not found";
    } else if (item->misses != NULL && !comes_before(fake, job, header, NULL, item->misses)) {
        struct hg_text symbol = {0};
        hg_text_printf(&symbol, "struct %s", item->misses);
        problem.kind = HG_PROBLEM_MISSING_SYMBOL;
        problem.symbol = hg_arena_string(&fake->arena, symbol.data, symbol.size);
        problem.text = "incomplete type";
        hg_text_deinit(&symbol);
    } else if (item->conflicts_with_prefix && job->prefix_count > 0) {
        problem.kind = HG_PROBLEM_MACRO_REDEFINED;
        problem.conflict = HG_CONFLICT_PREFIX;
        problem.text = "macro redefined";
    } else if (item->conflicts != NULL && comes_before(fake, job, header, item->conflicts, NULL) &&
               !(item->first_error_only && result->problem_count > 0)) {
        problem.kind = HG_PROBLEM_TYPE_REDEFINED;
        problem.conflict = HG_CONFLICT_HEADER;
        problem.text = "redefinition";
        for (size_t i = 0; i < header; i++)
            if (strcmp(job->headers[i], item->conflicts) == 0)
                add_problem(result, (struct hg_job_problem){.kind = HG_PROBLEM_OTHER,
                                                            .header = (uint32_t)i,
                                                            .is_other_side = true,
                                                            .text = "previous definition"});
    } else {
        return;
    }
    add_problem(result, problem);
}

static struct hg_model *make_model(struct fake *fake, const struct hg_job *job)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id i = hg_test_int(model, "int", 4, true);
    size_t first = job->prefix_count + job->helper_count;
    for (size_t h = first; h < job->header_count; h++) {
        const struct fake_header *item = fake_of(fake, job->headers[h]);
        if (item->defines == NULL)
            continue;
        bool is_other = item->depends_on_order && job->compare_with != NULL;
        hg_type_id id = hg_test_record(model, HG_STRUCT, item->defines, is_other ? 8 : 4, 4,
                                       HG_MEMBERS(HG_MEMBER(is_other ? "y" : "x", i, 0)));
        hg_model_amend(model, id)->where = in_file(fake, item->name);
    }
    hg_test_seal(model);
    return model;
}

static void parse(struct fake *fake, const struct hg_job *job, struct hg_job_result *result)
{
    *result = (struct hg_job_result){.end = HG_JOB_MODEL};
    size_t first = job->prefix_count + job->helper_count;
    result->problems =
        hg_arena_array(&fake->arena, 2 * job->header_count + 2, sizeof *result->problems);
    for (size_t i = 0; i < job->header_count; i++) {
        if (fake_of(fake, job->headers[i])->kills) {
            *result =
                (struct hg_job_result){.end = HG_JOB_FAILED, .died = true, .reason = "it died"};
            return;
        }
        if (i >= first)
            find_problems(fake, job, i, result);
    }
    if (result->problem_count > 0) {
        result->end = HG_JOB_PROBLEMS;
        return;
    }
    result->was_precompiled = job->is_precompiled;
    result->model = make_model(fake, job);
    if (job->compare_with == NULL || !hg_models_agree(result->model, job->compare_with))
        return;
    hg_model_destroy(result->model);
    *result = (struct hg_job_result){.end = HG_JOB_AGREES};
}

static void record(struct fake *fake, const struct hg_job *job)
{
    size_t first = job->prefix_count + job->helper_count;
    hg_text_put(&fake->jobs, job->compare_with != NULL ? "~ " : "");
    for (size_t i = 0; i < job->header_count; i++) {
        if (i == job->prefix_count && i > 0)
            hg_text_put(&fake->jobs, "| ");
        if (i == first && job->helper_count > 0)
            hg_text_put(&fake->jobs, "> ");
        if (i == job->header_count - job->trace_count)
            hg_text_put(&fake->jobs, "+ ");
        hg_text_printf(&fake->jobs, "%s ", job->headers[i]);
    }
    hg_text_put(&fake->jobs, "\n");
}

static void fake_add(struct hg_parser *parser, const struct hg_job *job, unsigned priority,
                     hg_job_done_fn *done, void *user)
{
    struct fake *fake = (struct fake *)parser;
    *HG_PUSH(&fake->queue) = (struct fake_job){job, priority, done, user};
}

static enum hg_status fake_run(struct hg_parser *parser, struct hg_diagnostics *diagnostics)
{
    (void)diagnostics;
    struct fake *fake = (struct fake *)parser;
    while (fake->queue.count > 0) {
        size_t next = 0;
        for (size_t i = 1; i < fake->queue.count; i++)
            if (fake->queue.items[i].priority < fake->queue.items[next].priority)
                next = i;
        struct fake_job job = fake->queue.items[next];
        memmove(&fake->queue.items[next], &fake->queue.items[next + 1],
                (--fake->queue.count - next) * sizeof job);
        struct hg_job_result result;
        record(fake, job.job);
        parse(fake, job.job, &result);
        job.done(job.user, &result);
    }
    return HG_OK;
}

/* --- every header --- */

struct reading {
    struct fake fake;
    struct hg_test_log log;
    struct hg_model *model;
    struct hg_tree_summary *report;
};

static void read_headers(struct reading *reading, const struct fake_header *headers, size_t count)
{
    *reading = (struct reading){
        .fake = {.parser = {fake_add, fake_run}, .headers = headers, .count = count}};
    hg_arena_init(&reading->fake.arena);
    hg_test_log_init(&reading->log);
    struct hg_kernel_header *items = hg_calloc(count, sizeof *items);
    uint8_t *traits = hg_calloc(count, sizeof *traits);
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct hg_kernel_header){.name = headers[i].name, .path = headers[i].name};
        traits[i] = (uint8_t)(HG_FILE_HAS_TYPES |
                              (headers[i].has_tracepoints ? HG_FILE_HAS_TRACEPOINTS : 0));
    }
    struct hg_kernel_headers files = {.items = items, .count = count};
    struct hg_catalogue catalogue = {.files = &files, .traits = traits};
    struct hg_job_setup setup = {.origin = "fake"};
    struct hg_prefix *no_prefix = NULL;
    struct hg_every_header every = {
        .catalogue = &catalogue,
        .setup = &setup,
        .prefix = no_prefix,
        .parser = &reading->fake.parser,
        .arena = &reading->fake.arena,
        .explain = true,
    };
    (void)!hg_read_every_header(&every, &reading->log.diagnostics, &reading->model,
                                &reading->report);
    free(items);
    free(traits);
}

static void reading_deinit(struct reading *reading)
{
    hg_model_destroy(reading->model);
    hg_tree_summary_destroy(reading->report);
    hg_test_log_deinit(&reading->log);
    free(reading->fake.queue.items);
    hg_text_deinit(&reading->fake.jobs);
    hg_arena_deinit(&reading->fake.arena);
}

/* The jobs were these; so many headers were not parsed. */
static bool runs(const struct reading *reading, const char *jobs, size_t unparsed)
{
    return hg_test_same(hg_text_string(&reading->fake.jobs), jobs) && reading->report != NULL &&
           reading->report->unparsed_count == unparsed;
}

#define READ(reading, ...)                                                                         \
    read_headers(reading, (const struct fake_header[]){__VA_ARGS__},                               \
                 sizeof((const struct fake_header[]){__VA_ARGS__}) / sizeof(struct fake_header))

/* Headers without errors: one unit, and the same in reversed order. */
static void test_good(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a"}, {"b.h", .defines = "b"}, {"c.h", .defines = "c"});
    CU_ASSERT(runs(&reading, "a.h b.h c.h \n~ c.h b.h a.h \n", 0));
    CU_ASSERT_EQUAL(hg_model_type_count(reading.model), 5);
    CU_ASSERT(hg_test_same(hg_text_string(&reading.log.text), ""));
    reading_deinit(&reading);
}

static void test_file_of_a_header(void)
{
    CU_ASSERT(hg_is_file_of("/k/include/linux/tty.h", "linux/tty.h"));
    CU_ASSERT_FALSE(hg_is_file_of("/k/include/sublinux/tty.h", "linux/tty.h"));
    CU_ASSERT_FALSE(hg_is_file_of("linux/tty.h", "linux/tty.h")); /* a name, no path */
    CU_ASSERT_FALSE(hg_is_file_of("tty.h", "linux/tty.h"));
}

/* A header with an error of its own: the rest is tried without it, then it alone; the error is the
 * same, and nothing is left to try. */
static void test_own_error(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a"}, {"b.h", .misses_a_file = true},
         {"c.h", .defines = "c"});
    CU_ASSERT(runs(&reading, "a.h b.h c.h \na.h c.h \n~ c.h a.h \n", 1));
    CU_ASSERT(hg_test_reported(&reading.log, "b.h: waiting -> given up: file not found"));
    CU_ASSERT(hg_test_same(reading.report->unparsed[0].header, "b.h"));
    CU_ASSERT(hg_test_same(reading.report->unparsed[0].reason, "file not found"));
    reading_deinit(&reading);
}

/* A header that misses a type which comes later: after the header that defines it. */
static void test_needs_helper(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a", .misses = "c"}, {"b.h", .defines = "b"},
         {"c.h", .defines = "c"});
    CU_ASSERT(runs(&reading,
                   "a.h b.h c.h \nb.h c.h \n~ c.h b.h \n"
                   "c.h > a.h \n",
                   0));
    CU_ASSERT(
        hg_test_reported(&reading.log, "a.h: waiting -> needs helper, after c.h: incomplete type"));
    CU_ASSERT(hg_test_reported(&reading.log, "a.h: needs helper -> parsed"));
    reading_deinit(&reading);
}

/* Helpers of helpers come first. */
static void test_chain(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a", .misses = "b"}, {"b.h", .defines = "b", .misses = "c"},
         {"c.h", .defines = "c"}, {"d.h", .defines = "d"});
    CU_ASSERT(runs(&reading,
                   "a.h b.h c.h d.h \nc.h d.h \n~ d.h c.h \n"
                   "c.h > a.h b.h \nc.h > b.h \n"
                   "c.h b.h > a.h \n",
                   0));
    reading_deinit(&reading);
}

/* A type that no header defines: tried alone once, and given up when nothing has it. */
static void test_nobody_defines_it(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a"}, {"b.h", .misses = "nowhere"});
    CU_ASSERT(runs(&reading, "a.h b.h \na.h \nb.h \n", 1));
    CU_ASSERT(hg_test_reported(&reading.log, "b.h: waiting -> needs helper"));
    CU_ASSERT(hg_test_reported(&reading.log, "b.h: needs helper -> awaits definition"));
    CU_ASSERT(hg_test_reported(&reading.log, "b.h: awaits definition -> given up"));
    reading_deinit(&reading);
}

/* Two that conflict: the later one is left out, and parsed alone. */
static void test_conflict(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a"}, {"b.h", .defines = "b", .conflicts = "a.h"},
         {"c.h", .defines = "c"});
    CU_ASSERT(runs(&reading, "a.h b.h c.h \na.h c.h \n~ c.h a.h \nb.h \n", 0));
    reading_deinit(&reading);
}

/* From the second attempt on both sides of a conflict are left out: c.h, which came to conflict
 * only because b.h was left out, takes a.h with it. */
static void test_conflict_of_a_later_attempt(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a"}, {"b.h", .misses = "nowhere"},
         {"c.h", .defines = "c", .conflicts = "a.h", .first_error_only = true},
         {"d.h", .defines = "d"});
    CU_ASSERT(runs(&reading,
                   "a.h b.h c.h d.h \na.h c.h d.h \nd.h \n"
                   "b.h \na.h \nc.h \n",
                   1));
    reading_deinit(&reading);
}

/* The prefix is parsed first, and begins every unit; a header that conflicts with it is parsed
 * without it. */
static void test_prefix(void)
{
    struct reading reading;
    READ(&reading, {"linux/types.h", .defines = "t"}, {"a.h", .defines = "a"},
         {"b.h", .defines = "b", .conflicts_with_prefix = true});
    CU_ASSERT(runs(&reading,
                   "linux/types.h \n"
                   "linux/types.h | a.h b.h \nlinux/types.h | a.h \n"
                   "linux/types.h | b.h \n"
                   "b.h \n",
                   0));
    CU_ASSERT(hg_test_reported(&reading.log, "b.h: waiting -> conflicts with prefix"));
    CU_ASSERT(hg_test_reported(&reading.log, "b.h: conflicts with prefix -> parsed"));
    reading_deinit(&reading);
}

/* A prefix header with an error is none; the others are. */
static void test_prefix_with_an_error(void)
{
    struct reading reading;
    READ(&reading, {"linux/types.h", .defines = "t"}, {"linux/kernel.h", .misses_a_file = true},
         {"a.h", .defines = "a"});
    CU_ASSERT(runs(&reading,
                   "linux/types.h linux/kernel.h \nlinux/types.h \n"
                   "linux/types.h | a.h \n",
                   1));
    reading_deinit(&reading);
}

/* A header that kills the process: the unit is cut until it is alone, and it alone is lost. */
static void test_deadly(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a"}, {"b.h", .kills = true}, {"c.h", .defines = "c"});
    CU_ASSERT(runs(&reading, "a.h b.h c.h \na.h \nb.h \nc.h \n", 1));
    CU_ASSERT(hg_test_same(reading.report->unparsed[0].header, "b.h"));
    CU_ASSERT(hg_test_same(reading.report->unparsed[0].reason, "it died"));
    reading_deinit(&reading);
}

/* A header that gives another type in the other order: both are kept, and reported. */
static void test_order(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a", .depends_on_order = true}, {"b.h", .defines = "b"});
    CU_ASSERT(runs(&reading, "a.h b.h \n~ b.h a.h \n", 0));
    CU_ASSERT_EQUAL_FATAL(reading.report->conflict_count, 1);
    CU_ASSERT(hg_test_same(reading.report->conflicts[0].name, "a"));
    reading_deinit(&reading);
}

/* Trace headers are parsed twice: among others, and alone with CREATE_TRACE_POINTS.  What cannot be
 * parsed so is parsed as any other header. */
static void test_trace(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .defines = "a"},
         {"trace/events/t.h", .defines = "t", .has_tracepoints = true});
    CU_ASSERT(runs(&reading, "a.h \n+ trace/events/t.h \n", 0));
    reading_deinit(&reading);
}

/* Nothing can be parsed: an error that names the first. */
static void test_nothing(void)
{
    struct reading reading;
    READ(&reading, {"a.h", .misses_a_file = true});
    CU_ASSERT_PTR_NULL(reading.model);
    CU_ASSERT(hg_test_reported(&reading.log, "none of 1 headers can be read; the first, a.h"));
    reading_deinit(&reading);
}

/* Headers that never stand alone are no headers of their own. */
static void test_fragments(void)
{
    CU_ASSERT(hg_is_fragment("asm-generic/atomic.h"));
    CU_ASSERT(hg_is_fragment("linux/compiler-intel.h"));
    CU_ASSERT_FALSE(hg_is_fragment("linux/compiler.h"));
    CU_ASSERT_FALSE(hg_is_fragment("linux/sched.h"));
}

/* --- who defines what is missing --- */

/* An hg_helper_fn: files below include/. */
static const char *below_include(void *user, const char *file)
{
    (void)user;
    return strncmp(file, "include/", 8) == 0 ? file + 8 : NULL;
}

static void test_definers(void)
{
    struct hg_arena arena;
    hg_arena_init(&arena);
    struct hg_model *model = hg_test_model_create();
    hg_type_id i = hg_test_int(model, "int", 4, true);
    hg_type_id known =
        hg_test_record(model, HG_STRUCT, "known", 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_type_id far =
        hg_test_record(model, HG_STRUCT, "far", 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_test_forward(model, HG_STRUCT, "declared");
    hg_model_amend(model, known)->where =
        (struct hg_location){.file = "include/known.h", .line = 1};
    hg_model_amend(model, far)->where = (struct hg_location){.file = "elsewhere/far.h", .line = 1};
    hg_test_seal(model);
    struct hg_kernel_headers files = {.count = 0};
    struct hg_catalogue catalogue = {.files = &files};
    struct hg_definers definers;
    hg_definers_init(&definers, &catalogue, &arena);
    hg_definers_learn(&definers, model);
    static const struct {
        struct hg_job_problem problem;
        int state;
        const char *header;
    } cases[] = {
        {{.kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "struct known"}, HG_SYMBOL_KNOWN, "known.h"},
        {{.kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "struct far"}, HG_SYMBOL_KNOWN, NULL},
        {{.kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "struct declared"}, HG_SYMBOL_UNKNOWN, NULL},
        {{.kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "known"}, HG_SYMBOL_UNKNOWN, NULL},
        {{.kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "union known"}, HG_SYMBOL_UNKNOWN, NULL},
        {{.kind = HG_PROBLEM_MISSING_SYMBOL}, HG_SYMBOL_UNKNOWN, NULL},
        {{.kind = HG_PROBLEM_TYPE_REDEFINED, .symbol = "struct known"},
         HG_SYMBOL_NOT_MISSING,
         NULL},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct hg_definer definer =
            hg_find_definer(&definers, &cases[c].problem, below_include, NULL);
        CU_ASSERT_EQUAL((int)definer.state, cases[c].state);
        CU_ASSERT(hg_test_same(definer.header, cases[c].header));
    }
    hg_definers_deinit(&definers);
    hg_model_destroy(model);
    hg_arena_deinit(&arena);
}

/* --- one header, a step at a time --- */

static const struct hg_job_problem missing = {
    .kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "struct c", .text = "incomplete type"};
static const struct hg_job_problem clash = {
    .kind = HG_PROBLEM_MACRO_REDEFINED, .conflict = HG_CONFLICT_PREFIX, .text = "redefined"};
static const struct hg_job_problem other = {
    .kind = HG_PROBLEM_OTHER, .where = {.file = "a.h", .line = 1}, .text = "expected ';'"};

static enum hg_header_state after(struct hg_header *header, const struct hg_job_problem *problem,
                                  struct hg_attempt attempt, struct hg_definer definer)
{
    hg_outcome_of_problem(header, problem, &attempt, &definer);
    return header->state;
}

static void test_steps(void)
{
    const struct hg_definer none = {HG_SYMBOL_NOT_MISSING, NULL};
    const struct hg_definer unknown = {HG_SYMBOL_UNKNOWN, NULL};
    const struct hg_definer known = {HG_SYMBOL_KNOWN, "c.h"};
    const struct hg_attempt among = {.had_prefix = true};
    const struct hg_attempt alone = {.had_prefix = true, .is_alone = true};
    const struct hg_attempt bare = {.is_alone = true};

    struct hg_header header = {.name = "a.h"};
    CU_ASSERT_EQUAL(after(&header, &other, among, none), HG_HEADER_WAITING);
    CU_ASSERT_EQUAL(after(&header, &other, among, none), HG_HEADER_GIVEN_UP); /* the same again */
    CU_ASSERT_EQUAL(after(&header, &missing, among, known), HG_HEADER_GIVEN_UP);

    header = (struct hg_header){.name = "a.h"};
    CU_ASSERT_EQUAL(after(&header, &missing, among, known), HG_HEADER_NEEDS_HELPER);
    CU_ASSERT(header.helper_count == 1 && hg_test_same(header.helpers[0], "c.h"));
    CU_ASSERT_EQUAL(after(&header, &missing, alone, known), HG_HEADER_GIVEN_UP); /* it had it */

    header = (struct hg_header){.name = "a.h"};
    CU_ASSERT_EQUAL(after(&header, &missing, alone, unknown), HG_HEADER_AWAITS_DEFINITION);
    hg_outcome_of_waiting(&header, &known);
    CU_ASSERT_EQUAL(header.state, HG_HEADER_NEEDS_HELPER);

    header = (struct hg_header){.name = "a.h"};
    CU_ASSERT_EQUAL(after(&header, &clash, among, none), HG_HEADER_WAITING); /* the first time */
    CU_ASSERT_EQUAL(after(&header, &clash, among, none), HG_HEADER_CONFLICTS_WITH_PREFIX);
    CU_ASSERT_EQUAL(after(&header, &missing, bare, unknown), HG_HEADER_AWAITS_DEFINITION);
    hg_outcome_of_waiting(&header, &known);
    CU_ASSERT_EQUAL(header.state, HG_HEADER_CONFLICTS_WITH_PREFIX); /* still without it */
    CU_ASSERT_EQUAL(after(&header, &other, bare, none), HG_HEADER_GIVEN_UP);

    header = (struct hg_header){.name = "t.h", .is_trace = true};
    CU_ASSERT_EQUAL(after(&header, &clash, alone, none), HG_HEADER_GIVEN_UP);

    header = (struct hg_header){.name = "a.h"};
    const struct hg_attempt dead = {.had_prefix = true, .died = true};
    CU_ASSERT_EQUAL(after(&header, &other, dead, none), HG_HEADER_GIVEN_UP);

    header = (struct hg_header){.name = "a.h", .state = HG_HEADER_PARSED};
    CU_ASSERT_EQUAL(after(&header, &other, alone, none), HG_HEADER_PARSED);
}

/* At most a few helpers each. */
static void test_helpers_end(void)
{
    static const char *const names[] = {"1.h", "2.h", "3.h", "4.h", "5.h"};
    struct hg_header header = {.name = "a.h"};
    const struct hg_attempt alone = {.is_alone = true};
    for (size_t i = 0; i < 5; i++) {
        struct hg_definer known = {HG_SYMBOL_KNOWN, names[i]};
        CU_ASSERT_EQUAL(after(&header, &missing, alone, known),
                        i < HG_HELPERS_MAX ? HG_HEADER_NEEDS_HELPER : HG_HEADER_GIVEN_UP);
    }
}

/* For types by name: alone, after linux/module.h, after what it misses or what an #error names,
 * through each header that includes it. */
static void test_by_name(void)
{
    enum { MODULE, ASKED, DEFINER, NAMED, INCLUDER, FURTHER, FILES };
    struct hg_kernel_header items[FILES] = {
        [MODULE] = {.name = "linux/module.h"},  [ASKED] = {.name = "linux/a.h"},
        [DEFINER] = {.name = "linux/tty.h"},    [NAMED] = {.name = "linux/whole.h"},
        [INCLUDER] = {.name = "linux/outer.h"}, [FURTHER] = {.name = "linux/outermost.h"},
    };
    struct hg_kernel_headers files = {.items = items, .count = FILES};
    char strings[] = "tty_port";
    struct hg_catalogue_definition definition = {.file = DEFINER, .what = HG_FOUND_STRUCT};
    struct hg_catalogue_edge edges[] = {{ASKED, INCLUDER}, {INCLUDER, FURTHER}};
    struct hg_catalogue catalogue = {
        .files = &files,
        .definitions = &definition,
        .definition_count = 1,
        .edges = edges,
        .edge_count = 2,
        .strings = strings,
        .string_size = sizeof strings,
    };
    struct hg_job_problem lacks = {.kind = HG_PROBLEM_MISSING_SYMBOL,
                                   .symbol = "struct tty_port",
                                   .named_headers = {"linux/a.h", "linux/whole.h"},
                                   .named_header_count = 2,
                                   .text = "x"};
    static const struct {
        enum hg_header_state state;
        int helper; /* negative = none */
    } steps[] = {
        {HG_HEADER_NEEDS_HELPER, MODULE},  {HG_HEADER_NEEDS_HELPER, NAMED},
        {HG_HEADER_NEEDS_HELPER, DEFINER}, {HG_HEADER_FRAGMENT, -1},
        {HG_HEADER_FRAGMENT, -1},          {HG_HEADER_GIVEN_UP, -1},
        {HG_HEADER_GIVEN_UP, -1},
    };
    struct hg_name_header header = {.state = HG_HEADER_WAITING};
    uint8_t is_helper[FILES] = {0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        uint32_t helper = 0;
        bool helped =
            hg_outcome_by_name(&header, ASKED, &lacks, &catalogue, false, is_helper, &helper);
        CU_ASSERT_EQUAL(header.state, steps[i].state);
        CU_ASSERT_EQUAL(helped ? (int)helper : -1, steps[i].helper);
        if (helped)
            is_helper[helper] = 1;
    }
    uint32_t includer = 0;
    CU_ASSERT(hg_find_includer(&catalogue, ASKED, 0, &includer) && includer == INCLUDER);
    CU_ASSERT(hg_find_includer(&catalogue, ASKED, 1, &includer) && includer == FURTHER);
    CU_ASSERT_FALSE(hg_find_includer(&catalogue, ASKED, 2, &includer));

    header = (struct hg_name_header){.state = HG_HEADER_WAITING}; /* of many: little is tried */
    memset(is_helper, 0, sizeof is_helper);
    uint32_t helper = 0;
    CU_ASSERT(hg_outcome_by_name(&header, ASKED, &lacks, &catalogue, true, is_helper, &helper));
    CU_ASSERT(hg_outcome_by_name(&header, ASKED, &lacks, &catalogue, true, is_helper, &helper));
    CU_ASSERT_FALSE(
        hg_outcome_by_name(&header, ASKED, &lacks, &catalogue, true, is_helper, &helper));
    CU_ASSERT_EQUAL(header.state, HG_HEADER_GIVEN_UP);
}

void hg_test_outcome(void)
{
    CU_pSuite suite = CU_add_suite("outcome", NULL, NULL);
    CU_add_test(suite, "good headers", test_good);
    CU_add_test(suite, "the file of a header", test_file_of_a_header);
    CU_add_test(suite, "an error of its own", test_own_error);
    CU_add_test(suite, "a missing type", test_needs_helper);
    CU_add_test(suite, "helpers of helpers", test_chain);
    CU_add_test(suite, "a type that nobody defines", test_nobody_defines_it);
    CU_add_test(suite, "two that conflict", test_conflict);
    CU_add_test(suite, "both sides of a conflict", test_conflict_of_a_later_attempt);
    CU_add_test(suite, "the prefix", test_prefix);
    CU_add_test(suite, "an error in the prefix", test_prefix_with_an_error);
    CU_add_test(suite, "a deadly header", test_deadly);
    CU_add_test(suite, "order matters", test_order);
    CU_add_test(suite, "trace headers", test_trace);
    CU_add_test(suite, "nothing can be parsed", test_nothing);
    CU_add_test(suite, "fragments", test_fragments);
    CU_add_test(suite, "who defines it", test_definers);
    CU_add_test(suite, "one header, step by step", test_steps);
    CU_add_test(suite, "helpers come to an end", test_helpers_end);
    CU_add_test(suite, "by name", test_by_name);
}
