/*
 * Parses the options: argv becomes a plain struct.
 *
 *     hdrgen [COMMAND] [NAME...] [OPTION...] [-- CLANG_ARGUMENT...]
 *     hdrgen [generate] [NAME...] [OPTION...] -- BINDGEN_OPTION... -- [CLANG_ARGUMENT...]
 *     bindgen HEADER [BINDGEN_OPTION...] [-- CLANG_ARGUMENT...]
 *
 * table.c has the options.  line.c reads the words, and calls take_option for each option.  Strings
 * are argv's, or in the options' arena.
 */
#include "parser.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>
#include <unistd.h>

/* --against: the options before it are the left side of diff, those after it the right one.
 * Options that are not about one side, and the target, hold for the right one, too. */
static bool begin_right(struct parser *parser)
{
    if (parser->left != NULL)
        return refuse(parser->diagnostics, "--against is given twice: diff compares two sides");
    struct source_options *left = parser->left = hg_calloc(1, sizeof *left);
    *left = parser->sources;
    parser->sources = (struct source_options){.each = left->each, .no_kernel = left->no_kernel};
    parser->sources.each.headers.header_count = 0;
    parser->sources.each.commands = NULL;
    return true;
}

/* Takes an option that only sets a flag, keeps its value, or adds it to a list.  False = it is another
 * option. */
static bool keep_option(struct parser *parser, int option, const char *value)
{
    struct options *options = parser->options;
    struct source_options *sources = &parser->sources;
    const struct {
        int option;
        bool *flag;
    } flags[] = {
        {OPTION_NO_KERNEL, &sources->no_kernel},
        {OPTION_FORCE_RANDSTRUCT, &sources->each.kernel.force_randstruct},
        {OPTION_SOURCES, &sources->each.lists_sources},
        {OPTION_FAST, &sources->each.is_fast},
        {OPTION_NO_CACHE, &sources->each.no_cache},
        {OPTION_LOAD, &options->load},
        {OPTION_SURFACE, &options->surface},
        {OPTION_STAT, &options->stat},
        {OPTION_COMMON, &options->common},
        {'E', &options->write.layout.expand},
        {OPTION_HEX, &options->write.layout.hex},
        {OPTION_REORGANIZE, &options->write.layout.reorganize},
        {OPTION_COMPILE, &options->compile},
        {OPTION_STRICT, &options->strict},
        {OPTION_NO_ACCESS_INDEX, &options->write.no_preserve_access_index},
        {OPTION_ELF, &options->write.elf},
        {'q', &options->quiet},
        {'h', &parser->wants_help},
        {'V', &parser->wants_version},
    };
    const struct {
        int option;
        const char **value;
    } values[] = {
        {OPTION_ARCH, &sources->each.kernel.arch},
        {OPTION_COMMANDS, &sources->each.commands},
        {'e', &parser->emit},
        {'o', &options->output},
        {OPTION_TARGET, &sources->each.headers.target},
        {OPTION_FORMAT, &parser->format},
        {OPTION_DEPFILE, &options->depfile},
        {OPTION_WRAP, &options->linker},
    };
    const struct {
        int option;
        word_list *list;
    } lists[] = {
        {OPTION_FOR, &options->for_objects},
        {OPTION_FLEET, &options->fleets},
        {OPTION_WITHOUT, &options->without},
        {OPTION_CONTAINS, &options->contained},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].option == option)
            return *flags[i].flag = true;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (values[i].option == option) {
            *values[i].value = value;
            return true;
        }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i].option == option) {
            *HG_PUSH(lists[i].list) = value;
            return true;
        }
    return false;
}

/* Takes an option whose value is a word of choices_table; enums have the order of these words. */
static bool take_choice(struct parser *parser, int option, const char *value)
{
    static const unsigned loaders[] = {LOADER_LIBBPF, LOADER_AYA, LOADER_CILIUM,
                                       LOADER_LIBBPF | LOADER_AYA,
                                       LOADER_LIBBPF | LOADER_AYA | LOADER_CILIUM};
    struct options *options = parser->options;
    size_t choice = 0;
    if (!find_choice(option, value, &choice, parser->diagnostics))
        return false;
    if (option == OPTION_PROGRESS)
        parser->sources.each.progress = (enum when)choice;
    else if (option == OPTION_COLOR)
        options->color = (enum when)choice;
    else if (option == OPTION_LOADER)
        options->loaders = loaders[choice];
    else if (option == OPTION_ARRAYS)
        options->arrays = ARRAYS_FLAT + (enum arrays)choice;
    else if (option == OPTION_SORT)
        options->write.layout.order = HG_LIST_BY_SIZE + (enum hg_list_order)choice;
    else if (option == OPTION_ENUM_STYLE)
        options->write.enum_style = (enum hg_enum_style)choice;
    else
        options->write.accessors = HG_ACCESSORS_PROBE_READ + (enum hg_accessors)choice;
    return true;
}

