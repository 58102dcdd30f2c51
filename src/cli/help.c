/*
 * --help, made from the tables of commands and options: an overview that fits on a screen, and a
 * page for each command.
 */
#include "table.h"

#include <string.h>

enum { HELP_COLUMN = 25, WIDTH = 80 };

/* Prints a text, wrapped, from a column on; further lines are indented.  A newline in the text
 * begins a line, too. */
static void put_wrapped(FILE *to, const char *text, size_t indent, size_t column)
{
    for (const char *at = text; *at != '\0';) {
        bool is_new = at == text || at[-1] == '\n';
        size_t blanks = strspn(at, " ");
        size_t length = strcspn(at + blanks, " \n");
        if (column + blanks + length > WIDTH && !is_new) {
            fprintf(to, "\n%*s", (int)indent, "");
            column = indent;
            blanks = 0;
            at += strspn(at, " ");
        }
        fprintf(to, "%.*s", (int)(blanks + length), at);
        column += blanks + length;
        at += blanks + length;
        if (*at != '\n')
            continue;
        at++;
        fputc('\n', to);
        column = 0;
        if (*at != '\0')
            column = (size_t)fprintf(to, "%*s", (int)indent, "");
    }
}

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
    fprintf(to, "%*s", HELP_COLUMN - width, "");
    put_wrapped(to, spec->help, HELP_COLUMN, HELP_COLUMN);
    fputc('\n', to);
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
        fprintf(to, "  hdrgen %-9s %s\n", command_table[i].name, command_table[i].summary);
    put_group(to, ~0u, GROUP_SOURCE);
    put_examples(to, command_table[COMMAND_GENERATE].examples);
    fputs(
        "\nhdrgen COMMAND --help lists a command's options; what follows -- goes to clang.\n"
        "Exit status: 0 done; 1 diff or check found something; 2 wrong, nothing written.\n",
        to);
}

void print_help(FILE *to, const struct command_spec *command)
{
    if (command == NULL) {
        put_overview(to);
        return;
    }
    fprintf(to, "hdrgen %s %s\n\n", command->name, command->usage);
    put_wrapped(to, command->text, 0, 0);
    for (int group = 0; group < GROUPS; group++)
        put_group(to, 1u << (command - command_table), (enum option_group)group);
    put_examples(to, command->examples);
}
