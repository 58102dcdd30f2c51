/*
 * The directives of a file, as events for the guard.  Each file is read once, for all prefixes and
 * units.
 *
 *     #ifndef TTY_H            test TTY_H      these two are
 *     #define TTY_H            define TTY_H    the include guard
 *     #include "ldisc.h"       include ldisc.h
 *     #ifdef CONFIG_VT         test CONFIG_VT
 *
 * The scan also finds out whether functions of the file may define types, and marks a text as odd
 * that clang reads otherwise than hdrgen (digraphs, a byte order mark ...).
 */
#include "tree/inner_scan.h"
#include "tree/kernel.h"
#include "tree/source_guard.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { FALLBACK_NONE, FALLBACK_IFNDEF, FALLBACK_TEST, FALLBACK_DEFINE };

struct scanning {
    struct sources *sources;
    struct scanned_file *file;
    const char *text;
    struct hg_text *code; /* the text without directives, up to here */
    struct {
        int step;
        size_t event; /* index of the test */
        size_t code;  /* size of `code` at the #ifndef */
    } fallback;
    size_t depth;      /* of #if */
    size_t directives; /* number of them; an #if at the beginning with nothing but tests and #errors
                          is not counted */
    bool has_effect;   /* a directive other than a test was seen */
    bool is_guarded;   /* the file has an include guard: it begins with #ifndef and #define */
    bool is_trace;     /* a trace header, whose include guard lets clang read it again */
    bool is_ifdef;     /* the last #if was an #ifdef */
    bool in_guard;     /* the #if of the include guard is open */
    bool is_closed;    /* that #if was closed */
};

uint64_t hg_sources_hash(const char *text)
{
    text += strspn(text, " \t\n");
    size_t size = strlen(text);
    while (size > 0 && strchr(" \t\n", text[size - 1]) != NULL)
        size--;
    return XXH3_64bits(text, size);
}

/* Whether the first occurrence of the name in the text, comments included, follows `ifndef`. */
static bool is_tested_first(const char *text, const char *name)
{
    static const char before[] = "ifndef";
    enum { SIZE = sizeof before - 1 };
    size_t length = strlen(name);
    for (const char *at = text; (at = strstr(at, name)) != NULL; at += length) {
        if (hg_is_word(at[length]) || (at > text && hg_is_word(at[-1])))
            continue;
        while (at > text && strchr(" \t\r\f\v", at[-1]) != NULL)
            at--;
        return at - text > SIZE && memcmp(at - SIZE, before, SIZE) == 0;
    }
    return false;
}

/* Looks for fallbacks, which have nothing between these lines:
 *
 *     #ifndef MAXVIFS           the first mention of the macro
 *     #define MAXVIFS 32
 *     #endif
 */
static void follow_fallback(struct scanning *scanning, enum hg_directive directive,
                            const char *name, size_t length)
{
    struct event *events = scanning->file->events.items;
    size_t count = scanning->file->events.count;
    int step = scanning->fallback.step;
    scanning->fallback.step = FALLBACK_NONE;
    if (directive == HG_DIRECTIVE_IF && hg_is_named(name, length, "ifndef") &&
        scanning->depth == scanning->in_guard) {
        scanning->fallback.step = FALLBACK_IFNDEF;
        scanning->fallback.event = count;
        scanning->fallback.code = scanning->code->size;
    } else if (directive == HG_DIRECTIVE_TEST && step == FALLBACK_IFNDEF) {
        scanning->fallback.step = FALLBACK_TEST;
    } else if (directive == HG_DIRECTIVE_DEFINE && step == FALLBACK_TEST &&
               hg_is_named(name, length, events[scanning->fallback.event].name)) {
        scanning->fallback.step = FALLBACK_DEFINE;
    } else if (directive == HG_DIRECTIVE_ENDIF && step == FALLBACK_DEFINE) {
        struct event *test = &events[scanning->fallback.event];
        const char *between = hg_text_string(scanning->code) + scanning->fallback.code;
        test->is_fallback = between[strspn(between, " \t\n")] == '\0' &&
                            is_tested_first(scanning->text, test->name);
    }
}

/* The text after a macro's name, if it has a word; else NULL. */
static const char *body_of(struct scanning *scanning, const char *text)
{
    const char *word = text;
    while (*word != '\0' && !(hg_is_word(*word) && (*word < '0' || *word > '9')))
        word++;
    return *word == '\0' ? NULL : hg_arena_string(&scanning->sources->scans, text, strlen(text));
}

