/* A small reader of BTF: see btf_image.h. */
#include "btf_image.h"

#include <CUnit/CUnit.h>
#include <string.h>

static uint32_t word_at(const struct hg_test_image *image, size_t at)
{
    const unsigned char *b = image->bytes + at;
    if (at + 4 > image->size) {
        CU_FAIL_FATAL("the BTF ends early");
        return 0;
    }
    return image->big_endian
               ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
               : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

bool hg_test_image_open(struct hg_test_image *image, const void *bytes, size_t size)
{
    *image = (struct hg_test_image){.bytes = bytes, .size = size};
    if (size < 24)
        return false;
    image->big_endian = image->bytes[0] == 0xeb;
    const unsigned char magic[] = {0x9f, 0xeb};
    bool right_magic = image->bytes[0] == magic[image->big_endian] &&
                       image->bytes[1] == magic[!image->big_endian] && image->bytes[2] == 1 &&
                       image->bytes[3] == 0;
    uint32_t type_bytes = word_at(image, 12);
    uint32_t string_bytes = word_at(image, 20);
    image->types = 24;
    image->strings = 24 + (size_t)type_bytes;
    return right_magic && word_at(image, 4) == 24 && word_at(image, 8) == 0 &&
           word_at(image, 16) == type_bytes && type_bytes % 4 == 0 && string_bytes > 0 &&
           image->strings + string_bytes == size && image->bytes[image->strings] == 0 &&
           image->bytes[size - 1] == 0;
}

static const char *name_at(const struct hg_test_image *image, size_t at)
{
    size_t offset = image->strings + word_at(image, at);
    if (offset >= image->size) {
        CU_FAIL_FATAL("no such name");
        return "";
    }
    return (const char *)image->bytes + offset;
}

static const char *const kinds[] = {
    NULL,  "int",     "ptr",      "array",    "struct",   "union",  "enum",
    "fwd", "typedef", "volatile", "const",    "restrict", "func",   "func_proto",
    "var", "datasec", "float",    "decl_tag", "type_tag", "enum64",
};

/* What follows the head: prints it, and returns where it ends. */
static size_t print_body(struct hg_text *text, const struct hg_test_image *image, size_t at,
                         unsigned kind, uint32_t vlen, bool flag)
{
    static const unsigned char each[] = {[4] = 3, [5] = 3, [6] = 2, [13] = 2, [15] = 3, [19] = 3};
    static const unsigned char once[] = {[1] = 1, [3] = 3, [14] = 1, [17] = 1};
    unsigned words = kind < sizeof each ? each[kind] : 0;
    for (uint32_t i = 0; i < vlen && words > 0; i++, at += 4 * (size_t)words) {
        uint32_t second = word_at(image, at + 4);
        if (kind == 15) {
            hg_text_printf(text, " %u@%u+%u", word_at(image, at), second, word_at(image, at + 8));
            continue;
        }
        hg_text_printf(text, " %s", name_at(image, at));
        if (words == 2)
            hg_text_printf(text, kind == 6 ? "=%x" : ":%u", second);
        else if (kind == 19)
            hg_text_printf(text, "=%x,%x", word_at(image, at + 8), second);
        else if (flag)
            hg_text_printf(text, ":%u@%u/%u", second, word_at(image, at + 8) & 0xffffff,
                           word_at(image, at + 8) >> 24);
        else
            hg_text_printf(text, ":%u@%u", second, word_at(image, at + 8));
    }
    for (unsigned i = 0; kind < sizeof once && i < once[kind]; i++, at += 4)
        hg_text_printf(text, " %x", word_at(image, at));
    return at;
}

void hg_test_image_print(struct hg_text *text, const struct hg_test_image *image)
{
    size_t at = image->types;
    for (uint32_t id = 1; at < image->strings; id++) {
        uint32_t info = word_at(image, at + 4);
        unsigned kind = info >> 24 & 0x1f;
        CU_ASSERT_EQUAL(info & 0x60ff0000, 0);
        if (kind == 0 || kind >= sizeof kinds / sizeof *kinds) {
            CU_FAIL_FATAL("no such kind");
            return;
        }
        hg_text_printf(text, "%u %s%s", id, kinds[kind], info >> 31 ? "!" : "");
        if (name_at(image, at)[0] != '\0')
            hg_text_printf(text, " '%s'", name_at(image, at));
        hg_text_printf(text, " %u", word_at(image, at + 8));
        /* FUNC has its linkage there, and nothing behind */
        at = print_body(text, image, at + 12, kind, info & 0xffff, info >> 31);
        hg_text_put(text, "\n");
    }
}
