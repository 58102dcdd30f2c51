/*
 * Reading: the front ends.  Each fills a model and seals it; what it returns is complete and
 * verified.
 */
#ifndef HDRGEN_READ_H
#define HDRGEN_READ_H

#include <hdrgen/model.h>

#pragma GCC visibility push(default)

/* An error that parsing met.  header counts through headers and then trace_headers, and is the one
 * that the main file included when it was met; the number of both where it is none of them (a
 * prelude, clang's arguments).  A fault of severity HG_NOTE belongs to the error before it: what
 * that is at odds with came from this header. */
typedef void hg_header_fault_fn(void *fault_user, size_t header, const struct hg_diagnostic *fault);
typedef void hg_undeclared_tag_fn(void *fault_user, const char *tag);

struct hg_header_options {
    /* Paths, or include-style names that the include directories of arguments resolve.  All of them
     * are one translation unit, included in this order. */
    const char *const *headers;
    size_t header_count;
    /* headers are include-style names, whatever files there are of those names here. */
    bool include_names;
    /* Tags (`struct a`) to declare before the headers, so that prototypes all mean the same type.
     */
    const char *const *forward_tags;
    size_t forward_tag_count;
    /* Include-style names of what is included before the headers, for those that rely on it. */
    const char *const *preludes;
    size_t prelude_count;
    /* The first so many of these others read, so that all of their types are known: where the model
     * only points to one of their records, it only declares it. */
    size_t known_prelude_count;
    /* A precompiled header: what precompile_to got from a unit of these known ones, which are then
     * not parsed again, with the same target and arguments; NULL = none.  The model has their types
     * only where something of the headers needs them, and macros cannot be asked for. */
    const char *precompiled;
    /* A path where libclang writes what it needs to go on behind these headers, which are then
     * include-style names without anything before them; NULL = nowhere.  It is good for this very
     * libclang, and as long as no header changes.  HG_ERROR_IO where it cannot be written. */
    const char *precompile_to;
    /* Include-style names of a kernel's trace headers, which are included after the headers with
     * CREATE_TRACE_POINTS defined: then they define the records of their events.  The directory of
     * one that is not in trace/events must be among the include directories. */
    const char *const *trace_headers;
    size_t trace_header_count;
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
    /* For the preamble of what is written: what the headers belong to, without paths of this
     * machine, and the hash that stands for it; NULL = nothing. */
    const char *origin;
    uint64_t origin_hash;
    /* Directories (absolute, without a slash behind) that are left off the places of types. */
    const char *const *roots;
    size_t root_count;
    /* For headers that nobody ever included together.  Not NULL: parsing goes on to the end
     * whatever it meets, each error is passed to fault (and not to the diagnostics), and one is
     * enough for HG_ERROR_INPUT.  That a macro gets another definition is an error, too: no layout
     * shows with which of the two it was made.  With keep_going each is passed to fault as well,
     * and only one of the preprocessor ends the run. */
    hg_header_fault_fn *fault;
    void *fault_user;
    /* With fault: who is told of tags that would better be among forward_tags.  A prototype that is
     * the first to mention a struct takes time that grows with the unit.  May be NULL. */
    hg_undeclared_tag_fn *undeclared;
    /* With fault and keep_going: not even that one does.  The model is one to compare, and not to
     * be written. */
    bool for_comparison;
};

/* Parses the headers with libclang.  On success *ret is the caller's (hg_model_destroy). */
HG_MUST_CHECK enum hg_status hg_read_headers(const struct hg_header_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **ret);

struct hg_btf_options {
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
HG_MUST_CHECK enum hg_status hg_read_btf(const struct hg_btf_options *options,
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

#pragma GCC visibility pop

#endif
