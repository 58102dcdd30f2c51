/*
 * Which headers go into which unit.
 *
 * The problem: of 6,000 headers nearly all parse together, in two seconds instead of eight minutes;
 * but some do not parse at all, some only behind others, and some spoil others:
 *
 *     #define min(a, b) ...                      one that is meant for other compilers
 *     enum { DEBUG };                            and one that the first one's #define DEBUG breaks
 *
 * The method: one unit holds all of them, in order.  Where it has errors, the headers through which
 * the errors came are dropped, and the rest is parsed again, until there is no error: nothing is
 * taken from a unit that had one.  A second unit holds all of them in the opposite order.  What is
 * dropped from both goes into two smaller ones; what these drop is parsed alone, and last alone
 * behind a prelude of headers that most of the kernel includes first.  Trace headers get units of
 * their own, with CREATE_TRACE_POINTS.
 *
 * A unit whose worker crashed is cut into parts, until the one header that is at fault is found.
 *
 * Each batch of units is planned by what came of the batch before it, and in the order of the
 * units, so the plan does not depend on which worker is done first.
 */
#include "units/units.h"

#include "base/diag.h"
#include "base/strings.h"

#include <string.h>

enum {
    PARTS = 8,         /* of a unit whose worker crashed */
    BLAME_BOTH = 2,    /* rounds after which both sides of a conflict are dropped: what many headers
                          include would else drop them one a round */
    PATIENCE = 8,      /* rounds after which the header before a faulty one is dropped too */
    SMALLEST_PILE = 8, /* fewer headers than that are parsed alone at once */
    PILES = 3,         /* units of what the units before them dropped */
    TRACE_HEADERS = 16, /* in a unit */
    DEFAULT_CPU = 20,   /* seconds */
};
#define DEFAULT_MEMORY ((size_t)2 << 30)

/* What nearly every file of a kernel includes first, one way or another. */
static const char *const prelude[] = {
    "linux/types.h",  "linux/kernel.h", "linux/module.h",    "linux/slab.h",   "linux/sched.h",
    "linux/device.h", "linux/fs.h",     "linux/interrupt.h", "linux/skbuff.h",
};
enum { PRELUDE = sizeof prelude / sizeof *prelude };

/* What is known of a header that is wanted. */
struct wanted {
    const char *name;
    bool is_trace;
    bool is_read;
    bool is_given_up;        /* alone it made its worker crash */
    struct unit_fault fault; /* the first one that was met; text NULL = none */
};

struct unit_list {
    struct unit *items;
    size_t count, capacity;
};

struct plan {
    struct reading *reading;
    HG_ARRAY(struct wanted) wanted;
    struct hg_strings by_name[2]; /* by is_trace: index plus one */
    struct unit_list waiting;
    HG_ARRAY(struct hg_model *) models;
    unsigned progress; /* of PROGRESS */
    unsigned next_progress;
};

enum { PROGRESS = 1000 };

/* --- progress --- */

static void show_progress(void *user, size_t done, size_t count)
{
    struct plan *plan = user;
    const struct hg_units_options *options = plan->reading->options;
    unsigned step = plan->next_progress - plan->progress;
    if (options->progress != NULL)
        options->progress(options->progress_user, plan->progress + (unsigned)(step * done / count),
                          PROGRESS);
}

/* --- units --- */

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

/* A unit with room for count headers, to be filled. */
static struct unit new_unit(struct plan *plan, size_t count, bool is_trace)
{
    struct unit unit = {.is_trace = is_trace};
    unit.headers = hg_arena_array(&plan->reading->arena, count + PRELUDE, sizeof *unit.headers);
    return unit;
}

static void add_header(struct unit *unit, const char *name)
{
    unit->headers[unit->header_count++] = name;
}

static void add_prelude(struct unit *unit)
{
    for (size_t i = 0; i < PRELUDE; i++)
        add_header(unit, prelude[i]);
    unit->prelude_count = PRELUDE;
}

