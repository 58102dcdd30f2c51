/*
 * BTF in memory: its types as words of this machine's byte order, found by type id.
 *
 *     header.c      the header, the words and strings after it, the index
 *     distilled.c   split BTF that continues a distilled base
 *     names.c       which sorts of names each string may be; messages
 *     rules.c       each type by itself: sizes, flags, names
 *     enums.c       values and signedness of enumerators
 *     references.c  each type's references: in range, and to a kind that is allowed there
 *     target.c      pointer size, size of long, signedness of char
 *     chains.c      no cycles, not too deep, and the size of each type
 *     members.c     members within their records
 *
 * hg_btf_check runs the checks, from names.c on, in this order, since each relies on the checks
 * before it.  No other code may look at the types before.
 */
#ifndef HG_FRONTEND_BTF_BTF_H
#define HG_FRONTEND_BTF_BTF_H

#include "base/btf.h"
#include "base/memory.h"
#include "base/text.h"

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stdint.h>

/* The size of a type that has none: void, FWD, FUNC_PROTO. */
#define BTF_NO_SIZE UINT32_MAX

enum {
    BTF_TAG_MAX = 4095,
    BTF_BLOB_MAX = 64 * 1024 * 1024,
    BTF_GAP_MAX = 16 * 1024 * 1024, /* bytes in a row within a record that no member covers */
};

struct btf {
    const char *name; /* the file's, for messages */
    struct hg_diagnostics *diagnostics;
    /* Three zero words for the type void, then the type sections of the base and the split BTF. */
    const uint32_t *words;
    size_t word_count;
    const char *strings; /* the string sections, in the same order; ends in a NUL */
    size_t string_size;
    void *words_memory; /* from malloc; words and strings point into these */
    void *strings_memory;
    HG_ARRAY(uint32_t) at; /* by type id: the index of its first word */
    uint32_t type_count;   /* with void */
    uint32_t base_count;   /* how many types are the base's, with void; 0 = there is no base */
    bool big_endian;
    uint8_t *string_faults; /* by offset: the enum btf_string_fault bits of the string there */
    uint32_t *resolved;     /* by type id: the type without its modifiers and typedefs */
    uint32_t *sizes;        /* by type id, in bytes, or BTF_NO_SIZE */
    unsigned pointer_size;
    unsigned long_size;
    bool char_signed;
    /* Oddities, each with one warning: how many types have it, and the id of the first. */
    struct btf_oddity {
        size_t count;
        uint32_t first;
    } nameless_ints, nameless_bit_fields, char_and_signed, odd_ints;
};

/* --- words --- */

static inline const uint32_t *btf_words(const struct btf *btf, uint32_t id)
{
    return btf->words + btf->at.items[id];
}

/* The words after the three that every type has. */
static inline const uint32_t *btf_extra(const struct btf *btf, uint32_t id)
{
    return btf_words(btf, id) + 3;
}

static inline uint32_t btf_name_at(const struct btf *btf, uint32_t id)
{
    return btf_words(btf, id)[0];
}

static inline enum btf_kind btf_kind(const struct btf *btf, uint32_t id)
{
    return (enum btf_kind)(btf_words(btf, id)[1] >> 24 & 0x7f);
}

static inline uint32_t btf_vlen(const struct btf *btf, uint32_t id)
{
    return btf_words(btf, id)[1] & 0xffffff;
}

static inline bool btf_flag(const struct btf *btf, uint32_t id)
{
    return btf_words(btf, id)[1] >> 31 != 0;
}

/* The third word: the size of the type, or the id of the type that it refers to. */
static inline uint32_t btf_size_word(const struct btf *btf, uint32_t id)
{
    return btf_words(btf, id)[2];
}

static inline uint32_t btf_type_word(const struct btf *btf, uint32_t id)
{
    return btf_words(btf, id)[2];
}

static inline unsigned btf_int_bits(const struct btf *btf, uint32_t id)
{
    return btf_extra(btf, id)[0] & 0xff;
}

static inline unsigned btf_int_offset(const struct btf *btf, uint32_t id)
{
    return btf_extra(btf, id)[0] >> 16 & 0xff;
}

static inline unsigned btf_int_encoding(const struct btf *btf, uint32_t id)
{
    return btf_extra(btf, id)[0] >> 24 & 0x0f;
}

/* Whether an INT fills its bytes; old BTF has INTs for bit-fields, which do not. */
static inline bool btf_int_is_regular(const struct btf *btf, uint32_t id)
{
    return btf_int_offset(btf, id) == 0 && btf_int_bits(btf, id) == 8 * btf_size_word(btf, id);
}

/* The words of a kind that are ids of other types, except the index type of an array. */
struct btf_references {
    uint8_t first; /* index of the first such word */
    uint8_t step;  /* distance from each to the next, in words */
    bool one;      /* a type has one such word; with `each`, one more than vlen */
    bool each;     /* a type has vlen such words */
};
extern const struct btf_references hg_btf_references[BTF_KIND_COUNT];

static inline uint32_t btf_reference_count(const struct btf *btf, uint32_t id)
{
    const struct btf_references *references = &hg_btf_references[btf_kind(btf, id)];
    return (uint32_t)references->one + (references->each ? btf_vlen(btf, id) : 0);
}

/* index < btf_reference_count */
static inline uint32_t btf_reference(const struct btf *btf, uint32_t id, uint32_t index)
{
    const struct btf_references *references = &hg_btf_references[btf_kind(btf, id)];
    return btf_words(btf, id)[references->first + (size_t)index * references->step];
}

/* Whether an INT is a floating-point type by its name, since BTF had no FLOAT before 2021. */
bool hg_btf_int_is_float(const struct btf *btf, uint32_t id);

