/*
 * Reading one source file of a kernel: what its own translation unit adds to a precompiled prefix.
 *
 *     hdrgen-prefix-0.h   #include <linux/module.h>      parsed once, precompiled
 *     kernel/fork.c       goes on from there, with the flags of its own command
 *
 * The model has the types that the file and its headers define, except those of the prefix that it
 * needs only by name.  An error anywhere means that there is no model: which of the declarations it
 * changed cannot be seen.
 *
 * The one exception is an #include of a file that only a build generates.  What the errors after it
 * touch is left out (taint.c), and so is what it may have changed without an error: see
 * hg_doubt_fn.
 */
#ifndef HG_FRONTEND_CLANG_SOURCE_H
#define HG_FRONTEND_CLANG_SOURCE_H

#include <hdrgen/model.h>
#include <stdbool.h>

/* A file that exists only in memory. */
struct hg_memory_file {
    const char *name;
    const char *text;
    size_t size;
};

/* One #include of a file. */
struct hg_opened_file {
    const char *path;
    size_t includer; /* the index of the one that includes it; its own index = the main file */
    bool is_before;  /* all of it was read before the first missing file was asked for */
};

/* Which of them may read differently once the missing file is there: sets doubtful[i], which is
 * false so far, for files[i]. */
typedef void hg_doubt_fn(void *user, const struct hg_opened_file *files, size_t count,
                         bool *doubtful);

/* Who is told what the preprocessor did; strings live for the length of the call. */
struct hg_source_halves {
    /* An #include that it came to, whether or not it read the file again. */
    void (*include)(void *user, const char *includer, const char *name);
    /* Bytes of a file that it passed over, from the # of an #if or #else to its other end. */
    void (*skipped)(void *user, const char *file, unsigned begin, unsigned end);
    void *user;
};

struct hg_source_unit {
    const char *path; /* of the main file */
    const char *const *arguments;
    size_t argument_count;
    /* A precompiled prefix, made by this very libclang with the same language options; NULL = none.
     */
    const char *precompiled;
    /* All that it was made of, and the main file where that is only in memory. */
    const struct hg_memory_file *memory_files;
    size_t memory_file_count;
    /* Where libclang writes the unit as a precompiled prefix; NULL = nowhere.  HG_ERROR_IO where it
     * cannot be written. */
    const char *precompile_to;
    bool skips_bodies; /* of functions: types that are defined there are not found */
    bool functions;    /* functions with a body become symbols of the model */
    bool built_by_gcc; /* what it lays out otherwise is a warning */
    bool is_whole;     /* also declares what is only declared */
    bool has_uses;     /* declares, too, what functions and variables only mention, of the prefix as
                          well */
    /* Where the only errors are missing files and what comes of them, the model has the rest, but
     * for the types of doubtful files, and no functions; NULL = then there is no model. */
    hg_doubt_fn *doubt;
    void *doubt_user;
    /* Not NULL: this is told what there is to tell, and the model has nothing. */
    const struct hg_source_halves *halves;
    /* Directories (absolute, without a slash at the end) that are left off locations. */
    const char *const *roots;
    size_t root_count;
    /* What the model is laid out for.  A unit of another pointer size is an error. */
    const struct hg_target *target;
};

/* Strings live only for the length of the call. */
struct hg_source_error {
    struct hg_location where; /* file NULL = clang's arguments */
    const char *text;
    const char *missing_file; /* what an #include names that is not there; NULL = another error */
    bool is_crash;            /* of libclang, which can do nothing more in this process */
    unsigned line;            /* of the main file, or of its #include that leads there; 0 = none */
};

typedef void hg_source_error_fn(void *user, const struct hg_source_error *error);

/* Warnings are of what a compiler takes without a word and means another layout than was meant
 * (oddities.c).  Each error goes to `error`, in the order in which the parser met them, and makes the result
 * HG_ERROR_INPUT (but see hg_source_unit.doubt).  On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_read_source(const struct hg_source_unit *unit,
                                            hg_source_error_fn *error, void *user,
                                            struct hg_diagnostics *diagnostics,
                                            struct hg_model **ret);

#endif
