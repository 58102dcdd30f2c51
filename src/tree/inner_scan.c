/*
 * The words within functions: see inner_scan.h.
 *
 * Each open brace belongs to a type or, if not, counts as a function's, as that of an initializer
 * does.  `struct s f(` may begin a function or a struct with attributes; it counts as a function,
 * so that rather too many types are found in functions than too few.
 *
 * Each branch of an #if begins with the braces that are open at the #if, and all must end with the
 * same braces:
 *
 *     #ifdef CONFIG_SMP
 *     struct rq *f(int cpu) {
 *     #else
 *     struct rq *f(void) {
 *     #endif
 */
#include "tree/inner_scan.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BRACES_MAX = 64 };

struct state {
    unsigned depth;
    uint64_t types;       /* a bit for each open brace: it belongs to a type */
    unsigned parentheses; /* number of open ones */
    bool is_keyword;      /* struct, union or enum was read: the next brace belongs to the type */
    bool is_enum;         /* that keyword is enum */
    unsigned keyword_at;  /* the value of `parentheses` at the keyword */
    unsigned words;       /* number of words after the keyword, outside of further parentheses */
    bool may_be_function; /* a parenthesis follows the keyword and other words: struct s f( */
    bool is_extern;       /* the last word was `extern`, of extern "C" { */
};

/* An #if that is not ended yet. */
struct condition {
    struct state before, first; /* at the #if, and at the end of its first branch */
    bool has_first;
};

struct scan {
    struct state now;
    HG_ARRAY(struct condition) conditions; /* the innermost last */
    hg_word_fn *inner_word;
    hg_directive_fn *directive;
    void *user;
    struct hg_text *rest;
    size_t at; /* the position in `rest` up to which it was read */
    bool has_types;
};

static bool is_in_function(const struct state *state)
{
    uint64_t all = state->depth >= BRACES_MAX ? UINT64_MAX : ((uint64_t)1 << state->depth) - 1;
    return (state->types & all) != all;
}

static bool is_tag_keyword(const char *at, size_t length)
{
    return hg_is_named(at, length, "struct") || hg_is_named(at, length, "union") ||
           hg_is_named(at, length, "enum");
}

static void take_word(struct scan *scan, const char *at, size_t length)
{
    struct state *now = &scan->now;
    bool is_inner = is_in_function(now);
    now->is_extern = hg_is_named(at, length, "extern");
    if (is_inner && scan->inner_word != NULL)
        scan->inner_word(scan->user, at, length);
    if (is_inner && hg_is_named(at, length, "typedef"))
        scan->has_types = true;
    if (is_tag_keyword(at, length)) {
        now->is_keyword = true;
        now->may_be_function = false;
        now->is_enum = *at == 'e';
        now->keyword_at = now->parentheses;
        now->words = 0;
    } else if (now->is_keyword && now->parentheses == now->keyword_at &&
               !hg_is_named(at, length, "__attribute__")) {
        now->words++;
        if (is_inner && now->words > 2)
            scan->has_types = true; /* `struct s FIELDS x;`: FIELDS may be a macro with braces */
    }
}

static void open_brace(struct scan *scan)
{
    struct state *now = &scan->now;
    bool may_be_function = now->may_be_function || now->words >= 2; /* `struct s F {`: F a macro */
    bool is_type = now->is_keyword && (!may_be_function || is_in_function(now));
    if (is_type && is_in_function(now) && (now->words > 0 || now->is_enum))
        scan->has_types = true; /* a type without a name can be missed, unless it has enumerators */
    if (now->is_extern)
        return; /* extern "C" { */
    if (now->depth + 1 >= BRACES_MAX) {
        scan->has_types = true;
        return;
    }
    uint64_t bit = (uint64_t)1 << now->depth;
    now->types = is_type ? now->types | bit : now->types & ~bit;
    now->depth++;
    now->is_keyword = false;
}

