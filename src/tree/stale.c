/*
 * Whether a tree's configuration is out of date.
 *
 *     # Linux/x86 5.10.223 Kernel Configuration     include/config/auto.conf
 *     VERSION = 6                                   Makefile
 *     PATCHLEVEL = 1
 *
 * A configuration of another release says nothing about new options, and is refused.  If .config
 * was changed after `make prepare`, that is a warning: hdrgen reads include/config/auto.conf, which
 * does not have the changes.  Times of files are not compared, since a copy of the tree changes
 * them.
 */
#include "tree/kernel.h"

#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct release {
    long version, patchlevel;
};

/* Reads `# Linux/x86 5.10.223 Kernel Configuration`, which is among the first lines. */
static bool release_of_config(const char *text, struct release *release)
{
    enum { LINES = 8 };
    for (int i = 0; i < LINES && text[0] == '#'; i++) {
        size_t size = strcspn(text, "\n");
        char architecture[33];
        if (sscanf(text, "# Linux/%32[^ \n] %ld.%ld", architecture, &release->version,
                   &release->patchlevel) == 3)
            return true;
        text += size + (text[size] == '\n');
    }
    return false;
}

/* Takes the first number. */
static void take_number(void *user, const char *value)
{
    long *number = user;
    if (*number < 0)
        *number = strtol(value, NULL, 10);
}

static bool release_of_source(struct hg_kernel_tree *tree, struct release *release)
{
    size_t size = 0;
    const char *path = hg_kernel_join(&tree->arena, tree->public.source, "Makefile");
    char *text = hg_kernel_read_file(path, &size);
    *release = (struct release){-1, -1};
    if (text != NULL) {
        hg_makefile_values(text, "VERSION", NULL, take_number, &release->version);
        hg_makefile_values(text, "PATCHLEVEL", NULL, take_number, &release->patchlevel);
    }
    free(text);
    return release->version > 0 && release->patchlevel >= 0;
}

enum hg_status hg_kernel_check_release(struct hg_kernel_tree *tree, const char *config)
{
    struct release configured, source;
    if (!release_of_config(config, &configured) || !release_of_source(tree, &source) ||
        (configured.version == source.version && configured.patchlevel == source.patchlevel))
        return HG_OK;
    hg_error(tree->diagnostics, NULL,
             "'%s/include/config/auto.conf' is a configuration of Linux %ld.%ld, and the sources "
             "in '%s' are of Linux %ld.%ld: run `make olddefconfig prepare` in the tree",
             tree->public.object, configured.version, configured.patchlevel, tree->public.source,
             source.version, source.patchlevel);
    return HG_ERROR_INPUT;
}

/* --- .config --- */

/* Whether an option has another value in the other file.  Strings are not compared: there are
 * several ways to write their quotes. */
static bool differs(const struct hg_config_entry *entry, const struct hg_config *other)
{
    bool is_choice = strcmp(entry->value, "y") == 0 || strcmp(entry->value, "m") == 0;
    bool is_number = entry->value[0] >= '0' && entry->value[0] <= '9';
    const char *value = hg_config_value(other, entry->name);
    if (value == NULL)
        return is_choice;
    return (is_choice || is_number) && strcmp(value, entry->value) != 0;
}

/* Counts the options of `a` that `b` does not have, or has with another value; *first becomes the
 * first of these, if it is NULL. */
static size_t compare(const struct hg_config *a, const struct hg_config *b, const char **first)
{
    size_t count = 0;
    for (size_t i = 0; i < a->entries.count; i++) {
        if (!differs(&a->entries.items[i], b))
            continue;
        if (count++ == 0 && *first == NULL)
            *first = a->entries.items[i].name;
    }
    return count;
}

void hg_kernel_warn_of_config(struct hg_kernel_tree *tree)
{
    size_t size = 0;
    const char *path = hg_kernel_join(&tree->arena, tree->public.object, ".config");
    char *text = hg_kernel_read_file(path, &size);
    if (text == NULL)
        return; /* a package of headers may leave it out */
    struct hg_config config;
    hg_config_init(&config, text);
    const char *first = NULL;
    size_t count = compare(&config, &tree->config, &first);
    size_t others = compare(&tree->config, &config, &first);
    if (count < others)
        count = others;
    if (count > 0)
        hg_warning(tree->diagnostics, NULL,
                   "'%s' was changed after the tree was prepared (CONFIG_%s, and %zu more): types "
                   "are those of include/config/auto.conf; `make olddefconfig prepare` applies the "
                   "changes",
                   path, first, count - 1);
    hg_config_deinit(&config);
}
