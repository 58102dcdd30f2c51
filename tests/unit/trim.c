/* Trimming: what stays, where it is, what is not touched, and the complaints. */
#include "helpers.h"
#include "model/describe.h"
#include "suites.h"

#include <hdrgen/trim.h>
#include <string.h>

/*
 *     struct task { int state; int a:3, b:5; union { int pid; struct { int lo, hi; }; }; char
 * *name; }; struct other { union { the same }; };     (as BTF can share it) typedef struct { int x,
 * y; } pair;
 */
static struct hg_model *make_world(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id inner = hg_test_record(m, HG_STRUCT, NULL, 8, 4,
                                      HG_MEMBERS(HG_MEMBER("lo", i, 0), HG_MEMBER("hi", i, 32)));
    hg_type_id both = hg_test_record(m, HG_UNION, NULL, 8, 4,
                                     HG_MEMBERS(HG_MEMBER("pid", i, 0), HG_MEMBER(NULL, inner, 0)));
    (void)hg_test_record(m, HG_STRUCT, "task", 24, 8,
                         HG_MEMBERS(HG_MEMBER("state", i, 0), HG_FIELD("a", i, 32, 3),
                                    HG_FIELD("b", i, 35, 5), HG_MEMBER(NULL, both, 64),
                                    HG_MEMBER("name", hg_test_pointer(m, i), 128)));
    (void)hg_test_record(m, HG_STRUCT, "other", 8, 4, HG_MEMBERS(HG_MEMBER(NULL, both, 0)));
    (void)hg_test_typedef(m, "pair",
                          hg_test_record(m, HG_STRUCT, NULL, 8, 4,
                                         HG_MEMBERS(HG_MEMBER("x", i, 0), HG_MEMBER("y", i, 32))));
    hg_test_seal(m);
    return m;
}

#define MEMBERS(...)                                                                               \
    (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

/* The dump of the trimmed model, NULL where it failed; the log must be checked then. */
static char *trimmed(const struct hg_trim *trims, size_t count, struct hg_test_log *log)
{
    struct hg_model *model = make_world();
    struct hg_model *less = NULL;
    struct hg_text text = {0};
    hg_test_log_init(log);
    enum hg_status status = hg_trim(model, trims, count, &log->diagnostics, &less);
    hg_model_destroy(model);
    if (status != HG_OK)
        return NULL;
    hg_model_dump(&text, less);
    hg_model_destroy(less);
    struct hg_output output = {0};
    hg_text_finish(&text, &output);
    return output.data;
}

/* Whether the dump has the lines. */
static void check_has(const char *dump, const char *lines)
{
    CU_ASSERT(dump != NULL && strstr(dump, lines) != NULL);
    if (dump == NULL || strstr(dump, lines) == NULL)
        printf("\nmissing:\n%s\nin:\n%s\n", lines, dump == NULL ? "(nothing)" : dump);
}

static void test_members(void)
{
    struct hg_test_log log;
    const struct hg_trim trims[] = {{"struct task", MEMBERS("b", "hi")}, {"task", MEMBERS("b")}};
    char *dump = trimmed(trims, 2, &log);
    check_has(dump,
              "#5 struct task size=24 align=8\n"
              "    b bit=35 width=5 -> #1 int\n"
              "    (anonymous) bit=64 -> #10 union (anonymous)\n");
    check_has(dump,
              "#9 struct size=8 align=4\n"
              "    hi bit=32 -> #1 int\n");
    check_has(dump,
              "#10 union size=8 align=4\n"
              "    (anonymous) bit=0 -> #9 struct (anonymous)\n");
    free(dump);
    hg_test_log_deinit(&log);
}

static void test_others_keep_theirs(void)
{
    struct hg_test_log log;
    const struct hg_trim trim = {"task", MEMBERS("lo")};
    char *dump = trimmed(&trim, 1, &log);
    check_has(dump,
              "#3 union size=8 align=4\n"
              "    pid bit=0 -> #1 int\n"
              "    (anonymous) bit=0 -> #2 struct (anonymous)\n");
    free(dump);
    hg_test_log_deinit(&log);
}

static void test_by_typedef(void)
{
    struct hg_test_log log;
    const struct hg_trim trim = {"typedef pair", MEMBERS("y")};
    char *dump = trimmed(&trim, 1, &log);
    check_has(dump, "struct size=8 align=4\n    y bit=32 -> #1 int\n");
    free(dump);
    hg_test_log_deinit(&log);
}

static void test_missing(void)
{
    struct hg_test_log log;
    const struct hg_trim trims[] = {{"task", MEMBERS("sate", "b")}, {"taks", MEMBERS("b")}};
    CU_ASSERT_PTR_NULL(trimmed(trims, 2, &log));
    CU_ASSERT(hg_test_reported(&log, "struct 'task' has no member 'sate'; did you mean 'state'?"));
    CU_ASSERT(hg_test_reported(&log,
                               "there is no struct or union 'taks' to keep members of; did "
                               "you mean 'struct task'"));
    CU_ASSERT_EQUAL(log.diagnostics.errors, 2);
    hg_test_log_deinit(&log);
}

/* Twenty anonymous records that hold the one before twice: a million paths, but no end. */
static void test_many_paths(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id id = hg_test_record(m, HG_STRUCT, NULL, 0, 1, NULL, 0);
    for (int i = 0; i < 40; i++)
        id = hg_test_record(m, HG_STRUCT, NULL, 0, 1,
                            HG_MEMBERS(HG_MEMBER(NULL, id, 0), HG_MEMBER(NULL, id, 0)));
    (void)hg_test_record(m, HG_STRUCT, "top", 0, 1, HG_MEMBERS(HG_MEMBER(NULL, id, 0)));
    hg_test_seal(m);
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_model *less = NULL;
    const struct hg_trim trim = {"top", MEMBERS("x")};
    CU_ASSERT_EQUAL(hg_trim(m, &trim, 1, &log.diagnostics, &less), HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&log, "anonymous members"));
    hg_test_log_deinit(&log);
    hg_model_destroy(m);
}

