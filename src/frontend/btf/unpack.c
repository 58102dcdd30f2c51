/*
 * Unpacking, by the library of each format.
 *
 * The problem: kernels and modules are compressed, and a few bytes can unpack to terabytes.
 *
 * The method: the data is unpacked piece by piece; sizes in headers are not trusted.  More bytes
 * than the limit are an error.  Window sizes are bounded too.  Streams that follow each other are
 * unpacked together, as the commands gzip, xz, zstd and lz4 do:
 *
 *     cat a.gz b.gz | zcat        a, then b
 *
 * Bytes after the last stream are ignored: the unpacked size of a kernel, an appended device tree.
 *
 * What this does not do: unpack bzip2 and LZO.  They are recognised only for the error message.
 */
#include "frontend/btf/container.h"

#include "base/memory.h"

#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { PIECE = 256 * 1024, DICTIONARY_MAX = 128 * 1024 * 1024 };
#define MEMORY_MAX ((uint64_t)256 * 1024 * 1024)

static const char damaged[] = "the compressed data is damaged";
static const char cut_off[] = "the compressed data is cut off";
static const char too_large[] = "it unpacks to more than is reasonable";

void hg_span_deinit(struct span *span)
{
    free(span->owned);
    *span = (struct span){0};
}

size_t hg_unpack_limit(size_t size, size_t budget)
{
    const size_t small = (size_t)16 * 1024 * 1024;
    size_t limit = size > (SIZE_MAX - small) / 100 ? SIZE_MAX : small + 100 * size;
    return limit < budget ? limit : budget;
}

/* --- recognising --- */

static const struct {
    const char *magic;
    size_t length;
    enum packing packing;
    const char *name;
} formats[] = {
    {"\x1f\x8b\x08", 3, PACKING_GZIP, "gzip"},   {"\xfd\x37zXZ\0", 6, PACKING_XZ, "xz"},
    {"\x5d\0\0", 3, PACKING_LZMA, "lzma"},       {"\x28\xb5\x2f\xfd", 4, PACKING_ZSTD, "zstd"},
    {"\x02\x21\x4c\x18", 4, PACKING_LZ4, "lz4"}, {"\x04\x22\x4d\x18", 4, PACKING_LZ4_FRAME, "lz4"},
    {"BZh", 3, PACKING_BZIP2, "bzip2"},          {"\x89LZO\0\r\n\x1a\n", 9, PACKING_LZO, "LZO"},
};

/* lzma has no real magic number: its first three bytes are common in other data.  But its encoders
 * use dictionaries of 2^n or 2^n + 2^(n-1) bytes, and write an unpacked size below 4 GiB or none.
 */
static bool is_lzma_header(const uint8_t *data, size_t size)
{
    enum { DICTIONARY = 1, UNPACKED = 5, END = 13 };
    if (size < END)
        return false;
    uint32_t dictionary = hg_little_word(data + DICTIONARY);
    uint32_t rest = dictionary & (dictionary - 1); /* without the lowest bit */
    uint32_t low = hg_little_word(data + UNPACKED);
    uint32_t high = hg_little_word(data + UNPACKED + 4);
    return dictionary <= DICTIONARY_MAX && (rest == 0 || rest == 2 * (dictionary - rest)) &&
           (high == 0 || (high == UINT32_MAX && low == UINT32_MAX));
}

/* The length of a skippable frame, which lz4 and zstd ignore; 0 = there is none. */
static size_t skippable_length(const uint8_t *data, size_t size)
{
    enum { HEAD = 8 };
    const uint32_t magic = 0x184d2a50;
    if (size < HEAD || (hg_little_word(data) & ~(uint32_t)0xf) != magic)
        return 0;
    size_t content = hg_little_word(data + 4);
    return content > size - HEAD ? 0 : HEAD + content;
}

/* pzstd writes such a frame first.  Few are skipped, since some files are searched byte by byte. */
static enum packing packing_after_skippable(const uint8_t *data, size_t size)
{
    enum { MOST = 4 };
    size_t length = 1;
    for (unsigned i = 0; i < MOST && length > 0; i++) {
        length = skippable_length(data, size);
        data += length;
        size -= length;
    }
    if (length > 0 || size < 4)
        return PACKING_NONE;
    enum packing packing = hg_packing_of(data, size);
    bool has_such_frames = packing == PACKING_ZSTD || packing == PACKING_LZ4_FRAME;
    return has_such_frames ? packing : PACKING_NONE;
}

