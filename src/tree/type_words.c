/* Words of types: see type_words.h.  One pass over the text, which parses no declarations. */
#include "tree/type_words.h"

#include "tree/catalogue.h"

struct code {
    hg_word_fn *type_word, *outer_word;
    void *user;
    unsigned depth;       /* number of open braces outside of types */
    unsigned type_depth;  /* number of open braces of a type and within it; 0 = outside of types */
    unsigned parentheses; /* number of open ones */
    unsigned brackets;    /* number of open ones; they hold an array's length */
    unsigned keyword_at;  /* value of `parentheses` at the keyword */
    bool is_keyword;      /* after struct, union or enum: the next brace is the type's */
    bool is_tail;         /* between a type's last brace and its semicolon */
    bool is_typedef;      /* between typedef and its semicolon */
    /* The last word was extern.  If a brace follows, it is that of `extern "C" {` (the text has no
     * literals), and is not counted. */
    bool is_extern;
};

const char *const hg_type_keywords[] = {"struct", "union", "enum", "typedef", NULL};

static void take_word(struct code *code, const char *at, size_t length)
{
    bool is_length = code->brackets > 0 && code->depth == 0;
    if (code->type_depth > 0 || code->is_tail || code->is_typedef || code->is_keyword || is_length)
        code->type_word(code->user, at, length);
    else if (code->depth == 0)
        code->outer_word(code->user, at, length);
    code->is_extern = hg_is_named(at, length, "extern");
    bool is_typedef = hg_is_named(at, length, "typedef");
    if (!is_typedef && hg_tag_keyword(at, length) == NULL)
        return;
    code->is_typedef = code->is_typedef || is_typedef;
    code->is_keyword = !is_typedef;
    code->keyword_at = code->parentheses;
}

static void take_brace(struct code *code, bool is_first_of_line, char brace)
{
    if (brace == '{') {
        if (code->type_depth > 0 || code->is_keyword)
            code->type_depth++;
        else
            code->depth += !code->is_extern;
        code->is_keyword = false;
    } else if (code->type_depth > 0) {
        code->type_depth--;
        code->is_tail = code->type_depth == 0;
    } else if (is_first_of_line) { /* one brace may close those of two branches of an #if */
        code->depth = 0;
    } else {
        code->depth -= code->depth > 0;
    }
}

static void take_punctuation(struct code *code, const char *text, const char *at)
{
    switch (*at) {
    case '{':
    case '}':
        take_brace(code, at == text || at[-1] == '\n', *at);
        break;
    case '(':
        code->parentheses++;
        break;
    case ')':
        code->parentheses -= code->parentheses > 0;
        code->is_keyword = code->is_keyword && code->parentheses >= code->keyword_at;
        break;
    case '[':
        code->brackets++;
        break;
    case ']':
        code->brackets -= code->brackets > 0;
        break;
    case ';':
        code->parentheses = code->brackets = 0;
        code->is_tail = code->is_typedef = code->is_keyword = false;
        break;
    case '*':
    case '=':
    case ',':
        code->is_keyword = code->is_keyword && code->parentheses > code->keyword_at;
        break;
    default:
        break;
    }
}

void hg_scan_type_words(const char *text, hg_word_fn *type_word, hg_word_fn *outer_word, void *user)
{
    struct code code = {.type_word = type_word, .outer_word = outer_word, .user = user};
    for (const char *at = text; *at != '\0';) {
        size_t length = hg_word_length(at);
        if (length > 0)
            take_word(&code, at, length);
        else
            take_punctuation(&code, text, at);
        at += length + (length == 0);
    }
}
