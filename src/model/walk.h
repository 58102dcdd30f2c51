/*
 * The one walker: which other types does a type refer to?  Every traversal of the model (selection,
 * verification, dumps) asks here, so that a new kind is taught in one place.
 */
#ifndef HG_MODEL_WALK_H
#define HG_MODEL_WALK_H

#include <hdrgen/model.h>

/* How a type holds what it refers to. */
enum hg_hold {
    HG_BY_VALUE,   /* its layout is part of the holder's: member, array element, typedef's target */
    HG_BY_POINTER, /* target of a pointer */
    HG_BY_CALL,    /* parameter or result of a prototype */
};

/* Number of references a type holds. */
size_t hg_reference_count(const struct hg_type *type);

/* Reference number index (< hg_reference_count) in order of declaration; for a prototype the result
 * is number 0 and parameter i is number i + 1. */
const struct hg_ref *hg_reference(const struct hg_type *type, size_t index);

enum hg_hold hg_reference_hold(const struct hg_type *type);

#endif
