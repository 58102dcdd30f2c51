/*
 * Opens a kernel tree: the order of the steps.
 *
 *     directories -> configuration -> architecture -> release -> flags
 *
 *     include/config/auto.conf        the configuration, for make
 *     include/generated/autoconf.h    the same for the compiler
 *     arch/arm64/include/generated    there for each architecture that the tree is built for; if
 *                                     there are several, the configuration decides
 *
 * Nothing is run, and nothing is guessed: a tree that is not configured, or whose structures have a
 * random layout, is refused, with advice.
 */
#include "tree/kernel.h"

#include "base/diag.h"
#include "base/options.h"
#include "tree/read.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const char *in_object(struct hg_kernel_tree *tree, const char *name)
{
    return hg_kernel_join(&tree->arena, tree->public.object, name);
}

/* --- configuration --- */

static enum hg_status report_unconfigured(struct hg_kernel_tree *tree, const char *path, int error)
{
    if (error == ENOENT && hg_ends_with(tree->public.object, "-common")) {
        hg_error(
            tree->diagnostics, NULL,
            "'%s' has only what the kernels of this release have in common: name the directory "
            "of one of them, which is beside it",
            tree->public.object);
        return HG_ERROR_INPUT;
    }
    if (error == ENOENT || error == ENOTDIR) {
        hg_error(
            tree->diagnostics, NULL,
            "'%s' is not there, so this kernel tree is not configured: run `make olddefconfig` "
            "(without a .config) and `make prepare` in it",
            path);
        return HG_ERROR_INPUT;
    }
    hg_error(tree->diagnostics, NULL, "cannot read '%s': %s", path, strerror(error));
    return HG_ERROR_IO;
}

/* Whether the tree is headers alone, as in /sys/kernel/kheaders.tar.xz. */
static bool is_bare(struct hg_kernel_tree *tree)
{
    return strcmp(tree->public.source, tree->public.object) == 0 &&
           !hg_kernel_is_file(in_object(tree, "Makefile")) &&
           !hg_kernel_is_file(in_object(tree, "include/config/auto.conf")) &&
           hg_kernel_is_file(in_object(tree, "include/generated/autoconf.h"));
}

/* Returns the configuration in the form of auto.conf; the caller frees it.  *path = the file that
 * was read.  NULL = it cannot be read; errno has the reason. */
static char *read_config_text(struct hg_kernel_tree *tree, const char **path)
{
    tree->is_bare = is_bare(tree);
    *path = in_object(tree,
                      tree->is_bare ? "include/generated/autoconf.h" : "include/config/auto.conf");
    char *text = hg_kernel_read_file(*path, NULL);
    if (text == NULL || !tree->is_bare)
        return text;
    struct hg_text config = {0};
    hg_config_from_header(text, &config);
    free(text);
    hg_text_bytes(&config, "", 1);
    return config.data;
}

static enum hg_status read_config(struct hg_kernel_tree *tree)
{
    const char *path = NULL;
    char *text = read_config_text(tree, &path);
    if (text == NULL)
        return report_unconfigured(tree, path, errno);
    enum hg_status status = hg_kernel_check_release(tree, text);
    hg_config_init(&tree->config, text);
    if (status != HG_OK)
        return status;
    path = in_object(tree, "include/generated/autoconf.h");
    size_t size = 0;
    text = hg_kernel_read_file(path, &size);
    if (text == NULL)
        return report_unconfigured(tree, path, errno);
    tree->public.config_hash = XXH3_64bits(text, size);
    free(text);
    return HG_OK;
}

static enum hg_status check_randstruct(struct hg_kernel_tree *tree, bool forced)
{
    if (!hg_config_is_on(&tree->config, "RANDSTRUCT") &&
        !hg_config_is_on(&tree->config, "GCC_PLUGIN_RANDSTRUCT"))
        return HG_OK;
    tree->public.is_randomised = true;
    if (forced) {
        hg_warning(tree->diagnostics, NULL,
                   "this kernel randomises the layout of structures (CONFIG_RANDSTRUCT): in those "
                   "that it marks, task_struct among them, the offsets are not the running "
                   "kernel's");
        return HG_OK;
    }
    hg_error(
        tree->diagnostics, NULL,
        "this kernel randomises the layout of structures (CONFIG_RANDSTRUCT): take its own BTF "
        "(--btf), or accept wrong offsets in those that it marks (--force-randstruct)");
    return HG_ERROR_INPUT;
}

