/*
 * Where loaders differ from libbpf: what aya gets wrong, or gives up on.  tests/oracle/loaders holds
 * these rules against the loaders themselves.
 */
#include "core_blob.h"
#include "helpers.h"
#include "suites.h"

#include <string.h>

enum { MOV = 0xb7, LDX_W = 0x61, EXIT = 0x95 };

static void ask(struct hg_test_object *object, uint32_t type, const char *access,
                enum hg_core_kind kind, int32_t value)
{
    uint32_t insn = (uint32_t)(object->insns.size / 8);
    hg_test_insn(object, MOV, 1, 0, 0, value);
    hg_test_relocation(object, insn, type, access, kind);
}

/* --- arrays of arrays --- */

/* struct s { char b[2][3][4]; } as the program has it: three arrays, from the innermost on */
static uint32_t put_arrays(struct hg_test_object *object)
{
    hg_test_blob_begin(&object->btf);
    uint32_t inner = hg_test_blob_array(&object->btf, HG_TEST_U32, HG_TEST_U32, 4);
    uint32_t middle = hg_test_blob_array(&object->btf, inner, HG_TEST_U32, 3);
    uint32_t outer = hg_test_blob_array(&object->btf, middle, HG_TEST_U32, 2);
    uint32_t type = hg_test_blob_type(&object->btf, "s", STRUCT, 1, 96);
    hg_test_blob_member(&object->btf, "b", outer, 0);
    return type;
}

/* The same, at byte 8. */
static struct hg_model *make_arrays(void)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id number = hg_test_int(model, "unsigned int", 4, false);
    hg_type_id array = number;
    for (uint64_t count = 4; count > 1; count--)
        array = hg_test_array(model, array, count);
    hg_test_record(model, HG_STRUCT, "s", 104, 4, HG_MEMBERS(HG_MEMBER("b", array, 64)));
    hg_test_seal(model);
    return model;
}

static void test_arrays(void)
{
    struct hg_test_object object = {0};
    uint32_t type = put_arrays(&object);
    ask(&object, type, "0:0", HG_CORE_BYTE_SIZE, 96);
    ask(&object, type, "0:0:1", HG_CORE_BYTE_OFFSET, 48);
    ask(&object, type, "0:0:0:1", HG_CORE_BYTE_OFFSET, 16);
    ask(&object, type, "0:0:1:2:3", HG_CORE_BYTE_OFFSET, 92);
    ask(&object, type, "0:0:0:0:3", HG_CORE_BYTE_OFFSET, 12);
    hg_test_insn(&object, EXIT, 0, 0, 0, 0);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = make_arrays();
    hg_test_expect_findings(read, target, HG_CORE_LIBBPF,
                            "byte_size struct s.b: 96\n"
                            "byte_offset struct s.b[1]: 56\n"
                            "byte_offset struct s.b[0][1]: 24\n"
                            "byte_offset struct s.b[1][2][3]: 100\n"
                            "byte_offset struct s.b[0][0][3]: 20\n");
    static const char why[] =
        "wrong: aya counts only the innermost dimension of arrays of arrays, and the program would "
        "go wrong: ";
    struct hg_text text = {0};
    hg_text_printf(&text,
                   "byte_size struct s.b: %s96 is right\n"
                   "byte_offset struct s.b[1]: %s56 is right\n"
                   "byte_offset struct s.b[0][1]: 24\n"
                   "byte_offset struct s.b[1][2][3]: %s100 is right\n"
                   "byte_offset struct s.b[0][0][3]: 20\n",
                   why, why, why);
    hg_test_expect_findings(read, target, HG_CORE_AYA, hg_text_string(&text));
    hg_text_deinit(&text);
    hg_test_finish(read, target);
}

/* --- bit-fields that are loaded directly --- */

static void test_bit_field_on_one_side(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "s", STRUCT, 1, 4);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 0);
    hg_test_insn(&object, LDX_W, 1, 0, 0, 0);
    hg_test_relocation(&object, 0, type, "0:0", HG_CORE_BYTE_OFFSET);
    hg_test_insn(&object, EXIT, 0, 0, 0, 0);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = hg_test_model_create();
    hg_type_id number = hg_test_int(target, "unsigned int", 4, false);
    hg_test_record(target, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_FIELD("x", number, 3, 5)));
    hg_test_seal(target);
    hg_test_expect_findings(
        read, target, HG_CORE_AYA,
        "byte_offset struct s.x: refused: aya panics where just one of the two is a bit-field\n");
    hg_test_finish(read, target);
}

/* --- nesting --- */

/* struct s { struct { ... { unsigned x; } } }, so many without a name. */
static struct hg_model *make_nested(unsigned depth)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id number = hg_test_int(model, "unsigned int", 4, false);
    hg_type_id inner =
        hg_test_record(model, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", number, 0)));
    while (depth-- > 1)
        inner = hg_test_record(model, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER(NULL, inner, 0)));
    hg_test_record(model, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER(NULL, inner, 0)));
    hg_test_seal(model);
    return model;
}

