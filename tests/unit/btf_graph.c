/*
 * The reader's refusals, second part: references, cycles, sizes, members.  Each rule is broken
 * once, with the words of the complaint.
 */
#include "btf_blob.h"
#include "helpers.h"
#include "suites.h"

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

/* A record of one member. */
static void record(struct hg_test_blob *b, uint32_t kind, uint32_t size, uint32_t of,
                   uint32_t place)
{
    type(b, "s", kind, 1, size);
    member(b, "x", of, place);
}

static void raw_int(struct hg_test_blob *b, uint32_t size, uint32_t data)
{
    type(b, "odd", INT, 0, size);
    word(b, data);
}

/* --- references --- */

static void pointer_out_of_range(struct hg_test_blob *b)
{
    type(b, "", PTR, 0, 0x7fffffff);
}

static void member_out_of_range(struct hg_test_blob *b)
{
    record(b, STRUCT, 4, 99, 0);
}

static void index_out_of_range(struct hg_test_blob *b)
{
    hg_test_blob_array(b, HG_TEST_U32, 0xffffffff, 1);
}

static void pointer_to_function(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 0, 0);
    type(b, "f", FUNC, 0, HG_TEST_FIRST);
    type(b, "", PTR, 0, HG_TEST_FIRST + 1);
}

static void function_of_int(struct hg_test_blob *b)
{
    type(b, "f", FUNC, 0, HG_TEST_U32);
}

static void section_of_int(struct hg_test_blob *b)
{
    type(b, ".data", DATASEC, 1, 4);
    word(b, HG_TEST_U32);
    word(b, 0);
    word(b, 4);
}

static void tagged_int(struct hg_test_blob *b)
{
    type(b, "tag", DECL_TAG, 0, HG_TEST_U32);
    word(b, 0xffffffff);
}

static void tagged_member_outside(struct hg_test_blob *b)
{
    record(b, STRUCT, 4, HG_TEST_U32, 0);
    type(b, "tag", DECL_TAG, 0, HG_TEST_FIRST);
    word(b, 1);
}

static void tagged_typedef_member(struct hg_test_blob *b)
{
    type(b, "t", TYPEDEF, 0, HG_TEST_U32);
    type(b, "tag", DECL_TAG, 0, HG_TEST_FIRST);
    word(b, 0);
}

static void tagged_ellipsis(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 2, 0);
    hg_test_blob_pair(b, "a", HG_TEST_U32);
    hg_test_blob_pair(b, "", 0);
    type(b, "f", FUNC, 0, HG_TEST_FIRST);
    type(b, "tag", DECL_TAG, 0, HG_TEST_FIRST + 1);
    word(b, 1);
}

static void tag_behind_const(struct hg_test_blob *b)
{
    type(b, "user", TYPE_TAG, 0, HG_TEST_U32);
    type(b, "", CONST, 0, HG_TEST_FIRST);
}

static void void_parameter(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 2, 0);
    hg_test_blob_pair(b, "", 0);
    hg_test_blob_pair(b, "x", HG_TEST_U32);
}

static void named_void_parameter(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 1, 0);
    hg_test_blob_pair(b, "x", 0);
}

/* --- cycles and depth --- */

static void typedef_to_itself(struct hg_test_blob *b)
{
    type(b, "t", TYPEDEF, 0, HG_TEST_FIRST);
}

static void const_to_itself_in_struct(struct hg_test_blob *b)
{
    record(b, STRUCT, 4, HG_TEST_FIRST + 1, 0);
    type(b, "", CONST, 0, HG_TEST_FIRST + 1);
}

static void struct_in_itself(struct hg_test_blob *b)
{
    record(b, STRUCT, 4, HG_TEST_FIRST, 0);
}

static void structs_in_each_other(struct hg_test_blob *b)
{
    record(b, STRUCT, 4, HG_TEST_FIRST + 1, 0);
    record(b, STRUCT, 4, HG_TEST_FIRST, 0);
}

