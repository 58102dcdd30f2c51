/*
 * The functions of make that look at files: nothing outside of the tree.
 *
 *     $(wildcard a*.c)           the files that are there, sorted
 *     $(abspath a/../b)           without a look at the file system
 *
 * A relative name belongs to the object directory, where make runs.
 */
#include "tree/kbuild/evaluator.h"

#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MATCH_LIMIT = 10000, LISTED_LIMIT = 50000 };

/* Absolute and without `..`; false = it is outside of the tree. */
static bool place_in_tree(const struct hg_evaluator *evaluator, struct hg_slice name,
                          struct hg_text *path)
{
    struct hg_text whole = {0};
    if (name.size == 0 || name.data[0] != '/')
        hg_text_printf(&whole, "%s/", evaluator->place->object);
    hg_text_bytes(&whole, name.data, name.size);
    hg_normalise_path(path, (struct hg_slice){whole.data, whole.size});
    hg_text_deinit(&whole);
    const char *const roots[] = {evaluator->place->source, evaluator->place->object};
    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(roots[i]);
        if (strncmp(path->data, roots[i], size) == 0 && path->data[size] == '/')
            return true;
    }
    return false;
}

/* Links in a circle make of a few directories any number, and glob() tells how many it looks at
 * only through the functions that it looks with; these take no further argument. */
static _Thread_local struct hg_evaluator *listing;

static struct dirent *next_entry(void *directory)
{
    if (++listing->listed_files > LISTED_LIMIT)
        hg_evaluator_fail(listing, "wildcards look at more than %d files", (int)LISTED_LIMIT);
    return listing->has_failed ? NULL : readdir(directory);
}

static void *open_directory(const char *path)
{
    return listing->has_failed ? NULL : opendir(path);
}

static void close_directory(void *directory)
{
    closedir(directory);
}

static int glob_in(struct hg_evaluator *evaluator, const char *pattern, glob_t *found)
{
    *found = (glob_t){.gl_closedir = close_directory,
                      .gl_readdir = next_entry,
                      .gl_opendir = open_directory,
                      .gl_lstat = lstat,
                      .gl_stat = stat};
    listing = evaluator;
    int status = glob(pattern, GLOB_NOESCAPE | GLOB_ALTDIRFUNC, NULL, found);
    listing = NULL;
    return status;
}

static void put_matches(struct hg_arguments *arguments, struct hg_slice pattern, size_t start)
{
    struct hg_evaluator *evaluator = arguments->evaluator;
    struct hg_text path = {0};
    glob_t found;
    if (place_in_tree(evaluator, pattern, &path) && glob_in(evaluator, path.data, &found) == 0) {
        if (found.gl_pathc > MATCH_LIMIT)
            hg_evaluator_fail(evaluator, "the pattern '%s' fits more than %d files", path.data,
                              (int)MATCH_LIMIT);
        size_t skip = pattern.data[0] == '/' ? 0 : strlen(evaluator->place->object) + 1;
        for (size_t i = 0; i < found.gl_pathc && !evaluator->has_failed; i++) {
            hg_put_word(arguments->out, start, hg_slice_of(found.gl_pathv[i] + skip));
            hg_evaluator_spend(evaluator, strlen(found.gl_pathv[i]));
        }
        globfree(&found);
    }
    hg_text_deinit(&path);
}

void hg_make_wildcard(struct hg_arguments *arguments)
{
    size_t start = arguments->out->size;
    struct hg_text patterns = hg_argument(arguments, 0);
    struct hg_slice rest = {patterns.data, patterns.size};
    struct hg_slice pattern;
    while (hg_make_word(&rest, &pattern))
        put_matches(arguments, pattern, start);
    hg_text_deinit(&patterns);
}

static void put_paths(struct hg_arguments *arguments, bool must_be_there)
{
    size_t start = arguments->out->size;
    struct hg_text names = hg_argument(arguments, 0);
    struct hg_slice rest = {names.data, names.size};
    struct hg_slice name;
    struct hg_text path = {0};
    while (hg_make_word(&rest, &name)) {
        place_in_tree(arguments->evaluator, name, &path);
        if (!must_be_there || access(path.data, F_OK) == 0)
            hg_put_word(arguments->out, start, (struct hg_slice){path.data, path.size});
    }
    hg_text_deinit(&path);
    hg_text_deinit(&names);
}

void hg_make_path(struct hg_arguments *arguments)
{
    put_paths(arguments, false);
}

void hg_make_real_path(struct hg_arguments *arguments)
{
    put_paths(arguments, true);
}
