/*
 * The parts of the units box and what they share.
 *
 *     plan.c      hg_read_units: which headers go into which unit, until none has an error
 *     exclude.c   headers that never stand alone
 *     tags.c      which tags to declare first
 *     pool.c      worker processes: started, limited, watched, reaped
 *     worker.c    what a worker does, and what it sends back
 *     content.c   what makes two types of two models the same
 *     merge.c     many models into one
 */
#ifndef HG_UNITS_UNITS_H
#define HG_UNITS_UNITS_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <hdrgen/units.h>
#include <sys/types.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* An error that a unit met, or the reason why a header gave nothing. */
struct unit_fault {
    uint32_t header; /* in the unit; the number of its headers where it is none of them */
    bool is_note;    /* it is only what another header's error is at odds with */
    struct hg_location where;
    const char *text;
};

enum unit_state {
    UNIT_WAITING,
    UNIT_CLEAN,   /* there is a model */
    UNIT_FAULTY,  /* there are faults */
    UNIT_CRASHED, /* the worker did not live to tell; reason says why */
};

/* Headers that are one translation unit. */
struct unit {
    const char **headers; /* in the arena */
    size_t header_count;
    size_t prelude_count; /* the first so many are only there for what follows them */
    bool is_trace;        /* what follows the prelude gets CREATE_TRACE_POINTS */
    enum unit_state state;
    struct hg_model *model;
    struct unit_fault *faults; /* the first of each header, in the order they were met */
    size_t fault_count;
    const char *reason;
    /* Told even where there is no model.  tags: prototypes used them before they were declared. */
    HG_ARRAY(struct hg_diagnostic) warnings;
    HG_ARRAY(const char *) tags;
};

enum { MANY_HEADERS = 64 }; /* units of so many are worth to have tags declared */

/* What goes on while headers are read. */
struct reading {
    const struct hg_units_options *options;
    struct hg_diagnostics *diagnostics;
    struct hg_arena arena; /* strings and arrays that the report may need; becomes the report's */
    HG_ARRAY(struct hg_diagnostic) warnings; /* of all units, each once */
    HG_ARRAY(const char *) tags;             /* likewise */
    struct hg_strings tag_set;
    struct hg_strings tag_words; /* the same without `struct` */
    size_t worker_count;
    size_t peak_memory;
};

/* --- exclude.c --- */

/* It is a part of another header, or meant for something else than C of this kernel. */
bool hg_units_never_alone(const char *header);

/* --- tags.c --- */

/* Adds tags that prototypes of the header mention, as far as its text tells. */
void hg_units_scan_tags(struct reading *reading, const char *header);

/* --- worker.c --- */

/* tag must live as long as the reading. */
void hg_units_add_tag(struct reading *reading, const char *tag);

/* The whole life of a worker: reads the unit and writes what comes of it to the descriptor. */
_Noreturn void hg_units_work(const struct reading *reading, const struct unit *unit, int out);

/* Adds the unit's warnings and tags to those of all. */
void hg_units_take_remarks(struct reading *reading, struct unit *unit);

/* What a worker wrote, into unit; false = it is damaged. */
bool hg_units_take_result(struct reading *reading, struct unit *unit, const void *bytes,
                          size_t size);

/* --- pool.c --- */

typedef void unit_done_fn(void *user, size_t done, size_t count);

/* Runs all units that wait, each in a worker.  HG_ERROR_IO: workers cannot be started. */
HG_MUST_CHECK enum hg_status hg_units_run(struct reading *reading, struct unit *units, size_t count,
                                          unit_done_fn *done, void *user);

/* --- content.c --- */

/* Hashes of each type of a model, by id.  128 bits of them are taken for the thing itself. */
struct content {
    XXH128_hash_t *definition; /* all that it holds by value; behind pointers names are enough */
    XXH128_hash_t *use;        /* how it looks from behind a pointer */
};
void hg_content_init(struct content *content, const struct hg_model *model);
void hg_content_deinit(struct content *content);

bool hg_has_own_name(const struct hg_type *type);
/* Kind and name; only of types with a name of their own. */
XXH128_hash_t hg_name_hash(const struct hg_type *type);

/* --- merge.c --- */

struct conflict_list {
    struct hg_name_conflict *items;
    size_t count, capacity;
};

/* One sealed model out of many.  Of different types of one name the one of the first model keeps
 * it, and each other is added to conflicts. */
HG_MUST_CHECK enum hg_status hg_merge_models(struct hg_model *const *models, size_t count,
                                             const struct hg_units_options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct conflict_list *conflicts,
                                             struct hg_model **ret);

#endif
