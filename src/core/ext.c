/*
 * Reading .BTF.ext: which instructions depend on types, and the source lines of instructions.
 *
 *     header   magic, version, size of the header; offset and size of three tables
 *     table    size of a record, then blocks
 *     block    a section's name, number of records, records
 *
 * A relocation is four words: the instruction's offset in the section, the type's id, the offset of
 * the access string in the strings of .BTF, and the kind.  A line has four words, too.  Records may
 * be longer; hdrgen ignores the words after these.
 *
 * The method: a cursor that returns words in the object's byte order and never leaves its table.
 */
#include "core/object.h"

#include "base/btf.h"
#include "base/diag.h"
#include "model/describe.h"

#include <string.h>

struct ext_reader {
    struct hg_core_object *object;
    struct hg_diagnostics *diagnostics;
    const uint8_t *bytes;
    size_t size;
};

/* The bytes that are not read yet. */
struct cursor {
    const uint8_t *at;
    size_t left;
};

/* Takes a record: its first words, in a section of code. */
enum { RECORD_WORDS = 4, FUNCTION_WORDS = 2 };
typedef bool record_fn(struct ext_reader *reader, uint32_t code, const uint32_t *words);

struct table {
    const char *name;
    uint32_t place; /* in the header: the table's offset from the end of the header, and its size */
    uint32_t words; /* a record has at least these */
    record_fn *take;
};

static bool fault(const struct ext_reader *reader, const char *text)
{
    return hg_core_fault(reader->object, reader->diagnostics, ".BTF.ext: %s", text);
}

static uint32_t word_at(const struct ext_reader *reader, const uint8_t *bytes)
{
    return (uint32_t)hg_core_number(bytes, 4, reader->object->big_endian);
}

/* At least four bytes must be left. */
static uint32_t take_word(const struct ext_reader *reader, struct cursor *cursor)
{
    uint32_t word = word_at(reader, cursor->at);
    cursor->at += 4;
    cursor->left -= 4;
    return word;
}

/* NULL = out of range. */
static const char *string_at(const struct ext_reader *reader, uint32_t offset)
{
    const struct hg_numbering *numbering = hg_model_numbering(reader->object->types);
    return offset < numbering->string_size ? numbering->strings + offset : NULL;
}

/* --- records --- */

static bool check_place(const struct ext_reader *reader, uint32_t code, uint32_t offset,
                        const char *what)
{
    const struct code *section = &reader->object->codes.items[code];
    if (offset % INSN_SIZE == 0 && offset < section->size)
        return true;
    return hg_core_fault(reader->object, reader->diagnostics,
                         ".BTF.ext: a %s at byte %u of section '%s', where no instruction begins",
                         what, offset, section->name);
}

static bool check_access(const struct ext_reader *reader, const struct record *record,
                         uint32_t offset)
{
    struct access access;
    const char *why = hg_core_parse_access(reader->object, record, &access);
    if (why == NULL)
        return true;
    struct hg_text text = {0};
    hg_describe_name(&text, record->access);
    hg_core_fault(
        reader->object, reader->diagnostics,
        ".BTF.ext: the relocation at byte %u of section '%s', access '%.100s' of type "
        "%u: %s",
        offset,
        reader->object->codes.items[reader->object->functions.items[record->function].code].name,
        hg_text_string(&text), record->type, why);
    hg_text_deinit(&text);
    return false;
}

static bool take_relocation(struct ext_reader *reader, uint32_t code, const uint32_t *words)
{
    struct hg_core_object *object = reader->object;
    const struct hg_numbering *numbering = hg_model_numbering(object->types);
    if (!check_place(reader, code, words[0], "relocation"))
        return false;
    if (words[1] >= numbering->count)
        return hg_core_fault(object, reader->diagnostics,
                             ".BTF.ext: a relocation is about type %u, and there are %zu", words[1],
                             numbering->count);
    if (words[3] >= HG_CORE_KINDS)
        return hg_core_fault(object, reader->diagnostics,
                             ".BTF.ext: a relocation of kind %u, and the last one known is %d",
                             words[3], HG_CORE_KINDS - 1);
    const char *access = string_at(reader, words[2]);
    if (access == NULL)
        return fault(reader, "a relocation's access is not among the strings");
    const struct function *function = hg_core_function_at(object, code, words[0]);
    if (function == NULL) {
        object->skipped++;
        return true;
    }
    if (object->records.count == RECORDS_MAX)
        return hg_core_fault(object, reader->diagnostics, ".BTF.ext: more than %d relocations",
                             RECORDS_MAX);
    struct record record = {
        .function = (uint32_t)(function - object->functions.items),
        .insn = (words[0] - function->offset) / INSN_SIZE,
        .type = words[1],
        .root = numbering->types[words[1]],
        .access = access,
        .kind = (enum hg_core_kind)words[3],
    };
    if (!check_access(reader, &record, words[0]))
        return false;
    *HG_PUSH(&object->records) = record;
    return true;
}