bool take_option(struct parser *parser, int option, const char *value)
{
    struct options *options = parser->options;
    if (keep_option(parser, option, value))
        return true;
    switch (option) {
    case OPTION_HEADER:
        take_header(&parser->sources, value);
        return true;
    case OPTION_KERNEL:
        return take_kernel(&parser->sources, value, parser->diagnostics);
    case OPTION_MODULES:
        options->modules = value;
        parser->sources.each.reads_modules = true;
        return true;
    case 'j':
        return parse_jobs(value, &parser->sources.each.jobs, parser->diagnostics);
    case OPTION_AGAINST:
        return begin_right(parser);
    case OPTION_BTF:
        return take_btf(&parser->sources, value, parser->diagnostics);
    case OPTION_BASE_BTF:
        return take_base_btf(&parser->sources, value, parser->diagnostics);
    case OPTION_POINTERS:
        return parse_pointers(value, &options->select.pointer_depth, parser->diagnostics);
    case OPTION_FUNCTIONS:
    case OPTION_TRACEABLE:
    case OPTION_EVENTS:
    case OPTION_CONFIG:
    case OPTION_RELEASE:
        return take_beside(&parser->sources, option, value, parser->diagnostics);
    case OPTION_ATTACH:
        *HG_PUSH(&options->attach) = value;
        return check_attach(value, parser->diagnostics);
    case OPTION_KEEP_GOING:
        parser->sources.each.headers.keep_going = true;
        options->keep_going = true;
        return true;
    case OPTION_OFFSET:
        return parse_offset(value, options, parser->diagnostics);
    case OPTION_CACHELINE:
        return parse_cacheline(value, &options->write.layout.cache_line, parser->diagnostics);
    case OPTION_PROGRESS:
    case OPTION_COLOR:
    case OPTION_LOADER:
    case OPTION_ARRAYS:
    case OPTION_SORT:
    case OPTION_ENUM_STYLE:
    case OPTION_ACCESSORS:
        return take_choice(parser, option, value);
    case OPTION_HOLES:
        return parse_holes(value, &options->write.layout.least_holes, parser->diagnostics);
    case OPTION_CTYPES_PREFIX:
        options->write.ctypes_prefix = value;
        return check_rust_path("--ctypes-prefix", value, parser->diagnostics);
    case OPTION_FIELDS:
        return take_fields(value, options, parser->diagnostics);
    case OPTION_OPAQUE_TYPE:
        return take_opaque_type(value, options, parser->diagnostics);
    case OPTION_BLOCKLIST_TYPE:
        return take_blocklist_type(value, options, parser->diagnostics);
    case OPTION_RAW_LINE:
        return take_raw_line(value, options, parser->diagnostics);
    case OPTION_MACROS:
        return take_macros(value, options, parser->diagnostics);
    case OPTION_DERIVE:
        return parse_derives(value, &options->write.derives, parser->diagnostics);
    case OPTION_MODULE:
        options->write.module = value;
        return check_module(value, parser->diagnostics);
    case OPTION_PROBE_READ_FN:
        options->write.probe_read_fn = value;
        return check_rust_path("--probe-read-fn", value, parser->diagnostics);
    case OPTION_FLAVOUR:
        options->write.flavour = value;
        return check_flavour(value, parser->diagnostics);
    case OPTION_GUARD:
        options->write.guard = value;
        return check_identifier("--guard", value, parser->diagnostics);
    case OPTION_SYMBOLS:
        options->write.symbols = options->select.symbols = true;
        return true;
    case OPTION_BTF_COMPAT:
        return parse_kernel_version(value, &options->write.btf_compat, parser->diagnostics);
    case 'v':
        parser->sources.each.explain = options->verbose; /* -vv */
        options->verbose = options->write.verbose = true;
        parser->sources.each.headers.clang_warnings = true;
        return true;
    default:
        return refuse(parser->diagnostics, "--%s has a row in table.c and no case in options.c",
                      find_option(option)->name);
    }
}