static void enqueue(struct plan *plan, struct unit unit)
{
    if (unit.header_count > unit.prelude_count)
        *HG_PUSH(&plan->waiting) = unit;
}

/* --- what came of a unit --- */

static void take_model(struct plan *plan, struct unit *unit)
{
    for (size_t i = unit->prelude_count; i < unit->header_count; i++)
        find(plan, unit->headers[i], unit->is_trace)->is_read = true;
    *HG_PUSH(&plan->models) = unit->model;
    unit->model = NULL;
}

static void drop(struct plan *plan, const struct unit *unit, size_t header,
                 const struct unit_fault *fault)
{
    struct wanted *wanted = find(plan, unit->headers[header], unit->is_trace);
    if (wanted->fault.text == NULL)
        wanted->fault = *fault;
}

/* The unit again, without the headers that had faults.  False: there are faults, but none of a
 * header that could be left out. */
static bool try_without(struct plan *plan, const struct unit *unit, unsigned round)
{
    HG_CLEANUP(hg_free_pointer) bool *out = hg_calloc(unit->header_count + 1, sizeof *out);
    bool any = false;
    for (size_t i = 0; i < unit->fault_count; i++) {
        size_t header = unit->faults[i].header;
        if (header < unit->prelude_count || header == unit->header_count ||
            (unit->faults[i].is_note && round < BLAME_BOTH))
            continue;
        any = out[header] = true;
        drop(plan, unit, header, &unit->faults[i]);
        /* One that ends amidst a declaration makes every header behind it faulty, one a round. */
        if (round >= PATIENCE && header > unit->prelude_count) {
            out[header - 1] = true;
            drop(plan, unit, header - 1, &unit->faults[i]);
        }
    }
    if (!any)
        return false;
    struct unit rest = new_unit(plan, unit->header_count, unit->is_trace);
    rest.prelude_count = unit->prelude_count;
    for (size_t i = 0; i < unit->header_count; i++)
        if (!out[i])
            add_header(&rest, unit->headers[i]);
    enqueue(plan, rest);
    return true;
}

/* The unit in parts, to find out which header is to blame for what happened to all. */
static void cut(struct plan *plan, const struct unit *unit)
{
    size_t count = unit->header_count - unit->prelude_count;
    if (count == 1) {
        struct unit_fault fault = {.text = unit->reason};
        if (unit->fault_count > 0)
            fault = unit->faults[0];
        drop(plan, unit, unit->prelude_count, &fault);
        if (unit->state == UNIT_CRASHED)
            find(plan, unit->headers[unit->prelude_count], unit->is_trace)->is_given_up = true;
        return;
    }
    size_t size = (count + PARTS - 1) / PARTS;
    for (size_t begin = unit->prelude_count; begin < unit->header_count; begin += size) {
        struct unit part = new_unit(plan, unit->prelude_count + size, unit->is_trace);
        for (size_t i = 0; i < unit->prelude_count; i++)
            add_header(&part, unit->headers[i]);
        part.prelude_count = unit->prelude_count;
        for (size_t i = begin; i < begin + size && i < unit->header_count; i++)
            add_header(&part, unit->headers[i]);
        enqueue(plan, part);
    }
}

/* Runs what waits until it is clean or dropped; share of what is left of the progress. */
static enum hg_status run_waiting(struct plan *plan, unsigned share)
{
    for (unsigned round = 0; plan->waiting.count > 0; round++) {
        struct unit_list batch = plan->waiting;
        plan->waiting = (struct unit_list){0};
        plan->next_progress = plan->progress + (PROGRESS - plan->progress) * share / 100;
        enum hg_status status =
            hg_units_run(plan->reading, batch.items, batch.count, show_progress, plan);
        plan->progress = plan->next_progress;
        for (size_t i = 0; i < batch.count && status == HG_OK; i++) {
            struct unit *unit = &batch.items[i];
            hg_units_take_remarks(plan->reading, unit);
            if (unit->state == UNIT_CLEAN)
                take_model(plan, unit);
            else if (unit->state != UNIT_FAULTY || !try_without(plan, unit, round))
                cut(plan, unit);
        }
        for (size_t i = 0; i < batch.count; i++)
            hg_model_destroy(batch.items[i].model);
        free(batch.items);
        if (status != HG_OK)
            return status;
    }
    return HG_OK;
}

