/*
 * Directives: see directives.h.
 *
 * One pass over the text.  It skips comments and literals, so that a hash in them begins no
 * directive, and joins lines that a backslash continues.
 */
#include "tree/directives.h"

const bool hg_word_characters[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['_'] = true};

struct scan {
    const char *at;
    struct hg_text line; /* the directive's, with continued lines joined and comments blank */
    hg_directive_fn *visit;
    void *user;
    struct hg_text *rest;
};

static bool is_word_start(char c)
{
    return hg_is_word(c) && (c < '0' || c > '9');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* The length of a backslash and the newline after it; 0 = the text does not begin with these. */
static size_t splice_length(const char *at)
{
    if (at[0] != '\\')
        return 0;
    return at[1] == '\n' ? 2 : at[1] == '\r' && at[2] == '\n' ? 3 : 0;
}

/* The end of the comment that begins at `at`; `at` itself = no comment begins there.  A comment of
 * two slashes ends before its newline. */
static const char *after_comment(const char *at)
{
    if (at[0] != '/' || (at[1] != '*' && at[1] != '/'))
        return at;
    if (at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end == NULL ? at + strlen(at) : end + 2;
    }
    while (*at != '\0' && *at != '\n')
        at += splice_length(at) > 0 ? splice_length(at) : 1;
    return at;
}

/* The end of the literal whose opening quote is at `at`.  If the quote is not closed in its line,
 * as an apostrophe in text, the literal ends with the line. */
static const char *after_quoted(const char *at)
{
    char quote = *at++;
    while (*at != '\0' && *at != '\n' && *at != quote) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        at++;
    }
    return *at == quote ? at + 1 : at;
}

static void put(struct hg_text *text, const char *begin, const char *end)
{
    if (text != NULL)
        hg_text_bytes(text, begin, (size_t)(end - begin));
}

/* Reads to the end of the line, and appends its text to `text` (NULL = to nothing): continued lines
 * joined, comments blank, even if they go on over several lines, and literals blank unless they are
 * kept. */
static void read_line(struct scan *scan, struct hg_text *text, bool keeps_literals)
{
    static const char blank[] = " ";
    const char *at = scan->at;
    while (*at != '\0' && *at != '\n') {
        const char *begin = at;
        bool is_comment = after_comment(at) != at;
        bool is_literal = *at == '"' || *at == '\'';
        if (!is_comment && splice_length(at) > 0) {
            at += splice_length(at);
            continue;
        }
        if (is_comment)
            at = after_comment(at);
        else if (is_literal)
            at = after_quoted(at);
        else
            for (at++; *at != '\0' && strchr("\n/\"'\\", *at) == NULL;)
                at++;
        if (is_comment || (is_literal && !keeps_literals))
            put(text, blank, blank + 1);
        else
            put(text, begin, at);
    }
    scan->at = at;
}

static void visit_test(struct scan *scan, const char *at, bool has_value)
{
    bool is_operand = false; /* of `defined` */
    while (*at != '\0') {
        size_t length = hg_word_length(at);
        if (length == 0) {
            at = *at == '"' || *at == '\'' ? after_quoted(at) : at + 1;
            continue;
        }
        bool is_defined = hg_is_named(at, length, "defined");
        bool is_test = is_word_start(*at) && !is_defined;
        if (is_test)
            scan->visit(scan->user, HG_DIRECTIVE_TEST, at, length);
        if (is_test && has_value && !is_operand)
            scan->visit(scan->user, HG_DIRECTIVE_VALUE, at, length);
        is_operand = is_defined;
        at += length;
    }
}

static void visit_include(struct scan *scan, const char *at)
{
    char close = *at == '<' ? '>' : '"';
    const char *end = *at == '<' || *at == '"' ? strchr(at + 1, close) : NULL;
    if (end != NULL)
        scan->visit(scan->user, close == '>' ? HG_DIRECTIVE_INCLUDE : HG_DIRECTIVE_INCLUDE_QUOTED,
                    at + 1, (size_t)(end - at - 1));
    else
        scan->visit(scan->user, HG_DIRECTIVE_UNKNOWN, at, hg_word_length(at));
}

