/*
 * The tables of commands and options.  --help, the manual pages, completion, and the check that an
 * option goes with a command are made from them.
 */
#ifndef HG_CLI_TABLE_H
#define HG_CLI_TABLE_H

#include "cli.h"
#include "regex.h"

#include "base/memory.h"

/* Codes of options without a letter; the code of an option with a letter is the letter.  Those from
 * OPTION_FIELDS to OPTION_MACROS and from OPTION_CTYPES_PREFIX to OPTION_NO_ACCESS_INDEX decide the
 * form of types, and the preamble of the output repeats them. */
enum option_code {
    OPTION_HEADER = 256,
    OPTION_KERNEL,
    OPTION_PROGRESS,
    OPTION_ARCH,
    OPTION_FORCE_RANDSTRUCT,
    OPTION_SOURCES,
    OPTION_COMMANDS,
    OPTION_FAST,
    OPTION_BTF,
    OPTION_BASE_BTF,
    OPTION_FUNCTIONS,
    OPTION_TRACEABLE,
    OPTION_EVENTS,
    OPTION_CONFIG,
    OPTION_RELEASE,
    OPTION_FLEET,
    OPTION_POINTERS,
    OPTION_ARRAYS,
    OPTION_FOR,
    OPTION_LOADER,
    OPTION_ATTACH,
    OPTION_WITHOUT,
    OPTION_LOAD,
    OPTION_FIELDS,
    OPTION_OPAQUE_TYPE,
    OPTION_BLOCKLIST_TYPE,
    OPTION_RAW_LINE,
    OPTION_MACROS,
    OPTION_TARGET,
    OPTION_KEEP_GOING,
    OPTION_STRICT,
    OPTION_CTYPES_PREFIX,
    OPTION_ENUM_STYLE,
    OPTION_DERIVE,
    OPTION_MODULE,
    OPTION_ACCESSORS,
    OPTION_PROBE_READ_FN,
    OPTION_GUARD,
    OPTION_FLAVOUR,
    OPTION_NO_ACCESS_INDEX,
    OPTION_ELF,
    OPTION_SYMBOLS,
    OPTION_BTF_COMPAT,
    OPTION_FORMAT,
    OPTION_COMMON,
    OPTION_HEX,
    OPTION_OFFSET,
    OPTION_CACHELINE,
    OPTION_REORGANIZE,
    OPTION_COMPILE,
    OPTION_CONTAINS,
    OPTION_SORT,
    OPTION_HOLES,
    OPTION_SURFACE,
    OPTION_STAT,
    OPTION_DEPFILE,
    OPTION_MODULES,
    OPTION_NO_CACHE,
    OPTION_NO_KERNEL,
    OPTION_COLOR,
    OPTION_AGAINST,
    OPTION_WRAP,
};

enum option_group {
    GROUP_SOURCE,
    GROUP_OUTPUT,
    GROUP_TYPES,
    GROUP_LAYOUT,
    GROUP_RUST,
    GROUP_C,
    GROUP_BTF,
    GROUP_RUN,
    GROUPS
};

struct option_spec {
    int code;
    const char *name;
    const char *value; /* the value's name in --help; NULL = the option takes none */
    unsigned commands; /* bits: 1u << enum command */
    enum option_group group;
    const char *help; /* further lines follow a newline */
};

struct command_spec {
    const char *name;
    run_fn *run;
    const char *usage;    /* the command line after the name */
    const char *summary;  /* a line of the overview */
    const char *text;     /* the first paragraph of its --help */
    const char *examples; /* one command on each line */
    const char *manual;   /* more text for the manual page; NULL = none */
    const char *finds;    /* the meaning of exit status 1; NULL = it is not used */
    bool takes_objects;   /* its arguments are BPF objects */
};

/* The values that an option accepts, separated by spaces, for completion. */
struct option_choices {
    int code;
    const char *words;
};

extern const char program_summary[]; /* hdrgen in one line */
extern const struct option_choices choices_table[];
extern const size_t choices_count;
extern const struct option_spec option_table[];
extern const size_t option_count;
extern const char *const option_groups[GROUPS]; /* their headings */
extern const struct command_spec command_table[COMMANDS];

/* The option with that code, or letter; NULL = there is none. */
const struct option_spec *find_option(int code);

/* --help; command NULL: the overview. */
void print_help(FILE *to, const struct command_spec *command);

/* man.c: a command's manual page, with the macros of man(7). */
void print_man(FILE *to, enum command which);

/* complete.c: prints the words that the last word may become; returns the exit status. */
int complete(int argc, char **argv, FILE *to);

bool find_command(const char *word, enum command *ret);

/* An option that was given. */
struct given {
    int code;
    const char *value;    /* NULL = it takes none */
    const char *spelling; /* bindgen's name for it; NULL = hdrgen's own */
};

/* The sorts of bindgen's options that limit the output. */
enum bindgen_limit {
    BINDGEN_TYPES = 1u << 0,
    BINDGEN_MACROS = 1u << 1,
    BINDGEN_FUNCTIONS = 1u << 2,
    BINDGEN_FILES = 1u << 3,
    BINDGEN_NO_MACROS = 1u << 4,
};

/* bindgen.c: a command line of bindgen, as options of hdrgen.  The caller sets arena, is_program
 * and has_macros.  Free with bindgen_given_deinit. */
struct bindgen_given {
    struct hg_arena *arena; /* owns the names and values */
    bool is_program;        /* the whole command line is bindgen's, with a header in it */
    bool has_macros;        /* the source is headers, not BTF */
    const char *header;
    HG_ARRAY(struct given) options;
    word_list names;
    word_list unwanted; /* macros to leave out, as patterns of --macros */
    unsigned limits;    /* enum bindgen_limit, or-ed */
};
/* Reports options that it does not understand, and warns of options without a counterpart. */
bool read_bindgen_options(const char *const *words, size_t count,
                          struct hg_diagnostics *diagnostics, struct bindgen_given *ret);
void bindgen_given_deinit(struct bindgen_given *given);
/* The first word that is a long option of bindgen's and none of clang's; NULL = there is none. */
const char *find_bindgen_option(const char *const *words, size_t count);

#endif
