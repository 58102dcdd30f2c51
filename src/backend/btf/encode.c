/*
 * The encoder: see encode.h.
 *
 *     9f eb 01 00  18 00 00 00  00 00 00 00  10 00 00 00  10 00 00 00  06 00 00 00     header
 *     01 00 00 00  00 00 00 01  04 00 00 00  20 00 00 01                               INT 'long'
 *     00 'l' 'o' 'n' 'g' 00                                                            strings
 *
 * is a whole BTF with one type, little-endian.  docs/btf.md says why libbpf's writer is not used.
 */
#include "backend/btf/encode.h"

#include <hdrgen/write.h>
#include <string.h>
#include <xxhash.h>

enum { HEADER_WORDS = 6, VERSION = 1 };

void hg_encoder_deinit(struct encoder *encoder)
{
    free(encoder->words.items);
    hg_text_deinit(&encoder->strings);
    hg_number_map_deinit(&encoder->by_pointer);
    hg_number_map_deinit(&encoder->by_content);
}

/* Most strings are found by their pointer, since they were added before.  Others are looked up by a
 * hash of their bytes; if two strings have the same hash, one may be stored more than once, which
 * does no harm. */
uint32_t hg_encode_string(struct encoder *encoder, const char *string)
{
    const struct encoder *base = encoder->base;
    size_t base_size = base == NULL ? 0 : base->strings.size;
    if (encoder->strings.size == 0 && base == NULL)
        hg_text_bytes(&encoder->strings, "", 1);
    if (string == NULL || string[0] == '\0')
        return 0;
    uint32_t *known = hg_number_map_at(&encoder->by_pointer, (uint64_t)(uintptr_t)string);
    if (*known != 0)
        return *known - 1;
    size_t length = strlen(string);
    uint64_t hash = XXH3_64bits(string, length);
    uint32_t of_base = base == NULL ? 0 : hg_number_map_find(&base->by_content, hash);
    if (of_base != 0 && strcmp(base->strings.data + of_base - 1, string) == 0) {
        *known = of_base;
        return *known - 1;
    }
    uint32_t *same = hg_number_map_at(&encoder->by_content, hash);
    if (*same == 0 || strcmp(encoder->strings.data + (*same - 1 - base_size), string) != 0) {
        /* If this offset overflows, the caller refuses the output for its size. */
        *same = (uint32_t)(base_size + encoder->strings.size) + 1;
        hg_text_bytes(&encoder->strings, string, length + 1);
    }
    *known = *same;
    return *known - 1;
}

void hg_encode_word(struct encoder *encoder, uint32_t word)
{
    *HG_PUSH(&encoder->words) = word;
}

void hg_encode_name(struct encoder *encoder, const char *name)
{
    hg_encode_word(encoder, hg_encode_string(encoder, name));
}

void hg_encode_head(struct encoder *encoder, enum btf_kind kind, bool kind_flag, size_t vlen,
                    const char *name, uint32_t size_or_type)
{
    encoder->type_count++;
    hg_encode_name(encoder, name);
    hg_encode_word(encoder, (uint32_t)kind_flag << 31 | (uint32_t)kind << 24 | (uint32_t)vlen);
    hg_encode_word(encoder, size_or_type);
}

void hg_encode_int(struct encoder *encoder, const char *name, uint32_t size, unsigned encoding)
{
    hg_encode_head(encoder, BTF_INT, false, 0, name, size);
    hg_encode_word(encoder, (uint32_t)encoding << 24 | 8 * size);
}

void hg_encode_array(struct encoder *encoder, uint32_t element, uint32_t index, uint32_t count)
{
    hg_encode_head(encoder, BTF_ARRAY, false, 0, NULL, 0);
    hg_encode_word(encoder, element);
    hg_encode_word(encoder, index);
    hg_encode_word(encoder, count);
}

size_t hg_encoder_size(const struct encoder *encoder)
{
    return (HEADER_WORDS + encoder->words.count) * sizeof(uint32_t) + encoder->strings.size;
}

static void put_words(unsigned char *to, const uint32_t *words, size_t count, bool swap)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t word = swap ? __builtin_bswap32(words[i]) : words[i];
        memcpy(to + i * sizeof word, &word, sizeof word);
    }
}

void hg_encoder_finish(struct encoder *encoder, bool big_endian, struct hg_output *ret)
{
    if (encoder->strings.size == 0) /* it always has the empty string, one NUL */
        hg_text_bytes(&encoder->strings, "", 1);
    uint32_t type_bytes = (uint32_t)(encoder->words.count * sizeof(uint32_t));
    uint32_t string_bytes = (uint32_t)encoder->strings.size;
    bool swap = big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    /* the magic number, a half-word; the version; no flags */
    const unsigned char first[] = {big_endian ? 0xeb : 0x9f, big_endian ? 0x9f : 0xeb, VERSION, 0};
    const uint32_t rest[HEADER_WORDS - 1] = {
        HEADER_WORDS * sizeof(uint32_t), 0, type_bytes, type_bytes, string_bytes,
    };
    size_t size = hg_encoder_size(encoder);
    unsigned char *bytes = hg_malloc(size);
    unsigned char *at = bytes;
    memcpy(at, first, sizeof first);
    put_words(at += sizeof first, rest, HEADER_WORDS - 1, swap);
    put_words(at += sizeof rest, encoder->words.items, encoder->words.count, swap);
    memcpy(at + type_bytes, encoder->strings.data, encoder->strings.size);
    *ret = (struct hg_output){.data = (char *)bytes, .size = size};
}
