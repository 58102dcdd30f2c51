/*
 * What a program reads through its context: which offsets of the context, and through which of the
 * pointers that it loads from there it reads other memory.
 *
 *     r6 = r1                      the context
 *     r7 = *(u64 *)(r6 + 104)      LOAD of byte 104
 *     r1 = *(u64 *)(r7 + 32)       THROUGH the loaded pointer; a relocation says: struct file.f_inode
 *
 * The method: abstract interpretation.  Before each instruction, a state holds what is known of
 * each register and of each slot of the stack: the context plus a number, the frame pointer plus a
 * number, a number, the offset that a relocation puts in, or an argument that was loaded from the
 * context.  Where two paths meet, their states are joined: values that differ are forgotten, unless
 * one may be the context; a read through such a value is reported as lost.  Each value changes at
 * most three times, so this ends.  The state at a function's entry joins what all of its callers
 * pass.
 *
 * Pointers are on the stack only in whole, aligned slots at known offsets, since the verifier
 * allows no others.  A helper writes memory only upwards from the pointer that it is given, so
 * slots below that keep their values.
 *
 * What this does not do: decide branches (core's reach.c does), or follow values through maps.
 */
#include "surface/flow.h"

#include <linux/bpf.h>
#include <string.h>

enum {
    REGISTERS = 11,
    SLOTS = 64,
    SLOT_SIZE = 8,
    OFFSET_MAX = 1 << 20,
    INSNS_MAX = 65536, /* of a program and the functions that it calls */
    EVENTS_MAX = 65536,
};

enum value_kind {
    VALUE_NOTHING, /* not known; no pointer into the context or the stack */
    VALUE_NUMBER,
    VALUE_OFFSET,          /* the offset that the object's relocation `number` puts in */
    VALUE_ARGUMENT,        /* argument `number`, loaded from the context */
    VALUE_FRAME,           /* the frame pointer plus number */
    VALUE_FRAME_SOMEWHERE, /* perhaps a pointer into the stack */
    VALUE_CONTEXT,         /* the context plus number */
    VALUE_FIELD, /* the context plus a VALUE_OFFSET; SEVERAL: plus one of several of them */
    VALUE_CONTEXT_SOMEWHERE, /* perhaps a pointer into the context */
};

struct value {
    enum value_kind kind;
    int32_t number;
};
enum { SEVERAL = -1 };

struct state {
    struct value registers[REGISTERS];
    struct value slots[SLOTS]; /* slot i is at the frame pointer - 8 * (i + 1) */
};

/* A function that the program runs. */
struct frame {
    uint32_t function;
    uint32_t count; /* of instructions */
    struct state entry;
    /* By instruction. */
    struct state *states; /* before it */
    uint8_t *seen;
    uint8_t *queued;
    bool is_waiting; /* entry has changed since the function was followed */
};

struct walk {
    struct flow *flow;
    const struct hg_core_object *object;
    HG_ARRAY(struct frame) frames;
    HG_ARRAY(uint32_t) queue; /* instructions to follow, of one frame */
    uint32_t insns;           /* of all frames */
    bool reports;             /* the last pass, which changes no state and keeps events */
};

/* --- values --- */

static bool is_context(struct value value)
{
    return value.kind >= VALUE_CONTEXT;
}

static bool is_frame(struct value value)
{
    return value.kind == VALUE_FRAME || value.kind == VALUE_FRAME_SOMEWHERE;
}

static struct value of_kind(enum value_kind kind, int32_t number)
{
    return (struct value){.kind = kind, .number = number};
}

static const struct value nothing = {.kind = VALUE_NOTHING};

/* What is known of a value that is a or b. */
static struct value join(struct value a, struct value b)
{
    if (a.kind == b.kind && a.number == b.number)
        return a;
    if (a.kind == VALUE_FIELD && b.kind == VALUE_FIELD)
        return of_kind(VALUE_FIELD, SEVERAL);
    if (is_context(a) || is_context(b))
        return of_kind(VALUE_CONTEXT_SOMEWHERE, 0);
    return is_frame(a) || is_frame(b) ? of_kind(VALUE_FRAME_SOMEWHERE, 0) : nothing;
}

/* Joins a state into another; returns whether that changed it. */
static bool join_states(struct state *to, const struct state *from)
{
    struct state joined;
    for (unsigned i = 0; i < REGISTERS; i++)
        joined.registers[i] = join(to->registers[i], from->registers[i]);
    for (unsigned i = 0; i < SLOTS; i++)
        joined.slots[i] = join(to->slots[i], from->slots[i]);
    if (memcmp(&joined, to, sizeof joined) == 0)
        return false;
    *to = joined;
    return true;
}

