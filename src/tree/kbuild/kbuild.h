/*
 * What the kbuild box offers: the translation units of a kernel, before their options are
 * translated for clang.
 *
 *     saved.c      the .cmd files of a built tree
 *     dry_run.c    the text of `make -n`
 *     database.c   compile_commands.json
 *     makefiles.c  an evaluator of makefiles
 *
 * Each hands every translation unit to a function of the caller: object, source, module, options.
 */
#ifndef HG_KBUILD_KBUILD_H
#define HG_KBUILD_KBUILD_H

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stddef.h>

/* Where a kernel is, as the caller knows it.  Paths are absolute. */
struct hg_kbuild_place {
    const char *source;
    const char *object;
    const char *arch; /* as in arch/x86 */
    /* clang's flags for every file: what the evaluator starts from */
    const char *const *flags;
    size_t flag_count;
};

struct hg_kbuild_unit {
    const char *object;    /* relative to the object directory, normalised */
    const char *source;    /* as it was written; relative to `directory` or absolute */
    const char *directory; /* where the compiler ran; NULL = the object directory */
    const char *module;    /* NULL = vmlinux; names as they were written, joined by `:` */
    bool is_generated;     /* the source is not there, and a build makes it */
    bool is_for_clang;     /* options are clang's already */
    const char *const *options;
    size_t option_count;
};

/* Everything in unit lives only for the call. */
typedef void hg_kbuild_unit_fn(void *user, const struct hg_kbuild_unit *unit);

/* What a makefile's evaluation could not know. */
typedef void hg_kbuild_unknown_fn(void *user, const char *file, unsigned line, const char *text);

/* An object that the kernel is linked from, and whose command is not a kernel's. */
typedef void hg_kbuild_foreign_fn(void *user, const char *object);

struct hg_kbuild_sink {
    hg_kbuild_unit_fn *unit;
    hg_kbuild_unknown_fn *unknown; /* may be NULL */
    hg_kbuild_foreign_fn *foreign; /* may be NULL */
    void *user;
};

/* Whether the tree holds the saved commands of a whole build of vmlinux. */
bool hg_kbuild_has_saved_commands(const struct hg_kbuild_place *place);

/*
 * Each reads its form and reports what is wrong with it.  hg_kbuild_read_saved: HG_ERROR_INPUT with
 * *missing set (and nothing reported) when the saved commands are incomplete: the first object that
 * has none, from malloc.
 */
HG_MUST_CHECK enum hg_status hg_kbuild_read_saved(const struct hg_kbuild_place *place,
                                                  struct hg_diagnostics *diagnostics,
                                                  const struct hg_kbuild_sink *sink,
                                                  char **missing);
/* The first character of a file that is no blank, by which its form is known; NUL = it is empty. */
HG_MUST_CHECK enum hg_status
hg_kbuild_first_character(const char *path, struct hg_diagnostics *diagnostics, char *ret);
HG_MUST_CHECK enum hg_status hg_kbuild_read_dry_run(const struct hg_kbuild_place *place,
                                                    const char *path,
                                                    struct hg_diagnostics *diagnostics,
                                                    const struct hg_kbuild_sink *sink);
HG_MUST_CHECK enum hg_status hg_kbuild_read_database(const struct hg_kbuild_place *place,
                                                     const char *path,
                                                     struct hg_diagnostics *diagnostics,
                                                     const struct hg_kbuild_sink *sink);
HG_MUST_CHECK enum hg_status hg_kbuild_evaluate(const struct hg_kbuild_place *place,
                                                struct hg_diagnostics *diagnostics,
                                                const struct hg_kbuild_sink *sink);

#endif
