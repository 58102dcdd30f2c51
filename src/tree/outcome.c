/*
 * The results of jobs, for each header and for the translation unit: see outcome.h.
 *
 * A unit that had errors gives no model.  The headers at fault are dropped, and the others are
 * tried again, until there is no error.  From the second attempt on, both sides of a conflict are
 * dropped: otherwise a header that many others conflict with would cost an attempt for each of
 * them.
 *
 *     a.h b.h c.h d.h       b.h has an error, which conflicts with a.h
 *     a.h c.h d.h           no error: a model
 *
 * A unit without an error may be checked: its headers are parsed once more, in reversed order.  A
 * header that changes what another one defines does so in only one of the two orders, unless one
 * includes the other.  If every definition is the same, the model is right, even if the reversed
 * order had errors.  If not, the reversed order is tried again without the headers at fault, until
 * it has no error.
 *
 * A unit whose process died is cut into parts, until the one header that is at fault is found.
 */
#include "tree/outcome.h"

#include <string.h>

enum {
    PARTS = 8,      /* into which a unit is cut whose process died */
    DROP_BOTH = 1,  /* attempts after which both sides of a conflict are dropped */
    DROP_BEFORE = 2 /* attempts after which the header before a faulty one is dropped too */
};

const char *hg_header_state_name(enum hg_header_state state)
{
    static const char *const names[] = {
        [HG_HEADER_WAITING] = "waiting",
        [HG_HEADER_PARSED] = "parsed",
        [HG_HEADER_NEEDS_HELPER] = "needs helper",
        [HG_HEADER_AWAITS_DEFINITION] = "awaits definition",
        [HG_HEADER_CONFLICTS_WITH_PREFIX] = "conflicts with prefix",
        [HG_HEADER_FRAGMENT] = "fragment",
        [HG_HEADER_GIVEN_UP] = "given up",
    };
    return names[state];
}

/* --- one header --- */

static bool is_same_problem(const struct hg_job_problem *a, const struct hg_job_problem *b)
{
    return a->text != NULL && b->text != NULL && strcmp(a->text, b->text) == 0 &&
           a->where.line == b->where.line && a->where.file != NULL && b->where.file != NULL &&
           strcmp(a->where.file, b->where.file) == 0;
}

bool hg_is_file_of(const char *path, const char *header)
{
    size_t length = strlen(header);
    size_t path_length = strlen(path);
    return hg_ends_with(path, header) && path_length > length &&
           path[path_length - length - 1] == '/';
}

/* Whether the header itself, not one that it includes, includes a missing file. */
static bool misses_a_file(const struct hg_header *header, const struct hg_job_problem *problem)
{
    return problem->kind == HG_PROBLEM_MISSING_FILE && problem->where.file != NULL &&
           hg_is_file_of(problem->where.file, header->name);
}

/* Adds a helper to the header.  False = there is none, or the header had it already. */
static bool add_helper(struct hg_header *header, const struct hg_definer *definer)
{
    if (definer->state != HG_SYMBOL_KNOWN || definer->header == NULL ||
        header->helper_count == HG_HELPERS_MAX)
        return false;
    for (size_t i = 0; i < header->helper_count; i++)
        if (strcmp(header->helpers[i], definer->header) == 0)
            return false;
    header->helpers[header->helper_count++] = definer->header;
    return true;
}

/* Whether the prefix is to blame for a problem that is no missing symbol.  It is if the header was
 * alone after the prefix, or if the error names the prefix; the first time, an earlier header may
 * have caused that. */
static bool conflicts_with_prefix(const struct hg_header *header,
                                  const struct hg_job_problem *problem,
                                  const struct hg_attempt *attempt, bool is_first)
{
    return attempt->had_prefix && !header->is_trace &&
           (attempt->is_alone || (problem->conflict == HG_CONFLICT_PREFIX && !is_first));
}

/* Whether everything that could help was tried. */
static bool is_hopeless(const struct hg_header *header, const struct hg_job_problem *problem,
                        const struct hg_attempt *attempt, const struct hg_definer *definer,
                        bool is_helped)
{
    if (definer->state != HG_SYMBOL_NOT_MISSING)
        return attempt->is_alone && !is_helped && definer->state == HG_SYMBOL_KNOWN;
    return attempt->is_alone ||
           (problem->conflict == HG_CONFLICT_NONE && is_same_problem(problem, &header->last));
}

static enum hg_header_state next_state(struct hg_header *header,
                                       const struct hg_job_problem *problem,
                                       const struct hg_attempt *attempt,
                                       const struct hg_definer *definer)
{
    bool is_first = header->first.text == NULL;
    bool is_missing = definer->state != HG_SYMBOL_NOT_MISSING;
    bool is_helped = add_helper(header, definer);
    if (attempt->died || misses_a_file(header, problem))
        return HG_HEADER_GIVEN_UP;
    if (!is_missing && conflicts_with_prefix(header, problem, attempt, is_first)) {
        header->without_prefix = true;
        return HG_HEADER_CONFLICTS_WITH_PREFIX;
    }
    if (is_hopeless(header, problem, attempt, definer, is_helped))
        return HG_HEADER_GIVEN_UP;
    if (definer->state == HG_SYMBOL_UNKNOWN && (attempt->is_alone || !is_first))
        return HG_HEADER_AWAITS_DEFINITION;
    if (header->without_prefix)
        return HG_HEADER_CONFLICTS_WITH_PREFIX;
    return is_missing ? HG_HEADER_NEEDS_HELPER : HG_HEADER_WAITING;
}

