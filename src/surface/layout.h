/* Declarations as data, to be shown side by side: see layout.c. */
#ifndef HG_SURFACE_LAYOUT_H
#define HG_SURFACE_LAYOUT_H

#include "base/memory.h"

#include <hdrgen/surface.h>

/* A type or function that a program or a kernel declares. */
struct declared {
    const struct hg_model *model;
    hg_type_id type;  /* HG_NO_TYPE = nothing */
    const char *name; /* of a function; NULL = that of the type */
};

/* A record's members, an enum's enumerators or a function's parameters as JSON text, in the arena;
 * NULL = *of is none of these.  Of a large record or enum, only entries with names like those of
 * *other, and their neighbours, are listed; other may be NULL. */
const char *hg_layout_text(struct hg_arena *arena, const struct declared *of,
                           const struct declared *other);

/* Relocations about one type have one layout.  Returns the first relocation about the type of this
 * one, among those that the function was called for with this memo. */
uint32_t hg_layout_first(uint32_t *memo, const struct hg_surface *surface, uint32_t finding);
/* A memo for it, from malloc. */
uint32_t *hg_layout_memo(const struct hg_surface *surface);

/* The type that the program's relocation is about; the layout of the kernel's type of that name. */
struct declared hg_layout_expected(const struct hg_surface *surface, size_t finding);
const char *hg_layout_found(struct hg_arena *arena, const struct hg_surface *surface,
                            const struct hg_kernel_facts *kernel, size_t finding);

#endif
