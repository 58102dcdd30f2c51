/*
 * What the readers of kernel trees need of the parser beyond a user's options: headers included
 * before others, a precompiled prefix, trace headers, and diagnostics as data.
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
    HG_PROBLEM_MISSING_SYMBOL,  /* a type or an identifier is not declared, or not complete */
    HG_PROBLEM_MISSING_FILE,    /* an #include finds nothing */
    HG_PROBLEM_MACRO_REDEFINED, /* by another definition */
    HG_PROBLEM_TYPE_REDEFINED,  /* likewise; also a redeclaration as something else */
    HG_PROBLEM_BAD_PRAGMA,      /* it asks for a layout that clang does not give */
    HG_PROBLEM_NOTHING_DECLARED, /* no error: `struct a;` within a record, where no member comes of it */
    HG_PROBLEM_UNDECLARED_TAG, /* no error: a prototype is the first to mention `struct a` */
    HG_PROBLEM_OTHER,
};

/* The other definition that an error conflicts with. */
struct hg_conflict {
    size_t header; /* as in hg_problem: the header that it came from */
    struct hg_location where;
    const char *text;
};

/* A diagnostic.  Strings live only for the length of the call that it is passed to. */
struct hg_problem {
    enum hg_problem_kind kind;
    /* What it is about, as clang spells it: `struct a`, `a_t`, A_MAX; of a missing file its name;
     * NULL = nothing that looks like a name. */
    const char *symbol;
    bool may_be_macro; /* MISSING_SYMBOL: an identifier, which a macro may be as well */
    /* Headers that the message names between < and >, as #error does: `include <linux/a.h>`. */
    const char *const *named_headers;
    size_t named_header_count;
    /* The header at fault: the one that the main file included when the error was met.  It counts
     * through before, headers and trace_headers; the number of all = none of them (an argument, a
     * file that -include names). */
    size_t header;
    const struct hg_conflict *conflicts; /* that clang's notes name */
    size_t conflict_count;
    struct hg_location where;
    const char *text;
};

typedef void hg_problem_fn(void *user, const struct hg_problem *problem);

struct hg_parse_options {
    /* Headers (all of them one translation unit), arguments, and what else a user says. */
    struct hg_header_options user;
    /* Its headers are include-style names, whatever files of those names there are here. */
    bool include_names;
    /* Include-style names of the headers before these: first the prefix, then helper headers. */
    const char *const *before;
    size_t before_count;
    /* The prefix is known from another model: where this model only points to one of its records,
     * it only declares it. */
    size_t prefix_count;
    /* A precompiled header: what precompile_to got from a unit of these prefix_count headers, which
     * are then not parsed again, with the same target and arguments; NULL = none.  The model has
     * their types only where a header needs them, and macros cannot be asked for. */
    const char *precompiled;
    /* A path where libclang writes what it needs to go on after these headers, which are then
     * include-style names with none before them; NULL = nowhere.  It is good for this very
     * libclang, and as long as no header changes.  HG_ERROR_IO where it cannot be written. */
    const char *precompile_to;
    /* Tags (`struct a`) to declare before the headers, so that prototypes all mean the same type.
     */
    const char *const *forward_tags;
    size_t forward_tag_count;
    /* Include-style names of trace headers, which are included last, with CREATE_TRACE_POINTS
     * defined: then they define the records of their events.  The directory of one that is not in
     * trace/events must be among the include directories. */
    const char *const *trace_headers;
    size_t trace_header_count;
    /* For the preamble of what is written: what the headers belong to, without paths of this
     * machine, and the hash that stands for it; NULL = nothing. */
    const char *origin;
    uint64_t origin_hash;
    /* Directories (absolute, without a slash at the end) that are left off locations. */
    const char *const *roots;
    size_t root_count;
    /* Gets every error; NULL = nobody. */
    hg_problem_fn *problem;
    void *problem_user;
    /* The headers are some that nobody ever included together.  Parsing goes on to the end whatever
     * it meets, errors go to `problem` (not to the diagnostics), and one is enough for
     * HG_ERROR_INPUT.  That a macro gets another definition is an error too: no layout shows with
     * which of the two it was made.  With keep_going only an error of the preprocessor ends the
     * run. */
    bool is_batch;
    /* With is_batch and keep_going: not even that one does.  The model is one to compare, and must
     * not be written. */
    bool for_comparison;
};

/* Loads libclang, which takes 20 ms.  Whoever starts processes that parse calls it before, so that
 * not each of them has to; parsing calls it anyway.  It fails where there is no libclang. */
HG_MUST_CHECK enum hg_status hg_clang_load(struct hg_diagnostics *diagnostics);

/* As hg_read_headers. */
HG_MUST_CHECK enum hg_status hg_parse_headers(const struct hg_parse_options *options,
                                              struct hg_diagnostics *diagnostics,
                                              struct hg_model **ret);

/* Marks those of the options that this clang does not have, for that target (NULL: the host); none
 * where there is no libclang. */
void hg_clang_find_unknown(const char *target, const char *const *options, size_t count,
                           bool *unknown);

/* --- messages.c --- */

enum { HG_MESSAGE_HEADERS = 4 };

/* A part of a message. */
struct hg_span {
    const char *text; /* NULL = none */
    size_t length;
};

/* What a message of clang's says, by its English. */
struct hg_message {
    enum hg_problem_kind kind;
    bool may_be_macro;
    bool is_unknown_pragma; /* BAD_PRAGMA: any that clang does not know; else #pragma pack */
    struct hg_span symbol;
    struct hg_span headers[HG_MESSAGE_HEADERS];
    size_t header_count;
};

/* Of an error or a warning.  HG_PROBLEM_BAD_PRAGMA means that it may be one: clang says the same of
 * harmless ones. */
void hg_classify_message(const char *text, struct hg_message *ret);

/* Whether diagnostics of that category of clang's are the preprocessor's, #error among them. */
bool hg_is_preprocessor_category(const char *category);

/* What a note adds to the diagnostic before it. */
enum hg_note_kind { HG_NOTE_INCLUDED_FROM, HG_NOTE_OTHER_DEFINITION, HG_NOTE_ELSE };
enum hg_note_kind hg_classify_note(const char *text);

#endif
