/*
 * The ELF side of a BPF object: sections of code, the functions in them, .BTF and .BTF.ext.
 *
 *     section "tp/sched/sched_switch", 4 instructions     code
 *     symbol 'on_switch', FUNC, 0 + 32 bytes              function
 *
 * The method: libelf finds sections and symbols in the bytes and hands them out in this machine's
 * byte order; the sections are raw bytes and copied as they are.  Every place that a symbol
 * names is checked against its section.
 *
 * ELF relocations, and what is not defined here, are refs.c's.
 */
#include "core/object.h"

#include "base/diag.h"
#include "model/describe.h"

#include <gelf.h>
#include <hdrgen/link.h>
#include <libelf.h>
#include <string.h>

struct elf_reader {
    struct hg_core_object *object;
    struct hg_diagnostics *diagnostics;
    struct elf_parts *parts;
    Elf *elf;
    size_t names; /* the section with the sections' names */
    Elf_Scn *symbols;
    GElf_Shdr symbols_header;
};

static bool damaged(const struct elf_reader *reader)
{
    const char *why = elf_errmsg(-1);
    return hg_core_fault(reader->object, reader->diagnostics, "cannot read this ELF file: %s",
                         why == NULL ? "it is damaged" : why);
}

/* A copy, with bytes of strange names as they may be shown. */
static const char *copy_name(struct elf_reader *reader, const char *name)
{
    struct hg_text text = {0};
    hg_describe_name(&text, name == NULL ? "" : name);
    const char *copy = hg_arena_string(&reader->object->arena, hg_text_string(&text), text.size);
    hg_text_deinit(&text);
    return copy;
}

/* The raw bytes; *size is 0 where the section is empty. */
static bool section_bytes(const struct elf_reader *reader, Elf_Scn *section, const uint8_t **bytes,
                          size_t *size)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    if (data == NULL)
        return damaged(reader);
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
    name = copy_name(reader, name);
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

/* One of the two sections that are read whole. */
static bool take_bytes(struct elf_reader *reader, Elf_Scn *section, const char *name, bool *has,
                       uint8_t **ret, size_t *ret_size)
{
    const uint8_t *bytes = NULL;
    size_t size = 0;
    if (*has)
        return hg_core_fault(reader->object, reader->diagnostics, "it has more than one section %s",
                             name);
    if (!section_bytes(reader, section, &bytes, &size))
        return false;
    *has = true;
    *ret = hg_malloc(size);
    *ret_size = size;
    if (size > 0)
        memcpy(*ret, bytes, size);
    return true;
}

/* The text up to its first zero, of which loaders take no more than this either. */
static bool take_license(struct elf_reader *reader, Elf_Scn *section)
{
    enum { LICENSE_MAX = 63 };
    const uint8_t *bytes = NULL;
    size_t size = 0;
    if (!section_bytes(reader, section, &bytes, &size))
        return false;
    if (size == 0)
        return true;
    size_t length = 0;
    while (length < size && length < LICENSE_MAX && bytes[length] != 0)
        length++;
    const char *raw = hg_arena_string(&reader->object->arena, (const char *)bytes, length);
    reader->object->license = copy_name(reader, raw);
    return true;
}

/* Its placeholders are calls of a function that does not exist: no loader takes it. */
static bool refuse_unlinked(const struct elf_reader *reader)
{
    return hg_core_fault(reader->object, reader->diagnostics,
                         "it was not linked: its accesses to kernel types are placeholders; run "
                         "`hdrgen link %s` first",
                         reader->object->name);
}

