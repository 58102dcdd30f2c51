/*
 * Makes the source of a command from the options, or the two sources of diff, and reads them.
 *
 *     --header A --header B        one source, A and B in one translation unit
 *     --kernel DIR --header A      one: A with the flags of that kernel
 *     --btf F                      one
 *     (none)                       the running kernel's BTF
 *
 * In diff:
 *
 *     --header A --header B                    two, if there is no other source
 *     --header A -DX --against --header B      two, each with its flags
 *     --header A --against -DX                 two: A, and A with -DX
 */
#include "table.h"

#include "base/diag.h"

#include <string.h>
#include <unistd.h>

static const char running_kernel[] = "/sys/kernel/btf/vmlinux";

static void take_place(struct source_options *sources, enum source_kind kind)
{
    sources->order[sources->order_count++] = kind;
}

void take_header(struct source_options *sources, const char *header)
{
    if (sources->each.headers.header_count == 0) {
        take_place(sources, SOURCE_HEADERS);
        sources->flags_before = sources->clang.count;
    } else if (sources->clang.count > sources->flags_before && sources->flag_between == NULL) {
        sources->flag_between = sources->clang.items[sources->flags_before];
    }
    *HG_PUSH(&sources->header_names) = header;
    sources->each.headers.header_count = sources->header_names.count;
}

bool take_kernel(struct source_options *sources, const char *directory,
                 struct hg_diagnostics *diagnostics)
{
    if (sources->kernel_count == MAX_SOURCES)
        return refuse(diagnostics, "--kernel is given more than %d times", MAX_SOURCES);
    take_place(sources, SOURCE_KERNEL);
    sources->kernels[sources->kernel_count++] = directory;
    return true;
}

bool take_btf(struct source_options *sources, const char *path, struct hg_diagnostics *diagnostics)
{
    if (sources->btf_count == MAX_SOURCES)
        return refuse(diagnostics, "--btf is given more than %d times: use --fleet DIR",
                      MAX_SOURCES);
    take_place(sources, SOURCE_BTF);
    sources->btf[sources->btf_count++] = (struct hg_btf_file){
        .sz = sizeof(struct hg_btf_file), .path = path, .base_path = sources->base_btf};
    sources->base_btf = NULL;
    return true;
}

/* The base of a module's BTF, `/sys/kernel/btf/nvme`, is vmlinux beside it.  NULL = another
 * file. */
static const char *base_beside(const char *path, struct hg_arena *arena)
{
    static const char directory[] = "sys/kernel/btf/";
    const char *name = hg_base_name(path);
    size_t length = (size_t)(name - path);
    size_t tail = sizeof directory - 1;
    if (length < tail || memcmp(name - tail, directory, tail) != 0 ||
        (length > tail && path[length - tail - 1] != '/') || strcmp(name, "vmlinux") == 0)
        return NULL;
    return hg_arena_printf(arena, "%.*svmlinux", (int)length, path);
}

bool take_base_btf(struct source_options *sources, const char *path,
                   struct hg_diagnostics *diagnostics)
{
    const char **base = sources->btf_count == 0 ? &sources->base_btf
                                                : &sources->btf[sources->btf_count - 1].base_path;
    if (*base != NULL)
        return refuse(diagnostics, "--base-btf is given twice for one --btf");
    *base = path;
    return true;
}

bool take_beside(struct source_options *sources, int option, const char *path,
                 struct hg_diagnostics *diagnostics)
{
    size_t index = sources->order_count == 0 ? 0 : sources->order_count - 1;
    struct hg_facts_options *beside = &sources->beside[index];
    const char **field = option == OPTION_CONFIG      ? &beside->config
                         : option == OPTION_RELEASE   ? &beside->release
                         : option == OPTION_TRACEABLE ? &beside->traceable
                         : option == OPTION_EVENTS    ? &beside->events
                                                      : &beside->symbols;
    if (*field != NULL)
        return refuse(diagnostics, "--%s is given twice for one kernel", find_option(option)->name);
    *field = path;
    return true;
}

static size_t wanted_sources(const struct options *options)
{
    return options->command == COMMAND_DIFF    ? 2
           : options->command == COMMAND_CHECK ? MAX_SOURCES
                                               : 1;
}

static bool add_source(struct options *options, const struct source *source,
                       struct hg_diagnostics *diagnostics)
{
    if (options->source_count == wanted_sources(options)) {
        enum source_kind first = options->sources[0].kind;
        return refuse(diagnostics, "%s",
                      options->command == COMMAND_DIFF ? "three sources: diff compares two"
                      : source->kind != first
                          ? "two sources: give one of --kernel, --header and --btf"
                      : first == SOURCE_KERNEL ? "--kernel is given twice"
                                               : "--btf is given twice");
    }
    options->sources[options->source_count++] = *source;
    return true;
}

