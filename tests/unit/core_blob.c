/* BPF objects built by hand: see core_blob.h. */
#include "core_blob.h"
#include "helpers.h"

#include <elf.h>
#include <string.h>

enum { INSN_SIZE = 8, SECTIONS = 7 };

void hg_test_put(struct hg_text *text, uint64_t value, unsigned size, bool big_endian)
{
    for (unsigned i = 0; i < size; i++) {
        char byte = (char)(value >> 8 * (big_endian ? size - 1 - i : i));
        hg_text_bytes(text, &byte, 1);
    }
}

void hg_test_insn(struct hg_test_object *object, uint8_t code, unsigned dst, unsigned src,
                  int16_t off, int32_t imm)
{
    bool big_endian = object->btf.big_endian;
    hg_test_put(&object->insns, code, 1, big_endian);
    hg_test_put(&object->insns, big_endian ? dst << 4 | src : src << 4 | dst, 1, big_endian);
    hg_test_put(&object->insns, (uint16_t)off, 2, big_endian);
    hg_test_put(&object->insns, (uint32_t)imm, 4, big_endian);
}

void hg_test_relocation(struct hg_test_object *object, uint32_t insn, uint32_t type,
                        const char *access, enum hg_core_kind kind)
{
    size_t i = object->relocation_count++;
    object->relocations[i].offset = insn * INSN_SIZE;
    object->relocations[i].type = type;
    object->relocations[i].access = hg_test_blob_string(&object->btf, access);
    object->relocations[i].kind = kind;
}

static uint32_t or_truth(uint32_t lie, size_t truth)
{
    return lie != 0 ? lie : (uint32_t)truth;
}

static struct hg_text make_ext(struct hg_test_object *object)
{
    enum { HEADER = 32, RECORD = 16 };
    bool big_endian = object->btf.big_endian;
    const char *name = object->section_name == NULL ? "tp/test" : object->section_name;
    uint32_t section = hg_test_blob_string(&object->btf, name);
    uint32_t file = hg_test_blob_string(&object->btf, "/a/directory/of/test.bpf.c");
    size_t count = object->relocation_count;
    uint32_t lines_size = object->line == 0 ? 0 : 4 + 8 + RECORD;
    uint32_t size = count == 0 ? 0 : (uint32_t)(4 + 8 + count * RECORD);
    struct hg_text text = {0};
    bool header_order = object->foreign_ext ? !big_endian : big_endian;
    hg_test_put(&text, 0xeb9f, 2, header_order);
    hg_test_put(&text, 1, 2, false);
    hg_test_put(&text, or_truth(object->header_size, HEADER), 4, big_endian);
    hg_test_put(&text, 0, 8, big_endian);
    hg_test_put(&text, 0, 4, big_endian);
    hg_test_put(&text, lines_size, 4, big_endian);
    hg_test_put(&text, lines_size, 4, big_endian);
    hg_test_put(&text, or_truth(object->table_size, size), 4, big_endian);
    if (lines_size > 0) {
        const uint32_t words[] = {RECORD, section, 1, 0, file, 0, object->line << 10};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            hg_test_put(&text, words[i], 4, big_endian);
    }
    if (count == 0)
        return text;
    hg_test_put(&text, or_truth(object->record_size, RECORD), 4, big_endian);
    hg_test_put(&text, section, 4, big_endian);
    hg_test_put(&text, or_truth(object->record_count, count), 4, big_endian);
    for (size_t i = 0; i < count; i++) {
        hg_test_put(&text, object->relocations[i].offset, 4, big_endian);
        hg_test_put(&text, object->relocations[i].type, 4, big_endian);
        hg_test_put(&text, object->relocations[i].access, 4, big_endian);
        hg_test_put(&text, object->relocations[i].kind, 4, big_endian);
    }
    return text;
}

static void put_symbol(struct hg_text *text, uint32_t name, uint64_t value, uint64_t size,
                       bool big_endian)
{
    hg_test_put(text, name, 4, big_endian);
    hg_test_put(text, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 1, big_endian);
    hg_test_put(text, 0, 1, big_endian);
    hg_test_put(text, 1, 2, big_endian);
    hg_test_put(text, value, 8, big_endian);
    hg_test_put(text, size, 8, big_endian);
}

static struct hg_text make_symbols(const struct hg_test_object *object)
{
    bool big_endian = object->btf.big_endian;
    struct hg_text text = {0};
    hg_test_put(&text, 0, 8, big_endian);
    hg_test_put(&text, 0, 8, big_endian);
    hg_test_put(&text, 0, 8, big_endian);
    size_t size = object->insns.size;
    if (!object->no_symbols)
        put_symbol(&text, 1, 0, or_truth(object->function_size, size), big_endian);
    if (object->second_function)
        put_symbol(&text, 6, INSN_SIZE, size - INSN_SIZE, big_endian);
    return text;
}

