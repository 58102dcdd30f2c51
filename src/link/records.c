/*
 * Finds the records, and the placeholder that each of them describes.
 *
 *     .hdrgen.relo.1    00000048 "r3 byte_offset Stask_struct pid:i32s" 00 ...
 *     .rel.hdrgen.relo.1    at 0: section "raw_tp/sys_enter"
 *     .relraw_tp/sys_enter  at 0x48: hdrgen_link_was_not_run
 *
 * is one record, for the call at byte 0x48.  Records and placeholders are found independently, and
 * must agree one to one: an object with a placeholder that has no record would never load, and a
 * record without a placeholder would change an instruction that nobody marked.
 */
#include "link/link.h"

#include "base/diag.h"
#include "model/describe.h"

#include <linux/bpf.h>
#include <string.h>

enum {
    RELOCATION_CALL = 10,    /* R_BPF_64_32 */
    RELOCATION_ABSOLUTE = 3, /* R_BPF_64_ABS32 */
    RELOCATION_NO_DYLD = 4,  /* R_BPF_64_NODYLD32 */
    OPCODE_CALL = BPF_JMP | BPF_CALL,
    LOCATION_BYTES = 4,
};

static const char section_name[] = HG_LINK_SECTION "1";

bool hg_link_record_fault(const struct linker *linker, const struct link_record *record,
                          const char *format, ...)
{
    struct hg_text text = {0};
    struct hg_text shown = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    hg_describe_name(&shown, record->text);
    hg_link_fault(linker, "record '%.200s' (byte %zu of %s): %s", hg_text_string(&shown),
                  record->at, section_name, hg_text_string(&text));
    hg_text_deinit(&shown);
    hg_text_deinit(&text);
    return false;
}

