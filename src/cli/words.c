/*
 * Reads the words of a command line one by one: which is an option, a value, a name?
 *
 *     --kernel DIR --kernel=DIR --kern DIR     an option, by its name or the start of that
 *     -q -qv -j4 -j 4                          an option, by its letter
 *     -Iinclude -I include -DX -include a.h    clang's options that need no `--`
 *     -O2                                      refused: clang's other options go after `--`
 *     @file                                    the words in the file (response.c)
 *     --                                       the end of hdrgen's options
 *
 * table.c has the options.  Each refusal names the word that is wrong.
 */
#include "words.h"

#include "table.h"

#include "base/diag.h"
#include "base/nearest.h"

#include <string.h>

void words_init(struct words *words, const char *const *items, size_t count, struct hg_arena *arena,
                struct hg_diagnostics *diagnostics)
{
    *words = (struct words){.arena = arena, .diagnostics = diagnostics, .depth = 1};
    words->frames[0] = (struct word_frame){.items = items, .count = count};
}

bool next_raw_word(struct words *words, bool expands, const char **ret)
{
    *ret = NULL;
    while (words->depth > 0) {
        struct word_frame *frame = &words->frames[words->depth - 1];
        if (frame->at == frame->count) {
            if (words->depth == 1)
                return true;
            words->depth--;
            continue;
        }
        const char *word = frame->items[frame->at++];
        if (!expands || word[0] != '@' || word[1] == '\0') {
            *ret = word;
            return true;
        }
        if (!open_response_file(words, word + 1))
            return false;
    }
    return true;
}

/* The value of an option is the next word, whatever it begins with. */
static bool take_value(struct words *words, const char *option, const char **ret)
{
    if (!next_raw_word(words, false, ret))
        return false;
    if (*ret == NULL)
        hg_error(words->diagnostics, NULL, "option '%s' needs a value", option);
    return *ret != NULL;
}

/* --- clang's options --- */

/* The value of an option that needs no `--`; "" = the value is the next word; NULL = it is another
 * option. */
static const char *value_of_clang_option(const char *word)
{
    static const char *const names[] = {"-include",   "-imacros", "-isystem", "-iquote",
                                        "-idirafter", "-I",       "-D",       "-U"};
    if (strcmp(word, "-include-pch") == 0)
        return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (hg_begins_with(word, names[i]))
            return word + strlen(names[i]);
    return NULL;
}

/* Whether the word is an option that needs no `--`.  *is_good: it has a value if it needs one. */
static bool take_clang_option(struct words *words, const char *word, struct word *ret,
                              bool *is_good)
{
    *ret = (struct word){.kind = WORD_CLANG, .spelling = word};
    *is_good = true;
    if (strcmp(word, "-nostdinc") == 0 || (strncmp(word, "-std=", 5) == 0 && word[5] != '\0'))
        return true;
    const char *value = value_of_clang_option(word);
    if (value == NULL)
        return false;
    if (value[0] != '\0')
        return true;
    *is_good = take_value(words, word, &ret->value);
    return true;
}

/* Long options of clang.  Any word with one dash that is no option of hdrgen counts as clang's. */
static bool is_long_clang_option(const char *word)
{
    static const char *const names[] = {
        "--std",      "--sysroot",        "--gcc-toolchain",       "--param",
        "--include",  "--define-macro",   "--include-directory",   "--optimize",
        "--language", "--undefine-macro", "--no-standard-includes"};
    size_t length = strcspn(word, "=");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_word(word, length, names[i]))
            return true;
    return false;
}

