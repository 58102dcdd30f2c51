/*
 * How libbpf and aya compare types.
 *
 * There are three relations, from loose to strict:
 *
 *     fields       on the path to a member: a record matches any record, an integer any integer, a
 *                  pointer any pointer; arrays match if their elements do
 *     types        for bpf_core_type_exists: the kinds are equal, so a struct does not match a union;
 *                  pointers, arrays and prototypes are followed
 *     type match   for bpf_core_type_matches: the target has each member and enumerator of the
 *                  program's type, by name, and integers have equal sizes and signs
 *
 * The first two do not compare the names of the roots, by which the candidates were found.
 *
 * The method is libbpf's, with its limits of depth (32).  A type may have many members or
 * parameters on each level, so the steps are counted as well.
 */
#include "core/match.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

static const char too_deep[] = "its types are nested too deep for the loader";

bool hg_core_spend(struct matcher *matcher, uint64_t steps)
{
    if (matcher->steps_left < steps) {
        matcher->error = "its types are too intricate to compare";
        matcher->steps_left = 0;
        return false;
    }
    matcher->steps_left -= steps;
    return true;
}

enum match hg_core_match_error(struct matcher *matcher, const char *why)
{
    matcher->error = why;
    return MATCH_ERROR;
}

static const char *name_or_empty(const char *name)
{
    return name == NULL ? "" : name;
}

/* The two types of a comparison, without their typedefs. */
struct pair {
    const struct hg_type *local;
    const struct hg_type *target;
    enum type_kind local_kind;
    enum type_kind target_kind;
};

static struct pair resolve(const struct matcher *matcher, hg_type_id local, hg_type_id target)
{
    local = hg_type_resolve(matcher->local, local, NULL);
    target = hg_type_resolve(matcher->target, target, NULL);
    return (struct pair){
        .local = hg_model_type(matcher->local, local),
        .target = hg_model_type(matcher->target, target),
        .local_kind = hg_core_kind_of(matcher->local, local),
        .target_kind = hg_core_kind_of(matcher->target, target),
    };
}

/* Whether BTF cannot express the type, so that it is written as an array of bytes. */
static bool is_bytes(const struct hg_type *type)
{
    return type->kind == HG_OPAQUE;
}

static enum match bytes_match(const struct matcher *matcher, const struct hg_type *local)
{
    return match_if(hg_core_resolved_kind(matcher->local, local->ref.id) == KIND_INT);
}

/* --- members --- */

static bool tag_names_agree(const struct matcher *matcher, const struct pair *pair)
{
    const char *local = name_or_empty(pair->local->name);
    const char *target = name_or_empty(pair->target->name);
    bool is_nameless = *local == '\0' || *target == '\0';
    if (is_nameless && matcher->loader == HG_CORE_LIBBPF)
        return true;
    return hg_core_same_essential(local, target, matcher->loader);
}

enum match hg_core_fields_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target)
{
    for (;;) {
        struct pair pair = resolve(matcher, local, target);
        if (!hg_core_spend(matcher, 1))
            return MATCH_ERROR;
        if (kind_is_record(pair.local_kind) && kind_is_record(pair.target_kind))
            return MATCH_YES;
        if (!hg_core_same_kind(pair.local_kind, pair.target_kind))
            return MATCH_NO;
        enum type_kind kind = pair.local_kind;
        if (kind_is_enum(kind) || kind == KIND_FWD)
            return match_if(tag_names_agree(matcher, &pair));
        if (kind != KIND_ARRAY)
            return match_if(kind == KIND_PTR || kind == KIND_FLOAT || kind == KIND_INT);
        if (is_bytes(pair.target))
            return bytes_match(matcher, pair.local);
        local = pair.local->ref.id;
        target = pair.target->ref.id;
    }
}

/* --- whole types --- */

static enum match types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target,
                                   unsigned level);

