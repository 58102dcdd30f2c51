/*
 * The translation units of a stage: which of the headers that are left go into each unit, and which
 * headers come before them.
 *
 *     prefix | helper headers | the headers
 */
#include "tree/headers_plan.h"

#include <string.h>

/* Headers that most files and headers of a kernel include, directly or not.  With the eight hundred
 * others that they include, they are four fifths of what each unit would parse again. */
static const char *const prefix_headers[] = {
    "linux/types.h", "linux/kernel.h", "linux/module.h", "linux/trace_events.h", "net/tcp.h",
};
enum {
    PREFIX_HEADERS = sizeof prefix_headers / sizeof *prefix_headers,
    HELP_DEPTH = 1, /* helpers of helpers are added, but not theirs */
    HELPED_BY = HG_HELPERS_MAX * (HG_HELPERS_MAX + 1), /* most helpers that one header adds */
};

/* --- headers --- */

struct hg_header *hg_plan_find(struct hg_header_plan *plan, const char *name, bool is_trace)
{
    uint32_t *number = hg_strings_number(&plan->by_name[is_trace], name, strlen(name));
    return *number == 0 ? NULL : &plan->headers.items[*number - 1];
}

void hg_plan_add_header(struct hg_header_plan *plan, const char *name, bool is_trace)
{
    uint32_t *number = hg_strings_number(&plan->by_name[is_trace], name, strlen(name));
    if (*number != 0)
        return;
    *HG_PUSH(&plan->headers) = (struct hg_header){.name = name, .is_trace = is_trace};
    *number = (uint32_t)plan->headers.count;
}

/* --- units --- */

const struct hg_header *hg_plan_twin(struct hg_header_plan *plan, const struct hg_header *header)
{
    return header->is_trace ? NULL : hg_plan_find(plan, header->name, true);
}

/* Whether headers in this state are picked. */
static bool is_left(const struct hg_header *header, const struct hg_pick *pick)
{
    switch (header->state) {
    case HG_HEADER_WAITING:
        return pick->prefix == HG_PICK_WITH_PREFIX && pick->help != HG_PICK_NEEDS_HELPER;
    case HG_HEADER_NEEDS_HELPER:
        return pick->prefix == HG_PICK_WITH_PREFIX && pick->help != HG_PICK_NEEDS_NONE;
    case HG_HEADER_CONFLICTS_WITH_PREFIX:
        return pick->prefix == HG_PICK_WITHOUT_PREFIX;
    case HG_HEADER_PARSED:
    case HG_HEADER_AWAITS_DEFINITION:
    case HG_HEADER_FRAGMENT:
    case HG_HEADER_GIVEN_UP:
        break;
    }
    return false;
}

static bool is_picked(struct hg_header_plan *plan, const struct hg_header *header,
                      const struct hg_pick *pick)
{
    if (header->is_trace != pick->is_trace || !is_left(header, pick))
        return false;
    const struct hg_header *twin = hg_plan_twin(plan, header);
    if (twin == NULL)
        return pick->twins != HG_PICK_ONLY_TWINS;
    return pick->twins != HG_PICK_NO_TWINS && twin->state != HG_HEADER_PARSED;
}

size_t hg_plan_count(struct hg_header_plan *plan, const struct hg_pick *pick)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->headers.count; i++)
        count += is_picked(plan, &plan->headers.items[i], pick);
    return count;
}

static bool has_header(const struct hg_unit *unit, const char *header)
{
    for (size_t i = 0; i < unit->job.header_count; i++)
        if (strcmp(unit->headers[i], header) == 0)
            return true;
    return false;
}

static void add_helper(struct hg_unit *unit, const char *header)
{
    if (has_header(unit, header))
        return;
    unit->headers[unit->job.header_count++] = header;
    unit->job.helper_count++;
}

/* Adds the header's helpers, each after its own helpers.  The helper that was found last comes
 * first, since an earlier one may need it. */
static void add_helpers(struct hg_header_plan *plan, struct hg_unit *unit,
                        const struct hg_header *header, unsigned depth)
{
    for (size_t i = header->helper_count; i > 0; i--) {
        const struct hg_header *helper = hg_plan_find(plan, header->helpers[i - 1], false);
        if (helper != NULL && depth > 0)
            add_helpers(plan, unit, helper, depth - 1);
        add_helper(unit, header->helpers[i - 1]);
    }
}

/* Makes a unit of these headers, by index in the plan, with the prefix if they go with it, and with
 * all their helpers. */
static struct hg_unit *new_unit(struct hg_header_plan *plan, const struct hg_pick *pick,
                                const size_t *picked, size_t count)
{
    const struct hg_header *all = plan->headers.items;
    size_t room = plan->prefix_count + count * (HELPED_BY + 1);
    struct hg_unit *unit = hg_unit_create(plan->arena, room, NULL);
    unit->is_trace = pick->is_trace;
    unit->rank = picked[0];
    for (size_t i = 0; i < plan->prefix_count && pick->prefix == HG_PICK_WITH_PREFIX; i++)
        unit->headers[unit->job.header_count++] = plan->prefix[i];
    unit->job.prefix_count = unit->job.header_count;
    for (size_t i = 0; i < count; i++)
        add_helpers(plan, unit, &all[picked[i]], HELP_DEPTH);
    for (size_t i = 0; i < count; i++)
        hg_unit_add(unit, all[picked[i]].name);
    return unit;
}

void hg_plan_add_prefix(struct hg_header_plan *plan)
{
    struct hg_unit *unit = hg_unit_create(plan->arena, PREFIX_HEADERS, NULL);
    unit->is_prefix = true;
    unit->job.is_precompiled = plan->options->prefix != NULL && plan->options->prefix->path != NULL;
    for (size_t i = 0; i < PREFIX_HEADERS; i++)
        if (hg_plan_find(plan, prefix_headers[i], false) != NULL)
            hg_unit_add(unit, prefix_headers[i]);
    if (unit->job.header_count > 0)
        *HG_PUSH(&plan->stage) = unit;
}

void hg_plan_add_reversed_prefix(struct hg_header_plan *plan)
{
    struct hg_unit *unit = hg_unit_create(plan->arena, PREFIX_HEADERS, NULL);
    unit->rank = plan->headers.count; /* after all others */
    for (size_t i = plan->prefix_count; i > 0; i--)
        hg_unit_add(unit, plan->prefix[i - 1]);
    if (unit->job.header_count > 1)
        *HG_PUSH(&plan->stage) = unit;
}

void hg_plan_add_units(struct hg_header_plan *plan, struct hg_pick pick, size_t largest)
{
    size_t *picked = hg_calloc(plan->headers.count, sizeof *picked);
    size_t count = 0;
    for (size_t i = 0; i < plan->headers.count; i++)
        if (is_picked(plan, &plan->headers.items[i], &pick))
            picked[count++] = i;
    size_t units = (count + largest - 1) / largest;
    size_t size = units == 0 ? 0 : (count + units - 1) / units;
    for (size_t begin = 0; begin < count; begin += size)
        *HG_PUSH(&plan->stage) =
            new_unit(plan, &pick, picked + begin, size < count - begin ? size : count - begin);
    free(picked);
}