static void take_directive(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct scanning *scanning = user;
    if (directive == HG_DIRECTIVE_VALUE) {
        scanning->file->events.items[scanning->file->events.count - 1].has_value = true;
        return;
    }
    follow_fallback(scanning, directive, name, length);
    if (directive == HG_DIRECTIVE_ELSE)
        return;
    scanning->directives++;
    if (directive == HG_DIRECTIVE_DEFINE && hg_is_maker(name + length))
        *HG_PUSH(&scanning->file->makers) =
            hg_strings_intern(&scanning->sources->scanned, name, length);
    if (directive == HG_DIRECTIVE_IF || directive == HG_DIRECTIVE_ENDIF) {
        scanning->depth += directive == HG_DIRECTIVE_IF;
        scanning->is_ifdef = hg_is_named(name, length, "ifdef");
        scanning->depth -= directive == HG_DIRECTIVE_ENDIF && scanning->depth > 0;
        if (scanning->depth == 0 && !scanning->has_effect)
            scanning->directives = 0;
        scanning->is_closed = scanning->is_closed || (scanning->in_guard && scanning->depth == 0);
        scanning->in_guard = scanning->in_guard && scanning->depth > 0;
        return;
    }
    scanning->has_effect = scanning->has_effect || directive != HG_DIRECTIVE_TEST;
    if (directive == HG_DIRECTIVE_UNKNOWN) {
        scanning->file->has_unknown = true;
        if (!hg_is_named(name, length, "TRACE_INCLUDE"))
            scanning->file->includes_unknown = true;
        return;
    }
    const char *word = hg_strings_intern(&scanning->sources->scanned, name, length);
    size_t count = scanning->file->events.count;
    const struct event *last = count == 0 ? NULL : &scanning->file->events.items[count - 1];
    bool is_tested = last != NULL && last->kind == HG_DIRECTIVE_TEST && last->name == word;
    if (directive == HG_DIRECTIVE_DEFINE && scanning->directives == 3 && scanning->depth == 1 &&
        is_tested && !scanning->is_ifdef) { /* the third after an #if and its test */
        scanning->is_guarded = scanning->in_guard = true;
        scanning->file->guard = word;
    }
    if (directive == HG_DIRECTIVE_TEST && scanning->depth == 1 &&
        hg_is_named(name, length, "TRACE_HEADER_MULTI_READ"))
        scanning->is_guarded = scanning->is_trace = scanning->in_guard = true;
    else if (scanning->is_closed && !scanning->is_trace)
        scanning->is_guarded = false; /* this directive is after the #endif of the guard */
    struct event event = {
        .kind = directive,
        .name = word,
        .is_conditional = scanning->depth > scanning->in_guard,
        .code = scanning->code->size,
    };
    if (directive == HG_DIRECTIVE_DEFINE) {
        event.body = hg_sources_hash(name + length);
        event.is_function = name[length] == '(';
        event.is_itself = event.body == XXH3_64bits(name, length);
        event.text = body_of(scanning, name + length);
    }
    if (is_include(&event) && hg_ends_with(word, "define_trace.h"))
        scanning->file->defines_trace = true;
    *HG_PUSH(&scanning->file->events) = event;
}

/* Whether the text has a raw string, R"(...)", with up to 16 characters before the parenthesis
 * (C++23 5.13.5, and GNU C).  The scanner does not know that quotes and newlines in it are text. */
static bool has_raw_string(const char *text)
{
    enum { DELIMITER_MAX = 16 };
    for (const char *at = text; (at = strstr(at, "R\"")) != NULL; at++) {
        size_t delimiter = strcspn(at + 2, " ()\\\t\n\"");
        bool is_word = at > text && (hg_is_word(at[-1]) || at[-1] == '"');
        if (!is_word && delimiter <= DELIMITER_MAX && at[2 + delimiter] == '(')
            return true;
    }
    return false;
}

/* Whether the text has a #define of a name with a character that is no letter, digit or underscore
 * (`AA$`, `AA\xc3\xa9`), or an #error or #warning with an apostrophe before a comment. */
