/*
 * Linking: what a record's text may say and may not, pairs of placeholders and records, the
 * object's own BTF mended; in both byte orders.
 */
#include "helpers.h"
#include "link_blob.h"
#include "suites.h"

#include <string.h>

static enum hg_status link_bytes(const struct hg_output *bytes, struct hg_test_log *log,
                                 struct hg_link_summary *summary, struct hg_output *ret)
{
    struct hg_btf_bytes object = {.name = "t.o", .data = bytes->data, .size = bytes->size};
    return hg_link_object(&object, &log->diagnostics, summary, ret);
}

/* The object is linked without a word; the result is the caller's. */
static struct hg_output linked(struct hg_test_link *link, struct hg_link_summary *summary)
{
    struct hg_test_log log;
    struct hg_output result = {0};
    struct hg_output bytes = hg_test_link_finish(link);
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(link_bytes(&bytes, &log, summary, &result), HG_OK);
    CU_ASSERT(hg_test_same(hg_text_string(&log.text), ""));
    hg_test_log_deinit(&log);
    hg_output_deinit(&bytes);
    return result;
}

static void refuse(struct hg_test_link *link, const char *words)
{
    struct hg_test_log log;
    struct hg_link_summary summary;
    struct hg_output result = {0};
    struct hg_output bytes = hg_test_link_finish(link);
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(link_bytes(&bytes, &log, &summary, &result), HG_ERROR_INPUT);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
    CU_ASSERT(hg_test_reported(&log, words));
    CU_ASSERT_PTR_NULL(result.data);
    hg_test_log_deinit(&log);
    hg_output_deinit(&bytes);
    hg_output_deinit(&result);
}

static void refuse_text(const char *text, const char *words)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_test_link link = {.big_endian = big_endian != 0};
        hg_test_link_record(&link, text);
        refuse(&link, words);
    }
}

/* --- texts --- */

