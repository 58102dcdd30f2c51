/*
 * Verification: each invariant of docs/model.md is broken at least once, by a function that adds
 * one bad type to a model, with the words of the complaint; and layouts that look odd but are C
 * pass.
 */
#include "model/verify.h"
#include "helpers.h"
#include "suites.h"

#include <string.h>

static hg_type_id u8(struct hg_model *m)
{
    return hg_test_int(m, "unsigned char", 1, false);
}

static hg_type_id u32(struct hg_model *m)
{
    return hg_test_int(m, "unsigned int", 4, false);
}

static const char *name(struct hg_model *m, const char *text)
{
    return hg_model_string(m, text, strlen(text));
}

static void add(struct hg_model *m, struct hg_type type)
{
    hg_model_define(m, hg_model_declare(m), &type);
}

/* --- 1 to 3 --- */

static void bad_pointer_size(struct hg_model *m)
{
    hg_model_set_target(m, &(struct hg_target){.pointer_size = 2, .long_size = 4});
}

static void bad_long_size(struct hg_model *m)
{
    hg_model_set_target(m, &(struct hg_target){.pointer_size = 8, .long_size = 16});
}

static void second_void(struct hg_model *m)
{
    add(m, (struct hg_type){.kind = HG_VOID, .complete = true});
}

static void no_void(struct hg_model *m)
{
    hg_model_amend(m, HG_VOID_ID)->kind = HG_OPAQUE;
}

static void undefined(struct hg_model *m)
{
    hg_model_declare(m);
}

static void out_of_range(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 8, 8, HG_MEMBERS(HG_MEMBER("a", 4711, 0)));
}

static void parameter_out_of_range(struct hg_model *m)
{
    hg_test_function(m, HG_VOID_ID, &(struct hg_parameter){.type.id = 99}, 1);
}

/* --- 4 and 5 --- */

static void holds_itself(struct hg_model *m)
{
    hg_type_id a = hg_model_declare(m);
    hg_type_id array = hg_model_declare(m);
    hg_test_define_record(m, a, HG_STRUCT, "a", 8, 8, HG_MEMBERS(HG_MEMBER("x", array, 0)));
    hg_model_define(
        m, array,
        &(struct hg_type){
            .kind = HG_ARRAY, .complete = true, .size = 8, .align = 8, .ref.id = a, .count = 1});
}

static void typedef_of_itself(struct hg_model *m)
{
    hg_type_id a = hg_model_declare(m);
    hg_model_define(
        m, a,
        &(struct hg_type){.kind = HG_TYPEDEF, .complete = true, .name = name(m, "t"), .ref.id = a});
    hg_test_record(m, HG_STRUCT, "s", 8, 8, HG_MEMBERS(HG_MEMBER("a", a, 0)));
}

static void nested_too_deep(struct hg_model *m)
{
    hg_type_id inner = u8(m);
    for (size_t i = 0; i < HG_NESTING_MAX; i++)
        inner = hg_test_record(m, HG_STRUCT, "s", 1, 1, HG_MEMBERS(HG_MEMBER("a", inner, 0)));
}

static void pointer_to_itself(struct hg_model *m)
{
    hg_type_id a = hg_model_declare(m);
    hg_model_define(m, a,
                    &(struct hg_type){
                        .kind = HG_POINTER, .complete = true, .size = 8, .align = 8, .ref.id = a});
}

static void anonymous_cycle(struct hg_model *m)
{
    hg_type_id a = hg_model_declare(m);
    hg_type_id pointer = hg_test_pointer(m, a);
    hg_test_define_record(m, a, HG_STRUCT, NULL, 8, 8, HG_MEMBERS(HG_MEMBER("x", pointer, 0)));
}

static void spelled_too_deep(struct hg_model *m)
{
    hg_type_id inner = u8(m);
    for (size_t i = 0; i < HG_NESTING_MAX; i++)
        inner = hg_test_pointer(m, inner);
}

/* --- 6 to 8 --- */

