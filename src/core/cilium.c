/*
 * Relocations as cilium/ebpf resolves them (btf/core.go, 0.22).
 *
 * libbpf and aya find the types of the target that match for each relocation.  cilium/ebpf takes
 * all relocations of a function that name one type of the program together, and picks the type of
 * the target that leaves the fewest of them without a match:
 *
 *     struct s { int x, y; }       program    s.x, s.y
 *     struct s { int x; }          target     one is left
 *     struct s___2 { int y, x; }              none is left: this one is taken
 *
 * If several types leave equally few, their values must be equal.  Any type of the name is a
 * candidate, whatever its kind: a typedef of a struct matches a struct.
 *
 * Other rules that differ: a load never changes its size, so a member of another size is misread; a
 * bit-field is read by one load of its declared type, even if it reaches beyond that; each pointer
 * has eight bytes; for differences between program and target that it does not expect, cilium/ebpf
 * gives up instead of poisoning the instruction.
 */
#include "core/cilium.h"
#include "core/check.h"

#include <linux/bpf.h>
#include <string.h>

void hg_cilium_poison(enum hg_core_kind kind, struct fixup *fixup)
{
    fixup->is_poison = !hg_core_is_question(kind);
    fixup->local = hg_core_is_question(kind);
    fixup->target = fixup->right = 0;
}

/* --- types --- */

static void type_fixup(struct matcher *matcher, const struct record *record, hg_type_id candidate,
                       struct fixup *fixup)
{
    enum hg_core_kind kind = record->kind;
    enum match match = kind == HG_CORE_TYPE_MATCHES
                           ? hg_cilium_types_match(matcher, record->root, candidate)
                           : hg_cilium_types_compatible(matcher, record->root, candidate);
    fixup->found = (struct access){.root = candidate};
    if (match == MATCH_ERROR) {
        fixup->error = matcher->error;
    } else if (match == MATCH_NO) {
        hg_cilium_poison(kind, fixup);
    } else if (hg_core_is_question(kind)) {
        fixup->local = fixup->target = fixup->right = 1;
    } else if (kind == HG_CORE_TYPE_ID_TARGET) {
        const struct hg_numbering *numbering = hg_model_numbering(matcher->target);
        fixup->local = record->type;
        /* If the model has no BTF ids, its own ids distinguish the candidates. */
        fixup->target = fixup->right =
            numbering == NULL ? candidate : numbering->numbers[candidate];
    } else if (!hg_cilium_size_of(matcher->local, record->root, &fixup->local) ||
               !hg_cilium_size_of(matcher->target, candidate, &fixup->target) ||
               !hg_core_size_of(matcher->target, candidate, &fixup->right)) {
        fixup->error = "it has no size";
    }
}

/* --- enumerators --- */

static void enumerator_fixup(struct matcher *matcher, const struct record *record,
                             const struct access *local, hg_type_id candidate, struct fixup *fixup)
{
    const struct accessor *wanted = &local->steps[0];
    hg_type_id id = hg_type_resolve(matcher->target, candidate, NULL);
    const struct hg_type *type = hg_model_type(matcher->target, id);
    hg_cilium_poison(record->kind, fixup);
    if (!kind_is_enum(hg_core_kind_of(matcher->target, id)))
        return;
    if (!hg_core_spend(matcher, type->enumerator_count)) {
        fixup->error = matcher->error;
        return;
    }
    uint32_t i = 0;
    while (i < type->enumerator_count &&
           !hg_core_same_essential(wanted->name, type->enumerators[i].name, HG_CORE_CILIUM))
        i++;
    if (i == type->enumerator_count)
        return;
    fixup->is_poison = false;
    fixup->found = (struct access){.root = candidate, .raw = {i}, .raw_count = 1};
    access_add_step(&fixup->found, id, i, type->enumerators[i].name);
    fixup->local = fixup->target = fixup->right = 1;
    if (record->kind == HG_CORE_ENUMVAL_EXISTS)
        return;
    fixup->local =
        hg_core_enumerator_value(matcher->local, HG_CORE_CILIUM, wanted->type, wanted->index);
    fixup->target = fixup->right = hg_core_enumerator_value(matcher->target, HG_CORE_CILIUM, id, i);
}

