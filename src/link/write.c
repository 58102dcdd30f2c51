/*
 * Writes the linked object: without records and placeholders, with the new .BTF and .BTF.ext.
 *
 *     removed  .hdrgen.relo.1 and its relocations; hdrgen_link_was_not_run and the relocations
 *              against it; relocations of .BTF and .BTF.ext, which no loader reads and whose
 *              offsets are no longer right; .llvm_addrsig, a list of symbols for linkers
 *     new      .BTF and .BTF.ext if the object has none; the tables of symbols and strings
 *
 * The method: sections keep their order and contents, except that each index of a section or symbol
 * becomes the new one.  libelf lays the file out and converts the tables to the object's byte
 * order.
 *
 * What this does not do: guess where indexes are.  An object with a section of an unknown type that
 * refers to the tables is refused.
 */
#include "link/link.h"

#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    TYPE_ADDRSIG = 0x6fff4c03, /* SHT_LLVM_ADDRSIG */
    OUTPUT_MAX = 512 * 1024 * 1024,
    ALIGNMENT_MAX = 64 * 1024,
    PADDING_MAX = 64 * 1024 * 1024,
    GROUP_WORD = 4,
};

/* A string table under construction. */
struct string_table {
    struct hg_strings offsets; /* by string; 0 = it is new, or empty */
    struct hg_text text;
};

struct writer {
    struct linker *linker;
    uint32_t name_section, symbol_name_section; /* which may be the same */
    struct string_table names, symbol_names;
    HG_ARRAY(Elf64_Sym) symbols;
    uint32_t first_global;
    Elf *elf;
};

/* --- what is removed --- */

static bool mark_relocations(struct linker *linker, struct link_section *table)
{
    size_t left = 0;
    for (size_t i = 0; i < table->relocations.count; i++) {
        const struct link_relocation *relocation = &table->relocations.items[i];
        const struct link_symbol *symbol = &linker->symbols.items[relocation->symbol];
        left += !relocation->is_gone;
        if (!relocation->is_gone && symbol->is_gone)
            return hg_link_fault(linker, "section '%s' refers to what linking removes",
                                 table->shown);
    }
    table->is_gone = left == 0 && table->relocations.count > 0;
    return true;
}

static bool mark(struct linker *linker)
{
    for (size_t i = 1; i < linker->sections.count; i++) {
        struct link_section *section = &linker->sections.items[i];
        uint32_t of = section->header.sh_info;
        if (section->header.sh_type == SHT_SYMTAB_SHNDX)
            return hg_link_fault(linker, "it has too many sections");
        section->is_gone |= section->header.sh_type == TYPE_ADDRSIG;
        section->is_gone |= link_is_relocations(section) && of != 0 &&
                            (of == linker->record_section || of == linker->btf_section ||
                             of == linker->ext_section);
    }
    for (size_t i = 0; i < linker->symbols.count; i++) {
        struct link_symbol *symbol = &linker->symbols.items[i];
        uint32_t in = symbol->symbol.st_shndx;
        symbol->is_gone |=
            in != SHN_UNDEF && in < SHN_LORESERVE && link_section(linker, in)->is_gone;
    }
    for (size_t i = 1; i < linker->sections.count; i++) {
        struct link_section *section = &linker->sections.items[i];
        if (link_is_relocations(section) && !section->is_gone && !mark_relocations(linker, section))
            return false;
    }
    return true;
}

/* --- names and indexes --- */

static uint32_t put_string(struct string_table *table, const char *string)
{
    if (table->text.size == 0)
        hg_text_bytes(&table->text, "", 1);
    size_t length = strlen(string);
    if (length == 0)
        return 0;
    uint32_t *offset = hg_strings_number(&table->offsets, string, length);
    if (*offset == 0) {
        *offset = (uint32_t)table->text.size;
        hg_text_bytes(&table->text, string, length + 1);
    }
    return *offset;
}

static struct string_table *symbol_table_names(struct writer *writer)
{
    return writer->name_section == writer->symbol_name_section ? &writer->names
                                                               : &writer->symbol_names;
}

