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
    const char *value;    /* NULL = it takes none, or stands in spelling */
    const char *spelling; /* the word as it was written */
};

enum { WORD_DEPTH = 9 }; /* the command line itself, and nested response files */

/* Words not read yet: of the innermost response file first. */
struct word_frame {
    const char *const *items;
    size_t count;
    size_t at;
    const char *file; /* NULL = the command line */
};

struct words {
    struct word_frame frames[WORD_DEPTH];
    size_t depth;
    word_list *opened;      /* gets the response files; NULL = nobody asks */
    struct hg_arena *arena; /* the words of response files, values of options within a word */
    struct hg_diagnostics *diagnostics;
    const char *letters; /* the rest of `-qv`; NULL = at the start of a word */
    const char *bundle;  /* the word that they are of */
    size_t total;        /* words in response files, of all */
    size_t files;
    bool keeps_at; /* `@file` is a word like any other */
};

/* The words are the caller's; words of response files, and parts of words, live in the arena. */
void words_init(struct words *words, const char *const *items, size_t count, struct hg_arena *arena,
                struct hg_diagnostics *diagnostics);
/* Reports what cannot be understood, and returns false. */
bool next_word(struct words *words, struct word *ret);
/* The next word as it is; NULL = there is none.  expands: `@file` stands for the words in it;
 * false is returned where that cannot be read. */
bool next_raw_word(struct words *words, bool expands, const char **ret);

/* --- response.c --- */

/* Whether the byte parts words. */
bool is_blank(char byte);
/* Appends the word that begins at the text, without its quotes and backslashes.  Returns where it
 * ends; NULL = a quote in it has no end. */
const char *cut_word(const char *at, struct hg_text *word);

/* Puts the words of the response file in front of those that are not read yet. */
bool open_response_file(struct words *words, const char *path);

#endif
