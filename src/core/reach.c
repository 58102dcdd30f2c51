/*
 * Is a poisoned instruction ever reached?
 *
 *     if (bpf_core_field_exists(t->pids))      0: r1 = 1        field_exists: the loader writes 0
 *         pid = t->pids;                       1: if r1 == 0 goto +1
 *                                              2: r0 = *(u64 *)(r6 + 64)      poisoned
 *
 * The kernel's verifier knows that r1 is 0, so it never reaches instruction 2, and removes it.  So
 * a program that guards an access to a missing member loads.
 *
 * The method: follow the function from its first instruction with what is known of each register: a
 * number, or nothing.  Numbers come from constants, from resolved relocations and from arithmetic
 * on them; a branch that depends on known numbers goes one way.  Where two ways meet, a register
 * with different numbers becomes unknown.  Each register of each instruction changes a few times at
 * most, so this ends.
 *
 * Values from outside of the program, in .rodata and from the kernel's configuration, are not known
 * unless the caller knows them; branches on them are listed for a caller that asks.
 *
 * An instruction that is not reached here is never reached: the verifier knows at least as much.
 * It may know more (numbers that went through the stack or a map, ranges, conditions that depend on
 * each other), so it may remove an instruction that counts as reached here.  Each function is
 * assumed to be called, and execution to continue after a poisoned instruction, so that a later one
 * is found too.
 */
#include "core/check.h"

#include <linux/bpf.h>
#include <string.h>

enum {
    REGISTERS = MAX_BPF_REG,
    BRANCHES_MAX = 1024,
    INSNS_MAX = 262144, /* of one function; in a longer one, all instructions count as reached */
};

/* What is known of a register. */
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
    struct outside *outside;      /* may be NULL */
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

/* A call, or a load from a packet, changes the registers of results and arguments. */
static void forget_scratch(struct state *state)
{
    for (unsigned i = BPF_REG_0; i <= BPF_REG_5; i++)
        forget(state, i);
}

/* Where two ways meet: a register that differs becomes OUTSIDE if it is so on one of them, else
 * NOTHING.  Returns whether it changed. */
static bool join_register(struct state *to, const struct state *from, unsigned number)
{
    enum knowledge before = to->what[number];
    if (before == from->what[number] && to->numbers[number] == from->numbers[number])
        return false;
    set(to, number, is(to, number, OUTSIDE) || is(from, number, OUTSIDE) ? OUTSIDE : NOTHING, 0);
    return to->what[number] != before;
}

/* --- following --- */

/* Continues at an instruction: joins the state with the one from other ways to it. */
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

/* False = the result is not known to the verifier: on some kernels that of division and negation,
 * on all that of a shift by as many bits as the operand has. */
static bool compute(unsigned operation, bool is_wide, uint64_t a, uint64_t b, uint64_t *ret)
{
    if (!is_wide) {
        a = (uint32_t)a;
        b = (uint32_t)b;
    }
    int64_t signed_a = is_wide ? (int64_t)a : (int32_t)(uint32_t)a;
    bool is_shift = operation == BPF_LSH || operation == BPF_RSH || operation == BPF_ARSH;
    bool is_known = operation <= BPF_ARSH && operation != BPF_DIV && operation != BPF_MOD &&
                    operation != BPF_NEG && !(is_shift && b >= (is_wide ? 64 : 32));
    if (!is_known)
        return false;
    uint64_t result = operation == BPF_ADD   ? a + b
                      : operation == BPF_SUB ? a - b
                      : operation == BPF_MUL ? a * b
                      : operation == BPF_OR  ? a | b
                      : operation == BPF_AND ? a & b
                      : operation == BPF_XOR ? a ^ b
                      : operation == BPF_LSH ? a << b
                      : operation == BPF_RSH ? a >> b
                      : operation == BPF_MOV ? b
                                             : (uint64_t)(signed_a >> b); /* BPF_ARSH */
    *ret = is_wide ? result : (uint32_t)result;
    return true;
}

/* The second operand, from a register or from the instruction.  False = it is not known. */
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

enum decision { NOT_TAKEN, TAKEN, UNKNOWN };

/* Whether a branch on known operands is taken. */
static enum decision decide(unsigned jump, bool is_wide, uint64_t a, uint64_t b)
{
    if (!is_wide) {
        a = (uint32_t)a;
        b = (uint32_t)b;
    }
    int64_t signed_a = is_wide ? (int64_t)a : (int32_t)(uint32_t)a;
    int64_t signed_b = is_wide ? (int64_t)b : (int32_t)(uint32_t)b;
    return jump == BPF_JEQ    ? a == b
           : jump == BPF_JNE  ? a != b
           : jump == BPF_JGT  ? a > b
           : jump == BPF_JGE  ? a >= b
           : jump == BPF_JLT  ? a < b
           : jump == BPF_JLE  ? a <= b
           : jump == BPF_JSET ? (a & b) != 0
           : jump == BPF_JSGT ? signed_a > signed_b
           : jump == BPF_JSGE ? signed_a >= signed_b
           : jump == BPF_JSLT ? signed_a < signed_b
           : jump == BPF_JSLE ? signed_a <= signed_b
                              : UNKNOWN;
}

static void follow_jump(struct reach *reach, uint32_t index, const struct insn *insn,
                        struct state *state)
{
    unsigned jump = BPF_OP(insn->code);
    bool is_wide = insn_class(insn) == CLASS_JMP;
    uint64_t b = 0;
    enum decision decision = UNKNOWN;
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
    if (operand(state, insn, &b) && is(state, insn->dst, NUMBER))
        decision = decide(jump, is_wide, state->numbers[insn->dst], b);
    struct outside *outside = reach->outside;
    bool depends = is(state, insn->dst, OUTSIDE) ||
                   ((insn->code & BPF_X) != 0 && is(state, insn->src, OUTSIDE));
    if (decision == UNKNOWN && outside != NULL) {
        if (depends && outside->branches.count < BRANCHES_MAX)
            *HG_PUSH(&outside->branches) = index;
        if (outside->is_forced && outside->forced == index)
            decision = outside->is_taken ? TAKEN : NOT_TAKEN;
    }
    if (decision != NOT_TAKEN)
        go_to(reach, target, state);
    if (decision != TAKEN)
        go_to(reach, next, state);
}

/* --- instructions --- */

static void follow_wide(struct reach *reach, uint32_t index, const struct insn *insn,
                        struct state *state)
{
    const struct patch *patch = reach->patches[index];
    bool is_wide = insn_is_wide(insn);
    if (!is_wide)
        forget_scratch(state); /* packet access: the result is in r0, r1 to r5 are undefined */
    else if (patch != NULL && patch->is_address)
        set(state, insn->dst, ADDRESS, index);
    else if (patch != NULL && patch->has_value)
        set(state, insn->dst, NUMBER, patch->value);
    else /* it may be an address that the loader writes */
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
