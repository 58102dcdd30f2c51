/* Names of types as users write them: `foo`, `struct foo`, `typedef foo_t`, or a shell pattern with
 * or without such a word before it. */
#ifndef HG_MODEL_MATCH_H
#define HG_MODEL_MATCH_H

#include <hdrgen/model.h>

/* Takes the word struct, union, enum or typedef and the blanks after it off the name.  Returns that
 * kind; HG_VOID = the name has no such word, and *name does not change. */
enum hg_kind hg_take_kind_word(const char **name);

/* Whether the name is a shell pattern: it contains `*`, `?` or `[`. */
bool hg_is_pattern(const char *name);

/* Whether `wanted`, a name or pattern with or without a kind, matches the type. */
bool hg_is_meant_by(const struct hg_type *type, const char *wanted);

#endif
