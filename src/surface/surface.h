/*
 * What objects need of a kernel (struct hg_surface), and what kernels answer.
 *
 * Needs of an object:
 *     needs.c      collects them
 *     sections.c   names of sections: how a program is attached, and to what
 *     flow.c       what a program reads through its context (records.c: what instructions refer to)
 *     context.c    turns these reads into needs: parameters, fields of tracepoints' records
 *     operations.c which operation of struct_ops a program is
 *     loader.c     what libbpf refuses in the object itself
 *
 * A kernel (facts.h), and its answers (ask.h):
 *     facts.c      finds functions, types and symbols by name (config.c: the configuration)
 *     ask.c        answers each need with a verdict, or calls:
 *       attach.c       what programs are attached to
 *       trampoline.c   functions for fentry and LSM that the verifier refuses
 *       syscall.c      system calls
 *       parameter.c    parameters and fields of records
 *       externals.c    kernel functions and variables, options (kconfig.c: their values)
 *       features.c     flags, and ways to attach, that a section's name asks for
 *       license.c      what the object's license forbids
 *       guards.c       whether the program reaches what is missing
 *     layout.c     records and prototypes as data, to be shown
 *     verdict.c    the verdict on a program, from all answers
 */
#ifndef HG_SURFACE_SURFACE_H
#define HG_SURFACE_SURFACE_H

#include "base/memory.h"
#include "base/text.h"
#include "core/object.h"
#include "surface/flow.h"
#include "surface/index.h"
#include "surface/sections.h"

#include <hdrgen/surface.h>

enum { NEEDS_MAX = 8192, USES_MAX = 65536, PROGRAMS_MAX = 4096 };
#define NO_USE UINT32_MAX

/* An instruction that uses the needed thing. */
struct use {
    uint32_t function;
    uint32_t insn;
    uint32_t next; /* index of the need's next use; NO_USE = there is none */
};

/* A need, as the functions that answer it see it. */
struct detail {
    enum hg_need_kind kind;
    uint32_t program;        /* index; NO_PROGRAM = of the object */
    enum target_kind target; /* the program's */
    const char *name;        /* of the function, event, variable ...; NULL = not known */
    /* The id of a helper or map type; PARAMETER: from 1, 0 = only its offset is known; RECORD: 1 +
     * the index of the relocation that finds the field, 0 = it has none. */
    uint32_t number;
    int32_t offset; /* PARAMETER, RECORD: bytes from the context's start */
    uint32_t size;  /* RECORD; 0 = not known */
    hg_type_id
        type; /* in the object: that of a KFUNC, KSYM, CONFIG, STRUCT_OPS; PARAMETER, RECORD: as
                      * which the program reads it; HG_NO_TYPE = not known */
    const char *field; /* RECORD: the program's name for it, NULL = none; OBJECT: why */
    bool is_weak;
    uint32_t first_use; /* index of a use; NO_USE = it has none */
};
#define NO_PROGRAM UINT32_MAX

struct program {
    uint32_t function;
    struct section section;
    const char *target;        /* from the section's name or from the options; NULL = none */
    bool reads_directly;       /* it loads through pointers whose type the verifier knows */
    const uint32_t *functions; /* its own, then those that it calls */
    size_t function_count;
};

struct hg_surface {
    const char *license; /* "" = none */
    const struct hg_core_object *object;
    struct hg_arena arena;
    struct record_index records;
    /* Their numbers are indexes: among the symbols of the object's BTF, among its externals, among
     * those of its references that are external; config has only names, those in .kconfig. */
    struct name_index symbols, externals, references, config;
    HG_ARRAY(struct program) programs;
    HG_ARRAY(struct program) left_out; /* by the options: they need nothing */
    HG_ARRAY(struct detail) details;
    HG_ARRAY(struct hg_surface_need) needs; /* by the same index as details */
    HG_ARRAY(struct use) uses;
    uint64_t steps_left; /* for flow.c, of all programs */
    uint8_t *roles;      /* by function: enum role, of all programs that run it */
};

enum role {
    ROLE_LOADED = 1,
    ROLE_IDLE = 2, /* loaded on demand, or left out */
};

/* Adds the need, if it is new, and a use of it by the instruction; function NO_USE: no use.  False:
 * there are too many needs or uses. */
bool hg_surface_add(struct hg_surface *surface, const struct detail *detail, uint32_t function,
                    uint32_t insn);

/* The type that is pointed to, without typedefs; HG_NO_TYPE = id is no pointer. */
hg_type_id hg_surface_pointee(const struct hg_model *model, hg_type_id id);
/* Likewise; HG_NO_TYPE = id is no pointer to a function. */
hg_type_id hg_surface_pointed_function(const struct hg_model *model, hg_type_id id);

/* The prototype of a function in the object's BTF; NULL = it has none. */
const struct hg_type *hg_surface_prototype(const struct hg_surface *surface, const char *name);

/* context.c: adds what the program needs because of what it reads through its context; also sets
 * flow->functions.  False: there are too many needs. */
bool hg_surface_add_context(struct hg_surface *surface, uint32_t program, struct flow *flow);

/* operations.c: `tcp_congestion_ops.ssthresh`, in the arena; NULL = no variable holds the function,
 * or several hold it as different operations. */
const char *hg_surface_operation(struct hg_surface *surface, uint32_t function);
/* Whether the section's variables are struct_ops; whether the object has such a variable. */
bool hg_surface_is_operations(const struct hg_section *section);
bool hg_surface_has_operations(const struct hg_surface *surface);

/* loader.c: adds a HG_NEED_OBJECT for each thing that libbpf refuses.  False: there are too
 * many. */
bool hg_surface_add_faults(struct hg_surface *surface);
/* 27 of `int (*type)[27]`, a member of a map in .maps; false: the member has another form. */
bool hg_surface_map_number(const struct hg_model *types, const struct hg_member *member,
                           uint64_t *ret);

/* The innermost member of a record at that byte, of that size (0 = of any); an element counts as
 * the array's member.  False: there is none. */
struct field {
    const char *name;
    uint64_t offset;
};
bool hg_surface_field_at(const struct hg_model *model, hg_type_id record, uint64_t offset,
                         uint64_t size, struct field *ret);

/* The number, from 1, of the parameter that a member of struct pt_regs holds: 1 for `di`; 0 = none.
 * index: the element's, if the member is an array. */
uint32_t hg_surface_register(const char *member, uint64_t index);

#endif