static void test_refused_texts(void)
{
    static const char *const texts[][2] = {
        {"", "begins with no register"},
        {"r", "begins with no register"},
        {"r10 type_size Sa", "begins with no register"},
        {"x1 type_size Sa", "begins with no register"},
        {"R1 type_size Sa", "begins with no register"},
        {"r1:32 type_size Sa", "the only width of a register is :64"},
        {"w1:64 type_size Sa", "the only width of a register is :64"},
        {"r1", "begins with no register"},
        {"r1 ", "its kind is not known"},
        {"r1 type_size", "it names no type"},
        {"r1 offset Sa x:i32s", "its kind is not known"},
        {"r1 byte_offset  Sa x:i32s", "a type is missing"},
        {"r1 byte_offset Xa x:i32s", "begins with a letter that is not known"},
        {"r1 byte_offset Sa", "it has no step"},
        {"r1 byte_offset S x:i32s", "its first type has no name"},
        {"r1 byte_offset p x:i32s", "its first type has no name"},
        {"r1 type_exists i32s'int'", "its first type has no name"},
        {"r1 type_exists Fv()", "its first type has no name"},
        {"r1 byte_offset Sa x:i32s ", "a name is missing"},
        {"r1 byte_offset Sa x:i32s  [0]", "a name is missing"},
        {"r1 byte_offset Sa x:i32s;", "something follows that is not known"},
        {"r1 byte_offset Sa x", "a member has no type"},
        {"r1 byte_offset Sa x:", "a type is missing"},
        {"r1 byte_offset Sa 1x:i32s", "a name is missing"},
        {"r1 byte_offset Sa x:i33s", "an integer has 8, 16, 32, 64 or 128 bits"},
        {"r1 byte_offset Sa x:i128b", "an integer has 8, 16, 32, 64 or 128 bits"},
        {"r1 byte_offset Sa x:i032s", "a number begins with 0"},
        {"r1 byte_offset Sa x:i4294967296s", "a number is too large"},
        {"r1 byte_offset Sa x:i-8s", "a number is missing"},
        {"r1 byte_offset Sa x:i32", "a sign is missing"},
        {"r1 byte_offset Sa x:i32s'int", "a quote is not closed"},
        {"r1 byte_offset Sa x:i32s'int '", "a name is missing"},
        {"r1 byte_offset Sa x:f7", "a float has 2, 4, 8, 12 or 16 bytes"},
        {"r1 byte_offset Sa x:v", "a member is of a type without a size"},
        {"r1 byte_offset Sa x:Tt=v", "a member is of a type without a size"},
        {"r1 byte_offset Sa x:DSb", "a member is of a type without a size"},
        {"r1 byte_offset Sa x:Fv()", "a member is of a type without a size"},
        {"r1 byte_offset Sa x:DEb", "D is followed by S or U"},
        {"r1 byte_offset Sa x:DS", "a name is missing"},
        {"r1 byte_offset Sa x:i32s@33", "a bit-field is wider than its type"},
        {"r1 byte_offset Sa x:i32s@0", "a bit-field is wider than its type"},
        {"r1 byte_offset Sa x:p@3",
         "a bit-field is wider than its type, or its type is no integer"},
        {"r1 byte_offset Sa x:[3]Sb [3]", "an index is not within its array"},
        {"r1 byte_offset Sa x:[3Sb [3]", "a bracket is not closed"},
        {"r1 byte_offset Sa x:[3]Sb [1", "a bracket is not closed"},
        {"r1 byte_offset Sa x:[3]v", "an array's elements are of a type without a size"},
        {"r1 byte_offset Sa [0]", "an index is not into an array"},
        {"r1 byte_offset Sa x:i32s y:i32s", "a member is not of a struct or union"},
        {"r1 byte_offset Sa x:i32s [0]", "an index is not into an array"},
        {"r1 byte_offset Sa x:pSb y:i32s", "a member is not of a struct or union"},
        {"r1 byte_offset Sa(x:i32s) x:i32s", "a struct or union without parentheses"},
        {"r1 byte_offset Eb x:i32s", "a member is not of a struct or union"},
        {"r1 byte_offset Tb=p x:i32s", "a member is not of a struct or union"},
        {"r1 byte_offset Tb", "a typedef has no type"},
        {"r1 signed Sa x:[3]i32s [1]", "its kind is one of members, not of elements"},
        {"r1 lshift_u64 Sa x:i128u", "does not fit into 32 bits"},
        {"r1 type_size Sa x:i32s", "its kind is one of types, which have no steps"},
        {"r1 type_size DSa", "it has no size"},
        {"r1 type_size Ta=v", "it has no size"},
        {"r1 type_matches Sa(x:i32s,x:i32s)", "a name is in a type twice"},
        {"r1 type_matches Ea(A,A)", "a name is in a type twice"},
        {"r1 type_matches Sa(x:i32s", "a parenthesis is not closed"},
        {"r1 type_matches Sa(x)", "a member has no type"},
        {"r1 type_matches Sa(:i32s)", "a member without a name is no struct or union"},
        {"r1 type_matches Sa(:Sb(x:i32s))", "a member without a name is no struct or union"},
        {"r1 byte_offset Sa :S x:i32s", "a name is missing"},
        {"r1 type_exists Tf=Fv", "a function has no parameters"},
        {"r1 type_exists Tf=Fv(i32s", "a parenthesis is not closed"},
        {"r1 enumval_exists Ea", "its only step is not an enumerator's name"},
        {"r1 enumval_exists Ea A B", "its only step is not an enumerator's name"},
        {"r1 enumval_exists Ea [0]", "its only step is not an enumerator's name"},
        {"r1 enumval_exists Sa A", "its kind is one of enums without parentheses"},
        {"r1 enumval_exists Ea(A) A", "its kind is one of enums without parentheses"},
        {"r1 enumval_exists E3ua A", "an enum has 1, 2, 4 or 8 bytes"},
        {"r1 enumval_exists E4a A", "a sign is missing"},
        {"r1 enumval_value Ea A", "a value needs 64 bits"},
        {"w1 enumval_value Ea A", "a value needs 64 bits"},
        {"r1 byte_offset Sa x:[4294967295]i64s", "larger than BTF can express"},
        {"r1 byte_offset Sa x:[300000000]Sb [1] y:i32s", "larger than BTF can express"},
        {"r1 byte_offset Sa x:[65536][65536][65536][65536]Sb", "larger than BTF can express"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        refuse_text(texts[i][0], texts[i][1]);
}

static void test_refused_lengths(void)
{
    struct hg_text text = {0};
    hg_text_put(&text, "r1 type_size S");
    for (int i = 0; i < 128; i++)
        hg_text_put(&text, "n");
    refuse_text(hg_text_string(&text), "a name is longer than 127 bytes");
    hg_text_truncate(&text, 0);
    hg_text_put(&text, "r1 byte_offset Sa x:");
    for (int i = 0; i < 33; i++)
        hg_text_put(&text, "p");
    refuse_text(hg_text_string(&text), "a type is nested more than 32 deep");
    hg_text_truncate(&text, 0);
    hg_text_put(&text, "r1 byte_offset Sa");
    for (int i = 0; i < 61; i++)
        hg_text_put(&text, " x:S");
    refuse_text(hg_text_string(&text), "it has more than 60 steps");
    for (int i = 0; i < 1000; i++)
        hg_text_put(&text, " x:S");
    refuse_text(hg_text_string(&text), "it is longer than 4000 bytes");
    hg_text_deinit(&text);
}

/* --- what is fine --- */

/* A model of the linked object's own types. */
static struct hg_model *types_of(const struct hg_output *bytes)
{
    struct hg_model *model = NULL;
    struct hg_btf_bytes object = {.name = "t.o", .data = bytes->data, .size = bytes->size};
    CU_ASSERT_EQUAL(hg_read_btf_bytes(&object, NULL, "bpf", NULL, &model), HG_OK);
    return model;
}

static void test_accepted(void)
{
    static const char *const texts[] = {
        "r0 byte_offset Sa x:i32s",
        "w1 byte_size Sa x:i32s",
        "r2 byte_offset Sa in:S y:Ub z:[2]Ec [1]",
        "r3 byte_offset Sa flexible:[0]i8s [1000]",
        "r4 byte_offset Sa bits:i64u@63",
        "r5 lshift_u64 Sa bits:i64u@63",
        "r6 signed Sa enum_bits:E4se@3",
        "r7 byte_size Sa f:f16",
        "r8 byte_size Sa huge:i128s",
        "r9 field_exists Sa x:i64s",
        "r0 byte_offset Td=Te=S counter:i32s",
        "r0:64 enumval_value E8sbig SMALL",
        "r0 enumval_exists Ttypedefd=Eb B",
        "r0 type_exists Tf=pFv(p,pSa,i32s,v)",
        "r0 type_exists DUdeclared",
        "r0 type_matches Sa(x:i32s'int',n:pSa,in:S(y:f8'double'),e:Ec(A,B))",
        "r0 type_matches Sa(:U(x:i32s'int',y:p),:S())",
        "r0:64 type_id_local Sa",
        "r0 type_id_target Sa",
        "r0 type_size Sempty",
    };
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_link_summary summary;
        struct hg_test_link link = {.big_endian = big_endian != 0};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            hg_test_link_record(&link, texts[i]);
        struct hg_output bytes = linked(&link, &summary);
        CU_ASSERT_EQUAL(summary.relocations, sizeof texts / sizeof *texts);
        CU_ASSERT_EQUAL(summary.kept, 0);
        CU_ASSERT_FALSE(summary.was_linked);
        hg_model_destroy(types_of(&bytes));

        /* Once more: the same bytes. */
        struct hg_test_log log;
        struct hg_output again = {0};
        hg_test_log_init(&log);
        CU_ASSERT_EQUAL(link_bytes(&bytes, &log, &summary, &again), HG_OK);
        CU_ASSERT(summary.was_linked && summary.relocations == 0);
        CU_ASSERT(again.size == bytes.size && memcmp(again.data, bytes.data, bytes.size) == 0);
        hg_test_log_deinit(&log);
        hg_output_deinit(&again);
        hg_output_deinit(&bytes);
    }
}

/* The instructions, as they lie in the section of code. */
static const char *code_of(const struct hg_output *bytes)
{
    enum { HEADER = 64 };
    return bytes->data + HEADER;
}

static void test_instructions(void)
{
    static const unsigned char little[] = {
        0xb7, 0x03, 0, 0, 4, 0, 0, 0,                         /* r3 = 4 */
        0xb4, 0x09, 0, 0, 4, 0, 0, 0,                         /* w9 = 4 */
        0x18, 0x07, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* r7 = 4 ll */
        0x95, 0,    0, 0, 0, 0, 0, 0,
    };
    static const unsigned char big[] = {
        0xb7, 0x30, 0, 0, 0, 0, 0, 4, 0xb4, 0x90, 0, 0, 0,    0, 0, 4, 0x18, 0x70, 0, 0,
        0,    0,    0, 4, 0, 0, 0, 0, 0,    0,    0, 0, 0x95, 0, 0, 0, 0,    0,    0, 0,
    };
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_link_summary summary;
        struct hg_test_link link = {.big_endian = big_endian != 0};
        hg_test_link_record(&link, "r3 byte_size Sa x:i32s");
        hg_test_link_record(&link, "w9 type_size Sa");
        hg_test_link_record(&link, "r7:64 byte_size Sa x:i32s");
        struct hg_output bytes = linked(&link, &summary);
        CU_ASSERT(bytes.size > sizeof little &&
                  memcmp(code_of(&bytes), big_endian ? big : little, sizeof little) == 0);
        hg_output_deinit(&bytes);
    }
}