static void array_of_itself(struct hg_test_blob *b)
{
    hg_test_blob_array(b, HG_TEST_FIRST, HG_TEST_U32, 1);
}

static void pointer_to_itself(struct hg_test_blob *b)
{
    type(b, "", PTR, 0, HG_TEST_FIRST);
}

static void prototype_of_itself(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 1, 0);
    hg_test_blob_pair(b, "f", HG_TEST_FIRST + 1);
    type(b, "", PTR, 0, HG_TEST_FIRST);
}

/* PTR -> PTR -> ... -> void, a million long. */
static void million_pointers(struct hg_test_blob *b)
{
    for (uint32_t i = HG_TEST_FIRST; i < 1000000; i++)
        type(b, "", PTR, 0, i + 1);
    type(b, "", PTR, 0, 0);
}

static void million_arrays(struct hg_test_blob *b)
{
    for (uint32_t i = HG_TEST_FIRST; i < 500000; i++)
        hg_test_blob_array(b, i + 1, HG_TEST_U32, 1);
    hg_test_blob_array(b, HG_TEST_U32, HG_TEST_U32, 1);
}

static void many_modifiers(struct hg_test_blob *b)
{
    for (uint32_t i = 0; i < 33; i++)
        type(b, "", CONST, 0, i == 0 ? HG_TEST_U32 : HG_TEST_FIRST + i - 1);
}

static void too_many_types(struct hg_test_blob *b)
{
    for (uint32_t i = HG_TEST_FIRST; i < 0x100001; i++)
        type(b, "", PTR, 0, 0);
}

/* --- sizes and members --- */

static void array_of_void(struct hg_test_blob *b)
{
    hg_test_blob_array(b, 0, HG_TEST_U32, 1);
}

static void array_of_forward(struct hg_test_blob *b)
{
    type(b, "f", FWD, 0, 0);
    hg_test_blob_array(b, HG_TEST_FIRST, HG_TEST_U32, 1);
}

static void array_too_large(struct hg_test_blob *b)
{
    hg_test_blob_array(b, HG_TEST_U32, HG_TEST_U32, 0x40000000);
}

static void array_of_arrays_too_large(struct hg_test_blob *b)
{
    hg_test_blob_array(b, HG_TEST_U32, HG_TEST_U32, 0x10000);
    hg_test_blob_array(b, HG_TEST_FIRST, HG_TEST_U32, 0x10000);
}

static void array_indexed_by_pointer(struct hg_test_blob *b)
{
    hg_test_blob_array(b, HG_TEST_U32, HG_TEST_POINTER, 1);
}

static void array_of_bits(struct hg_test_blob *b)
{
    raw_int(b, 4, 3);
    hg_test_blob_array(b, HG_TEST_FIRST, HG_TEST_U32, 1);
}

static void member_of_void(struct hg_test_blob *b)
{
    record(b, STRUCT, 8, 0, 0);
}

static void member_of_const_void(struct hg_test_blob *b)
{
    type(b, "", CONST, 0, 0);
    record(b, STRUCT, 8, HG_TEST_FIRST, 0);
}

static void member_of_forward(struct hg_test_blob *b)
{
    type(b, "f", FWD, 0, 0);
    record(b, STRUCT, 8, HG_TEST_FIRST, 32);
}

static void member_of_prototype(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 0, 0);
    record(b, UNION, 8, HG_TEST_FIRST, 0);
}

static void member_beyond_end(struct hg_test_blob *b)
{
    record(b, STRUCT, 8, HG_TEST_U32, 40);
}

static void member_far_beyond_end(struct hg_test_blob *b)
{
    record(b, STRUCT, 8, HG_TEST_U32, 0xfffffff8);
}

static void member_of_union_at_offset(struct hg_test_blob *b)
{
    record(b, UNION, 8, HG_TEST_U32, 32);
}

static void members_out_of_order(struct hg_test_blob *b)
{
    type(b, "s", STRUCT, 2, 8);
    member(b, "x", HG_TEST_U32, 32);
    member(b, "y", HG_TEST_U32, 0);
}

