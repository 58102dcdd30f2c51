/*
 * Manual pages, made from the tables of commands and options as --help is, so that they cannot
 * differ from it.
 *
 *     hdrgen __man            hdrgen(1): all commands, and generate's options
 *     hdrgen __man diff       hdrgen-diff(1)
 *
 * The build calls this and installs what it prints; the macros are those of man(7).
 */
#include "table.h"

#include <ctype.h>
#include <string.h>

/* Prints text up to `end`, or all of it if end is NULL.  Escapes roff's characters: `\`, a hyphen,
 * a dot or quote at the start of a line. */
static void put_until(FILE *to, const char *text, const char *end)
{
    bool starts_line = true;
    for (; *text != '\0' && text != end; text++) {
        if (starts_line && (*text == '.' || *text == '\''))
            fputs("\\&", to);
        starts_line = *text == '\n';
        if (*text == '\\')
            fputs("\\e", to);
        else if (*text == '-')
            fputs("\\-", to);
        else
            fputc(*text, to);
    }
}

static void put(FILE *to, const char *text)
{
    put_until(to, text, NULL);
}

/* The page's name: hdrgen, hdrgen-diff. */
static void put_page_name(FILE *to, const struct command_spec *command)
{
    fputs("hdrgen", to);
    if (command != &command_table[COMMAND_GENERATE])
        fprintf(to, "\\-%s", command->name);
}

static void put_title(FILE *to, const struct command_spec *command)
{
    bool is_main = command == &command_table[COMMAND_GENERATE];
    fputs(is_main ? ".TH HDRGEN" : ".TH HDRGEN\\-", to);
    for (const char *at = is_main ? "" : command->name; *at != '\0'; at++)
        fputc(toupper((unsigned char)*at), to);
    fputs(" 1 " HDRGEN_DATE " \"hdrgen " HDRGEN_VERSION "\"\n.SH NAME\n", to);
    put_page_name(to, command);
    fputs(" \\- ", to);
    put(to, is_main ? program_summary : command->summary);
    fputc('\n', to);
}

/* Prints paragraphs, which an empty line separates. */
static void put_paragraphs(FILE *to, const char *text)
{
    while (text != NULL && *text != '\0') {
        const char *end = strstr(text, "\n\n");
        put_until(to, text, end);
        if (end == NULL) {
            if (text[strlen(text) - 1] != '\n')
                fputc('\n', to);
            return;
        }
        fputs("\n.PP\n", to);
        text = end + 2;
    }
}

static void put_option(FILE *to, const struct option_spec *spec)
{
    fputs(".TP\n.B ", to);
    if (spec->code < 256)
        fprintf(to, "\\-%c\\fR, \\fB", spec->code);
    fputs("\\-\\-", to);
    put(to, spec->name);
    if (spec->value != NULL) {
        fputs(" \\fI", to);
        put(to, spec->value);
        fputs("\\fR", to);
    }
    fputc('\n', to);
    for (const char *line = spec->help; line != NULL;) {
        const char *end = strchr(line, '\n');
        put_until(to, line, end);
        fputs(end == NULL ? "\n" : "\n.br\n", to);
        line = end == NULL ? NULL : end + 1;
    }
}

static void put_options(FILE *to, enum command command)
{
    fputs(".SH OPTIONS\n", to);
    for (int group = 0; group < GROUPS; group++) {
        bool is_first = true;
        for (size_t i = 0; i < option_count; i++) {
            const struct option_spec *spec = &option_table[i];
            if (spec->group != (enum option_group)group || (spec->commands & 1u << command) == 0)
                continue;
            if (is_first) {
                fputs(".SS \"", to);
                put(to, option_groups[group]);
                fputs("\"\n", to);
            }
            is_first = false;
            put_option(to, spec);
        }
    }
}

static void put_commands(FILE *to)
{
    fputs(".SH COMMANDS\n", to);
    for (size_t i = 0; i < COMMANDS; i++) {
        fputs(".TP\n.B hdrgen ", to);
        put(to, command_table[i].name);
        fputc('\n', to);
        put(to, command_table[i].summary);
        fputc('\n', to);
    }
}

static void put_examples(FILE *to, const char *examples)
{
    fputs(".SH EXAMPLES\n.nf\n", to);
    put(to, examples);
    fputs(".fi\n", to);
}

static void put_see_also(FILE *to, const struct command_spec *command)
{
    fputs(".SH SEE ALSO\n", to);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (&command_table[i] == command)
            continue;
        fputs(".BR ", to);
        put_page_name(to, &command_table[i]);
        fputs(" (1),\n", to);
    }
    fputs(".BR clang (1),\n.BR bpftool (8)\n", to);
}

void print_man(FILE *to, enum command which)
{
    const struct command_spec *command = &command_table[which];
    put_title(to, command);
    fputs(".SH SYNOPSIS\n.B hdrgen\n", to);
    if (which != COMMAND_GENERATE) {
        fputs(".B ", to);
        put(to, command->name);
        fputc('\n', to);
    } else {
        fputs("[generate]\n", to);
    }
    put(to, command->usage);
    fputs("\n.SH DESCRIPTION\n", to);
    put_paragraphs(to, command->text);
    if (command->manual != NULL) {
        fputs(".PP\n", to);
        put_paragraphs(to, command->manual);
    }
    if (which == COMMAND_GENERATE)
        put_commands(to);
    put_options(to, which);
    fputs(".SH EXIT STATUS\n.TP\n.B 0\nDone.\n", to);
    if (command->finds != NULL) {
        fputs(".TP\n.B 1\n", to);
        put(to, command->finds);
        fputc('\n', to);
    }
    fputs(
        ".TP\n.B 2\nAnything wrong (usage, input, input and output); nothing is written, and "
        "standard error says what to do.\n",
        to);
    fputs(
        ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nSet to anything: no colours, unless "
        "\\-\\-color always.  So does TERM=dumb, which has lines for progress, too.\n"
        ".TP\n.B XDG_CACHE_HOME\nWhere the indexes of kernel trees are kept, in hdrgen;\n"
        "in ~/.cache without it.\n"
        ".TP\n.B TMPDIR\nWhere all headers of a kernel find room for a file of 20 MB, for a "
        "moment;\n"
        "in /tmp without it.\n",
        to);
    fputs(
        ".SH FILES\n.TP\n.I /sys/kernel/btf/vmlinux\nThe running kernel's types, read where no "
        "source is named.\n",
        to);
    put_examples(to, command->examples);
    put_see_also(to, command);
}
