/*
 * Finds a definition in the source files that this configuration does not build: see search.h.
 *
 *     struct numa_balance    kernel/sched/numa.c:4, which is built only with CONFIG_NUMA
 *
 * The result is only for a message.  Source files are read until one seems to define the name.
 */
#include "base/strings.h"
#include "base/text.h"
#include "tree/catalogue.h"
#include "tree/kernel.h"
#include "tree/search.h"
#include "tree/search_text.h"

#include <dirent.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

struct looking {
    const struct hg_kernel *kernel;
    struct hg_needle needle;
    struct hg_strings searched; /* paths: 1 */
    bool is_found;
    unsigned line, kinds; /* of the definition */
    struct hg_text path;  /* of the file or directory that is looked at */
};

/* Whether the directory belongs to another program than the kernel, or has headers that were looked
 * through already. */
static bool is_left_out(const struct looking *looking, const char *name, const char *path,
                        unsigned depth)
{
    static const char *const others[] = {"Documentation", "include", "samples", "scripts", "tools"};
    return (depth == 0 && HG_IS_ONE_OF(name, others)) ||
           hg_fits_one_of(path, looking->kernel->directories, looking->kernel->directory_count,
                          hg_same_text);
}

static void take(void *user, size_t name, unsigned line, unsigned kinds)
{
    (void)name;
    struct looking *looking = user;
    if (looking->is_found)
        return;
    looking->is_found = true;
    looking->line = line;
    looking->kinds = kinds;
}

static void look_through(struct looking *looking)
{
    const struct hg_text *path = &looking->path;
    size_t size = 0;
    if (hg_strings_find(&looking->searched, path->data, path->size) != 0)
        return;
    char *text = hg_kernel_read_file(path->data, &size);
    if (text != NULL)
        hg_scan_for(text, size, &looking->needle, 1, take, looking);
    free(text);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_source(const char *name)
{
    return hg_ends_with(name, ".c") || hg_ends_with(name, ".h");
}

/* Looks through the directory looking->path. */
static void walk(struct looking *looking, unsigned depth)
{
    struct dirent **entries = NULL;
    int count = scandir(looking->path.data, &entries, is_visible, compare);
    size_t length = looking->path.size;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        bool is_directory = entries[i]->d_type == DT_DIR;
        if (!looking->is_found && (is_directory || is_source(name))) {
            hg_text_truncate(&looking->path, length);
            hg_text_printf(&looking->path, "/%s", name);
            if (!is_directory)
                look_through(looking);
            else if (depth < DEPTH_MAX && !is_left_out(looking, name, looking->path.data, depth))
                walk(looking, depth + 1);
        }
        free(entries[i]);
    }
    free(entries);
}

bool hg_search_unbuilt(const struct hg_kernel *kernel, const struct hg_search *search,
                       const char *name, struct hg_arena *arena, struct hg_site *ret)
{
    struct looking looking = {.kernel = kernel, .needle = hg_needle(name)};
    for (size_t i = 0; i < search->file_count; i++)
        *hg_strings_number(&looking.searched, search->files[i], strlen(search->files[i])) = 1;
    hg_text_put(&looking.path, kernel->source);
    walk(&looking, 0);
    if (looking.is_found) {
        const char *path = hg_arena_string(arena, looking.path.data, looking.path.size);
        *ret = (struct hg_site){
            .path = path,
            .name = hg_tree_name(kernel, path, arena),
            .line = looking.line,
            .kinds = looking.kinds,
        };
    }
    hg_text_deinit(&looking.path);
    hg_strings_deinit(&looking.searched);
    return looking.is_found;
}
