/*
 * Instructions: which take a value, and whether a poisoned one is ever reached.
 */
#include "core_blob.h"
#include "helpers.h"
#include "suites.h"

enum { MOV = 0xb7, LDX_W = 0x61, LD_IMM64 = 0x18, EXIT = 0x95, JEQ = 0x15 };

static void end(struct hg_test_object *object)
{
    hg_test_insn(object, EXIT, 0, 0, 0, 0);
}

static struct hg_model *with_record(const char *name, uint64_t bit)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id number = hg_test_int(model, "unsigned int", 4, false);
    hg_test_record(model, HG_STRUCT, name, 64, 4, HG_MEMBERS(HG_MEMBER("x", number, bit)));
    hg_test_seal(model);
    return model;
}

/* The relocation of s.x, at 4 in the program, in an instruction of its own. */
static void expect_insn(uint8_t code, int16_t off, int32_t imm, const char *libbpf, const char *aya)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "s", STRUCT, 1, 8);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 32);
    hg_test_insn(&object, code, 1, 0, off, imm);
    hg_test_relocation(&object, 0, type, "0:0", HG_CORE_BYTE_OFFSET);
    if (code == LD_IMM64)
        hg_test_insn(&object, 0, 0, 0, 0, 0);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = with_record("s", 64);
    struct hg_text text = {0};
    hg_text_printf(&text, "byte_offset struct s.x: %s\n", libbpf);
    hg_test_expect_findings(read, target, HG_CORE_LIBBPF, hg_text_string(&text));
    hg_text_truncate(&text, 0);
    hg_text_printf(&text, "byte_offset struct s.x: %s\n", aya);
    hg_test_expect_findings(read, target, HG_CORE_AYA, hg_text_string(&text));
    hg_text_deinit(&text);
    hg_test_finish(read, target);
}

static void test_instructions(void)
{
    static const char unexpected[] =
        "refused: the instruction does not hold what the program's own types say (was the object "
        "changed after it was compiled?)";
    static const char sort[] =
        "refused: loaders do not know how to relocate an instruction of that sort";
    expect_insn(MOV, 0, 4, "8", "8");
    expect_insn(MOV, 0, 5, unexpected, "8");
    expect_insn(LD_IMM64, 0, 4, "8", "8");
    expect_insn(LD_IMM64, 0, 3, unexpected, "8");
    expect_insn(LDX_W, 4, 0, "8", "8");
    expect_insn(LDX_W, 0, 0, unexpected, "8");
    expect_insn(0xbf, 0, 4, "refused: the instruction has no number to change", "8");
    expect_insn(JEQ, 0, 4, sort, sort);
}

/* A member of four bytes that has eight there, loaded. */
static void expect_size(const char *name, bool is_signed, uint64_t bit, const char *expected)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "s", STRUCT, 1, 8);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 32);
    hg_test_insn(&object, LDX_W, 1, 0, 4, 0);
    hg_test_relocation(&object, 0, type, "0:0", HG_CORE_BYTE_OFFSET);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = hg_test_model_create();
    hg_type_id number = hg_test_int(target, name, 8, is_signed);
    hg_test_record(target, HG_STRUCT, "s", 65536, 8, HG_MEMBERS(HG_MEMBER("x", number, bit)));
    hg_test_seal(target);
    hg_test_expect_findings(read, target, HG_CORE_LIBBPF, expected);
    hg_test_finish(read, target);
}

static void test_sizes(void)
{
    expect_size("unsigned long", false, 64, "byte_offset struct s.x: 8\n");
    expect_size("long", true, 64,
                "byte_offset struct s.x: mismatch: it has another size there, and only pointers "
                "and unsigned integers can be loaded in another size\n");
    expect_size("unsigned long", false, UINT64_C(8) * 32768,
                "byte_offset struct s.x: refused: its offset is too large for a load or store "
                "instruction\n");
}

/* --- guards --- */

enum { MISSING = HG_TEST_FIRST };
static void begin_guarded(struct hg_test_object *object)
{
    hg_test_blob_begin(&object->btf);
    hg_test_blob_type(&object->btf, "missing", STRUCT, 1, 8);
    hg_test_blob_member(&object->btf, "x", HG_TEST_U32, 32);
}

static void expect_guard(struct hg_test_object *object, bool guarded, size_t index)
{
    struct hg_core_findings *report = NULL;
    struct hg_core_object *read = hg_test_object_read(object);
    struct hg_model *target = with_record("s", 0);
    CU_ASSERT_EQUAL(hg_core_check(read, target, HG_CORE_LIBBPF, NULL, &report), HG_OK);
    if (report != NULL) {
        CU_ASSERT_EQUAL(report->findings[index].result, HG_CORE_MISSING);
        CU_ASSERT_EQUAL(report->findings[index].guarded, guarded);
        CU_ASSERT_EQUAL(report->failures, guarded ? 0 : 1);
    }
    hg_core_findings_destroy(report);
    hg_test_finish(read, target);
}

