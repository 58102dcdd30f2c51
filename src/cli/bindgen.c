/*
 * Turns the options of bindgen, as in scripts for bindgen and aya-tool, into hdrgen's.
 *
 *     generate --header H NAME -- --ctypes-prefix cty --with-derive-default -- -Iinclude
 *     generate --header H NAME --ctypes-prefix cty --derive Debug,Default -- -Iinclude
 *
 *     bindgen wrapper.h -o out.rs --allowlist-type 'if.*' -- -Iinclude       under bindgen's name
 *     generate --header wrapper.h -o out.rs 'if*' -- -Iinclude
 *
 * bindgen_table.c says what each becomes.  For an option without a counterpart, a warning says what
 * to do instead.  An option that is not in the table is refused, since it may take a value.
 */
#include "bindgen.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/match.h"

#include <string.h>

/* An option on the command line. */
struct word {
    const struct bindgen_option *row;
    const char *value; /* the last, if it takes several; empty if it takes none */
    const char *first; /* of two */
};

static const struct bindgen_option *row_named(const char *word, size_t length)
{
    for (size_t i = 0; i < bindgen_option_count; i++)
        if (is_word(word, length, bindgen_options[i].name))
            return &bindgen_options[i];
    return NULL;
}

/* The row of `--name`, `--name=value` or `-oFILE`; *inline_value is the value in the word, or
 * NULL. */
static const struct bindgen_option *find_row(const char *word, const char **inline_value)
{
    *inline_value = NULL;
    if (word[0] == '-' && word[1] == 'o' && word[2] != '\0') {
        *inline_value = word + 2 + (word[2] == '=');
        return row_named(word, 2);
    }
    size_t length = strcspn(word, "=");
    if (word[length] == '=')
        *inline_value = word + length + 1;
    return row_named(word, length);
}

const char *find_bindgen_option(const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = NULL;
        const struct bindgen_option *row = find_row(words[i], &value);
        bool is_clangs = row == NULL || row->name[1] != '-' || strcmp(row->name, "--output") == 0 ||
                         strcmp(row->name, "--verbose") == 0;
        if (!is_clangs)
            return row->name;
    }
    return NULL;
}

/* --- what each becomes --- */

static void add_option(struct bindgen_given *given, const struct word *word, int code,
                       const char *value)
{
    *HG_PUSH(&given->options) =
        (struct given){.code = code, .value = value, .spelling = word->row->name};
}

static void leave_out(const struct word *word, const char *text, struct hg_diagnostics *diagnostics)
{
    if (word->row->values > 0)
        hg_warning(diagnostics, NULL, "%s %s is left out: %s", word->row->name, word->value, text);
    else
        hg_warning(diagnostics, NULL, "%s is left out: %s", word->row->name, text);
}

static bool matches_all(const char *expression)
{
    return strcmp(expression, ".*") == 0 || strcmp(expression, "*") == 0 ||
           strcmp(expression, "^.*$") == 0;
}

/* Appends names and patterns for the regular expression that is the word's value; reports one that
 * has none. */
static bool expand(const struct word *word, struct bindgen_given *given, word_list *ret,
                   struct hg_diagnostics *diagnostics)
{
    const char *spelling = hg_arena_printf(given->arena, "%s %s", word->row->name, word->value);
    size_t before = ret->count;
    const char *why = expand_regex(given->arena, word->value, ret);
    if (why != NULL)
        hg_error(diagnostics, NULL, "%s: regular expressions have no %s here", spelling, why);
    for (size_t i = before; why == NULL && i < ret->count; i++)
        if (ret->items[i][0] == '^' && !hg_check_expression(ret->items[i], spelling, diagnostics))
            return false;
    return why == NULL;
}

static bool take_names(const struct word *word, struct bindgen_given *given,
                       struct hg_diagnostics *diagnostics)
{
    given->limits |= BINDGEN_TYPES;
    return expand(word, given, &given->names, diagnostics);
}

/* Adds the patterns of the expression as values of an option of hdrgen. */
static bool take_patterns(const struct word *word, int code, struct bindgen_given *given,
                          struct hg_diagnostics *diagnostics)
{
    word_list patterns = {0};
    bool is_good = expand(word, given, &patterns, diagnostics);
    for (size_t i = 0; i < patterns.count; i++)
        add_option(given, word, code, patterns.items[i]);
    free((void *)patterns.items);
    return is_good;
}