static bool take_section(struct elf_reader *reader, Elf_Scn *section)
{
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == NULL)
        return damaged(reader);
    const char *name = elf_strptr(reader->elf, reader->names, header.sh_name);
    if (name == NULL)
        return damaged(reader);
    if (strncmp(name, HG_LINK_SECTION, sizeof HG_LINK_SECTION - 1) == 0)
        return refuse_unlinked(reader);
    if (header.sh_type == SHT_SYMTAB && reader->symbols == NULL) {
        reader->symbols = section;
        reader->symbols_header = header;
    }
    if (header.sh_type != SHT_PROGBITS)
        return true;
    struct elf_parts *parts = reader->parts;
    bool is_btf = strcmp(name, ".BTF") == 0;
    bool is_ext = strcmp(name, ".BTF.ext") == 0;
    bool is_code = (header.sh_flags & SHF_EXECINSTR) != 0;
    if ((is_btf || is_ext || is_code) && (header.sh_flags & SHF_COMPRESSED) != 0)
        return hg_core_fault(reader->object, reader->diagnostics,
                             "section '%s' is compressed, which no loader takes", name);
    if (is_btf)
        return take_bytes(reader, section, ".BTF", &parts->has_btf, &parts->btf, &parts->btf_size);
    if (is_ext)
        return take_bytes(reader, section, ".BTF.ext", &parts->has_ext, &parts->ext,
                          &parts->ext_size);
    if (strcmp(name, "license") == 0)
        return take_license(reader, section);
    return !is_code || header.sh_size == 0 || take_code(reader, section, name);
}

/* --- functions --- */

static const struct code *code_of_section(const struct hg_core_object *object, size_t index)
{
    for (size_t i = 0; i < object->codes.count; i++)
        if (object->codes.items[i].index == index)
            return &object->codes.items[i];
    return NULL;
}

static bool take_symbol(struct elf_reader *reader, const GElf_Sym *symbol)
{
    struct hg_core_object *object = reader->object;
    const char *raw = elf_strptr(reader->elf, reader->symbols_header.sh_link, symbol->st_name);
    if (raw != NULL && strcmp(raw, HG_LINK_PLACEHOLDER) == 0)
        return refuse_unlinked(reader);
    if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx >= SHN_LORESERVE)
        return true;
    const struct code *code = code_of_section(object, symbol->st_shndx);
    if (code == NULL || symbol->st_size == 0)
        return true;
    const char *name = copy_name(reader, raw);
    if (symbol->st_value % INSN_SIZE != 0 || symbol->st_size % INSN_SIZE != 0 ||
        symbol->st_value > code->size || symbol->st_size > code->size - symbol->st_value)
        return hg_core_fault(object, reader->diagnostics,
                             "function '%s' does not lie within its section '%s'", name,
                             code->name);
    *HG_PUSH(&object->functions) = (struct function){
        .name = name,
        .code = (uint32_t)(code - object->codes.items),
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
    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return 0;
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

static bool take_functions(struct elf_reader *reader)
{
    struct hg_core_object *object = reader->object;
    if (reader->symbols == NULL)
        return true;
    Elf_Data *data = elf_getdata(reader->symbols, NULL);
    if (data == NULL)
        return damaged(reader);
    size_t size = gelf_fsize(reader->elf, ELF_T_SYM, 1, EV_CURRENT);
    size_t count = size == 0 ? 0 : data->d_size / size;
    for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL)
            return damaged(reader);
        if (!take_symbol(reader, &symbol))
            return false;
    }
    if (object->functions.count > 0)
        qsort(object->functions.items, object->functions.count, sizeof *object->functions.items,
              compare_functions);
    return check_overlap(reader);
}

/* --- all of it --- */

/* libelf takes a table that lies beyond the end for one without entries. */
static bool has_all_sections(Elf *elf, const GElf_Ehdr *header)
{
    size_t count = 0;
    size_t size = 0;
    if (elf_getshdrnum(elf, &count) != 0 || elf_rawfile(elf, &size) == NULL)
        return false;
    size_t each = gelf_fsize(elf, ELF_T_SHDR, 1, EV_CURRENT);
    return count > 1 && header->e_shoff <= size && (size - header->e_shoff) / each >= count;
}

