/*
 * Finds an order of a struct's members with fewer holes, as pahole --reorganize does.
 *
 *     struct { char a; long b; char c; int d; }       24 bytes
 *         ->  a c d b                                 16 bytes
 *
 * The method: compute layouts as a compiler does (System V ABI).  Members are laid out in their
 * order.  A hole before a member is filled with later members: first the one that leaves the
 * smallest gap, and of equal ones the largest.  Then moves that save nothing are undone.
 *
 * The suggestion must hold for the declaration in the source, and the input does not show all of
 * that declaration.  So
 *
 *   - the present order must explain the present layout, with an aligned attribute for each member
 *     whose offset is larger than needed; if it does not (packed records, padding without a name),
 *     no order is tried;
 *   - the first member stays, since pointers to the record are cast to it; so do bit-fields,
 *     members without a name or a size, and a member that must come last;
 *   - if an attribute aligns the record or one of its members, other members may have attributes
 *     that do not show.  Then only integers and pointers at the very end move into holes, no other
 *     member changes its offset, and a hole before an aligned member stays;
 *   - if the input has no alignments (BTF), integers and pointers count as naturally aligned, and
 *     the new offset of a record is a multiple of the largest power of two that divides both its
 *     size and its old offset, since its alignment cannot be larger.
 *
 * What this does not do: know which members should share a cache line, or should not.
 */
#include "backend/text/text.h"
#include "model/layout.h"

#include <string.h>

enum { MEMBERS_MAX = 4096, SCALAR_ALIGN_MAX = 16 };

/* A member, or several bit-fields in a row, which stay together. */
struct unit {
    size_t first;  /* index of the first member */
    size_t count;  /* of members */
    uint64_t size; /* bytes, of a member that is no bit-field */
    uint32_t align;
    uint32_t multiple; /* its offset must be a multiple of this; align or more */
    bool is_movable;
    bool is_scalar;
    bool is_aligned; /* by an attribute, its own or its type's: the hole before it is on purpose */
};

struct puzzle {
    const struct hg_model *model;
    const struct hg_type *record;
    struct hg_arena *arena;
    uint32_t *natural;   /* by type id: assumed alignments of records, where the input has none */
    uint32_t *attribute; /* by member: its aligned attribute; 0 = none */
    struct unit *units;
    size_t unit_count;
    uint32_t align;  /* of the record */
    bool is_natural; /* some alignments are assumed */
};

static uint64_t round_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) / align * align;
}

/* The largest power of two that divides the value, at most 1 MiB. */
static uint32_t lowest_bit(uint64_t value)
{
    uint64_t bit = value & -value;
    return bit == 0 || bit > (1u << 20) ? 1u << 20 : (uint32_t)bit;
}

/* --- alignments --- */

static uint32_t align_of(struct puzzle *p, hg_type_id id);

/* The highest alignment of the record's members; 1 if that contradicts its layout. */
static uint32_t natural_align(struct puzzle *p, hg_type_id id, const struct hg_type *record)
{
    if (p->natural == NULL)
        p->natural = hg_calloc(hg_model_type_count(p->model), sizeof *p->natural);
    if (p->natural[id] != 0)
        return p->natural[id];
    uint32_t most = 1;
    bool is_packed = false;
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        uint32_t align = align_of(p, member->type.id);
        most = align > most ? align : most;
        is_packed |= member->bit_width == 0 && member->bit_offset % (8 * (uint64_t)align) != 0;
    }
    if (is_packed || record->size % most != 0)
        most = 1;
    p->natural[id] = most;
    return most;
}

static uint32_t align_of(struct puzzle *p, hg_type_id id)
{
    uint32_t align = hg_type_align(p->model, id);
    if (align != 0)
        return align;
    p->is_natural = true;
    id = hg_type_resolve(p->model, id, NULL);
    const struct hg_type *type = hg_model_type(p->model, id);
    if (hg_is_record(type))
        return natural_align(p, id, type);
    if (type->kind == HG_ARRAY && !type->is_vector)
        return align_of(p, type->ref.id);
    return type->size == 0 ? 1 : lowest_bit(type->size);
}

