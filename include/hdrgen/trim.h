/*
 * Trimming: makes models whose records keep only requested members, at their offsets, and models
 * whose arrays have the form of a kernel's own BTF.
 */
#ifndef HDRGEN_TRIM_H
#define HDRGEN_TRIM_H

#include <hdrgen/model.h>

HG_BEGIN_DECLARATIONS

/* The members to keep of one record. */
struct hg_trim {
    /* `foo`, `struct foo` or `foo_t`, as in hg_select; a pattern only if member_count is 0. */
    const char *record;
    /* Names, without a path: also of members within anonymous members. */
    const char *const *members;
    size_t member_count; /* 0 = keep no member, only the record's size and alignment */
};

/*
 * Makes a model in which the named records hold only the named members.  Sizes, alignments and
 * offsets do not change.  Several trims of one record add up.  An anonymous member is kept, trimmed
 * itself, if it holds a member that is kept; one with a tag or typedef (-fms-extensions) is then
 * kept whole.
 *
 * Types keep their ids; trimmed anonymous members get new types, with ids after all others.  On
 * success *ret is the caller's (hg_model_destroy) and does not need the model to live.  A record or
 * member that does not exist is an error, reported with similar names; a record with member_count 0
 * that does not exist is only a warning.
 */
HG_MUST_CHECK enum hg_status hg_trim(const struct hg_model *model, const struct hg_trim *trims,
                                     size_t count, struct hg_diagnostics *diagnostics,
                                     struct hg_model **ret);

/*
 * Makes a model in which no array has arrays as elements: `int a[2][3]` becomes `int a[6]`, also if
 * the elements are arrays through a typedef.  A kernel's own BTF has this form if pahole made it
 * from gcc's DWARF.  Sizes, offsets and ids do not change.  *ret is as from hg_trim.
 */
HG_MUST_CHECK enum hg_status hg_flatten_arrays(const struct hg_model *model,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_model **ret);

HG_END_DECLARATIONS

#endif
