/* The list of types as JSON: see list.c. */
#ifndef HG_BACKEND_TEXT_LIST_H
#define HG_BACKEND_TEXT_LIST_H

#include <hdrgen/write.h>

HG_MUST_CHECK enum hg_status hg_write_list_json(const struct hg_model *model,
                                                const struct hg_selection *selection,
                                                const struct hg_layout_options *options,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_output *ret);

#endif