static bool check_kernel_options(const struct source_options *sources,
                                 const struct options *options, struct hg_diagnostics *diagnostics)
{
    if (sources->kernel_count == 0 && sources->each.headers.header_count == 0 &&
        (sources->each.kernel.arch != NULL || sources->each.kernel.force_randstruct))
        return refuse(diagnostics, "--arch and --force-randstruct go with --kernel");
    if (sources->no_kernel &&
        (sources->kernel_count > 0 || sources->each.headers.header_count == 0))
        return refuse(diagnostics, "--no-kernel goes with --header, and without --kernel");
    bool has_sources = sources->each.lists_sources && sources->kernel_count > 0;
    const char *lonely = has_sources                      ? NULL
                         : sources->each.commands != NULL ? "--commands"
                         : sources->each.is_fast          ? "--fast"
                         : sources->each.reads_modules    ? "--modules"
                         : options->functions != NULL     ? "--functions"
                                                          : NULL;
    if (lonely != NULL)
        return refuse(diagnostics, "%s goes with --kernel DIR --sources", lonely);
    if (sources->each.lists_sources && !has_sources)
        return refuse(diagnostics, "--sources goes with --kernel DIR");
    if (sources->kernel_count > 0 && sources->each.headers.target != NULL)
        return refuse(
            diagnostics,
            "--target does not go with --kernel: the tree says what it is for, and --arch "
            "picks one where it holds several");
    return true;
}

/* The sources in the order of their options.  With --kernel, --header is no source of its own. */
static bool add_sources(const struct source_options *sources, struct options *options,
                        struct hg_diagnostics *diagnostics)
{
    size_t kernels = 0;
    size_t btfs = 0;
    for (size_t i = 0; i < sources->order_count; i++) {
        struct source source = sources->each;
        source.kind = sources->order[i];
        source.beside = sources->beside[i];
        source.is_here = options->load;
        source.reads_functions =
            options->functions != NULL || (options->command == COMMAND_CHECK &&
                                           source.lists_sources && source.beside.symbols != NULL);
        if (source.kind == SOURCE_HEADERS && sources->kernel_count > 0)
            continue;
        if (source.lists_sources && options->object_count > 0)
            source.headers.keep_going = false; /* --keep-going is for the objects here */
        if (source.kind == SOURCE_KERNEL)
            source.kernel.directory = sources->kernels[kernels++];
        if (source.kind == SOURCE_HEADERS &&
            !find_own_tree(sources, &options->arena, &source.kernel, diagnostics))
            return false;
        if (source.kind == SOURCE_HEADERS && source.kernel.directory != NULL)
            source.kind = SOURCE_KERNEL;
        if (source.kind == SOURCE_BTF) {
            source.btf = sources->btf[btfs++];
            if (source.btf.base_path == NULL)
                source.btf.base_path = base_beside(source.btf.path, &options->arena);
            source.btf.target = sources->each.headers.target;
        }
        if (!add_source(options, &source, diagnostics))
            return false;
    }
    return true;
}

static bool add_running_kernel(const struct source_options *sources, struct options *options,
                               struct hg_diagnostics *diagnostics)
{
    if (access(running_kernel, R_OK) == 0) {
        struct source source = {
            .kind = SOURCE_BTF,
            .btf = {.path = running_kernel, .target = sources->each.headers.target},
            .beside = sources->beside[0],
            .jobs = sources->each.jobs,
            .progress = sources->each.progress,
        };
        return add_source(options, &source, diagnostics);
    }
    return refuse(
        diagnostics,
        "nothing to %s: the running kernel has no BTF (%s). Say where the types are: "
        "--kernel DIR if you have its headers, --btf FILE if you have BTF or a vmlinux of it, "
        "--header H for any other header",
        options->source_count > 0 ? "compare with" : "read", running_kernel);
}

/* Puts the headers and clang's arguments into the struct that the front end takes. */
static void close_lists(struct source_options *sources, struct hg_arena *arena)
{
    struct hg_header_options *headers = &sources->each.headers;
    size_t count = sources->clang.count + sources->after.count;
    const char **arguments = hg_arena_array(arena, count, sizeof *arguments);
    for (size_t i = 0; i < sources->clang.count; i++)
        arguments[i] = sources->clang.items[i];
    for (size_t i = 0; i < sources->after.count; i++)
        arguments[sources->clang.count + i] = sources->after.items[i];
    headers->arguments = arguments;
    headers->argument_count = count;
    headers->headers = hg_arena_copy(arena, sources->header_names.items,
                                     sources->header_names.count, sizeof(char *));
    headers->header_count = sources->header_names.count;
}

