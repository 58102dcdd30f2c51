/*
 * Reading types by their names: what its parts share.
 *
 *     requests.c        the types that a user's names match, and the headers that may define them
 *     names_public.c    the headers through which the kernel includes an architecture's header
 *     names_unit.c      which headers are parsed together
 *     names_constant.c  errors that every attempt meets
 *     names.c           hg_read_names: the order of the steps
 *     names_conclude.c  the report on the result
 *     list_names.c      names and headers of types, without parsing
 */
#ifndef HG_TREE_NAMES_H
#define HG_TREE_NAMES_H

#include "base/memory.h"
#include "tree/catalogue.h"
#include "tree/job.h"
#include "tree/outcome.h"
#include "tree/private_names.h"

#include <hdrgen/tree.h>

/* --- requests.c --- */

/* A type that is asked for, and the headers that may define it. */
struct hg_request {
    const char *asked; /* the user's spelling */
    const char *name;
    unsigned kinds;              /* 1u << enum hg_found, or-ed: a type of any of them is meant */
    bool is_required;            /* asked for by name, not only matched by a pattern */
    const uint32_t *definitions; /* indexes in the catalogue, best first, one for each header */
    size_t definition_count;
    size_t current; /* index of the one that is tried; definition_count = none is left */
    size_t tried;   /* at the end: index of the definition whose header was tried last */
    bool is_found;
    const char *found_in; /* the file of the definition that was read; NULL = not known */
};

struct hg_requests {
    struct hg_request *items;
    size_t count, capacity;
};

/* Returns the name without `struct `; *kinds: the kinds that it may have. */
const char *hg_split_name(const char *asked, unsigned *kinds);

/* Reports that nothing defines the name, with similar names.  True = as an error; false = as a
 * warning, since the name is optional. */
bool hg_report_unknown(const struct hg_catalogue *catalogue, const struct hg_unmet_name *unmet,
                       bool has_sources, bool is_optional, struct hg_diagnostics *diagnostics);

/* Whether the patterns among the names match types of so many headers that it takes less time to
 * read every header. */
bool hg_are_many(const struct hg_catalogue *catalogue, const char *const *names, size_t count);

/* Finds the types that the names ask for.  A name that no header seems to define is added to
 * `unmet`, or, if that is NULL, reported; a pattern that matches nothing is reported.  Everything
 * except `items` lives in the arena. */
HG_MUST_CHECK enum hg_status
hg_find_requests(const struct hg_catalogue *catalogue, const char *const *names, size_t count,
                 bool are_optional, struct hg_arena *arena, struct hg_diagnostics *diagnostics,
                 struct hg_unmet_names *unmet, struct hg_requests *ret);

/* Sets is_found and found_in of the requests that the model defines. */
void hg_check_requests(struct hg_requests *requests, const struct hg_model *model);

/* --- names_public.c --- */

enum { HG_PUBLIC_MAX = 8 };

/* Finds the headers through which the kernel includes the file, and returns their number; 0 = files
 * include it directly. */
size_t hg_find_public(const struct hg_catalogue *catalogue, uint32_t file,
                      uint32_t ret[HG_PUBLIC_MAX]);

/* --- names_unit.c --- */

/* Headers that are parsed together. */
struct hg_name_unit {
    const struct hg_catalogue *catalogue;
    struct hg_arena *arena;
    struct hg_name_header *headers; /* by file */
    uint8_t *is_helper;             /* by file: it is a helper already, or must not be one */
    HG_ARRAY(uint32_t) helpers;     /* files that are included before all others */
    struct hg_job job;              /* points to the arrays below */
    HG_ARRAY(const char *) names;
    HG_ARRAY(const char *) tags;
    HG_ARRAY(const char *) directories;
    /* For each header of the job after the helpers: the file whose types are needed, and the file
     * that is included to have it, which may be another one that includes it. */
    HG_ARRAY(uint32_t) members;
    HG_ARRAY(uint32_t) included;
};

void hg_name_unit_init(struct hg_name_unit *unit, const struct hg_catalogue *catalogue,
                       struct hg_arena *arena);
void hg_name_unit_deinit(struct hg_name_unit *unit);

