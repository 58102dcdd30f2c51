/*
 * Lists of a kernel's functions and tracepoints, by name.
 *
 *     ffffffff81201230 T vfs_read                   System.map, plain or compressed by gzip
 *     ffffffffc0401000 t nf_ct_get [nf_conntrack]   /proc/kallsyms also lists modules'
 *              U printk                             output of nm
 *     an ELF file                                   vmlinux that is not stripped, a module
 *
 * A list may have a name several times.  Copies of functions that the compiler makes have suffixes:
 * vfs_read.isra.0.  Addresses are ignored, since the kernel shows unprivileged users zeros.
 */
#ifndef HG_SYMBOLS_LIST_H
#define HG_SYMBOLS_LIST_H

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stddef.h>

/* A function as the file lists it.  The strings end with a NUL, and live only during the call. */
struct hg_listed_function {
    const char *name;   /* of at most HG_LISTED_NAME_MAX bytes */
    const char *module; /* NULL = none: usually a function of the kernel itself */
    bool is_weak;
};
enum { HG_LISTED_NAME_MAX = 2047 };
typedef void hg_listed_function_fn(void *user, const struct hg_listed_function *function);

/* Calls `take` for each function that the file lists, in the file's order.  A line of another form
 * is an error, reported with its line number, and so is a file that lists no function. */
HG_MUST_CHECK enum hg_status hg_list_functions(const char *path, hg_listed_function_fn *take,
                                               void *user, struct hg_diagnostics *diagnostics);

/* As hg_list_functions, for available_filter_functions of tracefs: the functions that ftrace can
 * attach to, without addresses.
 *
 *     vfs_read
 *     nf_ct_get [nf_conntrack] */
HG_MUST_CHECK enum hg_status hg_list_traceable(const char *path, hg_listed_function_fn *take,
                                               void *user, struct hg_diagnostics *diagnostics);

/* As hg_list_functions, for tracepoints in available_events of tracefs: `sched:sched_switch`. */
HG_MUST_CHECK enum hg_status hg_list_events(const char *path, hg_listed_function_fn *take,
                                            void *user, struct hg_diagnostics *diagnostics);

#endif