/* --- checks of several options together --- */

static bool choose_emitter(struct parser *parser)
{
    struct options *options = parser->options;
    if (options->command == COMMAND_FLAGS)
        return parse_check_format(parser->format, options, parser->diagnostics);
    if (options->command == COMMAND_DIFF) {
        options->diff_format =
            find_diff_format(parser->format, options->output, parser->diagnostics);
        return options->diff_format != NULL;
    }
    if (options->command == COMMAND_CHECK)
        return parse_check_format(parser->format, options, parser->diagnostics);
    if (options->write.elf && !check_elf(parser->emit, options->output, parser->diagnostics))
        return false;
    if ((options->fleets.count > 0 || options->write.elf) && parser->emit == NULL)
        parser->emit = "btf";
    if (options->command == COMMAND_GENERATE && parser->emit == NULL && options->object_count > 0 &&
        strcmp(options->output, "-") != 0 && output_suffix(options->output)[0] == '\0')
        return refuse(
            parser->diagnostics,
            "--for -o %s: say what to write: -o %s.btf or --emit btf is what a loader takes",
            options->output, options->output);
    options->emitter = options->command == COMMAND_GENERATE
                           ? find_emitter(parser->emit, options->output, parser->diagnostics)
                           : find_layout_emitter(options, parser->format, parser->diagnostics);
    if (options->emitter == NULL || !choose_layout(options, parser->diagnostics))
        return false;
    bool to_stdout = strcmp(options->output, "-") == 0 && !options->only_modules;
    if (options->emitter->is_btf && to_stdout && isatty(STDOUT_FILENO))
        return refuse(
            parser->diagnostics,
            "BTF is binary and standard output is a terminal: add -o FILE, or pipe it on");
    if (!options->emitter->is_btf &&
        (options->write.elf || options->write.symbols || options->write.btf_compat != 0))
        return refuse(parser->diagnostics, "--elf, --symbols and --btf-compat go with --emit btf");
    if (options->write.symbols && options->sources[0].kind != SOURCE_BTF)
        return refuse(
            parser->diagnostics,
            "--symbols needs a source that lists functions and variables: BTF does, headers "
            "do not");
    return true;
}

/* Takes the arguments of check as objects; checks that nothing else is asked of --for. */
static bool check_objects(struct parser *parser)
{
    struct options *options = parser->options;
    if (options->command == COMMAND_CHECK) {
        options->objects = options->select.names;
        options->object_count = options->select.name_count;
        options->select.name_count = 0; /* they are no names of types */
        if (options->object_count > 0)
            return true;
        return refuse(parser->diagnostics,
                      "check needs a BPF object, such as `hdrgen check prog.bpf.o --btf vmlinux`");
    }
    if (options->command == COMMAND_DIFF && options->object_count > 0)
        return check_touched(options, parser->diagnostics);
    if (options->object_count == 0 || !options->emitter->is_btf)
        return true;
    const char *other = options->select.name_count > 0      ? "names"
                        : options->select.pointer_depth > 0 ? "--pointers"
                        : options->write.symbols            ? "--symbols"
                                                            : NULL;
    return other == NULL ||
           refuse(parser->diagnostics,
                  "--for with --emit btf writes what the objects need and nothing else: %s %s not "
                  "go with it",
                  other, options->select.name_count > 0 ? "do" : "does");
}

static bool check_flags(struct parser *parser)
{
    const struct options *options = parser->options;
    const struct source *source = &options->sources[0];
    if (source->kind != SOURCE_KERNEL || (options->select.name_count > 0 && !source->lists_sources))
        return refuse(parser->diagnostics,
                      "flags takes --kernel DIR and, with --sources, names of source files");
    if (!source->lists_sources && options->json)
        return refuse(parser->diagnostics, "--format json goes with --sources");
    return true;
}

