/*
 * Reading types from a kernel tree: by their names, or from every header.
 *
 * Headers that nobody includes together do not parse together: some need another one before them,
 * some define the same things, some change macros that others use.  So a tree is read in several
 * translation units, by child processes, and every header's models are merged into one.
 * docs/kernel.md and docs/every-header.md say how, and what makes sure that a type is what its
 * header alone would give.
 */
#ifndef HDRGEN_TREE_H
#define HDRGEN_TREE_H

#include <hdrgen/kernel.h>
#include <hdrgen/model.h>
#include <hdrgen/read.h>

HG_BEGIN_DECLARATIONS

/* How far it is: done of total, in no particular unit.  Never the same or less than before. */
typedef void hg_progress_fn(void *user, unsigned done, unsigned total);

enum hg_tree_scope {
    /* The types of some names, from the headers or source files that define them; or the named
     * headers or source files. */
    HG_TREE_NAMES,
    /* Every header of the tree. */
    HG_TREE_EVERY_HEADER,
};

struct hg_tree_options {
    size_t sz; /* sizeof(struct hg_tree_options): see HG_OPTIONS */
    enum hg_tree_scope scope;
    /* HG_TREE_NAMES: as in hg_select_options, the types to look for, if headers names none. */
    const char *const *names;
    size_t name_count;
    /* A name that no header defines is a warning: whoever asks will do without it, as long as there
     * is one of them. */
    bool are_optional;
    /* HG_TREE_NAMES: headers (or the tree's .c files) to parse, if any.  Arguments follow the
     * tree's flags and win; keep_going, clang_warnings; target must be NULL.  Macros do not go with
     * HG_TREE_EVERY_HEADER, where one name is many macros.  NULL = none. */
    const struct hg_header_options *headers;
    /* Where the catalogue of the tree is kept for the next time; made if need be.  NULL = nowhere.
     */
    const char *cache_directory;
    /* At most that many child processes at a time; 0 = one for each processor.  The result does not
     * depend on it. */
    unsigned jobs;
    /* What one child may take: bytes of address space, 0 = 2 GiB (not enforced where
     * AddressSanitizer is built in); seconds of processor time for one header, 0 = 20, a little
     * more for each further one. */
    size_t memory_limit;
    unsigned cpu_limit;
    hg_progress_fn *progress; /* HG_TREE_EVERY_HEADER; NULL = nobody wants to know */
    void *progress_user;
    /* Report each change of a header's state, and why, as a note. */
    bool explain;
    /* The program hdrgen-read-tree, of this version; NULL = the one that was installed with the
     * library. */
    const char *reader;
    /* The names are of types that pointers lead to: a header that no other one includes is doubtful
     * even if no prototype mentions its type; that none of them can be had is no error, and the
     * model is empty then. */
    bool are_pointees;
};

/* A header that gave nothing, and the first reason met. */
struct hg_unparsed_header {
    const char *header;
    struct hg_location where;
    const char *reason;
};

/* Everything in it lives until hg_tree_report_destroy. */
struct hg_tree_report {
    size_t header_count; /* without those that never stand alone */
    size_t parsed_count;
    size_t unit_count;   /* of the translation units that the model was made of */
    size_t worker_count; /* of all child processes */
    size_t peak_memory;  /* of the child that took most, resident, in bytes */
    const struct hg_unparsed_header *unparsed;
    size_t unparsed_count;
    const struct hg_name_conflict *conflicts; /* the first definition keeps the name */
    size_t conflict_count;
    /* HG_TREE_NAMES: the source files that were looked through for names that no header defines;
     * absolute.  What they say, and which of them the kernel is built from, is part of the answer.
     */
    const char *const *searched;
    size_t searched_count;
};

/*
 * HG_TREE_NAMES: where several headers define a name, the one that kbuild would see first is taken;
 * one that does not parse by itself is tried after headers that others rely on, then through a
 * header that includes it; for the types of trace events, trace headers are made to define them.
 * In a tree with source files, a name that no header defines is read through a .c file that
 * defines it or includes what does, with that file's own flags; one that several define differently
 * is an error.  A name that is nowhere, or nowhere that this configuration lets define it, is an
 * error.  What a pattern matches and cannot be had is a warning; patterns are matched with what
 * headers define.  A header to parse may be a .c file of the tree: it is read with its own flags.
 * *report is NULL unless source files were looked through.
 *
 * HG_TREE_EVERY_HEADER: headers that cannot be parsed are no error but in the report; that none
 * could be is one, and so is what would go wrong for each (clang's arguments).
 *
 * A header that crashes the parser, or takes more than the limits, is an error like any other.
 * The tree is read by a program of its own, hdrgen-read-tree, which the library starts and waits
 * for: the caller may have threads, and its signals stay its own.  Relative paths and the
 * environment are the caller's.
 *
 * On success *ret is the caller's (hg_model_destroy), and so is *report, where report is not NULL
 * (hg_tree_report_destroy).
 */
HG_MUST_CHECK enum hg_status hg_read_tree(const struct hg_kernel *kernel,
                                          const struct hg_tree_options *options,
                                          struct hg_diagnostics *diagnostics, struct hg_model **ret,
                                          struct hg_tree_report **report);

/* NULL is fine. */
void hg_tree_report_destroy(struct hg_tree_report *report);

HG_END_DECLARATIONS

#endif
