/* The model: declaring, defining, interning, sealing, and the walker. */
#include "helpers.h"
#include "model/copy.h"
#include "model/describe.h"
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

/* Every kind, with names, tags, qualifiers and a cycle. */
static struct hg_model *model_of_all_kinds(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id list = hg_model_declare(m);
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id next = hg_test_pointer(m, list);
    hg_type_id array = hg_test_array(m, i, 2);
    static const struct hg_enumerator values[] = {{"ONE", 1}, {"TWO", 2}};
    hg_type_id e = hg_test_enum(m, "numbers", 4, false, values, 2);
    hg_type_id u = hg_test_record(m, HG_UNION, NULL, 8, 4,
                                  HG_MEMBERS(HG_MEMBER("a", array, 0), HG_MEMBER("e", e, 0)));
    struct hg_parameter parameters[] = {{"l", {.id = next, .qualifiers = HG_CONST}},
                                        {NULL, {.id = i}}};
    hg_type_id call = hg_test_pointer(m, hg_test_function(m, i, parameters, 2));
    hg_type_id t = hg_test_typedef(m, "call_t", call);
    hg_type_id other = hg_test_forward(m, HG_STRUCT, "other");
    struct hg_type opaque = {.kind = HG_OPAQUE, .complete = true, .size = 16, .align = 16};
    opaque.reason = hg_model_string(m, "for a test", 10);
    hg_type_id o = hg_model_intern(m, &opaque);
    static const char *const names[] = {"rcu"};
    struct hg_type tagged = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    tagged.ref = (struct hg_ref){.id = other, .tags = hg_model_tags(m, names, 1)};
    hg_type_id p = hg_model_intern(m, &tagged);
    struct hg_member members[] = {
        HG_MEMBER("next", next, 0), HG_MEMBER(NULL, u, 64),     HG_FIELD("bits", i, 128, 3),
        HG_MEMBER("call", t, 192),  HG_MEMBER("other", p, 256), HG_MEMBER("o", o, 384),
    };
    members[0].tags = hg_model_tags(m, names, 1);
    members[3].where = (struct hg_location){.file = hg_model_string(m, "a.h", 3), .line = 7};
    hg_test_define_record(m, list, HG_STRUCT, "list", 64, 16, members,
                          sizeof members / sizeof *members);
    hg_model_add_input(m, "a.h", 42);
    hg_model_add_file(m, "include/a.h");
    hg_test_seal(m);
    return m;
}

static void test_copying(void)
{
    struct hg_model *from = model_of_all_kinds();
    size_t count = hg_model_type_count(from);
    struct hg_text before = {0}, after = {0};
    hg_model_dump(&before, from);

    struct hg_model *to = hg_model_create();
    hg_type_id *map = hg_calloc(count, sizeof *map);
    for (hg_type_id id = 1; id < count; id++)
        map[id] = hg_model_declare(to);
    for (hg_type_id id = 1; id < count; id++) {
        struct hg_type copy = hg_copy_type(to, hg_model_type(from, id), map);
        hg_model_define(to, map[id], &copy);
    }
    hg_copy_origin(to, from);
    free(map);
    hg_model_destroy(from); /* nothing of it may be left in the copy */
    hg_test_seal(to);

    hg_model_dump(&after, to);
    CU_ASSERT(hg_test_same(hg_text_string(&after), hg_text_string(&before)));
    CU_ASSERT_STRING_EQUAL(hg_model_type(to, 1)->members[3].where.file, "a.h");
    CU_ASSERT_EQUAL(hg_model_inputs(to, &count)[0].hash, 42);
    CU_ASSERT_STRING_EQUAL(hg_model_files(to, &count)[0], "include/a.h");
    hg_model_destroy(to);
    hg_text_deinit(&before);
    hg_text_deinit(&after);
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
    CU_add_test(suite, "copying", test_copying);
    CU_add_test(suite, "names of kinds", test_kind_names);
}