static void make_fixup(struct checker *checker, const struct record *record,
                       const struct access *local, hg_type_id candidate, struct fixup *fixup)
{
    *fixup = (struct fixup){.error = NULL};
    switch (hg_core_subject(record->kind)) {
    case HG_CORE_OF_TYPE:
        type_fixup(&checker->matcher, record, candidate, fixup);
        break;
    case HG_CORE_OF_ENUMERATOR:
        enumerator_fixup(&checker->matcher, record, local, candidate, fixup);
        break;
    case HG_CORE_OF_FIELD:
        hg_cilium_field_fixup(&checker->matcher, record, local, candidate, fixup);
        break;
    }
}

/* --- the instruction --- */

static const char unexpected[] =
    "the instruction does not hold what the program's own types say, as cilium/ebpf counts";

static const char *check_access(const struct insn *insn, const struct fixup *fixup)
{
    if (!fixup->skips_check && (int16_t)fixup->local != insn->off)
        return unexpected;
    return fixup->target > INT16_MAX ? "its offset is too large for a load or store instruction"
                                     : NULL;
}

static const char *check_wide(const struct checker *checker, const struct record *record,
                              const struct insn *insn, const struct fixup *fixup)
{
    const struct function *function = &checker->object->functions.items[record->function];
    if (!insn_is_wide(insn) || insn->src != 0 || record->insn + 1 >= function_insns(function))
        return "the instruction loads no plain number";
    struct insn next = hg_core_insn(checker->object, function, record->insn + 1);
    uint64_t held = (uint32_t)insn->imm | (uint64_t)(uint32_t)next.imm << 32;
    return !fixup->skips_check && held != fixup->local ? unexpected : NULL;
}

static const char *check_number(const struct insn *insn, const struct fixup *fixup)
{
    if ((insn->code & BPF_X) != 0)
        return "the instruction has no number to change";
    if (!fixup->skips_check && fixup->local != (uint64_t)(int64_t)insn->imm)
        return unexpected;
    return fixup->target > INT32_MAX ? "its value is too large for the instruction" : NULL;
}

static const char *check_insn(const struct checker *checker, const struct record *record,
                              struct fixup *fixup)
{
    const struct function *function = &checker->object->functions.items[record->function];
    struct insn insn = hg_core_insn(checker->object, function, record->insn);
    switch (insn_class(&insn)) {
    case CLASS_LDX:
    case CLASS_ST:
    case CLASS_STX:
        if (record->kind == HG_CORE_BYTE_OFFSET && fixup->wrong == NULL &&
            fixup->local_size != fixup->target_size)
            fixup->wrong = "it has another size there, and cilium/ebpf leaves the load as it is";
        return check_access(&insn, fixup);
    case CLASS_LD:
        return check_wide(checker, record, &insn, fixup);
    case CLASS_ALU:
    case CLASS_ALU64:
        if (BPF_OP(insn.code) == BPF_END)
            return "the instruction swaps bytes";
        return check_number(&insn, fixup);
    default:
        return "loaders do not know how to relocate an instruction of that sort";
    }
}

/* --- a group: the relocations of one function that name one type --- */

static void refuse_all(struct outcome *const *outcomes, size_t count, const char *why)
{
    for (size_t i = 0; i < count; i++)
        *outcomes[i] = (struct outcome){.result = HG_CORE_REFUSED, .why = why};
}

/* Whether the candidate does not match the relocation. */
static bool is_left(const struct record *record, const struct fixup *fixup)
{
    return fixup->is_poison || (hg_core_is_question(record->kind) && fixup->target == 0);
}

struct group {
    const struct record *const *records;
    struct outcome *const *outcomes;
    const struct access *locals;
    size_t count;
    struct fixup *best; /* of the best candidate, if has_best; from malloc */
    struct fixup *next; /* of the candidate that is tried */
    bool has_best;      /* some candidate matches a relocation */
    size_t best_score;  /* number of relocations that the best candidate leaves */
};