/* hdrgen's counterpart of an option of pahole (docs/coming-from.md); NULL = it is none. */
static const char *of_pahole(const char *word)
{
    static const struct {
        const char *names, *ours;
    } rows[] = {
        {" -C --class_name ", "name the type: hdrgen show TYPE"},
        {" -E --expand_types ", "hdrgen show --expand TYPE"},
        {" -H --holes ", "hdrgen list --holes N"},
        {" -P --packable ", "hdrgen show --reorganize TYPE"},
        {" -R --reorganize ", "hdrgen show --reorganize TYPE"},
        {" -c --cacheline_size ", "hdrgen show --cacheline N TYPE"},
        {" -s --sizes ", "hdrgen list --sort size"},
        {" -i --contains ", "hdrgen list --contains TYPE"},
        {" -J --btf_encode --btf_encode_detached ", "BTF is written by -o FILE.btf"},
    };
    struct hg_text padded = {0};
    hg_text_printf(&padded, " %.*s ", (int)strcspn(word, "="), word);
    const char *ours = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && ours == NULL; i++)
        if (strstr(rows[i].names, hg_text_string(&padded)) != NULL)
            ours = rows[i].ours;
    hg_text_deinit(&padded);
    return ours;
}

static void report_clang_option(const struct words *words, const char *word)
{
    const char *pahole = of_pahole(word);
    hg_error(words->diagnostics, NULL,
             "%s: clang's options go after `--` (hdrgen ... -- %s; -I, -D, -U, -include, -isystem "
             "and -std need no `--`)%s%s",
             word, word, pahole == NULL ? "" : "; for pahole's option of that name: ",
             pahole == NULL ? "" : pahole);
}

/* --- options by their names --- */

static void report_unknown(const struct words *words, const char *word)
{
    const char *const word_in_list[] = {word};
    if (find_bindgen_option(word_in_list, 1) != NULL) {
        hg_error(words->diagnostics, NULL,
                 "'%s' is an option of bindgen: put it between two -- (hdrgen ... -- %s ... -- "
                 "CLANG_ARGUMENTS), or call hdrgen by the name bindgen",
                 word, word);
        return;
    }
    const char *ours = of_pahole(word);
    if (ours != NULL) {
        hg_error(words->diagnostics, NULL, "'%s' is an option of pahole: %s (docs/coming-from.md)",
                 word, ours);
        return;
    }
    if (is_long_clang_option(word)) {
        report_clang_option(words, word);
        return;
    }
    struct hg_text name = {0};
    struct hg_nearest nearest;
    hg_text_bytes(&name, word + 2, strcspn(word + 2, "="));
    hg_nearest_init(&nearest, hg_text_string(&name));
    for (size_t i = 0; i < option_count; i++)
        hg_nearest_consider(&nearest, option_table[i].name, 0);
    hg_nearest_finish(&nearest);
    if (nearest.count > 0)
        hg_error(words->diagnostics, NULL, "unknown option '%s'; did you mean --%s?", word,
                 nearest.items[0].name);
    else
        hg_error(words->diagnostics, NULL,
                 "unknown option '%s' (hdrgen --help lists them; options for clang follow --)",
                 word);
    hg_text_deinit(&name);
}

/* Finds an option by its name, or by a start that only one name has.  NULL = reported. */
static const struct option_spec *find_long_option(const struct words *words, const char *word)
{
    const char *name = word + 2;
    size_t length = strcspn(name, "=");
    const struct option_spec *found = NULL;
    const struct option_spec *other = NULL;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *spec = &option_table[i];
        if (strncmp(spec->name, name, length) != 0)
            continue;
        if (spec->name[length] == '\0')
            return spec;
        other = found;
        found = spec;
    }
    if (other == NULL && found != NULL && length > 0)
        return found;
    if (other != NULL && length > 0)
        hg_error(words->diagnostics, NULL, "'%s' can be --%s or --%s: write it out", word,
                 other->name, found->name);
    else
        report_unknown(words, word);
    return NULL;
}

