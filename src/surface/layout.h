/* Declarations as data, to be shown side by side: see layout.c. */
#ifndef HG_SURFACE_LAYOUT_H
#define HG_SURFACE_LAYOUT_H

#include "base/memory.h"

#include <hdrgen/surface.h>

/* Part of a model: what a program, or a kernel, declares. */
struct declared {
    const struct hg_model *model;
    hg_type_id type;  /* HG_NO_TYPE = nothing */
    const char *name; /* a function's; NULL = the type's own */
};

/* A record's members, an enum's enumerators or a function's parameters as JSON text, in the arena;
 * NULL = *of declares none of these.  Of a large record only members that resemble *other's, and
 * their neighbours, are listed; other may be NULL. */
const char *hg_layout_text(struct hg_arena *arena, const struct declared *of,
                           const struct declared *other);

/* The first relocation about the same type among those that this was called for, as all of these
 * have one layout; finding itself, if it is the first.  memo: from hg_layout_memo; free it. */
uint32_t hg_layout_first(uint32_t *memo, const struct hg_surface *surface, uint32_t finding);
uint32_t *hg_layout_memo(const struct hg_surface *surface);

/* What the program's relocation is about, and what the kernel has by that name. */
struct declared hg_layout_expected(const struct hg_surface *surface, size_t finding);
const char *hg_layout_found(struct hg_arena *arena, const struct hg_surface *surface,
                            const struct hg_kernel_facts *kernel, size_t finding);

#endif