static void members_overlap(struct hg_test_blob *b)
{
    type(b, "s", STRUCT, 2, 16);
    member(b, "x", HG_TEST_LONG, 0);
    member(b, "y", HG_TEST_U32, 32);
}

static void member_between_bytes(struct hg_test_blob *b)
{
    record(b, STRUCT, 16, HG_TEST_POINTER, 4);
}

static void flagged(struct hg_test_blob *b, uint32_t of, uint32_t offset, uint32_t width)
{
    type(b, "s", STRUCT, KFLAG | 1, 8);
    member(b, "x", of, width << 24 | offset);
}

static void bit_field_of_a_pointer(struct hg_test_blob *b)
{
    flagged(b, HG_TEST_POINTER, 0, 3);
}

static void bit_field_of_double(struct hg_test_blob *b)
{
    hg_test_blob_int(b, "double", 8, 0);
    flagged(b, HG_TEST_FIRST, 0, 3);
}

static void bit_field_too_wide(struct hg_test_blob *b)
{
    flagged(b, HG_TEST_U32, 0, 33);
}

static void bit_field_beyond_end(struct hg_test_blob *b)
{
    flagged(b, HG_TEST_U32, 60, 5);
}

static void plain_between_bits(struct hg_test_blob *b)
{
    flagged(b, HG_TEST_U32, 4, 0);
}

static void member_without_name(struct hg_test_blob *b)
{
    type(b, "s", STRUCT, 1, 4);
    member(b, "", HG_TEST_U32, 0);
}

static void endless_padding(struct hg_test_blob *b)
{
    type(b, "s", STRUCT, 1, 0x0fffffff);
    member(b, "x", HG_TEST_U32, 0);
}

static void endless_gap(struct hg_test_blob *b)
{
    type(b, "s", STRUCT, 1, 0x0ffffffc);
    member(b, "x", HG_TEST_U32, 0x7fffffc0);
}

static void returns_const_void(struct hg_test_blob *b)
{
    type(b, "", CONST, 0, 0);
    type(b, "", FUNC_PROTO, 0, HG_TEST_FIRST);
}

static void returns_array(struct hg_test_blob *b)
{
    hg_test_blob_array(b, HG_TEST_U32, HG_TEST_U32, 1);
    type(b, "", FUNC_PROTO, 0, HG_TEST_FIRST);
}

static void passes_prototype(struct hg_test_blob *b)
{
    type(b, "", FUNC_PROTO, 1, 0);
    hg_test_blob_pair(b, "f", HG_TEST_FIRST + 1);
    type(b, "", FUNC_PROTO, 0, 0);
}

static void variable_of_void(struct hg_test_blob *b)
{
    type(b, "v", VAR, 0, 0);
    word(b, 1);
}

static void two_longs(struct hg_test_blob *b)
{
    hg_test_blob_int(b, "unsigned long", 4, 0);
}

static void long_of_two_bytes(struct hg_test_blob *b)
{
    hg_test_blob_int(b, "long unsigned int", 2, 0);
}

