/*
 * What is tried after a unit that could not be used.
 *
 *     a.h b.h c.h d.h       b.h has an error, at odds with what a.h has
 *     a.h c.h d.h           no error: a model
 *
 * Where a unit has errors, the headers through which they came are dropped, and the rest is tried
 * again, until there is no error: nothing is taken from a unit that had one.  From the second time
 * on, what an error is at odds with is dropped as well: what many headers include would else drop
 * them one at a time.  What is dropped has its chance later, among others (headers.c).
 *
 * A unit without an error may be checked: all of it is read once more, in the opposite order.  A
 * header that changes what another one defines does so in one of both orders only, unless one
 * includes the other.  If every definition is the same, all is well, whatever errors there were:
 * what they touched is left out, and nothing is taken from there.  Else it is tried again in the
 * same way, until there is a model without an error.
 *
 * A unit whose worker crashed is cut into parts, until the one header that is at fault is found.
 */
#include "tree/headers.h"

enum {
    PARTS = 8,      /* of a unit whose worker crashed */
    BLAME_BOTH = 1, /* rounds after which both sides of a conflict are dropped */
    PATIENCE = 2,   /* rounds after which the header before a faulty one is dropped too */
};

struct unit *hg_unit_create(struct reading *reading, size_t room, const struct unit *like)
{
    struct unit *unit = hg_arena_alloc(&reading->arena, sizeof *unit);
    unit->headers = hg_arena_array(&reading->arena, room, sizeof *unit->headers);
    unit->dropped = hg_arena_array(&reading->arena, room, sizeof *unit->dropped);
    if (like == NULL)
        return unit;
    unit->is_trace = like->is_trace;
    unit->is_prelude = like->is_prelude;
    /* Clang dies where there is no room for what it writes. */
    unit->precompiles = like->precompiles && like->state != UNIT_CRASHED;
    unit->wants_check = like->wants_check;
    unit->is_backwards = like->is_backwards;
    unit->forwards = like->forwards;
    unit->rank = like->rank;
    unit->round = like->round + 1;
    unit->turn = like->turn + 1;
    for (size_t i = 0; i < like->prelude_count; i++)
        hg_unit_add(unit, like->headers[i]);
    unit->prelude_count = like->prelude_count;
    unit->helper_count = like->helper_count;
    return unit;
}

void hg_unit_add(struct unit *unit, const char *header)
{
    unit->headers[unit->header_count++] = header;
}

bool hg_unit_is_single(const struct unit *unit)
{
    return unit->header_count - unit->prelude_count == 1;
}

bool hg_unit_keeps_going(const struct unit *unit)
{
    return unit->is_backwards || (unit->is_trace && hg_unit_is_single(unit));
}

/* Which headers the faults tell to leave out.  False: none that could be. */
static bool choose_dropped(struct unit *unit)
{
    bool any = false;
    for (size_t i = 0; i < unit->fault_count; i++) {
        size_t header = unit->faults[i].header;
        if (header < unit->prelude_count || header == unit->header_count ||
            (unit->faults[i].is_note && unit->round < BLAME_BOTH))
            continue;
        any = unit->dropped[header] = true;
        /* One that ends amidst a declaration makes every header behind it faulty, one a round. */
        if (unit->round >= PATIENCE && header > unit->prelude_count)
            unit->dropped[header - 1] = true;
    }
    return any;
}

static void try_without_dropped(struct reading *reading, const struct unit *unit,
                                struct unit_list *list)
{
    struct unit *rest = hg_unit_create(reading, unit->header_count, unit);
    for (size_t i = unit->prelude_count; i < unit->header_count; i++)
        if (!unit->dropped[i])
            hg_unit_add(rest, unit->headers[i]);
    if (rest->header_count > rest->prelude_count)
        *HG_PUSH(list) = rest;
}

/* A helper that is at fault itself. */
static void try_without_helpers(struct reading *reading, const struct unit *unit,
                                struct unit_list *list)
{
    struct unit *rest = hg_unit_create(reading, unit->header_count, unit);
    rest->header_count = rest->prelude_count = unit->prelude_count - unit->helper_count;
    rest->helper_count = 0;
    for (size_t i = unit->prelude_count; i < unit->header_count; i++)
        hg_unit_add(rest, unit->headers[i]);
    *HG_PUSH(list) = rest;
}

static void cut(struct reading *reading, const struct unit *unit, struct unit_list *list)
{
    size_t count = unit->header_count - unit->prelude_count;
    size_t size = (count + PARTS - 1) / PARTS;
    for (size_t begin = unit->prelude_count; begin < unit->header_count; begin += size) {
        struct unit *part = hg_unit_create(reading, unit->prelude_count + size, unit);
        part->rank = unit->rank + (begin - unit->prelude_count);
        for (size_t i = begin; i < begin + size && i < unit->header_count; i++)
            hg_unit_add(part, unit->headers[i]);
        *HG_PUSH(list) = part;
    }
}

static void check_order(struct reading *reading, const struct unit *unit, struct unit_list *list)
{
    struct unit *opposite = hg_unit_create(reading, unit->header_count, unit);
    opposite->round = 0;
    opposite->wants_check = false;
    opposite->is_backwards = true;
    opposite->forwards = unit->model;
    for (size_t i = unit->header_count; i > unit->prelude_count; i--)
        hg_unit_add(opposite, unit->headers[i - 1]);
    *HG_PUSH(list) = opposite;
}

void hg_units_retry(struct reading *reading, struct unit *unit, struct unit_list *list)
{
    if (unit->state == UNIT_CLEAN && unit->wants_check && !hg_unit_is_single(unit))
        check_order(reading, unit, list);
    if (unit->state == UNIT_CLEAN || unit->state == UNIT_AGREES)
        return;
    /* Precompiling can be what it crashed of: then all of them are tried again, without that. */
    bool has_rest = unit->state == UNIT_FAULTY ? choose_dropped(unit) : unit->precompiles;
    if (has_rest)
        try_without_dropped(reading, unit, list);
    else if (unit->is_prelude)
        return; /* its headers come again, among others */
    else if (unit->state == UNIT_FAULTY && unit->helper_count > 0)
        try_without_helpers(reading, unit, list);
    else if (!hg_unit_is_single(unit))
        cut(reading, unit, list);
    else
        unit->dropped[unit->prelude_count] = true;
}
