/*
 * The catalogue: what the text of each file of a tree says, found in one scan, and kept in a file
 * for the next run.
 *
 *     linux/skbuff.h:850   defines struct sk_buff
 *     linux/slab.h         includes linux/slub_def.h
 *     net/9p/9p.h          defines a macro P9_NOFID
 *     linux/tty.h          has prototypes that mention struct ktermios
 *
 * A catalogue says where to look, not what is there: conditions are not evaluated and macros not
 * expanded.  Files are headers or source files alike.
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

/* Gets what a text holds.  Names are not NUL-terminated. */
struct hg_scan_sink {
    void (*define)(void *user, enum hg_found what, const char *name, size_t length, unsigned line);
    /* The name in an #include, without its brackets or quotes. */
    void (*include)(void *user, const char *name, size_t length);
    /* The name in a #define. */
    void (*macro)(void *user, const char *name, size_t length);
    /* A tag that a prototype mentions, and its keyword: `struct`, `union` or `enum`. */
    void (*tag)(void *user, const char *keyword, const char *name, size_t length);
    void *user;
};

/* Calls the sink for all that the text seems to hold; it ends with a NUL.  Linear in its size.
 * False = nothing in it could define a type: it is a list for macros of its includers. */
bool hg_scan_text(const char *text, const struct hg_scan_sink *sink);

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
    uint32_t hash; /* of the name; another name may have the same */
    uint32_t file;
};

struct hg_catalogue_tag {
    uint32_t file;
    uint32_t text; /* `struct a`: offset into strings */
};

/* What a file is, or-ed. */
enum {
    HG_FILE_HAS_TYPES = 1, /* its text could define a type, or it could not be read */
    HG_FILE_HAS_TRACEPOINTS = 2,
};

struct hg_catalogue {
    const struct hg_kernel_headers *files;
    struct hg_catalogue_definition *definitions; /* by name, then best file first */
    size_t definition_count;
    struct hg_catalogue_edge *edges; /* by included, then best includer first */
    size_t edge_count;
    struct hg_catalogue_macro *macros; /* by hash, then in the order of files */
    size_t macro_count;
    struct hg_catalogue_tag *tags; /* by file, then as in its text; each once */
    size_t tag_count;
    uint8_t *traits; /* by file */
    char *strings;
    size_t string_size;
    char *file; /* from malloc, where the tables are parts of it; NULL = each is its own */
};

/* Scans every file.  One that cannot be read is passed over: whoever needs it will get clang's
 * error. */
void hg_catalogue_build(const struct hg_kernel_headers *files, struct hg_catalogue *ret);
void hg_catalogue_deinit(struct hg_catalogue *catalogue);

/* Half-open ranges, empty when there is nothing: definitions of a name, edges to a file, macros
 * that may have that name, tags of a file. */
size_t hg_catalogue_definitions(const struct hg_catalogue *catalogue, const char *name,
                                size_t *end);
size_t hg_catalogue_includers(const struct hg_catalogue *catalogue, uint32_t file, size_t *end);
size_t hg_catalogue_macros(const struct hg_catalogue *catalogue, const char *name, size_t *end);
size_t hg_catalogue_tags(const struct hg_catalogue *catalogue, uint32_t file, size_t *end);

/* The file of that name; false = there is none. */
bool hg_catalogue_file(const struct hg_catalogue *catalogue, const char *name, uint32_t *ret);

/* The best file that seems to define a symbol of a diagnostic (`struct a`, `a_t`, A_MAX), a macro
 * included; false = none does. */
bool hg_catalogue_definer(const struct hg_catalogue *catalogue, const char *symbol, uint32_t *ret);

/* Whether no other header includes the file, but for one of its own name: linux/tty.h for
 * uapi/linux/tty.h. */
bool hg_catalogue_is_lone(const struct hg_catalogue *catalogue, uint32_t file);

/* The keyword of a tag or `typedef`; NULL = an enumerator. */
const char *hg_found_word(enum hg_found what);

bool hg_catalogue_has_tracepoints(const struct hg_catalogue *catalogue, uint32_t file);

/* How readily a file is taken for a type that several define, by its name: less is better. */
unsigned hg_catalogue_rank(const struct hg_kernel_header *file);

/* --- catalogue_cache.c --- */

/* The catalogue of these files of a tree from the directory, if it is there and was made from the
 * files as they are now; else it is built, and left there for the next run.  `what` names the
 * catalogue among those of one tree: "headers".  directory NULL = always build it.  A fault of the
 * cache is no error: it costs time. */
void hg_catalogue_open(const struct hg_kernel *kernel, const struct hg_kernel_headers *files,
                       const char *what, const char *directory, struct hg_catalogue *ret);

#endif