/* --- piles: what is not read yet --- */

static size_t count_pile(const struct plan *plan, bool is_trace)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->wanted.count; i++)
        count += plan->wanted.items[i].is_trace == is_trace && !plan->wanted.items[i].is_read &&
                 !plan->wanted.items[i].is_given_up;
    return count;
}

/* All of the pile in one unit, in order or in the opposite one. */
static void enqueue_pile(struct plan *plan, bool backwards)
{
    struct unit unit = new_unit(plan, count_pile(plan, false), false);
    for (size_t n = 0; n < plan->wanted.count; n++) {
        size_t i = backwards ? plan->wanted.count - 1 - n : n;
        const struct wanted *wanted = &plan->wanted.items[i];
        if (!wanted->is_trace && !wanted->is_read && !wanted->is_given_up)
            add_header(&unit, wanted->name);
    }
    enqueue(plan, unit);
}

/* Trace headers are made to be read several in a unit, but each costs as much as fifty others.
 * Those elsewhere, which say where they are by a macro, are read alone later. */
static void enqueue_traces(struct plan *plan)
{
    static const char usual[] = "trace/events/";
    struct unit unit = new_unit(plan, TRACE_HEADERS, true);
    for (size_t i = 0; i < plan->wanted.count; i++) {
        const struct wanted *wanted = &plan->wanted.items[i];
        if (!wanted->is_trace || strncmp(wanted->name, usual, sizeof usual - 1) != 0)
            continue;
        add_header(&unit, wanted->name);
        if (unit.header_count == TRACE_HEADERS) {
            enqueue(plan, unit);
            unit = new_unit(plan, TRACE_HEADERS, true);
        }
    }
    enqueue(plan, unit);
}

static void enqueue_singles(struct plan *plan, bool with_prelude)
{
    for (size_t i = 0; i < plan->wanted.count; i++) {
        const struct wanted *wanted = &plan->wanted.items[i];
        if (wanted->is_read || wanted->is_given_up)
            continue;
        struct unit unit = new_unit(plan, 1, wanted->is_trace);
        if (with_prelude)
            add_prelude(&unit);
        add_header(&unit, wanted->name);
        enqueue(plan, unit);
    }
}

static enum hg_status read_all(struct plan *plan)
{
    enum hg_status status = HG_OK;
    size_t before = 0;
    for (unsigned pile = 0; pile < PILES && status == HG_OK; pile++) {
        size_t count = count_pile(plan, false);
        if ((pile > 0 && count < SMALLEST_PILE) || count == before)
            break;
        before = count;
        enqueue_pile(plan, false);
        enqueue_pile(plan, true);
        if (pile == 0)
            enqueue_traces(plan);
        status = run_waiting(plan, 20);
    }
    if (status == HG_OK) {
        enqueue_singles(plan, false);
        status = run_waiting(plan, 50);
    }
    if (status == HG_OK) {
        enqueue_singles(plan, true);
        status = run_waiting(plan, 100);
    }
    return status;
}

/* --- the report --- */

struct report {
    struct hg_units_report public; /* first: what the caller has points here */
    struct hg_arena arena;
};

static const char *keep(struct hg_arena *arena, const char *string)
{
    return string == NULL ? NULL : hg_arena_string(arena, string, strlen(string));
}

static void keep_place(struct hg_arena *arena, struct hg_location *where)
{
    where->file = keep(arena, where->file);
}

