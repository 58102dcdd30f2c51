/*
 * Regular expressions for names into shell patterns.
 *
 *     ^(NGX|ngx)_.*$     NGX_*  ngx_*
 *     io_.+              io_?*
 *     _?IOC[RW]          _IOC[RW]  IOC[RW]
 *
 * The method: recursive descent.  What an expression can be is a list of patterns; two in a row are
 * all pairs of theirs, alternatives one list behind the other, and `x?` is x or nothing.
 * Expressions match from start to end, as bindgen has it, so that anchors there say nothing.
 *
 * What this does not do: repeat anything but `.`, for which shell patterns have no word; back
 * references and look-around.
 */
#include "regex.h"

#include "base/text.h"

#include <string.h>

enum { PATTERNS_MAX = 256, NESTING_MAX = 16, LENGTH_MAX = 256 };

struct expansion {
    struct hg_arena *arena;
    const char *at;
    unsigned nesting;
};

static bool take_alternatives(struct expansion *expansion, word_list *ret);

static void add(struct expansion *expansion, word_list *list, const char *first, const char *second)
{
    struct hg_text text = {0};
    hg_text_put(&text, first);
    hg_text_put(&text, second);
    *HG_PUSH(list) = hg_arena_string(expansion->arena, hg_text_string(&text), text.size);
    hg_text_deinit(&text);
}

/* *words becomes each of its words followed by each of next. */
static bool join(struct expansion *expansion, word_list *words, const word_list *next)
{
    word_list joined = {0};
    bool is_small = words->count * next->count <= PATTERNS_MAX;
    for (size_t i = 0; i < words->count && is_small; i++)
        for (size_t j = 0; j < next->count && is_small; j++) {
            is_small = strlen(words->items[i]) + strlen(next->items[j]) < LENGTH_MAX;
            add(expansion, &joined, words->items[i], next->items[j]);
        }
    free((void *)words->items);
    *words = joined;
    return is_small;
}

/* `[a-c]`: the same for a shell, but for `^`. */
static bool take_set(struct expansion *expansion, word_list *ret)
{
    const char *from = expansion->at + 1;
    bool is_negated = *from == '^';
    from += is_negated;
    size_t length = strcspn(from, "]");
    if (length == 0 || from[length] == '\0' || memchr(from, '[', length) != NULL ||
        memchr(from, '\\', length) != NULL || memchr(from, '&', length) != NULL || *from == '!')
        return false;
    char *word = hg_arena_alloc(expansion->arena, length + 4);
    char *to = word;
    *to++ = '[';
    if (is_negated)
        *to++ = '!';
    memcpy(to, from, length + 1);
    *HG_PUSH(ret) = word;
    expansion->at = from + length + 1;
    return true;
}

/* `\w`, `\d`; of others only those that stand for themselves, which no name has. */
static bool take_escape(struct expansion *expansion, word_list *ret)
{
    const char what = expansion->at[1];
    const char *word = what == 'w' ? "[A-Za-z0-9_]" : what == 'd' ? "[0-9]" : NULL;
    if (what == '\0' || (word == NULL && strchr(".-+/:", what) == NULL))
        return false;
    *HG_PUSH(ret) = word != NULL ? word : hg_arena_string(expansion->arena, &what, 1);
    expansion->at += 2;
    return true;
}

static bool take_group(struct expansion *expansion, word_list *ret)
{
    expansion->at++;
    if (strncmp(expansion->at, "?:", 2) == 0)
        expansion->at += 2;
    if (++expansion->nesting > NESTING_MAX || !take_alternatives(expansion, ret) ||
        *expansion->at != ')')
        return false;
    expansion->nesting--;
    expansion->at++;
    return true;
}

static bool take_atom(struct expansion *expansion, word_list *ret)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    const char first = *expansion->at;
    if (first == '(')
        return take_group(expansion, ret);
    if (first == '[')
        return take_set(expansion, ret);
    if (first == '\\')
        return take_escape(expansion, ret);
    if (first != '.' && (first == '\0' || strchr(plain, first) == NULL))
        return false;
    *HG_PUSH(ret) = first == '.' ? "?" : hg_arena_string(expansion->arena, &first, 1);
    expansion->at++;
    return true;
}

/* `.*`, `.+`, `x?`; a further `?` says how much is tried first, which changes no match. */
static bool take_quantifier(struct expansion *expansion, word_list *atom)
{
    const char what = *expansion->at;
    if (what == '\0' || strchr("*+?", what) == NULL)
        return what != '{';
    bool is_any = atom->count == 1 && strcmp(atom->items[0], "?") == 0;
    expansion->at++;
    if (what == '?')
        *HG_PUSH(atom) = "";
    else if (is_any)
        atom->items[0] = what == '*' ? "*" : "?*";
    else
        return false;
    expansion->at += *expansion->at == '?';
    return true;
}

static bool take_sequence(struct expansion *expansion, word_list *ret)
{
    *HG_PUSH(ret) = "";
    expansion->at += *expansion->at == '^';
    while (*expansion->at != '\0' && *expansion->at != '|' && *expansion->at != ')') {
        if (*expansion->at == '$') {
            expansion->at++;
            return *expansion->at == '\0' || *expansion->at == '|' || *expansion->at == ')';
        }
        word_list atom = {0};
        bool is_good = take_atom(expansion, &atom) && take_quantifier(expansion, &atom) &&
                       join(expansion, ret, &atom);
        free((void *)atom.items);
        if (!is_good)
            return false;
    }
    return true;
}

static bool take_alternatives(struct expansion *expansion, word_list *ret)
{
    for (;;) {
        word_list sequence = {0};
        bool is_good = take_sequence(expansion, &sequence);
        for (size_t i = 0; i < sequence.count && is_good; i++)
            *HG_PUSH(ret) = sequence.items[i];
        free((void *)sequence.items);
        if (!is_good || ret->count > PATTERNS_MAX)
            return false;
        if (*expansion->at != '|')
            return true;
        expansion->at++;
    }
}

bool expand_regex(struct hg_arena *arena, const char *expression, word_list *ret)
{
    struct expansion expansion = {.arena = arena, .at = expression};
    word_list patterns = {0};
    bool is_good = take_alternatives(&expansion, &patterns) && *expansion.at == '\0';
    for (size_t i = 0; i < patterns.count && is_good; i++)
        is_good = patterns.items[i][0] != '\0';
    for (size_t i = 0; i < patterns.count && is_good; i++)
        *HG_PUSH(ret) = patterns.items[i];
    free((void *)patterns.items);
    return is_good;
}
