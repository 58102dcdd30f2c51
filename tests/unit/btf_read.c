/*
 * What reading BTF makes of it: blobs built by hand and the model that must come out, as text.
 */
#include "btf_blob.h"
#include "helpers.h"
#include "model/describe.h"
#include "suites.h"

#include <hdrgen/read.h>
#include <string.h>

/* The model of a blob, which is consumed; what was reported goes to log, which may be NULL. */
static struct hg_model *read_blob(struct hg_test_blob *blob, const char *target,
                                  struct hg_test_log *log)
{
    struct hg_test_log own;
    hg_test_log_init(&own);
    struct hg_output bytes = hg_test_blob_finish(blob);
    struct hg_model *model = NULL;
    enum hg_status status = hg_read_btf_bytes(
        &(struct hg_btf_bytes){.name = "t.btf", .data = bytes.data, .size = bytes.size}, NULL,
        target, log == NULL ? &own.diagnostics : &log->diagnostics, &model);
    CU_ASSERT_EQUAL(status, HG_OK);
    if (log == NULL)
        CU_ASSERT(hg_test_same(hg_text_string(&own.text), ""));
    hg_test_log_deinit(&own);
    hg_output_deinit(&bytes);
    return model;
}

/* The dump behind the line of the target, without the types that every blob begins with. */
static void expect_dump(struct hg_model *model, const char *expected)
{
    struct hg_text text = {0};
    if (model == NULL)
        return;
    hg_model_dump(&text, model);
    const char *rest = strstr(hg_text_string(&text), "#4 ");
    CU_ASSERT(hg_test_same(rest == NULL ? "" : rest, expected));
    hg_text_deinit(&text);
    hg_model_destroy(model);
}

static void begin(struct hg_test_blob *blob, bool big_endian)
{
    *blob = (struct hg_test_blob){.big_endian = big_endian};
    hg_test_blob_begin(blob);
}

typedef void make_fn(struct hg_test_blob *blob);

/* Both byte orders give the same types. */
static void expect(make_fn *make, const char *expected)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_test_blob blob;
        begin(&blob, big_endian != 0);
        make(&blob);
        expect_dump(read_blob(&blob, NULL, NULL), expected);
    }
}

/* --- modifiers and tags --- */

static void make_modifiers(struct hg_test_blob *b)
{
    uint32_t is_const = hg_test_blob_type(b, "", CONST, 0, HG_TEST_U32);
    uint32_t is_volatile = hg_test_blob_type(b, "", VOLATILE, 0, is_const);
    hg_test_blob_type(b, "", PTR, 0, is_volatile);
    uint32_t rcu = hg_test_blob_type(b, "rcu", TYPE_TAG, 0, is_volatile);
    uint32_t user = hg_test_blob_type(b, "user", TYPE_TAG, 0, rcu);
    hg_test_blob_type(b, "", PTR, 0, user);
    hg_test_blob_type(b, "", RESTRICT, 0, HG_TEST_POINTER);
    hg_test_blob_type(b, "t", TYPEDEF, 0, b->count);
    hg_test_blob_array(b, is_const, HG_TEST_U32, 3);
    hg_test_blob_type(b, "", PTR, 0, hg_test_blob_type(b, "", CONST, 0, 0));
}

static void test_modifiers(void)
{
    expect(make_modifiers,
           "#4 pointer size=8 -> #1 const volatile unsigned int\n"
           "#5 pointer size=8 -> #1 type_tag(user) type_tag(rcu) const volatile unsigned int\n"
           "#6 typedef t -> #3 void *restrict\n"
           "#7 array size=12 count=3 -> #1 const unsigned int\n"
           "#8 pointer size=8 -> #0 const void\n");
}

static void make_tags(struct hg_test_blob *b)
{
    uint32_t record = hg_test_blob_type(b, "s", STRUCT, 2, 8);
    hg_test_blob_member(b, "x", HG_TEST_U32, 0);
    hg_test_blob_member(b, "y", HG_TEST_U32, 32);
    uint32_t name = hg_test_blob_type(b, "t", TYPEDEF, 0, record);
    hg_test_blob_type(b, "second", DECL_TAG, 0, record);
    hg_test_blob_word(b, 1);
    hg_test_blob_type(b, "whole", DECL_TAG, 0, record);
    hg_test_blob_word(b, 0xffffffff);
    hg_test_blob_type(b, "again", DECL_TAG, 0, record);
    hg_test_blob_word(b, 1);
    hg_test_blob_type(b, "name", DECL_TAG, 0, name);
    hg_test_blob_word(b, 0xffffffff);
}