struct hg_output hg_test_put_elf(const struct hg_test_part *parts, size_t count, uint16_t machine,
                                 bool big_endian)
{
    struct hg_text text = {0};
    struct hg_text contents = {0};
    struct hg_text headers = {0};
    struct hg_output bytes;
    enum { HEADER = 64 };
    hg_test_put(&headers, 0, 8, false);
    for (int i = 0; i < 7; i++)
        hg_test_put(&headers, 0, 8, false);
    for (size_t i = 0; i < count; i++) {
        hg_test_put(&headers, parts[i].name, 4, big_endian);
        hg_test_put(&headers, parts[i].type, 4, big_endian);
        hg_test_put(&headers, parts[i].flags, 8, big_endian);
        hg_test_put(&headers, 0, 8, big_endian);
        hg_test_put(&headers, HEADER + contents.size, 8, big_endian);
        hg_test_put(&headers, parts[i].size, 8, big_endian);
        hg_test_put(&headers, parts[i].link, 4, big_endian);
        hg_test_put(&headers, parts[i].info, 4, big_endian);
        hg_test_put(&headers, 8, 8, big_endian);
        hg_test_put(&headers, parts[i].entry_size, 8, big_endian);
        if (parts[i].size > 0)
            hg_text_bytes(&contents, parts[i].data, parts[i].size);
        while (contents.size % 8 != 0)
            hg_text_bytes(&contents, "", 1);
    }
    hg_text_bytes(&text,
                  "\x7f"
                  "ELF\2",
                  5);
    hg_text_bytes(&text, big_endian ? "\2" : "\1", 1);
    hg_text_bytes(&text, "\1\0\0\0\0\0\0\0\0\0", 10);
    hg_test_put(&text, ET_REL, 2, big_endian);
    hg_test_put(&text, machine, 2, big_endian);
    hg_test_put(&text, 1, 4, big_endian);
    hg_test_put(&text, 0, 8, big_endian);
    hg_test_put(&text, 0, 8, big_endian);
    hg_test_put(&text, HEADER + contents.size, 8, big_endian);
    hg_test_put(&text, 0, 4, big_endian);
    hg_test_put(&text, HEADER, 2, big_endian);
    hg_test_put(&text, 0, 4, big_endian);
    hg_test_put(&text, 64, 2, big_endian);
    hg_test_put(&text, count + 1, 2, big_endian);
    hg_test_put(&text, count, 2, big_endian);
    hg_text_bytes(&text, contents.data, contents.size);
    hg_text_bytes(&text, headers.data, headers.size);
    hg_text_deinit(&contents);
    hg_text_deinit(&headers);
    hg_text_finish(&text, &bytes);
    return bytes;
}

struct hg_output hg_test_object_finish(struct hg_test_object *object)
{
    static const char names[] = "\0tp/test\0.BTF\0.BTF.ext\0.other\0.symtab\0.strtab\0.shstrtab";
    static const char strings[] = "\0prog\0next";
    bool big_endian = object->btf.big_endian;
    struct hg_text ext = make_ext(object);
    struct hg_text symbols = make_symbols(object);
    struct hg_output btf = hg_test_blob_finish(&object->btf);
    const uint32_t ext_name = object->no_ext ? 23 : 14;
    const struct hg_test_part parts[SECTIONS] = {
        {object->insns.data, object->insns.size - object->code_cut, SHT_PROGBITS, 0,
         SHF_ALLOC | SHF_EXECINSTR, 0, 1, 0},
        {btf.data, btf.size, SHT_PROGBITS, 0, 0, 0, 9, 0},
        {ext.data, ext.size, SHT_PROGBITS, 0, 0, 0, ext_name, 0},
        {ext.data, ext.size, SHT_PROGBITS, 0, 0, 0, object->two_exts ? ext_name : 23, 0},
        {symbols.data, symbols.size, SHT_SYMTAB, 6, 0, 24, 30, 1},
        {strings, sizeof strings, SHT_STRTAB, 0, 0, 0, 38, 0},
        {names, sizeof names, SHT_STRTAB, 0, 0, 0, 46, 0},
    };
    struct hg_output bytes = hg_test_put_elf(
        parts, SECTIONS, object->machine == 0 ? EM_BPF : object->machine, big_endian);
    hg_text_deinit(&ext);
    hg_text_deinit(&symbols);
    hg_text_deinit(&object->insns);
    hg_output_deinit(&btf);
    return bytes;
}

struct hg_core_object *hg_test_object_read(struct hg_test_object *object)
{
    struct hg_test_log log;
    struct hg_core_object *read = NULL;
    struct hg_output bytes = hg_test_object_finish(object);
    hg_test_log_init(&log);
    enum hg_status status = hg_core_read_bytes(
        &(struct hg_btf_bytes){.name = "t.o", .data = bytes.data, .size = bytes.size},
        &log.diagnostics, &read);
    CU_ASSERT_EQUAL(status, HG_OK);
    CU_ASSERT(hg_test_same(hg_text_string(&log.text), ""));
    hg_test_log_deinit(&log);
    hg_output_deinit(&bytes);
    return read;
}

static void put_finding(struct hg_text *text, const struct hg_core_finding *finding)
{
    hg_text_printf(text, "%s %s: ", hg_core_kind_name(finding->kind), finding->access);
    if (finding->result == HG_CORE_RESOLVED && finding->has_value)
        hg_text_printf(text, "%lld", (long long)finding->value);
    else
        hg_text_put(text, hg_core_result_name(finding->result));
    if (finding->guarded)
        hg_text_put(text, ", guarded");
    if (finding->why != NULL)
        hg_text_printf(text, ": %s", finding->why);
    hg_text_put(text, "\n");
}

/* Checks and compares; object and target stay the caller's. */
void hg_test_expect_findings(const struct hg_core_object *object, const struct hg_model *target,
                             enum hg_core_loader loader, const char *expected)
{
    struct hg_core_findings *report = NULL;
    struct hg_text text = {0};
    if (object == NULL || target == NULL)
        return;
    CU_ASSERT_EQUAL(hg_core_check(object, target, loader, NULL, &report), HG_OK);
    for (size_t i = 0; report != NULL && i < report->count; i++)
        put_finding(&text, &report->findings[i]);
    CU_ASSERT(hg_test_same(hg_text_string(&text), expected));
    hg_text_deinit(&text);
    hg_core_findings_destroy(report);
}

void hg_test_finish(struct hg_core_object *object, struct hg_model *target)
{
    hg_core_destroy(object);
    hg_model_destroy(target);
}
