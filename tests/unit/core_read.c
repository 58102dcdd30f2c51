/*
 * Reading BPF objects: each refusal once, in both byte orders, with its words, in under a second.
 */
#include "core_blob.h"
#include "helpers.h"
#include "suites.h"

#include <string.h>
#include <time.h>

/* struct s { unsigned x; long y[2]; struct { unsigned z; }; }; enum e { A, B }; const struct s */
enum { S = HG_TEST_FIRST + 2, E, CONST_S };

static void begin(struct hg_test_object *object)
{
    hg_test_blob_begin(&object->btf);
    uint32_t array = hg_test_blob_array(&object->btf, HG_TEST_LONG, HG_TEST_U32, 2);
    uint32_t inner = hg_test_blob_type(&object->btf, "", STRUCT, 1, 8);
    hg_test_blob_member(&object->btf, "z", HG_TEST_U32, 0);
    hg_test_blob_type(&object->btf, "s", STRUCT, 3, 32);
    hg_test_blob_member(&object->btf, "x", HG_TEST_U32, 0);
    hg_test_blob_member(&object->btf, "y", array, 64);
    hg_test_blob_member(&object->btf, "", inner, 192);
    hg_test_blob_type(&object->btf, "e", ENUM, 2, 4);
    hg_test_blob_pair(&object->btf, "A", 0);
    hg_test_blob_pair(&object->btf, "B", 1);
    hg_test_blob_type(&object->btf, "", CONST, 0, S);
    hg_test_insn(object, 0xb7, 1, 0, 0, 0);
    hg_test_insn(object, 0x95, 0, 0, 0, 0);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void expect(const struct hg_output *bytes, const char *words)
{
    struct hg_test_log log;
    struct hg_core_object *object = NULL;
    hg_test_log_init(&log);
    double before = seconds();
    CU_ASSERT_EQUAL(
        hg_core_read_bytes(
            &(struct hg_btf_bytes){.name = "t.o", .data = bytes->data, .size = bytes->size},
            &log.diagnostics, &object),
        HG_ERROR_INPUT);
    CU_ASSERT(seconds() - before < 1.0);
    CU_ASSERT_PTR_NULL(object);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
    CU_ASSERT(hg_test_reported(&log, words));
    hg_test_log_deinit(&log);
}

/* The object with what change does to it is refused. */
typedef void change_fn(struct hg_test_object *object);
static void refuse(change_fn *change, const char *words)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_test_object object = {.btf.big_endian = big_endian != 0};
        begin(&object);
        change(&object);
        struct hg_output bytes = hg_test_object_finish(&object);
        expect(&bytes, words);
        hg_output_deinit(&bytes);
    }
}

/* --- access strings --- */

