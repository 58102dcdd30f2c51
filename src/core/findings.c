/*
 * The findings on an object: the result of each relocation, and the reason in words.
 *
 * A relocation that fails is guarded if its instruction is never reached (reach.c): the program
 * loads all the same.
 */
#include "core/check.h"

#include "base/diag.h"

#include <string.h>

struct report {
    struct hg_core_findings public;
    struct hg_arena arena;
    struct hg_core_finding *items; /* of public, to be written */
    struct checker *checker;
};

static struct report *begin(const struct hg_core_object *object)
{
    struct report *report = hg_calloc(1, sizeof *report);
    size_t count = object->records.count;
    hg_arena_init(&report->arena);
    report->items = hg_arena_array(&report->arena, count, sizeof *report->items);
    report->public = (struct hg_core_findings){
        .object = hg_arena_keep(&report->arena, object->name),
        .findings = report->items,
        .count = count,
        .remark = hg_core_remark(object),
    };
    return report;
}

/* An outcome_fn. */
static void take_finding(void *user, const struct record *record, const struct outcome *outcome)
{
    struct report *report = user;
    struct checker *checker = report->checker;
    const struct hg_core_object *object = checker->object;
    const struct function *function = &object->functions.items[record->function];
    struct hg_core_finding *finding = &report->items[record - object->records.items];
    struct hg_text text = {0};
    *finding = (struct hg_core_finding){
        .program = hg_arena_keep(&report->arena, function->name),
        .section = hg_arena_keep(&report->arena, object->codes.items[function->code].name),
        .insn = record->insn,
        .kind = record->kind,
        .where = {.file = hg_arena_keep(&report->arena, record->where.file),
                  .line = record->where.line},
        .result = outcome->result,
        .has_value = (outcome->result == HG_CORE_RESOLVED || outcome->result == HG_CORE_WRONG) &&
                     outcome->value.has_value,
        .value = outcome->value.value,
        .is_absent = outcome->result == HG_CORE_RESOLVED && outcome->is_absent,
    };
    hg_core_describe_access(&text, object, record);
    finding->access = hg_text_keep(&text, &report->arena);
    if (outcome->result == HG_CORE_RESOLVED || checker->target == NULL)
        return;
    hg_core_explain(&text, checker, record, outcome);
    finding->why = hg_text_keep(&text, &report->arena);
}

static bool is_poisoned(const struct hg_core_finding *finding)
{
    return finding->result == HG_CORE_MISSING || finding->result == HG_CORE_MISMATCH;
}

/* By function, since the records of one need not follow each other. */
static int compare_patches(const void *a, const void *b)
{
    const struct patch *x = a;
    const struct patch *y = b;
    if (x->record->function != y->record->function)
        return x->record->function < y->record->function ? -1 : 1;
    return x->insn < y->insn ? -1 : x->insn > y->insn;
}

static void find_guarded(const struct hg_core_object *object, struct hg_core_finding *findings)
{
    size_t count = object->records.count;
    struct patch *patches = hg_calloc(count, sizeof *patches);
    for (size_t i = 0; i < count; i++)
        patches[i] = (struct patch){.record = &object->records.items[i],
                                    .insn = object->records.items[i].insn,
                                    .is_poisoned = is_poisoned(&findings[i]),
                                    .has_value = findings[i].has_value,
                                    .value = findings[i].value};
    if (count > 0)
        qsort(patches, count, sizeof *patches, compare_patches);
    for (size_t first = 0; first < count;) {
        uint32_t function = patches[first].record->function;
        size_t end = first;
        bool asks = false;
        for (; end < count && patches[end].record->function == function; end++)
            asks = asks || patches[end].is_poisoned;
        if (asks)
            hg_core_find_reached(object, &object->functions.items[function], patches + first,
                                 end - first, NULL, NULL);
        first = end;
    }
    for (size_t i = 0; i < count; i++) {
        size_t record = (size_t)(patches[i].record - object->records.items);
        findings[record].guarded = patches[i].is_poisoned && !patches[i].reached;
    }
    free(patches);
}

