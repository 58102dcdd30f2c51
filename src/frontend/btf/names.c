/*
 * Strings: which sorts of names each may be; and messages about types.
 *
 * The problem: names are written into source code, so each must be checked.  A million types can
 * have names in the same bytes, and checking each name by itself would take quadratic time:
 *
 *     ...aaaaaaaaaaaaaaaaaaaa\0   with types named from its first byte on, from its second ...
 *
 * The method: a string has only letters if its first byte is a letter and the string from its
 * second byte on has only letters.  So one pass from the end sets the flags of each offset, enum
 * btf_string_fault.  Most strings are plain identifiers, which have no flag.
 *
 * The flags do not tell whether the first character is a digit; the functions after the pass check
 * it.
 */
#include "frontend/btf/btf.h"

#include "base/diag.h"
#include "base/text.h"
#include "model/describe.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static uint8_t faults_of_byte(unsigned byte)
{
    if (byte < 0x80 && (is_letter((char)byte) || (byte >= '0' && byte <= '9')))
        return 0;
    if (byte == '.' || byte == '$')
        return BTF_NO_IDENTIFIER | BTF_NO_WORDS;
    if (byte == ' ')
        return BTF_NO_IDENTIFIER | BTF_NO_SYMBOL;
    if (byte > ' ' && byte <= '~')
        return BTF_NO_IDENTIFIER | BTF_NO_SYMBOL | BTF_NO_WORDS;
    if (byte >= 0x80)
        return BTF_NO_IDENTIFIER | BTF_NO_SYMBOL | BTF_NO_WORDS | BTF_NO_SECTION;
    return BTF_NO_IDENTIFIER | BTF_NO_SYMBOL | BTF_NO_WORDS | BTF_NO_SECTION | BTF_NO_TEXT;
}

/* Sets the flags of each offset of one string, from its end (the NUL) to its beginning. */
static void judge_tails(struct btf *btf, size_t begin, size_t end, const uint8_t *of_byte)
{
    uint8_t faults = 0;
    for (size_t i = end; i-- > begin;) {
        char byte = btf->strings[i];
        faults |= of_byte[(unsigned char)byte];
        if (byte == ' ' && (btf->strings[i + 1] == ' ' || btf->strings[i + 1] == '\0'))
            faults |= BTF_NO_WORDS;
        if (end - i > BTF_NAME_MAX)
            faults |= BTF_NO_NAME_LENGTH;
        if (end - i > BTF_TAG_MAX)
            faults |= BTF_NO_TAG_LENGTH;
        btf->string_faults[i] = faults;
    }
}

void hg_btf_judge_strings(struct btf *btf)
{
    uint8_t of_byte[256];
    for (unsigned byte = 0; byte < 256; byte++)
        of_byte[byte] = faults_of_byte(byte);

    btf->string_faults = hg_calloc(btf->string_size, 1);
    for (size_t begin = 0; begin < btf->string_size;) {
        unsigned faults = 0;
        size_t end = begin;
        for (; btf->strings[end] != '\0'; end++)
            faults |= of_byte[(unsigned char)btf->strings[end]];
        if (faults != 0 || end - begin > BTF_NAME_MAX)
            judge_tails(btf, begin, end, of_byte);
        begin = end + 1;
    }
}

/* Whether the string is not empty and has none of these faults. */
static bool has_none(const struct btf *btf, uint32_t offset, unsigned faults)
{
    return (btf->string_faults[offset] & faults) == 0 && btf->strings[offset] != '\0';
}

bool hg_btf_is_identifier(const struct btf *btf, uint32_t offset)
{
    return has_none(btf, offset, BTF_NO_IDENTIFIER | BTF_NO_NAME_LENGTH) &&
           is_letter(btf->strings[offset]);
}

bool hg_btf_is_symbol_name(const struct btf *btf, uint32_t offset)
{
    return has_none(btf, offset, BTF_NO_SYMBOL | BTF_NO_NAME_LENGTH) &&
           !(btf->strings[offset] >= '0' && btf->strings[offset] <= '9');
}

bool hg_btf_is_words(const struct btf *btf, uint32_t offset)
{
    return has_none(btf, offset, BTF_NO_WORDS | BTF_NO_NAME_LENGTH) &&
           is_letter(btf->strings[offset]);
}

bool hg_btf_is_section_name(const struct btf *btf, uint32_t offset)
{
    return has_none(btf, offset, BTF_NO_SECTION | BTF_NO_NAME_LENGTH);
}

bool hg_btf_is_tag(const struct btf *btf, uint32_t offset)
{
    return has_none(btf, offset, BTF_NO_TEXT | BTF_NO_TAG_LENGTH);
}

/* --- messages --- */

static const char *kind_word(enum btf_kind kind)
{
    static const char *const words[] = {
        "void", "INT",     "PTR",      "ARRAY",    "STRUCT",   "UNION",  "ENUM",
        "FWD",  "TYPEDEF", "VOLATILE", "CONST",    "RESTRICT", "FUNC",   "FUNC_PROTO",
        "VAR",  "DATASEC", "FLOAT",    "DECL_TAG", "TYPE_TAG", "ENUM64",
    };
    static_assert(sizeof words / sizeof *words == BTF_KIND_COUNT, "a word for each kind");
    return (unsigned)kind < BTF_KIND_COUNT ? words[kind] : "unknown kind";
}

/* The name in quotes, shortened, since the fault of a name may be its length. */
static void put_name(struct hg_text *text, const struct btf *btf, uint32_t offset)
{
    enum { SHOWN = 80 };
    if (offset >= btf->string_size || btf->strings[offset] == '\0')
        return;
    char shown[SHOWN + 1] = {0};
    size_t length = 0;
    while (length < SHOWN && btf->strings[offset + length] != '\0') {
        shown[length] = btf->strings[offset + length];
        length++;
    }
    hg_text_put(text, " '");
    hg_describe_name(text, shown);
    hg_text_put(text, btf->strings[offset + length] == '\0' ? "'" : "...'");
}

HG_PRINTF(5, 0)
static void fault(const struct btf *btf, uint32_t id, const char *what, uint32_t name,
                  const char *format, va_list arguments)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "%s: type %u (%s", btf->name, id, kind_word(btf_kind(btf, id)));
    put_name(&text, btf, btf_name_at(btf, id));
    hg_text_put(&text, ")");
    if (what != NULL) {
        hg_text_printf(&text, ", %s", what);
        put_name(&text, btf, name);
    }
    hg_text_put(&text, ": ");
    hg_text_vprintf(&text, format, arguments);
    hg_error(btf->diagnostics, NULL, "%s", hg_text_string(&text));
    hg_text_deinit(&text);
}

bool hg_btf_fault(const struct btf *btf, uint32_t id, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault(btf, id, NULL, 0, format, arguments);
    va_end(arguments);
    return false;
}

bool hg_btf_part_fault(const struct btf *btf, uint32_t id, const char *what, uint32_t name,
                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault(btf, id, what, name, format, arguments);
    va_end(arguments);
    return false;
}

void hg_btf_notice(struct btf_oddity *oddity, uint32_t id)
{
    if (oddity->count++ == 0)
        oddity->first = id;
}
