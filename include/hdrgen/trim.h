/*
 * Trimming: records with only the members that are wanted, at the offsets they have; and arrays in
 * the form that a kernel's own BTF has.
 */
#ifndef HDRGEN_TRIM_H
#define HDRGEN_TRIM_H

#include <hdrgen/model.h>

HG_BEGIN_DECLARATIONS

/* The members of one record that are kept. */
struct hg_trim {
    /* As hg_select takes names: `foo`, `struct foo`, `foo_t`; a pattern only where none is kept. */
    const char *record;
    const char *const *members; /* also of its anonymous members, by their names alone */
    size_t member_count;        /* 0: none is kept, and bytes of its size and alignment are left */
};

/*
 * Makes a model in which the named records hold the named members only; size, alignment and
 * offsets are the old ones.  Several trims of one record are one.  Anonymous members are kept where
 * they hold something that is kept, trimmed themselves.  An anonymous member with a tag or typedef
 * (-fms-extensions) is kept whole.
 *
 * The types of *ret have the ids that they have in the model; those of trimmed anonymous members
 * are added behind them.  On success *ret is the caller's (hg_model_destroy) and does not need the
 * model.  Errors, all of them reported: a record or a member that is not there, with the names
 * nearest to it; a record of which none is to be kept may be missing, which is a warning.
 */
HG_MUST_CHECK enum hg_status hg_trim(const struct hg_model *model, const struct hg_trim *trims,
                                     size_t count, struct hg_diagnostics *diagnostics,
                                     struct hg_model **ret);

/*
 * Makes a model in which no array has arrays as elements: `int a[2][3]` is `int a[6]`, also where
 * the elements are arrays by a typedef.  So has every kernel's own BTF that was made of gcc's
 * DWARF. Sizes and offsets are the old ones, and so are the ids.  *ret as of hg_trim.
 */
HG_MUST_CHECK enum hg_status hg_flatten_arrays(const struct hg_model *model,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_model **ret);

HG_END_DECLARATIONS

#endif
