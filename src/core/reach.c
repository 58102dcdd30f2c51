/*
 * Is a poisoned instruction ever reached?
 *
 *     if (bpf_core_field_exists(t->pids))      0: r1 = 1        field_exists, which came to 0
 *         pid = t->pids;                       1: if r1 == 0 goto +1
 *                                              2: r0 = *(u64 *)(r6 + 64)      poisoned
 *
 * The kernel's verifier knows that r1 is 0, so it never comes to 2, and drops it.  A program that
 * guards what may be missing is fine, and only the kernel can tell for certain.
 *
 * The method: follow the function from its first instruction with what is known of each register: a
 * number, or nothing.  Numbers come from constants, from resolved relocations and from arithmetic on
 * them; a branch that depends on numbers goes one way.  Where two ways meet, a register that differs
 * is not known.  Each register of each instruction changes a few times at most, so this ends.
 *
 * Values that are set outside, in .rodata and by the kernel's configuration, are not known unless
 * the caller knows them; branches on them are listed for a caller that asks.
 *
 * An instruction that is not reached here is never reached: the verifier knows at least as much.  It
 * may know more (numbers that went through the stack or a map, ranges, conditions that depend on each
 * other), so a "reached" instruction may still be dropped.  Each function is taken to be called, and
 * a poisoned instruction to be passed: once it is mended, the next one counts.
 */
#include "core/check.h"

#include <linux/bpf.h>
#include <string.h>

enum {
    REGISTERS = MAX_BPF_REG,
    BRANCHES_MAX = 1024,
    INSNS_MAX = 262144, /* of one function; longer ones are taken to be reached throughout */
};

enum knowledge {
    NOTHING,
    NUMBER,
    OUTSIDE, /* not known; depends on a value that is set outside */
    ADDRESS, /* of memory that is set outside; the number is the index of the load of the address */
};

struct state {
    uint64_t numbers[REGISTERS]; /* 0 unless it is a NUMBER or an ADDRESS */
    uint8_t what[REGISTERS];     /* enum knowledge */
    bool seen;
    bool queued;
};

struct reach {
    const struct hg_core_object *object;
    const struct function *function;
    uint32_t count;
    struct state *states;
    const struct patch **patches; /* by instruction; NULL = not relocated */
    struct outside *outside;      /* NULL = nobody asks */
    HG_ARRAY(uint32_t) queue;
};

/* --- registers --- */

static bool is(const struct state *state, unsigned number, enum knowledge what)
{
    return number < REGISTERS && state->what[number] == what;
}

/* The frame pointer stays unknown. */
static void set(struct state *state, unsigned number, enum knowledge what, uint64_t value)
{
    if (number >= BPF_REG_10)
        return;
    state->what[number] = (uint8_t)what;
    state->numbers[number] = value;
}

static void forget(struct state *state, unsigned number)
{
    set(state, number, NOTHING, 0);
}

/* Results and arguments: what a call, or a load from a packet, leaves unknown. */
static void forget_scratch(struct state *state)
{
    for (unsigned i = BPF_REG_0; i <= BPF_REG_5; i++)
        forget(state, i);
}

/* A register that differs where two ways meet is not known; it depends on the outside where it does
 * so on one of them.  Returns whether it changed. */
static bool join_register(struct state *to, const struct state *from, unsigned number)
{
    enum knowledge before = to->what[number];
    if (before == from->what[number] && to->numbers[number] == from->numbers[number])
        return false;
    set(to, number, is(to, number, OUTSIDE) || is(from, number, OUTSIDE) ? OUTSIDE : NOTHING, 0);
    return to->what[number] != before;
}

/* --- following --- */

/* Joins the state on the way to an instruction with what is known there. */
static void go_to(struct reach *reach, int64_t index, const struct state *from)
{
    if (index < 0 || index >= reach->count)
        return; /* the verifier refuses it */
    struct state *to = &reach->states[index];
    if (!to->seen) {
        bool queued = to->queued;
        *to = *from;
        to->seen = true;
        to->queued = queued;
    } else {
        bool has_changed = false;
        for (unsigned i = 0; i < REGISTERS; i++)
            has_changed |= join_register(to, from, i);
        if (!has_changed)
            return;
    }
    if (!to->queued)
        *HG_PUSH(&reach->queue) = (uint32_t)index;
    to->queued = true;
}

/* --- arithmetic --- */

/* False: the verifiers of some kernels take the result for unknown, as that of BPF_NEG, and all take
 * that of a shift by as many bits as there are. */
