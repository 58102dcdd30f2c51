/*
 * Follows an access through a type of the target.
 *
 *     program    struct sock { struct sock_common { ... __be16 skc_dport; } __sk_common; };
 *     target     struct sock { struct { ... }; struct sock_common __sk_common; ... };
 *
 * The program's steps are followed through the target by name: a named member is searched for in
 * the target's record, and in its members without a name; an element must lie within the array,
 * unless that is a flexible array member.  The result is the same access on the target's types,
 * with its offset there.
 *
 * Members without a name are no steps, so the two sides may nest them differently.
 */
#include "core/match.h"

#include <string.h>

static void note(struct matcher *matcher, struct mismatch mismatch)
{
    /* The candidate that matches furthest explains most. */
    if (matcher->mismatch.reason == MISMATCH_NONE || mismatch.step > matcher->mismatch.step)
        matcher->mismatch = mismatch;
}

/* Adds a number to raw, up to the loader's limit.  aya counts only those of members that it found,
 * so it may have more than 64. */
static enum match take_raw(struct matcher *matcher, struct access *access, uint32_t number)
{
    bool is_aya = matcher->loader == HG_CORE_AYA;
    bool is_full = is_aya ? access->part_count == ACCESS_MAX : access->raw_count == ACCESS_MAX;
    if (is_full || access->raw_count == RAW_MAX)
        return hg_core_match_error(matcher,
                                   "the target's types are nested too deep for the loader");
    access->raw[access->raw_count++] = number;
    return MATCH_YES;
}

static void move_on(struct access *access, uint64_t bits)
{
    access->bit_offset += bits;
    access->right_bit_offset += bits;
}

/* --- members --- */

struct member_search {
    const struct hg_member *wanted;
    unsigned step;
    hg_type_id found; /* the type of the member */
};

/* Takes the member of the right name if its type matches. */
static enum match take_member(struct matcher *matcher, struct member_search *search,
                              hg_type_id record, uint32_t index, struct access *ret)
{
    const struct hg_member *member = &hg_model_type(matcher->target, record)->members[index];
    enum match match = hg_core_fields_compatible(matcher, search->wanted->type.id, member->type.id);
    if (match == MATCH_NO)
        note(matcher, (struct mismatch){.reason = MISMATCH_MEMBER_TYPE,
                                        .step = search->step,
                                        .type = record,
                                        .local_type = search->wanted->type.id,
                                        .target_type = member->type.id,
                                        .name = member->name});
    if (match != MATCH_YES)
        return match;
    access_add_step(ret, record, index, member->name);
    search->found = member->type.id;
    return MATCH_YES;
}

/* Recursion is bounded by RAW_MAX, which every level adds to. */
static enum match find_member(struct matcher *matcher, struct member_search *search,
                              hg_type_id record, struct access *ret)
{
    record = hg_type_resolve(matcher->target, record, NULL);
    if (!kind_is_record(hg_core_kind_of(matcher->target, record)))
        return MATCH_NO;
    const struct hg_type *type = hg_model_type(matcher->target, record);
    if (!hg_core_spend(matcher, type->member_count))
        return MATCH_ERROR;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        bool is_named = member->name != NULL && strcmp(member->name, search->wanted->name) == 0;
        enum match match = take_raw(matcher, ret, i);
        if (match == MATCH_ERROR)
            return match;
        move_on(ret, member->bit_offset);
        if (is_named)
            match = take_member(matcher, search, record, i, ret);
        else if (member->name == NULL)
            match = find_member(matcher, search, member->type.id, ret);
        else
            match = MATCH_NO;
        if (match == MATCH_YES)
            ret->part_count++;
        if (match != MATCH_NO)
            return match;
        move_on(ret, -(uint64_t)member->bit_offset);
        ret->raw_count--;
        if (is_named)
            return MATCH_NO;
    }
    return MATCH_NO;
}

static enum match step_into_member(struct matcher *matcher, const struct accessor *local,
                                   unsigned step, hg_type_id *id, struct access *ret)
{
    struct member_search search = {
        .wanted = &hg_model_type(matcher->local, local->type)->members[local->index],
        .step = step,
    };
    enum match match = find_member(matcher, &search, *id, ret);
    bool is_record = kind_is_record(hg_core_kind_of(matcher->target, *id));
    if (match == MATCH_NO)
        note(matcher,
             (struct mismatch){.reason = is_record ? MISMATCH_NO_MEMBER : MISMATCH_NO_RECORD,
                               .step = step,
                               .type = *id,
                               .name = local->name});
    *id = search.found;
    return match;
}

/* --- elements --- */

/* Whether an array of `count` elements, the last step, is a flexible array member. */
static bool is_flexible(const struct matcher *matcher, const struct access *access, uint64_t count)
{
    const struct accessor *before = &access->steps[access->step_count - 1];
    if (count > 0 || before->name == NULL)
        return false;
    const struct hg_type *record = hg_model_type(matcher->target, before->type);
    if (matcher->loader == HG_CORE_AYA && record->kind != HG_STRUCT)
        return false;
    return before->index + 1 == record->member_count;
}

