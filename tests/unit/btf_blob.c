/* BTF built by hand: see btf_blob.h. */
#include "btf_blob.h"
#include "helpers.h"

#include <hdrgen/read.h>
#include <hdrgen/write.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void put_word(struct hg_text *text, uint32_t word, bool big_endian)
{
    unsigned char bytes[4];
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(word >> 8 * (big_endian ? 3 - i : i));
    hg_text_bytes(text, bytes, sizeof bytes);
}

static void begin_strings(struct hg_test_blob *blob)
{
    if (blob->strings.size == 0 && blob->string_base == 0)
        hg_text_bytes(&blob->strings, "", 1);
}

uint32_t hg_test_blob_string(struct hg_test_blob *blob, const char *string)
{
    begin_strings(blob);
    if (*string == '\0')
        return 0;
    uint32_t offset = blob->string_base + (uint32_t)blob->strings.size;
    hg_text_bytes(&blob->strings, string, strlen(string) + 1);
    return offset;
}

void hg_test_blob_word(struct hg_test_blob *blob, uint32_t word)
{
    put_word(&blob->types, word, blob->big_endian);
}

uint32_t hg_test_blob_type(struct hg_test_blob *blob, const char *name, uint32_t kind,
                           uint32_t vlen, uint32_t third)
{
    hg_test_blob_word(blob, hg_test_blob_string(blob, name));
    hg_test_blob_word(blob, kind << 24 | vlen);
    hg_test_blob_word(blob, third);
    return ++blob->count;
}

void hg_test_blob_member(struct hg_test_blob *blob, const char *name, uint32_t type, uint32_t place)
{
    hg_test_blob_word(blob, hg_test_blob_string(blob, name));
    hg_test_blob_word(blob, type);
    hg_test_blob_word(blob, place);
}

void hg_test_blob_pair(struct hg_test_blob *blob, const char *name, uint32_t word)
{
    hg_test_blob_word(blob, hg_test_blob_string(blob, name));
    hg_test_blob_word(blob, word);
}

uint32_t hg_test_blob_int(struct hg_test_blob *blob, const char *name, uint32_t size,
                          uint32_t encoding)
{
    uint32_t id = hg_test_blob_type(blob, name, INT, 0, size);
    hg_test_blob_word(blob, encoding << 24 | 8 * size);
    return id;
}

uint32_t hg_test_blob_array(struct hg_test_blob *blob, uint32_t element, uint32_t index,
                            uint32_t count)
{
    uint32_t id = hg_test_blob_type(blob, "", ARRAY, 0, 0);
    hg_test_blob_word(blob, element);
    hg_test_blob_word(blob, index);
    hg_test_blob_word(blob, count);
    return id;
}

struct hg_output hg_test_blob_finish(struct hg_test_blob *blob)
{
    struct hg_text text = {0};
    struct hg_output bytes;
    begin_strings(blob);
    hg_text_bytes(&text, blob->big_endian ? "\xeb\x9f\x01\0" : "\x9f\xeb\x01\0", 4);
    put_word(&text, 24, blob->big_endian);
    put_word(&text, 0, blob->big_endian);
    put_word(&text, (uint32_t)blob->types.size, blob->big_endian);
    put_word(&text, (uint32_t)blob->types.size, blob->big_endian);
    put_word(&text, (uint32_t)blob->strings.size, blob->big_endian);
    hg_text_bytes(&text, blob->types.data, blob->types.size);
    hg_text_bytes(&text, blob->strings.data, blob->strings.size);
    hg_text_deinit(&blob->types);
    hg_text_deinit(&blob->strings);
    hg_text_finish(&text, &bytes);
    return bytes;
}

void hg_test_poke(struct hg_output *bytes, size_t offset, uint32_t word, bool big_endian)
{
    for (unsigned i = 0; i < 4; i++)
        bytes->data[offset + i] = (char)(word >> 8 * (big_endian ? 3 - i : i));
}

void hg_test_blob_begin(struct hg_test_blob *blob)
{
    hg_test_blob_int(blob, "unsigned int", 4, 0);
    hg_test_blob_int(blob, "long int", 8, 1);
    hg_test_blob_type(blob, "", PTR, 0, 0);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* also: further words, or "". */
static void expect_refusal(const struct hg_output *bytes, const char *words, const char *also)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_model *model = NULL;
    struct hg_btf_bytes input = {.name = "test.btf", .data = bytes->data, .size = bytes->size};
    double before = seconds();
    CU_ASSERT_EQUAL(hg_read_btf_bytes(&input, NULL, NULL, &log.diagnostics, &model),
                    HG_ERROR_INPUT);
    CU_ASSERT(seconds() - before < 1.0);
    CU_ASSERT_PTR_NULL(model);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
    CU_ASSERT(hg_test_reported(&log, "test.btf: "));
    CU_ASSERT(hg_test_reported(&log, words));
    CU_ASSERT(hg_test_reported(&log, also));
    if (bytes->size < 1000000)
        CU_ASSERT_EQUAL(hg_check_btf_bytes(&input, NULL, NULL, NULL), HG_ERROR_INPUT);
    hg_test_log_deinit(&log);
    hg_model_destroy(model);
}

void hg_test_expect_refusal(const struct hg_output *bytes, const char *words)
{
    expect_refusal(bytes, words, "");
}

static void expect_refusals_in(bool big_endian, const struct hg_test_refusal *refusals,
                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct hg_test_refusal *refusal = &refusals[i];
        struct hg_test_blob blob = {.big_endian = big_endian};
        hg_test_blob_begin(&blob);
        refusal->make(&blob);
        struct hg_output bytes = hg_test_blob_finish(&blob);
        char words[32] = "";
        if (refusal->id != 0)
            snprintf(words, sizeof words, "type %u (", refusal->id);
        expect_refusal(&bytes, refusal->words, words);
        hg_output_deinit(&bytes);
    }
}

void hg_test_expect_refusals(const struct hg_test_refusal *refusals, size_t count)
{
    expect_refusals_in(false, refusals, count);
    expect_refusals_in(true, refusals, count);
}
