/*
 * Refuses to overwrite an input, before anything is read, and again when all inputs are known.
 *
 *     hdrgen --header a.h --depfile a.h -o a.rs       the header would be lost
 *     hdrgen --btf vmlinux.btf task_struct -o vmlinux.btf
 *     hdrgen @flags -o flags
 *
 * Two names are the same file if device and inode are equal, so links count.  `link` replaces
 * objects in place on purpose.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>

/* An output that exists as a regular file. */
struct target {
    const char *path;
    const char *what;
    struct stat about;
};

enum { TARGETS_MAX = 3 };

struct targets {
    struct target items[TARGETS_MAX];
    size_t count;
    struct hg_diagnostics *diagnostics;
    bool is_good;
};

static void add_target(struct targets *targets, const char *path, const char *what)
{
    struct target *target = &targets->items[targets->count];
    if (path == NULL || strcmp(path, "-") == 0 || stat(path, &target->about) != 0 ||
        !S_ISREG(target->about.st_mode))
        return;
    target->path = path;
    target->what = what;
    targets->count++;
}

static struct targets find_targets(const struct options *options,
                                   struct hg_diagnostics *diagnostics)
{
    struct targets targets = {.diagnostics = diagnostics, .is_good = true};
    if (options->command != COMMAND_LINK)
        add_target(&targets, strcmp(options->output, "-") == 0 ? "/dev/stdout" : options->output,
                   "the output");
    add_target(&targets, options->depfile, "the file of dependencies");
    return targets;
}

static bool is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static void consider(struct targets *targets, const char *input)
{
    struct stat about;
    if (targets->count == 0 || !targets->is_good || input == NULL || stat(input, &about) != 0)
        return;
    for (size_t i = 0; i < targets->count && targets->is_good; i++) {
        const struct target *target = &targets->items[i];
        if (!is_same(&target->about, &about))
            continue;
        hg_error(targets->diagnostics, NULL, "%s '%s' is one of the files that were read%s%s%s",
                 target->what, target->path, strcmp(target->path, input) == 0 ? "" : ": '",
                 strcmp(target->path, input) == 0 ? "" : input,
                 strcmp(target->path, input) == 0 ? "" : "'");
        targets->is_good = false;
    }
}

static void consider_list(struct targets *targets, const char *const *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        consider(targets, inputs[i]);
}

/* Whether the file, which need not exist, is below the directory. */
static bool is_below(const char *file, const char *directory)
{
    struct hg_text parent = {0};
    hg_text_bytes(&parent, file, (size_t)(hg_base_name(file) - file));
    hg_text_put(&parent, ".");
    HG_CLEANUP(hg_free_pointer) char *inner = realpath(hg_text_string(&parent), NULL);
    HG_CLEANUP(hg_free_pointer) char *outer = realpath(directory, NULL);
    hg_text_deinit(&parent);
    size_t length = outer == NULL ? 0 : strlen(outer);
    return inner != NULL && length > 1 && strncmp(inner, outer, length) == 0 &&
           (inner[length] == '/' || inner[length] == '\0');
}

/* Whether the name is one of the files that hdrgen reads in kernel trees besides headers. */
static bool is_like_a_trees(const char *path)
{
    static const char *const begins[] = {"Makefile", "Kbuild", "Kconfig"};
    static const char *const ends[] = {".cmd", ".c", ".S"};
    static const char *const names[] = {"modules.order", "compile_commands.json"};
    const char *name = hg_base_name(path);
    return HG_BEGINS_WITH_ONE_OF(name, begins) || HG_ENDS_WITH_ONE_OF(name, ends) ||
           HG_IS_ONE_OF(name, names);
}

static void consider_below_tree(struct targets *targets, const char *directory)
{
    for (size_t i = 0; i < targets->count && targets->is_good && directory != NULL; i++) {
        const struct target *target = &targets->items[i];
        if (!is_like_a_trees(target->path) || !is_below(target->path, directory))
            continue;
        hg_error(targets->diagnostics, NULL,
                 "%s '%s' is in '%s', which is read: it would replace a file of the tree",
                 target->what, target->path, directory);
        targets->is_good = false;
    }
}

