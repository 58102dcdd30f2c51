/*
 * Reading one source file of a kernel: what its own translation unit adds to a precompiled prefix.
 *
 *     hdrgen-prefix-0.h   #include <linux/module.h>      parsed once, precompiled
 *     kernel/fork.c       continues from there, with the flags of its own command
 *
 * The model has the types that the file and its headers define.  Types of the prefix are defined in
 * it only if their layout is needed; others are only declared.  With any error there is no model,
 * since it is not known which declarations an error changed.
 *
 * One error is allowed: an #include of a file that only a build generates.  Then the model leaves
 * out the declarations that an error touched (taint.c), and those that the missing file may have
 * changed without an error (hg_doubt_fn).
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
    size_t includer; /* index of the #include that led to this one; its own index = the main file */
    bool is_before;  /* the file was read before the first #include of a missing file */
};

/* Sets doubtful[i], which is false before the call, if the missing file could change the
 * declarations in files[i]. */
typedef void hg_doubt_fn(void *user, const struct hg_opened_file *files, size_t count,
                         bool *doubtful);

/* Callbacks for the branches of #ifs that the preprocessor took and skipped.  Strings live for the
 * length of the call. */
struct hg_branch_sink {
    /* An #include in a branch that was taken, even if the file was not read again. */
    void (*include)(void *user, const char *includer, const char *name);
    /* A branch that was skipped: the bytes from its #if or #else to the directive that ends it. */
    void (*skipped)(void *user, const char *file, unsigned begin, unsigned end);
    void *user;
};

struct hg_source_unit {
    const char *path; /* of the main file */
    const char *const *arguments;
    size_t argument_count;
    /* A precompiled prefix, made by this libclang with the same language options; NULL = none. */
    const char *precompiled;
    /* The files that exist only in memory: those of the prefix, and the main file if it is one. */
    const struct hg_memory_file *memory_files;
    size_t memory_file_count;
    /* Where libclang writes the unit as a precompiled prefix; NULL = nowhere.  If it cannot be
     * written, the result is HG_ERROR_IO. */
    const char *precompile_to;
    bool skips_bodies; /* of functions, and with them types that are defined in them */
    bool functions;    /* functions with a body become symbols of the model */
    bool built_by_gcc; /* warn of types that gcc lays out otherwise than clang */
    bool is_whole;     /* the model also has tags that are only declared */
    bool has_uses;     /* the model also has the types, of the prefix too, that functions and
                          variables mention */
    /* Called if the only errors are missing files and errors that follow from them.  The model then
     * has neither functions nor the types of doubtful files.  NULL = no model in that case. */
    hg_doubt_fn *doubt;
    void *doubt_user;
    /* Not NULL: only these callbacks are called, and the model is empty. */
    const struct hg_branch_sink *branches;
    /* Directories (absolute, without a slash at the end): a location below one of them is made
     * relative to it. */
    const char *const *roots;
    size_t root_count;
    /* The target that the model is laid out for.  A unit of another pointer size is an error. */
    const struct hg_target *target;
};

/* Strings live only during the call. */
struct hg_source_error {
    struct hg_location where; /* file NULL = clang's arguments */
    const char *text;
    const char *missing_file; /* the missing file that an #include names; NULL = another error */
    bool is_crash;            /* of libclang, which can do nothing more in this process */
    unsigned line;            /* in the main file: of the error, or of the #include that leads to
                                 it; 0 = none */
};

typedef void hg_source_error_fn(void *user, const struct hg_source_error *error);

/* Each error goes to `error`, in the parser's order, and makes the result HG_ERROR_INPUT (except
 * with hg_source_unit.doubt).  The warnings of oddities.c go to `diagnostics`.  On success *ret is
 * the caller's. */
HG_MUST_CHECK enum hg_status hg_read_source(const struct hg_source_unit *unit,
                                            hg_source_error_fn *error, void *user,
                                            struct hg_diagnostics *diagnostics,
                                            struct hg_model **ret);

#endif
