/*
 * Plans: which fields and which repr give a record's members their offsets in C.
 *
 *     { char a; int b; }                      repr(C): a, b
 *     { char a; int b; } packed               repr(C, packed): a, b
 *     { int a; long b; } packed, aligned(8)   repr(C, align(8)) around repr(C, packed(4))
 *     { char a; int b aligned(8); } packed    repr(C, align(8)): a, __pad0: [u8; 7], b
 *     { char a; struct aligned16 b; } packed  repr(C): a, b: [u8; 16], and a method b()
 *
 * The method needs no rules of C: the model has the offset of each member, and shape.c the size and
 * alignment that Rust gives its type.  It simulates the rules of repr(C):
 *
 *     A field goes to the next multiple of its alignment, the record's alignment is the largest of
 *     its fields', its size is rounded up to that.  packed(P) caps every alignment at P; align(N)
 *     raises the record's to N.  Both at once are refused (E0587), and so is a type with align(N)
 *     anywhere inside a packed one (E0588).
 *
 * S and A are the size and alignment of the record (A is not always known), R is the largest
 * alignment of its fields.
 *
 *     1. If every offset is a multiple of its field's alignment, R <= A, and R divides S: repr(C).
 *        If R < A, with align(A), or, if bit-fields are the reason for A, with a field of size 0
 *        and alignment A.
 *     2. Else fields that hold align(N) and are misaligned become bytes, and 1 is tried again.
 *     3. Else all fields that hold align(N) become bytes, and the record is packed(P): P is the
 *        largest power of two that divides the offset of every misaligned field, is at most A, and
 *        with which R divides S.  If R < A, an outer struct has align(A).
 *     4. Bytes of padding go where the next field would not get its offset by itself.
 *
 * Bit-fields are bytes.  A record nested too deep for rustc is one array of bytes.
 *
 * What this does not do: check the result.  The assertions in the output do.
 */
#include "backend/rust/rust.h"

#include "base/diag.h"
#include "model/describe.h"
#include "model/layout.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static void refuse(struct hg_rust *rust, hg_type_id id, const char *format, ...) HG_PRINTF(3, 4);

static void refuse(struct hg_rust *rust, hg_type_id id, const char *format, ...)
{
    struct hg_text text = {0};
    hg_describe_subject(&text, rust->model, id);
    hg_text_put(&text, ": ");
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    hg_error(rust->diagnostics, &hg_model_type(rust->model, id)->where, "%s",
             hg_text_string(&text));
    hg_text_deinit(&text);
    rust->failed = true;
}

