/*
 * The tags that prototypes in a header mention.
 *
 *     int foo_register(struct foo *foo, enum bar bar);       struct foo, enum bar
 *
 * A translation unit of many headers declares them first (`struct foo;`).  In C a tag that is first
 * mentioned in a prototype is another type than the one that is defined later.
 *
 * The method: a pass over the words between parentheses, macros included.  A tag too many does no
 * harm; clang reports the tags that this misses.
 */
#include "tree/catalogue.h"
#include "tree/directives.h"

#include <string.h>

enum { TAG_LENGTH_MAX = 128 };

static bool is_one_of(const char *const *words, size_t count, const char *word, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (hg_is_named(word, length, words[i]))
            return true;
    return false;
}

/* Whether the word is neither a keyword nor an attribute that forced includes define. */
static bool is_tag(const char *word, size_t length)
{
    static const char *const others[] = {
        "asm",   "auto",     "case",   "const",    "continue", "default", "do",    "else",
        "enum",  "for",      "goto",   "if",       "inline",   "int",     "long",  "noinline",
        "char",  "notrace",  "return", "register", "restrict", "short",   "while", "signed",
        "break", "sizeof",   "static", "struct",   "switch",   "typeof",  "union", "unsigned",
        "void",  "volatile", "extern", "typedef",  "float",    "double",
    };
    if (length == 0 || length > TAG_LENGTH_MAX || (word[0] >= '0' && word[0] <= '9') ||
        (length > 1 && word[0] == '_' && word[1] == '_'))
        return false;
    return !is_one_of(others, sizeof others / sizeof *others, word, length);
}

/* Whether a text without such a word cannot define a type. */
static bool may_make_types(const char *word, size_t length)
{
    static const char *const words[] = {"struct",  "union",  "enum",        "typedef",
                                        "include", "define", "include_next"};
    return strchr("suetid", *word) != NULL &&
           is_one_of(words, sizeof words / sizeof *words, word, length);
}

const char *hg_tag_keyword(const char *word, size_t length)
{
    const char *keyword = *word == 's' ? "struct" : *word == 'u' ? "union" : "enum";
    return hg_is_named(word, length, keyword) ? keyword : NULL;
}

/* Whether a parameter can have the type of a tag that is not defined yet: it is a pointer, or has
 * no name, or is an enum.  after: the text after the tag. */
static bool is_parameter(const char *after, bool is_enum)
{
    after += strspn(after, " ");
    size_t name = is_enum ? hg_word_length(after) : 0;
    if (name == 0)
        return *after == '*' || *after == ')' || *after == ',';
    after += name;
    after += strspn(after, " ");
    return *after == ')' || *after == ',';
}

bool hg_scan_tags(const char *text, const struct hg_scan_sink *sink)
{
    bool has_types = false;
    unsigned depth = 0; /* of parentheses */
    const char *at = text;
    while (at != NULL && *at != '\0') {
        size_t length = hg_word_length(at);
        if (length == 0) {
            depth += *at == '(';
            depth -= *at == ')' && depth > 0;
            at = depth == 0 && has_types ? strchr(at + 1, '(') : at + 1;
            continue;
        }
        has_types = has_types || may_make_types(at, length);
        const char *keyword = hg_tag_keyword(at, length);
        at += length;
        if (depth == 0 || *at != ' ' || keyword == NULL)
            continue;
        const char *tag = at + 1;
        length = hg_word_length(tag);
        at = tag + length;
        if (is_tag(tag, length) && is_parameter(at, *keyword == 'e') && sink->tag != NULL)
            sink->tag(sink->user, keyword, tag, length);
    }
    return has_types;
}
