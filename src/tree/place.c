/*
 * Finds the object directory and the source directory of a tree from the directory that the user
 * names.
 *
 *     /usr/src/linux-headers-6.1.0-50-arm64/Makefile:
 *         include /usr/src/linux-headers-6.1.0-50-common/Makefile
 *
 * The directory of this Makefile is the object directory (what was configured and generated); the
 * Makefile that it includes is in the source directory.  `make O=` and Yocto leave such a Makefile,
 * or a link `source`.  A source tree that was built in place is both, and so are the headers of
 * Fedora, Arch and Alpine.
 *
 * An absolute path that is not there shows that the tree was unpacked elsewhere or moved.  The
 * source directory is then searched beside the object directory, and at the same path below each
 * directory above it.
 */
#include "tree/kernel.h"

#include "tree/distribution.h"

#include "base/diag.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char not_a_tree[] =
    "name a kernel's build tree, a distribution's headers (/usr/src/linux-headers-..., "
    "/usr/src/kernels/...) or /lib/modules/.../build";

static const char *resolve(struct hg_kernel_tree *tree, const char *path)
{
    HG_CLEANUP(hg_free_pointer) char *resolved = realpath(path, NULL);
    return hg_arena_keep(&tree->arena, resolved);
}

/* The target of a symbolic link; NULL = the path is no link. */
static const char *link_target(struct hg_kernel_tree *tree, const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target);
    return length <= 0 || length == sizeof target
               ? NULL
               : hg_arena_string(&tree->arena, target, (size_t)length);
}

/* The directory above; NULL for the root. */
static const char *parent_of(struct hg_kernel_tree *tree, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash[1] == '\0')
        return NULL;
    return slash == path ? "/" : hg_arena_string(&tree->arena, path, (size_t)(slash - path));
}

/* --- the object directory --- */

/* Finds the absolute target of a link that was unpacked elsewhere together with it: at the same
 * path below a directory above the link. */
static const char *resolve_moved_link(struct hg_kernel_tree *tree, const char *path,
                                      const char *target)
{
    const char *slash = strrchr(path, '/');
    const char *holder =
        slash == NULL ? "." : hg_arena_string(&tree->arena, path, (size_t)(slash - path) + 1);
    const char *above = resolve(tree, holder);
    for (; above != NULL && target[0] == '/'; above = parent_of(tree, above)) {
        const char *moved = hg_kernel_join(&tree->arena, above, target + 1);
        if (hg_kernel_is_directory(moved))
            return resolve(tree, moved);
    }
    return NULL;
}

/* Reports a link to a `target` that is not there (NULL = the path is no link), or the package to
 * install for the path.  False = neither is known. */
static bool report_absent(struct hg_kernel_tree *tree, const char *path, const char *target)
{
    struct hg_text package = {0};
    bool is_known = hg_put_package_of(path, &package);
    const char *command = hg_text_string(&package);
    if (target != NULL)
        hg_error(tree->diagnostics, NULL,
                 "--kernel '%s' is a link to '%s', which is not there: install the headers of that "
                 "kernel%s%s%s, or name the directory they were unpacked to",
                 path, target, is_known ? " (" : "", command, is_known ? ")" : "");
    else if (is_known)
        hg_error(tree->diagnostics, NULL,
                 "--kernel '%s' is not there: install the headers of that kernel (%s), or name the "
                 "tree that it was built in",
                 path, command);
    hg_text_deinit(&package);
    return target != NULL || is_known;
}

