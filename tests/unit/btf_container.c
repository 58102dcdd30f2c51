/*
 * The files that BTF comes in, each made here around the same few types: ELF of both classes and
 * byte orders, compressed files, kernel images; and what is wrong with such files.
 */
#include "btf_blob.h"
#include "helpers.h"
#include "suites.h"

#include <elf.h>
#include <hdrgen/read.h>
#include <lz4.h>
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

/* An ELF file of the empty section, one of names, and one more. */
static struct hg_text make_elf(struct elf_form form, const struct section *section)
{
    struct hg_text file = {0};
    struct hg_text nothing = {0};
    struct hg_text names = {0};
    hg_text_bytes(&names, section_names, sizeof section_names);
    size_t header = form.is_64 ? 64 : 52;
    size_t contents = section->type == SHT_NOBITS ? 0 : section->contents->size;
    size_t padding = (8 - (header + names.size + contents) % 8) % 8;
    put_elf_header(&file, form, header + names.size + contents + padding, 3);
    hg_text_bytes(&file, names.data, names.size);
    hg_text_bytes(&file, section->contents->data, contents);
    put_zeros(&file, padding);
    put_section(&file, form, &(struct section){.contents = &nothing}, 0);
    put_section(&file, form,
                &(struct section){.name = NAME_NAMES, .type = SHT_STRTAB, .contents = &names},
                header);
    put_section(&file, form, section, header + names.size);
    hg_text_deinit(&names);
    return file;
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
    expect_bad(&file, "compressed in a way that is not known");
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
    section = (struct section){.name = NAME_BASE, .type = SHT_PROGBITS, .contents = &btf};
    file = make_elf(form, &section);
    expect_bad(&file, "it has a .BTF.base section");
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

/* --- compressed data --- */

enum packer { GZIP, XZ, LZMA, ZSTD, LZ4, PACKERS };

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
        expect_bad(&file, "cannot unpack what is in it");
        hg_text_deinit(&elf);
        hg_text_deinit(&btf);
    }
}

static void test_bombs(void)
{
    struct hg_text zeros = {0};
    put_zeros(&zeros, (size_t)24 << 20);
    for (int packer = 0; packer < PACKERS; packer++) {
        if (packer == LZ4)
            continue; /* in one block of 8 MiB at most; at 1 to 255 it is no bomb */
        struct hg_text file = pack((enum packer)packer, &zeros);
        expect_bad(&file, "it unpacks to more than is reasonable");
    }
    hg_text_deinit(&zeros);

    struct hg_text inner = good_btf(false);
    for (int i = 0; i < 6; i++) {
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
    expect_bad(&file, "(bzip2): this compression is not supported");
    hg_text_bytes(&file, "\x89LZO\0\r\n\x1a\n", 9);
    put_zeros(&file, 100);
    expect_bad(&file, "(LZO): this compression is not supported");
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
    expect_bad(&file, "A kernel has BTF if it was built with CONFIG_DEBUG_INFO_BTF=y");
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
    CU_add_test(suite, "compressed files", test_packed);
    CU_add_test(suite, "files that unpack without end", test_bombs);
    CU_add_test(suite, "compressions that are not supported", test_other_packers);
    CU_add_test(suite, "kernel images", test_images);
    CU_add_test(suite, "a big-endian kernel's memory", test_big_endian_image);
    CU_add_test(suite, "images without good BTF", test_image_faults);
    CU_add_test(suite, "no file at all", test_no_file);
}