/* Makes the job that parses the headers of the requests' current definitions. */
void hg_name_unit_fill(struct hg_name_unit *unit, const struct hg_requests *requests);

/* Removes a helper, by index, that has an error itself. */
void hg_name_unit_drop_helper(struct hg_name_unit *unit, size_t index);

/* --- names_constant.c --- */

enum { HG_CONSTANT_BLAMED = 2 };

/* An error that every attempt so far has met. */
struct hg_constant_problem {
    struct hg_location where;
    const char *text;
    enum hg_problem_kind kind;
    uint32_t
        blamed[HG_CONSTANT_BLAMED]; /* the first files that attempts blamed for it, each once */
    size_t blamed_count;
    bool is_met; /* the current attempt met it, too */
};

struct hg_constant_problems {
    struct hg_constant_problem *items;
    size_t count, capacity;
    size_t attempts;
    struct hg_arena *arena;
};

/* To be called after an attempt that failed. */
void hg_constant_learn(struct hg_constant_problems *problems, const struct hg_job_result *result,
                       const struct hg_name_unit *unit);
/* To be called after an attempt that did not fail. */
void hg_constant_forget(struct hg_constant_problems *problems);
/* Whether further attempts would fail in the same way. */
bool hg_constant_is_hopeless(const struct hg_constant_problems *problems);
/* Reports these errors; if there are none, the number of attempts. */
void hg_constant_report(const struct hg_constant_problems *problems, unsigned attempts,
                        struct hg_diagnostics *diagnostics);

/* --- names.c --- */

struct hg_name_finder {
    const struct hg_tree_options *options;
    struct hg_parser *parser;
    struct hg_diagnostics *diagnostics;
    struct hg_arena *arena;
    const struct hg_catalogue *catalogue;
    struct hg_requests requests;
    struct hg_name_unit unit;
    struct hg_job_result result; /* of the last attempt */
    struct hg_constant_problems constant;
    const char **problems; /* by file: why a header is given up or taken in part; else NULL */
    bool keeps_going;      /* attempts leave out declarations that errors touch */
    bool takes_partial;    /* keeps_going, since only trace headers still have errors */
    struct hg_unmet_names *unmet; /* NULL = names that headers do not define are reported */
};

/* The definition that is tried for the request, which must not be exhausted, and its header. */
const struct hg_catalogue_definition *hg_current_definition(const struct hg_name_finder *finder,
                                                            const struct hg_request *request);
uint32_t hg_current_header(const struct hg_name_finder *finder, const struct hg_request *request);

/* Whether no header is left for the request. */
bool hg_is_exhausted(const struct hg_request *request);

/* HG_TREE_NAMES of hg_read_tree, from headers.  Names that they do not define are added to `unmet`,
 * or, if that is NULL, reported.  If they define none, *ret stays NULL. */
HG_MUST_CHECK enum hg_status hg_read_names(const struct hg_tree_options *options,
                                           const struct hg_catalogue *catalogue,
                                           struct hg_parser *parser, struct hg_arena *arena,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_unmet_names *unmet, struct hg_model **ret);

/* Reads headers that the user names. */
HG_MUST_CHECK enum hg_status hg_read_named_headers(const struct hg_tree_options *options,
                                                   struct hg_parser *parser,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **ret);

/* --- names_conclude.c --- */

/* Reports names that the model lacks, that are in doubt, or that were left out.  HG_ERROR_INPUT =
 * the model must not be used. */
HG_MUST_CHECK enum hg_status hg_conclude_names(struct hg_name_finder *finder,
                                               const struct hg_model *model);

/* --- list_names.c --- */

/* The header that seems to define a symbol, by the catalogue. */
struct hg_symbol_header {
    const char *name; /* as in an #include; NULL = no header does */
    bool is_lone;     /* see hg_catalogue_is_lone */
};

/* Finds the header of each symbol (`struct a`); ret has an item for each. */
HG_MUST_CHECK enum hg_status hg_kernel_find_headers(const struct hg_kernel *kernel,
                                                    const char *cache_directory,
                                                    const char *const *symbols, size_t count,
                                                    struct hg_arena *arena,
                                                    struct hg_symbol_header *ret);

#endif
