/*
 * How cilium/ebpf compares types: see cilium.c.
 *
 *     members      on the path to a field: a struct matches a struct or union, an integer any integer
 *     types        for type_exists and type_size: pointers and prototypes are followed
 *     type match   for type_matches: pointers are followed to the end, each pair once
 *
 * An enum of 32 bits matches one of 64 bits.
 */
#include "core/cilium.h"

#include "base/strings.h"

#include <string.h>

enum { COMPARE_MAX = 512 };

/* --- types --- */

/* A names_agree_fn. */
static bool names_agree(const struct matcher *matcher, const char *a, const char *b)
{
    (void)matcher;
    return a == NULL || b == NULL || *a == '\0' || *b == '\0' ||
           hg_core_same_essential(a, b, HG_CORE_CILIUM);
}

const char hg_cilium_unsupported[] = "it is of a type that cilium/ebpf does not compare";

enum match hg_cilium_members_compatible(struct matcher *matcher, hg_type_id local,
                                        hg_type_id target)
{
    enum type_kind a = cilium_kind(matcher->local, local);
    enum type_kind b = cilium_kind(matcher->target, target);
    if (kind_is_record(a) && kind_is_record(b))
        return MATCH_YES;
    if (a != b)
        return MATCH_NO;
    if (a == KIND_ENUM || a == KIND_FWD)
        return match_if(names_agree(matcher, hg_resolved(matcher->local, local)->name,
                                    hg_resolved(matcher->target, target)->name));
    if (a == KIND_ARRAY || a == KIND_PTR || a == KIND_FLOAT || a == KIND_INT)
        return MATCH_YES;
    return hg_core_match_error(matcher, hg_cilium_unsupported);
}

/* Recursion is bounded by depth. */
static enum match types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target,
                                   unsigned depth)
{
    const struct hg_type *a = hg_resolved(matcher->local, local);
    const struct hg_type *b = hg_resolved(matcher->target, target);
    enum type_kind kind = cilium_kind(matcher->local, local);
    if (depth == 0 || !hg_core_spend(matcher, 1))
        return hg_core_match_error(matcher, "its types are too intricate to compare");
    if (kind != cilium_kind(matcher->target, target))
        return MATCH_NO;
    if (kind == KIND_FLOAT || kind == KIND_TYPEDEF)
        return hg_core_match_error(matcher, hg_cilium_unsupported);
    if (kind == KIND_ARRAY && (a->kind == HG_OPAQUE || b->kind == HG_OPAQUE))
        return match_if(hg_core_resolved_kind(matcher->local, a->ref.id) == KIND_INT);
    if (kind == KIND_PTR || kind == KIND_ARRAY)
        return types_compatible(matcher, a->ref.id, b->ref.id, depth - 1);
    if (kind != KIND_PROTO)
        return MATCH_YES;
    enum match match = types_compatible(matcher, a->ref.id, b->ref.id, depth - 1);
    if (match == MATCH_YES && !same_parameter_count(a, b))
        return MATCH_NO;
    for (size_t i = 0; match == MATCH_YES && i < a->parameter_count; i++)
        match = types_compatible(matcher, a->parameters[i].type.id, b->parameters[i].type.id,
                                 depth - 1);
    return match;
}

/* --- types in detail --- */

struct comparison {
    struct matcher *matcher;
    struct hg_strings seen; /* pairs of ids that were compared, or are being compared, and match */
};

static bool was_seen(struct comparison *comparison, hg_type_id local, hg_type_id target)
{
    hg_type_id pair[] = {local, target};
    uint32_t *number = hg_strings_number(&comparison->seen, (const char *)pair, sizeof pair);
    bool seen = *number != 0;
    *number = 1;
    return seen;
}

static enum match types_match(struct comparison *comparison, hg_type_id local, hg_type_id target,
                              unsigned depth);

/* The last member of that name; NULL as a name stands for members without one. */
static const struct hg_member *member_of_name(const struct hg_type *record, const char *name)
{
    for (size_t i = record->member_count; i > 0; i--)
        if (hg_same_text(name, record->members[i - 1].name))
            return &record->members[i - 1];
    return NULL;
}

