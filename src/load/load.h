/*
 * Loading BPF objects on the running kernel: what its verifier says of each program.
 *
 *     on_read    loads
 *     on_create  refused: failed to find kernel BTF type ID of 'vfs_creat': -3
 *
 * Each program is loaded alone, with the object's maps, and let go at once; nothing is attached.
 */
#ifndef HG_LOAD_LOAD_H
#define HG_LOAD_LOAD_H

#include "base/memory.h"

#include <hdrgen/status.h>

enum hg_load_result {
    HG_LOADS,
    HG_LOAD_REFUSED,   /* by libbpf or by the verifier */
    HG_LOAD_FORBIDDEN, /* the system lets nobody here load such a program: nothing is known of it */
};

struct hg_load_verdict {
    const char *program; /* NULL = the object as a whole, which libbpf does not open */
    enum hg_load_result result;
    int error;       /* positive, as errno has it; 0 = it loads */
    const char *log; /* the lines that say why, each ended by a newline; "" = there are none */
};

struct hg_load_report {
    HG_ARRAY(struct hg_load_verdict) verdicts;
    struct hg_arena arena; /* their strings */
};

struct hg_load_options {
    /* BTF that relocations are resolved by, in place of the running kernel's own; NULL = that. */
    const char *btf;
    /* `PROGRAM=TARGET`: a function that user space attaches the program to. */
    const char *const *attach;
    size_t attach_count;
    /* Programs that are not loaded. */
    const char *const *without;
    size_t without_count;
};

/* Reports that nobody may load programs here, or that hdrgen was built without libbpf. */
HG_MUST_CHECK enum hg_status hg_load_begin(struct hg_diagnostics *diagnostics);

/* Call hg_load_begin first.  *ret is the caller's, for hg_load_report_deinit. */
void hg_load_object(const char *path, const struct hg_load_options *options,
                    struct hg_load_report *ret);
void hg_load_report_deinit(struct hg_load_report *report);

#endif
