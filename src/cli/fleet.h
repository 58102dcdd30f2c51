/*
 * A fleet, many kernels at once: finding the kernels (fleet_kernels.c), the processes that read
 * them (fleet_jobs.c), check on them (fleet.c), and generate --for with them (fleet_for.c).
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

/* Collects the sources of the command line, then the kernels of each --fleet, sorted by name. */
HG_MUST_CHECK enum hg_status fleet_collect(const struct options *options,
                                           struct hg_diagnostics *diagnostics, struct fleet *fleet);
/* Reports an output that is one of the kernels or objects. */
HG_MUST_CHECK enum hg_status fleet_check_output(const struct options *options,
                                                const struct fleet *fleet, const char *output_path,
                                                struct hg_diagnostics *diagnostics);
void fleet_deinit(struct fleet *fleet);

struct fleet_work {
    const struct options *options;
    const struct fleet *fleet;
    struct hg_diagnostics *diagnostics;
    void *user;
    /* Called in a process of its own: puts the kernel's answers into bytes. */
    enum hg_status (*ask)(const struct fleet_work *work, const struct kernel *kernel,
                          struct hg_text *ret);
    /* Called in the parent, in any order of the kernels: takes these bytes; false = they are cut
     * off or damaged. */
    bool (*take)(const struct fleet_work *work, size_t kernel, const struct hg_text *bytes);
};

/* Asks all kernels, even after one has failed; reports each that fails. */
HG_MUST_CHECK enum hg_status fleet_run(const struct fleet_work *work);

#endif
