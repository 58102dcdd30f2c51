/*
 * Finding the BTF in a file.
 *
 *     container.c  what sort of file it is
 *     elf.c        the .BTF section of an ELF file
 *     image.c      kernel images
 *     unpack.c     compressed data
 */
#ifndef HG_FRONTEND_BTF_CONTAINER_H
#define HG_FRONTEND_BTF_CONTAINER_H

#include "base/text.h"

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stdint.h>

/* Bytes, and what must be freed to be rid of them (NULL: somebody else's). */
struct span {
    const uint8_t *data;
    size_t size;
    void *owned;
};

void hg_span_deinit(struct span *span);

/* A search through what may be wrapped several times. */
struct finder {
    const char *name; /* the file's, for messages */
    struct hg_diagnostics *diagnostics;
    size_t budget; /* bytes that may still be unpacked */
    struct span btf;
    struct span distilled; /* .BTF.base beside it; nothing = there is none */
    unsigned class_size;   /* pointer size of the ELF class around the BTF; 0 = no ELF */
};

/* All that hg_btf_find may unpack, and the largest file it reads whole. */
#define FINDER_BUDGET ((size_t)1024 * 1024 * 1024)

void hg_finder_deinit(struct finder *finder);

/* Sets finder->btf, which may be a part of input.  On failure what is wrong has been reported. */
HG_MUST_CHECK bool hg_btf_find(struct finder *finder, struct span input);

/* The same for a file. */
HG_MUST_CHECK enum hg_status hg_btf_find_in_file(struct finder *finder);

enum elf_result {
    ELF_FOUND,
    ELF_WITHOUT, /* an ELF file without BTF */
    ELF_BAD,     /* reported */
};
enum elf_result hg_btf_from_elf(struct finder *finder, struct span file);
/* The same for an open file, of which only what is needed is read. */
enum elf_result hg_btf_from_elf_file(struct finder *finder, int descriptor);

bool hg_is_elf(struct span file);

/* --- kernel images --- */

/* Where the compressed kernel is in a bzImage or an EFI zboot image; false: it is neither. */
bool hg_image_payload(struct span image, struct span *payload);

/* The largest BTF that lies openly within the bytes; false: there is none. */
bool hg_image_scan(struct span image, struct span *btf);

/* --- compressed data --- */

enum packing {
    PACKING_NONE,
    PACKING_GZIP,
    PACKING_XZ,
    PACKING_LZMA,
    PACKING_ZSTD,
    PACKING_LZ4, /* the older form, that kernels use */
    PACKING_LZ4_FRAME,
    PACKING_ZLIB, /* without a gzip header: sections of ELF files */
    PACKING_BZIP2,
    PACKING_LZO,
};

/* By the first bytes. */
enum packing hg_packing_of(const uint8_t *data, size_t size);
const char *hg_packing_name(enum packing packing);

/* Unpacks the stream, and those of the same sort that follow it; what is after them is ignored.  At most *limit bytes
 * are made; those that were, on failure too, are taken from *limit.  NULL, or what is wrong; *ret
 * is the caller's only on success. */
const char *hg_unpack(enum packing packing, const uint8_t *data, size_t size, size_t *limit,
                      struct span *ret);

/* A limit for what size packed bytes may become: real kernels grow five- to tenfold. */
size_t hg_unpack_limit(size_t size, size_t budget);

#endif