static bool compute(unsigned operation, bool is_wide, uint64_t a, uint64_t b, uint64_t *ret)
{
    unsigned bits = is_wide ? 64 : 32;
    if (!is_wide) {
        a = (uint32_t)a;
        b = (uint32_t)b;
    }
    bool is_shift = operation == BPF_LSH || operation == BPF_RSH || operation == BPF_ARSH;
    if (is_shift && b >= bits)
        return false;
    unsigned shift = is_shift ? (unsigned)b : 0;
    switch (operation) {
    case BPF_ADD:
        *ret = a + b;
        break;
    case BPF_SUB:
        *ret = a - b;
        break;
    case BPF_MUL:
        *ret = a * b;
        break;
    case BPF_OR:
        *ret = a | b;
        break;
    case BPF_AND:
        *ret = a & b;
        break;
    case BPF_LSH:
        *ret = a << shift;
        break;
    case BPF_RSH:
        *ret = a >> shift;
        break;
    case BPF_XOR:
        *ret = a ^ b;
        break;
    case BPF_MOV:
        *ret = b;
        break;
    case BPF_ARSH:
        *ret =
            is_wide ? (uint64_t)((int64_t)a >> shift) : (uint32_t)((int32_t)(uint32_t)a >> shift);
        break;
    default:
        return false;
    }
    if (!is_wide)
        *ret = (uint32_t)*ret;
    return true;
}

/* The second operand: a register's number, or the one in the instruction. */
static bool operand(const struct state *state, const struct insn *insn, uint64_t *ret)
{
    if ((insn->code & BPF_X) == 0) {
        *ret = (uint64_t)(int64_t)insn->imm;
        return true;
    }
    *ret = insn->src < REGISTERS ? state->numbers[insn->src] : 0;
    return is(state, insn->src, NUMBER);
}

static void calculate(const struct insn *insn, struct state *state)
{
    unsigned operation = BPF_OP(insn->code);
    bool is_wide = insn_class(insn) == CLASS_ALU64;
    uint64_t b = 0;
    uint64_t result = 0;
    bool known = operand(state, insn, &b);
    if (operation != BPF_MOV)
        known = known && is(state, insn->dst, NUMBER);
    if (insn->dst >= REGISTERS)
        return;
    /* An offset makes it a sign-extending or signed operation. */
    known = known && insn->off == 0 &&
            compute(operation, is_wide, state->numbers[insn->dst], b, &result);
    bool is_register = (insn->code & BPF_X) != 0;
    bool depends = (is_register && is(state, insn->src, OUTSIDE)) ||
                   (operation != BPF_MOV && is(state, insn->dst, OUTSIDE));
    bool copies = operation == BPF_MOV && is_register && is_wide && is(state, insn->src, ADDRESS);
    if (known)
        set(state, insn->dst, NUMBER, result);
    else if (copies)
        set(state, insn->dst, ADDRESS, state->numbers[insn->src]);
    else
        set(state, insn->dst, depends ? OUTSIDE : NOTHING, 0);
}

/* A load from memory that is set outside. */
static void load(const struct reach *reach, const struct insn *insn, struct state *state)
{
    if (!is(state, insn->src, ADDRESS)) {
        forget(state, insn->dst);
        return;
    }
    const struct patch *patch = reach->patches[state->numbers[insn->src]];
    bool is_whole = BPF_SIZE(insn->code) == BPF_W || BPF_SIZE(insn->code) == BPF_DW;
    if (patch->has_value && insn->off == 0 && is_whole)
        set(state, insn->dst, NUMBER, patch->value);
    else
        set(state, insn->dst, OUTSIDE, 0);
}

/* --- branches --- */

/* Whether the branch is taken, when both operands are known. */
static bool is_taken(unsigned jump, bool is_wide, uint64_t a, uint64_t b, bool *ret)
{
    if (!is_wide) {
        a = (uint32_t)a;
        b = (uint32_t)b;
    }
    int64_t signed_a = is_wide ? (int64_t)a : (int32_t)(uint32_t)a;
    int64_t signed_b = is_wide ? (int64_t)b : (int32_t)(uint32_t)b;
    switch (jump) {
    case BPF_JEQ:
        *ret = a == b;
        break;
    case BPF_JNE:
        *ret = a != b;
        break;
    case BPF_JGT:
        *ret = a > b;
        break;
    case BPF_JGE:
        *ret = a >= b;
        break;
    case BPF_JLT:
        *ret = a < b;
        break;
    case BPF_JLE:
        *ret = a <= b;
        break;
    case BPF_JSET:
        *ret = (a & b) != 0;
        break;
    case BPF_JSGT:
        *ret = signed_a > signed_b;
        break;
    case BPF_JSGE:
        *ret = signed_a >= signed_b;
        break;
    case BPF_JSLT:
        *ret = signed_a < signed_b;
        break;
    case BPF_JSLE:
        *ret = signed_a <= signed_b;
        break;
    default:
        return false;
    }
    return true;
}

