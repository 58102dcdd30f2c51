/*
 * Linking: turns the placeholders and records of an object into instructions and relocations.
 *
 *     link.c     hg_link_object: the order of the steps
 *     elf.c      reads sections, symbols and relocations of the object
 *     records.c  finds the records, and the placeholder of each
 *     places.c   replaces numbers in records by the paths that they stand for
 *     parse.c    parses a record's text
 *     merge.c    merges the types of all records: the local types
 *     emit.c     writes the local types as BTF
 *     mend.c     corrects the object's own BTF, so that kernels accept it
 *     ext.c      reads and writes .BTF.ext
 *     write.c    writes the object
 *
 * docs/rust-core-records.md describes the records.
 */
#ifndef HG_LINK_LINK_H
#define HG_LINK_LINK_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <gelf.h>
#include <hdrgen/core.h>
#include <hdrgen/link.h>

#include "model/describe.h"

enum {
    INSN_BYTES = 8,
    LINK_RECORDS_MAX = 65536,
    LINK_TEXT_MAX = 4000,   /* bytes of a record's text */
    LINK_STEPS_MAX = 60,    /* of a record */
    LINK_DEPTH_MAX = 32,    /* of types in a type's text */
    LINK_NAME_MAX = 127,    /* bytes of a name; the most that all kernels accept */
    LINK_VARIANTS_MAX = 16, /* flavours of one type */
    LINK_PARTS_MAX = 65535, /* members or enumerators of one type */
    LINK_SIZE_MAX = 1 << 28 /* bytes of a local type */
};

/* --- the object --- */

/* One entry of a relocation section. */
struct link_relocation {
    uint64_t offset;
    uint32_t symbol;
    uint32_t type;
    int64_t addend; /* of SHT_RELA */
    bool is_gone;
};

struct link_section {
    const char *name;  /* as in the object */
    const char *shown; /* the name for messages, printable */
    GElf_Shdr header;
    const uint8_t *bytes;
    size_t size;
    uint8_t *changed;  /* the new contents, from malloc; NULL = as in bytes */
    uint32_t btf_name; /* for a section in linker.relos: offset of its name in .BTF */
    HG_ARRAY(struct link_relocation) relocations; /* of SHT_REL and SHT_RELA */
    bool is_gone;
    uint32_t new_index;
};

struct link_symbol {
    const char *name;
    GElf_Sym symbol;
    bool is_gone;
    uint32_t new_index;
};

/* The location of an instruction. */
struct link_location {
    uint32_t section;
    uint32_t offset; /* bytes */
};

/* --- types of records --- */

enum link_kind {
    LINK_VOID,
    LINK_INT,
    LINK_FLOAT,
    LINK_POINTER,
    LINK_ARRAY,
    LINK_STRUCT,
    LINK_UNION,
    LINK_DECLARED_STRUCT,
    LINK_DECLARED_UNION,
    LINK_ENUM,
    LINK_TYPEDEF,
    LINK_FUNCTION,
};

/* A member, an enumerator or a parameter. */
struct link_part {
    const char *name;       /* interned; NULL = none */
    struct link_type *type; /* NULL = an enumerator */
    uint32_t bits;          /* of a bit-field; 0 = it is none */
    uint32_t index;
    uint32_t bit_offset; /* of a member, set by emit.c */
    struct link_part *next;
};

struct link_type {
    enum link_kind kind;
    const char *name; /* interned; NULL = none; an INT or FLOAT without one gets gcc's name */
    uint32_t number;  /* bits of an INT, bytes of a FLOAT or ENUM, elements of an ARRAY */
    uint32_t used;    /* of an ARRAY without a size: how many elements records use */
    char sign;        /* of INT and ENUM: 's', 'u', 'b' */
    bool is_closed;   /* its parts are in parentheses: records add none */
    /* Of a pointer or typedef; the element of an array; the result of a function. */
    struct link_type *target;
    struct link_part *first, *last;
    uint32_t part_count;
    uint32_t serial; /* identifies the type in linker.part_numbers */
    uint32_t id;     /* BTF id; 0 = none yet */
    uint64_t size;
};

struct link_step {
    bool is_index;
    uint32_t index;
    struct link_part part; /* the member or enumerator, if it is no index */
};

/* A local type, to which the records with the same type text add their members. */
struct link_root {
    const char *key; /* interned */
    struct link_type *type;
    struct link_root *next; /* the next flavour of the same key; NULL = none */
    unsigned variant;       /* 1 = the first */
};

/* `r3`, `w3` and `r3:64`: 32 bits in the whole register or its lower half, 64 bits. */
enum link_width { LINK_R, LINK_W, LINK_WIDE };

struct link_record {
    struct link_location location; /* of its placeholder */
    size_t at;                     /* offset of the record in its section */
    const char *text;
    enum link_width width;
    unsigned register_number;
    enum hg_core_kind kind;
    const char *key; /* of its root */
    struct link_type *type;
    struct link_step *steps;
    unsigned step_count;
    struct link_root *root;
    const char *access; /* `0:1:2` */
};

/* A relocation of .BTF.ext, old or new. */
struct link_relo {
    struct link_location location;
    uint32_t type;
    uint32_t access; /* offset in .BTF's strings */
    uint32_t kind;
    bool is_new; /* made from a record */
};

