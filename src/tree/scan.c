/*
 * What a header seems to define, from its text alone.
 *
 *     struct sk_buff {                         struct sk_buff
 *     typedef struct { ... } atomic_t;         typedef atomic_t
 *     typedef void (*work_func_t)(...);        typedef work_func_t
 *     enum { IPPROTO_IP = 0, ...               enumerators of an enum without a tag
 *     struct_group_tagged(NAME, ...            struct NAME: see the table below
 *     TRACE_EVENT(sched_switch, ...            struct trace_event_raw_sched_switch, ...
 *     #include <linux/types.h>                 that file
 *     #define MAX_ORDER 11                     that macro
 *     int foo_register(struct foo *foo);       a prototype that mentions struct foo
 *
 * The method: one pass over tokens, without comments and strings.  Nothing is evaluated: all
 * branches of an #if count, and only the macros of the table have a known expansion.  The scan may
 * find too much (an attribute before a brace looks like a tag): the result only tells where to
 * parse.  But a type that the scan misses will not be parsed at all.
 *
 * scan_tags.c finds the prototypes' tags.
 */
#include "tree/catalogue.h"
#include "tree/directives.h"

#include <stdio.h>
#include <string.h>

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_OTHER };

struct token {
    const char *text;
    size_t length;
    enum token_kind kind;
    unsigned line;
};

struct scan {
    const struct hg_scan_sink *sink;
    const char *at;
    unsigned line;
    bool at_line_start; /* only blanks since the newline */
    struct token token;
    unsigned depth; /* number of open braces, brackets and parentheses */

    bool in_typedef;
    unsigned typedef_depth;
    bool in_declarator;   /* after `(*` at the typedef's depth */
    struct token pending; /* the last word: the next token decides whether it is the name */

    bool in_enum; /* in an enum without a tag */
    unsigned enum_depth;
    bool expects_enumerator;
};

/* --- tokens --- */

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* scan->at is the slash that begins a comment. */
static void skip_block_comment(struct scan *scan)
{
    const char *begin = scan->at + 2;
    const char *end = strstr(begin, "*/");
    scan->at = end == NULL ? begin + strlen(begin) : end + 2;
    while ((begin = memchr(begin, '\n', (size_t)(scan->at - begin))) != NULL) {
        scan->line++;
        begin++;
    }
}

/* Skips to the next newline that is neither after a backslash nor in a comment. */
static void skip_line(struct scan *scan)
{
    for (;;) {
        scan->at += strcspn(scan->at, "\n\\/");
        if (*scan->at == '\0' || *scan->at == '\n')
            return;
        if (scan->at[0] == '\\' && scan->at[1] == '\n') {
            scan->line++;
            scan->at += 2;
        } else if (scan->at[0] == '/' && scan->at[1] == '*') {
            skip_block_comment(scan);
        } else {
            scan->at++;
        }
    }
}

/* scan->at is the opening quote.  A literal that is not closed (an apostrophe in #error) ends with
 * its line. */
static void skip_quoted(struct scan *scan)
{
    char quote = *scan->at++;
    while (*scan->at != '\0' && *scan->at != '\n' && *scan->at != quote) {
        if (scan->at[0] == '\\' && scan->at[1] != '\0') {
            scan->line += scan->at[1] == '\n';
            scan->at++;
        }
        scan->at++;
    }
    if (*scan->at == quote)
        scan->at++;
}

static void take_include(struct scan *scan, const char *name)
{
    name += strspn(name, " \t");
    const char *end = *name == '<' ? ">\n" : *name == '"' ? "\"\n" : NULL;
    size_t length = end == NULL ? 0 : strcspn(name + 1, end);
    if (length > 0 && name[1 + length] == *end && scan->sink->include != NULL)
        scan->sink->include(scan->sink->user, name + 1, length);
}

static void take_define(struct scan *scan, const char *name)
{
    name += strspn(name, " \t");
    size_t length = hg_word_length(name);
    if (length > 0 && scan->sink->macro != NULL)
        scan->sink->macro(scan->sink->user, name, length);
}

/* scan->at is after the hash. */
static void take_directive(struct scan *scan)
{
    scan->at += strspn(scan->at, " \t");
    if (hg_begins_with(scan->at, "include"))
        take_include(scan, scan->at + strlen("include"));
    else if (hg_begins_with(scan->at, "define"))
        take_define(scan, scan->at + strlen("define"));
    skip_line(scan);
}

