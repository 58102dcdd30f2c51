/* Types by their names, members by paths; and options of callers of other versions. */
#include "base/options.h"
#include "helpers.h"
#include "suites.h"

#include <hdrgen/write.h>
#include <string.h>

/*
 * struct task;
 * struct task { struct { int pid; union { int a; char b[4]; }; }; struct slot { int x, key : 3; }
 * slots[2]; struct task *next; slot_t tail[]; };
 */
static struct hg_model *make_model(hg_type_id *task)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id number = hg_test_int(m, "int", 4, true);
    hg_type_id byte = hg_test_int(m, "unsigned char", 1, false);
    (void)hg_test_forward(m, HG_STRUCT, "task");
    hg_type_id either = hg_test_record(
        m, HG_UNION, NULL, 4, 4,
        HG_MEMBERS(HG_MEMBER("a", number, 0), HG_MEMBER("b", hg_test_array(m, byte, 4), 0)));
    hg_type_id inner =
        hg_test_record(m, HG_STRUCT, NULL, 8, 4,
                       HG_MEMBERS(HG_MEMBER("pid", number, 0), HG_MEMBER(NULL, either, 32)));
    struct hg_member key = {.name = "key", .type.id = number, .bit_offset = 32, .bit_width = 3};
    hg_type_id slot =
        hg_test_record(m, HG_STRUCT, "slot", 8, 4, HG_MEMBERS(HG_MEMBER("x", number, 0), key));
    hg_type_id alias = hg_test_typedef(m, "slot_t", slot);
    *task = hg_model_declare(m);
    hg_test_define_record(m, *task, HG_STRUCT, "task", 32, 8,
                          HG_MEMBERS(HG_MEMBER(NULL, inner, 0),
                                     HG_MEMBER("slots", hg_test_array(m, alias, 2), 64),
                                     HG_MEMBER("next", hg_test_pointer(m, *task), 192),
                                     HG_MEMBER("tail", hg_test_array(m, alias, 0), 256)));
    hg_test_seal(m);
    return m;
}

static void test_names(void)
{
    hg_type_id task;
    struct hg_model *m = make_model(&task);
    CU_ASSERT_EQUAL(hg_model_find(m, HG_STRUCT, "task"), task);
    CU_ASSERT_EQUAL(hg_model_find(m, HG_UNION, "task"), HG_NO_TYPE);
    CU_ASSERT_EQUAL(hg_model_find(m, HG_STRUCT, "no"), HG_NO_TYPE);
    hg_type_id first = hg_model_find_next(m, HG_STRUCT, "task", HG_VOID_ID);
    CU_ASSERT(first != HG_NO_TYPE && first < task);
    CU_ASSERT(!hg_model_type(m, first)->complete);
    CU_ASSERT_EQUAL(hg_model_find_next(m, HG_STRUCT, "task", first), task);
    CU_ASSERT_EQUAL(hg_model_find_next(m, HG_STRUCT, "task", task), HG_NO_TYPE);
    hg_model_destroy(m);
}

/* The offset in bits; -1 = there is no such member. */
static int64_t offset_of(const struct hg_model *m, hg_type_id record, const char *path)
{
    struct hg_member_place place = {.bit_offset = 7};
    if (!hg_model_find_member(m, record, path, &place)) {
        CU_ASSERT_EQUAL(place.bit_offset, 7);
        return -1;
    }
    return (int64_t)place.bit_offset;
}

