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
    bool is_of_headers;  /* all files are done; headers that none of them includes are being read */
    size_t done, total;  /* files; for headers, some units of work */
    double seconds;      /* since the beginning */
    double seconds_left; /* negative = not known yet */
};

struct hg_sources_options {
    const struct hg_kernel *kernel;
    const struct hg_source_list *list;
    unsigned jobs;       /* processes at a time; 0 = one for each processor */
    size_t memory_limit; /* bytes of address space of a process; 0 = 2 GiB */
    unsigned cpu_limit;  /* seconds of processor time of a file; 0 = 60 */
    bool skips_bodies; /* of functions: faster, but types that are defined in them are not found */
    bool functions;    /* functions with a body become symbols of the model */
    bool no_headers;   /* do not read the headers that no file includes */
    const char *cache_directory; /* as in hg_tree_options */
    bool no_prefix;              /* no prefixes: a test compares both ways */
    bool may_read_none;          /* if no file can be read, the model is empty; no error */
    void (*progress)(void *user, const struct hg_sources_progress *progress); /* NULL = none */
    void *progress_user;
};

/* The first error of a file. */
struct hg_source_fault {
    const char *path;
    const char *object;
    const char *missing; /* a missing file that the file includes, or NULL */
    struct hg_location where;
    const char *reason;
    bool has_died; /* the process that parsed the file ended early: the next run may succeed */
};

/* The types that the files of the kernel itself, or of a module, define or refer to, and its
 * functions. */
struct hg_source_group {
    const char *module;      /* NULL = vmlinux */
    const hg_type_id *types; /* ascending; not all types that these refer to */
    size_t type_count;
    const size_t *symbols; /* indexes of the functions that its files define; ascending */
    size_t symbol_count;
};

/* All that its pointers lead to lives until hg_sources_summary_destroy. */
struct hg_sources_summary {
    size_t file_count;
    size_t prefix_count;         /* precompiled prefixes */
    bool lacks_room;             /* a prefix could not be saved, so files parsed its headers */
    size_t without_prefix_count; /* files that were read without a prefix */
    /* Those of them that had an error after a prefix, in the order of the list. */
    const struct hg_source_fault *retried;
    size_t retried_count;
    /* Files that include a missing one: the types that may depend on it were left out. */
    const struct hg_source_fault *partial;
    size_t partial_count;
    const struct hg_source_fault *unread; /* files of which no type was taken */
    size_t unread_count;
    const struct hg_unparsed_header *unparsed_headers; /* among those that no file includes */
    size_t unparsed_header_count;
    const struct hg_source_group *groups; /* vmlinux first, then modules by name */
    size_t group_count;
    size_t conflict_count; /* names with several definitions */
    size_t peak_memory;    /* of the largest process, resident, in bytes */
    double seconds;        /* of wall clock */
    double cpu;            /* of all processes, in seconds */
};

/* Reads all source files.  A file with an error is left out, and listed in the report.  If no file
 * can be read, that is an error (but see may_read_none).  The function forks, so the caller must
 * have no other threads.  On success *model and *report are the caller's. */
HG_MUST_CHECK enum hg_status hg_read_sources(const struct hg_sources_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **model,
                                             struct hg_sources_summary **report);

/* NULL is fine. */
void hg_sources_summary_destroy(struct hg_sources_summary *report);

#endif
