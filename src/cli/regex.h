/* Regular expressions for names, as bindgen takes them, into shell patterns. */
#ifndef HG_CLI_REGEX_H
#define HG_CLI_REGEX_H

#include "base/memory.h"

#include <stdbool.h>

typedef HG_ARRAY(const char *) word_list;

/* Appends patterns for fnmatch that together match what the expression matches as a whole:
 * `(a|b)_.*` gives `a_*` and `b_*`.  The strings are the arena's, the list is the caller's to free.
 * False: shell patterns cannot say that, or only very many can; the list is as it was then. */
bool expand_regex(struct hg_arena *arena, const char *expression, word_list *ret);

#endif
