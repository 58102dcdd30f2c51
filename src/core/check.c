/*
 * Resolves the relocations of an object, one after the other, as libbpf and aya do.
 *
 *     candidates   types of the target with the same kind and the same name, without flavours (x___y)
 *     match        the candidates that have the access
 *     value        the number that each of those puts into the instruction; all must agree
 *     patch        whether the instruction can hold the number
 *
 * The method: the names that the object asks for are sorted, and one pass over the target's types
 * finds the candidates of all names.
 *
 * If a candidate does not match a relocation, libbpf forgets it for all later ones of the same
 * type.  So the order counts, and each type of the object has a list of candidates.
 */
#include "core/check.h"

#include "base/diag.h"
#include "model/walk.h"

#include <string.h>

/* Work for one object: far more than real ones need. */
#define STEPS_MAX ((uint64_t)1 << 25)

/* An essential name and the target's types that have it. */
struct name_group {
    const char *name;
    size_t length;
    HG_ARRAY(hg_type_id) ids;
};

enum hg_status hg_core_check_order(const struct hg_core_object *object,
                                   const struct hg_model *target,
                                   struct hg_diagnostics *diagnostics)
{
    if (hg_model_target(target)->big_endian == object->big_endian)
        return HG_OK;
    hg_core_fault(object, diagnostics,
                  "the object is %s-endian and the types are of a %s-endian target; clang makes "
                  "objects of the other order with -target %s",
                  object->big_endian ? "big" : "little", object->big_endian ? "little" : "big",
                  object->big_endian ? "bpfel" : "bpfeb");
    return HG_ERROR_INPUT;
}

/* --- candidates --- */

static int compare_groups(const void *a, const void *b)
{
    const struct name_group *x = a;
    const struct name_group *y = b;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return memcmp(x->name, y->name, x->length);
}

/* The group of a type's name, without ids.  A type without a name has the name "", which only aya
 * looks for. */
static struct name_group group_of(const struct checker *checker, const struct hg_model *model,
                                  hg_type_id id)
{
    const char *name = hg_model_type(model, id)->name;
    name = name == NULL ? "" : name;
    return (struct name_group){.name = name,
                               .length = hg_core_essential_length(name, checker->matcher.loader)};
}

static struct name_group *find_group(const struct checker *checker, const struct hg_model *model,
                                     hg_type_id id)
{
    struct name_group wanted = group_of(checker, model, id);
    return checker->group_count == 0 ? NULL
                                     : bsearch(&wanted, checker->groups, checker->group_count,
                                               sizeof *checker->groups, compare_groups);
}

static void collect_names(struct checker *checker)
{
    const struct hg_core_object *object = checker->object;
    size_t count = object->records.count;
    checker->groups = hg_calloc(count, sizeof *checker->groups);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        hg_type_id root = object->records.items[i].root;
        if (root != HG_NO_TYPE)
            checker->groups[used++] = group_of(checker, object->types, root);
    }
    if (used > 0)
        qsort(checker->groups, used, sizeof *checker->groups, compare_groups);
    for (size_t i = 0; i < used; i++) {
        size_t last = checker->group_count;
        if (last == 0 || compare_groups(&checker->groups[last - 1], &checker->groups[i]) != 0)
            checker->groups[checker->group_count++] = checker->groups[i];
    }
}

static void collect_candidates(struct checker *checker)
{
    size_t count = hg_model_type_count(checker->target);
    for (hg_type_id id = 1; id < count; id++) {
        struct name_group *group = find_group(checker, checker->target, id);
        if (group != NULL)
            *HG_PUSH(&group->ids) = id;
    }
}

void hg_core_checker_init(struct checker *checker, const struct hg_core_object *object,
                          const struct hg_model *target, enum hg_core_loader loader)
{
    *checker = (struct checker){
        .object = object,
        .target = target,
        .matcher = {.local = object->types,
                    .target = target,
                    .loader = loader,
                    .big_endian = hg_model_target(target)->big_endian,
                    .steps_left = STEPS_MAX},
    };
    hg_arena_init(&checker->arena);
    checker->root_by_type =
        hg_calloc(hg_model_numbering(object->types)->count, sizeof *checker->root_by_type);
    collect_names(checker);
    collect_candidates(checker);
}

void hg_core_checker_deinit(struct checker *checker)
{
    for (size_t i = 0; i < checker->group_count; i++)
        free(checker->groups[i].ids.items);
    free(checker->groups);
    free(checker->root_by_type);
    hg_arena_deinit(&checker->arena);
}

static bool is_candidate(const struct checker *checker, hg_type_id local, hg_type_id target)
{
    enum type_kind local_kind = hg_core_kind_of(checker->object->types, local);
    enum type_kind target_kind = hg_core_kind_of(checker->target, target);
    return checker->matcher.loader == HG_CORE_AYA ? local_kind == target_kind
                                                  : hg_core_same_kind(local_kind, target_kind);
}

