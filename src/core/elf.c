/*
 * Reading a BPF object's ELF file: sections of code, the functions in them, .BTF and .BTF.ext.
 *
 *     section "tp/sched/sched_switch", 4 instructions     code
 *     symbol 'on_switch', FUNC, offset 0, 32 bytes        function
 *
 * The method: one pass over the sections, one over the symbols, then one over the relocations.
 * libelf returns these in this machine's byte order; the bytes of sections are copied as they are.
 * The offset of each symbol is checked against its section.
 */
#include "core/elf.h"

#include "base/diag.h"
#include "model/describe.h"

#include <hdrgen/link.h>
#include <string.h>

bool hg_elf_damaged(const struct elf_reader *reader)
{
    const char *why = elf_errmsg(-1);
    return hg_core_fault(reader->object, reader->diagnostics, "cannot read this ELF file: %s",
                         why == NULL ? "it is damaged" : why);
}

const char *hg_elf_copy_name(struct elf_reader *reader, const char *name, size_t most)
{
    struct hg_text text = {0};
    hg_describe_name(&text, name);
    if (text.size > most)
        hg_text_truncate(&text, most);
    return hg_text_keep(&text, &reader->object->arena);
}

const char *hg_elf_section_name(const struct elf_reader *reader, size_t section)
{
    Elf_Scn *found = elf_getscn(reader->elf, section);
    GElf_Shdr header;
    if (found == NULL || gelf_getshdr(found, &header) == NULL)
        return NULL;
    return elf_strptr(reader->elf, reader->section_names, header.sh_name);
}

const char *hg_elf_symbol(const struct elf_reader *reader, size_t index, GElf_Sym *ret)
{
    if (index >= reader->symbol_count || index > INT32_MAX ||
        gelf_getsym(reader->symbols, (int)index, ret) == NULL)
        return NULL;
    return elf_strptr(reader->elf, reader->symbol_names, ret->st_name);
}

uint32_t hg_elf_code(const struct hg_core_object *object, size_t section)
{
    for (size_t i = 0; i < object->codes.count; i++)
        if (object->codes.items[i].index == section)
            return (uint32_t)i;
    return NO_CODE;
}

/* --- sections --- */

/* The raw bytes; *size is 0 where the section is empty. */
static bool section_bytes(const struct elf_reader *reader, Elf_Scn *section, const uint8_t **bytes,
                          size_t *size)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    if (data == NULL)
        return hg_elf_damaged(reader);
    *bytes = data->d_buf;
    *size = data->d_buf == NULL ? 0 : data->d_size;
    return true;
}

static bool take_code(struct elf_reader *reader, Elf_Scn *section, const char *name)
{
    struct hg_core_object *object = reader->object;
    const uint8_t *bytes = NULL;
    size_t size = 0;
    if (!section_bytes(reader, section, &bytes, &size))
        return false;
    name = hg_elf_copy_name(reader, name, SIZE_MAX);
    if (size % INSN_SIZE != 0)
        return hg_core_fault(object, reader->diagnostics,
                             "section '%s' has %zu bytes, which is no whole number of instructions",
                             name, size);
    *HG_PUSH(&object->codes) = (struct code){
        .name = name,
        .bytes = hg_arena_copy(&object->arena, bytes, size, 1),
        .size = (uint32_t)size,
        .index = elf_ndxscn(section),
    };
    return true;
}

/* Copies the section .BTF or .BTF.ext. */
static bool take_bytes(struct elf_reader *reader, Elf_Scn *section, const char *name,
                       struct elf_part *ret)
{
    const uint8_t *bytes = NULL;
    if (ret->bytes != NULL)
        return hg_core_fault(reader->object, reader->diagnostics, "it has more than one section %s",
                             name);
    if (!section_bytes(reader, section, &bytes, &ret->size))
        return false;
    ret->bytes = hg_malloc(ret->size);
    if (ret->size > 0)
        memcpy(ret->bytes, bytes, ret->size);
    return true;
}

