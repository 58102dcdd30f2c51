/*
 * Writing: the back ends.  Each turns a selection into the bytes of one file, in memory.
 *
 * The bytes depend only on the model, the selection and the options, not on the time, on paths of
 * this machine, or on the order of a hash table.
 */
#ifndef HDRGEN_WRITE_H
#define HDRGEN_WRITE_H

#include <hdrgen/model.h>
#include <hdrgen/select.h>

HG_BEGIN_DECLARATIONS

/* Rust: what an enum with a name becomes.  An enum without a name is written as constants in every
 * style. */
enum hg_enum_style {
    HG_ENUM_CONSTS,  /* type e = u32; const A: e = 0; */
    HG_ENUM_MODULE,  /* mod e { type Type = u32; const A: Type = 0; } */
    HG_ENUM_NEWTYPE, /* struct e(pub u32); impl e { const A: e = e(0); } */
    HG_ENUM_RUST,    /* enum e { A = 0 }; members are integers, which e::from_raw() converts */
};

/* Rust: functions that read kernel memory. */
enum hg_accessors {
    HG_ACCESSORS_NONE,
    HG_ACCESSORS_PROBE_READ, /* at the offsets of the input */
    HG_ACCESSORS_CORE,       /* at offsets that CO-RE relocates, after `hdrgen link` */
};

/* Rust: traits to derive for records, besides Clone and Copy.  A record that cannot have a trait
 * does not get it. */
enum hg_derive {
    HG_DERIVE_NONE = 1u << 0, /* no trait, unless another bit is set */
    HG_DERIVE_DEBUG = 1u << 1,
    HG_DERIVE_DEFAULT = 1u << 2, /* all bytes zero */
    HG_DERIVE_PARTIAL_EQ = 1u << 3,
    HG_DERIVE_EQ = 1u << 4,
    HG_DERIVE_HASH = 1u << 5,
    HG_DERIVE_PARTIAL_ORD = 1u << 6,
    HG_DERIVE_ORD = 1u << 7,
};

/* The output of a writer: `size` bytes.  Zero-initialise before use; free with hg_output_deinit. */
struct hg_output {
    char *data;
    size_t size;
};

void hg_output_deinit(struct hg_output *output);

struct hg_rust_options {
    size_t sz; /* sizeof(struct hg_rust_options): see HG_OPTIONS */
    /* The path of the module with C's integer types; NULL = "core::ffi". */
    const char *ctypes_prefix;
    enum hg_enum_style enum_style;
    uint32_t derives; /* enum hg_derive, or-ed; 0 = HG_DERIVE_DEBUG */
    /* The public module to put everything in; NULL = a private one whose items are re-exported. */
    const char *module;
    enum hg_accessors accessors;
    /* The function by which accessors read memory.  NULL = BPF's helper bpf_probe_read_kernel,
     * called by its number; "aya" = the function of that name in aya_ebpf; else the path of a
     * function (dst, size, src) like the helper. */
    const char *probe_read_fn;
    /* Lines to copy unchanged to the head of the module. */
    const char *const *raw_lines;
    size_t raw_line_count;
    /* For the preamble: the command that makes the output again, without paths of this machine;
     * NULL = none. */
    const char *command;
};

struct hg_c_options {
    size_t sz; /* sizeof(struct hg_c_options): see HG_OPTIONS */
    /* The include guard; NULL = "__VMLINUX_H__", which tells libbpf's headers that the kernel's
     * types are defined. */
    const char *guard;
    /* A suffix for the name of each type and enumerator, `___old`; NULL = none.  CO-RE ignores it,
     * so one program can have the types of several kernels. */
    const char *flavour;
    /* Leave out preserve_access_index, the attribute that makes clang relocate accesses. */
    bool no_preserve_access_index;
    /* Lines to copy unchanged after the guard. */
    const char *const *raw_lines;
    size_t raw_line_count;
    /* For the preamble: the command that makes the output again, without paths of this machine;
     * NULL = none. */
    const char *command;
    /* A warning about many names lists all of them, not only the first. */
    bool verbose;
};

struct hg_btf_options {
    size_t sz; /* sizeof(struct hg_btf_options): see HG_OPTIONS */
    /* Use only the BTF features that kernels and loaders of this version know, for example
     * HG_KERNEL_VERSION(5, 15), at least 5.0; 0 = all features.  A warning reports what is written
     * in a lesser form. */
    uint32_t btf_compat;
    /* Write an ELF object with the BTF in its section .BTF, instead of raw BTF. */
    bool elf;
    /* Keep all types of one kind and name, and their names, as a model that was read from BTF has
     * them.  Otherwise equal types are written once; of different ones only the first keeps its
     * name, and a warning reports the others. */
    bool keep_duplicate_names;
    /* Do not warn of names that contain ___, which CO-RE takes for flavours. */
    bool keep_flavours;
    /* Also write the model's functions, variables and sections whose types are selected. */
    bool symbols;
    /* Nonzero for each symbol to write, by index of the symbol; NULL = write all. */
    const uint8_t *chosen_symbols;
};