static bool take_macros_of(const struct word *word, struct bindgen_given *given,
                           struct hg_diagnostics *diagnostics)
{
    given->limits |= BINDGEN_MACROS;
    if (given->has_macros)
        return take_patterns(word, OPTION_MACROS, given, diagnostics);
    leave_out(word, "BTF lists no macros; headers have them (--kernel, --header)", diagnostics);
    return true;
}

/* Notes macros to leave out; add_macros uses them if macros are written. */
static bool drop_macros(const struct word *word, struct bindgen_given *given,
                        struct hg_diagnostics *diagnostics)
{
    size_t first = given->unwanted.count;
    bool is_good = expand(word, given, &given->unwanted, diagnostics);
    for (size_t i = first; i < given->unwanted.count; i++)
        given->unwanted.items[i] = hg_arena_printf(given->arena, "!%s", given->unwanted.items[i]);
    return is_good;
}

static bool take_enum_style(const struct word *word, struct bindgen_given *given,
                            struct hg_diagnostics *diagnostics)
{
    static const struct {
        const char *theirs;
        const char *ours;
        const char *text; /* the difference; NULL = none */
    } styles[] = {
        {"consts", "consts", NULL},
        {"moduleconsts", "module", NULL},
        {"newtype", "newtype", NULL},
        {"newtype_global", "newtype", "constants are those of the type, E::A"},
        {"bitfield", "newtype", "the type has its bits in field 0, but no operators"},
        {"rust", "rust", NULL},
        {"rust_non_exhaustive", "rust", NULL},
    };
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        if (strcmp(word->value, styles[i].theirs) != 0)
            continue;
        if (styles[i].text != NULL)
            hg_warning(diagnostics, NULL, "%s %s is written as newtype: %s", word->row->name,
                       word->value, styles[i].text);
        add_option(given, word, OPTION_ENUM_STYLE, styles[i].ours);
        return true;
    }
    return refuse(
        diagnostics,
        "%s %s: bindgen's styles are consts, moduleconsts, newtype, newtype_global, bitfield, "
        "rust and rust_non_exhaustive",
        word->row->name, word->value);
}

/* hdrgen writes all enums in one style, so only an expression that matches all is taken. */
static void take_some_enums(const struct word *word, struct bindgen_given *given,
                            struct hg_diagnostics *diagnostics)
{
    if (matches_all(word->value)) {
        add_option(given, word, OPTION_ENUM_STYLE, word->row->text);
        return;
    }
    if (strcmp(word->row->text, "consts") == 0)
        return;
    struct hg_text text = {0};
    hg_text_printf(&text, "all enums have one style; for this one say --default-enum-style %s",
                   strcmp(word->row->text, "module") == 0 ? "moduleconsts" : word->row->text);
    leave_out(word, hg_text_string(&text), diagnostics);
    hg_text_deinit(&text);
}

static bool lists(const char *list, const char *wanted)
{
    for (size_t length; *list != '\0'; list += length + (list[length] == ',')) {
        length = strcspn(list, ",");
        if (is_word(list, length, wanted))
            return true;
    }
    return false;
}

static void take_generate(const struct word *word, struct bindgen_given *given,
                          struct hg_diagnostics *diagnostics)
{
    if (!lists(word->value, "vars"))
        given->limits |= BINDGEN_NO_MACROS;
    if (!lists(word->value, "types"))
        leave_out(word, "hdrgen writes types and constants; take bindgen for the rest",
                  diagnostics);
}

/* The assertions in the output use offset_of!, which rustc has from 1.77 on. */
static void check_rust_target(const struct word *word, struct hg_diagnostics *diagnostics)
{
    char *end = NULL;
    unsigned long minor =
        hg_begins_with(word->value, "1.") ? strtoul(word->value + 2, &end, 10) : 77;
    if (minor < 77)
        leave_out(word, word->row->text, diagnostics);
}

