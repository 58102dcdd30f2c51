/*
 * The dependency surface of BPF objects: what their programs need of a kernel besides the layout of
 * types, and whether a kernel has it.
 *
 *     SEC("fentry/vfs_read")         the function vfs_read, its parameters that the program uses
 *     SEC("tp/sched/sched_switch")   the tracepoint, the fields of its record that are read
 *     bpf_ringbuf_output(...)        the helper; the map's type
 *     extern ... __ksym, __kconfig   kernel functions and variables, values of the configuration
 *
 * An object's needs are read once (hg_surface_read) and asked of any number of kernels
 * (hg_surface_ask).  What a kernel's description cannot answer is UNKNOWN, never FINE.
 */
#ifndef HDRGEN_SURFACE_H
#define HDRGEN_SURFACE_H

#include <hdrgen/core.h>

HG_BEGIN_DECLARATIONS

/* --- needs --- */

enum hg_need_kind {
    HG_NEED_PROGRAM_TYPE,
    HG_NEED_ATTACH_TYPE,
    HG_NEED_FUNCTION,
    HG_NEED_SYSCALL,
    HG_NEED_TRACEPOINT,
    HG_NEED_LSM_HOOK,
    HG_NEED_ITERATOR,
    HG_NEED_STRUCT_OPS,
    HG_NEED_PARAMETER, /* of the function, tracepoint or hook that the program is attached to */
    HG_NEED_RECORD,    /* a field of a tracepoint's record, read at an offset that is fixed */
    HG_NEED_CONTEXT,   /* reads of the program's context that could not be followed */
    HG_NEED_HELPER,
    HG_NEED_KFUNC,
    HG_NEED_KSYM,
    HG_NEED_CONFIG,
    HG_NEED_MAP_TYPE,
    HG_NEED_OBJECT, /* what libbpf refuses in the object itself; no kernel helps */
};
enum { HG_NEED_KINDS = HG_NEED_OBJECT + 1 };

/* "function", "map_type" ... */
const char *hg_need_kind_name(enum hg_need_kind kind);

struct hg_surface_need {
    enum hg_need_kind kind;
    const char *program;      /* the function that is attached; NULL = of the object as a whole */
    const char *section;      /* that program's; NULL as program */
    const char *name;         /* `vfs_read`, `parameter 2 of vfs_read`, `bpf_ringbuf_output` */
    struct hg_location where; /* of its first use in the program's source, if that is known */
    /* What the program declares: as hg_answer's layout. */
    const char *layout;
    /* The object loads without it: a weak symbol, or a program that is only loaded on demand. */
    bool is_optional;
};

/* What user space is known to do before it loads the object. */
struct hg_surface_options {
    size_t sz; /* sizeof(struct hg_surface_options): see HG_OPTIONS */
    /* `PROGRAM=TARGET`: attached to that, in place of what its section says. */
    const char *const *attach;
    size_t attach_count;
    /* Programs that are not loaded. */
    const char *const *without;
    size_t without_count;
    /* The loader looks at no more of a section's name than it knows, as aya does: `xdp/name`. */
    bool takes_loose_names;
    /* libbpf is not what loads the object: what it refuses in the object itself is no need. */
    bool without_libbpf;
};

struct hg_surface;

/* What the object needs.  options may be NULL.  A program of the options that the object does not
 * have is the caller's affair: see hg_surface_has_program.  object must outlive *ret, which is the
 * caller's. */
HG_MUST_CHECK enum hg_status hg_surface_read(const struct hg_core_object *object,
                                             const struct hg_surface_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_surface **ret);
void hg_surface_destroy(struct hg_surface *surface);

const struct hg_surface_need *hg_surface_needs(const struct hg_surface *surface, size_t *count);
bool hg_surface_has_program(const struct hg_core_object *object, const char *name);

/* --- kernels --- */

/* A kernel, as it answers: its types and functions (BTF), and what stands beside them. */
struct hg_kernel_facts;

