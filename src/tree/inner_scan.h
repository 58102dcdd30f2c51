/*
 * Which words of a C text stand within functions, and whether a type is defined there.
 *
 *     static int count(void)
 *     {
 *         struct { int n; } v;      a type
 *         return after(1);          words: return after 1
 *     }
 */
#ifndef HG_TREE_INNER_SCAN_H
#define HG_TREE_INNER_SCAN_H

#include "tree/directives.h"

/* Passes directives on as hg_scan_directives does, and words between the braces of functions to
 * inner_word; `rest` is what hg_scan_directives adds.  True: a function defines a type or includes a
 * file, or whether one does cannot be told (an #if whose halves leave other braces open). */
bool hg_scan_functions(const char *text, hg_directive_fn *directive, hg_word_fn *inner_word,
                       void *user, struct hg_text *rest);

/* Whether a macro with this body makes types: it has one with its braces, a typedef, ends with the
 * keyword or the tag after it, is a list of members, or opens or closes a brace of what it stands in. */
bool hg_is_maker(const char *body);

#endif
