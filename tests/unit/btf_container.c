/*
 * The files that BTF comes in, each made here around the same few types: ELF of both classes and
 * byte orders, compressed files, kernel images; and what is wrong with such files.
 */
#include "btf_blob.h"
#include "helpers.h"
#include "model/walk.h"
#include "suites.h"

#include <elf.h>
#include <hdrgen/read.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* Adds bytes to a text that is taken as a file. */
static void put_zeros(struct hg_text *file, size_t count)
{
    static const char zeros[4096];
    for (; count > sizeof zeros; count -= sizeof zeros)
        hg_text_bytes(file, zeros, sizeof zeros);
    hg_text_bytes(file, zeros, count);
}

static void put_number(struct hg_text *file, uint64_t value, size_t size, bool big_endian)
{
    for (size_t i = 0; i < size; i++) {
        char byte = (char)(value >> 8 * (big_endian ? size - 1 - i : i));
        hg_text_bytes(file, &byte, 1);
    }
}

static struct hg_text good_btf(bool big_endian)
{
    struct hg_test_blob blob = {.big_endian = big_endian};
    hg_test_blob_begin(&blob);
    struct hg_output bytes = hg_test_blob_finish(&blob);
    return (struct hg_text){.data = bytes.data, .size = bytes.size, .capacity = bytes.size};
}

static enum hg_status read_text(const struct hg_text *file, struct hg_test_log *log,
                                size_t *type_count)
{
    struct hg_btf_bytes bytes = {.name = "file", .data = file->data, .size = file->size};
    struct hg_model *model = NULL;
    enum hg_status status = hg_read_btf_bytes(&bytes, NULL, NULL, &log->diagnostics, &model);
    *type_count = model == NULL ? 0 : hg_model_type_count(model);
    hg_model_destroy(model);
    return status;
}

/* The file holds good_btf; it is freed. */
static void expect_good(struct hg_text *file)
{
    struct hg_test_log log;
    size_t count;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(read_text(file, &log, &count), HG_OK);
    CU_ASSERT_EQUAL(count, HG_TEST_FIRST);
    CU_ASSERT(hg_test_same(hg_text_string(&log.text), ""));
    hg_test_log_deinit(&log);
    hg_text_deinit(file);
}

static void expect_bad(struct hg_text *file, const char *words)
{
    struct hg_test_log log;
    size_t count;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(read_text(file, &log, &count), HG_ERROR_INPUT);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
    CU_ASSERT(hg_test_reported(&log, words));
    hg_test_log_deinit(&log);
    hg_text_deinit(file);
}

/* --- ELF --- */

struct elf_form {
    bool is_64;
    bool big_endian;
};

struct section {
    uint32_t name; /* offset in the names below */
    uint32_t type;
    uint64_t flags;
    const struct hg_text *contents;
};

static const char section_names[] = "\0.shstrtab\0.BTF\0.BTF.base\0.other";
enum { NAME_NAMES = 1, NAME_BTF = 11, NAME_BASE = 16, NAME_OTHER = 26 };

static void put_section(struct hg_text *file, struct elf_form form, const struct section *section,
                        uint64_t offset)
{
    size_t word = form.is_64 ? 8 : 4;
    put_number(file, section->name, 4, form.big_endian);
    put_number(file, section->type, 4, form.big_endian);
    put_number(file, section->flags, word, form.big_endian);
    put_number(file, 0, word, form.big_endian);
    put_number(file, offset, word, form.big_endian);
    put_number(file, section->contents->size, word, form.big_endian);
    put_number(file, 0, 8, form.big_endian);
    put_number(file, 1, word, form.big_endian);
    put_number(file, 0, word, form.big_endian);
}

static void put_elf_header(struct hg_text *file, struct elf_form form, uint64_t table,
                           unsigned sections)
{
    size_t word = form.is_64 ? 8 : 4;
    const char ident[16] = {0x7f,
                            'E',
                            'L',
                            'F',
                            form.is_64 ? ELFCLASS64 : ELFCLASS32,
                            form.big_endian ? ELFDATA2MSB : ELFDATA2LSB,
                            EV_CURRENT};
    hg_text_bytes(file, ident, sizeof ident);
    put_number(file, ET_REL, 2, form.big_endian);
    put_number(file, EM_BPF, 2, form.big_endian);
    put_number(file, EV_CURRENT, 4, form.big_endian);
    put_zeros(file, 2 * word);
    put_number(file, table, word, form.big_endian);
    put_number(file, 0, 4, form.big_endian);
    put_number(file, form.is_64 ? 64 : 52, 2, form.big_endian);
    put_number(file, 0, 4, form.big_endian);
    put_number(file, form.is_64 ? 64 : 40, 2, form.big_endian);
    put_number(file, sections, 2, form.big_endian);
    put_number(file, 1, 2, form.big_endian);
}