static void test_tags(void)
{
    expect(make_tags,
           "#4 struct s size=8 decl_tag(whole)\n"
           "    x bit=0 -> #1 unsigned int\n"
           "    y bit=32 -> #1 unsigned int decl_tag(second) decl_tag(again)\n"
           "#5 typedef t -> #4 struct s decl_tag(name)\n");
}

static void test_attributes(void)
{
    struct hg_test_blob blob;
    begin(&blob, false);
    uint32_t plain = hg_test_blob_type(&blob, "plain", TYPE_TAG, 0, 0);
    uint32_t space = hg_test_blob_type(&blob, "address_space(1)", TYPE_TAG, KFLAG, plain);
    hg_test_blob_type(&blob, "", PTR, 0, space);
    struct hg_model *model = read_blob(&blob, NULL, NULL);
    if (model == NULL)
        return;
    const struct hg_tags *tags = hg_model_type(model, 4)->ref.tags;
    CU_ASSERT_PTR_NOT_NULL_FATAL(tags);
    CU_ASSERT_EQUAL(tags->count, 2);
    CU_ASSERT_STRING_EQUAL(tags->names[0], "address_space(1)");
    CU_ASSERT(tags->is_attribute != NULL && tags->is_attribute[0] && !tags->is_attribute[1]);
    hg_model_destroy(model);
}

/* --- records --- */

static void make_bit_fields(struct hg_test_blob *b)
{
    hg_test_blob_type(b, "s", STRUCT, KFLAG | 4, 8);
    hg_test_blob_member(b, "a", HG_TEST_U32, 3u << 24 | 0);
    hg_test_blob_member(b, "b", HG_TEST_U32, 5u << 24 | 3);
    hg_test_blob_member(b, "", HG_TEST_U32, 4u << 24 | 8);
    hg_test_blob_member(b, "c", HG_TEST_U32, 32);
}

static void test_bit_fields(void)
{
    static const char expected[] =
        "#4 struct s size=8\n"
        "    a bit=0 width=3 -> #1 unsigned int\n"
        "    b bit=3 width=5 -> #1 unsigned int\n"
        "    c bit=32 -> #1 unsigned int\n";
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_test_blob blob;
        struct hg_test_log log;
        hg_test_log_init(&log);
        begin(&blob, big_endian != 0);
        make_bit_fields(&blob);
        expect_dump(read_blob(&blob, NULL, &log), expected);
        CU_ASSERT(hg_test_reported(&log, "type 4: a bit-field without a name is taken as padding"));
        hg_test_log_deinit(&log);
    }
}

/* Before the kind flag: an INT made for each width, its offset added to the member's. */
static void make_old_bit_fields(struct hg_test_blob *b)
{
    uint32_t three = hg_test_blob_type(b, "unsigned int", INT, 0, 4);
    hg_test_blob_word(b, 3);
    uint32_t five = hg_test_blob_type(b, "unsigned int", INT, 0, 4);
    hg_test_blob_word(b, 3u << 16 | 5);
    uint32_t name = hg_test_blob_type(b, "t", TYPEDEF, 0, five);
    hg_test_blob_type(b, "s", STRUCT, 3, 8);
    hg_test_blob_member(b, "a", three, 0);
    hg_test_blob_member(b, "b", name, 0);
    hg_test_blob_member(b, "c", HG_TEST_U32, 32);
}

static void test_old_bit_fields(void)
{
    struct hg_test_blob blob;
    struct hg_test_log log;
    hg_test_log_init(&log);
    begin(&blob, false);
    make_old_bit_fields(&blob);
    expect_dump(read_blob(&blob, NULL, &log),
                "#4 int \"unsigned int\" unsigned size=4\n"
                "#5 int \"unsigned int\" unsigned size=4\n"
                "#6 typedef t -> #5 unsigned int\n"
                "#7 struct s size=8\n"
                "    a bit=0 width=3 -> #4 unsigned int\n"
                "    b bit=3 width=5 -> #6 t\n"
                "    c bit=32 -> #1 unsigned int\n");
    CU_ASSERT(hg_test_reported(&log, "type 4 and 1 more: an INT that does not fill its bytes"));
    hg_test_log_deinit(&log);
}

