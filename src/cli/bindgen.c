/*
 * bindgen's options, as those who come from aya-tool have them in their scripts, into hdrgen's.
 *
 *     generate --header H NAME -- --ctypes-prefix cty --with-derive-default -- -Iinclude
 *     generate --header H NAME --ctypes-prefix cty --derive Debug,Default -- -Iinclude
 *
 * A table says what each becomes.  What has no counterpart is named in one warning; what is not in
 * the table is refused, for nobody knows whether its value follows.
 */
#include "table.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

enum becomes {
    LEFT_OUT,   /* no counterpart */
    ALWAYS,     /* what hdrgen does anyway */
    OPTION,     /* an option; its value is `value`, or bindgen's own */
    ENUM_STYLE, /* --enum-style, in other words */
    NAME,       /* a NAME, from a regular expression */
};

static const struct row {
    const char *name;
    enum becomes becomes;
    bool has_value;
    int option;
    const char *value;
} rows[] = {
    {"--ctypes-prefix", OPTION, true, OPTION_CTYPES_PREFIX, NULL},
    {"--output", OPTION, true, 'o', NULL},
    {"-o", OPTION, true, 'o', NULL},
    {"--depfile", OPTION, true, OPTION_DEPFILE, NULL},
    {"--default-enum-style", ENUM_STYLE, true, OPTION_ENUM_STYLE, NULL},
    {"--with-derive-default", OPTION, false, OPTION_DERIVE, "Default"},
    {"--with-derive-hash", OPTION, false, OPTION_DERIVE, "Hash"},
    {"--with-derive-partialeq", OPTION, false, OPTION_DERIVE, "PartialEq"},
    {"--with-derive-eq", OPTION, false, OPTION_DERIVE, "PartialEq,Eq"},
    {"--with-derive-partialord", OPTION, false, OPTION_DERIVE, "PartialEq,PartialOrd"},
    {"--with-derive-ord", OPTION, false, OPTION_DERIVE, "PartialEq,Eq,PartialOrd,Ord"},
    {"--no-derive-debug", OPTION, false, OPTION_DERIVE, "none"},
    {"--allowlist-type", NAME, true, 0, NULL},
    {"--whitelist-type", NAME, true, 0, NULL},
    {"--use-core", ALWAYS, false, 0, NULL},
    {"--no-prepend-enum-name", ALWAYS, false, 0, NULL},
    {"--no-derive-default", ALWAYS, false, 0, NULL},
    {"--no-layout-tests", LEFT_OUT, false, 0, NULL}, /* the checks stay: they cost no run time */
    {"--no-doc-comments", LEFT_OUT, false, 0, NULL},
    {"--no-derive-copy", LEFT_OUT, false, 0, NULL},
    {"--impl-debug", LEFT_OUT, false, 0, NULL},
    {"--disable-name-namespacing", LEFT_OUT, false, 0, NULL},
    {"--disable-nested-struct-naming", LEFT_OUT, false, 0, NULL},
    {"--no-recursive-allowlist", LEFT_OUT, false, 0, NULL},
    {"--explicit-padding", LEFT_OUT, false, 0, NULL},
    {"--merge-extern-blocks", LEFT_OUT, false, 0, NULL},
    {"--ignore-functions", LEFT_OUT, false, 0, NULL},
    {"--raw-line", LEFT_OUT, true, 0, NULL},
    {"--opaque-type", LEFT_OUT, true, 0, NULL},
    {"--blocklist-type", LEFT_OUT, true, 0, NULL},
    {"--blacklist-type", LEFT_OUT, true, 0, NULL},
    {"--blocklist-item", LEFT_OUT, true, 0, NULL},
    {"--blocklist-function", LEFT_OUT, true, 0, NULL},
    {"--allowlist-var", LEFT_OUT, true, 0, NULL},
    {"--allowlist-function", LEFT_OUT, true, 0, NULL},
    {"--allowlist-item", LEFT_OUT, true, 0, NULL},
    {"--bitfield-enum", LEFT_OUT, true, 0, NULL},
    {"--rust-target", LEFT_OUT, true, 0, NULL},
    {"--no-copy", LEFT_OUT, true, 0, NULL},
    {"--no-debug", LEFT_OUT, true, 0, NULL},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* `--name` or `--name=value`, of which *inline_value is the value. */
static const struct row *find_row(const char *word, const char **inline_value)
{
    size_t length = strcspn(word, "=");
    for (size_t i = 0; i < ROWS; i++) {
        if (strlen(rows[i].name) != length || memcmp(word, rows[i].name, length) != 0)
            continue;
        *inline_value = word[length] == '=' ? word + length + 1 : NULL;
        return &rows[i];
    }
    return NULL;
}

const char *find_bindgen_option(const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = NULL;
        const struct row *row = find_row(words[i], &value);
        if (row != NULL && row->name[1] == '-' && strcmp(row->name, "--output") != 0)
            return row->name;
    }
    return NULL;
}

