/* Visits the types of the target that the relocations of several objects match. */
#ifndef HG_CORE_NEEDS_H
#define HG_CORE_NEEDS_H

#include "core/check.h"

/* Calls take with the first match of each relocation, or, if `all`, with each match.  Errors are
 * those of hg_core_found_names.  The options' loaders are ignored. */
HG_MUST_CHECK enum hg_status hg_core_visit(const struct hg_core_object *const *objects,
                                           size_t count, const struct hg_model *target,
                                           enum hg_core_loader loader,
                                           const struct hg_core_need_options *options,
                                           struct hg_diagnostics *diagnostics, bool all,
                                           match_fn *take, void *user);

#endif
