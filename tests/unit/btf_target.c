/*
 * What BTF was laid out for: the size of long, target triples, and what happens without either.
 */
#include "btf_blob.h"
#include "helpers.h"
#include "suites.h"

#include <hdrgen/read.h>

/* The model of a blob, which is consumed; what was reported goes to log, which may be NULL. */
static struct hg_model *read_blob(struct hg_test_blob *blob, const char *target,
                                  struct hg_test_log *log)
{
    struct hg_test_log own;
    hg_test_log_init(&own);
    struct hg_output bytes = hg_test_blob_finish(blob);
    struct hg_model *model = NULL;
    enum hg_status status = hg_read_btf_bytes(
        &(struct hg_btf_bytes){.name = "t.btf", .data = bytes.data, .size = bytes.size}, NULL,
        target, log == NULL ? &own.diagnostics : &log->diagnostics, &model);
    CU_ASSERT_EQUAL(status, HG_OK);
    if (log == NULL)
        CU_ASSERT(hg_test_same(hg_text_string(&own.text), ""));
    hg_test_log_deinit(&own);
    hg_output_deinit(&bytes);
    return model;
}

static struct hg_target target_of(struct hg_test_blob *blob, const char *triple,
                                  struct hg_test_log *log)
{
    struct hg_target target = {0};
    struct hg_model *model = read_blob(blob, triple, log);
    if (model != NULL)
        target = *hg_model_target(model);
    target.triple = NULL; /* the model's */
    hg_model_destroy(model);
    return target;
}

static void test_long(void)
{
    static const char *const names[] = {"long", "long int", "unsigned long", "long unsigned int",
                                        "long int unsigned"};
    for (size_t i = 0; i < 2 * (sizeof names / sizeof *names); i++) {
        struct hg_test_blob blob = {.big_endian = i % 2 != 0};
        hg_test_blob_int(&blob, "long long int", 8, 1);
        hg_test_blob_int(&blob, names[i / 2], 4, 0);
        struct hg_target target = target_of(&blob, NULL, NULL);
        CU_ASSERT_EQUAL(target.pointer_size, 4);
        CU_ASSERT_EQUAL(target.long_size, 4);
        CU_ASSERT_EQUAL(target.big_endian, i % 2 != 0);
    }
}

static void test_no_long(void)
{
    struct hg_test_blob blob = {0};
    struct hg_test_log log;
    hg_test_log_init(&log);
    hg_test_blob_int(&blob, "long long int", 8, 1);
    CU_ASSERT_EQUAL(target_of(&blob, NULL, &log).pointer_size, 8);
    CU_ASSERT(hg_test_reported(&log, "this BTF does not show how large a pointer is"));
    hg_test_log_deinit(&log);
}

static void test_triples(void)
{
    static const struct {
        const char *triple;
        bool big_endian, char_signed;
        unsigned pointer_size;
    } cases[] = {
        {"x86_64-unknown-linux-gnu", false, true, 8},
        {"x86_64-unknown-linux-gnux32", false, true, 4},
        {"i686-linux-gnu", false, true, 4},
        {"aarch64-linux-gnu", false, false, 8},
        {"aarch64_be-linux-gnu", true, false, 8},
        {"armv7a-linux-gnueabihf", false, false, 4},
        {"armeb-linux-gnueabi", true, false, 4},
        {"s390x-linux-gnu", true, false, 8},
        {"powerpc64le-linux-gnu", false, false, 8},
        {"powerpc-linux-gnu", true, false, 4},
        {"mips64el-linux-gnuabi64", false, true, 8},
        {"mips64-linux-gnuabin32", true, true, 4},
        {"mipsel-linux-gnu", false, true, 4},
        {"riscv64-linux-gnu", false, false, 8},
        {"riscv32-linux-gnu", false, false, 4},
        {"loongarch64-linux-gnu", false, true, 8},
        {"bpfel-unknown-none", false, true, 8},
        {"bpfeb", true, true, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_test_blob blob = {.big_endian = cases[i].big_endian};
        hg_test_blob_type(&blob, "", PTR, 0, 0);
        struct hg_target target = target_of(&blob, cases[i].triple, NULL);
        CU_ASSERT_EQUAL(target.pointer_size, cases[i].pointer_size);
        CU_ASSERT_EQUAL(target.char_signed, cases[i].char_signed);
    }
}

static void expect_bad_triple(bool big_endian, const char *triple, const char *words)
{
    struct hg_test_blob blob = {.big_endian = big_endian};
    struct hg_test_log log;
    hg_test_log_init(&log);
    hg_test_blob_int(&blob, "long int", 8, 1);
    struct hg_output bytes = hg_test_blob_finish(&blob);
    struct hg_model *model = NULL;
    CU_ASSERT_EQUAL(
        hg_read_btf_bytes(
            &(struct hg_btf_bytes){.name = "t.btf", .data = bytes.data, .size = bytes.size}, NULL,
            triple, &log.diagnostics, &model),
        HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&log, words));
    hg_output_deinit(&bytes);
    hg_test_log_deinit(&log);
}

static void test_bad_triples(void)
{
    expect_bad_triple(false, "pdp11-unknown", "unknown target 'pdp11-unknown'");
    expect_bad_triple(false, "", "unknown target ''");
    expect_bad_triple(false, "s390x-linux-gnu", "this BTF is little-endian, but the target");
    expect_bad_triple(true, "x86_64-linux-gnu", "this BTF is big-endian, but the target");
}

static void test_long_against_triple(void)
{
    struct hg_test_blob blob = {0};
    struct hg_test_log log;
    hg_test_log_init(&log);
    hg_test_blob_int(&blob, "long int", 8, 1);
    CU_ASSERT_EQUAL(target_of(&blob, "i686-linux-gnu", &log).pointer_size, 4);
    CU_ASSERT(hg_test_reported(&log, "its long is 8 bytes, but pointers of the target"));
    hg_test_log_deinit(&log);
}

void hg_test_btf_target(void)
{
    CU_pSuite suite = CU_add_suite("btf_target", NULL, NULL);
    CU_add_test(suite, "the size of long", test_long);
    CU_add_test(suite, "no long at all", test_no_long);
    CU_add_test(suite, "targets", test_triples);
    CU_add_test(suite, "targets that cannot be", test_bad_triples);
    CU_add_test(suite, "a target against long", test_long_against_triple);
}
