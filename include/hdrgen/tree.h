/*
 * Reading types from a kernel tree: by their names, or from every header.
 *
 * The headers of a kernel do not all parse together: some need another header before them, some
 * define the same names, some change macros that others use.  So child processes read a tree in
 * several translation units, and the resulting models are merged into one.  In the result, each
 * type is as its header alone defines it.  docs/kernel.md and docs/every-header.md describe how.
 */
#ifndef HDRGEN_TREE_H
#define HDRGEN_TREE_H

#include <hdrgen/kernel.h>
#include <hdrgen/model.h>
#include <hdrgen/read.h>

HG_BEGIN_DECLARATIONS

/* Progress: `done` of `total`, in no particular unit; `done` grows from call to call. */
typedef void hg_progress_fn(void *user, unsigned done, unsigned total);

enum hg_tree_scope {
    /* Read the types with some names, from the headers or source files that define them; or read
     * the named headers or source files. */
    HG_TREE_NAMES,
    /* Read every header of the tree. */
    HG_TREE_EVERY_HEADER,
};

struct hg_tree_options {
    size_t sz; /* sizeof(struct hg_tree_options): see HG_OPTIONS */
    enum hg_tree_scope scope;
    /* HG_TREE_NAMES, if headers names none: the types to find, as in hg_select_options. */
    const char *const *names;
    size_t name_count;
    /* A name that no header defines is a warning, not an error, as long as another one is found. */
    bool are_optional;
    /* HG_TREE_NAMES takes headers (also .c files of the tree), keep_going, clang_warnings and
     * macros.  Macros are an error with HG_TREE_EVERY_HEADER, where one name can be many macros.
     * Both scopes take arguments, which follow the tree's flags and so override them.  target must
     * be NULL.  NULL = none of these. */
    const struct hg_header_options *headers;
    /* The directory to keep the catalogue of the tree in for the next run; created if necessary.
     * NULL = do not keep it. */
    const char *cache_directory;
    /* Number of child processes at a time; 0 = one for each processor.  The result does not depend
     * on it. */
    unsigned jobs;
    /* Limits of one child: bytes of address space, 0 = 2 GiB (not enforced under AddressSanitizer);
     * and seconds of processor time for a single header, 0 = 20.  The time limit grows a little
     * with each further header. */
    size_t memory_limit;
    unsigned cpu_limit;
    hg_progress_fn *progress; /* called with HG_TREE_EVERY_HEADER; NULL = none */
    void *progress_user;
    /* Report each change of a header's state, and the reason, as a note. */
    bool explain;
    /* The program hdrgen-read-tree, of this library's version; NULL = the installed one. */
    const char *reader;
    /* The names were found as the targets of pointers, so the kernel may have another type of that
     * name.  If no other header includes the one that defines a type, a warning says so; without
     * this option, only if a prototype mentions the type.  If no name is found, the result is an
     * empty model, not an error. */
    bool are_pointees;
};

/* A header that was not parsed, and the first reason that came up. */
struct hg_unparsed_header {
    const char *header;
    struct hg_location where;
    const char *reason;
};

/* Everything in it lives until hg_tree_summary_destroy. */
struct hg_tree_summary {
    size_t header_count; /* headers of the tree, without fragments, which never stand alone */
    size_t parsed_count; /* headers that are in the model */
    size_t unit_count;   /* translation units that the model was made of */
    size_t worker_count; /* child processes that were started */
    size_t peak_memory;  /* resident bytes of the largest child */
    const struct hg_unparsed_header *unparsed;
    size_t unparsed_count;
    const struct hg_name_conflict *conflicts; /* the first definition keeps the name */
    size_t conflict_count;
    /* HG_TREE_NAMES: absolute paths of the source files that were searched for names that no header
     * defines.  The model depends on their text and on which of them the kernel is built from. */
    const char *const *searched;
    size_t searched_count;
};

/*
 * Reads types from a kernel tree.
 *
 * HG_TREE_NAMES: if several headers define a name, the one that kbuild would see first is read.  A
 * header that does not parse by itself is tried after helper headers, then through a header that
 * includes it.  Trace headers are read so that they define the types of trace events.  In a tree
 * with source files, a name that no header defines is read through a .c file that defines it, or
 * includes a file that does, with that file's own flags; if several define it differently, that is
 * an error.  A name that nothing in this configuration defines is an error.  Patterns are matched
 * against the types that headers define; a match that cannot be read is a warning.  A header to
 * parse may be a .c file of the tree: it is read with its own flags.  *report is NULL unless source
 * files were searched.
 *
 * HG_TREE_EVERY_HEADER: a header that cannot be parsed is listed in the report; it is no error.  It
 * is an error if no header can be parsed, or if clang rejects the arguments.
 *
 * A header that crashes the parser, or exceeds the limits, is handled like one with an error in it.
 * The library starts a program of its own, hdrgen-read-tree, to read the tree, and waits for it: so
 * the caller may have threads and signal handlers.  Relative paths and the environment are the
 * caller's.
 *
 * On success *ret is the caller's (hg_model_destroy).  report may be NULL; else *report is the
 * caller's, too (hg_tree_summary_destroy).
 */
HG_MUST_CHECK enum hg_status hg_read_tree(const struct hg_kernel *kernel,
                                          const struct hg_tree_options *options,
                                          struct hg_diagnostics *diagnostics, struct hg_model **ret,
                                          struct hg_tree_summary **report);

/* NULL is fine. */
void hg_tree_summary_destroy(struct hg_tree_summary *report);

HG_END_DECLARATIONS

#endif
