/* Names of types as users write them: `foo`, `struct foo`, `typedef foo_t`, or with or without such a
 * word a pattern: of a shell (fnmatch), or what begins with ^, an extended regular expression. */
#ifndef HG_MODEL_MATCH_H
#define HG_MODEL_MATCH_H

#include <hdrgen/model.h>

/* Takes the word struct, union, enum or typedef and the blanks after it off the name.  Returns that
 * kind; HG_VOID = the name has no such word, and *name does not change. */
enum hg_kind hg_take_kind_word(const char **name);

/* Whether the name is a pattern: it contains `*`, `?` or `[`, or begins with `^`. */
bool hg_is_pattern(const char *name);

/* Whether the pattern, without a kind, matches the name; an expression that is none matches nothing. */
bool hg_matches(const char *pattern, const char *name);

/* Whether regcomp takes the pattern, which begins with `^`; reports what is wrong with it as it was
 * spelled. */
bool hg_check_expression(const char *pattern, const char *spelling,
                         struct hg_diagnostics *diagnostics);

/* Whether `wanted`, a name or pattern with or without a kind, matches the type. */
bool hg_is_meant_by(const struct hg_type *type, const char *wanted);

#endif
