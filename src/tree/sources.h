/*
 * Reads a whole kernel from its source files: every translation unit that is linked into it, with
 * the arguments that kbuild gives it, into one model.
 *
 * docs/sources.md describes the result, the method, and the proofs.
 */
#ifndef HG_TREE_SOURCES_H
#define HG_TREE_SOURCES_H

#include "tree/commands.h"

#include <hdrgen/model.h>
#include <hdrgen/tree.h>

struct hg_sources_progress {
    bool
        is_of_headers; /* all files are done, and the headers that none of them includes are read */
    size_t done, total;  /* files; of headers, in no particular unit */
    double seconds;      /* since the first one was started */
    double seconds_left; /* negative = not known yet */
};

struct hg_sources_options {
    const struct hg_kernel *kernel;
    const struct hg_source_list *list;
    unsigned jobs;       /* processes at a time; 0 = one for each processor.  The result does not
                            depend on it */
    size_t memory_limit; /* bytes of address space of a process; 0 = 2 GiB */
    unsigned cpu_limit;  /* seconds of processor time of a file; 0 = 60 */
    bool skips_bodies; /* of functions: faster, but types that are defined in them are not found */
    bool functions;    /* functions with a body become symbols of the model */
    bool no_headers;   /* do not read the headers that no file includes */
    const char *cache_directory; /* as in hg_tree_options */
    bool no_prefix;              /* parse every header for every file: to prove prefixes right */
    bool may_read_none;          /* if no file can be read, the model is empty; no error */
    void (*progress)(void *user, const struct hg_sources_progress *progress); /* NULL = none */
    void *progress_user;
};

/* An error that a file has, the first one. */
struct hg_source_fault {
    const char *path;
    const char *object;
    const char *missing; /* a missing file that it includes, or NULL */
    struct hg_location where;
    const char *reason;
    bool has_died; /* the process that parsed it ended early: the next run may read it */
};

/* The kernel itself, or a module: the types that its files define or refer to, and its functions.
 */
struct hg_source_group {
    const char *module;      /* NULL = vmlinux */
    const hg_type_id *types; /* ascending; types that these refer to may be missing */
    size_t type_count;
    const size_t *symbols; /* indexes of the functions that its files define; ascending */
    size_t symbol_count;
};

/* Everything in it lives until hg_sources_summary_destroy. */
struct hg_sources_summary {
    size_t file_count;
    size_t prefix_count; /* precompiled prefixes */
    bool lacks_room;     /* a prefix was made and could not be kept: each file parsed its headers */
    size_t without_prefix_count; /* files that were read without one */
    /* The files among these that had an error after a prefix, in the order of the list. */
    const struct hg_source_fault *retried;
    size_t retried_count;
    /* Files that include a missing one, and were read without what may depend on it. */
    const struct hg_source_fault *partial;
    size_t partial_count;
    const struct hg_source_fault *unread; /* files of which nothing was taken */
    size_t unread_count;
    const struct hg_unparsed_header *unparsed_headers; /* of those that no file includes */
    size_t unparsed_header_count;
    const struct hg_source_group *groups; /* vmlinux first, then modules by name */
    size_t group_count;
    size_t conflict_count; /* names with several definitions */
    size_t peak_memory;    /* of the process that took most, resident, in bytes */
    double seconds;        /* from beginning to end */
    double cpu;            /* of all processes, in seconds */
};

/*
 * Reads all source files.  A file with an error is left out, and listed in the report.  If no file
 * can be read, that is an error (but see may_read_none).  The function forks: the caller must have
 * no other threads.  On success *model and *report are the caller's.
 */
HG_MUST_CHECK enum hg_status hg_read_sources(const struct hg_sources_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **model,
                                             struct hg_sources_summary **report);

/* NULL is fine. */
void hg_sources_summary_destroy(struct hg_sources_summary *report);

#endif
