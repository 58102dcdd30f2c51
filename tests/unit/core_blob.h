/*
 * BPF objects built by hand, for tests of their reader and of what is made of their relocations.
 *
 *     struct hg_test_object object = {0};
 *     uint32_t s = ... types in object.btf ...
 *     hg_test_insn(&object, 0xb7, 1, 0, 0, 8);                     r1 = 8
 *     hg_test_relocation(&object, 0, s, "0:1", HG_CORE_BYTE_OFFSET);
 *     struct hg_output bytes = hg_test_object_finish(&object);
 *
 * All instructions are one function, 'prog', in section 'tp/test', unless told otherwise.
 */
#ifndef HG_TESTS_UNIT_CORE_BLOB_H
#define HG_TESTS_UNIT_CORE_BLOB_H

#include "btf_blob.h"

#include <hdrgen/core.h>

enum { HG_TEST_RELOCATIONS_MAX = 16 };

/* A section of an ELF file. */
struct hg_test_part {
    const char *data;
    size_t size;
    uint32_t type, link;
    uint64_t flags, entry_size;
    uint32_t name; /* offset in the last section, the names */
    uint32_t info;
};

/* A relocatable ELF file of 64 bits, with an empty section 0 before these. */
struct hg_output hg_test_put_elf(const struct hg_test_part *parts, size_t count, uint16_t machine,
                                 bool big_endian);

/* A number of size bytes. */
void hg_test_put(struct hg_text *text, uint64_t value, unsigned size, bool big_endian);

struct hg_test_object {
    struct hg_test_blob btf; /* its byte order is the object's */
    struct hg_text insns;
    struct {
        uint32_t offset, type, access, kind;
    } relocations[HG_TEST_RELOCATIONS_MAX];
    size_t relocation_count;
    uint32_t line;     /* of the first instruction; 0 = no table of lines */
    uint32_t code_cut; /* bytes that the section of code lacks at its end */
    /* What the headers say instead of the truth; 0 = the truth. */
    uint32_t record_size, record_count, table_size, header_size, function_size;
    const char *section_name; /* in .BTF.ext */
    uint16_t machine;
    bool no_ext, two_exts, foreign_ext, no_symbols, second_function;
};

/* r1 = 8 is 0xb7, 1, 0, 0, 8. */
void hg_test_insn(struct hg_test_object *object, uint8_t code, unsigned dst, unsigned src,
                  int16_t off, int32_t imm);

/* Of instruction number insn. */
void hg_test_relocation(struct hg_test_object *object, uint32_t insn, uint32_t type,
                        const char *access, enum hg_core_kind kind);

/* The bytes are the caller's; what the object has is freed. */
struct hg_output hg_test_object_finish(struct hg_test_object *object);

/* The same, read; the test fails if it cannot be. */
struct hg_core_object *hg_test_object_read(struct hg_test_object *object);

/* A line for each finding of the check must be what is expected:
 *
 *     byte_offset struct s.x: 8
 *     byte_offset struct s.y: missing: struct 's' has no member 'y'
 */
void hg_test_expect_findings(const struct hg_core_object *object, const struct hg_model *target,
                             enum hg_core_loader loader, const char *expected);

/* Frees both. */
void hg_test_finish(struct hg_core_object *object, struct hg_model *target);

#endif