static void visit_directive(struct scan *scan)
{
    hg_text_truncate(&scan->line, 0);
    read_line(scan, &scan->line, true);
    const char *at = hg_text_string(&scan->line);
    while (is_blank(*at))
        at++;
    size_t length = hg_word_length(at);
    const char *word = at;
    for (at += length; is_blank(*at);)
        at++;
    bool has_value = hg_is_named(word, length, "if") || hg_is_named(word, length, "elif");
    bool is_if = hg_is_named(word, length, "if") || hg_is_named(word, length, "ifdef") ||
                 hg_is_named(word, length, "ifndef");
    bool is_elif = hg_is_named(word, length, "elif") || hg_is_named(word, length, "elifdef") ||
                   hg_is_named(word, length, "elifndef");
    if (is_if)
        scan->visit(scan->user, HG_DIRECTIVE_IF, word, length);
    if (is_elif || hg_is_named(word, length, "else"))
        scan->visit(scan->user, HG_DIRECTIVE_ELSE, "", 0);
    if (hg_is_named(word, length, "include") || hg_is_named(word, length, "include_next"))
        visit_include(scan, at);
    else if (is_if || is_elif)
        visit_test(scan, at, has_value);
    else if (hg_is_named(word, length, "endif"))
        scan->visit(scan->user, HG_DIRECTIVE_ENDIF, "", 0);
    else if (hg_is_named(word, length, "import"))
        scan->visit(scan->user, HG_DIRECTIVE_UNKNOWN, "", 0);
    if (hg_is_named(word, length, "include_next"))
        scan->visit(scan->user, HG_DIRECTIVE_UNKNOWN, "", 0);
    else if (hg_word_length(at) > 0 && hg_is_named(word, length, "define"))
        scan->visit(scan->user, HG_DIRECTIVE_DEFINE, at, hg_word_length(at));
    else if (hg_word_length(at) > 0 && hg_is_named(word, length, "undef"))
        scan->visit(scan->user, HG_DIRECTIVE_UNDEF, at, hg_word_length(at));
}

void hg_scan_directives(const char *text, hg_directive_fn *visit, void *user, struct hg_text *rest)
{
    struct scan scan = {.at = text, .visit = visit, .user = user, .rest = rest};
    while (*scan.at != '\0') {
        const char *after = after_comment(scan.at);
        if (after != scan.at) {
            scan.at = after;
        } else if (is_blank(*scan.at) || *scan.at == '\n') {
            put(rest, scan.at, scan.at + 1);
            scan.at++;
        } else if (*scan.at == '#') {
            scan.at++;
            visit_directive(&scan);
        } else {
            read_line(&scan, rest, false);
        }
    }
    hg_text_deinit(&scan.line);
}

void hg_scan_words(const char *text, hg_word_fn *visit, void *user)
{
    for (const char *at = text; *at != '\0';) {
        const char *after = after_comment(at);
        size_t length = hg_word_length(at);
        if (after != at) {
            at = after;
        } else if (*at == '"' || *at == '\'') {
            at = after_quoted(at);
        } else {
            if (length > 0)
                visit(user, at, length);
            at += length + (length == 0);
        }
    }
}

struct body {
    const char *parameters, *end; /* between the parentheses */
    hg_word_fn *visit;
    void *user;
};

static bool has_word(const char *begin, const char *end, const char *word, size_t length)
{
    for (const char *at = begin; at < end;) {
        size_t found = hg_word_length(at);
        if (found == length && memcmp(at, word, length) == 0)
            return true;
        at += found + (found == 0);
    }
    return false;
}

static void visit_body_word(void *user, const char *at, size_t length)
{
    const struct body *body = user;
    if (!has_word(body->parameters, body->end, at, length))
        body->visit(body->user, at, length);
}

void hg_scan_body_words(const char *after_name, hg_word_fn *visit, void *user)
{
    const char *end = *after_name == '(' ? strchr(after_name, ')') : NULL;
    if (end == NULL) {
        hg_scan_words(after_name, visit, user);
        return;
    }
    struct body body = {.parameters = after_name + 1, .end = end, .visit = visit, .user = user};
    hg_scan_words(end + 1, visit_body_word, &body);
}