static void incomplete_int(struct hg_model *m)
{
    hg_model_amend(m, u32(m))->complete = false;
}

static void declared_with_size(struct hg_model *m)
{
    hg_model_amend(m, hg_test_forward(m, HG_STRUCT, "s"))->size = 4;
}

static void declared_with_enumerators(struct hg_model *m)
{
    hg_type_id id = hg_test_enum(m, "e", 4, false, &(struct hg_enumerator){.name = "A"}, 1);
    hg_model_amend(m, id)->complete = false;
}

static void evil_tag(struct hg_model *m)
{
    hg_test_forward(m, HG_STRUCT, "x; int evil");
}

static void evil_tag_with_escape(struct hg_model *m)
{
    hg_test_forward(m, HG_UNION, "x\x1b[1m");
}

static void evil_int_name(struct hg_model *m)
{
    hg_test_int(m, "unsigned  int", 4, false);
}

static void int_name_ends_with_blank(struct hg_model *m)
{
    hg_test_int(m, "int ", 4, true);
}

static void nameless_int(struct hg_model *m)
{
    hg_test_int(m, NULL, 4, true);
}

static void nameless_typedef(struct hg_model *m)
{
    hg_test_typedef(m, NULL, u32(m));
}

static void named_pointer(struct hg_model *m)
{
    hg_model_amend(m, hg_test_pointer(m, HG_VOID_ID))->name = name(m, "p");
}

static void opaque_without_reason(struct hg_model *m)
{
    add(m, (struct hg_type){.kind = HG_OPAQUE, .complete = true, .size = 4});
}

static void evil_member(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("9a", u32(m), 0)));
}

static void nameless_scalar_member(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER(NULL, u32(m), 0)));
}

static void evil_enumerator(struct hg_model *m)
{
    hg_test_enum(m, "e", 4, false, &(struct hg_enumerator){.name = "A B"}, 1);
}

static void evil_parameter(struct hg_model *m)
{
    struct hg_parameter parameter = {.name = name(m, "a)"), .type.id = u32(m)};
    hg_test_function(m, HG_VOID_ID, &parameter, 1);
}

/* --- 9 to 14 --- */

static void odd_alignment(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 12, 12, NULL, 0);
}

static void sized_typedef(struct hg_model *m)
{
    hg_model_amend(m, hg_test_typedef(m, "t", u32(m)))->size = 4;
}

static void odd_int(struct hg_model *m)
{
    hg_test_int(m, "int", 3, true);
}

static void zero_int(struct hg_model *m)
{
    hg_test_int(m, "int", 0, true);
}

static void huge(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", UINT64_MAX / 8 + 1, 1, NULL, 0);
}

static void size_no_multiple(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 6, 4, NULL, 0);
}

static void wrong_pointer(struct hg_model *m)
{
    hg_model_amend(m, hg_test_pointer(m, HG_VOID_ID))->size = 4;
}

static void array_of_void(struct hg_model *m)
{
    hg_test_array(m, HG_VOID_ID, 4);
}

static void array_of_declared(struct hg_model *m)
{
    hg_test_array(m, hg_test_forward(m, HG_STRUCT, "s"), 0);
}

static void array_size(struct hg_model *m)
{
    hg_model_amend(m, hg_test_array(m, u32(m), 4))->size = 12;
}

static void array_overflow(struct hg_model *m)
{
    hg_type_id array = hg_test_array(m, u32(m), 4);
    hg_model_amend(m, array)->count = UINT64_MAX / 2;
}

static void small_vector(struct hg_model *m)
{
    hg_type_id array = hg_test_array(m, u32(m), 4);
    hg_model_amend(m, array)->is_vector = true;
    hg_model_amend(m, array)->size = 8;
}

static void complex_of_three(struct hg_model *m)
{
    hg_model_amend(m, hg_test_array(m, u32(m), 3))->is_complex = true;
}

static void odd_enum(struct hg_model *m)
{
    hg_test_enum(m, "e", 3, false, NULL, 0);
}

