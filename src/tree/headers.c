/*
 * Which headers go into which unit.
 *
 * The problem: of 6,000 headers nearly all parse together, in seconds instead of eight minutes; but
 * some do not parse at all, some only behind others, and some spoil others:
 *
 *     #define min(a, b) ...                      one that is meant for other compilers
 *     enum { DEBUG };                            and one that the first one's #define DEBUG breaks
 *
 * The method, stage by stage:
 *
 *     0. the prelude: a few headers that between them include what most others do.  All units below
 *        begin with it, so that it need not be parsed again for each
 *     1. all headers, in units of some hundred, each checked in the opposite order; trace headers
 *        with CREATE_TRACE_POINTS, each alone
 *     2. of what is left: headers that lack something, in smaller units behind the headers that
 *        define what is lacking; each other one alone
 *     3. what is left, in smaller units
 *     4. what is left, each alone, and again as long as that shows what else is lacking; trace
 *        headers that cannot be had otherwise without CREATE_TRACE_POINTS
 *
 * In each, headers with errors are dropped and the rest is tried again (retry.c).  One that the
 * prelude spoils is alone without it.  A header that nothing of this can help is given up at once;
 * of a trace header, the events that have no error in their own text are taken in the end.
 *
 * Which units a stage has depends on what came of the stage before it, and on nothing else; what
 * comes of them is taken in the order of their ranks.  So the result does not depend on which
 * worker is done first.
 */
#include "tree/headers.h"

#include "base/diag.h"
#include "base/strings.h"

#include <malloc.h>
#include <string.h>

enum {
    UNIT_HEADERS = 900, /* about so many in a unit: each error has all of them read again */
    PILE_HEADERS = 24,  /* of those that are likely to have errors */
    TWIN_HEADERS = 8,   /* of trace headers without CREATE_TRACE_POINTS */
    SMALLEST_PILE = 8,  /* fewer headers than that are parsed alone at once */
    LAST_TURN = 100,    /* of small units that fill the gaps between large ones */
    DEFAULT_CPU = 20,   /* seconds */
};
#define DEFAULT_MEMORY ((size_t)2 << 30)

/* What nearly every file of a kernel includes first, and what most headers come to include: these
 * bring in eight hundred others, four fifths of what units would else read again and again. */
static const char *const prelude[] = {
    "linux/types.h", "linux/kernel.h", "linux/module.h", "linux/trace_events.h", "net/tcp.h",
};
enum {
    PRELUDE = sizeof prelude / sizeof *prelude,
    HELP_DEPTH = 1, /* helpers of helpers */
    HELPED_BY = MAX_HELPERS * (MAX_HELPERS + 1),
};

struct plan {
    struct reading *reading;
    HG_ARRAY(struct wanted) wanted;
    struct hg_strings by_name[2]; /* by is_trace: index plus one */
    struct unit_list stage;
    HG_ARRAY(struct hg_model *) models;
    size_t unit_count; /* that these are made of */
    size_t done;       /* units of the stage */
    size_t stage_number;
    enum hg_status status; /* of what is done beside it */
    unsigned progress; /* of PROGRESS, before the stage; what the stage is worth; what was shown */
    unsigned share;
    unsigned shown;
};

enum { PROGRESS = 1000 };
enum { BEHIND_LARGE = 2 }; /* the number of the stage behind that of the large units */

/* --- headers --- */

static struct wanted *find(struct plan *plan, const char *name, bool is_trace)
{
    uint32_t *number = hg_strings_number(&plan->by_name[is_trace], name, strlen(name));
    return *number == 0 ? NULL : &plan->wanted.items[*number - 1];
}

static void want(struct plan *plan, const char *name, bool is_trace)
{
    uint32_t *number = hg_strings_number(&plan->by_name[is_trace], name, strlen(name));
    if (*number != 0)
        return;
    *HG_PUSH(&plan->wanted) = (struct wanted){.name = name, .is_trace = is_trace};
    *number = (uint32_t)plan->wanted.count;
}

/* --- what came of a stage --- */

static bool is_same_fault(const struct unit_fault *a, const struct unit_fault *b)
{
    return a->text != NULL && b->text != NULL && strcmp(a->text, b->text) == 0 &&
           a->where.line == b->where.line && a->where.file != NULL && b->where.file != NULL &&
           strcmp(a->where.file, b->where.file) == 0;
}