static size_t contents_of(const struct section *section)
{
    return section->type == SHT_NOBITS ? 0 : section->contents->size;
}

/* An ELF file of the empty section, one of names, and more. */
static struct hg_text make_elf_of(struct elf_form form, const struct section *sections,
                                  size_t count)
{
    struct hg_text file = {0};
    struct hg_text nothing = {0};
    struct hg_text names = {0};
    hg_text_bytes(&names, section_names, sizeof section_names);
    size_t header = form.is_64 ? 64 : 52;
    size_t end = header + names.size;
    for (size_t i = 0; i < count; i++)
        end += contents_of(&sections[i]);
    size_t padding = (8 - end % 8) % 8;
    put_elf_header(&file, form, end + padding, 2 + (unsigned)count);
    hg_text_bytes(&file, names.data, names.size);
    for (size_t i = 0; i < count; i++)
        hg_text_bytes(&file, sections[i].contents->data, contents_of(&sections[i]));
    put_zeros(&file, padding);
    put_section(&file, form, &(struct section){.contents = &nothing}, 0);
    put_section(&file, form,
                &(struct section){.name = NAME_NAMES, .type = SHT_STRTAB, .contents = &names},
                header);
    size_t at = header + names.size;
    for (size_t i = 0; i < count; i++) {
        put_section(&file, form, &sections[i], at);
        at += contents_of(&sections[i]);
    }
    hg_text_deinit(&names);
    return file;
}

static struct hg_text make_elf(struct elf_form form, const struct section *section)
{
    return make_elf_of(form, section, 1);
}

static struct hg_text elf_around(struct elf_form form, const struct hg_text *btf)
{
    return make_elf(form,
                    &(struct section){.name = NAME_BTF, .type = SHT_PROGBITS, .contents = btf});
}

static void for_each_form(void (*test)(struct elf_form form))
{
    for (int i = 0; i < 4; i++)
        test((struct elf_form){.is_64 = i % 2 != 0, .big_endian = i / 2 != 0});
}

static void read_elf(struct elf_form form)
{
    struct hg_text btf = good_btf(form.big_endian);
    struct hg_text file = elf_around(form, &btf);
    expect_good(&file);
    hg_text_deinit(&btf);
}

static void test_elf(void)
{
    for_each_form(read_elf);
}

/* With neither long nor triple the class of the file decides, without a warning. */
static void read_class(struct elf_form form)
{
    struct hg_test_blob blob = {.big_endian = form.big_endian};
    hg_test_blob_type(&blob, "", PTR, 0, 0);
    struct hg_output bytes = hg_test_blob_finish(&blob);
    struct hg_text btf = {.data = bytes.data, .size = bytes.size, .capacity = bytes.size};
    struct hg_text file = elf_around(form, &btf);
    struct hg_model *model = NULL;
    struct hg_diagnostics diagnostics = {0};
    CU_ASSERT_EQUAL(
        hg_read_btf_bytes(
            &(struct hg_btf_bytes){.name = "class", .data = file.data, .size = file.size}, NULL,
            NULL, &diagnostics, &model),
        HG_OK);
    CU_ASSERT_EQUAL(diagnostics.warnings, 0);
    if (model != NULL)
        CU_ASSERT_EQUAL(hg_model_target(model)->pointer_size, form.is_64 ? 8 : 4);
    hg_model_destroy(model);
    hg_text_deinit(&file);
    hg_text_deinit(&btf);
}

static void test_elf_class(void)
{
    for_each_form(read_class);
}

