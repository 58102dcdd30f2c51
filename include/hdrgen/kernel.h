/*
 * Kernel trees: what a directory that holds a kernel's headers is, and with which clang flags they
 * parse.
 *
 * The tree may be for any architecture of the table in docs/kernel.md.  Nothing in it is executed,
 * make least of all: its Makefiles and its configuration are read as text.
 */
#ifndef HDRGEN_KERNEL_H
#define HDRGEN_KERNEL_H

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stdint.h>

HG_BEGIN_DECLARATIONS

struct hg_kernel_options {
    size_t sz; /* sizeof(struct hg_kernel_options): see HG_OPTIONS */
    /* A build tree, a distribution's headers (in one directory or split in two, in place or
     * unpacked elsewhere), /lib/modules/R/build, the object directory of `make O=`. */
    const char *directory;
    /* The kernel's name of an architecture (x86, arm64, ...), or a common alias of it (x86_64,
     * aarch64, ppc64le).  NULL = the one that the tree is configured for. */
    const char *arch;
    /* Go on, with a warning, although the configuration randomises the layout of structures. */
    bool force_randstruct;
};

/* A tree that was understood.  Everything in it lives until hg_kernel_destroy. */
struct hg_kernel {
    const char *source;  /* absolute: where include/linux is */
    const char *object;  /* absolute: where include/generated is; may be the same */
    const char *arch;    /* the kernel's name of it, as in arch/x86 */
    const char *release; /* `6.1.0-50-arm64`, as uname -r says it */
    bool is_64bit;
    bool big_endian;
    bool is_randomised; /* RANDSTRUCT, and forced */
    /* What clang is called with, in kbuild's order; directories are absolute. */
    const char *const *flags;
    size_t flag_count;
    /* The include directories among the flags, in order of search. */
    const char *const *directories;
    size_t directory_count;
    /* For the preamble of what is written: release and architecture, without paths of this machine;
     * and the XXH3 64 of the configuration (include/generated/autoconf.h). */
    const char *origin;
    uint64_t config_hash;
};

/* Errors, all reported with what to do about them: a directory that is no kernel tree, or that was
 * not configured; several architectures and none chosen, or another than the tree's; an
 * architecture without a row in the table; files that cannot be read; RANDSTRUCT that is not
 * forced.  On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_kernel_open(const struct hg_kernel_options *options,
                                            struct hg_diagnostics *diagnostics,
                                            struct hg_kernel **ret);

/* NULL is fine. */
void hg_kernel_destroy(struct hg_kernel *kernel);

/* A header below one of the include directories. */
struct hg_kernel_header {
    const char *name; /* by which it is included: linux/sched.h, asm/page.h, uapi/linux/sched.h */
    const char *path; /* absolute */
    /* A header of the same name in an earlier directory hides it (include/uapi/linux/sched.h after
     * include/linux/sched.h): name has `uapi/` in front, by which it is found all the same. */
    bool is_shadowed;
};

struct hg_kernel_headers {
    const struct hg_kernel_header *items; /* in the order of the directories, then of names */
    size_t count;
};

/* Every header of the tree.  A directory that cannot be read is an error.  On success *ret is the
 * caller's, and needs the tree no more. */
HG_MUST_CHECK enum hg_status hg_kernel_list_headers(const struct hg_kernel *kernel,
                                                    struct hg_diagnostics *diagnostics,
                                                    struct hg_kernel_headers **ret);
void hg_kernel_headers_destroy(struct hg_kernel_headers *headers);

/* The names of types that the headers of a tree seem to define, from its index: each once, in
 * ascending order, with C's word for its kind.  Enumerators of enums without a tag are left out. */
typedef void hg_kernel_name_fn(void *user, const char *name, const char *kind);
HG_MUST_CHECK enum hg_status hg_kernel_list_names(const struct hg_kernel *kernel,
                                                  const char *cache_directory,
                                                  struct hg_diagnostics *diagnostics,
                                                  hg_kernel_name_fn *visit, void *user);

HG_END_DECLARATIONS

#endif
