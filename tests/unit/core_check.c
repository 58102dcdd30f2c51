/*
 * What relocations come to: objects and targets built by hand, and the findings as text,
 *
 *     byte_offset struct s.x: 8
 *     byte_offset struct s.y: missing: struct 's' has no member 'y'
 */
#include "core_blob.h"
#include "helpers.h"
#include "suites.h"

#include <string.h>

enum { MOV = 0xb7, EXIT = 0x95 };

/* The function: a mov of each relocation's value for the program's own types, and exit. */
static void end(struct hg_test_object *object)
{
    hg_test_insn(object, EXIT, 0, 0, 0, 0);
}

/* An instruction that holds value, and its relocation. */
static void ask(struct hg_test_object *object, uint32_t type, const char *access,
                enum hg_core_kind kind, int32_t value)
{
    uint32_t insn = (uint32_t)(object->insns.size / 8);
    hg_test_insn(object, MOV, 1, 0, 0, value);
    hg_test_relocation(object, insn, type, access, kind);
}

/* --- fields --- */

/* struct s { unsigned x; long y[2]; unsigned b : 3; } as type 5 */
enum { ARRAY_Y = HG_TEST_FIRST, S };
static void begin(struct hg_test_object *object)
{
    hg_test_blob_begin(&object->btf);
    hg_test_blob_array(&object->btf, HG_TEST_LONG, HG_TEST_U32, 2);
    hg_test_blob_type(&object->btf, "s", STRUCT, KFLAG | 3, 32);
    hg_test_blob_member(&object->btf, "x", HG_TEST_U32, 0);
    hg_test_blob_member(&object->btf, "y", ARRAY_Y, 64);
    hg_test_blob_member(&object->btf, "b", HG_TEST_U32, 192 | 3u << 24);
}

/* struct s { short b : 5 (from bit 9); struct { long y[4]; }; int x; } */
static struct hg_model *make_s(bool big_endian)
{
    struct hg_model *model = hg_test_model_create();
    struct hg_target target = *hg_model_target(model);
    target.big_endian = big_endian;
    hg_model_set_target(model, &target);
    hg_type_id number = hg_test_int(model, "int", 4, true);
    hg_type_id small = hg_test_int(model, "short int", 2, true);
    hg_type_id large = hg_test_int(model, "long int", 8, true);
    hg_type_id array = hg_test_array(model, large, 4);
    hg_type_id inner =
        hg_test_record(model, HG_STRUCT, NULL, 32, 8, HG_MEMBERS(HG_MEMBER("y", array, 0)));
    hg_test_record(model, HG_STRUCT, "s", 48, 8,
                   HG_MEMBERS(HG_FIELD("b", small, 9, 5), HG_MEMBER(NULL, inner, 64),
                              HG_MEMBER("x", number, 320)));
    hg_test_seal(model);
    return model;
}

static void test_fields(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_test_object object = {.btf.big_endian = big_endian != 0};
        begin(&object);
        ask(&object, S, "0:0", HG_CORE_BYTE_OFFSET, 0);
        ask(&object, S, "0:0", HG_CORE_BYTE_SIZE, 4);
        ask(&object, S, "0:0", HG_CORE_SIGNED, 0);
        ask(&object, S, "1:0", HG_CORE_BYTE_OFFSET, 32);
        ask(&object, S, "0:1", HG_CORE_BYTE_SIZE, 16);
        ask(&object, S, "0:1:1", HG_CORE_BYTE_OFFSET, 16);
        ask(&object, S, "0:1:1", HG_CORE_BYTE_SIZE, 8);
        ask(&object, S, "0:1:1", HG_CORE_FIELD_EXISTS, 1);
        ask(&object, S, "0:2", HG_CORE_BYTE_OFFSET, 24);
        ask(&object, S, "0:2", HG_CORE_BYTE_SIZE, 4);
        ask(&object, S, "0:2", HG_CORE_LSHIFT_U64, 61);
        ask(&object, S, "0:2", HG_CORE_RSHIFT_U64, 61);
        ask(&object, S, "0:2", HG_CORE_SIGNED, 0);
        end(&object);
        struct hg_core_object *read = hg_test_object_read(&object);
        struct hg_model *target = make_s(big_endian != 0);
        /* Two bytes at 0: big-endian 48 + 9, little-endian 64 - (9 + 5). */
        struct hg_text expected = {0};
        hg_text_printf(&expected,
                       "byte_offset struct s.x: 40\nbyte_size struct s.x: 4\n"
                       "signed struct s.x: 1\nbyte_offset struct s[1].x: 88\n"
                       "byte_size struct s.y: 32\nbyte_offset struct s.y[1]: 16\n"
                       "byte_size struct s.y[1]: 8\nfield_exists struct s.y[1]: 1\n"
                       "byte_offset struct s.b: 0\nbyte_size struct s.b: 2\n"
                       "lshift_u64 struct s.b: %d\nrshift_u64 struct s.b: 59\n"
                       "signed struct s.b: 1\n",
                       big_endian != 0 ? 57 : 50);
        hg_test_expect_findings(read, target, HG_CORE_LIBBPF, hg_text_string(&expected));
        hg_test_expect_findings(read, target, HG_CORE_AYA, hg_text_string(&expected));
        hg_text_deinit(&expected);
        hg_test_finish(read, target);
    }
}

