/* Reports on what one kernel answers: see report.c. */
#ifndef HG_SURFACE_REPORT_H
#define HG_SURFACE_REPORT_H

#include "base/text.h"

#include <hdrgen/surface.h>

void hg_surface_put_text(struct hg_text *text, const struct hg_surface *surface,
                         const struct hg_answers *answers);
/* An array. */
void hg_surface_put_json(struct hg_text *text, const struct hg_surface *surface,
                         const struct hg_answers *answers);
/* `17 dependencies besides types: 15 fine, 2 missing`, of all objects. */
void hg_surface_put_totals(struct hg_text *text, const struct hg_answers *const *answers,
                           size_t count);
/* ` 15 fine, 2 missing` */
void hg_surface_put_counts(struct hg_text *text, const size_t counts[HG_VERDICTS]);
/* The programs that it would refuse, in a sentence; nothing where there are none.  Of those that
 * relocations alone keep from being loaded, those where they are in functions that it calls. */
void hg_surface_put_refused(struct hg_text *text, const struct hg_surface *surface,
                            const struct hg_answers *answers,
                            const struct hg_core_findings *relocations);
/* An array: each program with its verdict. */
void hg_surface_put_programs(struct hg_text *text, const struct hg_surface *surface,
                             const struct hg_answers *answers,
                             const struct hg_core_findings *relocations);

#endif
