/*
 * What a header seems to define, from its text alone.
 *
 *     struct sk_buff {                         struct sk_buff
 *     typedef struct { ... } atomic_t;         typedef atomic_t
 *     typedef void (*work_func_t)(...);        typedef work_func_t
 *     enum { IPPROTO_IP = 0, ...               enumerators of an enum without a tag
 *     struct_group_tagged(NAME, ...            struct NAME, and more in a table below
 *     TRACE_EVENT(sched_switch, ...            struct trace_event_raw_sched_switch, ...
 *     #include <linux/types.h>                 that file
 *     #define MAX_ORDER 11                     that macro
 *     int foo_register(struct foo *foo);       a prototype that mentions struct foo
 *
 * The method: one pass over tokens, without comments and strings.  Nothing is evaluated: both
 * halves of an #if count, and only the macros of the table have a known expansion.  The scan may
 * find too much (a word before a brace that is an attribute), since the result is only a hint where
 * to parse.  A type that it misses is not found.
 *
 * Tags of prototypes come from a second, simpler pass, which also reads the text of macros: a
 * struct, union or enum between parentheses.  A translation unit of many headers declares them
 * first (`struct foo;`).  A tag too many does no harm, and clang reports those that were missed.
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
    unsigned depth; /* of braces, brackets and parentheses */

    bool in_typedef;
    unsigned typedef_depth;
    bool in_declarator;   /* within `(*` at the typedef's depth */
    struct token pending; /* the last word, which the next token may make a typedef's name */

    bool in_enum; /* one without a tag */
    unsigned enum_depth;
    bool expects_enumerator;
};

/* --- tokens --- */

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* at: the slash that begins a comment. */
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

/* Skips to the next newline that neither a backslash nor a comment hides. */
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

/* at: the opening quote.  A literal that is not closed (an apostrophe in #error) ends with its
 * line. */
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
    if (length > 0 && name[1 + length] == *end)
        scan->sink->include(scan->sink->user, name + 1, length);
}

static void take_define(struct scan *scan, const char *name)
{
    name += strspn(name, " \t");
    size_t length = hg_word_length(name);
    if (length > 0)
        scan->sink->macro(scan->sink->user, name, length);
}

/* at: after the hash. */
static void take_directive(struct scan *scan)
{
    static const char include[] = "include";
    static const char define[] = "define";
    scan->at += strspn(scan->at, " \t");
    if (strncmp(scan->at, include, sizeof include - 1) == 0)
        take_include(scan, scan->at + sizeof include - 1);
    else if (strncmp(scan->at, define, sizeof define - 1) == 0)
        take_define(scan, scan->at + sizeof define - 1);
    skip_line(scan);
}

/* Blanks, comments and directives. */
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
    size_t length = strlen(text);
    return token->length == length && memcmp(token->text, text, length) == 0;
}

static bool is_char(const struct token *token, char c)
{
    return token->length == 1 && token->text[0] == c;
}

/* --- macros that define types --- */

enum argument { FIRST_ARGUMENT, SECOND_ARGUMENT };

