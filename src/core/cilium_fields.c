/*
 * Accesses to fields, as cilium/ebpf follows them: see cilium.c.
 *
 *     program   struct s { struct { int x; }; int a[4]; }     &s->a[2]: member 1, element 2
 *     target    struct s { int a[8], x; }                     byte 8
 *
 * The method: the access is followed on the program's types and on the target's at once.  Each
 * named member of the program is searched for, breadth first, in the target's record and in the
 * members of that which have no name.
 */
#include "core/cilium.h"

#include <string.h>

enum { FIND_MAX = 32 };

/* How far an access was followed on one side. */
struct spot {
    hg_type_id type;
    uint64_t offset;      /* bytes, as cilium/ebpf computes it */
    uint64_t right;       /* the correct offset in bytes */
    uint64_t bit_offset;  /* of a bit-field, from `offset` */
    uint64_t bits;        /* width of the bit-field; 0 = it is none */
    bool may_be_flexible; /* it is the last member of its record */
};

static bool skip_elements(const struct hg_model *model, struct spot *spot, uint64_t count)
{
    uint64_t size = 0;
    uint64_t right = 0;
    if (count == 0)
        return true;
    if (!hg_cilium_size_of(model, spot->type, &size) || !hg_core_size_of(model, spot->type, &right))
        return false;
    if (size > UINT32_MAX / count || right > UINT32_MAX / count)
        return false;
    spot->offset += count * size;
    spot->right += count * right;
    return spot->offset <= UINT32_MAX && spot->right <= UINT32_MAX;
}

/* The alignment of a type that a bit-field may have; 0 = no bit-field has this type. */
static uint64_t alignment_of(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_resolved(model, id);
    while (type->kind == HG_ARRAY)
        type = hg_resolved(model, type->ref.id);
    bool is_number = type->kind == HG_INT || type->kind == HG_CHAR || type->kind == HG_BOOL ||
                     type->kind == HG_ENUM;
    bool is_power = type->size != 0 && (type->size & (type->size - 1)) == 0;
    return is_number && is_power ? type->size : 0;
}

static bool skip_bits(const struct hg_model *model, struct spot *spot, uint64_t bit_offset)
{
    uint64_t align = alignment_of(model, spot->type);
    if (align == 0)
        return false;
    uint64_t bytes = bit_offset / 8 / align * align;
    spot->bit_offset = bit_offset - 8 * bytes;
    spot->offset += bytes;
    spot->right += bytes;
    return true;
}

/* A record to search: the target's, or a member of it that has no name. */
struct searched {
    hg_type_id type;
    uint64_t bit_offset;
    size_t parent;   /* index in the list; the first record is its own parent */
    uint32_t member; /* index in the parent */
};

struct found_member {
    const struct hg_member *member;
    uint64_t bit_offset;
    hg_type_id record;
    uint32_t index;
    bool is_last;
};

/* Adds the indexes of the members on the way to a found member.  Returns NULL, or a fault. */
static const char *note_path(const struct searched *list, size_t at, uint32_t index,
                             struct access *access)
{
    uint32_t path[FIND_MAX + 1];
    unsigned count = 0;
    path[count++] = index;
    for (; list[at].parent != at && count <= FIND_MAX; at = list[at].parent)
        path[count++] = list[at].member;
    if (access->raw_count + count > RAW_MAX)
        return "the target's types are nested too deep to follow";
    while (count > 0)
        access->raw[access->raw_count++] = path[--count];
    return NULL;
}

/* Breadth first. */
static enum match find_member(struct matcher *matcher, hg_type_id record, const char *name,
                              struct access *access, struct found_member *ret)
{
    HG_ARRAY(struct searched) list = {0};
    enum match match = MATCH_NO;
    *HG_PUSH(&list) = (struct searched){.type = hg_type_resolve(matcher->target, record, NULL)};
    for (size_t i = 0; match == MATCH_NO && i < list.count; i++) {
        struct searched at = list.items[i];
        const struct hg_type *type = hg_model_type(matcher->target, at.type);
        if (i >= FIND_MAX)
            match = hg_core_match_error(matcher, "the target's types are nested too deep");
        else if (!hg_core_spend(matcher, type->member_count))
            match = MATCH_ERROR;
        for (uint32_t m = 0; match == MATCH_NO && m < type->member_count; m++) {
            const struct hg_member *member = &type->members[m];
            uint64_t bit_offset = at.bit_offset + member->bit_offset;
            if (member->name != NULL && strcmp(member->name, name) == 0) {
                *ret = (struct found_member){.member = member,
                                             .bit_offset = bit_offset,
                                             .record = at.type,
                                             .index = m,
                                             .is_last = m + 1 == type->member_count};
                const char *why = note_path(list.items, i, m, access);
                match = why == NULL ? MATCH_YES : hg_core_match_error(matcher, why);
            } else if (member->name == NULL) {
                if (!kind_is_record(cilium_kind(matcher->target, member->type.id)))
                    match = hg_core_match_error(matcher, "a member without a name is no record");
                else
                    *HG_PUSH(&list) = (struct searched){
                        .type = hg_type_resolve(matcher->target, member->type.id, NULL),
                        .bit_offset = bit_offset,
                        .parent = i,
                        .member = m};
            }
        }
    }
    free(list.items);
    return match;
}

