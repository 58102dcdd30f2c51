/*
 * Which functions the variables of struct_ops hold:
 *
 *     SEC(".struct_ops") struct tcp_congestion_ops mine = { .ssthresh = (void *)my_ssthresh };
 *     a relocation of .struct_ops at byte 0 to 'my_ssthresh'       'mine', byte 0: my_ssthresh
 *
 * The variable is the symbol that contains the relocation's offset.  A relocation that is not to
 * the start of a function sets no program, and is ignored.
 */
#include "core/elf.h"

#include <string.h>

enum { HELD_MAX = 8192, VARIABLES_MAX = 4096 };

static bool is_operations(const struct elf_reader *reader, size_t section)
{
    static const char *const names[] = {".struct_ops", ".struct_ops.link"};
    const char *name = hg_elf_section_name(reader, section);
    return name != NULL && HG_IS_ONE_OF(name + (name[0] == '?'), names);
}

bool hg_elf_take_variable(struct elf_reader *reader, const GElf_Sym *symbol, const char *name)
{
    if (GELF_ST_TYPE(symbol->st_info) != STT_OBJECT || symbol->st_shndx == SHN_UNDEF ||
        symbol->st_shndx >= SHN_LORESERVE || !is_operations(reader, symbol->st_shndx))
        return true;
    if (reader->variables.count == VARIABLES_MAX)
        return hg_core_fault(reader->object, reader->diagnostics,
                             "more than %d variables of struct_ops", VARIABLES_MAX);
    *HG_PUSH(&reader->variables) = (struct variable){.name = name,
                                                     .section = symbol->st_shndx,
                                                     .offset = symbol->st_value,
                                                     .size = symbol->st_size};
    return true;
}

bool hg_elf_holds(const struct elf_reader *reader, size_t section)
{
    for (size_t i = 0; i < reader->variables.count; i++)
        if (reader->variables.items[i].section == section)
            return true;
    return false;
}

/* The variable of that section that the byte lies in; NULL = there is none. */
static const struct variable *variable_at(const struct elf_reader *reader, size_t section,
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

/* The function that begins at the symbol; NULL = none. */
static const struct function *function_of(const struct hg_core_object *object,
                                          const GElf_Sym *symbol)
{
    uint32_t code = hg_elf_code(object, symbol->st_shndx);
    if (code == NO_CODE || symbol->st_value > UINT32_MAX)
        return NULL;
    const struct function *function = hg_core_function_at(object, code, (uint32_t)symbol->st_value);
    return function != NULL && function->offset == symbol->st_value ? function : NULL;
}

bool hg_elf_take_held(struct elf_reader *reader, size_t section, const GElf_Rel *relocation)
{
    struct hg_core_object *object = reader->object;
    GElf_Sym symbol;
    if (hg_elf_symbol(reader, GELF_R_SYM(relocation->r_info), &symbol) == NULL)
        return hg_core_fault(object, reader->diagnostics,
                             "a relocation of its struct_ops is to no symbol");
    if (reader->held_relocations++ == HELD_MAX)
        return hg_core_fault(object, reader->diagnostics, "more than %d relocations of struct_ops",
                             HELD_MAX);
    const struct function *function = function_of(object, &symbol);
    const struct variable *variable = variable_at(reader, section, relocation->r_offset);
    if (function == NULL || variable == NULL)
        return true;
    *HG_PUSH(&object->held) =
        (struct held){.variable = hg_elf_copy_name(reader, variable->name, SIZE_MAX),
                      .offset = relocation->r_offset - variable->offset,
                      .function = (uint32_t)(function - object->functions.items)};
    return true;
}
