/*
 * What a kernel tree is and its flags: the parts and what they share.
 *
 *     open.c      hg_kernel_open: the order of the steps; configuration, architecture, release
 *     place.c     the source and the object directory
 *     config.c    include/config/auto.conf
 *     makefile.c  what can be read from a Makefile without running it
 *     arch.c      the table of architectures: target and extra flags of each
 *     flags.c     all flags in kbuild's order
 *     stale.c     a configuration that is not the sources' own
 *     list.c      hg_kernel_list_headers
 *     files.c     reading small files, which are not trusted
 */
#ifndef HG_TREE_KERNEL_H
#define HG_TREE_KERNEL_H

#include "base/memory.h"
#include "base/text.h"

#include <hdrgen/kernel.h>
#include <sys/stat.h>

/* --- files.c --- */

enum { HG_KERNEL_FILE_LIMIT = 16 << 20 }; /* no configuration and no header is larger */

/* The whole of a regular file with a NUL after it, from malloc.  NULL = it is not there, or not
 * readable: then errno says why. */
char *hg_kernel_read_file(const char *path, size_t *size);

/* `directory/name` in the arena. */
const char *hg_kernel_join(struct hg_arena *arena, const char *directory, const char *name);

bool hg_kernel_is_directory(const char *path);
bool hg_kernel_is_file(const char *path);

/* stat for many paths: those in the directory of the path before are looked up there, which is
 * several times as fast.  Zeroed at first; hg_stats_end closes it. */
struct hg_stats {
    struct hg_text directory;
    int descriptor; /* of the directory, plus one; 0 = none */
};

/* As stat. */
int hg_stats_next(struct hg_stats *stats, const char *path, struct stat *ret);
void hg_stats_end(struct hg_stats *stats);

/* --- place.c --- */

struct hg_kernel_tree;
HG_MUST_CHECK enum hg_status hg_kernel_find_directories(struct hg_kernel_tree *tree,
                                                        const char *path);

/* --- config.c --- */

struct hg_config_entry {
    const char *name; /* without CONFIG_ */
    const char *value;
};

struct hg_config {
    char *text; /* what names and values point into */
    HG_ARRAY(struct hg_config_entry) entries;
};

/* include/generated/autoconf.h as text for hg_config_init. */
void hg_config_from_header(const char *header, struct hg_text *config);
/* Takes the text of an auto.conf, from malloc. */
void hg_config_init(struct hg_config *config, char *text);
void hg_config_deinit(struct hg_config *config);
/* The value without its quotes; NULL = not set. */
const char *hg_config_value(const struct hg_config *config, const char *name);
/* Built in (`y`); not as a module. */
bool hg_config_is_on(const struct hg_config *config, const char *name);

/* --- stale.c --- */

/* Refuses a configuration, the text of an auto.conf, that is of another release than the sources.
 */
HG_MUST_CHECK enum hg_status hg_kernel_check_release(struct hg_kernel_tree *tree,
                                                     const char *config);
/* Warns of a .config that says something else than the configuration. */
void hg_kernel_warn_of_config(struct hg_kernel_tree *tree);

/* --- makefile.c --- */

/* The directory of the Makefile that a one-line Makefile (or make's older wrapper) hands over to,
 * as it is written there; NULL = none.  In the arena. */
const char *hg_makefile_included(struct hg_arena *arena, const char *text);

/* Calls visit with each value that is assigned to `name`, to `name-y`, or to `name-$(CONFIG_X)`
 * where X is on, in the order of the text.  Conditionals are not looked at.  config NULL: to `name`
 * alone.  The value lives only for the call. */
typedef void hg_makefile_fn(void *user, const char *value);
void hg_makefile_values(const char *text, const char *name, const struct hg_config *config,
                        hg_makefile_fn *visit, void *user);

/* --- arch.c, flags.c --- */

struct hg_flags {
    const char **items;
    size_t count, capacity;
};

/* A tree while it is being understood. */
struct hg_kernel_tree {
    struct hg_kernel public; /* first: what hg_kernel_open returns points here */
    struct hg_arena arena;
    struct hg_config config;
    const struct hg_kernel_arch *arch;
    struct hg_flags flags;
    struct hg_flags directories;
    struct hg_flags extra; /* the architecture's */
    struct hg_kernel_options given;
    struct hg_diagnostics *diagnostics;
    bool is_bare; /* headers and nothing else: no Makefile, no auto.conf */
};

/* --- overridden.c --- */

/* Refuses the user's -D and -U of macros that the configuration defines in another way. */
HG_MUST_CHECK enum hg_status hg_kernel_check_arguments(const struct hg_kernel *kernel,
                                                       const char *const *arguments, size_t count,
                                                       struct hg_diagnostics *diagnostics);

/* CONFIG_CC_IS_GCC, of Linux 4.18 and later. */
bool hg_kernel_is_built_by_gcc(const struct hg_kernel *kernel);

struct hg_kernel_arch {
    const char *name;
    const char *config; /* the symbol that says a configuration is for it */
    /* Sets is_64bit and big_endian, adds the extra flags, returns the target's triple; NULL = the
     * configuration has no flags, and that was reported. */
    const char *(*describe)(struct hg_kernel_tree *tree);
};

/* By the kernel's name or an alias; NULL = none of the table. */
const struct hg_kernel_arch *hg_kernel_find_arch(const char *name);
/* Whether a name that says width and byte order (ppc64le) says the tree's; others always do. */
bool hg_kernel_alias_fits(const char *name, bool is_64bit, bool big_endian);
/* The one that the configuration is for; NULL = it does not say. */
const struct hg_kernel_arch *hg_kernel_configured_arch(const struct hg_config *config);
/* ` x86 arm64 ...` */
void hg_kernel_put_archs(struct hg_text *text);

/* A further flag of the architecture. */
void hg_kernel_add_extra(struct hg_kernel_tree *tree, const char *format, ...) HG_PRINTF(2, 3);

/* Fills tree->flags and tree->directories; source, object and arch are known. */
HG_MUST_CHECK enum hg_status hg_kernel_make_flags(struct hg_kernel_tree *tree);

#endif