/* --- architecture --- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Finds the architectures for which there are generated headers, sorted. */
static void find_built(struct hg_kernel_tree *tree, struct hg_flags *names)
{
    const char *path = in_object(tree, "arch");
    DIR *directory = opendir(path);
    if (directory == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.' || strlen(entry->d_name) > 32)
            continue;
        const char *arch = hg_kernel_join(&tree->arena, path, entry->d_name);
        if (hg_kernel_is_directory(hg_kernel_join(&tree->arena, arch, "include/generated")))
            *HG_PUSH(names) = arch + strlen(path) + 1;
    }
    closedir(directory);
    if (names->count > 0)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
}

static const char *list_names(struct hg_kernel_tree *tree, const struct hg_flags *names)
{
    struct hg_text text = {0};
    for (size_t i = 0; i < names->count; i++)
        hg_text_printf(&text, "%s%s", i == 0 ? "" : " ", names->items[i]);
    return hg_text_keep(&text, &tree->arena);
}

static enum hg_status report_unknown(struct hg_kernel_tree *tree, const char *name)
{
    struct hg_text known = {0};
    hg_kernel_put_archs(&known);
    hg_error(tree->diagnostics, NULL, "hdrgen knows no flags for the architecture '%s'; it knows%s",
             name, known.data);
    hg_text_deinit(&known);
    return HG_ERROR_INPUT;
}

/* Refuses a bare tree of arm or mips, whose Makefiles name the directories with the headers of a
 * machine. */
static enum hg_status check_bare_arch(struct hg_kernel_tree *tree)
{
    const char *name = tree->arch->name;
    if (!tree->is_bare || (strcmp(name, "arm") != 0 && strcmp(name, "mips") != 0))
        return HG_OK;
    hg_error(tree->diagnostics, NULL,
             "'%s' has no Makefile, and for %s that is needed: name the headers that the "
             "distribution installs, or a build tree",
             tree->public.object, name);
    return HG_ERROR_INPUT;
}

/* Chooses among the architectures that the tree is built for; wanted: --arch, or NULL. */
static enum hg_status pick_arch(struct hg_kernel_tree *tree, const char *wanted,
                                const struct hg_flags *built)
{
    const struct hg_kernel_arch *configured = hg_kernel_configured_arch(&tree->config);
    const char *list = list_names(tree, built);
    if (built->count == 0) {
        hg_error(tree->diagnostics, NULL,
                 "'%s' has no arch/*/include/generated, so its headers were not generated: run "
                 "`make prepare` in it, or name the headers that your distribution installs",
                 tree->public.object);
        return HG_ERROR_INPUT;
    }
    if (wanted == NULL && configured == NULL && built->count > 1) {
        hg_error(tree->diagnostics, NULL,
                 "'%s' is built for several architectures: say which with --arch (%s)",
                 tree->public.object, list);
        return HG_ERROR_USAGE;
    }
    const char *name = wanted != NULL       ? wanted
                       : configured != NULL ? configured->name
                                            : built->items[0];
    tree->arch = hg_kernel_find_arch(name);
    if (tree->arch == NULL)
        return report_unknown(tree, name);
    bool is_built = false;
    for (size_t i = 0; i < built->count; i++)
        is_built = is_built || strcmp(built->items[i], tree->arch->name) == 0;
    if (!is_built || (configured != NULL && configured != tree->arch)) {
        hg_error(tree->diagnostics, NULL,
                 "'%s' is a tree for %s, not for %s: name the headers of such a kernel, or leave "
                 "--arch out",
                 tree->public.object, configured != NULL ? configured->name : list,
                 tree->arch->name);
        return HG_ERROR_INPUT;
    }
    tree->public.arch = tree->arch->name;
    return check_bare_arch(tree);
}

static enum hg_status find_arch(struct hg_kernel_tree *tree, const char *wanted)
{
    if (wanted != NULL && hg_kernel_find_arch(wanted) == NULL)
        return report_unknown(tree, wanted);
    struct hg_flags built = {0};
    find_built(tree, &built);
    enum hg_status status = pick_arch(tree, wanted, &built);
    free(built.items);
    return status;
}

