/*
 * The functions that a kernel has, by name.
 *
 *     ffffffff81201230 T vfs_read                   System.map, plain or compressed by gzip
 *     ffffffffc0401000 t nf_ct_get [nf_conntrack]   /proc/kallsyms also lists modules'
 *              U printk                             what nm prints
 *     an ELF file                                   vmlinux that is not stripped, a module
 *
 * A name may be listed several times.  A copy that the compiler made of a function has a suffix:
 * vfs_read.isra.0.  Addresses are not looked at: for users who may not see them they are zero.
 */
#ifndef HG_SYMBOLS_LIST_H
#define HG_SYMBOLS_LIST_H

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stddef.h>

/* A function as the file lists it.  The strings end with a NUL, and live for the call only. */
struct hg_listed_function {
    const char *name;   /* of at most HG_LISTED_NAME_MAX bytes */
    const char *module; /* NULL = the file names none: the kernel itself, as a rule */
    bool is_weak;       /* another definition would take its place */
};
enum { HG_LISTED_NAME_MAX = 2047 };
typedef void hg_listed_function_fn(void *user, const struct hg_listed_function *function);

/* The same for a file of names alone, available_filter_functions: the functions that ftrace can
 * attach to.
 *
 *     vfs_read
 *     nf_ct_get [nf_conntrack] */
HG_MUST_CHECK enum hg_status hg_list_traceable(const char *path, hg_listed_function_fn *take,
                                               void *user, struct hg_diagnostics *diagnostics);

/* The same for available_events, whose lines are `sched:sched_switch`. */
HG_MUST_CHECK enum hg_status hg_list_events(const char *path, hg_listed_function_fn *take,
                                            void *user, struct hg_diagnostics *diagnostics);

/* Calls take for each function that the file lists, in the file's order.  Nothing in the file is
 * trusted: a line that is none of the above is an error, with its number, and so is a file without
 * a function. */
HG_MUST_CHECK enum hg_status hg_list_functions(const char *path, hg_listed_function_fn *take,
                                               void *user, struct hg_diagnostics *diagnostics);

#endif
