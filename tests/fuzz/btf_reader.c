/*
 * Fuzzing the reader of BTF: any bytes are a file; none may crash it, and what it accepts must be a
 * model that can be walked and described.
 *
 * An input that begins with "SPLT" is two files: a little-endian word with the size of the first,
 * the base, then the base, then the split BTF that continues it.
 */
#include "../unit/dump.h"

#include <hdrgen/read.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Keeps messages from being skipped: their texts are made of what is in the file. */
static void look_at(void *user, const struct hg_diagnostic *diagnostic)
{
    size_t *total = user;
    *total += strlen(diagnostic->text);
}

static bool cut_split(struct hg_btf_bytes *bytes, struct hg_btf_bytes *base)
{
    enum { FRONT = 8 };
    const uint8_t *data = bytes->data;
    if (bytes->size < FRONT || memcmp(data, "SPLT", 4) != 0)
        return false;
    size_t size = (size_t)data[4] | (size_t)data[5] << 8 | (size_t)data[6] << 16;
    if (size > bytes->size - FRONT)
        return false;
    *base = (struct hg_btf_bytes){.name = "base", .data = data + FRONT, .size = size};
    *bytes = (struct hg_btf_bytes){
        .name = "split", .data = data + FRONT + size, .size = bytes->size - FRONT - size};
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t total = 0;
    struct hg_diagnostics diagnostics = {.report = look_at, .user = &total};
    struct hg_btf_bytes bytes = {.name = "input", .data = data, .size = size};
    struct hg_btf_bytes base = {0};
    bool is_split = cut_split(&bytes, &base);
    struct hg_model *model = NULL;
    if (hg_read_btf_bytes(&bytes, is_split ? &base : NULL, NULL, &diagnostics, &model) == HG_OK) {
        struct hg_text text = {0};
        hg_model_dump(&text, model);
        hg_text_deinit(&text);
        hg_model_destroy(model);
    } else if (diagnostics.errors == 0 ||
               hg_check_btf_bytes(&bytes, is_split ? &base : NULL, NULL, NULL) == HG_OK) {
        __builtin_trap(); /* refused without a word, or only when the model was sealed */
    }
    return 0;
}
