/*
 * Completion in shells: prints the words that the last word of a command line may become.
 *
 *     hdrgen __complete show --btf vmlinux task_s
 *         ->  task_struct  struct
 *
 * Each line has a candidate and, after a tab, its description.  A line that begins with a colon
 * lets the shell complete by itself: `:files`, `:directories`.  The scripts in completion/ adapt
 * this to each shell.
 *
 * Names of types come from the source that the words name, read as the command would read it.  If
 * that fails, there are no candidates and no message: the user is still typing.
 */
#include "table.h"

#include "base/memory.h"
#include "base/strings.h"
#include "model/nearest.h"

#include <string.h>

/* Candidates that begin with the typed text; each is printed after `before`, such as `--emit=`. */
struct completion {
    FILE *to;
    const char *typed;
    int before_length;
    const char *before;
};

static void offer(const struct completion *completion, const char *word, const char *what)
{
    if (strncmp(word, completion->typed, strlen(completion->typed)) == 0)
        fprintf(completion->to, "%.*s%s\t%s\n", completion->before_length, completion->before, word,
                what);
}

/* Offers the words of a list separated by spaces. */
static void offer_list(const struct completion *completion, const char *list)
{
    while (*list != '\0') {
        size_t length = strcspn(list, " ");
        char *word = strndup(list, length);
        if (word == NULL)
            hg_out_of_memory();
        offer(completion, word, "");
        free(word);
        list += length + (list[length] == ' ');
    }
}

static void offer_commands(const struct completion *completion)
{
    for (size_t i = 0; i < COMMANDS; i++)
        offer(completion, command_table[i].name, command_table[i].summary);
}

static void offer_options(const struct completion *completion, enum command command)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *spec = &option_table[i];
        if ((spec->commands & 1u << command) == 0)
            continue;
        char *word = NULL;
        char *what = strndup(spec->help, strcspn(spec->help, "\n"));
        if (what == NULL || asprintf(&word, "--%s", spec->name) < 0)
            hg_out_of_memory();
        offer(completion, word, what);
        free(word);
        free(what);
    }
}

/* --- names of types and headers --- */

static void offer_names(const struct completion *completion, const struct hg_model *model)
{
    struct hg_arena arena;
    struct hg_strings seen;
    hg_arena_init(&arena);
    hg_strings_init(&seen, &arena);
    size_t count = hg_model_type_count(model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        if (!hg_is_namable(type->kind) || type->name == NULL || !type->complete)
            continue;
        uint32_t *times = hg_strings_number(&seen, type->name, strlen(type->name));
        if ((*times)++ == 0)
            offer(completion, type->name, hg_kind_name(type->kind));
    }
    hg_strings_deinit(&seen);
    hg_arena_deinit(&arena);
}

static void offer_headers(struct completion *completion, const struct source *source)
{
    struct hg_diagnostics silent = {0};
    struct hg_kernel *kernel = NULL;
    struct hg_kernel_headers *headers = NULL;
    if (source->kind == SOURCE_KERNEL && open_kernel(source, &silent, &kernel) == HG_OK &&
        hg_kernel_list_headers(kernel, &silent, &headers) == HG_OK)
        for (size_t i = 0; i < headers->count; i++)
            if (!headers->items[i].is_shadowed)
                offer(completion, headers->items[i].name, "");
    hg_kernel_headers_destroy(headers);
    hg_kernel_destroy(kernel);
}

static void offer_name(void *user, const char *name, const char *kind)
{
    offer(user, name, kind);
}

static void offer_types(struct completion *completion, const struct source *source)
{
    struct hg_diagnostics silent = {0};
    struct hg_model *model = NULL;
    if (source->kind == SOURCE_KERNEL && source->headers.header_count == 0)
        (void)!visit_kernel_names(source, &silent, offer_name, completion);
    else if (read_source(source, &(struct wanted_types){0}, &silent, &model) == HG_OK)
        offer_names(completion, model);
    hg_model_destroy(model);
}

/* Parses the words as a command line, with a NAME added since show needs one, and offers what is in
 * its source. */