static bool check_output(struct parser *parser)
{
    struct options *options = parser->options;
    if (options->output[0] == '\0' || (options->depfile != NULL && options->depfile[0] == '\0'))
        return refuse(parser->diagnostics, "the name of an output file cannot be empty");
    if (options->depfile != NULL && strcmp(options->output, "-") == 0)
        return refuse(parser->diagnostics, "--depfile needs the name of the output: add -o FILE");
    if (options->command == COMMAND_SHOW && options->select.name_count == 0)
        return refuse(
            parser->diagnostics,
            "show needs a NAME, such as `hdrgen show --btf vmlinux task_struct` (list names "
            "them all)");
    return options->command != COMMAND_FLAGS || check_flags(parser);
}

/* --- link, which has objects and no sources --- */

/* Checks that each option goes with the command. */
static bool check_seen(const struct parser *parser)
{
    for (size_t i = 0; i < parser->seen.count; i++) {
        const struct option_spec *spec = find_option(parser->seen.items[i].code);
        enum command command = parser->options->command;
        if ((spec->commands & 1u << command) != 0)
            continue;
        const char *name = command_table[command].name;
        const char *spelling = parser->seen.items[i].spelling;
        return refuse(
            parser->diagnostics, "%s%s does not go with %s (hdrgen %s --help lists what does)",
            spelling == NULL ? "--" : "", spelling == NULL ? spec->name : spelling, name, name);
    }
    return true;
}

static bool take_link(struct parser *parser)
{
    struct options *options = parser->options;
    const struct source_options *sources = &parser->sources;
    options->objects = options->names.items;
    options->object_count = options->names.count;
    options->linker_argument_count = sources->after.count;
    options->linker_arguments =
        hg_arena_copy(&options->arena, sources->after.items, sources->after.count, sizeof(char *));
    if (sources->clang.count > 0)
        return refuse(parser->diagnostics, "%s does not go with link, which calls no clang",
                      sources->clang.items[0]);
    return check_link(options, parser->diagnostics) && check_seen(parser);
}

/* --- the command line in the preamble of the output --- */

