/* Comparing: each kind of change once, what is left aside, pairs of namesakes, and that left and
 * right may change places. */
#include "helpers.h"
#include "suites.h"

#include <hdrgen/diff.h>
#include <string.h>

static const struct hg_diff_options everything = {.sz = sizeof(struct hg_diff_options)};

static struct hg_diff *compare(const struct hg_model *left, const struct hg_model *right,
                               const struct hg_diff_options *options)
{
    struct hg_diff *diff = NULL;
    struct hg_diagnostics silent = {0};
    CU_ASSERT_EQUAL_FATAL(hg_diff_models(left, right, options, &silent, &diff), HG_OK);
    return diff;
}

/* The JSON report's changes, a line each. */
static bool reports(const struct hg_model *left, const struct hg_model *right, const char *expected)
{
    struct hg_diff *diff = compare(left, right, &everything);
    struct hg_comparison comparison = {
        .left = left, .right = right, .left_name = "l", .right_name = "r", .diff = diff};
    struct hg_output json = {0};
    hg_diff_write_json(&comparison, &json);
    const char *changes = strstr(json.data, "\"changes\": [");
    bool same = changes != NULL && hg_test_same(changes + strlen("\"changes\": ["), expected);
    hg_output_deinit(&json);
    hg_diff_destroy(diff);
    return same;
}

/* Two models of `struct s`, each made by a function, sealed. */
struct two {
    struct hg_model *left;
    struct hg_model *right;
};

static struct two create_two(void)
{
    return (struct two){hg_test_model_create(), hg_test_model_create()};
}

static void seal_two(const struct two *two)
{
    hg_test_seal(two->left);
    hg_test_seal(two->right);
}

static void destroy_two(const struct two *two)
{
    hg_model_destroy(two->left);
    hg_model_destroy(two->right);
}

static void test_members(void)
{
    struct two two = create_two();
    hg_type_id i = hg_test_int(two.left, "int", 4, true);
    hg_type_id l = hg_test_int(two.left, "long", 8, true);
    hg_type_id a = hg_test_array(two.left, i, 2);
    hg_test_record(two.left, HG_STRUCT, "s", 40, 8,
                   HG_MEMBERS(HG_MEMBER("same", i, 0), HG_MEMBER("moved", i, 32),
                              HG_MEMBER("gone", i, 64), HG_MEMBER("sized", i, 96),
                              HG_MEMBER("longer", a, 128), HG_MEMBER("typed", l, 192),
                              HG_FIELD("bits", i, 256, 3)));
    i = hg_test_int(two.right, "signed int", 4, true);
    l = hg_test_int(two.right, "long", 8, true);
    a = hg_test_array(two.right, i, 3);
    hg_type_id p = hg_test_pointer(two.right, HG_VOID_ID);
    hg_test_record(two.right, HG_STRUCT, "s", 56, 8,
                   HG_MEMBERS(HG_MEMBER("same", i, 0), HG_MEMBER("moved", i, 64),
                              HG_MEMBER("sized", l, 128), HG_MEMBER("longer", a, 192),
                              HG_MEMBER("typed", p, 320), HG_FIELD("bits", i, 384, 4),
                              HG_MEMBER("fresh", i, 416)));
    seal_two(&two);
    CU_ASSERT(reports(
        two.left, two.right,
        "\n    { \"type\": \"struct s\", \"what\": \"size\", \"left\": 40, \"right\": 56 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_offset\", \"member\": \"moved\", "
        "\"left\": 32, \"right\": 64 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_missing\", \"member\": \"gone\", "
        "\"left\": 64, \"right\": null },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_offset\", \"member\": \"sized\", "
        "\"left\": 96, \"right\": 128 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_size\", \"member\": \"sized\", "
        "\"left\": 32, \"right\": 64 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_offset\", \"member\": \"longer\", "
        "\"left\": 128, \"right\": 192 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_count\", \"member\": \"longer\", "
        "\"left\": 2, \"right\": 3 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_offset\", \"member\": \"typed\", "
        "\"left\": 192, \"right\": 320 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_type\", \"member\": \"typed\", "
        "\"left\": \"long\", \"right\": \"void *\" },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_offset\", \"member\": \"bits\", "
        "\"left\": 256, \"right\": 384 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_size\", \"member\": \"bits\", "
        "\"left\": 3, \"right\": 4 },"
        "\n    { \"type\": \"struct s\", \"what\": \"member_extra\", \"member\": \"fresh\", "
        "\"left\": null, \"right\": 416 }\n  ]\n}\n"));
    destroy_two(&two);
}

