/*
 * Kernel images: how each architecture wraps its vmlinux.
 *
 *     x86            bzImage: boot sector, set-up code, and a compressed vmlinux, whose offset is
 *                    in the set-up header (Documentation/arch/x86/boot.rst)
 *     arm64, riscv   Image: the bytes of the kernel's memory, often compressed as a whole
 *     EFI zboot      a PE file, "zimg", with the offset of the compressed Image
 *                    (include/linux/pe.h)
 *
 * An Image has no section table, and its BTF may be at any offset.  The method: search for the
 * first bytes of a BTF header, ignore headers that are not valid, and take the largest BTF, since a
 * kernel also contains the BTF of small BPF programs.
 */
#include "frontend/btf/container.h"

#include "frontend/btf/btf.h"

#include <string.h>

static uint16_t half(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static bool cut(struct span image, uint64_t offset, uint64_t size, struct span *ret)
{
    if (offset > image.size || size > image.size - offset || size == 0)
        return false;
    *ret = (struct span){.data = image.data + offset, .size = size};
    return true;
}

static bool bzimage_payload(struct span image, struct span *payload)
{
    enum { SECTORS = 0x1f1, FLAG = 0x1fe, MAGIC = 0x202, VERSION = 0x206, PAYLOAD = 0x248 };
    const uint16_t first_with_payload = 0x0208;
    if (image.size < PAYLOAD + 8 || half(image.data + FLAG) != 0xaa55 ||
        memcmp(image.data + MAGIC, "HdrS", 4) != 0 ||
        half(image.data + VERSION) < first_with_payload)
        return false;
    uint64_t sectors = image.data[SECTORS] == 0 ? 4 : image.data[SECTORS];
    return cut(image, (sectors + 1) * 512 + hg_little_word(image.data + PAYLOAD),
               hg_little_word(image.data + PAYLOAD + 4), payload);
}

static bool zboot_payload(struct span image, struct span *payload)
{
    enum { TYPE = 4, OFFSET = 8, SIZE = 12, END = 16 };
    if (image.size < END || memcmp(image.data, "MZ", 2) != 0 ||
        memcmp(image.data + TYPE, "zimg", 4) != 0)
        return false;
    return cut(image, hg_little_word(image.data + OFFSET), hg_little_word(image.data + SIZE),
               payload);
}

bool hg_image_payload(struct span image, struct span *payload)
{
    return bzimage_payload(image, payload) || zboot_payload(image, payload);
}

static void keep_larger(struct span image, size_t at, struct span *best)
{
    size_t extent;
    if (hg_btf_header_fault(image.data + at, image.size - at, &extent) == NULL &&
        extent > best->size)
        *best = (struct span){.data = image.data + at, .size = extent};
}

bool hg_image_scan(struct span image, struct span *btf)
{
    /* Magic number, version 1, no flags. */
    static const uint8_t starts[2][4] = {{0x9f, 0xeb, 1, 0}, {0xeb, 0x9f, 1, 0}};
    struct span best = {0};
    for (size_t i = 0; i < 2 && image.size >= sizeof starts[i]; i++) {
        const uint8_t *at = image.data;
        size_t left = image.size;
        const uint8_t *hit;
        while ((hit = memmem(at, left, starts[i], sizeof starts[i])) != NULL) {
            keep_larger(image, (size_t)(hit - image.data), &best);
            left -= (size_t)(hit - at) + 1;
            at = hit + 1;
        }
    }
    if (best.size <= 32) /* only a header */
        return false;
    *btf = best;
    return true;
}