static void read_compressed_section(struct elf_form form)
{
    struct hg_text btf = good_btf(form.big_endian);
    uLongf size = compressBound(btf.size);
    Bytef *packed = malloc(size);
    CU_ASSERT_EQUAL(compress(packed, &size, (const Bytef *)btf.data, btf.size), Z_OK);
    struct hg_text section = {0};
    put_number(&section, ELFCOMPRESS_ZLIB, 4, form.big_endian);
    if (form.is_64)
        put_number(&section, 0, 4, form.big_endian);
    put_number(&section, btf.size, form.is_64 ? 8 : 4, form.big_endian);
    put_number(&section, 4, form.is_64 ? 8 : 4, form.big_endian);
    hg_text_bytes(&section, packed, size);
    struct hg_text file = make_elf(form, &(struct section){.name = NAME_BTF,
                                                           .type = SHT_PROGBITS,
                                                           .flags = SHF_COMPRESSED,
                                                           .contents = &section});
    expect_good(&file);
    section.data[0] = section.data[3] = 9;
    file = make_elf(form, &(struct section){.name = NAME_BTF,
                                            .type = SHT_PROGBITS,
                                            .flags = SHF_COMPRESSED,
                                            .contents = &section});
    expect_bad(&file, "compressed in an unknown way");
    free(packed);
    hg_text_deinit(&section);
    hg_text_deinit(&btf);
}

static void test_elf_compressed(void)
{
    for_each_form(read_compressed_section);
}

static void test_elf_faults(void)
{
    const struct elf_form form = {.is_64 = true};
    struct hg_text btf = good_btf(false);
    struct hg_text empty = {0};
    struct section section = {.name = NAME_OTHER, .type = SHT_PROGBITS, .contents = &btf};
    struct hg_text file = make_elf(form, &section);
    /* Its contents are BTF all the same: a vmlinux whose section table was stripped. */
    expect_good(&file);

    section.contents = &empty;
    file = make_elf(form, &section);
    expect_bad(&file, "there is no BTF in it");
    section.name = NAME_BTF;
    file = make_elf(form, &section);
    expect_bad(&file, "its .BTF section is empty");
    section = (struct section){.name = NAME_BTF, .type = SHT_NOBITS, .contents = &btf};
    file = make_elf(form, &section);
    expect_bad(&file, "its .BTF section has no contents");
    struct section both[] = {{.name = NAME_BASE, .type = SHT_PROGBITS, .contents = &btf},
                             {.name = NAME_BTF, .type = SHT_PROGBITS, .contents = &btf}};
    file = make_elf_of(form, both, 2);
    expect_bad(&file, "give the BTF of that kernel, too, with --base-btf");
    both[0].contents = &empty;
    file = make_elf_of(form, both, 2);
    expect_bad(&file, "its .BTF.base section is empty");
    hg_text_deinit(&btf);
}

/* Every prefix of an ELF file is refused or read, never worse. */
static void cut_elf(struct elf_form form)
{
    struct hg_text btf = good_btf(form.big_endian);
    struct hg_text whole = elf_around(form, &btf);
    for (size_t size = 0; size < whole.size; size++) {
        struct hg_text part = {0};
        struct hg_test_log log;
        size_t count;
        hg_test_log_init(&log);
        hg_text_bytes(&part, whole.data, size);
        if (read_text(&part, &log, &count) != HG_OK)
            CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
        hg_test_log_deinit(&log);
        hg_text_deinit(&part);
    }
    hg_text_deinit(&whole);
    hg_text_deinit(&btf);
}

static void test_elf_cut(void)
{
    for_each_form(cut_elf);
}

/* --- a distilled base --- */

static struct hg_text finish(struct hg_test_blob *blob)
{
    struct hg_output bytes = hg_test_blob_finish(blob);
    return (struct hg_text){.data = bytes.data, .size = bytes.size, .capacity = bytes.size};
}

/* What the kernel's BTF has, in an order of its own: list_head twice of different sizes. */
static struct hg_text kernel_btf(bool big_endian, uint32_t list_size, uint32_t enum_size)
{
    struct hg_test_blob blob = {.big_endian = big_endian};
    hg_test_blob_begin(&blob);
    hg_test_blob_type(&blob, "file", FWD, 0, 0);
    uint32_t u8 = hg_test_blob_int(&blob, "unsigned char", 1, 0);
    uint32_t bytes = hg_test_blob_array(&blob, u8, HG_TEST_U32, 40);
    hg_test_blob_type(&blob, "list_head", STRUCT, 1, 40);
    hg_test_blob_member(&blob, "other", bytes, 0);
    hg_test_blob_type(&blob, "list_head", STRUCT, 2, list_size);
    hg_test_blob_member(&blob, "next", HG_TEST_LONG, 0);
    hg_test_blob_member(&blob, "prev", HG_TEST_LONG, 64);
    hg_test_blob_type(&blob, "file", STRUCT, 1, 8);
    hg_test_blob_member(&blob, "f_mode", HG_TEST_LONG, 0);
    hg_test_blob_type(&blob, "state", ENUM64, 1, enum_size);
    hg_test_blob_pair(&blob, "BUSY", 1);
    hg_test_blob_word(&blob, 0);
    hg_test_blob_int(&blob, "int", 4, 1);
    return finish(&blob);
}

