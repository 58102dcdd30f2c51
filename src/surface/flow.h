/* What a program does with its context: see flow.c. */
#ifndef HG_SURFACE_FLOW_H
#define HG_SURFACE_FLOW_H

#include "core/object.h"

/* The object's relocations by instruction. */
struct record_index {
    const struct hg_core_object *object;
    const struct record **records; /* by function, then instruction */
    size_t count;
};

void hg_record_index_init(struct record_index *index, const struct hg_core_object *object);
void hg_record_index_deinit(struct record_index *index);
/* NULL = the instruction has none. */
const struct record *hg_record_at(const struct record_index *index, uint32_t function,
                                  uint32_t insn);

enum event_kind {
    EVENT_LOAD,    /* of the context */
    EVENT_THROUGH, /* memory is read through a pointer that was loaded from the context */
    EVENT_LOST,    /* a read that may be of the context, at an offset that is not known */
};

struct flow_event {
    enum event_kind kind;
    uint32_t function;
    uint32_t insn;
    /* LOAD: the field that is read, where a relocation says so.  THROUGH: the same of what the
     * pointer points to.  NULL = the offset is fixed. */
    const struct record *record;
    bool is_relocated; /* LOAD: by record, or by one of several that meet there */
    int32_t offset;    /* LOAD, without a record: bytes from the context's start */
    uint32_t size;     /* LOAD: bytes; 0 = not known */
    uint32_t argument; /* THROUGH: the number that argument_fn gave to the load */
    bool is_direct;    /* by an instruction of its own, and not by a helper */
};

/* The number, from 1, of the argument that is loaded from the context there; 0 = it is none. */
typedef uint32_t argument_fn(void *user, const struct record *record, int32_t offset);

struct flow {
    const struct record_index *index;
    argument_fn *argument_of; /* NULL = no load is of an argument */
    void *user;
    uint64_t *steps_left; /* instructions that may still be looked at, of all programs */
    HG_ARRAY(struct flow_event) events; /* those of one function in its order */
    HG_ARRAY(uint32_t) functions;       /* those that are called, the program's own first */
    bool gave_up;                       /* too long: the events are not all */
};

/* Follows the program from its first instruction, into the functions that it calls.  The first
 * four members are the caller's to set.  Free with hg_flow_deinit. */
void hg_flow_follow(struct flow *flow, uint32_t function);
void hg_flow_deinit(struct flow *flow);

/* The function that a call, or the address of one, leads to; count of functions = none of the
 * object. */
uint32_t hg_flow_callee(const struct hg_core_object *object, const struct function *function,
                        uint32_t insn);

#endif