static enum match parameters_compatible(struct matcher *matcher, const struct pair *pair,
                                        unsigned level)
{
    enum match match = match_if(same_parameter_count(pair->local, pair->target));
    for (size_t i = 0; match == MATCH_YES && i < pair->local->parameter_count; i++) {
        if (level == 0)
            return hg_core_match_error(matcher, too_deep);
        hg_type_id local =
            hg_type_resolve(matcher->local, pair->local->parameters[i].type.id, NULL);
        hg_type_id target =
            hg_type_resolve(matcher->target, pair->target->parameters[i].type.id, NULL);
        match = types_compatible(matcher, local, target, level - 1);
    }
    return match;
}

static enum match types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target,
                                   unsigned level)
{
    if (!hg_core_same_kind(hg_core_kind_of(matcher->local, local),
                           hg_core_kind_of(matcher->target, target)))
        return MATCH_NO;
    for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
        struct pair pair = resolve(matcher, local, target);
        if (!hg_core_spend(matcher, 1))
            return MATCH_ERROR;
        if (!hg_core_same_kind(pair.local_kind, pair.target_kind))
            return MATCH_NO;
        enum type_kind kind = pair.local_kind;
        if (kind == KIND_FLOAT) /* libbpf does not handle it */
            return match_if(matcher->loader == HG_CORE_AYA);
        if (kind != KIND_ARRAY && kind != KIND_PTR && kind != KIND_PROTO)
            return match_if(kind != KIND_TYPEDEF);
        if (kind == KIND_ARRAY && is_bytes(pair.target))
            return bytes_match(matcher, pair.local);
        if (kind == KIND_PROTO) {
            enum match match = parameters_compatible(matcher, &pair, level);
            if (match != MATCH_YES)
                return match;
        }
        local = pair.local->ref.id;
        target = pair.target->ref.id;
    }
    return hg_core_match_error(matcher, too_deep);
}

enum match hg_core_types_compatible(struct matcher *matcher, hg_type_id local, hg_type_id target)
{
    return types_compatible(matcher, local, target, DEPTH_MAX);
}

/* --- types in detail --- */

static enum match types_match(struct matcher *matcher, hg_type_id local, hg_type_id target,
                              bool is_pointee, unsigned level);

static bool names_match(const struct matcher *matcher, const char *local, const char *target)
{
    local = name_or_empty(local);
    target = name_or_empty(target);
    if (*target == '\0')
        return *local == '\0';
    return hg_core_same_essential(local, target, matcher->loader);
}

enum match hg_core_enumerators_match(struct matcher *matcher, const struct hg_type *local,
                                     const struct hg_type *target, names_agree_fn *agree)
{
    if (local->enumerator_count > target->enumerator_count)
        return MATCH_NO;
    for (size_t i = 0; i < local->enumerator_count; i++) {
        size_t j = 0;
        if (!hg_core_spend(matcher, target->enumerator_count))
            return MATCH_ERROR;
        while (j < target->enumerator_count &&
               !agree(matcher, local->enumerators[i].name, target->enumerators[j].name))
            j++;
        if (j == target->enumerator_count)
            return MATCH_NO;
    }
    return MATCH_YES;
}

/* In BTF, an enum that is only declared has 4 bytes. */
static enum match enums_match(struct matcher *matcher, const struct pair *pair)
{
    uint64_t local_size = pair->local->complete ? pair->local->size : 4;
    uint64_t target_size = pair->target->complete ? pair->target->size : 4;
    if (!kind_is_enum(pair->target_kind) || local_size != target_size)
        return MATCH_NO;
    return hg_core_enumerators_match(matcher, pair->local, pair->target, names_match);
}

/* Whether the target has a member of the same name whose type matches. */
static enum match member_matches(struct matcher *matcher, const struct hg_member *wanted,
                                 const struct hg_type *target, unsigned level)
{
    if (!hg_core_spend(matcher, target->member_count))
        return MATCH_ERROR;
    for (size_t i = 0; i < target->member_count; i++) {
        const struct hg_member *member = &target->members[i];
        if (!names_match(matcher, wanted->name, member->name))
            continue;
        enum match match = types_match(matcher, wanted->type.id, member->type.id, false, level - 1);
        if (match != MATCH_NO)
            return match;
    }
    return MATCH_NO;
}