enum { DISTILLED_INT = 1, DISTILLED_LIST, DISTILLED_FILE, DISTILLED_STATE };

/* What a module needs of it, as `pahole --btf_features=distilled_base` keeps it. */
static void put_distilled(struct hg_test_blob *blob)
{
    hg_test_blob_int(blob, "int", 4, 1);
    hg_test_blob_type(blob, "list_head", STRUCT, 0, 16);
    hg_test_blob_type(blob, "file", FWD, 0, 0);
    hg_test_blob_type(blob, "state", ENUM, 0, 8);
}

static struct hg_text module_btf(struct hg_test_blob *base)
{
    struct hg_test_blob blob = {.big_endian = base->big_endian,
                                .count = base->count,
                                .string_base = (uint32_t)base->strings.size};
    uint32_t pointer = base->count + 1;
    hg_test_blob_type(&blob, "", PTR, 0, DISTILLED_FILE);
    hg_test_blob_type(&blob, "dev", STRUCT, 5, 40);
    hg_test_blob_member(&blob, "list", DISTILLED_LIST, 0);
    hg_test_blob_member(&blob, "file", pointer, 128);
    hg_test_blob_member(&blob, "state", DISTILLED_STATE, 192);
    hg_test_blob_member(&blob, "count", DISTILLED_INT, 256);
    hg_test_blob_member(&blob, "old", DISTILLED_INT, 288);
    return finish(&blob);
}

/* The module in an ELF file with the distilled base beside it. */
static struct hg_text module_elf(bool big_endian)
{
    struct hg_test_blob base = {.big_endian = big_endian};
    put_distilled(&base);
    struct hg_text btf = module_btf(&base);
    struct hg_text distilled = finish(&base);
    const struct section sections[] = {
        {.name = NAME_BTF, .type = SHT_PROGBITS, .contents = &btf},
        {.name = NAME_BASE, .type = SHT_PROGBITS, .contents = &distilled}};
    struct hg_text file =
        make_elf_of((struct elf_form){.is_64 = true, .big_endian = big_endian}, sections, 2);
    hg_text_deinit(&btf);
    hg_text_deinit(&distilled);
    return file;
}

/* Frees both files. */
static enum hg_status read_on(struct hg_text *file, struct hg_text *base, struct hg_test_log *log,
                              struct hg_model **ret)
{
    struct hg_btf_bytes bytes = {.name = "module", .data = file->data, .size = file->size};
    struct hg_btf_bytes base_bytes = {.name = "kernel", .data = base->data, .size = base->size};
    enum hg_status status = hg_read_btf_bytes(&bytes, &base_bytes, NULL, &log->diagnostics, ret);
    hg_text_deinit(file);
    hg_text_deinit(base);
    return status;
}

static const struct hg_type *find_record(const struct hg_model *model, const char *name,
                                         uint64_t size)
{
    for (size_t id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        if (hg_is_record(type) && type->complete && type->name != NULL &&
            strcmp(type->name, name) == 0 && type->size == size)
            return type;
    }
    return NULL;
}

static const struct hg_type *member_type(const struct hg_model *model, const struct hg_type *record,
                                         size_t index)
{
    return hg_model_type(model, record->members[index].type.id);
}

