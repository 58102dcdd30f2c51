/* Reporting to a diagnostics sink: see hdrgen/status.h for the rules. */
#ifndef HG_BASE_DIAG_H
#define HG_BASE_DIAG_H

#include <hdrgen/status.h>

/* where NULL = the location is not known.  diagnostics NULL = nothing is reported. */
void hg_error(struct hg_diagnostics *diagnostics, const struct hg_location *where,
              const char *format, ...) HG_PRINTF(3, 4);
void hg_warning(struct hg_diagnostics *diagnostics, const struct hg_location *where,
                const char *format, ...) HG_PRINTF(3, 4);
/* Adds to the error or warning before it. */
void hg_note(struct hg_diagnostics *diagnostics, const struct hg_location *where,
             const char *format, ...) HG_PRINTF(3, 4);

/* Passes a ready-made diagnostic on and counts it. */
void hg_report(struct hg_diagnostics *diagnostics, const struct hg_diagnostic *diagnostic);

#endif
