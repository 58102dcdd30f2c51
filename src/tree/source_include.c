/*
 * Which file an #include names, as the compiler finds it.
 *
 *     #include "ldisc.h"        beside the file that has the #include, or as below
 *     #include <linux/tty.h>    in the first of the unit's -I directories that has it
 *
 * The answers are kept: many units have the same directories and include the same headers.
 */
#include "tree/kernel.h"
#include "tree/source_guard.h"

#include <string.h>

struct include_search hg_include_begin(struct sources *sources,
                                       const struct string_list *directories)
{
    struct hg_text text = {0};
    for (size_t i = 0; i < directories->count; i++)
        hg_text_printf(&text, "%s\n", directories->items[i]);
    uint32_t *id = hg_strings_number(&sources->search_paths, hg_text_string(&text), text.size);
    if (*id == 0)
        *id = ++sources->search_path_count;
    hg_text_deinit(&text);
    return (struct include_search){.sources = sources, .directories = directories, .id = *id};
}

static const char *find_in_directories(const struct include_search *search, const char *name)
{
    struct sources *sources = search->sources;
    struct {
        const char *name; /* interned: equal names are equal pointers */
        uint64_t id;
    } key = {.name = name, .id = search->id};
    uint32_t *known = hg_strings_number(&sources->included, (const char *)&key, sizeof key);
    if (*known == 0) {
        const char *found = NULL;
        for (size_t i = 0; found == NULL && i < search->directories->count; i++) {
            const char *directory = search->directories->items[i];
            found = hg_kernel_find_file(&sources->resolved, directory, strlen(directory), name);
        }
        *HG_PUSH(&sources->paths) = found;
        *known = (uint32_t)sources->paths.count;
    }
    return sources->paths.items[*known - 1];
}

const char *hg_include_find(const struct include_search *search,
                            const struct scanned_file *includer, const struct event *event)
{
    if (event->name[0] == '/')
        return event->name;
    const char *slash = strrchr(includer->path, '/');
    const char *found = NULL;
    if (event->kind == HG_DIRECTIVE_INCLUDE_QUOTED && slash != NULL)
        found = hg_kernel_find_file(&search->sources->resolved, includer->path,
                                    (size_t)(slash - includer->path), event->name);
    return found != NULL ? found : find_in_directories(search, event->name);
}
