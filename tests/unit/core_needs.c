/*
 * What objects need: names, and models cut down.
 */
#include "core_blob.h"
#include "helpers.h"
#include "model/describe.h"
#include "suites.h"

#include <string.h>

enum { MOV = 0xb7 };

static void ask(struct hg_test_object *object, uint32_t type, const char *access,
                enum hg_core_kind kind, int32_t value)
{
    uint32_t insn = (uint32_t)(object->insns.size / 8);
    hg_test_insn(object, MOV, 1, 0, 0, value);
    hg_test_relocation(object, insn, type, access, kind);
}

static void expect_names(struct hg_core_names *names, const char *expected)
{
    struct hg_text text = {0};
    for (size_t i = 0; names != NULL && i < names->count; i++)
        hg_text_printf(&text, "%s\n", names->names[i]);
    CU_ASSERT(hg_test_same(hg_text_string(&text), expected));
    hg_text_deinit(&text);
    hg_core_names_destroy(names);
}

/* The dump behind the line of the target. */
static void expect_dump(const struct hg_model *model, const char *expected)
{
    struct hg_text text = {0};
    if (model == NULL)
        return;
    hg_model_dump(&text, model);
    const char *rest = strstr(hg_text_string(&text), "#1 ");
    CU_ASSERT(hg_test_same(rest == NULL ? "" : rest, expected));
    hg_text_deinit(&text);
}

/* struct task___mine { struct task *next; unsigned flags; }, enum e, typedef num; reads of all. */
static struct hg_core_object *make_object(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t task = object.btf.count + 2;
    uint32_t pointer = hg_test_blob_type(&object.btf, "", PTR, 0, task);
    hg_test_blob_type(&object.btf, "task___mine", STRUCT, 3, 24);
    hg_test_blob_member(&object.btf, "next", pointer, 0);
    hg_test_blob_member(&object.btf, "flags", HG_TEST_U32, 64);
    hg_test_blob_member(&object.btf, "gone", HG_TEST_U32, 96);
    uint32_t letters = hg_test_blob_type(&object.btf, "e", ENUM, 1, 4);
    hg_test_blob_pair(&object.btf, "A", 0);
    uint32_t number = hg_test_blob_type(&object.btf, "num", TYPEDEF, 0, HG_TEST_U32);
    ask(&object, task, "0:0", HG_CORE_BYTE_OFFSET, 0);
    ask(&object, task, "0:1", HG_CORE_BYTE_OFFSET, 8);
    ask(&object, letters, "0", HG_CORE_ENUMVAL_VALUE, 0);
    ask(&object, number, "0", HG_CORE_TYPE_SIZE, 4);
    ask(&object, task, "0:2", HG_CORE_FIELD_EXISTS, 1);
    ask(&object, HG_TEST_U32, "0", HG_CORE_TYPE_EXISTS, 1);
    hg_test_insn(&object, 0x95, 0, 0, 0, 0);
    return hg_test_object_read(&object);
}

static struct hg_model *make_target(void)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id number = hg_test_int(model, "unsigned int", 4, false);
    hg_type_id task = hg_model_declare(model);
    hg_type_id pointer = hg_test_pointer(model, task);
    hg_type_id other =
        hg_test_record(model, HG_STRUCT, "other", 4, 4, HG_MEMBERS(HG_MEMBER("x", number, 0)));
    hg_type_id to_other = hg_test_pointer(model, other);
    hg_test_define_record(
        model, task, HG_STRUCT, "task", 40, 8,
        HG_MEMBERS(HG_MEMBER("before", to_other, 0), HG_MEMBER("flags", number, 64),
                   HG_MEMBER("next", pointer, 128), HG_MEMBER("behind", other, 192)));
    const struct hg_enumerator values[] = {{"A", 5}, {"B", 6}};
    hg_test_enum(model, "e", 4, false, values, 2);
    hg_test_typedef(model, "num", number);
    hg_test_typedef(model, "unused", number);
    hg_test_seal(model);
    return model;
}

static void test_names(void)
{
    struct hg_core_object *object = make_object();
    struct hg_core_names *names = NULL;
    const struct hg_core_object *objects[] = {object, object};
    hg_core_wanted_names(objects, 2, &names);
    expect_names(names, "struct task\nenum e\ntypedef num\n");
    struct hg_model *target = make_target();
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_core_found_names(objects, 2, target, NULL, &log.diagnostics, &names), HG_OK);
    expect_names(names, "struct task\nenum e\ntypedef num\n");
    CU_ASSERT(hg_test_same(hg_text_string(&log.text), ""));
    hg_test_log_deinit(&log);
    hg_model_destroy(target);
    hg_core_destroy(object);
}

static void test_trim(void)
{
    struct hg_core_object *object = make_object();
    const struct hg_core_object *objects[] = {object};
    struct hg_model *target = make_target();
    struct hg_model *trimmed = NULL;
    CU_ASSERT_EQUAL(hg_core_trim(objects, 1, target, NULL, NULL, &trimmed), HG_OK);
    expect_dump(trimmed,
                "#1 int \"unsigned int\" unsigned size=4 align=4\n"
                "#2 struct task size=40 align=8\n"
                "    flags bit=64 -> #1 unsigned int\n"
                "    next bit=128 -> #3 struct task *\n"
                "#3 pointer size=8 align=8 -> #2 struct task\n"
                "#4 enum e unsigned size=4 align=4\n"
                "    A = 5\n"
                "    B = 6\n"
                "#5 typedef num -> #1 unsigned int\n");
    hg_model_destroy(trimmed);
    hg_model_destroy(target);
    hg_core_destroy(object);
}