static void number_sections(struct writer *writer)
{
    struct linker *linker = writer->linker;
    uint32_t next = 1;
    for (size_t i = 1; i < linker->sections.count; i++) {
        struct link_section *section = &linker->sections.items[i];
        section->new_index = section->is_gone ? 0 : next++;
        if (!section->is_gone)
            section->header.sh_name = put_string(&writer->names, section->name);
    }
}

static void number_symbols(struct writer *writer)
{
    struct linker *linker = writer->linker;
    for (size_t i = 0; i < linker->symbols.count; i++) {
        struct link_symbol *symbol = &linker->symbols.items[i];
        if (symbol->is_gone)
            continue;
        uint32_t in = symbol->symbol.st_shndx;
        symbol->new_index = (uint32_t)writer->symbols.count;
        *HG_PUSH(&writer->symbols) = (Elf64_Sym){
            .st_name = put_string(symbol_table_names(writer), symbol->name),
            .st_info = symbol->symbol.st_info,
            .st_other = symbol->symbol.st_other,
            .st_shndx = in < SHN_LORESERVE ? (Elf64_Half)link_section(linker, in)->new_index
                                           : (Elf64_Half)in,
            .st_value = symbol->symbol.st_value,
            .st_size = symbol->symbol.st_size,
        };
        if (GELF_ST_BIND(symbol->symbol.st_info) == STB_LOCAL)
            writer->first_global = (uint32_t)writer->symbols.count;
    }
}

/* --- sections that hold indexes --- */

static Elf_Data make_symbols(struct writer *writer, struct link_section *section)
{
    section->header.sh_info = writer->first_global;
    return (Elf_Data){.d_buf = writer->symbols.items,
                      .d_size = writer->symbols.count * sizeof *writer->symbols.items,
                      .d_type = ELF_T_SYM};
}

static Elf_Data make_relocations(const struct writer *writer, struct link_section *section)
{
    const struct linker *linker = writer->linker;
    bool has_addend = section->header.sh_type == SHT_RELA;
    size_t each = has_addend ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel);
    section->changed = hg_calloc(section->relocations.count, each);
    uint8_t *at = section->changed;
    for (size_t i = 0; i < section->relocations.count; i++) {
        const struct link_relocation *relocation = &section->relocations.items[i];
        if (relocation->is_gone)
            continue;
        uint64_t symbol = linker->symbols.items[relocation->symbol].new_index;
        Elf64_Rela entry = {.r_offset = relocation->offset,
                            .r_info = ELF64_R_INFO(symbol, relocation->type),
                            .r_addend = relocation->addend};
        memcpy(at, &entry, each); /* an Elf64_Rel is how an Elf64_Rela begins */
        at += each;
    }
    section->header.sh_info = link_section(linker, section->header.sh_info)->new_index;
    return (Elf_Data){.d_buf = section->changed,
                      .d_size = (size_t)(at - section->changed),
                      .d_type = has_addend ? ELF_T_RELA : ELF_T_REL};
}

/* Makes a section group: a flag, then indexes of sections; sh_info is the index of a symbol. */
static bool make_group(const struct writer *writer, struct link_section *section, Elf_Data *ret)
{
    const struct linker *linker = writer->linker;
    if (section->size < GROUP_WORD || section->size % GROUP_WORD != 0 ||
        section->header.sh_info >= linker->symbols.count)
        return hg_link_fault(linker, "section '%s' is no group of sections", section->shown);
    section->header.sh_info = linker->symbols.items[section->header.sh_info].new_index;
    section->changed = hg_malloc(section->size);
    memcpy(section->changed, section->bytes, GROUP_WORD);
    size_t size = GROUP_WORD;
    for (size_t at = GROUP_WORD; at < section->size; at += GROUP_WORD) {
        uint32_t old = link_word(linker, section->bytes + at);
        if (old == 0 || old >= linker->sections.count)
            return hg_link_fault(linker, "section '%s' is no group of sections", section->shown);
        if (link_section(linker, old)->is_gone)
            continue;
        link_set_word(linker, section->changed + size, link_section(linker, old)->new_index);
        size += GROUP_WORD;
    }
    *ret = (Elf_Data){.d_buf = section->changed, .d_size = size, .d_type = ELF_T_BYTE};
    return true;
}