static enum hg_status find_object(struct hg_kernel_tree *tree, const char *path)
{
    const char *object = resolve(tree, path);
    int error = errno;
    const char *target = link_target(tree, path);
    if (object == NULL && error == ENOENT && target != NULL)
        object = resolve_moved_link(tree, path, target);
    if (object == NULL && error == ENOENT && report_absent(tree, path, target))
        return HG_ERROR_IO;
    bool is_file = object != NULL && hg_kernel_is_file(object);
    if (is_file && strstr(object, ".tar") != NULL) {
        hg_error(tree->diagnostics, NULL,
                 "'%s' is a tar: unpack it (mkdir DIR && tar -xf '%s' -C DIR) and name "
                 "the directory",
                 path, path);
        return HG_ERROR_INPUT;
    }
    if (is_file) {
        hg_error(tree->diagnostics, NULL, "--kernel '%s': it is a file: %s", path,
                 hg_ends_with(path, ".h") ? "a header is read by --header, and --kernel names the "
                                            "directory of its tree"
                                          : "a kernel's image or BTF is read by --btf");
        return HG_ERROR_IO;
    }
    if (object == NULL || !hg_kernel_is_directory(object)) {
        hg_error(tree->diagnostics, NULL, "--kernel '%s': %s; %s", path,
                 strerror(object == NULL ? error : ENOTDIR), not_a_tree);
        return HG_ERROR_IO;
    }
    if (strpbrk(object, "\n\r") != NULL) {
        hg_error(tree->diagnostics, NULL,
                 "--kernel: the directory's name holds a line break, which no flag can hold");
        return HG_ERROR_INPUT;
    }
    tree->public.object = object;
    return HG_OK;
}

/* --- the source directory --- */

static bool is_source(struct hg_kernel_tree *tree, const char *path)
{
    return path != NULL &&
           hg_kernel_is_file(hg_kernel_join(&tree->arena, path, "include/linux/kconfig.h"));
}

/* Finds the source directory by the path that the object directory gives for it; NULL = it is
 * neither there nor where it may have been moved to. */
static const char *locate_source(struct hg_kernel_tree *tree, const char *path)
{
    const char *object = tree->public.object;
    if (path[0] != '/')
        return resolve(tree, hg_kernel_join(&tree->arena, object, path));
    if (is_source(tree, path))
        return resolve(tree, path);
    const char *above = parent_of(tree, object);
    if (above == NULL)
        return NULL;
    const char *beside = hg_kernel_join(&tree->arena, above, strrchr(path, '/') + 1);
    if (is_source(tree, beside))
        return resolve(tree, beside);
    for (; above != NULL; above = parent_of(tree, above)) {
        const char *moved = hg_kernel_join(&tree->arena, above, path + 1);
        if (is_source(tree, moved))
            return resolve(tree, moved);
    }
    return NULL;
}

/* The path of the source directory by the Makefile of the object directory or by its link `source`;
 * NULL = neither names one. */
static const char *named_source(struct hg_kernel_tree *tree)
{
    const char *path = hg_kernel_join(&tree->arena, tree->public.object, "Makefile");
    char *makefile = hg_kernel_read_file(path, NULL);
    const char *named = makefile == NULL ? NULL : hg_makefile_included(&tree->arena, makefile);
    free(makefile);
    if (named != NULL)
        return named;
    const char *link = hg_kernel_join(&tree->arena, tree->public.object, "source");
    named = link_target(tree, link);
    return named == NULL && hg_kernel_is_directory(link) ? link : named;
}

static bool is_empty(const char *path)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return false;
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count == 0;
}

static enum hg_status find_source(struct hg_kernel_tree *tree, const char *path)
{
    tree->public.source = tree->public.object;
    if (is_source(tree, tree->public.source))
        return HG_OK;
    const char *named = named_source(tree);
    if (named == NULL) {
        hg_error(tree->diagnostics, NULL, "--kernel '%s' is %s; %s", path,
                 is_empty(tree->public.object)
                     ? "an empty directory"
                     : "not a kernel tree: it has no include/linux/kconfig.h, nor a Makefile or a "
                       "link 'source' that leads to one",
                 not_a_tree);
        return HG_ERROR_INPUT;
    }
    tree->public.source = locate_source(tree, named);
    if (is_source(tree, tree->public.source))
        return HG_OK;
    hg_error(tree->diagnostics, NULL,
             "--kernel '%s' is one part of a kernel's headers, and the other, '%s', is neither "
             "there nor beside it: install the package that holds it, or unpack it beside the "
             "first",
             path, named);
    return HG_ERROR_INPUT;
}

enum hg_status hg_kernel_find_directories(struct hg_kernel_tree *tree, const char *path)
{
    enum hg_status status = find_object(tree, path);
    return status == HG_OK ? find_source(tree, path) : status;
}