enum packing hg_packing_of(const uint8_t *data, size_t size)
{
    if (skippable_length(data, size) > 0)
        return packing_after_skippable(data, size);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (size >= formats[i].length && memcmp(data, formats[i].magic, formats[i].length) == 0 &&
            (formats[i].packing != PACKING_LZMA || is_lzma_header(data, size)))
            return formats[i].packing;
    return PACKING_NONE;
}

const char *hg_packing_name(enum packing packing)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i].packing == packing)
            return formats[i].name;
    return "zlib";
}

/* --- the formats --- */

struct sink {
    struct hg_text text;
    size_t limit;
};

static bool put(struct sink *sink, const void *bytes, size_t count)
{
    if (count > sink->limit - sink->text.size)
        return false;
    hg_text_bytes(&sink->text, bytes, count);
    return true;
}

/* The bytes that are still packed.  Unpacking a stream takes it off the front. */
struct packed {
    const uint8_t *data;
    size_t size;
};

static void take(struct packed *packed, size_t count)
{
    packed->data += count;
    packed->size -= count;
}

static const char *unpack_zlib(struct sink *sink, struct packed *packed, bool gzip, uint8_t *piece)
{
    z_stream stream = {0};
    const int largest_window = 15;
    if (inflateInit2(&stream, largest_window + (gzip ? 16 : 0)) != Z_OK)
        hg_out_of_memory();
    const char *why = NULL;
    int status = Z_OK;
    while (why == NULL && status != Z_STREAM_END) {
        uInt before = packed->size < PIECE ? (uInt)packed->size : PIECE;
        stream.next_in = (z_const Bytef *)packed->data;
        stream.avail_in = before;
        stream.next_out = piece;
        stream.avail_out = PIECE;
        status = inflate(&stream, Z_NO_FLUSH);
        take(packed, before - stream.avail_in);
        if (status == Z_BUF_ERROR)
            why = cut_off;
        else if (status != Z_OK && status != Z_STREAM_END)
            why = damaged;
        else if (!put(sink, piece, PIECE - stream.avail_out))
            why = too_large;
    }
    inflateEnd(&stream);
    return why;
}

static const char *unpack_lzma(struct sink *sink, struct packed *packed, bool xz, uint8_t *piece)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma_ret status =
        xz ? lzma_stream_decoder(&stream, MEMORY_MAX, 0) : lzma_alone_decoder(&stream, MEMORY_MAX);
    if (status != LZMA_OK)
        hg_out_of_memory();
    stream.next_in = packed->data;
    stream.avail_in = packed->size;
    const char *why = NULL;
    while (why == NULL && status != LZMA_STREAM_END) {
        stream.next_out = piece;
        stream.avail_out = PIECE;
        status = lzma_code(&stream, LZMA_RUN);
        size_t made = PIECE - stream.avail_out;
        if (status == LZMA_BUF_ERROR || (status == LZMA_OK && made == 0 && stream.avail_in == 0))
            why = cut_off;
        else if (status == LZMA_MEMLIMIT_ERROR)
            why = "unpacking it needs more memory than is reasonable";
        else if (status != LZMA_OK && status != LZMA_STREAM_END)
            why = damaged;
        else if (!put(sink, piece, made))
            why = too_large;
    }
    take(packed, packed->size - stream.avail_in);
    lzma_end(&stream);
    return why;
}

static const char *unpack_zstd(struct sink *sink, struct packed *packed, uint8_t *piece)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (context == NULL)
        hg_out_of_memory();
    ZSTD_inBuffer in = {.src = packed->data, .size = packed->size};
    const char *why = NULL;
    size_t status = 1;
    while (why == NULL && status != 0) {
        ZSTD_outBuffer out = {.dst = piece, .size = PIECE};
        size_t before = in.pos;
        status = ZSTD_decompressStream(context, &out, &in);
        if (ZSTD_isError(status))
            why = damaged;
        else if (!put(sink, piece, out.pos))
            why = too_large;
        else if (status != 0 && out.pos == 0 && in.pos == before)
            why = cut_off;
    }
    ZSTD_freeDCtx(context);
    take(packed, in.pos);
    return why;
}

/* Blocks of up to 8 MiB, each after its packed size.  The blocks end with the data, or before an
 * invalid size, since a kernel's unpacked size may follow them. */
