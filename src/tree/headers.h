/*
 * Reading every header of a tree: the parts and what they share.
 *
 *     headers.c        hg_read_units: which headers go into which unit
 *     retry.c          what is tried after a unit that had errors, or crashed
 *     missing.c        which header defines what an error says is missing
 *     report.c         what could not be read, for the caller
 *     exclude.c        headers that never stand alone
 *     tags.c           which tags to declare first
 *     header_pool.c    worker processes: started, limited, watched, reaped
 *     header_prefix.c  the prelude, parsed once
 *     worker.c         what a worker does, and what it sends back
 */
#ifndef HG_TREE_HEADERS_H
#define HG_TREE_HEADERS_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "frontend/clang/parse.h"
#include "model/content.h"
#include "model/merge.h"

#include <hdrgen/read.h>
#include <hdrgen/units.h>
#include <sys/types.h>

/* An error that a unit met, or the reason why a header gave nothing. */
struct unit_fault {
    enum hg_problem_kind kind;
    const char *symbol;
    bool may_be_macro;
    uint32_t header; /* in the unit; the number of its headers where it is none of them */
    bool is_note;    /* another header's error conflicts with this one's definition */
    enum { CONFLICT_NONE, CONFLICT_HEADER, CONFLICT_PREFIX } conflict;
    struct hg_location where;
    const char *text;
};

enum unit_state {
    UNIT_WAITING,
    UNIT_RUNNING,
    UNIT_CLEAN,   /* there is a model */
    UNIT_AGREES,  /* all that it has is the same in the model that it was held against */
    UNIT_FAULTY,  /* there are faults */
    UNIT_CRASHED, /* the worker did not live to tell; reason says why */
};

/* Headers that are one translation unit.  All in the reading's arena, but for what its worker
 * told. */
struct unit {
    const char **headers;
    size_t header_count;
    size_t prelude_count; /* the first so many are only there for what follows them */
    size_t helper_count;  /* the last so many of these are only there for some of what follows */
    bool is_trace;        /* what follows the prelude gets CREATE_TRACE_POINTS */
    bool is_prelude;      /* of other units */
    bool precompiles;     /* that it is to be precompiled */
    bool wants_check;     /* once it is clean, the same in the opposite order is wanted, too */
    bool is_backwards;    /* that it is */
    /* Then: the model of the clean one, which lives as long as the list. */
    const struct hg_model *forwards;
    /* The place of what comes of it: no two units of one list share direction, rank and round. */
    size_t rank;
    unsigned round; /* how many were tried before it that had all its headers, and more */
    unsigned turn;  /* lower ones are read first: what many others may have to follow */
    bool *dropped;  /* by header: it is to blame, and will not be tried again in this list */
    enum unit_state state;
    bool is_precompiled;    /* where it is clean, and could be */
    struct hg_model *model; /* also where a faulty one keeps going: what its errors do not touch */
    struct unit_fault *faults; /* the first of each header, in the order they were met */
    size_t fault_count;
    const char *reason;
    /* Told even where there is no model.  tags: prototypes used them before they were declared. */
    HG_ARRAY(struct hg_diagnostic) warnings;
    HG_ARRAY(const char *) tags;
};

struct unit_list {
    struct unit **items;
    size_t count, capacity;
};

enum { MAX_HELPERS = 4 };   /* of a header that lacks one thing after the other */
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
    /* What units begin with, and that precompiled. */
    struct {
        const char **headers;
        size_t count; /* 0 = nothing, or not yet */
        bool is_precompiled;
        int file;              /* in memory */
        const char *path;      /* of that; NULL = there is none */
        const char *directory; /* for the temporary file; NULL = there is none */
    } prelude;
    struct hg_strings definers;           /* `struct a`, `a_t`, enumerator: index plus one in */
    HG_ARRAY(const char *) definer_files; /* where the models say it is defined */
};

/* --- exclude.c --- */

/* It is a part of another header, or meant for something else than C of this kernel. */
bool hg_units_never_alone(const char *header);
/* It is where trace headers are by themselves found again. */
bool hg_units_is_usual_trace(const char *header);

/* --- retry.c --- */

/* A unit with room for so many headers, none in it; like = NULL, or one that it follows, with whose
 * prelude it begins. */
struct unit *hg_unit_create(struct reading *reading, size_t room, const struct unit *like);
void hg_unit_add(struct unit *unit, const char *header);
/* It has one header, prelude aside. */
bool hg_unit_is_single(const struct unit *unit);
/* Whether what its errors do not touch is of use. */
bool hg_unit_keeps_going(const struct unit *unit);