static bool take_long_option(struct words *words, const char *word, struct word *ret)
{
    const struct option_spec *spec = find_long_option(words, word);
    if (spec == NULL)
        return false;
    *ret = (struct word){.kind = WORD_OPTION, .code = spec->code, .spelling = word};
    const char *equals = strchr(word, '=');
    if (equals != NULL && spec->value == NULL)
        return refuse(words->diagnostics, "--%s takes no value: '%s'", spec->name, word);
    if (equals != NULL)
        ret->value = equals + 1;
    return equals != NULL || spec->value == NULL || take_value(words, word, &ret->value);
}

/* --- options by their letters --- */

/* The option that is meant by `-kernel`, a long name after one dash; NULL = none is. */
static const struct option_spec *find_with_one_dash(const char *word)
{
    size_t length = strcspn(word + 1, "=");
    for (size_t i = 0; i < option_count; i++)
        if (is_word(word + 1, length, option_table[i].name))
            return &option_table[i];
    return NULL;
}

/* The option of words->letters[0], which becomes the next letter. */
static bool take_letter(struct words *words, struct word *ret)
{
    char letter = words->letters[0];
    const struct option_spec *spec = letter == '-' ? NULL : find_option((unsigned char)letter);
    if (spec == NULL) {
        if (words->letters == words->bundle + 1)
            report_clang_option(words, words->bundle);
        else
            hg_error(words->diagnostics, NULL, "unknown option '-%c' in '%s'", letter,
                     words->bundle);
        return false;
    }
    *ret = (struct word){.kind = WORD_OPTION, .code = spec->code, .spelling = words->bundle};
    words->letters++;
    if (spec->value != NULL) {
        const char *rest = words->letters;
        words->letters = NULL;
        if (rest[0] == '\0')
            return take_value(words, words->bundle, &ret->value);
        ret->value = rest;
        return true;
    }
    if (words->letters[0] == '\0')
        words->letters = NULL;
    return true;
}

static bool take_short_option(struct words *words, const char *word, struct word *ret)
{
    bool is_good = true;
    const struct option_spec *spec = find_with_one_dash(word);
    if (spec != NULL && word[2] != '\0' && word[2] != '=')
        return refuse(words->diagnostics, "unknown option '%s'; did you mean --%s?", word,
                      spec->name);
    if (take_clang_option(words, word, ret, &is_good))
        return is_good;
    words->bundle = word;
    words->letters = word + 1;
    return take_letter(words, ret);
}

static bool read_word(struct words *words, struct word *ret)
{
    if (words->letters != NULL)
        return take_letter(words, ret);
    const char *word = NULL;
    if (!next_raw_word(words, true, &word))
        return false;
    if (word == NULL)
        *ret = (struct word){.kind = WORD_END};
    else if (strcmp(word, "--") == 0)
        *ret = (struct word){.kind = WORD_REST, .spelling = word};
    else if (word[0] != '-' || word[1] == '\0')
        *ret = (struct word){.kind = WORD_NAME, .value = word, .spelling = word};
    else if (word[1] == '-')
        return take_long_option(words, word, ret);
    else
        return take_short_option(words, word, ret);
    return true;
}

/* Refuses `--kernel "$KERNEL"` if the variable is not set.  The value of --raw-line may be
 * empty. */
static bool check_empty(const struct words *words, const struct word *word)
{
    static const char why[] = "cannot be empty: is a variable of the shell unset?";
    bool is_given = word->value == NULL || word->value[0] != '\0';
    if (word->kind == WORD_NAME && strcmp(word->value, "@") == 0)
        hg_error(words->diagnostics, NULL, "the FILE of @FILE %s", why);
    else if (is_given || (word->kind == WORD_OPTION && word->code == OPTION_RAW_LINE))
        return true;
    else if (word->kind == WORD_NAME)
        hg_error(words->diagnostics, NULL, "a NAME %s", why);
    else
        hg_error(words->diagnostics, NULL, "the value of option '%.*s' %s",
                 (int)strcspn(word->spelling, "="), word->spelling, why);
    return false;
}

bool next_word(struct words *words, struct word *ret)
{
    return read_word(words, ret) && check_empty(words, ret);
}
