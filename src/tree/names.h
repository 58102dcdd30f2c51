/*
 * Reading types by name: the parts and what they share.
 *
 *     requests.c        a user's names to types, and the headers that may define each
 *     names_public.c    through which headers the kernel has one of an architecture
 *     names_unit.c      which headers are parsed together
 *     names.c           hg_read_names: the order of events
 *     names_conclude.c  what is said of the result
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
    const char *asked; /* as the user put it */
    const char *name;
    unsigned kinds;              /* 1u << enum hg_found, or-ed: any of them will do */
    bool is_required;            /* asked for by name; not because a pattern matches it */
    const uint32_t *definitions; /* of the catalogue, best first, one for each header */
    size_t definition_count;
    size_t current; /* of them; definition_count when none is left */
    size_t tried;   /* when all is read: the last of them that was tried for it */
    bool is_found;
    const char *found_in; /* the file of the definition that was read; NULL = not known */
};

struct hg_requests {
    struct hg_request *items;
    size_t count, capacity;
};

/* Takes `struct ` off: *kinds is what the name may be. */
const char *hg_split_name(const char *asked, unsigned *kinds);

/* Reports that nothing defines the name, with its nearest neighbours; in a warning, where it is
 * optional: then the result is false. */
bool hg_report_unknown(const struct hg_catalogue *catalogue, const struct hg_unmet_name *unmet,
                       bool has_sources, bool is_optional, struct hg_diagnostics *diagnostics);

/* Whether patterns among the names fit types of so many headers that reading every header is less
 * work than to make these parse together. */
bool hg_are_many(const struct hg_catalogue *catalogue, const char *const *names, size_t count);

/* What the names ask for.  A name that no header seems to define is added to `unmet`, or reported
 * where that is NULL; a pattern that nothing matches is reported.  Everything lives in the arena
 * but items. */
HG_MUST_CHECK enum hg_status
hg_find_requests(const struct hg_catalogue *catalogue, const char *const *names, size_t count,
                 bool are_optional, struct hg_arena *arena, struct hg_diagnostics *diagnostics,
                 struct hg_unmet_names *unmet, struct hg_requests *ret);

/* Sets is_found and found_in of those that the model defines. */
void hg_check_requests(struct hg_requests *requests, const struct hg_model *model);

/* --- names_public.c --- */

enum { HG_PUBLIC_MAX = 8 };

/* The headers through which the kernel has the file; 0 = it is included by itself. */
size_t hg_find_public(const struct hg_catalogue *catalogue, uint32_t file,
                      uint32_t ret[HG_PUBLIC_MAX]);

/* --- names_unit.c --- */

/* Headers that are parsed together. */
struct hg_name_unit {
    const struct hg_catalogue *catalogue;
    struct hg_arena *arena;
    struct hg_name_header *headers; /* by file */
    uint8_t *is_helper;             /* by file: it is one already, or must not be one */
    HG_ARRAY(uint32_t) helpers;     /* files that come before all others */
    struct hg_job job;              /* refers to what follows */
    HG_ARRAY(const char *) names;
    HG_ARRAY(const char *) tags;
    HG_ARRAY(const char *) directories;
    HG_ARRAY(uint32_t) members;  /* by header of the job, helpers aside: the file it is there for */
    HG_ARRAY(uint32_t) included; /* likewise: the file that it is */
};

void hg_name_unit_init(struct hg_name_unit *unit, const struct hg_catalogue *catalogue,
                       struct hg_arena *arena);
void hg_name_unit_deinit(struct hg_name_unit *unit);

/* Makes the job of what the requests' current definitions ask for. */
void hg_name_unit_fill(struct hg_name_unit *unit, const struct hg_requests *requests);

/* Takes away the helper of that index, which has an error itself. */
void hg_name_unit_drop_helper(struct hg_name_unit *unit, size_t index);

/* --- names_constant.c --- */

enum { HG_CONSTANT_BLAMED = 2 };

/* An error that every attempt so far has met. */
struct hg_constant_problem {
    struct hg_location where;
    const char *text;
    enum hg_problem_kind kind;
    uint32_t blamed[HG_CONSTANT_BLAMED]; /* the first files at fault, each once */
    size_t blamed_count;
    bool is_met; /* by the attempt at hand */
};

struct hg_constant_problems {
    struct hg_constant_problem *items;
    size_t count, capacity;
    size_t attempts;
    struct hg_arena *arena;
};

/* After an attempt that failed. */
void hg_constant_learn(struct hg_constant_problems *problems, const struct hg_job_result *result,
                       const struct hg_name_unit *unit);
/* After one that did not. */
void hg_constant_forget(struct hg_constant_problems *problems);
/* Whether no further attempt can be another. */
bool hg_constant_is_hopeless(const struct hg_constant_problems *problems);
/* Reports them; where there is none, that so many attempts were made. */
void hg_constant_report(const struct hg_constant_problems *problems, unsigned attempts,
                        struct hg_diagnostics *diagnostics);

/* --- names.c --- */

/* Reading by names, as it stands: the order of events in names.c. */
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
    const char **problems;        /* by file: of each that is given up, the first problem */
    bool keeps_going;             /* leaves out what errors touch: asked for, and the last resort */
    bool takes_partial;           /* the same, unasked: only trace headers still have errors */
    struct hg_unmet_names *unmet; /* NULL = what headers do not define is reported */
};

/* The file that is to meet the request; it is not exhausted. */
uint32_t hg_current_header(const struct hg_name_finder *finder, const struct hg_request *request);

/* No header is left for it. */
bool hg_is_exhausted(const struct hg_request *request);

/* HG_TREE_NAMES of hg_read_tree, by headers.  Names that they do not define are added to `unmet`,
 * or reported where that is NULL; *ret stays NULL where that is true of all. */
HG_MUST_CHECK enum hg_status hg_read_names(const struct hg_tree_options *options,
                                           const struct hg_catalogue *catalogue,
                                           struct hg_parser *parser, struct hg_arena *arena,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_unmet_names *unmet, struct hg_model **ret);

/* Of headers that the user names. */
HG_MUST_CHECK enum hg_status hg_read_named_headers(const struct hg_tree_options *options,
                                                   struct hg_parser *parser,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **ret);

/* --- names_conclude.c --- */

/* What is to be said of a model that was read: names that are not there, in doubt, or left out.
 * HG_ERROR_INPUT = it is no answer. */
HG_MUST_CHECK enum hg_status hg_conclude_names(struct hg_name_finder *finder,
                                               const struct hg_model *model);

/* --- list_names.c --- */

/* The header that seems to define a symbol. */
struct hg_symbol_header {
    const char *name; /* as an #include has it; NULL = none does; in the arena */
    bool is_lone;     /* no other header includes it, but for one of its own name */
};

/* Of each symbol (`struct a`). */
HG_MUST_CHECK enum hg_status hg_kernel_find_headers(const struct hg_kernel *kernel,
                                                    const char *cache_directory,
                                                    const char *const *symbols, size_t count,
                                                    struct hg_arena *arena,
                                                    struct hg_symbol_header *ret);

#endif
