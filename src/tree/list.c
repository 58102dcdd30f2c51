/*
 * Every header of a tree, by the name that includes it.
 *
 *     $C/include/linux/sched.h             linux/sched.h
 *     $C/include/uapi/linux/sched.h        uapi/linux/sched.h     hidden by the first
 *     $C/include/uapi/linux/if_ether.h     linux/if_ether.h       unless include/linux has one
 *
 * The include directories are walked in the order of the search; the first header of a name is the
 * one that kbuild would see.  Links to directories are followed only so deep as directories may be
 * nested, and headers are counted, so that no tree keeps us for ever.
 *
 * Left out are headers of another configuration, where only a .c file, which trees of headers do
 * not have, says for which they are.
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
    struct hg_kernel_headers public; /* first */
    struct hg_arena arena;
    HG_ARRAY(struct hg_kernel_header) items;
};

struct walk {
    const struct hg_kernel *kernel;
    struct list *list;
    struct hg_diagnostics *diagnostics;
    struct hg_strings seen;
    const char *directory; /* of the search, absolute */
    enum hg_status status;
};

static void fail(struct walk *walk, enum hg_status status, const char *path, const char *why)
{
    if (walk->status == HG_OK)
        hg_error(walk->diagnostics, NULL, "cannot list the headers in '%s': %s", path, why);
    walk->status = status;
}

struct entry {
    const char *name;
    unsigned char type; /* dirent's */
};

struct entries {
    struct entry *items;
    size_t count, capacity;
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* Directories of the search within the one that is walked, and what holds no header. */
static bool is_left_out(const struct walk *walk, const char *name, const char *path, unsigned depth)
{
    if (depth == 0 && strcmp(name, "config") == 0)
        return true;
    for (size_t i = 0; i < walk->kernel->directory_count; i++)
        if (strcmp(walk->kernel->directories[i], path) == 0)
            return true;
    return false;
}

/* One for each allocator: the kernel's mm/slab.h, in old kernels include/linux/slab.h. */
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
        size_t length = strlen(walk->directory);
        if (length < 5 || strcmp(walk->directory + length - 5, "/uapi") != 0)
            return; /* no name leads to it */
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

/* What a directory holds, sorted: not in the order of the file system. */
static bool read_entries(struct walk *walk, const char *path, unsigned depth,
                         struct entries *entries)
{
    DIR *directory = opendir(path);
    if (directory == NULL) {
        if (depth > 0 || errno != ENOENT)
            fail(walk, HG_ERROR_IO, path, strerror(errno));
        return false;
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.')
            *HG_PUSH(entries) = (struct entry){
                .name = hg_arena_string(&walk->list->arena, entry->d_name, strlen(entry->d_name)),
                .type = entry->d_type,
            };
    }
    closedir(directory);
    if (entries->count > 0)
        qsort(entries->items, entries->count, sizeof *entries->items, compare);
    return true;
}

/* prefix is what the names of the headers here begin with: "" or "linux/mlx5/". */
static void walk_directory(struct walk *walk, const char *path, const char *prefix, unsigned depth)
{
    struct entries entries = {0};
    if (depth == DEPTH_MAX)
        fail(walk, HG_ERROR_INPUT, path, "it is nested too deeply");
    else if (!read_entries(walk, path, depth, &entries))
        return;
    struct hg_arena *arena = &walk->list->arena;
    for (size_t i = 0; i < entries.count && walk->status == HG_OK; i++) {
        const char *name = entries.items[i].name;
        const char *inner = hg_kernel_join(arena, path, name);
        const char *full = prefix[0] == '\0' ? name : hg_kernel_join(arena, prefix, name);
        bool is_known = entries.items[i].type == DT_REG || entries.items[i].type == DT_DIR;
        bool is_directory =
            is_known ? entries.items[i].type == DT_DIR : hg_kernel_is_directory(inner);
        if (is_directory && !is_left_out(walk, name, inner, depth))
            walk_directory(walk, inner, full, depth + 1);
        else if (!is_directory && hg_ends_with(name, ".h") &&
                 (is_known || hg_kernel_is_file(inner)))
            add_header(walk, full, inner);
    }
    free(entries.items);
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
