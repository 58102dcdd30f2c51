/* What the command line has said so far: shared by options.c and line.c. */
#ifndef HG_CLI_PARSER_H
#define HG_CLI_PARSER_H

#include "table.h"

struct parser {
    struct hg_diagnostics *diagnostics;
    struct options *options;
    struct source_options sources; /* of diff with --against: those that follow it */
    struct source_options *left;   /* those that precede it; NULL = there is no --against */
    const char *emit;
    const char *format;
    HG_ARRAY(struct given) seen;
    word_list names;                  /* of the command line */
    const struct command_spec *topic; /* of help; NULL = none is named */
    bool has_command;
    bool wants_help;
    bool asks_help; /* `hdrgen help`: a topic may follow */
    bool wants_version;
};

/* options.c: an option that was given.  Reports a value that cannot be understood. */
bool take_option(struct parser *parser, int option, const char *value);

/* line.c: the words of the command line, and all that is in them. */
bool read_line(struct parser *parser, int argc, char **argv);
/* Turns the words after `--` into clang's arguments: reads response files, and refuses options that
 * would make clang write or print. */
bool expand_rest(struct parser *parser, struct source_options *sources);
/* leave_out.c: of what follows `--`, what clang need not or cannot have; a note names it. */
void leave_out_arguments(struct parser *parser, struct source_options *sources);
/* What clang does instead of what this option of gcc's asks of layouts or signs; NULL = it obeys. */
const char *lost_by(const char *word);

#endif
