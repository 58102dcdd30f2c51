/*
 * Words: of make (separated by blanks) and of the shell (with quotes).
 *
 *     a.o  b.o                                   two words of make
 *     -DNAME='"x y"' -I "a b" ; ar r x.a y.o     two commands of three and four words
 */
#ifndef HG_KBUILD_WORDS_H
#define HG_KBUILD_WORDS_H

#include "base/memory.h"
#include "base/text.h"

#include <stdbool.h>
#include <string.h>

/* A part of a text; not terminated. */
struct hg_slice {
    const char *data;
    size_t size;
};

static inline struct hg_slice hg_slice_of(const char *string)
{
    return (struct hg_slice){string, strlen(string)};
}

bool hg_slice_is(struct hg_slice slice, const char *string);
bool hg_slice_equals(struct hg_slice a, struct hg_slice b);
bool hg_slice_ends(struct hg_slice slice, const char *end);
/* Without blanks at either end. */
struct hg_slice hg_slice_trim(struct hg_slice slice);

/* Takes the next word of make off the front of *rest; false = there is none. */
bool hg_make_word(struct hg_slice *rest, struct hg_slice *word);

/* Whether a pattern of make, with at most one %, fits; then *stem is what the % stands for (the
 * whole word where there is none). */
bool hg_make_match(struct hg_slice pattern, struct hg_slice word, struct hg_slice *stem);

/* The sorted list `a:b` with one more name, in the arena; list may be NULL. */
const char *hg_with_name(struct hg_arena *arena, const char *list, struct hg_slice name);

/* Strings that somebody else owns. */
struct hg_words {
    const char **items;
    size_t count, capacity;
};

/* The words of one simple command.  Zero-initialise; reused from command to command. */
struct hg_shell {
    struct hg_text text;   /* the words' bytes, each with a NUL */
    struct hg_words words; /* point into text */
    HG_ARRAY(size_t) offsets;
    char separator;  /* what ended the command: one of ; | & ( ) newline, or NUL at the end */
    bool unbalanced; /* a quote was not closed */
};
void hg_shell_deinit(struct hg_shell *shell);

/* Reads the next simple command off the front of *rest; false at the end.  Nothing is expanded:
 * `$x` stays as it is written. */
bool hg_shell_next(struct hg_slice *rest, struct hg_shell *shell);

/* A path without `./`, `//` and, where a name stands before it, `..`: `a/../b/./c.o` is `b/c.o`.
 * Replaces what text holds; `.` for nothing. */
void hg_normalise_path(struct hg_text *text, struct hg_slice path);

#endif
