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

#pragma GCC visibility push(default)

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

struct hg_write_options {
    /* Rust: where C's integer types live, "core::ffi" when NULL. */
    const char *ctypes_prefix;
    enum hg_enum_style enum_style;
    uint32_t derives; /* enum hg_derive, or-ed; 0 = HG_DERIVE_DEBUG */
    /* Rust: the module that everything is in, public; NULL = a private one that is re-exported. */
    const char *module;
    enum hg_accessors accessors;
    /* Rust: what the accessors read with. NULL = BPF's helper
     * bpf_probe_read_kernel, called by its number; "aya" = the function of that name in aya_ebpf;
     * else the path of a function (dst, size, src) like the helper. */
    const char *probe_read_fn;
    /* Rust and C: lines for the head of what is written, as they are: in Rust within the module, in
     * C behind the guard. */
    const char *const *raw_lines;
    size_t raw_line_count;
    /* For the preamble: how the output can be made again, without paths of this machine; may be
     * NULL. */
    const char *command;
    /* C: the include guard; NULL = "__VMLINUX_H__", by which libbpf's headers know that the
     * kernel's own types are there. */
    const char *guard;
    /* C: what follows the name of each type and enumerator, `___old`; NULL = nothing.  CO-RE
     * ignores it, so that the types of several kernels can be in one program. */
    const char *flavour;
    /* C: without the attribute by which accesses are relocated. */
    bool no_preserve_access_index;

    /* BTF: write only what kernels and loaders of this version know, HG_KERNEL_VERSION(5, 15); 0 =
     * everything.  What is degraded is told in a warning.  From 5.0. */
    uint32_t btf_compat;
    /* BTF: an ELF object with the BTF in its section .BTF, instead of the BTF alone. */
    bool elf;
    /* BTF: write types of the same kind and name as they are.  For models that were read from BTF.
     * Otherwise equal ones are written once, and of different ones only the first keeps its name;
     * the others are told in a warning. */
    bool keep_namesakes;
    /* BTF: names with ___ are meant, and not warned of. */
    bool keep_flavours;
    /* BTF: also the model's functions, variables and sections whose types are selected. */
    bool symbols;
    /* Which of them, by index of the symbol; NULL = all. */
    const uint8_t *chosen_symbols;
    bool verbose; /* a warning about many names lists all of them, not one */
};

#define HG_KERNEL_VERSION(major, minor) ((uint32_t)(major) << 8 | (uint32_t)(minor))

/* On failure *ret is untouched and the fault has been reported. */
typedef enum hg_status hg_write_fn(const struct hg_model *model,
                                   const struct hg_selection *selection,
                                   const struct hg_write_options *options,
                                   struct hg_diagnostics *diagnostics, struct hg_output *ret);

HG_MUST_CHECK hg_write_fn hg_write_rust;
HG_MUST_CHECK hg_write_fn hg_write_json;
HG_MUST_CHECK hg_write_fn hg_write_c;
HG_MUST_CHECK hg_write_fn hg_write_show;
HG_MUST_CHECK hg_write_fn hg_write_list;
HG_MUST_CHECK hg_write_fn hg_write_btf;

/* --- split BTF --- */

/* BTF that was written, for what continues it. */
struct hg_btf_base;

/* As hg_write_btf; *base is the caller's, too, and needs the model to live.  With keep_namesakes.
 */
HG_MUST_CHECK enum hg_status hg_write_base_btf(const struct hg_model *model,
                                               const struct hg_selection *selection,
                                               const struct hg_write_options *options,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_output *ret, struct hg_btf_base **base);

/* BTF of the types of a selection of the base's model that the base does not have, as a module of
 * the kernel has it: ids and strings continue the base's.  A record or enum that the base only
 * declares and the selection defines is written, and what refers to it with it.  options as for the
 * base. */
HG_MUST_CHECK enum hg_status hg_write_split_btf(const struct hg_btf_base *base,
                                                const struct hg_selection *selection,
                                                const struct hg_write_options *options,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_output *ret);

/* NULL is fine. */
void hg_btf_base_destroy(struct hg_btf_base *base);

#pragma GCC visibility pop

#endif
