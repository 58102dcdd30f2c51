/*
 * Reading: the front ends, for C headers and for BTF.  Each returns a complete, verified model.
 */
#ifndef HDRGEN_READ_H
#define HDRGEN_READ_H

#include <hdrgen/model.h>

HG_BEGIN_DECLARATIONS

struct hg_header_options {
    size_t sz; /* sizeof(struct hg_header_options): see HG_OPTIONS */
    /* Paths, or names as in #include <...> that the include directories of `arguments` resolve.
     * All of them are included in one translation unit, in this order. */
    const char *const *headers;
    size_t header_count;
    /* Passed to clang unchanged. */
    const char *const *arguments;
    size_t argument_count;
    /* A target triple, as for clang's --target; NULL = the one of `arguments`, else the host's. */
    const char *target;
    /* Leave out the declarations that an error in the headers touched, instead of failing.  An
     * error of the preprocessor (a missing include, a bad #if, #error) is still an error: it can
     * change every declaration after it without a trace. */
    bool keep_going;
    /* Also report clang's warnings. */
    bool clang_warnings;
    /* Macros to evaluate: names or patterns, as in hdrgen/select.h.  `!` before a pattern excludes
     * the macros that match it; if all begin with `!`, all other macros are evaluated.  A pattern
     * without `!` that matches no macro is an error.  Macros that are no constants are left out and
     * counted in a note, which names them if clang_warnings is set. */
    const char *const *macros;
    size_t macro_count;
    bool macros_are_optional; /* one that matches no macro is only a warning */
    /* The contents of the header `-`, which messages call <stdin>; NULL = `-` is a file name. */
    const char *standard_input;
    size_t standard_input_size;
};

/* Parses the headers with libclang.  On success *ret is the caller's (hg_model_destroy). */
HG_MUST_CHECK enum hg_status hg_read_headers(const struct hg_header_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **ret);

struct hg_btf_file {
    size_t sz; /* sizeof(struct hg_btf_file): see HG_OPTIONS */
    /* Raw BTF in either byte order; an ELF file with a .BTF section (vmlinux, a module, a BPF
     * object); a kernel image with BTF inside (bzImage, Image, zboot, compressed or not); or any of
     * these compressed with gzip, xz, lzma, zstd or lz4. */
    const char *path;
    /* For split BTF, as modules have it: the file with its base, in any of these forms.  The model
     * then holds the types of both.  NULL = path is not split. */
    const char *base_path;
    /* A target triple (`s390x-linux-gnu`; only its first and last words matter).  It gives the size
     * of pointers, which BTF does not hold.  NULL = the size of the type `long` in the BTF, else
     * that of the ELF file's class, else 8 with a warning.  A triple of the other byte order is an
     * error. */
    const char *target;
};

/*
 * Reads BTF.  The file is not trusted: it is checked as a whole, in time linear in its size, before
 * the model is made, and each fault is reported with its BTF id.  On success *ret is the caller's
 * (hg_model_destroy).
 *
 * The model's type ids are not BTF ids, since modifiers become part of references, and functions
 * and variables become symbols (hg_model_numbering maps them).  All alignments are 0 (not known).
 * Types with equal names are all kept.
 */
HG_MUST_CHECK enum hg_status hg_read_btf(const struct hg_btf_file *options,
                                         struct hg_diagnostics *diagnostics, struct hg_model **ret);

/* A file in memory.  Messages and the model call it `name`. */
struct hg_btf_bytes {
    const char *name;
    const void *data;
    size_t size;
};

/* As hg_read_btf, for files in memory; base and target may be NULL.  The bytes need to live only
 * during the call. */
HG_MUST_CHECK enum hg_status hg_read_btf_bytes(const struct hg_btf_bytes *bytes,
                                               const struct hg_btf_bytes *base, const char *target,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_model **ret);

/* Checks BTF as hg_read_btf_bytes does, without making a model: for BTF that was just written. */
HG_MUST_CHECK enum hg_status hg_check_btf_bytes(const struct hg_btf_bytes *bytes,
                                                const struct hg_btf_bytes *base, const char *target,
                                                struct hg_diagnostics *diagnostics);

HG_END_DECLARATIONS

#endif
