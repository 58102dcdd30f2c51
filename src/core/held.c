/*
 * Which functions the variables of struct_ops hold:
 *
 *     SEC(".struct_ops") struct tcp_congestion_ops mine = { .ssthresh = (void *)my_ssthresh };
 *     a relocation of .struct_ops at byte 0 to 'my_ssthresh'       'mine', byte 0: my_ssthresh
 *
 * The method: of each section .struct_ops..., the relocations that lead to the start of a function;
 * the variable is the symbol of the section that the relocation's place lies in.  What leads
 * elsewhere is no program's, and left to the loader.
 */
#include "core/object.h"

#include "base/diag.h"
#include "model/describe.h"

#include <libelf.h>
#include <string.h>

enum { HELD_MAX = 8192, VARIABLES_MAX = 4096 };

struct variable {
    const char *name;
    size_t section;
    uint64_t offset;
    uint64_t size;
};

struct held_reader {
    struct hg_core_object *object;
    struct hg_diagnostics *diagnostics;
    Elf *elf;
    Elf_Data *symbols;
    size_t symbol_count;
    size_t strings; /* the section with the symbols' names */
    HG_ARRAY(struct variable) variables;
    size_t relocations;
};

static bool damaged(const struct held_reader *reader)
{
    const char *why = elf_errmsg(-1);
    return hg_core_fault(reader->object, reader->diagnostics, "cannot read this ELF file: %s",
                         why == NULL ? "it is damaged" : why);
}

static bool is_operations(const struct held_reader *reader, size_t section)
{
    Elf_Scn *holder = elf_getscn(reader->elf, section);
    GElf_Shdr header;
    size_t names = 0;
    if (holder == NULL || gelf_getshdr(holder, &header) == NULL ||
        elf_getshdrstrndx(reader->elf, &names) != 0)
        return false;
    const char *name = elf_strptr(reader->elf, names, header.sh_name);
    if (name == NULL)
        return false;
    name += name[0] == '?' ? 1 : 0;
    return strcmp(name, ".struct_ops") == 0 || strcmp(name, ".struct_ops.link") == 0;
}

static bool find_variables(struct held_reader *reader)
{
    for (size_t i = 1; i < reader->symbol_count && i <= INT32_MAX; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(reader->symbols, (int)i, &symbol) == NULL)
            return damaged(reader);
        if (GELF_ST_TYPE(symbol.st_info) != STT_OBJECT || symbol.st_shndx == SHN_UNDEF ||
            symbol.st_shndx >= SHN_LORESERVE || !is_operations(reader, symbol.st_shndx))
            continue;
        const char *name = elf_strptr(reader->elf, reader->strings, symbol.st_name);
        if (name == NULL || reader->variables.count == VARIABLES_MAX)
            return hg_core_fault(reader->object, reader->diagnostics,
                                 "more than %d variables of struct_ops, or one without a name",
                                 VARIABLES_MAX);
        *HG_PUSH(&reader->variables) = (struct variable){.name = name,
                                                         .section = symbol.st_shndx,
                                                         .offset = symbol.st_value,
                                                         .size = symbol.st_size};
    }
    return true;
}

/* The variable of that section that the byte lies in; NULL = there is none. */
static const struct variable *variable_at(const struct held_reader *reader, size_t section,
                                          uint64_t offset)
{
    for (size_t i = 0; i < reader->variables.count; i++) {
        const struct variable *variable = &reader->variables.items[i];
        if (variable->section == section && offset >= variable->offset &&
            offset - variable->offset < variable->size)
            return variable;
    }
    return NULL;
}

/* The function that begins there; NULL = none. */
static const struct function *function_of(const struct hg_core_object *object,
                                          const GElf_Sym *symbol)
{
    uint32_t code = 0;
    while (code < object->codes.count && object->codes.items[code].index != symbol->st_shndx)
        code++;
    if (code == object->codes.count || symbol->st_value > UINT32_MAX)
        return NULL;
    const struct function *function = hg_core_function_at(object, code, (uint32_t)symbol->st_value);
    return function != NULL && function->offset == symbol->st_value ? function : NULL;
}

static bool take_held(struct held_reader *reader, size_t section, const GElf_Rel *relocation)
{
    struct hg_core_object *object = reader->object;
    size_t index = GELF_R_SYM(relocation->r_info);
    GElf_Sym symbol;
    if (index >= reader->symbol_count || index > INT32_MAX ||
        gelf_getsym(reader->symbols, (int)index, &symbol) == NULL)
        return hg_core_fault(object, reader->diagnostics,
                             "a relocation of its struct_ops is to no symbol");
    if (reader->relocations++ == HELD_MAX)
        return hg_core_fault(object, reader->diagnostics, "more than %d relocations of struct_ops",
                             HELD_MAX);
    const struct function *function = function_of(object, &symbol);
    const struct variable *variable = variable_at(reader, section, relocation->r_offset);
    if (function == NULL || variable == NULL)
        return true;
    struct hg_text text = {0};
    hg_describe_name(&text, variable->name);
    *HG_PUSH(&object->held) =
        (struct held){.variable = hg_arena_string(&object->arena, hg_text_string(&text), text.size),
                      .offset = relocation->r_offset - variable->offset,
                      .function = (uint32_t)(function - object->functions.items)};
    hg_text_deinit(&text);
    return true;
}

static bool take_relocations(struct held_reader *reader, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t size = gelf_fsize(reader->elf, ELF_T_REL, 1, EV_CURRENT);
    if (data == NULL || size == 0)
        return damaged(reader);
    size_t count = data->d_size / size;
    for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
        GElf_Rel relocation;
        if (gelf_getrel(data, (int)i, &relocation) == NULL)
            return damaged(reader);
        if (!take_held(reader, header->sh_info, &relocation))
            return false;
    }
    return true;
}

static bool find_symbols(struct held_reader *reader)
{
    Elf_Scn *section = NULL;
    while (reader->symbols == NULL && (section = elf_nextscn(reader->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL)
            return damaged(reader);
        if (header.sh_type != SHT_SYMTAB)
            continue;
        size_t size = gelf_fsize(reader->elf, ELF_T_SYM, 1, EV_CURRENT);
        reader->symbols = elf_getdata(section, NULL);
        if (reader->symbols == NULL || size == 0)
            return damaged(reader);
        reader->symbol_count = reader->symbols->d_size / size;
        reader->strings = header.sh_link;
    }
    return true;
}

static bool read_held(struct held_reader *reader)
{
    if (!find_symbols(reader) || !find_variables(reader))
        return false;
    Elf_Scn *section = NULL;
    while (reader->variables.count > 0 && (section = elf_nextscn(reader->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL)
            return damaged(reader);
        bool is_one = header.sh_type == SHT_REL && is_operations(reader, header.sh_info);
        if (is_one && !take_relocations(reader, section, &header))
            return false;
    }
    return true;
}

bool hg_core_read_held(struct hg_core_object *object, struct Elf *elf,
                       struct hg_diagnostics *diagnostics)
{
    struct held_reader reader = {.object = object, .diagnostics = diagnostics, .elf = elf};
    bool fine = read_held(&reader);
    free(reader.variables.items);
    return fine;
}