static void large_enumerator(struct hg_model *m)
{
    hg_test_enum(m, "e", 1, false, &(struct hg_enumerator){.name = "A", .value = 256}, 1);
}

static void negative_enumerator(struct hg_model *m)
{
    hg_test_enum(m, "e", 4, false, &(struct hg_enumerator){.name = "A", .value = UINT64_MAX}, 1);
}

static void large_signed_enumerator(struct hg_model *m)
{
    hg_test_enum(m, "e", 4, true, &(struct hg_enumerator){.name = "A", .value = 0x80000000}, 1);
}

static void returns_array(struct hg_model *m)
{
    hg_test_function(m, hg_test_array(m, u32(m), 2), NULL, 0);
}

static void void_parameter(struct hg_model *m)
{
    hg_test_function(m, u32(m), &(struct hg_parameter){.type.id = HG_VOID_ID}, 1);
}

/* --- 15 to 17 --- */

static void void_member(struct hg_model *m)
{
    hg_type_id t = hg_test_typedef(m, "nothing", HG_VOID_ID);
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("a", t, 0)));
}

static void function_member(struct hg_model *m)
{
    hg_type_id f = hg_test_function(m, HG_VOID_ID, NULL, 0);
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("a", f, 0)));
}

static void declared_member(struct hg_model *m)
{
    hg_type_id f = hg_test_forward(m, HG_STRUCT, "later");
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("a", f, 0)));
}

static void pointer_bit_field(struct hg_model *m)
{
    hg_type_id p = hg_test_pointer(m, HG_VOID_ID);
    hg_test_record(m, HG_STRUCT, "s", 8, 8, HG_MEMBERS(HG_FIELD("a", p, 0, 3)));
}

static void wide_bit_field(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 8, 4, HG_MEMBERS(HG_FIELD("a", u32(m), 0, 33)));
}

static void nameless_bit_field(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 8, 4, HG_MEMBERS(HG_FIELD(NULL, u32(m), 0, 3)));
}

static void within_a_byte(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 8, 4, HG_MEMBERS(HG_MEMBER("a", u32(m), 4)));
}

static void beyond_the_end(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("a", u32(m), 8)));
}

static void far_beyond_the_end(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("a", u32(m), UINT64_MAX - 7)));
}

static void flexible_beyond_the_end(struct hg_model *m)
{
    hg_type_id flexible = hg_test_array(m, u32(m), 0);
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("a", flexible, 64)));
}

static void moved_in_union(struct hg_model *m)
{
    hg_test_record(m, HG_UNION, "u", 8, 4, HG_MEMBERS(HG_MEMBER("a", u8(m), 8)));
}

static void descending(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 8, 4,
                   HG_MEMBERS(HG_MEMBER("a", u32(m), 32), HG_MEMBER("b", u32(m), 0)));
}

static void overlapping(struct hg_model *m)
{
    hg_test_record(m, HG_STRUCT, "s", 8, 4,
                   HG_MEMBERS(HG_FIELD("a", u32(m), 0, 9), HG_MEMBER("b", u8(m), 8)));
}