/* It includes a file that is not there itself. */
static bool lacks_a_file(const struct wanted *wanted, const struct unit_fault *fault)
{
    const char *file = fault->where.file;
    size_t name = strlen(wanted->name);
    return fault->kind == HG_PROBLEM_MISSING_FILE && file != NULL && strlen(file) > name &&
           file[strlen(file) - name - 1] == '/' &&
           strcmp(file + strlen(file) - name, wanted->name) == 0;
}

/* The first fault of a header that was dropped. */
static struct unit_fault fault_of(const struct unit *unit, size_t header)
{
    bool is_alone = hg_unit_is_single(unit); /* then all are its own */
    for (size_t i = 0; i < unit->fault_count; i++)
        if (unit->faults[i].header == header || is_alone)
            return unit->faults[i];
    return (struct unit_fault){.kind = HG_PROBLEM_OTHER, .text = unit->reason};
}

/* The header by whose name the file is included; NULL = by none that is wanted. */
static const char *name_of_file(struct plan *plan, const char *file)
{
    for (const char *name = file; name != NULL; name = strchr(name, '/')) {
        name += *name == '/';
        const struct wanted *wanted = find(plan, name, false);
        if (wanted != NULL)
            return wanted->name;
    }
    return NULL;
}

/* False: there is none, or it had it already. */
static bool add_helper(struct plan *plan, struct wanted *wanted, const char *file)
{
    const char *helper = file == NULL ? NULL : name_of_file(plan, file);
    if (helper == NULL || wanted->helper_count == MAX_HELPERS)
        return false;
    for (size_t i = 0; i < wanted->helper_count; i++)
        if (wanted->helpers[i] == helper)
            return false;
    wanted->helpers[wanted->helper_count++] = helper;
    return true;
}

/* Behind the prelude it failed, without lacking anything, and no other header is to blame. */
static bool is_spoilt(const struct unit *unit, const struct unit_fault *fault, bool is_first)
{
    /* The first time, what came before it can have led it astray. */
    return unit->prelude_count > unit->helper_count && !unit->is_trace &&
           (hg_unit_is_single(unit) || (fault->conflict == CONFLICT_PREFIX && !is_first));
}

/* Whether nothing that it has not had yet could help a header that failed. */
static bool is_hopeless(const struct unit *unit, const struct wanted *wanted,
                        const struct unit_fault *fault, enum lack lack, bool is_helped)
{
    bool is_alone = hg_unit_is_single(unit);
    if (lack != LACKS_NOTHING)
        return is_alone && !is_helped && lack == LACKS_KNOWN;
    return is_alone || (fault->conflict == CONFLICT_NONE && is_same_fault(fault, &wanted->last));
}

static void take_fault(struct plan *plan, const struct unit *unit, size_t header)
{
    struct wanted *wanted = find(plan, unit->headers[header], unit->is_trace);
    struct unit_fault fault = fault_of(unit, header);
    if (fault.text == NULL || wanted->is_read)
        return;
    bool is_first = wanted->fault.text == NULL;
    if (is_first)
        wanted->fault = fault;
    const char *file = NULL;
    enum lack lack = hg_units_find_missing(plan->reading, &fault, &file);
    bool is_helped = add_helper(plan, wanted, file);
    wanted->lacks_a_file = lacks_a_file(wanted, &fault);
    bool is_over = unit->state == UNIT_CRASHED || wanted->lacks_a_file;
    if (!is_over && lack == LACKS_NOTHING && is_spoilt(unit, &fault, is_first))
        wanted->is_spoilt = true;
    else if (is_over || is_hopeless(unit, wanted, &fault, lack, is_helped))
        wanted->is_given_up = true;
    wanted->lacks_something = lack != LACKS_NOTHING;
    wanted->is_waiting = lack == LACKS_UNKNOWN && (hg_unit_is_single(unit) || !is_first);
    wanted->last = fault;
}

/* What nothing defined that had been read by then, something may that has been read since.  Until
 * then there is no point in trying it again. */
static void end_waiting(struct plan *plan, struct wanted *wanted)
{
    const char *file = NULL;
    if (!wanted->is_waiting)
        return;
    wanted->is_waiting = false;
    hg_units_find_missing(plan->reading, &wanted->last, &file);
    if (!add_helper(plan, wanted, file))
        wanted->is_given_up = true;
}