static void test_access_strings(void)
{
    static const struct {
        const char *access;
        uint32_t type;
        enum hg_core_kind kind;
        const char *words;
    } refusals[] = {
        {"", S, HG_CORE_BYTE_OFFSET, "access '' of type 6: it is not numbers"},
        {"0:", S, HG_CORE_BYTE_OFFSET, "access '0:' of type 6: it is not numbers"},
        {":0", S, HG_CORE_BYTE_OFFSET, "it is not numbers"},
        {"0::1", S, HG_CORE_BYTE_OFFSET, "it is not numbers"},
        {"0:-1", S, HG_CORE_BYTE_OFFSET, "it is not numbers"},
        {"0:+1", S, HG_CORE_BYTE_OFFSET, "it is not numbers"},
        {"0: 1", S, HG_CORE_BYTE_OFFSET, "it is not numbers"},
        {"0x1", S, HG_CORE_BYTE_OFFSET, "it is not numbers"},
        {"\x01\xff", S, HG_CORE_BYTE_OFFSET, "access '\\x01\\xff' of"},
        {"0:999999999:", S, HG_CORE_BYTE_OFFSET, "it is not numbers"},
        {"0:99999999999999999999", S, HG_CORE_BYTE_OFFSET, "a number is too large"},
        {"0:2147483648", S, HG_CORE_BYTE_OFFSET, "a number is too large"},
        {"0:3", S, HG_CORE_BYTE_OFFSET, "a member's index that its struct or union does not have"},
        {"0:999999999", S, HG_CORE_FIELD_EXISTS, "a member's index"},
        {"0:1:2", S, HG_CORE_BYTE_OFFSET, "an element's index that its array does not have"},
        {"0:0:0", S, HG_CORE_BYTE_OFFSET, "a type that has neither members nor elements"},
        {"0:2:0:0", S, HG_CORE_BYTE_OFFSET, "a type that has neither members nor elements"},
        {"2147483647:0", S, HG_CORE_BYTE_OFFSET, "further than loaders can count"},
        {"0", 0, HG_CORE_BYTE_OFFSET, "of a type without a size"},
        {"0:0", S, HG_CORE_TYPE_EXISTS, "of a type, it must be 0"},
        {"00", S, HG_CORE_TYPE_SIZE, "of a type, it must be 0"},
        {"1", S, HG_CORE_TYPE_ID_LOCAL, "of a type, it must be 0"},
        {"0", S, HG_CORE_ENUMVAL_VALUE, "it names an enumerator of a type that is no enum"},
        {"2", E, HG_CORE_ENUMVAL_VALUE, "the enum has no enumerator of that index"},
        {"0:1", E, HG_CORE_ENUMVAL_EXISTS, "the enum has no enumerator of that index"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct hg_test_object object = {.btf.big_endian = i % 2 != 0};
        begin(&object);
        hg_test_relocation(&object, 0, refusals[i].type, refusals[i].access, refusals[i].kind);
        struct hg_output bytes = hg_test_object_finish(&object);
        expect(&bytes, refusals[i].words);
        hg_output_deinit(&bytes);
    }
}

static void with_long_access(struct hg_test_object *object)
{
    struct hg_text access = {0};
    hg_text_put(&access, "0");
    for (int i = 0; i < 64; i++)
        hg_text_put(&access, ":0");
    hg_test_relocation(object, 0, S, hg_text_string(&access), HG_CORE_BYTE_OFFSET);
    hg_text_deinit(&access);
}

static void with_huge_access(struct hg_test_object *object)
{
    struct hg_text access = {0};
    hg_text_put(&access, "0");
    for (int i = 0; i < 1000000; i++)
        hg_text_put(&access, ":0");
    hg_test_relocation(object, 0, S, hg_text_string(&access), HG_CORE_BYTE_OFFSET);
    hg_text_deinit(&access);
}

static void test_long_access(void)
{
    refuse(with_long_access, "it has more than 64 numbers");
    refuse(with_huge_access, "it has more than 64 numbers");
}

/* --- records --- */

static void add(struct hg_test_object *object)
{
    hg_test_relocation(object, 0, S, "0:0", HG_CORE_BYTE_OFFSET);
}

static void with_type(struct hg_test_object *object)
{
    hg_test_relocation(object, 0, CONST_S + 1, "0:0", HG_CORE_BYTE_OFFSET);
}

static void with_huge_type(struct hg_test_object *object)
{
    hg_test_relocation(object, 0, UINT32_MAX, "0:0", HG_CORE_BYTE_OFFSET);
}

static void with_kind(struct hg_test_object *object)
{
    add(object);
    object->relocations[0].kind = HG_CORE_KINDS;
}

static void with_crooked_place(struct hg_test_object *object)
{
    add(object);
    object->relocations[0].offset = 4;
}

static void with_place_behind(struct hg_test_object *object)
{
    add(object);
    object->relocations[0].offset = 16;
}

static void with_huge_place(struct hg_test_object *object)
{
    add(object);
    object->relocations[0].offset = UINT32_MAX - 7;
}

static void with_access_behind(struct hg_test_object *object)
{
    add(object);
    object->relocations[0].access = 0x7fffffff;
}

static void test_records(void)
{
    refuse(with_type, "a relocation is about type 9, and there are 9");
    refuse(with_huge_type, "a relocation is about type 4294967295");
    refuse(with_kind, "a relocation of kind 13, and the last one known is 12");
    refuse(with_crooked_place, "a relocation at byte 4 of section 'tp/test', where no instruction");
    refuse(with_place_behind, "a relocation at byte 16 of section 'tp/test'");
    refuse(with_huge_place, "a relocation at byte 4294967288 of section 'tp/test'");
    refuse(with_access_behind, "a relocation's access is not among the strings");
}

/* --- tables --- */

static void with_small_records(struct hg_test_object *object)
{
    add(object);
    object->record_size = 12;
}

static void with_crooked_records(struct hg_test_object *object)
{
    add(object);
    object->record_size = 17;
}

static void with_huge_records(struct hg_test_object *object)
{
    add(object);
    object->record_size = 0xfffffffc;
}

static void with_many_records(struct hg_test_object *object)
{
    add(object);
    object->record_count = 0x10000001;
}

static void with_two_records(struct hg_test_object *object)
{
    add(object);
    object->record_count = 2;
}

static void with_long_table(struct hg_test_object *object)
{
    add(object);
    object->table_size = 32;
}

static void with_huge_table(struct hg_test_object *object)
{
    add(object);
    object->table_size = 0xfffffff8;
}

static void with_short_table(struct hg_test_object *object)
{
    add(object);
    object->table_size = 2;
}

static void with_cut_block(struct hg_test_object *object)
{
    add(object);
    object->table_size = 8;
}

static void with_small_header(struct hg_test_object *object)
{
    object->header_size = 20;
}

static void with_large_header(struct hg_test_object *object)
{
    object->header_size = 0x7ffffffc;
}

static void with_foreign_order(struct hg_test_object *object)
{
    object->foreign_ext = true;
}

static void with_two_exts(struct hg_test_object *object)
{
    object->two_exts = true;
}

static void with_other_section(struct hg_test_object *object)
{
    add(object);
    object->section_name =
        "tp/oth\x01"
        "er";
}

static void test_tables(void)
{
    refuse(with_small_records, "relocations of 12 bytes each; they have at least 16");
    refuse(with_crooked_records, "relocations of 17 bytes each");
    refuse(with_huge_records, "1 relocations of 4294967292 bytes each, where 16 bytes are left");
    refuse(with_many_records, "268435457 relocations of 16 bytes each, where 16 bytes are left");
    refuse(with_two_records, "2 relocations of 16 bytes each, where 16 bytes are left");
    refuse(with_long_table, "reach beyond the section");
    refuse(with_huge_table, "the relocations at 0, 4294967288 bytes, reach beyond the section");
    refuse(with_short_table, "a table is cut off");
    refuse(with_cut_block, "a block is cut off");
    refuse(with_small_header, "the size of its header is wrong");
    refuse(with_large_header, "the size of its header is wrong");
    refuse(with_foreign_order, "its byte order is not the object's");
    refuse(with_two_exts, "more than one section .BTF.ext");
    refuse(with_other_section, "relocations for section 'tp/oth\\x01er', which has no code");
}

/* --- code --- */

static void with_cut_code(struct hg_test_object *object)
{
    add(object);
    object->code_cut = 3;
}

static void with_long_function(struct hg_test_object *object)
{
    object->function_size = 24;
}

static void with_crooked_function(struct hg_test_object *object)
{
    object->function_size = 12;
}

static void with_overlap(struct hg_test_object *object)
{
    object->second_function = true;
}

static void with_machine(struct hg_test_object *object)
{
    object->machine = 62;
}

static void with_nameless_bit_field(struct hg_test_object *object)
{
    hg_test_blob_type(&object->btf, "bits", STRUCT, KFLAG | 1, 4);
    hg_test_blob_member(&object->btf, "", HG_TEST_U32, 3u << 24);
}

static void test_code(void)
{
    refuse(with_cut_code, "section 'tp/test' has 13 bytes, which is no whole number");
    refuse(with_long_function, "function 'prog' does not lie within its section 'tp/test'");
    refuse(with_crooked_function, "function 'prog' does not lie within its section 'tp/test'");
    refuse(with_overlap, "functions 'prog' and 'next' overlap");
    refuse(with_machine, "this is an ELF file for x86-64, but no BPF object");
}

static void test_nameless_bit_field(void)
{
    struct hg_test_object object = {0};
    struct hg_test_log log;
    struct hg_core_object *read = NULL;
    begin(&object);
    with_nameless_bit_field(&object);
    struct hg_output bytes = hg_test_object_finish(&object);
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(
        hg_core_read_bytes(
            &(struct hg_btf_bytes){.name = "t.o", .data = bytes.data, .size = bytes.size},
            &log.diagnostics, &read),
        HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&log, "its BTF lists bit-fields without names"));
    hg_test_log_deinit(&log);
    hg_output_deinit(&bytes);
}