static const struct fault {
    const char *test;
    void (*add)(struct hg_model *model);
    const char *words;
} faults[] = {
    {"1 pointer size", bad_pointer_size, "the target's pointers are 2 bytes"},
    {"1 long size", bad_long_size, "the target's long is 16 bytes"},
    {"2 second void", second_void, "void 'void' (type 1): only type 0 may be void"},
    {"2 no void", no_void, "(type 0): type 0 must be void"},
    {"2 undefined", undefined, "(type 1): declared but never defined"},
    {"3 out of range", out_of_range,
     "struct 's' (type 1): refers to type 4711, which does not exist"},
    {"3 parameter out of range", parameter_out_of_range,
     "function 'void ((no type 99))' (type 1): refers to type 99"},
    {"4 holds itself", holds_itself, "struct 'a' (type 1): holds itself by value"},
    {"4 typedef of itself", typedef_of_itself, "typedef 't' (type 1): holds itself by value"},
    {"4 nested too deep", nested_too_deep,
     "struct 's' (type 1025): nests types by value, more than 1024 deep"},
    {"5 pointer to itself", pointer_to_itself, "(type 1): refers to itself with no named struct"},
    {"5 anonymous cycle", anonymous_cycle,
     "anonymous struct (type 1): refers to itself with no named struct or union between"},
    {"5 spelled too deep", spelled_too_deep,
     "(type 1025): nests types that have no tag, more than 1024 deep"},
    {"6 incomplete int", incomplete_int,
     "int 'unsigned int' (type 1): only a struct, union or enum can be"},
    {"6 declared with size", declared_with_size,
     "struct 's' (type 1): only declared, but has 0 members and size 4"},
    {"6 declared with enumerators", declared_with_enumerators,
     "enum 'e' (type 1): only declared, but has 1 enumerators and size 4"},
    {"7 evil tag", evil_tag, "struct 'x; int evil' (type 1): its name is no C identifier"},
    {"7 evil tag, escaped", evil_tag_with_escape, "union 'x\\x1b[1m' (type 1)"},
    {"7 two blanks", evil_int_name, "int 'unsigned  int' (type 1): its name is no C type name"},
    {"7 blank at the end", int_name_ends_with_blank, "its name is no C type name"},
    {"7 nameless int", nameless_int, "int '(unnamed)' (type 1): has no name"},
    {"7 nameless typedef", nameless_typedef, "(type 2): has no name"},
    {"7 named pointer", named_pointer, "pointer 'void *' (type 1): cannot have a name of its own"},
    {"7 opaque without reason", opaque_without_reason,
     "opaque '(opaque, 4 bytes)' (type 1): does not say why it is opaque"},
    {"8 evil member", evil_member, "struct 's' (type 2), member '9a': its name is no C identifier"},
    {"8 nameless scalar member", nameless_scalar_member, "(type 2): member 0 has no name"},
    {"8 evil enumerator", evil_enumerator, "enum 'e' (type 1), enumerator 'A B': its name"},
    {"8 evil parameter", evil_parameter, "parameter 'a)': its name is no C identifier"},
    {"9 odd alignment", odd_alignment, "struct 's' (type 1): alignment 12 is no power of two"},
    {"10 typedef with a size", sized_typedef,
     "typedef 't' (type 2): has no size of its own, but says 4"},
    {"10 odd int", odd_int, "int 'int' (type 1): no type of kind int has 3 bytes"},
    {"10 int without size", zero_int, "no type of kind int has 0 bytes"},
    {"10 huge", huge, "(type 1): 2305843009213693952 bytes are more than can be addressed"},
    {"10 size no multiple", size_no_multiple, "size 6 is no multiple of its alignment 4"},
    {"11 wrong pointer", wrong_pointer, "4 bytes, but pointers of this target are 8"},
    {"12 array of void", array_of_void, "array 'void[4]' (type 1): its element is void"},
    {"12 array of declared", array_of_declared,
     "array 'struct s[0]' (type 2): its element is of a type that is only declared"},
    {"12 array size", array_size, "size 12 for 4 elements of 4 bytes"},
    {"12 array overflow", array_overflow, "elements of 4 bytes are too many"},
    {"12 small vector", small_vector, "size 8 for 4 elements of 4 bytes"},
    {"12 complex of three", complex_of_three, "a complex number has two parts"},
    {"13 odd enum", odd_enum, "enum 'e' (type 1): no enum has 3 bytes"},
    {"13 large enumerator", large_enumerator,
     "enum 'e' (type 1), enumerator 'A': 0x100 does not fit into 1 unsigned bytes"},
    {"13 negative enumerator", negative_enumerator, "does not fit into 4 unsigned bytes"},
    {"13 large signed enumerator", large_signed_enumerator,
     "0x80000000 does not fit into 4 signed bytes"},
    {"14 returns an array", returns_array, "its result cannot be of kind array"},
    {"14 void parameter", void_parameter, "parameter 1 is void"},
    {"15 void member", void_member, "struct 's' (type 2), member 'a': is void"},
    {"15 function member", function_member, "struct 's' (type 2), member 'a': is a function"},
    {"15 declared member", declared_member,
     "struct 's' (type 2), member 'a': is of a type that is only declared"},
    {"16 pointer bit-field", pointer_bit_field, "a bit-field cannot be of kind pointer"},
    {"16 wide bit-field", wide_bit_field, "a bit-field of 33 bits in a type of 4 bytes"},
    {"8 nameless bit-field", nameless_bit_field, "member 0 has no name"},
    {"17 within a byte", within_a_byte, "begins at bit 4, within a byte"},
    {"17 beyond the end", beyond_the_end, "32 bits at bit 8 reach beyond the 4 bytes"},
    {"17 far beyond the end", far_beyond_the_end, "reach beyond the 4 bytes"},
    {"17 flexible beyond the end", flexible_beyond_the_end, "0 bits at bit 64 reach beyond"},
    {"17 moved in a union", moved_in_union, "at bit 8 of a union"},
    {"17 descending", descending,
     "struct 's' (type 2), member 'b': begins at bit 0, before bit 64"},
    {"17 overlapping", overlapping, "member 'b': begins at bit 8, before bit 9"},
};

