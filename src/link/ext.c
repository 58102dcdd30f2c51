/*
 * .BTF.ext: keeps what the object has, and adds the relocations of its records.
 *
 *     header       magic, version, flags, 32; offsets and sizes of the three tables
 *     functions    copied
 *     lines        the last line of each instruction.  The definition of a place, assembly without
 *                  instructions, has a line too, and kernels refuse two lines of one instruction
 *     relocations  16; section "raw_tp/sys_enter", 12 relocations, each with offset, type, access
 *                  and kind, sorted by offset; the next section ...
 *
 * Loaders read one block for each section, so the relocations that the object has (from parts
 * compiled by clang) and the new ones are merged.
 */
#include "link/link.h"

#include <string.h>

enum {
    EXT_MAGIC = 0xeb9f,
    EXT_VERSION = 1,
    HEADER_MIN = 24,
    HEADER_BYTES = 32,
    RELO_BYTES = 16,
    LINE_BYTES_MIN = 16,
    BLOCK_BYTES = 8,
    /* Offsets in the header of a table's offset and size. */
    FUNCTIONS = 8,
    LINES = 16,
    RELOCATIONS = 24,
};

/* A part of the section, often what is left to read. */
struct range {
    const uint8_t *bytes;
    size_t size;
};

static uint32_t half_word(const struct linker *linker, const uint8_t *at)
{
    return linker->big_endian ? (uint32_t)at[0] << 8 | at[1] : (uint32_t)at[1] << 8 | at[0];
}

/* Finds one of the three tables; its size is 0 if the header has no such table. */
static bool find_table(const struct linker *linker, size_t field, struct range *ret)
{
    const struct link_section *section = link_section(linker, linker->ext_section);
    uint32_t header = link_word(linker, section->bytes + 4);
    *ret = (struct range){.bytes = section->bytes};
    if (header < field + 8)
        return true;
    uint32_t offset = link_word(linker, section->bytes + field);
    uint32_t size = link_word(linker, section->bytes + field + 4);
    size_t room = section->size - header;
    if (size == 0)
        return true;
    if (offset % 4 != 0 || size % 4 != 0 || offset > room || size > room - offset)
        return hg_link_fault(
            linker, ".BTF.ext: a table at %u, %u bytes, reaches beyond the section", offset, size);
    *ret = (struct range){.bytes = section->bytes + header + offset, .size = size};
    return true;
}

static bool check_header(const struct linker *linker)
{
    const struct link_section *section = link_section(linker, linker->ext_section);
    if (section->size < HEADER_MIN || half_word(linker, section->bytes) != EXT_MAGIC)
        return hg_link_fault(linker, ".BTF.ext: it is too short, or of another byte order");
    if (section->bytes[2] != EXT_VERSION || section->bytes[3] != 0)
        return hg_link_fault(linker, ".BTF.ext: its version or flags are not known");
    uint32_t header = link_word(linker, section->bytes + 4);
    if (header < HEADER_MIN || header % 4 != 0 || header > section->size)
        return hg_link_fault(linker, ".BTF.ext: the size of its header is wrong");
    return true;
}

/* --- the object's relocations --- */

/* In linker.code_numbers: several sections of code have the name. */
enum { AMBIGUOUS = UINT16_MAX };

static void find_codes(struct linker *linker)
{
    for (uint32_t i = 1; i < linker->sections.count; i++) {
        const struct link_section *section = link_section(linker, i);
        if ((section->header.sh_flags & SHF_EXECINSTR) == 0 || section->size == 0)
            continue;
        uint32_t *number =
            hg_strings_number(&linker->code_numbers, section->name, strlen(section->name));
        *number = *number == 0 ? i : AMBIGUOUS;
    }
}

/* The index of the section of code with that name; 0 = there is none. */
static uint32_t code_of(struct linker *linker, const char *name)
{
    return *hg_strings_number(&linker->code_numbers, name, strlen(name));
}

static bool read_block(struct linker *linker, const struct link_btf *own, struct range *left)
{
    if (left->size < BLOCK_BYTES)
        return hg_link_fault(linker, ".BTF.ext: a block of relocations is cut off");
    uint32_t name = link_word(linker, left->bytes);
    uint32_t count = link_word(linker, left->bytes + 4);
    left->bytes += BLOCK_BYTES;
    left->size -= BLOCK_BYTES;
    if (name >= own->strings.size)
        return hg_link_fault(linker, ".BTF.ext: a section's name is not among the strings");
    uint32_t code = code_of(linker, own->strings.data + name);
    if (code == 0 || code == AMBIGUOUS)
        return hg_link_fault(
            linker, ".BTF.ext: relocations of a section whose name no or several sections have");
    if (count == 0 || count > left->size / RELO_BYTES)
        return hg_link_fault(linker, ".BTF.ext: a block of relocations is cut off");
    for (uint32_t i = 0; i < count; i++) {
        *HG_PUSH(&linker->relos) = (struct link_relo){
            .location = {.section = code, .offset = link_word(linker, left->bytes)},
            .type = link_word(linker, left->bytes + 4),
            .access = link_word(linker, left->bytes + 8),
            .kind = link_word(linker, left->bytes + 12),
        };
        left->bytes += RELO_BYTES;
        left->size -= RELO_BYTES;
    }
    return true;
}

bool hg_link_read_ext(struct linker *linker, const struct link_btf *own)
{
    find_codes(linker);
    if (linker->ext_section == 0)
        return true;
    if (linker->btf_section == 0)
        return hg_link_fault(linker, "it has a section .BTF.ext and none .BTF");
    struct range table;
    if (!check_header(linker) || !find_table(linker, RELOCATIONS, &table))
        return false;
    if (table.size == 0)
        return true;
    if (link_word(linker, table.bytes) != RELO_BYTES)
        return hg_link_fault(linker, ".BTF.ext: relocations of %u bytes each, where %d are known",
                             link_word(linker, table.bytes), RELO_BYTES);
    table.bytes += 4;
    table.size -= 4;
    while (table.size > 0)
        if (!read_block(linker, own, &table))
            return false;
    linker->kept = linker->relos.count;
    return true;
}

