/*
 * The parts of selection.
 *
 *     select.c   hg_select: the order of the steps
 *     names.c    from names and patterns to roots
 *     closure.c  what the roots need, declared or defined
 *     provided.c what of it the user has already
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

/* closure.c: enum hg_need by type id; the caller frees it.  What only types with provided[id] hold
 * is not needed; provided NULL: none is.  What is to be defined and only declared is appended to
 * undefined, unless that is NULL. */
uint8_t *hg_close_over(const struct hg_model *model, const hg_type_list *roots,
                       uint32_t pointer_depth, const uint8_t *provided, hg_type_list *undefined);

/* provided.c: enum hg_withheld by type id, of the types that need says are needed; the caller frees
 * it.  NULL where nothing is provided. */
uint8_t *hg_withhold(const struct hg_model *model, const struct hg_select_options *options,
                     const hg_type_list *roots, const uint8_t *need,
                     struct hg_diagnostics *diagnostics);

/* order.c: appends every needed type but void. */
void hg_put_in_order(const struct hg_model *model, const uint8_t *need, hg_type_list *ret);

#endif