static void make_namesakes(struct hg_test_blob *b)
{
    hg_test_blob_type(b, "s", STRUCT, 1, 4);
    hg_test_blob_member(b, "x", HG_TEST_U32, 0);
    hg_test_blob_type(b, "s", STRUCT, 1, 8);
    hg_test_blob_member(b, "next", 6, 0);
    hg_test_blob_type(b, "", PTR, 0, 5);
    hg_test_blob_type(b, "s", UNION, 0, 0);
    hg_test_blob_type(b, "f", FWD, 0, 0);
    hg_test_blob_type(b, "f", FWD, KFLAG, 0);
}

static void test_namesakes(void)
{
    expect(make_namesakes,
           "#4 struct s size=4\n"
           "    x bit=0 -> #1 unsigned int\n"
           "#5 struct s size=8\n"
           "    next bit=0 -> #6 struct s *\n"
           "#6 pointer size=8 -> #5 struct s\n"
           "#7 union s size=0\n"
           "#8 struct f incomplete\n"
           "#9 union f incomplete\n");
}

/* --- enums --- */

static void make_enums(struct hg_test_blob *b)
{
    hg_test_blob_type(b, "plain", ENUM, 2, 4);
    hg_test_blob_pair(b, "A", 0);
    hg_test_blob_pair(b, "B", 0xffffffff);
    hg_test_blob_type(b, "with_sign", ENUM, KFLAG | 1, 4);
    hg_test_blob_pair(b, "C", 0xffffffff);
    hg_test_blob_type(b, "old_and_small", ENUM, 1, 1);
    hg_test_blob_pair(b, "D", 0xfffffffe);
    hg_test_blob_type(b, "eight", ENUM, 1, 8);
    hg_test_blob_pair(b, "E", 0xffffffff);
    hg_test_blob_type(b, "", ENUM64, KFLAG | 1, 8);
    hg_test_blob_word(b, hg_test_blob_string(b, "F"));
    hg_test_blob_word(b, 1);
    hg_test_blob_word(b, 0xffffffff);
    hg_test_blob_type(b, "declared", ENUM, 0, 4);
    uint32_t held = hg_test_blob_type(b, "held", ENUM, 0, 4);
    hg_test_blob_type(b, "s", STRUCT, 1, 4);
    hg_test_blob_member(b, "e", held, 0);
}

static void test_enums(void)
{
    expect(make_enums,
           "#4 enum plain unsigned size=4\n"
           "    A = 0\n"
           "    B = 4294967295\n"
           "#5 enum with_sign signed size=4\n"
           "    C = -1\n"
           "#6 enum old_and_small signed size=1\n"
           "    D = -2\n"
           "#7 enum eight unsigned size=8\n"
           "    E = 4294967295\n"
           "#8 enum signed size=8\n"
           "    F = -4294967295\n"
           "#9 enum declared unsigned incomplete\n"
           "#10 enum held unsigned size=4\n"
           "#11 struct s size=4\n"
           "    e bit=0 -> #10 enum held\n");
}

/* --- functions --- */

static void make_functions(struct hg_test_blob *b)
{
    hg_test_blob_type(b, "", FUNC_PROTO, 3, HG_TEST_U32);
    hg_test_blob_pair(b, "fmt", HG_TEST_POINTER);
    hg_test_blob_pair(b, "", HG_TEST_LONG);
    hg_test_blob_pair(b, "", 0);
    hg_test_blob_type(b, "", FUNC_PROTO, 0, 0);
}

static void test_prototypes(void)
{
    expect(make_functions,
           "#4 function variadic -> #1 unsigned int\n"
           "    fmt -> #3 void *\n"
           "    (unnamed) -> #2 long int\n"
           "#5 function -> #0 void\n");
}