/* A macro by its name, or by the beginning and end of its name, and what it defines. */
static const struct macro {
    const char *name;
    const char *end; /* NULL: name is the whole name */
    enum argument argument;
    enum hg_found what;
    const char *before;
    const char *after;
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

/* The first argument, if it is a word.  text: after the parenthesis. */
static const char *find_argument(const char *text, enum argument argument, size_t *length)
{
    if (argument == SECOND_ARGUMENT) {
        text += strcspn(text, ",)(;{");
        if (*text++ != ',')
            return NULL;
    }
    text += strspn(text, " \t\n\\");
    *length = 0;
    while (hg_is_word(text[*length]))
        (*length)++;
    return text;
}

/* The token is a word, and a parenthesis follows. */
static void take_macro(struct scan *scan)
{
    if (strchr("T_sDB", scan->token.text[0]) == NULL)
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

/* Words that may stand after the name a typedef defines. */
static bool is_attribute(const struct token *token)
{
    static const char *const prefixes[] = {"__attribute", "__packed", "__aligned", "____cacheline"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        if (token->length >= length && memcmp(token->text, prefixes[i], length) == 0)
            return true;
    }
    return false;
}

/* The token is the parenthesis of `(*name)`, or of `(name)(`. */
static bool opens_declarator(const struct scan *scan)
{
    if (!is_char(&scan->token, '('))
        return false;
    const char *at = scan->at + strspn(scan->at, " \t\n");
    const char *end = at;
    while (hg_is_word(*end))
        end++;
    return *at == '*' || (end > at && end[0] == ')' && end[1] == '(');
}

static bool at_declarator(const struct scan *scan)
{
    return scan->in_typedef && scan->depth == scan->typedef_depth + (scan->in_declarator ? 1 : 0);
}

/* Whether the token shows that the word before it was the typedef's name. */
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

/* The token is struct, union or enum.  Leaves the token that ended the tag to be looked at. */
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

/* --- the whole --- */

/* A word that is neither struct, union nor enum. */
static void take_word(struct scan *scan)
{
    if (scan->in_enum && scan->depth == scan->enum_depth && scan->expects_enumerator) {
        found(scan, HG_FOUND_ENUMERATOR, &scan->token);
        scan->expects_enumerator = false;
    }
    if (is(&scan->token, "typedef")) { /* ends one that an #if left open, too */
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

/* --- tags of prototypes --- */

enum { TAG_LENGTH_MAX = 128 };

static bool is_one_of(const char *const *words, size_t count, const char *word, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
            return true;
    return false;
}

/* Whether the word is no keyword and none of the attributes that forced includes define. */
static bool is_tag(const char *word, size_t length)
{
    static const char *const others[] = {
        "asm",   "auto",     "case",   "const",    "continue", "default", "do",    "else",
        "enum",  "for",      "goto",   "if",       "inline",   "int",     "long",  "noinline",
        "char",  "notrace",  "return", "register", "restrict", "short",   "while", "signed",
        "break", "sizeof",   "static", "struct",   "switch",   "typeof",  "union", "unsigned",
        "void",  "volatile", "extern", "typedef",  "float",    "double",
    };
    if (length == 0 || length > TAG_LENGTH_MAX || (word[0] >= '0' && word[0] <= '9') ||
        (length > 1 && word[0] == '_' && word[1] == '_'))
        return false;
    return !is_one_of(others, sizeof others / sizeof *others, word, length);
}

/* Whether a word can have to do with a type. */
static bool is_of_types(const char *word, size_t length)
{
    static const char *const words[] = {"struct",  "union",  "enum",        "typedef",
                                        "include", "define", "include_next"};
    return strchr("suetid", *word) != NULL &&
           is_one_of(words, sizeof words / sizeof *words, word, length);
}

/* `struct`, `union` or `enum`, if the word is one of these; else NULL. */
static const char *keyword_of_tag(const char *word, size_t length)
{
    static const char *const keywords[] = {"struct", "union", "enum"};
    if (*word != 's' && *word != 'u' && *word != 'e')
        return NULL;
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (is_one_of(&keywords[i], 1, word, length))
            return keywords[i];
    return NULL;
}

static size_t skip_blanks(const char *text, size_t size, size_t i)
{
    while (i < size && text[i] == ' ')
        i++;
    return i;
}

/* Whether the text after a tag shows that the type is used: as a pointer, or without a name.  An
 * enum that is not defined yet may also be a parameter's type by value. */
static bool is_used(const char *text, size_t size, size_t i, bool is_enum)
{
    i = skip_blanks(text, size, i);
    if (is_enum && i < size && hg_is_word(text[i])) { /* the parameter's name */
        while (i < size && hg_is_word(text[i]))
            i++;
        i = skip_blanks(text, size, i);
        return i < size && (text[i] == ')' || text[i] == ',');
    }
    return i < size && (text[i] == '*' || text[i] == ')' || text[i] == ',');
}

/* False: the text has no keyword of types, no #define and no #include. */
static bool scan_tags(const char *text, const struct hg_scan_sink *sink)
{
    size_t size = strlen(text);
    bool has_types = false;
    unsigned depth = 0;
    size_t i = 0;
    while (i < size) {
        if (depth == 0 && has_types) { /* skip to the next parenthesis */
            const char *parenthesis = memchr(text + i, '(', size - i);
            if (parenthesis == NULL)
                break;
            i = (size_t)(parenthesis - text);
        }
        if (!hg_is_word(text[i])) {
            depth += text[i] == '(';
            depth -= text[i] == ')' && depth > 0;
            i++;
            continue;
        }
        size_t begin = i;
        while (i < size && hg_is_word(text[i]))
            i++;
        has_types = has_types || is_of_types(text + begin, i - begin);
        if (depth == 0 || i == size || text[i] != ' ')
            continue;
        const char *keyword = keyword_of_tag(text + begin, i - begin);
        if (keyword == NULL)
            continue;
        size_t tag = i + 1;
        for (i = tag; i < size && hg_is_word(text[i]);)
            i++;
        if (is_tag(text + tag, i - tag) && is_used(text, size, i, keyword[0] == 'e'))
            sink->tag(sink->user, keyword, text + tag, i - tag);
    }
    return has_types;
}

/* --- all of it --- */

bool hg_scan_text(const char *text, const struct hg_scan_sink *sink)
{
    struct scan scan = {.sink = sink, .at = text, .line = 1, .at_line_start = true};
    bool more = next(&scan);
    while (more) {
        if (scan.pending.length > 0)
            end_pending(&scan);
        bool is_tag = true;
        if (scan.token.kind == TOKEN_WORD && is(&scan.token, "struct"))
            take_tag(&scan, HG_FOUND_STRUCT);
        else if (scan.token.kind == TOKEN_WORD && is(&scan.token, "union"))
            take_tag(&scan, HG_FOUND_UNION);
        else if (scan.token.kind == TOKEN_WORD && is(&scan.token, "enum"))
            take_tag(&scan, HG_FOUND_ENUM);
        else
            is_tag = false;
        if (is_tag) { /* the token that ended it is still to be looked at */
            more = scan.token.kind != TOKEN_END;
            continue;
        }
        if (scan.token.kind == TOKEN_WORD)
            take_word(&scan);
        else if (scan.token.length == 1)
            take_other(&scan);
        more = next(&scan);
    }
    return scan_tags(text, sink);
}
