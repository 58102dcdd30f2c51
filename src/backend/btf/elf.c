/*
 * ELF: puts the BTF into the section .BTF of an object, where loaders look for it in a file.
 *
 * An unmodified libbpf looks for BTF in /boot/vmlinux-RELEASE and a few more places, and expects an
 * ELF file there.  It takes the size of a pointer from the file's class and the byte order from its
 * header, so both are the target's.  So is the machine, if this file knows it; no reader of BTF
 * uses the machine.
 *
 * libelf writes only to files, so the object is written to a file in memory.
 */
#include "backend/btf/parts.h"
#include "base/diag.h"
#include "base/file.h"

#include <errno.h>
#include <gelf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Machines that not every libelf's header has. */
enum { MACHINE_RISCV = 243, MACHINE_BPF = 247, MACHINE_LOONGARCH = 258 };

static GElf_Half machine_of(const struct hg_target *target)
{
    static const struct {
        const char *prefix; /* of the triple; the longest match first */
        GElf_Half machine;
    } machines[] = {
        {"x86_64", EM_X86_64},   {"amd64", EM_X86_64},     {"i386", EM_386},
        {"i486", EM_386},        {"i586", EM_386},         {"i686", EM_386},
        {"aarch64", EM_AARCH64}, {"arm64", EM_AARCH64},    {"arm", EM_ARM},
        {"thumb", EM_ARM},       {"powerpc64", EM_PPC64},  {"ppc64", EM_PPC64},
        {"powerpc", EM_PPC},     {"ppc", EM_PPC},          {"s390x", EM_S390},
        {"mips", EM_MIPS},       {"riscv", MACHINE_RISCV}, {"loongarch", MACHINE_LOONGARCH},
        {"sparcv9", EM_SPARCV9}, {"sparc64", EM_SPARCV9},  {"sparc", EM_SPARC},
        {"m68k", EM_68K},        {"bpf", MACHINE_BPF},
    };
    for (size_t i = 0; target->triple != NULL && i < sizeof machines / sizeof *machines; i++)
        if (strncmp(target->triple, machines[i].prefix, strlen(machines[i].prefix)) == 0)
            return machines[i].machine;
    return EM_NONE;
}

static const char section_names[] = "\0.BTF\0.shstrtab";
enum { BTF_NAME = 1, NAMES_NAME = 6 };

static bool add_section(Elf *elf, GElf_Word name, GElf_Word type, void *bytes, size_t size,
                        size_t align, size_t *index)
{
    Elf_Scn *section = elf_newscn(elf);
    Elf_Data *data = section == NULL ? NULL : elf_newdata(section);
    GElf_Shdr header;
    if (data == NULL || gelf_getshdr(section, &header) == NULL)
        return false;
    data->d_buf = bytes;
    data->d_size = size;
    data->d_align = align;
    data->d_type = ELF_T_BYTE; /* its byte order is right as it is */
    header.sh_name = name;
    header.sh_type = type;
    header.sh_addralign = align;
    *index = elf_ndxscn(section);
    return gelf_update_shdr(section, &header) != 0;
}

static bool fill(Elf *elf, const struct hg_target *target, const struct hg_output *btf)
{
    GElf_Ehdr header;
    if (gelf_newehdr(elf, target->pointer_size == 4 ? ELFCLASS32 : ELFCLASS64) == NULL ||
        gelf_getehdr(elf, &header) == NULL)
        return false;
    header.e_ident[EI_DATA] = target->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
    header.e_type = ET_REL;
    header.e_machine = machine_of(target);
    header.e_version = EV_CURRENT;
    if (gelf_update_ehdr(elf, &header) == 0)
        return false;

    char names[sizeof section_names];
    memcpy(names, section_names, sizeof names);
    size_t btf_index;
    size_t names_index;
    if (!add_section(elf, BTF_NAME, SHT_PROGBITS, btf->data, btf->size, 8, &btf_index) ||
        !add_section(elf, NAMES_NAME, SHT_STRTAB, names, sizeof names, 1, &names_index))
        return false;
    if (gelf_getehdr(elf, &header) == NULL)
        return false;
    header.e_shstrndx = (GElf_Half)names_index;
    return gelf_update_ehdr(elf, &header) != 0 && elf_update(elf, ELF_C_WRITE) >= 0;
}

enum hg_status hg_btf_out_wrap_in_elf(const struct hg_target *target,
                                      struct hg_diagnostics *diagnostics, struct hg_output *btf)
{
    int descriptor = memfd_create("hdrgen", MFD_CLOEXEC);
    if (descriptor < 0) {
        hg_error(diagnostics, NULL, "cannot make a file in memory for the ELF object: %s",
                 strerror(errno));
        return HG_ERROR_IO;
    }
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(descriptor, ELF_C_WRITE, NULL);
    struct hg_output object = {0};
    if (elf == NULL || !fill(elf, target, btf))
        hg_error(diagnostics, NULL, "libelf cannot write the ELF object: %s", elf_errmsg(-1));
    else if (lseek(descriptor, 0, SEEK_SET) != 0 ||
             (object.data = hg_file_read_open(descriptor, 2 * BTF_BYTES_MAX, &object.size)) == NULL)
        hg_error(diagnostics, NULL, "cannot read the ELF object back: %s", strerror(errno));
    elf_end(elf);
    close(descriptor);
    if (object.data == NULL)
        return HG_ERROR_IO;
    hg_output_deinit(btf);
    *btf = object;
    return HG_OK;
}