#define HG_KERNEL_VERSION(major, minor) ((uint32_t)(major) << 8 | (uint32_t)(minor))

/* Show: a question about one member or byte of a record, instead of its whole layout. */
struct hg_layout_question {
    const char *member; /* the path of a member, `a.b[3].c`; NULL = the record itself */
    bool has_offset;    /* ask which members are at byte `offset` of that member or record */
    bool is_optional;   /* it is an error only if no root has such a member or byte */
    uint64_t offset;
};

enum hg_list_order { HG_LIST_AS_READ, HG_LIST_BY_SIZE, HG_LIST_BY_HOLES, HG_LIST_BY_PADDING };

/* Show and list. */
struct hg_layout_options {
    size_t sz;           /* sizeof(struct hg_layout_options): see HG_OPTIONS */
    bool expand;         /* show the members of records that members hold inline */
    bool hex;            /* show offsets and sizes of members in hexadecimal */
    bool reorganize;     /* show an order of the members that makes the record smaller */
    uint32_t cache_line; /* bytes, a power of two; 0 = 64 */
    /* One for each root; NULL = none. */
    const struct hg_layout_question *questions;

    /* List: the order, largest first.  By holes or padding, the list has only records, each with
     * its holes and padding. */
    enum hg_list_order order;
    uint64_t least_holes; /* list: only records with at least this number of holes */
    /* List: only records that hold one of these types by value, and the members that do. */
    const hg_type_id *contained;
    size_t contained_count;

    /* Output, may be NULL: is increased by the number of members that answer questions, of types
     * listed, or of records for which a smaller order was found. */
    size_t *found;
};

/* The writers.  Each leaves the bytes of one file in *ret, the caller's (hg_output_deinit).  On
 * failure the fault has been reported, and *ret is untouched.  options may be NULL. */

HG_MUST_CHECK enum hg_status hg_write_rust(const struct hg_model *model,
                                           const struct hg_selection *selection,
                                           const struct hg_rust_options *options,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_output *ret);

HG_MUST_CHECK enum hg_status hg_write_c(const struct hg_model *model,
                                        const struct hg_selection *selection,
                                        const struct hg_c_options *options,
                                        struct hg_diagnostics *diagnostics, struct hg_output *ret);

HG_MUST_CHECK enum hg_status hg_write_btf(const struct hg_model *model,
                                          const struct hg_selection *selection,
                                          const struct hg_btf_options *options,
                                          struct hg_diagnostics *diagnostics,
                                          struct hg_output *ret);

/* The form is in docs/json.md. */
HG_MUST_CHECK enum hg_status hg_write_json(const struct hg_model *model,
                                           const struct hg_selection *selection,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_output *ret);

/* Text for people: layouts as pahole shows them (docs/show.md), and a line for each root. */
HG_MUST_CHECK enum hg_status hg_write_show(const struct hg_model *model,
                                           const struct hg_selection *selection,
                                           const struct hg_layout_options *options,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_output *ret);
HG_MUST_CHECK enum hg_status hg_write_list(const struct hg_model *model,
                                           const struct hg_selection *selection,
                                           const struct hg_layout_options *options,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_output *ret);

/* What hg_write_show writes, as JSON: docs/show.md.  (The types themselves: hg_write_json.) */
HG_MUST_CHECK enum hg_status hg_write_layout_json(const struct hg_model *model,
                                                  const struct hg_selection *selection,
                                                  const struct hg_layout_options *options,
                                                  struct hg_diagnostics *diagnostics,
                                                  struct hg_output *ret);

/* --- split BTF --- */

/* BTF that was written, and that split BTF can continue. */
struct hg_btf_base;

/* As hg_write_btf with keep_duplicate_names.  *base is the caller's, too (hg_btf_base_destroy); the
 * model must outlive it. */
HG_MUST_CHECK enum hg_status hg_write_base_btf(const struct hg_model *model,
                                               const struct hg_selection *selection,
                                               const struct hg_btf_options *options,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_output *ret, struct hg_btf_base **base);

/* Writes split BTF, as a kernel module has it: its ids and string offsets continue those of the
 * base.  The selection is of the base's model; only the types that the base does not have are
 * written.  A record or enum that the base only declares and the selection defines is written, too,
 * with the types that refer to it.  options are as for the base. */
HG_MUST_CHECK enum hg_status hg_write_split_btf(const struct hg_btf_base *base,
                                                const struct hg_selection *selection,
                                                const struct hg_btf_options *options,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_output *ret);

/* NULL is fine. */
void hg_btf_base_destroy(struct hg_btf_base *base);

HG_END_DECLARATIONS

#endif
