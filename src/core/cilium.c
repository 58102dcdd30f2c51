/*
 * Relocations as cilium/ebpf takes them (btf/core.go, 0.22).
 *
 * libbpf and aya ask of each relocation which types of the target answer to it.  cilium/ebpf takes
 * all relocations of a function that are about one type of the program together, and picks the type
 * of the target that leaves the fewest of them without an answer:
 *
 *     struct s { int x, y; }       program    s.x, s.y
 *     struct s { int x; }          target     one is left
 *     struct s___2 { int y, x; }              none is left: this one is taken
 *
 * Two that leave as few must agree.  Any type of the name is a candidate, whatever its kind; a
 * typedef of a struct answers to a struct.
 *
 * Other rules that differ: a load is never made larger or smaller, so that a member of another size
 * is read wrongly; bit-fields are read by one load of their own type, even those that reach beyond
 * it; pointers have eight bytes everywhere; where the program and the target differ in ways that it
 * does not expect, it gives up rather than poisons.
 */
#include "core/cilium.h"
#include "core/check.h"

#include <linux/bpf.h>
#include <string.h>

enum { FIND_MAX = 32 };

/* What one relocation comes to on one type of the target. */
struct fixup {
    const char *error; /* it gives up */
    bool is_poison;
    bool skips_check; /* the instruction may hold anything */
    uint64_t local;
    uint64_t target;
    uint64_t right;      /* what target should be */
    const char *wrong;   /* why the program goes wrong with it, though the number is right */
    uint64_t local_size; /* of a load */
    uint64_t target_size;
    struct access found;
};

static bool size_of(const struct hg_model *model, hg_type_id id, uint64_t *ret)
{
    return hg_core_loader_size(model, HG_CORE_CILIUM, id, ret);
}

static void poison(enum hg_core_kind kind, struct fixup *fixup)
{
    fixup->is_poison = !hg_core_is_question(kind);
    fixup->local = hg_core_is_question(kind);
    fixup->target = fixup->right = 0;
}

/* --- types --- */

static void match_fixup(struct matcher *matcher, const struct record *record, hg_type_id candidate,
                        struct fixup *fixup)
{
    fixup->found = (struct access){.root = candidate};
    fixup->local = fixup->target = fixup->right = 1;
    enum match match = hg_cilium_types_match(matcher, record->root, candidate);
    if (match == MATCH_ERROR)
        fixup->error = matcher->error;
    else if (match == MATCH_NO)
        poison(record->kind, fixup);
}

static void type_fixup(struct matcher *matcher, const struct record *record, hg_type_id candidate,
                       struct fixup *fixup)
{
    enum match match = hg_cilium_types_compatible(matcher, record->root, candidate);
    fixup->found = (struct access){.root = candidate};
    if (match == MATCH_ERROR) {
        fixup->error = matcher->error;
    } else if (match == MATCH_NO) {
        poison(record->kind, fixup);
    } else if (record->kind == HG_CORE_TYPE_EXISTS) {
        fixup->local = fixup->target = fixup->right = 1;
    } else if (record->kind == HG_CORE_TYPE_ID_TARGET) {
        const struct hg_numbering *numbering = hg_model_numbering(matcher->target);
        fixup->local = record->type;
        /* Without numbers, those of the model tell the candidates apart. */
        fixup->target = fixup->right =
            numbering == NULL ? candidate : numbering->numbers[candidate];
    } else {
        if (!size_of(matcher->local, record->root, &fixup->local) ||
            !size_of(matcher->target, candidate, &fixup->target) ||
            !hg_core_size_of(matcher->target, candidate, &fixup->right))
            fixup->error = "it has no size";
    }
}

/* --- enumerators --- */

static uint64_t enumerator_value(const struct hg_model *model, hg_type_id id, uint32_t index)
{
    const struct hg_type *type = hg_model_type(model, id);
    uint64_t value = type->enumerators[index].value;
    if (hg_core_kind_of(model, id) == KIND_ENUM64)
        return value;
    return type->is_signed ? (uint64_t)(int64_t)(int32_t)(uint32_t)value : (uint32_t)value;
}

static void enumerator_fixup(struct matcher *matcher, const struct record *record,
                             const struct access *local, hg_type_id candidate, struct fixup *fixup)
{
    const struct accessor *wanted = &local->steps[0];
    hg_type_id id = hg_type_resolve(matcher->target, candidate, NULL);
    const struct hg_type *type = hg_model_type(matcher->target, id);
    poison(record->kind, fixup);
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
    fixup->found = (struct access){.root = candidate, .raw = {i}, .raw_count = 1, .step_count = 1};
    fixup->found.steps[0] =
        (struct accessor){.type = id, .index = i, .name = type->enumerators[i].name};
    fixup->local = fixup->target = fixup->right = 1;
    if (record->kind == HG_CORE_ENUMVAL_EXISTS)
        return;
    fixup->local = enumerator_value(matcher->local, wanted->type, wanted->index);
    fixup->target = fixup->right = enumerator_value(matcher->target, id, i);
}

/* --- fields --- */

/* A place in a type, as it is followed. */
struct spot {
    hg_type_id type;
    uint64_t offset;     /* bytes */
    uint64_t right;      /* the same with the pointers' own size */
    uint64_t bit_offset; /* of a bit-field, from there on */
    uint64_t bits;       /* its width; 0 = it is none */
    bool may_be_flexible;
};