/* Appends a word, quoted for a shell if necessary. */
static void put_word(struct hg_text *text, const char *word)
{
    bool is_plain = word[0] != '\0' && strpbrk(word, " \t\n*?[]'\"\\$`!#&|;<>(){}~") == NULL;
    if (is_plain) {
        hg_text_put(text, word);
        return;
    }
    hg_text_put(text, "'");
    for (; *word != '\0'; word++)
        hg_text_bytes(text, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    hg_text_put(text, "'");
}

/* Appends the options about the form of types. */
static void describe_shapes(const struct parser *parser, struct hg_text *text)
{
    for (size_t i = 0; i < parser->seen.count; i++) {
        const struct given *given = &parser->seen.items[i];
        bool is_shape =
            (given->code >= OPTION_FIELDS && given->code <= OPTION_MACROS) ||
            (given->code >= OPTION_CTYPES_PREFIX && given->code <= OPTION_NO_ACCESS_INDEX);
        if (!is_shape)
            continue;
        hg_text_printf(text, " --%s", find_option(given->code)->name);
        if (given->value == NULL)
            continue;
        hg_text_put(text, " ");
        put_word(text, given->value);
    }
}

/* Sets the command that makes the output; clang's arguments, which have paths of this machine, are
 * left out. */
static void describe_command(const struct parser *parser, struct options *options)
{
    struct hg_text text = {0};
    hg_text_put(&text, "hdrgen");
    describe_sources(options, &text);
    for (size_t i = 0; i < options->select.name_count; i++) {
        hg_text_put(&text, " ");
        put_word(&text, options->select.names[i]);
    }
    for (size_t i = 0; i < options->object_count; i++)
        hg_text_printf(&text, " --for %s", without_directory(options->objects[i]));
    if (options->write.symbols)
        hg_text_put(&text, " --symbols");
    describe_shapes(parser, &text);
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

/* --- all of it --- */

static void print_what_was_asked(const struct parser *parser)
{
    if (parser->wants_version)
        printf("hdrgen %s (libclang %s)\n", HDRGEN_VERSION, HDRGEN_LIBCLANG_VERSION);
    else
        print_help(stdout, parser->topic);
}

static enum next_step parse(struct parser *parser, int argc, char **argv)
{
    struct options *options = parser->options;
    if (!read_line(parser, argc, argv))
        return STEP_EXIT_ERROR;
    if (parser->wants_version || parser->wants_help) {
        print_what_was_asked(parser);
        return STEP_EXIT_OK;
    }
    if (!take_type_names(parser->names.items, parser->names.count, options, parser->diagnostics))
        return STEP_EXIT_ERROR;
    if (options->command == COMMAND_LINK)
        return take_link(parser) ? STEP_RUN : STEP_EXIT_ERROR;
    if (!expand_rest(parser, &parser->sources) ||
        (parser->left != NULL && !expand_rest(parser, parser->left)))
        return STEP_EXIT_ERROR;
    options->objects = options->for_objects.items;
    options->object_count = options->for_objects.count;
    options->only_modules = options->modules != NULL && options->output == NULL;
    if (options->only_modules && parser->emit == NULL)
        parser->emit = "btf";
    if (options->output == NULL)
        options->output = "-";
    options->select.names = options->names.items;
    options->select.name_count = options->names.count;
    if (options->names.count == 0 && options->trimmed.count > 0) {
        options->select.names = options->trimmed.items;
        options->select.name_count = options->trimmed.count;
    }
    if (options->command == COMMAND_SHOW && !take_questions(options, parser->diagnostics))
        return STEP_EXIT_ERROR;
    options->select.provided = options->provided.items;
    options->select.provided_count = options->provided.count;
    options->write.raw_lines = options->raw_lines.items;
    options->write.raw_line_count = options->raw_lines.count;
    parser->sources.each.headers.macros = options->macros.items;
    parser->sources.each.headers.macro_count = options->macros.count;
    if (!check_seen(parser) ||
        !choose_sources(parser->left, &parser->sources, options, parser->diagnostics) ||
        !choose_emitter(parser) || !check_objects(parser) || !check_output(parser) ||
        !check_load(options, parser->diagnostics) || !check_surface(options, parser->diagnostics) ||
        !check_fleet_for(options, parser->diagnostics) ||
        !check_shapes(options, parser->diagnostics) || !check_modules(options, parser->diagnostics))
        return STEP_EXIT_ERROR;
    if (options->loaders == 0)
        options->loaders = LOADER_LIBBPF;
    /* A kernel's own BTF has duplicate names, and loaders accept them. */
    bool is_trimmed = options->object_count > 0 && options->command == COMMAND_GENERATE;
    options->write.keep_duplicate_names = options->fleets.count > 0 ||
                                          options->sources[0].kind == SOURCE_BTF ||
                                          options->sources[0].lists_sources;
    options->write.keep_flavours = is_trimmed || options->sources[0].lists_sources;
    describe_command(parser, options);
    return STEP_RUN;
}

enum next_step options_parse(int argc, char **argv, struct hg_diagnostics *diagnostics,
                             struct options *ret)
{
    *ret = (struct options){0};
    hg_arena_init(&ret->arena);
    if (argc <= 1) {
        hg_error(diagnostics, NULL,
                 "nothing to do: name a type, or a source with --kernel, --header or "
                 "--btf (hdrgen --help shows how)");
        return STEP_EXIT_ERROR;
    }
    ret->linker = wrapped_linker(argv[0]);
    if (ret->linker != NULL) {
        ret->command = COMMAND_LINK;
        ret->linker_arguments = (const char *const *)argv + 1;
        ret->linker_argument_count = (size_t)argc - 1;
        return STEP_RUN;
    }
    struct parser parser = {.diagnostics = diagnostics, .options = ret};
    enum next_step step = parse(&parser, argc, argv);
    source_options_deinit(&parser.sources);
    if (parser.left != NULL)
        source_options_deinit(parser.left);
    free(parser.left);
    free(parser.seen.items);
    free((void *)parser.names.items);
    return step;
}

void options_deinit(struct options *options)
{
    free((void *)options->names.items);
    free((void *)options->for_objects.items);
    free(options->command_line);
    free(options->trims.items);
    free((void *)options->response_files.items);
    free(options->fleets.items);
    free(options->attach.items);
    free(options->without.items);
    free(options->trimmed.items);
    free(options->contained.items);
    free(options->macros.items);
    free(options->provided.items);
    free(options->raw_lines.items);
    hg_arena_deinit(&options->arena);
}