static void test_other_order(void)
{
    struct hg_test_object object = {0};
    struct hg_test_log log;
    struct hg_core_findings *report = NULL;
    begin(&object);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = make_s(true);
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_core_check(read, target, HG_CORE_LIBBPF, &log.diagnostics, &report),
                    HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(
        &log, "the object is little-endian and the types are of a big-endian target"));
    hg_test_log_deinit(&log);
    hg_test_finish(read, target);
}

static void test_mismatches(void)
{
    struct hg_test_object object = {0};
    begin(&object);
    ask(&object, S, "0:0", HG_CORE_BYTE_OFFSET, 0);
    ask(&object, S, "0:1", HG_CORE_BYTE_OFFSET, 8);
    ask(&object, S, "0:1:1", HG_CORE_BYTE_OFFSET, 16);
    ask(&object, S, "0:2", HG_CORE_FIELD_EXISTS, 1);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = hg_test_model_create();
    hg_type_id number = hg_test_int(target, "int", 4, true);
    hg_type_id pointer = hg_test_pointer(target, number);
    hg_type_id array = hg_test_array(target, number, 1);
    hg_test_record(target, HG_STRUCT, "s", 24, 8,
                   HG_MEMBERS(HG_MEMBER("x", pointer, 0), HG_MEMBER("y", array, 64),
                              HG_MEMBER("bb", number, 96)));
    hg_test_seal(target);
    hg_test_expect_findings(
        read, target, HG_CORE_LIBBPF,
        "byte_offset struct s.x: missing: member 'x' of struct 's' is 'int *', and 'unsigned "
        "int' in the program, which is another sort of type\n"
        "byte_offset struct s.y: 8\n"
        "byte_offset struct s.y[1]: missing: the array 'int[1]' has no element of that index\n"
        "field_exists struct s.b: 0\n");
    hg_test_finish(read, target);
}

/* --- names --- */

static struct hg_model *with_record(const char *name, uint64_t bit)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id number = hg_test_int(model, "unsigned int", 4, false);
    hg_test_record(model, HG_STRUCT, name, 64, 4, HG_MEMBERS(HG_MEMBER("x", number, bit)));
    hg_test_seal(model);
    return model;
}

static void expect_name(const char *local, const char *target, bool libbpf, bool aya)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, local, STRUCT, 1, 4);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 0);
    ask(&object, type, "0:0", HG_CORE_FIELD_EXISTS, 1);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *model = with_record(target, 32);
    struct hg_text text = {0};
    hg_text_printf(&text, "field_exists struct %s.x: %d\n", local, libbpf);
    hg_test_expect_findings(read, model, HG_CORE_LIBBPF, hg_text_string(&text));
    hg_text_truncate(&text, 0);
    hg_text_printf(&text, "field_exists struct %s.x: %d\n", local, aya);
    hg_test_expect_findings(read, model, HG_CORE_AYA, hg_text_string(&text));
    hg_text_deinit(&text);
    hg_test_finish(read, model);
}

static void test_flavours(void)
{
    expect_name("s", "s", true, true);
    expect_name("s___old", "s", true, true);
    expect_name("s", "s___2", true, true);
    expect_name("s___a", "s___b", true, true);
    expect_name("s", "t", false, false);
    expect_name("s___a___b", "s", false, true);
    expect_name("s___a___b", "s___a", false, true);
    expect_name("s____a", "s", false, true);
    expect_name("s___", "s", false, true);
    expect_name("___s", "___t", false, true);
    expect_name("ss", "s", false, false);
}