void source_options_deinit(struct source_options *sources)
{
    free((void *)sources->header_names.items);
    free((void *)sources->clang.items);
    free((void *)sources->after.items);
}

/* --- the two sides of diff --- */

static void append(word_list *list, const word_list *more)
{
    for (size_t i = 0; i < more->count; i++)
        *HG_PUSH(list) = more->items[i];
}

static void prepend(word_list *list, const word_list *before)
{
    word_list all = {0};
    append(&all, before);
    append(&all, list);
    free((void *)list->items);
    *list = all;
}

/* If the right side names no source, it is the left's source, with its own flags after the
 * left's. */
static bool repeat_left(const struct source_options *left, struct source_options *right,
                        struct hg_diagnostics *diagnostics)
{
    bool is_same = right->clang.count + right->after.count == 0 &&
                   hg_same_text(right->each.headers.target, left->each.headers.target) &&
                   hg_same_text(right->each.kernel.arch, left->each.kernel.arch) &&
                   right->each.commands == NULL;
    if (is_same)
        return refuse(diagnostics,
                      "--against: the right side is the same as the left one: name another source, "
                      "--target or flags of clang after it");
    for (size_t i = 0; i < left->order_count; i++)
        right->order[i] = left->order[i];
    for (size_t i = 0; i < left->kernel_count; i++)
        right->kernels[i] = left->kernels[i];
    for (size_t i = 0; i < left->btf_count; i++)
        right->btf[i] = left->btf[i];
    right->order_count = left->order_count;
    right->kernel_count = left->kernel_count;
    right->btf_count = left->btf_count;
    if (right->each.commands == NULL)
        right->each.commands = left->each.commands;
    append(&right->header_names, &left->header_names);
    word_list flags = {0};
    append(&flags, &left->clang);
    append(&flags, &left->after);
    prepend(&right->clang, &flags);
    free((void *)flags.items);
    return true;
}

/* Options that are not about one side hold for both, wherever they are given. */
static void share_settings(struct source_options *left, const struct source_options *right)
{
    struct source each = right->each;
    each.headers = left->each.headers;
    each.headers.keep_going = right->each.headers.keep_going;
    each.headers.clang_warnings = right->each.headers.clang_warnings;
    each.kernel.arch = left->each.kernel.arch;
    each.commands = left->each.commands;
    left->each = each;
    left->no_kernel = right->no_kernel;
}

static bool check_arguments(const struct source_options *sources,
                            struct hg_diagnostics *diagnostics)
{
    if (sources->each.headers.header_count > 0 || sources->kernel_count > 0 ||
        sources->each.headers.argument_count == 0)
        return true;
    return refuse(diagnostics, "%s is for clang, but there is no --header to parse",
                  sources->each.headers.arguments[0]);
}

static bool add_side(const char *side, struct source_options *sources, struct options *options,
                     struct hg_diagnostics *diagnostics)
{
    size_t before = options->source_count;
    close_lists(sources, &options->arena);
    if (!check_kernel_options(sources, options, diagnostics) ||
        !add_sources(sources, options, diagnostics) || !check_arguments(sources, diagnostics))
        return false;
    size_t count = options->source_count - before;
    if (sources->base_btf != NULL)
        hg_error(diagnostics, NULL, "--base-btf needs the --btf that continues it");
    else if (count != 1)
        hg_error(diagnostics, NULL, "%s --against there %s, and each side is one", side,
                 count == 0 ? "is no source" : "are two sources");
    return count == 1 && sources->base_btf == NULL;
}

static bool choose_sides(struct source_options *left, struct source_options *right,
                         struct options *options, struct hg_diagnostics *diagnostics)
{
    bool repeats = right->order_count == 0;
    /* The right kernel is read with the left kernel's --header. */
    bool moves = right->kernel_count > 0 && right->header_names.count == 0 &&
                 left->kernel_count > 0 && left->header_names.count > 0;
    share_settings(left, right);
    if (repeats && !repeat_left(left, right, diagnostics))
        return false;
    if (moves)
        append(&right->header_names, &left->header_names);
    return add_side("before", left, options, diagnostics) &&
           add_side("after", right, options, diagnostics);
}

