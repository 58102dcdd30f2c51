/*
 * The parts of selection.
 *
 *     select.c   hg_select: the order of events
 *     names.c    from names and patterns to roots
 *     closure.c  what the roots need, declared or defined
 *     order.c    the order to write it in
 */
#ifndef HG_SELECT_PARTS_H
#define HG_SELECT_PARTS_H

#include "base/memory.h"
#include "base/text.h"
#include "model/nearest.h"

#include <hdrgen/select.h>

typedef HG_ARRAY(hg_type_id) hg_type_list;

/* names.c: appends the roots, each once, in order of the names and then of ids. */
enum hg_status hg_find_roots(const struct hg_model *model, const struct hg_select_options *options,
                             struct hg_diagnostics *diagnostics, hg_type_list *ret);

/* closure.c: enum hg_need by type id; the caller frees it. */
uint8_t *hg_close_over(const struct hg_model *model, const hg_type_list *roots,
                       uint32_t pointer_depth);

/* order.c: appends every needed type but void. */
void hg_put_in_order(const struct hg_model *model, const uint8_t *need, hg_type_list *ret);

#endif
