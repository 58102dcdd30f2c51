/* Section names of BPF programs: see sections.c. */
#ifndef HG_SURFACE_SECTIONS_H
#define HG_SURFACE_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* What a program is attached to. */
enum target_kind {
    TARGET_NONE,         /* nothing in the kernel that has a name */
    TARGET_KPROBE,       /* a function, perhaps with an offset */
    TARGET_KRETPROBE,    /* its return */
    TARGET_KPROBE_MULTI, /* functions that match a pattern */
    TARGET_SYSCALL,
    TARGET_FENTRY, /* a function; the context is its parameters */
    TARGET_FEXIT,  /* likewise, and then its result */
    TARGET_FMOD_RET,
    TARGET_FREPLACE,       /* a function of another BPF program */
    TARGET_TRACEPOINT,     /* category/event; the context is the event's record */
    TARGET_RAW_TRACEPOINT, /* an event; the context is its parameters */
    TARGET_BTF_TRACEPOINT, /* likewise, and the verifier knows their types */
    TARGET_LSM,
    TARGET_ITERATOR,
    TARGET_STRUCT_OPS,
};

struct section_spec {
    const char *prefix;
    bool has_target; /* the name is `prefix/target` or the prefix; false: only the prefix */
    enum target_kind target;
    const char *program_type; /* enumerator of bpf_prog_type, without BPF_PROG_TYPE_ */
    const char *attach_type;  /* of bpf_attach_type, without BPF_; NULL = none is necessary */
};

struct section {
    const struct section_spec *spec; /* NULL = no loader knows such a section */
    const char *target;              /* what follows the prefix; NULL = nothing */
    bool is_on_demand;               /* `?prefix/target`: loaded only if user space asks for it */
    bool is_loose; /* `xdp/name`: libbpf does not accept it; other loaders ignore `/name` */
};

/* Finds the longest prefix in the table that the name begins with, and what follows it. */
void hg_section_parse(const char *name, struct section *ret);

#endif
