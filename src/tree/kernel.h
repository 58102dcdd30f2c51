/*
 * Understanding a kernel tree: where its parts are, what it is configured for, and the flags that
 * its headers are compiled with.
 *
 *     open.c        hg_kernel_open: the order of the steps; configuration, architecture, release
 *     place.c       the source and the object directory
 *     config.c      include/config/auto.conf
 *     makefile.c    what can be read from a Makefile without running it
 *     arch.c        the table of architectures: target and extra flags of each
 *     flags.c       all flags in kbuild's order
 *     stale.c       refuses a configuration that was not made for these sources
 *     overridden.c  refuses -D and -U of macros that the configuration defines
 *     list.c        hg_kernel_list_headers
 *     files.c       reads small files, which are not trusted
 */
#ifndef HG_TREE_KERNEL_H
#define HG_TREE_KERNEL_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <hdrgen/kernel.h>
#include <sys/stat.h>

/* --- files.c --- */

enum { HG_KERNEL_FILE_LIMIT = 16 << 20 }; /* larger files are not read */

/* A set for strspn. */
#define HG_ALPHANUMERIC "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* Returns the content of a regular file, followed by a NUL; the caller frees it.  NULL = it cannot
 * be read; errno has the reason.  size may be NULL. */
char *hg_kernel_read_file(const char *path, size_t *size);

/* `directory/name` in the arena. */
const char *hg_kernel_join(struct hg_arena *arena, const char *directory, const char *name);

bool hg_kernel_is_directory(const char *path);
bool hg_kernel_is_file(const char *path);
/* The path `directory/name`, interned in `known`, if there is such a file; else NULL.  known: the
 * answers so far, 1 = no file, 2 = a file. */
const char *hg_kernel_find_file(struct hg_strings *known, const char *directory, size_t length,
                                const char *name);

/* stat for many paths.  It keeps the directory of the last path open and looks up the next name
 * there, which is several times as fast if paths of one directory follow each other.  Starts
 * zeroed; hg_stats_end closes the directory. */
struct hg_stats {
    struct hg_text directory;
    int descriptor; /* of the directory, plus one; 0 = none */
};

/* Like stat(2). */
int hg_stats_next(struct hg_stats *stats, const char *path, struct stat *ret);
void hg_stats_end(struct hg_stats *stats);

/* --- place.c --- */

struct hg_kernel_tree;
/* Sets the object and the source directory of the tree that the user names. */
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

/* Translates include/generated/autoconf.h into the form of auto.conf. */
void hg_config_from_header(const char *header, struct hg_text *config);
/* Reads the text of an auto.conf, which must come from malloc; the configuration then owns it. */
void hg_config_init(struct hg_config *config, char *text);
void hg_config_deinit(struct hg_config *config);
/* Returns the value without its quotes; NULL = the symbol is not set. */
const char *hg_config_value(const struct hg_config *config, const char *name);
/* Whether the symbol is `y`: built in, not a module. */
bool hg_config_is_on(const struct hg_config *config, const char *name);

/* --- stale.c --- */

/* Refuses a configuration (the text of an auto.conf) that was made for another release than that
 * of the sources. */
HG_MUST_CHECK enum hg_status hg_kernel_check_release(struct hg_kernel_tree *tree,
                                                     const char *config);
/* Warns if .config differs from the configuration. */
void hg_kernel_warn_of_config(struct hg_kernel_tree *tree);

/* --- makefile.c --- */

/* Returns the directory of the Makefile that this one includes as a whole, as it is written there:
 * `include DIR/Makefile`, in older kernels `MAKEARGS := -C DIR`.  NULL = it includes none. */
const char *hg_makefile_included(struct hg_arena *arena, const char *text);

/* Calls visit with each value that is assigned to `name`, to `name-y`, or to `name-$(CONFIG_X)`
 * where X is on, in the order of the text and whatever conditionals the line is in.  config NULL =
 * only values of `name` itself.  The value lives only for the call. */
typedef void hg_makefile_fn(void *user, const char *value);
void hg_makefile_values(const char *text, const char *name, const struct hg_config *config,
                        hg_makefile_fn *visit, void *user);

/* --- arch.c, flags.c --- */

struct hg_flags {
    const char **items;
    size_t count, capacity;
};

/* A tree that is being opened. */
struct hg_kernel_tree {
    struct hg_kernel public; /* first: what hg_kernel_open returns points here */
    struct hg_arena arena;
    struct hg_config config;
    const struct hg_kernel_arch *arch;
    struct hg_flags flags;
    struct hg_flags directories; /* of the search, in its order */
    struct hg_kernel_options given;
    struct hg_diagnostics *diagnostics;
    bool is_bare; /* headers alone, without Makefile and auto.conf, as in kheaders.tar.xz */
};

/* --- overridden.c --- */

/* Refuses -D and -U, among the user's arguments, of macros that the configuration defines
 * otherwise. */
HG_MUST_CHECK enum hg_status hg_kernel_check_arguments(const struct hg_kernel *kernel,
                                                       const char *const *arguments, size_t count,
                                                       struct hg_diagnostics *diagnostics);

/* Whether the configuration sets CONFIG_CC_IS_GCC, which Linux has from 4.18 on. */
bool hg_kernel_is_built_by_gcc(const struct hg_kernel *kernel);

struct hg_kernel_arch {
    const char *name;
    const char *config; /* the symbol that is on in its configurations: X86 */
    /* Sets is_64bit and big_endian, adds the flags of the architecture, and returns the target's
     * triple.  NULL = hdrgen cannot read such a configuration; the reason is reported. */
    const char *(*describe)(struct hg_kernel_tree *tree);
};

/* Finds an architecture by the kernel's name or by an alias; NULL = the table has no such name. */
const struct hg_kernel_arch *hg_kernel_find_arch(const char *name);
/* Whether an alias that implies width and byte order (ppc64le) fits the tree.  Other names always
 * fit. */
bool hg_kernel_alias_fits(const char *name, bool is_64bit, bool big_endian);
/* The architecture that the configuration is for; NULL = it does not say. */
const struct hg_kernel_arch *hg_kernel_configured_arch(const struct hg_config *config);
/* Appends the names of all architectures: ` x86 arm64 ...`. */
void hg_kernel_put_archs(struct hg_text *text);

/* Fills tree->flags and tree->directories; source, object and arch are known. */
HG_MUST_CHECK enum hg_status hg_kernel_make_flags(struct hg_kernel_tree *tree);

#endif