static void test_enums_and_typedefs(void)
{
    struct two two = create_two();
    hg_test_enum(two.left, "e", 4, false, (struct hg_enumerator[]){{"A", 1}, {"B", 2}, {"C", 3}},
                 3);
    hg_test_typedef(two.left, "t", hg_test_int(two.left, "int", 4, true));
    hg_test_typedef(two.left, "size", hg_test_int(two.left, "unsigned int", 4, false));
    hg_test_enum(two.right, "e", 8, true,
                 (struct hg_enumerator[]){{"A", 1}, {"B", UINT64_MAX}, {"D", 3}}, 3);
    hg_test_typedef(two.right, "t", hg_test_int(two.right, "unsigned int", 4, false));
    hg_test_typedef(two.right, "size", hg_test_int(two.right, "unsigned long", 8, false));
    seal_two(&two);
    CU_ASSERT(reports(
        two.left, two.right,
        "\n    { \"type\": \"enum e\", \"what\": \"size\", \"left\": 4, \"right\": 8 },"
        "\n    { \"type\": \"enum e\", \"what\": \"sign\", \"left\": \"unsigned\", \"right\": "
        "\"signed\" },"
        "\n    { \"type\": \"enum e\", \"what\": \"enumerator\", \"member\": \"B\", \"left\": 2, "
        "\"right\": -1 },"
        "\n    { \"type\": \"enum e\", \"what\": \"enumerator_missing\", \"member\": \"C\", "
        "\"left\": 3, \"right\": null },"
        "\n    { \"type\": \"enum e\", \"what\": \"enumerator_extra\", \"member\": \"D\", "
        "\"left\": null, \"right\": 3 },"
        "\n    { \"type\": \"typedef t\", \"what\": \"typedef\", \"left\": \"int\", \"right\": "
        "\"unsigned int\" },"
        "\n    { \"type\": \"typedef size\", \"what\": \"typedef\", \"left\": \"unsigned int\", "
        "\"right\": \"unsigned long\" }\n  ]\n}\n"));
    destroy_two(&two);
}