static bool skip_elements(const struct hg_model *model, struct spot *spot, uint64_t count)
{
    uint64_t size = 0;
    uint64_t right = 0;
    if (count == 0)
        return true;
    if (!size_of(model, spot->type, &size) || !hg_core_size_of(model, spot->type, &right))
        return false;
    if (size > UINT32_MAX / count || right > UINT32_MAX / count)
        return false;
    spot->offset += count * size;
    spot->right += count * right;
    return spot->offset <= UINT32_MAX && spot->right <= UINT32_MAX;
}

/* Of types of which bit-fields may be; 0 = it is none. */
static uint64_t alignment_of(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = cilium_resolved(model, id);
    while (type->kind == HG_ARRAY)
        type = cilium_resolved(model, type->ref.id);
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

/* A record that is searched: the target's, or one without a name within. */
struct searched {
    hg_type_id type;
    uint64_t bit_offset;
    size_t parent; /* in the list; of the first itself */
    uint32_t member;
};

struct found_member {
    const struct hg_member *member;
    uint64_t bit_offset;
    hg_type_id record;
    uint32_t index;
    bool is_last;
};

/* The numbers of the members on the way. */
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

/* Breadth first.  MATCH_ERROR: see matcher->error. */
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

/* Both sides as they are followed. */
struct walk {
    struct spot local;
    struct spot target;
    struct access *access;
};

static enum match step_into_member(struct matcher *matcher, struct walk *walk, uint32_t index,
                                   bool is_end)
{
    const struct hg_type *record = cilium_resolved(matcher->local, walk->local.type);
    const struct hg_member *member = &record->members[index];
    if (member->name == NULL) {
        /* The compiler's affair; the target may have the members elsewhere. */
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
    walk->access->steps[walk->access->step_count++] =
        (struct accessor){.type = found.record, .index = found.index, .name = found.member->name};
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
    const struct hg_type *local = cilium_resolved(matcher->local, walk->local.type);
    if (cilium_kind(matcher->target, walk->target.type) != KIND_ARRAY)
        return MATCH_NO;
    const struct hg_type *target = cilium_resolved(matcher->target, walk->target.type);
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
    walk->access->steps[walk->access->step_count++] = (struct accessor){
        .type = hg_type_resolve(matcher->target, walk->target.type, NULL), .index = index};
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
    walk->access->steps[walk->access->step_count++] = (struct accessor){
        .type = hg_type_resolve(matcher->target, walk->target.type, NULL), .index = local->raw[0]};
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
    fixup->local = cilium_resolved(matcher->local, walk->local.type)->is_signed;
    fixup->target = fixup->right = cilium_resolved(matcher->target, walk->target.type)->is_signed;
    return NULL;
}

/* How far to shift, as cilium/ebpf counts in 32 bits. */
static const char *shift_fixup(struct matcher *matcher, enum hg_core_kind kind,
                               const struct walk *walk, struct fixup *fixup)
{
    uint64_t size = 0;
    if (!size_of(matcher->target, walk->target.type, &size))
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
    bool has_size = size_of(matcher->local, walk->local.type, &fixup->local_size) &&
                    size_of(matcher->target, walk->target.type, &fixup->target_size) &&
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

static void field_fixup(struct matcher *matcher, const struct record *record,
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
        poison(record->kind, fixup);
    else
        fixup->error = field_value(matcher, record->kind, &walk, fixup);
    fixup->found.bit_offset = 8 * walk.target.offset;
    fixup->found.right_bit_offset = 8 * walk.target.right;
}

static void make_fixup(struct checker *checker, const struct record *record,
                       const struct access *local, hg_type_id candidate, struct fixup *fixup)
{
    *fixup = (struct fixup){.error = NULL};
    switch (hg_core_subject(record->kind)) {
    case HG_CORE_OF_TYPE:
        if (record->kind == HG_CORE_TYPE_MATCHES)
            match_fixup(&checker->matcher, record, candidate, fixup);
        else if (record->kind != HG_CORE_TYPE_ID_LOCAL)
            type_fixup(&checker->matcher, record, candidate, fixup);
        break;
    case HG_CORE_OF_ENUMERATOR:
        enumerator_fixup(&checker->matcher, record, local, candidate, fixup);
        break;
    case HG_CORE_OF_FIELD:
        field_fixup(&checker->matcher, record, local, candidate, fixup);
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

/* --- a group: the relocations of one function and one type --- */

static void refuse_all(struct outcome *const *outcomes, size_t count, const char *why)
{
    for (size_t i = 0; i < count; i++)
        *outcomes[i] = (struct outcome){.result = HG_CORE_REFUSED, .why = why};
}

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
    struct fixup *next; /* of the one that is looked at */
    bool has_best;      /* some candidate answers to something */
    size_t best_score;
};

/* Returns false when the loader gives up, which is in the outcomes. */
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
        refuse_all(
            group->outcomes, group->count,
            "more than one type answers to another relocation of that type, and they differ");
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
        outcome->result = HG_CORE_REFUSED;
        outcome->why = why;
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
        poison(records[i]->kind, &nothing);
        settle(checker, records[i], group.has_best ? &group.best[i] : &nothing, outcomes[i]);
        outcomes[i]->is_absent =
            !group.has_best && !hg_core_some_defined(checker->target, candidates, candidate_count);
        if (outcomes[i]->result == HG_CORE_MISSING && candidate_count > 0)
            outcomes[i]->why = "the type of that name that answers to most does not answer to this";
    }
    free(locals);
    free(group.best);
    free(group.next);
}