static void test_missing_types(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "task_strukt___old", STRUCT, 1, 4);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 0);
    uint32_t forward = hg_test_blob_type(&object.btf, "task_struct", FWD, 0, 0);
    ask(&object, type, "0:0", HG_CORE_BYTE_OFFSET, 0);
    ask(&object, type, "0", HG_CORE_TYPE_EXISTS, 1);
    ask(&object, type, "0", HG_CORE_TYPE_SIZE, 4);
    ask(&object, type, "0", HG_CORE_TYPE_ID_TARGET, 0);
    ask(&object, forward, "0", HG_CORE_TYPE_EXISTS, 1);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = with_record("task_struct", 0);
    static const char why[] =
        "there is no struct 'task_strukt'; did you mean 'struct task_struct'?";
    static const char gives_up[] =
        "there is no such type, and aya gives up on a relocation for its size or id, even a "
        "guarded "
        "one";
    struct hg_text text = {0};
    hg_text_printf(&text,
                   "byte_offset struct task_strukt___old.x: missing: %s\n"
                   "type_exists struct task_strukt___old: 0\n"
                   "type_size struct task_strukt___old: 0\n"
                   "type_id_target struct task_strukt___old: 0\n"
                   "type_exists struct task_struct: 0\n",
                   why);
    hg_test_expect_findings(read, target, HG_CORE_LIBBPF, hg_text_string(&text));
    hg_text_truncate(&text, 0);
    hg_text_printf(&text,
                   "byte_offset struct task_strukt___old.x: missing: %s\n"
                   "type_exists struct task_strukt___old: 0\n"
                   "type_size struct task_strukt___old: refused: %s\n"
                   "type_id_target struct task_strukt___old: refused: %s\n"
                   "type_exists struct task_struct: 0\n",
                   why, gives_up, gives_up);
    hg_test_expect_findings(read, target, HG_CORE_AYA, hg_text_string(&text));
    hg_text_deinit(&text);
    hg_test_finish(read, target);
}

/* --- several candidates --- */

/* Two structs s: x at bit 32 in both, y at 64 in the first, at second_y in the second; z only in
 * the second. */
static struct hg_model *two(uint64_t second_y)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id number = hg_test_int(model, "unsigned int", 4, false);
    hg_test_record(model, HG_STRUCT, "s", 16, 4,
                   HG_MEMBERS(HG_MEMBER("x", number, 32), HG_MEMBER("y", number, 64)));
    hg_test_record(model, HG_STRUCT, "s___2", 32, 4,
                   HG_MEMBERS(HG_MEMBER("x", number, 32), HG_MEMBER("y", number, second_y),
                              HG_MEMBER("z", number, 192)));
    hg_test_seal(model);
    return model;
}

static struct hg_core_object *asks_for(const char *const *members, size_t count)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "s", STRUCT, 4, 16);
    static const char *const names[] = {"x", "y", "z", "first"};
    for (uint32_t i = 0; i < 4; i++)
        hg_test_blob_member(&object.btf, names[i], HG_TEST_U32, 32 * i);
    for (size_t i = 0; i < count; i++) {
        char access[] = "0:0";
        for (int m = 0; m < 4; m++)
            if (strcmp(members[i], names[m]) == 0)
                access[2] = (char)('0' + m);
        ask(&object, type, access, HG_CORE_BYTE_OFFSET, 4 * (access[2] - '0'));
    }
    end(&object);
    return hg_test_object_read(&object);
}

static void test_ambiguity(void)
{
    static const char *const members[] = {"x", "y"};
    struct hg_core_object *object = asks_for(members, 2);
    struct hg_model *target = two(64);
    hg_test_expect_findings(object, target, HG_CORE_LIBBPF,
                            "byte_offset struct s.x: 4\nbyte_offset struct s.y: 8\n");
    hg_model_destroy(target);
    target = two(96);
    static const char expected[] =
        "byte_offset struct s.x: 4\n"
        "byte_offset struct s.y: ambiguous: more than one type matches it, and they differ: "
        "struct 's' gives 8 at byte 8, struct 's___2' gives 12 at byte 12\n";
    hg_test_expect_findings(object, target, HG_CORE_LIBBPF, expected);
    hg_test_expect_findings(object, target, HG_CORE_AYA, expected);
    hg_test_finish(object, target);
}

