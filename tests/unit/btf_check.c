/*
 * The reader's refusals, first part: the header, the index, and each type by itself.  Each rule is
 * broken once, with the words of the complaint.
 */
#include "btf_blob.h"
#include "helpers.h"
#include "suites.h"

#include <string.h>

static uint32_t type(struct hg_test_blob *b, const char *name, uint32_t kind, uint32_t vlen,
                     uint32_t third)
{
    return hg_test_blob_type(b, name, kind, vlen, third);
}

static void word(struct hg_test_blob *b, uint32_t value)
{
    hg_test_blob_word(b, value);
}

static void member(struct hg_test_blob *b, const char *name, uint32_t of, uint32_t place)
{
    hg_test_blob_member(b, name, of, place);
}

/* --- the index --- */

static void cut_off_type(struct hg_test_blob *b)
{
    word(b, 0);
    word(b, PTR << 24);
}

static void cut_off_members(struct hg_test_blob *b)
{
    type(b, "s", STRUCT, 65535, 4);
    member(b, "x", HG_TEST_U32, 0);
}

static void kind_zero(struct hg_test_blob *b)
{
    type(b, "", 0, 0, 0);
}

static void kind_twenty(struct hg_test_blob *b)
{
    type(b, "", 20, 0, 0);
}

static void kind_thirty_one(struct hg_test_blob *b)
{
    type(b, "", 31, 0, 0);
}

static void reserved_bits(struct hg_test_blob *b)
{
    type(b, "", PTR, 0x10000, 0);
}

static void reserved_kind_bits(struct hg_test_blob *b)
{
    type(b, "", PTR | 0x40, 0, 0);
}

/* --- names --- */

static void name_beyond_strings(struct hg_test_blob *b)
{
    word(b, 0x00ffffff);
    word(b, STRUCT << 24);
    word(b, 0);
}

static void member_name_beyond_strings(struct hg_test_blob *b)
{
    type(b, "s", STRUCT, 1, 4);
    word(b, 0xffffffff);
    word(b, HG_TEST_U32);
    word(b, 0);
}

static void injected_name(struct hg_test_blob *b)
{
    type(b, "x; int evil", STRUCT, 0, 0);
}

static void injected_member(struct hg_test_blob *b)
{
    type(b, "s", STRUCT, 1, 4);
    member(b, "x; int evil", HG_TEST_U32, 0);
}

static void digit_first(struct hg_test_blob *b)
{
    type(b, "0x", TYPEDEF, 0, HG_TEST_U32);
}

static void no_typedef_name(struct hg_test_blob *b)
{
    type(b, "", TYPEDEF, 0, HG_TEST_U32);
}

static void no_forward_name(struct hg_test_blob *b)
{
    type(b, "", FWD, 0, 0);
}

static void no_function_name(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 0, 0);
    type(b, "", FUNC, 0, HG_TEST_FIRST);
}

static void pointer_with_name(struct hg_test_blob *b)
{
    type(b, "p", PTR, 0, HG_TEST_U32);
}

static void no_enumerator_name(struct hg_test_blob *b)
{
    type(b, "e", ENUM, 1, 4);
    hg_test_blob_pair(b, "", 0);
}

static void bad_int_name(struct hg_test_blob *b)
{
    hg_test_blob_int(b, "int  x", 4, 0);
}

static void bad_int_name_end(struct hg_test_blob *b)
{
    hg_test_blob_int(b, "int ", 4, 0);
}

static void long_name(struct hg_test_blob *b)
{
    char name[513];
    memset(name, 'a', sizeof name);
    name[512] = '\0';
    type(b, name, STRUCT, 0, 0);
}

static void tag_with_newline(struct hg_test_blob *b)
{
    type(b, "a\nb", TYPE_TAG, 0, HG_TEST_U32);
}

static void empty_tag(struct hg_test_blob *b)
{
    type(b, "", TYPE_TAG, 0, HG_TEST_U32);
}

static void bad_section_name(struct hg_test_blob *b)
{
    type(b, "\x7f", DATASEC, 0, 0);
}

/* --- one type by itself --- */

static void pointer_with_count(struct hg_test_blob *b)
{
    type(b, "", PTR, 1, HG_TEST_U32);
}

