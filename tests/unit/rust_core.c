/*
 * Rust's accessors with CO-RE: how members and types are named in relocations, on models that show
 * one rule each.  That linkers and loaders take these names is for tests/rust_core and tests/e2e.
 */
#include "helpers.h"
#include "suites.h"

#include <hdrgen/write.h>
#include <string.h>

/* What is written with --accessors core for everything in the model, which is destroyed; the
 * caller frees it. */
static char *write_core(struct hg_model *m)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    hg_test_seal(m);
    struct hg_selection *selection = NULL;
    struct hg_output output = {0};
    const struct hg_rust_options options = {.sz = sizeof(struct hg_rust_options),
                                            .accessors = HG_ACCESSORS_CORE};
    if (hg_select(m, NULL, &log.diagnostics, &selection) != HG_OK ||
        hg_write_rust(m, selection, &options, &log.diagnostics, &output) != HG_OK)
        CU_FAIL_FATAL("not written");
    hg_selection_destroy(selection);
    hg_model_destroy(m);
    hg_test_log_deinit(&log);
    return output.data;
}

static bool holds(const char *text, const char *words)
{
    bool found = strstr(text, words) != NULL;
    if (!found)
        printf("\nnot found: %s\n", words);
    return found;
}

static void test_types(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i32 = hg_test_int(m, "int", 4, true);
    hg_type_id id_t = hg_test_typedef(m, "id_t", i32);
    hg_type_id wide = hg_test_enum(m, "wide", 8, true, NULL, 0);
    hg_type_id inner =
        hg_test_record(m, HG_UNION, "inner", 4, 4, HG_MEMBERS(HG_MEMBER("x", id_t, 0)));
    hg_type_id matrix = hg_test_array(m, hg_test_array(m, id_t, 3), 2);
    hg_test_record(m, HG_STRUCT, "s", 56, 8,
                   HG_MEMBERS(HG_MEMBER("typed", id_t, 0), HG_FIELD("bits", id_t, 32, 5),
                              HG_MEMBER("wide", wide, 64), HG_MEMBER("inner", inner, 128),
                              HG_MEMBER("matrix", matrix, 160),
                              HG_MEMBER("pointer", hg_test_pointer(m, inner), 384)));
    char *text = write_core(m);
    CU_ASSERT(holds(text, "(\" typed:i32s\")"));
    CU_ASSERT(holds(text, "(\" bits:i32s@5\")"));
    CU_ASSERT(holds(text, "(\" wide:E8swide\")"));
    CU_ASSERT(holds(text, "(\" inner:Uinner\")"));
    CU_ASSERT(holds(text, "(\" matrix:[6]i32s\") [matrix_at matrix_nth id_t]"));
    CU_ASSERT(holds(text, "(\" pointer:p\")"));
    CU_ASSERT(holds(text,
                    "__record! { s \"Ss\" \"Ss(typed:i32s'int',bits:i32s'int'@5,wide:E8swide(),"
                    "inner:Uinner(x:i32s'int'),matrix:[6]i32s'int',pointer:pUinner)\" }"));
    free(text);
}

/* A typedef is as good as a tag; other records are found by what holds them. */
static void test_nameless(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i32 = hg_test_int(m, "int", 4, true);
    hg_type_id named =
        hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("val", i32, 0)));
    hg_type_id kuid = hg_test_typedef(m, "kuid_t", named);
    hg_type_id odd = hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("a", i32, 0)));
    hg_type_id within = hg_test_record(
        m, HG_UNION, NULL, 8, 4,
        HG_MEMBERS(HG_MEMBER("odds", hg_test_array(m, odd, 2), 0), HG_MEMBER("plain", i32, 0)));
    hg_test_record(m, HG_STRUCT, "s", 16, 8,
                   HG_MEMBERS(HG_MEMBER("uid", kuid, 0), HG_MEMBER(NULL, within, 32)));
    char *text = write_core(m);
    CU_ASSERT(holds(text, "__record! { kuid_t \"Tkuid_t=S\""));
    CU_ASSERT(holds(text, "__members! { kuid_t \"Tkuid_t=S\"\n"));
    CU_ASSERT(holds(text, "__members! { s__anon_odds__odds - \"S\"\n"));
    CU_ASSERT(
        holds(text, "uid: kuid_t, addr_of_uid (has_uid offset_of_uid size_of_uid) (\" uid:S\")"));
    CU_ASSERT(holds(text, "(\" odds:[2]S\") [odds_at odds_nth 0x"));
    CU_ASSERT(holds(text, "(\" plain:i32s\")"));
    free(text);
}