/* libbpf forgets what did not match: after z, only the second is left. */
static void test_forgotten(void)
{
    static const char *const members[] = {"z", "y"};
    struct hg_core_object *object = asks_for(members, 2);
    struct hg_model *target = two(96);
    hg_test_expect_findings(object, target, HG_CORE_LIBBPF,
                            "byte_offset struct s.z: 24\nbyte_offset struct s.y: 12\n");
    hg_test_expect_findings(
        object, target, HG_CORE_AYA,
        "byte_offset struct s.z: 24\n"
        "byte_offset struct s.y: ambiguous: more than one type matches it, and they differ: "
        "struct 's' gives 8 at byte 8, struct 's___2' gives 12 at byte 12\n");
    hg_test_finish(object, target);
}

/* --- enums --- */

#define NO_ENUM                                                                                    \
    "there is no enum 'e' of the same sort: BTF has enums with values of 32 and of 64 bits, and "  \
    "aya does not take one for the other"

static void test_enums(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "e___mine", ENUM, 3, 4);
    hg_test_blob_pair(&object.btf, "HIGH", 1);
    hg_test_blob_pair(&object.btf, "LOW___mine", 2);
    hg_test_blob_pair(&object.btf, "GONE", 3);
    ask(&object, type, "0", HG_CORE_ENUMVAL_VALUE, 1);
    ask(&object, type, "1", HG_CORE_ENUMVAL_VALUE, 2);
    ask(&object, type, "2", HG_CORE_ENUMVAL_VALUE, 3);
    ask(&object, type, "2", HG_CORE_ENUMVAL_EXISTS, 1);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = hg_test_model_create();
    const struct hg_enumerator values[] = {{"LOW", 9}, {"HIGH", 0x80000000}, {"GONE_AWAY", 3}};
    hg_test_enum(target, "e", 4, false, values, 3);
    hg_test_seal(target);
    hg_test_expect_findings(
        read, target, HG_CORE_LIBBPF,
        "enumval_value enum e___mine::HIGH: -2147483648\n"
        "enumval_value enum e___mine::LOW___mine: 9\n"
        "enumval_value enum e___mine::GONE: missing: enum 'e' has no enumerator 'GONE'; did you "
        "mean 'GONE_AWAY'?\n"
        "enumval_exists enum e___mine::GONE: 0\n");
    hg_test_expect_findings(
        read, target, HG_CORE_AYA,
        "enumval_value enum e___mine::HIGH: 2147483648\n"
        "enumval_value enum e___mine::LOW___mine: 9\n"
        "enumval_value enum e___mine::GONE: missing: enum 'e' has no enumerator 'GONE'; did you "
        "mean 'GONE_AWAY'?\n"
        "enumval_exists enum e___mine::GONE: 0\n");
    hg_model_destroy(target);

    /* With a value of 64 bits it is an ENUM64: for libbpf the same, for aya another kind. */
    target = hg_test_model_create();
    const struct hg_enumerator wide[] = {{"LOW", 9}, {"HIGH", 0x180000000}, {"GONE", 3}};
    hg_test_enum(target, "e", 8, false, wide, 3);
    hg_test_seal(target);
    hg_test_expect_findings(
        read, target, HG_CORE_LIBBPF,
        "enumval_value enum e___mine::HIGH: 6442450944\n"
        "enumval_value enum e___mine::LOW___mine: 9\n"
        "enumval_value enum e___mine::GONE: 3\nenumval_exists enum e___mine::GONE: 1\n");
    hg_test_expect_findings(read, target, HG_CORE_AYA,
                            "enumval_value enum e___mine::HIGH: missing: " NO_ENUM
                            "\n"
                            "enumval_value enum e___mine::LOW___mine: missing: " NO_ENUM
                            "\n"
                            "enumval_value enum e___mine::GONE: missing: " NO_ENUM
                            "\n"
                            "enumval_exists enum e___mine::GONE: 0\n");
    hg_test_finish(read, target);
}

/* --- types --- */