static void pointer_with_flag(struct hg_test_blob *b)
{
    type(b, "", PTR, KFLAG, HG_TEST_U32);
}

static void forward_with_size(struct hg_test_blob *b)
{
    type(b, "f", FWD, 0, 4);
}

static void raw_int(struct hg_test_blob *b, uint32_t size, uint32_t data)
{
    type(b, "odd", INT, 0, size);
    word(b, data);
}

static void int_of_three_bytes(struct hg_test_blob *b)
{
    raw_int(b, 3, 24);
}

static void int_of_no_bits(struct hg_test_blob *b)
{
    raw_int(b, 4, 0);
}

static void int_of_no_size(struct hg_test_blob *b)
{
    raw_int(b, 0, 0);
}

static void int_too_wide(struct hg_test_blob *b)
{
    raw_int(b, 4, 33);
}

static void int_offset_too_large(struct hg_test_blob *b)
{
    raw_int(b, 4, 8u << 16 | 25);
}

static void int_reserved(struct hg_test_blob *b)
{
    raw_int(b, 4, 0x100 | 32);
}

static void int_signed_bool(struct hg_test_blob *b)
{
    raw_int(b, 1, 5u << 24 | 8);
}

static void int_encoding_eight(struct hg_test_blob *b)
{
    raw_int(b, 1, 8u << 24 | 8);
}

static void float_of_three_bytes(struct hg_test_blob *b)
{
    type(b, "f", FLOAT, 0, 3);
}

static void enum_of_three_bytes(struct hg_test_blob *b)
{
    type(b, "e", ENUM, 0, 3);
}

static void enum_value_too_large(struct hg_test_blob *b)
{
    type(b, "e", ENUM, 2, 1);
    hg_test_blob_pair(b, "A", 200);
    hg_test_blob_pair(b, "B", 256);
}

static void function_linkage(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 0, 0);
    type(b, "f", FUNC, 3, HG_TEST_FIRST);
}

static void variable_linkage(struct hg_test_blob *b)
{
    type(b, "v", VAR, 0, HG_TEST_U32);
    word(b, 3);
}

static void section_entry_outside(struct hg_test_blob *b)
{
    type(b, "v", VAR, 0, HG_TEST_U32);
    word(b, 1);
    type(b, ".data", DATASEC, 1, 4);
    word(b, HG_TEST_FIRST);
    word(b, 2);
    word(b, 4);
}

static const struct hg_test_refusal refusals[] = {
    {cut_off_type, 0, "type 4 is cut off"},
    {cut_off_members, 4, "needs 196608 words, but only 6 are left"},
    {kind_zero, 0, "type 4: kind 0 is not known"},
    {kind_twenty, 0, "type 4: kind 20 is not known"},
    {kind_thirty_one, 0, "type 4: kind 31 is not known"},
    {reserved_bits, 0, "type 4: unknown bits in its info 0x02010000"},
    {reserved_kind_bits, 0, "type 4: unknown bits"},
    {name_beyond_strings, 4, "its name is at 16777215, beyond the"},
    {member_name_beyond_strings, 4, "member 0: its name is at 4294967295"},
    {injected_name, 4, "(STRUCT 'x; int evil'): its name is no C identifier"},
    {injected_member, 4, "member 'x; int evil': number 0: its name must be a C identifier"},
    {digit_first, 4, "its name must be a C identifier"},
    {no_typedef_name, 4, "its name must be a C identifier"},
    {no_forward_name, 4, "its name must be a C identifier"},
    {no_function_name, 5, "its name must be that of a symbol"},
    {pointer_with_name, 4, "cannot have a name"},
    {no_enumerator_name, 4, "enumerator: number 0: its name must be"},
    {bad_int_name, 4, "its name is no C type name"},
    {bad_int_name_end, 4, "its name is no C type name"},
    {long_name, 4, "aaa...'): its name is no C identifier of at most 511 characters"},
    {tag_with_newline, 4, "'a\\x0ab'): its text must be"},
    {empty_tag, 4, "its text must be"},
    {bad_section_name, 4, "its name must be that of a section"},
    {pointer_with_count, 4, "cannot have a count (1)"},
    {pointer_with_flag, 4, "the kind flag has no meaning for it"},
    {forward_with_size, 4, "its third word must be 0, but is 4"},
    {int_of_three_bytes, 4, "no integer is 3 bytes"},
    {int_of_no_bits, 4, "0 bits at bit 0 in 4 bytes"},
    {int_of_no_size, 4, "no integer is 0 bytes"},
    {int_too_wide, 4, "33 bits at bit 0 in 4 bytes"},
    {int_offset_too_large, 4, "25 bits at bit 8 in 4 bytes"},
    {int_reserved, 4, "unknown bits in 0x00000120"},
    {int_signed_bool, 4, "encoding 5 is not known"},
    {int_encoding_eight, 4, "encoding 8 is not known"},
    {float_of_three_bytes, 4, "no floating-point type is 3 bytes"},
    {enum_of_three_bytes, 4, "no enum is 3 bytes"},
    {enum_value_too_large, 4, "not all of its values fit into 1 byte"},
    {function_linkage, 5, "linkage 3 is not known"},
    {variable_linkage, 4, "linkage 3 is not known"},
    {section_entry_outside, 5, "entry 0: 4 bytes at 2 reach beyond the 4 bytes"},
};