/* --- the new section --- */

static bool check_relos(struct linker *linker)
{
    for (size_t i = 0; i < linker->relos.count; i++) {
        const struct link_relo *relo = &linker->relos.items[i];
        const struct link_section *section = link_section(linker, relo->location.section);
        bool is_first = i == 0 || relo[-1].location.section != relo->location.section;
        bool is_second = i > 0 && hg_link_compare(relo - 1, relo) == 0;
        if (is_second && (relo->is_new || relo[-1].is_new))
            return hg_link_fault(linker,
                                 "section '%s', byte %u: two relocations of one instruction",
                                 section->shown, relo->location.offset);
        if (is_first && code_of(linker, section->name) != relo->location.section)
            return hg_link_fault(linker,
                                 "more than one section is called '%s', and loaders would take "
                                 "relocations of one for the other",
                                 section->shown);
    }
    return true;
}

static void put_word(const struct linker *linker, struct hg_text *text, uint32_t word)
{
    uint8_t bytes[4];
    link_set_word(linker, bytes, word);
    hg_text_bytes(text, bytes, sizeof bytes);
}

static void put_relocations(const struct linker *linker, struct hg_text *text)
{
    put_word(linker, text, RELO_BYTES);
    for (size_t i = 0; i < linker->relos.count;) {
        uint32_t section = linker->relos.items[i].location.section;
        size_t end = i;
        while (end < linker->relos.count && linker->relos.items[end].location.section == section)
            end++;
        put_word(linker, text, link_section(linker, section)->btf_name);
        put_word(linker, text, (uint32_t)(end - i));
        for (; i < end; i++) {
            const struct link_relo *relo = &linker->relos.items[i];
            const uint32_t words[] = {relo->location.offset, relo->type, relo->access, relo->kind};
            for (size_t w = 0; w < sizeof words / sizeof *words; w++)
                put_word(linker, text, words[w]);
        }
    }
}

/* Copies the lines of one section, and moves *left to the next. */
static bool put_line_block(const struct linker *linker, size_t line_bytes, struct range *left,
                           struct hg_text *text)
{
    uint32_t count = left->size < BLOCK_BYTES ? 0 : link_word(linker, left->bytes + 4);
    if (count == 0 || count > (left->size - BLOCK_BYTES) / line_bytes)
        return hg_link_fault(linker, ".BTF.ext: a block of lines is cut off");
    const uint8_t *lines = left->bytes + BLOCK_BYTES;
    hg_text_bytes(text, left->bytes, 4);
    size_t count_at = text->size;
    put_word(linker, text, 0);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *line = lines + i * line_bytes;
        if (i + 1 < count && link_word(linker, line) == link_word(linker, line + line_bytes))
            continue;
        hg_text_bytes(text, line, line_bytes);
        kept++;
    }
    link_set_word(linker, (uint8_t *)text->data + count_at, kept);
    left->bytes = lines + count * line_bytes;
    left->size -= BLOCK_BYTES + count * line_bytes;
    return true;
}

static bool put_lines(const struct linker *linker, struct range lines, struct hg_text *text)
{
    if (lines.size == 0)
        return true;
    uint32_t line_bytes = link_word(linker, lines.bytes);
    if (line_bytes < LINE_BYTES_MIN || line_bytes % 4 != 0)
        return hg_link_fault(linker, ".BTF.ext: lines of %u bytes each", line_bytes);
    hg_text_bytes(text, lines.bytes, 4);
    struct range left = {.bytes = lines.bytes + 4, .size = lines.size - 4};
    while (left.size > 0)
        if (!put_line_block(linker, line_bytes, &left, text))
            return false;
    return true;
}

/* Sets linker->ext to the header and the three tables. */
static void put_ext(struct linker *linker, const struct range *functions,
                    const struct hg_text *lines, const struct hg_text *relocations)
{
    struct hg_text text = {0};
    const uint8_t start[] = {linker->big_endian ? 0xeb : 0x9f, linker->big_endian ? 0x9f : 0xeb,
                             EXT_VERSION, 0};
    hg_text_bytes(&text, start, sizeof start);
    const size_t words[] = {HEADER_BYTES,     0,           functions->size,
                            functions->size,  lines->size, functions->size + lines->size,
                            relocations->size};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        put_word(linker, &text, (uint32_t)words[i]);
    if (functions->size > 0)
        hg_text_bytes(&text, functions->bytes, functions->size);
    if (lines->size > 0)
        hg_text_bytes(&text, lines->data, lines->size);
    hg_text_bytes(&text, relocations->data, relocations->size);
    hg_text_finish(&text, &linker->ext);
}

bool hg_link_make_ext(struct linker *linker)
{
    struct range functions = {0};
    struct range lines = {0};
    qsort(linker->relos.items, linker->relos.count, sizeof *linker->relos.items, hg_link_compare);
    if (!check_relos(linker))
        return false;
    if (linker->ext_section != 0 &&
        (!find_table(linker, FUNCTIONS, &functions) || !find_table(linker, LINES, &lines)))
        return false;
    struct hg_text kept_lines = {0};
    struct hg_text relocations = {0};
    bool fine = put_lines(linker, lines, &kept_lines);
    if (fine) {
        put_relocations(linker, &relocations);
        put_ext(linker, &functions, &kept_lines, &relocations);
    }
    hg_text_deinit(&kept_lines);
    hg_text_deinit(&relocations);
    return fine;
}