struct linker {
    const char *name; /* of the file */
    struct hg_diagnostics *diagnostics;
    struct hg_arena arena;
    struct hg_strings strings; /* interned names */
    bool big_endian;
    Elf *elf;
    GElf_Ehdr header;
    HG_ARRAY(struct link_section) sections; /* by index; [0] is none */
    HG_ARRAY(struct link_symbol) symbols;
    uint32_t symbol_section; /* index; 0 = the object has none, as in the next three */
    uint32_t record_section;
    uint32_t btf_section;
    uint32_t ext_section;
    HG_ARRAY(struct link_location) placeholders; /* sorted */
    HG_ARRAY(const char *) definitions;          /* of places */
    struct hg_strings place_numbers;             /* by `@71`: 1 + index in definitions */
    HG_ARRAY(struct link_record) records;        /* sorted by location */
    HG_ARRAY(struct link_root *) roots;          /* in the order of their first record */
    struct hg_strings root_numbers;              /* by key: 1 + index of the first in roots */
    struct hg_strings part_numbers;              /* by serial and name: 1 + index in parts */
    HG_ARRAY(struct link_part *) parts;
    uint32_t serials;
    struct hg_strings code_numbers;   /* by name: index of the section of code */
    HG_ARRAY(struct link_relo) relos; /* for .BTF.ext */
    size_t kept;                      /* how many of them the object had */
    struct hg_output btf, ext;
};

/* Reports `FILE: text` and returns false. */
bool hg_link_fault(const struct linker *linker, const char *format, ...) HG_PRINTF(2, 3);
/* `FILE: record 'TEXT' (byte AT of SECTION): text` */
bool hg_link_record_fault(const struct linker *linker, const struct link_record *record,
                          const char *format, ...) HG_PRINTF(3, 4);

static inline uint32_t link_word(const struct linker *linker, const uint8_t *at)
{
    return linker->big_endian
               ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
               : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static inline void link_set_word(const struct linker *linker, uint8_t *at, uint32_t word)
{
    for (unsigned i = 0; i < 4; i++)
        at[linker->big_endian ? 3 - i : i] = (uint8_t)(word >> 8 * i);
}

static inline bool link_is_relocations(const struct link_section *section)
{
    return section->header.sh_type == SHT_REL || section->header.sh_type == SHT_RELA;
}

static inline struct link_section *link_section(const struct linker *linker, uint32_t index)
{
    return &linker->sections.items[index];
}

/* --- elf.c --- */

HG_MUST_CHECK bool hg_link_read_elf(struct linker *linker, const struct hg_btf_bytes *bytes);

/* --- records.c --- */

/* For qsort: compares two locations, or two structures that begin with one. */
int hg_link_compare(const void *a, const void *b);

/* Marks a section of records or places as gone.  False = its version is not `name`'s, or its
 * contents are not plain. */
HG_MUST_CHECK bool hg_link_take_section(const struct linker *linker, struct link_section *section,
                                        const char *name);
/* Finds placeholders and records, and pairs them.  Succeeds if the object has neither. */
HG_MUST_CHECK bool hg_link_find_records(struct linker *linker);

/* --- places.c --- */

/* Reads the definitions of places. */
HG_MUST_CHECK bool hg_link_find_places(struct linker *linker);
/* Replaces a place's number in the record's text by the path that it stands for. */
HG_MUST_CHECK bool hg_link_expand(struct linker *linker, struct link_record *record);

/* --- parse.c --- */

/* Parses record->text, and fills the members of the record that follow from it. */
HG_MUST_CHECK bool hg_link_parse(struct linker *linker, struct link_record *record);

/* --- merge.c --- */

/* Adds a copy of the part to the type. */
struct link_part *hg_link_add_part(struct linker *linker, struct link_type *type,
                                   const struct link_part *part);
/* The same, unless the type has a part of that name: then returns that part. */
struct link_part *hg_link_part(struct linker *linker, struct link_type *type,
                               const struct link_part *part, bool *is_new);
/* Sets root and access of each record. */
HG_MUST_CHECK bool hg_link_merge(struct linker *linker);

/* The type without its typedefs. */
static inline struct link_type *link_resolve(struct link_type *type)
{
    while (type->kind == LINK_TYPEDEF)
        type = type->target;
    return type;
}

static inline bool link_is_record(const struct link_type *type)
{
    return type->kind == LINK_STRUCT || type->kind == LINK_UNION;
}

/* --- mend.c --- */

/* The typedef that marks a linked object. */
#define HG_LINK_MARK "hdrgen_link_1"

/* BTF in this machine's byte order. */
struct link_btf {
    HG_ARRAY(uint32_t) words;
    uint32_t type_count; /* void not included */
    struct hg_text strings;
    bool was_linked;
};

void hg_link_btf_deinit(struct link_btf *btf);
/* Reads the object's own BTF and corrects it; empty if the object has none. */
HG_MUST_CHECK bool hg_link_mend(struct linker *linker, struct link_btf *ret);

/* --- emit.c --- */

/* Sets linker->btf to the types of `own`, the local types, and the names of the sections that have
 * relocations in linker->relos.  First adds to these a relocation for each record, in order. */
HG_MUST_CHECK bool hg_link_emit(struct linker *linker, struct link_btf *own);

/* --- ext.c --- */

/* Adds the relocations of the object's .BTF.ext to linker->relos. */
HG_MUST_CHECK bool hg_link_read_ext(struct linker *linker, const struct link_btf *own);
/* Sets linker->ext. */
HG_MUST_CHECK bool hg_link_make_ext(struct linker *linker);

/* --- write.c --- */

/* Writes the linked object; the caller frees *ret. */
HG_MUST_CHECK bool hg_link_write(struct linker *linker, struct hg_output *ret);

#endif
