/*
 * The encoder: makes the bytes of BTF, as Documentation/bpf/btf.rst of the kernel describes them.
 *
 * The type section of BTF is a sequence of 32-bit words.  They are collected in the byte order of
 * this machine; hg_encoder_finish writes them in the target's.
 */
#ifndef HG_BACKEND_BTF_ENCODE_H
#define HG_BACKEND_BTF_ENCODE_H

#include "backend/btf/map.h"
#include "base/btf.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdbool.h>

enum {
    BTF_BYTES_MAX = 16 * 1024 * 1024,
    BTF_BIT_OFFSET_MAX = (1 << 24) - 1, /* of a member in a record with bit-fields */
    BTF_BIT_WIDTH_MAX = 0xff,           /* of a bit-field */
    BTF_WRITTEN_CHAIN_MAX = 31,         /* typedefs, modifiers and arrays; libbpf and the kernel */
};

/* Zero-initialise to start; for split BTF set base, and type_count to the base's. */
struct encoder {
    const struct encoder *base; /* the BTF that this one continues; NULL = none */
    HG_ARRAY(uint32_t) words;
    uint32_t type_count;          /* the base's included */
    struct hg_text strings;       /* without the base's */
    struct number_map by_pointer; /* offsets of strings, plus one */
    struct number_map by_content;
};

void hg_encoder_deinit(struct encoder *encoder);

/* Writes the first three words of the next type; the caller writes the words that its kind has
 * after these.  name NULL = none.  size_or_type is the third word. */
void hg_encode_head(struct encoder *encoder, enum btf_kind kind, bool kind_flag, size_t vlen,
                    const char *name, uint32_t size_or_type);
void hg_encode_word(struct encoder *encoder, uint32_t word);
/* The offset of the string in the string section, to which a new string is added; NULL gives 0. */
uint32_t hg_encode_string(struct encoder *encoder, const char *string);
/* Adds the offset of the name as a word. */
void hg_encode_name(struct encoder *encoder, const char *name);

void hg_encode_int(struct encoder *encoder, const char *name, uint32_t size, unsigned encoding);
void hg_encode_array(struct encoder *encoder, uint32_t element, uint32_t index, uint32_t count);

/* Writes header, types and strings.  The caller frees *ret. */
void hg_encoder_finish(struct encoder *encoder, bool big_endian, struct hg_output *ret);

/* The number of bytes that hg_encoder_finish would write. */
size_t hg_encoder_size(const struct encoder *encoder);

#endif
