/*
 * What the text of a header tells before anything is parsed: the tags that its prototypes mention,
 * and whether it can define a type at all.
 *
 *     int foo_register(struct foo *foo);          and nothing before it has declared struct foo
 *
 * makes clang look through all declarations of the unit, which takes minutes where there are 5,000
 * headers.  So units of many headers begin with `struct foo;`.  Here the tags are had from the text
 * of the headers, without preprocessing: a struct, union or enum between parentheses.  Those that
 * are missed clang tells (faults.c of its front end), and the next round has them; one too many
 * does nothing.
 *
 *     __SYSCALL(0, sys_read)
 *
 * and the like all through is a list for macros of its includers.  Without a keyword of types, a
 * #define or an #include there is no type in a header, and in a unit it would only be an error.
 */
#include "tree/headers.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST_HEADER = 4 << 20, LONGEST_TAG = 128 };

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_one_of(const char *const *words, size_t count, const char *word, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
            return true;
    return false;
}

/* Not a keyword, and none of the attributes and reserved words that -include files define. */
static bool is_tag(const char *word, size_t length)
{
    static const char *const others[] = {
        "asm",   "auto",     "case",   "const",    "continue", "default", "do",    "else",
        "enum",  "for",      "goto",   "if",       "inline",   "int",     "long",  "noinline",
        "char",  "notrace",  "return", "register", "restrict", "short",   "while", "signed",
        "break", "sizeof",   "static", "struct",   "switch",   "typeof",  "union", "unsigned",
        "void",  "volatile", "extern", "typedef",  "float",    "double",
    };
    if (length == 0 || length > LONGEST_TAG || (word[0] >= '0' && word[0] <= '9') ||
        (length > 1 && word[0] == '_' && word[1] == '_'))
        return false;
    return !is_one_of(others, sizeof others / sizeof *others, word, length);
}

static void add_tag(struct reading *reading, const char *keyword, const char *word, size_t length)
{
    if (!is_tag(word, length))
        return;
    /* The same word with the other keyword would not be the same type: then none is declared. */
    uint32_t *seen = hg_strings_number(&reading->tag_words, word, length);
    if (*seen != 0)
        return;
    *seen = 1;
    char text[LONGEST_TAG + 8];
    int size = snprintf(text, sizeof text, "%s %.*s", keyword, (int)length, word);
    hg_units_add_tag(reading, hg_arena_string(&reading->arena, text, (size_t)size));
}

/* Whether a word can have to do with a type. */
static bool is_of_types(const char *word, size_t length)
{
    static const char *const words[] = {"struct",  "union",  "enum",        "typedef",
                                        "include", "define", "include_next"};
    return is_one_of(words, sizeof words / sizeof *words, word, length);
}

/* Which of those that come before a tag it is; NULL = none. */
static const char *keyword_of_tag(const char *word, size_t length)
{
    static const char *const keywords[] = {"struct", "union", "enum"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (is_one_of(&keywords[i], 1, word, length))
            return keywords[i];
    return NULL;
}

static size_t skip_blanks(const char *text, size_t size, size_t i)
{
    while (i < size && text[i] == ' ')
        i++;
    return i;
}

/* Whether what follows a tag tells that it is used: a pointer, or a type alone.  A prototype can
 * have parameters of an enum, too, that is not known yet. */
static bool is_used(const char *text, size_t size, size_t i, bool is_enum)
{
    i = skip_blanks(text, size, i);
    if (is_enum && i < size && is_word(text[i])) { /* the parameter's name */
        while (i < size && is_word(text[i]))
            i++;
        i = skip_blanks(text, size, i);
        return i < size && (text[i] == ')' || text[i] == ',');
    }
    return i < size && (text[i] == '*' || text[i] == ')' || text[i] == ',');
}

static bool scan_text(struct reading *reading, const char *text, size_t size)
{
    bool has_types = false;
    unsigned depth = 0;
    size_t i = 0;
    while (i < size) {
        if (!is_word(text[i])) {
            depth += text[i] == '(';
            depth -= text[i] == ')' && depth > 0;
            i++;
            continue;
        }
        size_t begin = i;
        while (i < size && is_word(text[i]))
            i++;
        has_types = has_types || is_of_types(text + begin, i - begin);
        const char *keyword = keyword_of_tag(text + begin, i - begin);
        if (depth == 0 || keyword == NULL || i == size || text[i] != ' ')
            continue;
        size_t tag = i + 1;
        for (i = tag; i < size && is_word(text[i]);)
            i++;
        if (is_used(text, size, i, keyword[0] == 'e'))
            add_tag(reading, keyword, text + tag, i - tag);
    }
    return has_types;
}

int hg_units_open_header(const struct reading *reading, const char *header, char *path, size_t room)
{
    const struct hg_units_options *options = reading->options;
    for (size_t i = 0; i < options->argument_count; i++) {
        if (strncmp(options->arguments[i], "-I", 2) != 0)
            continue;
        int size = snprintf(path, room, "%s/%s", options->arguments[i] + 2, header);
        if (size < 0 || (size_t)size >= room)
            continue;
        int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (file >= 0)
            return file;
    }
    return -1;
}

char *hg_units_read_header(const struct reading *reading, const char *header, size_t *size)
{
    char path[LONGEST_PATH];
    int file = hg_units_open_header(reading, header, path, sizeof path);
    if (file < 0)
        return NULL;
    char *text = hg_file_read_open(file, LARGEST_HEADER, size);
    close(file);
    return text;
}

bool hg_units_scan(struct reading *reading, const char *header)
{
    size_t size = 0;
    HG_CLEANUP(hg_free_pointer) char *text = hg_units_read_header(reading, header, &size);
    return text == NULL || scan_text(reading, text, size);
}
