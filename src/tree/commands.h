/*
 * Which .c files a kernel is built from, and with which clang arguments each is read.
 *
 *     kernel/sched/core.o   /usr/src/linux/kernel/sched/core.c   vmlinux
 *         --target=x86_64-linux-gnu -nostdinc -I/usr/src/linux/arch/x86/include ...
 *         -DKBUILD_MODFILE="kernel/sched/core" -DKBUILD_BASENAME="core" ...
 *     net/netfilter/nf_conntrack_core.o   .../nf_conntrack_core.c   nf_conntrack
 *
 * The list comes from what the tree has: the commands that a build saved, a compile_commands.json,
 * the text of `make -n`, or else the makefiles, which are evaluated and never run.
 */
#ifndef HG_TREE_COMMANDS_H
#define HG_TREE_COMMANDS_H

#include <hdrgen/kernel.h>
#include <stddef.h>

struct hg_source_file {
    const char *path;   /* the .c file, absolute */
    const char *object; /* relative to the object directory: kernel/sched/core.o */
    /* NULL = vmlinux; else the module's name as in /sys/module: nf_conntrack.  An object that is
     * linked into several modules has all their names, sorted and joined by `:`. */
    const char *module;
    /* For clang, in order: include directories are absolute, no -c, no -o, no file. */
    const char *const *arguments;
    size_t argument_count;
};

/* A .c file that is part of the kernel and not there: a build generates it.  One that nothing
 * generates is not in the list: hg_list_sources reports it. */
struct hg_generated_source {
    const char *path;   /* where a build puts it, absolute */
    const char *object; /* `make -k OBJECT` in the object directory makes both */
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
    const char *origin; /* in words, for a report: "the makefiles of '/usr/src/linux'" */
    const char *note;   /* why another form was not used, a sentence; NULL = there was no other */
    /* Places where the makefiles ask for a command's output, which was taken to be empty; for a
     * report.  Each is `file:line: text`. */
    const char *const *unknown;
    size_t unknown_count;
};

struct hg_source_list_options {
    /* The text of `make -n`, or a compile_commands.json, that says what is compiled; NULL = what
     * the tree has. */
    const char *commands;
};

/*
 * Lists the source files of a kernel.
 *
 * Errors, each reported with what to do about it: makefiles that are not there, or that do not end;
 * a `commands` file that is neither form, or that holds no command of this kernel.  Warnings: the
 * tree's own commands are incomplete, so that the next form is used; source files are not there and
 * no build generates them; the kernel's compiler got options that clang does not have or hdrgen
 * does not know.  On success *ret is the caller's, and does not need the kernel to live.
 */
HG_MUST_CHECK enum hg_status hg_list_sources(const struct hg_kernel *kernel,
                                             const struct hg_source_list_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_source_list **ret);

/* NULL is fine. */
void hg_source_list_destroy(struct hg_source_list *list);

#endif