/* --- laying out --- */

struct outcome {
    uint64_t *bit_offsets; /* by member */
    uint64_t at;           /* bits so far */
};

static void lay_bit_field(const struct puzzle *p, const struct hg_member *member, uint64_t align,
                          struct outcome *outcome)
{
    uint64_t unit = 8 * hg_type_size(p->model, member->type.id);
    if (outcome->at % (8 * align) + member->bit_width > unit)
        outcome->at = round_up(outcome->at, 8 * align);
}

/* Lays out the unit's members.  False = the unit's real alignment, which may be unknown, may forbid
 * this offset. */
static bool lay_unit(struct puzzle *p, const struct unit *unit, struct outcome *outcome)
{
    for (size_t i = unit->first; i < unit->first + unit->count; i++) {
        const struct hg_member *member = &p->record->members[i];
        uint64_t align = p->attribute[i] != 0 ? p->attribute[i] : unit->align;
        if (member->bit_width != 0)
            lay_bit_field(p, member, align_of(p, hg_type_resolve(p->model, member->type.id, NULL)),
                          outcome);
        else
            outcome->at = round_up(outcome->at, 8 * align);
        outcome->bit_offsets[i] = outcome->at;
        outcome->at += hg_member_bits(p->model, member);
    }
    uint64_t old = p->record->members[unit->first].bit_offset;
    uint64_t now = outcome->bit_offsets[unit->first];
    uint64_t multiple = 8 * (uint64_t)unit->multiple;
    return unit->count > 1 || p->record->members[unit->first].bit_width != 0
               ? now % multiple == old % multiple
               : now % multiple == 0;
}

static uint64_t size_of(const struct puzzle *p, const struct outcome *outcome)
{
    return round_up((outcome->at + 7) / 8, p->align);
}

/* --- the present order --- */

/* Whether the type has no size, or is a struct that ends with such a type: it must come last. */
static bool ends_open(const struct hg_model *model, const struct hg_type *type)
{
    while (type->kind == HG_STRUCT && type->member_count > 0)
        type = hg_resolved(model, type->members[type->member_count - 1].type.id);
    return type->size == 0;
}

static void make_unit(struct puzzle *p, size_t first, struct unit *unit)
{
    const struct hg_member *member = &p->record->members[first];
    const struct hg_type *type = hg_resolved(p->model, member->type.id);
    *unit = (struct unit){.first = first, .count = 1, .align = align_of(p, member->type.id)};
    unit->multiple = unit->align;
    unit->size = type->size;
    unit->is_scalar = hg_is_scalar(type);
    unit->is_aligned = unit->align > SCALAR_ALIGN_MAX;
    if (member->bit_width != 0) {
        while (first + unit->count < p->record->member_count &&
               p->record->members[first + unit->count].bit_width != 0)
            unit->count++;
        unit->multiple = 8;
        return;
    }
    const struct hg_type *held = hg_held_record(p->model, member->type.id, NULL);
    if (held != NULL && held->align == 0 && type->size > 0)
        unit->multiple = lowest_bit(held->size | member->bit_offset / 8);
    if (unit->multiple < unit->align)
        unit->multiple = unit->align;
    unit->is_movable = first > 0 && member->name != NULL && type->size > 0 &&
                       type->kind != HG_OPAQUE && !ends_open(p->model, type);
}

static void make_units(struct puzzle *p)
{
    p->units = hg_arena_array(p->arena, p->record->member_count, sizeof *p->units);
    for (size_t i = 0; i < p->record->member_count;) {
        struct unit *unit = &p->units[p->unit_count++];
        make_unit(p, i, unit);
        i += unit->count;
    }
}

