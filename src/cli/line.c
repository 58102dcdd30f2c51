/*
 * Reads the command line, word by word: command, names, options, and the arguments after `--`.
 *
 *     hdrgen diff --header a.h -- -DX --against --header b.h     the sides of diff, each with flags
 *     hdrgen --header a.h -- --use-core -- -DX                   bindgen's between two --
 *     hdrgen link --wrap LINKER -- ARGUMENT...                   a linker's
 *     hdrgen help show
 *
 * words.c finds the kind of each word; this file decides where it belongs.
 */
#include "parser.h"
#include "words.h"

#include "base/diag.h"

#include <string.h>

/* --- the words --- */

/* Keeps the words after `--`, up to the end, or in diff up to --against.  True = that was found. */
static bool read_rest(struct parser *parser, struct words *words)
{
    for (const char *word;;) {
        (void)!next_raw_word(words, false, &word); /* fails only where it expands */
        if (word == NULL)
            return false;
        if (parser->options->command == COMMAND_DIFF && strcmp(word, "--against") == 0)
            return true;
        *HG_PUSH(&parser->sources.after) = word;
    }
}

/* Takes a word that is no option: the command, the command after `help`, or a NAME. */
static bool take_name(struct parser *parser, const char *name)
{
    struct options *options = parser->options;
    enum command topic;
    if (parser->asks_help && strcmp(name, "help") == 0)
        return true;
    if (parser->asks_help && find_command(name, &topic)) {
        parser->topic = &command_table[topic];
        return true;
    }
    if (parser->asks_help) {
        const char *nearest = nearest_command(name);
        return refuse(parser->diagnostics, "there is no command '%s'%s%s%s", name,
                      nearest == NULL ? " (hdrgen --help lists them)" : "; did you mean ",
                      nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
    }
    bool is_first = !parser->has_command && parser->names.count == 0;
    if (is_first && strcmp(name, "help") == 0)
        return parser->wants_help = parser->asks_help = true;
    if (is_first && find_command(name, &options->command)) {
        parser->has_command = true;
        parser->topic = &command_table[options->command];
        return true;
    }
    if (is_first)
        options->assumed_name = name;
    *HG_PUSH(&parser->names) = name;
    return true;
}

static bool take_option_word(struct parser *parser, const struct word *word)
{
    if (word->value != NULL)
        note_unexpanded(word->value, parser->diagnostics);
    *HG_PUSH(&parser->seen) = (struct given){.code = word->code, .value = word->value};
    return take_option(parser, word->code, word->value);
}

static bool read_words(struct parser *parser, int argc, char **argv)
{
    struct words words;
    words_init(&words, (const char *const *)argv + 1, (size_t)argc - 1, &parser->options->arena,
               parser->diagnostics);
    words.opened = &parser->options->response_files;
    for (struct word word; next_word(&words, &word);) {
        switch (word.kind) {
        case WORD_END:
            return true;
        case WORD_NAME:
            note_unexpanded(word.value, parser->diagnostics);
            if (!take_name(parser, word.value))
                return false;
            break;
        case WORD_OPTION:
            if (!take_option_word(parser, &word))
                return false;
            break;
        case WORD_CLANG:
            note_unexpanded(word.value != NULL ? word.value : word.spelling + 2,
                            parser->diagnostics);
            *HG_PUSH(&parser->sources.clang) = word.spelling;
            if (word.value != NULL)
                *HG_PUSH(&parser->sources.clang) = word.value;
            break;
        case WORD_REST:
            if (!read_rest(parser, &words))
                return true;
            word = (struct word){.code = OPTION_AGAINST};
            if (!take_option_word(parser, &word))
                return false;
            break;
        }
    }
    return false;
}

/* --- bindgen's --- */

/* Options of bindgen go with Rust only, except those that name files. */
static bool check_rust(struct parser *parser, const struct bindgen_given *given)
{
    for (size_t i = 0; i < given->options.count; i++) {
        const struct given *option = &given->options.items[i];
        bool is_file = option->code == 'o' || option->code == OPTION_DEPFILE;
        if (is_file || parser->emit == NULL || strcmp(parser->emit, "rust") == 0)
            continue;
        return refuse(
            parser->diagnostics,
            "%s is an option of bindgen, which writes Rust: it does not go with --emit %s",
            option->spelling, parser->emit);
    }
    return true;
}

static bool take_bindgen_options(struct parser *parser, const char *const *words, size_t count,
                                 struct bindgen_given *given)
{
    bool is_good =
        read_bindgen_options(words, count, parser->diagnostics, given) && check_rust(parser, given);
    for (size_t i = 0; i < given->options.count && is_good; i++) {
        *HG_PUSH(&parser->seen) = given->options.items[i];
        is_good = take_option(parser, given->options.items[i].code, given->options.items[i].value);
    }
    for (size_t i = 0; i < given->names.count; i++)
        *HG_PUSH(&parser->options->names) = given->names.items[i];
    parser->options->select.optional_count = given->names.count;
    parser->options->select.provided_quietly = true;
    parser->sources.each.headers.macros_are_optional = true;
    return is_good;
}

/* The words between two `--` are options of bindgen, as for aya-tool.  After a single `--` they are
 * clang's, or bindgen's if there are no headers for clang to read. */
static bool read_foreign_options(struct parser *parser)
{
    struct source_options *sources = &parser->sources;
    const char *const *words = sources->after.items;
    size_t all = sources->after.count;
    size_t count = 0;
    while (count < all && strcmp(words[count], "--") != 0)
        count++;
    bool is_closed = count < all;
    const char *foreign = find_bindgen_option(words, count);
    bool reads_headers = sources->each.headers.header_count > 0 || sources->kernel_count > 0;
    if (!is_closed && reads_headers && foreign != NULL)
        return refuse(
            parser->diagnostics,
            "%s is an option of bindgen: add -- after the last of them (clang's follow it)",
            foreign);
    if (!is_closed &&
        (reads_headers || count == 0 || (foreign == NULL && !hg_begins_with(words[0], "-o"))))
        return true;
    struct bindgen_given given = {.arena = &parser->options->arena, .has_macros = reads_headers};
    bool is_good = take_bindgen_options(parser, words, count, &given);
    bindgen_given_deinit(&given);
    size_t first = is_closed ? count + 1 : count;
    sources->after.count = 0;
    for (size_t i = first; i < all; i++)
        sources->after.items[sources->after.count++] = words[i];
    return is_good;
}

/* Why a word must not be passed to clang; NULL = it may. */
static const char *refusal_of(const char *word)
{
    static const struct {
        const char *start;
        const char *why;
    } refused[] = {
        {"--output", "it would go to clang, which writes nothing: put it before the --"},
        {"-Wp,-M", "it would make clang write dependencies: --depfile FILE writes hdrgen's"},
        {"-save-temps", "it would make clang write files"},
        {"--save-temps", "it would make clang write files"},
        {"-serialize-diag", "it would make clang write files"},
        {"--serialize-diag", "it would make clang write files"},
        {"-print-", "it would make clang print, not parse"},
        {"--print-", "it would make clang print, not parse"},
        {"--version", "put it before the --, or ask clang itself"},
        {"--help", "put it before the --, or ask clang itself"},
        {"-###", "it would make clang print, not parse"},
    };
    if (word[0] == '\0')
        return "a word for clang cannot be empty: is a variable of the shell unset?";
    if (strcmp(word, "--") == 0)
        return "there is one -- too many";
    if (hg_begins_with(word, "-o") && !hg_begins_with(word, "-objc"))
        return refused[0].why;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strncmp(word, refused[i].start, strlen(refused[i].start)) == 0)
            return refused[i].why;
    return NULL;
}