static void test_paths(void)
{
    hg_type_id task;
    struct hg_model *m = make_model(&task);
    CU_ASSERT_EQUAL(offset_of(m, task, "pid"), 0);
    CU_ASSERT_EQUAL(offset_of(m, task, "a"), 32);
    CU_ASSERT_EQUAL(offset_of(m, task, "b[3]"), 56);
    CU_ASSERT_EQUAL(offset_of(m, task, "slots"), 64);
    CU_ASSERT_EQUAL(offset_of(m, task, "slots[1].key"), 160);
    CU_ASSERT_EQUAL(offset_of(m, task, "tail[2].x"), 384);
    static const char *const none[] = {
        "",
        "task",
        "slots.x",
        "slots[2].x",
        "slots[1",
        "slots[]",
        "slots[-1]",
        "slots[x]",
        "slots[1]x",
        "pid.a",
        "next.pid",
        "pid[0]",
        ".pid",
        "pid.",
        "slots[1].",
        "b[3][0]",
        "tail[99999999999999999999].x",
        "slots[18446744073709551615]",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CU_ASSERT_EQUAL(offset_of(m, task, none[i]), -1);
    CU_ASSERT_EQUAL(offset_of(m, hg_model_find(m, HG_INT, "int"), "pid"), -1);
    CU_ASSERT_EQUAL(offset_of(m, HG_VOID_ID, "pid"), -1);

    struct hg_member_place place;
    CU_ASSERT_FATAL(hg_model_find_member(m, task, "slots[1].key", &place));
    CU_ASSERT_EQUAL(place.bit_width, 3);
    CU_ASSERT_EQUAL(place.record, hg_model_find(m, HG_STRUCT, "slot"));
    CU_ASSERT_STRING_EQUAL(place.member->name, "key");
    CU_ASSERT_EQUAL(place.member->bit_offset, 32);
    CU_ASSERT_FATAL(hg_model_find_member(m, task, "slots[1]", &place));
    CU_ASSERT_EQUAL(place.type.id, hg_model_find(m, HG_TYPEDEF, "slot_t"));
    hg_model_destroy(m);
}

/* --- options --- */

struct known {
    size_t sz;
    const char *name;
    int number;
};

static void test_options(void)
{
    struct {
        struct known known;
        long more;
    } newer = {.known = {.sz = sizeof newer, .name = "n", .number = 3}};
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct known copy = {.number = 9};
    CU_ASSERT(hg_options_take(&copy, sizeof copy, NULL, "known", &log.diagnostics));
    CU_ASSERT(copy.sz == sizeof copy && copy.name == NULL && copy.number == 0);
    CU_ASSERT(hg_options_take(&copy, sizeof copy, &newer, "known", &log.diagnostics));
    CU_ASSERT(copy.sz == sizeof copy && strcmp(copy.name, "n") == 0 && copy.number == 3);
    newer.known.sz = offsetof(struct known, number);
    CU_ASSERT(hg_options_take(&copy, sizeof copy, &newer, "known", &log.diagnostics));
    CU_ASSERT(strcmp(copy.name, "n") == 0 && copy.number == 0);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 0);
    newer.known.sz = sizeof newer;
    newer.more = 1;
    CU_ASSERT(!hg_options_take(&copy, sizeof copy, &newer, "known", &log.diagnostics));
    CU_ASSERT(hg_test_reported(&log, "struct known: byte 24 is set, and this libhdrgen knows"));
    newer.known.sz = 0;
    CU_ASSERT(!hg_options_take(&copy, sizeof copy, &newer, "known", &log.diagnostics));
    CU_ASSERT(hg_test_reported(&log, "struct known: its member sz is 0"));

    hg_type_id task;
    struct hg_model *m = make_model(&task);
    struct hg_selection nothing = {0};
    struct hg_output output = {0};
    struct hg_c_options unset = {.guard = "G"};
    CU_ASSERT_EQUAL(hg_write_c(m, &nothing, &unset, &log.diagnostics, &output), HG_ERROR_USAGE);
    CU_ASSERT(hg_test_reported(&log, "struct hg_c_options: its member sz is 0"));
    CU_ASSERT_PTR_NULL(output.data);
    hg_model_destroy(m);
    hg_test_log_deinit(&log);
}

void hg_test_find(void)
{
    CU_pSuite suite = CU_add_suite("finding", NULL, NULL);
    CU_add_test(suite, "types by name", test_names);
    CU_add_test(suite, "members by path", test_paths);
    CU_add_test(suite, "options of other versions", test_options);
}
