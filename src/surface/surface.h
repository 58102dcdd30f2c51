/*
 * What objects need of a kernel, and what kernels answer.
 *
 *     sections.c   names of sections: how a program is attached, and to what
 *     flow.c       what a program does with its context (records.c: relocations by instruction)
 *     context.c    that as needs: parameters, fields of tracepoints' records
 *     operations.c which operation of struct_ops a program is
 *     loader.c     what libbpf refuses in the object itself
 *     needs.c      all that an object needs
 *     facts.c      a kernel, so that names are found: functions, types, symbols, configuration
 *     symbols.c    System.map and the like
 *     ask.c        a need of a kernel: the verdict
 *     attach.c     the same, of what programs are attached to
 *     trampoline.c the same, of functions for fentry and LSM: what the verifier refuses
 *     syscall.c    the same, of system calls
 *     parameter.c  the same, of parameters and records
 *     externals.c  the same, of kernel functions, variables and the configuration
 *     kconfig.c    the same, of values of the configuration
 *     features.c   flags, and ways to attach, that a section's name asks for
 *     license.c    what the object's license forbids
 *     layout.c     records and prototypes, to be shown
 *     verdict.c    all answers for one program
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

/* A need, for those that answer it. */
struct detail {
    enum hg_need_kind kind;
    uint32_t program;        /* index; NO_PROGRAM = of the object */
    enum target_kind target; /* the program's */
    const char *name;        /* the function, event, helper ... as a kernel has it */
    /* A helper's or map type's; a parameter's, 0 = only its offset is known; RECORD: that of the
     * relocation that finds the field, from 1 on, 0 = it has none. */
    uint32_t number;
    int32_t offset;    /* PARAMETER, RECORD: bytes from the context's start */
    uint32_t size;     /* RECORD; 0 = not known */
    hg_type_id type;   /* KFUNC, KSYM: the object's own; PARAMETER: what it is read as */
    const char *field; /* RECORD: the program's name for it; NULL = it has none.  OBJECT: why */
    bool is_weak;
    uint32_t first_use;
};
#define NO_PROGRAM UINT32_MAX

struct program {
    uint32_t function;
    struct section section;
    const char *target;        /* of the section, or of the options; NULL = none */
    bool reads_directly;       /* through pointers of its context that the verifier knows */
    const uint32_t *functions; /* its own, and those that it calls */
    size_t function_count;
};

struct hg_surface {
    const char *license; /* "" = none */
    const struct hg_core_object *object;
    struct hg_arena arena;
    struct record_index records;
    struct name_index symbols;    /* of the object's BTF, by number */
    struct name_index externals;  /* the object's, by number */
    struct name_index config;     /* names of .kconfig; no numbers */
    struct name_index references; /* the object's to what it does not define, by number */
    HG_ARRAY(struct program) programs;
    HG_ARRAY(struct program) left_out; /* by the options: they need nothing */
    HG_ARRAY(struct detail) details;
    HG_ARRAY(struct hg_surface_need) needs; /* in the same order */
    HG_ARRAY(struct use) uses;
    uint64_t steps_left;
    uint8_t *roles; /* by function: enum role, those of all programs that run it */
};

enum role {
    ROLE_LOADED = 1,
    ROLE_IDLE = 2, /* loaded on demand, or left out */
};

/* Adds a use of what *detail says, which becomes a need when it is the first one.  function NO_USE:
 * nothing uses it.  False: there are too many. */
bool hg_surface_add(struct hg_surface *surface, const struct detail *detail, uint32_t function,
                    uint32_t insn);

/* The type that is pointed to, without typedefs; HG_NO_TYPE = id is no pointer. */
hg_type_id hg_surface_pointee(const struct hg_model *model, hg_type_id id);
/* Likewise; HG_NO_TYPE = id is no pointer to a function. */
hg_type_id hg_surface_pointed_function(const struct hg_model *model, hg_type_id id);

/* The prototype of a function of the object's own; NULL = it has none. */
const struct hg_type *hg_surface_prototype(const struct hg_surface *surface, const char *name);

/* context.c: the needs that come from what the program does with its context; also sets the
 * functions that it calls. */
bool hg_surface_add_context(struct hg_surface *surface, uint32_t program, struct flow *flow);

/* operations.c: `tcp_congestion_ops.ssthresh`, in the arena; NULL = no variable holds the function,
 * or several as different ones. */
const char *hg_surface_operation(struct hg_surface *surface, uint32_t function);
/* Whether the section's variables are of struct_ops; whether the object has one. */
bool hg_surface_is_operations(const struct hg_section *section);
bool hg_surface_has_operations(const struct hg_surface *surface);

/* loader.c: the needs that are what libbpf refuses in the object.  False: there are too many. */
bool hg_surface_add_faults(struct hg_surface *surface);
/* 27 of `int (*type)[27]`, a member of a map in .maps; false: the member has another form. */
bool hg_surface_map_number(const struct hg_model *types, const struct hg_member *member,
                           uint64_t *ret);

/* The member of a record at that byte, of that size (0 = of any), through members that are records;
 * NULL = there is none.  The name is that of the innermost. */
struct field {
    const char *name;
    hg_type_id type;
    uint64_t offset;
    uint64_t size;
};
bool hg_surface_field_at(const struct hg_model *model, hg_type_id record, uint64_t offset,
                         uint64_t size, struct field *ret);

/* The number, from 1, of the parameter that a member of struct pt_regs holds: 1 for `di`; 0 = none.
 * index: of an element, if the member is an array. */
uint32_t hg_surface_register(const char *member, uint64_t index);

#endif