static void follow_jump(struct reach *reach, uint32_t index, const struct insn *insn,
                        struct state *state)
{
    unsigned jump = BPF_OP(insn->code);
    bool is_wide = insn_class(insn) == CLASS_JMP;
    uint64_t b = 0;
    bool taken = false;
    int64_t next = (int64_t)index + 1;
    int64_t target = next + insn->off;
    if (jump == BPF_EXIT)
        return;
    if (jump == BPF_CALL) {
        forget_scratch(state);
        go_to(reach, next, state);
        return;
    }
    if (jump == BPF_JA) {
        go_to(reach, is_wide ? target : next + insn->imm, state);
        return;
    }
    bool decided = operand(state, insn, &b) && is(state, insn->dst, NUMBER) &&
                   is_taken(jump, is_wide, state->numbers[insn->dst], b, &taken);
    struct outside *outside = reach->outside;
    bool depends = is(state, insn->dst, OUTSIDE) ||
                   ((insn->code & BPF_X) != 0 && is(state, insn->src, OUTSIDE));
    if (!decided && depends && outside != NULL && outside->branches.count < BRANCHES_MAX)
        *HG_PUSH(&outside->branches) = index;
    if (!decided && outside != NULL && outside->is_forced && outside->forced == index) {
        decided = true;
        taken = outside->is_taken;
    }
    if (!decided || taken)
        go_to(reach, target, state);
    if (!decided || !taken)
        go_to(reach, next, state);
}

/* --- instructions --- */

static void follow_wide(struct reach *reach, uint32_t index, const struct insn *insn,
                        struct state *state)
{
    const struct patch *patch = reach->patches[index];
    bool is_wide = insn_is_wide(insn);
    if (!is_wide)
        forget_scratch(state); /* packet access: the result is in r0, 1 to 5 are lost */
    else if (patch != NULL && patch->is_address)
        set(state, insn->dst, ADDRESS, index);
    else if (patch != NULL && patch->has_value)
        set(state, insn->dst, NUMBER, patch->value);
    else /* without a relocation of ours it may be an address that the loader fills in */
        forget(state, insn->dst);
    go_to(reach, (int64_t)index + (is_wide ? 2 : 1), state);
}

static void follow(struct reach *reach, uint32_t index)
{
    struct state state = reach->states[index];
    struct insn insn = hg_core_insn(reach->object, reach->function, index);
    const struct patch *patch = reach->patches[index];
    switch (insn_class(&insn)) {
    case CLASS_LD:
        follow_wide(reach, index, &insn, &state);
        return;
    case CLASS_JMP:
    case CLASS_JMP32:
        follow_jump(reach, index, &insn, &state);
        return;
    case CLASS_ALU:
    case CLASS_ALU64:
        if (patch != NULL && patch->has_value)
            insn.imm = (int32_t)(uint32_t)patch->value;
        if (patch != NULL && !patch->has_value)
            forget(&state, insn.dst);
        else
            calculate(&insn, &state);
        break;
    case CLASS_LDX:
        load(reach, &insn, &state);
        break;
    case CLASS_STX:
        if (BPF_MODE(insn.code) == BPF_ATOMIC) { /* may put the old value into src, or r0 */
            forget(&state, insn.src);
            forget(&state, 0);
        }
        break;
    default:
        break;
    }
    go_to(reach, (int64_t)index + 1, &state);
}

void hg_core_find_reached(const struct hg_core_object *object, const struct function *function,
                          struct patch *patches, size_t count, uint8_t *reached,
                          struct outside *outside)
{
    struct reach reach = {.object = object,
                          .function = function,
                          .count = function_insns(function),
                          .outside = outside};
    if (reach.count > INSNS_MAX) {
        for (size_t i = 0; i < count; i++)
            patches[i].reached = true;
        if (reached != NULL)
            memset(reached, 1, reach.count);
        return;
    }
    reach.states = hg_calloc(reach.count, sizeof *reach.states);
    reach.patches = hg_calloc(reach.count, sizeof *reach.patches);
    for (size_t i = 0; i < count; i++) {
        const struct patch **patch = &reach.patches[patches[i].insn];
        if (*patch == NULL || !(*patch)->is_poisoned)
            *patch = &patches[i];
    }
    go_to(&reach, 0, &(struct state){0});
    while (reach.queue.count > 0) {
        uint32_t index = reach.queue.items[--reach.queue.count];
        reach.states[index].queued = false;
        follow(&reach, index);
    }
    for (size_t i = 0; i < count; i++)
        patches[i].reached = reach.states[patches[i].insn].seen;
    for (uint32_t i = 0; reached != NULL && i < reach.count; i++)
        reached[i] = reach.states[i].seen;
    free(reach.queue.items);
    free(reach.states);
    free(reach.patches);
}
