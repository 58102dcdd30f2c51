/* The model: declaring, defining, interning, sealing, and the walker. */
#include "helpers.h"
#include "model/walk.h"
#include "suites.h"

#include <string.h>

static void test_empty(void)
{
    struct hg_model *m = hg_test_model_create();
    CU_ASSERT_EQUAL(hg_model_type_count(m), 1);
    CU_ASSERT_EQUAL(hg_model_type(m, HG_VOID_ID)->kind, HG_VOID);
    CU_ASSERT_STRING_EQUAL(hg_model_target(m)->triple, "x86_64-unknown-linux-gnu");
    hg_test_seal(m);
    hg_model_destroy(m);
    hg_model_destroy(hg_model_create()); /* half-built */
    hg_model_destroy(NULL);
}

static void test_declare_then_define(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id list = hg_model_declare(m);
    hg_type_id pointer = hg_test_pointer(m, list);
    hg_test_define_record(m, list, HG_STRUCT, "list", 8, 8,
                          HG_MEMBERS(HG_MEMBER("next", pointer, 0)));
    hg_test_seal(m);
    CU_ASSERT_EQUAL(list, 1);
    CU_ASSERT_STRING_EQUAL(hg_model_type(m, list)->name, "list");
    CU_ASSERT_EQUAL(hg_model_type(m, list)->members[0].type.id, pointer);
    CU_ASSERT_EQUAL(hg_model_type(m, pointer)->ref.id, list);
    hg_model_destroy(m);
}

static void test_interning(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    CU_ASSERT_EQUAL(hg_test_int(m, "int", 4, true), i);
    CU_ASSERT_NOT_EQUAL(hg_test_int(m, "long", 4, true), i);
    CU_ASSERT_NOT_EQUAL(hg_test_int(m, "int", 4, false), i);
    hg_type_id p = hg_test_pointer(m, i);
    CU_ASSERT_EQUAL(hg_test_pointer(m, i), p);
    CU_ASSERT_NOT_EQUAL(hg_test_pointer(m, p), p);
    CU_ASSERT_EQUAL(hg_test_array(m, i, 3), hg_test_array(m, i, 3));
    CU_ASSERT_NOT_EQUAL(hg_test_array(m, i, 3), hg_test_array(m, i, 4));

    struct hg_type pointer = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    pointer.ref = (struct hg_ref){.id = i, .qualifiers = HG_CONST};
    hg_type_id to_const = hg_model_intern(m, &pointer);
    CU_ASSERT_NOT_EQUAL(to_const, p);
    const char *user[] = {"user"};
    pointer.ref.tags = hg_model_tags(m, user, 1);
    hg_type_id tagged = hg_model_intern(m, &pointer);
    CU_ASSERT_NOT_EQUAL(tagged, to_const);
    pointer.ref.tags = hg_model_tags(m, user, 1);
    CU_ASSERT_EQUAL(hg_model_intern(m, &pointer), tagged);
    CU_ASSERT_PTR_NULL(hg_model_tags(m, user, 0));
    hg_test_seal(m);
    CU_ASSERT_STRING_EQUAL(hg_model_type(m, tagged)->ref.tags->names[0], "user");
    hg_model_destroy(m);
}

static void test_interning_prototypes(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    struct hg_parameter parameters[] = {{.name = hg_model_string(m, "a", 1), .type.id = i},
                                        {.type.id = i}};
    hg_type_id f = hg_test_function(m, i, parameters, 2);
    CU_ASSERT_EQUAL(hg_test_function(m, i, parameters, 2), f);
    CU_ASSERT_NOT_EQUAL(hg_test_function(m, i, parameters, 1), f);
    CU_ASSERT_NOT_EQUAL(hg_test_function(m, HG_VOID_ID, parameters, 2), f);
    parameters[0].name = NULL; /* f has its own copy */
    CU_ASSERT_NOT_EQUAL(hg_test_function(m, i, parameters, 2), f);
    CU_ASSERT_STRING_EQUAL(hg_model_type(m, f)->parameters[0].name, "a");
    hg_test_seal(m);
    hg_model_destroy(m);
}

static void test_strings(void)
{
    struct hg_model *m = hg_test_model_create();
    char buffer[] = "name and more";
    const char *name = hg_model_string(m, buffer, 4);
    CU_ASSERT_PTR_EQUAL(hg_model_string(m, "name", 4), name);
    buffer[0] = 'X';
    hg_test_seal(m);
    CU_ASSERT_STRING_EQUAL(name, "name"); /* lives on after sealing */
    hg_model_destroy(m);
}