static void test_faults(void)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct hg_test_log log;
        hg_test_log_init(&log);
        struct hg_model *model = hg_test_model_create();
        faults[i].add(model);
        CU_ASSERT_EQUAL(hg_model_verify(model, &log.diagnostics), HG_ERROR_INPUT);
        CU_ASSERT(log.diagnostics.errors > 0);
        if (!hg_test_reported(&log, faults[i].words))
            CU_FAIL("see above");
        hg_model_destroy(model);
        hg_test_log_deinit(&log);
    }
}

/* Nests of exactly the allowed depth, values at the borders, and layouts that only look wrong. */
static void test_what_is_allowed(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id flexible = hg_test_array(m, u32(m), 0);
    hg_type_id empty = hg_test_record(m, HG_STRUCT, "empty", 0, 64, NULL, 0);
    hg_test_record(m, HG_UNION, "no_members", 0, 1, NULL, 0);
    /* offset 9 of 16: within the tail */
    hg_test_record(m, HG_STRUCT, "tail", 16, 8,
                   HG_MEMBERS(HG_MEMBER("a", u32(m), 0), HG_MEMBER("c", u8(m), 64),
                              HG_MEMBER("f", hg_test_array(m, u8(m), 0), 72)));
    /* GNU: a flexible array in the middle, and in a union behind an empty struct */
    hg_test_record(m, HG_STRUCT, "middle", 4, 4,
                   HG_MEMBERS(HG_MEMBER("mark", flexible, 0), HG_MEMBER("a", u32(m), 0),
                              HG_MEMBER("end", flexible, 32)));
    hg_test_record(m, HG_UNION, "flex", 4, 4,
                   HG_MEMBERS(HG_MEMBER("a", u32(m), 0), HG_MEMBER("f", flexible, 0)));
    hg_test_record(m, HG_STRUCT, "holds_empty", 64, 64,
                   HG_MEMBERS(HG_MEMBER("e", empty, 0), HG_MEMBER("a", u32(m), 0)));
    hg_type_id flag = hg_model_intern(
        m, &(struct hg_type){
               .kind = HG_BOOL, .complete = true, .name = name(m, "_Bool"), .size = 1, .align = 1});
    /* packed: fields that straddle, and a char right behind the last bit's byte */
    hg_test_record(m, HG_STRUCT, "packed", 6, 1,
                   HG_MEMBERS(HG_FIELD("a", u32(m), 0, 5), HG_FIELD("b", u32(m), 5, 31),
                              HG_FIELD("flag", flag, 36, 1), HG_MEMBER("c", u8(m), 40)));
    const struct hg_enumerator unsigned_values[] = {{.name = "A", .value = 0},
                                                    {.name = "B", .value = UINT64_MAX}};
    hg_test_enum(m, "wide", 8, false, unsigned_values, 2);
    const struct hg_enumerator signed_values[] = {{.name = "C", .value = (uint64_t)INT32_MIN},
                                                  {.name = "D", .value = INT32_MAX}};
    hg_test_enum(m, "narrow", 4, true, signed_values, 2);
    const struct hg_enumerator byte_values[] = {{.name = "E", .value = (uint64_t)-128},
                                                {.name = "F", .value = 127}};
    hg_test_enum(m, "byte", 1, true, byte_values, 2);
    hg_test_forward(m, HG_ENUM, "later");
    hg_test_typedef(m, "fn", hg_test_function(m, HG_VOID_ID, NULL, 0));
    hg_test_seal(m);
    hg_model_destroy(m);
}