/* --- pairs --- */

static void test_pairs(void)
{
    struct hg_test_link lonely = {0};
    hg_test_link_insn(&lonely, 0x85, true);
    refuse(&lonely, "section 'tp/test', byte 0: a placeholder without a record");

    struct hg_test_link plain = {0};
    hg_test_link_insn(&plain, 0xb7, false);
    hg_test_link_text(&plain, 0, "r0 type_size Sa");
    refuse(&plain, "byte 0 of section 'tp/test' is no placeholder");

    struct hg_test_link twice = {0};
    hg_test_link_record(&twice, "r0 type_size Sa");
    hg_test_link_text(&twice, 0, "r0 type_size Sa");
    refuse(&twice, "is no placeholder, or another record has it");

    struct hg_test_link half = {0};
    hg_test_link_insn(&half, 0x85, true);
    hg_test_link_text(&half, 0, "r0:64 type_size Sa");
    refuse(&half, "byte 8 of section 'tp/test' is no placeholder");

    struct hg_test_link no_call = {0};
    hg_test_link_insn(&no_call, 0x05, true);
    hg_test_link_text(&no_call, 0, "r0 type_size Sa");
    refuse(&no_call, "byte 0 refers to hdrgen_link_was_not_run, and is no call");
}

static void test_places(void)
{
    static const struct {
        struct hg_test_link link;
        uint32_t offset;
        const char *words;
    } cases[] = {
        {{0}, 4, "byte 4 of section 'tp/test' is no instruction"},
        {{0}, 16, "byte 16 of section 'tp/test' is no instruction"},
        {{0}, UINT32_MAX - 7, "byte 4294967288 of section 'tp/test' is no instruction"},
        {{.record_symbol = 3}, 0, "section '.hdrgen.relo.1': byte 0 refers to"},
        {{.record_symbol = 9}, 0, "is against symbol 9, and there are 4"},
        {{.record_type = 10}, 0, "its location has a relocation of type 10"},
        {{.call_type = 4}, 0, "byte 0 refers to hdrgen_link_was_not_run, and is no call"},
        {{.function_size = 4}, 0, "function 'prog' does not lie within"},
        {{.section_name = ".hdrgen.relo.2"}, 0, "section '.hdrgen.relo.2': this hdrgen knows"},
        {{.section_name = ".hdrgen.relo."}, 0, "section '.hdrgen.relo.': this hdrgen knows"},
        {{.record_flags = 2}, 0, "section .hdrgen.relo.1 is not plain data"},
        {{.symbol_section = 1}, 0, "it defines hdrgen_link_was_not_run"},
        {{.symbol_section = 77}, 0, "symbol 3 is in section 77, which does not exist"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_test_link link = cases[i].link;
        hg_test_link_insn(&link, 0x85, true);
        hg_test_link_text(&link, cases[i].offset, "r0 type_size Sa");
        refuse(&link, cases[i].words);
    }
}

/* Cut anywhere, an object is refused: its table of sections is its end. */
static void test_truncated(void)
{
    struct hg_test_link link = {0};
    hg_test_link_record(&link, "r0 byte_offset Sa x:i32s");
    struct hg_output bytes = hg_test_link_finish(&link);
    for (size_t size = 0; size < bytes.size; size++) {
        struct hg_diagnostics diagnostics = {0};
        struct hg_link_summary summary;
        struct hg_output result = {0};
        char *cut = hg_malloc(size);
        memcpy(cut, bytes.data, size);
        struct hg_btf_bytes object = {.name = "t.o", .data = cut, .size = size};
        CU_ASSERT_EQUAL(hg_link_object(&object, &diagnostics, &summary, &result), HG_ERROR_INPUT);
        CU_ASSERT_EQUAL(diagnostics.errors, 1);
        free(cut);
    }
    hg_output_deinit(&bytes);
}

/* --- merging --- */

static void test_variants(void)
{
    struct hg_test_link link = {0};
    struct hg_text text = {0};
    for (int i = 1; i <= 17; i++) {
        hg_text_truncate(&text, 0);
        hg_text_printf(&text, "r0 byte_offset Sa x:[%d]i32s", i);
        hg_test_link_record(&link, hg_text_string(&text));
    }
    hg_text_deinit(&text);
    refuse(&link, "there are 16 versions of this type already");
}

/* The members of the first type of that name, parted by blanks. */
static void expect_members(const struct hg_model *model, const char *name, const char *members)
{
    struct hg_text text = {0};
    size_t count = hg_model_type_count(model);
    for (hg_type_id id = 1; id < count && text.size == 0; id++) {
        const struct hg_type *type = hg_model_type(model, id);
        if (type->name == NULL || strcmp(type->name, name) != 0)
            continue;
        bool is_enum = type->kind == HG_ENUM;
        for (size_t i = 0; !is_enum && i < type->member_count; i++)
            hg_text_printf(&text, "%s%s", i > 0 ? " " : "",
                           type->members[i].name == NULL ? "-" : type->members[i].name);
        for (size_t i = 0; is_enum && i < type->enumerator_count; i++)
            hg_text_printf(&text, "%s%s", i > 0 ? " " : "", type->enumerators[i].name);
    }
    CU_ASSERT(hg_test_same(hg_text_string(&text), members));
    hg_text_deinit(&text);
}

static void test_merged(void)
{
    struct hg_link_summary summary;
    struct hg_test_link link = {0};
    hg_test_link_record(&link, "r0 byte_offset Sa x:i32s");
    hg_test_link_record(&link, "r0 byte_offset Sa b:Sb y:i32s");
    hg_test_link_record(&link, "r0 byte_offset Sa b:Sb z:i32s");
    hg_test_link_record(&link, "r0 byte_size Sa x:i32s");
    hg_test_link_record(&link, "r0 field_exists Sa x:i64s");
    hg_test_link_record(&link, "r0 enumval_exists Ee B");
    hg_test_link_record(&link, "r0 enumval_exists Ee A");
    hg_test_link_record(&link, "r0 type_matches Sa");
    struct hg_output bytes = linked(&link, &summary);
    struct hg_model *model = types_of(&bytes);
    expect_members(model, "a", "x b");
    expect_members(model, "b", "y z");
    expect_members(model, "a___hdrgen2", "x");
    expect_members(model, "a___hdrgen3", "");
    expect_members(model, "e", "B A");
    hg_model_destroy(model);
    hg_output_deinit(&bytes);
}

/* --- the object's own BTF --- */

static const char *const symbol = "crate$$$NAME";

/* What rustc and LLVM write of Rust's types. */
static struct hg_output make_rust_types(bool big_endian)
{
    struct hg_test_blob blob = {.big_endian = big_endian};
    enum { BYTE = 1, UNIT, STRUCTS, UNIONS, ENUMS, CHARS, PROTO, FUNCTION, VARIABLE, POINTER };
    hg_test_blob_int(&blob, "u8", 1, 0);
    hg_test_blob_type(&blob, "()", INT, 0, 0);
    hg_test_blob_word(&blob, 0);
    hg_test_blob_type(&blob, "Option<a::B>", STRUCT, 4, 8);
    hg_test_blob_member(&blob, "__1", BYTE, 32);
    hg_test_blob_member(&blob, "ch", 0, 0);
    hg_test_blob_member(&blob, "__0", BYTE, 8);
    hg_test_blob_member(&blob, "r#type", UNIT, 64);
    hg_test_blob_type(&blob, "", UNION, 2, 8);
    hg_test_blob_member(&blob, "", BYTE, 16);
    hg_test_blob_member(&blob, "", BYTE, 0);
    hg_test_blob_type(&blob, "E", ENUM, 1, 4);
    hg_test_blob_pair(&blob, "0x", 1);
    hg_test_blob_array(&blob, 0, BYTE, 2);
    hg_test_blob_type(&blob, "", FUNC_PROTO, 3, 0);
    hg_test_blob_pair(&blob, "", BYTE);
    hg_test_blob_pair(&blob, "c", 0);
    hg_test_blob_pair(&blob, "\xc3\xa9", BYTE);
    hg_test_blob_type(&blob, "f<T>", FUNC, 0, PROTO);
    hg_test_blob_type(&blob, symbol, VAR, 0, 0);
    hg_test_blob_word(&blob, 1);
    hg_test_blob_type(&blob, "*const u8", PTR, 0, BYTE);
    CU_ASSERT_EQUAL(hg_test_blob_type(&blob, "", UNION, 0, 1), POINTER + 1);
    return hg_test_blob_finish(&blob);
}

static size_t occurrences(const struct hg_output *bytes, const char *words)
{
    size_t count = 0;
    const char *at = bytes->data;
    const char *end = bytes->data + bytes->size;
    while ((at = memmem(at, (size_t)(end - at), words, strlen(words))) != NULL) {
        at++;
        count++;
    }
    return count;
}

static void test_mended(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_link_summary summary;
        struct hg_output btf = make_rust_types(big_endian != 0);
        struct hg_test_link link = {.big_endian = big_endian != 0, .btf = &btf, .variable = symbol};
        hg_test_link_record(&link, "r0 byte_offset Sa x:i32s");
        struct hg_output bytes = linked(&link, &summary);
        struct hg_model *model = types_of(&bytes);
        expect_members(model, "Option_3C_a_3A__3A_B_3E_", "__0 __1 r_23_type");
        expect_members(model, "E", "_0x");
        size_t count = 0;
        const struct hg_symbol *symbols = hg_model_symbols(model, &count);
        CU_ASSERT_EQUAL(count, 2);
        CU_ASSERT(count == 2 && hg_test_same(symbols[0].name, "f_3C_T_3E_"));
        CU_ASSERT(count == 2 && hg_test_same(symbols[1].name, "crate_24__24__24_NAME"));
        hg_model_destroy(model);
        /* In the table of symbols, too; the strings of .BTF only grow. */
        CU_ASSERT_EQUAL(occurrences(&bytes, symbol), 1);
        CU_ASSERT_EQUAL(occurrences(&bytes, "crate_24__24__24_NAME"), 2);
        hg_output_deinit(&bytes);
        hg_output_deinit(&btf);
    }
}