static enum match step_into_array(struct matcher *matcher, const struct accessor *local,
                                  unsigned step, hg_type_id *id, const struct access *ret)
{
    const struct hg_type *array = hg_model_type(matcher->target, *id);
    if (array->kind != HG_ARRAY) {
        note(matcher, (struct mismatch){.reason = MISMATCH_NO_ARRAY, .step = step, .type = *id});
        return MATCH_NO;
    }
    if (local->index >= array->count && !is_flexible(matcher, ret, array->count)) {
        note(matcher, (struct mismatch){.reason = MISMATCH_TOO_SHORT, .step = step, .type = *id});
        return MATCH_NO;
    }
    *id = hg_type_resolve(matcher->target, array->ref.id, NULL);
    return MATCH_YES;
}

static enum match step_to_element(struct matcher *matcher, const struct accessor *local,
                                  unsigned step, hg_type_id *id, struct access *ret)
{
    enum match match = MATCH_YES;
    if (step > 0)
        match = step_into_array(matcher, local, step, id, ret);
    if (match == MATCH_YES)
        match = take_raw(matcher, ret, local->index);
    if (match != MATCH_YES)
        return match;
    uint64_t size = 0;
    uint64_t right_size = 0;
    uint64_t bytes;
    if (!hg_core_loader_size(matcher->target, matcher->loader, *id, &size) ||
        !hg_core_size_of(matcher->target, *id, &right_size))
        return hg_core_match_error(matcher, "the target's type of that name has no size");
    size_t larger = size > right_size ? size : right_size;
    if (__builtin_mul_overflow(larger, (uint64_t)local->index, &bytes) || bytes > UINT32_MAX / 8)
        return hg_core_match_error(matcher, "it leads further than loaders can count");
    access_add_step(ret, *id, local->index, NULL);
    ret->bit_offset += 8 * size * local->index;
    ret->right_bit_offset += 8 * right_size * local->index;
    ret->part_count++;
    return MATCH_YES;
}

static enum match match_field(struct matcher *matcher, const struct access *local,
                              hg_type_id candidate, struct access *ret)
{
    hg_type_id id = candidate;
    for (unsigned i = 0; i < local->step_count; i++) {
        const struct accessor *step = &local->steps[i];
        id = hg_type_resolve(matcher->target, id, NULL);
        enum match match = step->name != NULL ? step_into_member(matcher, step, i, &id, ret)
                                              : step_to_element(matcher, step, i, &id, ret);
        if (match != MATCH_YES)
            return match;
    }
    return MATCH_YES;
}

/* --- enumerators --- */

static enum match match_enumerator(struct matcher *matcher, const struct access *local,
                                   hg_type_id candidate, struct access *ret)
{
    hg_type_id id = hg_type_resolve(matcher->target, candidate, NULL);
    const char *wanted = local->steps[0].name;
    if (!kind_is_enum(hg_core_kind_of(matcher->target, id)))
        return MATCH_NO;
    const struct hg_type *type = hg_model_type(matcher->target, id);
    if (!hg_core_spend(matcher, type->enumerator_count))
        return MATCH_ERROR;
    for (uint32_t i = 0; i < type->enumerator_count; i++) {
        const char *name = type->enumerators[i].name;
        if (!hg_core_same_essential(wanted, name, matcher->loader))
            continue;
        access_add_step(ret, id, i, name);
        return take_raw(matcher, ret, i);
    }
    note(matcher, (struct mismatch){.reason = MISMATCH_NO_ENUMERATOR, .type = id, .name = wanted});
    return MATCH_NO;
}

/* --- all of them --- */

static enum match match_type(struct matcher *matcher, enum hg_core_kind kind, hg_type_id local,
                             hg_type_id candidate)
{
    enum match match = kind == HG_CORE_TYPE_MATCHES
                           ? hg_core_types_match(matcher, local, candidate)
                           : hg_core_types_compatible(matcher, local, candidate);
    if (match == MATCH_NO)
        note(matcher, (struct mismatch){.reason = MISMATCH_TYPE, .type = candidate});
    return match;
}

enum match hg_core_match(struct matcher *matcher, enum hg_core_kind kind,
                         const struct access *local, hg_type_id candidate, struct access *ret)
{
    ret->root = candidate;
    ret->raw_count = ret->step_count = ret->part_count = 0;
    ret->bit_offset = ret->right_bit_offset = 0;
    switch (hg_core_subject(kind)) {
    case HG_CORE_OF_TYPE:
        return match_type(matcher, kind, local->root, candidate);
    case HG_CORE_OF_ENUMERATOR:
        return match_enumerator(matcher, local, candidate, ret);
    case HG_CORE_OF_FIELD:
        return match_field(matcher, local, candidate, ret);
    }
    return MATCH_NO;
}
