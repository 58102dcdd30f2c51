/*
 * Finds the preprocessor's directives, and the words, in the text of a C file.
 *
 *     #include <linux/types.h>         include  linux/types.h
 *     #define DEBUG 1                  define   DEBUG
 *     #if defined(CONFIG_X) && Y > 1   test     CONFIG_X, then Y
 *
 * Nothing is evaluated: every branch of an #if is read.
 */
#ifndef HG_TREE_DIRECTIVES_H
#define HG_TREE_DIRECTIVES_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether a character is an ASCII letter, a digit or the underscore. */
extern const bool hg_word_characters[256];

static inline bool hg_is_word(char c)
{
    return hg_word_characters[(unsigned char)c];
}

/* The length of the word that begins at `at`; 0 = none begins there. */
static inline size_t hg_word_length(const char *at)
{
    size_t length = 0;
    while (hg_is_word(at[length]))
        length++;
    return length;
}

/* Whether the word, which need not end with a NUL, is `name`. */
static inline bool hg_is_named(const char *word, size_t length, const char *name)
{
    return length == strlen(name) && memcmp(word, name, length) == 0;
}

enum hg_directive {
    HG_DIRECTIVE_INCLUDE,        /* <name>, include_next too */
    HG_DIRECTIVE_INCLUDE_QUOTED, /* "name" */
    HG_DIRECTIVE_DEFINE,
    HG_DIRECTIVE_UNDEF,
    HG_DIRECTIVE_TEST,  /* each identifier of an #if, #ifdef, #ifndef or #elif */
    HG_DIRECTIVE_VALUE, /* follows a TEST that asks for the value, as Y in #if Y, not defined(Y) */
    HG_DIRECTIVE_IF,    /* precedes its tests; name is `if`, `ifdef` or `ifndef` */
    HG_DIRECTIVE_ELSE,  /* #else, or #elif, which precedes its tests; name is empty */
    HG_DIRECTIVE_ENDIF, /* name is empty */
    HG_DIRECTIVE_UNKNOWN, /* an #include of the macro `name`; include_next, import: name is empty */
};

/* name lives for the length of the call.  It is followed by the rest of its line, without comments,
 * and then by a NUL. */
typedef void hg_directive_fn(void *user, enum hg_directive directive, const char *name,
                             size_t length);

/* Calls visit for each directive of a text, which ends with a NUL.  Appends all other text, without
 * comments and literals, to `rest`, unless that is NULL. */
void hg_scan_directives(const char *text, hg_directive_fn *visit, void *user, struct hg_text *rest);

/* at: the word's location in the text. */
typedef void hg_word_fn(void *user, const char *at, size_t length);

/* Calls visit for each word of a text, which ends with a NUL: also for words of directives and for
 * numbers, but not for words of comments and literals. */
void hg_scan_words(const char *text, hg_word_fn *visit, void *user);

/* Calls visit for each word of a macro's body, except the macro's parameters, which the expansion
 * replaces (C11 6.10.3.1).  after_name: the text of the #define after the macro's name. */
void hg_scan_body_words(const char *after_name, hg_word_fn *visit, void *user);

#endif