struct walk {
    struct spot local;
    struct spot target;
    struct access *access;
};

static enum match step_into_member(struct matcher *matcher, struct walk *walk, uint32_t index,
                                   bool is_end)
{
    const struct hg_type *record = hg_resolved(matcher->local, walk->local.type);
    const struct hg_member *member = &record->members[index];
    if (member->name == NULL) {
        /* The target need not have it: its members are found by their names. */
        walk->local.type = member->type.id;
        walk->local.offset += member->bit_offset / 8;
        walk->local.may_be_flexible = false;
        return kind_is_record(cilium_kind(matcher->local, member->type.id))
                   ? MATCH_YES
                   : hg_core_match_error(matcher, "a member without a name is no record");
    }
    if (!kind_is_record(cilium_kind(matcher->target, walk->target.type)))
        return MATCH_NO;
    struct found_member found = {.index = 0};
    enum match match = find_member(matcher, walk->target.type, member->name, walk->access, &found);
    if (match != MATCH_YES)
        return match;
    access_add_step(walk->access, found.record, found.index, found.member->name);
    walk->local.type = member->type.id;
    walk->local.bits = member->bit_width;
    walk->local.may_be_flexible = index + 1 == record->member_count;
    walk->target.type = found.member->type.id;
    walk->target.bits = found.member->bit_width;
    walk->target.may_be_flexible = found.is_last;
    walk->local.bit_offset = walk->target.bit_offset = 0;
    if (walk->local.bits == 0 && walk->target.bits == 0) {
        walk->local.offset += member->bit_offset / 8;
        walk->target.offset += found.bit_offset / 8;
        walk->target.right += found.bit_offset / 8;
    } else if (!is_end) {
        return hg_core_match_error(matcher, "it leads into a bit-field");
    } else if (!skip_bits(matcher->local, &walk->local, member->bit_offset) ||
               !skip_bits(matcher->target, &walk->target, found.bit_offset)) {
        return hg_core_match_error(
            matcher, "one side is a bit-field, and the other is of a type that has none");
    }
    return hg_cilium_members_compatible(matcher, walk->local.type, walk->target.type);
}

static enum match step_into_element(struct matcher *matcher, struct walk *walk, uint32_t index)
{
    const struct hg_type *local = hg_resolved(matcher->local, walk->local.type);
    if (cilium_kind(matcher->target, walk->target.type) != KIND_ARRAY)
        return MATCH_NO;
    const struct hg_type *target = hg_resolved(matcher->target, walk->target.type);
    if (target->kind == HG_OPAQUE)
        return hg_core_match_error(matcher, hg_cilium_unsupported);
    if (local->count == 0 && !walk->local.may_be_flexible)
        return hg_core_match_error(
            matcher, "the program's array has no size, and cilium/ebpf takes only a last member");
    if (target->count == 0 && !walk->target.may_be_flexible)
        return hg_core_match_error(
            matcher, "the target's array has no size, and cilium/ebpf takes only a last member");
    if (target->count > 0 && index >= target->count)
        return MATCH_NO;
    walk->local.type = local->ref.id;
    walk->target.type = target->ref.id;
    walk->local.bits = walk->target.bits = 0;
    walk->local.may_be_flexible = walk->target.may_be_flexible = false;
    if (!skip_elements(matcher->local, &walk->local, index) ||
        !skip_elements(matcher->target, &walk->target, index))
        return hg_core_match_error(matcher, "an element has no size");
    if (walk->access->raw_count == RAW_MAX)
        return hg_core_match_error(matcher, "the target's types are nested too deep to follow");
    walk->access->raw[walk->access->raw_count++] = index;
    access_add_step(walk->access, hg_type_resolve(matcher->target, walk->target.type, NULL), index,
                    NULL);
    return hg_cilium_members_compatible(matcher, walk->local.type, walk->target.type);
}

