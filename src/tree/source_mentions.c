/*
 * Which macros of prefixes a file mentions: in types, and elsewhere outside of functions.
 *
 *     int width[ndelay(1)];                        a mention of ndelay
 *     u64 ndelay;                                  none, if ndelay has parameters
 *     int lock(struct tty *tty, bool ndelay);      none, if it has, and lock is no macro
 *
 * The name of a macro with parameters is expanded only before a parenthesis (C11 6.10.3).  If it is
 * the last word of another macro's argument, the expansion can put a parenthesis after it.  A macro
 * whose body is its own name (`#define u32 u32`) changes nothing but the result of an #if.
 *
 * Words in the bodies of the file's own macros are kept apart, each with that macro.  The tests of
 * #ifs are events (source_scan.c), and not among the mentions.
 */
#include "tree/kernel.h"
#include "tree/source_guard.h"
#include "tree/type_words.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_BACK_MAX = 1000 };

struct mentioning {
    struct sources *sources;
    struct scanned_file *file;
    const struct hg_text *rest; /* its text without directives, as far as it is scanned */
    const char *code;           /* its whole text without directives */
    struct hg_strings seen;     /* names that need not be looked at again: 1 */
    const char *macro;          /* the macro whose body is being scanned */
    size_t macro_code;          /* position of its #define, as in struct event */
    bool is_type;               /* the word is one of a type */
};

/* Whether the file defines the macro before position `code`, outside of all #ifs, and never tests
 * it. */
static bool is_defined_before(const struct scanned_file *file, const char *name, size_t code)
{
    bool is_defined = false;
    for (size_t i = 0; i < file->events.count; i++) {
        const struct event *event = &file->events.items[i];
        if (event->name != name)
            continue;
        if (event->kind == HG_DIRECTIVE_TEST)
            return false;
        is_defined = is_defined || (event->kind == HG_DIRECTIVE_DEFINE && !event->is_conditional &&
                                    event->code <= code);
    }
    return is_defined;
}

/* The interned name of a macro of a prefix; NULL = it is no such macro, or the file defines the
 * macro itself before position `code`. */
static const char *leaking_name(const struct mentioning *mentioning, const char *at, size_t length,
                                size_t code)
{
    struct sources *sources = mentioning->sources;
    if (hg_strings_find(&sources->prefix_macros, at, length) == 0)
        return NULL;
    const char *name = hg_strings_intern(&sources->scanned, at, length);
    return is_defined_before(mentioning->file, name, code) ? NULL : name;
}

static const char *skip_back(const char *begin, const char *at)
{
    while (at > begin && (at[-1] == ' ' || at[-1] == '\t' || at[-1] == '\n'))
        at--;
    return at;
}

/* The word before the parenthesis that is open at `at`: `lock` of `int lock(bool ndelay`.  NULL =
 * no type is before that word, as in a declaration, or it is too far back. */
static const char *find_callee(struct mentioning *mentioning, const char *at)
{
    const char *begin = mentioning->code;
    size_t closed = 0;
    for (size_t i = 0; at > begin && i < LOOK_BACK_MAX; i++) {
        at--;
        if (*at == ';' || *at == '{' || *at == '}')
            return NULL;
        closed += *at == ')';
        if (*at != '(' || closed-- > 0)
            continue;
        const char *end = skip_back(begin, at);
        for (at = end; at > begin && hg_is_word(at[-1]);)
            at--;
        const char *before = skip_back(begin, at);
        bool is_declared = before > begin && (hg_is_word(before[-1]) || before[-1] == '*');
        return !is_declared || at == end
                   ? NULL
                   : hg_strings_intern(&mentioning->sources->scanned, at, (size_t)(end - at));
    }
    return NULL;
}

/* Adds a mention of a word, the first time; with a callee it may be added several times. */
static void take_word(void *user, const char *at, size_t length)
{
    struct mentioning *mentioning = user;
    uint32_t *is_seen = hg_strings_number(&mentioning->seen, at, length);
    size_t code = (size_t)(at - mentioning->code);
    const char *name = *is_seen != 0 ? NULL : leaking_name(mentioning, at, length, code);
    if (name == NULL) {
        *is_seen = 1;
        return;
    }
    uint32_t kind = hg_strings_find(&mentioning->sources->prefix_macros, at, length);
    if (kind == MACRO_OF_ITSELF)
        return;
    const char *next = at + length + strspn(at + length, " \t\n");
    const char *callee = NULL;
    if (kind == MACRO_WITH_PARAMETERS && *next != '\0') {
        if (strchr(";=[]{}:*&", *next) != NULL)
            return;
        if (*next == ',' || *next == ')')
            callee = find_callee(mentioning, at);
    }
    *is_seen = callee == NULL;
    *HG_PUSH(&mentioning->file->mentions) = (struct mention){
        .name = name, .code = code, .is_type = mentioning->is_type, .callee = callee};
}

static void take_type_word(void *user, const char *at, size_t length)
{
    ((struct mentioning *)user)->is_type = true;
    take_word(user, at, length);
    ((struct mentioning *)user)->is_type = false;
}

static void take_body_word(void *user, const char *at, size_t length)
{
    struct mentioning *mentioning = user;
    const char *name = leaking_name(mentioning, at, length, mentioning->macro_code);
    if (name != NULL)
        *HG_PUSH(&mentioning->file->body_mentions) =
            (struct body_mention){.macro = mentioning->macro, .name = name};
}

static void take_directive(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct mentioning *mentioning = user;
    if (directive != HG_DIRECTIVE_DEFINE)
        return;
    mentioning->macro_code = mentioning->rest->size;
    mentioning->macro = hg_strings_intern(&mentioning->sources->scanned, name, length);
    hg_scan_body_words(name + length, take_body_word, mentioning);
}

void hg_mentions_find(struct sources *sources, struct scanned_file *file)
{
    if (file->mentions_of == sources->learnt)
        return;
    file->mentions_of = sources->learnt;
    file->mentions.count = file->body_mentions.count = 0;
    size_t size = 0;
    char *text = hg_kernel_read_file(file->path, &size);
    if (text == NULL)
        return;
    struct hg_text code = {0};
    struct mentioning mentioning = {.sources = sources, .file = file, .rest = &code};
    hg_scan_directives(text, take_directive, &mentioning, &code);
    mentioning.code = hg_text_string(&code);
    hg_scan_type_words(mentioning.code, take_type_word, take_word, &mentioning);
    hg_text_deinit(&code);
    hg_strings_deinit(&mentioning.seen);
    free(text);
}
