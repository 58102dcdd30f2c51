/*
 * Options: argv into a plain struct.
 *
 *     hdrgen [generate|show|list] [NAME...] [OPTION...] [-- CLANG_ARGUMENT...]
 *
 * getopt_long reads what stands before the first `--`; what follows it is clang's.  Strings are
 * argv's own.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/text.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

enum long_option {
    OPTION_HEADER = 256,
    OPTION_BTF,
    OPTION_BASE_BTF,
    OPTION_POINTERS,
    OPTION_TARGET,
    OPTION_KEEP_GOING,
    OPTION_STRICT,
    OPTION_CTYPES_PREFIX,
    OPTION_GUARD,
    OPTION_ELF,
    OPTION_SYMBOLS,
    OPTION_BTF_COMPAT,
    OPTION_FORMAT,
    OPTION_DEPFILE,
    OPTION_VERSION,
};

static const struct option long_options[] = {
    {"header", required_argument, NULL, OPTION_HEADER},
    {"btf", required_argument, NULL, OPTION_BTF},
    {"base-btf", required_argument, NULL, OPTION_BASE_BTF},
    {"emit", required_argument, NULL, 'e'},
    {"output", required_argument, NULL, 'o'},
    {"pointers", required_argument, NULL, OPTION_POINTERS},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"keep-going", no_argument, NULL, OPTION_KEEP_GOING},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"ctypes-prefix", required_argument, NULL, OPTION_CTYPES_PREFIX},
    {"guard", required_argument, NULL, OPTION_GUARD},
    {"elf", no_argument, NULL, OPTION_ELF},
    {"symbols", no_argument, NULL, OPTION_SYMBOLS},
    {"btf-compat", required_argument, NULL, OPTION_BTF_COMPAT},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"depfile", required_argument, NULL, OPTION_DEPFILE},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

struct parser {
    struct hg_diagnostics *diagnostics;
    struct options *options;
    struct source_options sources;
    const char **headers; /* sources.headers.headers */
    const char *emit;
    const char *format;
};

static bool take_option(struct parser *parser, int option, const char *value)
{
    struct options *options = parser->options;
    switch (option) {
    case OPTION_HEADER:
        parser->headers[parser->sources.headers.header_count++] = value;
        return true;
    case OPTION_BTF:
        return take_btf(&parser->sources, value, parser->diagnostics);
    case OPTION_BASE_BTF:
        return take_base_btf(&parser->sources, value, parser->diagnostics);
    case 'e':
        parser->emit = value;
        return true;
    case 'o':
        options->output = value;
        return true;
    case OPTION_POINTERS:
        return parse_pointers(value, &options->select.pointer_depth, parser->diagnostics);
    case OPTION_TARGET:
        parser->sources.headers.target = value;
        return true;
    case OPTION_KEEP_GOING:
        parser->sources.headers.keep_going = true;
        return true;
    case OPTION_STRICT:
        options->strict = true;
        return true;
    case OPTION_CTYPES_PREFIX:
        options->write.ctypes_prefix = value;
        return check_rust_path(value, parser->diagnostics);
    case OPTION_GUARD:
        options->write.guard = value;
        return check_identifier("--guard", value, parser->diagnostics);
    case OPTION_ELF:
        options->write.elf = true;
        return true;
    case OPTION_SYMBOLS:
        options->write.symbols = options->select.symbols = true;
        return true;
    case OPTION_BTF_COMPAT:
        return parse_kernel_version(value, &options->write.btf_compat, parser->diagnostics);
    case OPTION_FORMAT:
        parser->format = value;
        return true;
    case OPTION_DEPFILE:
        options->depfile = value;
        return true;
    case 'q':
        options->quiet = true;
        return true;
    case 'v':
        options->verbose = true;
        parser->sources.headers.clang_warnings = true;
        return true;
    default:
        return false;
    }
}

/* --- what the options mean together --- */

static bool choose_emitter(struct parser *parser)
{
    struct options *options = parser->options;
    bool generate = options->command == COMMAND_GENERATE;
    if (!generate && parser->emit != NULL) {
        hg_error(parser->diagnostics, NULL, "--emit goes with generate; show has --format");
        return false;
    }
    if (generate && parser->format != NULL) {
        hg_error(parser->diagnostics, NULL, "--format goes with show; generate has --emit");
        return false;
    }
    options->emitter =
        generate ? find_emitter(parser->emit, options->output, parser->diagnostics)
                 : find_text_emitter(options->command, parser->format, parser->diagnostics);
    if (options->emitter == NULL)
        return false;
    bool to_stdout = strcmp(options->output, "-") == 0;
    if (options->emitter->is_btf && to_stdout && isatty(STDOUT_FILENO)) {
        hg_error(parser->diagnostics, NULL,
                 "BTF is binary and standard output is a terminal: add -o FILE, or pipe it on");
        return false;
    }
    if (!options->emitter->is_btf &&
        (options->write.elf || options->write.symbols || options->write.btf_compat != 0)) {
        hg_error(parser->diagnostics, NULL, "--elf, --symbols and --btf-compat go with --emit btf");
        return false;
    }
    if (options->write.symbols && options->sources[0].kind != SOURCE_BTF) {
        hg_error(parser->diagnostics, NULL,
                 "--symbols needs a source that lists functions and variables: BTF does, headers "
                 "do not");
        return false;
    }
    return true;
}

