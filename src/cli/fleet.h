/*
 * Many kernels at once: which they are (fleet_kernels.c), the processes that read them
 * (fleet_jobs.c), and what is asked of them: check (fleet.c), --for (fleet_for.c).
 */
#ifndef HG_CLI_FLEET_H
#define HG_CLI_FLEET_H

#include "cli.h"

/* A kernel of the fleet. */
struct kernel {
    const char *name; /* `debian/12/x86_64/6.1.0-50-amd64` */
    struct source source;
};

struct fleet {
    struct hg_arena arena;
    HG_ARRAY(struct kernel) kernels;
};

/* The sources of the command line, then the kernels of each --fleet in their names' order. */
HG_MUST_CHECK enum hg_status fleet_collect(const struct options *options,
                                           struct hg_diagnostics *diagnostics, struct fleet *fleet);
/* Reports an output that is one of the files that are read. */
HG_MUST_CHECK enum hg_status fleet_check_output(const struct options *options,
                                                const struct fleet *fleet, const char *output_path,
                                                struct hg_diagnostics *diagnostics);
void fleet_deinit(struct fleet *fleet);

/* What is done with the kernels. */
struct fleet_work {
    const struct options *options;
    const struct fleet *fleet;
    struct hg_diagnostics *diagnostics;
    void *user;
    /* In a process of its own: the kernel's answers, as bytes. */
    enum hg_status (*ask)(const struct fleet_work *work, const struct kernel *kernel,
                          struct hg_text *ret);
    /* In the parent, in no order: takes these bytes; false = they are not whole. */
    bool (*take)(const struct fleet_work *work, size_t kernel, const struct hg_text *bytes);
};

/* All kernels are asked, also when one could not be: each that cannot is reported. */
HG_MUST_CHECK enum hg_status fleet_run(const struct fleet_work *work);

#endif
