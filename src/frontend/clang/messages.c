/*
 * Classifies clang's messages by their English, since libclang has no codes for them.
 *
 *     field has incomplete type 'dir_t' (aka 'struct dir')      missing symbol `struct dir`
 *     use of undeclared identifier 'DIR_MAX'                    missing symbol DIR_MAX, or a macro
 *     'linux/foo.h' file not found                              missing file
 *     "never include <asm/a.h>, use <linux/a.h>"                an #error that names two headers
 *
 * No other file looks at the wording of messages.  tests/unit/messages.c asks the libclang that
 * hdrgen is built with, so it fails if the wording changes.
 */
#include "base/text.h"
#include "frontend/clang/parse.h"

#include <string.h>

/* The quoted name follows the phrase, or begins the message (is_name_before). */
static const struct phrase {
    const char *text;
    enum hg_problem_kind kind;
    bool may_be_macro;
    bool is_name_before;
} phrases[] = {
    {"unknown type name '", HG_PROBLEM_MISSING_SYMBOL, false, false},
    {"incomplete type '", HG_PROBLEM_MISSING_SYMBOL, false, false},
    {"incomplete definition of type '", HG_PROBLEM_MISSING_SYMBOL, false, false},
    {"undeclared identifier '", HG_PROBLEM_MISSING_SYMBOL, true, false},
    {"' file not found", HG_PROBLEM_MISSING_FILE, false, true},
    {"' macro redefined", HG_PROBLEM_MACRO_REDEFINED, false, true},
    {"redefinition of enumerator '", HG_PROBLEM_TYPE_REDEFINED, false, false},
    {"redefinition of '", HG_PROBLEM_TYPE_REDEFINED, false, false},
    {"typedef redefinition with different types ('", HG_PROBLEM_TYPE_REDEFINED, false, false},
    {"' as different kind of symbol", HG_PROBLEM_TYPE_REDEFINED, false, true},
    {"' with tag type that does not match previous declaration", HG_PROBLEM_TYPE_REDEFINED, false,
     true},
    {"conflicting types for '", HG_PROBLEM_TYPE_REDEFINED, false, false},
    {"expected #pragma pack parameter to be", HG_PROBLEM_BAD_PRAGMA, false, false},
    {"unknown pragma", HG_PROBLEM_BAD_PRAGMA, false, false},
    {"declaration does not declare anything", HG_PROBLEM_NOTHING_DECLARED, false, false},
    {"declaration of '", HG_PROBLEM_UNDECLARED_TAG, false, false},
};

/* The text up to the closing quote; `struct a` of `a_t' (aka 'struct a')`. */
static struct hg_span quoted(const char *begin)
{
    static const char aka[] = "(aka '";
    const char *other = strstr(begin, aka);
    if (other != NULL)
        begin = other + sizeof aka - 1;
    return (struct hg_span){begin, strcspn(begin, "'")};
}

/* The first quoted text that can be a name. */
static struct hg_span first_quoted(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789 ";
    for (const char *at = strchr(text, '\''); at != NULL; at = strchr(at, '\'')) {
        size_t length = strcspn(++at, "'");
        if (at[length] == '\0')
            break;
        if (length > 0 && strspn(at, letters) == length)
            return (struct hg_span){at, length};
        at += length + 1;
    }
    return (struct hg_span){NULL, 0};
}

static bool is_phrase(const struct phrase *phrase, const char *text, const char **at)
{
    static const char invisible[] = "' will not be visible";
    *at = strstr(text, phrase->text);
    return *at != NULL &&
           (phrase->kind != HG_PROBLEM_UNDECLARED_TAG || strstr(text, invisible) != NULL);
}

static void find_headers(const char *text, struct hg_message *ret)
{
    for (const char *at = strchr(text, '<'); at != NULL && ret->header_count < HG_MESSAGE_HEADERS;
         at = strchr(at, '<')) {
        size_t length = strcspn(++at, "<> \"'");
        if (length > 0 && at[length] == '>')
            ret->headers[ret->header_count++] = (struct hg_span){at, length};
        at += length;
    }
}

void hg_classify_message(const char *text, struct hg_message *ret)
{
    *ret = (struct hg_message){.kind = HG_PROBLEM_OTHER};
    find_headers(text, ret);
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        const char *at = NULL;
        if (!is_phrase(&phrases[i], text, &at))
            continue;
        ret->kind = phrases[i].kind;
        ret->may_be_macro = phrases[i].may_be_macro;
        ret->is_unknown_pragma = hg_begins_with(text, "unknown pragma");
        if (phrases[i].is_name_before)
            ret->symbol = quoted(text + strcspn(text, "'") + 1);
        else if (phrases[i].kind != HG_PROBLEM_BAD_PRAGMA &&
                 phrases[i].kind != HG_PROBLEM_NOTHING_DECLARED)
            ret->symbol = quoted(at + strlen(phrases[i].text));
        return;
    }
    ret->symbol = first_quoted(text);
}

bool hg_is_preprocessor_category(const char *category)
{
    return strstr(category, "Preprocessor") != NULL ||
           strcmp(category, "User-Defined Issue") == 0; /* #error */
}

enum hg_note_kind hg_classify_note(const char *text)
{
    return hg_begins_with(text, "in file included from") ? HG_NOTE_INCLUDED_FROM
           : hg_begins_with(text, "previous ")           ? HG_NOTE_OTHER_DEFINITION
                                                         : HG_NOTE_ELSE;
}
