/*
 * What instructions refer to by name, and what the object uses without defining it.
 *
 *     call -1            with a relocation to 'bpf_task_acquire', undefined     a kfunc
 *     call -1            with a relocation to section .text                     a subprogram
 *     r1 = 0 ll          with a relocation to 'events', in .maps                a map
 *
 * The method: libelf hands out symbols and relocations in this machine's byte order.  A relocation
 * must be of an instruction within its section and of a symbol that there is; loaders refuse the
 * rest, and so does this.
 *
 * Maps in a section "maps" are the old sort: each symbol in it is a struct bpf_map_def, whose first
 * word is the map's type.
 */
#include "core/object.h"

#include "base/diag.h"
#include "model/describe.h"

#include <gelf.h>
#include <libelf.h>
#include <string.h>

enum { REFERENCES_MAX = 1 << 20, EXTERNALS_MAX = 65536, NAME_MAX_LENGTH = 512 };

struct ref_reader {
    struct hg_core_object *object;
    struct hg_diagnostics *diagnostics;
    Elf *elf;
    Elf_Scn *symbols;
    size_t symbol_count;
    size_t strings; /* the section with the symbols' names */
};

static bool damaged(const struct ref_reader *reader)
{
    const char *why = elf_errmsg(-1);
    return hg_core_fault(reader->object, reader->diagnostics, "cannot read this ELF file: %s",
                         why == NULL ? "it is damaged" : why);
}

static const char *copy_name(struct ref_reader *reader, const char *name)
{
    struct hg_text text = {0};
    hg_describe_name(&text, name == NULL ? "" : name);
    if (text.size > NAME_MAX_LENGTH)
        hg_text_truncate(&text, NAME_MAX_LENGTH);
    const char *copy = hg_arena_string(&reader->object->arena, hg_text_string(&text), text.size);
    hg_text_deinit(&text);
    return copy;
}

static uint32_t code_of_section(const struct hg_core_object *object, size_t index)
{
    for (size_t i = 0; i < object->codes.count; i++)
        if (object->codes.items[i].index == index)
            return (uint32_t)i;
    return NO_CODE;
}

static bool find_symbols(struct ref_reader *reader)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(reader->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL)
            return damaged(reader);
        if (header.sh_type != SHT_SYMTAB || reader->symbols != NULL)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        size_t size = gelf_fsize(reader->elf, ELF_T_SYM, 1, EV_CURRENT);
        if (data == NULL || size == 0)
            return damaged(reader);
        reader->symbols = section;
        reader->symbol_count = data->d_size / size;
        reader->strings = header.sh_link;
    }
    return true;
}

/* NULL = there is none of that number. */
static const char *read_symbol(const struct ref_reader *reader, size_t index, GElf_Sym *ret)
{
    if (reader->symbols == NULL || index >= reader->symbol_count || index > INT32_MAX)
        return NULL;
    Elf_Data *data = elf_getdata(reader->symbols, NULL);
    if (data == NULL || gelf_getsym(data, (int)index, ret) == NULL)
        return NULL;
    return elf_strptr(reader->elf, reader->strings, ret->st_name);
}

/* NULL = there is none of that number. */
static const char *section_name(const struct ref_reader *reader, size_t index)
{
    Elf_Scn *section = elf_getscn(reader->elf, index);
    GElf_Shdr header;
    size_t names = 0;
    if (section == NULL || gelf_getshdr(section, &header) == NULL ||
        elf_getshdrstrndx(reader->elf, &names) != 0)
        return NULL;
    return elf_strptr(reader->elf, names, header.sh_name);
}

/* --- relocations --- */

static bool take_reference(struct ref_reader *reader, uint32_t code, const GElf_Rel *relocation)
{
    struct hg_core_object *object = reader->object;
    const struct code *section = &object->codes.items[code];
    GElf_Sym symbol;
    const char *name = read_symbol(reader, GELF_R_SYM(relocation->r_info), &symbol);
    if (name == NULL || relocation->r_offset % INSN_SIZE != 0 ||
        relocation->r_offset >= section->size)
        return hg_core_fault(object, reader->diagnostics,
                             "a relocation of section '%s' is of no instruction, or to no symbol",
                             section->name);
    if (object->references.count == REFERENCES_MAX)
        return hg_core_fault(object, reader->diagnostics, "more than %d relocations of code",
                             REFERENCES_MAX);
    bool is_inside = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE;
    const char *holder = is_inside ? section_name(reader, symbol.st_shndx) : NULL;
    *HG_PUSH(&object->references) = (struct reference){
        .code = code,
        .offset = (uint32_t)relocation->r_offset,
        .symbol = copy_name(reader, name),
        .is_external = symbol.st_shndx == SHN_UNDEF,
        .is_weak = GELF_ST_BIND(symbol.st_info) == STB_WEAK,
        .is_constant = holder != NULL && strncmp(holder, ".rodata", 7) == 0,
        .target = is_inside ? code_of_section(object, symbol.st_shndx) : NO_CODE,
        .value = symbol.st_value,
    };
    return true;
}

