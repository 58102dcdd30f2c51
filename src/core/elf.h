/*
 * Reading an object's ELF file.
 *
 *     elf_open.c   is it a BPF object at all?
 *     elf.c        sections of code and functions; calls the two below for symbols and relocations
 *     refs.c       external symbols, maps, what instructions refer to
 *     held.c       variables of struct_ops and the functions that they hold
 */
#ifndef HG_CORE_ELF_H
#define HG_CORE_ELF_H

#include "core/object.h"

#include <gelf.h>
#include <libelf.h>

/* A variable in a section of struct_ops. */
struct variable {
    const char *name;
    size_t section;
    uint64_t offset;
    uint64_t size;
};

struct elf_reader {
    struct hg_core_object *object;
    struct hg_diagnostics *diagnostics;
    struct elf_parts *parts;
    Elf *elf;
    size_t section_names; /* index of the section that has the names of sections */
    Elf_Data *symbols;    /* NULL = there is no table of symbols */
    size_t symbol_count;
    size_t symbol_names; /* index of the section that has the names of symbols */
    HG_ARRAY(struct variable) variables;
    size_t held_relocations;
};

/* --- elf.c --- */

/* Reports the error that libelf found; returns false. */
bool hg_elf_damaged(const struct elf_reader *reader);

/* The name as hg_describe_name writes it, cut to `most` bytes, in the object's arena. */
const char *hg_elf_copy_name(struct elf_reader *reader, const char *name, size_t most);

/* NULL = there is no section of that index. */
const char *hg_elf_section_name(const struct elf_reader *reader, size_t section);

/* The symbol and its name; NULL = there is no symbol of that index. */
const char *hg_elf_symbol(const struct elf_reader *reader, size_t index, GElf_Sym *ret);

/* Index of the section of code with this ELF index; NO_CODE = it is another section. */
uint32_t hg_elf_code(const struct hg_core_object *object, size_t section);

/* --- refs.c, held.c: hg_elf_take_* add to the object; false = a fault, which is reported --- */

/* Takes the symbol if it is undefined, or a map in section "maps". */
bool hg_elf_take_external(struct elf_reader *reader, const GElf_Sym *symbol, const char *name);
/* Takes what an instruction of the section of code refers to. */
bool hg_elf_take_reference(struct elf_reader *reader, uint32_t code, const GElf_Rel *relocation);
void hg_elf_sort_references(struct hg_core_object *object);

/* Takes the symbol if it is a variable of struct_ops. */
bool hg_elf_take_variable(struct elf_reader *reader, const GElf_Sym *symbol, const char *name);
/* Whether a variable of struct_ops is in the section. */
bool hg_elf_holds(const struct elf_reader *reader, size_t section);
/* Takes the function that a relocation of that section puts into a variable. */
bool hg_elf_take_held(struct elf_reader *reader, size_t section, const GElf_Rel *relocation);

#endif