/* From now on units begin with what this one has. */
static void take_prelude(struct plan *plan, const struct unit *unit)
{
    plan->reading->prelude.headers = unit->headers;
    plan->reading->prelude.count = unit->header_count;
    plan->reading->prelude.is_precompiled = unit->is_precompiled;
}

static void take_model(struct plan *plan, struct unit *unit)
{
    if (unit->is_prelude)
        take_prelude(plan, unit);
    for (size_t i = unit->prelude_count; i < unit->header_count; i++)
        find(plan, unit->headers[i], unit->is_trace)->is_read = true;
    plan->unit_count++;
    hg_units_learn(plan->reading, unit->model);
    *HG_PUSH(&plan->models) = unit->model;
    unit->model = NULL;
}

/* Of a trace header. */
static void take_rest(struct plan *plan, struct unit *unit)
{
    struct wanted *wanted = find(plan, unit->headers[unit->prelude_count], unit->is_trace);
    hg_model_destroy(wanted->rest);
    wanted->rest = unit->model;
    unit->model = NULL;
}

static int compare_places(const void *left, const void *right)
{
    const struct unit *a = *(struct unit *const *)left;
    const struct unit *b = *(struct unit *const *)right;
    if (a->is_backwards != b->is_backwards)
        return a->is_backwards ? 1 : -1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->round < b->round ? -1 : a->round > b->round;
}

/* Where the macros are that headers lack. */
static void learn_macros(struct plan *plan)
{
    struct name_list names = {0};
    for (size_t i = 0; i < plan->stage.count; i++) {
        const struct unit *unit = plan->stage.items[i];
        for (size_t fault = 0; fault < unit->fault_count; fault++)
            hg_units_want_macro(plan->reading, &unit->faults[fault], &names);
    }
    for (size_t i = 0; i < plan->wanted.count && names.count > 0; i++)
        if (!plan->wanted.items[i].is_trace)
            hg_units_learn_macros(plan->reading, plan->wanted.items[i].name, &names);
    free(names.items);
}

static void settle(struct plan *plan)
{
    struct unit_list *stage = &plan->stage;
    if (stage->count > 0)
        qsort(stage->items, stage->count, sizeof(struct unit *), compare_places);
    for (size_t i = 0; i < stage->count; i++) {
        struct unit *unit = stage->items[i];
        hg_units_take_remarks(plan->reading, unit);
        if (unit->state == UNIT_CLEAN)
            take_model(plan, unit);
    }
    learn_macros(plan);
    for (size_t i = 0; i < plan->wanted.count; i++)
        end_waiting(plan, &plan->wanted.items[i]);
    for (size_t i = 0; i < stage->count; i++) {
        struct unit *unit = stage->items[i];
        if (unit->state == UNIT_FAULTY && unit->model != NULL)
            take_rest(plan, unit);
        for (size_t header = 0; header < unit->header_count; header++)
            if (unit->dropped[header])
                take_fault(plan, unit, header);
    }
}

static enum hg_status merge_models(const struct plan *plan, struct hg_name_conflicts *conflicts,
                                   struct hg_model **ret)
{
    const struct hg_units_options *options = plan->reading->options;
    const struct hg_merge_options merge = {
        .duplicate_names = HG_FIRST_KEEPS_NAME,
        .origin = options->origin,
        .origin_hash = options->origin_hash,
    };
    return hg_merge_models(plan->models.items, plan->models.count, &merge,
                           plan->reading->diagnostics, conflicts, ret);
}

/* One model instead of many.  Each worker is a copy of this process: what is here, it has to copy.
 */
static enum hg_status compact(struct plan *plan)
{
    if (plan->models.count < 2)
        return HG_OK;
    struct hg_model *merged = NULL;
    struct hg_name_conflicts conflicts = {0}; /* the last merge tells them all again */
    enum hg_status status = merge_models(plan, &conflicts, &merged);
    free(conflicts.items);
    if (status != HG_OK)
        return status;
    for (size_t i = 0; i < plan->models.count; i++)
        hg_model_destroy(plan->models.items[i]);
    plan->models.items[0] = merged;
    plan->models.count = 1;
#ifdef __GLIBC__
    malloc_trim(0); /* it keeps what is freed, else */
#endif
    return HG_OK;
}

/* --- running a stage --- */

