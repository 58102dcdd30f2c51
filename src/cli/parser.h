/* The command line while it is read: shared by options.c, line.c and leave_out.c. */
#ifndef HG_CLI_PARSER_H
#define HG_CLI_PARSER_H

#include "table.h"

struct parser {
    struct hg_diagnostics *diagnostics;
    struct options *options;
    struct source_options sources; /* of the right side, after --against */
    struct source_options *left;   /* of the left side; NULL = there is no --against */
    const char *emit;
    const char *format;
    HG_ARRAY(struct given) seen;
    word_list names;                  /* of the command line */
    const struct command_spec *topic; /* the command to print help for; NULL = all */
    bool has_command;
    bool wants_help;
    bool asks_help; /* `hdrgen help`: the name of a command may follow */
    bool wants_version;
};

/* options.c: takes an option with its value; reports a wrong value. */
bool take_option(struct parser *parser, int option, const char *value);

/* line.c: reads the command line. */
bool read_line(struct parser *parser, int argc, char **argv);
/* Turns the words after `--` into clang's arguments: reads response files, and refuses options that
 * would make clang write or print. */
bool expand_rest(struct parser *parser, struct source_options *sources);
/* leave_out.c: drops arguments for clang that it does not need or know; a note names them. */
void leave_out_arguments(struct parser *parser, struct source_options *sources);
/* The effect on layouts or signs of an option of gcc that clang does not have; NULL = clang has
 * it. */
const char *lost_by(const char *word);

#endif
