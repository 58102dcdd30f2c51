/*
 * The sections .BTF and .BTF.base of an ELF file: a vmlinux, kernel module or BPF object, of either
 * class and byte order, compressed or not.
 *
 * The method: libelf finds the sections.  Their bytes are copied, so that the file can be closed.
 * From an open file only headers and these sections are read, since a vmlinux with debugging
 * information is large.
 */
#include "frontend/btf/container.h"

#include "base/diag.h"
#include "base/memory.h"

#include <gelf.h>
#include <hdrgen/link.h>
#include <libelf.h>
#include <string.h>

enum { SECTION_MAX = 128 * 1024 * 1024 };

bool hg_is_elf(struct span file)
{
    return file.size >= SELFMAG && memcmp(file.data, ELFMAG, SELFMAG) == 0;
}

static enum elf_result bad(const struct finder *finder, const char *why)
{
    hg_error(finder->diagnostics, NULL, "%s: cannot read this ELF file: %s", finder->name, why);
    return ELF_BAD;
}

static enum elf_result bad_by_libelf(const struct finder *finder)
{
    const char *why = elf_errmsg(-1);
    return bad(finder, why == NULL ? "unknown fault" : why);
}

/* The section .BTF or .BTF.base; section NULL = the file has none. */
struct found {
    Elf_Scn *section;
    GElf_Shdr header;
    const char *name;
};

static enum elf_result bad_section(const struct finder *finder, const struct found *found,
                                   const char *why)
{
    hg_error(finder->diagnostics, NULL, "%s: cannot read this ELF file: its %s section %s",
             finder->name, found->name, why);
    return ELF_BAD;
}

/* Unpacks the bytes after the compression header. */
static enum elf_result unpack_section(struct finder *finder, Elf *elf, const struct found *found,
                                      const Elf_Data *data, struct span *ret)
{
    GElf_Chdr header;
    if (gelf_getchdr(found->section, &header) == NULL)
        return bad_by_libelf(finder);
    size_t skipped = gelf_fsize(elf, ELF_T_CHDR, 1, EV_CURRENT);
    const unsigned zstd = 2; /* ELFCOMPRESS_ZSTD, which an older elf.h does not have */
    enum packing packing = header.ch_type == ELFCOMPRESS_ZLIB ? PACKING_ZLIB
                           : header.ch_type == zstd           ? PACKING_ZSTD
                                                              : PACKING_NONE;
    if (packing == PACKING_NONE)
        return bad_section(finder, found, "is compressed in an unknown way");
    if (data->d_size < skipped)
        return bad_section(finder, found, "is cut off");
    size_t size = data->d_size - skipped;
    size_t limit = hg_unpack_limit(data->d_size, SECTION_MAX);
    const uint8_t *bytes = data->d_buf;
    const char *why = hg_unpack(packing, bytes + skipped, size, &limit, ret);
    return why == NULL ? ELF_FOUND : bad(finder, why);
}

static enum elf_result take_section(struct finder *finder, Elf *elf, const struct found *found,
                                    struct span *ret)
{
    if (found->header.sh_type == SHT_NOBITS)
        return bad_section(finder, found,
                           "has no contents (is this a separate file with debugging information?)");
    if (found->header.sh_size > SECTION_MAX)
        return bad_section(finder, found, "is too large");
    Elf_Data *data = elf_rawdata(found->section, NULL);
    if (data == NULL)
        return bad_by_libelf(finder);
    if (data->d_buf == NULL || data->d_size == 0)
        return bad_section(finder, found, "is empty");
    if ((found->header.sh_flags & SHF_COMPRESSED) != 0)
        return unpack_section(finder, elf, found, data, ret);
    void *copy = hg_malloc(data->d_size);
    memcpy(copy, data->d_buf, data->d_size);
    *ret = (struct span){.data = copy, .size = data->d_size, .owned = copy};
    return ELF_FOUND;
}

static enum elf_result search(struct finder *finder, Elf *elf)
{
    size_t names;
    if (elf_kind(elf) != ELF_K_ELF)
        return bad(finder, "it is damaged");
    if (elf_getshdrstrndx(elf, &names) != 0)
        return bad_by_libelf(finder);
    struct found btf = {.name = ".BTF"};
    struct found distilled = {.name = ".BTF.base"};
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL)
            return bad_by_libelf(finder);
        const char *name = elf_strptr(elf, names, header.sh_name);
        /* A Rust program that `hdrgen link` has not linked has types that loaders will not see. */
        if (name != NULL && hg_begins_with(name, HG_LINK_SECTION)) {
            hg_error(finder->diagnostics, NULL, "%s: it was not linked: run `hdrgen link %s` first",
                     finder->name, finder->name);
            return ELF_BAD;
        }
        struct found *found = name == NULL                        ? NULL
                              : strcmp(name, btf.name) == 0       ? &btf
                              : strcmp(name, distilled.name) == 0 ? &distilled
                                                                  : NULL;
        if (found != NULL && found->section == NULL) {
            found->section = section;
            found->header = header;
        }
    }
    if (btf.section == NULL)
        return ELF_WITHOUT;
    finder->class_size = gelf_getclass(elf) == ELFCLASS32 ? 4 : 8;
    if (distilled.section != NULL) {
        enum elf_result result = take_section(finder, elf, &distilled, &finder->distilled);
        if (result != ELF_FOUND)
            return result;
    }
    return take_section(finder, elf, &btf, &finder->btf);
}

static enum elf_result search_and_close(struct finder *finder, Elf *elf)
{
    if (elf == NULL)
        return bad_by_libelf(finder);
    enum elf_result result = search(finder, elf);
    elf_end(elf);
    return result;
}

enum elf_result hg_btf_from_elf_file(struct finder *finder, int descriptor)
{
    (void)elf_version(EV_CURRENT);
    return search_and_close(finder, elf_begin(descriptor, ELF_C_READ, NULL));
}

enum elf_result hg_btf_from_elf(struct finder *finder, struct span file)
{
    (void)elf_version(EV_CURRENT);
    /* elf_memory takes a pointer to char, but does not write through it. */
    union {
        const uint8_t *read;
        char *passed;
    } image = {.read = file.data};
    return search_and_close(finder, elf_memory(image.passed, file.size));
}
