/*
 * Finds the BTF in a file of any sort, through several layers.
 *
 *     /boot/vmlinuz:  bzImage { xz { ELF { .BTF } } }
 *     vmlinuz, arm64: zboot { gzip { Image { ... BTF ... } } }
 *     module.ko.zst:  zstd { ELF { .BTF } }
 *     /sys/kernel/btf/vmlinux: BTF
 *
 * The method: recognise the outer layer by its first bytes, unpack it, and start again; at most a
 * few times.  A file of an unknown sort is searched for BTF, then for compressed data with BTF
 * inside, such as in the zImage of 32-bit ARM.
 *
 * What this does not do: check the BTF.
 */
#include "frontend/btf/container.h"

#include "base/diag.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LAYERS_MAX = 7,                   /* with the BTF, the last one */
    SEARCHED_MAX = 128 * 1024 * 1024, /* the largest file of an unknown sort that is searched */
    TRIES_MAX = 64,
    TRIES_BUDGET = 256 * 1024 * 1024,
};

void hg_finder_deinit(struct finder *finder)
{
    hg_span_deinit(&finder->btf);
    hg_span_deinit(&finder->distilled);
}

static bool is_btf(struct span file)
{
    return file.size >= 2 && ((file.data[0] == 0x9f && file.data[1] == 0xeb) ||
                              (file.data[0] == 0xeb && file.data[1] == 0x9f));
}

static bool nothing_found(const struct finder *finder)
{
    hg_error(finder->diagnostics, NULL,
             "%s: there is no BTF in it: it is no raw BTF, ELF file with .BTF, or image of a "
             "kernel with CONFIG_DEBUG_INFO_BTF=y; for another kernel, read the headers "
             "(--kernel DIR)",
             finder->name);
    return false;
}

/* Sets finder->btf to a copy of the part of a layer, since the layer is freed. */
static void keep_copy(struct finder *finder, struct span part)
{
    void *copy = hg_malloc(part.size);
    memcpy(copy, part.data, part.size);
    finder->btf = (struct span){.data = copy, .size = part.size, .owned = copy};
}

/* Sets finder->btf if the unpacked content has BTF. */
static bool has_btf(struct finder *finder, struct span content)
{
    struct span btf;
    if (hg_is_elf(content))
        return hg_btf_from_elf(finder, content) == ELF_FOUND;
    if (!hg_image_scan(content, &btf))
        return false;
    keep_copy(finder, btf);
    return true;
}

/* Unpacks, without reporting errors, all that looks like the beginning of compressed data. */
static bool search_packed(struct finder *finder, struct span file)
{
    struct finder quiet = {.name = finder->name};
    size_t budget = TRIES_BUDGET < finder->budget ? TRIES_BUDGET : finder->budget;
    unsigned tries = 0;
    for (size_t at = 0; at + 16 < file.size && tries < TRIES_MAX && budget > 0; at++) {
        enum packing packing = hg_packing_of(file.data + at, file.size - at);
        if (packing == PACKING_NONE || packing == PACKING_BZIP2 || packing == PACKING_LZO)
            continue;
        struct span content;
        tries++;
        if (hg_unpack(packing, file.data + at, file.size - at, &budget, &content) != NULL)
            continue;
        bool found = has_btf(&quiet, content);
        hg_span_deinit(&content);
        if (found) {
            finder->btf = quiet.btf;
            finder->distilled = quiet.distilled;
            finder->class_size = quiet.class_size;
            return true;
        }
    }
    return false;
}

static bool search_anywhere(struct finder *finder, struct span file)
{
    if (hg_image_scan(file, &finder->btf))
        return true;
    if (file.size <= SEARCHED_MAX && search_packed(finder, file))
        return true;
    return nothing_found(finder);
}

static bool unpack_layer(struct finder *finder, enum packing packing, struct span *file)
{
    size_t limit = hg_unpack_limit(file->size, finder->budget);
    size_t left = limit;
    struct span content;
    const char *why = hg_unpack(packing, file->data, file->size, &left, &content);
    if (why != NULL) {
        hg_error(finder->diagnostics, NULL, "%s: cannot unpack its %s data: %s", finder->name,
                 hg_packing_name(packing), why);
        return false;
    }
    finder->budget -= limit - left;
    hg_span_deinit(file);
    *file = content;
    return true;
}