/* An output in the fleet would be read as a kernel by the next run; a report would not. */
static void consider_below_fleet(struct targets *targets, const char *output, const char *fleet)
{
    static const char *const reports[] = {".html", ".json", ".txt", ".d"};
    if (!targets->is_good || output == NULL || strcmp(output, "-") == 0 ||
        !is_below(output, fleet) || HG_ENDS_WITH_ONE_OF(output, reports))
        return;
    hg_error(targets->diagnostics, NULL,
             "the output '%s' is in '%s', which is read: write it elsewhere", output, fleet);
    targets->is_good = false;
}

/* The files that are read in a tree besides its headers. */
static void consider_tree(struct targets *targets, const char *directory)
{
    static const char *const files[] = {".config",
                                        "Makefile",
                                        "Module.symvers",
                                        "System.map",
                                        "vmlinux",
                                        "include/config/auto.conf",
                                        "include/config/kernel.release",
                                        "include/generated/autoconf.h"};
    for (size_t i = 0; i < sizeof files / sizeof *files && directory != NULL; i++) {
        struct hg_text path = {0};
        hg_text_printf(&path, "%s/%s", directory, files[i]);
        consider(targets, path.data);
        hg_text_deinit(&path);
    }
}

static void consider_source(struct targets *targets, const struct source *source)
{
    const struct hg_facts_options *beside = &source->beside;
    const char *const files[] = {source->btf.path, source->btf.base_path, source->commands,
                                 beside->config,   beside->symbols,       beside->traceable,
                                 beside->events};
    consider_list(targets, files, sizeof files / sizeof *files);
    consider_list(targets, source->headers.headers, source->headers.header_count);
    consider_list(targets, source->headers.arguments, source->headers.argument_count);
    consider(targets, source->kernel.directory); /* a tar */
    consider_tree(targets, source->kernel.directory);
    consider_below_tree(targets, source->kernel.directory);
}

/* The regular file at the path, with the name ""; otherwise the directory of the path, with the name
 * in it.  False = there is neither. */
static bool find_place(const char *path, struct stat *about, const char **name)
{
    *name = "";
    if (stat(path, about) == 0 && S_ISREG(about->st_mode))
        return true;
    *name = hg_base_name(path);
    struct hg_text parent = {0};
    hg_text_bytes(&parent, path, (size_t)(*name - path));
    hg_text_put(&parent, ".");
    bool is_there = stat(parent.data, about) == 0;
    hg_text_deinit(&parent);
    return is_there;
}

static bool is_one_file(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct stat output, depfile;
    const char *output_name, *depfile_name;
    if (options->depfile == NULL || options->output == NULL)
        return false;
    bool is_one = strcmp(options->depfile, options->output) == 0 ||
                  (find_place(options->depfile, &depfile, &depfile_name) &&
                   find_place(options->output, &output, &output_name) &&
                   strcmp(depfile_name, output_name) == 0 && is_same(&depfile, &output));
    if (is_one)
        hg_error(diagnostics, NULL, "-o and --depfile are one file: '%s'", options->depfile);
    return is_one;
}

bool check_no_input(const char *output, const char *const *inputs, size_t count,
                    struct hg_diagnostics *diagnostics)
{
    struct targets targets = {.diagnostics = diagnostics, .is_good = true};
    add_target(&targets, output, "the output");
    consider_list(&targets, inputs, count);
    return targets.is_good;
}

bool check_named_inputs(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct targets targets = find_targets(options, diagnostics);
    if (is_one_file(options, diagnostics))
        return false;
    for (size_t i = 0; i < options->source_count; i++)
        consider_source(&targets, &options->sources[i]);
    if (options->command != COMMAND_LINK)
        consider_list(&targets, options->objects, options->object_count);
    consider_list(&targets, options->fleets.items, options->fleets.count);
    for (size_t i = 0; i < options->fleets.count; i++) {
        consider_below_fleet(&targets, options->output, options->fleets.items[i]);
        consider_below_fleet(&targets, options->depfile, options->fleets.items[i]);
    }
    consider_list(&targets, options->response_files.items, options->response_files.count);
    consider(&targets, options->functions);
    return targets.is_good;
}

enum hg_status check_output_is_no_input(const struct options *options, const struct hg_model *model,
                                        struct hg_diagnostics *diagnostics)
{
    struct targets targets = find_targets(options, diagnostics);
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    consider_list(&targets, files, count);
    return targets.is_good ? HG_OK : HG_ERROR_USAGE;
}
