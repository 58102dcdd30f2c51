/*
 * Which source files seem to define a name, and which translation units read those files.
 *
 *     struct rq          kernel/sched/sched.h:980      read by kernel/sched/core.c, fair.c, ...
 *     struct worker_pool kernel/workqueue.c:150        a unit itself
 *
 * The search looks through the .c files of the list, and through the files that they include and
 * that are in none of the tree's include directories.  Nothing is evaluated, and nothing is kept
 * for the next run.  A text is scanned (scan.c) only if it has the name as a word: a search of a
 * whole kernel takes little longer than reading its files.
 */
#ifndef HG_TREE_SEARCH_H
#define HG_TREE_SEARCH_H

#include "base/memory.h"
#include "tree/commands.h"

#include <stdbool.h>
#include <stdint.h>

enum { HG_SITE_UNITS = 8 };

/* A file whose text seems to define a name. */
struct hg_site {
    const char *path;    /* absolute */
    const char *name;    /* relative to the source or object directory, if it is in one */
    unsigned line;       /* of the first definition */
    unsigned kinds;      /* 1u << enum hg_found, or-ed */
    const size_t *units; /* indexes in the list: the best first, at most HG_SITE_UNITS */
    size_t unit_count;
};

struct hg_sites {
    const struct hg_site *items; /* by name of the file */
    size_t count;
};

struct hg_search {
    struct hg_sites *sites;   /* by name */
    const char *const *files; /* the files that were looked through, absolute */
    size_t file_count;
};

struct hg_search_options {
    const struct hg_kernel *kernel;
    const struct hg_kernel_headers *headers; /* of its include directories: not looked through */
    const struct hg_source_list *list;
    const char *const *names; /* of types, without `struct` */
    size_t name_count;
};

/* Everything in *ret lives in the arena. */
void hg_search_sources(const struct hg_search_options *options, struct hg_arena *arena,
                       struct hg_search *ret);

/* Looks through the files of the source directory through which hg_search_sources did not look:
 * those that this configuration does not build.  Finds the first one that seems to define the name;
 * false = none does. */
bool hg_search_unbuilt(const struct hg_kernel *kernel, const struct hg_search *search,
                       const char *name, struct hg_arena *arena, struct hg_site *ret);

/* The path relative to the tree's source or object directory, without `.` and `..`. */
const char *hg_tree_name(const struct hg_kernel *kernel, const char *path, struct hg_arena *arena);

#endif
