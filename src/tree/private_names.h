/*
 * Types that no header of the tree's include directories defines: they are private to .c files and
 * to headers beside those, and are read through a translation unit that has them.
 *
 *     private_names.c    names that are left over when the headers have been read
 *     named_sources.c    .c files that the user names
 *     source_reading.c   reading a few translation units of the list, and what both report
 */
#ifndef HG_TREE_PRIVATE_NAMES_H
#define HG_TREE_PRIVATE_NAMES_H

#include "base/memory.h"
#include "tree/catalogue.h"
#include "tree/search.h"
#include "tree/sources.h"

#include <hdrgen/tree.h>

/* A name that no header gave. */
struct hg_unmet_name {
    const char *asked; /* as the user put it */
    const char *name;
    unsigned kinds;     /* 1u << enum hg_found, or-ed */
    const char *report; /* why not, a sentence, if the text of a header has it; else NULL */
};

struct hg_unmet_names {
    struct hg_unmet_name *items;
    size_t count, capacity;
};

/* --- private_names.c --- */

struct hg_private_request {
    const struct hg_kernel *kernel;
    const struct hg_tree_options *options;
    const struct hg_catalogue *catalogue; /* of the headers */
    const struct hg_unmet_names *names;
    struct hg_arena *arena;
};

/* Whether the tree holds the kernel's source files, and not only headers. */
bool hg_has_sources(const struct hg_kernel *kernel);

/* Adds the types of the names to *model, which is NULL or has what the headers gave; it is freed on
 * failure.  What cannot be had is reported: in an error, or in a warning where names are optional.
 * *report gets the files that the answer depends on. */
HG_MUST_CHECK enum hg_status hg_read_private_names(const struct hg_private_request *request,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **model,
                                                   struct hg_tree_summary **report);

/* --- named_sources.c --- */

/* Whether one of the headers that the user names is a .c file of the tree. */
bool hg_names_sources(const struct hg_kernel *kernel, const struct hg_tree_options *options);

/* Reads these, each with its own flags.  That one is not built by the tree's configuration is an
 * error. */
HG_MUST_CHECK enum hg_status hg_read_named_sources(const struct hg_kernel *kernel,
                                                   const struct hg_tree_options *options,
                                                   struct hg_arena *arena,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **ret);

/* --- source_reading.c --- */

/* Some units of a list, by index, ascending. */
struct hg_unit_choice {
    const struct hg_kernel *kernel;
    const struct hg_tree_options *options;
    const struct hg_source_list *list;
    const size_t *units;
    size_t count;
    bool skips_bodies;
};

/* As hg_read_sources; a choice of which nothing can be read gives a model without types. */
HG_MUST_CHECK enum hg_status hg_read_units(const struct hg_unit_choice *choice,
                                           struct hg_arena *arena,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_model **model,
                                           struct hg_sources_summary **report);

/* A note of the command that makes missing files, for these objects (each with a blank before it).
 */
void hg_note_make(const struct hg_kernel *kernel, const char *objects,
                  struct hg_diagnostics *diagnostics);

/* Whether the model defines the name, as one of the kinds. */
bool hg_defines(const struct hg_model *model, const char *name, unsigned kinds);
/* Whether the type has the name, as one of the kinds. */
bool hg_is_definition(const struct hg_type *type, const char *name, unsigned kinds);

#endif