static void test_distilled(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct hg_text file = module_elf(big_endian != 0);
        struct hg_text base = kernel_btf(big_endian != 0, 16, 8);
        struct hg_test_log log;
        struct hg_model *model = NULL;
        hg_test_log_init(&log);
        CU_ASSERT_EQUAL_FATAL(read_on(&file, &base, &log, &model), HG_OK);
        CU_ASSERT(hg_test_same(hg_text_string(&log.text), ""));
        const struct hg_type *dev = find_record(model, "dev", 40);
        CU_ASSERT_FATAL(dev != NULL && dev->member_count == 5);
        CU_ASSERT_PTR_EQUAL(member_type(model, dev, 0), find_record(model, "list_head", 16));
        const struct hg_type *pointer = member_type(model, dev, 1);
        CU_ASSERT_PTR_EQUAL(hg_model_type(model, pointer->ref.id), find_record(model, "file", 8));
        CU_ASSERT_EQUAL(member_type(model, dev, 2)->kind, HG_ENUM);
        CU_ASSERT_EQUAL(member_type(model, dev, 2)->size, 8);
        CU_ASSERT(hg_test_same(member_type(model, dev, 3)->name, "int"));
        CU_ASSERT(hg_test_same(dev->members[4].name, "old"));
        hg_model_destroy(model);
        hg_test_log_deinit(&log);
    }
}

static void expect_no_base(struct hg_text base, const char *words)
{
    struct hg_text file = module_elf(false);
    struct hg_test_log log;
    struct hg_model *model = NULL;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(read_on(&file, &base, &log, &model), HG_ERROR_INPUT);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
    CU_ASSERT(hg_test_reported(&log, words));
    hg_test_log_deinit(&log);
}

static void test_distilled_faults(void)
{
    expect_no_base(kernel_btf(false, 24, 8),
                   "(STRUCT 'list_head'): of its distilled base: kernel "
                   "has no such type of that size");
    expect_no_base(kernel_btf(false, 40, 8),
                   "(STRUCT 'list_head'): of its distilled base: kernel "
                   "has no such type of that size");
    expect_no_base(kernel_btf(false, 16, 4),
                   "(ENUM 'state'): of its distilled base: kernel has no such type");
    expect_no_base(kernel_btf(true, 16, 8), "its byte order is not that of its base");
    expect_no_base(good_btf(false), "(INT 'int'): of its distilled base: kernel has no such type");
    expect_no_base(module_elf(false), "it continues a distilled base itself");

    struct hg_test_blob twice = {0};
    put_distilled(&twice); /* as a base of its own: then two of each size */
    for (int i = 0; i < 2; i++) {
        hg_test_blob_type(&twice, "file", STRUCT, 0, 8 + 8 * (uint32_t)i);
        hg_test_blob_type(&twice, "list_head", STRUCT, 0, 16);
    }
    expect_no_base(finish(&twice),
                   "(STRUCT 'list_head'): of its distilled base: kernel has "
                   "several such types of that size");
}

/* No bytes of a file can do harm: each byte of the module's sections is changed once. */
static void test_distilled_damage(void)
{
    struct hg_text whole = module_elf(false);
    for (size_t at = 64; at < whole.size; at++) {
        struct hg_text file = {0};
        struct hg_text base = kernel_btf(false, 16, 8);
        struct hg_test_log log;
        struct hg_model *model = NULL;
        hg_test_log_init(&log);
        hg_text_bytes(&file, whole.data, whole.size);
        file.data[at] = (char)(file.data[at] ^ 0x13);
        if (read_on(&file, &base, &log, &model) != HG_OK)
            CU_ASSERT(log.diagnostics.errors > 0);
        hg_model_destroy(model);
        hg_test_log_deinit(&log);
    }
    hg_text_deinit(&whole);
}

/* --- compressed data --- */

enum packer { GZIP, XZ, LZMA, ZSTD, LZ4, LZ4_FRAME, PACKERS };