/* Where a record is within another is a number, which must not be that of another member. */
static void test_places(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i32 = hg_test_int(m, "int", 4, true);
    hg_type_id inner = hg_test_record(m, HG_STRUCT, "in", 4, 4, HG_MEMBERS(HG_MEMBER("x", i32, 0)));
    hg_test_record(m, HG_STRUCT, "s", 8, 4,
                   HG_MEMBERS(HG_MEMBER("one", inner, 0), HG_MEMBER("two", inner, 32)));
    hg_test_record(m, HG_STRUCT, "t", 4, 4, HG_MEMBERS(HG_MEMBER("one", inner, 0)));
    char *text = write_core(m);
    const char *found[3];
    const char *at = text;
    for (size_t i = 0; i < 3; i++) {
        at = strstr(at, "{ (within 0x");
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        found[i] = at += strlen("{ (within 0x");
        for (size_t j = 0; j < i; j++)
            CU_ASSERT(strncmp(found[i], found[j], 8) != 0);
    }
    free(text);
}

/* What BTF cannot say, and a bit-field that 64 bits do not hold, have no accessors. */
static void test_left_out(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id wide = hg_test_int(m, "__int128", 16, true);
    hg_type_id i32 = hg_test_int(m, "int", 4, true);
    hg_type_id odd = hg_model_intern(m, &(struct hg_type){.kind = HG_OPAQUE,
                                                          .complete = true,
                                                          .size = 4,
                                                          .align = 4,
                                                          .reason = hg_model_string(m, "so", 2)});
    hg_test_record(m, HG_STRUCT, "s", 48, 16,
                   HG_MEMBERS(HG_MEMBER("odd", odd, 0), HG_MEMBER("known", i32, 32),
                              HG_FIELD("field", wide, 128, 70), HG_MEMBER("whole", wide, 256)));
    char *text = write_core(m);
    CU_ASSERT_PTR_NULL(strstr(text, "addr_of_odd"));
    CU_ASSERT_PTR_NULL(strstr(text, "read_field"));
    CU_ASSERT(holds(text, "(\" known:i32s\")"));
    CU_ASSERT(holds(text, "(\" whole:i128s\")"));
    CU_ASSERT_PTR_NULL(strstr(text, "__record! { s \"Ss\" \""));
    free(text);
}

/* Kptr's own methods, and those of one member, are in the way of another's. */
static void test_names(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i32 = hg_test_int(m, "int", 4, true);
    hg_test_record(m, HG_STRUCT, "s", 20, 4,
                   HG_MEMBERS(HG_MEMBER("cast", i32, 0), HG_MEMBER("child", i32, 32),
                              HG_MEMBER("has_child", i32, 64), HG_MEMBER("type", i32, 96),
                              HG_MEMBER("self", i32, 128)));
    hg_test_record(m, HG_STRUCT, "Kptr", 4, 4, HG_MEMBERS(HG_MEMBER("x", i32, 0)));
    char *text = write_core(m);
    CU_ASSERT(holds(text, "(value) cast_: c_int, read_cast addr_of_cast (has_cast "));
    CU_ASSERT(holds(text, "(value) child: c_int, read_child addr_of_child (has_child_ "));
    CU_ASSERT(holds(text, "(value) has_child: c_int, "));
    CU_ASSERT(holds(text, "(value) r#type: c_int, read_type "));
    CU_ASSERT(holds(text, "(value) self_: c_int, read_self "));
    CU_ASSERT(holds(text, "pub struct Kptr_ {"));
    CU_ASSERT(holds(text, "(\" x:i32s\")"));
    free(text);
}

void hg_test_rust_core(void)
{
    CU_pSuite suite = CU_add_suite("rust, CO-RE", NULL, NULL);
    CU_add_test(suite, "types", test_types);
    CU_add_test(suite, "records without a name", test_nameless);
    CU_add_test(suite, "records within records", test_places);
    CU_add_test(suite, "what is left out", test_left_out);
    CU_add_test(suite, "names of methods", test_names);
}
