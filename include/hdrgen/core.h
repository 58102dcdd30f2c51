/*
 * CO-RE: resolves the relocations of BPF objects against a model, and lists the types they need.
 *
 * clang records in section .BTF.ext of a BPF object which instructions depend on the layout of a
 * kernel type, and how.  The loader looks the type up in the BTF of the running kernel and puts the
 * right number into the instruction.  These functions do the same without a kernel: they resolve
 * each relocation against any model, by the rules of the loader that the caller names.
 */
#ifndef HDRGEN_CORE_H
#define HDRGEN_CORE_H

#include <hdrgen/read.h>
#include <hdrgen/write.h>

HG_BEGIN_DECLARATIONS

/* The numbers are those of enum bpf_core_relo_kind in Linux's uapi/linux/bpf.h. */
enum hg_core_kind {
    HG_CORE_BYTE_OFFSET = 0,
    HG_CORE_BYTE_SIZE = 1,
    HG_CORE_FIELD_EXISTS = 2,
    HG_CORE_SIGNED = 3,
    HG_CORE_LSHIFT_U64 = 4,
    HG_CORE_RSHIFT_U64 = 5,
    HG_CORE_TYPE_ID_LOCAL = 6,
    HG_CORE_TYPE_ID_TARGET = 7,
    HG_CORE_TYPE_EXISTS = 8,
    HG_CORE_TYPE_SIZE = 9,
    HG_CORE_ENUMVAL_EXISTS = 10,
    HG_CORE_ENUMVAL_VALUE = 11,
    HG_CORE_TYPE_MATCHES = 12,
};
enum { HG_CORE_KINDS = 13 };

/* What a relocation asks about. */
enum hg_core_subject { HG_CORE_OF_FIELD, HG_CORE_OF_TYPE, HG_CORE_OF_ENUMERATOR };

enum hg_core_subject hg_core_subject(enum hg_core_kind kind);

/* Whether the relocation asks if something exists or matches: "no" is the value 0, not MISSING. */
bool hg_core_is_question(enum hg_core_kind kind);

/* "byte_offset", "field_exists" ... */
const char *hg_core_kind_name(enum hg_core_kind kind);

/* --- objects --- */

struct hg_core_object;

/* Reads an ELF object's .BTF, .BTF.ext, functions and code.  The object is not trusted: each fault
 * is reported with its location.  An object without relocations is fine; one that has functions but
 * no .BTF.ext gets a warning.  On success *ret is the caller's (hg_core_destroy). */
HG_MUST_CHECK enum hg_status hg_core_read(const char *path, struct hg_diagnostics *diagnostics,
                                          struct hg_core_object **ret);

/* As hg_core_read, for an object in memory; a missing .BTF.ext gets no warning (hg_core_remark
 * names it).  The bytes need to live only during the call. */
HG_MUST_CHECK enum hg_status hg_core_read_bytes(const struct hg_btf_bytes *bytes,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_core_object **ret);

void hg_core_destroy(struct hg_core_object *object);

/* The object's path, or the name of its bytes, as the caller gave it. */
const char *hg_core_name(const struct hg_core_object *object);

/* Why the object has no relocations, as a sentence without its full stop: it has no programs, its
 * offsets are fixed, or .BTF.ext is gone.  NULL = it has relocations.  The string is static. */
const char *hg_core_remark(const struct hg_core_object *object);

/* --- check --- */

enum hg_core_loader { HG_CORE_LIBBPF, HG_CORE_AYA, HG_CORE_CILIUM };
enum { HG_CORE_LOADERS = 3 };

/* "libbpf", "aya", "cilium" */
const char *hg_core_loader_name(enum hg_core_loader loader);

enum hg_core_result {
    HG_CORE_RESOLVED,
    HG_CORE_MISSING,   /* no target type or member matches: the instruction is poisoned */
    HG_CORE_MISMATCH,  /* a type matches, but its value does not fit the instruction: poisoned */
    HG_CORE_AMBIGUOUS, /* several types match, with different values: the loader gives up */
    HG_CORE_REFUSED,   /* the loader gives up for another reason */
    HG_CORE_WRONG,     /* the loader puts a wrong number into the instruction */
};

/* "resolved", "missing" ... */
const char *hg_core_result_name(enum hg_core_result result);

/* The result of one relocation. */
struct hg_core_finding {
    const char *program; /* the function that holds the instruction */
    const char *section; /* the ELF section of that function */
    uint32_t insn;       /* index of the instruction in the function, in units of eight bytes */
    enum hg_core_kind kind;
    const char *access;       /* `struct task_struct.pid`, `enum pid_type::PIDTYPE_TGID` */
    struct hg_location where; /* in the program's source, no directories; file NULL = unknown */
    enum hg_core_result result;
    /* value is set: the result is RESOLVED or WRONG.  A type id has no value if the target has no
     * BTF ids. */
    bool has_value;
    uint64_t value;
    /* The instruction is poisoned, but never reached on this target: the branches to it depend on
     * the values of other relocations.  The kernel removes such dead code. */
    bool guarded;
    /* The result is "no", or 0, because the target does not define a type of that name. */
    bool is_absent;
    /* Set by hg_core_doubt: is_absent is set, and the kernel may have such a type all the same. */
    bool is_unsure;
    const char *why; /* the reason, as a sentence without its full stop; NULL = none is needed */
};