static void finish_unit(void *user, struct unit *unit)
{
    struct plan *plan = user;
    const struct hg_units_options *options = plan->reading->options;
    hg_units_retry(plan->reading, unit, &plan->stage);
    /* What the large units gave, while other workers are busy; all that comes later is little. */
    if (plan->done++ == 0 && plan->stage_number == BEHIND_LARGE)
        plan->status = compact(plan);
    unsigned progress = plan->progress + (unsigned)(plan->share * plan->done / plan->stage.count);
    if (progress <= plan->shown || progress >= PROGRESS) /* there can be more to do than before */
        return;
    plan->shown = progress;
    if (options->progress != NULL)
        options->progress(options->progress_user, progress, PROGRESS);
}

/* percent: of all the work. */
static enum hg_status run_stage(struct plan *plan, unsigned percent)
{
    plan->done = 0;
    plan->share = PROGRESS / 100 * percent;
    enum hg_status status = hg_units_run(plan->reading, &plan->stage, finish_unit, plan);
    if (status == HG_OK)
        status = plan->status;
    if (status == HG_OK)
        settle(plan);
    for (size_t i = 0; i < plan->stage.count; i++) {
        hg_model_destroy(plan->stage.items[i]->model);
        free(plan->stage.items[i]->warnings.items);
        free(plan->stage.items[i]->tags.items);
    }
    plan->stage.count = 0;
    plan->stage_number++;
    plan->progress += plan->share;
    return status;
}

/* --- the stages --- */

/* Which of the headers that are left. */
struct pick {
    bool is_trace;
    bool is_spoilt;
    enum { ALL, NO_TWINS, ONLY_TWINS } twins; /* of trace headers, as other ones */
    bool needs_nothing; /* none that lacks something, which it would lack alone as well */
    bool needs_something;
};

/* Of a trace header, when it is looked at as another one: needless where it can be read with
 * CREATE_TRACE_POINTS. */
static const struct wanted *twin_of(struct plan *plan, const struct wanted *wanted)
{
    return wanted->is_trace ? NULL : find(plan, wanted->name, true);
}

static bool is_picked(struct plan *plan, const struct wanted *wanted, const struct pick *pick)
{
    const struct wanted *twin = twin_of(plan, wanted);
    return !wanted->is_read && !wanted->is_given_up && !wanted->is_waiting &&
           wanted->is_trace == pick->is_trace && wanted->is_spoilt == pick->is_spoilt &&
           (twin == NULL ? pick->twins != ONLY_TWINS : pick->twins != NO_TWINS && !twin->is_read) &&
           !(wanted->lacks_something ? pick->needs_nothing : pick->needs_something);
}

static size_t count_picked(struct plan *plan, const struct pick *pick)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->wanted.count; i++)
        count += is_picked(plan, &plan->wanted.items[i], pick);
    return count;
}

static void add_to_prelude(struct unit *unit, const char *header)
{
    for (size_t i = 0; i < unit->header_count; i++)
        if (strcmp(unit->headers[i], header) == 0)
            return;
    hg_unit_add(unit, header);
    unit->prelude_count = unit->header_count;
}

/* What helps the header, and before that what helps these in turn, as far as it is known.  What was
 * found last comes first: it can be what another helper lacked. */
static void add_helpers(struct plan *plan, struct unit *unit, const struct wanted *wanted,
                        unsigned depth)
{
    for (size_t i = wanted->helper_count; i > 0; i--) {
        const struct wanted *helper = find(plan, wanted->helpers[i - 1], false);
        if (helper != NULL && depth > 0)
            add_helpers(plan, unit, helper, depth - 1);
        add_to_prelude(unit, wanted->helpers[i - 1]);
    }
}

/* Of those that are picked, the next so many from that one on, behind the prelude, where that does
 * not spoil them, and all that helps them. */
static struct unit *new_unit(struct plan *plan, const struct pick *pick, size_t begin, size_t count)
{
    const struct wanted *all = plan->wanted.items;
    size_t room = plan->reading->prelude.count + count * (HELPED_BY + 1);
    struct unit *unit = hg_unit_create(plan->reading, room, NULL);
    unit->is_trace = pick->is_trace;
    unit->rank = begin;
    for (size_t i = 0; i < plan->reading->prelude.count && !pick->is_spoilt; i++)
        add_to_prelude(unit, plan->reading->prelude.headers[i]);
    size_t prelude_count = unit->prelude_count;
    for (size_t i = begin, left = count; left > 0; i++) {
        if (!is_picked(plan, &all[i], pick))
            continue;
        left--;
        add_helpers(plan, unit, &all[i], HELP_DEPTH);
    }
    unit->helper_count = unit->prelude_count - prelude_count;
    for (size_t i = begin, left = count; left > 0; i++) {
        if (!is_picked(plan, &all[i], pick))
            continue;
        left--;
        hg_unit_add(unit, all[i].name);
    }
    return unit;
}

