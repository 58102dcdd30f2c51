/*
 * Writing: the back ends.  Each turns a selection into the bytes of one file, in memory.
 *
 * The bytes are a pure function of model, selection and options: no clock, no path of this machine,
 * no hash order.
 */
#ifndef HDRGEN_WRITE_H
#define HDRGEN_WRITE_H

#include <hdrgen/model.h>
#include <hdrgen/select.h>

HG_BEGIN_DECLARATIONS

/* Rust: what an enum with a name becomes.  Those without one are constants in each style. */
enum hg_enum_style {
    HG_ENUM_CONSTS,  /* type e = u32; const A: e = 0; */
    HG_ENUM_MODULE,  /* mod e { type Type = u32; const A: Type = 0; } */
    HG_ENUM_NEWTYPE, /* struct e(pub u32); impl e { const A: e = e(0); } */
    HG_ENUM_RUST,    /* enum e { A = 0 }; members hold the integer, e::from_raw() makes one of it */
};

/* Rust: functions that read kernel memory. */
enum hg_accessors {
    HG_ACCESSORS_NONE,
    HG_ACCESSORS_PROBE_READ, /* at the input's own offsets */
    HG_ACCESSORS_CORE,       /* at offsets that CO-RE relocates, once `hdrgen link` was run */
};

/* Rust: traits that records are given, besides Clone and Copy, where they can have them. */
enum hg_derive {
    HG_DERIVE_NONE = 1u << 0, /* nothing but what else is listed */
    HG_DERIVE_DEBUG = 1u << 1,
    HG_DERIVE_DEFAULT = 1u << 2, /* all zeroes */
    HG_DERIVE_PARTIAL_EQ = 1u << 3,
    HG_DERIVE_EQ = 1u << 4,
    HG_DERIVE_HASH = 1u << 5,
    HG_DERIVE_PARTIAL_ORD = 1u << 6,
    HG_DERIVE_ORD = 1u << 7,
};

/* Bytes that a writer made.  Zero-initialise before use; free with hg_output_deinit. */
struct hg_output {
    char *data;
    size_t size;
};

void hg_output_deinit(struct hg_output *output);

struct hg_rust_options {
    size_t sz; /* sizeof(struct hg_rust_options): see HG_OPTIONS */
    /* Where C's integer types live, "core::ffi" when NULL. */
    const char *ctypes_prefix;
    enum hg_enum_style enum_style;
    uint32_t derives; /* enum hg_derive, or-ed; 0 = HG_DERIVE_DEBUG */
    /* The module that everything is in, public; NULL = a private one that is re-exported. */
    const char *module;
    enum hg_accessors accessors;
    /* What the accessors read with. NULL = BPF's helper bpf_probe_read_kernel, called by its
     * number; "aya" = the function of that name in aya_ebpf; else the path of a function (dst,
     * size, src) like the helper. */
    const char *probe_read_fn;
    /* Lines for the head of the module, as they are. */
    const char *const *raw_lines;
    size_t raw_line_count;
    /* For the preamble: how the output can be made again, without paths of this machine; may be
     * NULL. */
    const char *command;
};

struct hg_c_options {
    size_t sz; /* sizeof(struct hg_c_options): see HG_OPTIONS */
    /* The include guard; NULL = "__VMLINUX_H__", by which libbpf's headers know that the kernel's
     * own types are there. */
    const char *guard;
    /* What follows the name of each type and enumerator, `___old`; NULL = nothing.  CO-RE ignores
     * it, so that the types of several kernels can be in one program. */
    const char *flavour;
    /* Without the attribute by which accesses are relocated. */
    bool no_preserve_access_index;
    /* Lines that follow the guard, as they are. */
    const char *const *raw_lines;
    size_t raw_line_count;
    /* For the preamble: how the output can be made again, without paths of this machine; may be
     * NULL. */
    const char *command;
    /* A warning about many names lists all of them, not one. */
    bool verbose;
};

struct hg_btf_options {
    size_t sz; /* sizeof(struct hg_btf_options): see HG_OPTIONS */
    /* Write only what kernels and loaders of this version know, HG_KERNEL_VERSION(5, 15); 0 =
     * everything.  What is degraded is reported in a warning.  From 5.0. */
    uint32_t btf_compat;
    /* An ELF object with the BTF in its section .BTF, instead of the BTF alone. */
    bool elf;
    /* Write types of the same kind and name as they are.  For models that were read from BTF.
     * Otherwise equal ones are written once, and of different ones only the first keeps its name;
     * the others are reported in a warning. */
    bool keep_namesakes;
    /* Names with ___ are meant, and not warned of. */
    bool keep_flavours;
    /* Also the model's functions, variables and sections whose types are selected. */
    bool symbols;
    /* Which of them, by index of the symbol; NULL = all. */
    const uint8_t *chosen_symbols;
};

#define HG_KERNEL_VERSION(major, minor) ((uint32_t)(major) << 8 | (uint32_t)(minor))

/* Show: what is asked of a record, in place of its whole layout. */
struct hg_layout_question {
    const char *member; /* a member's path, `a.b[3].c`; NULL = the record itself */
    bool has_offset;    /* which members are at byte `offset` of the member, or of the record */
    bool is_optional;   /* a root without such a member or byte is left out; not all may be */
    uint64_t offset;
};

enum hg_list_order { HG_LIST_AS_READ, HG_LIST_BY_SIZE, HG_LIST_BY_HOLES, HG_LIST_BY_PADDING };

/* Show and list. */
struct hg_layout_options {
    size_t sz;           /* sizeof(struct hg_layout_options): see HG_OPTIONS */
    bool expand;         /* records that members hold are shown inline */
    bool hex;            /* offsets and sizes of members in hexadecimal */
    bool reorganize;     /* an order of the members with fewer holes */
    uint32_t cache_line; /* bytes, a power of two; 0 = 64 */
    /* One for each root; NULL = none. */
    const struct hg_layout_question *questions;

    /* List: the largest first.  Not by size: records only, with their holes and padding. */
    enum hg_list_order order;
    uint64_t least_holes; /* list: only records with this number of holes or more */
    /* List: only records that hold one of these types by value, and where. */
    const hg_type_id *contained;
    size_t contained_count;

    /* Out, may be NULL: counts members found by questions, or types listed. */
    size_t *found;
};

/* Each writer leaves the bytes of one file in *ret.  On failure *ret is untouched and the fault has
 * been reported.  options may be NULL. */

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

/* docs/json.md. */
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

/* BTF that was written, for what continues it. */
struct hg_btf_base;

/* As hg_write_btf; *base is the caller's, too, and needs the model to live.  Namesakes are kept. */
HG_MUST_CHECK enum hg_status hg_write_base_btf(const struct hg_model *model,
                                               const struct hg_selection *selection,
                                               const struct hg_btf_options *options,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_output *ret, struct hg_btf_base **base);

/* BTF of the types of a selection of the base's model that the base does not have, as a module of
 * the kernel has it: ids and strings continue the base's.  A record or enum that the base only
 * declares and the selection defines is written, and what refers to it with it.  options as for the
 * base. */
HG_MUST_CHECK enum hg_status hg_write_split_btf(const struct hg_btf_base *base,
                                                const struct hg_selection *selection,
                                                const struct hg_btf_options *options,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_output *ret);

/* NULL is fine. */
void hg_btf_base_destroy(struct hg_btf_base *base);

HG_END_DECLARATIONS

#endif