/* The string in the section, of which loaders take at most 63 bytes. */
static bool take_license(struct elf_reader *reader, Elf_Scn *section)
{
    enum { LICENSE_MAX = 63 };
    const uint8_t *bytes = NULL;
    size_t size = 0;
    if (!section_bytes(reader, section, &bytes, &size))
        return false;
    if (size == 0)
        return true;
    size_t length = strnlen((const char *)bytes, size < LICENSE_MAX ? size : LICENSE_MAX);
    const char *raw = hg_arena_string(&reader->object->arena, (const char *)bytes, length);
    reader->object->license = hg_elf_copy_name(reader, raw, SIZE_MAX);
    return true;
}

/* An object that hdrgen link has not processed calls functions that do not exist. */
static bool refuse_unlinked(const struct elf_reader *reader)
{
    return hg_core_fault(reader->object, reader->diagnostics,
                         "it was not linked: its accesses to kernel types are placeholders; run "
                         "`hdrgen link %s` first",
                         reader->object->name);
}

/* Notes the table of symbols, which is read when all sections are known. */
static bool take_table(struct elf_reader *reader, Elf_Scn *section, const GElf_Shdr *header)
{
    size_t size = gelf_fsize(reader->elf, ELF_T_SYM, 1, EV_CURRENT);
    reader->symbols = elf_getdata(section, NULL);
    if (reader->symbols == NULL || size == 0)
        return hg_elf_damaged(reader);
    reader->symbol_count = reader->symbols->d_size / size;
    reader->symbol_names = header->sh_link;
    return true;
}

static bool take_section(struct elf_reader *reader, Elf_Scn *section)
{
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == NULL)
        return hg_elf_damaged(reader);
    const char *name = elf_strptr(reader->elf, reader->section_names, header.sh_name);
    if (name == NULL)
        return hg_elf_damaged(reader);
    if (strncmp(name, HG_LINK_SECTION, sizeof HG_LINK_SECTION - 1) == 0)
        return refuse_unlinked(reader);
    if (header.sh_type == SHT_SYMTAB && reader->symbols == NULL)
        return take_table(reader, section, &header);
    if (header.sh_type != SHT_PROGBITS)
        return true;
    struct elf_parts *parts = reader->parts;
    bool is_btf = strcmp(name, ".BTF") == 0;
    bool is_ext = strcmp(name, ".BTF.ext") == 0;
    bool is_code = (header.sh_flags & SHF_EXECINSTR) != 0;
    if ((is_btf || is_ext || is_code) && (header.sh_flags & SHF_COMPRESSED) != 0)
        return hg_core_fault(reader->object, reader->diagnostics,
                             "section '%s' is compressed, which no loader takes", name);
    if (is_btf || is_ext)
        return take_bytes(reader, section, name, is_btf ? &parts->btf : &parts->ext);
    if (strcmp(name, "license") == 0)
        return take_license(reader, section);
    return !is_code || header.sh_size == 0 || take_code(reader, section, name);
}

/* --- functions --- */

static bool take_function(struct elf_reader *reader, const GElf_Sym *symbol, const char *raw)
{
    struct hg_core_object *object = reader->object;
    if (strcmp(raw, HG_LINK_PLACEHOLDER) == 0)
        return refuse_unlinked(reader);
    if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx >= SHN_LORESERVE)
        return true;
    uint32_t code = hg_elf_code(object, symbol->st_shndx);
    if (code == NO_CODE || symbol->st_size == 0)
        return true;
    const char *name = hg_elf_copy_name(reader, raw, SIZE_MAX);
    const struct code *section = &object->codes.items[code];
    if (symbol->st_value % INSN_SIZE != 0 || symbol->st_size % INSN_SIZE != 0 ||
        symbol->st_value > section->size || symbol->st_size > section->size - symbol->st_value)
        return hg_core_fault(object, reader->diagnostics,
                             "function '%s' does not lie within its section '%s'", name,
                             section->name);
    *HG_PUSH(&object->functions) = (struct function){
        .name = name,
        .code = code,
        .offset = (uint32_t)symbol->st_value,
        .size = (uint32_t)symbol->st_size,
        .is_static = GELF_ST_BIND(symbol->st_info) == STB_LOCAL,
    };
    return true;
}