/* libbpf counts the numbers on the way to the member, aya those of the member once it is found. */
static void test_nesting(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "s", STRUCT, 1, 4);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 0);
    ask(&object, type, "0:0", HG_CORE_BYTE_OFFSET, 0);
    hg_test_insn(&object, EXIT, 0, 0, 0, 0);
    struct hg_core_object *read = hg_test_object_read(&object);
    for (unsigned depth = 62; depth <= 63; depth++) {
        struct hg_model *target = make_nested(depth);
        hg_test_expect_findings(read, target, HG_CORE_LIBBPF,
                                depth == 62 ? "byte_offset struct s.x: 0\n"
                                            : "byte_offset struct s.x: refused: the target's types "
                                              "are nested too deep for the loader\n");
        hg_test_expect_findings(read, target, HG_CORE_AYA, "byte_offset struct s.x: 0\n");
        hg_model_destroy(target);
    }
    hg_core_destroy(read);
}

/* --- cilium/ebpf --- */

/* struct s { unsigned x, y; } as the program has it, x and y asked for, x by a load. */
static struct hg_core_object *asks_for_two(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "s", STRUCT, 2, 8);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 0);
    hg_test_blob_member(&object.btf, "y", HG_TEST_U32, 32);
    hg_test_insn(&object, LDX_W, 1, 0, 0, 0);
    hg_test_relocation(&object, 0, type, "0:0", HG_CORE_BYTE_OFFSET);
    ask(&object, type, "0:1", HG_CORE_BYTE_OFFSET, 4);
    hg_test_insn(&object, EXIT, 0, 0, 0, 0);
    return hg_test_object_read(&object);
}

/* The type of that name that matches most relocations is taken; libbpf requires both to agree about x. */
static void test_scores(void)
{
    struct hg_core_object *read = asks_for_two();
    struct hg_model *target = hg_test_model_create();
    hg_type_id number = hg_test_int(target, "unsigned int", 4, false);
    hg_test_record(target, HG_STRUCT, "s", 8, 4, HG_MEMBERS(HG_MEMBER("x", number, 32)));
    hg_test_record(target, HG_STRUCT, "s___2", 16, 4,
                   HG_MEMBERS(HG_MEMBER("x", number, 64), HG_MEMBER("y", number, 96)));
    hg_test_seal(target);
    hg_test_expect_findings(read, target, HG_CORE_LIBBPF,
                            "byte_offset struct s.x: ambiguous: more than one type matches it, "
                            "and they differ: struct 's' gives 4 at byte 4, struct 's___2' gives 8 "
                            "at byte 8\n"
                            "byte_offset struct s.y: 12\n");
    hg_test_expect_findings(read, target, HG_CORE_CILIUM,
                            "byte_offset struct s.x: 8\nbyte_offset struct s.y: 12\n");
    hg_test_finish(read, target);
}

/* A load stays as it is, and so does one of a bit-field that reaches beyond its type. */
static void test_loads(void)
{
    struct hg_core_object *read = asks_for_two();
    struct hg_model *target = hg_test_model_create();
    hg_type_id number = hg_test_int(target, "unsigned int", 4, false);
    hg_type_id large = hg_test_int(target, "unsigned long", 8, false);
    hg_test_record(target, HG_STRUCT, "s", 16, 8,
                   HG_MEMBERS(HG_MEMBER("x", large, 0), HG_FIELD("y", number, 84, 20)));
    hg_test_seal(target);
    hg_test_expect_findings(
        read, target, HG_CORE_CILIUM,
        "byte_offset struct s.x: wrong: it has another size there, and cilium/ebpf leaves the load "
        "as it is, and the program would go wrong\n"
        "byte_offset struct s.y: wrong: its bit-field reaches beyond one value of its type, and "
        "cilium/ebpf has the program read no more than that, and the program would go wrong\n");
    hg_test_finish(read, target);
}

static void test_cilium_missing(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "absent", STRUCT, 1, 4);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 0);
    ask(&object, type, "0", HG_CORE_TYPE_EXISTS, 1);
    ask(&object, type, "0", HG_CORE_TYPE_SIZE, 4);
    ask(&object, type, "0", HG_CORE_TYPE_MATCHES, 1);
    hg_test_insn(&object, EXIT, 0, 0, 0, 0);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = hg_test_model_create();
    hg_test_int(target, "unsigned int", 4, false);
    hg_test_seal(target);
    hg_test_expect_findings(read, target, HG_CORE_CILIUM,
                            "type_exists struct absent: 0\n"
                            "type_size struct absent: missing: there is no struct 'absent'\n"
                            "type_matches struct absent: 0\n");
    hg_test_finish(read, target);
}

void hg_test_core_loaders(void)
{
    CU_pSuite suite = CU_add_suite("core_loaders", NULL, NULL);
    CU_add_test(suite, "arrays of arrays", test_arrays);
    CU_add_test(suite, "bit-fields on one side", test_bit_field_on_one_side);
    CU_add_test(suite, "nesting", test_nesting);
    CU_add_test(suite, "candidates by score", test_scores);
    CU_add_test(suite, "loads that are left as they are", test_loads);
    CU_add_test(suite, "types that are not there", test_cilium_missing);
}