static Elf_Data make_strings(struct string_table *table)
{
    return (Elf_Data){.d_buf = table->text.data, .d_size = table->text.size, .d_type = ELF_T_BYTE};
}

/* libelf takes a pointer without const, and only reads through it. */
static Elf_Data bytes_of(const void *bytes, size_t size)
{
    union {
        const void *given;
        void *passed;
    } pointer = {.given = bytes};
    return (Elf_Data){.d_buf = pointer.passed, .d_size = size, .d_type = ELF_T_BYTE};
}

static bool make_contents(struct writer *writer, struct link_section *section, uint32_t index,
                          Elf_Data *ret)
{
    const struct linker *linker = writer->linker;
    uint32_t type = section->header.sh_type;
    if (index == linker->symbol_section)
        *ret = make_symbols(writer, section);
    else if (link_is_relocations(section))
        *ret = make_relocations(writer, section);
    else if (type == SHT_GROUP)
        return make_group(writer, section, ret);
    else if (index == writer->name_section)
        *ret = make_strings(&writer->names);
    else if (index == writer->symbol_name_section)
        *ret = make_strings(&writer->symbol_names);
    else if (index == linker->btf_section)
        *ret = bytes_of(linker->btf.data, linker->btf.size);
    else if (index == linker->ext_section)
        *ret = bytes_of(linker->ext.data, linker->ext.size);
    else if (type == SHT_NOBITS)
        *ret = (Elf_Data){.d_size = section->header.sh_size, .d_type = ELF_T_BYTE};
    else
        *ret =
            bytes_of(section->changed != NULL ? section->changed : section->bytes, section->size);
    return true;
}

/* --- the file --- */

static bool libelf_fault(const struct writer *writer)
{
    return hg_link_fault(writer->linker, "libelf cannot write the object: %s", elf_errmsg(-1));
}

static bool add_section(struct writer *writer, uint32_t index)
{
    struct linker *linker = writer->linker;
    struct link_section *section = link_section(linker, index);
    Elf_Data contents = {0};
    GElf_Shdr header;
    if (!make_contents(writer, section, index, &contents))
        return false;
    Elf_Scn *scn = elf_newscn(writer->elf);
    Elf_Data *data = scn == NULL ? NULL : elf_newdata(scn);
    if (data == NULL || gelf_getshdr(scn, &header) == NULL)
        return libelf_fault(writer);
    data->d_buf = contents.d_buf;
    data->d_size = contents.d_size;
    data->d_type = contents.d_type;
    data->d_align = section->header.sh_addralign == 0 ? 1 : section->header.sh_addralign;
    uint32_t link = section->header.sh_link;
    section->header.sh_link = link == 0 ? 0 : link_section(linker, link)->new_index;
    section->header.sh_size = contents.d_size;
    return gelf_update_shdr(scn, &section->header) != 0 || libelf_fault(writer);
}

static bool write_header(struct writer *writer)
{
    const struct linker *linker = writer->linker;
    GElf_Ehdr header;
    if (gelf_newehdr(writer->elf, ELFCLASS64) == NULL || gelf_getehdr(writer->elf, &header) == NULL)
        return libelf_fault(writer);
    memcpy(header.e_ident, linker->header.e_ident, sizeof header.e_ident);
    header.e_type = linker->header.e_type;
    header.e_machine = linker->header.e_machine;
    header.e_version = linker->header.e_version;
    header.e_flags = linker->header.e_flags;
    header.e_shstrndx = (GElf_Half)link_section(linker, writer->name_section)->new_index;
    return gelf_update_ehdr(writer->elf, &header) != 0 || libelf_fault(writer);
}

static bool fill(struct writer *writer)
{
    struct linker *linker = writer->linker;
    if (!write_header(writer))
        return false;
    for (uint32_t i = 1; i < linker->sections.count; i++)
        if (!link_section(linker, i)->is_gone && !add_section(writer, i))
            return false;
    return elf_update(writer->elf, ELF_C_WRITE) >= 0 || libelf_fault(writer);
}

