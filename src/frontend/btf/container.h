/*
 * Finding the BTF in a file.
 *
 *     container.c  finds out what sort of file it is
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

struct span {
    const uint8_t *data;
    size_t size;
    void *owned; /* the memory to free with the span; NULL = none */
};

void hg_span_deinit(struct span *span);

/* A search for BTF in a file that may be wrapped in several layers. */
struct finder {
    const char *name; /* the file's, for messages */
    struct hg_diagnostics *diagnostics;
    size_t budget; /* bytes that may still be unpacked */
    struct span btf;
    struct span distilled; /* .BTF.base; empty = there is none */
    unsigned class_size;   /* pointer size of the ELF class around the BTF; 0 = no ELF file */
};

/* The most bytes that hg_btf_find unpacks, and the size of the largest file that is read whole. */
#define FINDER_BUDGET ((size_t)1024 * 1024 * 1024)

void hg_finder_deinit(struct finder *finder);

/* Sets finder->btf, which may be a part of input.  False = a fault, which was reported. */
HG_MUST_CHECK bool hg_btf_find(struct finder *finder, struct span input);

/* As hg_btf_find, in the file finder->name. */
HG_MUST_CHECK enum hg_status hg_btf_find_in_file(struct finder *finder);

enum elf_result {
    ELF_FOUND,
    ELF_WITHOUT, /* an ELF file without BTF */
    ELF_BAD,     /* reported */
};
enum elf_result hg_btf_from_elf(struct finder *finder, struct span file);
/* As hg_btf_from_elf, for an open file, of which only the needed parts are read. */
enum elf_result hg_btf_from_elf_file(struct finder *finder, int descriptor);

bool hg_is_elf(struct span file);

/* --- kernel images --- */

/* Finds the compressed kernel in a bzImage or an EFI zboot image.  False = it is neither. */
bool hg_image_payload(struct span image, struct span *payload);

/* Finds the largest BTF that is in the bytes without compression.  False = there is none. */
bool hg_image_scan(struct span image, struct span *btf);

/* --- compressed data --- */

enum packing {
    PACKING_NONE,
    PACKING_GZIP,
    PACKING_XZ,
    PACKING_LZMA,
    PACKING_ZSTD,
    PACKING_LZ4, /* the older form, which kernels use */
    PACKING_LZ4_FRAME,
    PACKING_ZLIB, /* without a gzip header: sections of ELF files */
    PACKING_BZIP2,
    PACKING_LZO,
};

/* Recognises the format by the first bytes. */
enum packing hg_packing_of(const uint8_t *data, size_t size);
const char *hg_packing_name(enum packing packing);

/* Unpacks the stream, and the streams of the same format that follow it; bytes after them are
 * ignored.  At most *limit bytes are unpacked; *limit is reduced by their number, on failure too.
 * Returns NULL, or what is wrong.  *ret is set on success, and is then the caller's. */
const char *hg_unpack(enum packing packing, const uint8_t *data, size_t size, size_t *limit,
                      struct span *ret);

/* The most bytes to which `size` packed bytes may unpack, at most budget.  Real kernels grow five-
 * to tenfold; the limit is about a hundredfold. */
size_t hg_unpack_limit(size_t size, size_t budget);

static inline uint32_t hg_little_word(const uint8_t *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

#endif
