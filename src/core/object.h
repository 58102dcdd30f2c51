/*
 * A BPF object in memory.
 *
 *     object.c   hg_core_read: the order of events
 *     elf.c      its ELF file (elf.h)
 *     ext.c      .BTF.ext: records of relocations, lines
 *     insn.c     instructions
 *     access.c   access strings
 *
 * All of it is checked when the object is read: every index and offset in a struct hg_core_object
 * is in range.
 */
#ifndef HG_CORE_OBJECT_H
#define HG_CORE_OBJECT_H

#include "base/memory.h"
#include "base/text.h"

#include <gelf.h>
#include <hdrgen/core.h>

enum {
    OBJECT_MAX = 256 * 1024 * 1024, /* bytes of the file */
    RECORDS_MAX = 65536,
    INSN_SIZE = 8,
};

/* A section of code. */
struct code {
    const char *name;
    const uint8_t *bytes; /* a copy, in the object's byte order */
    uint32_t size;        /* a multiple of INSN_SIZE */
    size_t index;         /* of the ELF section */
};

struct function {
    const char *name;
    uint32_t code;   /* index of its section of code */
    uint32_t offset; /* bytes, multiples of INSN_SIZE */
    uint32_t size;
    bool is_static;
};

/* An ELF relocation of an instruction: the symbol that it refers to. */
struct reference {
    uint32_t code;
    uint32_t offset;    /* of the instruction within its section, a multiple of INSN_SIZE */
    const char *symbol; /* "" = the symbol of a section, which has no name */
    bool is_external;   /* the object does not define the symbol */
    bool is_weak;
    bool is_constant; /* the symbol is in .rodata, whose values user space may set before loading */
    uint32_t target;  /* index of the section of code that has the symbol; NO_CODE = none has */
    uint64_t value;   /* the symbol's offset in its section */
};
#define NO_CODE UINT32_MAX