static struct value plus(struct value base, int64_t number)
{
    int64_t sum = base.number + number;
    if (sum >= -OFFSET_MAX && sum <= OFFSET_MAX)
        return of_kind(base.kind, (int32_t)sum);
    return base.kind == VALUE_NUMBER ? nothing : join(base, nothing);
}

static struct value get(const struct state *state, unsigned number)
{
    return number < REGISTERS ? state->registers[number] : nothing;
}

static void set(struct state *state, unsigned number, struct value value)
{
    if (number < REGISTERS - 1) /* the frame pointer cannot be written */
        state->registers[number] = value;
}

/* --- events --- */

static void report(struct walk *walk, const struct flow_event *event)
{
    if (!walk->reports)
        return;
    if (walk->flow->events.count == EVENTS_MAX)
        walk->flow->gave_up = true;
    else
        *HG_PUSH(&walk->flow->events) = *event;
}

static const struct record *record_of(const struct walk *walk, struct value value)
{
    return &walk->object->records.items[value.number];
}

/* A read of at->size bytes, `offset` bytes from where base points, or where the relocation `record`
 * says.  Returns the value that is read. */
static struct value read_through(struct walk *walk, const struct flow_event *at, struct value base,
                                 int32_t offset, const struct record *record)
{
    struct flow_event event = *at;
    switch (base.kind) {
    case VALUE_CONTEXT:
        event.kind = EVENT_LOAD;
        event.record = record;
        event.is_relocated = record != NULL;
        event.offset = base.number + offset;
        break;
    case VALUE_FIELD:
        event.kind = offset == 0 && record == NULL ? EVENT_LOAD : EVENT_LOST;
        event.record = base.number == SEVERAL ? NULL : record_of(walk, base);
        event.is_relocated = true;
        break;
    case VALUE_CONTEXT_SOMEWHERE:
        event.kind = EVENT_LOST;
        break;
    case VALUE_ARGUMENT:
        event.kind = EVENT_THROUGH;
        event.record = record;
        event.argument = (uint32_t)base.number;
        break;
    case VALUE_NOTHING:
    case VALUE_NUMBER:
    case VALUE_OFFSET:
    case VALUE_FRAME:
    case VALUE_FRAME_SOMEWHERE:
        return nothing;
    }
    report(walk, &event);
    if (event.kind != EVENT_LOAD || (event.is_relocated && event.record == NULL))
        return nothing;
    if (walk->flow->argument_of == NULL)
        return nothing;
    uint32_t argument = walk->flow->argument_of(walk->flow->user, event.record, event.offset);
    return argument == 0 ? nothing : of_kind(VALUE_ARGUMENT, (int32_t)argument);
}

/* --- the stack --- */

/* The slot with that byte, counted from the frame pointer; SLOTS = none. */
static unsigned slot_of(int32_t offset)
{
    bool is_inside = offset < 0 && offset >= -SLOTS * SLOT_SIZE;
    return is_inside ? (unsigned)(-offset - 1) / SLOT_SIZE : SLOTS;
}

/* Forgets the slots from that offset upwards. */
static void forget_slots(struct state *state, int32_t offset)
{
    unsigned lowest = offset < -SLOTS * SLOT_SIZE ? SLOTS - 1 : slot_of(offset);
    for (unsigned i = 0; i < SLOTS && lowest < SLOTS && i <= lowest; i++)
        state->slots[i] = nothing;
}

static void store(struct state *state, const struct insn *insn, struct value value)
{
    struct value to = get(state, insn->dst);
    if (to.kind == VALUE_FRAME_SOMEWHERE || to.kind == VALUE_CONTEXT_SOMEWHERE)
        forget_slots(state, INT32_MIN);
    if (to.kind != VALUE_FRAME)
        return;
    int32_t offset = to.number + insn->off;
    int32_t last = offset + (int32_t)insn_access_size(insn) - 1;
    if (slot_of(offset) < SLOTS)
        state->slots[slot_of(offset)] = nothing;
    if (slot_of(last) < SLOTS)
        state->slots[slot_of(last)] = nothing;
    bool is_slot = offset % SLOT_SIZE == 0 && insn_access_size(insn) == SLOT_SIZE;
    if (is_slot && slot_of(offset) < SLOTS)
        state->slots[slot_of(offset)] = value;
}

