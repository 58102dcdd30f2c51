/*
 * Comparing: what two models say of the same types.
 *
 * A left and a right model in, changes as plain data out; reports are made from these.  Only what a
 * program that reads memory can notice counts: sizes, offsets, widths, counts, values, and what
 * kind of thing a member is.  docs/diff.md lists what is left aside.
 */
#ifndef HDRGEN_DIFF_H
#define HDRGEN_DIFF_H

#include <hdrgen/model.h>
#include <hdrgen/write.h>

HG_BEGIN_DECLARATIONS

enum hg_change_kind {
    HG_CHANGE_TYPE_MISSING, /* the right has no such type */
    HG_CHANGE_TYPE_EXTRA,   /* the left has no such type */
    HG_CHANGE_NAMESAKE,     /* two types of one name without a member in common, of different sizes
                               or numbers of members: not one type that changed */
    HG_CHANGE_SIZE,         /* of a record or enum, bytes */
    HG_CHANGE_ALIGN,        /* where both sides know it, bytes */
    HG_CHANGE_MEMBER_MISSING,
    HG_CHANGE_MEMBER_EXTRA,
    HG_CHANGE_MEMBER_OFFSET, /* bits */
    HG_CHANGE_MEMBER_SIZE,   /* bits; of a bit-field its width */
    HG_CHANGE_MEMBER_COUNT,  /* elements of an array, all dimensions multiplied */
    HG_CHANGE_MEMBER_TYPE,   /* another kind of thing, of the same size or not */
    HG_CHANGE_ENUMERATOR_MISSING,
    HG_CHANGE_ENUMERATOR_EXTRA,
    HG_CHANGE_ENUMERATOR, /* another value */
    HG_CHANGE_SIGN,       /* of an enum */
    HG_CHANGE_TYPEDEF,    /* stands for another kind of thing */
};

enum hg_change_value_kind { HG_VALUE_NONE, HG_VALUE_UNSIGNED, HG_VALUE_SIGNED, HG_VALUE_TEXT };

struct hg_change_value {
    enum hg_change_value_kind kind;
    uint64_t number; /* two's complement where SIGNED */
    const char *text;
};

/* One difference.  left and right are what each side has, in the unit of the kind. */
struct hg_change {
    enum hg_change_kind kind;
    const char *member; /* `se.load.weight`: through members without a tag; NULL = the type's own */
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

/* What was found of one type, or of a pair. */
struct hg_type_diff {
    enum hg_type_verdict verdict;
    const char *subject; /* `struct task_struct`, `enum {PF_IDLE, ...}` */
    hg_type_id left;     /* HG_VOID_ID where a side has none */
    hg_type_id right;
    bool is_named; /* the user named it, rather than all or what holds it */
    const struct hg_change *changes;
    size_t change_count;
};

/* What changed, then namesakes, what only the left has, what only the right has, and what is the
 * same; each in the order of the left, or the right. */
struct hg_diff {
    const struct hg_type_diff *types;
    size_t count;
    size_t verdicts[HG_TYPE_RIGHT_ONLY + 1]; /* how many of each */
    size_t compared;                         /* on both sides */
    bool is_different; /* any change; namesakes count only where they were named */
    struct hg_diff_memory *memory;
};

struct hg_diff_options {
    size_t sz; /* sizeof(struct hg_diff_options): see HG_OPTIONS */
    /* As those of hg_select_options; on each side they mean all kinds of the name.  None = all. */
    const char *const *names;
    size_t name_count;
    /* Leave out what only one side has. */
    bool common;
};

/* Names that neither side has are reported.  On success *ret is the caller's, and needs both models
 * to live. */
HG_MUST_CHECK enum hg_status hg_diff_models(const struct hg_model *left,
                                            const struct hg_model *right,
                                            const struct hg_diff_options *options,
                                            struct hg_diagnostics *diagnostics,
                                            struct hg_diff **ret);
void hg_diff_destroy(struct hg_diff *diff);

/* Two models with names for them, and what was found. */
struct hg_comparison {
    const struct hg_model *left;
    const struct hg_model *right;
    const char *left_name;
    const char *right_name;
    const struct hg_diff *diff;
    bool colour; /* text: with the terminal's colours */
};

/* Reports.  Each gives the whole file. */
typedef void hg_report_diff_fn(const struct hg_comparison *comparison, struct hg_output *ret);
void hg_diff_to_text(const struct hg_comparison *comparison, struct hg_output *ret);
void hg_diff_to_json(const struct hg_comparison *comparison, struct hg_output *ret);
void hg_diff_to_html(const struct hg_comparison *comparison, struct hg_output *ret);
/* How many types and changes of each kind there are, and no more. */
void hg_diff_stat_to_text(const struct hg_comparison *comparison, struct hg_output *ret);
void hg_diff_stat_to_json(const struct hg_comparison *comparison, struct hg_output *ret);

HG_END_DECLARATIONS

#endif