/* Takes one layer off: *file becomes its content.  Or sets finder->btf, and *done. */
static bool take_layer(struct finder *finder, struct span *file, bool *done)
{
    *done = true;
    if (is_btf(*file)) {
        finder->btf = *file;
        *file = (struct span){0};
        return true;
    }
    if (hg_is_elf(*file)) {
        enum elf_result result = hg_btf_from_elf(finder, *file);
        return result == ELF_FOUND || (result == ELF_WITHOUT && search_anywhere(finder, *file));
    }
    enum packing packing = hg_packing_of(file->data, file->size);
    struct span payload;
    if (packing == PACKING_NONE && hg_image_payload(*file, &payload)) {
        packing = hg_packing_of(payload.data, payload.size);
        if (packing != PACKING_NONE) {
            payload.owned = file->owned;
            *file = payload;
        }
    }
    if (packing == PACKING_NONE)
        return search_anywhere(finder, *file);
    *done = false;
    return unpack_layer(finder, packing, file);
}

bool hg_btf_find(struct finder *finder, struct span input)
{
    struct span file = input;
    bool fine = true;
    bool done = false;
    for (unsigned layer = 0; fine && !done; layer++)
        fine = layer < LAYERS_MAX ? take_layer(finder, &file, &done) : nothing_found(finder);
    /* BTF that is a part of the last layer must outlive it. */
    if (fine && finder->btf.owned == NULL && file.owned != NULL)
        keep_copy(finder, finder->btf);
    hg_span_deinit(&file);
    return fine;
}

/* --- files --- */

static enum hg_status io_error(const struct finder *finder, const char *why)
{
    hg_error(finder->diagnostics, NULL, "cannot read '%s': %s", finder->name, why);
    return HG_ERROR_IO;
}

static enum hg_status read_whole(const struct finder *finder, int descriptor, size_t expected,
                                 struct span *ret)
{
    size_t capacity = expected < FINDER_BUDGET ? expected + 1 : 4096;
    uint8_t *data = hg_malloc(capacity);
    size_t size = 0;
    enum hg_status status = HG_OK;
    for (;;) {
        if (size == capacity) {
            capacity += capacity / 2;
            data = hg_realloc_array(data, capacity, 1);
        }
        ssize_t got = read(descriptor, data + size, capacity - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            status = io_error(finder, strerror(errno));
        if (got <= 0)
            break;
        size += (size_t)got;
        if (size > FINDER_BUDGET) {
            status = io_error(finder, "it is larger than 1 GiB and no ELF file");
            break;
        }
    }
    *ret = (struct span){.data = data, .size = size, .owned = data};
    if (status != HG_OK)
        hg_span_deinit(ret);
    return status;
}

static enum hg_status find_in_open_file(struct finder *finder, int descriptor)
{
    struct stat about;
    if (fstat(descriptor, &about) != 0)
        return io_error(finder, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return io_error(finder, "it is a directory (headers and sources are read by --kernel)");
    uint8_t magic[4];
    bool is_file = S_ISREG(about.st_mode);
    struct span front = {.data = magic, .size = sizeof magic};
    if (is_file && pread(descriptor, magic, sizeof magic, 0) == sizeof magic && hg_is_elf(front)) {
        enum elf_result result = hg_btf_from_elf_file(finder, descriptor);
        if (result != ELF_WITHOUT)
            return result == ELF_FOUND ? HG_OK : HG_ERROR_INPUT;
        if (about.st_size > SEARCHED_MAX)
            return nothing_found(finder) ? HG_OK : HG_ERROR_INPUT;
    }
    struct span whole;
    enum hg_status status =
        read_whole(finder, descriptor, is_file ? (size_t)about.st_size : 0, &whole);
    if (status != HG_OK)
        return status;
    return hg_btf_find(finder, whole) ? HG_OK : HG_ERROR_INPUT;
}

enum hg_status hg_btf_find_in_file(struct finder *finder)
{
    int descriptor = open(finder->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return io_error(finder, strerror(errno));
    enum hg_status status = find_in_open_file(finder, descriptor);
    close(descriptor);
    return status;
}
