/* Regular expressions for names, as bindgen takes them: see regex.c. */
#ifndef HG_CLI_REGEX_H
#define HG_CLI_REGEX_H

#include "base/memory.h"

#include <stdbool.h>

typedef HG_ARRAY(const char *) word_list;

/* Appends names and patterns (model/match.h) that together match what the expression matches as a
 * whole: `sock|v[0-9]+` gives `^(sock|v[0-9]+)$`, in the arena.  An expression is not compiled yet.
 * Returns NULL, or what the expression has that none of them can say; the list is as it was then. */
const char *expand_regex(struct hg_arena *arena, const char *expression, word_list *ret);

#endif