bool expand_rest(struct parser *parser, struct source_options *sources)
{
    struct words words;
    words_init(&words, sources->after.items, sources->after.count, &parser->options->arena,
               parser->diagnostics);
    words.opened = &parser->options->response_files;
    word_list expanded = {0};
    const char *word = NULL;
    const char *why = NULL;
    bool is_good = true;
    while ((is_good = next_raw_word(&words, true, &word)) && word != NULL)
        *HG_PUSH(&expanded) = word;
    free((void *)sources->after.items);
    sources->after = expanded;
    if (is_good)
        leave_out_arguments(parser, sources);
    for (size_t i = 0; i < sources->after.count && why == NULL; i++) {
        word = sources->after.items[i];
        const char *lost = lost_by(word);
        why = refusal_of(word);
        if (why == NULL && lost != NULL)
            return refuse(parser->diagnostics, "clang does not have %s: %s", word, lost);
    }
    if (is_good && why != NULL)
        hg_error(parser->diagnostics, NULL, "%s after --: %s", word[0] == '\0' ? "''" : word, why);
    return is_good && why == NULL;
}

/* Reads the command line of bindgen, if hdrgen is called by that name. */
static bool read_bindgen_line(struct parser *parser, int end, char **argv)
{
    struct options *options = parser->options;
    const char *const *words = (const char *const *)argv + 1;
    struct bindgen_given given = {.arena = &options->arena, .is_program = true, .has_macros = true};
    parser->emit = "rust";
    for (int i = 1; i < end; i++) {
        parser->wants_version |= strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0;
        parser->wants_help |= strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
    }
    if (parser->wants_version || parser->wants_help)
        return true;
    bool is_good = take_bindgen_options(parser, words, (size_t)end - 1, &given);
    if (is_good && given.header == NULL) {
        hg_error(parser->diagnostics, NULL,
                 "bindgen's command line has no header: bindgen HEADER [OPTION...] [-- "
                 "CLANG_ARGUMENT...]");
        is_good = false;
    }
    if (is_good)
        take_header(&parser->sources, given.header);
    unsigned others = given.limits & (BINDGEN_TYPES | BINDGEN_FUNCTIONS | BINDGEN_FILES);
    options->select.no_types = (given.limits & BINDGEN_MACROS) != 0 && others == 0;
    bindgen_given_deinit(&given);
    return is_good;
}

static bool is_named_bindgen(const char *program)
{
    return strcmp(hg_base_name(program), "bindgen") == 0;
}

bool read_line(struct parser *parser, int argc, char **argv)
{
    struct options *options = parser->options;
    if (!is_named_bindgen(argv[0]))
        return read_words(parser, argc, argv) &&
               (options->command == COMMAND_LINK || parser->left != NULL ||
                read_foreign_options(parser));
    int end = 1;
    while (end < argc && strcmp(argv[end], "--") != 0)
        end++;
    for (int i = end + 1; i < argc; i++)
        *HG_PUSH(&parser->sources.after) = argv[i];
    return read_bindgen_line(parser, end, argv);
}
