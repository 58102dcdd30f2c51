/*
 * Reading types by name: the parts and what they share, from names of types to the headers that
 * define them.
 *
 *     scan.c         one header's text: what it seems to define, what it includes
 *     index.c        all headers: building the index and asking it
 *     index_cache.c  the index in a file, so that the next run need not scan
 *     choose.c       a user's names to candidates, the best first
 *     names_plan.c   which headers are parsed together, and what to do when they do not parse
 *     log.c          diagnostics of an attempt
 *     names.c        hg_read_kernel: the order of events
 *
 * An index says where to look, not what is there: conditions are not evaluated, macros not
 * expanded.  What it says is tried, and what is then not there is looked for elsewhere.
 */
#ifndef HG_TREE_NAMES_H
#define HG_TREE_NAMES_H

#include "base/memory.h"
#include "base/text.h"
#include "frontend/clang/parse.h"

#include <hdrgen/kernel.h>
#include <hdrgen/model.h>
#include <hdrgen/read.h>
#include <stdint.h>

/* --- scan.c --- */

enum hg_found {
    HG_FOUND_STRUCT,
    HG_FOUND_UNION,
    HG_FOUND_ENUM,
    HG_FOUND_TYPEDEF,
    HG_FOUND_ENUMERATOR, /* of an enum without a tag */
};

struct hg_scan_sink {
    void (*define)(void *user, enum hg_found what, const char *name, size_t length, unsigned line);
    /* The name in an #include, without its brackets or quotes. */
    void (*include)(void *user, const char *name, size_t length);
    void *user;
};

/* Calls the sink for all that the text, which ends with a NUL, seems to define.  Linear in its
 * size. */
void hg_scan_header(const char *text, const struct hg_scan_sink *sink);

/* Calls visit with every `struct tag` and `union tag` of the text: keyword, tag and its length. */
typedef void hg_scan_tag_fn(void *user, const char *keyword, const char *tag, size_t length);
void hg_scan_tags(const char *text, hg_scan_tag_fn *visit, void *user);

/* --- index.c --- */

struct hg_index_definition {
    uint32_t name; /* offset into strings */
    uint32_t header;
    uint32_t line;
    uint32_t what; /* enum hg_found */
};

/* includer has an #include that leads to included. */
struct hg_index_edge {
    uint32_t included;
    uint32_t includer;
};

struct hg_index {
    const struct hg_kernel_headers *headers;
    struct hg_index_definition *definitions; /* by name, then best header first */
    size_t definition_count;
    struct hg_index_edge *edges; /* by included, then best includer first */
    size_t edge_count;
    char *strings;
    size_t string_size;
};

/* Scans every header.  One that cannot be read is passed over: whoever needs it will hear of it
 * from clang. */
void hg_index_build(const struct hg_kernel_headers *headers, struct hg_index *ret);
void hg_index_deinit(struct hg_index *index);

/* A half-open range of definitions of that name; empty when there is none. */
size_t hg_index_find(const struct hg_index *index, const char *name, size_t *end);
/* A half-open range of edges to a header. */
size_t hg_index_includers(const struct hg_index *index, uint32_t header, size_t *end);

/* How readily a header is taken for a type that several define, by its name: less is better. */
unsigned hg_index_rank(const struct hg_kernel_header *header);

/* --- index_cache.c --- */

/* The index of a tree from the directory, if it is there and was made from the headers as they are
 * now; else built, and left there for the next time.  directory NULL: built.  Trouble with the
 * cache is no one's: it costs time. */
void hg_index_open(const struct hg_kernel *kernel, const struct hg_kernel_headers *headers,
                   const char *directory, struct hg_index *ret);

/* --- choose.c --- */

/* A type that is wanted, and the headers that may define it. */
struct hg_want {
    const char *asked; /* as the user put it */
    const char *name;
    unsigned kinds;              /* 1u << enum hg_found, or-ed: any of them will do */
    bool is_required;            /* asked for by name; not because a pattern fits it */
    const uint32_t *definitions; /* of the index, best first, one for each header */
    size_t definition_count;
    size_t current; /* of them; definition_count when none is left */
    bool is_found;
};

struct hg_wants {
    struct hg_want *items;
    size_t count, capacity;
};

/* What the names ask for.  Reports (in a warning, where they are optional) a name that no header
 * seems to define, with its nearest neighbours, and a pattern that nothing fits.  Everything lives
 * in the arena but items. */
HG_MUST_CHECK enum hg_status hg_choose_wants(const struct hg_index *index, const char *const *names,
                                             size_t count, bool are_optional,
                                             struct hg_arena *arena,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_wants *ret);

/* Sets is_found of those that the model defines. */
void hg_check_wants(struct hg_wants *wants, const struct hg_model *model);

/* --- names_plan.c --- */

struct hg_names {
    const char **items;
    size_t count, capacity;
};

/* How a header is had: each time it does not parse, by the next of these. */
enum { HG_PLAIN, HG_HELPED, HG_FIRST_INCLUDER, HG_GIVEN_UP = 255 };

/* What is parsed together. */
struct hg_plan {
    const struct hg_index *index;
    uint8_t *stages; /* of each header: see above */
    struct hg_arena *arena;
    HG_ARRAY(uint32_t) helpers; /* headers before all others */
    uint8_t *help_left;         /* for each header: how many more helpers it may get */
    uint8_t *no_helper;         /* for each: it is one already, or must not be one */

    struct hg_names tags, preludes, headers, traces, directories;
    HG_ARRAY(uint32_t) members; /* the header behind each of headers and traces */
    HG_ARRAY(uint32_t) parsed;  /* and what is included in its place: itself or an includer */
};

void hg_plan_init(struct hg_plan *plan, const struct hg_index *index, struct hg_arena *arena);
void hg_plan_deinit(struct hg_plan *plan);

/* Fills the lists with what the wants' current definitions ask for. */
void hg_plan_unit(struct hg_plan *plan, const struct hg_wants *wants);

/* The header did not parse because of this problem: the next way to have it.  False when there is
 * none left. */
bool hg_plan_fallback(struct hg_plan *plan, uint32_t header, const struct hg_problem *problem);

/* Takes a helper away that has an error itself: of the plan's, the one with that index. */
void hg_plan_drop_helper(struct hg_plan *plan, size_t index);

/* --- log.c --- */

/* Diagnostics of an attempt, kept until it is known whether they matter, and its errors as data. */
struct hg_log {
    struct hg_arena *arena;
    struct hg_diagnostics diagnostics;
    HG_ARRAY(struct hg_diagnostic) items;
    HG_ARRAY(struct hg_problem) problems;
};

void hg_log_init(struct hg_log *log, struct hg_arena *arena);
void hg_log_deinit(struct hg_log *log);
/* An hg_problem_fn; user is the log. */
void hg_log_problem(void *user, const struct hg_problem *problem);
/* Hands everything on. */
void hg_log_replay(const struct hg_log *log, struct hg_diagnostics *diagnostics);

#endif
