/*
 * Pragmas that ask for a layout which clang does not give.
 *
 *     #pragma scalar_storage_order big-endian     gcc's; clang does not know it
 *     #pragma pack(push, 3)                       1, 2, 4, 8 and 16 only; ignored, by gcc as well
 *
 * clang says no more than a warning, of a kind that headers are full of, and goes on.  So the text
 * of each file is looked through.  What this does not do: expand macros, or see that a pragma is
 * within an #if that is false.  Then a header is refused that need not be, and says where.
 */
#include "frontend/clang/reader.h"

#include <stdlib.h>
#include <string.h>

struct search {
    struct reader *reader;
    struct hg_strings seen; /* files, by their address */
    hg_clang_pragma_fn *found;
    void *user;
};

static size_t skip_blanks(const char *text, size_t size, size_t at)
{
    while (at < size && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at;
}

static bool starts_with(const char *text, size_t size, size_t at, const char *word)
{
    return size - at >= strlen(word) && memcmp(text + at, word, strlen(word)) == 0;
}

/* Where the words of a pragma begin whose `ragma` is here: behind `#pragma` or `_Pragma("`; the end
 * of the text where this is none. */
static size_t words_of(const char *text, size_t size, size_t ragma)
{
    size_t behind = ragma + strlen("ragma");
    if (ragma >= 2 && text[ragma - 1] == 'P' && text[ragma - 2] == '_') {
        behind = skip_blanks(text, size, behind);
        if (!starts_with(text, size, behind, "("))
            return size;
        behind = skip_blanks(text, size, behind + 1);
        return starts_with(text, size, behind, "\"") ? skip_blanks(text, size, behind + 1) : size;
    }
    size_t before = ragma;
    if (before < 2 || text[--before] != 'p')
        return size;
    while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '\t'))
        before--;
    if (before == 0 || text[--before] != '#')
        return size;
    while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '\t'))
        before--;
    return before == 0 || text[before - 1] == '\n' ? skip_blanks(text, size, behind) : size;
}

static bool is_alignment(unsigned long number)
{
    return number <= 16 && (number & (number - 1)) == 0; /* 0 = the target's own */
}

/* Of `(push, 3)`: does it name a number that is no alignment? */
static bool packs_otherwise(const char *text, size_t size, size_t at)
{
    if (!starts_with(text, size, at, "("))
        return false;
    bool in_word = false;
    for (at++; at < size && strchr(")\"\r\n", text[at]) == NULL; at++) {
        bool is_digit = text[at] >= '0' && text[at] <= '9';
        /* The text of a file ends with a null byte. */
        if (is_digit && !in_word && !is_alignment(strtoul(text + at, NULL, 0)))
            return true;
        in_word = is_digit || text[at] == '_' || (text[at] >= 'a' && text[at] <= 'z') ||
                  (text[at] >= 'A' && text[at] <= 'Z');
    }
    return false;
}

static const char *fault_of(const char *text, size_t size, size_t at)
{
    static const char order[] = "scalar_storage_order";
    if (starts_with(text, size, at, order)) {
        at = skip_blanks(text, size, at + strlen(order));
        return starts_with(text, size, at, "default")
                   ? NULL
                   : "#pragma scalar_storage_order: clang ignores it, and the bytes of members "
                     "would be taken in the wrong order; leave the header out";
    }
    if (starts_with(text, size, at, "pack") &&
        packs_otherwise(text, size, skip_blanks(text, size, at + strlen("pack"))))
        return "#pragma pack knows 1, 2, 4, 8 and 16: clang and gcc ignore this one, and the "
               "layout would not be the one that it asks for";
    return NULL;
}

static void search_file(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
    (void)stack;
    struct search *search = data;
    uint32_t *seen = hg_strings_number(&search->seen, (const char *)&file, sizeof file);
    size_t size = 0;
    const char *text = clang_getFileContents(search->reader->unit, file, &size);
    if (depth == 0 || (*seen)++ > 0 || text == NULL)
        return;
    const char *hit = text;
    while ((hit = memmem(hit, size - (size_t)(hit - text), "ragma", strlen("ragma"))) != NULL) {
        size_t at = (size_t)(hit - text);
        const char *fault = fault_of(text, size, words_of(text, size, at));
        if (fault != NULL)
            search->found(search->user, file,
                          clang_getLocationForOffset(search->reader->unit, file, (unsigned)at - 1),
                          fault);
        hit += strlen("ragma");
    }
}

void hg_clang_find_pragmas(struct reader *reader, hg_clang_pragma_fn *found, void *user)
{
    struct search search = {.reader = reader, .found = found, .user = user};
    hg_strings_init(&search.seen, &reader->scratch);
    clang_getInclusions(reader->unit, search_file, &search);
    hg_strings_deinit(&search.seen);
}
