/*
 * Finds the words within functions in a C text, and whether a function defines a type.
 *
 *     static int count(void)
 *     {
 *         struct { int n; } v;      defines a type
 *         return after(1);          words: return after 1
 *     }
 */
#ifndef HG_TREE_INNER_SCAN_H
#define HG_TREE_INNER_SCAN_H

#include "tree/directives.h"

/* Calls `directive` and appends to `rest` as hg_scan_directives does, and calls inner_word for each
 * word between the braces of a function; NULL = for none.  True = a function defines a type or
 * includes a file, or may do so (the branches of an #if leave different braces open). */
bool hg_scan_functions(const char *text, hg_directive_fn *directive, hg_word_fn *inner_word,
                       void *user, struct hg_text *rest);

/* Whether a macro with this body can make types: the body defines one with braces, has a typedef,
 * ends with a keyword such as struct or with a tag after it, is a list of members, or opens or
 * closes a brace of the text around it. */
bool hg_is_maker(const char *body);

#endif
