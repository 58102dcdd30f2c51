/*
 * Which headers are parsed together, and how each is had.
 *
 *     linux/sched.h                  by itself
 *     linux/mfd/foo.h                behind preludes, for it uses u32 and includes nothing
 *     linux/slub_def.h               through linux/slab.h, for it must not be included directly
 *     trace/events/sched.h           last, with CREATE_TRACE_POINTS
 *
 * A header that does not parse is had by the next of these ways each time, until there is none
 * left. The preludes are those that rescue most of the headers of a Debian kernel that do not parse
 * by themselves: docs/kernel.md has the numbers.
 */
#include "locate/locate.h"

#include <string.h>

static const char *const preludes[] = {
    "linux/module.h",
    "linux/fs.h",
    "linux/netdevice.h",
};
enum { PRELUDES = sizeof preludes / sizeof *preludes, MAX_INCLUDERS = 4 };

void hg_plan_init(struct hg_plan *plan, const struct hg_index *index, struct hg_arena *arena)
{
    *plan = (struct hg_plan){
        .index = index,
        .stages = hg_calloc(index->headers->count, sizeof *plan->stages),
        .arena = arena,
    };
}

void hg_plan_deinit(struct hg_plan *plan)
{
    free(plan->stages);
    free(plan->preludes.items);
    free(plan->headers.items);
    free(plan->traces.items);
    free(plan->members.items);
    free(plan->parsed.items);
}

/* --- the unit --- */

/* What is included to have the header, by its stage. */
static uint32_t stand_in(const struct hg_plan *plan, uint32_t header)
{
    unsigned stage = plan->stages[header];
    if (stage < HG_FIRST_INCLUDER)
        return header;
    size_t end = 0;
    size_t begin = hg_index_includers(plan->index, header, &end);
    return plan->index->edges[begin + stage - HG_FIRST_INCLUDER].includer;
}

static bool has_prefix(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* Made by a trace header only when it is told to. */
static bool is_trace_type(const char *name)
{
    return has_prefix(name, "trace_event_") || has_prefix(name, "btf_trace_");
}

struct member {
    uint32_t header;
    uint32_t parsed;
    unsigned order;
    bool is_trace;
};

struct members {
    struct member *items;
    size_t count, capacity;
};

/* In the order to include them: what others rely on first. */
static int compare(const void *a, const void *b)
{
    const struct member *one = a;
    const struct member *two = b;
    if (one->is_trace != two->is_trace)
        return one->is_trace ? 1 : -1;
    if (one->order != two->order)
        return one->order < two->order ? -1 : 1;
    return one->header < two->header ? -1 : one->header > two->header;
}

static void add_member(const struct hg_plan *plan, struct members *members, uint8_t *seen,
                       const struct hg_want *want)
{
    const struct hg_kernel_headers *headers = plan->index->headers;
    uint32_t header = plan->index->definitions[want->definitions[want->current]].header;
    bool is_trace = headers->items[header].is_trace && is_trace_type(want->name);
    uint8_t mark = is_trace ? 2 : 1;
    if ((seen[header] & mark) != 0)
        return;
    seen[header] |= mark;
    unsigned rank = hg_index_rank(&headers->items[header]);
    *HG_PUSH(members) = (struct member){
        .header = header,
        .parsed = stand_in(plan, header),
        .order = rank == 0 ? 3 : rank, /* asm/ behind linux/, net/ and others */
        .is_trace = is_trace,
    };
}

static bool has_header(const struct hg_plan *plan, const char *name)
{
    const struct hg_kernel_headers *headers = plan->index->headers;
    for (size_t i = 0; i < headers->count; i++)
        if (strcmp(headers->items[i].name, name) == 0)
            return true;
    return false;
}

static void put_members(struct hg_plan *plan, const struct members *members)
{
    bool wants_preludes = false;
    for (size_t i = 0; i < members->count; i++) {
        const struct member *member = &members->items[i];
        const char *name = plan->index->headers->items[member->parsed].name;
        *HG_PUSH(member->is_trace ? &plan->traces : &plan->headers) = name;
        *HG_PUSH(&plan->members) = member->header;
        *HG_PUSH(&plan->parsed) = member->parsed;
        wants_preludes |= plan->stages[member->header] != HG_PLAIN;
    }
    for (size_t i = 0; i < PRELUDES && wants_preludes && !plan->preludes_fail; i++)
        if (has_header(plan, preludes[i]))
            *HG_PUSH(&plan->preludes) = preludes[i];
}

void hg_plan_unit(struct hg_plan *plan, const struct hg_wants *wants)
{
    plan->preludes.count = plan->headers.count = plan->traces.count = 0;
    plan->members.count = plan->parsed.count = 0;
    uint8_t *seen = hg_calloc(plan->index->headers->count, sizeof *seen);
    struct members members = {0};
    for (size_t i = 0; i < wants->count; i++)
        if (wants->items[i].current < wants->items[i].definition_count)
            add_member(plan, &members, seen, &wants->items[i]);
    if (members.count > 0)
        qsort(members.items, members.count, sizeof *members.items, compare);
    put_members(plan, &members);
    free(members.items);
    free(seen);
}

/* --- after errors --- */

bool hg_plan_member(const struct hg_plan *plan, const char *path, uint32_t *ret)
{
    for (size_t i = 0; i < plan->members.count; i++) {
        if (strcmp(plan->index->headers->items[plan->parsed.items[i]].path, path) == 0) {
            *ret = plan->members.items[i];
            return true;
        }
    }
    return false;
}

bool hg_plan_fallback(struct hg_plan *plan, uint32_t header)
{
    uint8_t *stage = &plan->stages[header];
    if (*stage == HG_GIVEN_UP)
        return false;
    size_t end = 0;
    size_t begin = hg_index_includers(plan->index, header, &end);
    size_t includers = end - begin < MAX_INCLUDERS ? end - begin : MAX_INCLUDERS;
    (*stage)++;
    if (*stage == HG_AFTER_PRELUDES && plan->preludes_fail)
        (*stage)++;
    if (*stage < HG_FIRST_INCLUDER + includers)
        return true;
    *stage = HG_GIVEN_UP;
    return false;
}