/* hdrgen does not use these records; but if one is damaged, libbpf ignores all of .BTF.ext. */
static bool take_function(struct ext_reader *reader, uint32_t code, const uint32_t *words)
{
    const struct hg_numbering *numbering = hg_model_numbering(reader->object->types);
    return check_place(reader, code, words[0], "function") &&
           ((words[1] < numbering->count && numbering->kinds[words[1]] == BTF_FUNC) ||
            fault(reader, "a function's type is none"));
}

static bool take_line(struct ext_reader *reader, uint32_t code, const uint32_t *words)
{
    if (!check_place(reader, code, words[0], "line"))
        return false;
    if (string_at(reader, words[1]) == NULL)
        return fault(reader, "a line's file is not among the strings");
    *HG_PUSH(&reader->object->lines) =
        (struct line){.code = code, .offset = words[0], .file = words[1], .number = words[3] >> 10};
    return true;
}

/* --- tables --- */

/* Index of the section of code with that name; count of them = there is none. */
static uint32_t find_code(const struct ext_reader *reader, const char *name)
{
    const struct hg_core_object *object = reader->object;
    uint32_t i = 0;
    while (i < object->codes.count && strcmp(object->codes.items[i].name, name) != 0)
        i++;
    return i;
}

static bool read_block(struct ext_reader *reader, const struct table *table, struct cursor *cursor,
                       uint32_t record_size)
{
    enum { BLOCK_HEADER = 8 };
    if (cursor->left < BLOCK_HEADER)
        return fault(reader, "a block is cut off");
    const char *name = string_at(reader, take_word(reader, cursor));
    uint32_t count = take_word(reader, cursor);
    if (name == NULL)
        return fault(reader, "a section's name is not among the strings");
    uint32_t code = find_code(reader, name);
    if (code == reader->object->codes.count) {
        struct hg_text text = {0};
        hg_describe_name(&text, name);
        hg_core_fault(reader->object, reader->diagnostics,
                      ".BTF.ext: %s for section '%.100s', which has no code", table->name,
                      hg_text_string(&text));
        hg_text_deinit(&text);
        return false;
    }
    if (count == 0 || count > cursor->left / record_size)
        return hg_core_fault(reader->object, reader->diagnostics,
                             ".BTF.ext: %u %s of %u bytes each, where %zu bytes are left", count,
                             table->name, record_size, cursor->left);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t words[RECORD_WORDS] = {0};
        for (uint32_t w = 0; w < table->words; w++)
            words[w] = word_at(reader, cursor->at + (size_t)w * 4);
        cursor->at += record_size;
        cursor->left -= record_size;
        if (!table->take(reader, code, words))
            return false;
    }
    return true;
}

static bool read_table(struct ext_reader *reader, const struct table *table, size_t header_size)
{
    if (header_size < table->place + 8)
        return true;
    uint32_t offset = word_at(reader, reader->bytes + table->place);
    uint32_t size = word_at(reader, reader->bytes + table->place + 4);
    if (size == 0)
        return true;
    size_t room = reader->size - header_size;
    if (offset % 4 != 0 || offset > room || size > room - offset)
        return hg_core_fault(reader->object, reader->diagnostics,
                             ".BTF.ext: the %s at %u, %u bytes, reach beyond the section",
                             table->name, offset, size);
    struct cursor cursor = {.at = reader->bytes + header_size + offset, .left = size};
    if (cursor.left < 4)
        return fault(reader, "a table is cut off");
    uint32_t record_size = take_word(reader, &cursor);
    if (record_size < 4 * table->words || record_size % 4 != 0)
        return hg_core_fault(reader->object, reader->diagnostics,
                             ".BTF.ext: %s of %u bytes each; they have at least %u", table->name,
                             record_size, 4 * table->words);
    while (cursor.left > 0)
        if (!read_block(reader, table, &cursor, record_size))
            return false;
    return true;
}