static enum match records_match(struct comparison *comparison, const struct hg_type *local,
                                const struct hg_type *target, unsigned depth)
{
    enum match match = MATCH_YES;
    if (local->member_count > target->member_count)
        return MATCH_NO;
    for (size_t i = 0; match == MATCH_YES && i < local->member_count; i++) {
        if (!hg_core_spend(comparison->matcher, target->member_count))
            return MATCH_ERROR;
        const struct hg_member *member = member_of_name(target, local->members[i].name);
        match = member == NULL ? MATCH_NO
                               : types_match(comparison, local->members[i].type.id, member->type.id,
                                             depth - 1);
    }
    return match;
}

/* Whether the first is a forward declaration, and the other a record that it may declare. */
static bool is_declared(const struct hg_model *model, hg_type_id declared,
                        const struct hg_model *other_model, hg_type_id other)
{
    bool is_union = hg_resolved(model, declared)->kind == HG_UNION;
    return cilium_kind(model, declared) == KIND_FWD &&
           cilium_kind(other_model, other) == (is_union ? KIND_UNION : KIND_STRUCT);
}

static enum match prototypes_match(struct comparison *comparison, const struct hg_type *local,
                                   const struct hg_type *target, unsigned depth)
{
    enum match match = MATCH_YES;
    if (!same_parameter_count(local, target))
        return MATCH_NO;
    for (size_t i = 0; match == MATCH_YES && i < local->parameter_count; i++)
        match = types_match(comparison, local->parameters[i].type.id, target->parameters[i].type.id,
                            depth - 1);
    return match == MATCH_YES ? types_match(comparison, local->ref.id, target->ref.id, depth - 1)
                              : match;
}

/* Compares two types of the same kind. */
static enum match same_kind_match(struct comparison *comparison, enum type_kind kind,
                                  const struct hg_type *local, const struct hg_type *target,
                                  unsigned depth)
{
    struct matcher *matcher = comparison->matcher;
    if (kind == KIND_VOID)
        return MATCH_YES;
    if (kind == KIND_FWD)
        return match_if(local->kind == target->kind);
    if (kind == KIND_ENUM)
        return local->size != target->size
                   ? MATCH_NO
                   : hg_core_enumerators_match(matcher, local, target, names_agree);
    if (kind_is_record(kind))
        return records_match(comparison, local, target, depth);
    if (kind == KIND_INT)
        return match_if(local->size == target->size && local->is_signed == target->is_signed);
    if (kind == KIND_PROTO)
        return prototypes_match(comparison, local, target, depth);
    if (kind == KIND_ARRAY && (target->kind == HG_OPAQUE || local->count != target->count))
        return MATCH_NO;
    if (kind == KIND_PTR &&
        (is_declared(matcher->local, local->ref.id, matcher->target, target->ref.id) ||
         is_declared(matcher->target, target->ref.id, matcher->local, local->ref.id)))
        return MATCH_YES;
    if (kind == KIND_PTR || kind == KIND_ARRAY)
        return types_match(comparison, local->ref.id, target->ref.id, depth - 1);
    return hg_core_match_error(matcher, hg_cilium_unsupported);
}

/* Recursion is bounded by depth.  Unlike libbpf, cilium/ebpf follows pointers to the end. */
static enum match types_match(struct comparison *comparison, hg_type_id local, hg_type_id target,
                              unsigned depth)
{
    struct matcher *matcher = comparison->matcher;
    local = hg_type_resolve(matcher->local, local, NULL);
    target = hg_type_resolve(matcher->target, target, NULL);
    const struct hg_type *a = hg_model_type(matcher->local, local);
    const struct hg_type *b = hg_model_type(matcher->target, target);
    enum type_kind kind = cilium_kind(matcher->local, local);
    if (depth == 0 || !hg_core_spend(matcher, 1))
        return hg_core_match_error(matcher, "its types are too intricate to compare");
    if (!names_agree(matcher, a->name, b->name) || kind != cilium_kind(matcher->target, target))
        return MATCH_NO;
    if (was_seen(comparison, local, target))
        return MATCH_YES;
    return same_kind_match(comparison, kind, a, b, depth);
}

enum match hg_cilium_types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target)
{
    return types_compatible(matcher, local, target, COMPARE_MAX);
}

enum match hg_cilium_types_match(struct matcher *matcher, hg_type_id local, hg_type_id target)
{
    struct hg_arena arena;
    struct comparison comparison = {.matcher = matcher};
    hg_arena_init(&arena);
    hg_strings_init(&comparison.seen, &arena);
    enum match match = types_match(&comparison, local, target, COMPARE_MAX);
    hg_strings_deinit(&comparison.seen);
    hg_arena_deinit(&arena);
    return match;
}
