/* Regular expressions for names, as bindgen takes them: see regex.c. */
#ifndef HG_CLI_REGEX_H
#define HG_CLI_REGEX_H

#include "base/memory.h"

#include <stdbool.h>

typedef HG_ARRAY(const char *) word_list;

/* Appends names and patterns (model/match.h) that match the same names as the expression:
 * `sock|v[0-9]+` gives `^(sock|v[0-9]+)$`, in the arena, which is not compiled yet.  Returns NULL,
 * or the feature of the expression that has no counterpart; then nothing is appended. */
const char *expand_regex(struct hg_arena *arena, const char *expression, word_list *ret);

#endif
