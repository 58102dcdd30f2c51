/* Going through what the relocations of several objects come to. */
#ifndef HG_CORE_NEEDS_H
#define HG_CORE_NEEDS_H

#include "core/check.h"

/* Calls take with the first match of each relocation, or with all of them, as the loader finds them.
 * Warns of those that come to nothing and are not guarded; those that the loader gives up on are
 * errors, all of them reported. */
HG_MUST_CHECK enum hg_status hg_core_visit(const struct hg_core_object *const *objects,
                                           size_t count, const struct hg_model *target,
                                           enum hg_core_loader loader,
                                           struct hg_diagnostics *diagnostics, bool all,
                                           match_fn *take, void *user);

#endif