/* Moves what the report needs out of models and plan. */
static struct hg_units_report *make_report(struct plan *plan, struct conflict_list *conflicts)
{
    struct report *report = hg_calloc(1, sizeof *report);
    hg_arena_init(&report->arena);
    struct hg_unparsed_header *unparsed =
        hg_arena_array(&report->arena, plan->wanted.count, sizeof *unparsed);
    size_t parsed = 0;
    size_t count = 0;
    for (size_t i = 0; i < plan->wanted.count; i++) {
        const struct wanted *wanted = &plan->wanted.items[i];
        if (wanted->is_read) {
            parsed++;
            continue;
        }
        struct hg_unparsed_header *header = &unparsed[count++];
        *header = (struct hg_unparsed_header){.header = keep(&report->arena, wanted->name),
                                              .where = wanted->fault.where,
                                              .reason = keep(&report->arena, wanted->fault.text)};
        keep_place(&report->arena, &header->where);
    }
    for (size_t i = 0; i < conflicts->count; i++) {
        struct hg_name_conflict *conflict = &conflicts->items[i];
        conflict->name = keep(&report->arena, conflict->name);
        keep_place(&report->arena, &conflict->chosen);
        keep_place(&report->arena, &conflict->other);
    }
    report->public = (struct hg_units_report){
        .header_count = plan->wanted.count,
        .parsed_count = parsed,
        .unit_count = plan->models.count,
        .worker_count = plan->reading->worker_count,
        .peak_memory = plan->reading->peak_memory,
        .unparsed = unparsed,
        .unparsed_count = count,
        .conflicts = hg_arena_copy(&report->arena, conflicts->items, conflicts->count,
                                   sizeof *conflicts->items),
        .conflict_count = conflicts->count,
    };
    return &report->public;
}

void hg_units_report_destroy(struct hg_units_report *public)
{
    struct report *report = (struct report *)public;
    if (report == NULL)
        return;
    hg_arena_deinit(&report->arena);
    free(report);
}

/* --- all of it --- */

static void want_all(struct plan *plan, const struct hg_units_options *options)
{
    for (size_t i = 0; i < options->header_count; i++)
        if (!hg_units_never_alone(options->headers[i]))
            want(plan, options->headers[i], false);
    for (size_t i = 0; i < options->trace_header_count; i++)
        if (!hg_units_never_alone(options->trace_headers[i]))
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
    for (size_t i = 0; i < reading->warnings.count; i++)
        hg_report(reading->diagnostics, &reading->warnings.items[i]);
    struct conflict_list conflicts = {0};
    enum hg_status status =
        hg_merge_models(plan->models.items, plan->models.count, reading->options,
                        reading->diagnostics, &conflicts, model);
    if (status == HG_OK)
        *report = make_report(plan, &conflicts);
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
    struct plan plan = {.reading = &reading};
    hg_strings_init(&plan.by_name[0], &reading.arena);
    hg_strings_init(&plan.by_name[1], &reading.arena);

    want_all(&plan, options);
    for (size_t i = 0; i < plan.wanted.count && plan.wanted.count >= MANY_HEADERS; i++)
        hg_units_scan_tags(&reading, plan.wanted.items[i].name);
    enum hg_status status = read_all(&plan);
    if (status == HG_OK)
        status = finish(&plan, model, report);

    for (size_t i = 0; i < plan.models.count; i++)
        hg_model_destroy(plan.models.items[i]);
    for (size_t i = 0; i < plan.waiting.count; i++)
        hg_model_destroy(plan.waiting.items[i].model);
    free(plan.models.items);
    free(plan.waiting.items);
    free(plan.wanted.items);
    free(reading.warnings.items);
    free(reading.tags.items);
    hg_strings_deinit(&reading.tag_set);
    hg_strings_deinit(&reading.tag_words);
    hg_strings_deinit(&plan.by_name[0]);
    hg_strings_deinit(&plan.by_name[1]);
    hg_arena_deinit(&reading.arena);
    return status;
}