/* Compares two offsets in sections of code, for qsort and bsearch. */
static inline int compare_offsets(uint32_t a_code, uint32_t a, uint32_t b_code, uint32_t b)
{
    if (a_code != b_code)
        return a_code < b_code ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* A symbol that the object uses and does not define. */
struct external {
    const char *name;
    bool is_weak;
};

/* A map that is defined by a struct bpf_map_def in section "maps". */
struct legacy_map {
    const char *name;
    uint32_t type;
};

/* A function that a variable of .struct_ops holds. */
struct held {
    const char *variable;
    uint64_t offset; /* bytes from the variable's start */
    uint32_t function;
};

/* The source line of an instruction, and of those after it up to the next struct line. */
struct line {
    uint32_t code;
    uint32_t offset; /* of the instruction within its section */
    uint32_t file;   /* offset among the strings */
    uint32_t number;
};

/* A CO-RE relocation, as in .BTF.ext. */
struct record {
    uint32_t function; /* index */
    uint32_t insn;     /* within the function */
    uint32_t type;     /* the object's BTF id */
    hg_type_id root;   /* its id in the model; HG_NO_TYPE = a qualifier, or no type */
    const char *access;
    enum hg_core_kind kind;
    struct hg_location where;
};

struct hg_core_object {
    struct hg_arena arena; /* holds what the members point to, except the arrays and the model */
    const char *name;
    bool big_endian;
    bool has_ext;           /* a section .BTF.ext */
    const char *license;    /* the text of section "license"; "" = there is none */
    struct hg_model *types; /* .BTF */
    HG_ARRAY(struct code) codes;
    HG_ARRAY(struct function) functions;   /* by section, then offset */
    HG_ARRAY(struct record) records;       /* in the order of .BTF.ext */
    HG_ARRAY(struct reference) references; /* by section, then offset */
    HG_ARRAY(struct external) externals;
    HG_ARRAY(struct legacy_map) legacy_maps;
    HG_ARRAY(struct held) held;
    HG_ARRAY(struct line) lines; /* by section, then offset */
    size_t skipped;              /* number of relocations that are in no function */
};

/* Reports `FILE: text` and returns false. */
bool hg_core_fault(const struct hg_core_object *object, struct hg_diagnostics *diagnostics,
                   const char *format, ...) HG_PRINTF(3, 4);

/* --- elf_open.c --- */

/* Opens a BPF object in memory; the bytes must live until elf_end.  *names: the index of the
 * section with the names of sections.  NULL = the file is no BPF object, which has been
 * reported. */
Elf *hg_core_open_elf(const struct hg_btf_bytes *file, struct hg_diagnostics *diagnostics,
                      GElf_Ehdr *header, size_t *names);

/* --- elf.c --- */

/* The sections .BTF and .BTF.ext, which are parsed once the ELF file is read. */
struct elf_part {
    uint8_t *bytes; /* from malloc; NULL = there is no such section */
    size_t size;
};
struct elf_parts {
    struct elf_part btf, ext;
};

HG_MUST_CHECK bool hg_core_read_elf(struct hg_core_object *object, const struct hg_btf_bytes *file,
                                    struct hg_diagnostics *diagnostics, struct elf_parts *parts);

/* The function that has the instruction at this offset of a section; NULL = none has. */
const struct function *hg_core_function_at(const struct hg_core_object *object, uint32_t code,
                                           uint32_t offset);

/* What the instruction at this offset of a section refers to; NULL = nothing. */
const struct reference *hg_core_reference_at(const struct hg_core_object *object, uint32_t code,
                                             uint32_t offset);

/* --- ext.c --- */

/* The line that an instruction of the function was made from; NULL = the object does not say. */
const struct line *hg_core_line_at(const struct hg_core_object *object,
                                   const struct function *function, uint32_t insn);

/* The name of the line's file without directories, in the arena, at most 255 bytes; NULL = it has
 * none. */
const char *hg_core_file_name(const struct hg_core_object *object, const struct line *line,
                              struct hg_arena *arena);

/* Reads the records; object->types must be there. */
HG_MUST_CHECK bool hg_core_read_ext(struct hg_core_object *object, const struct elf_parts *parts,
                                    struct hg_diagnostics *diagnostics);

/* --- insn.c --- */

enum { CLASS_LD, CLASS_LDX, CLASS_ST, CLASS_STX, CLASS_ALU, CLASS_JMP, CLASS_JMP32, CLASS_ALU64 };

struct insn {
    uint8_t code;
    uint8_t dst;
    uint8_t src;
    int16_t off;
    int32_t imm;
};

static inline unsigned insn_class(const struct insn *insn)
{
    return insn->code & 0x07;
}

/* Bytes that a load or store moves. */
static inline unsigned insn_access_size(const struct insn *insn)
{
    static const unsigned sizes[] = {4, 2, 1, 8};
    return sizes[insn->code >> 3 & 3];
}

/* An unsigned number of `count` bytes. */
uint64_t hg_core_number(const uint8_t *bytes, unsigned count, bool big_endian);

/* A load of 64 bits, which takes two instructions. */
static inline bool insn_is_wide(const struct insn *insn)
{
    return insn->code == 0x18;
}

/* The instruction at an index of the function, which must be within it. */
struct insn hg_core_insn(const struct hg_core_object *object, const struct function *function,
                         uint32_t index);

static inline uint32_t function_insns(const struct function *function)
{
    return function->size / INSN_SIZE;
}

/* --- access.c --- */

enum {
    ACCESS_MAX = 64, /* numbers in an access string; libbpf's limit */
    RAW_MAX = 128,   /* numbers on the target's types; aya, which counts fewer, goes beyond 64 */
};

/* A step that C spells: a named member, an element, or an enumerator. */
struct accessor {
    hg_type_id type;  /* the record, or the element */
    uint32_t index;   /* the member's or the element's; an enumerator's */
    const char *name; /* the member's or the enumerator's; NULL = an element */
};

/* Where an access leads, step by step. */
struct access {
    hg_type_id root;
    uint32_t raw[RAW_MAX]; /* all numbers, those of members without a name, too */
    unsigned raw_count;
    unsigned part_count; /* aya's count of the numbers: only of members that were found */
    struct accessor steps[ACCESS_MAX];
    unsigned step_count;
    uint64_t bit_offset;       /* as the loader computes it */
    uint64_t right_bit_offset; /* the correct one */
};

static inline void access_add_step(struct access *access, hg_type_id type, uint32_t index,
                                   const char *name)
{
    access->steps[access->step_count++] =
        (struct accessor){.type = type, .index = index, .name = name};
}

/* Parses the record's access string, by the object's own types.  Returns NULL, or what is wrong
 * with it.  A relocation about a whole type, or one whose root is HG_NO_TYPE, has no steps. */
const char *hg_core_parse_access(const struct hg_core_object *object, const struct record *record,
                                 struct access *ret);

/* `struct task_struct.pid` */
void hg_core_describe_access(struct hg_text *text, const struct hg_core_object *object,
                             const struct record *record);

#endif
