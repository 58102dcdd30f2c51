/*
 * Looks through one text for the definitions of a few names, and for its #includes.  This is faster
 * than a scan of all definitions.
 */
#ifndef HG_TREE_SEARCH_TEXT_H
#define HG_TREE_SEARCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A name, and a word that each text has which defines the name. */
struct hg_needle {
    const char *name;
    const char *word; /* the name, or `a` for trace_event_raw_a, which TRACE_EVENT(a) defines */
    size_t length;    /* of the word */
    bool is_derived;  /* they differ; then the text may have the word as a part of another word */
};

struct hg_needle hg_needle(const char *name);

/* Calls `found` for each definition of one of the names (by index); kinds: 1u << enum hg_found.
 * The text ends with a NUL after size bytes. */
typedef void hg_found_fn(void *user, size_t name, unsigned line, unsigned kinds);
void hg_scan_for(const char *text, size_t size, const struct hg_needle *names, size_t count,
                 hg_found_fn *found, void *user);

/* Visits each #include of the text. */
typedef void hg_text_include_fn(void *user, const char *name, size_t length, bool is_quoted);
void hg_scan_includes(const char *text, hg_text_include_fn *visit, void *user);

#endif
