/*
 * Finds the kernel tree that a header lies in.
 *
 *     hdrgen --header linux/sched.h task_struct -- -I.../arch/arm64/include
 *
 * Kernel headers need thirty flags, which the tree provides.  So if a --header, or a directory of
 * -I, lies in a configured tree, hdrgen reads it as with --kernel, with the user's flags after the
 * tree's.  A note says so; --no-kernel switches it off.
 *
 * It is not done if the arguments name the kernel's forced includes themselves, with --target, or
 * for the parts of a tree that user space includes.  Headers in several trees are an error: only
 * the user knows which one is meant.
 */
#include "cli.h"

#include "base/diag.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct search {
    struct hg_arena *arena;
    const char *tree;   /* the configured tree; NULL = none was found */
    const char *common; /* a tree that is not: sources, or the common part of Debian's headers */
    const char *arch;
    const char *other_tree, *other_common, *other_arch; /* a second one of each, or NULL */
};

static bool has(const char *directory, const char *name)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", directory, name);
    return length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0;
}

/* The part of a path after `before`, up to the next slash; NULL = the path begins otherwise. */
static const char *part_after(struct hg_arena *arena, const char *path, const char *before)
{
    size_t length = strlen(before);
    if (strncmp(path, before, length) != 0)
        return NULL;
    size_t rest = strcspn(path + length, "/");
    return rest == 0 ? NULL : hg_arena_string(arena, path + length, rest);
}

/* Whether it is a part of the tree for programs of user space. */
static bool is_of_user_space(const char *inside)
{
    static const char *const beginnings[] = {"/usr/", "/tools/", "/scripts/", "/samples/"};
    return HG_BEGINS_WITH_ONE_OF(inside, beginnings) || strstr(inside, "/uapi/") != NULL;
}

static void set_once(const char **first, const char **other, const char *value)
{
    if (*first == NULL)
        *first = value;
    else if (strcmp(*first, value) != 0)
        *other = value;
}

/* Looks for a tree, from a file or directory upwards. */
static void look(struct search *search, const char *name)
{
    char path[PATH_MAX + 1];
    char tree[PATH_MAX + 1];
    if (realpath(name, path) == NULL)
        return;
    strcat(path, "/");
    strcpy(tree, path);
    for (char *slash; (slash = strrchr(tree, '/')) != NULL && slash != tree;) {
        *slash = '\0';
        /* Other projects have one of these files, too; only a configured kernel has both. */
        bool is_source = has(tree, "include/linux/kconfig.h");
        bool is_configured = has(tree, "include/generated/autoconf.h") &&
                             has(tree, "include/config/auto.conf") &&
                             (is_source || has(tree, "include/generated/uapi/linux/version.h"));
        const char *inside = path + strlen(tree);
        if ((!is_configured && !is_source) || is_of_user_space(inside))
            continue;
        const char *copy = hg_arena_string(search->arena, tree, strlen(tree));
        const char *arch = part_after(search->arena, inside, "/arch/");
        if (arch != NULL)
            set_once(&search->arch, &search->other_arch, arch);
        if (is_configured)
            set_once(&search->tree, &search->other_tree, copy);
        else
            set_once(&search->common, &search->other_common, copy);
        return;
    }
}

/* Looks beside linux-headers-R-common for linux-headers-R-arm64 and others, which must have the
 * architecture, if it is not NULL. */
static void look_beside_common(struct search *search, const char *arch)
{
    static const char end[] = "common";
    size_t length = strlen(search->common);
    if (length < sizeof end || strcmp(search->common + length - (sizeof end - 1), end) != 0)
        return;
    const char *slash = strrchr(search->common, '/');
    const char *parent =
        hg_arena_string(search->arena, search->common, (size_t)(slash - search->common));
    size_t same = length - (sizeof end - 1) - (size_t)(slash + 1 - search->common);
    DIR *directory = opendir(parent);
    for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        char path[PATH_MAX];
        char of_arch[PATH_MAX];
        int size = snprintf(path, sizeof path, "%s/%s", parent, entry->d_name);
        if (strncmp(entry->d_name, slash + 1, same) != 0 || size < 0 ||
            (size_t)size >= sizeof path || !has(path, "include/generated/autoconf.h"))
            continue;
        size = snprintf(of_arch, sizeof of_arch, "arch/%s/include/generated",
                        arch == NULL ? "" : arch);
        if (arch == NULL || (size > 0 && has(path, of_arch)))
            set_once(&search->tree, &search->other_tree,
                     hg_arena_string(search->arena, path, strlen(path)));
    }
    if (directory != NULL)
        closedir(directory);
}