static void test_bad_btf(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_output btf = make_rust_types(big_endian == 0);
        struct hg_test_link foreign = {.big_endian = big_endian != 0, .btf = &btf};
        hg_test_link_record(&foreign, "r0 byte_offset Sa x:i32s");
        refuse(&foreign, ".BTF: its byte order is not the object's");
        struct hg_output cut = {.data = btf.data, .size = 20};
        struct hg_test_link small = {.big_endian = big_endian != 0, .btf = &cut};
        hg_test_link_record(&small, "r0 byte_offset Sa x:i32s");
        refuse(&small, "t.o: not valid BTF");
        struct hg_test_link only_ext = {.big_endian = big_endian != 0, .ext = &btf};
        hg_test_link_record(&only_ext, "r0 byte_offset Sa x:i32s");
        refuse(&only_ext, "it has a section .BTF.ext and none .BTF");
        hg_output_deinit(&btf);
    }
    struct hg_output btf = make_rust_types(false);
    struct hg_output junk = make_rust_types(true);
    struct hg_test_link link = {.btf = &btf, .ext = &junk};
    hg_test_link_record(&link, "r0 byte_offset Sa x:i32s");
    refuse(&link, ".BTF.ext: it is too short, or of another byte order");
    hg_output_deinit(&btf);
    hg_output_deinit(&junk);
}

