/*
 * The files of selection, and the functions that they share.
 *
 *     select.c   hg_select: the order of the steps
 *     names.c    from names and patterns to roots
 *     closure.c  what the roots need, declared or defined
 *     provided.c which of these the user has already
 *     order.c    the order in which to write them
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

/* closure.c: an enum hg_need for each type id; the caller frees it.  The types that only a type
 * with provided[id] refers to are not needed; provided NULL = no type is provided.  Types that are
 * needed as definitions, but that the model only declares, are appended to undefined, unless it is
 * NULL. */
uint8_t *hg_close_over(const struct hg_model *model, const hg_type_list *roots,
                       uint32_t pointer_depth, const uint8_t *provided, hg_type_list *undefined);

/* provided.c: an enum hg_withheld for each type id that need[] marks as needed; the caller frees
 * it.  NULL = nothing is provided. */
uint8_t *hg_withhold(const struct hg_model *model, const struct hg_select_options *options,
                     const hg_type_list *roots, const uint8_t *need,
                     struct hg_diagnostics *diagnostics);

/* order.c: appends every needed type but void. */
void hg_put_in_order(const struct hg_model *model, const uint8_t *need, hg_type_list *ret);

#endif
