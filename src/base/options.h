/*
 * Options of callers, who may be compiled with an older or a newer header than the library: see
 * HG_OPTIONS in hdrgen/status.h.
 *
 * A member that is added to a structure begins where the structure ended: not in the padding at its
 * end, in which old callers may have anything.  So each change of one shows in src/library/sizes.
 */
#ifndef HG_BASE_OPTIONS_H
#define HG_BASE_OPTIONS_H

#include <hdrgen/status.h>
#include <stdbool.h>

/* Fills copy, of size bytes, from what the caller gave, which may be NULL.  Reports a structure
 * without a size, and one that has something in it that this library does not know. */
HG_MUST_CHECK bool hg_options_take(void *copy, size_t size, const void *given, const char *name,
                                   struct hg_diagnostics *diagnostics);

/* HG_TAKE(hg_c_options, options, given, diagnostics): `options` of a function that returns an enum
 * hg_status. */
#define HG_TAKE(type, copy, given, diagnostics)                                                    \
    struct type copy;                                                                              \
    if (!hg_options_take(&(copy), sizeof(copy), given, #type, diagnostics))                        \
    return HG_ERROR_USAGE

#endif