/* A pointer to what nothing else needs is one to nothing. */
static void test_trim_pointer(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t pointer = hg_test_blob_type(&object.btf, "", PTR, 0, 0);
    uint32_t task = hg_test_blob_type(&object.btf, "task", STRUCT, 1, 8);
    hg_test_blob_member(&object.btf, "before", pointer, 0);
    ask(&object, task, "0:0", HG_CORE_BYTE_OFFSET, 0);
    hg_test_insn(&object, 0x95, 0, 0, 0, 0);
    struct hg_core_object *read = hg_test_object_read(&object);
    const struct hg_core_object *objects[] = {read};
    struct hg_model *target = make_target();
    struct hg_model *trimmed = NULL;
    CU_ASSERT_EQUAL(hg_core_trim(objects, 1, target, NULL, NULL, &trimmed), HG_OK);
    expect_dump(trimmed,
                "#1 struct task size=40 align=8\n"
                "    before bit=0 -> #2 void *\n"
                "#2 pointer size=8 align=8 -> #0 void\n");
    hg_model_destroy(trimmed);
    hg_model_destroy(target);
    hg_core_destroy(read);
}

/* s has x; s___2 has x and z.  With the first alone for x, libbpf would forget the second, and z.
 */
static void test_trim_namesakes(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t type = hg_test_blob_type(&object.btf, "s", STRUCT, 2, 8);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 0);
    hg_test_blob_member(&object.btf, "z", HG_TEST_U32, 32);
    ask(&object, type, "0:0", HG_CORE_BYTE_OFFSET, 0);
    ask(&object, type, "0:1", HG_CORE_BYTE_OFFSET, 4);
    hg_test_insn(&object, 0x95, 0, 0, 0, 0);
    struct hg_core_object *read = hg_test_object_read(&object);
    const struct hg_core_object *objects[] = {read};
    struct hg_model *target = hg_test_model_create();
    hg_type_id number = hg_test_int(target, "unsigned int", 4, false);
    hg_test_record(target, HG_STRUCT, "s", 8, 4, HG_MEMBERS(HG_MEMBER("x", number, 32)));
    hg_test_record(target, HG_STRUCT, "s___2", 16, 4,
                   HG_MEMBERS(HG_MEMBER("x", number, 32), HG_MEMBER("z", number, 64)));
    hg_test_seal(target);
    struct hg_model *trimmed = NULL;
    CU_ASSERT_EQUAL(hg_core_trim(objects, 1, target, NULL, NULL, &trimmed), HG_OK);
    expect_dump(trimmed,
                "#1 int \"unsigned int\" unsigned size=4 align=4\n"
                "#2 struct s size=8 align=4\n"
                "    x bit=32 -> #1 unsigned int\n"
                "#3 struct s___2 size=16 align=4\n"
                "    x bit=32 -> #1 unsigned int\n"
                "    z bit=64 -> #1 unsigned int\n");
    hg_model_destroy(trimmed);
    hg_model_destroy(target);
    hg_core_destroy(read);
}

static void test_complaints(void)
{
    struct hg_test_object object = {0};
    hg_test_blob_begin(&object.btf);
    uint32_t task = hg_test_blob_type(&object.btf, "task", STRUCT, 1, 8);
    hg_test_blob_member(&object.btf, "gone", HG_TEST_U32, 0);
    uint32_t nameless = hg_test_blob_type(&object.btf, "", STRUCT, 1, 8);
    hg_test_blob_member(&object.btf, "x", HG_TEST_U32, 0);
    ask(&object, task, "0:0", HG_CORE_BYTE_OFFSET, 0);
    ask(&object, nameless, "0:0", HG_CORE_BYTE_OFFSET, 0);
    hg_test_insn(&object, 0x95, 0, 0, 0, 0);
    struct hg_core_object *read = hg_test_object_read(&object);
    const struct hg_core_object *objects[] = {read};
    struct hg_model *target = make_target();
    struct hg_model *trimmed = NULL;
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_core_trim(objects, 1, target, NULL, &log.diagnostics, &trimmed),
                    HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&log,
                               "error: t.o: nothing there for struct task.gone (prog, "
                               "instruction 0): struct 'task' has no member 'gone'"));
    CU_ASSERT(hg_test_reported(&log,
                               "error: t.o: a loader would not take struct (anonymous).x "
                               "(prog, instruction 1): it is about a type without a name"));
    CU_ASSERT_PTR_NULL(trimmed);
    hg_test_log_deinit(&log);
    hg_model_destroy(target);
    hg_core_destroy(read);
}

void hg_test_core_needs(void)
{
    CU_pSuite suite = CU_add_suite("core_needs", NULL, NULL);
    CU_add_test(suite, "names", test_names);
    CU_add_test(suite, "cut down to what is needed", test_trim);
    CU_add_test(suite, "pointers to what is not needed", test_trim_pointer);
    CU_add_test(suite, "all of several candidates, where they are needed", test_trim_namesakes);
    CU_add_test(suite, "what resolves to nothing", test_complaints);
}
