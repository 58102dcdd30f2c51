/*
 * Kernel trees: recognises a directory with a kernel's headers, and finds the clang flags by which
 * the headers parse.
 *
 * The tree may be for any architecture in the table of docs/kernel.md.  Nothing in the tree is
 * executed, not even make: hdrgen reads its Makefiles and its configuration as text.
 */
#ifndef HDRGEN_KERNEL_H
#define HDRGEN_KERNEL_H

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stdint.h>

HG_BEGIN_DECLARATIONS

struct hg_kernel_options {
    size_t sz; /* sizeof(struct hg_kernel_options): see HG_OPTIONS */
    /* The kernel tree: a build tree, the object directory of `make O=`, /lib/modules/R/build, or a
     * distribution's headers (in one directory or split in two, installed or unpacked elsewhere).
     */
    const char *directory;
    /* The kernel's name of an architecture (x86, arm64, ...), or a common alias of it (x86_64,
     * aarch64, ppc64le).  NULL = the one that the tree is configured for. */
    const char *arch;
    /* CONFIG_RANDSTRUCT (random layout of structures) is a warning instead of an error. */
    bool force_randstruct;
};

/* An open tree.  Everything in it lives until hg_kernel_destroy. */
struct hg_kernel {
    const char *source;  /* absolute path of the directory that has include/linux */
    const char *object;  /* absolute path of the one that has include/generated; may be the same */
    const char *arch;    /* the kernel's name of the architecture, as in arch/x86 */
    const char *release; /* `6.1.0-50-arm64`, as uname -r prints it */
    bool is_64bit;
    bool big_endian;
    bool is_randomised; /* the configuration has RANDSTRUCT, and force_randstruct was set */
    /* The arguments for clang, in kbuild's order; directories are absolute. */
    const char *const *flags;
    size_t flag_count;
    /* The include directories among the flags, in the order in which clang searches them. */
    const char *const *directories;
    size_t directory_count;
    /* For the preamble of the output: release and architecture, without paths of this machine; and
     * the XXH3 64 hash of the configuration (include/generated/autoconf.h). */
    const char *origin;
    uint64_t config_hash;
};

/* Opens a tree.  Errors, each reported with its remedy: the directory is no kernel tree, or was not
 * configured; it has several architectures and options->arch is NULL, or options->arch is not the
 * tree's; the architecture has no row in the table; a file cannot be read; RANDSTRUCT without
 * force_randstruct.  On success *ret is the caller's (hg_kernel_destroy). */
HG_MUST_CHECK enum hg_status hg_kernel_open(const struct hg_kernel_options *options,
                                            struct hg_diagnostics *diagnostics,
                                            struct hg_kernel **ret);

/* NULL is fine. */
void hg_kernel_destroy(struct hg_kernel *kernel);

/* A header below one of the include directories. */
struct hg_kernel_header {
    const char *name; /* as #include names it: linux/sched.h, asm/page.h, uapi/linux/sched.h */
    const char *path; /* absolute */
    /* A header of the same name in an earlier directory hides it: include/linux/sched.h hides
     * include/uapi/linux/sched.h.  Then name begins with `uapi/`, by which #include still finds
     * it. */
    bool is_shadowed;
};

struct hg_kernel_headers {
    const struct hg_kernel_header *items; /* in the order of the directories, then of names */
    size_t count;
};

/* Lists every header of the tree.  A directory that cannot be read is an error.  On success *ret is
 * the caller's (hg_kernel_headers_destroy), and does not need the kernel to live. */
HG_MUST_CHECK enum hg_status hg_kernel_list_headers(const struct hg_kernel *kernel,
                                                    struct hg_diagnostics *diagnostics,
                                                    struct hg_kernel_headers **ret);
void hg_kernel_headers_destroy(struct hg_kernel_headers *headers);

/* Calls visit for the name of each type that the tree's headers seem to define: each once, in
 * ascending order, with C's word for its kind.  The names come from the catalogue, which is made
 * without parsing; cache_directory is as in hg_tree_options.  Enumerators of enums without a tag
 * are left out. */
typedef void hg_kernel_name_fn(void *user, const char *name, const char *kind);
HG_MUST_CHECK enum hg_status hg_kernel_list_names(const struct hg_kernel *kernel,
                                                  const char *cache_directory,
                                                  struct hg_diagnostics *diagnostics,
                                                  hg_kernel_name_fn *visit, void *user);

HG_END_DECLARATIONS

#endif