static bool has_odd_directive(const char *text)
{
    for (const char *at = text; (at = strchr(at, '#')) != NULL; at++) {
        const char *word = at + 1 + strspn(at + 1, " \t");
        size_t length = strcspn(word, "\n");
        bool is_message = strncmp(word, "error", 5) == 0 || strncmp(word, "warning", 7) == 0;
        const char *apostrophe = is_message ? memchr(word, '\'', length) : NULL;
        size_t rest = apostrophe == NULL ? 0 : length - (size_t)(apostrophe - word);
        if (apostrophe != NULL && memmem(apostrophe, rest, "/*", 2) != NULL)
            return true;
        const char *name = word + hg_word_length(word);
        name += strspn(name, " \t");
        unsigned char after = (unsigned char)name[hg_word_length(name)];
        if (strncmp(word, "define", 6) == 0 && (after == '$' || after >= 0x80))
            return true;
    }
    return false;
}

/* Whether clang may read the text otherwise than the scanner: it has NUL bytes, a byte order mark,
 * a carriage return without a newline, digraphs, raw strings, a backslash before blanks at the end
 * of a line, a backslash alone in the line before a directive, the two characters that end a
 * comment in two lines, a _Pragma of a wide literal, or macros that depend on the includer. */
static bool is_odd_text(const char *text, size_t size, const char *code)
{
    static const char *const odd[] = {"\xef\xbb\xbf",      "\\ \n",   "\\\t\n", "__BASE_FILE__",
                                      "__INCLUDE_LEVEL__", "\n\\\n#", "*\\\n/", "_Pragma(L"};
    static const char *const digraphs[] = {"%:", "<%", "%>"};
    if (strlen(text) != size)
        return true;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (strstr(text, odd[i]) != NULL)
            return true;
    for (size_t i = 0; i < sizeof digraphs / sizeof *digraphs; i++)
        if (strstr(code, digraphs[i]) != NULL)
            return true;
    if (strncmp(text, "\\\n#", 3) == 0 || has_odd_directive(text) || has_raw_string(text))
        return true;
    for (const char *at = text; (at = strchr(at, '\r')) != NULL; at++)
        if (at[1] != '\n')
            return true;
    return false;
}

struct scanned_file *hg_sources_scan(struct sources *sources, const char *path)
{
    uint32_t *number = hg_strings_number(&sources->scanned, path, strlen(path));
    if (*number != 0)
        return sources->scanned_files.items[*number - 1];
    struct scanned_file *file = hg_arena_alloc(&sources->scans, sizeof *file);
    file->path = hg_arena_string(&sources->scans, path, strlen(path));
    *HG_PUSH(&sources->scanned_files) = file;
    *number = (uint32_t)sources->scanned_files.count;
    size_t size = 0;
    char *text = hg_kernel_read_file(path, &size);
    struct hg_text code = {0};
    struct scanning scanning = {.sources = sources, .file = file, .text = text, .code = &code};
    if (text != NULL)
        file->has_inner = hg_scan_functions(text, take_directive, NULL, &scanning, &code);
    file->is_trace = scanning.is_trace;
    file->is_guarded = scanning.is_guarded || (text != NULL && strstr(text, "pragma once") != NULL);
    file->is_odd = text == NULL || is_odd_text(text, size, hg_text_string(&code));
    if (text != NULL && strstr(text, "ragma") != NULL)
        hg_pragmas_find(file, text);
    hg_text_deinit(&code);
    free(text);
    return file;
}

void hg_sources_deinit_scans(struct sources *sources)
{
    for (size_t i = 0; i < sources->prefixes.count; i++) {
        struct source_prefix *prefix = sources->prefixes.items[i];
        hg_shapes_deinit(prefix);
        hg_leak_deinit(prefix);
        hg_branches_deinit(prefix);
        for (size_t t = 0; t < PREFIX_TABLES; t++)
            hg_strings_deinit(&prefix->tables[t]);
        free(prefix->scanned.items);
    }
    for (size_t i = 0; i < sources->scanned_files.count; i++) {
        free(sources->scanned_files.items[i]->events.items);
        free(sources->scanned_files.items[i]->mentions.items);
        free(sources->scanned_files.items[i]->body_mentions.items);
        free(sources->scanned_files.items[i]->makers.items);
    }
    free(sources->scanned_files.items);
    free(sources->paths.items);
    hg_strings_deinit(&sources->scanned);
    hg_strings_deinit(&sources->resolved);
    hg_strings_deinit(&sources->search_paths);
    hg_strings_deinit(&sources->included);
    hg_strings_deinit(&sources->prefix_macros);
    hg_arena_deinit(&sources->scans);
}