/* NULL: too much work. */
static struct root *root_of(struct checker *checker, const struct record *record)
{
    struct root **root = &checker->root_by_type[record->type];
    if (*root != NULL)
        return *root;
    const struct name_group *group = find_group(checker, checker->object->types, record->root);
    if (!hg_core_spend(&checker->matcher, 1 + group->ids.count))
        return NULL;
    *root = hg_arena_alloc(&checker->arena, sizeof **root);
    (*root)->candidates =
        hg_arena_array(&checker->arena, group->ids.count, sizeof *(*root)->candidates);
    for (size_t i = 0; i < group->ids.count; i++)
        if (is_candidate(checker, record->root, group->ids.items[i]))
            (*root)->candidates[(*root)->count++] = group->ids.items[i];
    return *root;
}

/* --- one relocation --- */

/* Takes the access on a candidate that matched.  False = the outcome is final. */
static bool take_candidate(struct checker *checker, const struct record *record,
                           const struct access *access, struct outcome *outcome)
{
    const struct matcher *matcher = &checker->matcher;
    struct value value;
    const char *why = hg_core_value(checker->target, matcher->big_endian, matcher->loader,
                                    record->kind, access, &value);
    if (why != NULL && matcher->loader != HG_CORE_AYA) { /* aya poisons the instruction */
        refuse(outcome, why);
        return false;
    }
    if (checker->on_match != NULL)
        checker->on_match(checker->user, record, access);
    if (!outcome->is_found) {
        outcome->is_found = true;
        outcome->result = why == NULL ? HG_CORE_RESOLVED : HG_CORE_MISMATCH;
        outcome->why = why;
        outcome->found = *access;
        outcome->value = value;
        return true;
    }
    bool is_same_type_id = !value.has_value && access->root == outcome->found.root;
    bool has_values = why == NULL && outcome->why == NULL;
    bool agrees =
        access->bit_offset == outcome->found.bit_offset &&
        (!has_values || (value.has_value ? value.value == outcome->value.value : is_same_type_id));
    if (agrees)
        return true;
    outcome->result = HG_CORE_AMBIGUOUS;
    outcome->other = access->root;
    outcome->other_value = value;
    outcome->other_bit = access->bit_offset;
    return false;
}

static void ask_candidates(struct checker *checker, const struct record *record,
                           const struct access *local, struct outcome *outcome)
{
    struct root *root = root_of(checker, record);
    if (root == NULL) {
        refuse(outcome, checker->matcher.error);
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < root->count; i++) {
        struct access access;
        enum match match =
            hg_core_match(&checker->matcher, record->kind, local, root->candidates[i], &access);
        if (match == MATCH_ERROR) {
            refuse(outcome, checker->matcher.error);
            return;
        }
        if (match == MATCH_NO)
            continue;
        if (!take_candidate(checker, record, &access, outcome))
            return;
        if (checker->matcher.loader == HG_CORE_LIBBPF)
            root->candidates[kept++] = root->candidates[i];
    }
    if (kept > 0)
        root->count = kept;
}

bool hg_core_some_defined(const struct hg_model *model, const hg_type_id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct hg_type *type = hg_model_type(model, ids[i]);
        bool is_tagged = hg_is_record(type) || type->kind == HG_ENUM;
        if (!is_tagged || type->complete)
            return true;
    }
    return false;
}

/* No candidate matched: for a question, or a size or id in libbpf, that resolves to 0. */
static void settle_missing(const struct checker *checker, const struct record *record,
                           struct outcome *outcome)
{
    bool is_type = record->kind == HG_CORE_TYPE_SIZE || record->kind == HG_CORE_TYPE_ID_TARGET;
    if (is_type && checker->matcher.loader == HG_CORE_AYA) {
        refuse(outcome,
               "there is no such type, and aya gives up on a relocation for its size or id, even a "
               "guarded one");
        return;
    }
    const struct root *root = checker->root_by_type[record->type];
    outcome->is_absent =
        root != NULL && !hg_core_some_defined(checker->target, root->candidates, root->count);
    outcome->result =
        is_type || hg_core_is_question(record->kind) ? HG_CORE_RESOLVED : HG_CORE_MISSING;
    outcome->value = (struct value){.has_value = true, .is_checked = true};
}

static const char *refusal(const struct checker *checker, const struct record *record)
{
    bool is_libbpf = checker->matcher.loader == HG_CORE_LIBBPF;
    if (!is_libbpf && record->kind == HG_CORE_TYPE_MATCHES)
        return "aya does not know this kind, and reads none of the object's relocations";
    if (record->kind == HG_CORE_TYPE_ID_LOCAL)
        return NULL;
    if (record->root == HG_NO_TYPE)
        return "it is about a qualified type, or none, and loaders look types up by name";
    if (is_libbpf && hg_model_type(checker->object->types, record->root)->name == NULL)
        return "it is about a type without a name, and libbpf looks types up by name";
    return NULL;
}