static void test_types(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t real = hg_test_blob_type(&object.btf, "double", FLOAT, 0, 8);
    uint32_t real_t = hg_test_blob_type(&object.btf, "real_t", TYPEDEF, 0, real);
    uint32_t pair = hg_test_blob_type(&object.btf, "pair", STRUCT, 1, 8);
    hg_test_blob_member(&object.btf, "second", HG_TEST_U32, 32);
    uint32_t qualified = hg_test_blob_type(&object.btf, "", CONST, 0, pair);
    uint32_t nameless = hg_test_blob_type(&object.btf, "", STRUCT, 1, 4);
    hg_test_blob_member(&object.btf, "first", HG_TEST_U32, 0);
    ask(&object, real_t, "0", HG_CORE_TYPE_EXISTS, 1);
    ask(&object, pair, "0", HG_CORE_TYPE_MATCHES, 1);
    ask(&object, pair, "0", HG_CORE_TYPE_SIZE, 8);
    ask(&object, qualified, "0", HG_CORE_TYPE_EXISTS, 1);
    ask(&object, qualified, "0", HG_CORE_TYPE_ID_LOCAL, 0);
    ask(&object, nameless, "0:0", HG_CORE_FIELD_EXISTS, 1);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = hg_test_model_create();
    hg_type_id number = hg_test_int(target, "unsigned int", 4, false);
    hg_type_id target_real =
        hg_model_intern(target, &(struct hg_type){.kind = HG_FLOAT,
                                                  .complete = true,
                                                  .name = hg_model_string(target, "double", 6),
                                                  .size = 8});
    hg_test_typedef(target, "real_t", target_real);
    hg_test_record(target, HG_STRUCT, "pair", 12, 4,
                   HG_MEMBERS(HG_MEMBER("first", number, 0), HG_MEMBER("second", number, 32)));
    hg_test_record(target, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("first", number, 0)));
    hg_test_seal(target);
    hg_test_expect_findings(
        read, target, HG_CORE_LIBBPF,
        "type_exists typedef real_t: 0\n"
        "type_matches struct pair: 1\n"
        "type_size struct pair: 12\n"
        "type_exists type 7: refused: it is about a qualified type, or none, and loaders look "
        "types up by name\n"
        "type_id_local type 7: 7\n"
        "field_exists struct (anonymous).first: refused: it is about a type without a name, and "
        "libbpf looks types up by name\n");
    hg_test_expect_findings(
        read, target, HG_CORE_AYA,
        "type_exists typedef real_t: 1\n"
        "type_matches struct pair: refused: aya does not know this kind, and reads none of the "
        "object's relocations\n"
        "type_size struct pair: 12\n"
        "type_exists type 7: refused: it is about a qualified type, or none, and loaders look "
        "types up by name\n"
        "type_id_local type 7: 7\n"
        "field_exists struct (anonymous).first: 1\n");
    hg_test_finish(read, target);
}

/* --- arrays without a size --- */

static void test_flexible(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t array = hg_test_blob_array(&object.btf, HG_TEST_U32, HG_TEST_U32, 0);
    uint32_t type = hg_test_blob_type(&object.btf, "s", STRUCT, 2, 4);
    hg_test_blob_member(&object.btf, "n", HG_TEST_U32, 0);
    hg_test_blob_member(&object.btf, "last", array, 32);
    ask(&object, type, "0:1:5", HG_CORE_BYTE_OFFSET, 24);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    for (int is_last = 0; is_last < 2; is_last++) {
        struct hg_model *target = hg_test_model_create();
        hg_type_id number = hg_test_int(target, "unsigned int", 4, false);
        hg_type_id empty = hg_test_array(target, number, 0);
        hg_test_record(
            target, HG_STRUCT, "s", 12, 4,
            HG_MEMBERS(HG_MEMBER(is_last != 0 ? "n" : "last", is_last != 0 ? number : empty, 0),
                       HG_MEMBER(is_last != 0 ? "last" : "n", is_last != 0 ? empty : number, 64)));
        hg_test_seal(target);
        hg_test_expect_findings(
            read, target, HG_CORE_LIBBPF,
            is_last != 0 ? "byte_offset struct s.last[5]: 28\n"
                         : "byte_offset struct s.last[5]: missing: the array 'unsigned int[0]' "
                           "has no element of that index\n");
        hg_test_expect_findings(
            read, target, HG_CORE_AYA,
            "byte_offset struct s.last[5]: refused: aya takes an element of the program's own "
            "flexible array for out of bounds\n");
        hg_model_destroy(target);
    }
    hg_core_destroy(read);
}

