/* Names as users write them: see match.h. */
#include "model/match.h"

#include "base/diag.h"
#include "base/memory.h"
#include "model/nearest.h"

#include <fnmatch.h>
#include <regex.h>
#include <string.h>

enum hg_kind hg_take_kind_word(const char **name)
{
    static const enum hg_kind kinds[] = {HG_STRUCT, HG_UNION, HG_ENUM, HG_TYPEDEF};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(hg_kind_name(kinds[i]));
        if (strncmp(*name, hg_kind_name(kinds[i]), length) != 0 || (*name)[length] != ' ')
            continue;
        *name += length + strspn(*name + length, " ");
        return kinds[i];
    }
    return HG_VOID;
}

bool hg_is_pattern(const char *name)
{
    return name[0] == '^' || strpbrk(name, "*?[") != NULL;
}

/* --- expressions --- */

struct expression {
    char *text; /* NULL = the slot is free */
    regex_t compiled;
    int error; /* regcomp's; `compiled` is valid only if it is 0 */
};

/* Keeps the thread's 16 latest expressions, since a few are matched against many names in turn. */
static const struct expression *compile(const char *text)
{
    enum { KEPT = 16 };
    static _Thread_local struct expression kept[KEPT];
    static _Thread_local size_t next;
    for (size_t i = 0; i < KEPT; i++)
        if (kept[i].text != NULL && strcmp(kept[i].text, text) == 0)
            return &kept[i];
    struct expression *expression = &kept[next++ % KEPT];
    if (expression->text != NULL && expression->error == 0)
        regfree(&expression->compiled);
    free(expression->text);
    size_t size = strlen(text) + 1;
    expression->text = memcpy(hg_malloc(size), text, size);
    expression->error = regcomp(&expression->compiled, text, REG_EXTENDED | REG_NOSUB);
    return expression;
}

bool hg_matches(const char *pattern, const char *name)
{
    if (pattern[0] != '^')
        return fnmatch(pattern, name, 0) == 0;
    const struct expression *expression = compile(pattern);
    return expression->error == 0 && regexec(&expression->compiled, name, 0, NULL, 0) == 0;
}

bool hg_check_expression(const char *pattern, const char *spelling,
                         struct hg_diagnostics *diagnostics)
{
    const struct expression *expression = compile(pattern);
    if (expression->error == 0)
        return true;
    char why[128];
    regerror(expression->error, &expression->compiled, why, sizeof why);
    hg_error(diagnostics, NULL, "%s: this is no regular expression: %s", spelling, why);
    return false;
}

/* --- types --- */

bool hg_is_meant_by(const struct hg_type *type, const char *wanted)
{
    enum hg_kind kind = hg_take_kind_word(&wanted);
    return hg_is_namable(type->kind) && type->name != NULL &&
           (kind == HG_VOID || kind == type->kind) && hg_matches(wanted, type->name);
}
