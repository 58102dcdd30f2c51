/*
 * The words of a C text that its types are made of.
 *
 *     struct line { char text[SIZE]; } lines[2];     of a type: line char text SIZE lines 2
 *     extern char buffer[LENGTH];                    of a type: LENGTH
 *     static int count(void)                         outside of braces: static int count void
 *     {
 *         return after(1);                           nothing
 *     }
 */
#ifndef HG_TREE_TYPE_WORDS_H
#define HG_TREE_TYPE_WORDS_H

#include "tree/directives.h"

/* code is a text without directives, comments and literals, as hg_scan_directives makes it.
 *
 * type_word gets the words between the braces of a struct, union or enum, anywhere in the text;
 * those of a typedef; and, outside of functions, those of an array's length.  outer_word gets the
 * other words outside of all braces.  If the halves of an #if make the braces uneven, type_word may
 * get too many words. */
void hg_scan_type_words(const char *code, hg_word_fn *type_word, hg_word_fn *outer_word,
                        void *user);

/* struct, union, enum, typedef; ends with NULL. */
extern const char *const hg_type_keywords[];

#endif
