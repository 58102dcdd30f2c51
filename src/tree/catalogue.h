/*
 * The catalogue: what the text of each file of a tree seems to define, include and mention.  It is
 * made by one scan, and kept in a file for the next run.
 *
 *     linux/skbuff.h:850   defines struct sk_buff
 *     linux/slab.h         includes linux/slub_def.h
 *     net/9p/9p.h          defines a macro P9_NOFID
 *     linux/tty.h          has prototypes that mention struct ktermios
 *
 * The files are headers or source files.  Conditions are not evaluated and macros not expanded, so
 * the catalogue shows only where to look for a definition.
 */
#ifndef HG_TREE_CATALOGUE_H
#define HG_TREE_CATALOGUE_H

#include "base/memory.h"

#include <hdrgen/kernel.h>
#include <stdint.h>

/* --- scan.c --- */

enum hg_found {
    HG_FOUND_STRUCT,
    HG_FOUND_UNION,
    HG_FOUND_ENUM,
    HG_FOUND_TYPEDEF,
    HG_FOUND_ENUMERATOR, /* of an enum without a tag */
};

/* The functions that hg_scan_text calls; all but `define` may be NULL.  Names are not
 * NUL-terminated. */
struct hg_scan_sink {
    void (*define)(void *user, enum hg_found what, const char *name, size_t length, unsigned line);
    /* name: that of an #include, without brackets or quotes. */
    void (*include)(void *user, const char *name, size_t length);
    /* name: that of a #define. */
    void (*macro)(void *user, const char *name, size_t length);
    /* name: a tag that a prototype mentions; keyword: `struct`, `union` or `enum`. */
    void (*tag)(void *user, const char *keyword, const char *name, size_t length);
    void *user;
};

/* Calls the sink for each definition, #include, #define and mention in the text, which ends with a
 * NUL.  Takes time linear in its size.  False = the text cannot define a type: it is a list for
 * macros of its includers. */
bool hg_scan_text(const char *text, const struct hg_scan_sink *sink);

/* The shortest argument for which a macro defines this name: `a` of trace_event_raw_a, which
 * TRACE_EVENT(a, ...) defines.  NULL = none does. */
const char *hg_macro_argument(const char *name, size_t *length);

/* --- scan_tags.c --- */

/* The last pass of hg_scan_text. */
bool hg_scan_tags(const char *text, const struct hg_scan_sink *sink);
/* `struct`, `union` or `enum`, if the word is one of these; else NULL. */
const char *hg_tag_keyword(const char *word, size_t length);

/* --- catalogue.c --- */

struct hg_catalogue_definition {
    uint32_t name; /* offset into strings */
    uint32_t file; /* index */
    uint32_t line;
    uint32_t what; /* enum hg_found */
};

/* includer has an #include that leads to included. */
struct hg_catalogue_edge {
    uint32_t included;
    uint32_t includer;
};

struct hg_catalogue_macro {
    uint32_t hash; /* of the name; several names may have the same */
    uint32_t file;
};

struct hg_catalogue_tag {
    uint32_t file;
    uint32_t text; /* `struct a`: offset into strings */
};

/* Traits of a file, or-ed. */
enum {
    HG_FILE_HAS_TYPES = 1, /* its text could define a type, or it could not be read */
    HG_FILE_HAS_TRACEPOINTS = 2,
};

struct hg_catalogue {
    const struct hg_kernel_headers *files;
    struct hg_catalogue_definition *definitions; /* sorted by name, then best file first */
    size_t definition_count;
    struct hg_catalogue_edge *edges; /* sorted by included, then best includer first */
    size_t edge_count;
    struct hg_catalogue_macro *macros; /* sorted by hash, then by file */
    size_t macro_count;
    struct hg_catalogue_tag *tags; /* by file, in the order of its text; each tag once */
    size_t tag_count;
    uint8_t *traits; /* of each file */
    char *strings;
    size_t string_size;
    char *file; /* from malloc; the tables are parts of it.  NULL = each is from malloc itself */
};

/* Scans every file.  A file that cannot be read is passed over, since clang reports it if it is
 * needed. */
void hg_catalogue_build(const struct hg_kernel_headers *files, struct hg_catalogue *ret);
void hg_catalogue_deinit(struct hg_catalogue *catalogue);

/* Find the definitions of a name, the edges to a file, the macros that may have a name, the tags of
 * a file.  Each returns the first index and sets *end after the last; equal = there is none. */
size_t hg_catalogue_definitions(const struct hg_catalogue *catalogue, const char *name,
                                size_t *end);
size_t hg_catalogue_includers(const struct hg_catalogue *catalogue, uint32_t file, size_t *end);
size_t hg_catalogue_macros(const struct hg_catalogue *catalogue, const char *name, size_t *end);
size_t hg_catalogue_tags(const struct hg_catalogue *catalogue, uint32_t file, size_t *end);

/* Finds a file by its name.  False = there is none. */
bool hg_catalogue_file(const struct hg_catalogue *catalogue, const char *name, uint32_t *ret);

/* Finds the best file that seems to define a symbol of a diagnostic: `struct a`, `a_t`, A_MAX,
 * which may be a macro.  False = none does. */
bool hg_catalogue_definer(const struct hg_catalogue *catalogue, const char *symbol, uint32_t *ret);

/* Whether no header includes the file, except one of the same base name, as linux/tty.h includes
 * uapi/linux/tty.h. */
bool hg_catalogue_is_lone(const struct hg_catalogue *catalogue, uint32_t file);

/* `struct`, `union`, `enum` or `typedef`; NULL = an enumerator. */
const char *hg_found_word(enum hg_found what);

bool hg_catalogue_has_tracepoints(const struct hg_catalogue *catalogue, uint32_t file);

/* The -I for a trace header that is not in trace/events and that includes itself again as
 * "./name.h"; NULL = the header is in trace/events and needs none. */
const char *hg_trace_directory_flag(const struct hg_kernel_header *file, struct hg_arena *arena);

/* The order, by name, of files that define the same type: the lowest rank is the best. */
unsigned hg_catalogue_rank(const struct hg_kernel_header *file);

/* --- catalogue_cache.c --- */

/* Loads the catalogue of a tree's files from the directory, if it is there and none of the files
 * has changed; otherwise builds it, and saves it for the next run.  what: the name of the catalogue
 * among those of the tree, such as "headers".  directory NULL = always builds it.  Faults of the
 * cache cost only time. */
void hg_catalogue_open(const struct hg_kernel *kernel, const struct hg_kernel_headers *files,
                       const char *what, const char *directory, struct hg_catalogue *ret);

#endif
