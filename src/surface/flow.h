/* What a program reads through its context: see flow.c. */
#ifndef HG_SURFACE_FLOW_H
#define HG_SURFACE_FLOW_H

#include "core/object.h"

/* --- records.c --- */

/* The object's CO-RE relocations, to be found by instruction. */
struct record_index {
    const struct hg_core_object *object;
    const struct record **records; /* sorted by function, then instruction */
    size_t count;
};

void hg_record_index_init(struct record_index *index, const struct hg_core_object *object);
void hg_record_index_deinit(struct record_index *index);
/* The instruction's relocation, the first if it has several; NULL = it has none. */
const struct record *hg_record_at(const struct record_index *index, uint32_t function,
                                  uint32_t insn);

/* The function that the instruction calls, or whose address it loads; the number of functions = it
 * is none of the object. */
uint32_t hg_flow_callee(const struct hg_core_object *object, const struct function *function,
                        uint32_t insn);

/* --- flow.c --- */

enum event_kind {
    EVENT_LOAD,    /* the context is read */
    EVENT_THROUGH, /* memory is read through a pointer that was loaded from the context */
    EVENT_LOST,    /* perhaps the context is read, at an offset that is not known */
};

struct flow_event {
    enum event_kind kind;
    uint32_t function;
    uint32_t insn;
    /* LOAD: the relocation that names the field of the context; THROUGH: that of the memory; NULL =
     * the offset is fixed. */
    const struct record *record;
    bool is_relocated; /* LOAD: at record's offset; record NULL: at that of one of several */
    int32_t offset;    /* LOAD, not relocated: bytes from the context's start */
    uint32_t size;     /* LOAD: bytes; 0 = not known */
    uint32_t argument; /* THROUGH: the number that argument_of gave to the loaded pointer */
    bool is_direct;    /* a load instruction reads, not a helper */
};

/* The number, from 1, of the argument that a program loads from that field or offset of the
 * context; 0 = it is no argument. */
typedef uint32_t argument_fn(void *user, const struct record *record, int32_t offset);

struct flow {
    const struct record_index *index;
    argument_fn *argument_of; /* NULL = no load is of an argument */
    void *user;
    uint64_t *steps_left; /* how many instructions may still be followed, of all programs */
    HG_ARRAY(struct flow_event) events; /* of each function in the order of its instructions */
    HG_ARRAY(uint32_t) functions;       /* the program's own, then those that it calls */
    bool gave_up;                       /* a limit was reached: events are missing */
};

/* Follows the program from its first instruction, into the functions that it calls.  The first
 * four members are the caller's to set.  Free with hg_flow_deinit. */
void hg_flow_follow(struct flow *flow, uint32_t function);
void hg_flow_deinit(struct flow *flow);

#endif