/* What is no ELF file, where that can be said. */
static const char *not_elf(const struct hg_btf_bytes *file)
{
    static const struct {
        const char *begin, *what;
    } kinds[] = {
        {"BC\xc0\xde",
         "this is LLVM bitcode: rustc and clang -flto leave the rest to the linker, so "
         "take what bpf-linker makes of it, or compile without -flto"},
        {"\xde\xc0\x17\x0b", "this is LLVM bitcode: take what bpf-linker makes of it"},
        {"!<arch>\n", "this is an archive of object files: take what the linker makes of it"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].begin);
        if (file->size >= length && memcmp(file->data, kinds[i].begin, length) == 0)
            return kinds[i].what;
    }
    return "this is no ELF file; a BPF object (clang -target bpf -g) is needed, and BTF to check "
           "it "
           "against follows --btf";
}

/* Not by the number: a user knows the name of what he compiled for. */
static const char *machine_name(unsigned machine)
{
    return machine == EM_X86_64    ? " for x86-64"
           : machine == EM_AARCH64 ? " for arm64"
           : machine == EM_ARM     ? " for arm"
           : machine == EM_386     ? " for i386"
           : machine == EM_RISCV   ? " for riscv"
           : machine == EM_S390    ? " for s390"
           : machine == EM_PPC64   ? " for ppc64"
           : machine == EM_MIPS    ? " for mips"
                                   : "";
}

static const char *object_fault(Elf *elf, GElf_Ehdr *header, size_t *names)
{
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, header) == NULL ||
        elf_getshdrstrndx(elf, names) != 0) {
        const char *why = elf_errmsg(-1);
        return why == NULL ? "this ELF file is damaged" : why;
    }
    if (header->e_machine == EM_BPF && !has_all_sections(elf, header))
        return "the table of its sections is not there: the file is cut off";
    return NULL;
}

Elf *hg_core_open_elf(const struct hg_btf_bytes *file, struct hg_diagnostics *diagnostics,
                      GElf_Ehdr *header, size_t *names)
{
    if (file->size < SELFMAG || memcmp(file->data, ELFMAG, SELFMAG) != 0) {
        hg_error(diagnostics, NULL, "%s: %s", file->name, not_elf(file));
        return NULL;
    }
    (void)elf_version(EV_CURRENT);
    /* libelf writes nowhere through this pointer when it only reads. */
    union {
        const void *read;
        char *passed;
    } image = {.read = file->data};
    Elf *elf = elf_memory(image.passed, file->size);
    const char *why = object_fault(elf, header, names);
    if (why == NULL && header->e_machine == EM_BPF)
        return elf;
    if (why == NULL)
        hg_error(diagnostics, NULL,
                 "%s: this is an ELF file%s, but no BPF object: clang -target bpf -g makes them",
                 file->name, machine_name(header->e_machine));
    else
        hg_error(diagnostics, NULL, "%s: %s", file->name, why);
    elf_end(elf);
    return NULL;
}

static bool read_parts(struct elf_reader *reader)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(reader->elf, section)) != NULL)
        if (!take_section(reader, section))
            return false;
    return take_functions(reader) &&
           hg_core_read_references(reader->object, reader->elf, reader->diagnostics) &&
           hg_core_read_held(reader->object, reader->elf, reader->diagnostics);
}

bool hg_core_read_elf(struct hg_core_object *object, const struct hg_btf_bytes *file,
                      struct hg_diagnostics *diagnostics, struct elf_parts *parts)
{
    struct elf_reader reader = {.object = object, .diagnostics = diagnostics, .parts = parts};
    GElf_Ehdr header;
    reader.elf = hg_core_open_elf(file, diagnostics, &header, &reader.names);
    if (reader.elf == NULL)
        return false;
    object->big_endian = header.e_ident[EI_DATA] == ELFDATA2MSB;
    bool fine = read_parts(&reader);
    elf_end(reader.elf);
    return fine;
}

const struct function *hg_core_function_at(const struct hg_core_object *object, uint32_t code,
                                           uint32_t offset)
{
    size_t low = 0;
    size_t high = object->functions.count; /* the first one that begins behind */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct function *function = &object->functions.items[middle];
        bool behind = function->code != code ? function->code > code : function->offset > offset;
        if (behind)
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