static enum hg_status check_alias(struct hg_kernel_tree *tree, const char *wanted)
{
    if (wanted == NULL ||
        hg_kernel_alias_fits(wanted, tree->public.is_64bit, tree->public.big_endian))
        return HG_OK;
    hg_error(tree->diagnostics, NULL,
             "'%s' is configured for %s of %s bits, %s-endian, which is not %s: leave --arch out, "
             "or name the headers of such a kernel",
             tree->public.object, tree->public.arch, tree->public.is_64bit ? "64" : "32",
             tree->public.big_endian ? "big" : "little", wanted);
    return HG_ERROR_INPUT;
}

/* --- release --- */

/* The release that the text begins with; NULL = it begins with none. */
static const char *clean_release(struct hg_kernel_tree *tree, const char *text)
{
    size_t length = strspn(text, HG_ALPHANUMERIC ".-+_~");
    bool ends = text[length] == '\0' || text[length] == '\n' || text[length] == '"';
    return length == 0 || length > 128 || !ends ? NULL
                                                : hg_arena_string(&tree->arena, text, length);
}

/* The release that follows `before` in a file of the object directory; NULL = there is none. */
static const char *release_from(struct hg_kernel_tree *tree, const char *file, const char *before)
{
    char *text = hg_kernel_read_file(in_object(tree, file), NULL);
    const char *found = text == NULL ? NULL : strstr(text, before);
    const char *release = found == NULL ? NULL : clean_release(tree, found + strlen(before));
    free(text);
    return release;
}

static void find_release(struct hg_kernel_tree *tree)
{
    const char *release = release_from(tree, "include/config/kernel.release", "");
    if (release == NULL)
        release = release_from(tree, "include/generated/utsrelease.h", "UTS_RELEASE \"");
    tree->public.release = release == NULL ? "unknown" : release;

    tree->public.origin = hg_arena_printf(
        &tree->arena, "configuration of Linux %s, %s%s", tree->public.release, tree->public.arch,
        tree->public.is_randomised
            ? ", RANDSTRUCT: WRONG OFFSETS in the structures that it randomises "
              "(--force-randstruct)"
            : "");
}

/* --- the order of the steps --- */

enum hg_status hg_kernel_open(const struct hg_kernel_options *given,
                              struct hg_diagnostics *diagnostics, struct hg_kernel **ret)
{
    HG_TAKE(hg_kernel_options, options, given, diagnostics);
    if (options.directory == NULL) {
        hg_error(diagnostics, NULL, "struct hg_kernel_options: no directory");
        return HG_ERROR_USAGE;
    }
    struct hg_kernel_tree *tree = hg_calloc(1, sizeof *tree);
    tree->diagnostics = diagnostics;
    hg_arena_init(&tree->arena);
    tree->given = options;
    tree->given.directory = hg_arena_keep(&tree->arena, options.directory);
    tree->given.arch = hg_arena_keep(&tree->arena, options.arch);
    enum hg_status status = hg_kernel_find_directories(tree, options.directory);
    if (status == HG_OK)
        status = read_config(tree);
    if (status == HG_OK)
        status = find_arch(tree, options.arch);
    if (status == HG_OK)
        status = check_randstruct(tree, options.force_randstruct);
    if (status == HG_OK)
        status = hg_kernel_make_flags(tree);
    if (status == HG_OK)
        status = check_alias(tree, options.arch);
    if (status != HG_OK) {
        hg_kernel_destroy(&tree->public);
        return status;
    }
    hg_kernel_warn_of_config(tree);
    find_release(tree);
    tree->public.flags = tree->flags.items;
    tree->public.flag_count = tree->flags.count;
    tree->public.directories = tree->directories.items;
    tree->public.directory_count = tree->directories.count;
    *ret = &tree->public;
    return HG_OK;
}

bool hg_kernel_is_built_by_gcc(const struct hg_kernel *kernel)
{
    return hg_config_is_on(&((const struct hg_kernel_tree *)kernel)->config, "CC_IS_GCC");
}

const struct hg_kernel_options *hg_kernel_options_of(const struct hg_kernel *kernel)
{
    return &((const struct hg_kernel_tree *)kernel)->given;
}

void hg_kernel_destroy(struct hg_kernel *kernel)
{
    if (kernel == NULL)
        return;
    struct hg_kernel_tree *tree = (struct hg_kernel_tree *)kernel;
    hg_config_deinit(&tree->config);
    free(tree->flags.items);
    free(tree->directories.items);
    hg_arena_deinit(&tree->arena);
    free(tree);
}