static bool brings_its_own(const struct hg_header_options *headers)
{
    for (size_t i = 0; i < headers->argument_count; i++)
        if (strstr(headers->arguments[i], "linux/kconfig.h") != NULL ||
            strstr(headers->arguments[i], "linux/compiler_types.h") != NULL ||
            hg_begins_with(headers->arguments[i], "--target") ||
            strcmp(headers->arguments[i], "-target") == 0)
            return true;
    return headers->target != NULL;
}

/* The directory of an option such as -I, in the same word or the next one; NULL = another
 * option. */
static const char *directory_of(const struct hg_header_options *headers, size_t *index)
{
    static const char *const names[] = {"-isystem", "-iquote", "-idirafter", "--include-directory",
                                        "-I"};
    const char *argument = headers->arguments[*index];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(argument, names[i], length) != 0)
            continue;
        if (argument[length] != '\0')
            return argument + length + (argument[length] == '=');
        return *index + 1 < headers->argument_count ? headers->arguments[++*index] : NULL;
    }
    return NULL;
}

static void look_at_all(struct search *search, const struct hg_header_options *headers,
                        bool is_wanted, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < headers->header_count && is_wanted; i++)
        if (strcmp(headers->headers[i], "-") != 0)
            look(search, headers->headers[i]);
    for (size_t i = 0; i < headers->argument_count; i++) {
        const char *directory = directory_of(headers, &i);
        if (directory == NULL)
            continue;
        if (access(directory, F_OK) != 0) /* clang does not report it */
            hg_warning(diagnostics, NULL, "the include directory '%s' does not exist", directory);
        if (is_wanted)
            look(search, directory);
    }
}

/* Whether the tree is the configured part of the common one; true also if it cannot be opened. */
static bool belongs(const struct search *search, const struct hg_kernel_options *given)
{
    char source[PATH_MAX];
    struct hg_kernel *kernel = NULL;
    struct hg_kernel_options options = *given;
    options.sz = sizeof options;
    options.directory = search->tree;
    if (options.arch == NULL)
        options.arch = search->arch;
    if (hg_kernel_open(&options, NULL, &kernel) != HG_OK)
        return true; /* the error is reported when the tree is read */
    bool is_same = realpath(kernel->source, source) != NULL && strcmp(source, search->common) == 0;
    hg_kernel_destroy(kernel);
    return is_same;
}

/* Reports headers of more than one kernel or architecture. */
static bool is_clear(const struct search *search, const struct hg_kernel_options *kernel,
                     struct hg_diagnostics *diagnostics)
{
    const char *one = NULL;
    const char *two = NULL;
    if (search->other_common != NULL) {
        one = search->common;
        two = search->other_common;
    } else if (search->other_tree != NULL) {
        one = search->tree;
        two = search->other_tree;
    } else if (search->other_arch != NULL && kernel->arch == NULL) {
        one = search->arch;
        two = search->other_arch;
    } else if (search->tree != NULL && search->common != NULL && !belongs(search, kernel)) {
        one = search->common;
        two = search->tree;
    }
    if (one == NULL)
        return true;
    return refuse(diagnostics,
                  "the headers are of two kernels, %s and %s: say which by --kernel DIR%s, or "
                  "--no-kernel to read them with the flags that are given and no others",
                  one, two, one == search->arch ? " --arch ARCH" : "");
}

bool find_own_tree(const struct source_options *sources, struct hg_arena *arena,
                   struct hg_kernel_options *kernel, struct hg_diagnostics *diagnostics)
{
    const struct hg_header_options *headers = &sources->each.headers;
    struct search search = {.arena = arena};
    look_at_all(&search, headers, !sources->no_kernel && !brings_its_own(headers), diagnostics);
    if (search.tree == NULL && search.common != NULL && search.other_common == NULL)
        look_beside_common(&search, kernel->arch != NULL ? kernel->arch : search.arch);
    if (!is_clear(&search, kernel, diagnostics))
        return false;
    if (search.tree == NULL && (kernel->arch != NULL || kernel->force_randstruct))
        return refuse(diagnostics,
                      "--arch and --force-randstruct go with --kernel, or with a header in a "
                      "configured kernel tree");
    if (search.tree == NULL && search.common != NULL)
        hg_warning(diagnostics, NULL,
                   "%s is no configured kernel tree%s: its headers are read with the flags that "
                   "are given and no others. --kernel DIR names the configured part",
                   search.common, search.arch == NULL ? "" : ", or not for that architecture");
    if (search.tree == NULL)
        return true;
    kernel->directory = search.tree;
    if (kernel->arch == NULL)
        kernel->arch = search.arch;
    hg_note(diagnostics, NULL,
            "reading headers of the kernel tree %s with its flags; --no-kernel switches that off",
            search.tree);
    return true;
}