/* The attribute that moves a member from bit `from` to bit `want`; 0 = there is none. */
static uint32_t attribute_for(const struct puzzle *p, uint64_t from, uint64_t want, uint32_t align)
{
    uint64_t most = p->record->align != 0 ? p->record->align : 4096;
    for (uint64_t raised = 2 * (uint64_t)align; raised <= most; raised *= 2)
        if (round_up(from, 8 * raised) == want)
            return (uint32_t)raised;
    return 0;
}

/* Finds the attributes with which the present order gives the present layout; false = there are
 * none. */
static bool explain(struct puzzle *p, bool *has_attributes)
{
    struct outcome outcome = {
        .bit_offsets = hg_arena_array(p->arena, p->record->member_count, sizeof(uint64_t))};
    uint32_t most = 1;
    for (size_t u = 0; u < p->unit_count; u++) {
        struct unit *unit = &p->units[u];
        const struct hg_member *first = &p->record->members[unit->first];
        uint64_t from = outcome.at;
        (void)lay_unit(p, unit, &outcome);
        uint64_t got = outcome.bit_offsets[unit->first];
        if (got < first->bit_offset && first->bit_width == 0 && first->name != NULL) {
            p->attribute[unit->first] = attribute_for(p, from, first->bit_offset, unit->align);
            unit->is_aligned = true;
            outcome.at = from;
            (void)lay_unit(p, unit, &outcome);
        }
        unit->is_movable &= !unit->is_aligned;
        *has_attributes |= unit->is_aligned;
        for (size_t i = unit->first; i < unit->first + unit->count; i++) {
            uint32_t align = align_of(p, p->record->members[i].type.id);
            most = align > most ? align : most;
            most = p->attribute[i] > most ? p->attribute[i] : most;
            if (outcome.bit_offsets[i] != p->record->members[i].bit_offset)
                return false;
        }
    }
    p->align = p->record->align != 0 ? p->record->align : most;
    for (uint32_t next = 2 * most;
         p->record->align == 0 && size_of(p, &outcome) != p->record->size && next <= 4096;
         next *= 2)
        if (p->record->size % next == 0)
            p->align = next;
    *has_attributes |= p->align > most;
    return most <= p->align && size_of(p, &outcome) == p->record->size;
}

/* --- the search --- */

struct attempt {
    const bool *is_barred; /* by unit: it must not move */
    bool *is_placed;       /* by unit; try() sets this and what follows */
    size_t *order;         /* of units */
    bool *is_moved;        /* by unit */
    size_t *fills;         /* by unit that is moved: the unit before which it fills a hole */
    struct outcome outcome;
};

/* The best unit after `next` for the hole that reaches from the outcome's end to bit `end`;
 * unit_count = none fits. */
static size_t find_filler(const struct puzzle *p, const struct attempt *attempt, size_t next,
                          uint64_t end)
{
    size_t best = p->unit_count;
    uint64_t best_start = 0;
    for (size_t u = next + 1; u < p->unit_count; u++) {
        const struct unit *unit = &p->units[u];
        uint64_t start = round_up(attempt->outcome.at, 8 * (uint64_t)unit->align);
        if (attempt->is_placed[u] || !unit->is_movable || attempt->is_barred[u] ||
            start + 8 * unit->size > end || start % (8 * (uint64_t)unit->multiple) != 0)
            continue;
        bool is_better = best == p->unit_count || start < best_start ||
                         (start == best_start && unit->size >= p->units[best].size);
        if (is_better) {
            best = u;
            best_start = start;
        }
    }
    return best;
}

/* The bit at which the unit would begin if it came next. */
static uint64_t start_of(struct puzzle *p, const struct unit *unit, const struct outcome *outcome)
{
    struct outcome trial = {.bit_offsets = outcome->bit_offsets, .at = outcome->at};
    (void)lay_unit(p, unit, &trial);
    return outcome->bit_offsets[unit->first];
}

