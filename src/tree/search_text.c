/*
 * Looks through one text for definitions of a few names: see search_text.h.
 *
 *     rq                      the text is scanned if it has the word `rq`
 *     trace_event_raw_foo     it is scanned if it has `foo`, also as a part of a word:
 *                             TRACE_EVENT(foo, ...) defines this name
 */
#include "tree/search_text.h"

#include "tree/catalogue.h"
#include "tree/directives.h"

#include <string.h>

struct hg_needle hg_needle(const char *name)
{
    struct hg_needle needle = {.name = name, .word = name, .length = strlen(name)};
    size_t length = 0;
    const char *argument = hg_macro_argument(name, &length);
    if (argument != NULL)
        needle = (struct hg_needle){name, argument, length, .is_derived = true};
    return needle;
}

static bool has_needle(const char *text, size_t size, const struct hg_needle *needle)
{
    const char *end = text + size;
    if (needle->length == 0)
        return false;
    for (const char *at = text;
         (at = memmem(at, (size_t)(end - at), needle->word, needle->length)) != NULL; at++)
        if (needle->is_derived ||
            ((at == text || !hg_is_word(at[-1])) && !hg_is_word(at[needle->length])))
            return true;
    return false;
}

struct looking {
    const struct hg_needle *names;
    size_t count;
    size_t first;    /* index of names[0] among all names */
    const bool *has; /* by name: whether the text has its word */
    hg_found_fn *found;
    void *user;
};

static void take_definition(void *user, enum hg_found what, const char *name, size_t length,
                            unsigned line)
{
    const struct looking *looking = user;
    for (size_t i = 0; i < looking->count; i++)
        if (looking->has[i] && strncmp(looking->names[i].name, name, length) == 0 &&
            looking->names[i].name[length] == '\0')
            looking->found(looking->user, looking->first + i, line, 1u << what);
}

void hg_scan_for(const char *text, size_t size, const struct hg_needle *names, size_t count,
                 hg_found_fn *found, void *user)
{
    enum { SOME = 64 };
    for (size_t begin = 0; begin < count; begin += SOME) {
        bool has[SOME] = {false};
        bool any = false;
        struct looking looking = {.names = names + begin,
                                  .count = count - begin < SOME ? count - begin : SOME,
                                  .first = begin,
                                  .has = has,
                                  .found = found,
                                  .user = user};
        for (size_t i = 0; i < looking.count; i++)
            any |= has[i] = has_needle(text, size, &looking.names[i]);
        struct hg_scan_sink sink = {.define = take_definition, .user = &looking};
        if (any)
            (void)hg_scan_text(text, &sink);
    }
}

static const char *skip_blanks_back(const char *text, const char *at)
{
    while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
        at--;
    return at;
}

/* Whether only a `#` is before the word in its line. */
static bool is_directive(const char *text, const char *at)
{
    at = skip_blanks_back(text, at);
    if (at == text || *--at != '#')
        return false;
    at = skip_blanks_back(text, at);
    return at == text || at[-1] == '\n';
}

void hg_scan_includes(const char *text, hg_text_include_fn *visit, void *user)
{
    static const char word[] = "include";
    for (const char *at = text; (at = strstr(at, word)) != NULL;) {
        const char *begin = at;
        at += sizeof word - 1;
        if (!is_directive(text, begin))
            continue;
        at += strspn(at, " \t");
        if (*at != '"' && *at != '<')
            continue;
        bool is_quoted = *at++ == '"';
        size_t length = strcspn(at, is_quoted ? "\"\n" : ">\n");
        if (length > 0 && at[length] != '\n' && at[length] != '\0')
            visit(user, at, length, is_quoted);
        at += length;
    }
}
