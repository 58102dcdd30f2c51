/*
 * CO-RE: what the relocations of BPF objects come to on given types, and which types they need.
 *
 * A BPF object that clang compiled says, for every access to a kernel type, which instruction
 * depends on the layout and how (section .BTF.ext).  The loader looks the type up in the BTF of the
 * running kernel and puts the right number into the instruction.  Here the same is done without a
 * kernel: against any model, by the rules of the loaders.
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

/* Whether the answer is 0 or 1, and "there is none" is an answer. */
bool hg_core_is_question(enum hg_core_kind kind);

/* "byte_offset", "field_exists" ... */
const char *hg_core_kind_name(enum hg_core_kind kind);

/* --- objects --- */

struct hg_core_object;

/* Reads an ELF object's .BTF, .BTF.ext, functions and code.  Nothing in it is trusted; what is
 * wrong is reported with its place.  An object without relocations is fine, one
 * without .BTF.ext a warning.  On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_core_read(const char *path, struct hg_diagnostics *diagnostics,
                                          struct hg_core_object **ret);

/* The same for bytes in memory, which need to live only for the length of the call. */
HG_MUST_CHECK enum hg_status hg_core_read_bytes(const struct hg_btf_bytes *bytes,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_core_object **ret);

void hg_core_destroy(struct hg_core_object *object);

/* As it was given. */
const char *hg_core_name(const struct hg_core_object *object);

/* What is to be said of an object without relocations, as a sentence without its full stop: its
 * offsets are fixed, or .BTF.ext is gone.  NULL = it has relocations.  Nobody's to free. */
const char *hg_core_remark(const struct hg_core_object *object);

/* --- check --- */

enum hg_core_loader { HG_CORE_LIBBPF, HG_CORE_AYA, HG_CORE_CILIUM };
enum { HG_CORE_LOADERS = 3 };

/* "libbpf", "aya", "cilium" */
const char *hg_core_loader_name(enum hg_core_loader loader);

enum hg_core_result {
    HG_CORE_RESOLVED,
    HG_CORE_MISSING,   /* nothing matches: the instruction is poisoned */
    HG_CORE_MISMATCH,  /* what matches does not fit the instruction, which is poisoned */
    HG_CORE_AMBIGUOUS, /* several types match and differ: the loader gives up */
    HG_CORE_REFUSED,   /* the loader gives up for another reason */
    HG_CORE_WRONG,     /* the loader puts in a number that is not the right one */
};

/* "resolved", "missing" ... */
const char *hg_core_result_name(enum hg_core_result result);

/* What one relocation comes to. */
struct hg_core_finding {
    const char *program; /* the function */
    const char *section;
    uint32_t insn; /* counted from the start of the function, eight bytes each */
    enum hg_core_kind kind;
    const char *access;       /* `struct task_struct.pid`, `enum pid_type::PIDTYPE_TGID` */
    struct hg_location where; /* in the program's source, without directories, if it says so */
    enum hg_core_result result;
    /* RESOLVED and WRONG, unless the value is a type's number and there are no numbers */
    bool has_value;
    uint64_t value;
    /* A poisoned instruction that is never reached here: the branches that lead to it depend on
     * relocations that came to other values.  The kernel drops it. */
    bool guarded;
    /* The answer is no, or 0, because the types have no definition of that name; and, by
     * hg_core_doubt, whether the kernel has one is not known. */
    bool is_absent;
    bool is_unsure;
    const char *why; /* what is not RESOLVED: why, as a sentence without its full stop; else NULL */
};

struct hg_core_report {
    const char *object;
    const struct hg_core_finding *findings; /* in the order of the object */
    size_t count;
    /* Findings that keep the object from being loaded: neither resolved nor guarded; and gives_up. */
    size_t failures;
    const char *remark; /* as from hg_core_remark */
    /* Why the loader takes nothing of the object, whatever its relocations come to; NULL = it does. */
    const char *gives_up;
};

/* What the loader would make of the object's relocations when `target` are the kernel's types.  On
 * success, whatever the findings, *ret is the caller's; strings in it live as long as it does. */