static void make_symbols(struct hg_test_blob *b)
{
    hg_test_blob_type(b, ".data", DATASEC, 1, 16);
    hg_test_blob_word(b, 8);
    hg_test_blob_word(b, 4);
    hg_test_blob_word(b, 8);
    hg_test_blob_type(b, "", FUNC_PROTO, 2, 0);
    hg_test_blob_pair(b, "a", HG_TEST_U32);
    hg_test_blob_pair(b, "b", HG_TEST_U32);
    hg_test_blob_type(b, "f.isra.0", FUNC, 1, 5);
    hg_test_blob_type(b, "", CONST, 0, HG_TEST_LONG);
    hg_test_blob_type(b, "v", VAR, 0, 7);
    hg_test_blob_word(b, 2);
    hg_test_blob_type(b, "second", DECL_TAG, 0, 6);
    hg_test_blob_word(b, 1);
    hg_test_blob_type(b, "kfunc", DECL_TAG, 0, 6);
    hg_test_blob_word(b, 0xffffffff);
    hg_test_blob_type(b, "map", DECL_TAG, 0, 8);
    hg_test_blob_word(b, 0xffffffff);
}

static void check_symbols(const struct hg_model *model)
{
    size_t count;
    const struct hg_symbol *symbols = hg_model_symbols(model, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_EQUAL(symbols[0].kind, HG_SYMBOL_FUNCTION);
    CU_ASSERT_EQUAL(symbols[0].linkage, HG_LINKAGE_GLOBAL);
    CU_ASSERT_STRING_EQUAL(symbols[0].name, "f.isra.0");
    CU_ASSERT_EQUAL(symbols[0].type.id, 4);
    CU_ASSERT_STRING_EQUAL(symbols[0].tags->names[0], "kfunc");
    const struct hg_tags *const *tags = symbols[0].parameter_tags;
    CU_ASSERT(tags != NULL && tags[0] == NULL && strcmp(tags[1]->names[0], "second") == 0);
    CU_ASSERT_EQUAL(symbols[1].kind, HG_SYMBOL_VARIABLE);
    CU_ASSERT_EQUAL(symbols[1].linkage, HG_LINKAGE_EXTERN);
    CU_ASSERT_EQUAL(symbols[1].type.id, 2);
    CU_ASSERT_EQUAL(symbols[1].type.qualifiers, HG_CONST);
    CU_ASSERT_STRING_EQUAL(symbols[1].tags->names[0], "map");
    CU_ASSERT_PTR_NULL(symbols[1].parameter_tags);

    const struct hg_section *sections = hg_model_sections(model, &count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_STRING_EQUAL(sections[0].name, ".data");
    CU_ASSERT_EQUAL(sections[0].size, 16);
    CU_ASSERT_EQUAL_FATAL(sections[0].entry_count, 1);
    CU_ASSERT_EQUAL(sections[0].entries[0].symbol, 1);
    CU_ASSERT_EQUAL(sections[0].entries[0].offset, 4);
    CU_ASSERT_EQUAL(sections[0].entries[0].size, 8);
}

static void test_symbols_and_sections(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_test_blob blob;
        begin(&blob, big_endian != 0);
        make_symbols(&blob);
        struct hg_model *model = read_blob(&blob, NULL, NULL);
        if (model != NULL)
            check_symbols(model);
        hg_model_destroy(model);
    }
}

/* --- arithmetic types --- */

static void make_arithmetic(struct hg_test_blob *b)
{
    hg_test_blob_int(b, "char", 1, 0);
    hg_test_blob_int(b, "_Bool", 1, 4);
    hg_test_blob_int(b, "__int128 unsigned", 16, 0);
    hg_test_blob_int(b, "signed char", 1, 1);
    hg_test_blob_type(b, "long double", FLOAT, 0, 16);
}

static void test_arithmetic(void)
{
    expect(make_arithmetic,
           "#4 char char unsigned size=1\n"
           "#5 bool _Bool size=1\n"
           "#6 int \"__int128 unsigned\" unsigned size=16\n"
           "#7 int \"signed char\" signed size=1\n"
           "#8 float \"long double\" size=16\n");
}

static void test_odd_ints(void)
{
    struct hg_test_blob blob;
    struct hg_test_log log;
    hg_test_log_init(&log);
    begin(&blob, false);
    hg_test_blob_int(&blob, "", 2, 1);
    hg_test_blob_int(&blob, "char", 1, 3);
    hg_test_blob_type(&blob, "", FLOAT, 0, 8);
    expect_dump(read_blob(&blob, NULL, &log),
                "#4 int \"short int\" signed size=2\n"
                "#5 char char signed size=1\n"
                "#6 float double size=8\n");
    CU_ASSERT(hg_test_reported(&log, "type 4 and 1 more: an INT or FLOAT without a name"));
    CU_ASSERT(hg_test_reported(&log, "type 5: an INT that is both SIGNED and CHAR"));
    hg_test_log_deinit(&log);
}

/* As pahole wrote them before 2021: no signs on chars, no FLOAT. */
static void make_old_ints(struct hg_test_blob *b)
{
    hg_test_blob_int(b, "char", 1, 0);
    hg_test_blob_int(b, "signed char", 1, 0);
    hg_test_blob_int(b, "unsigned char", 1, 0);
    hg_test_blob_int(b, "double", 8, 0);
}

static void test_old_ints(void)
{
    expect(make_old_ints,
           "#4 char char signed size=1\n"
           "#5 int \"signed char\" signed size=1\n"
           "#6 int \"unsigned char\" unsigned size=1\n"
           "#7 float double size=8\n");
}

/* --- split BTF --- */

static void make_split(bool big_endian, struct hg_output *base, struct hg_output *split)
{
    struct hg_test_blob first;
    begin(&first, big_endian);
    hg_test_blob_type(&first, "in_base", STRUCT, 1, 4);
    hg_test_blob_member(&first, "x", HG_TEST_U32, 0);
    struct hg_test_blob second = {.big_endian = big_endian,
                                  .count = first.count,
                                  .string_base = (uint32_t)first.strings.size};
    *base = hg_test_blob_finish(&first);
    hg_test_blob_type(&second, "in_split", STRUCT, 2, 8);
    hg_test_blob_member(&second, "base", HG_TEST_FIRST, 0);
    hg_test_blob_member(&second, "y", HG_TEST_U32, 32);
    hg_test_blob_word(&second, 1); /* the base's first string */
    hg_test_blob_word(&second, INT << 24);
    hg_test_blob_word(&second, 4);
    hg_test_blob_word(&second, 32);
    *split = hg_test_blob_finish(&second);
}

static enum hg_status read_split(const struct hg_output *base, const struct hg_output *split,
                                 struct hg_test_log *log, struct hg_model **model)
{
    struct hg_btf_bytes bytes = {.name = "m.ko", .data = split->data, .size = split->size};
    struct hg_btf_bytes base_bytes = {.name = "vmlinux"};
    if (base != NULL)
        base_bytes.data = base->data, base_bytes.size = base->size;
    return hg_read_btf_bytes(&bytes, base == NULL ? NULL : &base_bytes, NULL, &log->diagnostics,
                             model);
}

static void test_split(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_output base;
        struct hg_output split;
        struct hg_test_log log;
        struct hg_model *model = NULL;
        hg_test_log_init(&log);
        make_split(big_endian != 0, &base, &split);
        CU_ASSERT_EQUAL(read_split(&base, &split, &log, &model), HG_OK);
        CU_ASSERT(hg_test_same(hg_text_string(&log.text), ""));
        size_t count = 0;
        if (model != NULL)
            CU_ASSERT_STRING_EQUAL(hg_model_inputs(model, &count)[1].name, "vmlinux");
        CU_ASSERT_EQUAL(count, 2);
        expect_dump(model,
                    "#4 struct in_base size=4\n"
                    "    x bit=0 -> #1 unsigned int\n"
                    "#5 struct in_split size=8\n"
                    "    base bit=0 -> #4 struct in_base\n"
                    "    y bit=32 -> #1 unsigned int\n"
                    "#6 int \"unsigned int\" unsigned size=4\n");
        hg_test_log_deinit(&log);
        hg_output_deinit(&base);
        hg_output_deinit(&split);
    }
}

