/* show and list: small models, whole texts. */
#include "helpers.h"
#include "suites.h"

#include <hdrgen/write.h>
#include <string.h>

/* Seals, selects by name (NULL = all), writes, compares, destroys. */
typedef enum hg_status write_fn(const struct hg_model *model, const struct hg_selection *selection,
                                const struct hg_layout_options *options,
                                struct hg_diagnostics *diagnostics, struct hg_output *ret);

static bool writes(struct hg_model *model, write_fn *write, const char *name, const char *expected)
{
    struct hg_select_options options = {
        .sz = sizeof(struct hg_select_options), .names = &name, .name_count = name == NULL ? 0 : 1};
    struct hg_selection *selection = NULL;
    struct hg_output output = {0};
    hg_test_seal(model);
    if (hg_select(model, &options, NULL, &selection) != HG_OK)
        CU_FAIL_FATAL("selection");
    bool same = write(model, selection, NULL, NULL, &output) == HG_OK &&
                hg_test_same(output.data, expected);
    hg_output_deinit(&output);
    hg_selection_destroy(selection);
    hg_model_destroy(model);
    return same;
}

static const char *text(struct hg_model *m, const char *string)
{
    return hg_model_string(m, string, strlen(string));
}

static void test_record(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "char", 1, true);
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id l = hg_test_int(m, "long", 8, true);
    hg_type_id padded = hg_test_record(m, HG_STRUCT, "padded", 16, 8,
                                       HG_MEMBERS(HG_MEMBER("l", l, 0), HG_MEMBER("c", c, 64)));
    hg_test_record(m, HG_STRUCT, "s", 96, 8,
                   HG_MEMBERS(HG_MEMBER("c", c, 0), HG_MEMBER("p", padded, 64),
                              HG_FIELD("a", i, 192, 3), HG_FIELD("b", i, 200, 5),
                              HG_MEMBER("buf", hg_test_array(m, c, 44), 256),
                              HG_MEMBER("q", l, 640)));
    CU_ASSERT(writes(m, hg_write_show, "s",
                     "struct s {\n"
                     "\tchar c;                                         /*     0     1 */\n"
                     "\n\t/* XXX 7 bytes hole */\n\n"
                     "\tstruct padded p;                                /*     8    16 */\n"
                     "\n\t/* XXX last struct has 7 bytes of padding */\n\n"
                     "\tint a:3;                                        /*    24: 0  4 */\n"
                     "\n\t/* XXX 5 bits hole */\n\n"
                     "\tint b:5;                                        /*    24: 8  4 */\n"
                     "\n\t/* XXX 51 bits hole */\n\n"
                     "\tchar buf[44];                                   /*    32    44 */\n"
                     "\n\t/* XXX 4 bytes hole */\n\n"
                     "\t/* --- cacheline 1 boundary (64 bytes) was 16 bytes ago --- */\n"
                     "\tlong q;                                         /*    80     8 */\n"
                     "\n"
                     "\t/* size: 96, align: 8, cachelines: 2, members: 6 */\n"
                     "\t/* sum members: 69, holes: 2, sum holes: 11 */\n"
                     "\t/* sum bit-fields: 8 bits, bit holes: 2, sum bit holes: 56 bits */\n"
                     "\t/* padding: 8 */\n"
                     "\t/* paddings: 1, sum paddings: 7 */\n"
                     "\t/* last cacheline: 32 bytes */\n"
                     "};\n"));
}

static void test_nested(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "char", 1, true);
    hg_type_id l = hg_test_int(m, "long", 8, true);
    hg_type_id inner = hg_test_record(m, HG_STRUCT, NULL, 16, 8,
                                      HG_MEMBERS(HG_MEMBER("l", l, 0), HG_MEMBER("c", c, 64)));
    hg_type_id both = hg_test_record(m, HG_UNION, NULL, 16, 8,
                                     HG_MEMBERS(HG_MEMBER(NULL, inner, 0), HG_MEMBER("m", l, 0)));
    hg_type_id function = hg_test_function(
        m, c, (const struct hg_parameter[]){{.name = text(m, "n"), .type.id = l}}, 1);
    hg_test_record(
        m, HG_STRUCT, "s", 64, 8,
        HG_MEMBERS(HG_MEMBER("f", hg_test_pointer(m, function), 0), HG_MEMBER(NULL, both, 64),
                   HG_MEMBER("rows", hg_test_array(m, inner, 2), 192), HG_MEMBER("end", l, 448)));
    CU_ASSERT(writes(m, hg_write_show, "s",
                     "struct s {\n"
                     "\tchar (*f)(long);                                /*     0     8 */\n"
                     "\tunion {\n"
                     "\t\tstruct {\n"
                     "\t\t\tlong l;                         /*     8     8 */\n"
                     "\t\t\tchar c;                         /*    16     1 */\n"
                     "\n\t\t\t/* XXX 7 bytes padding */\n\n"
                     "\t\t};                                      /*     8    16 */\n"
                     "\t\tlong m;                                 /*     8     8 */\n"
                     "\t};                                              /*     8    16 */\n"
                     "\tstruct {\n"
                     "\t\tlong l;                                 /*    24     8 */\n"
                     "\t\tchar c;                                 /*    32     1 */\n"
                     "\n\t\t/* XXX 7 bytes padding */\n\n"
                     "\t} rows[2];                                      /*    24    32 */\n"
                     "\tlong end;                                       /*    56     8 */\n"
                     "\n"
                     "\t/* size: 64, align: 8, cachelines: 1, members: 4 */\n"
                     "\t/* sum members: 64 */\n"
                     "};\n"));
}