HG_MUST_CHECK enum hg_status hg_core_check(const struct hg_core_object *object,
                                           const struct hg_model *target,
                                           enum hg_core_loader loader,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_core_report **ret);

/* For types that are only a part of the kernel's, such as headers: says that answers which come from
 * the absence of a type are not known.  Each is reported, as a warning. */
void hg_core_doubt(struct hg_core_report *report, struct hg_diagnostics *diagnostics);

/* The object's relocations without any answer: each is MISSING, and has no reason. */
HG_MUST_CHECK enum hg_status hg_core_list(const struct hg_core_object *object,
                                          struct hg_diagnostics *diagnostics,
                                          struct hg_core_report **ret);

void hg_core_report_destroy(struct hg_core_report *report);

/* The reports on one object, by loader.  All but one may be NULL; the first one leads. */
struct hg_core_views {
    const struct hg_core_report *libbpf;
    const struct hg_core_report *aya;
    const char *text; /* lines that follow those of the relocations; NULL = none */
    const char *json; /* members that follow "relocations": `, "name": value`; NULL = none */
    /* By finding: it is of programs that are not loaded, and does not count; NULL = all count. */
    const bool *idle;
    const struct hg_core_report *cilium;
};

void hg_core_write_text(const struct hg_core_views *views, size_t count, struct hg_output *ret);
void hg_core_write_json(const struct hg_core_views *views, size_t count, struct hg_output *ret);

/* --- needs --- */

struct hg_core_names {
    const char *const *names; /* `struct task_struct`, `enum pid_type`, `typedef u32` */
    size_t count;
};

void hg_core_names_destroy(struct hg_core_names *names);

/* The types that the objects' relocations name, each once, in the order of first use, without
 * flavours (`x___y` is x).  Types without a name, and arithmetic ones, are left out. */
void hg_core_wanted_names(const struct hg_core_object *const *objects, size_t count,
                          struct hg_core_names **ret);

struct hg_core_need_options {
    size_t sz; /* sizeof(struct hg_core_need_options): see HG_OPTIONS */
    /* A relocation that comes to nothing and is not guarded is a warning instead of an error. */
    bool keep_going;
    /* By object, and by finding as hg_core_check has them: it is of programs that a loader leaves
     * alone, so that it is a warning.  NULL = of none. */
    const bool *const *idle;
    /* By the rules of each of them; NULL = libbpf's. */
    const enum hg_core_loader *loaders;
    size_t loader_count;
};

/* Those types of the model that the relocations come to, by their names there.  A relocation that
 * comes to nothing and is not guarded is an error, as the object does not load there; so is one
 * that a loader gives up on, whatever the options, which may be NULL. */
HG_MUST_CHECK enum hg_status hg_core_found_names(const struct hg_core_object *const *objects,
                                                 size_t count, const struct hg_model *target,
                                                 const struct hg_core_need_options *options,
                                                 struct hg_diagnostics *diagnostics,
                                                 struct hg_core_names **ret);

/* A model of no more than the objects' relocations need to come to the same on it as on `target`:
 * of records only the members that are accessed, at their places; what is behind a pointer only
 * where something else needs it.  Reports as hg_core_found_names.  *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_core_trim(const struct hg_core_object *const *objects, size_t count,
                                          const struct hg_model *target,
                                          const struct hg_core_need_options *options,
                                          struct hg_diagnostics *diagnostics,
                                          struct hg_model **ret);

/* The model with each array of arrays in the shape in which the objects' relocations find it: nested,
 * as the model has it, or flat, as a kernel's own BTF has it, which is also what those that no
 * relocation goes through become.  One that is needed in both shapes is an error.  *ret is the
 * caller's. */
HG_MUST_CHECK enum hg_status hg_core_shape_arrays(const struct hg_core_object *const *objects,
                                                  size_t count, const struct hg_model *target,
                                                  struct hg_diagnostics *diagnostics,
                                                  struct hg_model **ret);

HG_END_DECLARATIONS

#endif