static void expect_bad_split(const struct hg_output *base, const struct hg_output *split,
                             const char *words)
{
    struct hg_test_log log;
    struct hg_model *model = NULL;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(read_split(base, split, &log, &model), HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&log, words));
    hg_test_log_deinit(&log);
}

static void test_bad_split(void)
{
    struct hg_output base;
    struct hg_output split;
    struct hg_output other_base;
    struct hg_output other_split;
    make_split(false, &base, &split);
    make_split(true, &other_base, &other_split);
    expect_bad_split(NULL, &split,
                     "m.ko: its strings do not begin with an empty one: this is "
                     "split BTF");
    expect_bad_split(&split, &split, "vmlinux: its strings do not begin with an empty one");
    expect_bad_split(&other_base, &split, "m.ko: not valid BTF: its byte order is not that of");
    hg_output_deinit(&base);
    hg_output_deinit(&split);
    hg_output_deinit(&other_base);
    hg_output_deinit(&other_split);

    /* A base refers to nothing behind it. */
    struct hg_test_blob blob;
    begin(&blob, false);
    hg_test_blob_type(&blob, "", PTR, 0, HG_TEST_FIRST + 1);
    struct hg_test_blob rest = {.count = blob.count, .string_base = (uint32_t)blob.strings.size};
    base = hg_test_blob_finish(&blob);
    hg_test_blob_type(&rest, "", PTR, 0, 0);
    split = hg_test_blob_finish(&rest);
    expect_bad_split(&base, &split, "type 4 (PTR): refers to type 5, but the last one is 4");
    hg_output_deinit(&base);
    hg_output_deinit(&split);
}

