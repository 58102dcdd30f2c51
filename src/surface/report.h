/* Reports on the answers of one kernel: see report.c. */
#ifndef HG_SURFACE_REPORT_H
#define HG_SURFACE_REPORT_H

#include "base/text.h"

#include <hdrgen/surface.h>

void hg_surface_put_text(struct hg_text *text, const struct hg_surface *surface,
                         const struct hg_answers *answers);
/* An array of JSON objects, one for each need. */
void hg_surface_put_json(struct hg_text *text, const struct hg_surface *surface,
                         const struct hg_answers *answers);
/* `17 dependencies besides types: 15 fine, 2 missing`, for the answers about all objects. */
void hg_surface_put_totals(struct hg_text *text, const struct hg_answers *const *answers,
                           size_t count);
/* ` 15 fine, 2 missing` */
void hg_surface_put_counts(struct hg_text *text, const size_t counts[HG_VERDICTS]);
/* A sentence that names the programs that the kernel would refuse; nothing if there are none.  A
 * program that fails only by relocations in its own function is not named: the report on
 * relocations has it. */
void hg_surface_put_refused(struct hg_text *text, const struct hg_surface *surface,
                            const struct hg_answers *answers,
                            const struct hg_core_findings *relocations);
/* A JSON array: each program with its verdict. */
void hg_surface_put_programs(struct hg_text *text, const struct hg_surface *surface,
                             const struct hg_answers *answers,
                             const struct hg_core_findings *relocations);

#endif
