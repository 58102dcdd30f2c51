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
 * number, or nothing.  Numbers come from constants and resolved relocations, and arithmetic on
 * them; a branch that depends on numbers goes one way.  Where two ways meet, what differs is not
 * known.  Each register of each instruction changes a few times at most, so this ends.
 *
 * Values that are set outside, in .rodata and by the kernel's configuration, are not known, unless
 * the caller knows them; branches on them are listed for who asks.
 *
 * What is found not to be reached is never reached: the verifier knows at least as much.  The other
 * way round it may know more: numbers that went through the stack or a map, ranges, conditions that
 * depend on each other.  So "reached" means: as far as this can see.  Each function is taken to be
 * called, and what is behind a poisoned instruction to be reached through it: when that one is
 * mended, the next would be found.
 */
#include "core/check.h"

#include <linux/bpf.h>
#include <string.h>

enum {
    REGISTERS = MAX_BPF_REG,
    BRANCHES_MAX = 1024,
    INSNS_MAX = 262144, /* of one function; longer ones are taken to be reached throughout */
    SRC_REGISTER = BPF_X,
    FRAME_POINTER = BPF_REG_10,
};

/* The high half of an operation code: arithmetic, and jumps. */
enum operation {
    OP_ADD = BPF_ADD,
    OP_SUB = BPF_SUB,
    OP_MUL = BPF_MUL,
    OP_OR = BPF_OR,
    OP_AND = BPF_AND,
    OP_LSH = BPF_LSH,
    OP_RSH = BPF_RSH,
    OP_XOR = BPF_XOR,
    OP_MOV = BPF_MOV,
    OP_ARSH = BPF_ARSH,
};
enum jump {
    JUMP_ALWAYS = BPF_JA,
    JUMP_EQ = BPF_JEQ,
    JUMP_GT = BPF_JGT,
    JUMP_GE = BPF_JGE,
    JUMP_SET = BPF_JSET,
    JUMP_NE = BPF_JNE,
    JUMP_SGT = BPF_JSGT,
    JUMP_SGE = BPF_JSGE,
    JUMP_CALL = BPF_CALL,
    JUMP_EXIT = BPF_EXIT,
    JUMP_LT = BPF_JLT,
    JUMP_LE = BPF_JLE,
    JUMP_SLT = BPF_JSLT,
    JUMP_SLE = BPF_JSLE,
};

