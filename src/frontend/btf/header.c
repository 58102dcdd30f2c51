/*
 * Loading BTF: a header, a section of types, a section of strings.
 *
 *     9f eb | 01 | 00 | 18 00 00 00 | type_off type_len str_off str_len | types ... | \0int\0...
 *
 * The method: the section of types has only 32-bit words, so all are swapped if the file has the
 * other byte order, and no other file needs to know byte orders or alignment.  Split BTF continues
 * the ids and the string offsets of its base, so its sections are copied after the base's.  One
 * pass over the words finds where each type begins.
 *
 * A header of 32 bytes or more is the newer form, where kinds have seven bits and counts 24 in
 * place of five and 16, and a third section describes the kinds.  In the older form the added bits
 * must be zero, so both are read in the same way.  The third section is ignored, since an unknown
 * kind is an error.
 *
 * What this does not do: check the types, except that each has all of its words.
 */
#include "frontend/btf/btf.h"

#include "base/diag.h"

#include <endian.h>
#include <string.h>

enum { HEADER_SIZE = 24, WIDE_HEADER_SIZE = 32, HEADER_MAX = 4096 };

struct section {
    uint32_t offset; /* from the end of the header */
    uint32_t size;
};

struct header {
    bool big_endian;
    bool wide;
    uint32_t size;
    struct section types, strings, layout;
};