static bool check_header(const struct ext_reader *reader, size_t *header_size)
{
    enum { HEADER_MIN = 24 };
    if (reader->size < HEADER_MIN)
        return fault(reader, "it is cut off");
    bool big_endian = reader->bytes[0] == 0xeb && reader->bytes[1] == 0x9f;
    bool little_endian = reader->bytes[0] == 0x9f && reader->bytes[1] == 0xeb;
    if (!big_endian && !little_endian)
        return fault(reader, "it does not begin with BTF's magic number");
    if (big_endian != reader->object->big_endian)
        return fault(reader, "its byte order is not the object's");
    if (reader->bytes[2] != 1 || reader->bytes[3] != 0)
        return fault(reader, "a version or flags that are not known");
    *header_size = word_at(reader, reader->bytes + 4);
    if (*header_size < HEADER_MIN || *header_size % 4 != 0 || *header_size > reader->size)
        return fault(reader, "the size of its header is wrong");
    return true;
}

/* --- lines to relocations --- */

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a;
    const struct line *y = b;
    return compare_offsets(x->code, x->offset, y->code, y->offset);
}

const char *hg_core_file_name(const struct hg_core_object *object, const struct line *line,
                              struct hg_arena *arena)
{
    enum { LENGTH_MAX = 255 };
    const char *path = hg_model_numbering(object->types)->strings + line->file;
    struct hg_text text = {0};
    hg_describe_name(&text, hg_base_name(path));
    if (text.size > LENGTH_MAX)
        hg_text_truncate(&text, LENGTH_MAX);
    const char *name = text.size == 0 ? NULL : hg_arena_string(arena, text.data, text.size);
    hg_text_deinit(&text);
    return name;
}

/* The line of an instruction is the last one that begins at or before it, in its function. */
const struct line *hg_core_line_at(const struct hg_core_object *object,
                                   const struct function *function, uint32_t insn)
{
    struct line wanted = {.code = function->code, .offset = function->offset + insn * INSN_SIZE};
    size_t low = 0;
    size_t high = object->lines.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_lines(&object->lines.items[middle], &wanted) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    const struct line *line = low == 0 ? NULL : &object->lines.items[low - 1];
    bool is_there = line != NULL && line->code == wanted.code && line->offset >= function->offset;
    return is_there ? line : NULL;
}

/* Sets the source line of each record. */
static void place_records(struct hg_core_object *object)
{
    if (object->lines.count == 0)
        return;
    qsort(object->lines.items, object->lines.count, sizeof *object->lines.items, compare_lines);
    const struct line *named = NULL;
    const char *name = NULL;
    for (size_t i = 0; i < object->records.count; i++) {
        struct record *record = &object->records.items[i];
        const struct line *line =
            hg_core_line_at(object, &object->functions.items[record->function], record->insn);
        if (line == NULL)
            continue;
        if (named == NULL || named->file != line->file)
            name = hg_core_file_name(object, line, &object->arena);
        named = line;
        record->where = (struct hg_location){.file = name, .line = line->number};
    }
}

/* --- all of it --- */

bool hg_core_read_ext(struct hg_core_object *object, const struct elf_parts *parts,
                      struct hg_diagnostics *diagnostics)
{
    struct ext_reader reader = {.object = object,
                                .diagnostics = diagnostics,
                                .bytes = parts->ext.bytes,
                                .size = parts->ext.size};
    size_t header_size = 0;
    if (!check_header(&reader, &header_size))
        return false;
    static const struct table tables[] = {
        {"functions", 8, FUNCTION_WORDS, take_function},
        {"relocations", 24, RECORD_WORDS, take_relocation},
        {"lines", 16, RECORD_WORDS, take_line},
    };
    bool fine = true;
    for (size_t i = 0; fine && i < sizeof tables / sizeof *tables; i++)
        fine = read_table(&reader, &tables[i], header_size);
    if (fine)
        place_records(object);
    if (fine && object->skipped > 0)
        hg_warning(diagnostics, NULL, "%s: %zu relocation%s in no function; libbpf skips %s",
                   object->name, object->skipped, object->skipped == 1 ? " is" : "s are",
                   object->skipped == 1 ? "it" : "them");
    return fine;
}