/* False = the loader gives up; the outcomes say so. */
static bool ask_candidate(struct checker *checker, struct group *group, hg_type_id candidate)
{
    size_t score = 0;
    struct fixup *fixups = group->next;
    if (!hg_core_spend(&checker->matcher, group->count)) {
        refuse_all(group->outcomes, group->count, checker->matcher.error);
        return false;
    }
    for (size_t i = 0; i < group->count; i++) {
        make_fixup(checker, group->records[i], &group->locals[i], candidate, &fixups[i]);
        if (fixups[i].error != NULL) {
            refuse_all(group->outcomes, group->count, fixups[i].error);
            return false;
        }
        score += is_left(group->records[i], &fixups[i]);
        if (checker->on_match != NULL && !is_left(group->records[i], &fixups[i]))
            checker->on_match(checker->user, group->records[i], &fixups[i].found);
    }
    if (score > group->best_score)
        return true;
    if (score < group->best_score) {
        group->best_score = score;
        group->has_best = true;
        group->next = group->best;
        group->best = fixups;
        return true;
    }
    for (size_t i = 0; group->has_best && i < group->count; i++) {
        const struct fixup *best = &group->best[i];
        if (best->local == fixups[i].local && best->target == fixups[i].target)
            continue;
        struct outcome *outcome = group->outcomes[i];
        refuse_all(group->outcomes, group->count,
                   "more than one type matches another relocation of that type, and they differ");
        outcome->result = HG_CORE_AMBIGUOUS;
        outcome->found = best->found;
        outcome->value = (struct value){.has_value = true, .value = best->target};
        outcome->other = candidate;
        outcome->other_value = (struct value){.has_value = true, .value = fixups[i].target};
        outcome->other_bit = fixups[i].found.bit_offset;
        return false;
    }
    return true;
}

static void settle(struct checker *checker, const struct record *record, struct fixup *fixup,
                   struct outcome *outcome)
{
    bool has_numbers = hg_model_numbering(checker->target) != NULL;
    *outcome = (struct outcome){.result = HG_CORE_MISSING};
    if (fixup->is_poison)
        return;
    const char *why = check_insn(checker, record, fixup);
    if (why != NULL) {
        refuse(outcome, why);
        return;
    }
    outcome->is_found = !is_left(record, fixup);
    outcome->found = fixup->found;
    outcome->value = (struct value){
        .has_value = record->kind != HG_CORE_TYPE_ID_TARGET || has_numbers,
        .value = fixup->target,
        .right = fixup->right,
    };
    bool is_wrong = fixup->wrong != NULL || fixup->right != fixup->target;
    outcome->result = is_wrong ? HG_CORE_WRONG : HG_CORE_RESOLVED;
    outcome->why = fixup->wrong != NULL ? fixup->wrong
                   : is_wrong           ? "cilium/ebpf takes all pointers for eight bytes"
                                        : NULL;
}

void hg_core_cilium_relocate(struct checker *checker, const struct record *const *records,
                             size_t count, struct outcome *const *outcomes)
{
    hg_type_id root = records[0]->root;
    if (root == HG_NO_TYPE || hg_model_type(checker->object->types, root)->name == NULL) {
        refuse_all(outcomes, count, "it is about a type without a name");
        return;
    }
    struct access *locals = hg_calloc(count, sizeof *locals);
    struct group group = {.records = records,
                          .outcomes = outcomes,
                          .locals = locals,
                          .count = count,
                          .best = hg_calloc(count, sizeof *group.best),
                          .next = hg_calloc(count, sizeof *group.next),
                          .best_score = count};
    const char *why = NULL;
    for (size_t i = 0; why == NULL && i < count; i++)
        why = hg_core_parse_access(checker->object, records[i], &locals[i]);
    if (why != NULL)
        refuse_all(outcomes, count, why);
    size_t candidate_count = 0;
    const hg_type_id *candidates = hg_core_named(checker, root, &candidate_count);
    bool goes_on = why == NULL;
    for (size_t i = 0; goes_on && i < candidate_count; i++)
        goes_on = ask_candidate(checker, &group, candidates[i]);
    for (size_t i = 0; goes_on && i < count; i++) {
        struct fixup nothing = {.error = NULL};
        hg_cilium_poison(records[i]->kind, &nothing);
        settle(checker, records[i], group.has_best ? &group.best[i] : &nothing, outcomes[i]);
        outcomes[i]->is_absent =
            !group.has_best && !hg_core_some_defined(checker->target, candidates, candidate_count);
        if (outcomes[i]->result == HG_CORE_MISSING && candidate_count > 0)
            outcomes[i]->why =
                "of the types of that name, the one that matches most relocations lacks this";
    }
    free(locals);
    free(group.best);
    free(group.next);
}
