/*
 * Reading: the front ends.  Each fills a model and seals it; what it returns is complete and
 * verified.
 */
#ifndef HDRGEN_READ_H
#define HDRGEN_READ_H

#include <hdrgen/model.h>

HG_BEGIN_DECLARATIONS

struct hg_header_options {
    size_t sz; /* sizeof(struct hg_header_options): see HG_OPTIONS */
    /* Paths, or include-style names that the include directories of arguments resolve.  All of them
     * are one translation unit, included in this order. */
    const char *const *headers;
    size_t header_count;
    /* Handed to clang as they are. */
    const char *const *arguments;
    size_t argument_count;
    /* A target triple as clang's --target takes it; NULL = what arguments say, else the host. */
    const char *target;
    /* Leave out what an error in the headers touched instead of giving up.  An error of the
     * preprocessor (a missing include, a bad #if, #error) still ends the run: it can change every
     * declaration after it without a trace. */
    bool keep_going;
    /* Also report what clang only warns of. */
    bool clang_warnings;
    /* Macros to evaluate: names or shell patterns; with `!` before it, those that are not wanted
     * (all others are, where nothing else is said).  One that matches no macro is an error; those
     * that are no constants are left out, and counted in a note (named, with clang_warnings). */
    const char *const *macros;
    size_t macro_count;
    bool macros_are_optional; /* one that matches no macro is a warning */
    /* What the header `-` holds, which messages call <stdin>; NULL = `-` is a name like others. */
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
    /* For split BTF, as modules have: what path continues, in any of the same forms.  The model
     * then holds both.  NULL = path stands alone. */
    const char *base_path;
    /* A target triple (`s390x-linux-gnu`; only its first and last words matter).  BTF does not say
     * how large a pointer is; NULL = the size of its `long`, else that of the ELF file's class,
     * else 8 with a warning.  A triple of the other byte order is an error. */
    const char *target;
};

/*
 * Reads BTF.  Nothing in the file is trusted: it is checked whole before a model is made, in time
 * linear in its size, and what is refused is reported with its BTF type id.  On success *ret is the
 * caller's (hg_model_destroy).
 *
 * Ids of the model are not BTF's: modifiers are part of references, functions and variables are
 * symbols.  Alignments are 0 throughout.  Types of equal names are all kept.
 */
HG_MUST_CHECK enum hg_status hg_read_btf(const struct hg_btf_file *options,
                                         struct hg_diagnostics *diagnostics, struct hg_model **ret);

/* A file's bytes in memory.  name is what messages and the model call it. */
struct hg_btf_bytes {
    const char *name;
    const void *data;
    size_t size;
};

/* As hg_read_btf, for files that are in memory; base and target may be NULL.  The bytes need to
 * live only for the length of the call. */
HG_MUST_CHECK enum hg_status hg_read_btf_bytes(const struct hg_btf_bytes *bytes,
                                               const struct hg_btf_bytes *base, const char *target,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_model **ret);

/* Only the check of hg_read_btf_bytes, without the model: for BTF that was just written. */
HG_MUST_CHECK enum hg_status hg_check_btf_bytes(const struct hg_btf_bytes *bytes,
                                                const struct hg_btf_bytes *base, const char *target,
                                                struct hg_diagnostics *diagnostics);

HG_END_DECLARATIONS

#endif