static bool check_output(struct parser *parser)
{
    struct options *options = parser->options;
    if (options->output[0] == '\0' || (options->depfile != NULL && options->depfile[0] == '\0')) {
        hg_error(parser->diagnostics, NULL, "the name of an output file cannot be empty");
        return false;
    }
    if (options->depfile != NULL && strcmp(options->output, "-") == 0) {
        hg_error(parser->diagnostics, NULL, "--depfile needs the name of the output: add -o FILE");
        return false;
    }
    if (options->command == COMMAND_SHOW && options->select.name_count == 0) {
        hg_error(parser->diagnostics, NULL,
                 "show needs a NAME, such as `hdrgen show --btf vmlinux task_struct` (list names "
                 "them all)");
        return false;
    }
    return true;
}

/* --- the command line, for the preamble of what is written --- */

/* How the output can be made again; clang's arguments name this machine's paths and stay out. */
static void describe_command(struct options *options)
{
    struct hg_text text = {0};
    hg_text_put(&text, "hdrgen");
    describe_sources(options, &text);
    for (size_t i = 0; i < options->select.name_count; i++)
        hg_text_printf(&text, strpbrk(options->select.names[i], " *?[") != NULL ? " '%s'" : " %s",
                       options->select.names[i]);
    if (options->write.symbols)
        hg_text_put(&text, " --symbols");
    if (options->select.pointer_depth == HG_FOLLOW_ALL)
        hg_text_put(&text, " --pointers follow");
    else if (options->select.pointer_depth > 0)
        hg_text_printf(&text, " --pointers follow=%u", options->select.pointer_depth);
    const struct hg_header_options *headers = &options->sources[0].headers;
    if (headers->target != NULL)
        hg_text_printf(&text, " --target %s", headers->target);
    if (headers->keep_going)
        hg_text_put(&text, " --keep-going");
    if (headers->argument_count > 0)
        hg_text_put(&text, " -- ...");
    options->write.command = options->command_line = text.data;
}

/* --- reading --- */

static enum next_step read_options(struct parser *parser, int argc, char **argv)
{
    opterr = 0;
    int option;
    while ((option = getopt_long(argc, argv, ":e:o:qvh", long_options, NULL)) != -1) {
        if (option == 'h') {
            print_help(stdout);
            return STEP_EXIT_OK;
        }
        if (option == OPTION_VERSION) {
            printf("hdrgen %s (libclang %s)\n", HDRGEN_VERSION, HDRGEN_LIBCLANG_VERSION);
            return STEP_EXIT_OK;
        }
        if (option == ':') {
            hg_error(parser->diagnostics, NULL, "option '%s' needs a value", argv[optind - 1]);
            return STEP_EXIT_ERROR;
        }
        if (option == '?') {
            hg_error(parser->diagnostics, NULL,
                     "unknown option '%s' (hdrgen --help lists them; options for clang follow --)",
                     argv[optind - 1]);
            return STEP_EXIT_ERROR;
        }
        if (!take_option(parser, option, optarg))
            return STEP_EXIT_ERROR;
    }
    return STEP_RUN;
}

/* The first word, when it is a command; generate otherwise. */
static int take_command(struct options *options, char **argv, int first, int end)
{
    static const char *const commands[] = {
        [COMMAND_GENERATE] = "generate",
        [COMMAND_SHOW] = "show",
        [COMMAND_LIST] = "list",
    };
    for (size_t i = 0; first < end && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[first], commands[i]) == 0) {
            options->command = (enum command)i;
            return first + 1;
        }
    }
    return first;
}

enum next_step options_parse(int argc, char **argv, struct hg_diagnostics *diagnostics,
                             struct options *ret)
{
    int end = 1;
    while (end < argc && strcmp(argv[end], "--") != 0)
        end++;
    *ret = (struct options){.output = "-"};
    struct parser parser = {
        .diagnostics = diagnostics,
        .options = ret,
        .headers = hg_calloc((size_t)argc, sizeof(char *)),
    };
    ret->headers = parser.sources.headers.headers = parser.headers;
    if (end < argc) {
        parser.sources.headers.arguments = (const char *const *)argv + end + 1;
        parser.sources.headers.argument_count = (size_t)(argc - end - 1);
    }
    if (argc == 1) {
        hg_error(diagnostics, NULL,
                 "nothing to do: name a type, or a source with --header or "
                 "--btf (hdrgen --help shows how)");
        return STEP_EXIT_ERROR;
    }

    enum next_step step = read_options(&parser, end, argv);
    if (step != STEP_RUN)
        return step;
    int first = take_command(ret, argv, optind, end);
    ret->select.names = (const char *const *)argv + first;
    ret->select.name_count = (size_t)(end - first);
    if (!choose_sources(&parser.sources, ret, diagnostics) || !choose_emitter(&parser) ||
        !check_output(&parser))
        return STEP_EXIT_ERROR;
    ret->write.keep_namesakes = ret->sources[0].kind == SOURCE_BTF;
    describe_command(ret);
    return STEP_RUN;
}

void options_deinit(struct options *options)
{
    free((void *)options->headers);
    free(options->command_line);
}