static void load(struct walk *walk, const struct flow_event *at, const struct insn *insn,
                 struct state *state)
{
    struct value base = get(state, insn->src);
    struct value value = nothing;
    if (base.kind == VALUE_FRAME) {
        int32_t offset = base.number + insn->off;
        bool is_slot = offset % SLOT_SIZE == 0 && insn_access_size(insn) == SLOT_SIZE;
        if (is_slot && slot_of(offset) < SLOTS)
            value = state->slots[slot_of(offset)];
    } else {
        struct flow_event event = *at;
        event.size = insn_access_size(insn);
        event.is_direct = true;
        const struct record *record = hg_record_at(walk->flow->index, at->function, at->insn);
        value = read_through(walk, &event, base, insn->off, record);
    }
    set(state, insn->dst, value);
}

/* --- arithmetic --- */

static struct value add(struct walk *walk, const struct flow_event *at, struct value a,
                        struct value b)
{
    if (b.kind == VALUE_CONTEXT || b.kind == VALUE_FRAME || b.kind == VALUE_ARGUMENT) {
        struct value swapped = a;
        a = b;
        b = swapped;
    }
    bool is_pointer = a.kind == VALUE_CONTEXT || a.kind == VALUE_FRAME;
    if (b.kind == VALUE_NUMBER && (is_pointer || a.kind == VALUE_NUMBER))
        return plus(a, b.number);
    if (b.kind == VALUE_OFFSET && a.kind == VALUE_CONTEXT && a.number == 0)
        return of_kind(VALUE_FIELD, b.number);
    if (b.kind == VALUE_OFFSET && a.kind == VALUE_ARGUMENT)
        return read_through(walk, at, a, 0, record_of(walk, b));
    return join(join(a, b), nothing);
}

static struct value operand(struct walk *walk, const struct flow_event *at, const struct insn *insn,
                            const struct state *state)
{
    if (BPF_SRC(insn->code) == BPF_X)
        return get(state, insn->src);
    const struct record *record = hg_record_at(walk->flow->index, at->function, at->insn);
    if (record == NULL)
        return plus(of_kind(VALUE_NUMBER, 0), insn->imm);
    return record->kind == HG_CORE_BYTE_OFFSET
               ? of_kind(VALUE_OFFSET, (int32_t)(record - walk->object->records.items))
               : nothing;
}

static void calculate(struct walk *walk, const struct flow_event *at, const struct insn *insn,
                      struct state *state)
{
    struct value a = get(state, insn->dst);
    struct value b = operand(walk, at, insn, state);
    struct value result = nothing;
    bool is_wide = insn_class(insn) == CLASS_ALU64;
    switch (BPF_OP(insn->code)) {
    case BPF_MOV:
        /* A move of 32 bits, or one that extends a sign, makes no pointer. */
        if (insn->off == 0 && (is_wide || b.kind == VALUE_NUMBER || b.kind == VALUE_OFFSET))
            result = b;
        break;
    case BPF_ADD:
        if (is_wide)
            result = add(walk, at, a, b);
        break;
    case BPF_SUB:
        if (is_wide)
            result = b.kind == VALUE_NUMBER ? add(walk, at, a, of_kind(VALUE_NUMBER, -b.number))
                                            : join(a, nothing);
        break;
    default:
        break;
    }
    set(state, insn->dst, result);
}

/* --- calls --- */

/* Index of the function's frame, which is added if it is new; SIZE_MAX = a limit was reached. */
static size_t frame_of(struct walk *walk, uint32_t function)
{
    for (size_t i = 0; i < walk->frames.count; i++)
        if (walk->frames.items[i].function == function)
            return i;
    uint32_t count = function_insns(&walk->object->functions.items[function]);
    if (walk->insns + count > INSNS_MAX) {
        walk->flow->gave_up = true;
        return SIZE_MAX;
    }
    walk->insns += count;
    *HG_PUSH(&walk->frames) = (struct frame){
        .function = function,
        .count = count,
        .states = hg_calloc(count, sizeof(struct state)),
        .seen = hg_calloc(count, 1),
        .queued = hg_calloc(count, 1),
    };
    *HG_PUSH(&walk->flow->functions) = function;
    return walk->frames.count - 1;
}

/* Joins the registers of a call into the function's entry.  Pointers to the caller's stack are left
 * out, since they are to another frame. */
