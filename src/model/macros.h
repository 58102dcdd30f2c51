/* Macros that repeat enumerators, for back ends, which write only one of the two. */
#ifndef HG_MODEL_MACROS_H
#define HG_MODEL_MACROS_H

#include <hdrgen/model.h>

struct hg_selection;

/* Returns for each macro of the model whether an enum that the selection defines has an enumerator
 * of the same name and value:
 *
 *     enum { IPPROTO_TCP = 6,
 *     #define IPPROTO_TCP IPPROTO_TCP
 *
 * The caller frees it. */
bool *hg_repeated_macros(const struct hg_model *model, const struct hg_selection *selection);

#endif
