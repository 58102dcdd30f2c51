/*
 * Whether an instruction can hold the value of its relocation.
 *
 *     r1 = 2312                   byte_offset of a member: the number becomes the target's offset
 *     r2 = *(u32 *)(r1 + 2312)    the same in a load, whose size becomes that of the target's member
 *
 * Before it changes an instruction, libbpf checks that it holds the value for the program's own
 * types; aya does not.
 */
#include "core/check.h"

#include <linux/bpf.h>

/* Loads zero-extend, so only pointers and unsigned integers may be loaded in another size. */
static bool can_resize(const struct checker *checker, const struct value *local,
                       const struct value *target)
{
    const struct hg_type *from = hg_model_type(checker->object->types, local->type);
    const struct hg_type *to = hg_model_type(checker->target, target->type);
    enum type_kind from_kind = hg_core_kind_of(checker->object->types, local->type);
    enum type_kind to_kind = hg_core_kind_of(checker->target, target->type);
    if (from_kind == KIND_PTR && to_kind == KIND_PTR)
        return true;
    return from_kind == KIND_INT && to_kind == KIND_INT && !from->is_signed && !to->is_signed;
}

static const char unexpected[] =
    "the instruction does not hold what the program's own types say (was the object changed after "
    "it was compiled?)";

static void check_access(const struct checker *checker, const struct insn *insn,
                         const struct value *local, struct outcome *outcome)
{
    const struct value *value = &outcome->value;
    bool is_libbpf = checker->matcher.loader == HG_CORE_LIBBPF;
    if (is_libbpf && local->is_checked && (uint64_t)(int64_t)insn->off != local->value) {
        refuse(outcome, unexpected);
        return;
    }
    if (value->value > INT16_MAX) {
        refuse(outcome, "its offset is too large for a load or store instruction");
        return;
    }
    if (value->size == local->size)
        return;
    if (!is_libbpf && (value->type == HG_VOID_ID || local->type == HG_VOID_ID)) {
        refuse(outcome, "aya panics where just one of the two is a bit-field");
        return;
    }
    if (!can_resize(checker, local, value)) {
        outcome->result = is_libbpf ? HG_CORE_MISMATCH : HG_CORE_REFUSED;
        outcome->why =
            "it has another size there, and only pointers and unsigned integers can be loaded in "
            "another size";
    } else if (is_libbpf && insn_access_size(insn) != local->size) {
        refuse(outcome, "the instruction does not load as much as the program's own type has");
    } else if (value->size != 1 && value->size != 2 && value->size != 4 && value->size != 8) {
        refuse(outcome, "it has a size there that no instruction loads");
    }
}

static void check_wide(const struct checker *checker, const struct record *record,
                       const struct insn *insn, const struct value *local, struct outcome *outcome)
{
    const struct function *function = &checker->object->functions.items[record->function];
    bool is_libbpf = checker->matcher.loader == HG_CORE_LIBBPF;
    if (record->insn + 1 >= function_insns(function)) {
        refuse(outcome, "the instruction is cut off");
        return;
    }
    struct insn next = hg_core_insn(checker->object, function, record->insn + 1);
    bool is_plain = insn_is_wide(insn) && insn->src == 0 && insn->off == 0 && next.code == 0 &&
                    next.dst == 0 && next.src == 0 && next.off == 0;
    uint64_t held = (uint32_t)insn->imm | (uint64_t)(uint32_t)next.imm << 32;
    if (is_libbpf && !is_plain)
        refuse(outcome, "the instruction loads no plain number");
    else if (is_libbpf && local->is_checked && held != local->value)
        refuse(outcome, unexpected);
}

static void check_number(const struct checker *checker, const struct insn *insn,
                         const struct value *local, struct outcome *outcome)
{
    bool is_libbpf = checker->matcher.loader == HG_CORE_LIBBPF;
    bool is_number = is_libbpf ? (insn->code & BPF_X) == 0 : insn->src == 0;
    if (!is_number)
        refuse(outcome, "the instruction has no number to change");
    else if (is_libbpf && local->is_checked && (uint64_t)(int64_t)insn->imm != local->value)
        refuse(outcome, unexpected);
}

void hg_core_check_patch(const struct checker *checker, const struct record *record,
                         const struct value *local, struct outcome *outcome)
{
    const struct function *function = &checker->object->functions.items[record->function];
    struct insn insn = hg_core_insn(checker->object, function, record->insn);
    switch (insn_class(&insn)) {
    case CLASS_ALU:
    case CLASS_ALU64:
        check_number(checker, &insn, local, outcome);
        break;
    case CLASS_LDX:
    case CLASS_ST:
    case CLASS_STX:
        check_access(checker, &insn, local, outcome);
        break;
    case CLASS_LD:
        check_wide(checker, record, &insn, local, outcome);
        break;
    default:
        refuse(outcome, "loaders do not know how to relocate an instruction of that sort");
    }
}