static inline const char *btf_string(const struct btf *btf, uint32_t offset)
{
    return btf->strings + offset;
}

static inline bool btf_is_record(enum btf_kind kind)
{
    return kind == BTF_STRUCT || kind == BTF_UNION;
}

/* The kinds that only modify another type; a bit for each kind. */
enum {
    BTF_MODIFIERS = 1u << BTF_CONST | 1u << BTF_VOLATILE | 1u << BTF_RESTRICT | 1u << BTF_TYPE_TAG,
};

static inline bool btf_is_modifier(enum btf_kind kind)
{
    return (1u << kind & BTF_MODIFIERS) != 0;
}

/* Whether a type of this kind is no type in C's sense. */
static inline bool btf_is_declaration(enum btf_kind kind)
{
    return kind == BTF_FUNC || kind == BTF_VAR || kind == BTF_DATASEC || kind == BTF_DECL_TAG;
}

/* Offset and width of a member. */
struct btf_place {
    uint64_t bit_offset;
    uint32_t bit_width; /* 0 = no bit-field */
};

/* The offset and width of a record's member.  The chains must have been checked. */
struct btf_place hg_btf_member_place(const struct btf *btf, uint32_t id, uint32_t index);

/* A value of an ENUM or ENUM64; sign-extended if is_signed. */
uint64_t hg_btf_enum_value(const struct btf *btf, uint32_t id, uint32_t index, bool is_signed);
/* Whether all values, as signed or as unsigned ones, fit into the enum's size. */
bool hg_btf_enum_fits(const struct btf *btf, uint32_t id, bool is_signed);
/* Whether the enum is signed: it has the kind flag, which older writers never set, or its values
 * fit only as signed ones. */
bool hg_btf_enum_is_signed(const struct btf *btf, uint32_t id);
/* Whether the writer of the BTF marked signed enums. */
bool hg_btf_has_enum_signs(const struct btf *btf);

/* --- strings --- */

/* Why a string cannot be a name of some sort: it has a byte outside of these, or is too long. */
enum btf_string_fault {
    BTF_NO_IDENTIFIER = 1 << 0,  /* letters, digits, underscores */
    BTF_NO_SYMBOL = 1 << 1,      /* these, dots, dollars */
    BTF_NO_WORDS = 1 << 2,       /* identifiers with single spaces between */
    BTF_NO_SECTION = 1 << 3,     /* printable ASCII */
    BTF_NO_TEXT = 1 << 4,        /* anything but control characters */
    BTF_NO_NAME_LENGTH = 1 << 5, /* longer than BTF_NAME_MAX */
    BTF_NO_TAG_LENGTH = 1 << 6,  /* longer than BTF_TAG_MAX */
};

/* Sets string_faults. */
void hg_btf_judge_strings(struct btf *btf);

/* Whether the string at the offset is a C identifier, the name of a symbol and so on; it must not
 * be empty, nor longer than the kernel allows. */
bool hg_btf_is_identifier(const struct btf *btf, uint32_t offset);
bool hg_btf_is_symbol_name(const struct btf *btf, uint32_t offset);
bool hg_btf_is_words(const struct btf *btf, uint32_t offset);
bool hg_btf_is_section_name(const struct btf *btf, uint32_t offset);
bool hg_btf_is_tag(const struct btf *btf, uint32_t offset);

/* --- faults --- */

/* Reports an error about a type, "FILE: type 7 (STRUCT 'foo'): ...", and returns false. */
bool hg_btf_fault(const struct btf *btf, uint32_t id, const char *format, ...) HG_PRINTF(3, 4);
/* As hg_btf_fault, about a part of the type.  what: "member", "enumerator" or "parameter".  name:
 * the offset of the part's name, which may be out of range. */
bool hg_btf_part_fault(const struct btf *btf, uint32_t id, const char *what, uint32_t name,
                       const char *format, ...) HG_PRINTF(5, 6);

void hg_btf_notice(struct btf_oddity *oddity, uint32_t id);

/* --- steps --- */

/* Reads only the header at the beginning of the bytes, and sets *extent to the size of header and
 * sections together.  Returns NULL, or what is wrong with it. */
const char *hg_btf_header_fault(const void *data, size_t size, size_t *extent);

/* One BTF blob. */
struct btf_blob {
    const char *name;
    const uint8_t *data;
    size_t size;
};

/* Copies words and strings, and finds where each type begins.  base NULL = the blob is not split
 * BTF.  The blobs are not needed after the call. */
HG_MUST_CHECK bool hg_btf_load(struct btf *btf, const struct btf_blob *blob,
                               const struct btf_blob *base);

/* Rewrites split BTF that continues a distilled base, so that it continues `base`, the kernel's
 * BTF. *ret becomes the new blob, to be loaded with that base.  False = a fault, which was
 * reported. */
HG_MUST_CHECK bool hg_btf_relocate(const struct btf_blob *split, const struct btf_blob *distilled,
                                   const struct btf_blob *base, struct hg_diagnostics *diagnostics,
                                   struct hg_text *ret);

HG_MUST_CHECK bool hg_btf_check_rules(struct btf *btf);
HG_MUST_CHECK bool hg_btf_check_references(struct btf *btf);
HG_MUST_CHECK bool hg_btf_find_target(struct btf *btf, const char *triple, unsigned class_size);
HG_MUST_CHECK bool hg_btf_check_chains(struct btf *btf);
HG_MUST_CHECK bool hg_btf_check_members(struct btf *btf);

/* All checks.  class_size: pointer size of the ELF class; 0 = no ELF file. */
HG_MUST_CHECK bool hg_btf_check(struct btf *btf, const char *triple, unsigned class_size);

void hg_btf_deinit(struct btf *btf);

#endif
