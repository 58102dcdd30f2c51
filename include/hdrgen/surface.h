/*
 * The dependency surface of BPF objects: finds what their programs need of a kernel besides the
 * layout of types, and whether a kernel has it.
 *
 *     SEC("fentry/vfs_read")         the function vfs_read, its parameters that the program uses
 *     SEC("tp/sched/sched_switch")   the tracepoint, the fields of its record that are read
 *     bpf_ringbuf_output(...)        the helper; the map's type
 *     extern ... __ksym, __kconfig   kernel functions and variables, values of the configuration
 *
 * hg_surface_read finds the needs of an object once; hg_surface_ask answers them for any number of
 * kernels.  A need that the description of a kernel does not answer is UNKNOWN, never FINE.
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
    HG_NEED_RECORD,    /* a field of a tracepoint's record, read at a fixed offset */
    HG_NEED_CONTEXT,   /* reads of the program's context that hdrgen could not follow */
    HG_NEED_HELPER,
    HG_NEED_KFUNC,
    HG_NEED_KSYM,
    HG_NEED_CONFIG,
    HG_NEED_MAP_TYPE,
    HG_NEED_OBJECT, /* a fault of the object, for which libbpf refuses it on every kernel */
};
enum { HG_NEED_KINDS = HG_NEED_OBJECT + 1 };

/* "function", "map_type" ... */
const char *hg_need_kind_name(enum hg_need_kind kind);

struct hg_surface_need {
    enum hg_need_kind kind;
    const char *program;      /* the function that is attached; NULL = the whole object needs it */
    const char *section;      /* the program's ELF section; NULL if program is NULL */
    const char *name;         /* `vfs_read`, `parameter 2 of vfs_read`, `bpf_ringbuf_output` */
    struct hg_location where; /* of the first use in the program's source; file NULL = not known */
    /* The record or prototype that the program declares, in the form of hg_answer.layout; NULL =
     * none. */
    const char *layout;
    /* The object loads without it: a weak symbol, or the need of a program that is only loaded on
     * demand (its section begins with `?`). */
    bool is_optional;
};

/* What user space does before it loads the object. */
struct hg_surface_options {
    size_t sz; /* sizeof(struct hg_surface_options): see HG_OPTIONS */
    /* `PROGRAM=TARGET`: user space attaches PROGRAM to TARGET, not to what its section names. */
    const char *const *attach;
    size_t attach_count;
    /* Programs that are not loaded. */
    const char *const *without;
    size_t without_count;
    /* The loader ignores what follows the known part of a section's name, as aya does: `xdp/name`
     * is `xdp`. */
    bool takes_loose_names;
    /* Another loader than libbpf loads the object: there is no HG_NEED_OBJECT. */
    bool without_libbpf;
    /* The license that the loader gives an object without one (aya: "GPL"); NULL = none. */
    const char *license;
};

struct hg_surface;

/* Finds what the object needs.  options may be NULL.  Programs in the options that the object does
 * not have are ignored: the caller checks them by hg_surface_has_program.  On success *ret is the
 * caller's (hg_surface_destroy); object must outlive it. */
HG_MUST_CHECK enum hg_status hg_surface_read(const struct hg_core_object *object,
                                             const struct hg_surface_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_surface **ret);
void hg_surface_destroy(struct hg_surface *surface);

/* The needs; *count is their number.  They live as long as the surface. */
const struct hg_surface_need *hg_surface_needs(const struct hg_surface *surface, size_t *count);
/* Whether the object has a program with that function's name. */
bool hg_surface_has_program(const struct hg_core_object *object, const char *name);

/* --- kernels --- */

/* The description of a kernel: the types and functions of its BTF, and the files named in
 * hg_facts_options. */
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
    /* The kernel's release, `6.1` or `6.1.176-1-amd64`; NULL = not known. */
    const char *release;
    /* Suggest no similar names for missing functions: each search visits all functions. */
    bool no_suggestions;
    /* available_events of tracefs: its tracepoints, with their categories; NULL = not known. */
    const char *events;
};

/* Describes a kernel by the model of its BTF and by further files.  options may be NULL.  A file
 * that cannot be read and a release without a version are errors.  On success *ret is the caller's
 * (hg_facts_destroy); model must outlive it. */