/* Skips blanks, comments and directives, and takes the directives. */
static void skip_space(struct scan *scan)
{
    for (;;) {
        char c = *scan->at;
        if (c == '\n') {
            scan->line++;
            scan->at_line_start = true;
            scan->at++;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\\') {
            scan->at++;
        } else if (c == '/' && scan->at[1] == '*') {
            skip_block_comment(scan);
        } else if (c == '/' && scan->at[1] == '/') {
            skip_line(scan);
        } else if (c == '#' && scan->at_line_start) {
            scan->at++;
            take_directive(scan);
        } else {
            return;
        }
    }
}

static bool next(struct scan *scan)
{
    skip_space(scan);
    scan->at_line_start = false;
    const char *start = scan->at;
    scan->token = (struct token){.kind = TOKEN_OTHER, .text = start, .line = scan->line};
    if (*start == '\0') {
        scan->token.kind = TOKEN_END;
        return false;
    }
    if (is_word_start(*start)) {
        scan->token.kind = TOKEN_WORD;
        while (hg_is_word(*scan->at))
            scan->at++;
    } else if (*start >= '0' && *start <= '9') {
        while (hg_is_word(*scan->at) || *scan->at == '.')
            scan->at++;
    } else if (*start == '"' || *start == '\'') {
        skip_quoted(scan);
    } else {
        scan->at++;
    }
    scan->token.length = (size_t)(scan->at - start);
    return true;
}

static bool is(const struct token *token, const char *text)
{
    return hg_is_named(token->text, token->length, text);
}

static bool is_char(const struct token *token, char c)
{
    return token->length == 1 && token->text[0] == c;
}

/* --- macros that define types --- */

enum argument { FIRST_ARGUMENT, SECOND_ARGUMENT };

/* Macros, and the types that they define: DECLARE_EWMA(a, ... defines struct ewma_a. */
static const struct macro {
    const char *name;       /* or the beginning of the name, if there is an end */
    const char *end;        /* of the name; NULL = none */
    enum argument argument; /* the one that the type is named after */
    enum hg_found what;
    const char *before, *after; /* the type's name is before, argument, after */
} macros[] = {
    {"struct_group_tagged", NULL, FIRST_ARGUMENT, HG_FOUND_STRUCT, "", ""},
    {"__struct_group", NULL, FIRST_ARGUMENT, HG_FOUND_STRUCT, "", ""},
    {"DECLARE_EWMA", NULL, FIRST_ARGUMENT, HG_FOUND_STRUCT, "ewma_", ""},
    {"DEFINE_CLASS", NULL, FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "class_", "_t"},
    {"DEFINE_GUARD", NULL, FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "class_", "_t"},
    {"DEFINE_LOCK_GUARD", "", FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "class_", "_t"},
    {"TRACE_EVENT", "", FIRST_ARGUMENT, HG_FOUND_STRUCT, "trace_event_raw_", ""},
    {"TRACE_EVENT", "", FIRST_ARGUMENT, HG_FOUND_STRUCT, "trace_event_data_offsets_", ""},
    {"TRACE_EVENT", "", FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "btf_trace_", ""},
    {"DECLARE_EVENT_CLASS", "", FIRST_ARGUMENT, HG_FOUND_STRUCT, "trace_event_raw_", ""},
    {"DECLARE_EVENT_CLASS", "", FIRST_ARGUMENT, HG_FOUND_STRUCT, "trace_event_data_offsets_", ""},
    {"DECLARE_TRACE", "", FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "btf_trace_", ""},
    {"DEFINE_EVENT", "", SECOND_ARGUMENT, HG_FOUND_TYPEDEF, "btf_trace_", ""},
    {"DEFINE_", "_EVENT", FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "btf_trace_", ""},
    {"DEFINE_IRQ_VECTOR_EVENT", NULL, FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "btf_trace_", "_entry"},
    {"DEFINE_IRQ_VECTOR_EVENT", NULL, FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "btf_trace_", "_exit"},
    {"BPF_CALL_", "", FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "btf_", ""},
    {"DEFINE_GUEST_HANDLE", NULL, FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "__guest_handle_", ""},
    {"DEFINE_GUEST_HANDLE_STRUCT", NULL, FIRST_ARGUMENT, HG_FOUND_TYPEDEF, "__guest_handle_", ""},
};
enum { MACROS = sizeof macros / sizeof *macros, NAME_LENGTH_MAX = 256 };