/* Cut anywhere, an object is refused or has lost nothing that is read. */
static void test_truncated(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_test_object object = {.btf.big_endian = big_endian != 0, .line = 7};
        begin(&object);
        add(&object);
        struct hg_output bytes = hg_test_object_finish(&object);
        size_t refused = 0;
        for (size_t size = 0; size < bytes.size; size++) {
            struct hg_diagnostics diagnostics = {0};
            struct hg_core_object *read = NULL;
            char *cut = hg_malloc(size);
            memcpy(cut, bytes.data, size);
            enum hg_status status =
                hg_core_read_bytes(&(struct hg_btf_bytes){.name = "t.o", .data = cut, .size = size},
                                   &diagnostics, &read);
            refused += status != HG_OK && diagnostics.errors > 0;
            hg_core_destroy(read);
            free(cut);
        }
        CU_ASSERT_EQUAL(refused, bytes.size);
        hg_output_deinit(&bytes);
    }
    char text[] = "not an object";
    struct hg_output junk = {.data = text, .size = sizeof text - 1};
    expect(&junk, "this is no ELF file; a BPF object (clang -target bpf -g) is needed");
}

/* --- what is fine --- */

static void test_accepted(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_test_object object = {.btf.big_endian = big_endian != 0, .line = 42};
        begin(&object);
        add(&object);
        object.record_size = 0;
        struct hg_core_object *read = hg_test_object_read(&object);
        CU_ASSERT(read != NULL && hg_test_same(hg_core_name(read), "t.o"));
        hg_core_destroy(read);

        struct hg_test_object bare = {.btf.big_endian = big_endian != 0, .no_ext = true};
        begin(&bare);
        read = hg_test_object_read(&bare);
        hg_core_destroy(read);
    }
}

