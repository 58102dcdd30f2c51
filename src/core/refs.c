/*
 * The symbols that instructions refer to, and the symbols that the object does not define.
 *
 *     call -1            with a relocation to 'bpf_task_acquire', undefined     a kfunc
 *     call -1            with a relocation to section .text                     a subprogram
 *     r1 = 0 ll          with a relocation to 'events', in .maps                a map
 *
 * As loaders do, hdrgen refuses a relocation that is at no instruction of its section, or whose
 * symbol does not exist.
 *
 * Older objects define maps in a section "maps": each symbol in it is a struct bpf_map_def, whose
 * first word is the map's type.
 */
#include "core/elf.h"

#include "base/text.h"

#include <string.h>

enum { REFERENCES_MAX = 1 << 20, EXTERNALS_MAX = 65536, NAME_LENGTH_MAX = 512 };

/* --- relocations --- */

bool hg_elf_take_reference(struct elf_reader *reader, uint32_t code, const GElf_Rel *relocation)
{
    struct hg_core_object *object = reader->object;
    const struct code *section = &object->codes.items[code];
    GElf_Sym symbol;
    const char *name = hg_elf_symbol(reader, GELF_R_SYM(relocation->r_info), &symbol);
    if (name == NULL || relocation->r_offset % INSN_SIZE != 0 ||
        relocation->r_offset >= section->size)
        return hg_core_fault(object, reader->diagnostics,
                             "a relocation of section '%s' is of no instruction, or to no symbol",
                             section->name);
    if (object->references.count == REFERENCES_MAX)
        return hg_core_fault(object, reader->diagnostics, "more than %d relocations of code",
                             REFERENCES_MAX);
    bool is_inside = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE;
    const char *holder = is_inside ? hg_elf_section_name(reader, symbol.st_shndx) : NULL;
    *HG_PUSH(&object->references) = (struct reference){
        .code = code,
        .offset = (uint32_t)relocation->r_offset,
        .symbol = hg_elf_copy_name(reader, name, NAME_LENGTH_MAX),
        .is_external = symbol.st_shndx == SHN_UNDEF,
        .is_weak = GELF_ST_BIND(symbol.st_info) == STB_WEAK,
        .is_constant = holder != NULL && hg_begins_with(holder, ".rodata"),
        .target = is_inside ? hg_elf_code(object, symbol.st_shndx) : NO_CODE,
        .value = symbol.st_value,
    };
    return true;
}

static int compare_references(const void *a, const void *b)
{
    const struct reference *x = a;
    const struct reference *y = b;
    return compare_offsets(x->code, x->offset, y->code, y->offset);
}

void hg_elf_sort_references(struct hg_core_object *object)
{
    if (object->references.count > 0)
        qsort(object->references.items, object->references.count, sizeof *object->references.items,
              compare_references);
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

static bool take_legacy_map(struct elf_reader *reader, const GElf_Sym *symbol, const char *name)
{
    struct hg_core_object *object = reader->object;
    const char *holder = hg_elf_section_name(reader, symbol->st_shndx);
    if (holder == NULL)
        return hg_elf_damaged(reader);
    if (strcmp(holder, "maps") != 0 && !hg_begins_with(holder, "maps/"))
        return true;
    Elf_Data *data = elf_rawdata(elf_getscn(reader->elf, symbol->st_shndx), NULL);
    if (data == NULL || data->d_buf == NULL || symbol->st_value > data->d_size ||
        data->d_size - symbol->st_value < 4)
        return hg_core_fault(object, reader->diagnostics,
                             "a map's definition does not lie within section 'maps'");
    if (object->legacy_maps.count == EXTERNALS_MAX)
        return hg_core_fault(object, reader->diagnostics, "more than %d maps", EXTERNALS_MAX);
    *HG_PUSH(&object->legacy_maps) = (struct legacy_map){
        .name = hg_elf_copy_name(reader, name, NAME_LENGTH_MAX),
        .type = (uint32_t)hg_core_number((const uint8_t *)data->d_buf + symbol->st_value, 4,
                                         object->big_endian),
    };
    return true;
}

bool hg_elf_take_external(struct elf_reader *reader, const GElf_Sym *symbol, const char *name)
{
    struct hg_core_object *object = reader->object;
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    if (symbol->st_shndx == SHN_UNDEF) {
        if (name[0] == '\0')
            return true;
        if (object->externals.count == EXTERNALS_MAX)
            return hg_core_fault(object, reader->diagnostics, "more than %d undefined symbols",
                                 EXTERNALS_MAX);
        *HG_PUSH(&object->externals) =
            (struct external){.name = hg_elf_copy_name(reader, name, NAME_LENGTH_MAX),
                              .is_weak = GELF_ST_BIND(symbol->st_info) == STB_WEAK};
        return true;
    }
    bool is_variable = type == STT_OBJECT || type == STT_NOTYPE;
    return symbol->st_shndx >= SHN_LORESERVE || !is_variable || name[0] == '\0' ||
           take_legacy_map(reader, symbol, name);
}