HG_MUST_CHECK enum hg_status hg_facts_read(const struct hg_model *model,
                                           const struct hg_facts_options *options,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_kernel_facts **ret);
void hg_facts_destroy(struct hg_kernel_facts *facts);

/* --- answers --- */

enum hg_verdict {
    HG_FINE,
    HG_GUARDED, /* the kernel lacks it, but the program never reaches its use there */
    HG_PARTLY,  /* the kernel has it, but the program may miss calls */
    HG_UNKNOWN, /* the description of the kernel does not say */
    HG_CHANGED, /* the kernel has it, but not as the program expects it */
    HG_SEVERAL, /* the kernel has several of that name */
    HG_MISSING,
};
enum { HG_VERDICTS = HG_MISSING + 1 };

/* "fine", "missing" ... */
const char *hg_verdict_name(enum hg_verdict verdict);

/* Whether the kernel would refuse the program, or the program would read wrong data: CHANGED,
 * SEVERAL, MISSING. */
bool hg_verdict_fails(enum hg_verdict verdict);

struct hg_answer {
    enum hg_verdict verdict;
    const char *value;  /* what the kernel has, such as a parameter's declaration; NULL = nothing */
    const char *why;    /* the reason, as a sentence without its full stop; NULL = none is needed */
    const char *advice; /* what the user can do; NULL = nothing is known */
    /* PARAMETER: its type without names, to compare kernels by; NULL = there is none. */
    const char *shape;
    /* The kernel's record or prototype, as JSON text (docs/check.md); NULL = the kernel has none,
     * or the need is not about one. */
    const char *layout;
};

struct hg_answers {
    const struct hg_answer *items; /* in the order of the needs */
    size_t count;
    size_t failures; /* number of answers for which hg_surface_fails is true */
};

/* Answers each need for one kernel.  relocations is the report of hg_core_check on the same object
 * and kernel: its values show which code the program never reaches there.  NULL = not known: all
 * code counts as reached.  *ret is the caller's (hg_answers_destroy). */
void hg_surface_ask(const struct hg_surface *surface, const struct hg_kernel_facts *kernel,
                    const struct hg_core_findings *relocations, struct hg_answers **ret);
void hg_answers_destroy(struct hg_answers *answers);

/* Whether this answer keeps the object or the program from loading, or lets it read wrong data.  A
 * need with is_optional fails only if it is a KFUNC, or a KSYM or CONFIG that is CHANGED. */
bool hg_surface_fails(const struct hg_surface_need *need, enum hg_verdict verdict);

/* --- programs --- */

/* The number of programs.  They are indexed from 0, in the object's order. */
size_t hg_surface_programs(const struct hg_surface *surface);
/* The program's function, and its ELF section. */
const char *hg_surface_program_name(const struct hg_surface *surface, size_t program);
const char *hg_surface_program_section(const struct hg_surface *surface, size_t program);
/* Whether the program is loaded only on demand: its section begins with `?`. */
bool hg_surface_is_on_demand(const struct hg_surface *surface, size_t program);

/* The verdict on a program that is loaded alone, by the answers to the needs of the program, of
 * the functions that it calls and of the object, and by its relocations.  It is MISSING if a
 * relocation fails; else the first answer that fails; else UNKNOWN if a relocation is_unsure; else
 * the first answer that is PARTLY or UNKNOWN; else FINE.  relocations must not be NULL. */
enum hg_verdict hg_surface_program_verdict(const struct hg_surface *surface, size_t program,
                                           const struct hg_answers *answers,
                                           const struct hg_core_findings *relocations);
/* Whether the finding of hg_core_check with that index counts.  False = it is only in programs that
 * are loaded on demand or that the options leave out. */
bool hg_surface_counts(const struct hg_surface *surface, size_t finding);
/* Whether a relocation keeps the program from loading: one in the program itself or in a function
 * that it calls.  *own is set to true if one in the program itself does, else to false. */
bool hg_surface_relocations_fail(const struct hg_surface *surface, size_t program,
                                 const struct hg_core_findings *relocations, bool *own);

HG_END_DECLARATIONS

#endif
