/*
 * Linking: a BPF object whose program was not compiled by clang gets its CO-RE relocations.
 *
 * rustc cannot write the relocations that loaders resolve.  Accessors that hdrgen generates leave a
 * placeholder and a record for each number that depends on a kernel type
 * (docs/rust-core-records.md); linking turns them into an instruction and a relocation of .BTF.ext,
 * as clang writes them.
 */
#ifndef HDRGEN_LINK_H
#define HDRGEN_LINK_H

#include <hdrgen/read.h>
#include <hdrgen/write.h>

HG_BEGIN_DECLARATIONS

/* What an object that was not linked has: a section whose name begins so, and this undefined
 * symbol. */
#define HG_LINK_SECTION ".hdrgen.relo."
#define HG_LINK_PLACES ".hdrgen.place."
#define HG_LINK_PLACEHOLDER "hdrgen_link_was_not_run"

/* What linking made of an object. */
struct hg_link_summary {
    size_t relocations; /* made of records; 0: there are none, and the bytes are the same */
    size_t kept;        /* relocations that the object had before */
    bool was_linked;    /* no records, because it was linked before */
};

/* Links the object in memory.  Nothing in it is trusted; what is wrong is reported with its place.
 * The same object gives the same bytes.  On success *ret is the caller's (hg_output_deinit). */
HG_MUST_CHECK enum hg_status hg_link_object(const struct hg_btf_bytes *object,
                                            struct hg_diagnostics *diagnostics,
                                            struct hg_link_summary *summary, struct hg_output *ret);

HG_END_DECLARATIONS

#endif
