/*
 * Reads types that no header of the include directories defines.  They are private to .c files and
 * to headers beside those, and are read through a translation unit that has them.
 *
 *     private_names.c    names that no header defines
 *     named_sources.c    .c files that the user names
 *     source_reading.c   reads a few translation units of the list, for both
 */
#ifndef HG_TREE_PRIVATE_NAMES_H
#define HG_TREE_PRIVATE_NAMES_H

#include "base/memory.h"
#include "tree/catalogue.h"
#include "tree/search.h"
#include "tree/sources.h"

#include <hdrgen/tree.h>

/* A name that no header defines. */
struct hg_unmet_name {
    const char *asked; /* the user's spelling */
    const char *name;
    unsigned kinds;     /* 1u << enum hg_found, or-ed */
    const char *report; /* a sentence: why a header that seems to define it does not; else NULL */
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

/* Adds the types of the names to *model, which is NULL or has the types of the headers; a failure
 * frees it.  Names that are not found are reported: as errors, or as warnings if names are
 * optional. *report gets the files that the result depends on. */
HG_MUST_CHECK enum hg_status hg_read_private_names(const struct hg_private_request *request,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **model,
                                                   struct hg_tree_summary **report);

/* --- named_sources.c --- */

/* Whether one of the headers that the user names is a .c file of the tree. */
bool hg_names_sources(const struct hg_kernel *kernel, const struct hg_tree_options *options);

/* Reads these files, each with its own flags.  A file that the configuration does not build is an
 * error. */
HG_MUST_CHECK enum hg_status hg_read_named_sources(const struct hg_kernel *kernel,
                                                   const struct hg_tree_options *options,
                                                   struct hg_arena *arena,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **ret);

/* --- requests.c --- */

/* 1u << enum hg_found of a type that is defined; 0 = it is not, or is of another kind. */
unsigned hg_found_kind(const struct hg_type *type);

/* --- source_reading.c --- */

/* Some units of a list. */
struct hg_unit_choice {
    const struct hg_kernel *kernel;
    const struct hg_tree_options *options;
    const struct hg_source_list *list;
    const bool *is_chosen; /* of each unit of the list */
    bool skips_bodies;     /* of functions */
};

/* Like hg_read_sources, but if no unit can be read, the model has no types. */
HG_MUST_CHECK enum hg_status hg_read_units(const struct hg_unit_choice *choice,
                                           struct hg_arena *arena,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_model **model,
                                           struct hg_sources_summary **report);

/* Adds a note with the command that makes the missing files of these objects, each of which a blank
 * precedes. */
void hg_note_make(const struct hg_kernel *kernel, const char *objects,
                  struct hg_diagnostics *diagnostics);

/* Whether the model defines the name, as one of the kinds. */
bool hg_defines(const struct hg_model *model, const char *name, unsigned kinds);
/* Whether the type, or an enumerator of an enum without a tag, has the name, as one of the kinds. */
bool hg_is_definition(const struct hg_type *type, const char *name, unsigned kinds);

#endif
