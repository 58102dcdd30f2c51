/* `hdrgen list` as JSON: see list.c. */
#ifndef HG_BACKEND_JSON_LIST_H
#define HG_BACKEND_JSON_LIST_H

#include <hdrgen/write.h>

HG_MUST_CHECK hg_write_fn hg_write_list_json;

#endif