struct state {
    uint64_t numbers[REGISTERS];
    uint16_t known;   /* a bit for each register */
    uint16_t outside; /* likewise: it depends on what is set outside, and is not known */
    uint16_t address; /* likewise: it is the address of that; the number is the instruction's */
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

static bool is_known(const struct state *state, unsigned number)
{
    return number < REGISTERS && (state->known >> number & 1) != 0;
}

static void know(struct state *state, unsigned number, uint64_t value)
{
    if (number >= FRAME_POINTER)
        return;
    state->known = (uint16_t)(state->known | 1u << number);
    state->outside = (uint16_t)(state->outside & ~(1u << number));
    state->address = (uint16_t)(state->address & ~(1u << number));
    state->numbers[number] = value;
}

static void forget(struct state *state, unsigned number)
{
    if (number >= REGISTERS)
        return;
    state->known = (uint16_t)(state->known & ~(1u << number));
    state->outside = (uint16_t)(state->outside & ~(1u << number));
    state->address = (uint16_t)(state->address & ~(1u << number));
}

static bool is_outside(const struct state *state, unsigned number)
{
    return number < REGISTERS && (state->outside >> number & 1) != 0;
}

static bool is_address(const struct state *state, unsigned number)
{
    return number < REGISTERS && (state->address >> number & 1) != 0;
}

/* Not known, and set outside. */
static void put_outside(struct state *state, unsigned number)
{
    forget(state, number);
    if (number < FRAME_POINTER)
        state->outside = (uint16_t)(state->outside | 1u << number);
}

static void put_address(struct state *state, unsigned number, uint32_t insn)
{
    forget(state, number);
    if (number >= FRAME_POINTER)
        return;
    state->address = (uint16_t)(state->address | 1u << number);
    state->numbers[number] = insn;
}

/* What differs where two ways meet is not known; it depends on the outside where one of them does.
 */
static void join_register(struct state *to, const struct state *from, unsigned number)
{
    bool same = to->numbers[number] == from->numbers[number];
    if ((is_known(to, number) && is_known(from, number) && same) ||
        (is_address(to, number) && is_address(from, number) && same))
        return;
    if (is_outside(to, number) || is_outside(from, number))
        put_outside(to, number);
    else
        forget(to, number);
}

/* --- following --- */

/* The state on the way to an instruction is joined with what is known there. */
static void go_to(struct reach *reach, int64_t index, const struct state *from)
{
    if (index < 0 || index >= reach->count)
        return; /* the verifier refuses it */
    struct state *to = &reach->states[index];
    struct state before = *to;
    if (!to->seen) {
        bool queued = to->queued;
        *to = *from;
        to->seen = true;
        to->queued = queued;
    } else {
        for (unsigned i = 0; i < REGISTERS; i++)
            join_register(to, from, i);
        if (to->known == before.known && to->outside == before.outside &&
            to->address == before.address)
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
    bool is_shift = operation == OP_LSH || operation == OP_RSH || operation == OP_ARSH;
    if (is_shift && b >= bits)
        return false;
    unsigned shift = is_shift ? (unsigned)b : 0;
    switch (operation) {
    case OP_ADD:
        *ret = a + b;
        break;
    case OP_SUB:
        *ret = a - b;
        break;
    case OP_MUL:
        *ret = a * b;
        break;
    case OP_OR:
        *ret = a | b;
        break;
    case OP_AND:
        *ret = a & b;
        break;
    case OP_LSH:
        *ret = a << shift;
        break;
    case OP_RSH:
        *ret = a >> shift;
        break;
    case OP_XOR:
        *ret = a ^ b;
        break;
    case OP_MOV:
        *ret = b;
        break;
    case OP_ARSH:
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
    if ((insn->code & SRC_REGISTER) == 0) {
        *ret = (uint64_t)(int64_t)insn->imm;
        return true;
    }
    *ret = insn->src < REGISTERS ? state->numbers[insn->src] : 0;
    return is_known(state, insn->src);
}

static void calculate(const struct insn *insn, struct state *state)
{
    unsigned operation = BPF_OP(insn->code);
    bool is_wide = insn_class(insn) == CLASS_ALU64;
    uint64_t b = 0;
    uint64_t result = 0;
    bool known = operand(state, insn, &b);
    if (operation != OP_MOV)
        known = known && is_known(state, insn->dst);
    if (insn->dst >= REGISTERS)
        return;
    /* An offset makes it a sign-extending or signed operation. */
    known = known && insn->off == 0 &&
            compute(operation, is_wide, state->numbers[insn->dst], b, &result);
    bool is_register = (insn->code & SRC_REGISTER) != 0;
    bool depends = (is_register && is_outside(state, insn->src)) ||
                   (operation != OP_MOV && is_outside(state, insn->dst));
    bool copies = operation == OP_MOV && is_register && is_wide && is_address(state, insn->src);
    if (known)
        know(state, insn->dst, result);
    else if (copies)
        put_address(state, insn->dst, (uint32_t)state->numbers[insn->src]);
    else if (depends)
        put_outside(state, insn->dst);
    else
        forget(state, insn->dst);
}

/* A load from what is set outside. */
static void load(const struct reach *reach, const struct insn *insn, struct state *state)
{
    if (!is_address(state, insn->src)) {
        forget(state, insn->dst);
        return;
    }
    const struct patch *patch = reach->patches[state->numbers[insn->src]];
    bool is_whole = BPF_SIZE(insn->code) == BPF_W || BPF_SIZE(insn->code) == BPF_DW;
    if (patch->has_value && insn->off == 0 && is_whole)
        know(state, insn->dst, patch->value);
    else
        put_outside(state, insn->dst);
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
    case JUMP_EQ:
        *ret = a == b;
        return true;
    case JUMP_NE:
        *ret = a != b;
        return true;
    case JUMP_GT:
        *ret = a > b;
        return true;
    case JUMP_GE:
        *ret = a >= b;
        return true;
    case JUMP_LT:
        *ret = a < b;
        return true;
    case JUMP_LE:
        *ret = a <= b;
        return true;
    case JUMP_SET:
        *ret = (a & b) != 0;
        return true;
    case JUMP_SGT:
        *ret = signed_a > signed_b;
        return true;
    case JUMP_SGE:
        *ret = signed_a >= signed_b;
        return true;
    case JUMP_SLT:
        *ret = signed_a < signed_b;
        return true;
    case JUMP_SLE:
        *ret = signed_a <= signed_b;
        return true;
    default:
        return false;
    }
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
    if (jump == JUMP_EXIT)
        return;
    if (jump == JUMP_CALL) {
        for (unsigned i = 0; i <= 5; i++)
            forget(state, i);
        go_to(reach, next, state);
        return;
    }
    if (jump == JUMP_ALWAYS) {
        go_to(reach, is_wide ? target : next + insn->imm, state);
        return;
    }
    bool decided = operand(state, insn, &b) && is_known(state, insn->dst) &&
                   is_taken(jump, is_wide, state->numbers[insn->dst], b, &taken);
    struct outside *outside = reach->outside;
    bool depends = is_outside(state, insn->dst) ||
                   ((insn->code & SRC_REGISTER) != 0 && is_outside(state, insn->src));
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
    if (!insn_is_wide(insn)) { /* packet access: the result is in r0, 1 to 5 are lost */
        for (unsigned i = 0; i <= 5; i++)
            forget(state, i);
        go_to(reach, (int64_t)index + 1, state);
        return;
    }
    if (patch != NULL && patch->is_address) {
        put_address(state, insn->dst, index);
        go_to(reach, (int64_t)index + 2, state);
        return;
    }
    /* Without a relocation of ours it may be an address that the loader fills in. */
    if (patch != NULL && patch->has_value)
        know(state, insn->dst, patch->value);
    else
        forget(state, insn->dst);
    go_to(reach, (int64_t)index + 2, state);
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
