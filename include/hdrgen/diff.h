/*
 * Comparing: finds the differences between the types of two models.
 *
 * hg_diff_models takes a left and a right model and returns the changes as plain data, which the
 * hg_diff_write_... functions write.  A difference counts only if a program that reads
 * memory can notice it: sizes, offsets, widths, counts, values, and the kind of a member's type.
 * docs/diff.md lists what is not compared.
 */
#ifndef HDRGEN_DIFF_H
#define HDRGEN_DIFF_H

#include <hdrgen/model.h>
#include <hdrgen/write.h>

HG_BEGIN_DECLARATIONS

enum hg_change_kind {
    HG_CHANGE_TYPE_MISSING, /* the right has no such type */
    HG_CHANGE_TYPE_EXTRA,   /* the left has no such type */
    HG_CHANGE_NAMESAKE,     /* two different types that share a name: no member in common, and
                               another size or another number of members */
    HG_CHANGE_SIZE,         /* of a record or enum, bytes */
    HG_CHANGE_ALIGN,        /* bytes; compared only if both sides know it */
    HG_CHANGE_MEMBER_MISSING,
    HG_CHANGE_MEMBER_EXTRA,
    HG_CHANGE_MEMBER_OFFSET, /* bits */
    HG_CHANGE_MEMBER_SIZE,   /* bits; of a bit-field its width */
    HG_CHANGE_MEMBER_COUNT,  /* number of elements of an array, all dimensions multiplied */
    HG_CHANGE_MEMBER_TYPE,   /* the member's type is of another kind; its size may be the same */
    HG_CHANGE_ENUMERATOR_MISSING,
    HG_CHANGE_ENUMERATOR_EXTRA,
    HG_CHANGE_ENUMERATOR, /* another value */
    HG_CHANGE_SIGN,       /* the enum is signed on one side only */
    HG_CHANGE_TYPEDEF,    /* the typedef's target is of another kind */
};

enum hg_change_value_kind { HG_VALUE_NONE, HG_VALUE_UNSIGNED, HG_VALUE_SIGNED, HG_VALUE_TEXT };

struct hg_change_value {
    enum hg_change_value_kind kind;
    uint64_t number; /* two's complement where SIGNED */
    const char *text;
};

/* One difference.  left and right are the two sides' values, in the unit of the kind. */
struct hg_change {
    enum hg_change_kind kind;
    const char *member; /* its path, `se.load.weight`, through records without a tag; NULL = the
                           change is of the type itself */
    struct hg_change_value left;
    struct hg_change_value right;
};

enum hg_type_verdict {
    HG_TYPE_IDENTICAL,
    HG_TYPE_CHANGED,
    HG_TYPE_NAMESAKE,
    HG_TYPE_LEFT_ONLY,
    HG_TYPE_RIGHT_ONLY,
};

/* The result for one type, or for a pair of types. */
struct hg_type_diff {
    enum hg_type_verdict verdict;
    const char *subject; /* `struct task_struct`, `enum {PF_IDLE, ...}` */
    hg_type_id left;     /* HG_VOID_ID = the left model does not have the type */
    hg_type_id right;    /* the same for the right one */
    bool is_named;       /* one of hg_diff_options.names matches it */
    const struct hg_change *changes;
    size_t change_count;
};

/* The types, in this order: changed, namesakes, only in the left, only in the right, identical.
 * Within each group they are in the order of the left model, or else of the right one. */
struct hg_diff {
    const struct hg_type_diff *types;
    size_t count;
    size_t verdicts[HG_TYPE_RIGHT_ONLY + 1]; /* number of types, by enum hg_type_verdict */
    size_t compared;                         /* number of pairs: types that both sides have */
    bool is_different; /* any type is not identical; a namesake counts only if it is_named */
    struct hg_diff_memory *memory;
};

struct hg_diff_options {
    size_t sz; /* sizeof(struct hg_diff_options): see HG_OPTIONS */
    /* The types to compare, as in hg_select_options, with the types that they hold by value.  A
     * bare name matches all kinds.  None = all types. */
    const char *const *names;
    size_t name_count;
    /* Leave out types that only one side has. */
    bool common;
};

/* Compares two models.  A name that neither model has is an error.  On success *ret is the caller's
 * (hg_diff_destroy); both models must outlive it. */
HG_MUST_CHECK enum hg_status hg_diff_models(const struct hg_model *left,
                                            const struct hg_model *right,
                                            const struct hg_diff_options *options,
                                            struct hg_diagnostics *diagnostics,
                                            struct hg_diff **ret);
void hg_diff_destroy(struct hg_diff *diff);

/* The input of a report: two models, what to call them, and their differences. */
struct hg_comparison {
    const struct hg_model *left;
    const struct hg_model *right;
    const char *left_name;
    const char *right_name;
    const struct hg_diff *diff;
    bool colour; /* text: with the terminal's colours */
};

/* Each writes a whole report, as text, JSON or an HTML page; *ret is the caller's
 * (hg_output_deinit). */
typedef void hg_diff_write_fn(const struct hg_comparison *comparison, struct hg_output *ret);
void hg_diff_write_text(const struct hg_comparison *comparison, struct hg_output *ret);
void hg_diff_write_json(const struct hg_comparison *comparison, struct hg_output *ret);
void hg_diff_write_html(const struct hg_comparison *comparison, struct hg_output *ret);
/* How many types and changes of each kind there are, and no more. */
void hg_diff_stat_write_text(const struct hg_comparison *comparison, struct hg_output *ret);
void hg_diff_stat_write_json(const struct hg_comparison *comparison, struct hg_output *ret);

HG_END_DECLARATIONS

#endif
