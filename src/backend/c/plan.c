/*
 * Plans: the attributes and the padding that give a declaration exactly the stored layout.
 *
 *     struct event { u32 events; u64 data; }  with data at 4, size 12, alignment 1
 *         ->  packed
 *     struct rq { int a; struct cfs b; }      with b at 64, size 128
 *         ->  b aligned(64)
 *
 * The method: compute layouts as compilers do.  gcc and clang lay C records out by the same rules
 * on all targets of Linux (System V ABI):
 *
 *   - a member goes to the next multiple of its type's alignment, or of 1 if it or its record is
 *     packed; its aligned attribute raises that;
 *   - a bit-field goes to the next bit, but if it would then reach over the end of a unit of its
 *     declared type, to the next multiple of the type's alignment; if packed, always to the next
 *     bit;
 *   - the record's alignment is the highest of its members' and of its own aligned attribute; its
 *     size is rounded up to that.
 *
 * Each member gets the first of these that gives it its stored offset: nothing, an aligned or
 * packed attribute, padding before it.  There are two trials, with the record packed and not
 * packed.  Each must hold in all environments (environment.c), and the one with fewer attributes
 * and paddings wins.  If the model has the record's alignment, the declaration must have the same.
 * If not (BTF), it may have any that fits the size; then, of equal trials, the packed one wins if
 * the other packs a member, since the record may be at any address.
 *
 * If both trials fail, the record becomes bytes, with a warning.
 */
#include "backend/c/c.h"
#include "base/diag.h"
#include "model/describe.h"
#include "model/layout.h"

#include <assert.h>
#include <string.h>

/* One attempt at a record. */
struct trial {
    struct hg_c *c;
    const struct hg_type *record;
    struct hg_c_member_plan *members;
    struct hg_c_plan plan;
    uint64_t at;        /* bits laid out so far */
    unsigned cost;      /* number of attributes and paddings */
    bool packs_members; /* some member has a packed attribute */
};

static uint64_t round_up(uint64_t value, uint64_t align)
{
    assert(align != 0);
    return (value + align - 1) / align * align;
}

/* Whether the alignment contradicts neither that of the record nor its size. */
static bool may_align(const struct hg_type *record, uint64_t align)
{
    return record->align != 0 ? align <= record->align
                              : record->size % align == 0 && align <= (1u << 28);
}

static void raise_align(struct trial *t, size_t environment, uint32_t align)
{
    if (align > t->plan.align[environment])
        t->plan.align[environment] = align;
}

/* Lays out padding up to bit `to`. */
static void pad(struct trial *t, uint64_t to, uint64_t *pad_from)
{
    *pad_from = t->at;
    while (t->at < to) {
        struct hg_c_piece piece = hg_c_padding_piece(t->at, to, t->plan.pad_unit);
        for (size_t e = 0; e < t->c->environment_count && piece.width != 0; e++)
            if (t->c->environments[e].unnamed_bits_align && !t->plan.is_packed)
                raise_align(t, e, piece.unit);
        t->at = hg_c_piece_end(&piece);
    }
    t->cost++;
}

/* --- members that are not bit-fields --- */

/* A type's alignment without attributes. */
struct natural {
    uint32_t of[HG_C_ENVIRONMENTS];
    uint32_t most; /* the highest of them */
};

static struct natural natural_align(const struct trial *t, hg_type_id id)
{
    struct natural natural = {.most = 1};
    for (size_t e = 0; e < t->c->environment_count; e++) {
        natural.of[e] = t->plan.is_packed ? 1 : hg_c_align(t->c, id, e);
        if (natural.of[e] > natural.most)
            natural.most = natural.of[e];
    }
    return natural;
}

/* Whether a declaration without attributes gets the offset `want`. */
static bool fits_plain(const struct trial *t, const struct natural *natural, uint64_t from,
                       uint64_t want)
{
    for (size_t e = 0; e < t->c->environment_count; e++) {
        if (round_up(from, natural->of[e]) != want)
            return false;
        if (t->record->align != 0 && natural->of[e] > t->record->align)
            return false;
    }
    return true;
}

/* The lowest alignment above the natural one that moves a member from byte `from` to byte `want`;
 * 0 = none. */
static uint32_t raised(const struct trial *t, const struct natural *natural, uint64_t from,
                       uint64_t want)
{
    if (want == from)
        return 0;
    for (uint64_t align = 2 * (uint64_t)natural->most; may_align(t->record, align); align *= 2)
        if (round_up(from, align) == want)
            return (uint32_t)align;
    return 0;
}

/* The highest alignment below the natural one that moves a member from byte `from` to byte `want`;
 * 0 = none. */
static uint32_t lowered(const struct trial *t, const struct natural *natural, uint64_t from,
                        uint64_t want)
{
    for (uint32_t align = natural->most / 2; align > 0; align /= 2)
        if (may_align(t->record, align) && round_up(from, align) == want)
            return align;
    return 0;
}

static void add_attributes(struct trial *t, struct hg_c_member_plan *plan, bool is_packed,
                           uint32_t align)
{
    plan->is_packed = is_packed;
    plan->aligned = align > 1 ? align : 0;
    t->packs_members |= is_packed;
    t->cost++;
}

