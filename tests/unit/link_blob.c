/* Objects with placeholders and records: see link_blob.h. */
#include "link_blob.h"

#include "base/memory.h"

#include <elf.h>
#include <string.h>

enum {
    INSN_SIZE = 8,
    CALL = 0x85,
    EXIT = 0x95,
    /* Symbols. */
    SECTION_SYMBOL = 1,
    FUNCTION_SYMBOL,
    PLACEHOLDER_SYMBOL,
    /* Types of relocations. */
    ABSOLUTE_32 = 4,
    CALL_32 = 10,
};

static void put_relocation(struct hg_text *text, uint64_t offset, uint32_t symbol, uint32_t type,
                           bool big_endian)
{
    hg_test_put(text, offset, 8, big_endian);
    hg_test_put(text, (uint64_t)symbol << 32 | type, 8, big_endian);
}

void hg_test_link_insn(struct hg_test_link *link, uint8_t code, bool is_call)
{
    if (is_call)
        put_relocation(&link->code_relocations, link->code.size, PLACEHOLDER_SYMBOL,
                       link->call_type != 0 ? link->call_type : CALL_32, link->big_endian);
    hg_test_put(&link->code, code, 1, link->big_endian);
    hg_test_put(&link->code, is_call ? (link->big_endian ? 0x01 : 0x10) : 0, 1, link->big_endian);
    hg_test_put(&link->code, 0, 2, link->big_endian);
    hg_test_put(&link->code, is_call ? UINT32_MAX : 0, 4, link->big_endian);
}

void hg_test_link_text(struct hg_test_link *link, uint32_t offset, const char *text)
{
    put_relocation(&link->record_relocations, link->records.size,
                   link->record_symbol != 0 ? link->record_symbol : SECTION_SYMBOL,
                   link->record_type != 0 ? link->record_type : ABSOLUTE_32, link->big_endian);
    hg_test_put(&link->records, offset, 4, link->big_endian);
    hg_text_bytes(&link->records, text, strlen(text) + 1);
}

void hg_test_link_record(struct hg_test_link *link, const char *text)
{
    uint32_t offset = (uint32_t)link->code.size;
    hg_test_link_insn(link, CALL, true);
    if (strncmp(text, "r", 1) == 0 && strstr(text, ":64 ") != NULL)
        hg_test_link_insn(link, CALL, true);
    hg_test_link_text(link, offset, text);
}

static void put_symbol(struct hg_text *text, uint32_t name, unsigned info, uint16_t section,
                       uint64_t size, bool big_endian)
{
    hg_test_put(text, name, 4, big_endian);
    hg_test_put(text, info, 1, big_endian);
    hg_test_put(text, 0, 1, big_endian);
    hg_test_put(text, section, 2, big_endian);
    hg_test_put(text, 0, 8, big_endian);
    hg_test_put(text, size, 8, big_endian);
}

/* The offset of a new copy. */
static uint32_t put_name(struct hg_text *names, const char *name)
{
    uint32_t offset = (uint32_t)names->size;
    hg_text_bytes(names, name, strlen(name) + 1);
    return offset;
}

static struct hg_text make_symbols(const struct hg_test_link *link, struct hg_text *names)
{
    bool big_endian = link->big_endian;
    struct hg_text text = {0};
    put_symbol(&text, 0, 0, 0, 0, big_endian);
    put_symbol(&text, 0, ELF64_ST_INFO(STB_LOCAL, STT_SECTION), HG_TEST_LINK_CODE, 0, big_endian);
    put_symbol(&text, put_name(names, "prog"), ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
               HG_TEST_LINK_CODE, link->function_size != 0 ? link->function_size : link->code.size,
               big_endian);
    put_symbol(&text, put_name(names, "hdrgen_link_was_not_run"),
               ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), link->symbol_section, 0, big_endian);
    if (link->variable != NULL)
        put_symbol(&text, put_name(names, link->variable), ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
                   HG_TEST_LINK_DATA, INSN_SIZE, big_endian);
    return text;
}

struct hg_output hg_test_link_finish(struct hg_test_link *link)
{
    enum { SYMBOLS = 8, STRINGS = 9, PARTS = 9 };
    static const char data[INSN_SIZE];
    struct hg_text names = {0};
    hg_test_link_insn(link, EXIT, false);
    hg_text_bytes(&names, "", 1);
    struct hg_text symbols = make_symbols(link, &names);
    const char *records = link->section_name != NULL ? link->section_name : ".hdrgen.relo.1";
    struct hg_test_part parts[PARTS] = {
        {link->code.data, link->code.size, SHT_PROGBITS, 0, SHF_ALLOC | SHF_EXECINSTR, 0,
         put_name(&names, "tp/test"), 0},
        {data, sizeof data, SHT_PROGBITS, 0, SHF_ALLOC | SHF_WRITE, 0, put_name(&names, ".data"),
         0},
        {link->code_relocations.data, link->code_relocations.size, SHT_REL, SYMBOLS, 0, 16,
         put_name(&names, ".reltp/test"), 1},
        {link->records.data, link->records.size, SHT_PROGBITS, 0, link->record_flags, 0,
         put_name(&names, records), 0},
        {link->record_relocations.data, link->record_relocations.size, SHT_REL, SYMBOLS, 0, 16,
         put_name(&names, ".rel.hdrgen"), 4},
        {NULL, 0, SHT_PROGBITS, 0, 0, 0, put_name(&names, link->btf != NULL ? ".BTF" : ".a"), 0},
        {NULL, 0, SHT_PROGBITS, 0, 0, 0, put_name(&names, link->ext != NULL ? ".BTF.ext" : ".b"),
         0},
        {symbols.data, symbols.size, SHT_SYMTAB, STRINGS, 0, 24, put_name(&names, ".symtab"), 2},
        {NULL, 0, SHT_STRTAB, 0, 0, 0, put_name(&names, ".strtab"), 0},
    };
    if (link->btf != NULL) {
        parts[5].data = link->btf->data;
        parts[5].size = link->btf->size;
    }
    if (link->ext != NULL) {
        parts[6].data = link->ext->data;
        parts[6].size = link->ext->size;
    }
    parts[PARTS - 1].data = names.data;
    parts[PARTS - 1].size = names.size;
    struct hg_output bytes = hg_test_put_elf(parts, PARTS, EM_BPF, link->big_endian);
    hg_text_deinit(&names);
    hg_text_deinit(&symbols);
    hg_text_deinit(&link->code);
    hg_text_deinit(&link->records);
    hg_text_deinit(&link->code_relocations);
    hg_text_deinit(&link->record_relocations);
    return bytes;
}