/* Whether aya takes an element of the program's own flexible array for out of bounds.  To see
 * whether the array is the last member, aya compares the index of the element, not that of the
 * array. */
static bool aya_loses_bounds(const struct checker *checker, const struct access *local)
{
    const struct hg_model *model = checker->object->types;
    for (unsigned i = 1; i < local->step_count; i++) {
        const struct accessor *before = &local->steps[i - 1];
        if (local->steps[i].name != NULL || before->name == NULL)
            continue;
        const struct hg_type *record = hg_model_type(model, before->type);
        hg_type_id array = hg_type_resolve(model, record->members[before->index].type.id, NULL);
        if (hg_model_type(model, array)->count == 0 &&
            (record->kind != HG_STRUCT || local->steps[i].index + 1 != record->member_count))
            return true;
    }
    return false;
}

void hg_core_relocate(struct checker *checker, const struct record *record, struct outcome *ret)
{
    struct access local;
    struct value local_value;
    *ret = (struct outcome){.result = HG_CORE_MISSING};
    checker->matcher.mismatch = (struct mismatch){0};
    const char *why = refusal(checker, record);
    if (why == NULL)
        why = hg_core_parse_access(checker->object, record, &local);
    if (why == NULL && checker->matcher.loader == HG_CORE_AYA && aya_loses_bounds(checker, &local))
        why = "aya takes an element of the program's own flexible array for out of bounds";
    if (why == NULL && record->kind == HG_CORE_TYPE_ID_LOCAL) {
        ret->result = HG_CORE_RESOLVED;
        ret->value = (struct value){.value = record->type, .has_value = true};
        hg_core_check_patch(checker, record, &ret->value, ret);
        return;
    }
    if (why == NULL)
        why = hg_core_value(checker->object->types, checker->matcher.big_endian,
                            checker->matcher.loader, record->kind, &local, &local_value);
    if (why != NULL) {
        refuse(ret, why);
        return;
    }
    ask_candidates(checker, record, &local, ret);
    if (ret->result == HG_CORE_MISSING)
        settle_missing(checker, record, ret);
    if (ret->result == HG_CORE_RESOLVED)
        hg_core_check_patch(checker, record, &local_value, ret);
    if (ret->result == HG_CORE_RESOLVED && ret->value.value != ret->value.right)
        ret->result = HG_CORE_WRONG;
    if (ret->result == HG_CORE_WRONG)
        ret->why = "aya counts only the innermost dimension of arrays of arrays";
}

const hg_type_id *hg_core_named(const struct checker *checker, hg_type_id local, size_t *ret)
{
    const struct name_group *group = find_group(checker, checker->object->types, local);
    *ret = group->ids.count;
    return group->ids.items;
}

/* Resolves the group of relocations whose first record is at index `first`. */
static void relocate_group(struct checker *checker, size_t first, bool *done,
                           struct outcome *outcomes)
{
    const struct record *records = checker->object->records.items;
    size_t count = checker->object->records.count;
    const struct record **group = hg_calloc(count, sizeof *group);
    struct outcome **group_outcomes = hg_calloc(count, sizeof *group_outcomes);
    size_t used = 0;
    for (size_t i = first; i < count; i++) {
        if (done[i] || records[i].function != records[first].function ||
            records[i].type != records[first].type || records[i].kind == HG_CORE_TYPE_ID_LOCAL)
            continue;
        done[i] = true;
        group[used] = &records[i];
        group_outcomes[used++] = &outcomes[i];
    }
    hg_core_cilium_relocate(checker, group, used, group_outcomes);
    free((void *)group);
    free(group_outcomes);
}

static void relocate_in_groups(struct checker *checker, outcome_fn *take, void *user)
{
    const struct record *records = checker->object->records.items;
    size_t count = checker->object->records.count;
    bool *done = hg_calloc(count, sizeof *done);
    struct outcome *outcomes = hg_calloc(count, sizeof *outcomes);
    for (size_t i = 0; i < count; i++) {
        if (records[i].kind == HG_CORE_TYPE_ID_LOCAL)
            hg_core_relocate(checker, &records[i], &outcomes[i]);
        else if (!done[i] && !hg_core_spend(&checker->matcher, count - i))
            refuse(&outcomes[i], checker->matcher.error);
        else if (!done[i])
            relocate_group(checker, i, done, outcomes);
        take(user, &records[i], &outcomes[i]);
    }
    free(done);
    free(outcomes);
}

void hg_core_relocate_all(struct checker *checker, outcome_fn *take, void *user)
{
    if (checker->matcher.loader == HG_CORE_CILIUM) {
        relocate_in_groups(checker, take, user);
        return;
    }
    for (size_t i = 0; i < checker->object->records.count; i++) {
        struct outcome outcome;
        hg_core_relocate(checker, &checker->object->records.items[i], &outcome);
        take(user, &checker->object->records.items[i], &outcome);
    }
}