static enum match members_match(struct matcher *matcher, const struct pair *pair, unsigned level)
{
    enum match match = match_if(pair->local->member_count <= pair->target->member_count);
    for (size_t i = 0; match == MATCH_YES && i < pair->local->member_count; i++)
        match = member_matches(matcher, &pair->local->members[i], pair->target, level);
    return match;
}

/* Where a pointer leads to, a forward declaration matches a definition. */
static enum match records_match(struct matcher *matcher, const struct pair *pair, bool is_pointee,
                                unsigned level)
{
    bool is_record = kind_is_record(pair->target_kind) || pair->target_kind == KIND_FWD;
    bool same_word = (pair->local->kind == HG_UNION) == (pair->target->kind == HG_UNION);
    if (is_pointee)
        return match_if(is_record && same_word);
    if (pair->local_kind != pair->target_kind)
        return MATCH_NO;
    return pair->local_kind == KIND_FWD ? match_if(same_word) : members_match(matcher, pair, level);
}

static enum match parameters_match(struct matcher *matcher, const struct pair *pair,
                                   bool is_pointee, unsigned level)
{
    enum match match = match_if(same_parameter_count(pair->local, pair->target));
    for (size_t i = 0; match == MATCH_YES && i < pair->local->parameter_count; i++)
        match = types_match(matcher, pair->local->parameters[i].type.id,
                            pair->target->parameters[i].type.id, is_pointee, level - 1);
    return match;
}

/* Compares the types at the ends of two chains of pointers, arrays and prototypes. */
static enum match ends_match(struct matcher *matcher, const struct pair *pair, bool is_pointee,
                             unsigned level)
{
    enum type_kind kind = pair->local_kind;
    if (kind_is_enum(kind))
        return enums_match(matcher, pair);
    if (kind_is_record(kind) || kind == KIND_FWD)
        return records_match(matcher, pair, is_pointee, level);
    bool is_same_int = kind == KIND_INT && pair->local->size == pair->target->size &&
                       pair->local->is_signed == pair->target->is_signed;
    return match_if(kind == pair->target_kind && (kind == KIND_VOID || is_same_int));
}

static enum match types_match(struct matcher *matcher, hg_type_id local, hg_type_id target,
                              bool is_pointee, unsigned level)
{
    if (level == 0)
        return hg_core_match_error(matcher, too_deep);
    for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
        struct pair pair = resolve(matcher, local, target);
        if (!hg_core_spend(matcher, 1))
            return MATCH_ERROR;
        if (!names_match(matcher, pair.local->name, pair.target->name))
            return MATCH_NO;
        bool goes_on = pair.local_kind == KIND_PTR || pair.local_kind == KIND_ARRAY ||
                       pair.local_kind == KIND_PROTO;
        if (!goes_on)
            return ends_match(matcher, &pair, is_pointee, level);
        if (pair.local_kind != pair.target_kind)
            return MATCH_NO;
        if (pair.local_kind == KIND_ARRAY &&
            (is_bytes(pair.target) || pair.local->count != pair.target->count))
            return MATCH_NO;
        is_pointee |= pair.local_kind == KIND_PTR;
        if (pair.local_kind == KIND_PROTO) {
            enum match match = parameters_match(matcher, &pair, is_pointee, level);
            if (match != MATCH_YES)
                return match;
        }
        local = pair.local->ref.id;
        target = pair.target->ref.id;
    }
    return hg_core_match_error(matcher, too_deep);
}

enum match hg_core_types_match(struct matcher *matcher, hg_type_id local, hg_type_id target)
{
    return types_match(matcher, local, target, false, DEPTH_MAX);
}
