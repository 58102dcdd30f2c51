/*
 * Linking: adds CO-RE relocations to a BPF object that rustc compiled.
 *
 * rustc cannot write the relocations that loaders resolve.  For each number that depends on a
 * kernel type, the accessors that hdrgen generates leave a placeholder instruction and a record
 * (docs/rust-core-records.md).  Linking replaces each placeholder by an instruction with a
 * relocation in .BTF.ext, as clang writes them.
 */
#ifndef HDRGEN_LINK_H
#define HDRGEN_LINK_H

#include <hdrgen/read.h>
#include <hdrgen/write.h>

HG_BEGIN_DECLARATIONS

/* An object that was not linked has sections whose names begin with the first two, and the
 * undefined symbol HG_LINK_PLACEHOLDER. */
#define HG_LINK_SECTION ".hdrgen.relo."
#define HG_LINK_PLACES ".hdrgen.place."
#define HG_LINK_PLACEHOLDER "hdrgen_link_was_not_run"

/* What linking did. */
struct hg_link_summary {
    size_t relocations; /* number of relocations added; 0: the object has no records, and the
                           output equals the input */
    size_t kept;        /* number of relocations that the object had before */
    bool was_linked;    /* it has no records because it was linked before */
};

/* Links an object in memory.  The object is not trusted: each fault is reported with its location.
 * The same object gives the same bytes.  On success *ret is the caller's (hg_output_deinit), and
 * *summary is filled. */
HG_MUST_CHECK enum hg_status hg_link_object(const struct hg_btf_bytes *object,
                                            struct hg_diagnostics *diagnostics,
                                            struct hg_link_summary *summary, struct hg_output *ret);

HG_END_DECLARATIONS

#endif
