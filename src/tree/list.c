/*
 * Lists every header of a tree, by the name that includes it.
 *
 *     $S/include/linux/sched.h             linux/sched.h
 *     $S/include/uapi/linux/sched.h        uapi/linux/sched.h     hidden by the first
 *     $S/include/uapi/linux/if_ether.h     linux/if_ether.h       unless include/linux has one
 *
 * The include directories are walked in the order of the search, so the first header of a name is
 * the one that kbuild would find.  The depth of directories (links to directories are followed) and
 * the number of headers are limited, so that no tree keeps hdrgen busy for ever.
 *
 * A few headers belong to another configuration, which only the text of a .c file shows; trees of
 * headers do not have that file.  They are left out by name.
 */
#include "base/diag.h"
#include "base/strings.h"
#include "base/text.h"
#include "tree/kernel.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

enum { DEPTH_MAX = 16, HEADERS_MAX = 200000 };

struct list {
    struct hg_kernel_headers public; /* first: what the caller gets points here */
    struct hg_arena arena;
    HG_ARRAY(struct hg_kernel_header) items;
};

struct walk {
    const struct hg_kernel *kernel;
    struct list *list;
    struct hg_diagnostics *diagnostics;
    struct hg_strings seen;
    const char *directory; /* the include directory that is walked, absolute */
    enum hg_status status;
};

static void fail(struct walk *walk, enum hg_status status, const char *path, const char *why)
{
    if (walk->status == HG_OK)
        hg_error(walk->diagnostics, NULL, "cannot list the headers in '%s': %s", path, why);
    walk->status = status;
}

/* Whether a directory is an include directory itself, or holds no headers. */
static bool is_left_out(const struct walk *walk, const char *name, const char *path, unsigned depth)
{
    if (depth == 0 && strcmp(name, "config") == 0)
        return true;
    for (size_t i = 0; i < walk->kernel->directory_count; i++)
        if (strcmp(walk->kernel->directories[i], path) == 0)
            return true;
    return false;
}

/* Each allocator has a header: mm/slab.h, in old kernels linux/slab.h, includes the configured
 * one. */
static bool is_of_another_configuration(const struct walk *walk, const char *name)
{
    static const struct {
        const char *header, *symbol;
    } rows[] = {
        {"linux/slab_def.h", "SLAB"},
        {"linux/slub_def.h", "SLUB"},
        {"linux/slob_def.h", "SLOB"},
    };
    const struct hg_kernel_tree *tree = (const struct hg_kernel_tree *)walk->kernel;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(name, rows[i].header) == 0)
            return !hg_config_is_on(&tree->config, rows[i].symbol);
    return false;
}

static void add_header(struct walk *walk, const char *name, const char *path)
{
    if (is_of_another_configuration(walk, name))
        return;
    uint32_t *seen = hg_strings_number(&walk->seen, name, strlen(name));
    bool is_shadowed = *seen != 0;
    *seen = 1;
    if (is_shadowed) {
        if (!hg_ends_with(walk->directory, "/uapi"))
            return; /* no #include can find it */
        name = hg_kernel_join(&walk->list->arena, "uapi", name);
    }
    if (walk->list->items.count == HEADERS_MAX) {
        fail(walk, HG_ERROR_INPUT, walk->directory, "there are too many");
        return;
    }
    *HG_PUSH(&walk->list->items) = (struct hg_kernel_header){
        .name = name,
        .path = path,
        .is_shadowed = is_shadowed,
    };
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* prefix: the path of this directory below the include directory, "" or "linux/mlx5". */
static void walk_directory(struct walk *walk, const char *path, const char *prefix, unsigned depth)
{
    if (depth == DEPTH_MAX) {
        fail(walk, HG_ERROR_INPUT, path, "it is nested too deeply");
        return;
    }
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_visible, compare);
    if (count < 0 && (depth > 0 || errno != ENOENT))
        fail(walk, HG_ERROR_IO, path, strerror(errno));
    struct hg_arena *arena = &walk->list->arena;
    for (int i = 0; i < count; i++) {
        HG_CLEANUP(hg_free_pointer) struct dirent *entry = entries[i];
        if (walk->status != HG_OK)
            continue;
        const char *inner = hg_kernel_join(arena, path, entry->d_name);
        const char *full = prefix[0] == '\0' ? inner + strlen(path) + 1
                                             : hg_kernel_join(arena, prefix, entry->d_name);
        bool is_known = entry->d_type == DT_REG || entry->d_type == DT_DIR;
        bool is_directory = is_known ? entry->d_type == DT_DIR : hg_kernel_is_directory(inner);
        if (is_directory && !is_left_out(walk, entry->d_name, inner, depth))
            walk_directory(walk, inner, full, depth + 1);
        else if (!is_directory && hg_ends_with(entry->d_name, ".h") &&
                 (is_known || hg_kernel_is_file(inner)))
            add_header(walk, full, inner);
    }
    free(entries);
}

enum hg_status hg_kernel_list_headers(const struct hg_kernel *kernel,
                                      struct hg_diagnostics *diagnostics,
                                      struct hg_kernel_headers **ret)
{
    struct list *list = hg_calloc(1, sizeof *list);
    hg_arena_init(&list->arena);
    struct walk walk = {.kernel = kernel, .list = list, .diagnostics = diagnostics};
    hg_strings_init(&walk.seen, &list->arena);
    for (size_t i = 0; i < kernel->directory_count && walk.status == HG_OK; i++) {
        walk.directory = kernel->directories[i];
        walk_directory(&walk, walk.directory, "", 0);
    }
    hg_strings_deinit(&walk.seen);
    list->public.items = list->items.items;
    list->public.count = list->items.count;
    if (walk.status != HG_OK) {
        hg_kernel_headers_destroy(&list->public);
        return walk.status;
    }
    *ret = &list->public;
    return HG_OK;
}

void hg_kernel_headers_destroy(struct hg_kernel_headers *headers)
{
    if (headers == NULL)
        return;
    struct list *list = (struct list *)headers;
    free(list->items.items);
    hg_arena_deinit(&list->arena);
    free(list);
}