static void add_prelude(struct plan *plan)
{
    struct unit *unit = hg_unit_create(plan->reading, PRELUDE, NULL);
    unit->is_prelude = unit->precompiles = true;
    for (size_t i = 0; i < PRELUDE; i++)
        if (find(plan, prelude[i], false) != NULL)
            hg_unit_add(unit, prelude[i]);
    if (unit->header_count == 0)
        return;
    hg_units_open_prelude(plan->reading);
    *HG_PUSH(&plan->stage) = unit;
}

/* The check of the prelude.  Nothing waits for it: merging tells whether the types are the same. */
static void add_opposite_prelude(struct plan *plan)
{
    struct unit *unit = hg_unit_create(plan->reading, PRELUDE, NULL);
    unit->rank = plan->wanted.count; /* behind all others */
    for (size_t i = plan->reading->prelude.count; i > 0; i--)
        hg_unit_add(unit, plan->reading->prelude.headers[i - 1]);
    if (unit->header_count > 1)
        *HG_PUSH(&plan->stage) = unit;
}

/* All that are picked, in units of at most so many, all about as large. */
static void add_units(struct plan *plan, struct pick pick, size_t largest)
{
    size_t count = count_picked(plan, &pick);
    if (count == 0)
        return;
    size_t parts = (count + largest - 1) / largest;
    size_t size = (count + parts - 1) / parts;
    size_t left = 0; /* headers of the unit that are not passed yet */
    for (size_t i = 0; i < plan->wanted.count; i++) {
        if (!is_picked(plan, &plan->wanted.items[i], &pick))
            continue;
        if (left == 0) {
            left = size < count ? size : count;
            *HG_PUSH(&plan->stage) = new_unit(plan, &pick, i, left);
            count -= left;
        }
        left--;
    }
}

/* An event whose own text has no error is what it is.  Its header remains one that cannot be read,
 * and last. */
static void take_rest_of(struct plan *plan, struct wanted *wanted)
{
    if (wanted->is_read)
        hg_model_destroy(wanted->rest);
    else if (wanted->rest != NULL)
        *HG_PUSH(&plan->models) = wanted->rest;
    wanted->rest = NULL;
}

static enum hg_status read_all(struct plan *plan)
{
    const struct pick plain = {.twins = NO_TWINS};
    const struct pick needy = {.twins = NO_TWINS, .needs_something = true};
    const struct pick alone = {.twins = NO_TWINS, .needs_nothing = true};
    const struct pick spoilt = {.twins = NO_TWINS, .is_spoilt = true};
    const struct pick twins = {.twins = ONLY_TWINS};
    const struct pick traces = {.is_trace = true};

    add_prelude(plan);
    enum hg_status status = run_stage(plan, 2);
    hg_units_end_prelude(plan->reading);
    if (status == HG_OK) {
        add_units(plan, plain, UNIT_HEADERS);
        for (size_t i = 0; i < plan->stage.count; i++)
            plan->stage.items[i]->wants_check = true;
        size_t plain_count = plan->stage.count;
        add_opposite_prelude(plan);
        add_units(plan, traces, 1);
        for (size_t i = plain_count; i < plan->stage.count; i++)
            plan->stage.items[i]->turn = LAST_TURN;
        status = run_stage(plan, 68);
    }
    if (status == HG_OK) {
        add_units(plan, needy, PILE_HEADERS);
        add_units(plan, traces, 1);
        add_units(plan, alone, 1);
        status = run_stage(plan, 15);
    }
    if (status == HG_OK && count_picked(plan, &plain) >= SMALLEST_PILE) {
        add_units(plan, plain, PILE_HEADERS);
        add_units(plan, traces, 1);
        add_units(plan, spoilt, 1);
        status = run_stage(plan, 5);
    }
    for (unsigned last = 0; last <= MAX_HELPERS && status == HG_OK; last++) {
        if (last == 0)
            add_units(plan, twins, TWIN_HEADERS);
        add_units(plan, traces, 1);
        add_units(plan, plain, 1);
        add_units(plan, spoilt, 1);
        status = run_stage(plan, 2);
    }
    for (size_t i = 0; i < plan->wanted.count; i++)
        take_rest_of(plan, &plan->wanted.items[i]);
    return status;
}