void hg_outcome_of_problem(struct hg_header *header, const struct hg_job_problem *problem,
                           const struct hg_attempt *attempt, const struct hg_definer *definer)
{
    if (header->state == HG_HEADER_PARSED || problem->text == NULL)
        return;
    enum hg_header_state next = next_state(header, problem, attempt, definer);
    if (header->state != HG_HEADER_GIVEN_UP)
        header->state = next;
    if (header->first.text == NULL)
        header->first = *problem;
    header->last = *problem;
}

void hg_outcome_of_waiting(struct hg_header *header, const struct hg_definer *definer)
{
    if (header->state != HG_HEADER_AWAITS_DEFINITION)
        return;
    if (!add_helper(header, definer))
        header->state = HG_HEADER_GIVEN_UP;
    else
        header->state =
            header->without_prefix ? HG_HEADER_CONFLICTS_WITH_PREFIX : HG_HEADER_NEEDS_HELPER;
}

/* --- one header, for types by name --- */

bool hg_find_includer(const struct hg_catalogue *catalogue, uint32_t file, size_t index,
                      uint32_t *ret)
{
    uint32_t found[HG_INCLUDERS_MAX + 1] = {file};
    size_t count = 1;
    for (size_t i = 0; i < count; i++) {
        size_t end = 0;
        size_t begin = hg_catalogue_includers(catalogue, found[i], &end);
        for (size_t edge = begin; edge < end && count <= HG_INCLUDERS_MAX; edge++) {
            uint32_t includer = catalogue->edges[edge].includer;
            bool is_new = true;
            for (size_t j = 0; j < count; j++)
                is_new = is_new && found[j] != includer;
            if (is_new)
                found[count++] = includer;
        }
    }
    if (index + 1 >= count)
        return false;
    *ret = found[index + 1];
    return true;
}

static bool may_help(const struct hg_name_header *header, uint32_t file, uint32_t helper,
                     const uint8_t *is_helper)
{
    return helper != file && is_helper[helper] == 0 && header->helper_count < HG_NAME_HELPERS_MAX;
}

/* Finds a header that the problem names, or one that defines its symbol. */
static bool find_helper(const struct hg_name_header *header, uint32_t file,
                        const struct hg_job_problem *problem, const struct hg_catalogue *catalogue,
                        const uint8_t *is_helper, uint32_t *ret)
{
    for (size_t i = 0; i < problem->named_header_count; i++)
        if (hg_catalogue_file(catalogue, problem->named_headers[i], ret) &&
            may_help(header, file, *ret, is_helper))
            return true;
    return problem->symbol != NULL && hg_catalogue_definer(catalogue, problem->symbol, ret) &&
           may_help(header, file, *ret, is_helper);
}

bool hg_outcome_by_name(struct hg_name_header *header, uint32_t file,
                        const struct hg_job_problem *problem, const struct hg_catalogue *catalogue,
                        bool are_many, const uint8_t *is_helper, uint32_t *helper)
{
    /* Most headers that do not parse by themselves parse after this one: docs/kernel.md has the
     * numbers. */
    static const char first_helper[] = "linux/module.h";
    enum { HELPERS_OF_MANY = 2 };
    uint32_t includer = 0;
    bool is_helped = false;
    if (header->state == HG_HEADER_WAITING) {
        header->state = HG_HEADER_NEEDS_HELPER;
        is_helped = hg_catalogue_file(catalogue, first_helper, helper) &&
                    may_help(header, file, *helper, is_helper);
    } else if (header->state == HG_HEADER_NEEDS_HELPER &&
               (!are_many || header->helper_count < HELPERS_OF_MANY) &&
               find_helper(header, file, problem, catalogue, is_helper, helper)) {
        is_helped = true;
    } else if (header->state != HG_HEADER_GIVEN_UP) {
        header->includer =
            header->state == HG_HEADER_FRAGMENT ? (uint8_t)(header->includer + 1) : 0;
        header->state = !are_many && hg_find_includer(catalogue, file, header->includer, &includer)
                            ? HG_HEADER_FRAGMENT
                            : HG_HEADER_GIVEN_UP;
    }
    header->helper_count += is_helped;
    return is_helped;
}

/* --- translation units --- */

/* The index of the first header after the prefix and the helpers. */
static size_t first_own(const struct hg_unit *unit)
{
    return unit->job.prefix_count + unit->job.helper_count;
}

