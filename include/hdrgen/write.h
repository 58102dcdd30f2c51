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

/* Bytes that a writer made.  Zero-initialise before use; free with hg_output_deinit. */
struct hg_output {
    char *data;
    size_t size;
};

void hg_output_deinit(struct hg_output *output);

struct hg_write_options {
    /* Rust: where C's integer types live, "core::ffi" when NULL. */
    const char *ctypes_prefix;
    /* For the preamble: how the output can be made again, without paths of this machine; may be
     * NULL. */
    const char *command;
    /* C: the include guard; NULL = "__VMLINUX_H__", by which libbpf's headers know that the
     * kernel's own types are there. */
    const char *guard;

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

#pragma GCC visibility pop

#endif
