/*
 * The functions of an ELF file: the symbols that are defined in a section of code.  Functions
 * written in assembly often have no symbol type, so the type is not required.
 */
#include "symbols/elf.h"

#include <gelf.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

struct table {
    Elf *elf;
    size_t limit;
    size_t count;
    hg_listed_function_fn *take;
    void *user;
};

bool hg_begins_elf(int descriptor)
{
    char magic[SELFMAG] = {0};
    return pread(descriptor, magic, sizeof magic, 0) == sizeof magic &&
           memcmp(magic, ELFMAG, SELFMAG) == 0;
}

static bool is_code(const struct table *table, const GElf_Sym *symbol)
{
    GElf_Shdr header;
    unsigned char type = GELF_ST_TYPE(symbol->st_info);
    if (symbol->st_shndx == SHN_UNDEF || type == STT_SECTION || type == STT_FILE)
        return false;
    Elf_Scn *section = elf_getscn(table->elf, symbol->st_shndx);
    return section != NULL && gelf_getshdr(section, &header) != NULL &&
           (header.sh_flags & SHF_EXECINSTR) != 0;
}

static void take_symbols(struct table *table, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t size = gelf_fsize(table->elf, ELF_T_SYM, 1, EV_CURRENT);
    size_t count = data == NULL || size == 0 ? 0 : data->d_size / size;
    GElf_Sym symbol;
    for (size_t i = 0; i < count && i < INT_MAX && table->count <= table->limit; i++) {
        if (gelf_getsym(data, (int)i, &symbol) == NULL)
            return;
        const char *name = elf_strptr(table->elf, header->sh_link, symbol.st_name);
        if (name == NULL || name[0] == '\0' ||
            strnlen(name, HG_LISTED_NAME_MAX + 1) > HG_LISTED_NAME_MAX || !is_code(table, &symbol))
            continue;
        table->take(table->user, &(struct hg_listed_function){.name = name});
        table->count++;
    }
}

size_t hg_list_elf_functions(int descriptor, size_t limit, hg_listed_function_fn *take, void *user)
{
    (void)elf_version(EV_CURRENT);
    struct table table = {
        .elf = elf_begin(descriptor, ELF_C_READ, NULL), .limit = limit, .take = take, .user = user};
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while (table.elf != NULL && (section = elf_nextscn(table.elf, section)) != NULL)
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_SYMTAB)
            take_symbols(&table, section, &header);
    elf_end(table.elf);
    return table.count;
}