/* --- all of it --- */

static void want_all(struct plan *plan, const struct hg_units_options *options)
{
    for (size_t i = 0; i < options->header_count; i++)
        if (!hg_units_never_alone(options->headers[i]) &&
            hg_units_scan(plan->reading, options->headers[i]))
            want(plan, options->headers[i], false);
    for (size_t i = 0; i < options->trace_header_count; i++)
        if (!hg_units_never_alone(options->trace_headers[i]) &&
            hg_units_scan(plan->reading, options->trace_headers[i]))
            want(plan, options->trace_headers[i], true);
}

static enum hg_status report_nothing(const struct plan *plan)
{
    const struct wanted *first = plan->wanted.count == 0 ? NULL : &plan->wanted.items[0];
    if (first == NULL)
        hg_error(plan->reading->diagnostics, NULL, "there are no headers to read");
    else
        hg_error(plan->reading->diagnostics, &first->fault.where,
                 "none of %zu headers can be read; the first, %s: %s", plan->wanted.count,
                 first->name, first->fault.text);
    return HG_ERROR_INPUT;
}

static enum hg_status finish(struct plan *plan, struct hg_model **model,
                             struct hg_units_report **report)
{
    struct reading *reading = plan->reading;
    if (reading->options->progress != NULL)
        reading->options->progress(reading->options->progress_user, PROGRESS, PROGRESS);
    if (plan->models.count == 0)
        return report_nothing(plan);
    struct wanted *all = plan->wanted.items;
    for (size_t i = 0; i < plan->wanted.count; i++) {
        const struct wanted *twin = twin_of(plan, &all[i]);
        all[i].is_read = all[i].is_read || (twin != NULL && twin->is_read);
    }
    for (size_t i = 0; i < reading->warnings.count; i++)
        hg_report(reading->diagnostics, &reading->warnings.items[i]);
    struct hg_name_conflicts conflicts = {0};
    enum hg_status status = merge_models(plan, &conflicts, model);
    if (status == HG_OK) {
        *report = hg_units_make_report(plan->wanted.items, plan->wanted.count, &conflicts);
        (*report)->unit_count = plan->unit_count;
        (*report)->worker_count = reading->worker_count;
        (*report)->peak_memory = reading->peak_memory;
    }
    free(conflicts.items);
    return status;
}

enum hg_status hg_read_units(const struct hg_units_options *options,
                             struct hg_diagnostics *diagnostics, struct hg_model **model,
                             struct hg_units_report **report)
{
    struct hg_units_options filled = *options;
    if (filled.memory_limit == 0)
        filled.memory_limit = DEFAULT_MEMORY;
    if (filled.cpu_limit == 0)
        filled.cpu_limit = DEFAULT_CPU;
    struct reading reading = {.options = &filled, .diagnostics = diagnostics};
    hg_arena_init(&reading.arena);
    hg_strings_init(&reading.tag_set, &reading.arena);
    hg_strings_init(&reading.tag_words, &reading.arena);
    hg_strings_init(&reading.definers, &reading.arena);
    struct plan plan = {.reading = &reading};
    hg_strings_init(&plan.by_name[0], &reading.arena);
    hg_strings_init(&plan.by_name[1], &reading.arena);

    want_all(&plan, options);
    enum hg_status status = plan.wanted.items == NULL ? report_nothing(&plan) : read_all(&plan);
    if (status == HG_OK)
        status = finish(&plan, model, report);

    for (size_t i = 0; i < plan.models.count; i++)
        hg_model_destroy(plan.models.items[i]);
    free(plan.models.items);
    free(plan.stage.items);
    free(plan.wanted.items);
    hg_units_close_prelude(&reading);
    free(reading.warnings.items);
    free(reading.tags.items);
    hg_strings_deinit(&reading.tag_set);
    hg_strings_deinit(&reading.tag_words);
    hg_strings_deinit(&reading.definers);
    free(reading.definer_files.items);
    hg_strings_deinit(&plan.by_name[0]);
    hg_strings_deinit(&plan.by_name[1]);
    hg_arena_deinit(&reading.arena);
    return status;
}