static bool is_macro(const struct macro *macro, const struct token *token)
{
    if (macro->end == NULL)
        return is(token, macro->name);
    size_t length = strlen(macro->name);
    size_t end = strlen(macro->end);
    return token->length >= length + end && memcmp(token->text, macro->name, length) == 0 &&
           memcmp(token->text + token->length - end, macro->end, end) == 0;
}

const char *hg_macro_argument(const char *name, size_t *length)
{
    size_t size = strlen(name);
    const char *argument = NULL;
    for (size_t i = 0; i < MACROS; i++) {
        size_t around = strlen(macros[i].before) + strlen(macros[i].after);
        if (around == 0 || size <= around || !hg_begins_with(name, macros[i].before) ||
            !hg_ends_with(name, macros[i].after) || (argument != NULL && *length <= size - around))
            continue;
        argument = name + strlen(macros[i].before);
        *length = size - around;
    }
    return argument;
}

/* The argument's first word, which may be empty; NULL = there is no such argument.  text: after the
 * parenthesis. */
static const char *find_argument(const char *text, enum argument argument, size_t *length)
{
    if (argument == SECOND_ARGUMENT) {
        text += strcspn(text, ",)(;{");
        if (*text++ != ',')
            return NULL;
    }
    text += strspn(text, " \t\n\\");
    *length = hg_word_length(text);
    return text;
}

/* The token is a word before a parenthesis. */
static void take_macro(struct scan *scan)
{
    if (strchr("T_sDB", scan->token.text[0]) == NULL) /* the macros' first letters */
        return;
    for (size_t i = 0; i < MACROS; i++) {
        if (!is_macro(&macros[i], &scan->token))
            continue;
        size_t length = 0;
        const char *argument = find_argument(scan->at + 1, macros[i].argument, &length);
        char name[NAME_LENGTH_MAX];
        if (argument == NULL || length == 0 || length > NAME_LENGTH_MAX / 2)
            continue;
        int total = snprintf(name, sizeof name, "%s%.*s%s", macros[i].before, (int)length, argument,
                             macros[i].after);
        scan->sink->define(scan->sink->user, macros[i].what, name, (size_t)total, scan->token.line);
    }
}

/* --- typedefs --- */

static void found(struct scan *scan, enum hg_found what, const struct token *name)
{
    scan->sink->define(scan->sink->user, what, name->text, name->length, name->line);
}

/* Whether the word may follow a tag, or the name that a typedef defines. */
static bool is_attribute(const struct token *token)
{
    static const char *const beginnings[] = {"__attribute", "__packed", "__aligned",
                                             "____cacheline"};
    return HG_BEGINS_WITH_ONE_OF(token->text, beginnings);
}

/* Whether the token is the parenthesis of `(*name)`, or of `(name)(`. */
static bool opens_declarator(const struct scan *scan)
{
    if (!is_char(&scan->token, '('))
        return false;
    const char *at = scan->at + strspn(scan->at, " \t\n");
    const char *end = at + hg_word_length(at);
    return *at == '*' || (end > at && end[0] == ')' && end[1] == '(');
}

/* Whether the token may be the name that a typedef defines. */
static bool at_declarator(const struct scan *scan)
{
    return scan->in_typedef && scan->depth == scan->typedef_depth + (scan->in_declarator ? 1 : 0);
}

/* Decides by the token whether the word before it was the typedef's name. */
static void end_pending(struct scan *scan)
{
    if (scan->pending.length == 0)
        return;
    const struct token *token = &scan->token;
    bool ends = token->kind == TOKEN_WORD
                    ? is_attribute(token)
                    : token->length == 1 && strchr(";,[()", token->text[0]) != NULL &&
                          !opens_declarator(scan);
    if (ends && !is_attribute(&scan->pending))
        found(scan, HG_FOUND_TYPEDEF, &scan->pending);
    if (!ends || token->kind != TOKEN_WORD)
        scan->pending.length = 0;
}

/* --- tags --- */

enum { TAGS_MAX = 4 };

