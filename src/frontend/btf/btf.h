/*
 * BTF in memory: its types as words of this machine's byte order, found by type id.
 *
 *     header.c      the header, the words and strings after it, the index
 *     distilled.c   split BTF against a distilled base
 *     names.c       for each string, the sorts of names that it may be
 *     rules.c       each type by itself: sizes, flags, names
 *     references.c  each type's references: in range, and to a kind that is allowed there
 *     enums.c       signedness and range of enumerators
 *     chains.c      no cycles, not too deep, and the sizes that follow
 *     members.c     members within their records
 *     target.c      pointer size and byte order
 *
 * hg_btf_check runs them in this order; only then may anything else look at the types.  The order
 * matters: each step relies on the checks of the steps before it.
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
    /* Three zero words, the type void, then the type sections: the base's, the split BTF's. */
    const uint32_t *words;
    size_t word_count;
    const char *strings; /* the string sections, in the same order; ends in a NUL */
    size_t string_size;
    void *words_memory; /* what words and strings point to, from malloc */
    void *strings_memory;
    HG_ARRAY(uint32_t) at; /* by type id: its first word */
    uint32_t type_count;   /* void included */
    uint32_t base_count;   /* those of the base, void included; 0 = there is none */
    bool big_endian;
    uint8_t *string_faults; /* by string offset: enum btf_string_fault of what starts there */
    uint32_t *resolved;     /* by type id: the type without its modifiers and typedefs */
    uint32_t *sizes;        /* by type id, in bytes, or BTF_NO_SIZE */
    unsigned pointer_size;
    unsigned long_size;
    bool char_signed;
    /* Oddities that end in one warning each: how many types have it, and the first that does. */
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

/* The third word: the size, or the type referred to. */
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

/* An INT that fills its bytes; the others are bit-fields of the old style. */
static inline bool btf_int_is_regular(const struct btf *btf, uint32_t id)
{
    return btf_int_offset(btf, id) == 0 && btf_int_bits(btf, id) == 8 * btf_size_word(btf, id);
}

/* Which words of a type are ids of the types that it refers to.  An array's index type is left out.
 */
struct btf_references {
    uint8_t first; /* index of the first such word */
    uint8_t step;  /* from each to the next, in words */
    bool one;      /* one such word, besides those of `each` */
    bool each;     /* one for each of vlen */
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

/* Whether an INT is a floating-point type, by its name: BTF had no FLOAT before 2021. */
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

/* Where a member is, as the third of its three words (name, type, offset) says. */
struct btf_place {
    uint64_t bit_offset;
    uint32_t bit_width; /* 0 = no bit-field */
};

/* The offset and width of a record's member.  The references must have been checked. */
struct btf_place hg_btf_member_place(const struct btf *btf, uint32_t id, uint32_t index);

/* A value of an ENUM or ENUM64; sign-extended if is_signed. */
uint64_t hg_btf_enum_value(const struct btf *btf, uint32_t id, uint32_t index, bool is_signed);
/* Whether all values fit into the enum's size, taken as signed or as unsigned. */
bool hg_btf_enum_fits(const struct btf *btf, uint32_t id, bool is_signed);
/* Whether the enum is signed: by its kind flag, or, since older writers never set the flag, because
 * its values fit only as signed ones. */
bool hg_btf_enum_is_signed(const struct btf *btf, uint32_t id);
/* Whether the BTF is from a writer that marks signed enums. */
bool hg_btf_has_enum_signs(const struct btf *btf);

/* --- strings --- */

/* Why a string cannot be a name of some sort.  A bit is set if a byte of the string is not among:
 */
enum btf_string_fault {
    BTF_NO_IDENTIFIER = 1 << 0,  /* letters, digits, underscores */
    BTF_NO_SYMBOL = 1 << 1,      /* these, dots, dollars */
    BTF_NO_WORDS = 1 << 2,       /* identifiers with single spaces between */
    BTF_NO_SECTION = 1 << 3,     /* printable ASCII */
    BTF_NO_TEXT = 1 << 4,        /* anything but control characters */
    BTF_NO_NAME_LENGTH = 1 << 5, /* longer than BTF_NAME_MAX */
    BTF_NO_TAG_LENGTH = 1 << 6,  /* longer than BTF_TAG_MAX */
};

void hg_btf_judge_strings(struct btf *btf);

/* Whether the string at that offset is a C identifier (a symbol's name ...): not empty, and not
 * longer than the kernel allows. */
bool hg_btf_is_identifier(const struct btf *btf, uint32_t offset);
bool hg_btf_is_symbol_name(const struct btf *btf, uint32_t offset);
bool hg_btf_is_words(const struct btf *btf, uint32_t offset);
bool hg_btf_is_section_name(const struct btf *btf, uint32_t offset);
bool hg_btf_is_tag(const struct btf *btf, uint32_t offset);

/* --- faults --- */

/* Reports an error about a type, "FILE: type 7 (STRUCT 'foo'): ...", and returns false. */
bool hg_btf_fault(const struct btf *btf, uint32_t id, const char *format, ...) HG_PRINTF(3, 4);
/* As hg_btf_fault, about a member, enumerator or parameter (`what`); name: the offset of its name,
 * which may be out of range. */
bool hg_btf_part_fault(const struct btf *btf, uint32_t id, const char *what, uint32_t name,
                       const char *format, ...) HG_PRINTF(5, 6);

void hg_btf_notice(struct btf_oddity *oddity, uint32_t id);

/* --- steps --- */

/* Reads only the header at the front of these bytes; *extent is the size of header and sections
 * together.  Returns NULL, or what is wrong. */
const char *hg_btf_header_fault(const void *data, size_t size, size_t *extent);

/* One BTF blob. */
struct btf_blob {
    const char *name;
    const uint8_t *data;
    size_t size;
};

/* Reads header, words and strings, and finds where each type begins.  base NULL = the blob is not
 * split BTF.  The blobs need to live only during the call. */
HG_MUST_CHECK bool hg_btf_load(struct btf *btf, const struct btf_blob *blob,
                               const struct btf_blob *base);

/* Rewrites split BTF that continues a distilled base, so that it continues the kernel's BTF,
 * `base`.  *ret is the new blob, to be loaded with that base.  False = a fault, which was reported.
 */
HG_MUST_CHECK bool hg_btf_relocate(const struct btf_blob *split, const struct btf_blob *distilled,
                                   const struct btf_blob *base, struct hg_diagnostics *diagnostics,
                                   struct hg_text *ret);

HG_MUST_CHECK bool hg_btf_check_rules(struct btf *btf);
HG_MUST_CHECK bool hg_btf_check_references(struct btf *btf);
HG_MUST_CHECK bool hg_btf_find_target(struct btf *btf, const char *triple, unsigned class_size);
HG_MUST_CHECK bool hg_btf_check_chains(struct btf *btf);
HG_MUST_CHECK bool hg_btf_check_members(struct btf *btf);

/* All the steps after hg_btf_load.  class_size: pointer size of the ELF class, 0 = no ELF. */
HG_MUST_CHECK bool hg_btf_check(struct btf *btf, const char *triple, unsigned class_size);

void hg_btf_deinit(struct btf *btf);

#endif