typedef void offer_fn(struct completion *completion, const struct source *source);
static void offer_of_source(struct completion *completion, offer_fn *offer_all, int argc,
                            char **argv)
{
    char **line = hg_calloc((size_t)argc + 2, sizeof *line);
    int count = 0;
    for (int i = 0; i < argc; i++) {
        bool prints = strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0 ||
                      strcmp(argv[i], "--version") == 0;
        if (!prints)
            line[count++] = argv[i];
    }
    char any_name[] = "x";
    line[count++] = any_name;
    struct hg_diagnostics silent = {0};
    struct options options = {0};
    if (options_parse(count, line, &silent, &options) == STEP_RUN && options.source_count > 0)
        offer_all(completion, &options.sources[0]);
    options_deinit(&options);
    free(line);
}

/* --- the place of the last word --- */

/* The option `--name` or `-x` if its value is the next word; NULL = it is not. */
static const struct option_spec *waits_for_value(const char *word)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *spec = &option_table[i];
        bool is_long = hg_begins_with(word, "--") && strcmp(word + 2, spec->name) == 0;
        bool is_short =
            spec->code < 256 && word[0] == '-' && word[1] == (char)spec->code && word[2] == '\0';
        if (is_long || is_short)
            return spec->value == NULL ? NULL : spec;
    }
    return NULL;
}

static void offer_value(const struct completion *completion, const struct option_spec *spec)
{
    for (size_t i = 0; i < choices_count; i++)
        if (choices_table[i].code == spec->code)
            offer_list(completion, choices_table[i].words);
    if (strcmp(spec->value, "DIR") == 0)
        fputs(":directories\n", completion->to);
    else if (strcmp(spec->value, "FILE") == 0 || strcmp(spec->value, "H") == 0)
        fputs(":files\n", completion->to);
}

struct line {
    enum command command;
    bool has_command;
    size_t names; /* number of earlier words that are neither command nor option */
};

static struct line read_line(int argc, char **argv)
{
    struct line line = {.command = COMMAND_GENERATE};
    for (int i = 1; i < argc; i++) {
        if (waits_for_value(argv[i]) != NULL) {
            i++;
            continue;
        }
        if (argv[i][0] == '-')
            continue;
        if (line.names == 0 && !line.has_command && find_command(argv[i], &line.command))
            line.has_command = true;
        else
            line.names++;
    }
    return line;
}

int complete(int argc, char **argv, FILE *to)
{
    struct completion completion = {
        .to = to, .typed = argc > 1 ? argv[argc - 1] : "", .before = ""};
    int before = argc > 1 ? argc - 1 : argc;
    for (int i = 1; i < before; i++) {
        if (strcmp(argv[i], "--") == 0) { /* arguments for clang follow */
            fputs(":files\n", to);
            return 0;
        }
    }
    const struct option_spec *waiting = before > 1 ? waits_for_value(argv[before - 1]) : NULL;
    struct line line = read_line(before, argv);
    const char *equals = strchr(completion.typed, '=');
    if (waiting != NULL) {
        offer_value(&completion, waiting);
        if (waiting->code == OPTION_HEADER)
            offer_of_source(&completion, offer_headers, before - 1, argv);
    } else if (completion.typed[0] == '-' && equals != NULL) {
        char *option = strndup(completion.typed, (size_t)(equals - completion.typed));
        if (option == NULL)
            hg_out_of_memory();
        const struct option_spec *spec = waits_for_value(option);
        completion.before = completion.typed;
        completion.before_length = (int)(equals + 1 - completion.typed);
        completion.typed = equals + 1;
        if (spec != NULL)
            offer_value(&completion, spec);
        free(option);
    } else if (completion.typed[0] == '-') {
        offer_options(&completion, line.command);
    } else {
        if (!line.has_command && line.names == 0)
            offer_commands(&completion);
        if (command_table[line.command].takes_objects && line.names == 0)
            fputs(":files\n", to);
        offer_of_source(&completion, offer_types, before, argv);
    }
    return 0;
}