/* BTF whose string 1 is the name of the section of code. */
static struct hg_output make_small_types(bool big_endian)
{
    struct hg_test_blob blob = {.big_endian = big_endian};
    hg_test_blob_type(&blob, "tp/test", STRUCT, 0, 1);
    return hg_test_blob_finish(&blob);
}

/* A .BTF.ext with these words for lines. */
static struct hg_output make_lines(bool big_endian, const uint32_t *words, size_t count)
{
    struct hg_text text = {0};
    struct hg_output ext = {0};
    const uint32_t header[] = {24, 0, 0, 0, (uint32_t)count * 4};
    hg_test_put(&text, 0xeb9f, 2, big_endian);
    hg_test_put(&text, 1, 2, false);
    for (size_t i = 0; i < sizeof header / sizeof *header; i++)
        hg_test_put(&text, header[i], 4, big_endian);
    for (size_t i = 0; i < count; i++)
        hg_test_put(&text, words[i], 4, big_endian);
    hg_text_finish(&text, &ext);
    return ext;
}

/* Of the lines of one instruction the last stays. */
static void test_lines(void)
{
    static const uint32_t lines[] = {16, 1, 4, 0, 0, 0, 71, 8, 0, 0, 72, 8, 0, 0, 73, 8, 0, 0, 74};
    static const uint32_t kept[] = {16, 1, 2, 0, 0, 0, 71, 8, 0, 0, 74};
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_link_summary summary;
        struct hg_output btf = make_small_types(big_endian != 0);
        struct hg_output ext = make_lines(big_endian != 0, lines, sizeof lines / sizeof *lines);
        struct hg_output expected = make_lines(big_endian != 0, kept, sizeof kept / sizeof *kept);
        struct hg_test_link link = {.big_endian = big_endian != 0, .btf = &btf, .ext = &ext};
        hg_test_link_record(&link, "r0 byte_offset Sa x:i32s");
        struct hg_output bytes = linked(&link, &summary);
        CU_ASSERT_PTR_NOT_NULL(
            memmem(bytes.data, bytes.size, expected.data + 24, expected.size - 24));
        hg_output_deinit(&bytes);
        hg_output_deinit(&expected);
        hg_output_deinit(&ext);
        hg_output_deinit(&btf);
    }
}