static bool place_plain(struct trial *t, const struct hg_member *member,
                        struct hg_c_member_plan *plan)
{
    bool in_union = t->record->kind == HG_UNION;
    uint64_t from = in_union ? 0 : round_up(t->at, 8) / 8;
    uint64_t want = member->bit_offset / 8;
    struct natural natural = natural_align(t, member->type.id);
    if (want < from)
        return false;
    uint32_t align = 0;
    if (!fits_plain(t, &natural, from, want)) {
        if (member->name == NULL) { /* an attribute there would be the inner record's */
            pad(t, 8 * want, &plan->pad_from);
            if (!fits_plain(t, &natural, want, want))
                return false;
        } else if ((align = raised(t, &natural, from, want)) != 0) {
            add_attributes(t, plan, false, align);
        } else if ((align = lowered(t, &natural, from, want)) != 0) {
            add_attributes(t, plan, true, align);
        } else {
            pad(t, 8 * want, &plan->pad_from);
            if (!fits_plain(t, &natural, want, want) &&
                (align = lowered(t, &natural, want, want)) != 0)
                add_attributes(t, plan, true, align);
            else if (!fits_plain(t, &natural, want, want))
                return false;
        }
    }
    for (size_t e = 0; e < t->c->environment_count; e++)
        raise_align(t, e, align != 0 ? align : natural.of[e]);
    uint64_t end = 8 * want + hg_member_bits(t->c->model, member);
    if (!in_union || end > t->at)
        t->at = end;
    return true;
}

/* --- bit-fields --- */

/* The offset of a bit-field that is not packed. */
static uint64_t bit_field_offset(uint64_t at, uint64_t unit, uint64_t align, uint64_t width)
{
    return at % align + width > unit ? round_up(at, align) : at;
}

static bool fits_bits(const struct trial *t, const struct hg_member *member,
                      const struct natural *natural, uint64_t from)
{
    uint64_t unit = 8 * hg_type_size(t->c->model, member->type.id);
    for (size_t e = 0; e < t->c->environment_count; e++) {
        uint64_t align = 8 * (uint64_t)natural->of[e];
        uint64_t place =
            t->plan.is_packed ? from : bit_field_offset(from, unit, align, member->bit_width);
        if (place != member->bit_offset)
            return false;
        if (t->record->align != 0 && natural->of[e] > t->record->align)
            return false;
    }
    return true;
}

static bool place_bits(struct trial *t, const struct hg_member *member,
                       struct hg_c_member_plan *plan)
{
    bool in_union = t->record->kind == HG_UNION;
    uint64_t from = in_union ? 0 : t->at;
    /* Bit-fields are declared with the type itself, never with a typedef of another alignment. */
    struct natural natural = natural_align(t, hg_type_resolve(t->c->model, member->type.id, NULL));
    if (member->bit_offset < from)
        return false;
    bool fits = fits_bits(t, member, &natural, from);
    if (!fits && member->bit_offset > from) {
        pad(t, member->bit_offset, &plan->pad_from);
        fits = fits_bits(t, member, &natural, member->bit_offset);
    }
    if (!fits)
        add_attributes(t, plan, true, 1);
    for (size_t e = 0; e < t->c->environment_count && fits; e++)
        raise_align(t, e, natural.of[e]);
    uint64_t end = member->bit_offset + member->bit_width;
    if (in_union)
        end = round_up(end, 8);
    if (!in_union || end > t->at)
        t->at = end;
    return true;
}

/* --- the end of the record --- */

static bool has_size(const struct trial *t, uint32_t aligned)
{
    uint64_t bytes = round_up(t->at, 8) / 8;
    for (size_t e = 0; e < t->c->environment_count; e++) {
        uint32_t align = aligned > t->plan.align[e] ? aligned : t->plan.align[e];
        if (round_up(bytes, align) != t->record->size)
            return false;
    }
    return true;
}

/* Gives the record the aligned attribute that it needs for its alignment or, if the model has none,
 * for its size.  False = its members' alignments are already too high. */
static bool align_record(struct trial *t)
{
    uint32_t least = UINT32_MAX;
    uint32_t most = 1;
    for (size_t e = 0; e < t->c->environment_count; e++) {
        least = t->plan.align[e] < least ? t->plan.align[e] : least;
        most = t->plan.align[e] > most ? t->plan.align[e] : most;
    }
    uint32_t align = t->record->align;
    if (align != 0 && most > align)
        return false;
    if (align == 0 && !has_size(t, 0))
        for (uint64_t next = 2 * (uint64_t)most; align == 0 && may_align(t->record, next);
             next *= 2)
            if (has_size(t, (uint32_t)next))
                align = (uint32_t)next;
    if (align > least) {
        t->plan.aligned = align;
        t->cost++;
        for (size_t e = 0; e < t->c->environment_count; e++)
            raise_align(t, e, align);
    }
    return true;
}

