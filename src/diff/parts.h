/*
 * The files of the comparison, and what they share.
 *
 *     diff.c     hg_diff_models: the order of the steps
 *     pair.c     which types of the two sides are compared with each other
 *     flatten.c  a record as a list of members, with those of its anonymous records
 *     same.c     whether two types are the same to a program that reads memory
 *     record.c   the changes between two records, enums or typedefs
 *     words.c    changes, types and values as text
 *     rows.c     two records side by side, for the reports
 *     text.c json.c html.c stat.c   the reports
 */
#ifndef HG_DIFF_PARTS_H
#define HG_DIFF_PARTS_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <hdrgen/diff.h>

/* --- flatten.c --- */

struct hg_flat_member {
    const char *path; /* from the outermost record: `d[].e` */
    const struct hg_member *member;
    uint64_t bit_offset; /* from the start of the outermost record, or of the array's element */
    uint64_t bits;
    unsigned depth; /* dots in the path */
};

typedef HG_ARRAY(struct hg_flat_member) hg_flat_list;

/*
 * The members of a record as a flat list.  A member without a name is replaced by its members.  A
 * named member whose record has no name is followed by that record's members.
 *
 *     struct { int a; union { int b; long c; }; struct { int e; } d[4]; }
 *         ->  a  b  c  d  d[].e
 *
 * Paths live in the arena; list->items is the caller's to free.  False = the list would be longer
 * than HG_FLAT_LIMIT, because BTF can nest types without a tag exponentially; nothing is reported.
 */
enum { HG_FLAT_LIMIT = 1 << 20, HG_NESTED_MAX = 16, HG_NESTED_WORK = 1 << 18 };
bool hg_diff_flatten(const struct hg_model *model, hg_type_id record, struct hg_arena *arena,
                     hg_flat_list *list);

/* --- same.c --- */

/* A type without its typedefs and qualifiers, and what its arrays were. */
struct hg_shape {
    hg_type_id element;
    uint64_t count; /* elements, all dimensions multiplied; 1 if it is no array */
    uint64_t row;   /* if the first dimension has no length: the others multiplied; else 0 */
    bool is_array;
    bool is_named; /* a typedef names the element */
};
struct hg_shape hg_diff_shape(const struct hg_model *model, hg_type_id id);

/* Whether two types, of any sizes, are of the same kind: a signed integer, struct page, a pointer
 * to the same kind, an array of the same kind.  The lengths of arrays may differ, except where a
 * pointer leads to them. */
bool hg_diff_same_kind(const struct hg_model *left, hg_type_id left_id,
                       const struct hg_model *right, hg_type_id right_id);

/* Both types without typedefs, arrays and the pointers that both have. */
struct hg_cores {
    hg_type_id left, right;
    bool is_pointee; /* there was a pointer */
};
struct hg_cores hg_diff_cores(const struct hg_model *left, hg_type_id left_id,
                              const struct hg_model *right, hg_type_id right_id);

/* --- record.c --- */

typedef HG_ARRAY(struct hg_change) hg_change_list;

struct hg_diff_memory {
    struct hg_arena arena; /* subjects, changes, texts, paths */
};

struct hg_comparing {
    const struct hg_model *left;
    const struct hg_model *right;
    struct hg_arena *arena; /* of the texts in the result */
    unsigned depth;         /* of the types without a tag that are compared through pointers */
    size_t *nested;         /* how many of these were compared so far */
};

/* The result of comparing two types of the same kind, besides their changes. */
enum hg_likeness {
    HG_ALIKE,     /* they share a member's name, or one has no members, or both have the same
                     number of members and the same size */
    HG_STRANGERS, /* two different types of one name */
    HG_TOO_LARGE, /* not compared: more members than HG_FLAT_LIMIT */
};

/* Appends the changes between two types of the same kind. */
enum hg_likeness hg_diff_types(const struct hg_comparing *comparing, hg_type_id left,
                               hg_type_id right, hg_change_list *changes);

/* --- pair.c --- */

struct hg_pair {
    hg_type_id left; /* HG_VOID_ID = only the other side has the type */
    hg_type_id right;
    bool is_named; /* by the user */
};
typedef HG_ARRAY(struct hg_pair) hg_pair_list;

HG_MUST_CHECK enum hg_status hg_diff_pair(const struct hg_comparing *comparing,
                                          const struct hg_diff_options *options,
                                          struct hg_diagnostics *diagnostics, hg_pair_list *ret);

/* --- words.c --- */

/* `member_offset`, as in JSON. */
const char *hg_change_word(enum hg_change_kind kind);
/* `struct task_struct`, or `enum {PF_IDLE, ...}` for an enum without a tag.  In the arena. */
const char *hg_diff_subject(const struct hg_model *model, hg_type_id id, struct hg_arena *arena);
void hg_put_change_value(struct hg_text *text, const struct hg_change_value *value);

/* --- text.c --- */

/* Appends the names of both sides, and how many types are identical, changed and so on. */
void hg_diff_put_head(const struct hg_comparison *comparison, struct hg_text *text);

/* --- stat.c --- */

/* Appends the members "kinds" and "counts" of the JSON report. */
void hg_diff_put_stat_json(const struct hg_comparison *comparison, struct hg_text *text);

/* --- json.c --- */

/* Appends a JSON string that is safe within a script element. */
void hg_put_script_string(struct hg_text *text, const char *string);

/* --- rows.c --- */

/* A member or a hole of one side; path NULL = a hole. */
struct hg_diff_cell {
    bool is_there;
    const char *path;
    const char *type; /* in C's notation */
    uint64_t bit_offset;
    uint64_t bits;
    bool is_bit_field;
};

struct hg_diff_row {
    struct hg_diff_cell left;
    struct hg_diff_cell right;
    bool is_changed; /* in more than its offset */
    bool is_moved;
};
typedef HG_ARRAY(struct hg_diff_row) hg_row_list;

/* Two records side by side: members with the same path are in one row.  Strings live in the arena;
 * rows->items is the caller's to free. */
void hg_diff_rows(const struct hg_comparison *comparison, const struct hg_type_diff *type,
                  struct hg_arena *arena, hg_row_list *rows);

#endif