static const char *unpack_lz4(struct sink *sink, struct packed *packed)
{
    enum { BLOCK = 8 * 1024 * 1024 };
    const uint32_t magic = 0x184c2102;
    const size_t best_ratio = 255;
    int room = packed->size < BLOCK / best_ratio ? (int)(packed->size * best_ratio) : BLOCK;
    HG_CLEANUP(hg_free_pointer) char *block = hg_malloc((size_t)room);
    size_t blocks = 0;
    take(packed, 4);
    while (packed->size >= 4) {
        uint32_t size = hg_little_word(packed->data);
        if (size == magic) {
            take(packed, 4);
            continue;
        }
        if (size == 0 || size > LZ4_COMPRESSBOUND(BLOCK) || size > packed->size - 4)
            break;
        int made = LZ4_decompress_safe((const char *)packed->data + 4, block, (int)size, room);
        if (made < 0)
            return damaged;
        if (!put(sink, block, (size_t)made))
            return too_large;
        take(packed, 4 + (size_t)size);
        blocks++;
    }
    return blocks > 0 ? NULL : cut_off;
}

/* The format of the command lz4. */
static const char *unpack_lz4_frame(struct sink *sink, struct packed *packed, uint8_t *piece)
{
    LZ4F_dctx *context;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
        hg_out_of_memory();
    const char *why = NULL;
    size_t status = 1;
    while (why == NULL && status != 0) {
        size_t made = PIECE;
        size_t used = packed->size;
        status = LZ4F_decompress(context, piece, &made, packed->data, &used, NULL);
        if (LZ4F_isError(status))
            why = damaged;
        else if (!put(sink, piece, made))
            why = too_large;
        else if (status != 0 && made == 0 && used == 0)
            why = cut_off;
        take(packed, LZ4F_isError(status) ? 0 : used);
    }
    LZ4F_freeDecompressionContext(context);
    return why;
}

static const char *unpack_stream(enum packing packing, struct sink *sink, struct packed *packed,
                                 uint8_t *piece)
{
    switch (packing) {
    case PACKING_GZIP:
        return unpack_zlib(sink, packed, true, piece);
    case PACKING_ZLIB:
        return unpack_zlib(sink, packed, false, piece);
    case PACKING_XZ:
        return unpack_lzma(sink, packed, true, piece);
    case PACKING_LZMA:
        return unpack_lzma(sink, packed, false, piece);
    case PACKING_ZSTD:
        return unpack_zstd(sink, packed, piece);
    case PACKING_LZ4:
        return unpack_lz4(sink, packed);
    case PACKING_LZ4_FRAME:
        return unpack_lz4_frame(sink, packed, piece);
    case PACKING_BZIP2:
    case PACKING_LZO:
        return "this compression is not supported: unpack it first";
    case PACKING_NONE:
        break;
    }
    return "it is not compressed";
}

static bool is_lz4(enum packing packing)
{
    return packing == PACKING_LZ4 || packing == PACKING_LZ4_FRAME;
}

/* The format of the next stream, if it is the same; PACKING_NONE = there is no such stream.
 * Between streams of xz there may be padding, a multiple of four zeros. */
static enum packing next_stream(enum packing before, struct packed *packed)
{
    struct packed next = *packed;
    while (before == PACKING_XZ && next.size >= 4 && hg_little_word(next.data) == 0)
        take(&next, 4);
    enum packing packing = hg_packing_of(next.data, next.size);
    if (packing != before && !(is_lz4(packing) && is_lz4(before)))
        return PACKING_NONE;
    *packed = next;
    return packing;
}

const char *hg_unpack(enum packing packing, const uint8_t *data, size_t size, size_t *limit,
                      struct span *ret)
{
    HG_CLEANUP(hg_free_pointer) uint8_t *piece = hg_malloc(PIECE);
    struct sink sink = {.limit = *limit};
    struct packed packed = {data, size};
    const char *why;
    do {
        why = unpack_stream(packing, &sink, &packed, piece);
        packing = why == NULL ? next_stream(packing, &packed) : PACKING_NONE;
    } while (packing != PACKING_NONE);
    *limit -= sink.text.size;
    if (why != NULL) {
        hg_text_deinit(&sink.text);
        return why;
    }
    *ret = (struct span){
        .data = (const uint8_t *)sink.text.data, .size = sink.text.size, .owned = sink.text.data};
    return NULL;
}