/* The token opens a group: skips to the token that closes it. */
static void skip_group(struct scan *scan)
{
    unsigned depth = 0;
    do {
        if (scan->token.kind == TOKEN_OTHER && strchr("({[", scan->token.text[0]) != NULL)
            depth++;
        else if (scan->token.kind == TOKEN_OTHER && strchr(")}]", scan->token.text[0]) != NULL)
            depth--;
    } while (depth > 0 && next(scan));
}

/* The token is struct, union or enum.  Afterwards it is the first token that is not of the tag. */
static void take_tag(struct scan *scan, enum hg_found what)
{
    struct token tags[TAGS_MAX];
    size_t count = 0;
    bool has_base = false; /* enum tag : base { */
    scan->pending.length = 0;
    while (next(scan)) {
        if (scan->token.kind == TOKEN_WORD) {
            if (!has_base && count < TAGS_MAX)
                tags[count++] = scan->token;
        } else if (is_char(&scan->token, '(') && count > 0 && is_attribute(&tags[count - 1])) {
            count--;
            skip_group(scan);
        } else if (is_char(&scan->token, ':') && what == HG_FOUND_ENUM && count > 0) {
            has_base = true;
        } else {
            break;
        }
    }
    if (is_char(&scan->token, '{')) {
        for (size_t i = 0; i < count; i++)
            found(scan, what, &tags[i]);
        if (what == HG_FOUND_ENUM && count == 0) {
            scan->in_enum = scan->expects_enumerator = true;
            scan->enum_depth = scan->depth + 1;
        }
    } else if (count > 1 && at_declarator(scan)) {
        scan->pending = tags[count - 1];
    }
}

/* --- other tokens --- */

/* A word that is neither struct, union nor enum. */
static void take_word(struct scan *scan)
{
    if (scan->in_enum && scan->depth == scan->enum_depth && scan->expects_enumerator) {
        found(scan, HG_FOUND_ENUMERATOR, &scan->token);
        scan->expects_enumerator = false;
    }
    if (is(&scan->token, "typedef")) { /* also ends a typedef that a branch of an #if left open */
        scan->in_typedef = true;
        scan->in_declarator = false;
        scan->typedef_depth = scan->depth;
    } else if (at_declarator(scan)) {
        scan->pending = scan->token;
    }
    if (*scan->at == '(')
        take_macro(scan);
}

static void open_group(struct scan *scan)
{
    if (scan->in_typedef && scan->depth == scan->typedef_depth && opens_declarator(scan))
        scan->in_declarator = true;
    scan->depth++;
}

static void close_group(struct scan *scan)
{
    if (scan->depth > 0)
        scan->depth--;
    if (scan->in_typedef && scan->depth <= scan->typedef_depth)
        scan->in_declarator = false;
    if (scan->in_enum && scan->depth < scan->enum_depth)
        scan->in_enum = false;
}

static void take_other(struct scan *scan)
{
    switch (scan->token.text[0]) {
    case '(':
    case '{':
    case '[':
        open_group(scan);
        break;
    case ')':
    case '}':
    case ']':
        close_group(scan);
        break;
    case ',':
        if (scan->in_enum && scan->depth == scan->enum_depth)
            scan->expects_enumerator = true;
        break;
    case ';':
        if (scan->in_typedef && scan->depth <= scan->typedef_depth)
            scan->in_typedef = false;
        break;
    default:
        break;
    }
}

/* --- the whole text --- */

bool hg_scan_text(const char *text, const struct hg_scan_sink *sink)
{
    struct scan scan = {.sink = sink, .at = text, .line = 1, .at_line_start = true};
    bool more = next(&scan);
    while (more) {
        if (scan.pending.length > 0)
            end_pending(&scan);
        const char *keyword = hg_tag_keyword(scan.token.text, scan.token.length);
        if (keyword != NULL) {
            take_tag(&scan, *keyword == 's'   ? HG_FOUND_STRUCT
                            : *keyword == 'u' ? HG_FOUND_UNION
                                              : HG_FOUND_ENUM);
            more = scan.token.kind != TOKEN_END;
            continue;
        }
        if (scan.token.kind == TOKEN_WORD)
            take_word(&scan);
        else if (scan.token.length == 1)
            take_other(&scan);
        more = next(&scan);
    }
    return hg_scan_tags(text, sink);
}