/* By arrays, typedefs and qualifiers; vectors and complex numbers stay elements; ids stay. */
static void test_flatten(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id row = hg_test_array(m, i, 3);
    hg_type_id named = hg_test_typedef(m, "row", row);
    hg_type_id matrix = hg_test_array(m, row, 2);
    hg_type_id by_typedef = hg_test_array(m, named, 4);
    hg_type_id cube = hg_test_array(m, by_typedef, 2);
    hg_type_id open = hg_test_array(m, row, 0);
    hg_type_id pointers = hg_test_array(m, hg_test_pointer(m, matrix), 5);
    (void)hg_test_record(m, HG_STRUCT, "s", 144, 8,
                         HG_MEMBERS(HG_MEMBER("a", cube, 0), HG_MEMBER("p", pointers, 96 * 8),
                                    HG_MEMBER("o", open, 136 * 8)));
    hg_test_seal(m);
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_model *flat = NULL;
    CU_ASSERT_EQUAL_FATAL(hg_flatten_arrays(m, &log.diagnostics, &flat), HG_OK);
    const struct {
        hg_type_id id;
        uint64_t count, size;
        hg_type_id element;
    } expected[] = {
        {row, 3, 12, i},         {matrix, 6, 24, i},
        {by_typedef, 12, 48, i}, {cube, 24, 96, i},
        {open, 0, 0, i},         {pointers, 5, 40, hg_model_type(m, pointers)->ref.id},
    };
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        const struct hg_type *type = hg_model_type(flat, expected[k].id);
        CU_ASSERT_EQUAL(type->count, expected[k].count);
        CU_ASSERT_EQUAL(type->size, expected[k].size);
        CU_ASSERT_EQUAL(type->ref.id, expected[k].element);
    }
    CU_ASSERT_EQUAL(hg_model_type_count(flat), hg_model_type_count(m));
    hg_test_log_deinit(&log);
    hg_model_destroy(flat);
    hg_model_destroy(m);
}

void hg_test_trim(void)
{
    CU_pSuite suite = CU_add_suite("trim", NULL, NULL);
    CU_ADD_TEST(suite, test_members);
    CU_ADD_TEST(suite, test_others_keep_theirs);
    CU_ADD_TEST(suite, test_by_typedef);
    CU_ADD_TEST(suite, test_missing);
    CU_ADD_TEST(suite, test_many_paths);
    CU_ADD_TEST(suite, test_flatten);
}