/* diff of two headers and nothing else: the first is the left. */
static bool split_headers(struct source_options *sources, struct options *options,
                          struct hg_diagnostics *diagnostics)
{
    const char *flag = sources->flag_between;
    if (flag != NULL || sources->header_names.count > 2)
        return refuse(diagnostics,
                      "%s%s: part the two sides by --against, such as hdrgen diff --header A -DX "
                      "--against --header B",
                      flag != NULL ? flag : "more than two --header",
                      flag != NULL ? " stands between two headers" : "");
    close_lists(sources, &options->arena);
    struct hg_header_options *headers = &sources->each.headers;
    headers->header_count = 1;
    if (!check_kernel_options(sources, options, diagnostics) ||
        !add_sources(sources, options, diagnostics))
        return false;
    headers->headers++;
    return add_sources(sources, options, diagnostics);
}

bool choose_sources(struct source_options *left, struct source_options *sources,
                    struct options *options, struct hg_diagnostics *diagnostics)
{
    bool compares_headers = options->command == COMMAND_DIFF && sources->kernel_count == 0 &&
                            sources->btf_count == 0 && sources->header_names.count > 1;
    if (left != NULL)
        return choose_sides(left, sources, options, diagnostics);
    if (compares_headers)
        return split_headers(sources, options, diagnostics);
    close_lists(sources, &options->arena);
    if (sources->base_btf != NULL)
        return refuse(diagnostics, "--base-btf needs the --btf that continues it");
    if (options->command != COMMAND_CHECK && (sources->kernel_count > 2 || sources->btf_count > 2))
        return refuse(diagnostics, "%s is given more than twice",
                      sources->kernel_count > 2 ? "--kernel" : "--btf");
    if (options->command == COMMAND_GENERATE)
        options->functions = sources->beside[0].symbols;
    if (!check_kernel_options(sources, options, diagnostics) ||
        !add_sources(sources, options, diagnostics))
        return false;
    if (!check_arguments(sources, diagnostics))
        return false;
    options->like = (struct source){.jobs = sources->each.jobs, .progress = sources->each.progress};
    if (options->fleets.count > 0)
        return true;
    if (options->source_count == 0 && options->command == COMMAND_DIFF)
        return refuse(
            diagnostics,
            "diff needs something to compare: one or two of --kernel, --header and --btf");
    bool has_enough = options->command == COMMAND_CHECK
                          ? options->source_count > 0
                          : options->source_count == wanted_sources(options);
    return has_enough || add_running_kernel(sources, options, diagnostics);
}

const char *without_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    return path[0] == '/' && slash != NULL ? slash + 1 : path;
}

static void put_kernel(const struct hg_kernel_options *kernel, struct hg_text *text)
{
    size_t end = strlen(kernel->directory);
    while (end > 1 && kernel->directory[end - 1] == '/')
        end--;
    size_t start = kernel->directory[0] == '/' ? end : 0;
    while (start > 0 && kernel->directory[start - 1] != '/')
        start--;
    hg_text_printf(text, " --kernel %.*s", (int)(end - start), kernel->directory + start);
    if (kernel->arch != NULL)
        hg_text_printf(text, " --arch %s", kernel->arch);
    if (kernel->force_randstruct)
        hg_text_put(text, " --force-randstruct");
}

void describe_source(const struct source *source, struct hg_text *text)
{
    if (source->kind == SOURCE_KERNEL)
        put_kernel(&source->kernel, text);
    if (source->kind != SOURCE_BTF) {
        for (size_t h = 0; h < source->headers.header_count; h++)
            hg_text_printf(text, " --header %s", without_directory(source->headers.headers[h]));
        return;
    }
    if (source->btf.path == running_kernel) {
        hg_text_put(text, " the running kernel");
        return;
    }
    hg_text_printf(text, " --btf %s", without_directory(source->btf.path));
    if (source->btf.base_path != NULL)
        hg_text_printf(text, " --base-btf %s", without_directory(source->btf.base_path));
}

bool is_running_kernel(const struct source *source)
{
    return source->kind == SOURCE_BTF && strcmp(source->btf.path, running_kernel) == 0;
}

void describe_sources(const struct options *options, struct hg_text *text)
{
    for (size_t i = 0; i < options->source_count; i++)
        if (options->sources[i].kind != SOURCE_BTF ||
            options->sources[i].btf.path != running_kernel)
            describe_source(&options->sources[i], text);
}

enum hg_status read_source(const struct source *source, const struct wanted_types *wanted,
                           struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_header_options headers = source->headers;
    struct hg_btf_file btf = source->btf;
    headers.sz = sizeof headers;
    btf.sz = sizeof btf;
    switch (source->kind) {
    case SOURCE_HEADERS:
        return hg_read_headers(&headers, diagnostics, ret);
    case SOURCE_KERNEL:
        return read_kernel(source, wanted, diagnostics, ret);
    case SOURCE_BTF:
        return hg_read_btf(&btf, diagnostics, ret);
    }
    return HG_ERROR_USAGE;
}