static uint64_t round_up(uint64_t value, uint64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

static uint64_t largest_power_in(uint64_t value)
{
    return value & (~value + 1);
}

/* Collects the fields: one for each member, and one for each run of bit-fields. */
static void collect(struct hg_rust *rust, const struct hg_type *record, struct hg_rust_shape *shape)
{
    struct hg_rust_plan *plan = &rust->plan;
    plan->fields.count = 0;
    for (size_t i = 0; i < record->member_count;) {
        struct hg_run run = hg_run_at(rust->model, record, i);
        struct hg_rust_item *field = HG_PUSH(&plan->fields);
        *field = (struct hg_rust_item){.first = i,
                                       .count = run.count,
                                       .kind = HG_SLOT_BITS,
                                       .offset = run.begin,
                                       .size = run.end - run.begin,
                                       .align = 1};
        if (!run.is_bit_fields) {
            const struct hg_rust_shape *type = &rust->shapes[record->members[i].type.id];
            assert(type->align != 0);
            field->kind = HG_SLOT_FIELD;
            field->align = type->align;
            field->has_align = type->has_align;
            shape->lacks |= type->lacks;
            if (shape->reason == NULL)
                shape->reason = type->reason;
            shape->is_plain &= type->is_plain;
            if (shape->depth <= type->depth)
                shape->depth = (uint8_t)(type->depth + 1);
        }
        i += run.count;
    }
}

static void make_bytes(struct hg_rust_item *field)
{
    field->kind = HG_SLOT_BYTES;
    field->align = 1;
    field->has_align = false;
}

static uint32_t capped(uint32_t align, uint32_t pack)
{
    return align < pack ? align : pack;
}

/* Rust's alignment of a record with these fields, packed(pack). */
static uint32_t natural_align(const struct hg_rust_plan *plan, uint32_t pack)
{
    uint32_t align = 1;
    for (size_t i = 0; i < plan->fields.count; i++)
        if (align < capped(plan->fields.items[i].align, pack))
            align = capped(plan->fields.items[i].align, pack);
    return align;
}

static bool is_misplaced(const struct hg_rust_item *field)
{
    return field->offset % field->align != 0;
}

/* Whether to raise the record's alignment by a field `_align_0: [u32; 0]` instead of align(N).
 * Many records with bit-fields need a higher alignment, since their bit-fields are bytes in Rust,
 * and a record with align(N) cannot be part of a packed one. */
static bool raises_by_field(const struct hg_rust_plan *plan, uint32_t align)
{
    for (size_t i = 0; align <= 8 && i < plan->fields.count; i++)
        if (plan->fields.items[i].kind == HG_SLOT_BITS)
            return true;
    return false;
}

/* Step 1. */
static bool fits_unpacked(struct hg_rust_plan *plan, const struct hg_type *record)
{
    for (size_t i = 0; i < plan->fields.count; i++)
        if (is_misplaced(&plan->fields.items[i]))
            return false;
    uint32_t align = natural_align(plan, UINT32_MAX);
    if (record->size % align != 0 || (record->align != 0 && align > record->align))
        return false;
    plan->repr = HG_REPR_C;
    plan->pack = UINT32_MAX;
    plan->align = align;
    if (record->align > align) {
        plan->repr = raises_by_field(plan, record->align) ? HG_REPR_C : HG_REPR_ALIGN;
        plan->align = record->align;
    }
    return true;
}

/* Step 3. */
static void pack(struct hg_rust_plan *plan, const struct hg_type *record)
{
    uint64_t limit = record->align != 0 ? record->align : HG_RUST_ALIGN_MAX;
    for (size_t i = 0; i < plan->fields.count; i++) {
        struct hg_rust_item *field = &plan->fields.items[i];
        if (field->has_align)
            make_bytes(field);
        if (is_misplaced(field) && largest_power_in(field->offset) < limit)
            limit = largest_power_in(field->offset);
    }
    uint32_t align = natural_align(plan, (uint32_t)limit);
    if (record->size % align != 0)
        align = (uint32_t)largest_power_in(record->size);
    plan->repr = HG_REPR_PACKED;
    plan->pack = align;
    plan->align = align;
    if (record->align > align) {
        plan->repr = HG_REPR_WRAPPED;
        plan->align = record->align;
    }
}

static void choose_repr(struct hg_rust_plan *plan, const struct hg_type *record)
{
    if (fits_unpacked(plan, record))
        return;
    for (size_t i = 0; i < plan->fields.count; i++) {
        struct hg_rust_item *field = &plan->fields.items[i];
        bool is_too_much = record->align != 0 && field->align > record->align;
        if (field->has_align && (is_misplaced(field) || is_too_much))
            make_bytes(field);
    }
    if (!fits_unpacked(plan, record))
        pack(plan, record);
}

static void add_padding(struct hg_rust_plan *plan, uint64_t offset, uint64_t size)
{
    *HG_PUSH(&plan->items) = (struct hg_rust_item){.offset = offset, .size = size, .align = 1};
}

/* Adds the field of size 0 that raises the alignment, if the plan needs one. */
static void raise(struct hg_rust_plan *plan)
{
    if (plan->repr == HG_REPR_C && plan->align > natural_align(plan, UINT32_MAX))
        *HG_PUSH(&plan->items) = (struct hg_rust_item){.align = plan->align};
}

/* Step 4.  Members of a union overlap; and a union cannot be empty in Rust. */
static void lay_out(struct hg_rust_plan *plan, const struct hg_type *record)
{
    bool is_union = record->kind == HG_UNION;
    uint64_t end = 0;
    raise(plan);
    for (size_t i = 0; i < plan->fields.count; i++) {
        const struct hg_rust_item *field = &plan->fields.items[i];
        if (!is_union && round_up(end, capped(field->align, plan->pack)) != field->offset)
            add_padding(plan, end, field->offset - end);
        *HG_PUSH(&plan->items) = *field;
        if (!is_union)
            end = field->offset + field->size;
        else if (end < field->size)
            end = field->size;
    }
    uint32_t align = plan->repr == HG_REPR_WRAPPED ? natural_align(plan, plan->pack) : plan->align;
    uint64_t from = is_union ? 0 : end;
    if (round_up(end, align) != record->size || (is_union && plan->fields.count == 0))
        add_padding(plan, from, record->size - from);
}

static bool is_taken(struct hg_rust *rust, const char *name)
{
    return *hg_strings_number(&rust->fields, name, strlen(name)) == rust->turn;
}

static const char *take_field(struct hg_rust *rust, const char *name)
{
    *hg_strings_number(&rust->fields, name, strlen(name)) = rust->turn;
    return name;
}

/* The name of the field, from C.  Two members can have one name: in BTF, or after escaping. */
static const char *member_field(struct hg_rust *rust, const char *c_name, size_t index)
{
    const char *name = hg_rust_escape(rust, c_name);
    while (is_taken(rust, name))
        name = hg_rust_numbered(rust, hg_rust_bare(name), index);
    return take_field(rust, name);
}

/* `__pad0`: a name that no member has. */
static const char *own_field(struct hg_rust *rust, const char *prefix, size_t *number)
{
    const char *name;
    do
        name = hg_arena_printf(&rust->arena, "%s%zu", prefix, (*number)++);
    while (is_taken(rust, name));
    return take_field(rust, name);
}

/* `__anon_pid`, after the first name inside. */
static const char *anonymous_field(struct hg_rust *rust, hg_type_id id, size_t *number)
{
    const char *first = hg_rust_first_name(rust, hg_resolved(rust->model, id));
    if (first == NULL)
        return own_field(rust, "__anon_", number);
    const char *name = hg_rust_join(rust, "__anon_", first, "");
    return is_taken(rust, name) ? own_field(rust, hg_rust_join(rust, name, "_", ""), number)
                                : take_field(rust, name);
}

/* Names the fields, and fills the slot of each member.  Members' own names are given out first. */
static void name_fields(struct hg_rust *rust, const struct hg_type *record)
{
    struct hg_rust_plan *plan = &rust->plan;
    size_t pads = 0, aligns = 0, bits = 0, anonymous = 0;
    for (size_t i = 0; i < record->member_count; i++)
        plan->slots[i].name =
            record->members[i].name == NULL ? NULL : member_field(rust, record->members[i].name, i);
    for (size_t i = 0; i < plan->items.count; i++) {
        struct hg_rust_item *item = &plan->items.items[i];
        if (item->count == 0) {
            item->name = item->align == 1 ? own_field(rust, "__pad", &pads)
                                          : own_field(rust, "_align_", &aligns);
            continue;
        }
        struct hg_rust_slot *slot = &plan->slots[item->first];
        if (item->kind == HG_SLOT_BITS)
            item->name = own_field(rust, "_bitfield_", &bits);
        else if (slot->name != NULL)
            item->name = slot->name;
        else
            item->name = slot->name =
                anonymous_field(rust, record->members[item->first].type.id, &anonymous);
        for (size_t j = 0; j < item->count; j++) {
            slot[j].kind = item->kind;
            slot[j].storage = item->kind == HG_SLOT_BITS ? item->name : NULL;
            slot[j].begin = (int64_t)item->offset;
        }
    }
}

/* Plans one array of bytes, in which methods find the members by offset. */
static void plan_bytes(struct hg_rust *rust, const struct hg_type *record,
                       struct hg_rust_shape *shape)
{
    struct hg_rust_plan *plan = &rust->plan;
    size_t anonymous = 0;
    plan->repr = HG_REPR_BYTES;
    plan->align = record->align != 0 ? record->align : 1;
    plan->items.count = 0;
    *HG_PUSH(&plan->items) = (struct hg_rust_item){
        .kind = HG_SLOT_BYTES, .name = "_bytes", .size = record->size, .align = 1};
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        plan->slots[i] = (struct hg_rust_slot){
            .kind = member->bit_width != 0 ? HG_SLOT_BITS : HG_SLOT_BYTES,
            .name = member->name != NULL ? member_field(rust, member->name, i)
                                         : anonymous_field(rust, member->type.id, &anonymous),
            .storage = "_bytes"};
    }
    shape->depth = 1;
    shape->lacks = 0;
    shape->is_plain = true;
}