static void enter(struct walk *walk, uint32_t function, const struct value *parameters)
{
    size_t known = walk->frames.count;
    size_t number = frame_of(walk, function);
    if (number == SIZE_MAX)
        return;
    struct frame *frame = &walk->frames.items[number];
    struct state entry = {0};
    for (unsigned i = 1; i <= 5; i++)
        if (!is_frame(parameters[i]))
            entry.registers[i] = parameters[i];
    entry.registers[REGISTERS - 1] = of_kind(VALUE_FRAME, 0);
    if (number == known)
        frame->entry = entry;
    else if (!join_states(&frame->entry, &entry))
        return;
    frame->is_waiting = true;
}

/* Helpers that call a function of the program, which gets a pointer to the stack.  By number, since
 * the system's <linux/bpf.h> may be older than the helpers. */
static bool calls_back(int32_t helper)
{
    enum { FOR_EACH_MAP_ELEM = 164, FIND_VMA = 180, LOOP = 181, USER_RINGBUF_DRAIN = 209 };
    return helper == FOR_EACH_MAP_ELEM || helper == FIND_VMA || helper == LOOP ||
           helper == USER_RINGBUF_DRAIN;
}

/* A function gets a pointer to the stack: it may write all of it, and may read through a context
 * that is kept there. */
static void lose_stack(struct walk *walk, const struct flow_event *at, struct state *state)
{
    bool has_context = false;
    for (unsigned i = 0; i < SLOTS; i++)
        has_context = has_context || is_context(state->slots[i]);
    struct flow_event event = *at;
    event.kind = EVENT_LOST;
    if (has_context)
        report(walk, &event);
    forget_slots(state, INT32_MIN);
}

static void call_helper(struct walk *walk, const struct flow_event *at, int32_t helper,
                        struct state *state)
{
    bool reads = helper == BPF_FUNC_probe_read || helper == BPF_FUNC_probe_read_str ||
                 helper == BPF_FUNC_probe_read_user || helper == BPF_FUNC_probe_read_user_str ||
                 helper == BPF_FUNC_probe_read_kernel || helper == BPF_FUNC_probe_read_kernel_str;
    if (reads) {
        struct flow_event event = *at;
        struct value size = get(state, 2);
        event.size = size.kind == VALUE_NUMBER && size.number > 0 ? (uint32_t)size.number : 0;
        (void)read_through(walk, &event, get(state, 3), 0, NULL);
    }
    for (unsigned i = 1; i <= 5; i++) {
        struct value value = get(state, i);
        if (value.kind == VALUE_FRAME && !calls_back(helper))
            forget_slots(state, value.number);
        else if (is_frame(value) || value.kind == VALUE_CONTEXT_SOMEWHERE)
            lose_stack(walk, at, state);
    }
}

static void call(struct walk *walk, const struct flow_event *at, const struct insn *insn,
                 struct state *state)
{
    if (insn->src == 0) {
        call_helper(walk, at, insn->imm, state);
    } else {
        const struct function *function = &walk->object->functions.items[at->function];
        uint32_t callee = hg_flow_callee(walk->object, function, at->insn);
        if (callee < walk->object->functions.count)
            enter(walk, callee, state->registers);
        for (unsigned i = 1; i <= 5; i++)
            if (is_frame(get(state, i)) || get(state, i).kind == VALUE_CONTEXT_SOMEWHERE)
                lose_stack(walk, at, state);
    }
    for (unsigned i = 0; i <= 5; i++)
        set(state, i, nothing);
}

/* --- following --- */

static void go_to(struct walk *walk, struct frame *frame, int64_t index, const struct state *from)
{
    if (walk->reports || index < 0 || index >= frame->count)
        return;
    struct state *to = &frame->states[index];
    if (!frame->seen[index])
        *to = *from;
    else if (!join_states(to, from))
        return;
    frame->seen[index] = 1;
    if (!frame->queued[index])
        *HG_PUSH(&walk->queue) = (uint32_t)index;
    frame->queued[index] = 1;
}

/* Loads of 64-bit constants, and of a packet's bytes (not wide), which change r0 to r5 like calls.
 * Returns the index of the next instruction. */