/* Whether the BTF has enums of 64 bits or signed enums, as since Linux 6.0. */
static bool knows_wide_enums(const struct hg_model *target)
{
    size_t count = hg_model_type_count(target);
    for (hg_type_id id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(target, id);
        if (type->kind == HG_ENUM &&
            (type->is_signed || hg_core_kind_of(target, id) == KIND_ENUM64))
            return true;
    }
    return false;
}

/* On a kernel before 6.0, aya rewrites the enums of the object, and then does not find them. */
static void warn_of_wide_enums(const struct hg_core_object *object, const struct hg_model *target,
                               struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < object->records.count; i++) {
        hg_type_id root = object->records.items[i].root;
        if (root == HG_NO_TYPE || hg_core_resolved_kind(object->types, root) != KIND_ENUM64)
            continue;
        if (hg_model_numbering(target) == NULL || !knows_wide_enums(target))
            hg_warning(diagnostics, NULL,
                       "%s: on kernels before 6.0 aya gives up on it, because of its enums of 64 "
                       "bits; whether this is one is not known",
                       object->name);
        return;
    }
}

enum hg_status hg_core_check(const struct hg_core_object *object, const struct hg_model *target,
                             enum hg_core_loader loader, struct hg_diagnostics *diagnostics,
                             struct hg_core_findings **ret)
{
    enum hg_status status = hg_core_check_order(object, target, diagnostics);
    if (status != HG_OK)
        return status;
    if (loader == HG_CORE_AYA)
        warn_of_wide_enums(object, target, diagnostics);
    struct checker checker;
    hg_core_checker_init(&checker, object, target, loader);
    struct report *report = begin(object);
    report->checker = &checker;
    hg_core_relocate_all(&checker, take_finding, report);
    find_guarded(object, report->items);
    hg_core_checker_deinit(&checker);
    for (size_t i = 0; i < report->public.count; i++)
        report->public.failures +=
            report->items[i].result != HG_CORE_RESOLVED && !report->items[i].guarded;
    if (loader == HG_CORE_AYA && object->skipped > 0) {
        report->public.gives_up = "a relocation is in no function, and aya does not skip it";
        report->public.failures++;
    }
    *ret = &report->public;
    return HG_OK;
}

void hg_core_doubt(struct hg_core_findings *findings, struct hg_diagnostics *diagnostics)
{
    enum { LISTED_MAX = 8 };
    struct hg_core_finding *items = (struct hg_core_finding *)findings->findings;
    size_t warned = 0;
    for (size_t i = 0; i < findings->count; i++) {
        if (!items[i].is_absent || items[i].is_unsure)
            continue;
        items[i].is_unsure = true;
        items[i].why =
            "the headers do not define it; whether the kernel's sources do is not "
            "known, and the kernel's own BTF may answer otherwise";
        if (warned++ < LISTED_MAX)
            hg_warning(diagnostics, NULL,
                       "%s: %s of %s (%s, instruction %u) is 0, which may be wrong: the headers do "
                       "not define the type, but the kernel's sources may",
                       findings->object, hg_core_kind_name(items[i].kind), items[i].access,
                       items[i].program, items[i].insn);
    }
    if (warned > LISTED_MAX)
        hg_note(diagnostics, NULL, "there are %zu more: hdrgen check lists all of them",
                warned - LISTED_MAX);
}

enum hg_status hg_core_list(const struct hg_core_object *object, struct hg_diagnostics *diagnostics,
                            struct hg_core_findings **ret)
{
    (void)diagnostics;
    struct checker nowhere = {.object = object};
    struct report *report = begin(object);
    report->checker = &nowhere;
    for (size_t i = 0; i < object->records.count; i++)
        take_finding(report, &object->records.items[i],
                     &(struct outcome){.result = HG_CORE_MISSING});
    *ret = &report->public;
    return HG_OK;
}

void hg_core_findings_destroy(struct hg_core_findings *findings)
{
    if (findings == NULL)
        return;
    /* begin() allocated it as the first member of a struct report. */
    struct report *whole = (struct report *)findings;
    hg_arena_deinit(&whole->arena);
    free(whole);
}