static void test_bad_lines(void)
{
    static const struct {
        uint32_t words[8];
        size_t count;
        const char *why;
    } cases[] = {
        {{12, 1, 1, 0, 0, 0}, 6, ".BTF.ext: lines of 12 bytes each"},
        {{18, 1, 1, 0, 0, 0}, 6, ".BTF.ext: lines of 18 bytes each"},
        {{16, 1, 2, 0, 0, 0, 0}, 7, ".BTF.ext: a block of lines is cut off"},
        {{16, 1, 0}, 3, ".BTF.ext: a block of lines is cut off"},
        {{16, 1}, 2, ".BTF.ext: a block of lines is cut off"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_output btf = make_small_types(false);
        struct hg_output ext = make_lines(false, cases[i].words, cases[i].count);
        struct hg_test_link link = {.btf = &btf, .ext = &ext};
        hg_test_link_record(&link, "r0 byte_offset Sa x:i32s");
        refuse(&link, cases[i].why);
        hg_output_deinit(&ext);
        hg_output_deinit(&btf);
    }
}

/* --- nothing to do --- */

static void test_without_records(void)
{
    struct hg_link_summary summary;
    struct hg_test_log log;
    struct hg_test_link link = {.section_name = ".comment"};
    struct hg_output result = {0};
    struct hg_output bytes = hg_test_link_finish(&link);
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(link_bytes(&bytes, &log, &summary, &result), HG_OK);
    CU_ASSERT(summary.relocations == 0 && !summary.was_linked);
    CU_ASSERT(result.size == bytes.size && memcmp(result.data, bytes.data, bytes.size) == 0);
    hg_test_log_deinit(&log);
    hg_output_deinit(&result);
    hg_output_deinit(&bytes);
}

void hg_test_link(void)
{
    CU_pSuite suite = CU_add_suite("link", NULL, NULL);
    CU_add_test(suite, "texts that are refused", test_refused_texts);
    CU_add_test(suite, "lengths that are refused", test_refused_lengths);
    CU_add_test(suite, "texts that are fine, and linking twice", test_accepted);
    CU_add_test(suite, "instructions", test_instructions);
    CU_add_test(suite, "placeholders and records", test_pairs);
    CU_add_test(suite, "places and sections", test_places);
    CU_add_test(suite, "cut off anywhere", test_truncated);
    CU_add_test(suite, "versions of one type", test_variants);
    CU_add_test(suite, "members merged", test_merged);
    CU_add_test(suite, "Rust's types mended", test_mended);
    CU_add_test(suite, "BTF that is refused", test_bad_btf);
    CU_add_test(suite, "one line for an instruction", test_lines);
    CU_add_test(suite, "lines that are refused", test_bad_lines);
    CU_add_test(suite, "objects without records", test_without_records);
}
