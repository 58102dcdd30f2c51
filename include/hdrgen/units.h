/*
 * Units: a model of all the headers of a kernel tree.
 *
 * Headers that nobody includes together do not parse together: some need another one before them,
 * some define the same things, some change macros that others use.  So they are read in several
 * translation units, few and large, by worker processes, and the models merged into one.
 * docs/every-header.md says how, and what makes sure that a type is what its header alone would
 * give.
 */
#ifndef HDRGEN_UNITS_H
#define HDRGEN_UNITS_H

#include <hdrgen/model.h>

#pragma GCC visibility push(default)

/* How far it is: done of total, in no particular unit.  Never the same or less than before. */
typedef void hg_progress_fn(void *user, unsigned done, unsigned total);

struct hg_units_options {
    /* Names by which the include directories of arguments find headers (`linux/sched.h`), in the
     * order in which they are wanted: of two different types of one name the first one met keeps
     * it.  Each name once. */
    const char *const *headers;
    size_t header_count;
    /* Those that define tracepoints, which are read once more with CREATE_TRACE_POINTS. */
    const char *const *trace_headers;
    size_t trace_header_count;
    /* As in struct hg_header_options. */
    const char *const *arguments;
    size_t argument_count;
    const char *target;
    const char *const *roots;
    size_t root_count;
    /* The model's one input: what the headers belong to, and a hash of what they depend on besides
     * their own text.  NULL = the headers are the inputs. */
    const char *origin;
    uint64_t origin_hash;
    /* At most so many workers at a time; 0 = one for each processor.  The result does not depend on
     * it. */
    unsigned jobs;
    /* What one worker may take: bytes of address space, 0 = 2 GiB (not enforced where
     * AddressSanitizer is built in); seconds of processor time for a unit of one header, 0 = 20, a
     * little more for each further one. */
    size_t memory_limit;
    unsigned cpu_limit;
    hg_progress_fn *progress; /* NULL = nobody wants to know */
    void *progress_user;
};

/* A header that gave nothing, and the first reason met. */
struct hg_unparsed_header {
    const char *header;
    struct hg_location where;
    const char *reason;
};

/* Everything in it lives until hg_units_report_destroy. */
struct hg_units_report {
    size_t header_count; /* without those that never stand alone */
    size_t parsed_count;
    size_t unit_count;   /* of the units that the model was made of */
    size_t worker_count; /* of all that were tried */
    size_t peak_memory;  /* of the worker that took most, resident, in bytes */
    const struct hg_unparsed_header *unparsed;
    size_t unparsed_count;
    const struct hg_name_conflict *conflicts;
    size_t conflict_count;
};

/*
 * Reads all of them.  Headers that cannot be parsed are no error but in the report; that none could
 * be is one, and so is what would go wrong for each (clang's arguments).  Forks: the caller must
 * have no other threads.
 *
 * On success *model and *report are the caller's (hg_model_destroy, hg_units_report_destroy).
 */
HG_MUST_CHECK enum hg_status hg_read_units(const struct hg_units_options *options,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_model **model,
                                           struct hg_units_report **report);

/* NULL is fine. */
void hg_units_report_destroy(struct hg_units_report *report);

#pragma GCC visibility pop

#endif
