/*
 * --help, made from the tables of commands and options: an overview that fits a screen, and a page
 * for each command.
 */
#include "table.h"

#include <string.h>

enum { HELP_COLUMN = 25 };

static void put_option(FILE *to, const struct option_spec *spec)
{
    int width = fprintf(to, "  ");
    if (spec->code < 256)
        width += fprintf(to, "-%c, ", spec->code);
    width += fprintf(to, "--%s", spec->name);
    if (spec->value != NULL)
        width += fprintf(to, " %s", spec->value);
    if (width >= HELP_COLUMN) {
        fputc('\n', to);
        width = 0;
    }
    for (const char *line = spec->help; line != NULL;) {
        const char *end = strchr(line, '\n');
        size_t length = end == NULL ? strlen(line) : (size_t)(end - line);
        fprintf(to, "%*s%.*s\n", HELP_COLUMN - width, "", (int)length, line);
        width = 0;
        line = end == NULL ? NULL : end + 1;
    }
}

static void put_group(FILE *to, unsigned commands, enum option_group group)
{
    bool is_first = true;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *spec = &option_table[i];
        if (spec->group != group || (spec->commands & commands) == 0)
            continue;
        if (is_first)
            fprintf(to, "\n%s\n", option_groups[group]);
        is_first = false;
        put_option(to, spec);
    }
}

static void put_examples(FILE *to, const char *examples)
{
    fputs("\nExamples\n", to);
    for (const char *line = examples; *line != '\0';) {
        size_t length = strcspn(line, "\n") + 1;
        fprintf(to, "  %.*s", (int)length, line);
        line += length;
    }
}

static void put_overview(FILE *to)
{
    fprintf(to, "hdrgen: %s\n\n", program_summary);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  hdrgen %-10s %s\n", command_table[i].name, command_table[i].summary);
    put_group(to, ~0u, GROUP_SOURCE);
    put_examples(to, command_table[COMMAND_GENERATE].examples);
    fputs(
        "\nhdrgen COMMAND --help lists a command's options; what follows -- goes to clang as it "
        "is.\nExit status: 0 done; 1 diff or check found something; 2 anything wrong, nothing is "
        "written.\n",
        to);
}

void print_help(FILE *to, const struct command_spec *command)
{
    if (command == NULL) {
        put_overview(to);
        return;
    }
    fprintf(to, "hdrgen %s %s\n\n%s", command->name, command->usage, command->text);
    for (int group = 0; group < GROUPS; group++)
        put_group(to, 1u << (command - command_table), (enum option_group)group);
    put_examples(to, command->examples);
}
