/*
 * BTF in memory: its types as words of this machine's byte order, found by type id.
 *
 *     header.c      the header, the words and strings behind it, the index
 *     distilled.c   split BTF against a distilled base
 *     names.c       what each string may be the name of
 *     rules.c       each type by itself: sizes, flags, names
 *     references.c  each type's references: in range, and to what the kind may refer to
 *     enums.c       signedness and range of enumerators
 *     chains.c      no cycles, not too deep, and the sizes that follow
 *     members.c     members within their records
 *     target.c      pointer size and byte order
 *
 * hg_btf_check runs them in this order; only then may anything else look at the types.  The order
 * matters within, too: a step relies on what the steps before it have shown.
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
    BTF_GAP_MAX = 16 * 1024 * 1024, /* bytes of a record, in a row, that no member explains */
};

struct btf {
    const char *name; /* the file's, for messages */
    struct hg_diagnostics *diagnostics;
    /* Three zeros, which are void, and the type sections: base, then split. */
    const uint32_t *words;
    size_t word_count;
    const char *strings; /* the string sections in the same way; ends in a NUL */
    size_t string_size;
    void *words_memory; /* the same, from malloc */
    void *strings_memory;
    HG_ARRAY(uint32_t) at; /* by type id: its first word */
    uint32_t type_count;   /* void included */
    uint32_t base_count;   /* those of the base, void included; 0 = there is none */
    bool big_endian;
    uint8_t *string_faults; /* by string offset: enum btf_string_fault of what starts there */
    uint32_t *resolved;     /* by type id: modifiers and typedefs taken off */
    uint32_t *sizes;        /* by type id, in bytes, or BTF_NO_SIZE */
    unsigned pointer_size;
    unsigned long_size;
    bool char_signed;
    /* What is worth a warning, and the first type it was seen in. */
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

/* What follows the three words that every type has. */
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

/* Where the ids of the types are that a type refers to: the word of the first, and from each to the
 * next; one of them, or one for each of vlen, or both.  An array's index type is not among them. */
struct btf_references {
    uint8_t first, step;
    bool one, each;
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

/* An INT that is `double` or so: what there was before FLOAT. */
bool hg_btf_int_is_float(const struct btf *btf, uint32_t id);

static inline const char *btf_string(const struct btf *btf, uint32_t offset)
{
    return btf->strings + offset;
}

static inline bool btf_is_record(enum btf_kind kind)
{
    return kind == BTF_STRUCT || kind == BTF_UNION;
}

/* What only stands before another type, a bit for each kind. */
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

/* A member as three words: name, type, place. */
struct btf_place {
    uint64_t bit_offset;
    uint32_t bit_width; /* 0 = no bit-field */
};

/* Where member number index of a record is.  Needs the references to be checked. */
struct btf_place hg_btf_member_place(const struct btf *btf, uint32_t id, uint32_t index);

/* A value of an ENUM or ENUM64, sign-extended if they are to be taken as signed. */
uint64_t hg_btf_enum_value(const struct btf *btf, uint32_t id, uint32_t index, bool is_signed);
/* Whether all of them fit into the enum's bytes then. */
bool hg_btf_enum_fits(const struct btf *btf, uint32_t id, bool is_signed);
/* What the kind flag says; older writers never set it, and then values that fit into the bytes only
 * as signed ones show it. */
bool hg_btf_enum_is_signed(const struct btf *btf, uint32_t id);
/* Whether its enums say whether they are signed. */
bool hg_btf_has_enum_signs(const struct btf *btf);

/* --- strings --- */

/* What keeps a string from being a name of some sort: a byte up to its NUL, or its length. */
enum btf_string_fault {
    BTF_NO_IDENTIFIER = 1 << 0,  /* not only letters, digits, underscores */
    BTF_NO_SYMBOL = 1 << 1,      /* nor dots and dollars */
    BTF_NO_WORDS = 1 << 2,       /* not only identifiers with single spaces between */
    BTF_NO_SECTION = 1 << 3,     /* not only printable ASCII */
    BTF_NO_TEXT = 1 << 4,        /* control characters */
    BTF_NO_NAME_LENGTH = 1 << 5, /* longer than BTF_NAME_MAX */
    BTF_NO_TAG_LENGTH = 1 << 6,  /* longer than BTF_TAG_MAX */
};

void hg_btf_judge_strings(struct btf *btf);

/* Whether the string there is not empty and a C identifier ... within the kernel's length. */
bool hg_btf_is_identifier(const struct btf *btf, uint32_t offset);
bool hg_btf_is_symbol_name(const struct btf *btf, uint32_t offset);
bool hg_btf_is_words(const struct btf *btf, uint32_t offset);
bool hg_btf_is_section_name(const struct btf *btf, uint32_t offset);
bool hg_btf_is_tag(const struct btf *btf, uint32_t offset);

/* --- faults --- */

/* Reports an error about a type, "FILE: type 7 (STRUCT 'foo'): ...", and returns false. */
bool hg_btf_fault(const struct btf *btf, uint32_t id, const char *format, ...) HG_PRINTF(3, 4);
/* About a member, enumerator or parameter (what) whose name is at that offset, if within. */
bool hg_btf_part_fault(const struct btf *btf, uint32_t id, const char *what, uint32_t name,
                       const char *format, ...) HG_PRINTF(5, 6);

void hg_btf_notice(struct btf_oddity *oddity, uint32_t id);

/* --- steps --- */

/* Reads only the header at the front of these bytes; *extent is how many bytes header and sections
 * take up.  NULL, or what is wrong. */
const char *hg_btf_header_fault(const void *data, size_t size, size_t *extent);

/* One BTF blob. */
struct btf_blob {
    const char *name;
    const uint8_t *data;
    size_t size;
};

/* Reads header, words and strings, and finds where the types begin.  base is NULL if blob stands
 * alone.  The blobs are not needed after it. */
HG_MUST_CHECK bool hg_btf_load(struct btf *btf, const struct btf_blob *blob,
                               const struct btf_blob *base);

/* Makes of split BTF that continues a distilled base what continues the kernel's own: a blob in
 * *ret, to be loaded with that base.  False: reported. */
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
