/* What back ends ask about macros. */
#ifndef HG_MODEL_MACROS_H
#define HG_MODEL_MACROS_H

#include <hdrgen/model.h>

struct hg_selection;

/* For each macro of the model whether it only repeats an enumerator, of the same name and value,
 * of an enum that the selection defines:
 *
 *     enum { IPPROTO_TCP = 6,
 *     #define IPPROTO_TCP IPPROTO_TCP
 *
 * The caller frees it. */
bool *hg_repeated_macros(const struct hg_model *model, const struct hg_selection *selection);

#endif