/* --- reports --- */

static void test_reports(void)
{
    struct hg_test_object object = {.line = 12};
    begin(&object);
    ask(&object, S, "0:0", HG_CORE_BYTE_OFFSET, 0);
    ask(&object, S, "0:1", HG_CORE_FIELD_EXISTS, 1);
    ask(&object, S, "0", HG_CORE_TYPE_MATCHES, 1);
    end(&object);
    struct hg_core_object *read = hg_test_object_read(&object);
    struct hg_model *target = make_s(false);
    struct hg_core_findings *libbpf = NULL;
    struct hg_core_findings *aya = NULL;
    CU_ASSERT_EQUAL(hg_core_check(read, target, HG_CORE_LIBBPF, NULL, &libbpf), HG_OK);
    CU_ASSERT_EQUAL(hg_core_check(read, target, HG_CORE_AYA, NULL, &aya), HG_OK);
    struct hg_core_views views = {.libbpf = libbpf, .aya = aya};
    struct hg_output output = {0};
    hg_core_write_text(&views, 1, &output);
    CU_ASSERT(hg_test_same(
        output.data,
        "t.o\n"
        "  prog, in tp/test\n"
        "       0  byte_offset     struct s.x  40                test.bpf.c:12\n"
        "       1  field_exists    struct s.y  1 (yes)           test.bpf.c:12\n"
        "       2  type_matches    struct s    0 (no)            test.bpf.c:12\n"
        "          but aya: refused: aya does not know this kind, and reads none of the object's "
        "relocations\n"
        "\n"
        "libbpf: 3 relocations: 3 resolved\n"
        "aya: 3 relocations: 2 resolved, 1 refused\n"
        "The loader would give up on the object because of prog.\n"));
    hg_output_deinit(&output);
    hg_core_write_json(&views, 1, &output);
    CU_ASSERT(hg_test_same(
        output.data,
        "{\n  \"hdrgen_check\": 1,\n  \"objects\": [\n"
        "    {\"file\": \"t.o\", \"relocations\": [\n"
        "      {\"program\": \"prog\", \"section\": \"tp/test\", \"insn\": 0, \"kind\": "
        "\"byte_offset\", \"access\": \"struct s.x\", \"source\": \"test.bpf.c:12\", \"result\": "
        "\"resolved\", \"value\": 40, \"aya\": {\"result\": \"resolved\", \"value\": 40}},\n"
        "      {\"program\": \"prog\", \"section\": \"tp/test\", \"insn\": 1, \"kind\": "
        "\"field_exists\", \"access\": \"struct s.y\", \"source\": \"test.bpf.c:12\", \"result\": "
        "\"resolved\", \"value\": 1, \"aya\": {\"result\": \"resolved\", \"value\": 1}},\n"
        "      {\"program\": \"prog\", \"section\": \"tp/test\", \"insn\": 2, \"kind\": "
        "\"type_matches\", \"access\": \"struct s\", \"source\": \"test.bpf.c:12\", \"result\": "
        "\"resolved\", \"value\": 0, \"aya\": {\"result\": \"refused\", \"why\": \"aya does not "
        "know this kind, and reads none of the object's relocations\"}}\n"
        "    ]}\n  ]\n}\n"));
    hg_output_deinit(&output);
    hg_core_findings_destroy(libbpf);
    hg_core_findings_destroy(aya);
    hg_test_finish(read, target);
}

void hg_test_core_check(void)
{
    CU_pSuite suite = CU_add_suite("core_check", NULL, NULL);
    CU_add_test(suite, "fields, elements, bit-fields", test_fields);
    CU_add_test(suite, "objects of the other byte order", test_other_order);
    CU_add_test(suite, "members that are something else", test_mismatches);
    CU_add_test(suite, "flavours", test_flavours);
    CU_add_test(suite, "types that are not there", test_missing_types);
    CU_add_test(suite, "candidates that differ", test_ambiguity);
    CU_add_test(suite, "candidates that are forgotten", test_forgotten);
    CU_add_test(suite, "enumerators", test_enums);
    CU_add_test(suite, "whole types", test_types);
    CU_add_test(suite, "arrays without a size", test_flexible);
    CU_add_test(suite, "reports", test_reports);
}