static size_t pack_gzip(const struct hg_text *from, uint8_t *to, size_t room)
{
    z_stream stream = {0};
    const int gzip_window = 31;
    CU_ASSERT_EQUAL(deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)from->data;
    stream.avail_in = (uInt)from->size;
    stream.next_out = to;
    stream.avail_out = (uInt)room;
    CU_ASSERT_EQUAL(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

static size_t pack_lzma(const struct hg_text *from, uint8_t *to, size_t room, bool xz)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma_options_lzma options;
    lzma_lzma_preset(&options, 6);
    CU_ASSERT_EQUAL(xz ? lzma_easy_encoder(&stream, 6, LZMA_CHECK_CRC32)
                       : lzma_alone_encoder(&stream, &options),
                    LZMA_OK);
    stream.next_in = (const uint8_t *)from->data;
    stream.avail_in = from->size;
    stream.next_out = to;
    stream.avail_out = room;
    CU_ASSERT_EQUAL(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
    size_t size = stream.total_out;
    lzma_end(&stream);
    return size;
}

/* The form that `lz4 -l` writes, in one block. */
static size_t pack_lz4(const struct hg_text *from, uint8_t *to, size_t room)
{
    int size = LZ4_compress_default(from->data, (char *)to + 8, (int)from->size, (int)room - 8);
    CU_ASSERT(size > 0);
    struct hg_text front = {0};
    put_number(&front, 0x184c2102, 4, false);
    put_number(&front, (uint64_t)size, 4, false);
    memcpy(to, front.data, 8);
    hg_text_deinit(&front);
    return 8 + (size_t)size;
}

static struct hg_text pack(enum packer packer, const struct hg_text *from)
{
    size_t room = 2 * from->size + 1024;
    uint8_t *to = malloc(room);
    size_t size = 0;
    if (packer == GZIP)
        size = pack_gzip(from, to, room);
    else if (packer == ZSTD)
        size = ZSTD_compress(to, room, from->data, from->size, 3);
    else if (packer == LZ4)
        size = pack_lz4(from, to, room);
    else if (packer == LZ4_FRAME)
        size = LZ4F_compressFrame(to, room, from->data, from->size, NULL);
    else
        size = pack_lzma(from, to, room, packer == XZ);
    struct hg_text file = {0};
    hg_text_bytes(&file, to, size);
    free(to);
    return file;
}

static void test_packed(void)
{
    for (int packer = 0; packer < PACKERS; packer++) {
        struct hg_text btf = good_btf(packer % 2 != 0);
        struct hg_text elf =
            elf_around((struct elf_form){.is_64 = true, .big_endian = packer % 2 != 0}, &btf);
        struct hg_text file = pack((enum packer)packer, &btf);
        /* Kernels are followed by their unpacked size. */
        put_number(&file, btf.size, 4, false);
        expect_good(&file);
        file = pack((enum packer)packer, &elf);
        expect_good(&file);
        file = pack((enum packer)packer, &elf);
        struct hg_text twice = pack(GZIP, &file);
        expect_good(&twice);
        file.size /= 2;
        expect_bad(&file, "cannot unpack its");
        hg_text_deinit(&elf);
        hg_text_deinit(&btf);
    }
}

static void append(struct hg_text *file, struct hg_text *more)
{
    hg_text_bytes(file, more->data, more->size);
    hg_text_deinit(more);
}

/* Streams in a row are one file.  Where it is cut: in the first stream's content, so that what is
 * missed cannot pass. */
static struct hg_text pack_in_two(enum packer packer, const struct hg_text *content, size_t padding)
{
    size_t half = content->size / 2;
    struct hg_text front = {.data = content->data, .size = half};
    struct hg_text back = {.data = content->data + half, .size = content->size - half};
    struct hg_text file = pack(packer, &front);
    struct hg_text second = pack(packer, &back);
    put_zeros(&file, padding);
    append(&file, &second);
    return file;
}

static void test_streams_in_a_row(void)
{
    struct hg_text btf = good_btf(false);
    for (int packer = 0; packer < PACKERS; packer++) {
        struct hg_text nothing = {.data = btf.data};
        struct hg_text file = pack_in_two((enum packer)packer, &btf, 0);
        put_number(&file, btf.size, 4, false);
        expect_good(&file);
        file = pack_in_two((enum packer)packer, &btf, 0);
        hg_text_put(&file, "what somebody has appended");
        expect_good(&file);
        file = pack_in_two((enum packer)packer, &btf, 0);
        file.size -= 12;
        expect_bad(&file, packer == LZ4 ? "not valid BTF" : "cannot unpack its");
        if (packer == LZ4)
            continue; /* has no form for nothing */
        struct hg_text whole = pack((enum packer)packer, &btf);
        file = pack((enum packer)packer, &nothing);
        append(&file, &whole);
        struct hg_text end = pack((enum packer)packer, &nothing);
        append(&file, &end);
        expect_good(&file);
    }
    struct hg_text file = pack_in_two(XZ, &btf, 8);
    expect_good(&file);
    file = pack_in_two(XZ, &btf, 6); /* no padding: not in fours */
    expect_bad(&file, "not valid BTF");
    hg_text_deinit(&btf);
}

/* What pzstd writes, and what lz4 may: frames for other programs, before and between. */
static void test_skippable_frames(void)
{
    struct hg_text btf = good_btf(false);
    for (int i = 0; i < 2; i++) {
        struct hg_text file = {0};
        for (int half = 0; half < 2; half++) {
            size_t begin = half == 0 ? 0 : btf.size / 2;
            struct hg_text part = {.data = btf.data + begin,
                                   .size = half == 0 ? btf.size / 2 : btf.size - begin};
            put_number(&file, 0x184d2a50 + 5 * (unsigned)half, 4, false);
            put_number(&file, 4, 4, false);
            put_number(&file, 77, 4, false);
            struct hg_text packed = pack(i == 0 ? ZSTD : LZ4_FRAME, &part);
            append(&file, &packed);
        }
        expect_good(&file);
    }
    struct hg_text file = {0};
    put_number(&file, 0x184d2a50, 4, false);
    put_number(&file, UINT32_MAX, 4, false);
    put_zeros(&file, 64);
    expect_bad(&file, "there is no BTF in it");
    hg_text_deinit(&btf);
}

static void test_bombs(void)
{
    struct hg_text zeros = {0};
    put_zeros(&zeros, (size_t)24 << 20);
    for (int packer = 0; packer < PACKERS; packer++) {
        if (packer == LZ4 || packer == LZ4_FRAME)
            continue; /* at 1 to 255 it is no bomb */
        struct hg_text file = pack((enum packer)packer, &zeros);
        expect_bad(&file, "it unpacks to more than is reasonable");
    }
    hg_text_deinit(&zeros);

    struct hg_text inner = good_btf(false);
    for (int i = 0; i < 8; i++) {
        struct hg_text outer = pack(GZIP, &inner);
        hg_text_deinit(&inner);
        inner = outer;
    }
    expect_bad(&inner, "there is no BTF in it");
}

static void test_other_packers(void)
{
    struct hg_text file = {0};
    hg_text_put(&file, "BZh91AY&SY");
    put_zeros(&file, 100);
    expect_bad(&file, "bzip2 data: this compression is not supported");
    hg_text_bytes(&file, "\x89LZO\0\r\n\x1a\n", 9);
    put_zeros(&file, 100);
    expect_bad(&file, "LZO data: this compression is not supported");
}

/* --- kernel images --- */

static struct hg_text bzimage(const struct hg_text *payload, unsigned version)
{
    enum { SECTORS = 3, BEFORE = 64 };
    struct hg_text file = {0};
    hg_text_put(&file, "MZ");
    put_zeros(&file, (SECTORS + 1) * 512 + BEFORE - 2);
    file.data[0x1f1] = SECTORS;
    memcpy(file.data + 0x1fe, "\x55\xaaxxHdrS", 8);
    file.data[0x206] = (char)version;
    file.data[0x207] = 2;
    struct hg_output header = {.data = file.data, .size = file.size};
    hg_test_poke(&header, 0x248, BEFORE, false);
    hg_test_poke(&header, 0x24c, (uint32_t)payload->size, false);
    hg_text_bytes(&file, payload->data, payload->size);
    return file;
}

static struct hg_text zboot(const struct hg_text *payload)
{
    struct hg_text file = {0};
    hg_text_bytes(&file, "MZ\0\0zimg", 8);
    put_number(&file, 128, 4, false);
    put_number(&file, payload->size, 4, false);
    put_zeros(&file, 128 - 16);
    hg_text_bytes(&file, payload->data, payload->size);
    put_zeros(&file, 512);
    return file;
}

/* A kernel's memory: two small ones, and things that only look like BTF. */
static struct hg_text open_image(const struct hg_text *btf)
{
    struct hg_test_blob blob = {0};
    hg_test_blob_type(&blob, "", PTR, 0, 0);
    struct hg_output small = hg_test_blob_finish(&blob);
    struct hg_text file = {0};
    hg_text_bytes(&file, "MZ\0\0", 4);
    put_zeros(&file, 0x34);
    hg_text_bytes(&file, "ARM\x64", 4);
    put_zeros(&file, 1001);
    hg_text_bytes(&file, small.data, small.size);
    hg_text_bytes(&file, "\x9f\xeb\x01\0\x18\0\0\0\0\0\0\0\xff\xff\xff\x7f", 16);
    put_zeros(&file, 10);
    hg_text_bytes(&file, btf->data, btf->size);
    hg_text_bytes(&file, "\xeb\x9f\x01\0", 4);
    hg_text_bytes(&file, small.data, small.size);
    put_zeros(&file, 100);
    hg_output_deinit(&small);
    return file;
}

static void test_images(void)
{
    for (int packer = 0; packer < PACKERS; packer++) {
        struct hg_text btf = good_btf(false);
        struct hg_text elf = elf_around((struct elf_form){.is_64 = true}, &btf);
        struct hg_text image = open_image(&btf);
        struct hg_text packed_elf = pack((enum packer)packer, &elf);
        put_number(&packed_elf, elf.size, 4, false);
        struct hg_text packed_image = pack((enum packer)packer, &image);
        struct hg_text file = bzimage(&packed_elf, 15);
        expect_good(&file);
        file = zboot(&packed_image);
        expect_good(&file);
        /* What says nothing of where its payload is: found by trying. */
        file = bzimage(&packed_elf, 1);
        expect_good(&file);
        expect_good(&packed_image);
        expect_good(&image);
        hg_text_deinit(&packed_elf);
        hg_text_deinit(&elf);
        hg_text_deinit(&btf);
    }
}

static void test_big_endian_image(void)
{
    struct hg_text btf = good_btf(true);
    struct hg_text image = open_image(&btf);
    expect_good(&image);
    hg_text_deinit(&btf);
}

static void test_image_faults(void)
{
    struct hg_text nothing = {0};
    put_zeros(&nothing, 4096);
    struct hg_text packed = pack(GZIP, &nothing);
    struct hg_text file = bzimage(&packed, 15);
    expect_bad(&file, "a kernel with CONFIG_DEBUG_INFO_BTF=y");
    file = bzimage(&packed, 15);
    file.size -= 4;
    expect_bad(&file, "there is no BTF in it");
    expect_bad(&nothing, "there is no BTF in it");
    hg_text_deinit(&packed);
    hg_text_put(&file, "#include <linux/sched.h>\n");
    expect_bad(&file, "there is no BTF in it");
    expect_bad(&file, "there is no BTF in it");
}

/* --- files --- */

static void test_no_file(void)
{
    struct hg_model *model = NULL;
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_btf_file options = {.sz = sizeof(struct hg_btf_file), .path = "/nonexistent/vmlinux"};
    CU_ASSERT_EQUAL(hg_read_btf(&options, &log.diagnostics, &model), HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&log, "cannot read '/nonexistent/vmlinux': No such file"));
    options.path = "/";
    CU_ASSERT_EQUAL(hg_read_btf(&options, &log.diagnostics, &model), HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&log, "cannot read '/': it is a directory"));
    hg_test_log_deinit(&log);
}