/* if (field_exists == against) goto the read */
static void guard(struct hg_test_object *object, uint8_t jump, int32_t against, int16_t skip)
{
    hg_test_insn(object, MOV, 1, 0, 0, 1);
    hg_test_relocation(object, 0, MISSING, "0:0", HG_CORE_FIELD_EXISTS);
    hg_test_insn(object, jump, 1, 0, skip, against);
    hg_test_insn(object, LDX_W, 2, 6, 4, 0);
    hg_test_relocation(object, 2, MISSING, "0:0", HG_CORE_BYTE_OFFSET);
    end(object);
}

static void test_guards(void)
{
    static const struct {
        int32_t against;
        uint8_t jump;
        bool guarded;
    } cases[] = {
        {0, 0x15, true},  {1, 0x15, false}, {0, 0x55, false}, {1, 0x55, true},  {0, 0x16, true},
        {0, 0x56, false}, {1, 0xa5, true},  {0, 0xb5, true},  {1, 0x35, false}, {0, 0x25, false},
        {1, 0x45, false}, {1, 0xc5, true},  {0, 0xd5, true},  {-1, 0x65, true}, {0, 0x75, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_test_object object = {.btf.big_endian = false};
        begin_guarded(&object);
        guard(&object, cases[i].jump, cases[i].against, 1);
        expect_guard(&object, cases[i].guarded, 1);
    }
}

static void test_lost_guards(void)
{
    /* Through a call, r1 is lost; r6 is not. */
    for (unsigned number = 1; number <= 6; number += 5) {
        struct hg_test_object object = {0};
        begin_guarded(&object);
        hg_test_insn(&object, MOV, number, 0, 0, 1);
        hg_test_relocation(&object, 0, MISSING, "0:0", HG_CORE_FIELD_EXISTS);
        hg_test_insn(&object, 0x85, 0, 0, 0, 7);
        hg_test_insn(&object, JEQ, number, 0, 1, 0);
        hg_test_insn(&object, LDX_W, 2, 7, 4, 0);
        hg_test_relocation(&object, 3, MISSING, "0:0", HG_CORE_BYTE_OFFSET);
        end(&object);
        expect_guard(&object, number == 6, 1);
    }
    /* An address that the loader fills in is no number, whatever the object holds. */
    struct hg_test_object address = {0};
    begin_guarded(&address);
    hg_test_insn(&address, LD_IMM64, 1, 0, 0, 0);
    hg_test_insn(&address, 0, 0, 0, 0, 0);
    hg_test_insn(&address, JEQ, 1, 0, 1, 0);
    hg_test_insn(&address, LDX_W, 2, 7, 4, 0);
    hg_test_relocation(&address, 3, MISSING, "0:0", HG_CORE_BYTE_OFFSET);
    end(&address);
    expect_guard(&address, false, 0);
    /* Two ways with two numbers: nothing is known behind. */
    struct hg_test_object joined = {0};
    begin_guarded(&joined);
    hg_test_insn(&joined, MOV, 1, 0, 0, 0);
    hg_test_insn(&joined, JEQ, 8, 0, 1, 0);
    hg_test_insn(&joined, MOV, 1, 0, 0, 5);
    hg_test_insn(&joined, JEQ, 1, 0, 1, 0);
    hg_test_insn(&joined, LDX_W, 2, 7, 4, 0);
    hg_test_relocation(&joined, 4, MISSING, "0:0", HG_CORE_BYTE_OFFSET);
    end(&joined);
    expect_guard(&joined, false, 0);
    /* A loop that never ends, and a jump out of the function. */
    struct hg_test_object loop = {0};
    begin_guarded(&loop);
    hg_test_insn(&loop, 0x07, 1, 0, 0, 1);
    hg_test_insn(&loop, 0x05, 0, 0, -2, 0);
    hg_test_insn(&loop, LDX_W, 2, 7, 4, 0);
    hg_test_relocation(&loop, 2, MISSING, "0:0", HG_CORE_BYTE_OFFSET);
    hg_test_insn(&loop, 0x05, 0, 0, 32767, 0);
    expect_guard(&loop, true, 0);
}

void hg_test_core_insns(void)
{
    CU_pSuite suite = CU_add_suite("core_insns", NULL, NULL);
    CU_add_test(suite, "instructions", test_instructions);
    CU_add_test(suite, "loads of another size", test_sizes);
    CU_add_test(suite, "guards", test_guards);
    CU_add_test(suite, "guards that are none", test_lost_guards);
}