static bool take_word(const struct word *word, struct bindgen_given *given,
                      struct hg_diagnostics *diagnostics)
{
    const struct bindgen_option *row = word->row;
    switch (row->becomes) {
    case SILENT:
        return true;
    case TOLD:
        if (strstr(row->name, "list-function") != NULL)
            given->limits |= BINDGEN_FUNCTIONS;
        if (strstr(row->name, "allowlist-file") != NULL)
            given->limits |= BINDGEN_FILES;
        leave_out(word, row->text, diagnostics);
        return true;
    case ONLY:
        if (strcmp(word->value, row->value) != 0)
            leave_out(word, row->text, diagnostics);
        return true;
    case OPTION:
        add_option(given, word, row->option, row->text != NULL ? row->text : word->value);
        return true;
    case MODULE_LINE:
        if (strcmp(word->first, row->value) == 0)
            add_option(given, word, row->option, word->value);
        else
            leave_out(word, row->text, diagnostics);
        return true;
    case ENUM_STYLE:
        return take_enum_style(word, given, diagnostics);
    case SOME_ENUMS:
        take_some_enums(word, given, diagnostics);
        return true;
    case TYPES:
        return take_names(word, given, diagnostics);
    case ITEMS:
        return take_names(word, given, diagnostics) &&
               (!given->has_macros || take_macros_of(word, given, diagnostics));
    case VARIABLES:
        return take_macros_of(word, given, diagnostics);
    case PATTERNS:
        return take_patterns(word, row->option, given, diagnostics);
    case NO_ITEMS:
        return take_patterns(word, row->option, given, diagnostics) &&
               drop_macros(word, given, diagnostics);
    case NO_VARIABLES:
        return drop_macros(word, given, diagnostics);
    case GENERATE:
        take_generate(word, given, diagnostics);
        return true;
    case RUST_TARGET:
        check_rust_target(word, diagnostics);
        return true;
    }
    return true;
}

/* --- all of them --- */

/* bindgen derives Debug by default; hdrgen does not if --derive names other traits. */
static void add_debug(struct bindgen_given *given)
{
    const char *spelling = NULL;
    for (size_t i = 0; i < given->options.count; i++) {
        if (given->options.items[i].code != OPTION_DERIVE)
            continue;
        spelling = given->options.items[i].spelling;
        if (strcmp(given->options.items[i].value, "none") == 0)
            return;
    }
    if (spelling != NULL)
        *HG_PUSH(&given->options) =
            (struct given){.code = OPTION_DERIVE, .value = "Debug", .spelling = spelling};
}

/* By default bindgen writes the macros of all headers. */
static void add_macros(struct bindgen_given *given)
{
    static const struct bindgen_option all = {.name = "--macros"};
    struct word word = {.row = &all, .value = "", .first = ""};
    bool has_some = (given->limits & BINDGEN_MACROS) != 0;
    bool is_limited = (given->limits & ~(unsigned)BINDGEN_FILES) != 0;
    if (given->is_program && !is_limited) {
        add_option(given, &word, OPTION_MACROS, "*");
        has_some = true;
    }
    for (size_t i = 0; i < given->unwanted.count && has_some && given->has_macros; i++)
        add_option(given, &word, OPTION_MACROS, given->unwanted.items[i]);
}

/* Reads the option at words[*at] and its values; *at becomes the index of the last of these. */
static bool read_word(const char *const *words, size_t count, size_t *at, struct word *ret,
                      struct hg_diagnostics *diagnostics)
{
    const char *value = NULL;
    const struct bindgen_option *row = find_row(words[*at], &value);
    if (row == NULL)
        return refuse(diagnostics, "'%s' is no option of bindgen that hdrgen knows: leave it out",
                      words[*at]);
    *ret = (struct word){.row = row, .value = "", .first = ""};
    if (row->values == 0 && value != NULL)
        return refuse(diagnostics, "bindgen's option '%s' takes no value", row->name);
    for (unsigned i = 0; i < row->values; i++) {
        ret->first = ret->value;
        if (i == 0 && value != NULL) {
            ret->value = value;
            continue;
        }
        if (++*at == count)
            return refuse(diagnostics, "bindgen's option '%s' needs a value", row->name);
        ret->value = words[*at];
    }
    return true;
}

bool read_bindgen_options(const char *const *words, size_t count,
                          struct hg_diagnostics *diagnostics, struct bindgen_given *ret)
{
    for (size_t i = 0; i < count; i++) {
        struct word word;
        if (ret->is_program && (words[i][0] != '-' || words[i][1] == '\0')) {
            if (ret->header != NULL)
                return refuse(
                    diagnostics,
                    "'%s' is a second header: bindgen takes one, and clang's arguments follow "
                    "--",
                    words[i]);
            ret->header = words[i];
            continue;
        }
        if (!read_word(words, count, &i, &word, diagnostics) || !take_word(&word, ret, diagnostics))
            return false;
    }
    add_debug(ret);
    add_macros(ret);
    return true;
}

void bindgen_given_deinit(struct bindgen_given *given)
{
    free(given->options.items);
    free((void *)given->names.items);
    free((void *)given->unwanted.items);
}