/* Spelling, qualifiers, nesting without names, dimensions, declarations behind pointers. */
static void test_what_is_left_aside(void)
{
    struct two two = create_two();
    hg_type_id i = hg_test_int(two.left, "unsigned long", 8, false);
    hg_type_id inner = hg_test_array(two.left, i, 3);
    hg_type_id anonymous =
        hg_test_record(two.left, HG_STRUCT, NULL, 8, 8, HG_MEMBERS(HG_MEMBER("u", i, 0)));
    hg_type_id other = hg_test_forward(two.left, HG_STRUCT, "other");
    hg_test_record(two.left, HG_STRUCT, "s", 64, 8,
                   HG_MEMBERS(HG_MEMBER("m", hg_test_array(two.left, inner, 2), 0),
                              HG_MEMBER(NULL, anonymous, 384),
                              HG_MEMBER("p", hg_test_pointer(two.left, other), 448)));
    i = hg_test_typedef(two.right, "u64", hg_test_int(two.right, "long unsigned int", 8, false));
    other = hg_test_record(two.right, HG_STRUCT, "other", 8, 0, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    struct hg_member members[] = {HG_MEMBER("m", hg_test_array(two.right, i, 6), 0),
                                  HG_MEMBER("u", i, 384), HG_MEMBER("p", 0, 448)};
    members[1].type.qualifiers = HG_CONST;
    members[2].type.id = hg_test_pointer(two.right, other);
    members[2].type.qualifiers = HG_VOLATILE;
    hg_test_record(two.right, HG_STRUCT, "s", 64, 0, members, 3);
    seal_two(&two);
    CU_ASSERT(reports(two.left, two.right,
                      "\n    { \"type\": \"typedef u64\", \"what\": \"type_extra\", \"left\": "
                      "null, \"right\": \"typedef u64\" },"
                      "\n    { \"type\": \"struct other\", \"what\": \"type_extra\", \"left\": "
                      "null, \"right\": \"struct other\" }\n  ]\n}\n"));
    destroy_two(&two);
}

/* `struct irq_info` twice on the left, in the other order on the right, and once more. */
static void test_several_of_a_name(void)
{
    struct two two = create_two();
    hg_type_id i = hg_test_int(two.left, "int", 4, true);
    hg_test_record(two.left, HG_STRUCT, "n", 4, 4, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    hg_test_record(two.left, HG_STRUCT, "n", 8, 4,
                   HG_MEMBERS(HG_MEMBER("b", i, 0), HG_MEMBER("c", i, 32)));
    i = hg_test_int(two.right, "int", 4, true);
    hg_test_record(two.right, HG_STRUCT, "n", 8, 4,
                   HG_MEMBERS(HG_MEMBER("b", i, 0), HG_MEMBER("c", i, 32)));
    hg_test_record(two.right, HG_STRUCT, "n", 4, 4, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    hg_test_record(two.right, HG_STRUCT, "n", 4, 4, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    seal_two(&two);
    struct hg_diff *diff = compare(two.left, two.right, &everything);
    CU_ASSERT_EQUAL(diff->verdicts[HG_TYPE_IDENTICAL], 3);
    CU_ASSERT_EQUAL(diff->count, 3);
    CU_ASSERT_FALSE(diff->is_different);
    hg_diff_destroy(diff);
    destroy_two(&two);
}

/* `struct n` twice on both sides, all four equal: two pairs, not three. */
static void test_equal_duplicates(void)
{
    struct two two = create_two();
    for (int copy = 0; copy < 4; copy++) {
        struct hg_model *model = copy % 2 == 0 ? two.left : two.right;
        hg_type_id i = hg_test_int(model, "int", 4, true);
        hg_test_record(model, HG_STRUCT, "n", 4, 4, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    }
    seal_two(&two);
    struct hg_diff *diff = compare(two.left, two.right, &everything);
    CU_ASSERT_EQUAL(diff->verdicts[HG_TYPE_IDENTICAL], 2);
    CU_ASSERT_EQUAL(diff->compared, 2);
    hg_diff_destroy(diff);
    destroy_two(&two);
}

/* CO-RE finds no array where an integer is, of one element or not. */
static void test_array_of_one(void)
{
    struct two two = create_two();
    hg_type_id i = hg_test_int(two.left, "int", 4, true);
    hg_test_record(two.left, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_test_typedef(two.left, "t", i);
    i = hg_test_array(two.right, hg_test_int(two.right, "int", 4, true), 1);
    hg_test_record(two.right, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_test_typedef(two.right, "t", i);
    seal_two(&two);
    CU_ASSERT(reports(two.left, two.right,
                      "\n    { \"type\": \"struct s\", \"what\": \"member_type\", \"member\": "
                      "\"x\", \"left\": \"int\", \"right\": \"int[1]\" },"
                      "\n    { \"type\": \"typedef t\", \"what\": \"typedef\", \"left\": \"int\", "
                      "\"right\": \"int[1]\" }\n  ]\n}\n"));
    destroy_two(&two);
}

/* An enum without a tag that begins otherwise has one name, whichever side is the left. */
static void test_untagged_enums_mirror(void)
{
    struct two two = create_two();
    hg_test_enum(two.left, NULL, 4, false, (struct hg_enumerator[]){{"Z", 1}, {"BOTH", 2}}, 2);
    hg_test_enum(two.right, NULL, 4, false, (struct hg_enumerator[]){{"M", 1}, {"BOTH", 2}}, 2);
    seal_two(&two);
    CU_ASSERT(reports(two.left, two.right,
                      "\n    { \"type\": \"enum {M, ...}\", \"what\": \"enumerator_missing\", "
                      "\"member\": \"Z\", \"left\": 1, \"right\": null },"
                      "\n    { \"type\": \"enum {M, ...}\", \"what\": \"enumerator_extra\", "
                      "\"member\": \"M\", \"left\": null, \"right\": 1 }\n  ]\n}\n"));
    CU_ASSERT(reports(two.right, two.left,
                      "\n    { \"type\": \"enum {M, ...}\", \"what\": \"enumerator_missing\", "
                      "\"member\": \"M\", \"left\": 1, \"right\": null },"
                      "\n    { \"type\": \"enum {M, ...}\", \"what\": \"enumerator_extra\", "
                      "\"member\": \"Z\", \"left\": null, \"right\": 1 }\n  ]\n}\n"));
    destroy_two(&two);
}

static void test_namesakes(void)
{
    struct two two = create_two();
    hg_type_id i = hg_test_int(two.left, "int", 4, true);
    hg_test_record(two.left, HG_STRUCT, "n", 4, 4, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    i = hg_test_int(two.right, "int", 4, true);
    hg_test_record(two.right, HG_STRUCT, "n", 8, 4, HG_MEMBERS(HG_MEMBER("b", i, 0)));
    seal_two(&two);
    struct hg_diff *diff = compare(two.left, two.right, &everything);
    CU_ASSERT_EQUAL(diff->verdicts[HG_TYPE_NAMESAKE], 1);
    CU_ASSERT_FALSE(diff->is_different);
    hg_diff_destroy(diff);
    struct hg_diff_options named = {
        .sz = sizeof(struct hg_diff_options), .names = (const char *const[]){"n"}, .name_count = 1};
    diff = compare(two.left, two.right, &named);
    CU_ASSERT_TRUE(diff->is_different);
    hg_diff_destroy(diff);
    destroy_two(&two);
}

/* As many members and as many bytes, but no name in common: renamed, for all that one can tell. */
static void test_renamed(void)
{
    struct two two = create_two();
    hg_type_id i = hg_test_int(two.left, "int", 4, true);
    hg_test_record(two.left, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    hg_test_enum(two.left, "same", 4, false, (struct hg_enumerator[]){{"A", 1}}, 1);
    hg_test_enum(two.left, "size", 4, false, (struct hg_enumerator[]){{"C", 1}}, 1);
    hg_test_enum(two.left, "count", 4, false, (struct hg_enumerator[]){{"E", 1}}, 1);
    i = hg_test_int(two.right, "int", 4, true);
    hg_test_record(two.right, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("b", i, 0)));
    hg_test_enum(two.right, "same", 4, false, (struct hg_enumerator[]){{"B", 1}}, 1);
    hg_test_enum(two.right, "size", 8, false, (struct hg_enumerator[]){{"D", 1}}, 1);
    hg_test_enum(two.right, "count", 4, false, (struct hg_enumerator[]){{"F", 1}, {"G", 2}}, 2);
    seal_two(&two);
    CU_ASSERT(reports(two.left, two.right,
                      "\n    { \"type\": \"struct s\", \"what\": \"member_missing\", \"member\": "
                      "\"a\", \"left\": 0, \"right\": null },"
                      "\n    { \"type\": \"struct s\", \"what\": \"member_extra\", \"member\": "
                      "\"b\", \"left\": null, \"right\": 0 },"
                      "\n    { \"type\": \"enum same\", \"what\": \"enumerator_missing\", "
                      "\"member\": \"A\", \"left\": 1, \"right\": null },"
                      "\n    { \"type\": \"enum same\", \"what\": \"enumerator_extra\", "
                      "\"member\": \"B\", \"left\": null, \"right\": 1 },"
                      "\n    { \"type\": \"enum size\", \"what\": \"namesake\" },"
                      "\n    { \"type\": \"enum count\", \"what\": \"namesake\" }\n  ]\n}\n"));
    destroy_two(&two);
}

/* Names bring along what they hold by value; what they do not reach is not compared. */
static void test_names(void)
{
    struct two two = create_two();
    for (int side = 0; side < 2; side++) {
        struct hg_model *model = side == 0 ? two.left : two.right;
        hg_type_id i = side == 0 ? hg_test_int(model, "int", 4, true)
                                 : hg_test_int(model, "unsigned int", 4, false);
        hg_type_id held =
            hg_test_record(model, HG_STRUCT, "held", 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
        hg_test_record(model, HG_STRUCT, "far", 4, 4, HG_MEMBERS(HG_MEMBER("y", i, 0)));
        hg_test_record(model, HG_STRUCT, "root", 4, 4, HG_MEMBERS(HG_MEMBER("h", held, 0)));
    }
    seal_two(&two);
    struct hg_diff_options named = {.sz = sizeof(struct hg_diff_options),
                                    .names = (const char *const[]){"struct ro*"},
                                    .name_count = 1};
    struct hg_diff *diff = compare(two.left, two.right, &named);
    CU_ASSERT_EQUAL_FATAL(diff->count, 2);
    CU_ASSERT(hg_test_same(diff->types[0].subject, "struct held"));
    CU_ASSERT_EQUAL(diff->types[0].verdict, HG_TYPE_CHANGED);
    CU_ASSERT_FALSE(diff->types[0].is_named);
    CU_ASSERT_EQUAL(diff->types[1].verdict, HG_TYPE_IDENTICAL);
    CU_ASSERT_TRUE(diff->types[1].is_named);
    hg_diff_destroy(diff);

    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_diff_options unknown = {.sz = sizeof(struct hg_diff_options),
                                      .names = (const char *const[]){"rooot"},
                                      .name_count = 1};
    CU_ASSERT_NOT_EQUAL(hg_diff_models(two.left, two.right, &unknown, &log.diagnostics, &diff),
                        HG_OK);
    CU_ASSERT(hg_test_reported(&log, "did you mean 'struct root'?"));
    hg_test_log_deinit(&log);
    destroy_two(&two);
}

/* Types without a name that multiply: 2^30 members from 30 unions. */
static void test_multiplied_nesting(void)
{
    struct two two = create_two();
    for (int side = 0; side < 2; side++) {
        struct hg_model *model = side == 0 ? two.left : two.right;
        hg_type_id nest = hg_test_int(model, "int", 4, true);
        for (int depth = 0; depth < 30; depth++) {
            struct hg_member twice[] = {HG_MEMBER(depth == 0 ? "a" : NULL, nest, 0),
                                        HG_MEMBER(depth == 0 ? "b" : NULL, nest, 0)};
            nest = hg_test_record(model, HG_UNION, NULL, 4, 4, twice, 2);
        }
        hg_test_record(model, HG_STRUCT, "bomb", 4, 4, HG_MEMBERS(HG_MEMBER("n", nest, 0)));
    }
    seal_two(&two);
    struct hg_diff *diff = NULL;
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_diff_models(two.left, two.right, &everything, &log.diagnostics, &diff),
                    HG_ERROR_UNSUPPORTED);
    CU_ASSERT(hg_test_reported(&log, "struct bomb"));
    hg_test_log_deinit(&log);
    destroy_two(&two);
}

void hg_test_diff(void)
{
    CU_pSuite suite = CU_add_suite("diff", NULL, NULL);
    CU_add_test(suite, "members", test_members);
    CU_add_test(suite, "enums and typedefs", test_enums_and_typedefs);
    CU_add_test(suite, "what is left aside", test_what_is_left_aside);
    CU_add_test(suite, "several of a name", test_several_of_a_name);
    CU_add_test(suite, "equal duplicates", test_equal_duplicates);
    CU_add_test(suite, "array of one", test_array_of_one);
    CU_add_test(suite, "untagged enums mirror", test_untagged_enums_mirror);
    CU_add_test(suite, "namesakes", test_namesakes);
    CU_add_test(suite, "renamed", test_renamed);
    CU_add_test(suite, "names", test_names);
    CU_add_test(suite, "multiplied nesting", test_multiplied_nesting);
}
