/*
 * Reads the object: every section with its bytes, every symbol, every relocation.
 *
 *     section 4 "raw_tp/sys_enter", 568 bytes
 *     section 5 ".relraw_tp/sys_enter", 16 relocations: at 32 symbol 23, type 10; ...
 *     symbol 23 "hdrgen_link_was_not_run", undefined
 *
 * The method: libelf reads the tables, and this file checks, once, each index of a section or
 * symbol in them.
 *
 * What this does not do: read objects that compilers do not make for BPF (32 bits, not
 * relocatable), or with more than 65,279 sections.
 */
#include "link/link.h"

#include "core/object.h"
#include "model/describe.h"

#include <string.h>

static bool damaged(const struct linker *linker)
{
    const char *why = elf_errmsg(-1);
    return hg_link_fault(linker, "cannot read this ELF file: %s", why == NULL ? "damaged" : why);
}

/* The name for messages. */
static const char *printable(struct linker *linker, const char *name)
{
    struct hg_text text = {0};
    hg_describe_name(&text, name);
    return hg_text_keep(&text, &linker->arena);
}

static bool read_relocations(struct linker *linker, Elf_Scn *scn, struct link_section *section)
{
    bool has_addend = section->header.sh_type == SHT_RELA;
    Elf_Data *data = elf_getdata(scn, NULL);
    if (data == NULL)
        return damaged(linker);
    size_t each = gelf_fsize(linker->elf, has_addend ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
    size_t count = data->d_buf == NULL ? 0 : data->d_size / each;
    if (data->d_size % each != 0 || count > INT32_MAX)
        return hg_link_fault(linker, "section '%s' holds no whole number of relocations",
                             section->shown);
    for (size_t i = 0; i < count; i++) {
        GElf_Rela entry = {0};
        GElf_Rel plain;
        if (has_addend ? gelf_getrela(data, (int)i, &entry) == NULL
                       : gelf_getrel(data, (int)i, &plain) == NULL)
            return damaged(linker);
        if (!has_addend)
            entry = (GElf_Rela){.r_offset = plain.r_offset, .r_info = plain.r_info};
        *HG_PUSH(&section->relocations) = (struct link_relocation){
            .offset = entry.r_offset,
            .symbol = (uint32_t)GELF_R_SYM(entry.r_info),
            .type = (uint32_t)GELF_R_TYPE(entry.r_info),
            .addend = entry.r_addend,
        };
    }
    return true;
}

static bool read_section(struct linker *linker, Elf_Scn *scn, size_t names)
{
    struct link_section *section = HG_PUSH(&linker->sections);
    *section = (struct link_section){0};
    if (gelf_getshdr(scn, &section->header) == NULL)
        return damaged(linker);
    section->name = elf_strptr(linker->elf, names, section->header.sh_name);
    if (section->name == NULL)
        return damaged(linker);
    section->shown = printable(linker, section->name);
    if (section->header.sh_type != SHT_NOBITS) {
        Elf_Data *raw = elf_rawdata(scn, NULL);
        if (raw == NULL)
            return damaged(linker);
        section->bytes = raw->d_buf;
        section->size = raw->d_buf == NULL ? 0 : raw->d_size;
    }
    return !link_is_relocations(section) || read_relocations(linker, scn, section);
}

static bool read_symbols(struct linker *linker, Elf_Scn *scn, uint32_t index)
{
    const struct link_section *section = link_section(linker, index);
    Elf_Data *data = elf_getdata(scn, NULL);
    if (data == NULL)
        return damaged(linker);
    size_t each = gelf_fsize(linker->elf, ELF_T_SYM, 1, EV_CURRENT);
    size_t count = data->d_buf == NULL ? 0 : data->d_size / each;
    for (size_t i = 0; i < count && i < INT32_MAX; i++) {
        struct link_symbol *symbol = HG_PUSH(&linker->symbols);
        *symbol = (struct link_symbol){0};
        if (gelf_getsym(data, (int)i, &symbol->symbol) == NULL)
            return damaged(linker);
        symbol->name = elf_strptr(linker->elf, section->header.sh_link, symbol->symbol.st_name);
        if (symbol->name == NULL)
            return damaged(linker);
        uint32_t in = symbol->symbol.st_shndx;
        if (in == SHN_XINDEX || (in < SHN_LORESERVE && in >= linker->sections.count))
            return hg_link_fault(linker, "symbol %zu is in section %u, which does not exist", i,
                                 in);
    }
    linker->symbol_section = index;
    return true;
}

/* Checks the indexes of sections and symbols in the tables. */
static bool check_references(const struct linker *linker)
{
    for (size_t i = 1; i < linker->sections.count; i++) {
        const struct link_section *section = &linker->sections.items[i];
        if (section->header.sh_link >= linker->sections.count)
            return hg_link_fault(linker, "section '%s' refers to section %u, which does not exist",
                                 section->shown, section->header.sh_link);
        if (!link_is_relocations(section))
            continue;
        if (section->header.sh_info >= linker->sections.count ||
            section->header.sh_link != linker->symbol_section)
            return hg_link_fault(
                linker,
                "section '%s': its relocations belong to no section or use another symbol table",
                section->shown);
        for (size_t r = 0; r < section->relocations.count; r++)
            if (section->relocations.items[r].symbol >= linker->symbols.count)
                return hg_link_fault(linker,
                                     "section '%s': relocation %zu is against symbol %u, and there "
                                     "are %zu",
                                     section->shown, r, section->relocations.items[r].symbol,
                                     linker->symbols.count);
    }
    return true;
}

/* Finds the section of that name; *ret is 0 if there is none.  False = there
 * are several, or it is compressed. */
static bool find_only(const struct linker *linker, const char *name, uint32_t *ret)
{
    for (size_t i = 1; i < linker->sections.count; i++) {
        const struct link_section *section = &linker->sections.items[i];
        if (section->header.sh_type != SHT_PROGBITS || strcmp(section->name, name) != 0)
            continue;
        if (*ret != 0)
            return hg_link_fault(linker, "it has more than one section %s", name);
        if ((section->header.sh_flags & SHF_COMPRESSED) != 0)
            return hg_link_fault(linker, "section %s is compressed, which no loader takes", name);
        *ret = (uint32_t)i;
    }
    return true;
}

static bool read_all(struct linker *linker, size_t names)
{
    if (gelf_getclass(linker->elf) != ELFCLASS64 || linker->header.e_type != ET_REL)
        return hg_link_fault(linker, "this is a BPF object, but not a relocatable one of 64 bits");
    linker->big_endian = linker->header.e_ident[EI_DATA] == ELFDATA2MSB;
    *HG_PUSH(&linker->sections) = (struct link_section){.name = "", .shown = ""};
    Elf_Scn *scn = NULL;
    while ((scn = elf_nextscn(linker->elf, scn)) != NULL)
        if (!read_section(linker, scn, names))
            return false;
    if (linker->sections.count >= SHN_LORESERVE)
        return hg_link_fault(linker, "it has too many sections");
    scn = NULL;
    for (uint32_t i = 1; (scn = elf_nextscn(linker->elf, scn)) != NULL; i++) {
        if (link_section(linker, i)->header.sh_type != SHT_SYMTAB)
            continue;
        if (linker->symbol_section != 0)
            return hg_link_fault(linker, "it has more than one symbol table");
        if (!read_symbols(linker, scn, i))
            return false;
    }
    return check_references(linker) && find_only(linker, ".BTF", &linker->btf_section) &&
           find_only(linker, ".BTF.ext", &linker->ext_section);
}

bool hg_link_read_elf(struct linker *linker, const struct hg_btf_bytes *bytes)
{
    size_t names = 0;
    linker->elf = hg_core_open_elf(bytes, linker->diagnostics, &linker->header, &names);
    return linker->elf != NULL && read_all(linker, names);
}