/* A border within an array of records falls to the next member; unions are not counted twice. */
static void test_union(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "char", 1, true);
    struct hg_member members[] = {HG_MEMBER("a", hg_test_array(m, c, 100), 0),
                                  HG_FIELD("b", c, 0, 3)};
    const char *const tag[] = {text(m, "guarded")};
    members[0].tags = hg_model_tags(m, tag, 1);
    hg_test_record(m, HG_UNION, "u", 100, 0, members, 2);
    CU_ASSERT(writes(m, hg_write_show, "union u",
                     "union u {\n"
                     "\tchar a[100];                                    /*     0   100 */ /* tag: "
                     "guarded */\n"
                     "\tchar b:3;                                       /*     0: 0  1 */\n"
                     "\n"
                     "\t/* size: 100, cachelines: 2, members: 2 */\n"
                     "\t/* last cacheline: 36 bytes */\n"
                     "};\n"));
}

static struct hg_model *assorted(void)
{
    struct hg_model *m = hg_test_model_create();
    const struct hg_enumerator values[] = {{text(m, "LOW"), (uint64_t)-1}, {text(m, "HIGH"), 7}};
    const struct hg_enumerator loose[] = {{text(m, "LOOSE"), 1}};
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id function = hg_test_function(m, i, NULL, 0);
    hg_test_enum(m, "e", 4, true, values, 2);
    hg_test_enum(m, NULL, 4, false, loose, 1);
    hg_test_forward(m, HG_STRUCT, "later");
    hg_test_typedef(m, "handler", hg_test_pointer(m, function));
    hg_test_typedef(m, "body", function);
    hg_test_typedef(m, "pair",
                    hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0))));
    return m;
}

static void test_others(void)
{
    CU_ASSERT(writes(assorted(), hg_write_show, "*",
                     "enum e {\n\tLOW = -1,\n\tHIGH = 7,\n\n"
                     "\t/* size: 4, signed, enumerators: 2 */\n};\n"
                     "\n"
                     "enum {\n\tLOOSE = 1,\n\n\t/* size: 4, unsigned, enumerators: 1 */\n};\n"
                     "\n"
                     "typedef int (*handler)(void); /* size: 8, align: 8 */\n"
                     "\n"
                     "typedef int body(void); /* no size */\n"
                     "\n"
                     "typedef struct {\n"
                     "\tint x;                                          /*     0     4 */\n\n"
                     "\t/* size: 4, align: 4, cachelines: 1, members: 1 */\n"
                     "\t/* sum members: 4 */\n"
                     "\t/* last cacheline: 4 bytes */\n"
                     "} pair;\n"));
}

static void test_list(void)
{
    CU_ASSERT(writes(assorted(), hg_write_list, NULL,
                     "enum\te\t4\t-\n"
                     "enum\t{LOOSE}\t4\t-\n"
                     "typedef\thandler\t8\t-\n"
                     "typedef\tbody\t-\t-\n"
                     "typedef\tpair\t4\t-\n"));
}

/* Sixty unions, each of which holds the one before it twice: 2^60 ways to the innermost. */
static void test_nested_unions(void)
{
    enum { LEVELS = 60 };
    struct hg_model *m = hg_test_model_create();
    hg_type_id inner = hg_test_int(m, "int", 4, true);
    for (int i = 0; i < LEVELS; i++)
        inner = hg_test_record(m, HG_UNION, i == LEVELS - 1 ? "top" : "u", 4, 4,
                               HG_MEMBERS(HG_MEMBER("a", inner, 0), HG_MEMBER("b", inner, 0)));
    hg_test_seal(m);
    const char *name = "top";
    struct hg_select_options select = {.sz = sizeof select, .names = &name, .name_count = 1};
    struct hg_layout_question question = {.has_offset = true, .offset = 5};
    struct hg_layout_options options = {.sz = sizeof options, .questions = &question};
    struct hg_selection *selection = NULL;
    struct hg_output output = {0};
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL_FATAL(hg_select(m, &select, NULL, &selection), HG_OK);
    CU_ASSERT_NOT_EQUAL(hg_write_show(m, selection, &options, &log.diagnostics, &output), HG_OK);
    CU_ASSERT(hg_test_reported(&log, "byte 5 is past the end: union 'top' has 4 bytes"));
    hg_test_log_deinit(&log);
    hg_selection_destroy(selection);
    hg_model_destroy(m);
}

void hg_test_backend_text(void)
{
    CU_pSuite suite = CU_add_suite("backend/text", NULL, NULL);
    CU_add_test(suite, "show: holes, bit-fields, cache lines, totals", test_record);
    CU_add_test(suite, "show: records without a tag", test_nested);
    CU_add_test(suite, "show: a union", test_union);
    CU_add_test(suite, "show: enums, typedefs, declarations", test_others);
    CU_add_test(suite, "list", test_list);
    CU_add_test(suite, "show: an offset in unions that hold others twice", test_nested_unions);
}