static void test_depth_that_is_allowed(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id record = u8(m);
    hg_type_id pointer = record;
    for (size_t i = 1; i < HG_NESTING_MAX; i++) {
        record = hg_test_record(m, HG_STRUCT, "s", 1, 1, HG_MEMBERS(HG_MEMBER("a", record, 0)));
        pointer = hg_test_pointer(m, pointer);
    }
    hg_test_seal(m);
    hg_model_destroy(m);
}

/* Cycles that C has. */
static void test_lawful_cycles(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id list = hg_model_declare(m);
    hg_type_id alias = hg_test_typedef(m, "list", list);
    hg_type_id pointer = hg_test_pointer(m, alias);
    hg_type_id inner =
        hg_test_record(m, HG_UNION, NULL, 8, 8, HG_MEMBERS(HG_MEMBER("next", pointer, 0)));
    struct hg_parameter self = {.type.id = pointer};
    hg_type_id call = hg_test_pointer(m, hg_test_function(m, pointer, &self, 1));
    hg_test_define_record(m, list, HG_STRUCT, "list", 16, 8,
                          HG_MEMBERS(HG_MEMBER(NULL, inner, 0), HG_MEMBER("call", call, 64)));
    hg_test_seal(m);
    hg_model_destroy(m);
}

/* A million faults are counted, not written out. */
static void test_many_faults(void)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_model *m = hg_test_model_create();
    for (size_t i = 0; i < 60; i++)
        hg_test_record(m, HG_STRUCT, "s", 6, 4, NULL, 0);
    CU_ASSERT_EQUAL(hg_model_verify(m, &log.diagnostics), HG_ERROR_INPUT);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 51);
    CU_ASSERT(hg_test_reported(&log, "10 further faults"));
    hg_model_destroy(m);
    hg_test_log_deinit(&log);
}

/* Long chains, which a recursive walk would not survive. */
static void test_long_chains(void)
{
    enum { LENGTH = 100000 };
    struct hg_model *m = hg_test_model_create();
    hg_type_id first = hg_model_declare(m);
    for (hg_type_id id = first; id < first + LENGTH; id++) {
        struct hg_type link = {.kind = HG_TYPEDEF, .complete = true, .name = "t"};
        link.ref.id = hg_model_declare(m);
        hg_model_define(m, id, &link);
    }
    hg_model_define(m, first + LENGTH,
                    &(struct hg_type){.kind = HG_TYPEDEF, .complete = true, .name = "t"});
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_model_verify(m, &log.diagnostics), HG_ERROR_INPUT);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 2); /* rules 4 and 5, once each */
    hg_model_destroy(m);
    hg_test_log_deinit(&log);
}

void hg_test_verify(void)
{
    CU_pSuite suite = CU_add_suite("verify", NULL, NULL);
    CU_add_test(suite, "each rule broken", test_faults);
    CU_add_test(suite, "what is allowed", test_what_is_allowed);
    CU_add_test(suite, "depth that is allowed", test_depth_that_is_allowed);
    CU_add_test(suite, "cycles that C has", test_lawful_cycles);
    CU_add_test(suite, "many faults", test_many_faults);
    CU_add_test(suite, "long chains", test_long_chains);
}
