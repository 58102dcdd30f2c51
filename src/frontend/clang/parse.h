/*
 * The parser's interface for readers of kernel trees.  Besides a user's options it has headers that
 * come before others, a precompiled prefix, trace headers, and diagnostics as data.
 *
 *     main file           #include <linux/types.h>       the precompiled prefix
 *                         #include <linux/tty.h>         a helper header
 *                         #include <linux/serial.h>      a header
 *     linux/serial.h:30   field has incomplete type 'struct irq_work'
 *
 * becomes { missing symbol, "struct irq_work", header 2, linux/serial.h:30 }.  Nothing outside of
 * this folder reads clang's messages.
 *
 * No libclang type is in this file: boxes that have no libclang include it.
 */
#ifndef HG_FRONTEND_CLANG_PARSE_H
#define HG_FRONTEND_CLANG_PARSE_H

#include <hdrgen/read.h>

enum hg_problem_kind {
    HG_PROBLEM_MISSING_SYMBOL,   /* a type or an identifier is not declared, or not complete */
    HG_PROBLEM_MISSING_FILE,     /* an #include finds nothing */
    HG_PROBLEM_MACRO_REDEFINED,  /* by another definition */
    HG_PROBLEM_TYPE_REDEFINED,   /* by another definition, or redeclared as something else */
    HG_PROBLEM_BAD_PRAGMA,       /* it asks for a layout that clang does not give */
    HG_PROBLEM_NOTHING_DECLARED, /* a warning: `struct a;` within a record declares no member */
    HG_PROBLEM_UNDECLARED_TAG,   /* a warning: the first mention of `struct a` is in a prototype */
    HG_PROBLEM_OTHER,
};

/* The other definition that an error conflicts with. */
struct hg_conflict {
    size_t header; /* as in hg_problem: the header that it came from */
    struct hg_location where;
    const char *text;
};

/* A diagnostic.  Strings live only during the call that gets it. */
struct hg_problem {
    enum hg_problem_kind kind;
    /* The subject, as clang spells it: `struct a`, `a_t`, A_MAX, or the name of a missing file;
     * NULL = the message names nothing. */
    const char *symbol;
    bool may_be_macro; /* MISSING_SYMBOL: an identifier, which may also be a macro */
    /* Headers that the message names between < and >, as #error does: `include <linux/a.h>`. */
    const char *const *named_headers;
    size_t named_header_count;
    /* The header at fault, which the main file was including at the error: its index in the
     * sequence of before, headers and trace_headers.  Their total number = none of them (an
     * argument, a file that -include names). */
    size_t header;
    const struct hg_conflict *conflicts; /* from clang's notes */
    size_t conflict_count;
    struct hg_location where;
    const char *text;
};

typedef void hg_problem_fn(void *user, const struct hg_problem *problem);

struct hg_parse_options {
    /* Headers (all in one translation unit), arguments and the other options of a user. */
    struct hg_header_options user;
    /* user.headers are names as in #include <...>, also if files of these names exist here. */
    bool include_names;
    /* Include-style names of the headers before these: first the prefix, then helper headers. */
    const char *const *before;
    size_t before_count;
    /* How many of `before` are the prefix, whose types another model has: records of these headers
     * to which this model only has pointers are only declared. */
    size_t prefix_count;
    /* A precompiled header, which precompile_to wrote for a unit of these prefix_count headers with
     * the same target and arguments.  Then they are not parsed again, the model has their types
     * only where a header needs them, and there are no macros.  NULL = none. */
    const char *precompiled;
    /* A path where libclang writes these headers as a precompiled header; NULL = nowhere.  The
     * headers must be names as in #include <...>, with none before them.  The file is valid only
     * for the same libclang, and until a header changes.  HG_ERROR_IO = it cannot be written. */
    const char *precompile_to;
    /* Tags (`struct a`) to declare first, so that all prototypes mean the same type. */
    const char *const *forward_tags;
    size_t forward_tag_count;
    /* Include-style names of trace headers.  They are included last, with CREATE_TRACE_POINTS
     * defined, so that they define the records of their events.  If one is not in trace/events, its
     * directory must be among the include directories. */
    const char *const *trace_headers;
    size_t trace_header_count;
    /* For the preamble of the output, another input besides the headers: the kernel that they
     * belong to, without paths of this machine, and a hash; NULL = none. */
    const char *origin;
    uint64_t origin_hash;
    /* Directories (absolute, without a slash at the end): a location below one of them is made
     * relative to it. */
    const char *const *roots;
    size_t root_count;
    /* Gets every error, unless it is NULL. */
    hg_problem_fn *problem;
    void *problem_user;
    /* Unrelated headers, parsed together.  Clang parses to the end, all errors go to `problem` (not
     * to the diagnostics), and any error makes the result HG_ERROR_INPUT.  A macro that is
     * redefined differently is an error too, since a layout may depend on either definition.  With
     * keep_going, only an error of the preprocessor makes the result HG_ERROR_INPUT. */
    bool is_batch;
    /* With is_batch and keep_going: no error makes the result HG_ERROR_INPUT.  The model may only
     * be compared with another, and must not be written. */
    bool for_comparison;
};

/* Loads libclang, unless it is loaded.  Parsing does so itself, but a caller that forks processes
 * to parse loads it before, once for all.  Fails if there is no libclang. */
HG_MUST_CHECK enum hg_status hg_clang_load(struct hg_diagnostics *diagnostics);

/* As hg_read_headers. */
HG_MUST_CHECK enum hg_status hg_parse_headers(const struct hg_parse_options *options,
                                              struct hg_diagnostics *diagnostics,
                                              struct hg_model **ret);

/* Sets unknown[i] for each option that this clang does not have for the target (NULL = the host's).
 * Without libclang it sets none. */
void hg_clang_find_unknown(const char *target, const char *const *options, size_t count,
                           bool *unknown);

/* --- messages.c --- */

enum { HG_MESSAGE_HEADERS = 4 };

/* A part of a message. */
struct hg_span {
    const char *text; /* NULL = none */
    size_t length;
};

/* The content of one of clang's messages. */
struct hg_message {
    enum hg_problem_kind kind;
    bool may_be_macro;
    /* BAD_PRAGMA: clang does not know the pragma; false = it is #pragma pack. */
    bool is_unknown_pragma;
    struct hg_span symbol;
    struct hg_span headers[HG_MESSAGE_HEADERS];
    size_t header_count;
};

/* Classifies the message of an error or a warning.  HG_PROBLEM_BAD_PRAGMA may also be a harmless
 * pragma, since clang has one message for both. */
void hg_classify_message(const char *text, struct hg_message *ret);

/* Whether clang's category of a diagnostic is the preprocessor's, or that of #error. */
bool hg_is_preprocessor_category(const char *category);

/* How a note explains the diagnostic before it. */
enum hg_note_kind { HG_NOTE_INCLUDED_FROM, HG_NOTE_OTHER_DEFINITION, HG_NOTE_ELSE };
enum hg_note_kind hg_classify_note(const char *text);

#endif
