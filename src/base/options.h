/*
 * Options from callers that may have been compiled with an older or newer header than the library:
 * see HG_OPTIONS in hdrgen/status.h.
 *
 * A new member of a structure must begin at or after the old structure's size, not in the padding
 * at its end, where old callers may have any bytes.  src/library/sizes shows each change of a size.
 */
#ifndef HG_BASE_OPTIONS_H
#define HG_BASE_OPTIONS_H

#include <hdrgen/status.h>
#include <stdbool.h>

/* Fills `copy`, of `size` bytes, from the caller's structure `given`.  Members that `given` does
 * not have become zero; if it is NULL, all do.  False, with a report: `given` has no size, or sets
 * bytes that this library does not know.  name: the structure's type, for messages. */
HG_MUST_CHECK bool hg_options_take(void *copy, size_t size, const void *given, const char *name,
                                   struct hg_diagnostics *diagnostics);

/* HG_TAKE(hg_c_options, options, given, diagnostics) declares the variable `options` and fills it
 * from `given`; on a fault it returns HG_ERROR_USAGE from the function that it is in. */
#define HG_TAKE(type, copy, given, diagnostics)                                                    \
    struct type copy;                                                                              \
    if (!hg_options_take(&(copy), sizeof(copy), given, #type, diagnostics))                        \
    return HG_ERROR_USAGE

#endif