/* Finds an order, and returns the size of the record in it; UINT64_MAX = the order is not valid. */
static uint64_t try(struct puzzle *p, struct attempt *attempt)
{
    size_t count = 0;
    bool is_valid = true;
    attempt->outcome.at = 0;
    memset(attempt->is_placed, 0, p->unit_count * sizeof *attempt->is_placed);
    memset(attempt->is_moved, 0, p->unit_count * sizeof *attempt->is_moved);
    for (size_t u = 0; u < p->unit_count; u++) {
        if (attempt->is_placed[u])
            continue;
        size_t filler;
        bool may_fill = u > 0 && !p->units[u].is_aligned;
        while (may_fill && (filler = find_filler(p, attempt, u,
                                                 start_of(p, &p->units[u], &attempt->outcome))) !=
                               p->unit_count) {
            attempt->is_placed[filler] = attempt->is_moved[filler] = true;
            attempt->fills[filler] = u;
            attempt->order[count++] = filler;
            is_valid &= lay_unit(p, &p->units[filler], &attempt->outcome);
        }
        attempt->is_placed[u] = true;
        attempt->order[count++] = u;
        is_valid &= lay_unit(p, &p->units[u], &attempt->outcome);
    }
    return is_valid ? size_of(p, &attempt->outcome) : UINT64_MAX;
}

/* Bars all units except integers and pointers after the last unit that must stay. */
static void bar_shifts(const struct puzzle *p, bool *is_barred)
{
    bool is_tail = true;
    for (size_t u = p->unit_count; u-- > 0;) {
        is_tail = is_tail && p->units[u].is_movable && p->units[u].is_scalar;
        is_barred[u] = !is_tail;
    }
}

/* Undoes the moves that do not change the size. */
static void undo_idle_moves(struct puzzle *p, struct attempt *attempt, bool *is_barred,
                            uint64_t size)
{
    bool *was_moved = hg_arena_array(p->arena, p->unit_count, sizeof *was_moved);
    memcpy(was_moved, attempt->is_moved, p->unit_count * sizeof *was_moved);
    for (size_t u = 0; u < p->unit_count; u++) {
        if (!was_moved[u])
            continue;
        is_barred[u] = true;
        if (try(p, attempt) != size)
            is_barred[u] = false;
    }
    (void)try(p, attempt);
}

/* --- the result --- */

static const char *words(struct puzzle *p, const char *name, const char *why)
{
    return hg_arena_printf(p->arena, "%s (%s)", name == NULL ? "members without a name" : name,
                           why);
}

static void list_kept(struct puzzle *p, bool has_attributes, struct hg_reorganized *ret)
{
    const struct hg_member *members = p->record->members;
    if (has_attributes)
        *HG_PUSH(&ret->kept) = words(p, "all offsets", "an attribute aligns part of it");
    if (members[0].name != NULL)
        *HG_PUSH(&ret->kept) = words(p, members[0].name, "first member");
    bool has_nameless = false;
    for (size_t u = 0; u < p->unit_count && !has_attributes; u++) {
        const struct unit *unit = &p->units[u];
        const char *name = members[unit->first].name;
        has_nameless |= name == NULL;
        if (name == NULL || unit->is_movable || u == 0)
            continue;
        if (members[unit->first].bit_width != 0)
            *HG_PUSH(&ret->kept) =
                words(p, name, unit->count > 1 ? "and bit-fields after it" : "bit-field");
        else
            *HG_PUSH(&ret->kept) = words(p, name, "its position matters");
    }
    if (has_nameless && !has_attributes)
        *HG_PUSH(&ret->kept) = words(p, NULL, "they group others");
}