static enum match follow(struct matcher *matcher, const struct access *local, struct walk *walk)
{
    enum match match = hg_cilium_members_compatible(matcher, walk->local.type, walk->target.type);
    if (match != MATCH_YES)
        return match;
    if (!skip_elements(matcher->local, &walk->local, local->raw[0]) ||
        !skip_elements(matcher->target, &walk->target, local->raw[0]))
        return hg_core_match_error(matcher, "it has no size");
    walk->access->raw[walk->access->raw_count++] = local->raw[0];
    access_add_step(walk->access, hg_type_resolve(matcher->target, walk->target.type, NULL),
                    local->raw[0], NULL);
    for (unsigned i = 1; match == MATCH_YES && i < local->raw_count; i++) {
        enum type_kind kind = cilium_kind(matcher->local, walk->local.type);
        if (kind_is_record(kind))
            match = step_into_member(matcher, walk, local->raw[i], i + 1 == local->raw_count);
        else if (kind == KIND_ARRAY)
            match = step_into_element(matcher, walk, local->raw[i]);
        else
            match = hg_core_match_error(matcher, hg_cilium_unsupported);
    }
    return match;
}

static const char *sign_fixup(struct matcher *matcher, const struct walk *walk, struct fixup *fixup)
{
    enum type_kind local = cilium_kind(matcher->local, walk->local.type);
    if (local != KIND_ENUM && local != KIND_INT)
        return "cilium/ebpf knows only signs of integers and enums";
    if (cilium_kind(matcher->target, walk->target.type) != local)
        return "the sign of one sort of type is asked for, and another is there";
    fixup->local = hg_resolved(matcher->local, walk->local.type)->is_signed;
    fixup->target = fixup->right = hg_resolved(matcher->target, walk->target.type)->is_signed;
    return NULL;
}

/* The number of bits to shift by; cilium/ebpf computes it in 32 bits. */
static const char *shift_fixup(struct matcher *matcher, enum hg_core_kind kind,
                               const struct walk *walk, struct fixup *fixup)
{
    uint64_t size = 0;
    if (!hg_cilium_size_of(matcher->target, walk->target.type, &size))
        return "it has no size";
    uint64_t bits = walk->target.bits > 0 ? walk->target.bits : 8 * size;
    uint32_t shift = (uint32_t)(64 - bits);
    if (kind == HG_CORE_LSHIFT_U64)
        shift = matcher->big_endian ? (uint32_t)(64 - 8 * size + walk->target.bit_offset)
                                    : (uint32_t)(64 - walk->target.bit_offset - bits);
    fixup->skips_check = true;
    fixup->target = fixup->right = shift;
    return NULL;
}

static const char *field_value(struct matcher *matcher, enum hg_core_kind kind,
                               const struct walk *walk, struct fixup *fixup)
{
    uint64_t right = 0;
    if (kind == HG_CORE_FIELD_EXISTS) {
        fixup->local = fixup->target = fixup->right = 1;
        return NULL;
    }
    bool has_size = hg_cilium_size_of(matcher->local, walk->local.type, &fixup->local_size) &&
                    hg_cilium_size_of(matcher->target, walk->target.type, &fixup->target_size) &&
                    hg_core_size_of(matcher->target, walk->target.type, &right);
    if (has_size && walk->target.bits > 0 &&
        walk->target.bit_offset + walk->target.bits > 8 * fixup->target_size)
        fixup->wrong =
            "its bit-field reaches beyond one value of its type, and cilium/ebpf has "
            "the program read no more than that";
    fixup->skips_check = walk->local.bits > 0;
    if (kind == HG_CORE_BYTE_OFFSET) {
        fixup->local = walk->local.offset;
        fixup->target = walk->target.offset;
        fixup->right = walk->target.right;
        fixup->target_size = right;
        return NULL;
    }
    if (kind == HG_CORE_SIGNED) {
        fixup->skips_check = false;
        return sign_fixup(matcher, walk, fixup);
    }
    if (kind == HG_CORE_LSHIFT_U64 || kind == HG_CORE_RSHIFT_U64)
        return shift_fixup(matcher, kind, walk, fixup);
    if (!has_size)
        return "it has no size";
    fixup->local = fixup->local_size;
    fixup->target = fixup->target_size;
    fixup->right = right;
    return NULL;
}

void hg_cilium_field_fixup(struct matcher *matcher, const struct record *record,
                           const struct access *local, hg_type_id candidate, struct fixup *fixup)
{
    struct walk walk = {
        .local.type = record->root, .target.type = candidate, .access = &fixup->found};
    fixup->found = (struct access){.root = candidate};
    enum match match = cilium_kind(matcher->target, candidate) == KIND_FWD
                           ? MATCH_NO
                           : follow(matcher, local, &walk);
    if (match == MATCH_ERROR)
        fixup->error = matcher->error;
    else if (match == MATCH_NO)
        hg_cilium_poison(record->kind, fixup);
    else
        fixup->error = field_value(matcher, record->kind, &walk, fixup);
    fixup->found.bit_offset = 8 * walk.target.offset;
    fixup->found.right_bit_offset = 8 * walk.target.right;
}