/* --- the newer header --- */

static void test_wide_header(void)
{
    struct hg_test_blob blob;
    begin(&blob, true);
    hg_test_blob_type(&blob, "many", ENUM, 65537, 4);
    for (uint32_t i = 0; i < 65537; i++) {
        hg_test_blob_word(&blob, 1); /* `unsigned`, an identifier here */
        hg_test_blob_word(&blob, i);
    }
    struct hg_output narrow = hg_test_blob_finish(&blob);
    hg_test_expect_refusal(&narrow, "type 4: unknown bits in its info");

    struct hg_text text = {0};
    hg_text_bytes(&text, narrow.data, 24);
    hg_text_bytes(&text, "\0\0\0\0\0\0\0\0", 8);
    hg_text_bytes(&text, narrow.data + 24, narrow.size - 24);
    struct hg_output wide = {.data = text.data, .size = text.size};
    hg_test_poke(&wide, 4, 32, true);
    hg_test_expect_refusal(&wide, "type 4 (ENUM 'many'), enumerator 'unsigned int'");
    /* Name them with the enum's own name. */
    for (size_t i = 0; i < 65537; i++)
        hg_test_poke(&wide, 32 + 4 * (4 + 4 + 3 + 3 + 2 * i), 23, true);
    struct hg_model *model = NULL;
    CU_ASSERT_EQUAL(
        hg_read_btf_bytes(
            &(struct hg_btf_bytes){.name = "wide", .data = wide.data, .size = wide.size}, NULL,
            NULL, NULL, &model),
        HG_OK);
    if (model != NULL)
        CU_ASSERT_EQUAL(hg_model_type(model, 4)->enumerator_count, 65537);
    hg_model_destroy(model);
    hg_text_deinit(&text);
    hg_output_deinit(&narrow);
}

void hg_test_btf_read(void)
{
    CU_pSuite suite = CU_add_suite("btf_read", NULL, NULL);
    CU_add_test(suite, "modifiers become qualifiers and type tags", test_modifiers);
    CU_add_test(suite, "declaration tags go to what they are about", test_tags);
    CU_add_test(suite, "tags with the kind flag are attributes", test_attributes);
    CU_add_test(suite, "bit-fields", test_bit_fields);
    CU_add_test(suite, "bit-fields of the old style", test_old_bit_fields);
    CU_add_test(suite, "namesakes and forward declarations", test_namesakes);
    CU_add_test(suite, "enums", test_enums);
    CU_add_test(suite, "prototypes", test_prototypes);
    CU_add_test(suite, "functions, variables, sections", test_symbols_and_sections);
    CU_add_test(suite, "arithmetic types", test_arithmetic);
    CU_add_test(suite, "ints that are out of the ordinary", test_odd_ints);
    CU_add_test(suite, "ints from before there were signs and FLOAT", test_old_ints);
    CU_add_test(suite, "split BTF over its base", test_split);
    CU_add_test(suite, "split BTF and a base that does not fit", test_bad_split);
    CU_add_test(suite, "the 32-byte header", test_wide_header);
}