static const struct hg_test_refusal refusals[] = {
    {pointer_out_of_range, 4, "refers to type 2147483647, but the last one is 4"},
    {member_out_of_range, 4, "refers to type 99, but the last one is 4"},
    {index_out_of_range, 4, "its index is of type 4294967295"},
    {pointer_to_function, 6, "refers to type 5, which is no type but a declaration"},
    {function_of_int, 4, "refers to type 1, which is no FUNC_PROTO"},
    {section_of_int, 4, "entry 0: type 1 is neither a VAR nor a FUNC"},
    {tagged_int, 4, "tags type 1, which cannot have declaration tags"},
    {tagged_member_outside, 5, "tags number 1 of type 4, which has 1"},
    {tagged_typedef_member, 5, "tags number 0 of type 4, which has 0"},
    {tagged_ellipsis, 6, "tags number 1 of type 5, which has 1"},
    {tag_behind_const, 5, "refers to type 4, a TYPE_TAG: these precede"},
    {void_parameter, 4, "parameter: number 0 is void"},
    {named_void_parameter, 4, "parameter 'x': number 0 is void"},
    {typedef_to_itself, 4, "more than 32 modifiers and typedefs in a row, or a cycle"},
    {const_to_itself_in_struct, 5, "more than 32 modifiers and typedefs in a row, or a cycle"},
    {struct_in_itself, 4, "holds itself by value"},
    {structs_in_each_other, 4, "holds itself by value (through type 5)"},
    {array_of_itself, 4, "holds itself by value"},
    {pointer_to_itself, 4, "refers to itself with no named struct or union between"},
    {prototype_of_itself, 4, "refers to itself with no named struct or union between"},
    {million_pointers, 998977, "nests types that have no tag, more than 1024 deep"},
    {million_arrays, 498977, "nests types by value, more than 1024 deep"},
    {many_modifiers, 36, "more than 32 modifiers and typedefs in a row, or a cycle"},
    {too_many_types, 0, "more types than BTF can have (1048575)"},
    {array_of_void, 4, "its element, type 0, has no size"},
    {array_of_forward, 5, "its element, type 4, has no size"},
    {array_too_large, 4, "1073741824 elements of 4 bytes are more than BTF can express"},
    {array_of_arrays_too_large, 5, "65536 elements of 262144 bytes are more"},
    {array_indexed_by_pointer, 4, "its index, type 3, is no ordinary INT"},
    {array_of_bits, 5, "its element, type 4, is an INT that does not fill its bytes"},
    {member_of_void, 4, "member 'x': number 0 is void"},
    {member_of_const_void, 5, "member 'x': number 0 is void"},
    {member_of_forward, 5, "member 'x': number 0 is of a type that is only declared"},
    {member_of_prototype, 5, "member 'x': number 0 is a function"},
    {member_beyond_end, 4, "member 'x': number 0: 32 bits at bit 40 reach beyond the 8 bytes"},
    {member_far_beyond_end, 4, "32 bits at bit 4294967288 reach beyond the 8 bytes"},
    {member_of_union_at_offset, 4, "member 'x': number 0: at bit 32 of a union"},
    {members_out_of_order, 4, "member 'y': number 1: begins at bit 0, before bit 64"},
    {members_overlap, 4, "member 'y': number 1: begins at bit 32, before bit 64"},
    {member_between_bytes, 4, "is no bit-field, but not at a whole byte"},
    {bit_field_of_a_pointer, 4, "is a bit-field, but not of an integer or enum"},
    {bit_field_of_double, 5, "is a bit-field, but not of an integer or enum"},
    {bit_field_too_wide, 4, "is wider than its type"},
    {bit_field_beyond_end, 4, "5 bits at bit 60 reach beyond the 8 bytes"},
    {plain_between_bits, 4, "is no bit-field, but not at a whole byte"},
    {member_without_name, 4, "member 0 has no name"},
    {endless_padding, 4, "268435451 bytes at 4 belong to no member"},
    {endless_gap, 4, "268435448 bytes at 0 belong to no member"},
    {returns_const_void, 5, "no function returns type 4"},
    {returns_array, 5, "no function returns type 4"},
    {passes_prototype, 4, "parameter 'f': number 0: type 5 cannot be passed"},
    {variable_of_void, 4, "no variable is of type 0, which has no size"},
    {two_longs, 4, "4 bytes, but type 2 makes long 8 bytes"},
    {long_of_two_bytes, 4, "no long is 2 bytes"},
};

static void test_refusals(void)
{
    hg_test_expect_refusals(refusals, sizeof refusals / sizeof *refusals);
}

void hg_test_btf_graph(void)
{
    CU_pSuite suite = CU_add_suite("btf_graph", NULL, NULL);
    CU_add_test(suite, "each rule about several types, broken once", test_refusals);
}