static bool end_record(struct trial *t)
{
    if (!align_record(t))
        return false;
    if (has_size(t, 0))
        return true;
    if (8 * t->record->size < t->at)
        return false;
    if (t->record->kind == HG_UNION) { /* one more member, an array of the full size */
        t->plan.pad_from = 0;
        t->cost++;
    } else {
        pad(t, 8 * t->record->size, &t->plan.pad_from);
    }
    t->at = 8 * t->record->size;
    return has_size(t, 0);
}

static bool try(struct trial *t)
{
    for (size_t e = 0; e < HG_C_ENVIRONMENTS; e++)
        t->plan.align[e] = 1;
    t->plan.pad_from = HG_C_NO_PADDING;
    t->cost += t->plan.is_packed;
    for (size_t i = 0; i < t->record->member_count; i++) {
        const struct hg_member *member = &t->record->members[i];
        t->members[i] = (struct hg_c_member_plan){.pad_from = HG_C_NO_PADDING};
        bool placed = member->bit_width != 0 ? place_bits(t, member, &t->members[i])
                                             : place_plain(t, member, &t->members[i]);
        if (!placed)
            return false;
    }
    return end_record(t);
}

/* --- the choice --- */

/* The alignment that padding may have without raising the record's. */
static uint32_t pad_unit(const struct hg_c *c, const struct hg_type *record, bool is_packed)
{
    if (record->align != 0 || is_packed)
        return record->align != 0 ? record->align : 8;
    uint32_t most = 1;
    for (size_t i = 0; i < record->member_count; i++) {
        uint32_t align = hg_c_align(c, record->members[i].type.id, 0);
        most = align > most ? align : most;
    }
    return most;
}

static struct trial new_trial(struct hg_c *c, const struct hg_type *record,
                              struct hg_c_member_plan *members, bool is_packed, uint32_t unit)
{
    return (struct trial){
        .c = c,
        .record = record,
        .members = members,
        .plan = {.is_packed = is_packed, .pad_unit = unit},
    };
}

/* Whether the packed record is preferred, if both trials work. */
static bool prefers_packed(const struct trial *loose, const struct trial *packed)
{
    if (packed->cost != loose->cost)
        return packed->cost < loose->cost;
    return loose->record->align == 0 && loose->packs_members;
}

static void plan_as_bytes(struct hg_c *c, hg_type_id id, struct hg_c_plan *plan)
{
    const struct hg_type *record = hg_model_type(c->model, id);
    uint32_t align = record->align == 0 ? 1 : record->align;
    *plan = (struct hg_c_plan){.is_blob = true, .pad_from = HG_C_NO_PADDING};
    plan->aligned = align > 1 ? align : 0;
    for (size_t e = 0; e < HG_C_ENVIRONMENTS; e++)
        plan->align[e] = align;
    struct hg_text subject = {0};
    hg_describe_subject(&subject, c->model, id);
    hg_warning(c->diagnostics, &record->where,
               "%s: no C declaration has this layout; it is written as bytes",
               hg_text_string(&subject));
    hg_text_deinit(&subject);
}

static void keep(struct hg_c *c, const struct trial *t, struct hg_c_plan *plan)
{
    *plan = t->plan;
    bool plain = true;
    for (size_t i = 0; i < t->record->member_count && plain; i++)
        plain = t->members[i].pad_from == HG_C_NO_PADDING && t->members[i].aligned == 0 &&
                !t->members[i].is_packed;
    if (!plain)
        plan->members =
            hg_arena_copy(&c->arena, t->members, t->record->member_count, sizeof *t->members);
}

/* scratch: has room for the members of two trials. */
static void plan_record(struct hg_c *c, hg_type_id id, struct hg_c_member_plan *scratch,
                        struct hg_c_plan *plan)
{
    const struct hg_type *record = hg_model_type(c->model, id);
    struct trial loose = new_trial(c, record, scratch, false, pad_unit(c, record, false));
    bool loose_works = try(&loose);
    if (loose_works && loose.cost == 0) {
        keep(c, &loose, plan);
        return;
    }
    struct trial packed =
        new_trial(c, record, scratch + record->member_count, true, pad_unit(c, record, true));
    bool packed_works = try(&packed);
    if (packed_works && (!loose_works || prefers_packed(&loose, &packed)))
        keep(c, &packed, plan);
    else if (loose_works)
        keep(c, &loose, plan);
    else
        plan_as_bytes(c, id, plan);
}

void hg_c_plan_records(struct hg_c *c)
{
    HG_ARRAY(struct hg_c_member_plan) scratch = {0};
    for (size_t i = 0; i < c->selection->count; i++) {
        hg_type_id id = c->selection->order[i];
        const struct hg_type *type = hg_model_type(c->model, id);
        if (!hg_is_record(type) || c->selection->need[id] != HG_DEFINED)
            continue;
        if (2 * type->member_count >= scratch.capacity) {
            scratch.capacity = 2 * type->member_count + 2;
            scratch.items =
                hg_realloc_array(scratch.items, scratch.capacity, sizeof *scratch.items);
        }
        struct hg_c_plan *plan = hg_arena_alloc(&c->arena, sizeof *plan);
        plan_record(c, id, scratch.items, plan);
        c->plans[id] = plan;
    }
    free(scratch.items);
}