int hg_link_compare(const void *a, const void *b)
{
    const struct link_location *x = a;
    const struct link_location *y = b;
    if (x->section != y->section)
        return x->section < y->section ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool is_code(const struct link_section *section)
{
    return section->header.sh_type == SHT_PROGBITS &&
           (section->header.sh_flags & SHF_EXECINSTR) != 0 &&
           (section->header.sh_flags & SHF_COMPRESSED) == 0;
}

static bool is_instruction(const struct link_section *section, uint64_t offset)
{
    return is_code(section) && offset % INSN_BYTES == 0 && section->size >= INSN_BYTES &&
           offset <= section->size - INSN_BYTES && offset <= UINT32_MAX;
}

/* --- placeholders --- */

static bool take_placeholder(struct linker *linker, uint32_t index,
                             struct link_relocation *relocation)
{
    const struct link_section *section = link_section(linker, index);
    if (relocation->type != RELOCATION_CALL || !is_instruction(section, relocation->offset) ||
        section->bytes[relocation->offset] != OPCODE_CALL)
        return hg_link_fault(linker, "section '%s': byte %llu refers to %s, and is no call",
                             section->shown, (unsigned long long)relocation->offset,
                             HG_LINK_PLACEHOLDER);
    relocation->is_gone = true;
    *HG_PUSH(&linker->placeholders) =
        (struct link_location){.section = index, .offset = (uint32_t)relocation->offset};
    return true;
}

static bool find_placeholders(struct linker *linker)
{
    for (size_t i = 0; i < linker->symbols.count; i++) {
        struct link_symbol *symbol = &linker->symbols.items[i];
        if (strcmp(symbol->name, HG_LINK_PLACEHOLDER) != 0)
            continue;
        if (symbol->symbol.st_shndx != SHN_UNDEF)
            return hg_link_fault(linker, "it defines %s, which must not exist",
                                 HG_LINK_PLACEHOLDER);
        symbol->is_gone = true;
    }
    for (size_t i = 1; i < linker->sections.count; i++) {
        struct link_section *table = &linker->sections.items[i];
        for (size_t r = 0; r < table->relocations.count; r++)
            if (linker->symbols.items[table->relocations.items[r].symbol].is_gone &&
                !take_placeholder(linker, table->header.sh_info, &table->relocations.items[r]))
                return false;
    }
    if (linker->placeholders.count > 0)
        qsort(linker->placeholders.items, linker->placeholders.count,
              sizeof *linker->placeholders.items, hg_link_compare);
    return true;
}

/* --- records --- */

bool hg_link_take_section(const struct linker *linker, struct link_section *section,
                          const char *name)
{
    if (strcmp(section->name, name) != 0)
        return hg_link_fault(linker,
                             "section '%s': this hdrgen knows %s only; generate the bindings "
                             "and link with one and the same hdrgen",
                             section->shown, name);
    if (section->header.sh_type != SHT_PROGBITS ||
        (section->header.sh_flags & (SHF_ALLOC | SHF_COMPRESSED)) != 0)
        return hg_link_fault(linker, "section %s is not plain data", name);
    section->is_gone = true;
    return true;
}

/* Finds the section of records; one of another version is refused. */
static bool find_section(struct linker *linker)
{
    for (size_t i = 1; i < linker->sections.count; i++) {
        struct link_section *section = &linker->sections.items[i];
        if (strncmp(section->name, HG_LINK_SECTION, sizeof HG_LINK_SECTION - 1) != 0)
            continue;
        if (!hg_link_take_section(linker, section, section_name))
            return false;
        if (linker->record_section != 0)
            return hg_link_fault(linker, "it has more than one section %s", section_name);
        linker->record_section = (uint32_t)i;
    }
    return true;
}

/* Sets record->location: the instruction to which the record's first four bytes are relocated. */
static bool find_location(struct linker *linker, struct link_record *record, const uint8_t *bytes,
                          const struct link_relocation *relocation, bool has_addend)
{
    const struct link_symbol *symbol = &linker->symbols.items[relocation->symbol];
    uint32_t in = symbol->symbol.st_shndx;
    uint64_t offset = symbol->symbol.st_value +
                      (has_addend ? (uint64_t)relocation->addend : link_word(linker, bytes));
    if (relocation->type != RELOCATION_NO_DYLD && relocation->type != RELOCATION_ABSOLUTE)
        return hg_link_record_fault(linker, record, "its location has a relocation of type %u",
                                    relocation->type);
    if (in == SHN_UNDEF || in >= SHN_LORESERVE)
        return hg_link_record_fault(linker, record, "its location is in no section");
    if (!is_instruction(link_section(linker, in), offset))
        return hg_link_record_fault(linker, record, "byte %llu of section '%s' is no instruction",
                                    (unsigned long long)offset, link_section(linker, in)->shown);
    record->location = (struct link_location){.section = in, .offset = (uint32_t)offset};
    return true;
}

static int compare_offsets(const void *a, const void *b)
{
    const struct link_relocation *x = a;
    const struct link_relocation *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Collects the relocations of the section of records from all tables, sorted by offset. */
static void collect(struct linker *linker, struct link_section *ret)
{
    for (size_t i = 1; i < linker->sections.count; i++) {
        struct link_section *table = &linker->sections.items[i];
        if (table->relocations.count == 0 || table->header.sh_info != linker->record_section)
            continue;
        for (size_t r = 0; r < table->relocations.count; r++)
            *HG_PUSH(&ret->relocations) = table->relocations.items[r];
        ret->header.sh_type = table->header.sh_type;
    }
    if (ret->relocations.count > 0)
        qsort(ret->relocations.items, ret->relocations.count, sizeof *ret->relocations.items,
              compare_offsets);
}

static bool take_record(struct linker *linker, const struct link_section *relocations, size_t at,
                        size_t *next)
{
    const struct link_section *section = link_section(linker, linker->record_section);
    size_t number = linker->records.count;
    size_t left = section->size - at;
    const uint8_t *end = left <= LOCATION_BYTES ? NULL
                                                : memchr(section->bytes + at + LOCATION_BYTES, 0,
                                                         left - LOCATION_BYTES);
    if (end == NULL)
        return hg_link_fault(linker, "section %s: the record at byte %zu is cut off", section_name,
                             at);
    if (number == LINK_RECORDS_MAX)
        return hg_link_fault(linker, "more than %d records", LINK_RECORDS_MAX);
    const char *text = (const char *)section->bytes + at + LOCATION_BYTES;
    struct link_record *record = HG_PUSH(&linker->records);
    *record = (struct link_record){.at = at, .text = text};
    *next = (size_t)(end + 1 - section->bytes);
    if (*next - at - LOCATION_BYTES > LINK_TEXT_MAX)
        return hg_link_record_fault(linker, record, "it is longer than %d bytes", LINK_TEXT_MAX);
    if (number >= relocations->relocations.count ||
        relocations->relocations.items[number].offset != at)
        return hg_link_record_fault(linker, record, "no relocation says where its instruction is");
    return find_location(linker, record, section->bytes + at,
                         &relocations->relocations.items[number],
                         relocations->header.sh_type == SHT_RELA) &&
           hg_link_expand(linker, record) && hg_link_parse(linker, record);
}

static bool read_records(struct linker *linker)
{
    const struct link_section *section = link_section(linker, linker->record_section);
    struct link_section relocations = {0};
    bool fine = true;
    collect(linker, &relocations);
    for (size_t at = 0; fine && at < section->size;)
        fine = take_record(linker, &relocations, at, &at);
    if (fine && relocations.relocations.count != linker->records.count)
        fine = hg_link_fault(linker, "section %s has %zu records and %zu relocations", section_name,
                             linker->records.count, relocations.relocations.count);
    free(relocations.relocations.items);
    return fine;
}

/* --- pairs --- */

static bool lacks_record(const struct linker *linker, const struct link_location *location)
{
    return hg_link_fault(linker, "section '%s', byte %u: a placeholder without a record",
                         link_section(linker, location->section)->shown, location->offset);
}

/* Both are sorted: each record takes the next placeholder, or the next two. */
static bool pair(struct linker *linker)
{
    size_t next = 0;
    for (size_t i = 0; i < linker->records.count; i++) {
        const struct link_record *record = &linker->records.items[i];
        struct link_location location = record->location;
        unsigned calls = record->width == LINK_WIDE ? 2 : 1;
        for (unsigned c = 0; c < calls; c++, location.offset += INSN_BYTES) {
            const struct link_location *found =
                next < linker->placeholders.count ? &linker->placeholders.items[next] : NULL;
            int order = found == NULL ? 1 : hg_link_compare(found, &location);
            if (order < 0)
                return lacks_record(linker, found);
            if (order > 0)
                return hg_link_record_fault(linker, record,
                                            "byte %u of section '%s' is no placeholder, or another "
                                            "record has it",
                                            location.offset,
                                            link_section(linker, location.section)->shown);
            next++;
        }
    }
    return next == linker->placeholders.count ||
           lacks_record(linker, &linker->placeholders.items[next]);
}

bool hg_link_find_records(struct linker *linker)
{
    if (!find_section(linker) || !hg_link_find_places(linker) || !find_placeholders(linker))
        return false;
    if (linker->record_section != 0 && !read_records(linker))
        return false;
    if (linker->records.count > 0)
        qsort(linker->records.items, linker->records.count, sizeof *linker->records.items,
              hg_link_compare);
    return pair(linker);
}
