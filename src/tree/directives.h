/*
 * The preprocessor's directives in a C file, and its words, from its text alone.
 *
 *     #include <linux/types.h>         include  linux/types.h
 *     #define DEBUG 1                  define   DEBUG
 *     #if defined(CONFIG_X) && Y > 1   test     CONFIG_X, then Y
 *
 * Nothing is evaluated: both sides of an #if are looked at.
 */
#ifndef HG_TREE_DIRECTIVES_H
#define HG_TREE_DIRECTIVES_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* By character, whatever the locale: letters, digits and the underscore. */
extern const bool hg_word_characters[256];

static inline bool hg_is_word(char c)
{
    return hg_word_characters[(unsigned char)c];
}

/* Of the word that begins there; 0 = none does. */
static inline size_t hg_word_length(const char *at)
{
    size_t length = 0;
    while (hg_is_word(at[length]))
        length++;
    return length;
}

/* Whether the word, which need not end with a NUL, is this one. */
static inline bool hg_is_named(const char *word, size_t length, const char *name)
{
    return length == strlen(name) && memcmp(word, name, length) == 0;
}

enum hg_directive {
    HG_DIRECTIVE_INCLUDE,        /* <name>, include_next too */
    HG_DIRECTIVE_INCLUDE_QUOTED, /* "name" */
    HG_DIRECTIVE_DEFINE,
    HG_DIRECTIVE_UNDEF,
    HG_DIRECTIVE_TEST, /* each identifier of an #if, #ifdef, #ifndef or #elif */
    HG_DIRECTIVE_IF,   /* before these; name is `if`, `ifdef` or `ifndef` */
    HG_DIRECTIVE_ELSE, /* of an #elif before its tests; name is empty, as it is of the next */
    HG_DIRECTIVE_ENDIF,
    HG_DIRECTIVE_UNKNOWN, /* an #include of the macro `name`; include_next, import: name is empty */
};

/* name is not NUL-terminated, and lives for the length of the call; the rest of its line follows
 * it, without comments, up to a NUL. */
typedef void hg_directive_fn(void *user, enum hg_directive directive, const char *name,
                             size_t length);

/* text ends with a NUL.  What is no directive is added to `rest`, without comments and literals;
 * NULL = it is passed over. */
void hg_scan_directives(const char *text, hg_directive_fn *visit, void *user, struct hg_text *rest);

/* at is within the text. */
typedef void hg_word_fn(void *user, const char *at, size_t length);

/* Each word of a text that ends with a NUL, directives and numbers among them, but for comments and
 * literals. */
void hg_scan_words(const char *text, hg_word_fn *visit, void *user);

/* Likewise of what follows a macro's name in its #define, but for its parameters: where their names
 * stand in the body, arguments do (C11 6.10.3.1). */
void hg_scan_body_words(const char *after_name, hg_word_fn *visit, void *user);

#endif