static void make_record(struct puzzle *p, const struct attempt *attempt, uint64_t size,
                        struct hg_reorganized *ret)
{
    size_t total = p->record->member_count;
    struct hg_member *members = hg_arena_array(p->arena, total, sizeof *members);
    size_t *order = hg_arena_array(p->arena, total, sizeof *order);
    uint32_t *aligned = hg_arena_array(p->arena, total, sizeof *aligned);
    bool *is_moved = hg_arena_array(p->arena, total, sizeof *is_moved);
    size_t *fills = hg_arena_array(p->arena, total, sizeof *fills);
    size_t count = 0;
    uint32_t most = 1;
    for (size_t u = 0; u < p->unit_count; u++) {
        const struct unit *unit = &p->units[attempt->order[u]];
        for (size_t i = unit->first; i < unit->first + unit->count; i++, count++) {
            members[count] = p->record->members[i];
            members[count].bit_offset = attempt->outcome.bit_offsets[i];
            order[count] = i;
            aligned[count] = p->attribute[i];
            is_moved[count] = attempt->is_moved[attempt->order[u]];
            fills[count] = p->units[attempt->fills[attempt->order[u]]].first;
            uint32_t align = align_of(p, members[count].type.id);
            most = align > most ? align : most;
            most = aligned[count] > most ? aligned[count] : most;
        }
    }
    ret->record.members = members;
    ret->record.size = size;
    ret->order = order;
    ret->aligned = aligned;
    ret->is_moved = is_moved;
    ret->fills = fills;
    ret->align = p->align;
    ret->record_aligned = p->align > most ? p->align : 0;
}

static const char *refusal_of(const struct puzzle *p)
{
    if (p->record->kind != HG_STRUCT)
        return "it is not a struct";
    if (p->record->lacks_members)
        return "it has members whose names are no C identifiers, and they are left out";
    if (p->record->member_count > MEMBERS_MAX)
        return "it has too many members";
    if (p->record->size == 0 || p->record->member_count == 0)
        return "it is empty";
    return NULL;
}

/* BTF of a 32-bit target does not say whether 8 bytes are aligned to 4 or to 8. */
static bool is_unsure(struct puzzle *p)
{
    bool has_long = false;
    for (size_t u = 0; u < p->unit_count; u++)
        has_long |= p->units[u].align == 8;
    return p->is_natural && has_long && hg_model_target(p->model)->pointer_size == 4;
}

static void solve(struct puzzle *p, struct hg_reorganized *ret)
{
    bool has_attributes = false;
    make_units(p);
    if (is_unsure(p)) {
        ret->refusal = "the input does not say how 8-byte integers are aligned";
        return;
    }
    if (!explain(p, &has_attributes)) {
        ret->refusal = "its members do not make its layout: it is packed, or padded by hand";
        return;
    }
    bool *is_barred = hg_arena_array(p->arena, p->unit_count, sizeof *is_barred);
    struct attempt attempt = {
        .is_barred = is_barred,
        .is_placed = hg_arena_array(p->arena, p->unit_count, sizeof(bool)),
        .order = hg_arena_array(p->arena, p->unit_count, sizeof(size_t)),
        .is_moved = hg_arena_array(p->arena, p->unit_count, sizeof(bool)),
        .fills = hg_arena_array(p->arena, p->unit_count, sizeof(size_t)),
        .outcome = {.bit_offsets =
                        hg_arena_array(p->arena, p->record->member_count, sizeof(uint64_t))},
    };
    if (has_attributes)
        bar_shifts(p, is_barred);
    uint64_t size = try(p, &attempt);
    if (size > p->record->size && !has_attributes) {
        bar_shifts(p, is_barred);
        size = try(p, &attempt);
    }
    if (size >= p->record->size) {
        memset(is_barred, true, p->unit_count * sizeof *is_barred);
        size = try(p, &attempt);
    } else {
        undo_idle_moves(p, &attempt, is_barred, size);
    }
    ret->has_attributes = has_attributes;
    list_kept(p, has_attributes, ret);
    make_record(p, &attempt, p->record->size < size ? p->record->size : size, ret);
}

void hg_reorganize(const struct hg_model *model, const struct hg_type *record,
                   struct hg_arena *arena, struct hg_reorganized *ret)
{
    struct puzzle p = {.model = model, .record = record, .arena = arena};
    *ret = (struct hg_reorganized){.record = *record};
    ret->refusal = refusal_of(&p);
    if (ret->refusal == NULL) {
        p.attribute = hg_arena_array(arena, record->member_count, sizeof *p.attribute);
        solve(&p, ret);
    }
    ret->is_natural = p.is_natural;
    free(p.natural);
}
