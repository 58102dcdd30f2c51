/*
 * Loading BPF objects into the running kernel, to get its verifier's answer for each program.
 *
 *     on_read    loads
 *     on_create  refused: failed to find kernel BTF type ID of 'vfs_creat': -3
 *
 * Each program is loaded alone, with the object's maps, and unloaded at once; none is attached.
 */
#ifndef HG_LOAD_LOAD_H
#define HG_LOAD_LOAD_H

#include "base/memory.h"

#include <hdrgen/status.h>

enum hg_load_result {
    HG_LOADS,
    HG_LOAD_REFUSED,   /* by libbpf or by the verifier */
    HG_LOAD_FORBIDDEN, /* the system does not permit such programs here: the answer is not known */
};

struct hg_load_verdict {
    const char *program; /* NULL = the object as a whole, which libbpf cannot open */
    enum hg_load_result result;
    int error;       /* an errno value, positive; 0 = it loads */
    const char *log; /* the lines that give the reason, each ended by a newline; "" = none */
};

struct hg_load_report {
    HG_ARRAY(struct hg_load_verdict) verdicts;
    struct hg_arena arena; /* owns their strings */
};

struct hg_load_options {
    /* Path of the BTF to resolve relocations against; NULL = the running kernel's. */
    const char *btf;
    /* `PROGRAM=TARGET`: user space attaches PROGRAM to the function TARGET. */
    const char *const *attach;
    size_t attach_count;
    /* Names of programs that are not loaded. */
    const char *const *without;
    size_t without_count;
};

/* Checks whether programs can be loaded at all: it is an error if the process may not, or if hdrgen
 * was built without libbpf. */
HG_MUST_CHECK enum hg_status hg_load_begin(struct hg_diagnostics *diagnostics);

/* Loads each program of the object at `path`.  Call hg_load_begin first.  Faults are verdicts of
 * *ret, which the caller frees (hg_load_report_deinit). */
void hg_load_object(const char *path, const struct hg_load_options *options,
                    struct hg_load_report *ret);
void hg_load_report_deinit(struct hg_load_report *report);

#endif
