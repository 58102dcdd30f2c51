/*
 * Lists the .c files that a kernel is built from, each with the clang arguments to read it.
 *
 *     kernel/sched/core.o   /usr/src/linux/kernel/sched/core.c   vmlinux
 *         --target=x86_64-linux-gnu -nostdinc -I/usr/src/linux/arch/x86/include ...
 *         -DKBUILD_MODFILE="kernel/sched/core" -DKBUILD_BASENAME="core" ...
 *     net/netfilter/nf_conntrack_core.o   .../nf_conntrack_core.c   nf_conntrack
 *
 * The list comes from the commands that a build saved, from compile_commands.json, from the text of
 * `make -n`, or else from the makefiles, which are evaluated and never run.
 */
#ifndef HG_TREE_COMMANDS_H
#define HG_TREE_COMMANDS_H

#include <hdrgen/kernel.h>
#include <stddef.h>

struct hg_source_file {
    /* Relative to the object directory: kernel/sched/core.o.  The first member, to sort by. */
    const char *object;
    const char *path; /* the .c file, absolute */
    /* NULL = vmlinux; else the module's name as in /sys/module: nf_conntrack.  An object that is
     * linked into several modules has all their names, sorted and joined by `:`. */
    const char *module;
    /* For clang, in order, without -c, -o and the file.  Include directories are absolute. */
    const char *const *arguments;
    size_t argument_count;
};

/* A .c file of the kernel that is not there until a build generates it.  A missing file that
 * nothing generates is not in the list; hg_list_sources reports it. */
struct hg_generated_source {
    /* `make -k OBJECT` in the object directory makes both.  The first member, to sort by. */
    const char *object;
    const char *path;   /* the file that the build makes, absolute */
    const char *module; /* as in struct hg_source_file */
};

enum hg_source_form {
    HG_SOURCES_FROM_SAVED_COMMANDS,   /* .*.o.cmd */
    HG_SOURCES_FROM_COMPILE_COMMANDS, /* compile_commands.json */
    HG_SOURCES_FROM_MAKE_TEXT,        /* make -n */
    HG_SOURCES_FROM_MAKEFILES,
};

struct hg_source_list {
    const struct hg_source_file *items; /* sorted by object */
    size_t count;
    const struct hg_generated_source *generated; /* sorted by object */
    size_t generated_count;
    enum hg_source_form form;
    const char *origin; /* for messages: "the makefiles of '/usr/src/linux'" */
    const char *note;   /* a sentence: why an earlier form was not used; NULL = there was none */
    /* Each `file:line: text`: a place where a makefile uses the output of a command, which is not
     * run; its output was taken to be empty. */
    const char *const *unknown;
    size_t unknown_count;
};

/*
 * Lists the source files of a kernel.  commands: a file with the text of `make -n`, or a
 * compile_commands.json; NULL = the commands or makefiles of the tree.
 *
 * Errors, each reported with advice: makefiles that are missing or do not end; a `commands` file of
 * neither form, or without a command of this kernel.  Warnings: the tree's own commands are
 * incomplete, so that the next form is used; source files are missing that no build generates;
 * the kernel's compiler got options that clang does not have or hdrgen does not know.  On success
 * *ret is the caller's; the kernel may be destroyed before it.
 */
HG_MUST_CHECK enum hg_status hg_list_sources(const struct hg_kernel *kernel, const char *commands,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_source_list **ret);

/* NULL is fine. */
void hg_source_list_destroy(struct hg_source_list *list);

#endif
