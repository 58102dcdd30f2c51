/*
 * Comparing two models: finds the pairs of types (pair.c), then the changes of each pair
 * (record.c).
 *
 *     left: struct s { int a; }   right: struct s { int b; }, struct t
 *         ->  struct s: member_missing a, member_extra b;  struct t: type_extra
 *
 * What this does not do: print.  text.c, json.c, html.c and stat.c write the reports.
 */
#include "diff/parts.h"

#include "base/diag.h"
#include "base/options.h"

#include <string.h>

typedef HG_ARRAY(struct hg_type_diff) type_diff_list;

/* The first enumerators of two enums without a tag may differ.  The pair has the one that sorts
 * first, so that exchanging left and right changes no name. */
static const char *pair_subject(const struct hg_comparing *comparing, const struct hg_pair *pair)
{
    const char *left = NULL;
    const char *right = NULL;
    if (pair->left != HG_VOID_ID)
        left = hg_diff_subject(comparing->left, pair->left, comparing->arena);
    if (pair->right != HG_VOID_ID)
        right = hg_diff_subject(comparing->right, pair->right, comparing->arena);
    if (left == NULL || right == NULL)
        return left != NULL ? left : right;
    return strcmp(left, right) <= 0 ? left : right;
}

static enum hg_type_verdict judge(const struct hg_comparing *comparing, const struct hg_pair *pair,
                                  const char *subject, hg_change_list *changes,
                                  enum hg_likeness *likeness)
{
    struct hg_change_value name = {.kind = HG_VALUE_TEXT, .text = subject};
    changes->count = 0;
    *likeness = HG_ALIKE;
    if (pair->right == HG_VOID_ID) {
        *HG_PUSH(changes) = (struct hg_change){.kind = HG_CHANGE_TYPE_MISSING, .left = name};
        return HG_TYPE_LEFT_ONLY;
    }
    if (pair->left == HG_VOID_ID) {
        *HG_PUSH(changes) = (struct hg_change){.kind = HG_CHANGE_TYPE_EXTRA, .right = name};
        return HG_TYPE_RIGHT_ONLY;
    }
    *likeness = hg_diff_types(comparing, pair->left, pair->right, changes);
    if (*likeness == HG_STRANGERS) {
        changes->count = 0;
        *HG_PUSH(changes) = (struct hg_change){.kind = HG_CHANGE_NAMESAKE};
        return HG_TYPE_NAMESAKE;
    }
    return changes->count == 0 ? HG_TYPE_IDENTICAL : HG_TYPE_CHANGED;
}

static bool makes_different(const struct hg_type_diff *type)
{
    return type->verdict != HG_TYPE_IDENTICAL &&
           (type->verdict != HG_TYPE_NAMESAKE || type->is_named);
}

/* Types that changed come first, since there may be thousands that only one side has. */
static const struct hg_type_diff *in_order(struct hg_arena *arena, const struct hg_diff *diff,
                                           const struct hg_type_diff *types, size_t count)
{
    static const enum hg_type_verdict order[] = {HG_TYPE_CHANGED, HG_TYPE_NAMESAKE,
                                                 HG_TYPE_LEFT_ONLY, HG_TYPE_RIGHT_ONLY,
                                                 HG_TYPE_IDENTICAL};
    size_t next[HG_TYPE_RIGHT_ONLY + 1];
    size_t start = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        next[order[i]] = start;
        start += diff->verdicts[order[i]];
    }
    struct hg_type_diff *ordered = hg_arena_array(arena, count, sizeof *ordered);
    for (size_t i = 0; i < count; i++)
        ordered[next[types[i].verdict]++] = types[i];
    return ordered;
}

static bool lacks_members(const struct hg_comparing *comparing, const struct hg_pair *pair)
{
    return hg_model_type(comparing->left, pair->left)->lacks_members ||
           hg_model_type(comparing->right, pair->right)->lacks_members;
}

static enum hg_status compare_pairs(const struct hg_comparing *comparing, const hg_pair_list *pairs,
                                    struct hg_diff *diff, struct hg_diagnostics *diagnostics)
{
    struct hg_type_diff *types = hg_calloc(pairs->count + 1, sizeof *types);
    hg_change_list changes = {0};
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct hg_pair *pair = &pairs->items[i];
        const char *subject = pair_subject(comparing, pair);
        enum hg_likeness likeness;
        enum hg_type_verdict verdict = judge(comparing, pair, subject, &changes, &likeness);
        if (likeness == HG_TOO_LARGE) {
            hg_error(diagnostics, NULL,
                     "%s: its nested types without a name have more than %d members together: name "
                     "the types to compare, without this one",
                     subject, HG_FLAT_LIMIT);
            status = HG_ERROR_UNSUPPORTED;
        }
        if (changes.count == 0 && lacks_members(comparing, pair)) {
            hg_error(
                diagnostics, NULL,
                "%s: members whose names are no C identifiers are left out, so it is not known "
                "whether it is the same",
                subject);
            status = HG_ERROR_UNSUPPORTED;
        }
        types[i] = (struct hg_type_diff){
            .verdict = verdict,
            .subject = subject,
            .left = pair->left,
            .right = pair->right,
            .is_named = pair->is_named,
            .changes = hg_arena_copy(comparing->arena, changes.items, changes.count,
                                     sizeof *changes.items),
            .change_count = changes.count,
        };
        diff->verdicts[verdict]++;
        diff->compared += pair->left != HG_VOID_ID && pair->right != HG_VOID_ID;
        diff->is_different |= makes_different(&types[i]);
    }
    free(changes.items);
    diff->types = in_order(comparing->arena, diff, types, pairs->count);
    diff->count = pairs->count;
    free(types);
    return status;
}

enum hg_status hg_diff_models(const struct hg_model *left, const struct hg_model *right,
                              const struct hg_diff_options *given,
                              struct hg_diagnostics *diagnostics, struct hg_diff **ret)
{
    HG_TAKE(hg_diff_options, options, given, diagnostics);
    struct hg_diff *diff = hg_calloc(1, sizeof *diff);
    diff->memory = hg_calloc(1, sizeof *diff->memory);
    size_t nested = 0;
    struct hg_comparing comparing = {
        .left = left, .right = right, .arena = &diff->memory->arena, .nested = &nested};
    hg_pair_list pairs = {0};
    enum hg_status status = hg_diff_pair(&comparing, &options, diagnostics, &pairs);
    if (status == HG_OK)
        status = compare_pairs(&comparing, &pairs, diff, diagnostics);
    free(pairs.items);
    if (status == HG_OK)
        *ret = diff;
    else
        hg_diff_destroy(diff);
    return status;
}

void hg_diff_destroy(struct hg_diff *diff)
{
    if (diff == NULL)
        return;
    hg_arena_deinit(&diff->memory->arena);
    free(diff->memory);
    free(diff);
}