/* The unit is done: says which of its headers are dropped, and adds to the list what is tried next.
 * What it does depends on nothing but the unit. */
void hg_units_retry(struct reading *reading, struct unit *unit, struct unit_list *list);

/* --- missing.c --- */

/* Remembers where the types of the model are defined. */
void hg_units_learn(struct reading *reading, const struct hg_model *model);

struct name_list {
    const char **items;
    size_t count, capacity;
};

enum lack {
    LACKS_NOTHING, /* the error is another one */
    LACKS_KNOWN,   /* something that has been read somewhere */
    LACKS_UNKNOWN, /* something that has not, or a macro */
};

/* Looks in the header's text for macros of which the errors of the list say that they are missing,
 * and remembers it as the place of those that it defines and no model has. */
void hg_units_learn_macros(struct reading *reading, const char *header,
                           const struct name_list *names);

/* The name that the error says is missing, in no model and perhaps a macro, into names. */
void hg_units_want_macro(struct reading *reading, const struct unit_fault *fault,
                         struct name_list *names);

/* Whether the error is that something is missing.  *file is where that is defined, if known. */
enum lack hg_units_find_missing(struct reading *reading, const struct unit_fault *fault,
                                const char **file);

/* --- tags.c --- */

enum { LONGEST_PATH = 4096 };

/* Opens the header, from the first -I directory that has it, and says where it is (room bytes at
 * path, directory and all); negative = it cannot. */
int hg_units_open_header(const struct reading *reading, const char *header, char *path,
                         size_t room);
/* The text of the header, the caller's to free; NULL = it cannot be read, or is too large for one.
 */
char *hg_units_read_header(const struct reading *reading, const char *header, size_t *size);

/* Adds tags that prototypes of the header mention, as far as its text tells.  False: it has nothing
 * that could define a type. */
bool hg_units_scan(struct reading *reading, const char *header);

/* --- header_prefix.c --- */

/* Somewhere for a worker to put it, where that can be had. */
void hg_units_open_prelude(struct reading *reading);
/* The unit is done: removes temporary files, and tells that they could not be had. */
void hg_units_end_prelude(struct reading *reading);
void hg_units_close_prelude(struct reading *reading);
/* In a worker: reads what others begin with, and precompiles it where that can be. */
HG_MUST_CHECK enum hg_status hg_units_read_prelude(const struct reading *reading,
                                                   const struct hg_parse_options *options,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct hg_model **model, bool *is_precompiled);

/* --- worker.c --- */

/* tag must live as long as the reading. */
void hg_units_add_tag(struct reading *reading, const char *tag);

/* The whole life of a worker: reads the unit and writes what comes of it to the descriptor. */
_Noreturn void hg_units_work(struct reading *reading, const struct unit *unit, int out);

/* Adds the unit's warnings and tags to those of all. */
void hg_units_take_remarks(struct reading *reading, struct unit *unit);

/* What a worker wrote, into unit; false = it is damaged. */
bool hg_units_take_result(struct reading *reading, struct unit *unit, const void *bytes,
                          size_t size);

/* --- header_pool.c --- */

typedef void unit_done_fn(void *user, struct unit *unit);

/* Runs all units of the list, each in a worker, and those that done adds to it.  The order in which
 * they are done is no particular one.  HG_ERROR_IO: workers cannot be started. */
HG_MUST_CHECK enum hg_status hg_units_run(struct reading *reading, struct unit_list *list,
                                          unit_done_fn *done, void *user);

/* --- report.c --- */

/* What is known of a header that is wanted. */
struct wanted {
    const char *name;
    bool is_trace;
    bool is_read;
    bool is_given_up;                 /* nothing that could be tried would help */
    bool is_spoilt;                   /* behind the prelude it cannot be read */
    bool is_waiting;                  /* to see whether the stage finds what it lacks */
    struct unit_fault fault;          /* the first one that was met; text NULL = none */
    struct unit_fault last;           /* the one that was met last */
    bool lacks_something;             /* that was because something was missing */
    bool lacks_a_file;                /* that was because a file was that it includes */
    const char *helpers[MAX_HELPERS]; /* headers that define what it lacks */
    size_t helper_count;
    struct hg_model
        *rest; /* what the errors of the last try do not touch; NULL = nothing is known */
};

/* Header counts, headers that were not read, and conflicts; copies all it needs. */
struct hg_units_report *hg_units_make_report(const struct wanted *wanted, size_t count,
                                             const struct hg_name_conflicts *conflicts);

#endif
