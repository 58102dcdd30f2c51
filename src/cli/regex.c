/*
 * bindgen's regular expressions for names, as NAMEs of hdrgen.
 *
 *     sock|in.*          sock  in*                names and shell patterns, where these say the same
 *     v[0-9]+|(?:a|b)\d  ^(v[0-9]+|(a|b)[0-9])$   else an extended expression of POSIX
 *
 * bindgen's are Rust's, and match a whole name.  \d, \w and (?:...) are rewritten for POSIX; the
 * `?` that makes a quantifier lazy changes no match and is dropped.  Look-around, flags, \b and
 * sets within sets are refused: POSIX has none of them.
 */
#include "regex.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* `[a-c]`, `[[:alpha:]_]`.  Returns what follows it; NULL = POSIX reads it otherwise. */
static const char *rewrite_set(const char *at, struct hg_text *text)
{
    const char *end = at + 1 + (at[1] == '^');
    if (*end == ']')
        return NULL;
    for (; *end != '\0' && *end != ']'; end++) {
        bool is_class = hg_begins_with(end, "[:");
        const char *close = is_class ? strstr(end, ":]") : NULL;
        if (*end == '\\' || (*end == '[' && close == NULL) || hg_begins_with(end, "&&"))
            return NULL;
        end = close == NULL ? end : close + 1;
    }
    end += *end == ']'; /* else regcomp says what is missing */
    hg_text_bytes(text, at, (size_t)(end - at));
    return end;
}

/* Appends the expression as POSIX has it.  NULL, or what it cannot say. */
static const char *rewrite(const char *at, struct hg_text *text)
{
    unsigned depth = 0;
    while (*at != '\0') {
        if (*at == '[') {
            at = rewrite_set(at, text);
            if (at == NULL)
                return "sets within sets, or escapes in them";
        } else if (*at == '\\') {
            if (at[1] != 'd' && at[1] != 'w' && !ispunct((unsigned char)at[1]))
                return "escapes but \\d, \\w and those of signs";
            if (at[1] == 'd' || at[1] == 'w')
                hg_text_put(text, at[1] == 'd' ? "[0-9]" : "[A-Za-z0-9_]");
            else
                hg_text_bytes(text, at, 2);
            at += 2;
        } else if (hg_begins_with(at, "(?") && at[2] != ':') {
            return "look-around, flags or names of groups";
        } else if (*at == ')' && depth == 0) {
            return "a ) without its (";
        } else {
            depth += *at == '(';
            depth -= *at == ')';
            hg_text_bytes(text, at, 1);
            bool is_quantifier = strchr("*+?}", *at) != NULL;
            at += hg_begins_with(at, "(?:") ? 3 : 1;
            at += is_quantifier && *at == '?';
        }
    }
    return NULL;
}

/* Appends the name or shell pattern that says the same; false = there is none. */
static bool put_pattern(const char *at, size_t length, struct hg_text *text)
{
    for (const char *end = at + length; at < end; at++) {
        if (isalnum((unsigned char)*at) || *at == '_') {
            hg_text_bytes(text, at, 1);
        } else if (*at == '.') {
            bool repeats = at + 1 < end && (at[1] == '*' || at[1] == '+');
            hg_text_put(text, !repeats ? "?" : at[1] == '*' ? "*" : "?*");
            at += repeats;
        } else {
            return false;
        }
    }
    return length > 0;
}

const char *expand_regex(struct hg_arena *arena, const char *expression, word_list *ret)
{
    size_t before = ret->count;
    struct hg_text text = {0};
    for (const char *at = expression;; at++) {
        size_t length = strcspn(at, "|");
        if (!put_pattern(at, length, &text))
            break;
        *HG_PUSH(ret) = hg_text_keep(&text, arena);
        at += length;
        if (*at == '\0')
            return NULL;
    }
    ret->count = before;
    hg_text_truncate(&text, 0);
    hg_text_put(&text, "^(");
    const char *why =
        expression[0] == '\0' ? "an expression of nothing" : rewrite(expression, &text);
    hg_text_put(&text, ")$");
    if (why == NULL)
        *HG_PUSH(ret) = hg_text_keep(&text, arena);
    hg_text_deinit(&text);
    return why;
}