/* libbpf skips a relocation that is in no function; hdrgen warns. */
static void test_no_function(void)
{
    struct hg_test_object object = {.no_symbols = true};
    struct hg_test_log log;
    struct hg_core_object *read = NULL;
    begin(&object);
    add(&object);
    struct hg_output bytes = hg_test_object_finish(&object);
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(
        hg_core_read_bytes(
            &(struct hg_btf_bytes){.name = "t.o", .data = bytes.data, .size = bytes.size},
            &log.diagnostics, &read),
        HG_OK);
    CU_ASSERT(hg_test_reported(&log, "1 relocation is in no function"));
    /* aya does not, and takes nothing of the object. */
    struct hg_model *target = hg_test_model_create();
    hg_test_int(target, "int", 4, true);
    hg_test_seal(target);
    for (int loader = HG_CORE_LIBBPF; loader <= HG_CORE_AYA; loader++) {
        struct hg_core_findings *report = NULL;
        CU_ASSERT_EQUAL(
            hg_core_check(read, target, (enum hg_core_loader)loader, &log.diagnostics, &report),
            HG_OK);
        CU_ASSERT_EQUAL(report->gives_up != NULL, loader == HG_CORE_AYA);
        CU_ASSERT_EQUAL(report->failures, loader == HG_CORE_AYA);
        hg_core_findings_destroy(report);
    }
    hg_model_destroy(target);
    hg_core_destroy(read);
    hg_test_log_deinit(&log);
    hg_output_deinit(&bytes);
}

void hg_test_core_read(void)
{
    CU_pSuite suite = CU_add_suite("core_read", NULL, NULL);
    CU_add_test(suite, "access strings", test_access_strings);
    CU_add_test(suite, "long access strings", test_long_access);
    CU_add_test(suite, "records", test_records);
    CU_add_test(suite, "tables", test_tables);
    CU_add_test(suite, "code and functions", test_code);
    CU_add_test(suite, "bit-fields without names", test_nameless_bit_field);
    CU_add_test(suite, "cut off anywhere", test_truncated);
    CU_add_test(suite, "objects that are fine", test_accepted);
    CU_add_test(suite, "relocations in no function", test_no_function);
}