struct hg_core_findings {
    const char *object;
    const struct hg_core_finding *findings; /* in the order of the object */
    size_t count;
    /* Number of findings that are neither RESOLVED nor guarded, plus 1 if gives_up is set.  0 = no
     * relocation keeps the object from loading. */
    size_t failures;
    const char *remark; /* as from hg_core_remark */
    /* Why the loader refuses the whole object, whatever the findings are; NULL = it does not. */
    const char *gives_up;
};

/* Resolves the object's relocations as the loader would on a kernel with the types of `target`.
 * Findings that fail are no error; an object of the other byte order is one.  On success *ret is
 * the caller's (hg_core_findings_destroy); its strings live as long as it does. */
HG_MUST_CHECK enum hg_status hg_core_check(const struct hg_core_object *object,
                                           const struct hg_model *target,
                                           enum hg_core_loader loader,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_core_findings **ret);

/* For a target that has only some of the kernel's types, such as its headers: sets is_unsure where
 * is_absent is set, and replaces `why`.  The first eight are reported as warnings, the number of
 * the others in a note. */
void hg_core_doubt(struct hg_core_findings *findings, struct hg_diagnostics *diagnostics);

/* Lists the object's relocations without resolving them: each finding is MISSING, and its `why` is
 * NULL.  *ret is the caller's (hg_core_findings_destroy). */
HG_MUST_CHECK enum hg_status hg_core_list(const struct hg_core_object *object,
                                          struct hg_diagnostics *diagnostics,
                                          struct hg_core_findings **ret);

void hg_core_findings_destroy(struct hg_core_findings *findings);

/* The findings on one object, by loader; at least one is not NULL.  The first of libbpf, aya and
 * cilium that is not NULL is written in full; of the others, what differs from it. */
struct hg_core_views {
    const struct hg_core_findings *libbpf;
    const struct hg_core_findings *aya;
    const char *text; /* hg_core_write_text: lines to append after the relocations; NULL = none */
    const char *json; /* hg_core_write_json: members after "relocations", `, "name": value` */
    /* By index of the finding: true = only programs that are not loaded have this relocation, so it
     * does not count as a failure.  NULL = all count. */
    const bool *idle;
    const struct hg_core_findings *cilium;
};

/* Write the findings on `count` objects, as text for people and as JSON (docs/check.md).  *ret is
 * the caller's (hg_output_deinit). */
void hg_core_write_text(const struct hg_core_views *views, size_t count, struct hg_output *ret);
void hg_core_write_json(const struct hg_core_views *views, size_t count, struct hg_output *ret);

/* --- needs --- */

struct hg_core_names {
    const char *const *names; /* `struct task_struct`, `enum pid_type`, `typedef u32` */
    size_t count;
};

void hg_core_names_destroy(struct hg_core_names *names);

/* The local types that the objects' relocations name: each once, in the order of first use, without
 * flavours (`x___y` is x).  Left out are types without a name, arithmetic types, and types of which
 * only the local id is used.  *ret is the caller's (hg_core_names_destroy). */
void hg_core_wanted_names(const struct hg_core_object *const *objects, size_t count,
                          struct hg_core_names **ret);

struct hg_core_need_options {
    size_t sz; /* sizeof(struct hg_core_need_options): see HG_OPTIONS */
    /* A relocation that is MISSING or MISMATCH, and not guarded, is a warning, not an error. */
    bool keep_going;
    /* By index of the object, then of the finding in hg_core_check's order: true = only programs
     * that are not loaded have this relocation, so MISSING or MISMATCH is only a warning.  NULL,
     * for all objects or for one = there are none. */
    const bool *const *idle;
    /* hg_core_trim: the loaders whose rules apply; NULL = libbpf.  (hg_core_found_names: always
     * libbpf.) */
    const enum hg_core_loader *loaders;
    size_t loader_count;
};

/* The types of `target` that the objects' relocations match, by their names in `target`.  Errors:
 * a relocation that is MISSING or MISMATCH and not guarded, since the object does not load there;
 * one that is AMBIGUOUS, REFUSED or WRONG, which no option turns into a warning.  options may be
 * NULL.  On success *ret is the caller's (hg_core_names_destroy). */
HG_MUST_CHECK enum hg_status hg_core_found_names(const struct hg_core_object *const *objects,
                                                 size_t count, const struct hg_model *target,
                                                 const struct hg_core_need_options *options,
                                                 struct hg_diagnostics *diagnostics,
                                                 struct hg_core_names **ret);

/* Makes a model with only what the objects' relocations need to resolve to the same values as on
 * `target`.  Records keep their size and the members that are accessed, at their offsets.  The type
 * that a pointer points to is kept only if something else needs it.  Errors are those of
 * hg_core_found_names.  On success *ret is the caller's (hg_model_destroy). */
HG_MUST_CHECK enum hg_status hg_core_trim(const struct hg_core_object *const *objects, size_t count,
                                          const struct hg_model *target,
                                          const struct hg_core_need_options *options,
                                          struct hg_diagnostics *diagnostics,
                                          struct hg_model **ret);

/* Copies the model, with each array of arrays in the shape in which the objects' relocations find
 * it: nested (`int[2][3]`), as the model has it, or flat (`int[6]`), as a kernel's own BTF has it.
 * An array that no relocation goes through becomes flat.  One that is needed in both shapes is an
 * error, unless the objects load with all arrays flat: then all are.  On success *ret is the
 * caller's (hg_model_destroy). */
HG_MUST_CHECK enum hg_status hg_core_shape_arrays(const struct hg_core_object *const *objects,
                                                  size_t count, const struct hg_model *target,
                                                  struct hg_diagnostics *diagnostics,
                                                  struct hg_model **ret);

HG_END_DECLARATIONS

#endif