static int compare_functions(const void *a, const void *b)
{
    const struct function *x = a;
    const struct function *y = b;
    return compare_offsets(x->code, x->offset, y->code, y->offset);
}

static bool check_overlap(const struct elf_reader *reader)
{
    const struct hg_core_object *object = reader->object;
    for (size_t i = 1; i < object->functions.count; i++) {
        const struct function *before = &object->functions.items[i - 1];
        const struct function *function = &object->functions.items[i];
        if (before->code == function->code && function->offset < before->offset + before->size)
            return hg_core_fault(object, reader->diagnostics, "functions '%s' and '%s' overlap",
                                 before->name, function->name);
    }
    return true;
}

/* --- symbols and relocations --- */

static bool take_symbols(struct elf_reader *reader)
{
    struct hg_core_object *object = reader->object;
    for (size_t i = 1; i < reader->symbol_count; i++) {
        GElf_Sym symbol;
        const char *name = hg_elf_symbol(reader, i, &symbol);
        if (name == NULL)
            return hg_elf_damaged(reader);
        if (!take_function(reader, &symbol, name) || !hg_elf_take_external(reader, &symbol, name) ||
            !hg_elf_take_variable(reader, &symbol, name))
            return false;
    }
    if (object->functions.count > 0)
        qsort(object->functions.items, object->functions.count, sizeof *object->functions.items,
              compare_functions);
    return check_overlap(reader);
}

/* The relocations of one section. */
static bool take_relocations(struct elf_reader *reader, Elf_Scn *table, size_t section)
{
    uint32_t code = hg_elf_code(reader->object, section);
    bool holds = hg_elf_holds(reader, section);
    if (code == NO_CODE && !holds)
        return true;
    Elf_Data *data = elf_getdata(table, NULL);
    size_t size = gelf_fsize(reader->elf, ELF_T_REL, 1, EV_CURRENT);
    if (data == NULL || size == 0)
        return hg_elf_damaged(reader);
    size_t count = data->d_size / size;
    for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
        GElf_Rel relocation;
        if (gelf_getrel(data, (int)i, &relocation) == NULL)
            return hg_elf_damaged(reader);
        if ((code != NO_CODE && !hg_elf_take_reference(reader, code, &relocation)) ||
            (holds && !hg_elf_take_held(reader, section, &relocation)))
            return false;
    }
    return true;
}

static bool read_parts(struct elf_reader *reader)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(reader->elf, section)) != NULL)
        if (!take_section(reader, section))
            return false;
    if (!take_symbols(reader))
        return false;
    while ((section = elf_nextscn(reader->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL)
            return hg_elf_damaged(reader);
        if (header.sh_type == SHT_REL && !take_relocations(reader, section, header.sh_info))
            return false;
    }
    hg_elf_sort_references(reader->object);
    return true;
}

bool hg_core_read_elf(struct hg_core_object *object, const struct hg_btf_bytes *file,
                      struct hg_diagnostics *diagnostics, struct elf_parts *parts)
{
    struct elf_reader reader = {.object = object, .diagnostics = diagnostics, .parts = parts};
    GElf_Ehdr header;
    reader.elf = hg_core_open_elf(file, diagnostics, &header, &reader.section_names);
    if (reader.elf == NULL)
        return false;
    object->big_endian = header.e_ident[EI_DATA] == ELFDATA2MSB;
    bool fine = read_parts(&reader);
    free(reader.variables.items);
    elf_end(reader.elf);
    return fine;
}

const struct function *hg_core_function_at(const struct hg_core_object *object, uint32_t code,
                                           uint32_t offset)
{
    size_t low = 0;
    size_t high = object->functions.count; /* the first that begins after the offset */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct function *function = &object->functions.items[middle];
        if (compare_offsets(function->code, function->offset, code, offset) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    if (low == 0)
        return NULL;
    const struct function *function = &object->functions.items[low - 1];
    bool within = function->code == code && offset - function->offset < function->size;
    return within ? function : NULL;
}