static void take_punctuation(struct scan *scan, char punctuation)
{
    struct state *now = &scan->now;
    bool is_beside = now->is_keyword && now->parentheses == now->keyword_at;
    switch (punctuation) {
    case '{':
        open_brace(scan);
        break;
    case '}':
        scan->has_types |= now->depth == 0; /* a macro opened it */
        now->depth -= now->depth > 0;
        now->is_keyword = false;
        break;
    case '(':
        now->may_be_function = now->may_be_function || (is_beside && now->words >= 1);
        now->parentheses++;
        break;
    case ')':
    case ',':
        if (is_beside && now->words == 0 && is_in_function(now))
            scan->has_types = true; /* the keyword is an argument of a macro */
        now->parentheses -= punctuation == ')' && now->parentheses > 0;
        now->is_keyword =
            now->is_keyword && (punctuation == ')' ? now->parentheses >= now->keyword_at
                                                   : now->parentheses > now->keyword_at);
        break;
    case ';':
        now->parentheses = 0;
        now->is_keyword = false;
        break;
    case '*':
    case '=':
        now->is_keyword = now->is_keyword && now->parentheses > now->keyword_at;
        break;
    default:
        break;
    }
}

static void scan_rest(struct scan *scan, const char *text)
{
    for (const char *at = text; *at != '\0';) {
        size_t length = hg_word_length(at);
        if (length > 0)
            take_word(scan, at, length);
        else
            take_punctuation(scan, *at);
        at += length + (length == 0);
    }
}

/* --- the branches of #if --- */

static bool are_alike(const struct state *a, const struct state *b)
{
    uint64_t open = ((uint64_t)1 << a->depth) - 1;
    return a->depth == b->depth && (a->types & open) == (b->types & open) &&
           a->is_keyword == b->is_keyword;
}

static void begin_branch(struct scan *scan)
{
    struct condition *condition = &scan->conditions.items[scan->conditions.count - 1];
    if (!condition->has_first)
        condition->first = scan->now;
    else if (!are_alike(&condition->first, &scan->now))
        scan->has_types = true;
    condition->has_first = true;
    scan->now = condition->before;
}

static void end_condition(struct scan *scan)
{
    const struct condition *condition = &scan->conditions.items[--scan->conditions.count];
    if (!are_alike(condition->has_first ? &condition->first : &condition->before, &scan->now))
        scan->has_types = true;
}

static void take_directive(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct scan *scan = user;
    scan_rest(scan, hg_text_string(scan->rest) + scan->at);
    scan->at = scan->rest->size;
    if (directive == HG_DIRECTIVE_IF)
        *HG_PUSH(&scan->conditions) = (struct condition){.before = scan->now};
    else if (directive == HG_DIRECTIVE_ELSE && scan->conditions.count > 0)
        begin_branch(scan);
    else if (directive == HG_DIRECTIVE_ENDIF && scan->conditions.count > 0)
        end_condition(scan);
    else if ((directive == HG_DIRECTIVE_INCLUDE || directive == HG_DIRECTIVE_INCLUDE_QUOTED ||
              directive == HG_DIRECTIVE_UNKNOWN) &&
             is_in_function(&scan->now))
        scan->has_types = true;
    scan->directive(scan->user, directive, name, length);
}

bool hg_scan_functions(const char *text, hg_directive_fn *directive, hg_word_fn *inner_word,
                       void *user, struct hg_text *rest)
{
    struct scan scan = {
        .inner_word = inner_word,
        .directive = directive,
        .user = user,
        .rest = rest,
        .at = rest->size,
    };
    hg_scan_directives(text, take_directive, &scan, rest);
    scan_rest(&scan, hg_text_string(rest) + scan.at);
    free(scan.conditions.items);
    return scan.has_types || scan.now.depth > 0;
}

bool hg_is_maker(const char *body)
{
    struct scan scan = {.now = {.depth = 1}};
    scan_rest(&scan, body);
    bool is_list = body[strspn(body, " \t")] == '{' && strchr(body, ';') != NULL;
    bool is_begun = scan.now.is_keyword && scan.now.words <= 1;
    return scan.has_types || is_begun || is_list || scan.now.depth != 1;
}