struct hg_facts_options {
    size_t sz; /* sizeof(struct hg_facts_options): see HG_OPTIONS */
    /* System.map, /proc/kallsyms, or an ELF file with symbols (vmlinux); NULL = none. */
    const char *symbols;
    /* available_filter_functions of tracefs: the functions that ftrace can attach to; NULL = not
     * known. */
    const char *traceable;
    /* A .config, plain or compressed by gzip; NULL = none. */
    const char *config;
    /* `6.1` or `6.1.176`, and what follows; NULL = not known. */
    const char *release;
    /* Look for no names that are like one that is missing: a pass over all functions for each. */
    bool no_suggestions;
    /* available_events of tracefs: its tracepoints, with their categories; NULL = not known. */
    const char *events;
};

/* model must outlive *ret.  options may be NULL.  Reports what cannot be read. */
HG_MUST_CHECK enum hg_status hg_facts_create(const struct hg_model *model,
                                             const struct hg_facts_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_kernel_facts **ret);
void hg_facts_destroy(struct hg_kernel_facts *facts);

/* --- answers --- */

enum hg_verdict {
    HG_FINE,
    HG_GUARDED, /* it is not there, and the program does not come to its use */
    HG_PARTLY,  /* it is there, but the program may miss calls */
    HG_UNKNOWN, /* what is known of the kernel does not say */
    HG_CHANGED, /* it is there, and is not what the program takes it for */
    HG_SEVERAL, /* there are several of that name */
    HG_MISSING,
};
enum { HG_VERDICTS = HG_MISSING + 1 };

/* "fine", "missing" ... */
const char *hg_verdict_name(enum hg_verdict verdict);

/* Whether the program would be refused, or would read something else: CHANGED, SEVERAL, MISSING. */
bool hg_verdict_fails(enum hg_verdict verdict);

struct hg_answer {
    enum hg_verdict verdict;
    const char *value;  /* what it is there, such as a parameter's declaration; NULL = no more */
    const char *why;    /* a sentence without its full stop; NULL where it is FINE */
    const char *advice; /* what can be done about it; NULL = nothing to say */
    /* Of a parameter: its type without names, by which kernels are compared; NULL = it has none. */
    const char *shape;
    /* The kernel's record or prototype, as JSON text in the form that docs/check.md has; NULL = it
     * has none, or nothing about one was asked. */
    const char *layout;
};

struct hg_answers {
    const struct hg_answer *items; /* in the order of the needs */
    size_t count;
    size_t failures; /* those that fail and are not optional */
};

/* relocations: what hg_core_check found on the same kernel, by which guards are known; NULL = it
 * was not asked, and nothing is guarded.  *ret is the caller's. */
void hg_surface_ask(const struct hg_surface *surface, const struct hg_kernel_facts *kernel,
                    const struct hg_core_report *relocations, struct hg_answers **ret);
void hg_answers_destroy(struct hg_answers *answers);

/* Whether the answer to a need would keep the object, or its program, from being loaded, or would
 * be read without a word: of what is optional only some. */
bool hg_surface_fails(const struct hg_surface_need *need, enum hg_verdict verdict);

/* --- programs --- */

/* Their number; they are in the object's order. */
size_t hg_surface_programs(const struct hg_surface *surface);
const char *hg_surface_program_name(const struct hg_surface *surface, size_t program);
const char *hg_surface_program_section(const struct hg_surface *surface, size_t program);
/* Its section begins with `?`. */
bool hg_surface_is_on_demand(const struct hg_surface *surface, size_t program);

/* Of the program, loaded alone: the worst answer to what it, the functions that it calls and the
 * object need; PARTLY and UNKNOWN, too, where nothing fails. */
enum hg_verdict hg_surface_program_verdict(const struct hg_surface *surface, size_t program,
                                           const struct hg_answers *answers,
                                           const struct hg_core_report *relocations);
/* Whether what a relocation comes to matters, by its place in the report: not where only programs
 * are concerned that are loaded on demand, or that the options leave out. */
bool hg_surface_counts(const struct hg_surface *surface, size_t finding);
/* Whether a relocation of the program, or of a function that it calls, keeps it from being loaded;
 * *own: one of its own function. */
bool hg_surface_relocations_fail(const struct hg_surface *surface, size_t program,
                                 const struct hg_core_report *relocations, bool *own);

HG_END_DECLARATIONS

#endif
