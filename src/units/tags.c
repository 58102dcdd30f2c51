/*
 * Tags that prototypes mention.
 *
 *     int foo_register(struct foo *foo);            and nothing before says that there is a struct
 * foo
 *
 * makes clang look through all declarations of the unit, which takes minutes where there are 5,000
 * headers.  So units of many headers begin with `struct foo;`.  Here the tags are had from the text
 * of the headers, without preprocessing: a struct or union between parentheses.  Those that are
 * missed clang tells (faults.c of its front end), and the next round has them; one too many does
 * nothing.
 */
#include "units/units.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_HEADER = 4 << 20, LONGEST_TAG = 128 };

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
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
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strlen(others[i]) == length && memcmp(others[i], word, length) == 0)
            return false;
    return true;
}

static void add_tag(struct reading *reading, bool is_union, const char *word, size_t length)
{
    if (!is_tag(word, length))
        return;
    /* The same word with the other keyword would not be the same type: then none is declared. */
    uint32_t *seen = hg_strings_number(&reading->tag_words, word, length);
    if (*seen != 0)
        return;
    *seen = 1;
    char text[LONGEST_TAG + 8];
    int size =
        snprintf(text, sizeof text, "%s %.*s", is_union ? "union" : "struct", (int)length, word);
    hg_units_add_tag(reading, hg_arena_string(&reading->arena, text, (size_t)size));
}

static void scan_text(struct reading *reading, const char *text, size_t size)
{
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
        bool is_struct = i - begin == 6 && memcmp(text + begin, "struct", 6) == 0;
        bool is_union = i - begin == 5 && memcmp(text + begin, "union", 5) == 0;
        if (depth == 0 || (!is_struct && !is_union) || i == size || text[i] != ' ')
            continue;
        size_t tag = i + 1;
        for (i = tag; i < size && is_word(text[i]);)
            i++;
        size_t next = i;
        while (next < size && text[next] == ' ')
            next++;
        if (next < size && (text[next] == '*' || text[next] == ')' || text[next] == ','))
            add_tag(reading, is_union, text + tag, i - tag);
    }
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
    struct stat status;
    if (file < 0)
        return NULL;
    char *text = NULL;
    *size = 0;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= LARGEST_HEADER) {
        size_t room = (size_t)status.st_size;
        text = hg_malloc(room);
        ssize_t got = 1;
        while (got > 0 && *size < room) {
            got = read(file, text + *size, room - *size);
            if (got > 0)
                *size += (size_t)got;
        }
    }
    close(file);
    return text;
}

void hg_units_scan_tags(struct reading *reading, const char *header)
{
    size_t size = 0;
    HG_CLEANUP(hg_free_pointer) char *text = hg_units_read_header(reading, header, &size);
    if (text != NULL)
        scan_text(reading, text, size);
}