static void test_refusals(void)
{
    hg_test_expect_refusals(refusals, sizeof refusals / sizeof *refusals);
}

/* --- the header --- */

static struct hg_output good_bytes(bool big_endian)
{
    struct hg_test_blob blob = {.big_endian = big_endian};
    hg_test_blob_begin(&blob);
    return hg_test_blob_finish(&blob);
}

static const struct {
    size_t offset;
    uint32_t word;
    const char *words;
} header_faults[] = {
    {4, 23, "its header has an impossible length"},
    {4, 0xffffffff, "its header has an impossible length"},
    {4, 28, "its header has unknown fields"},
    {8, 4, "its sections overlap"},
    {8, 2, "whole words"},
    {12, 0xfffffffc, "it is larger than 64 MiB"},
    {12, 0x03fffffc, "reaches beyond its end"},
    {12, 42, "whole words"},
    {12, 8, "or its strings the types"},
    {16, 0, "overlap"},
    {16, 0xfffffff0, "reaches beyond its end"},
    {20, 0xffffffff, "it is larger than 64 MiB"},
    {20, 1000, "reaches beyond its end"},
    {20, 4, "do not end in a NUL"},
    {20, 0, "more than one BTF"},
};

static void test_header_in(bool big_endian)
{
    for (size_t i = 0; i < sizeof header_faults / sizeof *header_faults; i++) {
        struct hg_output bytes = good_bytes(big_endian);
        hg_test_poke(&bytes, header_faults[i].offset, header_faults[i].word, big_endian);
        hg_test_expect_refusal(&bytes, header_faults[i].words);
        hg_output_deinit(&bytes);
    }
    struct hg_output bytes = good_bytes(big_endian);
    bytes.data[2] = 2;
    hg_test_expect_refusal(&bytes, "its BTF version is not 1");
    bytes.data[2] = 1;
    bytes.data[3] = 1;
    hg_test_expect_refusal(&bytes, "unknown flags");
    bytes.data[3] = 0;
    size_t whole = bytes.size;
    for (bytes.size = 2; bytes.size < whole; bytes.size++)
        hg_test_expect_refusal(&bytes, bytes.size < 24 ? "too short" : "beyond its end");
    hg_output_deinit(&bytes);
}

static void test_header(void)
{
    test_header_in(false);
    test_header_in(true);
}

static void test_trailing_bytes(void)
{
    struct hg_output bytes = good_bytes(false);
    struct hg_text text = {0};
    hg_text_bytes(&text, bytes.data, bytes.size);
    hg_text_bytes(&text, bytes.data, bytes.size);
    struct hg_output twice = {.data = text.data, .size = text.size};
    hg_test_expect_refusal(&twice, "more than one BTF in a row");
    hg_text_deinit(&text);
    hg_output_deinit(&bytes);
}

void hg_test_btf_check(void)
{
    CU_pSuite suite = CU_add_suite("btf_check", NULL, NULL);
    CU_add_test(suite, "each rule about one type, broken once", test_refusals);
    CU_add_test(suite, "every fault of the header is refused", test_header);
    CU_add_test(suite, "two BTFs in a row are refused", test_trailing_bytes);
}
