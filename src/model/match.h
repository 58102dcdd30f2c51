/*
 * Names of types as users write them: `foo`, `struct foo`, or a pattern with or without the kind: a
 * shell pattern (fnmatch), `struct bpf_*`, or an extended regular expression, which begins with ^.
 */
#ifndef HG_MODEL_MATCH_H
#define HG_MODEL_MATCH_H

#include <hdrgen/model.h>

/* Skips the word struct, union, enum or typedef, and the blanks after it, at *name.  Returns the
 * kind; HG_VOID = there is no such word, and *name is unchanged. */
enum hg_kind hg_take_kind_word(const char **name);

/* Whether the name is a pattern: it contains `*`, `?` or `[`, or begins with `^`. */
bool hg_is_pattern(const char *name);

/* Whether the pattern (without a kind) matches the name.  An invalid expression matches nothing. */
bool hg_matches(const char *pattern, const char *name);

/* Whether the pattern, which begins with `^`, is a valid expression; if not, reports why.
 * spelling: the whole request, for the message. */
bool hg_check_expression(const char *pattern, const char *spelling,
                         struct hg_diagnostics *diagnostics);

/* Whether `wanted`, a name or pattern with or without a kind, matches the type. */
bool hg_is_meant_by(const struct hg_type *type, const char *wanted);

#endif