struct hg_unit *hg_unit_create(struct hg_arena *arena, size_t room, const struct hg_unit *like)
{
    struct hg_unit *unit = hg_arena_alloc(arena, sizeof *unit);
    size_t before = like == NULL ? 0 : first_own(like);
    if (like != NULL) {
        unit->job = like->job;
        unit->is_trace = like->is_trace;
        unit->is_prefix = like->is_prefix;
        unit->wants_check = like->wants_check;
        unit->is_reversed = like->is_reversed;
        unit->rank = like->rank;
        unit->attempt = like->attempt + 1;
        unit->priority = like->priority + 1;
        /* clang dies if the disk has no room for its output */
        unit->job.is_precompiled &= like->result.end != HG_JOB_FAILED;
    }
    unit->headers = hg_arena_array(arena, room, sizeof *unit->headers);
    unit->dropped = hg_arena_array(arena, room, sizeof *unit->dropped);
    unit->job.headers = unit->headers;
    unit->job.header_count = before;
    unit->job.trace_count = 0;
    unit->job.is_batch = true;
    for (size_t i = 0; i < before; i++)
        unit->headers[i] = like->headers[i];
    return unit;
}

void hg_unit_add(struct hg_unit *unit, const char *header)
{
    unit->headers[unit->job.header_count++] = header;
    unit->job.trace_count += unit->is_trace;
}

bool hg_unit_is_single(const struct hg_unit *unit)
{
    return hg_job_own_count(&unit->job) == 1;
}

/* Drops the headers that the problems blame.  False = there are none that could be dropped. */
static bool choose_dropped(struct hg_unit *unit)
{
    bool any = false;
    for (size_t i = 0; i < unit->result.problem_count; i++) {
        const struct hg_job_problem *problem = &unit->result.problems[i];
        if (problem->header < first_own(unit) || problem->header >= unit->job.header_count ||
            (problem->is_other_side && unit->attempt < DROP_BOTH))
            continue;
        any = unit->dropped[problem->header] = true;
        /* A header that ends within a declaration causes an error in the header after it. */
        if (unit->attempt >= DROP_BEFORE && problem->header > first_own(unit))
            unit->dropped[problem->header - 1] = true;
    }
    return any;
}

static void try_without_dropped(const struct hg_unit *unit, struct hg_arena *arena,
                                struct hg_units *list)
{
    struct hg_unit *rest = hg_unit_create(arena, unit->job.header_count, unit);
    for (size_t i = first_own(unit); i < unit->job.header_count; i++)
        if (!unit->dropped[i])
            hg_unit_add(rest, unit->headers[i]);
    if (hg_job_own_count(&rest->job) > 0)
        *HG_PUSH(list) = rest;
}

/* Tries the unit without its helpers, one of which is at fault itself. */
static void try_without_helpers(const struct hg_unit *unit, struct hg_arena *arena,
                                struct hg_units *list)
{
    struct hg_unit *rest = hg_unit_create(arena, unit->job.header_count, unit);
    rest->job.header_count = unit->job.prefix_count;
    rest->job.helper_count = 0;
    for (size_t i = first_own(unit); i < unit->job.header_count; i++)
        hg_unit_add(rest, unit->headers[i]);
    *HG_PUSH(list) = rest;
}

static void cut(const struct hg_unit *unit, struct hg_arena *arena, struct hg_units *list)
{
    size_t size = (hg_job_own_count(&unit->job) + PARTS - 1) / PARTS;
    for (size_t begin = first_own(unit); begin < unit->job.header_count; begin += size) {
        struct hg_unit *part = hg_unit_create(arena, first_own(unit) + size, unit);
        part->rank = unit->rank + (begin - first_own(unit));
        for (size_t i = begin; i < begin + size && i < unit->job.header_count; i++)
            hg_unit_add(part, unit->headers[i]);
        *HG_PUSH(list) = part;
    }
}

static void check_order(const struct hg_unit *unit, struct hg_arena *arena, struct hg_units *list)
{
    struct hg_unit *reversed = hg_unit_create(arena, unit->job.header_count, unit);
    reversed->attempt = 0;
    reversed->wants_check = false;
    reversed->is_reversed = reversed->job.keeps_going = true;
    reversed->job.compare_with = unit->result.model;
    for (size_t i = unit->job.header_count; i > first_own(unit); i--)
        hg_unit_add(reversed, unit->headers[i - 1]);
    *HG_PUSH(list) = reversed;
}

void hg_outcome_of_unit(struct hg_unit *unit, struct hg_arena *arena, struct hg_units *list)
{
    enum hg_job_end end = unit->result.end;
    if (end == HG_JOB_MODEL && unit->wants_check && !hg_unit_is_single(unit))
        check_order(unit, arena, list);
    if (end == HG_JOB_MODEL || end == HG_JOB_AGREES)
        return;
    /* A process may have died of precompiling; then all headers are tried again without that. */
    bool has_rest = end == HG_JOB_PROBLEMS ? choose_dropped(unit) : unit->job.is_precompiled;
    if (has_rest)
        try_without_dropped(unit, arena, list);
    else if (unit->is_prefix)
        return; /* its headers are parsed again with the others */
    else if (end == HG_JOB_PROBLEMS && unit->job.helper_count > 0)
        try_without_helpers(unit, arena, list);
    else if (!hg_unit_is_single(unit))
        cut(unit, arena, list);
    else
        unit->dropped[first_own(unit)] = true;
}