static bool take_relocations(struct ref_reader *reader, Elf_Scn *section, const GElf_Shdr *header)
{
    uint32_t code = code_of_section(reader->object, header->sh_info);
    if (code == NO_CODE)
        return true;
    Elf_Data *data = elf_getdata(section, NULL);
    size_t size = gelf_fsize(reader->elf, ELF_T_REL, 1, EV_CURRENT);
    if (data == NULL || size == 0)
        return damaged(reader);
    size_t count = data->d_size / size;
    for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
        GElf_Rel relocation;
        if (gelf_getrel(data, (int)i, &relocation) == NULL)
            return damaged(reader);
        if (!take_reference(reader, code, &relocation))
            return false;
    }
    return true;
}

static int compare_references(const void *a, const void *b)
{
    const struct reference *x = a;
    const struct reference *y = b;
    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

const struct reference *hg_core_reference_at(const struct hg_core_object *object, uint32_t code,
                                             uint32_t offset)
{
    struct reference wanted = {.code = code, .offset = offset};
    return object->references.count == 0
               ? NULL
               : bsearch(&wanted, object->references.items, object->references.count,
                         sizeof *object->references.items, compare_references);
}

/* --- symbols --- */

static uint32_t first_word(const struct hg_core_object *object, const uint8_t *bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++)
        value = value << 8 | bytes[object->big_endian ? i : 3 - i];
    return value;
}

static bool take_legacy_map(struct ref_reader *reader, const GElf_Sym *symbol, const char *name)
{
    struct hg_core_object *object = reader->object;
    const char *holder = section_name(reader, symbol->st_shndx);
    if (holder == NULL)
        return damaged(reader);
    if (strcmp(holder, "maps") != 0 && strncmp(holder, "maps/", 5) != 0)
        return true;
    Elf_Data *data = elf_rawdata(elf_getscn(reader->elf, symbol->st_shndx), NULL);
    if (data == NULL || data->d_buf == NULL || symbol->st_value > data->d_size ||
        data->d_size - symbol->st_value < 4)
        return hg_core_fault(object, reader->diagnostics,
                             "a map's definition does not lie within section 'maps'");
    if (object->legacy_maps.count == EXTERNALS_MAX)
        return hg_core_fault(object, reader->diagnostics, "more than %d maps", EXTERNALS_MAX);
    *HG_PUSH(&object->legacy_maps) = (struct legacy_map){
        .name = copy_name(reader, name),
        .type = first_word(object, (const uint8_t *)data->d_buf + symbol->st_value),
    };
    return true;
}

static bool take_symbol(struct ref_reader *reader, const GElf_Sym *symbol, const char *name)
{
    struct hg_core_object *object = reader->object;
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    if (symbol->st_shndx == SHN_UNDEF) {
        if (name[0] == '\0')
            return true;
        if (object->externals.count == EXTERNALS_MAX)
            return hg_core_fault(object, reader->diagnostics, "more than %d undefined symbols",
                                 EXTERNALS_MAX);
        *HG_PUSH(&object->externals) = (struct external){
            .name = copy_name(reader, name), .is_weak = GELF_ST_BIND(symbol->st_info) == STB_WEAK};
        return true;
    }
    bool is_variable = type == STT_OBJECT || type == STT_NOTYPE;
    return symbol->st_shndx >= SHN_LORESERVE || !is_variable || name[0] == '\0' ||
           take_legacy_map(reader, symbol, name);
}

bool hg_core_read_references(struct hg_core_object *object, struct Elf *elf,
                             struct hg_diagnostics *diagnostics)
{
    struct ref_reader reader = {.object = object, .diagnostics = diagnostics, .elf = elf};
    if (!find_symbols(&reader))
        return false;
    for (size_t i = 1; i < reader.symbol_count; i++) {
        GElf_Sym symbol;
        const char *name = read_symbol(&reader, i, &symbol);
        if (name == NULL)
            return damaged(&reader);
        if (!take_symbol(&reader, &symbol, name))
            return false;
    }
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL)
            return damaged(&reader);
        if (header.sh_type == SHT_REL && !take_relocations(&reader, section, &header))
            return false;
    }
    if (object->references.count > 0)
        qsort(object->references.items, object->references.count, sizeof *object->references.items,
              compare_references);
    return true;
}
