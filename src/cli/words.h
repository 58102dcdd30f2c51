/* Reading the words of a command line one by one: see words.c; response files: response.c. */
#ifndef HG_CLI_WORDS_H
#define HG_CLI_WORDS_H

#include "regex.h"

#include "base/text.h"

#include <hdrgen/status.h>

enum word_kind {
    WORD_END,
    WORD_NAME,   /* neither option nor value: value */
    WORD_OPTION, /* of the table: code, value */
    WORD_CLANG,  /* one of clang's that needs no `--`: spelling, and perhaps value, a word each */
    WORD_REST,   /* `--` */
};

struct word {
    enum word_kind kind;
    int code;             /* see struct option_spec */
    const char *value;    /* NULL = it takes none, or the value is part of spelling */
    const char *spelling; /* the word as it was written */
};

enum { WORD_DEPTH = 9 }; /* the command line itself, and nested response files */

/* The words of the command line, or of a response file. */
struct word_frame {
    const char *const *items;
    size_t count;
    size_t at;
    const char *file; /* NULL = the command line */
};

struct words {
    struct word_frame frames[WORD_DEPTH];
    size_t depth;
    word_list *opened;      /* result: the response files that were read; may be NULL */
    struct hg_arena *arena; /* owns the words of response files */
    struct hg_diagnostics *diagnostics;
    const char *letters; /* the letters of `-qv` that are not read yet; NULL = none are left */
    const char *bundle;  /* the word that has these letters */
    size_t total;        /* number of words in all response files */
    size_t files;        /* number of response files */
};

/* The words are the caller's; words of response files, and parts of words, live in the arena. */
void words_init(struct words *words, const char *const *items, size_t count, struct hg_arena *arena,
                struct hg_diagnostics *diagnostics);
/* Reads the next word.  False = it is wrong, which is reported. */
bool next_word(struct words *words, struct word *ret);
/* Reads the next word without interpreting it; NULL = there is none.  expands: `@file` stands for
 * the words in the file; false = it cannot be read, which is reported. */
bool next_raw_word(struct words *words, bool expands, const char **ret);

/* --- response.c --- */

/* Whether the byte separates words. */
bool is_blank(char byte);
/* Appends the word that begins at the text, without its quotes and backslashes.  Returns where it
 * ends; NULL = a quote in it has no end. */
const char *cut_word(const char *at, struct hg_text *word);

/* Puts the words of the response file in front of those that are not read yet. */
bool open_response_file(struct words *words, const char *path);

#endif