static void test_inputs_and_files(void)
{
    struct hg_model *m = hg_test_model_create();
    char name[] = "linux/sched.h";
    hg_model_add_input(m, name, 42);
    hg_model_add_file(m, name);
    hg_model_add_file(m, "other.h");
    name[0] = 'X';
    hg_test_seal(m);
    size_t count;
    const struct hg_input *inputs = hg_model_inputs(m, &count);
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_STRING_EQUAL(inputs[0].name, "linux/sched.h");
    CU_ASSERT_EQUAL(inputs[0].hash, 42);
    const char *const *files = hg_model_files(m, &count);
    CU_ASSERT_EQUAL(count, 2);
    CU_ASSERT_STRING_EQUAL(files[0], "linux/sched.h");
    CU_ASSERT_STRING_EQUAL(files[1], "other.h");
    hg_model_destroy(m);
}

static void test_sealing_verifies(void)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_model *m = hg_test_model_create();
    hg_test_record(m, HG_STRUCT, "s", 6, 4, NULL, 0);
    CU_ASSERT_EQUAL(hg_model_seal(m, &log.diagnostics), HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&log, "struct 's' (type 1): size 6 is no multiple"));
    hg_model_destroy(m);
    hg_test_log_deinit(&log);
}

static void test_walker(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id p = hg_test_pointer(m, i);
    struct hg_parameter parameters[] = {{.type.id = i}, {.type.id = p}};
    hg_type_id f = hg_test_function(m, HG_VOID_ID, parameters, 2);
    hg_type_id s = hg_test_record(m, HG_STRUCT, "s", 16, 8,
                                  HG_MEMBERS(HG_MEMBER("p", p, 0), HG_MEMBER("i", i, 64)));
    hg_type_id t = hg_test_typedef(m, "t", s);
    hg_type_id a = hg_test_array(m, s, 2);
    hg_type_id e = hg_test_enum(m, "e", 4, false, NULL, 0);
    static const hg_type_id none[3] = {0};
    const struct {
        hg_type_id id;
        enum hg_hold hold;
        size_t count;
        hg_type_id to[3];
    } cases[] = {
        {HG_VOID_ID, HG_BY_VALUE, 0, {0}},
        {i, HG_BY_VALUE, 0, {0}},
        {e, HG_BY_VALUE, 0, {0}},
        {p, HG_BY_POINTER, 1, {i}},
        {f, HG_BY_CALL, 3, {HG_VOID_ID, i, p}},
        {s, HG_BY_VALUE, 2, {p, i}},
        {t, HG_BY_VALUE, 1, {s}},
        {a, HG_BY_VALUE, 1, {s}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct hg_type *type = hg_model_type(m, cases[k].id);
        CU_ASSERT_EQUAL_FATAL(hg_reference_count(type), cases[k].count);
        CU_ASSERT_EQUAL(hg_reference_hold(type), cases[k].hold);
        hg_type_id found[3] = {0};
        for (size_t r = 0; r < cases[k].count; r++)
            found[r] = hg_reference(type, r)->id;
        CU_ASSERT_EQUAL(memcmp(found, cases[k].count == 0 ? none : cases[k].to, sizeof found), 0);
    }
    hg_test_seal(m);
    hg_model_destroy(m);
}

static void test_kind_names(void)
{
    static const char *const names[] = {
        [HG_VOID] = "void",     [HG_BOOL] = "bool",       [HG_INT] = "int",
        [HG_CHAR] = "char",     [HG_FLOAT] = "float",     [HG_POINTER] = "pointer",
        [HG_ARRAY] = "array",   [HG_STRUCT] = "struct",   [HG_UNION] = "union",
        [HG_ENUM] = "enum",     [HG_TYPEDEF] = "typedef", [HG_FUNCTION] = "function",
        [HG_OPAQUE] = "opaque",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CU_ASSERT_STRING_EQUAL(hg_kind_name((enum hg_kind)i), names[i]);
}

void hg_test_model(void)
{
    CU_pSuite suite = CU_add_suite("model", NULL, NULL);
    CU_add_test(suite, "empty", test_empty);
    CU_add_test(suite, "declare, then define", test_declare_then_define);
    CU_add_test(suite, "interning", test_interning);
    CU_add_test(suite, "interning prototypes", test_interning_prototypes);
    CU_add_test(suite, "strings", test_strings);
    CU_add_test(suite, "inputs and files", test_inputs_and_files);
    CU_add_test(suite, "sealing verifies", test_sealing_verifies);
    CU_add_test(suite, "the walker", test_walker);
    CU_add_test(suite, "names of kinds", test_kind_names);
}