static uint32_t load_word(const uint8_t *at, bool big_endian)
{
    if (big_endian)
        return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static bool all_zero(const uint8_t *at, size_t count)
{
    while (count > 0 && *at == 0)
        at++, count--;
    return count == 0;
}

static bool fits(struct section section, size_t room)
{
    return section.size <= room && section.offset <= room - section.size;
}

static bool overlap(struct section one, struct section other)
{
    return one.size != 0 && other.size != 0 && one.offset < (uint64_t)other.offset + other.size &&
           other.offset < (uint64_t)one.offset + one.size;
}

static const char *check_sections(const struct header *header, const uint8_t *data, size_t size)
{
    size_t room = size - header->size;
    if (!fits(header->types, room) || !fits(header->strings, room) || !fits(header->layout, room))
        return "a section reaches beyond its end";
    if (header->types.offset % 4 != 0 || header->types.size % 4 != 0)
        return "its type section is not made of whole words";
    if (overlap(header->types, header->strings) || overlap(header->types, header->layout) ||
        overlap(header->strings, header->layout))
        return "its sections overlap";
    if (!header->wide &&
        (header->types.offset != 0 || header->strings.offset != header->types.size))
        return "its types do not follow the header, or its strings the types";
    const uint8_t *strings = data + header->size + header->strings.offset;
    if (header->strings.size != 0 && strings[header->strings.size - 1] != '\0')
        return "its strings do not end in a NUL";
    return NULL;
}

static const char *read_header(const uint8_t *data, size_t size, struct header *ret)
{
    *ret = (struct header){0};
    if (size < HEADER_SIZE)
        return "it is too short for a BTF header";
    if (!(data[0] == 0x9f && data[1] == 0xeb) && !(data[0] == 0xeb && data[1] == 0x9f))
        return "it does not begin with BTF's magic number";
    ret->big_endian = data[0] == 0xeb;
    if (data[2] != 1)
        return "its BTF version is not 1";
    if (data[3] != 0)
        return "its header has unknown flags";
    ret->size = load_word(data + 4, ret->big_endian);
    if (ret->size < HEADER_SIZE || ret->size > HEADER_MAX || ret->size > size)
        return "its header has an impossible length";
    ret->types.offset = load_word(data + 8, ret->big_endian);
    ret->types.size = load_word(data + 12, ret->big_endian);
    ret->strings.offset = load_word(data + 16, ret->big_endian);
    ret->strings.size = load_word(data + 20, ret->big_endian);
    ret->wide = ret->size >= WIDE_HEADER_SIZE;
    if (ret->wide) {
        ret->layout.offset = load_word(data + 24, ret->big_endian);
        ret->layout.size = load_word(data + 28, ret->big_endian);
    }
    size_t known = ret->wide ? WIDE_HEADER_SIZE : HEADER_SIZE;
    if (!all_zero(data + known, ret->size - known))
        return "its header has unknown fields";
    if (ret->types.size > BTF_BLOB_MAX || ret->strings.size > BTF_BLOB_MAX)
        return "it is larger than 64 MiB";
    return check_sections(ret, data, size);
}

static size_t larger(size_t one, size_t other)
{
    return one > other ? one : other;
}

static size_t extent_of(const struct header *header)
{
    size_t end = larger((size_t)header->types.offset + header->types.size,
                        (size_t)header->strings.offset + header->strings.size);
    if (header->layout.size != 0)
        end = larger(end, (size_t)header->layout.offset + header->layout.size);
    return header->size + end;
}

const char *hg_btf_header_fault(const void *data, size_t size, size_t *extent)
{
    struct header header;
    const char *why = read_header(data, size, &header);
    if (why == NULL)
        *extent = extent_of(&header);
    return why;
}

/* --- the index --- */

/* How many words follow the first three: `fixed`, and `each` for each of vlen. */
static const struct {
    uint8_t fixed, each;
} extras[BTF_KIND_COUNT] = {
    [BTF_INT] = {1, 0},    [BTF_ARRAY] = {3, 0},   [BTF_STRUCT] = {0, 3},
    [BTF_UNION] = {0, 3},  [BTF_ENUM] = {0, 2},    [BTF_FUNC_PROTO] = {0, 2},
    [BTF_VAR] = {1, 0},    [BTF_DATASEC] = {0, 3}, [BTF_DECL_TAG] = {1, 0},
    [BTF_ENUM64] = {0, 3},
};

static bool index_types(struct btf *btf, size_t first, bool wide)
{
    const uint32_t reserved = 0x60ff0000;
    for (size_t at = first; at < btf->word_count;) {
        uint32_t id = btf->type_count;
        size_t left = btf->word_count - at;
        if (id > BTF_TYPES_MAX) {
            hg_error(btf->diagnostics, NULL, "%s: more types than BTF can have (%u)", btf->name,
                     (unsigned)BTF_TYPES_MAX);
            return false;
        }
        if (left < 3) {
            hg_error(btf->diagnostics, NULL, "%s: type %u is cut off by the end of the types",
                     btf->name, id);
            return false;
        }
        uint32_t info = btf->words[at + 1];
        uint32_t kind = info >> 24 & 0x7f;
        if (!wide && (info & reserved) != 0) {
            hg_error(btf->diagnostics, NULL, "%s: type %u: unknown bits in its info 0x%08x",
                     btf->name, id, info);
            return false;
        }
        if (kind == BTF_VOID || kind >= BTF_KIND_COUNT) {
            hg_error(btf->diagnostics, NULL, "%s: type %u: kind %u is not known", btf->name, id,
                     kind);
            return false;
        }
        *HG_PUSH(&btf->at) = (uint32_t)at;
        btf->type_count++;
        size_t needed = 3 + extras[kind].fixed + (size_t)extras[kind].each * (info & 0xffffff);
        if (left < needed)
            return hg_btf_fault(btf, id, "needs %zu words, but only %zu are left", needed, left);
        at += needed;
    }
    return true;
}

/* --- loading --- */

static bool fault_of_blob(const struct btf *btf, const struct btf_blob *blob, const char *why)
{
    hg_error(btf->diagnostics, NULL, "%s: not valid BTF: %s", blob->name, why);
    return false;
}

static bool open_blob(const struct btf *btf, const struct btf_blob *blob, struct header *header)
{
    const char *why = read_header(blob->data, blob->size, header);
    if (why != NULL)
        return fault_of_blob(btf, blob, why);
    size_t extent = extent_of(header);
    if (!all_zero(blob->data + extent, blob->size - extent))
        return fault_of_blob(btf, blob,
                             "something follows its sections (more than one BTF in a row?)");
    return true;
}

static const uint8_t *types_of(const struct btf_blob *blob, const struct header *header)
{
    return blob->data + header->size + header->types.offset;
}

static const char *strings_of(const struct btf_blob *blob, const struct header *header)
{
    return (const char *)blob->data + header->size + header->strings.offset;
}

/* Whether the strings begin with an empty one, as those of BTF do that is not split. */
static bool stands_alone(const struct btf_blob *blob, const struct header *header)
{
    return header->strings.size != 0 && *strings_of(blob, header) == '\0';
}

static bool check_alone(const struct btf *btf, const struct btf_blob *blob,
                        const struct header *header)
{
    if (!stands_alone(blob, header))
        hg_error(btf->diagnostics, NULL,
                 "%s: its strings do not begin with an empty one: this is split BTF, which "
                 "continues another BTF, as a module's continues the kernel's: give that one, too, "
                 "with --base-btf",
                 blob->name);
    return stands_alone(blob, header);
}

static void start_copy(struct btf *btf, size_t word_count, size_t string_size)
{
    uint32_t *words = hg_realloc_array(NULL, 3 + word_count, sizeof *words);
    words[0] = words[1] = words[2] = 0;
    btf->words = btf->words_memory = words;
    btf->strings = btf->strings_memory = hg_malloc(string_size);
    btf->word_count = 3;
}

static void copy(struct btf *btf, const struct btf_blob *blob, const struct header *header)
{
    size_t count = header->types.size / 4;
    uint32_t *words = (uint32_t *)btf->words_memory + btf->word_count;
    if (count > 0)
        memcpy(words, types_of(blob, header), count * sizeof *words);
    for (size_t i = 0; i < count; i++)
        words[i] = header->big_endian ? be32toh(words[i]) : le32toh(words[i]);
    btf->word_count += count;
    if (header->strings.size > 0)
        memcpy((char *)btf->strings_memory + btf->string_size, strings_of(blob, header),
               header->strings.size);
    btf->string_size += header->strings.size;
}

static bool load_split(struct btf *btf, const struct btf_blob *blob, const struct header *header,
                       const struct btf_blob *base)
{
    struct header base_header;
    btf->name = base->name;
    if (!open_blob(btf, base, &base_header) || !check_alone(btf, base, &base_header))
        return false;
    if (header->big_endian != base_header.big_endian)
        return fault_of_blob(btf, blob, "its byte order is not that of its base");
    if (stands_alone(blob, header) && header->strings.size > 1)
        hg_warning(btf->diagnostics, NULL,
                   "%s: its strings begin with an empty one, as if this BTF did not continue "
                   "another: does it have a base?",
                   blob->name);
    start_copy(btf, (size_t)base_header.types.size / 4 + header->types.size / 4,
               (size_t)base_header.strings.size + header->strings.size);
    copy(btf, base, &base_header);
    if (!index_types(btf, 3, base_header.wide))
        return false;
    btf->base_count = btf->type_count;
    size_t first = btf->word_count;
    copy(btf, blob, header);
    btf->name = blob->name;
    return index_types(btf, first, header->wide);
}

bool hg_btf_load(struct btf *btf, const struct btf_blob *blob, const struct btf_blob *base)
{
    struct header header;
    *HG_PUSH(&btf->at) = 0;
    btf->type_count = 1;
    btf->name = blob->name;
    if (!open_blob(btf, blob, &header))
        return false;
    btf->big_endian = header.big_endian;
    if (base != NULL)
        return load_split(btf, blob, &header, base);
    if (!check_alone(btf, blob, &header))
        return false;
    start_copy(btf, header.types.size / 4, header.strings.size);
    copy(btf, blob, &header);
    return index_types(btf, 3, header.wide);
}

void hg_btf_deinit(struct btf *btf)
{
    free(btf->words_memory);
    free(btf->strings_memory);
    free(btf->at.items);
    free(btf->string_faults);
    free(btf->resolved);
    free(btf->sizes);
    *btf = (struct btf){0};
}
