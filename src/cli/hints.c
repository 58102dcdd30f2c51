/*
 * Reports what a wrong word may have meant.
 *
 *     hdrgen show union bpf_attr     `union` belongs to the name after it
 *     hdrgen show linux/sched.h x    a file: --header linux/sched.h
 *     hdrgen show k61 task_struct    k61 may be a type; if it is none: --kernel k61
 *     hdrgen sow task_struct         sow may be a type; if it is none: `hdrgen show`
 *
 * Words that may be names of types are compared with files and commands only after the run failed,
 * so that a type may have the name of a file or command.
 */
#include "table.h"

#include "base/diag.h"
#include "base/nearest.h"
#include "model/match.h"

#include <string.h>
#include <sys/stat.h>

/* --- names --- */

static bool is_keyword(const char *word)
{
    static const char *const words[] = {"struct", "union", "enum", "typedef"};
    return HG_IS_ONE_OF(word, words);
}

/* The option for a file of that kind; NULL = there is no such file. */
static const char *option_of_file(const char *name)
{
    struct stat about;
    if (stat(name, &about) != 0)
        return NULL;
    return S_ISDIR(about.st_mode)                                 ? "--kernel"
           : hg_ends_with(name, ".h") || hg_ends_with(name, ".c") ? "--header"
           : hg_ends_with(name, ".o")                             ? "--for"
                                                                  : "--btf";
}

static bool check_name(const char *name, struct hg_diagnostics *diagnostics)
{
    const char *pattern = name;
    (void)hg_take_kind_word(&pattern);
    if (pattern[0] == '^')
        return hg_check_expression(pattern, pattern, diagnostics);
    /* The name of a type has no dot or slash. */
    const char *option = strpbrk(name, "./") == NULL ? NULL : option_of_file(name);
    if (option == NULL)
        return true;
    return refuse(diagnostics, "%s is a %s, not the name of a type: say %s %s", name,
                  strcmp(option, "--kernel") == 0 ? "directory" : "file", option, name);
}

static bool names_types(enum command command)
{
    return command == COMMAND_GENERATE || command == COMMAND_SHOW || command == COMMAND_LIST ||
           command == COMMAND_DIFF;
}

bool take_type_names(const char *const *names, size_t count, struct options *options,
                     struct hg_diagnostics *diagnostics)
{
    bool are_types = names_types(options->command);
    if (are_types && refuse_bpftool(names, count, diagnostics)) {
        options->assumed_name = NULL; /* no hint is needed */
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = names[i];
        if (are_types && is_keyword(name)) {
            if (i + 1 == count || names[i + 1][0] == '\0')
                return refuse(diagnostics, "'%s' is not a name: the name of the type follows it",
                              name);
            name = hg_arena_printf(&options->arena, "%s %s", name, names[i + 1]);
            i++;
        }
        if (are_types && !check_name(name, diagnostics))
            return false;
        *HG_PUSH(&options->names) = name;
    }
    return true;
}

/* --- after a failure --- */

const char *nearest_command(const char *word)
{
    struct hg_nearest nearest;
    hg_nearest_init(&nearest, word);
    for (size_t i = 0; i < COMMANDS; i++)
        hg_nearest_consider(&nearest, command_table[i].name, 0);
    hg_nearest_finish(&nearest);
    /* Two edits turn `mine`, and many other names of up to five letters, into `link`. */
    bool is_far = nearest.count > 0 && nearest.items[0].score >= 20 && strlen(word) <= 5;
    return nearest.count == 0 || is_far ? NULL : nearest.items[0].name;
}

/* Without a kernel tree, `linux/sched.h` is user space's header, which has only a part. */
static void hint_at_kernel(const struct source *source, struct hg_diagnostics *diagnostics)
{
    static const char *const folders[] = {"linux/", "net/", "asm/", "uapi/", "trace/"};
    for (size_t i = 0; i < source->headers.header_count; i++) {
        if (!HG_BEGINS_WITH_ONE_OF(source->headers.headers[i], folders))
            continue;
        hg_note(diagnostics, NULL,
                "%s is user space's header here; --kernel DIR (a kernel's headers or build tree) "
                "reads the kernel's",
                source->headers.headers[i]);
        return;
    }
}

void report_hints(const struct options *options, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < options->source_count; i++)
        if (options->sources[i].kind == SOURCE_HEADERS &&
            options->sources[i].headers.argument_count == 0)
            hint_at_kernel(&options->sources[i], diagnostics);
    for (size_t i = 0; i < options->source_count; i++)
        hint_at_tree(&options->sources[i], diagnostics);
    const char *word = options->assumed_name;
    const char *command = word == NULL ? NULL : nearest_command(word);
    if (command != NULL)
        hg_note(diagnostics, NULL, "'%s' is not a command; did you mean `hdrgen %s`?", word,
                command);
    for (size_t i = 0; i < options->select.name_count && names_types(options->command); i++) {
        const char *name = options->select.names[i];
        const char *option = option_of_file(name);
        if (option != NULL)
            hg_note(diagnostics, NULL, "%s is a %s here: if it was meant, say %s %s", name,
                    strcmp(option, "--kernel") == 0 ? "directory" : "file", option, name);
    }
    for (size_t i = 0; i < options->names.count && names_types(options->command); i++)
        hint_at_member(options->command, options->names.items[i], diagnostics);
}
