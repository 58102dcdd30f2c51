/*
 * The words of a C text that decide about its types.
 *
 *     struct line { char text[SIZE]; } lines[2];     words of a type: line char text SIZE lines 2
 *     extern char buffer[LENGTH];                    word of a type: LENGTH
 *     static int count(void)                         outer words: static int count void
 *     {
 *         return after(1);                           neither
 *     }
 */
#ifndef HG_TREE_TYPE_WORDS_H
#define HG_TREE_TYPE_WORDS_H

#include "tree/directives.h"

/* code is a text without directives, comments and literals, as hg_scan_directives makes it.
 *
 * type_word gets the tag of a struct, union or enum, the words between its braces and those up to
 * the semicolon, anywhere in the text; the words of a typedef; and, outside of functions, those of
 * an array's length.  outer_word gets the other words outside of all braces.  If branches of an #if
 * leave different braces open, type_word may get too many words. */
void hg_scan_type_words(const char *code, hg_word_fn *type_word, hg_word_fn *outer_word,
                        void *user);

/* "struct", "union", "enum", "typedef"; ends with NULL. */
extern const char *const hg_type_keywords[];

#endif