static bool is_expressible(struct hg_rust *rust, hg_type_id id, const struct hg_type *record)
{
    uint64_t size_max = rust->target->pointer_size == 4 ? (uint64_t)INT32_MAX : HG_RUST_SIZE_MAX;
    if (record->align > HG_RUST_ALIGN_MAX)
        refuse(rust, id, "an alignment of %" PRIu32 " bytes; rustc takes at most %" PRIu32,
               record->align, HG_RUST_ALIGN_MAX);
    else if (record->size > size_max)
        refuse(rust, id, "%" PRIu64 " bytes are more than rustc takes (%" PRIu64 ")", record->size,
               size_max);
    else
        return true;
    return false;
}

static struct hg_rust_slot *new_slots(struct hg_rust *rust, hg_type_id id, size_t count)
{
    if (rust->is_member_type[id])
        return hg_arena_array(&rust->arena, count + 1, sizeof(struct hg_rust_slot));
    rust->plan.slot_scratch.count = 0;
    while (rust->plan.slot_scratch.count <= count)
        *HG_PUSH(&rust->plan.slot_scratch) = (struct hg_rust_slot){0};
    return rust->plan.slot_scratch.items;
}

bool hg_rust_plan_record(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *record = hg_model_type(rust->model, id);
    struct hg_rust_plan *plan = &rust->plan;
    struct hg_rust_shape shape = {.size = record->size, .depth = 1, .is_plain = true};
    shape.align = 1;
    rust->shapes[id] = shape;
    if (!is_expressible(rust, id, record))
        return false;

    rust->turn++;
    plan->items.count = 0;
    plan->slots = new_slots(rust, id, record->member_count);
    collect(rust, record, &shape);
    if (shape.depth > HG_RUST_DEPTH_MAX) {
        plan_bytes(rust, record, &shape);
    } else {
        choose_repr(plan, record);
        lay_out(plan, record);
        if (record->kind == HG_UNION) {
            shape.lacks = ~(uint32_t)HG_DERIVE_DEFAULT;
            shape.reason = "a union";
            shape.is_plain = true;
        }
        name_fields(rust, record);
    }
    shape.align = plan->align;
    if (plan->repr == HG_REPR_WRAPPED)
        shape.depth++;
    shape.has_align = plan->repr == HG_REPR_ALIGN || plan->repr == HG_REPR_WRAPPED ||
                      (plan->repr == HG_REPR_BYTES && plan->align > 1);
    for (size_t i = 0; i < plan->items.count; i++)
        shape.has_align |= plan->items.items[i].has_align;
    rust->shapes[id] = shape;
    if (rust->is_member_type[id] && plan->repr != HG_REPR_BYTES)
        rust->insides[id] = (struct hg_rust_inside){
            .slots = plan->slots,
            .is_packed = plan->repr == HG_REPR_PACKED || plan->repr == HG_REPR_WRAPPED,
            .is_wrapped = plan->repr == HG_REPR_WRAPPED,
        };
    return true;
}
