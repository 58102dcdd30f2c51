/*
 * Response files: `@file` stands for the words in the file, as for gcc and clang.
 *
 *     # for the kernel of the router            a line that begins with # is a comment
 *     --kernel /srv/openwrt/linux-5.15.150
 *     -I "/srv/my headers"                      quotes, '..' or "..", keep blanks
 *     -DNAME=a\ b                               a backslash keeps the character after it
 *     @common.args                              another one, nested up to eight deep
 *
 * Blanks and newlines separate words.  Paths are relative to the current directory.  @FILE may be
 * in the place of an option or a NAME; as the value of an option it is an ordinary word.
 *
 * A file is not trusted: it must be a regular file or a pipe of at most RESPONSE_MAX bytes without
 * a NUL.  All together may have WORDS_MAX words in FILES_MAX files.
 */
#include "cli.h"
#include "words.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RESPONSE_MAX = 1024 * 1024, WORDS_MAX = 100000, FILES_MAX = 1000 };

/* --- words in a text --- */

bool is_blank(char byte)
{
    return byte != '\0' && strchr(" \n\t\r\f\v", byte) != NULL;
}

const char *cut_word(const char *at, struct hg_text *word)
{
    char quote = '\0';
    for (; *at != '\0' && (quote != '\0' || !is_blank(*at)); at++) {
        if (*at == '\\' && at[1] != '\0' && quote != '\'')
            hg_text_bytes(word, ++at, 1);
        else if (*at == quote)
            quote = '\0';
        else if (quote == '\0' && (*at == '"' || *at == '\''))
            quote = *at;
        else
            hg_text_bytes(word, at, 1);
    }
    return quote == '\0' ? at : NULL;
}

/* Calls take with each word; false = a quote has no end. */
typedef void take_word_fn(void *user, const char *word);
static bool split_words(const char *text, take_word_fn *take, void *user)
{
    struct hg_text word = {0};
    bool starts_line = true;
    while (text != NULL && *text != '\0') {
        if (is_blank(*text)) {
            starts_line = starts_line || *text == '\n';
            text++;
            continue;
        }
        if (starts_line && *text == '#') {
            text += strcspn(text, "\n");
            continue;
        }
        starts_line = false;
        hg_text_truncate(&word, 0);
        text = cut_word(text, &word);
        if (text != NULL)
            take(user, hg_text_string(&word));
    }
    hg_text_deinit(&word);
    return text != NULL;
}

/* --- the file --- */

const char *read_text(int descriptor, size_t limit, const char *too_large, struct hg_text *ret)
{
    char bytes[16 * 1024];
    for (;;) {
        ssize_t got = read(descriptor, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return strerror(errno);
        if (got == 0)
            return NULL;
        if (memchr(bytes, '\0', (size_t)got) != NULL)
            return "it holds a NUL byte, so it is no text";
        hg_text_bytes(ret, bytes, (size_t)got);
        if (ret->size > limit)
            return too_large;
    }
}

/* Reads a regular file or a pipe; returns NULL, or what is wrong. */
static const char *read_all(int descriptor, struct hg_text *ret)
{
    struct stat about;
    if (fstat(descriptor, &about) != 0)
        return strerror(errno);
    if (!S_ISREG(about.st_mode) && !S_ISFIFO(about.st_mode))
        return S_ISDIR(about.st_mode) ? "it is a directory" : "it is no file";
    return read_text(descriptor, RESPONSE_MAX, "it is larger than 1 MB", ret);
}

static const char *read_file(const char *path, struct hg_text *ret)
{
    /* O_NONBLOCK is for opening only: a FIFO without a writer would block. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return strerror(errno);
    int flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0)
        fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
    const char *why = read_all(descriptor, ret);
    close(descriptor);
    return why;
}

struct word_sink {
    struct words *words;
    word_list items;
};

static void keep_word(void *user, const char *word)
{
    struct word_sink *sink = user;
    if (sink->words->total++ >= WORDS_MAX)
        return;
    *HG_PUSH(&sink->items) = hg_arena_string(sink->words->arena, word, strlen(word));
}

static const char *read_words(struct words *words, const char *path, struct word_frame *ret)
{
    struct hg_text text = {0};
    struct word_sink sink = {.words = words};
    const char *why = read_file(path, &text);
    const char *start = hg_text_string(&text);
    if (hg_begins_with(start, "\xef\xbb\xbf"))
        start += 3; /* the byte order mark of some editors */
    if (why == NULL && !split_words(start, keep_word, &sink))
        why = "a quote in it has no end";
    if (why == NULL && words->total > WORDS_MAX)
        why = "response files give more than 100000 words";
    if (why == NULL)
        *ret = (struct word_frame){
            .items = hg_arena_copy(words->arena, sink.items.items, sink.items.count,
                                   sizeof *sink.items.items),
            .count = sink.items.count,
            .file = hg_arena_string(words->arena, path, strlen(path)),
        };
    hg_text_deinit(&text);
    free((void *)sink.items.items);
    return why;
}

bool open_response_file(struct words *words, const char *path)
{
    const char *why = NULL;
    for (size_t i = 0; i < words->depth && why == NULL; i++)
        if (words->frames[i].file != NULL && strcmp(words->frames[i].file, path) == 0)
            why = "it includes itself";
    if (why == NULL && words->depth == WORD_DEPTH)
        why = "response files are nested more than eight deep";
    if (why == NULL && words->files++ == FILES_MAX)
        why = "more than 1000 response files are read";
    if (why == NULL)
        why = read_words(words, path, &words->frames[words->depth]);
    if (why == NULL) {
        if (words->opened != NULL)
            *HG_PUSH(words->opened) = words->frames[words->depth].file;
        words->depth++;
        return true;
    }
    note_unexpanded(path, words->diagnostics);
    const char *within = words->frames[words->depth - 1].file;
    return refuse(
        words->diagnostics, "@%s: %s%s%s%s%s", path, why, within == NULL ? "" : " (it is in @",
        within == NULL ? "" : within, within == NULL ? "" : ")",
        words->depth > 1 || access(path, F_OK) == 0 ? ""
                                                    : "; @FILE stands for the options in FILE");
}