/* libelf writes only to files, so this is a file in memory. */
static bool write_file(struct writer *writer, struct hg_output *ret)
{
    struct linker *linker = writer->linker;
    int descriptor = memfd_create("hdrgen", MFD_CLOEXEC);
    if (descriptor < 0)
        return hg_link_fault(linker, "cannot make a file in memory: %s", strerror(errno));
    writer->elf = elf_begin(descriptor, ELF_C_WRITE, NULL);
    bool fine = writer->elf == NULL ? libelf_fault(writer) : fill(writer);
    elf_end(writer->elf);
    if (fine && (lseek(descriptor, 0, SEEK_SET) != 0 ||
                 (ret->data = hg_file_read_open(descriptor, OUTPUT_MAX, &ret->size)) == NULL))
        fine = hg_link_fault(linker, "cannot read the object back: %s", strerror(errno));
    close(descriptor);
    return fine;
}

/* --- the object --- */

static void add_missing(struct linker *linker, const char *name, uint32_t *index)
{
    enum { ALIGNMENT = 4 };
    if (*index != 0)
        return;
    *index = (uint32_t)linker->sections.count;
    struct link_section *section = HG_PUSH(&linker->sections);
    *section = (struct link_section){.name = name, .shown = name};
    section->header.sh_type = SHT_PROGBITS;
    section->header.sh_addralign = ALIGNMENT;
}

/* Refuses large alignments, since libelf would fill the gaps that they leave. */
static bool check_alignments(const struct linker *linker)
{
    uint64_t padding = 0;
    for (size_t i = 1; i < linker->sections.count; i++) {
        const struct link_section *section = &linker->sections.items[i];
        uint64_t alignment = section->header.sh_addralign;
        padding += alignment;
        if (alignment > ALIGNMENT_MAX || (alignment & (alignment - 1)) != 0 ||
            padding > PADDING_MAX)
            return hg_link_fault(linker, "section '%s' has an alignment of %llu", section->shown,
                                 (unsigned long long)alignment);
    }
    return true;
}

/* Finds the string tables.  They are written again, so only names of sections and symbols may be in
 * them. */
static bool find_string_tables(struct writer *writer)
{
    struct linker *linker = writer->linker;
    size_t names = 0;
    if (elf_getshdrstrndx(linker->elf, &names) != 0 || names == 0 ||
        names >= linker->sections.count || linker->symbol_section == 0)
        return hg_link_fault(linker, "it has no tables of symbols and of names");
    writer->name_section = (uint32_t)names;
    writer->symbol_name_section = link_section(linker, linker->symbol_section)->header.sh_link;
    if (writer->symbol_name_section == 0)
        return hg_link_fault(linker, "its symbols have no names");
    for (uint32_t i = 1; i < linker->sections.count; i++) {
        uint32_t link = link_section(linker, i)->header.sh_link;
        bool is_table = link == writer->name_section || link == writer->symbol_name_section;
        if (i != linker->symbol_section && is_table)
            return hg_link_fault(linker, "section '%s' is of a sort that is not known",
                                 link_section(linker, i)->shown);
    }
    return true;
}

bool hg_link_write(struct linker *linker, struct hg_output *ret)
{
    struct writer writer = {.linker = linker};
    struct hg_arena arena;
    hg_arena_init(&arena);
    hg_strings_init(&writer.names.offsets, &arena);
    hg_strings_init(&writer.symbol_names.offsets, &arena);
    bool fine = check_alignments(linker) && find_string_tables(&writer) && mark(linker);
    if (fine) {
        add_missing(linker, ".BTF", &linker->btf_section);
        add_missing(linker, ".BTF.ext", &linker->ext_section);
        number_sections(&writer);
        number_symbols(&writer);
        fine = write_file(&writer, ret);
    }
    hg_strings_deinit(&writer.names.offsets);
    hg_strings_deinit(&writer.symbol_names.offsets);
    hg_text_deinit(&writer.names.text);
    hg_text_deinit(&writer.symbol_names.text);
    free(writer.symbols.items);
    hg_arena_deinit(&arena);
    return fine;
}
