/*
 * Opening a BPF object with libelf.  If the file is no BPF object, the error says what it is:
 *
 *     prog.bc: this is LLVM bitcode: take what bpf-linker makes of it
 *     a.out: this is an ELF file for x86-64, but no BPF object: clang -target bpf -g makes them
 */
#include "core/object.h"

#include "base/diag.h"

#include <libelf.h>
#include <string.h>

/* Checks what libelf does not: to it, a table beyond the end of the file has no entries. */
static bool has_all_sections(Elf *elf, const GElf_Ehdr *header)
{
    size_t count = 0;
    size_t size = 0;
    if (elf_getshdrnum(elf, &count) != 0 || elf_rawfile(elf, &size) == NULL)
        return false;
    size_t each = gelf_fsize(elf, ELF_T_SHDR, 1, EV_CURRENT);
    return count > 1 && header->e_shoff <= size && (size - header->e_shoff) / each >= count;
}

/* What the file is, if it is no ELF file. */
static const char *not_elf(const struct hg_btf_bytes *file)
{
    static const struct {
        const char *begin, *what;
    } kinds[] = {
        {"BC\xc0\xde",
         "this is LLVM bitcode: rustc and clang -flto leave the rest to the linker, so "
         "take what bpf-linker makes of it, or compile without -flto"},
        {"\xde\xc0\x17\x0b", "this is LLVM bitcode: take what bpf-linker makes of it"},
        {"!<arch>\n", "this is an archive of object files: take what the linker makes of it"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].begin);
        if (file->size >= length && memcmp(file->data, kinds[i].begin, length) == 0)
            return kinds[i].what;
    }
    return "this is no ELF file; a BPF object (clang -target bpf -g) is needed, and BTF to check "
           "it against follows --btf";
}

static const char *machine_name(unsigned machine)
{
    return machine == EM_X86_64    ? " for x86-64"
           : machine == EM_AARCH64 ? " for arm64"
           : machine == EM_ARM     ? " for arm"
           : machine == EM_386     ? " for i386"
           : machine == EM_RISCV   ? " for riscv"
           : machine == EM_S390    ? " for s390"
           : machine == EM_PPC64   ? " for ppc64"
           : machine == EM_MIPS    ? " for mips"
                                   : "";
}

static const char *object_fault(Elf *elf, GElf_Ehdr *header, size_t *names)
{
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, header) == NULL ||
        elf_getshdrstrndx(elf, names) != 0) {
        const char *why = elf_errmsg(-1);
        return why == NULL ? "this ELF file is damaged" : why;
    }
    if (header->e_machine == EM_BPF && !has_all_sections(elf, header))
        return "its table of sections is missing: the file is cut off";
    return NULL;
}

Elf *hg_core_open_elf(const struct hg_btf_bytes *file, struct hg_diagnostics *diagnostics,
                      GElf_Ehdr *header, size_t *names)
{
    if (file->size < SELFMAG || memcmp(file->data, ELFMAG, SELFMAG) != 0) {
        hg_error(diagnostics, NULL, "%s: %s", file->name, not_elf(file));
        return NULL;
    }
    (void)elf_version(EV_CURRENT);
    /* libelf writes nowhere through this pointer when it only reads. */
    union {
        const void *read;
        char *passed;
    } image = {.read = file->data};
    Elf *elf = elf_memory(image.passed, file->size);
    const char *why = object_fault(elf, header, names);
    if (why == NULL && header->e_machine == EM_BPF)
        return elf;
    if (why == NULL)
        hg_error(diagnostics, NULL,
                 "%s: this is an ELF file%s, but no BPF object: clang -target bpf -g makes them",
                 file->name, machine_name(header->e_machine));
    else
        hg_error(diagnostics, NULL, "%s: %s", file->name, why);
    elf_end(elf);
    return NULL;
}