static const char *enum_style(const char *style)
{
    return strcmp(style, "moduleconsts") == 0 ? "module" : style;
}

/* `a|b.*` into the patterns `a` and `b*`. */
static bool take_names(const struct row *row, const char *expression, struct bindgen_given *ret,
                       struct hg_diagnostics *diagnostics)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789|";
    size_t length = strlen(expression);
    char *pattern = hg_arena_alloc(ret->arena, length + 1);
    char *to = pattern;
    for (const char *at = expression; *at != '\0'; at++) {
        if (at[0] == '.' && at[1] == '*') {
            *to++ = '*';
            at++;
        } else if (strchr(plain, *at) != NULL) {
            *to++ = *at;
        } else {
            hg_error(diagnostics, NULL,
                     "%s %s: of regular expressions only | and .* are understood; give the types "
                     "as NAMEs before the first --",
                     row->name, expression);
            return false;
        }
    }
    *to = '\0';
    for (char *save = NULL, *name = strtok_r(pattern, "|", &save); name != NULL;
         name = strtok_r(NULL, "|", &save))
        *HG_PUSH(&ret->names) = name;
    return true;
}

static bool take_row(const struct row *row, const char *value, struct bindgen_given *ret,
                     struct hg_text *left_out, struct hg_diagnostics *diagnostics)
{
    switch (row->becomes) {
    case LEFT_OUT:
        hg_text_printf(left_out, "%s%s", left_out->size > 0 ? ", " : "", row->name);
        if (value[0] != '\0')
            hg_text_printf(left_out, " %s", value);
        return true;
    case ALWAYS:
        return true;
    case NAME:
        return take_names(row, value, ret, diagnostics);
    case ENUM_STYLE:
        value = enum_style(value);
        break;
    case OPTION:
        break;
    }
    if (row->value != NULL)
        value = row->value;
    *HG_PUSH(&ret->options) = (struct given){.code = row->option, .value = value};
    return true;
}

/* bindgen derives Debug unless told not to; of hdrgen's --derive it is one among others. */
static void add_debug(struct bindgen_given *ret)
{
    bool derives = false;
    for (size_t i = 0; i < ret->options.count; i++) {
        if (ret->options.items[i].code != OPTION_DERIVE)
            continue;
        derives = true;
        if (strcmp(ret->options.items[i].value, "none") == 0)
            return;
    }
    if (derives)
        *HG_PUSH(&ret->options) = (struct given){.code = OPTION_DERIVE, .value = "Debug"};
}

bool read_bindgen_options(const char *const *words, size_t count,
                          struct hg_diagnostics *diagnostics, struct bindgen_given *ret)
{
    struct hg_text left_out = {0};
    bool is_good = true;
    for (size_t i = 0; i < count && is_good; i++) {
        const char *value = NULL;
        const struct row *row = find_row(words[i], &value);
        if (row == NULL) {
            hg_error(diagnostics, NULL,
                     "'%s' is no option of bindgen that hdrgen knows: leave it out", words[i]);
            is_good = false;
        } else if (row->has_value && value == NULL && ++i == count) {
            hg_error(diagnostics, NULL, "bindgen's option '%s' needs a value", row->name);
            is_good = false;
        } else {
            if (value == NULL)
                value = row->has_value ? words[i] : "";
            is_good = take_row(row, value, ret, &left_out, diagnostics);
        }
    }
    add_debug(ret);
    if (is_good && left_out.size > 0)
        hg_warning(diagnostics, NULL, "options of bindgen without a counterpart are left out: %s",
                   left_out.data);
    hg_text_deinit(&left_out);
    return is_good;
}