void hg_test_btf_container(void)
{
    CU_pSuite suite = CU_add_suite("btf_container", NULL, NULL);
    CU_add_test(suite, "ELF of both classes and byte orders", test_elf);
    CU_add_test(suite, "the class of an ELF file gives the pointer size", test_elf_class);
    CU_add_test(suite, "compressed sections", test_elf_compressed);
    CU_add_test(suite, "ELF files without good BTF", test_elf_faults);
    CU_add_test(suite, "ELF files that are cut off", test_elf_cut);
    CU_add_test(suite, "a module against a distilled base", test_distilled);
    CU_add_test(suite, "a distilled base that the kernel has not", test_distilled_faults);
    CU_add_test(suite, "damaged modules with a distilled base", test_distilled_damage);
    CU_add_test(suite, "compressed files", test_packed);
    CU_add_test(suite, "files that unpack without end", test_bombs);
    CU_add_test(suite, "compressed streams in a row", test_streams_in_a_row);
    CU_add_test(suite, "frames for other programs", test_skippable_frames);
    CU_add_test(suite, "compressions that are not supported", test_other_packers);
    CU_add_test(suite, "kernel images", test_images);
    CU_add_test(suite, "a big-endian kernel's memory", test_big_endian_image);
    CU_add_test(suite, "images without good BTF", test_image_faults);
    CU_add_test(suite, "no file at all", test_no_file);
}