static int64_t load_constant(struct walk *walk, const struct flow_event *at,
                             const struct insn *insn, struct state *state)
{
    if (!insn_is_wide(insn)) {
        for (unsigned i = 0; i <= 5; i++)
            set(state, i, nothing);
        return (int64_t)at->insn + 1;
    }
    const struct function *function = &walk->object->functions.items[at->function];
    uint32_t callee = hg_flow_callee(walk->object, function, at->insn);
    if (callee < walk->object->functions.count) /* a callback: who calls it passes no context */
        enter(walk, callee, (const struct value[6]){{0}});
    set(state, insn->dst, nothing);
    return (int64_t)at->insn + 2;
}

static void follow_jump(struct walk *walk, size_t number, const struct flow_event *at,
                        const struct insn *insn, struct state *state)
{
    unsigned jump = BPF_OP(insn->code);
    int64_t next = (int64_t)at->insn + 1;
    if (jump == BPF_EXIT)
        return;
    if (jump == BPF_CALL) {
        call(walk, at, insn, state);
        go_to(walk, &walk->frames.items[number], next, state);
        return;
    }
    struct frame *frame = &walk->frames.items[number];
    bool is_far = jump == BPF_JA && insn_class(insn) == CLASS_JMP32;
    go_to(walk, frame, next + (is_far ? insn->imm : insn->off), state);
    if (jump != BPF_JA)
        go_to(walk, frame, next, state);
}

/* Follows one instruction.  number: the frame's index; frames may move when a function is
 * entered. */
static void follow(struct walk *walk, size_t number, uint32_t index)
{
    uint32_t function = walk->frames.items[number].function;
    struct state state = walk->frames.items[number].states[index];
    struct flow_event at = {.function = function, .insn = index};
    struct insn insn = hg_core_insn(walk->object, &walk->object->functions.items[function], index);
    int64_t next = (int64_t)index + 1;
    switch (insn_class(&insn)) {
    case CLASS_LD:
        next = load_constant(walk, &at, &insn, &state);
        break;
    case CLASS_JMP:
    case CLASS_JMP32:
        follow_jump(walk, number, &at, &insn, &state);
        return;
    case CLASS_ALU:
    case CLASS_ALU64:
        calculate(walk, &at, &insn, &state);
        break;
    case CLASS_LDX:
        load(walk, &at, &insn, &state);
        break;
    case CLASS_ST:
        store(&state, &insn, plus(of_kind(VALUE_NUMBER, 0), insn.imm));
        break;
    case CLASS_STX:
        if (BPF_MODE(insn.code) == BPF_ATOMIC) { /* the old value may go to src, or to r0 */
            store(&state, &insn, nothing);
            set(&state, insn.src, nothing);
            set(&state, 0, nothing);
        } else {
            store(&state, &insn, get(&state, insn.src));
        }
        break;
    default:
        break;
    }
    go_to(walk, &walk->frames.items[number], next, &state);
}

static void follow_frame(struct walk *walk, size_t number)
{
    struct frame *frame = &walk->frames.items[number];
    frame->is_waiting = false;
    go_to(walk, frame, 0, &frame->entry);
    while (walk->queue.count > 0) {
        uint32_t index = walk->queue.items[--walk->queue.count];
        walk->frames.items[number].queued[index] = 0;
        if (*walk->flow->steps_left == 0) {
            walk->flow->gave_up = true;
            continue;
        }
        --*walk->flow->steps_left;
        follow(walk, number, index);
    }
}

static void report_all(struct walk *walk)
{
    walk->reports = true;
    size_t count = walk->frames.count;
    for (size_t number = 0; number < count; number++)
        for (uint32_t i = 0; i < walk->frames.items[number].count; i++)
            if (walk->frames.items[number].seen[i])
                follow(walk, number, i);
}

void hg_flow_follow(struct flow *flow, uint32_t function)
{
    struct walk walk = {.flow = flow, .object = flow->index->object};
    enter(&walk, function, (const struct value[6]){[1] = {.kind = VALUE_CONTEXT}});
    for (size_t i = 0; i < walk.frames.count;) {
        if (walk.frames.items[i].is_waiting) {
            follow_frame(&walk, i);
            i = 0;
        } else {
            i++;
        }
    }
    report_all(&walk);
    for (size_t i = 0; i < walk.frames.count; i++) {
        free(walk.frames.items[i].states);
        free(walk.frames.items[i].seen);
        free(walk.frames.items[i].queued);
    }
    free(walk.frames.items);
    free(walk.queue.items);
}

void hg_flow_deinit(struct flow *flow)
{
    free(flow->events.items);
    free(flow->functions.items);
}
