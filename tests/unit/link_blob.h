/*
 * BPF objects with placeholders and records, built by hand, for tests of linking.
 *
 *     struct hg_test_link link = {0};
 *     hg_test_link_record(&link, "r3 byte_offset Sa x:i32s");
 *     struct hg_output bytes = hg_test_link_finish(&link);
 *
 * All instructions are one function, 'prog', in section 'tp/test'; `exit` is its last.
 */
#ifndef HG_TESTS_UNIT_LINK_BLOB_H
#define HG_TESTS_UNIT_LINK_BLOB_H

#include "core_blob.h"

#include <hdrgen/link.h>

struct hg_test_link {
    bool big_endian;
    struct hg_text code, records;
    struct hg_text code_relocations, record_relocations;
    const struct hg_output *btf, *ext; /* the sections; NULL = there is none */
    const char *variable;              /* name of a symbol in section .data; NULL = none */
    const char *section_name;          /* of the records; NULL = .hdrgen.relo.1 */
    uint32_t record_symbol;            /* of the records' relocations; 0 = the section's */
    uint32_t record_type, call_type;   /* of relocations; 0 = the right one */
    uint64_t function_size;            /* 0 = the truth */
    uint64_t record_flags;             /* of the section of records */
    uint16_t symbol_section;           /* of the placeholder's symbol; 0 = undefined */
};

enum { HG_TEST_LINK_CODE = 1, HG_TEST_LINK_DATA = 2 }; /* numbers of sections */

/* An instruction; with is_call one against the placeholder's symbol. */
void hg_test_link_insn(struct hg_test_link *link, uint8_t code, bool is_call);
/* A record of the instruction at that byte. */
void hg_test_link_text(struct hg_test_link *link, uint32_t offset, const char *text);
/* A placeholder, or two where the text's register has 64 bits, and a record of it. */
void hg_test_link_record(struct hg_test_link *link, const char *text);

/* The bytes are the caller's; what the link has is freed. */
struct hg_output hg_test_link_finish(struct hg_test_link *link);

#endif
